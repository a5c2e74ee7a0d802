# SPDX-License-Identifier: MIT
"""What must be true of the report page.  Each check drives a real browser, and is told apart by its name: faults.tsv plants a fault for it."""
import json

import samples
from browser import Page

CHECKS = {}
RED, GREEN = ('quarantined', 'fail', 'hang', 'crash', 'unexpected-pass', 'harness-error'), ('pass', 'wording')


def check(function):
    CHECKS[function.__name__.replace('_', ' ')] = function
    return function


def equal(got, wanted, what=''):
    if got != wanted:
        raise AssertionError(f'{what}: {got!r}, wanted {wanted!r}')


def true(condition, what):
    if not condition:
        raise AssertionError(what)


class Look:
    """One page, opened, which must not complain nor ask for anything when it is left."""

    def __init__(self, browser, pages, name, address='', quiet=True, **how):
        self.page, self.quiet = Page(browser, **how), quiet
        self.page.open(pages.path(name), address)

    def __enter__(self):
        return self.page

    def __exit__(self, kind, *unused):
        if kind is None and self.quiet:
            equal(self.page.complaints(), [], 'the console')
            equal(self.page.requests(), [], 'requests')
        self.page.close()


def listed(page):
    """What the list shows: {case: {letter: how many}}."""
    while page.run('!byId("more").hidden'):
        page.run('byId("more").click()')
    rows = page.run('[...document.querySelectorAll("#cases tbody tr")].map((row) => [row.querySelector("a").textContent, row.querySelector(".strip").textContent])')
    return {case: {letter: letters.count(letter) for letter in letters} for case, letters in rows}


def wanted(results, letters, keep):
    found = {}
    for result in filter(keep, results):
        row, letter = found.setdefault(result['case'], {}), letters[result['verdict']]
        row[letter] = row.get(letter, 0) + 1
    return found


def key(result):
    return ','.join(encode(result[role]) for role in ('proxy', 'manager'))


def encode(text):
    from urllib.parse import quote
    return quote(text, safe="!'()*-._~")


def path(result):
    return f'#{result["case"]}/{key(result)}'


@check
def counts_are_those_of_results_json(browser, pages):
    for name in ('red', 'green'):
        data, footer = pages.results[name], pages.results[name]['footer']
        with Look(browser, pages, name) as page:
            equal(page.run('[...document.querySelectorAll("#tally b")].map((e) => Number(e.textContent))'), [footer[word] for word in ('passed', 'failed', 'skipped')], 'the head')
            equal(page.run('byId("outcome").textContent'), 'Conforming' if footer['status'] == 0 else 'Not conforming', 'the outcome')
            equal(listed(page), wanted(data['results'], page.run('LETTERS'), lambda result: True), 'the list')
            chips = page.run('Object.fromEntries([...document.querySelectorAll(".chip")].map((c) => [c.querySelector("input").value, Number(c.querySelector(".many").textContent)]))')
            equal(chips, {word: n for word, n in footer['verdicts'].items() if n}, 'the verdicts to choose from')
            rows = page.run('[...document.querySelectorAll("#pairings tbody tr")].map((r) => [...r.cells].map((c) => c.textContent))')
            words = list(chips)
            for row in rows:
                mine = [result['verdict'] for result in data['results'] if (result['proxy'], result['manager']) == (row[0], row[1])]
                equal([0 if n == '\u2013' else int(n) for n in row[3:]], [mine.count(word) for word in words], f'pairing {row[:2]}')
            equal(len(rows), len(data['header']['pairings']), 'pairings')


