# SPDX-License-Identifier: MIT
"""A thousand threads that wait in a manager at once: it uses no processor time for them, every one wakes as it should, and afterwards the manager is
as small as before.

    thousand.py ADDRESS KEY-IN-HEXADECIMAL PROCESS-ID
"""
import gc
import os
import sys
import threading
import time
from multiprocessing.managers import SyncManager

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'oracle'))

import addresses

EACH = 200          # of five kinds
HOLD = 1.0          # seconds for which nothing happens
DEADLINE = 120
RESTS = 30
server = int(sys.argv[3])
manager = SyncManager(addresses.parse(sys.argv[1]), bytes.fromhex(sys.argv[2]))
manager.connect()
threading.stack_size(256 * 1024)


def processor_time():
    """Of the manager, in ticks of a hundredth of a second."""
    with open('/proc/%d/stat' % server) as file:
        return sum(map(int, file.read().rpartition(')')[2].split()[11:13]))


def status(name):
    with open('/proc/%d/status' % server) as file:
        return next(int(line.split()[1]) for line in file if line.startswith(name + ':'))


def usage():
    """What the manager has: threads, open files, objects."""
    return status('Threads'), len(os.listdir('/proc/%d/fd' % server)), manager._number_of_objects()


def until(what, condition, deadline=DEADLINE):
    """Waits for what the manager does by itself."""
    end = time.monotonic() + deadline
    while not condition():
        if time.monotonic() > end:
            raise SystemExit('not before the deadline: ' + what)
        time.sleep(0.05)


def quiet():
    """Whether the manager did nothing at all for a while."""
    before = processor_time()
    time.sleep(HOLD / 2)
    return processor_time() == before


def waiters(function):
    """EACH threads that call function; they append its results to a list."""
    results, failures = [], []

    def run():
        try:
            results.append(function())
        except Exception as error:
            failures.append(error)
    threads = [threading.Thread(target=run, daemon=True) for _ in range(EACH)]
    for thread in threads:
        thread.start()
    return threads, results, failures


def wake(what, waiting, action):
    """What the waiting threads got after the action."""
    threads, results, failures = waiting
    assert results == failures == [], (what, results[:3], failures[:3])
    action()
    for thread in threads:
        thread.join(DEADLINE)
        assert not thread.is_alive(), what
    assert failures == [], (what, failures[:3])
    return results


def thousand():
    lock, queue, event, condition, barrier, counter = manager.Lock(), manager.Queue(), manager.Event(), manager.Condition(), manager.Barrier(EACH + 1), manager.Value('i', 0)

    def take():
        with lock:
            counter.value = counter.value + 1          # two calls: only the lock makes them one

    def wait():
        with condition:
            return condition.wait(DEADLINE)

    def put():
        for number in range(EACH):
            queue.put(number)

    def notify():
        with condition:
            condition.notify_all()
    lock.acquire()
    waiting = {'acquire': waiters(take), 'get': waiters(queue.get), 'wait': waiters(event.wait), 'notified': waiters(wait), 'barrier': waiters(barrier.wait)}
    until('a thousand threads wait', lambda: status('Threads') >= 5 * EACH and barrier.n_waiting == EACH)
    until('the manager rests', quiet, RESTS)
    before = processor_time()
    time.sleep(HOLD)
    print('# %d threads, %d kB, %d ticks in %.1f s' % (status('Threads'), status('VmRSS'), processor_time() - before, HOLD))
    assert processor_time() - before <= 1, 'the manager is busy while all wait'
    assert sorted(wake('get', waiting['get'], put)) == list(range(EACH))
    assert wake('wait', waiting['wait'], event.set) == [True] * EACH
    assert wake('notified', waiting['notified'], notify) == [True] * EACH
    places = wake('barrier', waiting['barrier'], lambda: places_of_main.append(barrier.wait()))
    assert sorted(places + places_of_main[-1:]) == list(range(EACH + 1))
    wake('acquire', waiting['acquire'], lock.release)
    assert counter.value == EACH


places_of_main = []
before, sizes = usage(), [status('VmRSS')]
for _ in range(3):
    thousand()
    gc.collect()
    until('the manager has as many threads, files and objects as before', lambda: usage() <= before)
    sizes.append(status('VmRSS'))
print('# kB before and after each round:', *sizes)
if os.environ.get('VARIANT', 'release') == 'release':       # sanitizers keep freed memory
    assert sizes[3] <= sizes[1] + 512, 'the manager grows'
