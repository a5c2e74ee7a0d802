# SPDX-License-Identifier: MIT
"""The examples of Python's documentation of managers (Doc/library/multiprocessing.rst), as programs of our own that do what those do.

    [PYTHON=COMMAND] documentation.py [MPMANAGER]

With MPMANAGER, every manager that a program starts is that program and not a Python process.  The programs do not know: what is printed must be the
same.  PYTHON starts this interpreter, if sys.executable alone does not.  A class of the documentation's that the manager would have to run is one of the fixture types here, which C has too.
"""
import multiprocessing
import os
import queue
import re
import subprocess
import sys
import tempfile
from multiprocessing import Manager, Process, util
from multiprocessing.connection import Client
from multiprocessing.managers import BaseManager, BaseProxy, State, dispatch

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'oracle'))

import addresses
import fixtures

multiprocessing.set_executable(os.environ.get('PYTHON', sys.executable))


def stop(process, folder, address, authkey):
    """What shutdown does: asks the manager to stop, which it must do well."""
    connection = Client(address, authkey=authkey)
    dispatch(connection, None, 'shutdown')
    connection.close()
    if process.wait(60) != 0:
        print('the manager ended with status', process.returncode)
    folder.cleanup()


def start(self, initializer=None, initargs=()):
    """BaseManager.start with another server."""
    folder = tempfile.TemporaryDirectory()
    key = os.path.join(folder.name, 'key')
    with open(key, 'w') as file:
        file.write(bytes(self._authkey).hex())
    address = addresses.show(self._address or os.path.join(folder.name, 'socket'))
    process = subprocess.Popen([sys.argv[1], '--address', address, '--authkey-file', key, '--fixtures', '--share', 'get_queue=Queue',
                                '--compat', '%d.%d' % sys.version_info[:2]], stdout=subprocess.PIPE, universal_newlines=True)
    with process.stdout:
        self._address = addresses.parse(process.stdout.readline().split()[1])
    self._state.value = State.STARTED
    self.shutdown = util.Finalize(self, stop, args=(process, folder, self._address, self._authkey), exitpriority=0)


def show(*things):
    print(*(re.sub('0x[0-9a-f]+', '0x', str(thing)) for thing in things), flush=True)


# ---- sharing state between processes

def f(d, l):
    d[1] = '1'
    d['2'] = 2
    d[0.25] = None
    l.reverse()


def server_process():
    with Manager() as manager:
        d = manager.dict()
        l = manager.list(range(10))
        p = Process(target=f, args=(d, l))
        p.start()
        p.join()
        show(d)
        show(l)


# ---- namespaces

def namespaces():
    manager = multiprocessing.get_context('spawn').Manager()
    Global = manager.Namespace()
    Global.x = 10
    Global.y = 'hello'
    Global._z = 12.3
    show(Global)
    manager.shutdown()


# ---- customized managers: a class whose objects live in the manager

class MyManager(BaseManager):
    pass


MyManager.register('Counter', fixtures.Counter)


def customized():
    with MyManager() as manager:
        counter = manager.Counter(4)
        show(counter.hit(3))
        show(counter.hit(n=49))


# ---- remote managers: a queue that processes find by the address of the manager

class QueueServer(BaseManager):
    pass


class QueueManager(BaseManager):
    pass


the_queue = queue.Queue()


def get_queue():
    return the_queue


QueueServer.register('get_queue', callable=get_queue)
QueueManager.register('get_queue')


def remote_client(address, say):
    m = QueueManager(address=address, authkey=b'abracadabra')
    m.connect()
    queue = m.get_queue()
    if say:
        queue.put(say)
    else:
        show('remote', queue.get())


def remote():
    server = QueueServer(address=('127.0.0.1', 0), authkey=b'abracadabra')
    server.start()
    m = QueueManager(address=server.address, authkey=b'abracadabra')
    m.connect()
    queue = m.get_queue()
    for say in ('hello', None, 'hello again', None):
        p = Process(target=remote_client, args=(server.address, say))
        p.start()
        p.join()
    show(queue.empty())
    server.shutdown()


