# SPDX-License-Identifier: MIT
"""The reports of real runs against schema.json and against each other.  TAP."""
import copy
import json
import os
import re
import shutil
import sys
import tempfile
import xml.etree.ElementTree as xml

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, '../../harness/test')]
import runs
import schema as checker
from results import plan, result

KINDS = {'pass': 'passed', 'wording': 'passed', 'allowed': 'skipped', 'not-applicable': 'skipped', 'known-failure': 'skipped', 'flaky': 'skipped'}  # all others failed
SOMETIMES = set()  # depends on what went wrong


def events(folder):
    with open(os.path.join(folder, 'events.ndjson'), encoding='utf-8') as stream:
        return [json.loads(line) for line in stream]


def load(folder, name):
    with open(os.path.join(folder, name), encoding='utf-8') as source:
        return source.read()


# --- the schema ---

def conforms(folders, schema):
    report = {'$ref': '#/$defs/report'}
    for name, folder in folders.items():
        wrong = [error for i, event in enumerate(events(folder)) for error in checker.errors(event, schema, schema, f'line {i + 1}')]
        result(not wrong, f'{name}: every event conforms to the schema', '\n'.join(wrong))
        wrong = checker.errors(json.loads(load(folder, 'results.json')), report, schema)
        result(not wrong, f'{name}: results.json conforms to the schema', '\n'.join(wrong))


def all_is_seen(folders, schema):
    """Every member, every verdict and every kind of event occurs: what the schema has is what there is."""
    seen, verdicts = {(kind, name): 0 for kind in ('header', 'result', 'step', 'failure', 'note', 'blame', 'footer') for name in schema['$defs'][kind]['properties']}, set()
    for folder in folders.values():
        for event in events(folder) + json.loads(load(folder, 'results.json'))['results']:
            for kind, one in [(event['type'], event)] + [('step', step) for step in event.get('steps', [])]:
                for name in one:
                    seen[kind, name] += 1
            verdicts.add(event.get('verdict'))
    unseen = [member for member, times in seen.items() if not times and member not in SOMETIMES]
    result(not unseen, 'every member that the schema lists occurs', unseen)
    left = set(schema['$defs']['verdict']['enum']) - verdicts
    result(not left, 'every verdict that the schema lists occurs', left)


def refuses(folders, schema):
    """The checker and the schema can fail: an event that is not quite right is refused, whatever is wrong."""
    samples, accepted, tried = {}, [], 0
    for folder in folders.values():
        for event in events(folder):
            if len(json.dumps(event)) > len(json.dumps(samples.get(event['type'], None))):
                samples[event['type']] = event
    for kind, event in samples.items():
        for bad, what in mutants(event):
            tried += 1
            if not checker.errors(bad, schema, schema):
                accepted.append(f'{kind}: {what}')
    result(not accepted, f'every one of {tried} events that are not quite right is refused', '\n'.join(accepted))
    result(set(samples) == {'header', 'result', 'failure', 'note', 'blame', 'footer'} and tried > 150, 'events of all types were tried', (list(samples), tried))
    try:
        checker.errors({}, {'multipleOf': 3}, schema)
        result(False, 'a keyword that the checker does not know is an error')
    except checker.Unknown:
        result(True, 'a keyword that the checker does not know is an error')


OPTIONAL = {'reason', 'steps', 'milliseconds', 'objects_left', 'ended_by', 'proxy_stderr', 'manager_stderr', 'fingerprint', 'stderr', 'transcript', 'shard', 'merged', 'measured'}


def mutants(event):
    """(An event with one thing wrong, what it is)."""
    for name, value in event.items():
        if name not in OPTIONAL:
            yield {key: one for key, one in event.items() if key != name}, f'without {name}'
        for other in ([], 'x', -1, 0.5, True, None):
            if type(other) is not type(value) and not (name == 'oracle' and other is None) and not (name in ('expected', 'observed') and other in (None, 'x')):
                yield {**event, name: other}, f'{name} is {other!r}'
    yield {**event, 'extra': 1}, 'has a member more'
    for name, wrong in {'type': 'x', 'verdict': 'green', 'format': 2, 'program': 'x', 'started': 'today', 'version': '3', 'cases_sha256': '0' * 63, 'fingerprint': 'ABC', 'status': 2,
                        'ended_by': 'nobody', 'pairings': [], 'milliseconds': -1, 'verdicts': {'green': 1}, 'about': 'nothing', 'options': {'strict': True}, 'known': [{'path': 'x'}],
                        'shard': {'index': 0, 'of': 1, 'cases': 1, 'cases_sha256': '0' * 64}, 'merged': [], 'measured': {'runs': 0, 'failures': 0, 'fingerprints': {}}, 'selectors': [1]}.items():
        if name in event:
            yield {**event, name: wrong}, f'{name} is {wrong!r}'
    for i in range(len(event.get('steps', []))):
        for wrong in ({'line': 0}, {'line': 1, 'reached': True}, {'line': 1, 'difference': 'same'}, {'line': 1, 'x': 1}, {'observed': 'x'}):
            bad = copy.deepcopy(event)
            bad['steps'][i] = wrong
            yield bad, f'a step is {wrong}'


# --- the counts ---

