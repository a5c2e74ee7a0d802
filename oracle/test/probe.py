# SPDX-License-Identifier: MIT
"""A session that touches everything a planted bug could break, and what of its results is comparable from run to run."""

import array
import operator
import re
import subprocess

from session import Var

VALUES = [
    None, True, False, 0, 255, -1, 2 ** 31, -2 ** 31 - 1, 2 ** 63, -2 ** 64 - 3, 10 ** 400, 0.1, -0.0, 1e300, float('inf'), float('nan'),
    1 + 2j, '', 'text', ' blank ', 'a\0b', '\ud800', '\U0001f600', b'bytes', bytearray(b'array'), [], (), {}, set(), [1, [2, (3, 4)]], (1, [2]),
    {'b': 1, 'a': 2, 3: [True]}, {1, 2}, frozenset([3]), range(1, 9, 2), slice(1, 2, 3), Ellipsis, NotImplemented,
    array.array('i', [1, -2]), len, ValueError('value', 2), operator.add, int,
]


class Differs(Exception):
    """The session is another one than expected."""


def run(driver, server, address, truth=None):
    """The whole session; returns the comparable transcript.  With truth it ends with Differs at the first difference."""
    transcript = []

    def watch(entry):
        transcript.append(comparable(entry))
        if truth is not None and truth[:len(transcript)][-1:] != transcript[-1:]:
            raise Differs

    driver.watch = watch
    session(driver, address)
    try:
        transcript.append(server.process.wait(3))
    except subprocess.TimeoutExpired:
        transcript.append('still serving')
    return transcript


def session(d, address):
    d.connect(address, fixtures=True)
    d.server('dummy')
    d.server('number_of_objects')
    shared = [1]
    d.create('e', 'Echo')
    for value in VALUES:
        d.method('e', 'identity', value)
    d.method('e', 'identity', [shared, shared])
    d.method('e', 'same', shared, shared)
    d.call('e', 'same', (shared, shared))
    d.method('e', 'echo', 1, 2, [3], b=1, a=2)
    d.call('e', 'echo', (1, 2), {'k': 3})
    d.method('e', 'default', 1, c=5)
    d.method('e', 'default')
    d.method('e', 'join', 1, 2, 3)
    for args, kwds in (([1], {}), ('z', {}), (None, {}), (5, {}), ((), None), ((), [])):
        d.call('e', 'join', args, kwds)
    d.method('e', 'keep', [1, 2])
    d.method('e', 'kept', store_='copy')
    d.method('copy', 'append', 5)
    d.method('e', 'kept')
    for name in ('nosuch', '__len__', '_held', 5, [1], '#GETVALUE', '__repr__', '__str__'):
        d.call('e', name)
    d.call('e', '__repr__', (1,))
    d.builtin('str', Var('e'))
    d.method('e', 'nosuch')
    exceptions(d, address)
    proxies(d)
    types(d)
    references(d)
    d.request('reset')
    d.connect(address, fixtures=True)
    d.server('number_of_objects')
    d.request('shutdown')


def exceptions(d, address):
    d.create('r', 'Raiser')
    for name, args in (('KeyError', ('x', 1)), ('IndexError', ()), ('EOFError', ('end',)), ('StopIteration', (7,)), ('OSError', (2, 'gone', 'file')), ('RuntimeError', ([1],))):
        d.method('r', 'throw', name, *args)
    d.method('r', 'throw_with', 'ValueError', ['v'], {'extra': [1]}, ['note'])
    d.method('r', 'throw_custom', 'mine')
    d.method('r', 'throw_unpicklable')
    d.method('r', 'give', 'ValueError', 'given')
    d.create('u', 'Unpicklable')
    for name in ('lock', 'generator', 'nested', 'fine'):
        d.method('u', name)
    d.request('reset')                  # up to 3.9 a stream on which a method raised is not closed at once when its thread ends
    d.connect(address, fixtures=True)
    d.create('gone', 'Raiser')
    d.method('gone', 'give', 'KeyError')
    d.create('later', 'list')
    d.method('gone', 'leave', 'SystemExit')
    d.request('reset')
    d.connect(address, fixtures=True)
    d.create('e', 'Echo')
    d.create_raw(None, 'nosuch')
    d.create(None, 'Refusing', 1)