# ---- proxy objects

def proxies():
    manager = Manager()
    l = manager.list([i * i for i in range(10)])
    show(l)
    show(repr(l))
    show(l[4])
    show(l[2:5])
    a = manager.list()
    b = manager.list()
    a.append(b)
    show(a, b)
    b.append('hello')
    show(a[0], b)
    l_outer = manager.list([manager.dict() for i in range(2)])
    d_first_inner = l_outer[0]
    d_first_inner['a'] = 1
    d_first_inner['b'] = 2
    l_outer[1]['c'] = 3
    l_outer[1]['z'] = 26
    show(l_outer[0])
    show(l_outer[1])
    lproxy = manager.list()
    lproxy.append({})
    d = lproxy[0]
    d['a'] = 1
    d['b'] = 2
    show(lproxy)
    lproxy[0] = d
    show(lproxy)
    show(manager.list([1, 2, 3]) == [1, 2, 3])
    l = manager.list(range(10))
    show(l._callmethod('__len__'))
    show(l._callmethod('__getitem__', (slice(2, 7),)))
    try:
        l._callmethod('__getitem__', (20,))
    except IndexError as error:
        show('IndexError:', error)
    manager.shutdown()


# ---- the demonstration of customized managers and proxies, at the end of the chapter

class GeneratorProxy(BaseProxy):
    _exposed_ = ['__next__']

    def __iter__(self):
        return self

    def __next__(self):
        return self._callmethod('__next__')


class Demonstrated(BaseManager):
    pass


Demonstrated.register('Child', fixtures.Child)
Demonstrated.register('Hidden', fixtures.Hidden, exposed=('visible', 'ghost', '_under'))
Demonstrated.register('Maker', fixtures.Maker, method_to_typeid={'numbers': 'Iterator'})
Demonstrated.register('Iterator', proxytype=GeneratorProxy, create_method=False)


def demonstration():
    manager = Demonstrated()
    manager.start()
    show('-' * 20)
    f1 = manager.Child()
    show(f1.inherited())
    show(f1.overridden())
    assert not hasattr(f1, '_h')
    assert sorted(f1._exposed_) == sorted(['inherited', 'overridden', 'own'])
    show('-' * 20)
    f2 = manager.Hidden()
    show(f2.visible())
    show(f2._under())
    assert not hasattr(f2, 'hidden')
    assert sorted(f2._exposed_) == sorted(['visible', 'ghost', '_under'])
    show('-' * 20)
    it = manager.Maker().numbers(10)
    for i in it:
        show('<%d>' % i)
    manager.shutdown()


# ---- queues that feed tasks to worker processes

def worker(input, output):
    for func, args in iter(input.get, 'STOP'):
        output.put('%s%s = %s' % (func.__name__, args, func(*args)))


def mul(a, b):
    return a * b


def plus(a, b):
    return a + b


def queues():
    tasks1 = [(mul, (i, 7)) for i in range(20)]
    tasks2 = [(plus, (i, 8)) for i in range(10)]
    with Manager() as manager:
        task_queue = manager.Queue()
        done_queue = manager.Queue()
        for task in tasks1:
            task_queue.put(task)
        workers = [Process(target=worker, args=(task_queue, done_queue)) for i in range(4)]
        for process in workers:
            process.start()
        results = [done_queue.get() for i in range(len(tasks1))]
        for task in tasks2:
            task_queue.put(task)
        results += [done_queue.get() for i in range(len(tasks2))]
        for process in workers:
            task_queue.put('STOP')
        for process in workers:
            process.join()
        show('\n'.join(sorted(results)))


if __name__ == '__main__':
    if sys.argv[1:]:
        BaseManager.start = start
    for example in (server_process, namespaces, customized, remote, proxies, demonstration, queues):
        show('==', example.__name__)
        example()
    show('end')
