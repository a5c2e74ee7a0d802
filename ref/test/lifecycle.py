# SPDX-License-Identifier: MIT
"""The life of managers, clients and proxies, as a stock Python program goes through it.  It prints what it sees.

    lifecycle.py FIRST SECOND

FIRST and SECOND are commands (shell words) that serve; --address, --authkey-file and --fixtures are added.  Whichever managers they start, what is
printed must be the same.
"""
import gc
import multiprocessing
import os
import pickle
import re
import shlex
import signal
import subprocess
import sys
import tempfile
import threading
import time
from multiprocessing.connection import Client
from multiprocessing.managers import SyncManager, dispatch

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'oracle'))

import addresses
import fixtures

KEY = b'abcd'
FOLDER = tempfile.TemporaryDirectory()
LOST = (EOFError, ConnectionError)
context = multiprocessing.get_context('fork')
multiprocessing.current_process().authkey = KEY


class Manager(SyncManager):
    pass


fixtures.register(Manager)


class Server:
    """A manager process, and a client of it."""

    def __init__(self, command, name='first', address=None):
        key = os.path.join(FOLDER.name, 'key')
        with open(key, 'w') as file:
            file.write(KEY.hex())
        self.process = subprocess.Popen(shlex.split(command) + ['--address', address or 'unix:' + os.path.join(FOLDER.name, name), '--authkey-file', key, '--fixtures'], stdout=subprocess.PIPE, universal_newlines=True)
        self.address = addresses.parse(self.process.stdout.readline().split()[1])
        self.client()

    def client(self, address=None):
        self.manager = Manager(address or self.address, KEY)
        self.manager.connect()
        return self.manager

    def stop(self):
        """What a client's shutdown does; the exit status."""
        connection = Client(self.address, authkey=KEY)
        dispatch(connection, None, 'shutdown')
        connection.close()
        self.process.stdout.close()
        return self.process.wait(60)


def say(what, function, *args):
    try:
        text = '%s' % (function(*args),)
    except LOST:
        text = 'the connection is lost'
    except Exception as error:
        text = '%s: %s' % (type(error).__name__, str(error).strip('-\n').rpartition('\n')[2] or error.args)
    print(what, '->', re.sub('0x[0-9a-f]+', '0x', re.sub("'[0-9a-f]{6,}'", 'IDENT', text)), flush=True)


def until(condition):
    """Waits for what another process does on its way."""
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end, 'not before the deadline'
        time.sleep(0.02)


def in_thread(function, *args):
    """What a function gives in a thread of its own."""
    results = []

    def run():
        try:
            results.append(function(*args))
        except LOST:
            results.append('lost')
        except Exception as error:
            results.append('%s: %s' % (type(error).__name__, error))
    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.results = results
    return thread


def in_call(proxy, method):
    """The same of a method without arguments, in a thread whose stream is connected before this returns."""
    connected = threading.Event()

    def run():
        str(proxy)
        connected.set()
        return getattr(proxy, method)()
    thread = in_thread(run)
    connected.wait(60)
    return thread


def result(thread):
    thread.join(60)
    return thread.results[0]


def count(server, proxy):
    """The reference count that the manager tells for a proxy's object."""
    found = re.search(r'%s: +refcount=(\d+)' % proxy._token.id, server.manager._debug_info())
    return int(found.group(1)) if found else 0


def child(function, *args):
    """Runs a function in a forked process that ends as processes do; its exit status."""
    process = context.Process(target=function, args=args)
    process.start()
    process.join(60)
    return process.exitcode


# ---- what happens

def shutdown_with_clients(first, second):
    server = Server(first)
    m = server.manager
    q, l, e, c = m.Queue(), m.Lock(), m.Event(), m.Condition()
    l.acquire()
    c.acquire()
    waiting = [in_call(q, 'get'), in_call(l, 'acquire'), in_call(e, 'wait'), in_call(q, 'join')]
    box = m.list([1])
    say('status', server.stop)
    say('those who wait', lambda: [result(thread) for thread in waiting[:3]])
    say('a call', box.append, 1)
    say('a new object', m.list)
    say('is gone', os.path.exists, server.address)


def restart(first, second):
    server = Server(first)
    others = [server.manager.list() for _ in range(50)]  # so that no object of the next server gets the address, which is the identifier
    old = server.manager.list([1])
    say('before', len, old)
    server.stop()
    server = Server(first)
    say('stale stream', len, old)
    new = server.manager.list([1, 2])
    say('the stream stays stale for new objects', len, new)
    say('another thread', lambda: result(in_thread(len, new)))
    say('old object in another thread', lambda: 'KeyError' in result(in_thread(len, old)))
    del old, new, others
    gc.collect()
    new = server.manager.list([1, 2, 3])
    say('after all proxies are gone', len, new)
    del new
    gc.collect()
    say('objects', server.manager._number_of_objects)
    say('status', server.stop)


def threads(first, second):
    server = Server(first)
    m = server.manager
    box, lock, mine = m.list(), m.Lock(), m.RLock()

    def work(n):
        for _ in range(5):
            with lock:
                box.append(n)
        return n
    running = [in_thread(work, n) for n in range(30)]
    say('results', lambda: sorted(result(thread) for thread in running) == list(range(30)))
    say('counted', lambda: sorted(box) == sorted(list(range(30)) * 5))
    say('take', mine.acquire)
    say('other threads', lambda: [result(in_thread(mine.acquire, False)) for _ in range(3)])
    say('release in another', lambda: result(in_thread(mine.release)))
    say('release', mine.release)
    say('taken by a thread that ends', lambda: result(in_thread(lock.acquire)))
    say('still taken', lock.acquire, False)
    say('released by another', lock.release)
    del box, lock, mine, work
    gc.collect()
    say('objects', m._number_of_objects)
    say('status', server.stop)


