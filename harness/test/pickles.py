# SPDX-License-Identifier: MIT
"""Pickles of every protocol, as CPython writes them and as no writer does, with what pickletools says of each: one JSON object a line.

For test_disassemble, which must say the same.
"""
import array
import collections
import datetime
import decimal
import io
import json
import pickle
import pickletools
import uuid

shared = ['x']
deep = []
for _ in range(9):
    deep = [deep, {1: deep}]
ring = []
ring.append((ring, {'self': ring}))

VALUES = [
    None, True, False, 0, 255, 256, 65536, -1, 2**31 - 1, -2**31, 2**31, 2**63, -2**63, 10**60, -10**60, -128, -32768, 2**2040,
    0.0, -0.0, 1.5, 1e300, 1e-320, float('inf'), float('nan'), 1 + 2j,
    '', 'abc', "it's", '"', '\'"', 'a\nb\\c\t\x00\x7f', '\xe9\u20ac\U0001f600', '\udc80', 'x' * 300, 'x' * 70000,
    b'', b'abc', b'\x00\xff\'"', bytes(range(256)), b'y' * 300, bytearray(b'ab\n'), bytearray(),
    (), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4), [], [1], [1, 2], list(range(1100)), {}, {1: 2}, {'a': [1], 'b': {}}, set(), {1}, {1, 2}, frozenset({3}),
    [shared, shared, (shared, shared)], deep, ring, slice(1, None, 2), range(1, 9, 2), ..., NotImplemented, int, len, dict.fromkeys,
    KeyError('x', 3), OSError(2, 'no'), decimal.Decimal('1.5'), datetime.datetime(2020, 1, 2, 3, 4, 5), uuid.UUID(int=7), array.array('i', [1, 2]),
    collections.OrderedDict(a=1, b=2), collections.deque([1, 2], 5), collections.Counter('aab'),
    (None, 'create', ('list', [1, 2]), {}), ('#RETURN', ('7f00', ('append', '__len__'))), ('7f00', '__getitem__', (slice(2, 7),), {}),
]
WRITTEN_BY_HAND = [
    b'(I5\nI01\nI00\nL7L\nL-8L\nL9\nt.', b'(F1.5\nF-0\nt.', b'(lp0\nI1\naI2\na.', b'(dp0\nS\'x\'\np1\nI1\ns.', b'Va\\u20ac\\U0001f600\n.', b'(cbuiltins\nlen\nVx\n0t.',
    b'(I1\nI2\n0(I3\n1t.', b'(I1\n00I9\n.', b'(ibuiltins\nKeyError\n.', b'(cbuiltins\nKeyError\nK\x01o.', b'T\x03\x00\x00\x00abcU\x01x\x86.', b'K\x01q\x05h\x05\x86r\x07\x00\x00\x00j\x07\x00\x00\x00\x86.',
    b'Pabc\n.', b'K\x01Q.', b'\x80\x02\x82\x01\x83\x01\x00\x84\x01\x00\x00\x00\x87.', b'K\x012\x86.', b'\x80\x05\x97\x98.', b'\x8f(K\x01\x90.',
]


def listing(data):
    out = io.StringIO()
    try:
        pickletools.dis(data, out)
    except ValueError as error:
        raise SystemExit('pickletools does not read %r: %s' % (data, error))
    text, _, last = out.getvalue().rstrip('\n').rpartition('\n')
    return text.encode('ascii', 'backslashreplace').decode() + '\n', int(last.rpartition('=')[2])


for data in [pickle.dumps(value, protocol) for value in VALUES for protocol in range(pickle.HIGHEST_PROTOCOL + 1)] + WRITTEN_BY_HAND:
    text, protocol = listing(data)
    print(json.dumps({'pickle': data.hex(), 'listing': text, 'protocol': protocol}))
