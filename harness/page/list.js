/* The overview and the list of cases. */

const PAGE_ROWS = 200; /* rows that are made at once */
const NAMED = 3;       /* results of a row that are named one by one */
let rowsShown = PAGE_ROWS;

/* --- the overview --- */

function showHead() {
  const {header, footer, tally, proof} = report, whole = proof.every(([, holds]) => holds), good = whole && footer.status === 0 && tally.green > 0;
  const outcome = good ? 'Conforming' : whole ? 'Not conforming' : footer.complete ? 'Incomplete report' : 'Incomplete: the run was interrupted';
  byId('head').className = good ? 'green' : 'red';
  byId('outcome').textContent = outcome;
  byId('program-version').textContent = header.program_version;
  const oracle = header.oracle ? `the oracle is CPython ${header.oracle.release}` : 'no live oracle: recordings judge';
  const broken = proof.filter(([, holds]) => !holds).map(([sentence]) => make('strong', {}, `${CROSS} ${sentence}`));
  byId('about').replaceChildren(...broken, `${plural(header.cases, 'case')}${TIMES}${plural(report.pairings.length, 'pairing')}, ${judgedAs()}`,
    header.strict ? ', strictly' : '', header.audit ? ', with audit' : '', `; ${oracle}. `, make('time', {datetime: header.started}, header.started.replace('T', ' ').replace('Z', ' UTC')));
  const sums = [['green', tally.green, 'passed'], ['red', tally.red + report.failures.length, 'failed'], ['gray', tally.gray, 'skipped']];
  byId('tally').replaceChildren(...sums.map(([kind, n, word]) => make('li', {class: n ? kind : 'none'}, make('b', {}, String(n)), ' ' + word)));
  document.title = `${good ? CHECK : CROSS} ${outcome}: ${sums[1][1]} failed ${DASH} mpconform`;
}

/* One version for all, or each pairing that of its implementations. */
function judgedAs() {
  const versions = new Set(report.pairings.flatMap((pairing) => pairing.versions || []));
  return versions.size > 1 ? 'each judged as the version it imitates' : `judged as CPython ${report.header.version}`;
}

/* The verdicts that occur, in the order of the table. */
function occurring() {
  return report.verdicts.filter((verdict) => report.tally.words[verdict.word] > 0);
}

function showPairings() {
  const words = occurring(), table = byId('pairings');
  const head = make('tr', {}, ['Proxy', 'Manager', 'Results'].map((text) => make('th', {scope: 'col'}, text)),
    words.map((verdict) => make('th', {scope: 'col', class: 'number', title: verdict.meaning}, verdict.word)));
  const rows = report.pairings.map((pairing) => {
    const counts = words.map((verdict) => report.cases.reduce((n, item) => n + (item.verdict[pairing.index] === verdict ? 1 : 0), 0));
    const bar = make('span', {class: 'bar', 'aria-hidden': 'true'}, words.map((verdict, i) => segment(verdict, counts[i])));
    return make('tr', {}, make('th', {scope: 'row'}, make('a', {href: writeAddress('', {pairing: pairing.key})}, pairing.proxy)),
      make('td', {}, pairing.manager), make('td', {class: 'bars'}, bar), words.map((verdict, i) => countCell(verdict, counts[i], pairing)));
  });
  table.parentElement.classList.toggle('long', rows.length > 12);
  table.replaceChildren(make('thead', {}, head), make('tbody', {}, rows));
}

function segment(verdict, n) {
  const part = make('span', {class: verdict.kind});
  part.style.flexGrow = String(n);
  part.hidden = n === 0;
  return part;
}

function countCell(verdict, n, pairing) {
  const text = n ? String(n) : DASH, linked = n && verdict.word !== 'pass';
  return make('td', {class: `number ${n ? verdict.kind : 'none'}`},
    linked ? make('a', {href: writeAddress('', {verdict: verdict.word, pairing: pairing.key}), 'aria-label': `${n} ${verdict.word}, ${pairing.name}`}, text) : text);
}

