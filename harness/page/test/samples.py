# SPDX-License-Identifier: MIT
"""Pages to look at: what `mpconform run` really writes, hostile texts among it, and the same page with other data in its place."""
import base64
import copy
import hashlib
import json
import os
import re
import shutil
import subprocess
import tempfile

HOME = os.path.realpath(os.path.join(os.path.dirname(__file__), '../../..'))
HOSTILE = '</script><script>document.title = "taken"</script><img src=x onerror="document.title = 1"> <!-- &lt; \' ]]>'
NAME = 'a,b/c?d=%2C <b>&"'  # of an implementation
CASES = {
    'list/hostile': f'# Title with {HOSTILE} and \u2028 in it.\n# clauses: LIST-1 CALL-1\n# level: documented\n\n>>> l = manager.list()\n>>> l.append({HOSTILE!r})\nNone\n>>> l[0]\n'
                    "'something else'\n",
    'list/len': "# The length of a list.\n# clauses: LIST-2\n# level: documented\n\n>>> l = manager.list([1, 2])\n>>> l._callmethod('__len__')\n2\n"
                ">>> l._callmethod('__getitem__', (20,))\nraises IndexError('list index out of range')\n>>> 1 + 1\n2\n",
    'list/old': '# Only in old versions.\n# clauses: LIST-2\n# level: de-facto\n# versions: -3.8\n\n>>> 1 + 1\n2\n',
    'dict/get': "# A value comes back.\n# clauses: DICT-1 CALL-1\n# level: de-facto\n\n>>> d = manager.dict(a=1)\n>>> d._callmethod('get', ('a',))\n1\n",
    'dict/sum': '# No call at all.\n# clauses: DICT-1\n# level: accident\n\n>>> 1 + 2\n3\n',
}


# The outline of one step.
TRANSCRIPT = ('Run once more.\nthe wire beside that of x\n  the first frame, at line 6\n  a: RETURN 1\n  b: RETURN 2\n          0: K    BININT1    1   |     0: K    BININT1    2\nline 5: >>> x = 1\n'
              '  expected  (no exception)\n  observed  (no exception)\n  1 main \u2192 manager, 4+31 bytes: challenge 20 bytes\n          0: 23 43 #C\n'
              'line 6: >>> x\n  expected  [1, 5, 3]\n  observed  [1, 2, 3]   \u2190 differs\n  1 manager \u2192 main, 4+9 bytes: RETURN [1, 2, 3]\n          0: ]    EMPTY_LIST\n        100: .    STOP\n')


def run(build, cases, report, *arguments):
    done = subprocess.run([os.path.join(build, 'mpconform'), 'run', '--cases', cases, '--report', report, '--jobs', '1', '--deadline', '20', *arguments],
                          cwd=HOME, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if not os.path.exists(os.path.join(report, 'index.html')):
        raise RuntimeError(done.stdout + done.stderr)


def write_cases(folder, cases):
    for name, text in cases.items():
        path = os.path.join(folder, name + '.case')
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, 'w', encoding='utf-8') as out:
            out.write(text)
    return folder


def real_runs(build, work):
    """Runs twice: everything that can go wrong, and all green.  {name: (text of the page, results.json)}"""
    adapter = os.path.join(build, 'harness/test/peer_adapter')
    drive = 'python3 -S {home}/oracle/drive.py'
    loud = os.path.join(work, 'loud')
    with open(loud, 'w') as out:
        out.write('#!/bin/sh\ncat >&2 <<"END"\n' + HOSTILE + '\nEND\nexec "$@"\n')
    os.chmod(loud, 0o700)
    hostile = os.path.join(work, 'hostile.json')
    with open(hostile, 'w') as out:
        json.dump({'name': NAME, 'proxy': f'{loud} {adapter} lie:callmethod {drive}'}, out)
    cases = write_cases(os.path.join(work, 'cases'), CASES)
    green = write_cases(os.path.join(work, 'green'), {name: CASES[name] for name in ('list/len', 'dict/get')})
    run(build, cases, os.path.join(work, 'red-report'), '--impl', 'ref', '--impl', hostile)
    run(build, green, os.path.join(work, 'green-report'), '--impl', 'ref')
    found = {}
    for name in ('red', 'green'):
        folder = os.path.join(work, name + '-report')
        with open(os.path.join(folder, 'index.html'), encoding='utf-8') as page, open(os.path.join(folder, 'results.json'), encoding='utf-8') as results:
            found[name] = page.read(), json.load(results)
    return found


