# SPDX-License-Identifier: MIT
"""Random values, written as the case format writes them.

Everything is drawn from one random.Random, and no set is iterated, so that a seed says it all.  What the format of the recordings cannot show alike in two
runs is not made: a set has at most one str, and no nan beside others, since their order is another in each process.
"""

INTEGERS = ['0', '1', '-1', '2', '3', '5', '-2', '-7', '10', '100', '255', '256', '-128', '32767', '65536', '2147483647', '-2147483648', '2147483648', '4294967296',
            '9007199254740993', '9223372036854775807', '-9223372036854775808', '9223372036854775808', '-9223372036854775809', '18446744073709551616',
            '100000000000000000000', '-100000000000000000000', '2 ** 100', '10 ** 30']
FLOATS = ['0.0', '-0.0', '1.0', '-1.0', '0.5', '-2.5', '1.5', '0.1', '2.0', '100.0', '1e16', '1e22', '1e100', '1.7976931348623157e308', '5e-324', '1e-5', '123456.789',
          '9007199254740992.0', '9223372036854775808.0', "float('nan')", "float('inf')", "float('-inf')"]
COMPLEX = ['1j', '0j', 'complex(1, 0)', 'complex(0.0, -0.0)', 'complex(-0.0, 2.5)', "complex(1.5, float('nan'))", "complex(float('inf'), -1)", 'complex(-1, -1)']
STRINGS = ["''", "'a'", "'b'", "'ab'", "'abc'", "'B'", "'0'", "'12'", "'\\xe9'", "'\\xdf'", "'\\u20ac'", "'\\ud800'", "'\\U0001f600'", "'\\x00'", "'\\n'", "' x '", '"it\'s"', "'\"'",
           "'\\'\"'", "'\\\\'", "'%s'", "'{}'", "'a b'", "'\\x7f'", "'\\x85'", "'\\u2028'"]
BYTES = ["b''", "b'a'", "b'ab'", "b'\\x00\\xff'", "b'12'", "b'\\''", "bytearray(b'')", "bytearray(b'ab')", "bytearray(b'\\x80')"]
NAMES = ["'a'", "'b'", "'c'", "'key'"]
CLASSES = ['int', 'str', 'list', 'ValueError', 'builtins.len', '_operator.add', 'bool', 'dict']
SINGLE = ['None', '...', 'NotImplemented']
KNOWN = ["decimal.Decimal('1.5')", "decimal.Decimal('-0')", "datetime.date(b'\\x07\\xe8\\x02\\x1d')", 'datetime.timedelta(1, 2, 3)']
OPAQUE = ["instance(fixtures.Plain, state={'a': 1})", "instance(fixtures.Plain)", "instance(fixtures.Plain, state={'b': [1, None]})"]
EXCEPTIONS = ["ValueError('bad', 3)", 'KeyError()', "OSError(2, 'gone')", "StopIteration(5)", "ValueError('x', state={'code': 7})", "IndexError('a')", "Exception([1], {})", "KeyError(('a', 1))",
              "UnicodeDecodeError('utf-8', b'\\xff', 0, 1, 'why')", "RuntimeError('multi\\nline')"]
ARRAYS = ["array.array('i', [1, -2])", "array.array('d', [0.5])", "array.array('b', [])", "array.array('B', [255])"]


