'use strict';
/* The data of the page, read once: cases, pairings, verdicts, and what the results add up to. */

/* One letter per verdict, for the strips of results. */
const LETTERS = {pass: '.', wording: 'w', allowed: 'a', fail: 'F', hang: 'H', crash: 'C', 'not-applicable': '-', 'known-failure': 'k', flaky: '~', 'unexpected-pass': 'U',
  'harness-error': 'E', quarantined: 'Q'};
/* What a person looks at first. */
const RANKS = {red: 0, gray: 1, green: 2};
const TIMES = ' \u00d7 ', DASH = '\u2013', CHECK = '\u2713', CROSS = '\u2717', ARROW = '\u2190';

const report = readReport();

function readReport() {
  const data = JSON.parse(document.getElementById('data').textContent);
  data.verdicts.forEach((verdict) => { verdict.letter = LETTERS[verdict.word] || '?'; });
  data.pairings = data.header.pairings.map((pairing, index) => ({...pairing, index, name: pairing.proxy + TIMES + pairing.manager,
    key: encodeURIComponent(pairing.proxy) + ',' + encodeURIComponent(pairing.manager)}));
  data.byId = new Map();
  data.cases.forEach((item, index) => {
    item.index = index;
    item.topic = item.id.includes('/') ? item.id.slice(0, item.id.lastIndexOf('/')) : item.id;
    item.path = item.id.split('/').map(encodeURIComponent).join('/');
    item.verdict = [...item.verdicts].map((letter) => data.verdicts[letter.charCodeAt(0) - 97]);
    item.words = [item.id, item.title, item.file, item.level, ...item.clauses].join('\n').toLowerCase();
    item.rank = Math.min(...item.verdict.map(rank));
    data.byId.set(item.id, item);
  });
  /* The worst first, and then in the order of the corpus. */
  data.ordered = [...data.cases].sort((a, b) => a.rank - b.rank || a.index - b.index);
  data.tally = count(data);
  data.proof = prove(data);
  return data;
}

function rank(verdict) {
  return verdict.word === 'not-applicable' ? RANKS.green : RANKS[verdict.kind];
}

/* Counted from the single results, not taken from the footer. */
function count(data) {
  const tally = {results: 0, run: 0, judged: 0, green: 0, red: 0, gray: 0, words: {}};
  for (const verdict of data.verdicts) tally.words[verdict.word] = 0;
  for (const item of data.cases)
    item.verdict.forEach((verdict, k) => {
      const detail = item.details[k];
      tally.results++;
      tally.run += !detail || detail.steps !== undefined ? 1 : 0;
      tally.judged += verdict.word !== 'not-applicable' ? 1 : 0;
      tally[verdict.kind]++;
      tally.words[verdict.word]++;
    });
  return tally;
}

/* The sums that must come out even: [sentence, does it]. */
function prove(data) {
  const {header, footer, tally} = data, others = data.failures.length, pairings = data.pairings.length;
  const words = data.verdicts.every((verdict) => tally.words[verdict.word] === footer.verdicts[verdict.word]);
  return [
    [footer.complete ? 'The run came to its end' : 'The run was interrupted', footer.complete === true],
    [`${header.planned} planned = ${header.cases} cases${TIMES}${pairings} pairings`,
      header.planned === footer.planned && header.cases === data.cases.length && header.planned === data.cases.length * pairings],
    [`${header.planned} planned = ${tally.results} results here`, tally.results === header.planned],
    [`${header.planned} planned = ${footer.run} run + ${header.planned - footer.run} not run`, footer.run === tally.run],
    [`${header.planned} planned = ${footer.judged} judged + ${header.planned - footer.judged} not applicable`, footer.judged === tally.judged],
    [`${header.planned} planned = ${footer.passed} passed + ${footer.failed - footer.other_failures} failed + ${footer.skipped} skipped`,
      tally.green === footer.passed && tally.gray === footer.skipped && tally.red === footer.failed - footer.other_failures],
    [`${footer.failed} failed = ${tally.red} results + ${others} other failures`, footer.failed === tally.red + others && footer.other_failures === others],
    ['Each verdict is counted as in the footer', words],
    ['The cases are those that were planned', header.cases_sha256 === footer.cases_sha256],
    ...(header.shard ? [[`Shard ${header.shard.index} of ${header.shard.of}: ${header.cases} of ${header.shard.cases} selected cases`, header.cases <= header.shard.cases]] : []),
    ...(header.merged ? [[`Merged from ${header.merged.length} reports`, true]] : []),
  ];
}

/* --- elements --- */

/* An element with attributes (functions are listeners) and children.  Text only ever becomes text. */
function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {}))
    if (typeof value === 'function') element.addEventListener(name, value);
    else if (value !== undefined && value !== false) element.setAttribute(name, value === true ? '' : value);
  element.append(...children.flat().filter((child) => child !== undefined && child !== null));
  return element;
}

function byId(id) {
  return document.getElementById(id);
}

function plural(n, word) {
  return `${n} ${word}${n === 1 ? '' : 's'}`;
}

/* A verdict as a badge: its letter, for those who see no colours, and its word. */
function badge(verdict) {
  return make('span', {class: `badge ${verdict.kind}`, title: verdict.meaning}, verdict.word);
}
