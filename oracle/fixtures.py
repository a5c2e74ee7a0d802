# SPDX-License-Identifier: MIT
"""The fixture types of SPEC.md, version 1, in Python.

register(manager_class) adds them to a manager class of multiprocessing or of a package that descends from it.  Both
the server and its clients import this module under the name "fixtures", since exceptions are pickled by that name.
"""

import builtins
import operator
import queue
import sys
import threading

VERSION = 1


class Custom(ValueError):
    """An exception that only this module knows."""


class Picky(Exception):
    """An exception that cannot be rebuilt from its args."""

    def __init__(self, first, second):
        super().__init__('picky')


class Plain:
    """A class of the user's own: instances are what their attributes are, and equal only to themselves."""


class Echo:
    def __init__(self):
        self._held = None

    def echo(self, /, *args, **kwds):
        return args, kwds

    def identity(self, x):
        return x

    def default(self, a, b=2, *, c=3):
        return a, b, c

    def nothing(self):
        return None

    def keep(self, x):
        self._held = x

    def kept(self):
        return self._held

    def grow(self, x):
        self._held.append(x)

    def typename(self, x):
        return type(x).__name__

    def same(self, a, b):
        return a is b

    def equal(self, a, b):
        return a == b

    def first(self, x):
        return x[0]

    def join(self, *args):
        return len(args)


class Constructed:
    def __init__(self, /, *args, **kwds):
        self._given = args, kwds

    def arguments(self):
        return self._given


def refusing(*args):
    raise ValueError('refused', *args)


class Raiser:
    def throw(self, name, *args):
        raise getattr(builtins, name)(*args)

    def throw_value(self, exception):
        raise exception

    def throw_with(self, name, args, attributes, notes):
        exception = getattr(builtins, name)(*args)
        for attribute, value in attributes.items():
            setattr(exception, attribute, value)
        if notes is not None:
            exception.__notes__ = notes
        raise exception

    def throw_chained(self, name, *args):
        raise getattr(builtins, name)(*args) from ValueError('the cause')

    def throw_unpicklable(self):
        raise ValueError(threading.Lock())

    def throw_custom(self, *args):
        raise Custom(*args)

    def throw_picky(self):
        raise Picky(1, 2)

    def throw_queue(self, name):
        raise {'Empty': queue.Empty, 'Full': queue.Full}[name]()

    def leave(self, name):
        raise {'SystemExit': SystemExit, 'KeyboardInterrupt': KeyboardInterrupt, 'GeneratorExit': GeneratorExit}[name]()

    def give(self, name, *args):
        return getattr(builtins, name)(*args)


class Unpicklable:
    def lock(self):
        return threading.Lock()

    def generator(self):
        return (item for item in ())

    def function(self):
        return lambda: None

    def nested(self):
        return [1, threading.Lock()]

    def fine(self):
        return 1


class Maker:
    def __init__(self):
        self.items = []

    def make_list(self, *items):
        return list(items)

    def make_dict(self, **kwds):
        return kwds

    def make_echo(self):
        return Echo()

    def share(self):
        return self.items

    def items_copy(self):
        return self.items

    def wrap(self, x):
        return x

    def numbers(self, n):
        for number in range(n):
            sent = yield number
            while sent is not None:
                sent = yield sent

    def unregistered(self):
        return 1

    def refused(self):
        return 1

    def fails(self):
        raise KeyError('fails')


MAKER_TYPEIDS = {
    'make_list': 'list', 'make_dict': 'dict', 'make_echo': 'Echo2', 'share': 'Shared', 'wrap': 'Wrapper', 'numbers': 'Iterator',
    'unregistered': 'nosuch', 'refused': 'Refusing', 'fails': 'list', 'ghost': 'list',
}


class Wrapper:
    def __init__(self, x):
        self._wrapped = x

    def get(self):
        return self._wrapped


class Hidden:
    def visible(self):
        return 'seen'

    def hidden(self):
        return 'unseen'

    def _under(self):
        return 'under'

    def __len__(self):
        return 3


class Parent:
    def inherited(self):
        return 'parent'

    def overridden(self):
        return 'parent'


class Child(Parent):
    def overridden(self):
        return 'child'

    def own(self):
        return 'own'


class Counter:
    def __init__(self, start=0):
        self._number = start

    def hit(self, n=1):
        self._number += n
        return self._number

    def count(self):
        return self._number


class Printable:
    def __repr__(self):
        return '<printable>'

    def __str__(self):
        return 'printable'

    def touch(self):
        return None


class Unprintable:
    def __repr__(self):
        raise ValueError('no repr')

    def __str__(self):
        raise ValueError('no repr')

    def touch(self):
        return None


the_single = []


def single():
    return the_single


# ---- what Python's documentation of managers shows

class MathsClass:
    def add(self, x, y):
        return x + y

    def mul(self, x, y):
        return x * y


class Foo:
    def f(self):
        print('you called Foo.f()', flush=True)

    def g(self):
        print('you called Foo.g()', flush=True)

    def _h(self):
        print('you called Foo._h()', flush=True)


def baz():
    for i in range(10):
        yield i * i


def get_operator_module():
    return operator


def generator_proxy(managers):
    """The class GeneratorProxy for a package: pickles name it as one of this module."""
    class GeneratorProxy(managers.BaseProxy):
        _exposed_ = ('__next__',)

        def __iter__(self):
            return self

        def __next__(self):
            return self._callmethod('__next__')

    GeneratorProxy.__qualname__ = 'GeneratorProxy'
    return globals().setdefault('GeneratorProxy', GeneratorProxy)


def register(manager_class):
    """Adds the fixture types to manager_class, a subclass of the SyncManager of any package."""
    managers = next(sys.modules[base.__module__] for base in manager_class.__mro__ if base.__module__.endswith('.managers'))
    add = manager_class.register
    add('Echo', Echo)
    add('Constructed', Constructed)
    add('Refusing', refusing)
    add('Raiser', Raiser)
    add('Unpicklable', Unpicklable)
    add('Maker', Maker, method_to_typeid=MAKER_TYPEIDS)
    add('Echo2', create_method=False)
    add('Shared', proxytype=managers.ListProxy, create_method=False)
    add('Wrapper', Wrapper)
    add('Hidden', Hidden, exposed=('visible', 'ghost', '_under'))
    add('Child', Child)
    add('Counter', Counter)
    add('Printable', Printable)
    add('Unprintable', Unprintable)
    add('Singleton', single, managers.ListProxy)
    add('Narrow', single, exposed=('__len__',))
    add('Maths', MathsClass)
    add('Foo1', Foo)
    add('Foo2', Foo, exposed=('g', '_h'))
    add('baz', baz, generator_proxy(managers))
    add('operator', get_operator_module)
