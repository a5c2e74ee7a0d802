# SPDX-License-Identifier: MIT
"""What client.c measures, with a stock Python: client.py ADDRESS KEY SECONDS.  Prints a name and how often a second, one measure a line."""
import sys
import time
from multiprocessing.managers import SyncManager

INTS, BYTES = 10000, 1 << 20


def main(address, key, seconds):
    manager = SyncManager(address.partition(':')[2], key.encode())
    manager.connect()
    small = manager.list([7])
    ints = manager.list([small._callmethod('__mul__', (INTS,))])
    block = manager.list([bytes(BYTES)])
    measures = (('create', lambda: manager.list(())), ('call', lambda: small._callmethod('__len__')),
                ('ints', lambda: ints._callmethod('__getitem__', (0,))), ('bytes', lambda: block._callmethod('__getitem__', (0,))))
    for name, once in measures:
        start, times, passed = time.monotonic(), 0, 0
        while passed < seconds:
            once()
            times += 1
            passed = time.monotonic() - start
        print('%s %.3f' % (name, times / passed))


if __name__ == '__main__':
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]))
