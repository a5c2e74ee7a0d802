#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes ref/test/vectors/{number,text,bytes,range,exception,call,dispatch,class,identity}.txt: what each CPython answers to operations on values.

    vectors.py OUTPUT_FOLDER PYTHON...

A case is an operation and its operands, which are Python expressions of a small grammar that ref/test/literal.h reads too.  Each interpreter
answers all of them (`--answer`); equal answers of neighbouring versions become one line with an interval:

    repr<TAB>1.5
    308-315<TAB>1.5

An answer is the repr of the result, or "! module.Class: text" of what was raised.  Backslash and line feed are written \\\\ and \\n.
"""
import builtins
import importlib
import json
import os
import random
import struct
import subprocess
import sys

from exception_names import CLASSES, MODULES
from intervals import intervals

# ---------------------------------------------------------------------------------------------------------------- the cases

INTS = ('0 1 -1 2 -2 3 7 -5 -6 127 128 -128 -129 255 256 257 -256 32767 32768 -32769 1024 1025 2**31-1 2**31 -2**31 -2**31-1 2**32 2**53-1 2**53 2**53+1'
        ' -2**53-1 2**60 2**61-2 2**61-1 2**61 -2**61+1 2**62 2**63-1 2**63 2**63+1 -2**63 -2**63-1 -2**63+1 2**64-1 2**64 2**64+1 -2**64 2**70 2**71-1'
        ' -2**71 2**100 2**100+1 -2**100-1 2**120 2**127 -2**127 2**128 2**1023 2**1024 2**1024-1 -2**1024 10**22 10**23 10**100 10**308 10**309 10**400'
        ' -10**400').split()
FLOATS = ('0.0 -0.0 1.0 -1.0 0.5 1.5 -2.5 0.1 1e16 1e15 123456789012345680.0 9007199254740992.0 9007199254740993.0 1e22 1e23 1e-4 1e-5 0.00012345 1e100 1e308'
          ' 1.7976931348623157e+308 5e-324 2.2250738585072014e-308 9.223372036854775807e18 9.223372036854774784e18 -9.223372036854775808e18'
          ' 18446744073709551616.0 2305843009213693951.0 inf -inf nan 3.141592653589793 1e17 123456.789 2.0').split()
COMPLEX = ['complex(0.0, 1.0)', 'complex(1.0, 2.0)', 'complex(-0.0, -0.0)', 'complex(2.0, 0.0)', 'complex(1.0, -0.0)', 'complex(1e16, 1e-07)',
           'complex(nan, inf)', 'complex(inf, -1.0)', 'complex(2.5, -inf)']
BOOLS = ['True', 'False']
OTHERS = ['None', "'a'", "b'a'", '[]', '()', '{}', 'Ellipsis', 'NotImplemented', 'slice(None, 1, None)', 'range(0, 3)', "bytearray(b'a')"]
BINARY = 'add sub mul and or xor iadd isub imul iand ior ixor'.split()


def rare(random_):
    return random_.choice([-1, 1]) * random_.getrandbits(random_.choice([3, 31, 62, 63, 64, 65, 120, 121, 180, 300]))


def random_float(random_):
    while True:
        x, = struct.unpack('<d', struct.pack('<Q', random_.getrandbits(64)))
        if x == x and abs(x) != float('inf'):
            return repr(x)


def number():
    random_ = random.Random(1)
    numbers = INTS + FLOATS + COMPLEX + BOOLS
    for n in numbers:
        for name in ('repr', 'bool'):
            yield name, n
        if n != 'nan' and 'nan' not in n:
            yield 'hash', n
    for n in INTS + [str(rare(random_)) for _ in range(200)]:
        yield 'bytes', n
        yield 'repr', n
        yield 'hash', n
    for n in ('10**4299', '-10**4299', '10**4300-1', '10**4300', '-10**4300', '10**4301', '2**14284', '2**14285', '2**100000'):
        yield 'repr', n
    for text in (' 12 ', '+7', '-007', '1_000', '1__0', '_1', '1_', '', ' ', '-', '+-1', '1 2', '0x1', '12a', '9' * 40, '1.0', '\\t5\\n', '1' * 4300, '1' * 4301,
                 '-' + '1' * 4300, '1_' * 3000 + '1', "it's", '1' * 300 + 'x'):
        yield 'int', "'%s'" % text if "'" not in text else '"%s"' % text
    for exponent in range(-1074, 1024):
        yield 'repr', repr(2.0 ** exponent)
    for _ in range(1500):
        yield 'repr', random_float(random_)
        yield 'repr', repr(random_.randrange(10 ** random_.randrange(1, 18)) / 10.0 ** random_.randrange(18))
    for _ in range(200):
        yield 'hash', random_float(random_)
    some = INTS[::3] + ['2**53+1', '2**63', '-2**63-1'] + FLOATS + COMPLEX[:4] + BOOLS
    for a in some:
        for b in some:
            yield 'compare', a, b
    for a in some[::2] + OTHERS:
        for b in some[::5] + OTHERS:
            yield random_.choice(['lt', 'le', 'eq', 'ne', 'gt', 'ge']), a, b
            yield random_.choice(BINARY), a, b
    for _ in range(400):
        a, b = str(rare(random_)), str(rare(random_))
        for name in BINARY[:6]:
            yield name, a, b
        yield 'compare', a, b
    for a in numbers[::4] + COMPLEX:
        for b in numbers[::6] + COMPLEX:
            yield random_.choice(BINARY[:3]), a, b
    for a in ('True', 'False', '1', '0'):
        for b in ('True', 'False', '3'):
            for name in BINARY:
                yield name, a, b


STRINGS = ["''", "'a'", "'abc'", '"it\'s"', "'say \"x\"'", "'both \\' and \"'", "'\\n\\t\\r\\\\'", "'\\x00\\x01\\x1f\\x7f'", "'\\x80\\xa0\\xad\\xe9\\xff'",
           "'\\u0378\\u20ac\\u2028\\ufeff'", "'\\ud800'", "'\\udc80x'", "'\\ud83d\\ude00'", "'\\U0001f600'", "'\\U0010ffff\\U000e0001'", "'a\\u20acb\\U0001f600c\\xe9'",
           "'\\uffff'", "'\\ue000'", "'z'", "'aa'", "'aab'"]


def borders():
    """Code points at the borders of what is printable in some version."""
    here = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'ref', 'value', 'unprintable.def')
    with open(here) as f:
        for part in f.read().split('R(')[2:]:
            first, last = part.split(',')[:2]
            for c in (int(first, 16) - 1, int(first, 16), int(last, 16), int(last, 16) + 1):
                if 0 < c < 0x110000:
                    yield c


def text():
    random_ = random.Random(2)
    for s in STRINGS:
        for name in ('repr', 'str', 'len', 'bool', 'list'):
            yield name, s
        for t in STRINGS:
            yield 'compare', s, t
            yield 'contains', s, t
        for t in STRINGS[::4] + OTHERS + ['3', '1.5', '-1', '0', 'True', '10**30', '2**62']:
            for name in ('add', 'mul', 'iadd', 'imul', 'contains', 'getitem'):
                if name in ('mul', 'imul') and t in ('10**30', '2**62') and s == "''":
                    continue
                yield name, s, t
            yield 'mul', t, s
        for _ in range(30):
            key = 'slice(%s, %s, %s)' % tuple(random_.choice(['None', '-9', '-2', '-1', '0', '1', '2', '3', '9', '2**70', '-2**70']) for _ in range(3))
            yield 'getitem', s, key
        for i in range(-4, 5):
            yield 'getitem', s, str(i)
        yield 'setitem', s, '0', "'x'"
        yield 'delitem', s, '0'
        yield 'call', s, 'nosuch', '()', '{}'
        yield 'getattr', s, 'foo'
        yield 'setattr', s, 'foo', '1'
    points = sorted(set(borders()))
    for i in range(0, len(points), 8):
        yield 'repr', "'" + ''.join('\\U%08x' % c for c in points[i:i + 8]) + "'"
    for data in (b'abc', b'', b'\xc3\xa9', b'\xe2\x82\xac', b'\xf0\x9f\x98\x80', b'\xed\xa0\x80', b'\xed\xb0\x80x', b'\xff', b'a\x80', b'\xc0\x80', b'\xc1\xbf', b'\xc3',
                 b'\xc3a', b'\xe2', b'\xe2\x82', b'\xe2a', b'\xe2\x82a', b'\xe0\x80\x80', b'\xe0\x9f\xbf', b'\xf0\x80\x80\x80', b'\xf0\x8f', b'\xf4\x90\x80\x80', b'\xf5',
                 b'\xf0\x9f', b'\xf0\x9f\x98', b'\xf0\x9f\x98a', b'\xf0a', b'\xed\xa0', b'\xed', b'\xed\xa0a', b'abc\xed\xbf', b'\xf4\x8f\xbf\xbf', b'ok\xfe', b'\x80\x80'):
        yield 'decode', repr(data)


BYTES = ["b''", "b'a'", "b'abc'", 'b"it\'s"', "b'\"'", "b'\\'\"'", "b'\\x00\\t\\n\\r\\\\\\x7f\\xff'", "b'abab'"]


def both_bytes():
    random_ = random.Random(3)
    arrays = ['bytearray(%s)' % b for b in BYTES]
    keys = ['0', '1', '-1', '9', '-9', 'True', '1.5', "'a'", 'None', '10**30', '97', '300', '-1', "b'b'", "b''", "bytearray(b'ab')", 'slice(None, None, None)',
            'slice(1, None, None)', 'slice(None, None, -1)', 'slice(None, None, 2)', 'slice(None, None, 0)', "slice('a', None, None)", 'slice(5, 1, None)']
    items = ['5', '255', '256', '-1', 'True', "'a'", '1.5', 'None', "b'xy'", 'bytearray()', '[1, 2]', '[300]', "['a']", '()', '{}', '10**30', '(1, 2)', "array('b', [1, 2])"]
    for b in BYTES + arrays:
        for name in ('repr', 'str', 'len', 'bool', 'list'):
            yield name, b
        for c in BYTES + arrays:
            yield 'compare', b, c
            yield 'add', b, c
            yield 'contains', b, c
        for k in keys:
            yield 'getitem', b, k
            yield 'contains', b, k
            yield 'delitem', b, k
            yield 'mul', b, k if k not in ('97', '300', '10**30') else '3'
        for i in items:
            yield 'setitem', b, random_.choice(keys), i
            yield 'setitem', b, 'slice(0, 1, None)', i
            yield 'add', b, i
            yield 'iadd', b, i
            yield 'eq', b, i
    yield 'hash', 'bytearray()'
    for _ in range(300):
        b = random_.choice(arrays)
        key = 'slice(%s, %s, %s)' % tuple(random_.choice(['None', '-9', '-2', '-1', '0', '1', '2', '3', '9']) for _ in range(3))
        yield 'getitem', b, key
        yield 'setitem', b, key, repr(bytes(random_.randrange(5)))
        yield 'delitem', b, key
        yield 'imul', b, str(random_.randrange(-1, 4))
    for b in arrays[:3]:
        for name in ('append', 'extend', 'insert', 'pop', 'remove', 'reverse', 'clear', 'copy', '__len__', '__setitem__'):
            for args in ['()', '(1, 2)', '(1, 2, 3)'] + ['(%s,)' % i for i in items] + ['(97,)', '(0, 5)', '(-1, 7)', "('a', 1)", '(9, 1)', '(-9, 1)']:
                yield 'call', b, name, args, '{}'
            yield 'call', b, name, '()', "{'x': 1}"


def ranges():
    random_ = random.Random(4)

    def bound():
        return random_.choice([random_.randrange(-12, 13), random_.randrange(-12, 13), 10 ** 30, -10 ** 30, 2 ** 63])

    some = ['range(0, 0)', 'range(0, 10)', 'range(0, 10, 3)', 'range(10, 0, -1)', 'range(10, 0, -3)', 'range(0, 10**30)', 'range(0, -10**30, -7)', 'range(5, 5, 2)',
            'range(1, 2)', 'range(0, True)', 'range(2**63-1, 2**63+5, 2)', 'range(-2**63, 2**63)', 'range(3, 4, 9)']
    for r in some:
        for name in ('repr', 'bool', 'len'):
            yield name, r
        for s in some:
            yield 'eq', r, s
            yield 'ne', r, s
            yield 'lt', r, s
        for k in ('0', '-1', '3', '99', '10**29', '-10**30', "'a'", '1.0', 'None', 'True', 'slice(None, None, 0)', "slice('a', None, None)", "slice(None, 'a', None)",
                  "slice(None, None, 'a')", 'slice(None, None, None)', 'slice(None, None, -1)'):
            yield 'getitem', r, k
        for i in ('0', '1', '3', '-7', '10**29', 'True', '10', '2**63'):
            yield 'contains', r, i
            yield 'call', r, 'index', '(%s,)' % i, '{}'
            yield 'call', r, 'count', '(%s,)' % i, '{}'
        for name in ('start', 'stop', 'step', 'foo'):
            yield 'getattr', r, name
        yield 'setitem', r, '0', '1'
        yield 'delitem', r, '0'
        yield 'mul', r, '2'
        yield 'add', r, 'range(0, 3)'
    for r in some[:5]:
        yield 'list', r
        for i in ("'a'", '1.0', '3.5', 'None', '3.0'):
            yield 'contains', r, i
            yield 'call', r, 'index', '(%s,)' % i, '{}'
            yield 'call', r, 'count', '(%s,)' % i, '{}'
    for args in ('1.0, 2', "0, 'a'", '0, 1, None', '1, 2, 0', 'True, False, True', '0, True'):
        yield 'repr', 'range(%s)' % args
    for _ in range(600):
        r = 'range(%d, %d, %d)' % (bound(), bound(), random_.choice([1, 2, 3, 7, -1, -2, -5, 10 ** 20]))
        key = 'slice(%s, %s, %s)' % tuple(random_.choice(['None', str(bound())]) for _ in range(2)) if False else \
            'slice(%s, %s, %s)' % (random_.choice(['None', bound()]), random_.choice(['None', bound()]), random_.choice(['None', 1, 2, -1, -3, 10 ** 25]))
        yield 'getitem', r, key
        yield 'getitem', r, str(random_.randrange(-9, 10))
        yield 'contains', r, str(bound())
    slices = ['slice(None, None, None)', 'slice(1, 2, 3)', 'slice(None, 2, None)', "slice('a', 1.5, [1])", 'slice(1, 2, 4)', 'slice(0, 9, 1)', 'slice(1, [], None)']
    for s in slices:
        yield 'repr', s
        yield 'bool', s
        yield 'len', s
        yield 'iter', s
        for name in ('start', 'stop', 'step', 'foo'):
            yield 'getattr', s, name
        for t in slices + ['1']:
            for name in ('lt', 'le', 'eq', 'ne', 'gt', 'ge'):
                yield name, s, t
    for s in ('slice(1, 2, 3)', 'slice(1, [], None)'):
        yield 'hashable', s
    for key in ("slice('a', None, None)", "slice(None, 1.5, None)", "slice(None, None, 'a')", 'slice(None, None, 0)', 'slice(None, None, -10**30)',
                'slice(10**30, -10**30, -1)', 'slice(True, None, None)'):
        yield 'getitem', '[1, 2, 3]', key
        yield 'getitem', "'abc'", key


EXCEPTIONS = """BaseException() BaseException(1,2) Exception('a\\nb') ValueError() ValueError('a') ValueError('a',1) ValueError(None) ValueError([1,'x'])
KeyError() KeyError('a') KeyError('a','b') KeyError(None) KeyError("it's") SystemExit() SystemExit(3) SystemExit(1,2) SystemExit('x') StopIteration()
StopIteration(5) StopIteration(5,6) StopAsyncIteration(5) GeneratorExit() KeyboardInterrupt('x') EOFError() MemoryError() MemoryError('x') RecursionError('deep')
NotImplementedError('n') ZeroDivisionError('z') AssertionError(()) UserWarning('w') EncodingWarning('e') PythonFinalizationError('f') _IncompleteInputError('i')
ImportCycleError('c') OSError() OSError(2) OSError(2,'m') OSError(2,'m','f') OSError(2,'m',None) OSError(2,'m','f',None,'g') OSError(2,'m','f',5)
OSError(2,'m','f',None,None) OSError(2,'m',None,None,'g') OSError(2,'m','f',5,'g','h') OSError('a','b') OSError(11,'x') OSError(11,'x',7) OSError(11,'x',10**30)
OSError(11,'x',7.5) OSError(11,'x',True) BlockingIOError(11,'x',7) BlockingIOError(11,'x','f') BlockingIOError(11,'x',7,8) BlockingIOError(2,'x') OSError(True,'x')
OSError(2.0,'x') OSError(2,'m',b'f') OSError(2,None,'f') OSError(None,None,None) OSError(9999,'x') OSError(10**30,'x') FileNotFoundError(13,'x')
FileNotFoundError('x') FileNotFoundError(2,'x','y') ConnectionError(104,'x') ConnectionResetError(104,'x') IOError(2,'x') EnvironmentError(13,'p','q') TimeoutError(110,'t')
ImportError() ImportError('m') ImportError('m','b') ImportError(5) ModuleNotFoundError('m') AttributeError('m') AttributeError() AttributeError('m',2) NameError('m')
UnboundLocalError('m') SyntaxError() SyntaxError('m') SyntaxError(None) SyntaxError(3) SyntaxError('') SyntaxError('m',('f',1,2,'t')) SyntaxError('m',('f',1,2,'t',3,4))
SyntaxError('m',('f',1,2)) SyntaxError('m',('f',1,2,'t',3)) SyntaxError('m',5) SyntaxError('m',('f',1,2,'t',3,4,5)) SyntaxError('m',('f',1,2,'t',3,4,5,6))
SyntaxError('m',('f','x',2,'t')) SyntaxError('m',(None,1,2,'t')) SyntaxError('m',('/a/b/f',None,2,'t')) SyntaxError('m',('/a/b/f',10**30,2,'t')) SyntaxError('m',())
SyntaxError('m',(None,None,None,None)) SyntaxError('m',('f',1,2,'t'),3) SyntaxError('m',['f',1,2,'t']) IndentationError('m',('f',1,2,'t'))
TabError('m') UnicodeError('x') UnicodeDecodeError('u',b'abc',1,2,'r') UnicodeDecodeError('u',b'abc',1,3,'r') UnicodeDecodeError('u',b'abc',0,9,'r')
UnicodeDecodeError('u',b'abc',1,1,'r') UnicodeDecodeError('u',b'abc',5,6,'r') UnicodeDecodeError('u',b'',0,0,'r') UnicodeDecodeError('u',bytearray(b'abc'),1,2,'r')
UnicodeDecodeError('u','abc',1,2,'r') UnicodeDecodeError(1,b'abc',1,2,'r') UnicodeDecodeError('u',b'abc','x',2,'r') UnicodeDecodeError('u',b'abc',1,2,3)
UnicodeDecodeError('u') UnicodeDecodeError() UnicodeDecodeError('u',b'abc',1.0,2,'r') UnicodeDecodeError('u',b'abc',10**30,2,'r') UnicodeDecodeError('u',b'abc',1,2,'r',6)
UnicodeDecodeError(None,b'abc',1,2,'r') UnicodeDecodeError('u',5,'x',2,'r') UnicodeDecodeError('u',array('b',[97]),0,1,'r') UnicodeDecodeError('u',b'abc',True,2,'r')
UnicodeEncodeError('u','abc',1,2,'r') UnicodeEncodeError('u','a\\xe9c',1,2,'r') UnicodeEncodeError('u','a\\u20acc',1,2,'r') UnicodeEncodeError('u','a\\U0001f600c',1,2,'r')
UnicodeEncodeError('u','a\\ud800c',1,2,'r') UnicodeEncodeError('u','abc',1,3,'r') UnicodeEncodeError('u',b'abc',1,2,'r') UnicodeEncodeError('u','abc',1)
UnicodeEncodeError('u','abc',5,6,'r') UnicodeTranslateError('abc',1,2,'r') UnicodeTranslateError('a\\u20acc',1,2,'r') UnicodeTranslateError('abc',1,3,'r')
UnicodeTranslateError(b'abc',1,2,'r') UnicodeTranslateError('abc',1,2) ExceptionGroup('m',[ValueError(1)]) ExceptionGroup('m',[]) ExceptionGroup('m',[1]) ExceptionGroup('m',5)
ExceptionGroup(1,[ValueError(1)]) ExceptionGroup(None,[ValueError(1)]) ExceptionGroup('m') ExceptionGroup() ExceptionGroup('m',[KeyboardInterrupt()])
BaseExceptionGroup('m',[KeyboardInterrupt()]) BaseExceptionGroup('m',[ValueError()]) ExceptionGroup('m',(ValueError(1),TypeError())) ExceptionGroup('m',[ValueError(1)],3)
ExceptionGroup('m',{1:ValueError(1)}) ExceptionGroup('m','ab') ExceptionGroup('m',[ExceptionGroup('n',[ValueError(1),KeyError('k')])]) ExceptionGroup('m',range(0,0))
ExceptionGroup('m',[ValueError(1),5]) ExceptionGroup('m',b'ab') Empty() Full('x') ShutDown() BrokenBarrierError('b') PicklingError('p') UnpicklingError() PickleError(1)
ProcessError() BufferTooShort(b'abc') MPTimeoutError() AuthenticationError('digest') RemoteError('text\\n') RemoteError(5) struct_error('s') binascii_Error('b')
binascii_Incomplete('c')"""
STATES = [
    ("ValueError('a')", "{'x': 5, '__notes__': ['n', 'm']}"), ("ValueError('a')", "{'__notes__': 5}"), ("AttributeError('m')", "{'name': 'n'}"),
    ("AttributeError('m')", "{'x': 1, 'name': 'n', 'obj': 3}"), ("AttributeError('m')", "{'args': (9,)}"), ("AttributeError('m')", "{'name': None}"),
    ("NameError('m')", "{'name': 'n', 'y': 1}"), ("ImportError('m')", "{'name': 'n'}"), ("ImportError('m')", "{'path': 'p', 'x': 1, 'name': 'n'}"),
    ("ImportError('m')", "{'name_from': 'z'}"), ("ImportError()", "{'name': 'n'}"), ("ImportError('m')", "{'msg': 'other'}"), ("OSError(2, 'm', 'f')", "{'x': 5}"),
    ("OSError(2, 'm')", "{'filename': 'f'}"), ("OSError(2, 'm')", "{'errno': 9}"), ("OSError(2, 'm', 'f')", "{'filename2': 'g', 'strerror': 's'}"),
    ("BlockingIOError(11, 'x')", "{'characters_written': 4}"), ("StopIteration(3)", "{'value': 4}"), ("SystemExit(3)", "{'code': 4}"),
    ("KeyError('a')", "{'args': (1, 2)}"), ("ValueError('a')", "{'args': [1, 2]}"), ("ValueError('a')", "{'args': 5}"), ("ValueError('a')", "{1: 2}"),
    ("SyntaxError('m', ('f', 1, 2, 't'))", "{'msg': 'z', 'end_lineno': 5}"), ("UnicodeDecodeError('u', b'abc', 1, 2, 'r')", "{'reason': 'z', 'x': 1}"),
    ("ValueError('a')", "{'__cause__': None}"), ("ValueError('a')", "{}"), ("Empty()", "{'k': 'v'}"), ("SyntaxError('m')", "{'print_file_and_line': None}"),
    ("ExceptionGroup('m', [ValueError(1)])", "{'x': 1}"), ("UnicodeEncodeError('u', 'abc', 1, 2, 'r')", "{'end': 3}"),
]


def exception():
    for e in EXCEPTIONS.split():
        yield 'exception', e, '{}'
    yield 'exception', "ValueError('with blank')", '{}'
    for e, state in STATES:
        yield 'exception', e, state
    for name in ('args', 'errno', 'filename', 'foo', '__notes__', '__cause__'):
        for e in ("ValueError('a')", "OSError(2, 'm', 'f')", "OSError(11, 'x', 5)"):
            yield 'getattr', e, name
    for e, names in (("OSError(11, 'x', 5)", 'characters_written strerror'), ("OSError(2, 'm')", 'characters_written filename'), ("SystemExit(1, 2)", 'code'), ("StopIteration(1, 2)", 'value'), ("ImportError('m')", 'msg name path'),
                     ("SyntaxError('m', ('f', 1, 2, 't'))", 'msg filename lineno offset text'), ("UnicodeDecodeError('u', b'abc', 1, 2, 'r')", 'encoding object start end reason'),
                     ("UnicodeTranslateError('abc', 1, 2, 'r')", 'object start end reason')):
        for name in names.split():
            yield 'getattr', e, name
    for name, args in (('add_note', "('n',)"), ('add_note', '(1,)'), ('add_note', '()'), ('with_traceback', '(None,)'), ('with_traceback', '(1,)'), ('with_traceback', '()'),
                       ('__setstate__', '(None,)'), ('__setstate__', '(5,)'), ('__setstate__', '()'), ('__setstate__', "({'x': 1},)"), ('nosuch', '()')):
        yield 'call', "ValueError('a')", name, args, '{}'
    for e in ("ValueError('a')", 'KeyError()'):
        for name in ('len', 'iter', 'bool'):
            yield name, e
        yield 'getitem', e, '0'
        yield 'eq', e, e
        yield 'lt', e, e
        yield 'setattr', e, 'foo', '1'
        yield 'delattr', e, 'foo'
        yield 'delattr', e, 'args'



def hierarchy():
    """Every exception class that is built in anywhere, and those of modules."""
    for name in CLASSES.split():
        yield 'mro', 'builtins', name
    for name in MODULES.split():
        yield ('mro', *name.rsplit('.', 1))
    yield 'unknown', ' '.join(CLASSES.split())


def identity():
    """Which objects there is only one of."""
    for n in (-7, -6, -5, -1, 0, 1, 255, 256, 257, 1000, 1023, 1024, 1025, 2**31, -2**63, 2**64):
        yield 'identical', str(n)
    for s in ("''", "'a'", "'\\x00'", "'\\xe9'", "'\\xff'", "'\\u0100'", "'ab'", "'\\U0001f600'", "b''", "b'a'", "b'\\xff'", "b'ab'", '1.5', '0.0', '()', 'None', 'True', 'Ellipsis',
              'NotImplemented'):
        yield 'identical', s


def calls():
    """Argument checks of every call style, on the methods of Styles (below) and of its mirror in ref/test/test_call.c."""
    names = [name for name in vars(Styles) if not name.startswith('__')]
    for name in names:
        for n in range(6):
            yield 'style', name, '(%s)' % ''.join('%d, ' % i for i in range(n)), '{}'
    for name in names:
        for args, kwds in (('()', "{'x': 1}"), ('()', "{'value': 1}"), ('(1,)', "{'value': 1}"), ('(1, 2)', "{'value': 1}"), ('()', "{'vaule': 1}"), ('()', "{'b': 1}"),
                           ('(1, 2)', "{'c': 1, 'd': 2}"), ('(1, 2, 3)', "{'c': 4}"), ('(1, 2, 3)', "{'d': 4}"), ('()', "{'c': 4}"), ('(1,)', "{'c': 4}"),
                           ('(1, 2)', "{'c': 4, 'd': 5, 'e': 6}"), ('(1,)', "{'c': 4, 'd': 5}"), ('()', '{1: 2}'), ('(1,)', '{1: 2}'), ('()', "{'name': 1}"), ('(1, 2)', "{'name': 1}"),
                           ('()', "{'self': 1}"), ('()', "{'sel': 1}"), ('(1,)', "{'a': 1, 'z': 1}"), ('(1,)', "{'z': 1, 'a': 1}"), ('()', "{'Value': 1}"), ('()', "{'valu': 1}"),
                           ('()', "{'timeout': 1}"), ('()', "{'timeotu': 1}"), ('()', "{'a_very_long_keyword_that_nobody_could_ever_mistake': 1}"), ('(1, 2, 3)', '{}')):
            yield 'style', name, args, kwds
    natives = ('[]', 'append reverse pop insert sort __len__ __getitem__ __setitem__ __delitem__ __mul__ __imul__ __add__ __iadd__ count'), ('{}', 'get setdefault clear'), \
        ("ValueError('a')", 'with_traceback __setstate__')
    for receiver, methods in natives:
        for name in methods.split():
            for args, kwds in (('()', '{}'), ('(1, 2, 3, 4)', '{}'), ('()', "{'x': 1}"), ('()', "{'kee': 1}"), ('()', "{'revers': 1}"), ('(1,)', "{'key': 1}"), ('()', '{1: 2}'),
                               ('()', "{'key': None, 'reverse': 1, 'z': 2}"), ('(1, 2)', '{}'), ('()', "{'key': None, 'reversed': 1}"), ('(1,)', "{'x': 1}")):
                if (name, args, kwds) not in (('count', '(1,)', '{}'), ):
                    yield 'call', receiver, name, args, kwds


def dispatch():
    """What operations say that a type has not."""
    things = ['None', 'True', '5', '1.5', 'complex(0.0, 1.0)', "'a'", "b'a'", '[1]', '(1,)', '{1: 2}', 'range(0, 2)', 'slice(1, None, None)', 'Ellipsis', 'NotImplemented',
              "ValueError('a')", "bytearray(b'a')", 'FUNCTION(builtins, int)', 'FUNCTION(builtins, len)']
    for a in things:
        for name in ('len', 'iter', 'next', 'bool', 'hashable'):
            yield name, a
        for name in ('getitem', 'contains', 'delitem'):
            yield name, a, '0'
        yield 'setitem', a, '0', '1'
        yield 'getattr', a, 'foo'
        if 'FUNCTION' not in a:
            yield 'setattr', a, 'foo', '1'
            yield 'delattr', a, 'foo'
        yield 'call', a, 'foo', '()', '{}'
        for b in things:
            for name in ('lt', 'le', 'eq', 'ne', 'gt', 'ge', 'sub', 'and', 'isub', 'ixor', 'or') + (('add', 'mul', 'iadd', 'imul') if b != '{1: 2}' else ()):
                if 'FUNCTION' in a + b and name in ('or', 'ior'):
                    continue  # classes make unions
                yield name, a, b
    yield 'setattr', '[]', 'append', '1'
    yield 'delattr', '[]', 'append'
    for a in ('FUNCTION(builtins, int)', 'FUNCTION(builtins, len)', 'FUNCTION(_operator, add)', 'FUNCTION(decimal, Decimal)', 'FUNCTION(collections, OrderedDict)'):
        yield 'repr', a
        yield 'typename', a
        yield 'eq', a, a
        yield 'eq', a, 'FUNCTION(builtins, int)'
    for a in things:
        yield 'typename', a
    deep = '[' * 80 + ']' * 80
    yield 'repr', deep
    yield 'eq', deep, deep


FILES = {'number': number, 'text': text, 'bytes': both_bytes, 'range': ranges, 'exception': exception, 'call': calls, 'dispatch': dispatch, 'class': hierarchy,
         'identity': identity}

# ---------------------------------------------------------------------------------------------------------------- the answers


class Styles:
    """Every shape of parameters; the tests in C have a row for each."""

    def none(self): pass
    def one(self, value): pass
    def two(self, a, b): pass
    def three(self, a, b, c): pass
    def four(self, a, b, c, d): pass
    def default(self, a=1): pass
    def second(self, a, b=1): pass
    def mixed(self, a, b=2, *, c=3): pass
    def must(self, *, c): pass
    def musts(self, a, *, c, d, e): pass
    def rest(self, name, *args): pass
    def wait(self, value=None, timeout=None): pass


def namespace():
    import array
    import binascii
    import multiprocessing
    import multiprocessing.managers
    import pickle
    import queue
    import threading
    names = dict(vars(builtins), array=array.array, nan=float('nan'), inf=float('inf'), Empty=queue.Empty, Full=queue.Full, struct_error=struct.error,
                 BrokenBarrierError=threading.BrokenBarrierError, PicklingError=pickle.PicklingError, UnpicklingError=pickle.UnpicklingError,
                 PickleError=pickle.PickleError, ProcessError=multiprocessing.ProcessError, BufferTooShort=multiprocessing.BufferTooShort,
                 MPTimeoutError=multiprocessing.TimeoutError, AuthenticationError=multiprocessing.AuthenticationError,
                 RemoteError=multiprocessing.managers.RemoteError, binascii_Error=binascii.Error, binascii_Incomplete=binascii.Incomplete)
    if hasattr(queue, 'ShutDown'):
        names['ShutDown'] = queue.ShutDown

    class Name(dict):
        def __missing__(self, name):
            return name

    def evaluate(text):
        if text.startswith('FUNCTION('):
            module, name = text[9:-1].split(', ')
            return getattr(importlib.import_module(module), name)
        return eval(text, names)
    return evaluate


def minimal_bytes(n):
    size = (n.bit_length() if n >= 0 else (n + 1).bit_length()) // 8 + 1 if n else 0
    return n.to_bytes(size, 'little', signed=True)


def line_of(e):
    """The last line of its traceback, without notes."""
    import traceback
    e.__dict__.pop('__notes__', None)
    return traceback.format_exception_only(type(e), e)[-1][:-1]


def describe(e):
    reduction = e.__reduce_ex__(2)
    state = reduction[2] if len(reduction) > 2 and reduction[2] else None
    return ' | '.join(['%s.%s' % (type(e).__module__, type(e).__qualname__), repr(e.args), str(e), repr(e), repr(reduction[1]), repr(state), line_of(e)])


def compare(a, b):
    import operator
    out = ''
    for name in ('lt', 'le', 'eq', 'ne', 'gt', 'ge'):
        try:
            out += 'TF'[not getattr(operator, name)(a, b)]
        except TypeError:
            out += 'E'
    return out


def change(f):
    def changed(a, *rest):
        f(a, *rest)
        return a
    return changed


def hashable(v):
    hash(v)
    return True


class Raw(str):
    """An answer that is not a repr."""


def operations(evaluate):
    import operator
    for name in ('lt', 'le', 'eq', 'ne', 'gt', 'ge', 'add', 'sub', 'mul', 'xor', 'iadd', 'isub', 'imul', 'iand', 'ior', 'ixor', 'contains', 'getitem'):
        yield name, getattr(operator, name)
    yield from {
        'and': operator.and_, 'or': operator.or_, 'setitem': change(operator.setitem), 'delitem': change(operator.delitem), 'bool': bool, 'len': len, 'hash': hash,
        'hashable': hashable, 'list': list, 'next': next, 'iter': lambda v: iter(v) and None, 'bytes': minimal_bytes, 'int': int,
        'decode': lambda b: b.decode('utf-8', 'surrogatepass'), 'compare': lambda a, b: Raw(compare(a, b)), 'repr': lambda v: Raw(repr(v)), 'str': lambda v: Raw(str(v)),
        'typename': lambda v: Raw(type(v).__name__),
    }.items()


def fresh(v):
    """A new object of the same value, if the interpreter makes one."""
    if isinstance(v, str):
        return v.encode().decode()
    if isinstance(v, (bytes, tuple)):
        return type(v)(list(v))
    if type(v) in (int, float):
        return type(v)(repr(v))
    return v


def exception_answer(e, state):
    for name, value in state.items():
        setattr(e, name, value)
    return Raw(describe(e))


def call_answer(receiver, name, args, kwds):
    method = getattr(receiver, name)
    result = method(*args, **kwds)
    return Raw('%r %r' % (result, receiver))


def answer_one(evaluate, table, case):
    name, *rest = case
    if name == 'exception':
        return exception_answer(*map(evaluate, rest))
    if name == 'mro':
        c = getattr(importlib.import_module(rest[0]), rest[1], None)
        return Raw(' '.join('%s.%s' % (k.__module__, k.__name__) for k in c.__mro__[:-1]) if c else 'none')
    if name == 'unknown':
        return Raw(' '.join(n for n, k in sorted(vars(builtins).items()) if isinstance(k, type) and issubclass(k, BaseException) and n not in rest[0].split()))
    if name == 'identical':
        return Raw(fresh(evaluate(rest[0])) is fresh(evaluate(rest[0])))
    if name == 'call':
        return call_answer(evaluate(rest[0]), rest[1], evaluate(rest[2]), evaluate(rest[3]))
    if name == 'style':
        getattr(Styles(), rest[0])(*evaluate(rest[1]), **evaluate(rest[2]))
        return Raw('called')
    if name in ('getattr', 'setattr', 'delattr'):
        receiver = evaluate(rest[0])
        value = {'getattr': getattr, 'setattr': setattr, 'delattr': delattr}[name](receiver, rest[1], *map(evaluate, rest[2:]))
        return Raw(repr(value))
    return table[name](*map(evaluate, rest))


def answers(cases):
    evaluate = namespace()
    table = dict(operations(evaluate))
    for case in cases:
        try:
            result = answer_one(evaluate, table, case)
            text = str(result) if isinstance(result, Raw) else repr(result)
        except BaseException as e:
            module = type(e).__module__
            text = '! ' + ('' if module == 'builtins' else module + '.') + type(e).__name__ + (str(e) and ': ' + str(e))
        yield text.encode('utf-8', 'surrogatepass').decode('utf-8', 'surrogateescape').replace('\\', '\\\\').replace('\n', '\\n')


def main(folder, pythons):
    cases = {name: [list(case) for case in make()] for name, make in FILES.items()}
    versions, by_version = [], []
    for python in pythons:
        done = subprocess.run([python, '-W', 'ignore', os.path.abspath(__file__), '--answer'], input=json.dumps(cases), stdout=subprocess.PIPE, text=True, check=True)
        version, result = json.loads(done.stdout)
        versions.append(version)
        by_version.append(result)
    for name in cases:
        with open(os.path.join(folder, name + '.txt'), 'w', encoding='utf-8', errors='surrogateescape') as f:
            f.write('# Generated by oracle/vectors.py from CPython %s.\n' % ', '.join('%d.%d' % divmod(v, 100) for v in versions))
            for i, case in enumerate(cases[name]):
                f.write('\t'.join(case) + '\n')
                for interval in intervals(versions, [result[name][i] for result in by_version]):
                    f.write('%d-%d\t%s\n' % interval)


if sys.argv[1:] == ['--answer']:
    given = json.load(sys.stdin)
    json.dump([sys.version_info[0] * 100 + sys.version_info[1], {name: list(answers(cases)) for name, cases in given.items()}], sys.stdout)
else:
    main(sys.argv[1], sys.argv[2:])