@check
def filters_show_what_they_say(browser, pages):
    results = pages.results['red']['results']
    hostile = encode(samples.NAME)
    tests = {
        '?verdict=fail': lambda r: r['verdict'] == 'fail', '?verdict=red': lambda r: r['verdict'] in RED, '?verdict=fail,not-applicable': lambda r: r['verdict'] in ('fail', 'not-applicable'),
        '?topic=dict': lambda r: r['case'].startswith('dict/'), '?level=de-facto': lambda r: r['level'] == 'de-facto', '?text=OLD+versions': lambda r: r['case'] == 'list/old',
        '?text=clause:LIST': lambda r: any(c.startswith('LIST-') for c in r['clauses']), '?text=clause:list-2': lambda r: 'LIST-2' in r['clauses'],
        '?text=424242': lambda r: '424242' in r.get('reason', ''), '?pairing=ref,cpython': lambda r: (r['proxy'], r['manager']) == ('ref', 'cpython'),
        '?pairing=*,ref': lambda r: r['manager'] == 'ref', '?pairing=ref': lambda r: 'ref' in (r['proxy'], r['manager']), f'?pairing={encode(hostile)},cpython&verdict=fail':
        lambda r: (r['proxy'], r['manager'], r['verdict']) == (samples.NAME, 'cpython', 'fail'), '?text=no-such-thing': lambda r: False}
    with Look(browser, pages, 'red') as page:
        letters = page.run('LETTERS')
        for address, keep in tests.items():
            page.go('#' + address)
            mine = [r for r in results if keep(r)]
            equal(listed(page), wanted(results, letters, keep), address)
            said = page.run('byId("count").textContent')
            true(said.startswith(f'{len(mine)} of {len(results)} results') if mine else said.startswith('No result'), f'{address}: {said}')
        equal(page.run('[byId("count").getAttribute("role"), byId("count").getAttribute("aria-live")]'), ['status', 'polite'], 'the number of results is announced')


@check
def filters_go_into_the_address(browser, pages):
    with Look(browser, pages, 'red') as page:
        page.run('document.querySelector("[name=verdict][value=fail]").click()')
        equal(page.run('location.hash'), '#?verdict=fail')
        page.run('byId("text").focus()')
        page.type('get')
        equal(page.run('location.hash'), '#?verdict=fail&text=get')
        page.run('byId("topic").value = "dict"; byId("topic").dispatchEvent(new Event("change"))')
        equal(page.run('location.hash'), '#?verdict=fail&topic=dict&text=get')
        equal(list(listed(page)), ['dict/get'])
        page.run('byId("reset").click()')
        page.run('new Promise((done) => setTimeout(done, 0))')
        equal(page.run('[location.hash, listed_ = document.querySelectorAll("#cases tbody tr").length]'), ['#?', 5], 'show all')
    with Look(browser, pages, 'red', '#?verdict=fail&topic=dict&text=get') as page:
        equal(page.run('[document.querySelector("[name=verdict][value=fail]").checked, byId("topic").value, byId("text").value]'), [True, 'dict', 'get'], 'the form of a link')


@check
def every_failure_has_a_link_and_its_page(browser, pages):
    reds = [r for r in pages.results['red']['results'] if r['verdict'] in RED]
    for result in reds:
        with Look(browser, pages, 'red', path(result)) as page:
            text = page.run('byId("result").innerText')
            for what in (result['case'], f'proxy {result["proxy"]} \u00d7 manager {result["manager"]}', result['verdict'], result['reason'].strip(), result['blame'], result['again'], result['fingerprint'],
                         result['level'], ' '.join(result['clauses']), result['file'], *(result.get('proxy_stderr', '').split('\n'))):
                true(what in text, f'{path(result)}: {what!r} is not in {text!r}')
            rows = page.run('[...document.querySelectorAll(".steps tbody tr")].map((row) => [...row.cells].map((cell) => cell.textContent))')
            equal(len(rows), len(result.get('steps', [])), 'steps')
            for row, step in zip(rows, result.get('steps', [])):
                equal(row[0], str(step['line']), 'line')
                if 'difference' in step:
                    shown = 'not reached' if step.get('reached') is False else step['observed'] or 'no exception'
                    equal(row[1:], [step['statement'], step['expected'] or 'no exception', shown], 'a step that differs')
                else:
                    equal(row[2:], [step['observed'] or 'no exception', '\u2713 as expected'], 'a step')


