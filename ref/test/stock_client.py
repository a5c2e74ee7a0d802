# SPDX-License-Identifier: MIT
"""A program as users of SyncManager write it: everything that its types offer, from several threads and processes.  It prints what it sees.

    stock_client.py ADDRESS KEY-IN-HEXADECIMAL

It runs against CPython's own server and against mpmanager; what is printed must be the same.
"""
import collections
import copy
import datetime
import decimal
import fractions
import gc
import multiprocessing
import operator
import pickle
import queue
import re
import sys
import threading
import uuid
from multiprocessing.managers import SyncManager

kind, rest = sys.argv[1].split(':', 1)
address = rest if kind == 'unix' else b'\0' + rest.encode() if kind == 'abstract' else (rest.rpartition(':')[0], int(rest.rpartition(':')[2]))
key = bytes.fromhex(sys.argv[2])
multiprocessing.current_process().authkey = key
manager = SyncManager(address=address, authkey=key)


def say(what, function, *args, **kwds):
    """Prints what a call gives or raises."""
    try:
        text = '%s' % (function(*args, **kwds),)
    except Exception as error:
        text = '%s: %s' % (type(error).__name__, str(error).strip('-\n').rpartition('\n')[2] or error.args)
    print(what, '->', re.sub('0x[0-9a-f]+', '0x', text))