def counted_by_each(folder):
    """{rendering: (passed, failed, skipped)}, each counted from what the rendering itself says."""
    stream, found = events(folder), {}
    kinds = [KINDS.get(event['verdict'], 'failed') for event in stream if event['type'] == 'result'] + ['failed' for event in stream if event['type'] == 'failure']
    found['events.ndjson'] = tuple(kinds.count(kind) for kind in ('passed', 'failed', 'skipped'))
    footer = json.loads(load(folder, 'results.json'))['footer']
    found['results.json'] = footer['passed'], footer['failed'], footer['skipped']
    tap = load(folder, 'results.tap').split('\n')
    good, skips = sum(line.startswith('ok ') for line in tap), sum(' # SKIP ' in line for line in tap if line.startswith('ok '))
    found['results.tap'] = good - skips, sum(line.startswith('not ok ') for line in tap), skips
    suites = xml.fromstring(load(folder, 'junit.xml'))
    tests, bad, skips = (len(suites.findall(path)) for path in ('.//testcase', './/testcase/failure', './/testcase/skipped'))
    found['junit.xml'] = tests - bad - skips, bad, skips
    found['junit.xml, its attributes'] = tuple(int(suites.get(name)) for name in ('failures', 'skipped', 'tests')) == (bad, skips, tests) and found['junit.xml']
    found['summary.md'] = tuple(map(int, re.search(r'^(\d+) passed, (\d+) failed, (\d+) skipped$', load(folder, 'summary.md'), re.M).groups()))
    badge = xml.fromstring(load(folder, 'badge.svg'))
    found['badge.svg'] = tuple(map(int, re.search(r': (\d+) passed, (\d+) failed, (\d+) skipped$', badge.find('{*}title').text).groups()))
    sarif = json.loads(load(folder, 'results.sarif'))['runs'][0]
    found['results.sarif'] = sarif['properties']['passed'], len(sarif['results']), sarif['properties']['skipped']
    page = load(folder, 'index.html')
    begin = page.index('id="data">') + len('id="data">')
    data = json.loads(page[begin:page.index('</script>', begin)])
    words = [data['verdicts'][ord(letter) - 97]['word'] for case in data['cases'] for letter in case['verdicts']]
    kinds = [KINDS.get(word, 'failed') for word in words] + ['failed' for _ in data['failures']]
    found['index.html'] = tuple(kinds.count(kind) for kind in ('passed', 'failed', 'skipped'))
    return found


def equal_counts(folders):
    for name, folder in folders.items():
        found = counted_by_each(folder)
        result(len(set(found.values())) == 1 and sum(found['results.json']) > 0, f'{name}: every rendering counts the same', found)


# --- single renderings ---

def sarif_points_at_lines(folder):
    report, run = json.loads(load(folder, 'results.json')), json.loads(load(folder, 'results.sarif'))['runs'][0]
    reds = [one for one in report['results'] if KINDS.get(one['verdict'], 'failed') == 'failed']
    wrong, placed = [], [one for one in run['results'] if one['ruleId'] != 'run']
    for red, found in zip(reds, placed):
        place = found['locations'][0]['physicalLocation']
        path = re.sub('^file://', '', place['artifactLocation']['uri'])
        line = place['region']['startLine']
        different = [step['line'] for step in red.get('steps', []) if 'difference' in step]
        with open(path, encoding='utf-8') as source:
            text = source.read().split('\n')[line - 1]
        if not (found['ruleId'] == red['case'] == run['tool']['driver']['rules'][found['ruleIndex']]['id'] and found.get('partialFingerprints', {}).get('failure/v1') == red.get('fingerprint')
                and red['reason'] in found['message']['text'] and red['again'] in found['message']['text'] and (line in different and '>>>' in text if different else line == 1)):
            wrong.append((red, found, text))
    result(not wrong and len(placed) == len(reds) > 5, 'results.sarif: each failure at the line that differs', wrong or (len(placed), len(reds)))
    result(len(run['results']) - len(placed) == len(report['failures']) > 0, 'results.sarif: failures that are no case\'s, too')


def summary_names_all(folder):
    report, text = json.loads(load(folder, 'results.json')), load(folder, 'summary.md')
    missing = [red['case'] for red in report['results'] if 'again' in red and red['again'] not in text]
    result(not missing and '<b>' not in re.sub(r'(`+).*?(?<!`)\1(?!`)', '', text, flags=re.S), 'summary.md: each failure with its command, and no foreign markup', missing or text)
    result('not conforming' in text and load(os.path.join(folder, '../green'), 'summary.md').startswith('# mpconform: conforming'), 'summary.md: the outcome comes first')


def badge_is_red_or_green(folders):
    red, green = load(folders['everything'], 'badge.svg'), load(folders['green'], 'badge.svg')
    result('#cf222e' in red and '#1a7f37' not in red and ' failed, ' in red.split('</title>')[1], 'badge.svg: red with its failures', red)
    result('#1a7f37' in green and '#cf222e' not in green and '2 passed<' in green, 'badge.svg: green', green)


def main():
    work = tempfile.mkdtemp(prefix='mpconform-reports-')
    try:
        folders = runs.make(os.path.abspath(os.environ.get('B', 'build')), work)
        schema = json.loads(load('reports', 'schema.json'))
        conforms(folders, schema)
        all_is_seen(folders, schema)
        refuses(folders, schema)
        equal_counts(folders)
        sarif_points_at_lines(folders['everything'])
        summary_names_all(folders['everything'])
        badge_is_red_or_green(folders)
    finally:
        shutil.rmtree(work)
    return plan()


sys.exit(main())