@check
def a_wording_is_red_in_a_strict_run_only(browser, pages):
    with Look(browser, pages, 'big', '?verdict=fail') as page:
        page.run('document.querySelector("#cases .badge + a, #cases td a").click()')
        rows = '[...document.querySelectorAll(".steps tbody tr")].map((row) => [row.className, row.cells[3].textContent])'
        equal(page.run(rows), [['', "raises E('b') other words, let pass"], ['bad', '[1, 2, 3]']], 'the steps of a result')
        page.run('report.header.strict = true, dispatchEvent(new HashChangeEvent("hashchange"))')
        equal(page.run(rows), [['bad', "raises E('b')"], ['bad', '[1, 2, 3]']], 'the same in a strict run')


@check
def a_link_to_nothing_says_so(browser, pages):
    for address in ('#list/no-such-case', '#list/len/nobody,cpython', '#list/%E0%A4%A'):
        with Look(browser, pages, 'red', address) as page:
            equal(page.run('document.querySelector("#result-title")?.textContent'), 'Not in this report', address)


@check
def from_failure_to_failure_and_back(browser, pages):
    address = '?verdict=fail'
    with Look(browser, pages, 'red', '#' + address) as page:
        page.run('document.querySelector("#cases .finding").click()')
        page.run('new Promise((done) => setTimeout(done, 50))')
        seen = [page.run('location.hash')]
        while len(seen) < 100 and page.run('[...document.querySelectorAll(".back a")].some((a) => a.textContent === "Next failure")'):
            page.go(page.run('[...document.querySelectorAll(".back a")].find((a) => a.textContent === "Next failure").getAttribute("href")'))
            seen.append(page.run('location.hash'))
        mine = [path(r) + address for r in pages.results['red']['results'] if r['verdict'] == 'fail']
        equal(sorted(seen), sorted(mine), 'the failures that the filter lets through')
        page.run('new Promise((done) => { addEventListener("hashchange", () => setTimeout(done), {once: true}); history.back(); })')
        equal(page.run('location.hash'), seen[-2], 'back')
        page.run('document.querySelector(".back a").click()')
        page.run('new Promise((done) => setTimeout(done, 50))')
        equal(page.run('[location.hash, byId("results").hidden]'), ['#' + address, False], 'all cases, filtered as before')


@check
def keys_are_enough(browser, pages):
    focus = '(() => { const e = document.activeElement, s = getComputedStyle(e); return [e.tagName, e.id || e.className, s.outlineStyle, parseFloat(s.outlineWidth), e.textContent.slice(0, 40)]; })()'
    with Look(browser, pages, 'red') as page:
        page.key('Tab')
        equal(page.run(focus)[1], 'skip', 'the first stop')
        page.key('Enter')
        equal(page.run(focus)[1], 'results', 'the skip link')
        stops = []
        for _ in range(40):
            page.key('Tab')
            stops.append(page.run(focus))
            true(stops[-1][2] != 'none' and stops[-1][3] >= 2, f'the focus is not visible on {stops[-1]}')
            if stops[-1][0] == 'A':
                break
        names = [stop[1] for stop in stops]
        true([name for name in names if name in ('pairing', 'topic', 'level', 'text', 'reset')] == ['pairing', 'topic', 'level', 'text', 'reset'], f'the filters in their order: {stops}')
        link = page.run('document.activeElement.getAttribute("href")')
        page.key('Enter')
        page.run('new Promise((done) => setTimeout(done, 50))')
        equal(page.run('[location.hash, document.activeElement.id]'), [link, 'result'], 'the case is opened and has the focus')
        page.key('Escape')
        page.run('new Promise((done) => setTimeout(done, 50))')
        equal(page.run('[byId("result").hidden, document.activeElement.getAttribute("href")]'), [True, link], 'Escape goes back to where one was')
        page.run('document.querySelector("[name=verdict]").focus()')
        page.key(' ')
        true(page.run('location.hash').startswith('#?verdict='), 'space checks a verdict')
    with Look(browser, pages, 'big', width=360, height=740) as page:
        page.run('byId("more").focus()')
        page.key('Enter')
        equal(page.run('[document.querySelectorAll("#cases tbody tr").length, document.activeElement === document.querySelectorAll("#cases tbody tr")[200].querySelector("a")]'), [400, True], 'more cases')


