#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes ref/test/vectors/registry.txt and shared_types.txt: what each CPython's server knows of typeids, and what the objects answer
that only a manager has.

    vectors_registry.py OUTPUT_FOLDER PYTHON...

registry.txt has, for each typeid, the names that `create` sends, in their order, and method_to_typeid:

    dict<TAB>308-313<TAB>__contains__ … __iter__<TAB>__iter__=Iterator

shared_types.txt has sessions, with arguments as Python expressions that ref/test/literal.h reads:

    create<TAB>Value<TAB>('i',)<TAB>{}                a new object, or the exception of its constructor
    308-309<TAB>! TypeError("__init__() missing …",)
    call<TAB>get<TAB>()<TAB>{}                        a method of the last object: repr of the result, or the exception with args

`f(*args, **kwds)` is called with whatever stands there, also with what is no tuple or no dict, as the server does it.
"""
import json
import os
import re
import subprocess
import sys
import threading

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import fixtures
from intervals import intervals
from multiprocessing import managers


class Manager(managers.SyncManager):
    pass


fixtures.register(Manager)

# ---------------------------------------------------------------------------------------------------------------- the sessions

# How to make one of each; None: there is no callable, an object of this kind is adopted.
MAKE = {'Value': '("i", 7)', 'Array': '("i", [1, 2])', 'Barrier': '(2,)', 'Wrapper': '(1,)', 'Iterator': None, 'AsyncResult': None, 'Echo2': None, 'Shared': None}
ODD_CALLS = [('5', '{}'), ('()', '5'), ('None', 'None'), ('()', "[('a', 1)]"), ('()', '{1: 2}'), ("'ab'", '{}'), ('(1,)', "{'z': 1}"), ('(1, 2, 3, 4, 5)', '{}'), ('()', '{}'),
             ('[]', '{}'), ("{'q': 1}", '{}'), ('()', "{'self': 1}")]
ACQUIRE = ['()', '(True,)', '(False,)', '(True, 0)', '(True, 0.001)', '(False, 0)', '(False, -1)', '(False, 1)', '(True, -1)', '(True, -2)', '(True, -0.5)', '(True, nan)',
           '(True, 1e300)', '(True, inf)', '(True, 10**400)', '(True, 9223372036)', '(True, 9223372037)', '(True, 9223372037.5)', '(True, 2**63)', '(1,)', "('a',)", '(None,)', '([],)',
           '(2**40,)', '(-2**40,)', "(True, 'a')", '(True, None)', '(1, 2, 3)', '(1.5,)', '(True, True)', '(True, 1j)', '(2**100,)', '(True, [])']
ACQUIRE_BY_NAME = ["{'blocking': False}", "{'timeout': 0}", "{'x': 1}", "{'blocking': True, 'timeout': -1}", "{'blocking': 'a'}"]
RELEASE = ['()', '(1,)', '(0,)', '(-1,)', '(2,)', "('a',)", '(None,)', '(1, 2)', '(1.5,)']


def lock_sessions():
    for typeid in ('Lock', 'RLock', 'Semaphore', 'BoundedSemaphore', 'Condition'):
        for args in ('()', '(0,)', '(-1,)', '(2,)', "('a',)", '(1.5,)', '(None,)', '(1, 2)', '([],)'):
            yield create(typeid, args)
        for kwds in ("{'value': 3}", "{'x': 1}", "{'lock': None}"):
            yield create(typeid, '()', kwds)
        for args in ACQUIRE:
            yield create(typeid)
            yield call('acquire', args)
        for kwds in ACQUIRE_BY_NAME:
            yield create(typeid)
            yield call('acquire', '()', kwds)
        yield create(typeid)
        yield call('acquire', '(True,)', "{'blocking': 1}")
        for args in RELEASE:
            yield create(typeid)
            yield call('release', args)
            yield call('acquire', '(False,)')
            yield call('release', args)
            yield call('release', '()')
        yield create(typeid)
        yield call('release', '()', "{'x': 1}")
        yield call('release', '()', "{'n': 2}")
        for _ in range(2):
            yield call('locked')
            yield call('locked', '(1,)')
            yield call('acquire', '(False,)')
    for start in ('0', '1', '3', '1.5', 'True'):
        for typeid in ('Semaphore', 'BoundedSemaphore'):
            yield create(typeid, '(%s,)' % start)
            for args in ('(False,)', '(True, 0)', '(True, -5)', '(True, 0.001)'):
                yield call('acquire', args)
            yield call('release')
            yield call('release', '(3,)')
            yield call('acquire', '(False,)')
            yield call('__repr__')
    yield create('Semaphore', '(0,)')
    for args in ("(True, 'a')", '(True, 10**400)', '(True, -1)', '(True, [])', '(True, -inf)'):
        yield call('acquire', args)
    yield create('Condition')
    for held in (False, True):
        for name, some in (('wait', ['(0,)', '(-1,)', '(0.001,)', "('a',)", '([],)', '(None, 1)', '(True, 1)', '(-10**400,)', '(-inf,)', '(10**400,)', '(1e300,)']),
                           ('notify', ['()', '(0,)', '(1,)', '(5,)', '(-1,)', "('a',)", '(1.5,)', '(None,)', '(1, 2)', '(2**100,)']), ('notify_all', ['()', '(1,)'])):
            for args in some:
                yield call(name, args)
            yield call(name, '()', "{'x': 1}")
        yield call('acquire')
        yield call('acquire')
    yield call('release')
    yield call('wait', '(0,)')
    yield call('release')
    yield call('release')
    for args in ('()', '(1,)', '(None,)'):
        yield create('Event', args)
    for name, some in (('wait', ['(0,)', '(-1,)', '(0.001,)', "('a',)", '([],)', '(1, 2)', '(-1e300,)', '(10**400,)', '(1e300,)']), ('is_set', ['()', '(1,)']), ('set', ['(1,)', '()']),
                       ('wait', ['()', "('a',)", '(0,)', '(None,)']), ('clear', ['(1,)', '()']), ('is_set', ['()'])):
        for args in some:
            yield call(name, args)


def barrier_sessions():
    for args in ('()', '(1,)', '(0,)', '(-1,)', "('a',)", '(1, 2, 3)', '(1, 2, 3, 4)', '(1.5,)', '(None,)'):
        yield create('Barrier', args)
    for kwds in ("{'parties': 2}", "{'x': 1}", "{'parties': 2, 'timeout': 3}", "{'parties': 1, 'action': None}"):
        yield create('Barrier', '()', kwds)
    for args in ('(0,)', '(-1,)', '(0.001,)', "('a',)", '(1, 2)', '([],)'):
        yield create('Barrier', '(2,)')
        yield call('wait', args)
        for name in ('broken', 'n_waiting', '_state', '_count', 'parties'):
            yield call('__getattribute__', '(%r,)' % name)
        yield call('wait', '(0,)')
        yield call('reset')
        yield call('__getattribute__', "('broken',)")
    yield create('Barrier', '(1,)')
    for args in ('()', '(0,)', "('a',)", '(None,)'):
        yield call('wait', args)
    for name, args in (('abort', '(1,)'), ('abort', '()'), ('wait', '(0,)'), ('reset', '(1,)'), ('reset', '()'), ('wait', '(0,)')):
        yield call(name, args)
    for name in ('parties', 'n_waiting', 'broken', '_state', '_count', '_timeout', '_action', '_parties', 'zz', '__class__', '__module__'):
        yield call('__getattribute__', '(%r,)' % name)
    for args in ('()', '(5,)', "('a', 'b')"):
        yield call('__getattribute__', args)
    yield create('Barrier', '(1, 5)')
    yield call('wait')
    yield call('wait')
    yield create('Barrier', '(2, None, 0)')
    yield call('wait')
    yield create('Barrier', '(1.0,)')
    yield call('wait')


def queue_sessions():
    for args in ('()', "('a',)", '(1, 2)', '(None,)', '(-1,)', '(1.5,)', '([],)'):
        yield create('Queue', args)
        yield call('full')
        yield call('put', '(1, False)')
        yield call('full')
        yield call('put', '(1, False)')
        yield call('get', '(False,)')
    for kwds in ("{'maxsize': 3}", "{'x': 1}"):
        yield create('Queue', '()', kwds)
    yield create('JoinableQueue', '(1,)')
    for name, some in (
            ('get', ['(False,)', '(True, 0)', '(True, -1)', '(True, 0.001)', "('a', 0)", "(True, 'a')", '(1, 2, 3)', '(False, -1)', "(False, 'a')", '(True, [])', '(True, -inf)',
                     '(True, 10**400)']),
            ('get_nowait', ['()', '(1,)']), ('put', ['()', '(1, True, -1)', "(1, True, 'a')", '(1, 2, 3, 4)', '(1,)', '(2, False)', '(2, True, 0)', '(2, True, -1)', "(2, True, 'a')",
                                                     '(2, True, 0.001)']), ('put_nowait', ['()', '(1,)']), ('qsize', ['(1,)', '()']), ('empty', ['()']), ('full', ['()', '(1,)']),
            ('task_done', ['(1,)', '()', '()']), ('join', ['(1,)', '()']), ('get', ['()', '(False,)']), ('empty', ['()']), ('shutdown', ['(1, 2)', '()']), ('put', ['(1, False)', '(1, True, -1)']),
            ('get', ['(False,)', '(True, -1)'])):
        for args in some:
            yield call(name, args)
    for kwds in ("{'block': False}", "{'x': 1}"):
        yield call('get', '()', kwds)
    yield create('Queue')
    for args in ('(1,)', "('two',)", '([3],)', '(None,)'):
        yield call('put', args)
    for immediate in ('(False,)', '(True,)'):
        yield call('shutdown', immediate)
        yield call('get')
        yield call('qsize')
        yield call('task_done')


def namespace_sessions():
    for args in ('()', '(1,)', '(1, 2)'):
        yield create('Namespace', args)
    yield create('Namespace', '()', "{'self': 3, 'b': 1, '_hidden': 2, 'a': [1, 'x']}")
    yield call('__repr__')
    for name in ('a', 'self', '_hidden', 'zz', '__class__', '__dict__', '__module__', '__doc__', '__weakref__', ''):
        yield call('__getattribute__', '(%r,)' % name)
    for args in ('()', '(5,)', "(b'a',)", "('a', 1)"):
        yield call('__getattribute__', args)
    yield call('__getattribute__', '()', "{'name': 'a'}")
    for args in ("('c', 2)", "('c',)", '()', '(5, 2)', "('c', 1, 2)", "('', 1)", "('__class__', 2)", "('__weakref__', 5)", "('__dict__', 5)", "('__doc__', 'd')"):
        yield call('__setattr__', args)
    yield call('__setattr__', '()', "{'a': 1}")
    for name in ('__doc__', 'c', ''):
        yield call('__getattribute__', '(%r,)' % name)
    yield call('__repr__')
    for args in ("('zz',)", "('c',)", '(5,)', '()', "('__class__',)", "('__repr__',)"):
        yield call('__delattr__', args)
    yield call('__setattr__', "('__dict__', {'q': 1})")
    yield call('__repr__')
    yield call('__delattr__', "('__dict__',)")
    yield call('__repr__')
    for args in ('()', '(1,)', "('i',)", "('i', 1)", "('i', 1, False)", "('i', 1, 2, 3)"):
        yield create('Value', args)
        yield call('__repr__')
    for kwds in ("{'value': 1, 'typecode': 'i'}", "{'x': 1}", "{'typecode': 'i'}"):
        yield create('Value', '()', kwds)
    yield create('Value', "('i', 1)", "{'typecode': 2}")
    yield create('Value', "('i', [1])", "{'lock': 5}")
    for args in ('()', '(1, 2)', "('x',)"):
        yield call('set', args)
    yield call('set', '()', "{'value': (1, 2)}")
    yield call('set', '()', "{'x': 5}")
    yield call('get', '(1,)')
    yield call('get')
    for args in ('()', "('i',)", "('i', [1], 2)", "('i', [1], 2, 3)", "('i', 3)", "('z', [1])", '(5, [1])', "('i', ['a'])", "('ii', [1])", "('u', 'ab')", "('b', [300])", "('i', None)"):
        yield create('Array', args)
        yield call('__len__')
        yield call('__repr__')
    yield create('Array', '()', "{'sequence': [1], 'typecode': 'i'}")
    yield create('Array', "('i', [1])", "{'x': 3}")
    for typeid in ('list', 'dict', 'set'):
        for args in ('()', '(1,)', '(1, 2)', '([1],)', '(None,)', "('aa',)", '([[]],)', '([(1, 2, 3)],)', "(['a'],)", '([(1, 2)],)', '({1: 2},)'):
            yield create(typeid, args)
            yield call('__repr__')
        for args in ('()', '([],)', '([1],)'):
            yield create(typeid, args, "{'x': 1}")
            yield create(typeid, args, "{'iterable': 1}")


def fixture_sessions():
    for typeid in ('Echo', 'Raiser', 'Unpicklable', 'Maker', 'Wrapper', 'Hidden', 'Child', 'Counter', 'Printable', 'Unprintable', 'Constructed', 'Refusing', 'Maths', 'baz', 'operator'):
        for args, kwds in (('()', '{}'), ('(1,)', '{}'), ('(1, 2, 3)', '{}'), ('()', "{'x': 1}"), ('(1,)', "{'x': 1}"), ('()', "{'start': 2}"), ('()', "{'self': 1}")):
            yield create(typeid, args, kwds)
    yield create('Echo')
    for name, some in (
            ('echo', [('(1, [2])', "{'a': 1, 'self': 2}"), ('()', '{}')]), ('identity', [('()', '{}'), ('(1, 2)', '{}'), ('()', "{'y': 1}"), ('()', "{'x': 1}"), ('(1,)', "{'x': 1}")]),
            ('default', [('()', '{}'), ('(1,)', '{}'), ('(1, 3)', '{}'), ('(1, 2, 3)', '{}'), ('(1,)', "{'c': 5}"), ('()', "{'b': 1}"), ('(1,)', "{'a': 2}"), ('(1,)', "{'d': 2}"),
                         ('(1, 2, 3, 4)', "{'c': 5}"), ('(1, 2, 3)', "{'c': 5}")]),
            ('nothing', [('()', '{}'), ('(1,)', '{}'), ('()', "{'x': 1}")]), ('grow', [('(1,)', '{}')]), ('keep', [('([],)', '{}'), ('()', '{}')]), ('grow', [('(1,)', '{}'), ('()', '{}')]),
            ('kept', [('()', '{}')]), ('keep', [('({},)', '{}')]), ('grow', [('(1,)', '{}')]),
            ('typename', [('(%s,)' % v, '{}') for v in ('1', '1.5', 'None', "'a'", "b''", '[]', '()', '{}', '{1}', 'range(0, 1)', 'slice(1, 2, 3)', "array('i', [])", 'ValueError()',
                                                        'Ellipsis', 'FUNCTION(builtins, len)', 'FUNCTION(builtins, int)')]),
            ('same', [('(1,)', '{}'), ('()', '{}'), ('(None, None)', '{}'), ('()', "{'b': 1}"), ('([], [])', '{}')]), ('equal', [('(1, 1.0)', '{}'), ("(1, 'a')", '{}')]),
            ('first', [('(5,)', '{}'), ('({},)', '{}'), ('([],)', '{}'), ('([7],)', '{}'), ("('',)", '{}')]), ('join', [('(1, 2)', '{}'), ('()', "{'x': 1}")])):
        for args, kwds in some:
            yield call(name, args, kwds)
    yield from raiser_sessions()
    yield create('Unpicklable')
    yield call('fine')
    yield create('Maker')
    for name, args, kwds in (('make_list', '(1, 2)', '{}'), ('make_list', '()', "{'x': 1}"), ('make_dict', '()', "{'a': 1}"), ('make_dict', '(1,)', '{}'), ('make_dict', '()', "{'self': 1}"),
                             ('make_echo', '(1,)', '{}'), ('share', '()', '{}'), ('items_copy', '()', '{}'), ('wrap', '([1],)', '{}'), ('numbers', '()', '{}'), ('unregistered', '()', '{}'),
                             ('refused', '()', '{}'), ('fails', '()', '{}')):
        yield call(name, args, kwds)
    yield create('Wrapper', "('x',)")
    yield call('get')
    yield create('Counter', "('a',)")
    yield call('hit')
    yield create('Counter', '(5,)')
    for args in ('()', '(2,)', "('a',)", '(0.5,)'):
        yield call('hit', args)
    yield call('count')
    yield create('Child')
    for name in ('inherited', 'overridden', 'own'):
        yield call(name)
        yield call(name, '(1,)')
    yield create('Constructed', '(1,)', "{'self': 2, 'a': []}")
    yield call('arguments')
    for typeid in ('Printable', 'Unprintable'):
        yield create(typeid)
        yield call('__repr__')
        yield call('__str__')
        yield call('touch')


def raiser_sessions():
    yield create('Raiser')
    for args in ('()', "('nosuch',)", '(5,)', "('len',)", "('int',)", "('KeyError', 1, 2)", "('UnicodeDecodeError', 1)", "('Ellipsis',)", "('NotImplemented',)", "('True',)", "('__name__',)",
                 "('ExceptionGroup', 'a', [])", "('ExceptionGroup', 'a', [ValueError(1)])", "('OSError', 2, 'x', 'f')", "('str', 5)", "('list', 5)", "('abs', -5)"):
        yield call('throw', args)
        yield call('throw_chained', args)
        yield call('give', args)
    for name in ('throw', 'give', 'throw_chained'):
        yield call(name, '()', "{'name': 'KeyError'}")
        yield call(name, "('KeyError',)", "{'name': 1}")
        yield call(name, "('KeyError',)", "{'x': 1}")
    for value in ('5', 'None', "KeyError('a')", 'FUNCTION(builtins, KeyError)', 'FUNCTION(builtins, int)', "'x'", '[]'):
        yield call('throw_value', '(%s,)' % value)
    yield call('throw_value')
    for args in ("('KeyError', ('a',), {'x': 1}, ['n'])", "('KeyError', 'ab', {}, None)", "('KeyError', 5, {}, None)", "('KeyError', (), 5, None)", "('KeyError', (), {5: 1}, None)",
                 "('KeyError', (), {'args': (9,)}, None)", "('KeyError', (), {'args': 5}, None)", "('KeyError', (), {}, 5)", "('OSError', (2, 'x'), {'errno': 5}, None)", '()',
                 "('len', ([],), {}, None)", "('KeyError', (), [(1, 2)], None)", "('KeyError', {'a': 1}, {}, None)", "('nosuch', 5, {}, None)", "(5, 6, {}, None)"):
        yield call('throw_with', args)
    for name, some in (('throw_custom', ['()', '(1, 2)']), ('throw_picky', ['(1,)']), ('throw_queue', ["('Empty',)", "('Full',)", "('x',)", '([],)', '()']), ('leave', ["('x',)", '()'])):
        for args in some:
            yield call(name, args)
    yield call('throw_custom', '()', "{'x': 1}")


def generator_sessions():
    """Each begins with a fresh generator, and perhaps one step."""
    for n in ("'x'", '0', '-3', '10**30', '1.5', '3'):
        yield ['generate', n]
        yield call('__next__')
        yield call('__next__')
    for steps in (0, 1, 9):
        for name, some in (('send', ['(1,)', '(None,)', '()', '(1, 2)']), ('__next__', ['(1,)']), ('close', ['(1,)', '()']),
                           ('throw', ['()', '(5,)', '(FUNCTION(builtins, KeyError),)', "(KeyError('a'),)", "(FUNCTION(builtins, KeyError), 'a')", "(FUNCTION(builtins, KeyError), ('a', 'b'))",
                                      "(KeyError('q'), 'a')", "(FUNCTION(builtins, KeyError), 'a', 5)", "(FUNCTION(builtins, KeyError), KeyError('z'))", "(KeyError(1), None, None)",
                                      "('KeyError',)", '(FUNCTION(builtins, int),)', '(1, 2, 3, 4)', "(StopIteration('a'),)" if steps == 1 else '(None,)'])):
            for args in some:
                yield ['generate', '3']
                for _ in range(steps):
                    yield call('__next__')
                yield call(name, args)
                yield call('__next__')
                yield call('send', '(5,)')
                yield call('send', '(6,)')
                yield call('__next__')


def odd_calls():
    for typeid, name in (('Value', 'get'), ('Value', 'set'), ('Namespace', '__getattribute__'), ('Array', '__len__'), ('list', 'append'), ('list', 'sort'), ('dict', 'get'),
                         ('Event', 'is_set'), ('Lock', 'release'), ('Lock', 'locked'), ('Echo', 'identity'), ('Echo', 'echo'), ('Child', 'inherited'), ('Maker', 'make_list'), ('Queue', 'qsize')):
        yield create(typeid, MAKE.get(typeid, '()'))
        for args, kwds in ODD_CALLS:
            yield call(name, args, kwds)


def create(typeid, args='()', kwds='{}'):
    return ['create', typeid, args, kwds]


def call(name, args='()', kwds='{}'):
    return ['call', name, args, kwds]


def sessions():
    for source in (lock_sessions, barrier_sessions, queue_sessions, namespace_sessions, fixture_sessions, generator_sessions, odd_calls):
        yield from source()


# ---------------------------------------------------------------------------------------------------------------- the answers


def bare_server():
    """A Server that does not listen."""
    server = object.__new__(managers.Server)
    server.registry = Manager._registry
    server.mutex = threading.Lock()
    server.id_to_obj, server.id_to_refcount, server.id_to_local_proxy_obj = {'0': (None, ())}, {}, {}
    return server


def registry():
    """{typeid: [exposed names as create sends them, method_to_typeid]}"""
    import array
    names = {'array': array.array}
    answer = {}
    for typeid, (callable_, exposed, mapped, _) in Manager._registry.items():
        if typeid in ('Pool', 'Refusing'):
            continue
        if typeid == 'AsyncResult':
            continue  # its public methods are those of what is adopted
        args = eval(MAKE.get(typeid, '()') or '([],)', {}, names)
        _, sent = bare_server().create(None, typeid, *args)
        answer[typeid] = [list(sent), list((mapped or {}).items())]
    return answer


class Runner:
    def __init__(self):
        import array
        import builtins
        self.names = dict(array=array.array, nan=float('nan'), inf=float('inf'), slice=slice, range=range, Ellipsis=Ellipsis, ValueError=ValueError, KeyError=KeyError,
                          StopIteration=StopIteration, builtins='builtins', len='len', int='int', FUNCTION=lambda module, name: getattr(builtins, getattr(name, '__name__', name)))
        self.object = None

    def evaluate(self, text):
        return eval(text, {'__builtins__': {}}, self.names)

    def create(self, typeid, args, kwds):
        self.object = None
        callable_ = Manager._registry[typeid][0]
        self.object = callable_(*self.evaluate(args), **self.evaluate(kwds))
        return self.object

    def generate(self, n):
        self.object = fixtures.Maker().numbers(self.evaluate(n))
        return self.object

    def call(self, name, args, kwds):
        arguments, keywords = self.evaluate(args), self.evaluate(kwds)
        try:
            function = getattr(self.object, name)
        except AttributeError:
            return None, False
        return function(*arguments, **keywords), True

    def answer(self, line):
        if line[0] == 'create' and line[1] not in Manager._registry or line[0] == 'call' and self.object is None:
            self.object = None
            return None
        try:
            result = getattr(self, line[0])(*line[1:])
            if line[0] != 'call':
                return '='
            result, known = result
            if not known:
                return None
            text = '= %r' % (result,)
        except Exception as e:
            text = '! %s%r' % (type(e).__name__, e.args)
        return re.sub(r'owner=\d+', 'owner=N', re.sub('0x[0-9a-f]+', '0x', text))


def answers():
    runner = Runner()
    return [registry(), [runner.answer(line) for line in sessions()]]


# ---------------------------------------------------------------------------------------------------------------- the files


def escape(text):
    return text.encode('unicode_escape').decode().replace('\\\\', '\\').replace('\t', '\\t')


def write_registry(out, versions, results):
    for typeid in dict.fromkeys(typeid for result in results for typeid in result):
        texts = [result.get(typeid) and '%s\t%s' % (' '.join(result[typeid][0]), ' '.join('='.join(pair) for pair in result[typeid][1])) for result in results]
        for first, last, text in intervals(versions, texts):
            out.write('%s\t%d-%d\t%s\n' % (typeid, first, last, text))


def write_sessions(out, versions, results):
    for line, *texts in zip(sessions(), *results):
        out.write('\t'.join(line) + '\n')
        for first, last, text in intervals(versions, texts):
            out.write('%d-%d\t%s\n' % (first, last, text.replace('\n', '\\n')))


def main():
    if sys.argv[1] == '--answer':
        import warnings
        warnings.simplefilter('ignore')
        print(json.dumps([sys.version_info[0] * 100 + sys.version_info[1], answers()]))
        return
    folder, pythons = sys.argv[1], sys.argv[2:]
    all_ = sorted(json.loads(subprocess.run([python, __file__, '--answer'], stdout=subprocess.PIPE, check=True).stdout) for python in pythons)
    versions = [version for version, _ in all_]
    for name, write, index in (('registry', write_registry, 0), ('shared_types', write_sessions, 1)):
        with open(os.path.join(folder, name + '.txt'), 'w') as out:
            out.write('# Generated by oracle/vectors_registry.py from CPython %s, which describes it.\n' % ' '.join('%d.%d' % divmod(v, 100) for v in versions))
            write(out, versions, [answer[index] for _, answer in all_])


if __name__ == '__main__':
    main()