def picture(build, work):
    """The page of a run in which an adapter has some faults."""
    command = f'{os.path.join(build, "harness/test/peer_adapter")} lie:callmethod python3 -S {{home}}/oracle/drive.py'
    mine = os.path.join(work, 'mine.json')
    with open(mine, 'w') as out:
        json.dump({'name': 'mine', 'proxy': command}, out)
    run(build, os.path.join(HOME, 'cases'), os.path.join(work, 'picture'), 'list', 'dict', '--strict', '--impl', mine)
    return os.path.join(work, 'picture/index.html')


# --- other data in the same page ---

def cut(page):
    """The page around its data, and the data."""
    begin = page.index('id="data">') + len('id="data">')
    end = page.index('</script>', begin)
    return page[:begin], json.loads(page[begin:end]), page[end:]


def with_data(page, data):
    before, _, after = cut(page)
    return before + json.dumps(data).replace('<', '\\u003c').replace('>', '\\u003e').replace('&', '\\u0026') + after


def altered(page, change):
    data = copy.deepcopy(cut(page)[1])
    change(data)
    return with_data(page, data)


def settle(data):
    """Makes header and footer say what the cases of data add up to."""
    planned = len(data['cases']) * len(data['header']['pairings'])
    words = {verdict['word']: sum(case['verdicts'].count(chr(97 + i)) for case in data['cases']) for i, verdict in enumerate(data['verdicts'])}
    kinds = {kind: sum(words[verdict['word']] for verdict in data['verdicts'] if verdict['kind'] == kind) for kind in ('green', 'red', 'gray')}
    not_run = sum('steps' not in detail for case in data['cases'] for detail in case['details'].values())
    data['header'].update(cases=len(data['cases']), planned=planned)
    data['footer'].update(planned=planned, run=planned - not_run, judged=planned - words['not-applicable'], passed=kinds['green'],
                          failed=kinds['red'] + len(data['failures']), other_failures=len(data['failures']), skipped=kinds['gray'], verdicts=words)


def big(data):
    """Ten implementations and a thousand cases, with results of every verdict."""
    names = ['cpython', 'ref', 'pypy', 'billiard', 'multiprocess', 'an-implementation-with-a-long-name', 'seven', 'eight', 'nine', 'ten']
    pairings = [(a, b) for a in names for b in names if a in names[:2] or b in names[:2] or a == b]
    versions = {name: ['3.11', '3.9'][name == 'pypy'] for name in names}    # as in a matrix
    data['header']['pairings'] = [{'proxy': a, 'manager': b, 'versions': list(dict.fromkeys([versions[a], versions[b]]))} for a, b in pairings]
    data['failures'] = [{'type': 'failure', 'subject': 'the proxy of seven', 'reason': 'ended by signal 11', 'stderr': 'x' * 400}]
    steps = [{'line': 5, 'statement': '>>> x = 1', 'observed': "raises E('b')", 'expected': "raises E('a')", 'difference': 'wording'}, {'line': 6, 'statement': '>>> x', 'observed': '[1, 2, 3]', 'expected': '[1, 5, 3]', 'difference': 'different'}]
    topics, verdicts, cases = ['list', 'dict', 'exception/class', 'barrier'], len(data['verdicts']), []
    for n in range(1000):
        letters, details = '', {}
        for k in range(len(pairings)):
            at = (n * 31 + k * 17) % 97
            verdict = at if at < verdicts else 0
            letters += chr(97 + verdict)
            if verdict:
                details[str(k)] = {'reason': f'line 6: expected [1, 5, 3], observed [1, 2, 3] for the {n}th time', 'blame': 'undecided: neither party passes anywhere',
                                   'again': f'mpconform run topic/case-{n}', 'fingerprint': '0123456789ab', 'steps': steps, **({'transcript': TRANSCRIPT} if n < 3 else {})}  # as many as a run has, about
        topic = topics[n % len(topics)]
        cases.append({'id': f'{topic}/case-{n:04}-with-a-name-as-long-as-they-get-to-be', 'title': f'What case {n} says in a sentence that has some length.', 'file': f'cases/{n}.case',
                      'level': ['documented', 'de-facto'][n % 2], 'clauses': [f'GROUP{n % 25}-{n}'], 'source': '# Title.\n# clauses: A-1\n# level: documented\n\n>>> x = 1\n>>> x\n1\n',
                      'verdicts': letters, 'milliseconds': [7] * len(pairings), 'details': details})
    data['cases'] = cases
    settle(data)