@check
def everything_has_a_name_and_a_role(browser, pages):
    first, structure = path(pages.results['red']['results'][4]), {}
    for address, width in (('', 1280), ('', 360), (first, 1280), (first, 360)):
        with Look(browser, pages, 'red', address, width=width) as page:
            nodes = [(n['role']['value'], n.get('name', {}).get('value', ''), {p['name']: p['value'].get('value') for p in n.get('properties', [])})
                     for n in page.send('Accessibility.getFullAXTree')['nodes'] if not n.get('ignored')]
            roles = {role for role, _, _ in nodes}
            true({'banner', 'main', 'contentinfo', 'table', 'row', 'columnheader', 'cell', *([] if address else ['search', 'rowheader'])} <= roles, f'roles at {width}{address}: {sorted(roles)}')
            mine = {role: sum(one == role for one, _, _ in nodes) for role in ('table', 'row')}
            equal(structure.setdefault(address, mine), mine, f'tables and rows at {width}{address} and at 1280')
            equal(mine['table'], page.run('[...document.querySelectorAll("table")].filter((table) => table.checkVisibility()).length'), f'tables at {width}{address}')
            nameless = [role for role, name, properties in nodes if properties.get('focusable') and role not in ('RootWebArea', 'generic') and not name.strip()]
            equal(nameless, [], f'focusable without a name at {width}{address}')
            levels = [int(p['level']) for role, _, p in nodes if role == 'heading']
            equal(levels.count(1), 1, 'first headings')
            true(levels[0] == 1 and all(b <= a + 1 for a, b in zip(levels, levels[1:])), f'headings skip a level: {levels}')
            equal(page.run('[...document.querySelectorAll("[id]")].map((e) => e.id).filter((id, i, all) => all.indexOf(id) !== i)'), [], 'ids that are not unique')


CONTRAST = '''(() => {
  const parse = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((c) => c / 255).map((c) => (c <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4)).reduce((sum, c, i) => sum + c * [.2126, .7152, .0722][i], 0);
  const field = (e) => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor); if (c.length < 4 || c[3] === 1) return c; if (c[3] !== 0) return [128, 128, 128]; } return [255, 255, 255]; };
  const bad = new Set(); let seen = 0;
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const e = walk.currentNode.parentElement;
    if (!walk.currentNode.data.trim() || !e.checkVisibility() || ['SCRIPT', 'STYLE'].includes(e.tagName)) continue;
    const a = light(parse(getComputedStyle(e).color)), b = light(field(e)), ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    seen++;
    if (ratio < 4.5) bad.add(`${e.tagName}.${e.className} ${ratio.toFixed(2)} ${walk.currentNode.data.slice(0, 30)}`);
  }
  return [seen, [...bad], light(field(document.body))];
})()'''


@check
def contrast_in_light_and_dark(browser, pages):
    reds = [r for r in pages.results['red']['results'] if r['verdict'] in RED]
    for dark in (False, True):
        for name, address in (('big', ''), ('big', '#?verdict=red'), ('red', path(reds[0])), ('red', '#list/old'), ('green', ''), ('unsound-run', '')):
            with Look(browser, pages, name, address, dark=dark) as page:
                page.run('document.querySelectorAll("details").forEach((d) => { d.open = true; })')
                page.run('new Promise((done) => setTimeout(done, 50))')
                seen, bad, paper = page.run(CONTRAST)
                equal(bad, [], f'too little contrast in {name}{address}, dark: {dark}')
                true(seen > 30, f'only {seen} texts')
                true(paper < .05 if dark else paper > .9, f'the paper has luminance {paper}, dark: {dark}')