class Values:
    """A grammar of values over one random source; `shared` are names of local variables that values may contain."""

    def __init__(self, random):
        self.random = random
        self.shared = []
        self.proxies = []

    def one(self, items):
        return items[self.random.randrange(len(items))]

    def chance(self, percent):
        return self.random.randrange(100) < percent

    def integer(self):
        return self.one(INTEGERS[:12]) if self.chance(70) else self.one(INTEGERS)

    def index(self):
        return self.one(['0', '1', '2', '-1', '-2', '3', '-4', '5', 'True']) if self.chance(75) else self.value(0) if self.chance(30) else self.integer()

    def number(self):
        return self.one([self.integer(), self.one(FLOATS), self.one(['True', 'False'])])

    def text(self):
        return self.one(STRINGS)

    def scalar(self, bytes_like=BYTES):
        kind = self.random.randrange(20)
        if kind < 6:
            return self.integer()
        if kind < 9:
            return self.one(FLOATS)
        if kind < 10:
            return self.one(COMPLEX)
        if kind < 14:
            return self.text()
        if kind < 16:
            return self.one(bytes_like)
        return self.one(['True', 'False']) if kind < 18 else self.one(SINGLE)

    def hashable(self, depth=1):
        kind = self.random.randrange(12)
        if kind < 8 or depth <= 0:
            return self.scalar(BYTES[:6])
        if kind < 10:
            return self.tuple(self.hashable, depth)
        return self.one([self.range(), self.one(CLASSES), self.one(KNOWN), self.frozenset()])

    def range(self):
        if self.chance(70):
            return 'range(%s)' % ', '.join(self.one(['0', '1', '3', '5', '-1', '10', '-3']) for _ in range(self.random.randrange(1, 3)))
        begin = self.integer()
        return 'range(%s, %s, %s)' % self.one([(begin, begin, '1'), ('0', '10', '3'), ('7', '-2', '-2'), ('-9223372036854775808', '9223372036854775808', '4611686018427387904'),
                                               ('0', begin, '9223372036854775807'), (begin, '0', '-9223372036854775808')])

    def times(self):
        """A number of repetitions: one that is large is so large that nobody begins."""
        return self.one(['0', '1', '2', '3', '-1', 'True']) if self.chance(80) else self.one(
            ['9223372036854775807', '9223372036854775808', '-9223372036854775809', '1.5', "'a'", 'None', '[1]', 'False', '1j', '()', "float('nan')"])

    def slice(self):
        part = lambda: 'None' if self.chance(25) else self.one(['0', '1', '2', '-1', '-2', '5', '-5', '100', '-100']) if self.chance(80) else self.index()
        step = self.one(['None', '1', '-1', '2', '-2', '3']) if self.chance(90) else self.index()
        return 'slice(%s, %s%s)' % (part(), part(), '' if self.chance(50) else ', ' + step)

    def elements(self, make, depth, most=4):
        return [make(depth - 1) for _ in range(self.random.randrange(most + 1))]

    def tuple(self, make, depth):
        items = self.elements(make, depth, 3)
        return '(%s)' % (', '.join(items) + (',' if len(items) == 1 else ''))

    def numbers(self, most=6):
        return '[%s]' % ', '.join(self.number() for _ in range(self.random.randrange(most + 1)))

    def set_items(self):
        if self.chance(40):
            return [self.hashable(0)]
        return [item for item in (self.number() for _ in range(self.random.randrange(1, 5))) if 'nan' not in item] or ['7']

    def set(self):
        return 'set()' if self.chance(10) else '{%s}' % ', '.join(self.set_items())

    def frozenset(self):
        return 'frozenset({%s})' % ', '.join(self.set_items())

    def dict(self, depth, make=None):
        make = make or self.value
        return '{%s}' % ', '.join('%s: %s' % (self.hashable(0), make(depth - 1)) for _ in range(self.random.randrange(4)))

    def iterable(self, depth=1):
        kind = self.random.randrange(12)
        if kind < 5:
            return '[%s]' % ', '.join(self.elements(self.value, depth))
        if kind < 7:
            return self.tuple(self.value, depth)
        return self.one([self.text, self.range, self.set, lambda: self.dict(depth), self.numbers, lambda: self.one(BYTES), lambda: self.value(depth)])()

    def pairs(self):
        return '[%s]' % ', '.join('(%s, %s)' % (self.hashable(0), self.value(0)) for _ in range(self.random.randrange(4)))

    def plain(self):
        """A value of which the reference knows all that operators do: no date, no Decimal, no object of a class of Python's own."""
        return self.one([self.scalar, self.scalar, self.numbers, self.set, self.frozenset, self.range, lambda: self.tuple(lambda _: self.number(), 1), lambda: self.one(ARRAYS),
                         lambda: '{%s: %s}' % (self.hashable(0), self.scalar())])()

    def value(self, depth=2):
        kind = self.random.randrange(40)
        if kind < 3 and self.shared:
            return self.one(self.shared)
        if kind < 5 and self.proxies:
            return self.one(self.proxies)
        if kind < 20 or depth <= 0:
            return self.scalar()
        if kind < 25:
            return '[%s]' % ', '.join(self.elements(self.value, depth))
        if kind < 28:
            return self.tuple(self.value, depth)
        if kind < 31:
            return self.dict(depth)
        return self.one([self.set, self.frozenset, self.range, self.slice, self.numbers, lambda: self.one(CLASSES), lambda: self.one(KNOWN), lambda: self.one(OPAQUE),
                         lambda: self.one(EXCEPTIONS), lambda: self.one(ARRAYS)])()
