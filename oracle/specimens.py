# SPDX-License-Identifier: MIT
"""Classes whose instances show every way in which an object can be pickled; for vectors_pickle.py."""

import collections
import enum


class Plain:
    def __init__(self, **attributes):
        self.__dict__.update(attributes)


class Slots:
    __slots__ = ('first', 'second')

    def __init__(self, first, second):
        self.first, self.second = first, second


class SlotsAndDict(Slots):
    def __init__(self, first, second, third):
        super().__init__(first, second)
        self.third = third


class WithArgs:
    def __new__(cls, *args):
        self = super().__new__(cls)
        self.args = args
        return self

    def __getnewargs__(self):
        return self.args


class WithKeywords:
    def __new__(cls, *args, **kwds):
        self = super().__new__(cls)
        self.args, self.kwds = args, kwds
        return self

    def __getnewargs_ex__(self):
        return self.args, self.kwds

    def __getstate__(self):
        return None


class WithState:
    def __init__(self, state):
        self.state = state

    def __getstate__(self):
        return self.state

    def __setstate__(self, state):
        self.state = state


class Everything:
    """Reduces with state, list items and dict items."""

    def __init__(self, *args):
        self.args, self.items, self.pairs, self.state = args, [], [], None

    def append(self, item):
        self.items.append(item)

    def extend(self, items):
        self.items.extend(items)

    def __setitem__(self, key, value):
        self.pairs.append((key, value))

    def __setstate__(self, state):
        self.state = state

    def __reduce__(self):
        return Everything, self.args, self.state, iter(self.items), iter(self.pairs)


def set_up(self, state):
    self.state = state


class WithSetter:
    """Its state is set by a function of the reduction."""

    def __init__(self, state=None):
        self.state = state

    def __reduce__(self):
        return WithSetter, (), self.state, None, None, set_up


class Outer:
    class Inner:
        class Innermost:
            pass

    @staticmethod
    def static():
        return 1


class Tuple(tuple):
    pass


class List(list):
    pass


class Dict(dict):
    pass


class Set(set):
    pass


class Int(int):
    pass


class Str(str):
    pass


class Bytes(bytes):
    pass


class Color(enum.Enum):
    RED = 1
    GREEN = 'green'


class Number(enum.IntEnum):
    ONE = 1


Point = collections.namedtuple('Point', 'x y')


class Custom(ValueError):
    pass


class Picky(Exception):
    def __init__(self, a, b):
        super().__init__('picky')
        self.a, self.b = a, b

    def __reduce__(self):
        return Picky, (self.a, self.b)


def function():
    return 1
