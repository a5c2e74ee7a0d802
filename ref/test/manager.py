# SPDX-License-Identifier: MIT
"""A stock manager for the tests of the client library.  Usage: manager.py ADDRESS KEY

ADDRESS is a path, or HOST:PORT.  It prints "ready VERSION ADDRESS", with its version as 311, and stops when its standard input ends, so that it
never outlives the test.
"""
import os
import sys
import threading
from multiprocessing import current_process
from multiprocessing.managers import SyncManager


class Odd:
    """Does what no ordinary type does."""

    def raise_it(self, error):
        raise error

    def keyword(self, /, *args, **kwds):
        return args, kwds

    def lock(self):
        return threading.Lock()

    def numbers(self, n):
        yield from range(n)

    def inner(self):
        return [1]

    def leave(self):
        raise SystemExit

    def thread_name(self):
        return threading.current_thread().name


where, key = sys.argv[1:]
address = where if where.startswith('/') else (where.rpartition(':')[0], int(where.rpartition(':')[2]))
current_process().authkey = key.encode()
SyncManager.register('Odd', Odd, method_to_typeid={'numbers': 'Iterator', 'inner': 'Unknown'})
SyncManager.register('Unknown', create_method=False)
server = SyncManager(address=address, authkey=key.encode()).get_server()
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
print('ready', '%d%02d' % sys.version_info[:2], server.address if isinstance(server.address, str) else '%s:%d' % server.address, flush=True)
server.serve_forever()
