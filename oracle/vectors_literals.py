# SPDX-License-Identifier: MIT
"""Writes vectors for the values of the case language: SOURCE, a tab, and the canonical text of its value, or `error`.

Usage: vectors_literals.py > harness/test/vectors/literals.txt.  Python itself reads the sources, so the harness's own reading of
literals, and its own writing of numbers and strings, are compared with Python's.  The choice is random but always the same.
"""

import array
import ast
import random
import re
import sys
import warnings

FIXED = '''
None True False ... Ellipsis NotImplemented 0 00 0_0 1 -1 +1 -0 127 128 9007199254740991 9007199254740992 9007199254740993 -9007199254740991 -9007199254740992
2**31 2**53 2**63 -2**63 2**64 10**400 -10**400 2**1000 0**0 0**5 1**1000000 3**0 7**77 0x10**2 2**0x10
0xff 0XFF 0x_ff 0b101 0B1 0o17 0O7 0xdeadbeefdeadbeefdeadbeef 1_000_000 123456789012345678901234567890
1.0 -1.0 -0.0 0.0 .5 5. 1e5 1E5 1e-5 1e+5 1e16 1e15 9999999999999998.0 1e22 1e23 123456789.123456789 0.1 0.0001 0.00001 1e400 -1e400 5e-324 2.2250738585072014e-308
1.7976931348623157e308 5.641232424577593e-278 1_0.0_1 1e1_0 4.35 0.3 2.675 100.0 1234567.0
1j -1j 0j -0j 1.5j 1e100j 5J 0777j 1_0j
() (1,) (1,2) (1,2,) [] [1] [1,] {} {1:2} {1:2,} {1} {1,2,3} {'b','a'} ((1)) ((1,),) [[],[[]]] {'a':[1,{'b':()}]} {1.5,2.5} {(1,2),(1,)}
'' "" 'a' "a" 'it\\'s' "it's" 'say"x"' "both'\\"" '\\x00' '\\x7f' '\\xa0' '\\xff' '\\u20ac' '\\ud800' '\\udfff' '\\ud83d\\ude00' '\\U0001f600' '\\U0010ffff' '\\0' '\\07' '\\101' '\\n\\r\\t\\a\\b\\f\\v'
b'' b'a' b"it's" b'\\x00\\xff' b'\\377' B'x' rb'\\x' Rb'\\\\' bR'a' r'\\n' R'\\d' u'x' U'x' 'a''b' 'a'"b"'c' b'a'b'b' \'\'\'x\'\'\' """y"""
range(3) range(1,5) range(1,10,3) range(0) range(10,0,-1) range(2**64) range(0,2**70,2**66)
slice(1) slice(1,2) slice(1,2,3) slice(None,None,2) slice('a')
set() set([]) set([1]) frozenset() frozenset([1,2]) frozenset({1}) set((2,1)) set(frozenset([5]))
bytes() bytes(3) bytes(b'x') bytes([1,255]) bytes((0,)) bytearray() bytearray(b'ab') bytearray(2) bytearray([65])
float() float(1) float(2**64) float('nan') float('inf') float('-inf') float('Infinity') float('NaN') float('-nan') float('1.5') float('-1e5') float('+2') float(1.25)
complex() complex(1) complex(1,2) complex(-0.0,2.5) complex(0.0,-0.0) complex(float('nan'),float('inf')) complex(1e300,-1e-300) complex(-0.0,-0.0) complex(0,5)
array.array('i') array.array('i',[1,-2]) array.array('d',[0.1]) array.array('u','ab') array.array('b',(1,))
ValueError() ValueError('bad',3) KeyError('k') StopIteration() TypeError(None) ExceptionGroup
int str.upper builtins.len ValueError object
'''.split()

NAMES = {'array': array, 'ExceptionGroup': type('ExceptionGroup', (Exception,), {'__module__': 'builtins'}),
         'builtins': __import__('builtins')}
UNEVEN = re.compile(r'\\([4-7][0-7][0-7]|[^\x00-\x7f])')     # escapes that not all versions warn of


def text(value):
    """The canonical text of a value."""
    kind = type(value)
    if kind in (set, frozenset):
        inner = ', '.join(sorted(map(text, value)))
        return '%s(%s)' % (kind.__name__, '{%s}' % inner if inner and kind is frozenset else inner) if not inner or kind is frozenset else '{%s}' % inner
    if kind is list:
        return '[%s]' % ', '.join(map(text, value))
    if kind is tuple:
        return '(%s%s)' % (', '.join(map(text, value)), ',' if len(value) == 1 else '')
    if kind is dict:
        return '{%s}' % ', '.join('%s: %s' % (text(key), text(item)) for key, item in value.items())
    if kind is array.array:
        return "array.array('%s', %s)" % (value.typecode, text(list(value)))
    if isinstance(value, BaseException):
        return '%s(%s)' % (kind.__name__, ', '.join(map(text, value.args)))
    if kind is type or callable(value):
        return value.__qualname__
    return ascii(value)


def number():
    """Something like a number."""
    return random.choice('0123456789.') + ''.join(random.choice('0011223456789__..eExXoObBjJaf') for _ in range(random.randrange(7)))


def exponent():
    return '%s%s%s%s%d' % (random.randrange(1000), random.choice(['', '.', '.5', '.0_1']), random.choice('eE'), random.choice(['', '+', '-']), random.randrange(330))


def string():
    """Something like a string."""
    prefix = random.choice(['', '', '', 'b', 'r', 'u', 'rb', 'bR', 'x', 'ub'])
    quote = random.choice(['"', "'", "'''", '"""'])
    body = ''.join(random.choice(['\\x4', '\\xe9', '\\n', '\\\\', "\\'", '\\"', 'a', '0', '7', ' ', "'", '"', '\\u20', '\\u20ac', '\\U0001f60', '\\ud800',
                                  '\\', '\\7', '\\12', '\\q', '\u00e9', '\U0001f600', '{}']) for _ in range(random.randrange(6)))
    return prefix + quote + body + quote


def value_of(source):
    """What Python makes of a literal; an exception if it is none, or one that Python warns of."""
    with warnings.catch_warnings():
        warnings.simplefilter('error')
        tree = ast.parse(source, mode='eval').body
        if not isinstance(tree, ast.Constant):
            raise SyntaxError
        return tree.value


def main():
    random.seed(20)
    sys.stdout.reconfigure(encoding='utf-8')
    print('# made by oracle/vectors_literals.py')
    for source in FIXED:
        value = NAMES.get(source) or eval(source, dict(NAMES))
        print('%s\t%s' % (source, text(value)))
    made = {source() for source in [number] * 1500 + [exponent] * 500 + [string] * 1500}
    for source in sorted(made):
        if UNEVEN.search(source) and 'r' not in source[:2].lower():
            continue
        try:
            shown = text(value_of(source))
        except (SyntaxError, ValueError, OverflowError):
            shown = 'error'
        print('%s\t%s' % (source, shown))


if __name__ == '__main__':
    main()
