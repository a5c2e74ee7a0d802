# SPDX-License-Identifier: MIT
"""Python's part in the examples that share work between C and Python.

    workers.py feed COMMAND…       serves two queues, starts two workers, each by the command with address and key, and feeds them
    workers.py consume ADDRESS     two processes that consume what a program at that address produces
"""
import os
import queue
import subprocess
import sys
import tempfile
import threading
from multiprocessing import Process, Queue
from multiprocessing.managers import BaseManager

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'oracle'))

import addresses


class Manager(BaseManager):
    pass


def feed(command):
    tasks, results = queue.Queue(), queue.Queue()
    Manager.register('get_tasks', callable=lambda: tasks)
    Manager.register('get_results', callable=lambda: results)
    with tempfile.TemporaryDirectory() as folder:
        address = os.path.join(folder, 'socket')
        server = Manager(address=address, authkey=b'secret').get_server()
        threading.Thread(target=server.serve_forever, daemon=True).start()
        workers = [subprocess.Popen(command + ['unix:' + address, 'secret']) for _ in range(2)]
        for n in range(100):
            tasks.put([n, 0.5, n])
        tasks.put(['no number'])
        tasks.join()
        found = [results.get_nowait() for _ in range(101)]
        assert sorted(found[i][1] for i in range(101) if found[i][0] != ['no number']) == [2 * n + 0.5 for n in range(100)]
        assert [['no number'], None] in found
        assert results.empty() and [worker.poll() for worker in workers] == [None, None], 'they wait for more'
        tasks.put(None)
        tasks.put(None)
        tasks.join()
        assert [worker.wait(60) for worker in workers] == [0, 0]
        wrong = subprocess.run(command + ['unix:' + address, 'wrong'], stderr=subprocess.PIPE)
        assert wrong.returncode == 1 and b'digest sent was rejected' in wrong.stderr, wrong


def consumer(address, seen):
    Manager.register('get_queue')
    manager = Manager(address=address, authkey=b'secret')
    manager.connect()
    source = manager.get_queue()
    while True:
        thing = source.get()
        if thing is None:
            break
        seen.put(thing)
        source.task_done()
    source.task_done()


def consume(address):
    seen = Queue()
    consumers = [Process(target=consumer, args=(addresses.parse(address), seen)) for _ in range(2)]
    for process in consumers:
        process.start()
    found = sorted(seen.get(timeout=60) for _ in range(200))
    for process in consumers:
        process.join()
    assert found == [(n, n * n) for n in range(200)], found
    assert [process.exitcode for process in consumers] == [0, 0]


if __name__ == '__main__':
    feed(sys.argv[2:]) if sys.argv[1] == 'feed' else consume(sys.argv[2])
