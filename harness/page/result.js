/* One case, or one result of it: why it failed, and how to see that again. */

function showResult(place) {
  const {item, pairing, filter} = place;
  const article = byId('result');
  if (place.unknown) {
    article.replaceChildren(make('p', {class: 'back'}, make('a', {href: writeAddress('', filter)}, 'All cases')),
      make('h2', {id: 'result-title'}, 'Not in this report'), make('p', {}, 'There is no result of ', make('code', {}, place.unknown), ' here: it was not selected, or the address is mistyped.'));
    return;
  }
  article.replaceChildren(...[navigation(item, pairing, filter), heading(item, pairing), pairing ? resultBody(item, pairing) : undefined,
    others(item, pairing, filter), source(item, pairing)].flat().filter(Boolean));
}

/* Back to the list, and on to the neighbours among the red results that the filter lets through. */
function navigation(item, pairing, filter) {
  const nav = make('nav', {class: 'back', 'aria-label': 'Results'}, make('a', {href: writeAddress('', filter)}, 'All cases'));
  if (!pairing || item.verdict[pairing.index].kind !== 'red') return nav;
  const matching = sieve(filter);
  const reds = report.ordered.flatMap((one) => matching(one).filter((k) => one.verdict[k].kind === 'red').map((k) => [one, report.pairings[k]]));
  const here = reds.findIndex(([one, other]) => one === item && other === pairing);
  const link = (at, text) => (reds[at] ? make('a', {href: addressOf(reds[at][0], reds[at][1], filter)}, text) : make('span', {class: 'none'}, text));
  if (here >= 0) nav.append(make('span', {}, link(here - 1, 'Previous failure'), ` ${here + 1} of ${reds.length} `, link(here + 1, 'Next failure')));
  return nav;
}

function heading(item, pairing) {
  const facts = [['Level', item.level], ['Clauses', item.clauses.join(' ')], ['File', item.file]];
  const detail = pairing && item.details[pairing.index];
  if (pairing) facts.push(['Time', `${item.milliseconds[pairing.index]} ms`]);
  if (detail && detail.fingerprint) facts.push(['Fingerprint', detail.fingerprint]);
  if (detail && detail.ended_by) facts.push(['Ended by', detail.ended_by]);
  if (detail && detail.objects_left) facts.push(['Objects left', String(detail.objects_left)]);
  return [make('h2', {id: 'result-title'}, make('span', {class: 'code'}, item.id), pairing ? make('span', {class: 'roles'}, `proxy ${pairing.proxy}${TIMES}manager ${pairing.manager}`) : null),
    make('p', {class: 'lead'}, item.title), make('dl', {class: 'facts'}, facts.map(([name, text]) => make('div', {}, make('dt', {}, name), make('dd', {}, text))))];
}

function resultBody(item, pairing) {
  const verdict = item.verdict[pairing.index], detail = item.details[pairing.index] || {};
  return [make('p', {class: `verdict ${verdict.kind}`}, badge(verdict), ' ', verdict.meaning),
    section('Reason', detail.reason && make('p', {class: 'code'}, detail.reason)),
    section('Blame', detail.blame && make('p', {}, detail.blame)),
    section('Again', detail.again && command(detail.again)),
    section('Steps', detail.steps && wide('Steps', steps(item, detail.steps))),
    section('Wire transcript', detail.transcript && transcript(detail.transcript)),
    section('Explain', detail.explain && command(detail.explain)),
    section('Standard error of the proxy', detail.proxy_stderr && listing('Standard error of the proxy', detail.proxy_stderr)),
    section('Standard error of the manager', detail.manager_stderr && listing('Standard error of the manager', detail.manager_stderr))].flat();
}

function section(title, body) {
  return body ? [make('h3', {}, title), body] : [];
}

/* Something that may be wider than the page, and can be scrolled by keyboard. */
function wide(label, body) {
  return make('div', {class: 'wide', role: 'region', 'aria-label': label, tabindex: '0'}, body);
}

function listing(label, text) {
  return make('pre', {tabindex: '0', role: 'region', 'aria-label': label}, text);
}

/* The command that reproduces, and a button that copies it. */
function command(text) {
  const said = make('span', {role: 'status'});
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      said.textContent = ' copied';
    } catch {
      getSelection().selectAllChildren(code);
      said.textContent = ' selected: copy it';
    }
  };
  const code = make('code', {}, text);
  return make('div', {class: 'command'}, make('pre', {tabindex: '0', role: 'region', 'aria-label': 'Command'}, code), make('p', {}, make('button', {type: 'button', click: copy}, 'Copy'), said));
}

/* --- the transcript: an outline, in which a line belongs to the nearest one above it that is indented less,
       up to the content of a frame, by CONTENT and more --- */

const CONTENT = 6;

function transcript(text) {
  const box = make('div', {class: 'transcript', role: 'group', 'aria-label': 'Wire transcript'}, branches(outline(text.replace(/\n$/, '').split('\n'))));
  const fold = (open) => () => box.querySelectorAll('details').forEach((one) => { one.open = open; });
  return make('div', {}, make('p', {class: 'folds'}, make('button', {type: 'button', click: fold(true)}, 'Open all'), ' ', make('button', {type: 'button', click: fold(false)}, 'Close all')), box);
}

