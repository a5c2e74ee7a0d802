# SPDX-License-Identifier: MIT
"""The C validator of adapter.schema.json and the one in Python agree, on true exchanges and on changed ones.  TAP."""
import copy
import glob
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile

HOME = os.path.realpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), '../..'))
sys.path.insert(0, os.path.join(HOME, 'reports/test'))
import schema as checker
from results import plan, result

BUILD = os.path.join(os.getcwd(), os.environ.get('B', 'build'))
CASES = ['call', 'copy', 'namespace', 'nested', 'value']
CHANGES = 8     # of each exchange


def record(work, adapter):
    """What passes between the harness and an adapter in real sessions: a list of exchanges, each form of them once."""
    folder = os.path.join(work, adapter)
    os.mkdir(folder)
    command = {'cpython': 'python3 -S {home}/oracle/drive.py', 'ref': '{build}/mpproxy --compat {compat}'}[adapter]
    spy = f'sh -c \'tee {folder}/$$.requests | "$@" | tee {folder}/$$.replies\' sh {command}'
    run = subprocess.run([os.path.join(BUILD, 'mpconform'), 'run', *CASES, '--report', os.path.join(work, 'report'), '--jobs', '1', '--pairing', 'yours,cpython', '--proxy', spy],
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True)
    forms, found = set(), []
    for path in sorted(glob.glob(os.path.join(folder, '*.requests'))):
        with open(path) as requests, open(path[:-8] + 'replies') as replies:
            for request, reply in zip(requests, replies):
                exchange = {'request': json.loads(request), 'reply': json.loads(reply)}
                form = repr(shape(exchange))
                if form not in forms:
                    forms.add(form)
                    found.append(exchange)
    result(run.returncode == 0 and len(found) > 100, f'{adapter}: exchanges of real sessions', f'{len(found)} exchanges\n{run.stdout}')
    return found


def shape(value):
    """What is alike in all messages of one form."""
    if isinstance(value, dict):
        return sorted((name, value[name] if name == 'op' else shape(value[name])) for name in value)
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return type(value).__name__


# --- changed messages ---

def places(value, path=()):
    yield path
    for key, part in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from places(part, path + (key,))


def at(value, path):
    for key in path:
        value = value[key]
    return value


OTHERS = [None, True, 0, -1, 1.5, 2 ** 53, '', 'x', 'zz', 'a:b', '3.13', [], [[]], ['x'], {}, {'a': 1}, {'$int': '12'}, {'$int': 'x'}, {'$float': '1e5'}, {'$float': 'e'}, {'$var': 'v'},
          {'$bytes': 'abc'}, {'$same': 0}, {'$shared': 1, 'value': []}, {'$shared': 1}, {'$tuple': [1, {'$dict': [[1]]}]}, {'copy': None}, {'$bytes': '00\n'}]
NAMES = ['copy', 'proxy', 'value', '$tuple', '$shared', 'id', 'store', 'error', 'hello', 'exposed', 'types', 'x', '$dict', 'serializers', 'raw', 'kwds']


def replaced(parent, key, chance):
    parent[key] = chance.choice(OTHERS)


def removed(parent, key, chance):
    del parent[key]


def renamed(parent, key, chance):
    if isinstance(parent, dict):
        parent[chance.choice(NAMES)] = parent.pop(key)
    else:
        parent.append(parent[key])


def added(parent, key, chance):
    if isinstance(parent, dict):
        parent[chance.choice(NAMES)] = chance.choice(OTHERS)
    else:
        parent.insert(key, chance.choice(OTHERS + parent))


def operation(parent, key, chance):
    if key == 'op':
        parent[key] = chance.choice(['hello', 'reset', 'export', 'value', 'drop', 'create', 'nonsense'])
    else:
        replaced(parent, key, chance)


def changed(exchange, chance):
    """A copy that differs in one place."""
    other = copy.deepcopy(exchange)
    path = chance.choice([path for path in places(other) if path])
    chance.choice([replaced, replaced, removed, renamed, added, operation])(at(other, path[:-1]), path[-1], chance)
    return other


# --- both validators ---

def in_c(exchanges):
    lines = ''.join(f'exchange\t{json.dumps(exchange)}\n' for exchange in exchanges)
    run = subprocess.run([os.path.join(BUILD, 'harness/test/test_schema'), '--check'], input=lines, stdout=subprocess.PIPE, universal_newlines=True, check=True)
    return run.stdout.splitlines()


def in_python(exchanges, schema):
    return ['; '.join(checker.errors(exchange, schema, schema)) or 'ok' for exchange in exchanges]


def compare(name, exchanges, schema):
    """Both say the same of each; how many they refuse."""
    c, python = in_c(exchanges), in_python(exchanges, schema)
    differ = [f'{json.dumps(exchange)[:500]}\n  C: {a[:300]}\n  Python: {b[:300]}' for exchange, a, b in zip(exchanges, c, python) if (a == 'ok') != (b == 'ok')]
    result(len(c) == len(exchanges) and not differ, name, f'{len(differ)} of {len(exchanges)} differ\n' + '\n'.join(differ[:5]))
    return [a for a in c if a != 'ok']


def keywords_refuse(exchanges, schema):
    """Each keyword that can refuse does so for some message: what the messages do not reach, no test sees."""
    refusing, before = set(), dict(checker.KEYWORDS)

    def spy(name):
        def check(value, operand, *rest):
            found = before[name](value, operand, *rest)
            if found:
                refusing.add(name)
            return found
        return check
    checker.KEYWORDS.update({name: spy(name) for name in before})
    in_python(exchanges, schema)
    checker.KEYWORDS.update(before)
    return {name for name in used(schema) if name in before} - refusing


def used(schema):
    """The keywords of a schema."""
    if isinstance(schema, list):
        return set().union(*map(used, schema)) if schema else set()
    if not isinstance(schema, dict):
        return set()
    found = set(schema)
    for name, operand in schema.items():
        found |= set().union(*map(used, operand.values())) if name in ('properties', '$defs') else used(operand) if name not in ('const', 'enum') else set()
    return found


def main(work):
    with open(os.path.join(HOME, 'harness/adapter.schema.json')) as source:
        schema = json.load(source)
    chance = random.Random(4)
    exchanges = record(work, 'cpython') + record(work, 'ref')
    wrong = compare('what adapters and the harness say conforms, in both', exchanges, schema)
    result(not wrong, '… and that is conforming', '\n'.join(wrong[:5]))
    times = {'hello': 20 * CHANGES}     # there is one of each adapter, and it has the most to get wrong
    mutants = [changed(exchange, chance) for exchange in exchanges for _ in range(times.get(exchange['request']['op'], CHANGES))]
    refused = compare(f'{len(mutants)} changed messages are judged alike', mutants, schema)
    result(len(refused) > 500, 'hundreds of them are refused', len(refused))
    result(all(sentence.startswith(('at /', 'in the whole')) and ': expected ' in sentence and ', found ' in sentence for sentence in refused), 'each refusal names place, expectation and finding')
    idle = keywords_refuse(mutants, schema)
    result(not idle, 'each keyword of the schema refuses something', ' '.join(sorted(idle)))


folder = tempfile.mkdtemp(prefix='schema-')
os.environ['TMPDIR'] = folder
try:
    main(folder)
finally:
    shutil.rmtree(folder)
sys.exit(plan())