@check
def a_phone_scrolls_in_one_direction_only(browser, pages):
    reds = [r for r in pages.results['red']['results'] if r['verdict'] in RED]
    for name, addresses in (('red', ['', '#list/hostile', *map(path, reds)]), ('big', ['', '#?verdict=crash', '#list/case-0000-with-a-name-as-long-as-they-get-to-be/ten,ten']), ('cut-data', [''])):
        for address in addresses:
            with Look(browser, pages, name, address, width=360, height=740) as page:
                page.run('document.querySelectorAll("details").forEach((d) => { d.open = true; })')
                page.run('new Promise((done) => setTimeout(done, 50))')
                wide = page.run('[...document.body.querySelectorAll("*")].filter((e) => !e.closest(".wide, pre, .skip, thead") && e.getBoundingClientRect().right > 361).map((e) => `${e.tagName}.${e.className}`)')
                true(page.run('document.documentElement.scrollWidth') <= 360, f'{name}{address} is wider than a phone: {wide}')


@check
def ten_implementations_and_a_thousand_cases(browser, pages):
    look = Look(browser, pages, 'big')
    with look as page:
        data = samples.cut(pages.texts['big'])[1]
        true('each judged as the version it imitates' in page.run('byId("about").textContent'), 'several versions are judged by')
        equal(page.run('[report.tally.results, report.proof.every(([, holds]) => holds), document.querySelectorAll("#cases tbody tr").length]'), [data['header']['planned'], True, 200], 'the data')
        page.run('byId("text").focus()')
        for letter in 'case-0123':
            page.type(letter)
        equal(list(listed(page)), [case['id'] for case in data['cases'] if 'case-0123' in case['id']], 'found by typing')
        page.go('#?verdict=red')
        true(page.run('document.querySelectorAll("#cases tbody tr").length') <= 200, 'what is shown at once is bounded, so that typing is as quick with any number of cases')
        kinds = {chr(97 + i): verdict['kind'] for i, verdict in enumerate(data['verdicts'])}
        equal(len(listed(page)), sum(any(kinds[letter] == 'red' for letter in case['verdicts']) for case in data['cases']), 'red cases')
        page.run('byId("groups").open = true; new Promise((done) => setTimeout(done, 50))')
        equal(page.run('document.querySelectorAll("#matrix tbody td").length'), 25 * len(data['header']['pairings']), 'groups by pairings')
        page.go('#list/case-0004-with-a-name-as-long-as-they-get-to-be/nine,cpython')
        equal(page.run('byId("result-title").textContent').startswith('list/case-0004'), True, 'a link into it')


@check
def hostile_text_stays_text(browser, pages):
    bad = next(r for r in pages.results['red']['results'] if r['case'] == 'list/hostile' and r.get('steps'))
    true(samples.HOSTILE.split("'")[0] in bad['steps'][2]['observed'], 'the sample is hostile')
    for address in ('', path(bad), '#list/hostile', path({**bad, 'case': 'dict/get', 'proxy': samples.NAME}), '#?text=</script><img+src=x+onerror=document.title=1>', '#<img src=x onerror=document.title=1>'):
        with Look(browser, pages, 'red', address) as page:
            page.run('document.querySelectorAll("details").forEach((d) => { d.open = true; })')
            page.run('new Promise((done) => setTimeout(done, 50))')
            equal(page.run('[document.querySelectorAll("img, body b[onclick]").length, document.scripts.length, document.title.includes("Not conforming")]'), [0, 2, True], f'elements of {address}')
            if not address or 'hostile' in address:
                true(samples.HOSTILE in page.run('document.body.innerText'), f'{address}: the text is shown as it is')
    equal(pages.texts['red'].count('</script'), 2, 'ends of scripts in the file')
    true(pages.texts['red'].isascii(), 'the file is ASCII: no U+2028 in it')


@check
def the_policy_stops_what_is_not_the_page(browser, pages):
    with Look(browser, pages, 'red', quiet=False) as page:
        page.run('document.body.insertAdjacentHTML("beforeend", "<img src=data:, onerror=\\"document.title = 1\\">")')
        page.run('{ const s = document.createElement("script"); s.textContent = "document.title = 2"; document.body.append(s); }')
        page.run('fetch("https://127.0.0.1:9/").catch(() => 0)')
        page.run('new Promise((done) => setTimeout(done, 50))')
        true('Not conforming' in page.run('document.title'), 'a script ran that is not the page\'s')
        true(any('Content Security Policy' in text for text in page.complaints()), 'the policy was not asked')