/* [{line, below: [more of the kind]}] */
function outline(lines) {
  const depth = (line) => Math.min(line.search(/\S|$/), CONTENT), top = {below: []}, path = [[-1, top]];
  for (const line of lines) {
    while (path[path.length - 1][0] >= depth(line)) path.pop();
    const node = {line, below: []};
    path[path.length - 1][1].below.push(node);
    path.push([depth(line), node]);
  }
  return top.below;
}

/* What has lines below it can be folded; content stands as it is.  Open is what differs. */
function branches(nodes, open = false) {
  const parts = [];
  if (nodes.length && nodes.every((node) => node.line.startsWith(' '.repeat(CONTENT))))
    return [make('pre', {tabindex: '0', role: 'region', 'aria-label': 'Content'}, nodes.map((node) => node.line.slice(CONTENT)).join('\n'))];
  for (const node of nodes) {
    const line = node.line.trim(), beside = open || line.startsWith('the wire beside'), differs = node.below.some((one) => one.line.includes(ARROW)), label = /^(expected|oracle|observed) {2,}(.*)$/.exec(line);
    if (node.below.length) parts.push(make('details', {open: beside || differs}, make('summary', {class: 'code'}, line), branches(node.below, beside)));
    else if (label) parts.push(make('p', {class: line.includes(ARROW) ? 'side bad' : 'side'}, make('span', {}, label[1]), make('code', {}, label[2])));
    else parts.push(make('p', {class: 'code'}, line));
  }
  return parts;
}

/* --- the steps --- */

function steps(item, list) {
  const lines = item.source.split('\n');
  const head = make('tr', {role: 'row'}, ['Line', 'Step', 'Expected', 'Observed'].map((text) => make('th', {scope: 'col', role: 'columnheader'}, text)));
  const rows = list.map((step) => {
    const [expected, observed] = sides(step), passed = step.difference === 'wording' && !report.header.strict;
    return make('tr', {role: 'row', class: step.difference && !passed ? 'bad' : undefined}, make('td', {role: 'cell', class: 'number'}, String(step.line)),
      make('td', {role: 'cell', class: 'code'}, lines[step.line - 1] || step.statement || ''), make('td', {role: 'cell', class: 'code', 'data-label': 'Expected'}, expected),
      make('td', {role: 'cell', class: 'code', 'data-label': 'Observed'}, observed, passed ? note(' other words, let pass') : null));
  });
  return make('table', {class: 'steps', role: 'table'}, make('thead', {role: 'rowgroup'}, head), make('tbody', {role: 'rowgroup'}, rows));
}

/* What to show for the two sides of a step: the difference is marked. */
function sides(step) {
  const reached = step.reached !== false, observed = step.observed === null ? silence() : step.observed;
  if (step.recorded === false) return [note('nothing is recorded'), reached ? observed : note('not reached')];
  if (!step.difference) return [observed, note(CHECK + ' as expected')];
  const expected = step.expected === null ? silence() : step.expected;
  if (!reached) return [expected, note('not reached')];
  return typeof expected === 'string' && typeof observed === 'string' ? marked(expected, observed) : [expected, observed];
}

function note(text) {
  return make('span', {class: 'note'}, text);
}

function silence() {
  return note('no exception');
}

/* Both texts with what they do not have in common, between the same beginning and the same end, marked. */
function marked(a, b) {
  const x = Array.from(a), y = Array.from(b), least = Math.min(x.length, y.length);
  let head = 0, tail = 0;
  while (head < least && x[head] === y[head]) head++;
  while (tail < least - head && x[x.length - 1 - tail] === y[y.length - 1 - tail]) tail++;
  return [x, y].map((all) => {
    const middle = all.slice(head, all.length - tail).join('');
    return make('span', {}, all.slice(0, head).join(''), middle ? make('mark', {}, middle) : null, all.slice(all.length - tail).join(''));
  });
}

/* --- around it --- */

/* The same case on the other pairings: what blame is made from. */
function others(item, pairing, filter) {
  const rows = report.pairings.map((one) => make('tr', {class: item.verdict[one.index].kind === 'red' ? 'bad' : undefined},
    make('th', {scope: 'row'}, one === pairing ? make('b', {'aria-current': 'true'}, one.name) : make('a', {href: addressOf(item, one, filter)}, one.name)),
    make('td', {}, badge(item.verdict[one.index])), make('td', {class: 'code'}, (item.details[one.index] || {}).reason || '')));
  const head = make('tr', {}, ['Pairing', 'Verdict', 'Reason'].map((text) => make('th', {scope: 'col'}, text)));
  return section(pairing ? 'On every pairing' : 'Results', wide('Results on every pairing', make('table', {class: 'all'}, make('thead', {}, head), make('tbody', {}, rows))));
}

function source(item, pairing) {
  return make('details', {class: 'source', open: !(pairing && (item.details[pairing.index] || {}).steps)}, make('summary', {}, 'The case, with its recorded results'), listing('The case', item.source));
}
