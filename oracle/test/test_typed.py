# SPDX-License-Identifier: MIT
"""Typed JSON: every type there and back, the forms that ADAPTER.md shows, sharing, recursion, depth, errors."""

import array
import collections
import datetime
import decimal
import enum
import fractions
import json
import operator
import pathlib
import sys
import unittest
import uuid

import session

import fixtures
import typed


def there_and_back(value):
    """Through the text of a line, as a request or reply would take it."""
    return typed.decode(typed.loads(typed.dumps(typed.encode(value))))


class Slots:
    __slots__ = ('a', 'b')


class Colour(enum.Enum):
    RED = 1


class Pair(list):
    pass


class RoundTrip(unittest.TestCase):
    def same(self, value):
        result = there_and_back(value)
        self.assertIs(type(result), type(value))
        self.assertEqual(result, value)
        if 'set' not in repr(type(value)):
            self.assertEqual(repr(result), repr(value))

    def test_singletons(self):
        for value in (None, True, False, Ellipsis, NotImplemented):
            self.assertIs(there_and_back(value), value)

    def test_integers_around_every_limit(self):
        for bits in (0, 7, 8, 15, 16, 31, 32, 52, 53, 54, 63, 64, 65, 128, 2040):
            for near in (-1, 0, 1):
                self.same(2 ** bits + near)
                self.same(-2 ** bits + near)

    def test_integers_beyond_the_digits_limit(self):
        for value in (10 ** 400, -10 ** 5000, 10 ** 20000 + 1):
            self.assertEqual(there_and_back(value), value)

    def test_floats(self):
        for value in (0.0, -0.0, 0.1, 1 / 3, 5e-324, -2.2250738585072014e-308, 1.7976931348623157e308, float('inf'), -float('inf'), float('nan'), 1e22, 123456789.125):
            result = there_and_back(value)
            self.assertEqual(repr(result), repr(value))

    def test_complex_numbers(self):
        for value in (1j, complex(-0.0, -0.0), complex(float('inf'), float('nan')), complex(0.1, -1e300)):
            self.assertEqual(repr(there_and_back(value)), repr(value))

    def test_strings(self):
        for value in ('', 'plain', 'ä€\U0001f600', 'a\0b', '\ud800', '\udfff\ud800', '\ud83d\ude00', '\x01\n\t"\\\x7f', '\u2028', 'x' * 100000):
            self.same(value)

    def test_bytes(self):
        for value in (b'', b'\0\xff', bytes(range(256)), bytearray(), bytearray(b'\x80')):
            self.same(value)

    def test_containers(self):
        for value in ([], (), {}, set(), frozenset(), [[]], ((),), {'b': 1, 'a': 2}, {(1, 2): [3], None: {}}, {1, 'x', (2,)}, frozenset([frozenset()]), [1, (2, [3]), {4}]):
            self.same(value)

    def test_dict_order(self):
        value = dict.fromkeys(['z', 3, None, (1,)])
        self.assertEqual(list(there_and_back(value)), list(value))

    def test_ranges_slices_arrays(self):
        for value in (range(0), range(5, -7, -3), range(2 ** 70, 2 ** 70 + 2), slice(None), slice(1, 'a', [2]),
                      array.array('i'), array.array('d', [1.5, float('inf')]), array.array('q', [-2 ** 63, 2 ** 63 - 1]), array.array('b', [1])):
            self.same(value)

    def test_names(self):
        for value in (int, len, operator.add, decimal.Decimal, collections.OrderedDict, ValueError, type(None), type(Ellipsis), typed.encode):
            self.assertIs(there_and_back(value), value)

    def test_exceptions(self):
        for value in (ValueError(), KeyError('x', 1), OSError(2, 'gone', 'file'), UnicodeDecodeError('utf-8', b'\xff', 0, 1, 'bad'), StopIteration(3), fixtures.Custom('a')):
            result = there_and_back(value)
            self.assertIs(type(result), type(value))
            self.assertEqual(result.args, value.args)
            self.assertEqual(str(result), str(value))

    def test_exceptions_with_state(self):
        value = ValueError('v')
        value.extra, value.__notes__ = [1], ['note']
        self.assertEqual(there_and_back(value).__dict__, {'extra': [1], '__notes__': ['note']})

    def test_instances(self):
        plain = fixtures.Plain()
        plain.a, plain.b = 1, [2]
        slots = Slots()
        slots.a = 5
        pair = Pair([1, 2])
        pair.name = 'n'
        self.assertEqual(there_and_back(plain).__dict__, {'a': 1, 'b': [2]})
        self.assertEqual(there_and_back(slots).a, 5)
        self.assertEqual((there_and_back(pair), there_and_back(pair).name), ([1, 2], 'n'))

    def test_instances_of_the_library(self):
        for value in (decimal.Decimal('1.50'), fractions.Fraction(1, 3), datetime.datetime(2020, 1, 2, tzinfo=datetime.timezone.utc), uuid.UUID(int=5), pathlib.PurePosixPath('a/b'),
                      collections.OrderedDict([('b', 1), ('a', 2)]), collections.deque([1, 2], 5), collections.Counter('aab'), collections.defaultdict(list, {1: [2]}), Colour.RED, memoryview):
            self.assertEqual(there_and_back(value), value)

    def test_iterators_by_their_reductions(self):
        advanced = iter([1, 2, 3])
        next(advanced)
        for value, rest in ((advanced, [2, 3]), (iter({5: 6}), [5]), (reversed([1, 2]), [2, 1]), (iter(range(2)), [0, 1]), (iter('ab'), ['a', 'b'])):
            self.assertEqual(list(there_and_back(value)), rest)