@check
def what_is_not_whole_is_red(browser, pages):
    names = [name for name in pages.texts if name.startswith(('cut-', 'unsound-'))]
    true(len(names) >= 14, 'samples')
    for name in names:
        with Look(browser, pages, name, quiet=False) as page:
            if name == 'cut-head':
                equal(page.run('document.title'), 'mpconform: incomplete report', name)
                continue
            title, kind, seen = page.run('[byId_ = document.getElementById("outcome").textContent, document.getElementById("head").className, document.body.innerText]')
            true(title.startswith('Incomplete') and kind == 'red', f'{name}: {title!r} is {kind}')
            if name.startswith('unsound-'):
                true(page.run('document.querySelectorAll("#proof li.red").length') > 0, f'{name}: the foot does not say what is wrong')
                true('\u2717' in seen and document_title_red(page), f'{name}: the title')
    with Look(browser, pages, 'green') as page:
        equal(page.run('[byId("outcome").textContent, byId("head").className, document.querySelectorAll("#proof li.red").length, document.querySelectorAll("#proof li.green").length]'), ['Conforming', 'green', 0, 9], 'the control')


def document_title_red(page):
    return page.run('document.title').startswith('\u2717')


@check
def without_scripts_nothing_looks_green(browser, pages):
    with Look(browser, pages, 'green', javascript=False) as page:
        text = page.send('DOMSnapshot.captureSnapshot', {'computedStyles': []})['strings']
        true(any('Incomplete report' in part for part in text) and not any(part.strip() == 'Conforming' for part in text), 'no script')


@check
def transcripts_and_other_failures_are_shown(browser, pages):
    with Look(browser, pages, 'big', '#list/case-0000-with-a-name-as-long-as-they-get-to-be/cpython,seven') as page:
        shown = 'byId("result").innerText'
        text = page.run(shown)
        true('Wire transcript' in text and 'RETURN 2' in text and 'BININT1    1   |     0: K' in text and 'RETURN [1, 2, 3]' in text, f'what differs is open: {text}')
        true('challenge 20 bytes' not in text and '100: .' not in text, f'all else is folded: {text}')
        page.run('document.querySelector(".folds button").click()')
        text = page.run(shown)
        true('challenge 20 bytes' in text and '0: ]    EMPTY_LIST\n  100: .    STOP' in text, f'all of it can be opened: {text}')
        page.run('document.querySelectorAll(".folds button")[1].click()')
        true('RETURN 2' not in page.run(shown), 'and closed')
        page.go('#?')
        true('the proxy of seven: ended by signal 11' in page.run('byId("others").innerText'), 'the failure that is no case\'s')


@check
def the_command_can_be_copied(browser, pages):
    red = next(r for r in pages.results['red']['results'] if r['verdict'] in RED)
    browser.send('Browser.grantPermissions', {'permissions': ['clipboardReadWrite', 'clipboardSanitizedWrite']})
    with Look(browser, pages, 'red', path(red)) as page:
        page.send('Page.bringToFront')
        page.run('navigator.clipboard.writeText("nothing")')
        page.run('document.querySelector(".command button").click()')
        page.run('new Promise((done) => { const wait = () => (document.querySelector(".command [role=status]").textContent ? done() : setTimeout(wait, 10)); wait(); })')
        equal(page.run('document.querySelector(".command [role=status]").textContent'), ' copied')
        equal(page.run('navigator.clipboard.readText()'), red['again'], 'what was copied')


@check
def motion_only_for_those_who_like_it(browser, pages):
    moving = '[...document.querySelectorAll("*")].filter((e) => { const s = getComputedStyle(e); return s.animationName !== "none" || s.transitionDuration.split(",").some((t) => parseFloat(t) > 0); }).length'
    with Look(browser, pages, 'red') as page:
        true(page.run(moving) > 0, 'the control')
        page.media(reduced=True)
        equal(page.run(moving), 0, 'moving elements')
