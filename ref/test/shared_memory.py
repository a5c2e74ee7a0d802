# SPDX-License-Identifier: MIT
"""A stock program that uses a SharedMemoryManager's server: segments are tracked, released, and unlinked in the end.  It prints what it sees.

    shared_memory.py ADDRESS KEY-IN-HEXADECIMAL
"""
import os
import re
import sys
from multiprocessing import managers, resource_tracker, shared_memory
from multiprocessing.connection import Client

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'oracle'))

import addresses

address, key = addresses.parse(sys.argv[1]), bytes.fromhex(sys.argv[2])
manager = managers.SharedMemoryManager(address=address, authkey=key)
manager.connect()
# Segments that the server unlinks are nothing that this process's tracker should look for.
resource_tracker.register = resource_tracker.unregister = lambda name, rtype: None
manager._state.value = managers.State.STARTED       # SharedMemory() of a client that only connected, which is what it is for here
names = {}


def known(text):
    """The text with the names of segments, which are random, replaced."""
    for name, word in names.items():
        text = text.replace(name, word)
    return re.sub('0x[0-9a-f]+', '0x', text)


def ask(function, *args, **kwds):
    connection = Client(address, authkey=key)
    try:
        return managers.dispatch(connection, None, function, args, kwds)
    finally:
        connection.close()


def say(what, function, *args, **kwds):
    try:
        text = '%s' % (function(*args, **kwds),)
    except Exception as error:
        text = '%s: %s' % (type(error).__name__, str(error).strip('-\n').rpartition('\n')[2] or error.args)
    print(what, '->', known(text), flush=True)


def exists(name):
    return os.path.exists('/dev/shm/' + name)


def segment(word, size=16):
    made = manager.SharedMemory(size)
    names[made.name] = word
    return made


say('none at first', ask, 'list_segments')
first, second = segment('FIRST'), segment('SECOND', 5000)
first.buf[0] = 7
say('tracked', ask, 'list_segments')
numbers = manager.ShareableList([1, 'two', 3.0])
names[numbers.shm.name] = 'NUMBERS'
say('a list', lambda: list(numbers))
say('tracked', ask, 'list_segments')
again = shared_memory.SharedMemory(first.name)
say('seen by its name', lambda: again.buf[0])
again.close()
say('release', ask, 'release_segment', second.name)
say('is gone', exists, second.name)
say('the other is there', exists, first.name)
say('release again', ask, 'release_segment', second.name)
say('tracked', ask, 'list_segments')
for what in ('nosuch', 'a/b', 5, None, b'x', [1], '', 'nul\0nul'):
    say('track %.10r' % (what,), ask, 'track_segment', what)
    say('release %.10r' % (what,), ask, 'release_segment', what)
    say('tracked', ask, 'list_segments')
for call in (('track_segment',), ('track_segment', 'a', 'b'), ('release_segment',), ('list_segments', 1), ('nosuch',), ('create', 'list'), ('create',)):
    if call == ('create', 'list') and sys.version_info < (3, 9):
        continue            # NameError: it creates nothing at all, by mistake
    say('wrong %s' % (call,), ask, *call)
say('by keyword', ask, 'track_segment', segment_name='twice')
say('twice', ask, 'track_segment', 'twice')
say('tracked', ask, 'list_segments')
say('release one', ask, 'release_segment', 'twice')
say('release two', ask, 'release_segment', segment_name='twice')
empty = os.open('/dev/shm/mpconform-empty-%d' % os.getpid(), os.O_CREAT | os.O_RDWR, 0o600)
os.close(empty)
names['mpconform-empty-%d' % os.getpid()] = 'EMPTY'
say('track', ask, 'track_segment', 'mpconform-empty-%d' % os.getpid())
say('an empty one', ask, 'release_segment', 'mpconform-empty-%d' % os.getpid())
os.unlink('/dev/shm/mpconform-empty-%d' % os.getpid())
say('objects', ask, 'number_of_objects')
say('track what does not exist', ask, 'track_segment', 'nosuch')
say('shutdown', ask, 'shutdown')
say('it serves on', ask, 'list_segments')
say('what came before was unlinked', lambda: [exists(name) for name in names])
third = segment('THIRD')
say('shutdown', ask, 'shutdown')
say('unlinked', exists, third.name)
for made in (first, second, third, numbers.shm):
    made.close()