class Samples:
    """Named pages in a folder of their own; with a fault planted in each, if so wished."""

    def __init__(self, folder, texts, results, fault=None):
        self.folder, self.texts, self.results, self.fault = folder, texts, results, fault
        os.makedirs(folder, exist_ok=True)

    def path(self, name):
        path = os.path.join(self.folder, name + '.html')
        if not os.path.exists(path):
            text = plant(self.texts[name], name, *self.fault) if self.fault else self.texts[name]
            with open(path, 'w', encoding='utf-8') as out:
                out.write(text)
        return path

    def planted(self, folder, text, replacement):
        return Samples(folder, self.texts, self.results, (text, replacement))


def plant(page, name, text, replacement):
    """The page with one text of its sources replaced; its data stays what it is."""
    if name.startswith('cut-'):
        return page.replace(text, replacement)
    before, data, after = cut(page)
    if (before + after).count(text) != 1:
        raise ValueError(f'{text!r} stands in the page {(before + after).count(text)} times')
    return allowed(with_data(before.replace(text, replacement) + '{}' + after.replace(text, replacement), data))


def allowed(page):
    """The page with the hashes of its script and its style as they are now."""
    for kind, text in (('script-src', page[page.rindex('<script>') + 8:page.rindex('</script>')]), ('style-src', page[page.index('<style>') + 7:page.index('</style>')])):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        page = re.sub(kind + r" 'sha256-[^']*'", f"{kind} 'sha256-{digest}'", page)
    return page


def make(build):
    """All samples; the folder is the caller's to remove."""
    work = tempfile.mkdtemp(prefix='mpconform-samples-')
    try:
        found = real_runs(build, work)
    except BaseException:
        shutil.rmtree(work)
        raise
    red = found['red'][0]
    middle = red.index('id="data">') + 400
    texts = {'red': red, 'green': found['green'][0], 'big': altered(red, big),
             'cut-head': red[:red.index('</head>')], 'cut-data': red[:middle], 'cut-before-script': red[:red.rindex('<script>')], 'cut-script': red[:red.rindex('</script>') - 300]}
    green = found['green'][0]
    texts['cut-green'] = green[:green.rindex('</script>') - 300]
    for name, change in UNSOUND.items():
        texts['unsound-' + name] = altered(green, change)
    return Samples(os.path.join(work, 'pages'), texts, {name: results for name, (_, results) in found.items()}), work


def lose_case(data):
    del data['cases'][-1]


def lose_result(data):
    data['cases'][0]['verdicts'] = data['cases'][0]['verdicts'][:-1]


def other_verdict(data):
    data['cases'][0]['verdicts'] = 'b' + data['cases'][0]['verdicts'][1:]


UNSOUND = {
    'interrupted': lambda data: data['footer'].update(complete=False),
    'case-lost': lose_case,
    'result-lost': lose_result,
    'verdict-changed': other_verdict,
    'planned': lambda data: data['header'].update(planned=data['header']['planned'] + 1),
    'run': lambda data: data['footer'].update(run=data['footer']['run'] - 1),
    'judged': lambda data: data['footer'].update(judged=data['footer']['judged'] - 1),
    'passed': lambda data: data['footer'].update(passed=data['footer']['passed'] + 1),
    'failed': lambda data: data['footer'].update(failed=1, other_failures=1),
    'other-cases': lambda data: data['footer'].update(cases_sha256='0' * 64),
}
