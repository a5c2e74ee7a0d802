# SPDX-License-Identifier: MIT
"""The two adapters side by side: the same requests about local values to the oracle's and to mpproxy, the same replies expected; as TAP.

    python3 ref/test/adapter.py MPPROXY [PYTHON]
"""

import itertools
import json
import subprocess
import sys

PYTHON = sys.argv[2] if len(sys.argv) > 2 else sys.executable
VERSION = subprocess.check_output([PYTHON, '-c', 'import sys; print("%d.%d" % sys.version_info[:2])']).decode().strip()
PROXY = [sys.argv[1], '--compat', VERSION]
ORACLE = [PYTHON, '-B', '-W', 'ignore', 'oracle/drive.py']


class Adapter:
    def __init__(self, command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(self, line):
        self.process.stdin.write(line.encode() + b'\n')
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def end(self):
        self.process.stdin.close()
        return self.process.wait(timeout=30)


def var(name):
    return {'$var': name}


def shared(number, value):
    return {'$shared': number, 'value': value}


VALUES = [
    None, True, False, 0, -1, 2 ** 53 - 1, {'$int': str(2 ** 53)}, {'$int': str(-10 ** 400)}, {'$int': '9' * 5000}, '', 'text', '\u1234\U0001f600', {'$str': 'eda080'},
    {'$str': '610062'}, {'$float': '1.5'}, {'$float': '-0.0'}, {'$float': 'inf'}, {'$float': '-inf'}, {'$float': 'nan'}, {'$float': '1e+300'}, {'$float': '5e-324'},
    {'$complex': ['-0.0', 'nan']}, {'$bytes': ''}, {'$bytes': '00ff'}, {'$bytearray': 'beef'}, [], [1, [2, []]], {'$tuple': []}, {'$tuple': [1, {'$tuple': [2]}]},
    {'$set': []}, {'$set': [1]}, {'$frozenset': [{'$frozenset': []}]}, {'$dict': []}, {'$dict': [[1, 'a'], [{'$tuple': [2]}, []], ['z', None]]},
    {'$range': [0, {'$int': str(2 ** 70)}, 3]}, {'$slice': [None, 1, 'x']}, {'$ellipsis': True}, {'$notimplemented': True}, {'$global': 'builtins:int'},
    {'$global': '_operator:add'}, {'$global': 'collections:OrderedDict'}, {'$array': ['i', [1, -2]]}, {'$array': ['d', [{'$float': '0.1'}]]}, {'$array': ['u', ['a']]},
    {'$exception': {'class': 'builtins:ValueError', 'args': ['bad', 3]}}, {'$exception': {'class': 'builtins:KeyError', 'args': [], 'state': {'$dict': [['x', 1]]}}},
    {'$exception': {'class': 'builtins:FileNotFoundError', 'args': [2, 'no', 'file']}}, {'$exception': {'class': '_queue:Empty', 'args': []}},
    {'$exception': {'class': 'builtins:UnicodeDecodeError', 'args': ['utf-8', {'$bytes': 'ff'}, 0, 1, 'bad']}},
    {'$reduce': {'func': 'decimal:Decimal', 'args': ['1.50']}}, {'$reduce': {'func': 'collections:OrderedDict', 'args': [], 'pairs': [['b', 1], ['a', []]]}},
    {'$reduce': {'func': 'collections:deque', 'args': [], 'items': [1, 'x']}}, {'$reduce': {'func': 'copyreg:__newobj__', 'args': [{'$global': 'uuid:UUID'}], 'state': {'$dict': [['int', 5]]}}},
    shared(1, [1, {'$same': 1}]), shared(7, {'$dict': [['me', {'$same': 7}]]}), shared(1, {'$tuple': [[{'$same': 1}]]}), [shared(1, []), {'$same': 1}], shared(1, [{'$tuple': [{'$same': 1}]}]),
    [shared(2, {'$set': []}), shared(1, {'$bytearray': '00'}), {'$same': 1}, {'$same': 2}], [[shared(1, [shared(2, []), {'$same': 2}])], {'$same': 1}],
    shared(1, {'$reduce': {'func': 'types:SimpleNamespace', 'args': [], 'state': {'$dict': [['me', [1]]]}}}), shared(1, [{'$exception': {'class': 'builtins:ValueError', 'args': [[2]]}}, {'$same': 1}]),
]

BAD = [
    '', 'nonsense', '[]', '{}', '5', '{"op":"value"}', '{"op":"value","value":1.5}', '{"op":"value","value":{}}', '{"op":"value","value":{"$x":1}}',
    '{"op":"value","value":{"$tuple":5}}', '{"op":"value","value":{"$same":5}}', '{"op":"value","value":{"$var":"nobody"}}', '{"op":"value","value":{"$dict":[[[],1]]}}',
    '{"op":"value","value":{"$dict":[[1]]}}', '{"op":"value","value":{"$bytes":"0"}}', '{"op":"value","value":{"$int":"x"}}', '{"op":"value","value":{"$range":[1,2,0]}}',
    '{"op":"value","value":{"$set":[[]]}}', '{"op":"value","value":{"$exception":{"args":[]}}}', '{"op":"create","typeid":"list"}', '{"op":"drop","name":"nobody"}',
    '{"op":"operator","name":"nothing","operands":[1]}', '{"op":"builtin","name":"eval","args":[1]}',
    '{"op":"value","value":{"$shared":1,"value":{"$tuple":[{"$set":[{"$same":1}]}]}}}', '{"op":"connect","address":"nowhere","authkey":"00"}', '{"op":"connect","address":"unix:/x","authkey":"0"}',
]

LOCAL = [
    ('method', {'on': var('l'), 'name': 'append', 'args': [var('l')]}), ('value', {'value': var('l')}), ('method', {'on': var('l'), 'name': 'index', 'args': [5]}),
    ('method', {'on': var('l'), 'name': 'pop', 'args': [], 'kwds': []}), ('method', {'on': var('l'), 'name': 'nothing', 'args': []}), ('method', {'on': var('d'), 'name': 'get', 'args': ['a', 7]}),
    ('method', {'on': var('d'), 'name': 'pop', 'args': ['zz']}), ('method', {'on': var('d'), 'name': 'update', 'args': [], 'kwds': [['x', 1]]}), ('value', {'value': var('d')}),
    ('method', {'on': var('s'), 'name': 'add', 'args': [[]]}), ('method', {'on': var('s'), 'name': 'union', 'args': [[2]]}), ('operator', {'name': 'getitem', 'operands': [var('l'), 0]}),
    ('operator', {'name': 'getitem', 'operands': [var('l'), 'x']}), ('operator', {'name': 'setitem', 'operands': [var('l'), 0, 9]}), ('operator', {'name': 'add', 'operands': [var('l'), [1]]}),
    ('operator', {'name': 'add', 'operands': [var('l'), 1]}), ('operator', {'name': 'iadd', 'operands': [var('l'), [7]], 'store': 'l'}), ('operator', {'name': 'is_', 'operands': [var('l'), var('l')]}),
    ('operator', {'name': 'lt', 'operands': [1, 'a']}), ('operator', {'name': 'contains', 'operands': [var('d'), 'a']}), ('operator', {'name': 'neg', 'operands': [{'$float': '1.5'}]}),
    ('operator', {'name': 'mul', 'operands': ['ab', 3]}), ('operator', {'name': 'or_', 'operands': [var('s'), var('s')]}), ('operator', {'name': 'not_', 'operands': [[]]}),
    ('builtin', {'name': 'len', 'args': [var('d')]}), ('builtin', {'name': 'str', 'args': [var('d')]}), ('builtin', {'name': 'repr', 'args': [var('l')]}), ('builtin', {'name': 'bool', 'args': [[]]}),
    ('builtin', {'name': 'list', 'args': [var('d')]}), ('builtin', {'name': 'dict', 'args': [[{'$tuple': [1, 2]}]]}), ('builtin', {'name': 'sorted', 'args': [[3, 1, 2]]}),
    ('builtin', {'name': 'sorted', 'args': [[3, 'a']]}), ('builtin', {'name': 'iter', 'args': [5]}), ('builtin', {'name': 'iter', 'args': [[1, 2]], 'store': 'i'}), ('builtin', {'name': 'next', 'args': [var('i')]}),
    ('builtin', {'name': 'list', 'args': [var('i')]}), ('builtin', {'name': 'next', 'args': [var('i')]}), ('builtin', {'name': 'reversed', 'args': [[1, 2]]}), ('builtin', {'name': 'type', 'args': [var('d')]}),
    ('builtin', {'name': 'copy', 'args': [var('d')]}), ('builtin', {'name': 'deepcopy', 'args': [[var('d'), var('d')]]}), ('builtin', {'name': 'repickle', 'args': [[var('s'), var('s')]]}),
    ('export', {'value': [1, 'a', {'$tuple': [var('d'), var('d')]}]}), ('import', {'pickle': '80045d944b0161682e'}), ('import', {'pickle': '80045d944b01612e', 'store': 'p'}),
    ('import', {'pickle': '8009'}), ('getattr', {'on': {'$exception': {'class': 'builtins:KeyError', 'args': [1]}}, 'name': 'args'}), ('getattr', {'on': var('l'), 'name': 'nothing'}),
    ('callmethod', {'on': 1, 'method': 'x'}), ('callmethod', {'on': var('d'), 'method': 'x', 'args': []}), ('drop', {'name': 'p'}), ('reset', {}), ('value', {'value': None, 'store': 'x'}), ('bogus', {}), ('value', {'value': var('x')}),
]


def requests():
    """(what is tested, line)"""
    for value in VALUES:
        yield 'a value comes back as it went in', {'op': 'value', 'value': value}
        yield 'a value survives its pickle', {'op': 'builtin', 'name': 'repickle', 'args': [value]}
        yield 'a value prints the same', {'op': 'builtin', 'name': 'repr', 'args': [value]}
    for name, value in (('l', [1, 2, 3]), ('d', {'$dict': [['a', 1], ['b', []]]}), ('s', {'$set': [1]})):
        yield 'a value is kept', {'op': 'value', 'value': value, 'store': name}
    for op, members in LOCAL:
        yield 'operations on local values', dict(members, op=op)


def printable(value):
    """repr of what C holds as a reduction is its own affair."""
    text = json.dumps(value)
    return not any(word in text for word in ('$reduce', 'nan', '_queue', 'OrderedDict', '_operator'))


def check():
    oracle, proxy = Adapter(ORACLE), Adapter(PROXY)
    wrong = {}
    numbers = itertools.count(1)
    for what, request in requests():
        wrong.setdefault(what, [])
        if request.get('name') == 'repr' and not printable(request['args']):
            continue
        line = json.dumps(dict(request, id=next(numbers)))
        expected, observed = oracle.ask(line), proxy.ask(line)
        if expected != observed:
            wrong[what].append('%s\n#   oracle  %s\n#   mpproxy %s' % (line[:200], json.dumps(expected)[:300], json.dumps(observed)[:300]))
    wrong['a malformed request is refused by both'] = [line for line in BAD if not ('error' in oracle.ask(line) and 'error' in proxy.ask(line))]
    wrong['the end of the input is the end, with status 0'] = [status for status in (oracle.end(), proxy.end()) if status]
    return wrong


def check_options():
    wrong = []
    for options, status, text in ((['--version'], 0, 'mpproxy '), (['--help'], 0, 'Usage: mpproxy'), (['--nothing'], 2, 'there is no option --nothing'), (['--compat'], 2, 'needs a value'),
                                  (['--compat', '2.7'], 2, 'from 3.8 to 3.15'), (['--compat', '3.8', 'x'], 2, 'x: there are no arguments')):
        done = subprocess.run([PROXY[0]] + options, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=30)
        if done.returncode != status or text.encode() not in done.stdout:
            wrong.append('%s: status %d, %r' % (' '.join(options), done.returncode, done.stdout))
    return wrong


def main():
    results = check()
    results['options'] = check_options()
    print('1..%d' % len(results))
    for number, (what, wrong) in enumerate(results.items(), 1):
        for line in wrong:
            print('# %s' % line)
        print('%s %d - %s' % ('not ok' if wrong else 'ok', number, what))
    return 1 if any(results.values()) else 0


if __name__ == '__main__':
    sys.exit(main())