def proxies(d):
    d.create('m', 'Maker')
    d.method('m', 'make_list', 1, 2, store_='p')
    d.method('p', 'append', 3)
    d.value(Var('p'))
    d.builtin('str', Var('p'))
    d.method('m', 'share', store_='s')
    d.method('s', 'append', 1)
    d.method('m', 'items_copy')
    d.method('m', 'wrap', [1], store_='w')
    d.method('w', 'get')
    d.method('m', 'make_echo', store_='e2')
    d.method('e2', 'identity', [1, 2])
    for name in ('unregistered', 'refused', 'fails', 'ghost'):
        d.method('m', name)
    d.method('m', 'numbers', 2, store_='n')
    for step in range(3):
        d.builtin('next', Var('n'))
    d.server('number_of_objects')
    d.drop('p', 'w')
    d.server('number_of_objects')
    for name in ('m', 'e2', 'n'):
        d.server('get_methods', Var(name))
    d.create('h', 'Hidden')
    for name in ('visible', 'hidden', 'ghost', '_under', '__len__'):
        d.call('h', name)
    d.create('c', 'Child')
    for name in ('inherited', 'overridden', 'own'):
        d.call('c', name)
    d.create('priv', 'Echo')
    d.create('q', 'Queue')
    d.create('prt', 'Printable')
    for name in ('__str__', '__repr__', '#GETVALUE'):
        d.call('prt', name)
    d.builtin('str', Var('prt'))
    d.create('a', 'Constructed', 1, 2, k=3)
    d.method('a', 'arguments')
    d.create('a2', 'Constructed')
    d.method('a2', 'arguments')
    d.method('a', 'arguments')
    d.create('one', 'Counter', 1)
    d.create('two', 'Counter', 2)
    d.method('one', 'hit')
    d.method('two', 'hit', n=4)


def types(d):
    d.create('l', 'list', [3, 1, 2])
    d.method('l', 'append', 5)
    d.method('l', 'extend', [7, 8])
    d.method('l', 'insert', 0, 9)
    for index in (0, -1, slice(0, 5, 2), 77):
        d.operator('getitem', Var('l'), index)
    d.operator('setitem', Var('l'), -1, 4)
    d.method('l', 'pop')
    d.method('l', 'sort', reverse=True)
    d.call('l', '#GETVALUE')
    d.operator('iadd', Var('l'), [1], store='l')
    d.operator('imul', Var('l'), 2, store='l')
    d.builtin('deepcopy', Var('l'), store='deep')
    d.operator('setitem', Var('l'), 0, [1, 2])
    d.operator('getitem', Var('l'), 0)
    d.create('d', 'dict', [['b', 1], ['a', 2]], z=3)
    d.method('d', 'setdefault', 'b', 5)
    d.method('d', 'pop', 'nosuch')
    d.method('d', 'items')
    d.method('d', 'copy')
    d.builtin('iter', Var('d'), store='it')
    d.operator('setitem', Var('d'), 'new', 1)
    d.builtin('next', Var('it'))
    d.method('d', 'clear')
    d.builtin('len', Var('d'))
    d.create('ns', 'Namespace', x=1)
    d.request('setattr', on={'$var': 'ns'}, name='y', value=[2])
    for name in ('x', 'y', 'nosuch', '_z'):
        d.request('getattr', on={'$var': 'ns'}, name=name)
    d.builtin('str', Var('ns'))
    d.call('ns', '#GETVALUE')
    d.create('v', 'Value', 'i', 7)
    d.method('v', 'set', 8)
    d.request('getattr', on={'$var': 'v'}, name='value')
    d.create('ar', 'Array', 'i', [1, 2, 3])
    d.operator('getitem', Var('ar'), 1)
    d.operator('getitem', Var('ar'), slice(0, 2))


def references(d):
    d.create('x', 'list')
    d.server('number_of_objects')
    d.builtin('copy', Var('x'), store='y')
    d.drop('x')
    d.method('y', 'append', 1)
    d.server('number_of_objects')
    d.create('inner', 'list', [1])
    d.create('outer', 'list', [Var('inner')])
    d.method('outer', 'append', Var('inner'))
    d.call('outer', '#GETVALUE')
    d.operator('getitem', Var('outer'), 1, store='again')
    d.method('again', 'append', 2)
    d.call('inner', '#GETVALUE')
    d.server('incref', Var('y'))
    d.server('debug_info')
    d.server('decref', Var('y'))
    d.server('debug_info')
    d.server('decref', Var('y'))
    d.method('y', 'append', 1)
    d.server('number_of_objects')
    d.server('incref', 'nosuch')


def comparable(entry):
    op, members, observed = entry
    if op == 'hello' or 'remote_error' not in observed:
        if members.get('function') == 'get_methods':
            observed = sorted(map(str, observed.get('copy', {}).get('$tuple', [observed])))
        if members.get('function') == 'debug_info' and isinstance(observed.get('copy'), str):
            observed = sorted(steady(observed['copy']).split('\n'))
        return op, steady(repr(sort_sets(observed)))
    text = observed['remote_error']
    return op, text.partition(':')[0].partition('\n')[0], steady(text.rstrip('\n').rpartition('\n')[2])


def steady(text):
    return re.sub(r'0x[0-9a-f]+|\b[0-9a-f]{9,}\b', 'HEX', text)


def sort_sets(data):
    if isinstance(data, list):
        return [sort_sets(item) for item in data]
    if isinstance(data, dict):
        return {key: sorted(map(repr, item)) if key in ('$set', '$frozenset') else sort_sets(item) for key, item in data.items()}
    return data