def use(box):
    box.append(os.getpid() > 0)


def die(box, action):
    """Does something with a proxy, and is killed in the middle of it."""
    box.append('ready')
    action()
    os.kill(os.getpid(), signal.SIGKILL)


def fork(first, second):
    server = Server(first)
    box = server.manager.list()
    box.append('parent')                    # the stream is open
    say('status of the child', child, use, box)
    say('its stream was its own', list, box)
    say('references after its end', count, server, box)
    say('status of the child that is killed', child, die, box, lambda: None)
    say('its references stay', count, server, box)
    say('status', server.stop)


def deaths(first, second):
    server = Server(first)
    m = server.manager
    for name, make, action in (('Lock', m.Lock, lambda lock: lock.acquire()), ('RLock', m.RLock, lambda lock: lock.acquire()), ('Semaphore', m.Semaphore, lambda lock: lock.acquire()),
                               ('Condition', m.Condition, lambda lock: lock.acquire())):
        lock, box = make(), m.list()
        lock.acquire()
        lock.release()
        child(die, box, lambda: action(lock))
        say('held by the dead %s' % name, lock.acquire, False)
        say('release', lock.release)
    queue, box = m.Queue(), m.list()
    process = context.Process(target=die, args=(box, queue.get))
    process.start()
    until(lambda: len(box) == 1)            # it is in get, or just before: both end alike for a queue that has two
    process.kill()
    process.join()
    queue.put('for the dead, perhaps')
    queue.put('for the living')
    say('the queue serves on', lambda: queue.get() in ('for the dead, perhaps', 'for the living'))
    event = m.Event()
    waiting = in_thread(event.wait)
    box = m.list()
    process = context.Process(target=die, args=(box, event.wait))
    process.start()
    until(lambda: len(box) == 1)
    process.kill()
    process.join()
    event.set()
    say('the living wake', lambda: result(waiting))
    say('status', server.stop)


def without_manager(first, second):
    server = Server(first)
    d = server.manager.dict(a=1)
    e = pickle.loads(pickle.dumps(d))
    say('iterate', lambda: list(d))
    before = server.manager._number_of_objects()
    say('iterate what was unpickled', lambda: list(e))
    say('and its iterator is never released', lambda: server.manager._number_of_objects() - before)
    say('all else works', lambda: (e.copy(), e == d, count(server, d)))
    say('status', server.stop)


def identifiers(first, second):
    server = Server(first)
    kept = []
    for n in range(50):
        kept.append(server.manager.list([n]))
        server.manager.list([n])            # dropped at once: its identifier may come again
        kept.append(server.manager.dict(n=n))
    names = [proxy._token.id for proxy in kept]
    say('all different', lambda: len(set(names)) == len(names))
    say('all themselves', lambda: [kept[2 * n][0] for n in range(50)] == list(range(50)))
    one, two = server.manager.Singleton(), server.manager.Singleton()
    say('one object', lambda: (one._token.id == two._token.id, count(server, one)))
    say('status', server.stop)


def alias(first, second):
    server = Server(first, address='tcp:127.0.0.1:0')
    m = server.manager
    named = server.client(('localhost', server.address[1]))
    outer, inner = m.list(), named.list(['inner'])
    say('references', count, server, inner)
    say('stored', outer.append, inner)
    say('a counted one of the manager itself', count, server, inner)
    outer[0].append('more')
    say('inner', list, inner)
    own = m.list(['own'])
    say('stored', outer.append, own)
    say('none of an own object', count, server, own)
    del outer[:]
    until(lambda: count(server, inner) == 1)
    say('given back', count, server, inner)
    say('status', server.stop)


def two_managers(first, second):
    one, two = Server(first), Server(second, 'second')
    inner, outer = one.manager.list(['x']), two.manager.dict()
    outer['inner'] = inner
    say('counted', count, one, inner)
    outer['inner'].append('y')
    say('changed', list, inner)
    # Nothing here raises within the other manager: up to 3.12 an exception that comes through a proxy keeps that proxy until the collector runs.
    say('read by the other manager', lambda: two.manager.Echo().first(inner))
    say('and by a method of its', lambda: two.manager.dict(a=1).copy() == {'a': 1} and two.manager.Echo().same(inner, inner))
    say('child', child, lambda: outer['inner'].append('z'))
    say('changed', list, inner)
    q = two.manager.Queue()
    q.put(one.manager.Lock())
    lock = q.get()
    say('a lock through the queue of another', lambda: (lock.acquire(), lock.acquire(False), lock.release()))
    del outer['inner']
    until(lambda: count(one, inner) == 1)
    say('given back', count, one, inner)
    outer['inner'] = inner
    say('status', two.stop)
    say('the first lives', list, inner)
    say('status', one.stop)


if __name__ == '__main__':
    for part in (shutdown_with_clients, restart, threads, fork, deaths, without_manager, identifiers, alias, two_managers):
        print('==', part.__name__, flush=True)
        part(*sys.argv[1:])
        gc.collect()
    print('end')