/* Groups of clauses by pairings; made when it is opened. */
function showMatrix() {
  const groups = new Map();
  for (const item of report.cases)
    for (const group of new Set(item.clauses.map(groupOf))) groups.set(group, [...(groups.get(group) || []), item]);
  const head = make('tr', {}, make('th', {scope: 'col'}, 'Clauses'),
    report.pairings.map((pairing) => make('th', {scope: 'col'}, pairing.proxy, make('br'), '\u00d7\u00a0' + pairing.manager)));
  const rows = [...groups].sort(([a], [b]) => a.localeCompare(b, 'en', {numeric: true})).map(([group, items]) =>
    make('tr', {}, make('th', {scope: 'row'}, make('a', {href: writeAddress('', {text: 'clause:' + group})}, group)),
      report.pairings.map((pairing) => groupCell(group, items, pairing))));
  byId('matrix').replaceChildren(make('thead', {}, head), make('tbody', {}, rows));
}

function groupCell(group, items, pairing) {
  const judged = items.map((item) => item.verdict[pairing.index]).filter((verdict) => verdict.word !== 'not-applicable');
  const green = judged.filter((verdict) => verdict.kind === 'green').length, red = judged.some((verdict) => verdict.kind === 'red');
  const text = !judged.length ? DASH : green === judged.length ? String(green) : `${green}/${judged.length}`;
  const kind = !judged.length ? 'none' : red ? 'red' : green === judged.length ? 'green' : 'gray';
  const address = writeAddress('', {verdict: red ? 'red' : 'gray', pairing: pairing.key, text: 'clause:' + group});
  return make('td', {class: `number ${kind}`}, red || kind === 'gray' ? make('a', {href: address, 'aria-label': `${text} passed, ${group}, ${pairing.name}`}, text) : text);
}

function showOthers() {
  byId('others').hidden = !report.failures.length;
  byId('other-list').replaceChildren(...report.failures.map((failure) => make('li', {class: 'red'}, make('b', {}, failure.subject), ': ',
    make('span', {class: 'code'}, failure.reason), failure.stderr ? make('details', {}, make('summary', {}, 'Standard error'), make('pre', {tabindex: '0'}, failure.stderr)) : null)));
}

/* --- the filters --- */

function makeFilters(changed) {
  byId('verdicts').append(...occurring().map((verdict) => make('label', {class: `chip ${verdict.kind}`, title: verdict.meaning},
    make('input', {type: 'checkbox', name: 'verdict', value: verdict.word, change: changed}), ` ${verdict.word} `, make('span', {class: 'many'}, String(report.tally.words[verdict.word])))));
  const names = [...new Set(report.pairings.flatMap((pairing) => [pairing.proxy, pairing.manager]))];
  const roles = names.flatMap((name) => [[encodeURIComponent(name), `${name} in either role`], [encodeURIComponent(name) + ',*', `proxy ${name}`], ['*,' + encodeURIComponent(name), `manager ${name}`]]);
  fill('pairing', [['', 'all']], report.pairings.map((pairing) => [pairing.key, pairing.name]), roles);
  fill('topic', [['', 'all']], [...new Set(report.cases.map((item) => item.topic))].map((topic) => [topic, topic]));
  fill('level', [['', 'all']], [...new Set(report.cases.map((item) => item.level))].map((level) => [level, level]));
  for (const name of ['pairing', 'topic', 'level']) byId(name).addEventListener('change', changed);
  byId('text').addEventListener('input', changed);
}

function fill(id, first, ...groups) {
  const option = ([value, text]) => make('option', {value}, text);
  byId(id).append(...first.map(option), ...(groups.length === 1 ? groups[0].map(option)
    : groups.map((group, i) => make('optgroup', {label: ['One pairing', 'One implementation'][i]}, group.map(option)))));
}

function filterFromForm() {
  const filter = {verdict: [...document.querySelectorAll('[name=verdict]:checked')].map((box) => box.value).join(',')};
  for (const name of ['pairing', 'topic', 'level', 'text']) filter[name] = byId(name).value.trim();
  return filter;
}

