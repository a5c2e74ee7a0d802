#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes ref/test/vectors/*.txt: what list, dict, set, frozenset, tuple, array.array and their iterators answer in each CPython.

    vectors_containers.py OUTPUT_FOLDER PYTHON...

The cases are made here, in the order of a fixed random seed; each interpreter runs all of them (`--answer`), and equal answers of
neighbouring versions become one line with an interval. ref/test/vectors.h reads the files and describes their lines.
"""
import builtins
import json
import os
import random
import re
import subprocess
import sys

from intervals import intervals

NAN = float('nan')

# ---------------------------------------------------------------------------------------------------------------- the cases

METHODS = {
    'list': '__add__ __contains__ __delitem__ __eq__ __ge__ __getitem__ __gt__ __iadd__ __imul__ __iter__ __le__ __len__ __lt__ __mul__'
            ' __ne__ __reversed__ __rmul__ __setitem__ append clear copy count extend index insert pop remove reverse sort',
    'dict': '__contains__ __delitem__ __eq__ __getitem__ __ior__ __iter__ __len__ __ne__ __or__ __reversed__ __ror__ __setitem__ clear'
            ' copy fromkeys get items keys pop popitem setdefault update values',
    'set': '__and__ __contains__ __eq__ __ge__ __gt__ __iand__ __ior__ __isub__ __iter__ __ixor__ __le__ __len__ __lt__ __ne__ __or__'
           ' __rand__ __ror__ __rsub__ __rxor__ __sub__ __xor__ add clear copy difference difference_update discard intersection'
           ' intersection_update isdisjoint issubset issuperset pop remove symmetric_difference symmetric_difference_update union update',
    'frozenset': '__and__ __contains__ __eq__ __ge__ __iter__ __le__ __len__ __or__ __rand__ __rsub__ __sub__ __xor__ copy difference'
                 ' intersection isdisjoint issubset issuperset symmetric_difference union add pop',
    'tuple': '__add__ __contains__ __eq__ __ge__ __getitem__ __gt__ __iter__ __le__ __len__ __lt__ __mul__ __ne__ __rmul__ count index',
    'array': '__add__ __contains__ __delitem__ __eq__ __getitem__ __iadd__ __imul__ __iter__ __len__ __lt__ __mul__ __rmul__ __setitem__'
             ' append byteswap clear count extend frombytes fromlist fromunicode index insert pop remove reverse tobytes tolist tounicode',
}
RECEIVERS = {'list': '[1, 2, 3]', 'dict': "{1: 'a', 2: 'b'}", 'set': '{1, 2, 3}', 'frozenset': 'frozenset({1, 2, 3})',
             'tuple': '(1, 2, 3)', 'array': "array('i', [1, 2, 3])"}
# Of every sort: what methods get as arguments.
THINGS = ['None', 'True', '0', '1', '-1', '2', '7', '1180591620717411303424', '-1180591620717411303424', '1.0', '1.5', "'a'", "'ab'", "''",
          "b'ab'", '()', '(1, 2)', '[]', '[1, 2]', '[[1, 2]]', "[['a', 1]]", '[1, 2, 3]', '{}', '{1: 2}', "{'a': 1}", 'set()', '{1, 2}', '{2, 9}',
          'frozenset({2, 3})', 'slice(None, None, None)', 'slice(1, None, None)', 'slice(None, None, -1)', 'slice(None, None, 2)',
          'slice(0, 2, 1)', "slice('a', None, None)", 'slice(None, None, 0)', 'range(0, 3)', 'SELF', 'ITER([1, 2])', "array('i', [7, 8])",
          "array('b', [7])", 'Ellipsis', '1j', 'FUNCTION(builtins, len)']
FEW = ['None', '1', "'a'", '(1, 2)', '[1, 2]', '[1, 2, 3]', '{1: 2}', '{1, 2}', 'frozenset({2, 3})', 'SELF', "array('i', [7, 8])"]
BINARY = 'add sub mul and or xor iadd isub imul iand ior ixor lt le eq ne gt ge'


def new(receiver):
    return ['new', receiver]


def call(name, args='()', kwds='{}'):
    return ['call', name, args, kwds]


def op(name, *operands):
    return ['op', name, *operands]


def counts_and_keywords(kind):
    """Every method with every wrong number of arguments, and with keywords."""
    for name in METHODS[kind].split():
        if (kind, name) == ('array', 'extend'):
            continue  # since 3.10 its words are those of a function that takes its defining class: nobody calls it so
        for n in range(6):
            yield new(RECEIVERS[kind])
            yield call(name, '(' + '1, ' * n + ')')
        for args, kwds in (('()', "{'x': 1}"), ('(1,)', "{'x': 1}"), ('()', "{'x': 1, 'y': 2}"), ('(1, 2)', "{'key': 1}")):
            yield new(RECEIVERS[kind])
            yield call(name, args, kwds)


def every_thing(kind):
    """Every method and operator with every thing, alone."""
    for name in METHODS[kind].split():
        for thing in THINGS:
            yield new(RECEIVERS[kind])
            yield call(name, '(' + thing + ',)')
            if name in ('pop', 'get', 'setdefault', 'insert', 'index', '__setitem__', 'fromkeys'):
                yield new(RECEIVERS[kind])
                yield call(name, '(' + thing + ', 1)')
                yield new(RECEIVERS[kind])
                yield call(name, '(1, ' + thing + ')')
    for name in BINARY.split():
        for thing in THINGS:
            if name[:2] in ('lt', 'le', 'gt', 'ge', 'ne', 'ix', 'is', 'xo') and thing not in FEW:
                continue
            if name == 'imul' and kind in ('dict', 'set', 'frozenset') and thing[0] in "'b([S":
                continue  # d *= [1] asks the list only if type(d) has no slot of sequences at all: too odd to imitate
            yield new(RECEIVERS[kind])
            yield op(name, thing)
            if name[0] != 'i':
                yield new(RECEIVERS[kind])
                yield op('r' + name, thing)
    for thing in THINGS:
        for name in ('getitem', 'delitem', 'contains'):
            yield new(RECEIVERS[kind])
            yield op(name, thing)
        yield new(RECEIVERS[kind])
        yield op('setitem', '0', thing)
        yield new(RECEIVERS[kind])
        yield op('setitem', thing, '[9, 8]')
    for name in ('len', 'bool', 'hash', 'repr', 'iter', 'reversed'):
        yield new(RECEIVERS[kind])
        yield op(name)
    yield new(RECEIVERS[kind])
    yield ['methods']


def slices(kind, make):
    """Slices of every sort, to read, to delete, to assign to."""
    random_ = random.Random(11)
    bounds = [None, -9, -5, -2, -1, 0, 1, 2, 3, 5, 9, 2**70, -2**70]
    steps = [None, 1, 2, 3, -1, -2, -3, 9, -2**70]
    for _ in range(250):
        key = 'slice(%s, %s, %s)' % (random_.choice(bounds), random_.choice(bounds), random_.choice(steps))
        receiver = make(range(random_.randrange(7)))
        yield new(receiver)
        yield op('getitem', key)
        if kind != 'tuple':
            yield op('setitem', key, make(range(90, 90 + random_.randrange(5))))
            yield op('delitem', key)


def number(random_):
    return random_.choice(['%d' % random_.randrange(-3, 12), '%d' % random_.randrange(10**6), '%d.0' % random_.randrange(5), 'True', "'x'"])


def list_sessions():
    random_ = random.Random(21)
    for _ in range(150):
        yield new(repr([random_.randrange(9) for _ in range(random_.randrange(6))]))
        for _ in range(12):
            item, where = number(random_), str(random_.randrange(-7, 9))
            yield random_.choice([
                call('append', '(%s,)' % item), call('insert', '(%s, %s)' % (where, item)), call('pop'), call('pop', '(%s,)' % where),
                call('remove', '(%s,)' % item), call('index', '(%s,)' % item), call('index', '(%s, %s)' % (item, where)),
                call('index', '(%s, %s, %d)' % (item, where, random_.randrange(-9, 9))), call('count', '(%s,)' % item), call('reverse'),
                call('extend', '([%s, %s],)' % (item, item)), call('extend', '(SELF,)'), call('sort'), call('sort', '()', "{'reverse': True}"),
                op('iadd', '(%s,)' % item), op('imul', str(random_.randrange(3))), op('setitem', where, item), op('delitem', where),
                op('getitem', where), op('contains', item), op('setitem', 'slice(%s, None, None)' % where, 'SELF'), op('mul', where),
                call('copy'), op('eq', '[%s]' % item), op('lt', '[%s, 5]' % item)])


def list_extras():
    for receiver, lines in (
            ('[]', [call('pop'), call('pop', '(0,)'), call('remove', '(1,)'), call('index', '(1,)'), op('getitem', '0'), op('delitem', '0')]),
            ('[1, 2]', [call('extend', "(ITER([3, 4]),)"), call('extend', '({5: 6},)'), call('extend', "('xy',)"), call('extend', '(range(0, 2),)')]),
            ('[1, 2]', [call('append', '(SELF,)'), op('repr'), op('eq', 'SELF'), call('index', '(SELF,)'), call('clear')]),
            ('[(1,), [2], {3: 4}]', [call('index', '([2.0],)'), call('count', '((True,),)'), op('contains', '{3: 4.0}'), op('hash')]),
            ('[nan, 1]', [op('contains', 'nan'), call('index', '(nan,)'), call('remove', '(nan,)'), op('eq', '[1.0]')]),
            ("['a', 1]", [call('sort'), call('index', "('b',)"), call('remove', "('b',)"), op('lt', "['a', 'x']")]),
            ('[3, 1, 2]', [call('sort', '()', "{'key': FUNCTION(_operator, neg)}"), call('sort', '()', "{'key': None, 'reverse': 1}"),
                           call('sort', '()', "{'reverse': 'x'}"), call('sort', '()', "{'reverse': None}"), call('sort', '()', "{'key': 5}"),
                           call('sort', '()', "{'reverse': 1.5}"), call('sort', '()', "{'reverse': 1180591620717411303424}"),
                           call('sort', '()', "{'cmp': None}"), call('sort', '(None,)'), call('sort', '(None, True)'),
                           call('sort', '()', "{'key': None, 'reverse': False, 'x': 1}")]),
            ("['bb', 'a', 'CCC', '']", [call('sort', '()', "{'key': FUNCTION(builtins, len)}"),
                                        call('sort', '()', "{'key': FUNCTION(builtins, len), 'reverse': True}"), call('sort'),
                                        call('sort', '()', "{'key': FUNCTION(builtins, int)}"), call('sort', '()', "{'key': FUNCTION(builtins, float)}"),
                                        call('sort', '()', "{'key': FUNCTION(builtins, repr)}"), call('sort', '()', "{'key': FUNCTION(builtins, abs)}"),
                                        call('sort', '()', "{'key': FUNCTION(builtins, tuple)}"), call('sort', '()', "{'key': FUNCTION(builtins, max)}")]),
            ("['10', '9', '-3']", [call('sort', '()', "{'key': FUNCTION(builtins, int)}"), call('sort', '()', "{'key': FUNCTION(builtins, float)}"),
                                   call('sort')]),
            ('[-3, 2, -1, 0.5, True, 10**30]'.replace('10**30', str(10**30)),
             [call('sort', '()', "{'key': FUNCTION(builtins, abs)}"), call('sort', '()', "{'key': FUNCTION(builtins, str)}"),
              call('sort', '()', "{'key': FUNCTION(builtins, bool)}"), call('sort', '()', "{'key': FUNCTION(builtins, int)}"),
              call('sort', '()', "{'key': FUNCTION(_operator, pos)}"), call('sort', '()', "{'key': FUNCTION(builtins, len)}"), call('sort')]),
            ('[[3, 1], (2,), {1: 2}]', [call('sort', '()', "{'key': FUNCTION(builtins, len)}"), call('sort', '()', "{'key': FUNCTION(builtins, max)}"),
                                        call('sort', '()', "{'key': FUNCTION(builtins, min)}"), call('sort', '()', "{'key': FUNCTION(builtins, sum)}"),
                                        call('sort', '()', "{'key': FUNCTION(builtins, sorted)}"), call('sort', '()', "{'key': FUNCTION(builtins, list)}"),
                                        call('sort', '()', "{'key': FUNCTION(builtins, set)}"), call('sort')])):
        yield new(receiver)
        yield from lines


def sorts():
    """Sorts whose result shows which pairs were compared: elements without an order, and comparisons that raise half-way."""
    random_ = random.Random(31)
    for size in (2, 3, 4, 5, 8, 13, 30, 62, 63, 64, 65, 66, 100, 130, 200, 257):
        for _ in range(3 if size < 60 else 2):
            yield new('[' + ', '.join(random_.choice(['nan', '%d.0' % random_.randrange(10)]) for _ in range(size)) + ']')
            yield call('sort')
            yield new('[' + ', '.join('{%d, %d}' % (random_.randrange(3), random_.randrange(3)) for _ in range(size)) + ']')
            yield call('sort', '()', random_.choice(['{}', "{'reverse': True}"]))
            mixed = ['%d' % n for n in sorted(random_.randrange(1000) for _ in range(size))]
            for _ in range(3):
                mixed.insert(random_.randrange(len(mixed)), '%d' % random_.randrange(1000))
            mixed.insert(random_.randrange(len(mixed)), "'x'")
            yield new('[' + ', '.join(mixed) + ']')
            yield call('sort')
            runs = []
            while len(runs) < size:
                run = sorted(random_.randrange(100) for _ in range(random_.randrange(1, 40)))
                runs += random_.choice([run, run[::-1], run * 2])
            yield new('[' + ', '.join('(%d, %d)' % (n // 10, i) if size % 2 else '%d' % n for i, n in enumerate(runs[:size])) + ']')
            yield call('sort', '()', random_.choice(['{}', "{'reverse': True}"]))


def dict_sessions():
    random_ = random.Random(41)
    for _ in range(150):
        yield new('{' + ', '.join('%d: %d' % (random_.randrange(9), i) for i in range(random_.randrange(6))) + '}')
        for _ in range(12):
            key = random_.choice([number(random_), number(random_), '[]', '(1, 2)', 'frozenset({1})'])
            yield random_.choice([
                op('setitem', key, number(random_)), op('setitem', key, number(random_)), op('delitem', key), op('getitem', key),
                op('contains', key), call('pop', '(%s,)' % key), call('pop', '(%s, None)' % key), call('popitem'), call('get', '(%s,)' % key),
                call('setdefault', '(%s, 7)' % key), call('update', '({%s: 1, 3: 4},)' % number(random_)), call('update', '([(1, %s)],)' % key),
                call('update', '()', "{'k': 5}"), call('keys'), call('values'), call('items'), op('iter'), op('reversed'), call('copy'),
                op('ior', '{%s: 2}' % number(random_)), op('or', '{4: %s}' % number(random_)), op('eq', '{%s: 1}' % number(random_)),
                call('fromkeys', '([%s, 2], 0)' % key), call('clear') if random_.random() < .2 else call('popitem')])


def dict_extras():
    for receiver, lines in (
            ('{}', [call('popitem'), call('pop', '(1,)'), call('pop', '([],)'), call('pop', '([], 1)'), call('get', '([],)'),
                    call('setdefault', '([],)'), op('contains', '[]'), op('getitem', '{}'), op('setitem', 'set()', '1'), op('delitem', '[]'),
                    op('getitem', '(1, [])'), op('setitem', '(1, {2: []})', '1'), op('bool'), op('repr')]),
            ("{'a': 1}", [call('update', '(5,)'), call('update', '([5],)'), call('update', "(['abc'],)"), call('update', "(['ab', 'c'],)"),
                          call('update', '([(1, 2), [3]],)'), call('update', '([[[], 1]],)'), call('update', '([(1, 2, 3)],)'), call('update', '(None,)'),
                          call('update', "('ab',)"), call('update', "(ITER([(5, 6)]),)"), call('update', '(SELF,)'), call('update', '()', "{'a': 2, 'b': 3}"),
                          call('update', "({'z': 1},)", "{'z': 2}"), call('update', '({}, {})'), call('update'), op('or', '[(1, 2)]'),
                          op('ior', '[(1, 2)]'), op('ior', '5'), op('ror', '{9: 9}'), call('fromkeys', '(5,)'), call('fromkeys', "('ab',)"),
                          call('fromkeys', '({1, 2}, [])'), call('fromkeys', '([[]],)')]),
            ('{1: 2}', [op('setitem', '1.0', '3'), op('setitem', 'True', '4'), op('getitem', 'COMPLEX(1, 0)'), op('setitem', '2', 'SELF'),
                        op('repr'), call('items'), op('delitem', '2'), op('setitem', 'nan', '5'), op('getitem', 'nan'), op('setitem', '-1', '1'),
                        op('setitem', '-2', '2'), op('setitem', '0.5', '3'), op('getitem', '1e300'), call('popitem'), call('popitem'), call('popitem'),
                        call('popitem'), call('popitem')])):
        yield new(receiver)
        yield from lines


def set_sessions():
    random_ = random.Random(51)

    def some(limit=12):
        return [random_.choice([random_.randrange(-9, 20), random_.randrange(limit * 9), random_.randrange(10**12)])
                for _ in range(random_.randrange(limit))]

    def literal(limit=12):
        elements = some(limit)
        return random_.choice([repr(elements), 'set(%r)' % elements, 'frozenset(%r)' % elements,
                               repr(dict.fromkeys(elements)), repr(tuple(elements))])

    for i in range(130):
        limit = random_.choice([5, 8, 12, 40])
        start = some(limit)
        # not {1, 2, 3}: that is compiled into a set made from a frozenset since 3.9, which has another order
        yield new(('set(%r)' if i % 4 else 'frozenset(%r)') % start)
        for _ in range(10):
            item = str(random_.choice(start + [random_.randrange(-3, 12)]))
            other = literal(limit)
            if random_.random() < .4:
                yield random_.choice([call('add', '(%s,)' % item), call('discard', '(%s,)' % item), call('remove', '(%s,)' % item), call('pop'),
                                      op('contains', item), op('iter')])
            elif random_.random() < .5:
                yield call(random_.choice('difference intersection symmetric_difference union update difference_update intersection_update'
                                          ' symmetric_difference_update isdisjoint issubset issuperset'.split()), '(%s,)' % other)
            else:
                yield op(random_.choice('and or sub xor iand ior isub ixor lt le eq ne gt ge rand ror rsub rxor'.split()), other)


def set_extras():
    for receiver, lines in (
            ('set()', [call('pop'), call('remove', '(1,)'), call('remove', '([],)'), call('discard', '({1: 2},)'), call('add', '([],)'), call('add', '(SELF,)'),
                       op('contains', '[]'), op('contains', 'set()'), call('discard', '({1},)'), call('remove', '({1},)'), op('repr'), op('bool'),
                       call('union', '([[]],)'), call('union', '(5,)'), call('update', '([1], [2, []])'), call('update', "('a',)"),
                       call('issuperset', '([1, []],)'), call('issubset', '([1, []],)'), call('isdisjoint', '([1, []],)'), call('isdisjoint', '(5,)'),
                       call('issubset', '(None,)'), call('issuperset', '(None,)'), op('hash')]),
            ('{1}', [op('repr'), call('add', '(frozenset({1}),)'), op('contains', '{1}'), call('remove', '({1},)'), call('update', '(SELF,)'),
                     call('difference_update', '(SELF,)'), call('intersection_update', '([1],)'), call('symmetric_difference_update', '([1, 1, 2, 2],)'),
                     call('symmetric_difference', '({2: 3, 4: 5},)'), call('union'), call('intersection'), call('difference'),
                     call('union', '([1], (5,), {6: 7}, {8})'), call('intersection', '({1, 2}, [2, 3])'), call('difference', '([1], [2])'),
                     call('difference_update', '([1], 5)'), call('intersection_update', '([1], 5)'), op('eq', 'frozenset({2})'),
                     op('lt', '[2, 3]'), op('le', '{2, 3}'), op('and', '[1]'), op('ior', '[1]'), op('sub', '{1: 2}')]),
            ('{1.0}', [call('add', '(1,)'), call('add', '(True,)'), call('add', '(-1,)'),
                       call('add', '(-2,)'), call('add', "(0.5,)"), call('add', '((1, 2),)'), call('add', '((2, (3, 4)),)'), call('add', '(frozenset(),)'), op('iter')]),
            ('{0.0}', [call('add', '(nan,)'), call('add', '(nan,)'), op('len'), op('contains', 'nan'), call('discard', '(nan,)'), op('len')]),
            ('frozenset({1, 2})', [op('hash'), call('copy'), op('or', '{3}'), op('ior', '{3}'), op('eq', '{2, 1}'), op('and', 'frozenset({2})'), op('ror', '{3}'),
                                   op('repr'), op('len')]),
            ('frozenset(range(0, 40))', [op('hash'), op('repr'), op('sub', '{3}'), op('sub', 'range(0, 9)'), call('difference', '([3, 4],)')]),
            ('frozenset()', [op('hash'), op('repr'), op('bool'), op('eq', 'set()')]),
            ('set(range(0, 100))', [call('pop')] * 30 + [call('clear'), call('update', '(range(0, 30),)')] + [call('pop')] * 5 +
             [call('difference_update', '(range(0, 25),)'), op('iter'), call('copy'), call('intersection', '([29, 7, 28],)')])):
        yield new(receiver)
        yield from lines


def tuple_extras():
    for receiver, lines in (
            ('()', [op('hash'), op('repr'), op('bool'), op('mul', '3'), op('add', '()'), op('getitem', '0'), call('index', '(1,)'), call('count', '(1,)')]),
            ('(1,)', [op('hash'), op('repr'), op('mul', '3'), op('rmul', '2'), op('add', '(2,)'), op('add', '[2]'), op('iadd', '(2,)'), op('imul', '2')]),
            ("(1, 2.5, -1, -2, 0, True, None, 2305843009213693951)", [op('repr'), call('index', '(None,)'), call('index', '(1, 1)'), call('index', '(1, -3, 99)')]),
            ('(1, 2.5, -1, -2, 0, True, 2305843009213693951, (3, (4, ())))', [op('hash')]),
            ('(1, [2])', [op('hash'), op('eq', '(1.0, [2.0])'), op('lt', '(1, [2, 0])'), op('lt', "(1, 'x')"), op('ge', "('x',)")])):
        yield new(receiver)
        yield from lines


def array_cases():
    values = ['0', '1', '-1', 'True', '127', '128', '255', '256', '-129', '32767', '32768', '65535', '65536', '-32769', '2147483647', '2147483648',
              '4294967295', '4294967296', '-2147483649', '9223372036854775807', '9223372036854775808', '18446744073709551615',
              '18446744073709551616', '-9223372036854775809', '1180591620717411303424', '-1180591620717411303424', '1' + '0' * 400, '1.5', '1e300',
              "'a'", "'ab'", "''", "b'a'", 'None', '1j', 'nan', '[]']
    for code in 'bBuhHiIlLqQfd':
        yield ['new', "array('%s', [])" % code]
        for value in values:
            yield call('append', '(%s,)' % value)
        yield call('tobytes')
        yield call('tolist')
        yield call('pop')
        yield op('repr')
    for args in ("('z',)", "('z', [1])", "('',)", "('ii',)", '(5,)', "(b'i',)", '(None,)', "('\\u1234',)", "('i', 5)", "('i', 'abc')", "('i', b'abcd')",
                 "('i', b'abc')", "('i', bytearray(b'abcdabcd'))", "('i', array('b', [1, 2]))", "('i', None)", "('i', array('u', 'ab'))",
                 "('u', array('i', [1]))", "('u', 'abc')", "('u', ['a', 5])", "('i', (1, 2))", "('i', {1: 2})", "('i', range(0, 3))", "('b', [1, 300])",
                 "('d', [1, 2.5, 1e100, inf, -0.0])", "('f', [0.1, 1e300])", "('i', ITER([1, 2]))", "('u', '\\u1234\\U0001f600')", "('i', [])", "('d', 'x')",
                 "('z', 'x')"):
        yield ['new', '0']
        yield op('array', args)
    random_ = random.Random(61)
    for _ in range(60):
        code = random_.choice('bhiqd')
        yield new("array('%s', %r)" % (code, [random_.randrange(9) for _ in range(random_.randrange(7))]))
        for _ in range(10):
            item, where = str(random_.randrange(9)), str(random_.randrange(-7, 9))
            other = "array('%s', [%s, 5])" % (random_.choice([code, code, code, 'h']), item)
            yield random_.choice([
                call('append', '(%s,)' % item), call('insert', '(%s, %s)' % (where, item)), call('pop'), call('pop', '(%s,)' % where), call('remove', '(%s,)' % item),
                call('index', '(%s,)' % item), call('count', '(%s,)' % item), call('reverse'), call('extend', '(%s,)' % other), call('extend', '([1, %s],)' % item),
                call('extend', '(SELF,)'), op('iadd', other), op('imul', str(random_.randrange(3))), op('setitem', where, item), op('delitem', where),
                op('getitem', where), op('contains', item), op('setitem', 'slice(%s, None, None)' % where, other), op('eq', other), op('lt', other),
                op('setitem', 'slice(None, None, 2)', other), call('byteswap'), op('mul', where), op('add', other), call('frombytes', "(b'abcdefgh',)"),
                call('fromlist', "([1, 'x'],)"), op('iter')])


def iterators():
    """Iterators, step by step, with what their pickle would hold in between."""
    sources = ['[1, 2, 3]', '[]', '(1, 2, 3)', '()', "'abc'", "'a\\u1234\\U0001f600'", "''", "b'abc'", "bytearray(b'ab')", 'range(0, 3)', 'range(5, 30, 7)',
               'range(9, 0, -4)', 'range(0, 0)', 'range(1180591620717411303424, 1180591620717411303427)', '{1: 2, 3: 4}', '{}', '{1, 2, 3}', 'set()',
               'frozenset({5})', "array('i', [1, 2])"]
    for way in ('ITER', 'REVERSED'):
        for source in sources:
            if way == 'REVERSED' and ('{' in source and ':' not in source and source != '{}' or 'set(' in source):
                continue
            yield new('%s(%s)' % (way, source))
            for _ in range(5):
                yield op('reduce')
                yield call('__length_hint__')
                yield op('next')
            for state in ('1', '-9', '99', "'x'", '1180591620717411303424', 'None', '0'):
                yield new('%s(%s)' % (way, source))
                yield op('next')
                yield call('__setstate__', '(%s,)' % state)
                yield op('reduce')
                yield op('list')
            yield new('%s(%s)' % (way, source))
            yield op('list')
            if 'array' not in source or way != 'ITER':  # an exhausted arrayiterator crashes on __setstate__
                yield call('__setstate__', '(0,)')
            yield op('list')
            yield call('__next__')
            yield call('__next__', '(1,)')
            yield call('__iter__')
            yield call('send', '(1,)')
    for source in ('{1}', 'frozenset({1})', '5', 'None', 'ITER([])'):
        yield new(source)
        yield op('reversed')
    # tables that change under their iterators: LIVE calls the container's method first, then the iterator goes on
    random_ = random.Random(71)
    for _ in range(120):
        kind = random_.choice(['dict', 'dict', 'rdict', 'set', 'list', 'rlist'])
        size = random_.randrange(1, 7)
        container = {'dict': repr({i: i for i in range(size)}), 'set': '{%s}' % ', '.join(map(str, range(size))), 'list': repr(list(range(size)))}
        yield new(container[kind.lstrip('r')])
        yield op('watch' if kind[0] != 'r' else 'rwatch')
        for _ in range(8):
            key = str(random_.randrange(9))
            yield op('step')
            change = {'dict': [op('setitem', key, '1'), op('delitem', key), call('popitem'), call('clear')],
                      'set': [call('add', '(%s,)' % key), call('discard', '(%s,)' % key), call('pop')],
                      'list': [call('append', '(%s,)' % key), call('pop'), call('insert', '(0, %s)' % key), op('delitem', '0')]}
            if random_.random() < .4:
                yield random_.choice(change[kind.lstrip('r')])
        yield op('steps')


def functions():
    """The functions that a sort key or a pool may name, with things of every sort."""
    names = ['builtins, ' + n for n in 'abs bool dict float frozenset int len list max min repr set sorted str sum tuple'.split()]
    more = ["' 12 '", "'-1_000'", "'1__0'", "'1.5e3'", "'nan'", "'-Infinity'", "'1_0.5'", "'_1'", "'0x10'", "'1e400'", '-1.5', '1e300', '-0.0', 'inf', 'nan',
            "['b', 'a']", '[1, 2.5, True]', '[[1], [2]]', '[3, 1, 2]', '(-5, 5)', 'COMPLEX(3, 4)', "['a', 1]", '[b\'a\']', "b'12'", '-7', 'range(0, 5)']
    for name in names + ['_operator, ' + n for n in 'abs neg pos'.split()]:
        for thing in THINGS + more:
            if name[-3:] in ('int', 'oat') and 'array' in thing:
                continue  # of objects with a buffer, C reads only bytes and bytearray
            if thing == 'SELF' or ('FUNCTION' in thing and name != 'builtins, repr'):
                continue
            yield new('0')
            yield op('apply', 'FUNCTION(%s)' % name, '(%s,)' % thing)
        pairs = ('(1, 2)', "('a', 'b')", "('b', 'a')", "(1, 'a')", '([1], [0, 5])', '([1, 2], 10)', '([[1], [2]], [])', "(['a'], '')")
        for args in pairs if name[-3:] in ('max', 'min', 'sum') else ['()'] if name[-3:] not in ('abs', 'len', 'epr', 'ted', 'neg', 'pos') else []:
            yield new('0')
            yield op('apply', 'FUNCTION(%s)' % name, args)
    for name in ('add', 'sub', 'mul'):
        for args in ('(1, 2)', "('a', 'b')", "('a', 2)", '([1], [2])', '(1, [2])', '(1.5, 2)'):
            yield new('0')
            yield op('apply', 'FUNCTION(_operator, %s)' % name, args)
    pairs = ('(7, 2)', '(7, 0)', '(-7.5, 2)', "('a', 1)", "(1, 'a')", '([1], [2])', "([1], 'ab')", '((1,), [2])', '((1,), (2,))', "(b'a', b'b')", '({}, {})', '(1, None)',
             '(range(0, 2), range(0, 2))', "('a', 'b')", '(True, True)', '(1,)', '(1, 2, 3)')
    for name in 'concat iconcat ifloordiv ilshift imatmul imod ipow irshift itruediv length_hint matmul'.split():
        for args in pairs:
            if name != 'imod' or args[1] not in "'b":   # C does no formatting
                yield from (new('0'), op('apply', 'FUNCTION(_operator, %s)' % name, args))
    for args in ('(5,)', '(True,)', "('a',)", '(1.0,)', '()', '(1, 2)'):
        yield from (new('0'), op('apply', 'FUNCTION(_operator, inv)', args))


FILES = {
    'list': lambda: [*counts_and_keywords('list'), *every_thing('list'), *slices('list', lambda r: repr(list(r))), *list_sessions(), *list_extras()],
    'sort': lambda: [*sorts()],
    'dict': lambda: [*counts_and_keywords('dict'), *every_thing('dict'), *dict_sessions(), *dict_extras()],
    'set': lambda: [*counts_and_keywords('set'), *every_thing('set'), *set_sessions(), *set_extras(), *counts_and_keywords('frozenset'),
                    *every_thing('frozenset')],
    'tuple': lambda: [*counts_and_keywords('tuple'), *every_thing('tuple'), *slices('tuple', lambda r: repr(tuple(r))), *tuple_extras()],
    'array': lambda: [*counts_and_keywords('array'), *every_thing('array'), *slices('array', lambda r: "array('h', %r)" % list(r)), *array_cases()],
    'iter': lambda: [*iterators()],
    'functions': lambda: [*functions()],
}

# ---------------------------------------------------------------------------------------------------------------- the answers


def namespace():
    import array
    import operator
    modules = {'builtins': builtins, '_operator': operator}

    class Name(dict):
        def __missing__(self, name):
            return name

    def function(module, name):
        return getattr(modules[module], getattr(name, '__name__', name))
    return Name(array=array.array, nan=NAN, inf=float('inf'), ITER=iter, REVERSED=reversed, FUNCTION=function, builtins='builtins',
                _operator='_operator', COMPLEX=complex, slice=slice, range=range, set=set, frozenset=frozenset, bytearray=bytearray, Ellipsis=Ellipsis, NaN=NAN)


def ordered(x):
    """Is the order of x, if it is a set, the same in every process? Not that of what is hashed by address or with a seed."""
    return not isinstance(x, (set, frozenset)) or all(type(i) in (int, float, bool, complex) and i == i or type(i) in (tuple, frozenset) and
                                                      all(map(ordered, i)) and not re.search('[a-z]', repr(i).replace('frozenset', '')) for i in x)


def show(x, receiver):
    if x is receiver:
        return 'self'
    if not ordered(x):
        return None
    if type(x) in (type({}.keys()), type({}.values()), type({}.items())):
        return repr(list(x))
    if hasattr(x, '__next__'):
        return 'iterator %s %s' % (type(x).__name__.replace('array.', ''), reduction(x))
    return repr(x)


def reduction(it):
    function, args, *state = it.__reduce__()
    return '%s%r%s' % (function.__name__, args, ' ' + repr(state[0]) if state else '')


class Runner:
    def __init__(self):
        self.names = namespace()
        self.receiver = self.watched = None

    def evaluate(self, text):
        return eval(text, {'__builtins__': {}}, self.names)

    def new(self, text):
        self.receiver = self.evaluate(text)
        self.names['SELF'] = self.receiver
        self.watched = None

    def call(self, name, args, kwds):
        return getattr(self.receiver, name)(*self.evaluate(args), **self.evaluate(kwds))

    def methods(self):
        unreachable = {'buffer_info', 'fromfile', 'tofile', 'fromstring', 'tostring'}
        return [n for n in dir(self.receiver) if n[0] != '_' and callable(getattr(self.receiver, n)) and n not in unreachable]

    def op(self, name, *operands):
        import operator
        x = self.receiver
        values = [self.evaluate(o) for o in operands]
        if name in ('watch', 'rwatch'):
            self.watched = iter(x) if name == 'watch' else reversed(x)
            return self.watched
        if name == 'step':
            return next(self.watched)
        if name == 'steps':
            return list(self.watched)
        if name == 'apply':
            return values[0](*values[1])
        if name == 'array':
            return self.names['array'](*values[0])
        if name == 'reduce':
            return reduction(x)
        if name in ('len', 'bool', 'hash', 'repr', 'iter', 'next', 'list'):
            return getattr(builtins, name)(x)
        if name == 'reversed':
            return reversed(x)
        if name == 'contains':
            return values[0] in x
        if name in ('getitem', 'delitem', 'setitem') or name in BINARY.split():
            return getattr(operator, {'and': 'and_', 'or': 'or_'}.get(name, name))(x, *values)
        return getattr(operator, {'and': 'and_', 'or': 'or_'}.get(name[1:], name[1:]))(values[0], x)

    def answer(self, line):
        try:
            result = show(getattr(self, line[0])(*line[1:]), self.receiver)
            if result is None:
                return None
            result = '= ' + result
        except Exception as e:
            result = '! %s%r' % (type(e).__name__, e.args)
            if hasattr(e, '__notes__'):
                result += ' notes %r' % e.__notes__
        return re.sub(ADDRESS, 'at 0x>', result)


ADDRESS = 'at 0x[0-9a-f]*>'


def answers(name):
    runner = Runner()
    for line in FILES[name]():
        first = runner.answer(line)
        state = None if hasattr(runner.receiver, '__next__') or not ordered(runner.receiver) else re.sub(ADDRESS, 'at 0x>', repr(runner.receiver))
        yield first, state


# ---------------------------------------------------------------------------------------------------------------- the files


def escape(text):
    return text.encode('unicode_escape').decode().replace('\t', '\\t')


def write(folder, name, versions, results):
    with open(os.path.join(folder, name + '.txt'), 'w') as out:
        out.write('# Generated by oracle/vectors_containers.py from CPython %s; ref/test/vectors.h describes it.\n'
                  % ' '.join('%d.%d' % divmod(v, 100) for v in versions))
        state = None
        for i, line in enumerate(FILES[name]()):
            out.write('\t'.join(escape(part) for part in line) + '\n')
            if line[0] != 'new':
                for first, last, text in intervals(versions, [r[i][0] for r in results]):
                    out.write('%d-%d\t%s\n' % (first, last, escape(text)))
            states = [r[i][1] for r in results]
            if line[0] != 'new' and states != state:
                for first, last, text in intervals(versions, states):
                    out.write('%d-%d\t~ %s\n' % (first, last, escape(text)))
            state = states


def main():
    if sys.argv[1] == '--answer':
        import warnings
        warnings.simplefilter('ignore')
        json.dump({name: list(answers(name)) for name in FILES}, sys.stdout)
        return
    folder, pythons = sys.argv[1], sys.argv[2:]
    found = {}
    for python in pythons:
        version = subprocess.run([python, '-c', 'import sys; print(sys.version_info[0] * 100 + sys.version_info[1])'], check=True,
                                 stdout=subprocess.PIPE).stdout
        answer = subprocess.run([python, os.path.abspath(__file__), '--answer'], check=True, stdout=subprocess.PIPE).stdout
        found[int(version)] = json.loads(answer)
    versions = sorted(found)
    for name in FILES:
        write(folder, name, versions, [found[v][name] for v in versions])


if __name__ == '__main__':
    main()
