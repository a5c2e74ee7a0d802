# SPDX-License-Identifier: MIT
"""Writes what each CPython says of values that it cannot pickle: ref/test/vectors/refused.txt.

    python3 oracle/vectors_refused.py PYTHON... > ref/test/vectors/refused.txt

A line is NAME V-V MODULE.CLASS TEXT | NOTE | NOTE …; addresses are 0x….  A test builds the value of that name from a lock.
"""

import collections
import json
import re
import subprocess
import sys
import threading


class Outer:
    @staticmethod
    def local():
        return lambda: 1


def lock_inside():
    lock = threading.Lock()
    yield 'lock', lock
    yield 'generator', (n for n in [])
    yield 'list', [1, lock]
    yield 'list-one', [lock]
    yield 'list-1500', [0] * 1500 + [lock]
    yield 'tuple', (1, lock)
    yield 'tuple-long', (1, 2, 3, lock)
    yield 'dict', {'k': lock}
    yield 'dict-int', {1: 1, 2: lock}
    yield 'set', {lock}
    yield 'frozenset', frozenset([lock])
    yield 'nested', [[1, (2, {'k': lock})]]
    yield 'exception', ValueError('x', lock)
    error = ValueError('a')
    error.x = lock
    yield 'exception-state', error
    yield 'slice', slice(lock, 1, 2)
    yield 'iterator', iter([lock])
    yield 'ordered', collections.OrderedDict(a=lock)
    yield 'deque', collections.deque([1, lock])
    yield 'counter', collections.Counter({'a': lock})
    yield 'reply', ('#RETURN', [1, lock])
    yield 'local', Outer.local()
    yield 'deep', deep(3000)


def deep(n):
    value = []
    for _ in range(n):
        value = [value]
    return value


def emit():
    import multiprocessing.managers
    from multiprocessing.reduction import ForkingPickler
    out = []
    for name, value in lock_inside():
        try:
            ForkingPickler.dumps(value)
        except Exception as e:
            text = '%s.%s %s' % (type(e).__module__, type(e).__qualname__, ' | '.join([str(e)] + getattr(e, '__notes__', [])[:8]))
            out.append([name, re.sub('0x[0-9a-f]+', '0x…', text)])
    json.dump(out, sys.stdout)


def main(pythons):
    found = {}
    names = []
    for python in pythons:
        version = int(subprocess.check_output([python, '-c', 'import sys; print(sys.version_info[0] * 100 + sys.version_info[1])']))
        for name, text in json.loads(subprocess.check_output([python, __file__, '--emit'])):
            found.setdefault(name, {})[version] = text
            names += [name] if name not in names else []
    for name in names:
        spans = []
        for version, text in sorted(found[name].items()):
            if spans and spans[-1][2] == text and spans[-1][1] == version - 1:
                spans[-1][1] = version
            else:
                spans.append([version, version, text])
        for first, last, text in spans:
            print('%s %d-%d %s' % (name, first, last, text))


if __name__ == '__main__':
    if sys.argv[1:] == ['--emit']:
        emit()
    else:
        main(sys.argv[1:] or [sys.executable])