/* The form says what the address says. */
function formFromFilter(filter) {
  const words = new Set((filter.verdict || '').split(','));
  for (const box of document.querySelectorAll('[name=verdict]')) {
    const verdict = report.verdicts.find((one) => one.word === box.value);
    box.checked = words.has(verdict.word) || words.has(verdict.kind);
  }
  for (const name of ['pairing', 'topic', 'level', 'text'])
    if (byId(name).value.trim() !== (filter[name] || '')) byId(name).value = filter[name] || '';
}

/* --- the cases --- */

function showList(filter) {
  const matching = sieve(filter), rows = [];
  let results = 0;
  for (const item of report.ordered) {
    const which = matching(item);
    if (which.length) rows.push([item, which]);
    results += which.length;
  }
  const all = results === report.tally.results;
  byId('count').textContent = !results ? 'No result matches. Show all, or search for something else.'
    : all ? `All ${plural(results, 'result')} of ${plural(rows.length, 'case')}`
      : `${results} of ${plural(report.tally.results, 'result')}, in ${plural(rows.length, 'case')}`;
  const head = make('tr', {role: 'row'}, ['Case', 'Level', 'Results', 'Findings'].map((text) => make('th', {scope: 'col', role: 'columnheader'}, text)));
  const table = byId('cases');
  table.hidden = !rows.length;
  table.className = report.pairings.length > 12 ? 'many' : '';
  table.replaceChildren(make('thead', {role: 'rowgroup'}, head), make('tbody', {role: 'rowgroup'}, rows.slice(0, rowsShown).map(([item, which]) => caseRow(item, which, filter))));
  const more = Math.max(0, rows.length - rowsShown);
  byId('more').hidden = !more;
  byId('more').textContent = `Show ${Math.min(more, PAGE_ROWS)} more of ${plural(more, 'case')}`;
}

function caseRow(item, which, filter) {
  return make('tr', {role: 'row', class: which.some((k) => item.verdict[k].kind === 'red') ? 'bad' : undefined},
    make('th', {scope: 'row', role: 'rowheader'}, make('a', {href: addressOf(item, undefined, filter)}, item.id), make('span', {class: 'title'}, item.title), why(item, which)),
    make('td', {role: 'cell', class: 'level'}, item.level), make('td', {role: 'cell', class: 'results'}, strip(item, which)),
    make('td', {role: 'cell', class: 'findings'}, findings(item, which, filter)));
}

/* The reason of the first red result, on one line. */
function why(item, which) {
  const first = which.find((k) => item.verdict[k].kind === 'red');
  return first === undefined ? null : make('span', {class: 'why'}, item.details[first].reason || '');
}

/* One letter per result; read out, the sums. */
function strip(item, which) {
  const sums = new Map();
  for (const k of which) sums.set(item.verdict[k], (sums.get(item.verdict[k]) || 0) + 1);
  const label = [...sums].map(([verdict, n]) => `${n} ${verdict.word}`).join(', ');
  return make('span', {class: 'strip', role: 'img', 'aria-label': label},
    which.map((k) => make('span', {class: item.verdict[k].kind, title: `${report.pairings[k].name}: ${item.verdict[k].word}`}, item.verdict[k].letter)));
}

/* The results that somebody will want to open. */
function findings(item, which, filter) {
  const told = which.filter((k) => rank(item.verdict[k]) !== RANKS.green || item.verdict[k].word === 'wording');
  told.sort((a, b) => rank(item.verdict[a]) - rank(item.verdict[b]) || a - b);
  const links = told.slice(0, NAMED).map((k) => make('a', {class: 'finding', href: addressOf(item, report.pairings[k], filter)}, badge(item.verdict[k]), ' ', report.pairings[k].name));
  if (told.length > NAMED) links.push(make('a', {class: 'finding', href: addressOf(item, undefined, filter)}, `${told.length - NAMED} more`));
  return links;
}
