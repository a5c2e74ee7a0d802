# SPDX-License-Identifier: MIT
"""The examples of Python's documentation of managers (Doc/library/multiprocessing.rst), as programs of our own that do what those do.

    [PYTHON=COMMAND] documentation.py [MPMANAGER [PROGRAM]]

With MPMANAGER, every manager that a program starts is that program and not a Python process.  The programs do not know: what is printed must be the
same, but that what the manager itself prints is shown when it stops.  PYTHON starts this interpreter, if sys.executable alone does not.  With PROGRAM that
file is run in place of the examples here: the documentation's own text, say (Doc/includes/mp_newtype.py, mp_workers.py).

The classes and callables that a manager would have to run are fixture types, which C has too, under the names that the documentation registers: Maths, Foo1,
Foo2, baz, operator.  What else is different from the documentation's text:

- get_queue is made by `mpmanager --share get_queue=Queue`, in the place of `register('get_queue', callable=lambda: queue)`, `get_server` and `serve_forever`; the port is a free one.
- The local process that puts into that queue is given its proxy.  In the documentation it is given the queue itself, one of multiprocessing's, which lives in
  pipes of the Python process that serves it: nothing that is no Python process can be the server of that.
"""
import multiprocessing
import os
import queue
import re
import runpy
import shutil
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
    with process.stdout:
        print(process.stdout.read(), end='', flush=True)    # what its objects printed; it has a pipe's room until then
    if process.wait(60) != 0:
        print('the manager ended with status', process.returncode)
    shutil.rmtree(folder)


def start(self, initializer=None, initargs=()):
    """BaseManager.start with another server."""
    folder = tempfile.mkdtemp()     # which stop removes: a TemporaryDirectory may be gone before a program that leaves its manager to exit
    key = os.path.join(folder, 'key')
    with open(key, 'w') as file:
        file.write(bytes(self._authkey).hex())
    address = addresses.show(self._address or os.path.join(folder, 'socket'))
    process = subprocess.Popen([sys.argv[1], '--address', address, '--authkey-file', key, '--fixtures', '--share', 'get_queue=Queue',
                                '--compat', '%d.%d' % sys.version_info[:2]], stdout=subprocess.PIPE, universal_newlines=True)
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

class MathsManager(BaseManager):
    pass


MathsManager.register('Maths', fixtures.MathsClass)


def customized():
    with MathsManager() as manager:
        maths = manager.Maths()
        show(maths.add(4, 3))
        show(maths.mul(7, 8))


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


class Worker(Process):
    def __init__(self, q):
        self.q = q
        super().__init__()

    def run(self):
        self.q.put('local hello')


def local():
    multiprocessing.current_process().authkey = b'abracadabra'     # a proxy that is handed to a process uses the key of that
    server = QueueServer(address=('127.0.0.1', 0), authkey=b'abracadabra')
    server.start()
    m = QueueManager(address=server.address, authkey=b'abracadabra')
    m.connect()
    queue = m.get_queue()
    w = Worker(queue)
    w.start()
    w.join()
    p = Process(target=remote_client, args=(server.address, None))
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


class MyManager(BaseManager):
    pass


MyManager.register('Foo1', fixtures.Foo)
MyManager.register('Foo2', fixtures.Foo, exposed=('g', '_h'))
MyManager.register('baz', fixtures.baz, proxytype=GeneratorProxy)
MyManager.register('operator', fixtures.get_operator_module)


def demonstration():
    manager = MyManager()
    manager.start()
    show('-' * 20)
    f1 = manager.Foo1()
    f1.f()
    f1.g()
    assert not hasattr(f1, '_h')
    assert sorted(f1._exposed_) == sorted(['f', 'g'])
    show('-' * 20)
    f2 = manager.Foo2()
    f2.g()
    f2._h()
    assert not hasattr(f2, 'f')
    assert sorted(f2._exposed_) == sorted(['g', '_h'])
    show('-' * 20)
    it = manager.baz()
    for i in it:
        show('<%d>' % i)
    show('-' * 20)
    op = manager.operator()
    show('op.add(23, 45) =', op.add(23, 45))
    show('op.pow(2, 94) =', op.pow(2, 94))
    show('op._exposed_ =', op._exposed_)
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
    if sys.argv[2:]:
        runpy.run_path(sys.argv[2], run_name='__main__')
    else:
        for example in (server_process, namespaces, customized, remote, local, proxies, demonstration, queues):
            show('==', example.__name__)
            example()
        show('end')
