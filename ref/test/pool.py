# SPDX-License-Identifier: MIT
"""Python's part in the tests of pools: pool.py functions | unknown | leave KEY ADDRESS

functions: a C server's pool calls what it registered; unknown: it says which functions it does not know; leave: workers of a pool wait, for an
event and for a queue, when this client goes away.
"""
import os
import sys
import types
from multiprocessing import TimeoutError, current_process
from multiprocessing.managers import SyncManager

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'oracle'))

import addresses

measures = types.ModuleType('measures')
exec('def area(width, height=1): raise AssertionError("called here")\ndef nosuch(): pass', measures.__dict__)
sys.modules['measures'] = measures
what, key, address = sys.argv[1:]
current_process().authkey = key.encode()
manager = SyncManager(address=addresses.parse(address), authkey=key.encode())
manager.connect()
pool = manager.Pool(2)


def message(function, *args, **kwds):
    try:
        function(*args, **kwds)
    except Exception as error:
        return type(error).__name__, str(error)


if what == 'functions':
    assert pool.starmap(measures.area, [(2, 3), (4, 5)]) == [6, 20]
    assert pool.map(measures.area, range(100), 7) == list(range(100))
    assert pool.apply(measures.area, (), {'height': 2, 'width': 3}) == 6
    assert list(pool.imap(measures.area, [1, 2])) == [1, 2]
    assert message(pool.apply, measures.area, (-1,)) == ('ValueError', '-1 by 1 is no area')
    assert message(pool.apply, measures.area) == ('TypeError', "area() missing 1 required positional argument: 'width'")
    assert message(pool.map, measures.area, [1, 'x']) == ('TypeError', 'width and height are ints')
    shared = manager.list([3, -1, 2])
    shared.sort(key=abs)
    assert shared[:] == [-1, 2, 3]
elif what == 'unknown':
    assert message(pool.apply, measures.nosuch) == ('TypeError', "the function 'measures.nosuch' cannot be called here")
    assert message(pool.map, os.getpid, [1])[0] == 'TypeError'
    assert pool.apply(measures.area, (7,)) == 7
else:
    event, line = manager.Event(), manager.list()
    waiting = [pool.apply_async(event.wait), pool.apply_async(event.wait, (600,)), pool.apply_async(line.append, (1,))]
    assert message(waiting[0].get, 0.1)[0] == 'TimeoutError'
    assert not waiting[2].ready() and not line[:]
    os._exit(0)