def in_threads(*functions):
    """Runs functions at the same time: their results in order."""
    results = [None] * len(functions)

    def run(i):
        try:
            results[i] = functions[i]()
        except Exception as error:
            results[i] = '%s: %s' % (type(error).__name__, error)
    threads = [threading.Thread(target=run, args=(i,)) for i in range(len(functions))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def lists():
    numbers = manager.list(range(10))
    say('str', str, numbers)
    say('len', len, numbers)
    say('item', lambda: numbers[3])
    say('slice', lambda: numbers[2:7:2])
    say('negative', lambda: numbers[-1])
    say('bad index', lambda: numbers[99])
    say('in', lambda: 5 in numbers)
    say('iterate', list, numbers)
    say('reversed', lambda: list(reversed(numbers)))
    say('sum', sum, numbers)
    say('add', operator.add, numbers, [1, 'x'])
    say('mul', lambda: numbers * 2)
    say('rmul', lambda: 2 * manager.list([1]))
    for name, args in (('append', ('a',)), ('extend', ([1, 2],)), ('insert', (0, 'first')), ('pop', ()), ('pop', (0,)), ('remove', ('a',)), ('remove', ('zz',)), ('index', (3,)), ('index', ('q',)), ('count', (1,)),
                       ('reverse', ()), ('sort', ()), ('append', ()), ('append', (1, 2)), ('insert', (1,)), ('pop', ('x',)), ('pop', (99,))):
        say(name, getattr(numbers, name), *args)
    say('sort reverse', lambda: numbers.sort(reverse=True))
    say('sort key', lambda: numbers.sort(key=abs))
    numbers[0] = 'zero'
    numbers[1:3] = ['one', 'two', 'more']
    del numbers[-1]
    del numbers[::3]
    say('changed', str, numbers)
    say('sort mixed', numbers.sort)
    numbers += (7, 8)
    numbers *= 2
    say('augmented', str, numbers)
    say('deepcopy', copy.deepcopy, numbers)
    say('getvalue', numbers._getvalue)
    say('copy', lambda: str(copy.copy(numbers)))
    say('bool', bool, manager.list())
    say('wrong', manager.list, 5)
    say('too many', manager.list, 1, 2)


def dicts():
    words = manager.dict({'a': 1}, b=2)
    words[3] = [4]
    words[None] = words[(1, 2)] = {'x': b'y'}
    for name, args in (('get', ('a',)), ('get', ('zz',)), ('get', ('zz', 5)), ('pop', ('b',)), ('pop', ('b',)), ('pop', ('b', 0)), ('setdefault', ('c', 3)), ('keys', ()), ('values', ()), ('items', ()),
                       ('update', ({'d': 4},)), ('update', ([('e', 5)],)), ('update', (5,)), ('popitem', ()), ('copy', ())):
        say(name, getattr(words, name), *args)
    words.update(f=6)
    say('str', str, words)
    say('missing', lambda: words['zz'])
    say('unhashable', lambda: words[[]])
    say('in', lambda: 'a' in words)
    say('len', len, words)
    say('iterate', lambda: [k for k in words])
    say('dict', lambda: dict(words))
    del words['a']
    say('deleted', sorted, words.keys(), key=str)
    words[1] = 'int'
    words[1.0] = 'float'
    words[True] = 'bool'
    say('one key', lambda: words[1])
    iterator = iter(words)
    say('next', next, iterator)
    words['new'] = 1
    say('changed', next, iterator)
    words.clear()
    say('cleared', str, words)


def values():
    things = [None, True, 2**100, -2**63, 1.5, -0.0, float('inf'), 1j, 'text \ud800 \x00', b'\x00\xff', bytearray(b'x'), (1, (2,)), {1: {2: 3}}, {1, 2}, frozenset([3]), range(5), slice(1, 2), ..., NotImplemented,
              decimal.Decimal('1.50'), fractions.Fraction(1, 3), datetime.datetime(2020, 1, 2, 3, tzinfo=datetime.timezone.utc), uuid.UUID(int=5), collections.OrderedDict(a=1), collections.deque([1], 3),
              collections.Counter('aab'), collections.defaultdict(list, a=[1]), ValueError('x', 1), KeyError, len, operator.add, complex(1, 2)]
    things.append(things[-2:])
    box, table, space = manager.list(), manager.dict(), manager.Namespace()
    for i, thing in enumerate(things):
        box.append(thing)
        table[i] = thing
        space.x = thing
        same = [repr(copy_) == repr(thing) and type(copy_) is type(thing) for copy_ in (box[-1], table[i], space.x)]
        print('value', i, type(thing).__name__, same)
    shared = []
    box.append([shared, shared])
    pair = box[-1]
    print('shared stays shared', pair[0] is pair[1])
    loop = []
    loop.append(loop)
    box.append(loop)
    back = box[-1]
    print('recursive stays recursive', back[0] is back)


def small_types():
    space = manager.Namespace(a=1)
    space.b = [1]
    space.b.append(2)
    space._hidden = 'local'
    say('namespace', str, space)
    say('missing', lambda: space.zz)
    say('delete', lambda: delattr(space, 'a'))
    say('delete again', lambda: delattr(space, 'a'))
    say('copy', copy.deepcopy, space)
    say('wrong', manager.Namespace, 1)
    number = manager.Value('i', 7)
    number.value += 1
    number.set(number.get() * 2)
    say('value', str, number)
    say('value', lambda: number.value)
    say('wrong', manager.Value, 'i')
    array = manager.Array('d', [1, 2.5, -0.0])
    array[1] = 9
    say('array', str, array)
    say('array', lambda: (len(array), array[0], array[-1], array[0:2]))
    say('array', lambda: array[7])
    say('array', lambda: list(array))
    say('wrong', manager.Array, 'i', 5)
    say('wrong', manager.Array, 'z', [])


def locks():
    for name in ('Lock', 'RLock', 'Semaphore', 'BoundedSemaphore'):
        lock = getattr(manager, name)()
        say(name, lock.acquire)
        say('again', lock.acquire, False) if name != 'RLock' else say('again', lock.release)
        if name != 'RLock':
            say('timeout', lock.acquire, True, 0.01)
            say('release', lock.release)
        say('release too often', lock.release)
    lock, counter = manager.Lock(), manager.Value('i', 0)

    def count():
        for _ in range(20):
            with lock:
                counter.value += 1
    in_threads(count, count, count)
    say('counted', counter.get)
    mine = manager.RLock()
    mine.acquire()
    mine.acquire()
    say('another thread', lambda: in_threads(lambda: mine.acquire(False), mine.release))
    mine.release()
    mine.release()
    say('free again', lambda: in_threads(lambda: mine.acquire(False)))
    semaphore = manager.Semaphore(2)
    say('semaphore', lambda: [semaphore.acquire(False) for _ in range(3)])


def waiting():
    event = manager.Event()
    say('event', lambda: (event.is_set(), event.wait(0.01)))
    say('event', lambda: in_threads(event.wait, event.wait, event.set))
    event.clear()
    say('event', event.is_set)
    condition, box = manager.Condition(), manager.list()

    def consume():
        with condition:
            return condition.wait_for(lambda: len(box) == 1 and box.pop(), 30)

    def produce():
        with condition:
            box.append('made')
            condition.notify_all()
    say('condition', lambda: in_threads(consume, produce))
    with condition:
        say('times out', condition.wait, 0.01)
        say('notify', condition.notify)
    say('without lock', condition.notify)
    say('without lock', condition.wait)
    barrier = manager.Barrier(3)
    say('barrier', lambda: sorted(in_threads(barrier.wait, barrier.wait, barrier.wait)))
    say('barrier', lambda: (barrier.parties, barrier.n_waiting, barrier.broken))
    say('too few', barrier.wait, 0.01)
    say('broken', lambda: barrier.broken)
    barrier.reset()
    say('whole', lambda: barrier.broken)


def queues():
    fifo = manager.Queue(2)
    say('put', fifo.put, 1)
    say('put', fifo.put, 2, timeout=5)
    say('full', fifo.full)
    say('put', fifo.put_nowait, 3)
    say('put', fifo.put, 3, True, 0.01)
    say('get', lambda: [fifo.get(), fifo.get(timeout=1)])
    say('get', fifo.get, False)
    say('get', fifo.get, timeout=0.01)
    say('empty', lambda: (fifo.empty(), fifo.qsize()))
    say('threads', lambda: in_threads(fifo.get, lambda: fifo.put('x')))
    work = manager.JoinableQueue()
    done = manager.list()

    def worker():
        while True:
            item = work.get()
            done.append(item)
            work.task_done()
            if item is None:
                return

    def feeder():
        for item in range(10):
            work.put(item)
        work.put(None)
        work.join()
        return len(done)
    say('joinable', lambda: in_threads(worker, feeder))
    say('done too often', work.task_done)
    say('methods', lambda: [name for name in dir(fifo) if name[0] != '_'])


def child(box, words, lock, results):
    """Runs in another process."""
    multiprocessing.current_process().authkey = key
    with lock:
        box.append(len(words))
        words['child'] = box[0]
    results.put(('done', list(box)))


def nested():
    outer = manager.list()
    inner = manager.list([1])
    outer.append(inner)
    inner.append(2)
    say('inner', lambda: list(outer[0]))
    outer[0].append(3)
    say('inner', str, inner)
    say('outer', str, outer)
    words = manager.dict(inner=inner)
    words['inner'].append(4)
    say('inner', str, inner)
    before = manager._number_of_objects()
    del inner
    gc.collect()
    say('kept by the outer one', lambda: list(outer[0]))
    print('objects', before - manager._number_of_objects())
    say('popped', lambda: list(outer.pop()))
    results, lock = manager.Queue(), manager.Lock()
    box = manager.list(['from the parent'])
    context = multiprocessing.get_context('fork')
    processes = [context.Process(target=child, args=(box, words, lock, results)) for _ in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    say('children', lambda: [results.get(timeout=30)[0] for _ in processes])
    say('children', str, box)
    say('children', lambda: words['child'])
    say('pickled', lambda: list(pickle.loads(pickle.dumps(box))))
    say('equal', lambda: (box == copy.copy(box), box == box))
    say('repr', repr, box)


def references():
    gc.collect()
    say('objects', manager._number_of_objects)
    say('debug', manager._debug_info)
    one = manager.list()
    two = copy.copy(one)
    three = pickle.loads(pickle.dumps(one))
    say('objects', manager._number_of_objects)
    say('debug', lambda: re.sub('[0-9a-f]{6,}', 'IDENT', manager._debug_info()))
    del one, two
    say('objects', manager._number_of_objects)
    three.append(1)
    del three
    say('objects', manager._number_of_objects)
    say('unknown typeid', manager._create, 'nosuch')
    say('hidden', manager.list()._callmethod, '__class__')


say('connect', manager.connect)
for part in (lists, dicts, values, small_types, locks, waiting, queues, nested, references):
    print('==', part.__name__)
    part()
    gc.collect()