class Forms(unittest.TestCase):
    """Golden: what a line says, since other programs read it."""

    FORMS = [
        (2 ** 53 - 1, 9007199254740991), (2 ** 53, {'$int': '9007199254740992'}), (-2 ** 53, {'$int': '-9007199254740992'}), (True, True),
        (-0.0, {'$float': '-0.0'}), (1e300, {'$float': '1e+300'}), (float('nan'), {'$float': 'nan'}), (complex(0, -1), {'$complex': ['0.0', '-1.0']}),
        ('a', 'a'), ('a\0', {'$str': '6100'}), ('\ud800', {'$str': 'eda080'}), (b'\xff', {'$bytes': 'ff'}), (bytearray(b'a'), {'$bytearray': '61'}),
        ([1, (2,)], [1, {'$tuple': [2]}]), ({1}, {'$set': [1]}), (frozenset(), {'$frozenset': []}), ({'a': 1}, {'$dict': [['a', 1]]}),
        (range(3), {'$range': [0, 3, 1]}), (slice(None, 2), {'$slice': [None, 2, None]}), (Ellipsis, {'$ellipsis': True}), (NotImplemented, {'$notimplemented': True}),
        (int, {'$global': 'builtins:int'}), (operator.add, {'$global': '_operator:add'}), (array.array('h', [1]), {'$array': ['h', [1]]}),
        (KeyError('x'), {'$exception': {'class': 'builtins:KeyError', 'bases': ['LookupError', 'Exception', 'BaseException'], 'args': ['x']}}),
        (decimal.Decimal('1.5'), {'$reduce': {'func': 'decimal:Decimal', 'args': ['1.5']}}),
        (collections.OrderedDict(a=1), {'$reduce': {'func': 'collections:OrderedDict', 'args': [], 'pairs': [['a', 1]]}}),
        (fixtures.Plain(), {'$reduce': {'func': 'copyreg:__newobj__', 'args': [{'$global': 'fixtures:Plain'}]}}),
        (iter([7]), {'$reduce': {'func': 'builtins:iter', 'args': [[7]], 'state': 0}}),
        (type(None), {'$reduce': {'func': 'builtins:type', 'args': [None]}}),
        ((x for x in ()), {'$other': 'builtins:generator'}), (lambda: 0, {'$other': 'builtins:function'}),
    ]

    def test_each_form(self):
        for value, form in self.FORMS:
            self.assertEqual(json.loads(typed.dumps(typed.encode(value))), form)

    def test_state_of_an_exception_is_without_args(self):
        value = AttributeError('a')
        value.other = 1
        state = dict(typed.encode(value)['$exception']['state']['$dict'])
        self.assertEqual(state['other'], 1)
        self.assertNotIn('args', state)

    def test_proxies_cost_nothing(self):
        self.assertEqual(typed.encode([5, 5], lambda value: 'list' if value == 5 else None), [5, 5])
        self.assertEqual(typed.encode([fixtures.Plain()] * 2, lambda value: 'T' if isinstance(value, fixtures.Plain) else None), [{'$proxy': {'typeid': 'T'}}] * 2)

    def test_the_reducers_of_the_library_come_first(self):
        self.assertEqual(typed.encode({1: 2}.keys(), reducers={type({}.keys()): lambda view: (list, (list(view),))}), {'$reduce': {'func': 'builtins:list', 'args': [[1]]}})

    def test_text_for_people(self):
        self.assertEqual(typed.text('a\0\udc80ä'), 'a\\x00\\udc80ä')

    def test_one_exception(self):
        self.assertEqual(typed.encode_exception(ValueError(1)), {'class': 'builtins:ValueError', 'bases': ['Exception', 'BaseException'], 'args': [1]})
        unusual = fixtures.Picky(1, 2)
        self.assertEqual(typed.encode_exception(unusual)['args'], ['picky'])
        recursive = ValueError()
        recursive.args = (recursive,)
        self.assertEqual(typed.encode_exception(recursive)['args'], [{'$same': 1}])


