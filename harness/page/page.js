/* The page itself: shows what the address says, and keeps the focus where a reader expects it. */

let cameFrom = ''; /* the address of the link that opened a result: there the focus goes back */

function showPage() {
  const place = readAddress(location.hash), single = Boolean(place.item || place.unknown);
  const was = !byId('result').hidden;
  for (const id of ['overview', 'results']) byId(id).hidden = single;
  byId('others').hidden = single || !report.failures.length;
  byId('result').hidden = !single;
  byId('head').classList.toggle('compact', single);
  formFromFilter(place.filter);
  if (single) {
    showResult(place);
    byId('result').focus({preventScroll: true});
    scrollTo(0, 0);
  } else {
    showList(place.filter);
    if (was) focusLink(cameFrom);
  }
}

/* The link of the list that leads to this address, if it is still there. */
function focusLink(address) {
  const link = [...document.querySelectorAll('#cases a')].find((one) => one.getAttribute('href') === address);
  if (link) link.focus(); else byId('results').focus();
}

function filterChanged() {
  rowsShown = PAGE_ROWS;
  history.replaceState(null, '', writeAddress('', filterFromForm()));
  showPage();
}

function showMeanings() {
  byId('meanings').replaceChildren(...report.verdicts.map((verdict) => make('div', {}, make('dt', {}, make('span', {class: 'strip'}, make('span', {class: verdict.kind}, verdict.letter)), ' ', badge(verdict)),
    make('dd', {}, verdict.meaning))));
}

function showFoot() {
  const {header, footer} = report;
  byId('proof').replaceChildren(make('ul', {}, report.proof.map(([sentence, holds]) => make('li', {class: holds ? 'green' : 'red'},
    make('span', {'aria-label': holds ? 'holds' : 'does not hold', role: 'img'}, holds ? CHECK : CROSS), ' ', sentence))),
  make('dl', {class: 'facts'}, [['Cases, SHA-256', footer.cases_sha256], ['Oracle', header.oracle ? header.oracle.python : 'recordings'], ['Exit status', String(footer.status)]]
    .map(([name, text]) => make('div', {}, make('dt', {}, name), make('dd', {class: 'code'}, text)))));
  byId('foot').hidden = false;
}

/* The head is one of the last: a page that breaks on its way stays red. */
function start() {
  showPairings();
  showOthers();
  showMeanings();
  showFoot();
  makeFilters(filterChanged);
  byId('filters').addEventListener('submit', (event) => event.preventDefault());
  byId('filters').addEventListener('reset', () => setTimeout(filterChanged));
  byId('groups').addEventListener('toggle', showMatrix, {once: true});
  byId('more').addEventListener('click', () => {
    const next = rowsShown;
    rowsShown += PAGE_ROWS;
    showList(readAddress(location.hash).filter);
    byId('cases').tBodies[0].rows[next].querySelector('a').focus();
  });
  document.querySelector('.skip').addEventListener('click', (event) => {
    event.preventDefault();
    byId(byId('result').hidden ? 'results' : 'result').focus();
  });
  byId('results').addEventListener('click', (event) => { cameFrom = (event.target.closest('a') || {getAttribute: () => cameFrom}).getAttribute('href'); });
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && !byId('result').hidden) location.hash = writeAddress('', readAddress(location.hash).filter);
  });
  addEventListener('hashchange', () => { rowsShown = PAGE_ROWS; showPage(); });
  showHead();
  showPage();
}

start();
