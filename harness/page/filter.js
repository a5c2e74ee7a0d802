/* What is shown is what the address says: #CASE/PROXY,MANAGER?verdict=fail&topic=list.  The part before the question mark is a case, with a
 * pairing or without; the part behind it filters. */

const FILTERS = ['verdict', 'pairing', 'topic', 'level', 'text'];

/* {item, pairing, unknown, filter}: item and pairing are undefined where the address names none. */
function readAddress(hash) {
  const [path, query] = splitOnce(hash.replace(/^#/, ''), '?');
  const place = {filter: {}};
  for (const [name, value] of new URLSearchParams(query))
    if (FILTERS.includes(name) && value) place.filter[name] = value;
  if (!path || (byId(path) && !report.byId.has(path))) return place; /* the target of a skip link */
  const parts = path.split('/'), key = parts[parts.length - 1].includes(',') ? parts.pop() : '';
  place.item = report.byId.get(decode(parts.join('/')));
  place.pairing = report.pairings.find((pairing) => pairing.key === key || decode(pairing.key) === decode(key));
  if (!place.item || (key && !place.pairing)) place.unknown = decode(path);
  return place;
}

function writeAddress(path, filter) {
  const query = new URLSearchParams();
  for (const name of FILTERS) if (filter[name]) query.set(name, filter[name]);
  const text = query.toString().replace(/%2C/g, ',').replace(/%2F/g, '/').replace(/%3A/g, ':').replace(/%2A/g, '*');
  return '#' + (path || '') + (text || !path ? '?' + text : '');
}

/* The address of a result, or with no pairing of a case. */
function addressOf(item, pairing, filter) {
  return writeAddress(item.path + (pairing ? '/' + pairing.key : ''), filter);
}

function splitOnce(text, mark) {
  const at = text.indexOf(mark);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

function decode(text) {
  try { return decodeURIComponent(text); } catch { return text; }
}

/* --- which results --- */

/* A function from a case to the indices of its results that the filter lets through. */
function sieve(filter) {
  const verdicts = filter.verdict ? new Set(filter.verdict.split(',')) : null;
  const wanted = report.pairings.filter((pairing) => pairingMatches(pairing, filter.pairing)).map((pairing) => pairing.index);
  const words = (filter.text || '').toLowerCase().split(/\s+/).filter(Boolean);
  return (item) => {
    if (filter.topic && item.topic !== filter.topic && !item.topic.startsWith(filter.topic + '/')) return [];
    if (filter.level && item.level !== filter.level) return [];
    const left = words.filter((word) => !caseHas(item, word));
    return wanted.filter((k) => (!verdicts || verdicts.has(item.verdict[k].word) || verdicts.has(item.verdict[k].kind)) &&
      (!left.length || left.every((word) => resultHas(item.details[k], word))));
  };
}

/* "ref,cpython", "ref,*" (as proxy), "*,ref" (as manager), "ref" (in either role). */
function pairingMatches(pairing, pattern) {
  if (!pattern) return true;
  const [proxy, manager] = pattern.split(',').map(decode);
  if (manager === undefined) return pairing.proxy === proxy || pairing.manager === proxy;
  return (proxy === '*' || proxy === pairing.proxy) && (manager === '*' || manager === pairing.manager);
}

/* A word of the text, or, as on the command line, clause:CALL-4 and clause:CALL for the whole group. */
function caseHas(item, word) {
  if (!word.startsWith('clause:')) return item.words.includes(word);
  const clause = word.slice(7).toUpperCase();
  return item.clauses.some((one) => one === clause || groupOf(one) === clause);
}

function resultHas(detail, word) {
  return Boolean(detail) && [detail.reason, detail.blame, detail.fingerprint].some((text) => text && text.toLowerCase().includes(word));
}

function groupOf(clause) {
  return clause.slice(0, clause.lastIndexOf('-'));
}