class Sharing(unittest.TestCase):
    def test_a_list_met_twice(self):
        shared = [1]
        form = typed.encode([shared, shared, [1]])
        self.assertEqual(form, [{'$shared': 1, 'value': [1]}, {'$same': 1}, [1]])
        result = typed.decode(form)
        self.assertIs(result[0], result[1])
        self.assertIsNot(result[0], result[2])

    def test_numbers_follow_the_first_places(self):
        a, b = [], []
        self.assertEqual(typed.encode([[a], b, b, a]), [[{'$shared': 1, 'value': []}], {'$shared': 2, 'value': []}, {'$same': 2}, {'$same': 1}])

    def test_outer_before_inner(self):
        inner = []
        outer = [inner]
        self.assertEqual(typed.encode([outer, inner, outer]), [{'$shared': 1, 'value': [{'$shared': 2, 'value': []}]}, {'$same': 2}, {'$same': 1}])

    def test_every_kind_with_an_identity(self):
        for value in ([], {}, set(), bytearray(b'x'), array.array('i', [1]), ValueError(), decimal.Decimal(1), fixtures.Plain()):
            result = there_and_back([value, value])
            self.assertIs(result[0], result[1])

    def test_kinds_without_identity(self):
        for value in (10 ** 30, 'a' * 99, b'x', (1,), frozenset([1]), range(3), slice(1), 1.5, len):
            self.assertNotIn('$shared', json.dumps(typed.encode([value, value])))

    def test_inside_a_tuple_met_twice(self):
        shared = ([1],)
        result = there_and_back([shared, shared])
        self.assertIs(result[0][0], result[1][0])

    def test_recursive_list_and_dict(self):
        value = [1]
        value.append(value)
        self.assertEqual(typed.encode(value), {'$shared': 1, 'value': [1, {'$same': 1}]})
        result = there_and_back(value)
        self.assertIs(result[1], result)
        value = {}
        value['self'] = value
        result = there_and_back(value)
        self.assertIs(result['self'], result)

    def test_recursive_tuple(self):
        value = ([],)
        value[0].append(value)
        self.assertEqual(typed.encode(value), {'$shared': 1, 'value': {'$tuple': [[{'$same': 1}]]}})
        self.assertEqual(typed.encode([value, value])[1], {'$same': 1})
        result = there_and_back(value)
        self.assertIs(result[0][0], result)

    def test_recursive_instance_and_exception(self):
        value = fixtures.Plain()
        value.me = value
        result = there_and_back(value)
        self.assertIs(result.me, result)
        error = ValueError()
        error.me = [error]
        result = there_and_back(error)
        self.assertIs(result.me[0], result)

    def test_state_shared_with_a_value(self):
        state = {'a': 1}
        value = fixtures.Plain()
        value.__dict__ = state
        self.assertIn('$same', json.dumps(typed.encode([value, state])))

    def test_objects_made_by_reductions_are_not_confused(self):
        self.assertNotIn('$s', json.dumps(typed.encode([decimal.Decimal(i) for i in range(200)])).replace('$set', ''))


class Depth(unittest.TestCase):
    def test_deep_lists_dicts_and_tuples(self):
        for wrap in (lambda value: [value], lambda value: {'k': value}, lambda value: (value,)):
            value = 1
            for _ in range(900):
                value = wrap(value)
            line = typed.dumps(typed.encode(value))
            depth, result = 0, typed.decode(typed.loads(line))
            while result != 1:
                (result,) = result.values() if isinstance(result, dict) else result
                depth += 1
            self.assertEqual(depth, 900)

    def test_limits_are_restored(self):
        before = sys.getrecursionlimit(), getattr(sys, 'get_int_max_str_digits', lambda: None)()
        there_and_back([10 ** 5000])
        self.assertEqual(before, (sys.getrecursionlimit(), getattr(sys, 'get_int_max_str_digits', lambda: None)()))


class Variables(unittest.TestCase):
    def test_at_any_depth(self):
        held = fixtures.Plain()
        result = typed.decode([{'$var': 'x'}, {'$tuple': [{'$var': 'x'}]}], {'x': held}.__getitem__)
        self.assertIs(result[0], held)
        self.assertIs(result[1][0], held)


class Unreadable(unittest.TestCase):
    def test_what_is_no_typed_value(self):
        for data in ({}, {'a': 1}, {'$nosuch': 1}, {'$int': 'x'}, {'$float': 'x'}, {'$str': 'zz'}, {'$bytes': 5}, {'$same': 1}, {'$shared': 1}, 1.5, {'$dict': [1]}, {'$dict': [[[], 1]]},
                     {'$global': 'nosuchmodule:x'}, {'$global': 'builtins:nosuch'}, {'$global': ''}, {'$array': ['i', ['x']]}, {'$exception': {}}, {'$reduce': {'func': 'builtins:nosuch'}},
                     {'$var': 'x'}, {'$other': 'a:b'}, {'$proxy': {'typeid': 'list'}}, {'$set': [[]]}, {'$range': ['a']},
                     [{'$shared': 1, 'value': []}, {'$shared': 1, 'value': []}], {'$shared': 1, 'value': {'$set': [{'$same': 1}]}}):
            with self.assertRaises(typed.Unreadable):
                typed.decode(data)
