# SPDX-License-Identifier: MIT
"""Random sessions: a few objects of the manager, and calls on them, mostly right, often at an edge, sometimes wrong.

A session is a list of lines of a case file, prompt and statement.  The tables say of each type how one is made and what its methods take; a word of an
argument list is a method of Arguments.  Nothing that is written here can wait for long: what blocks is given a timeout that is short, or none.
"""
import random

from values import ARRAYS, EXCEPTIONS, NAMES, Values

# name of a method, what it takes; a word with `?` may be left out, one with `!` is called by _callmethod only: the proxy has an object's own of that name
LIST = ['append value', 'count value', 'extend iterable', 'index value index? index?', 'insert index value', 'pop index?', 'remove value', 'reverse', 'sort key? reverse?',
        '__add__ iterable', '__contains__ value', '__delitem__ subscript', '__getitem__ subscript', '__setitem__ index value', '__setitem__ slice iterable', '__len__', '__mul__ count',
        '__rmul__ count', '__imul__ count', '__iadd__ iterable', '__reversed__', 'clear', 'copy', '__str__', '__repr__', '__iter__']
DICT = ['__contains__ hashable', '__delitem__ hashable', '__getitem__ hashable', '__setitem__ hashable value', '__len__', '__iter__', 'get hashable value?', 'items', 'keys', 'values',
        'pop hashable value?', 'popitem', 'setdefault hashable value?', 'update mapping', 'update mapping kwds', 'clear', 'copy', '__or__ mapping', '__ior__ mapping', '__ror__ mapping',
        '__reversed__', 'fromkeys iterable value?', '__str__', '__getitem__ value', '__setitem__ value value', 'get value']
SET = ['add hashable', 'discard hashable', 'remove hashable', 'pop', 'clear', 'copy', 'update iterable iterable?', 'union iterable', 'difference iterable', 'intersection iterable iterable?',
       'symmetric_difference iterable', 'difference_update iterable', 'intersection_update iterable', 'symmetric_difference_update iterable', 'isdisjoint iterable', 'issubset iterable',
       'issuperset iterable', '__and__ set', '__or__ set', '__sub__ set', '__xor__ set', '__rsub__ set', '__iand__ set', '__ior__ set', '__isub__ set', '__ixor__ set', '__le__ set',
       '__lt__ set', '__ge__ set', '__gt__ set', '__contains__ value', '__len__', '__iter__', 'add value']
NAMESPACE = ['!__getattribute__ name', '!__setattr__ name value', '!__delattr__ name', '__str__', '!__getattribute__ text', '!__setattr__ text value', '!__setattr__ value value']
VALUE = ['get', 'set value', '__str__']
ARRAY = ['__len__', '__getitem__ subscript', '__setitem__ index number', '__setitem__ slice array', '__setitem__ index value', '__str__']
QUEUE = ['put value false', 'put_nowait value', 'get false', 'get_nowait', 'qsize', 'empty', 'full', 'task_done', 'get true short', 'put value true short', 'get false value', 'shutdown index?']
EVENT = ['set', 'clear', 'is_set', 'wait short', 'wait zero']
LOCK = ['acquire false', 'acquire true brief', 'acquire false short', 'release', 'locked', 'acquire false value', 'release value']
SEMAPHORE = ['acquire false', 'acquire true brief', 'acquire false short', 'release', 'release index', 'locked']
CONDITION = LOCK + ['wait short', 'notify', 'notify index', 'notify_all', 'wait value']
BARRIER = ['reset', 'abort', 'wait zero', '!__getattribute__ barriername', '__str__']
ECHO = ['echo value value', 'identity value', 'default value value?', 'nothing', 'keep value', 'kept', 'grow value', 'typename value', 'same value value', 'equal value value',
        'first iterable', 'join value value', 'equal number number', 'keep iterable', '__str__', 'first plain', 'echo kwds', 'default value kwds']
RAISER = ['throw exceptionname value value?', 'throw exceptionname', 'throw_value exception', 'throw_value value', 'throw_with exceptionname iterable attributes none', 'throw_chained exceptionname value',
          'throw_custom value', 'give exceptionname value value?', 'throw_queue text', 'give exceptionname iterable value value? value?']
MAKER = ['make_list value value', 'make_dict kwds', 'share', 'items_copy', 'wrap value', 'numbers count', 'make_echo', 'fails', 'refused', 'unregistered', 'ghost', 'wrap iterable']
COUNTER = ['hit', 'hit number', 'count', 'hit plain']
WRAPPER = ['get', '__str__']
ITERATOR = ['__next__', 'send value', 'throw exception', 'close', '__iter__', 'send none']
RESULT = ['get true', 'ready', 'successful', 'wait true', 'get', 'get value']
POOL = ['apply operatorname pair', 'apply functionname args', 'map functionname iter', 'apply operatorname numberpair', 'apply_async operatorname pair', 'map functionname list count?',
        'starmap operatorname listofpairs', 'imap functionname list', 'apply value value?', 'map value iterable', 'apply mathname onenumber', 'apply functionname onenumber', 'apply strname onenumber', 'map strname list', 'apply timesname manytimes', 'apply moduloname modulopair',
        'apply powername smallpair']

# typeid: how one is made, its methods, how often.  What may be refused is made too, but not used (WRONG).
TYPES = {
    'list': (['numbers', 'list', 'list', '', 'anyset', 'range'], LIST, 24),
    'dict': (['map', 'map', '', 'map kwds', 'kwds', 'pairs'], DICT, 20),
    'set': (['anyset', 'numbers', ''], SET, 8),
    'Namespace': (['kwds', ''], NAMESPACE, 6),
    'Value': (['typecode value', 'typecode number'], VALUE, 4),
    'Array': (['intcode small', 'floatcode numbers', 'floatcode small'], ARRAY, 6),
    'Queue': (['', 'count'], QUEUE, 5),
    'JoinableQueue': (['count'], QUEUE, 1),
    'Event': ([''], EVENT, 1),
    'Lock': ([''], LOCK, 2),
    'RLock': ([''], LOCK, 2),
    'Semaphore': (['', 'natural'], SEMAPHORE, 2),
    'BoundedSemaphore': (['', 'natural'], SEMAPHORE, 2),
    'Condition': ([''], CONDITION, 2),
    'Barrier': (['two'], BARRIER, 2),
    'Pool': (['one'], POOL, 7),
    'Echo': ([''], ECHO, 14),
    'Raiser': ([''], RAISER, 5),
    'Maker': ([''], MAKER, 5),
    'Counter': (['', 'number'], COUNTER, 2),
    'Wrapper': (['value'], WRAPPER, 1),
    'Constructed': (['value kwds'], ['arguments'], 1),
}
WRONG = ['list value', 'list iterable', 'list value value', 'dict value', 'dict mapping', 'dict mapping kwds', 'dict value value', 'Namespace value', 'Value value', 'Array typecode iterable',
         'Array typecode numbers', 'Array value value', 'Array typecode', 'Queue value', 'Lock value', 'Event value', 'Semaphore value', 'BoundedSemaphore number', 'Barrier value', 'Counter value',
         'Wrapper', 'Constructed value kwds', 'Iterator value', 'Refusing value', 'Barrier number value', 'Condition value', 'RLock value', 'nosuch']
# methods whose result is bound to a name in some sessions, and the methods of what it then is
RESULTS = {'make_list': LIST, 'make_dict': DICT, 'share': LIST, 'numbers': ITERATOR, 'make_echo': ECHO, 'wrap': WRAPPER, '__iter__': ITERATOR, 'apply_async': RESULT, 'imap': ITERATOR}
SEQUENCES = {'list': LIST, 'dict': DICT, 'set': SET, 'Array': ARRAY}
BUILTINS = ['len', 'str', 'bool', 'list', 'tuple', 'sorted', 'repr', 'deepcopy', 'copy', 'reversed', 'set', 'dict', 'iter', 'type', 'repickle', 'frozenset']
NAMES_OF_METHODS = ['__len__', 'append', 'nosuch', '', '#GETVALUE', '__repr__', '__class__', '__reduce__', '__init__', 'copy', '__dict__', '__eq__', '__hash__', '__sizeof__', '_lock', '__iter__']
OPERATORS = ['+', '*', '==', '!=', '<', '<=', '>', '>=', 'in', 'not in', '-', '&', '|', '^', 'is']
AUGMENTED = ['+=', '*=', '|=', '&=', '-=', '^=']
OPERATOR_NAMES = ['add', 'sub', 'truediv', 'floordiv', 'eq', 'ne', 'lt', 'le', 'gt', 'ge', 'and_', 'or_', 'xor', 'getitem', 'contains', 'concat', 'countOf', 'indexOf', 'is_']
FUNCTION_NAMES = ['abs', 'all', 'any', 'bin', 'bool', 'chr', 'dict', 'divmod', 'float', 'frozenset', 'hex', 'int', 'len', 'list', 'max', 'min', 'oct', 'ord', 'range', 'repr',
                  'set', 'sorted', 'sum', 'tuple']
MATH_NAMES = ['sqrt', 'floor', 'ceil', 'trunc', 'gcd', 'isqrt', 'fmod', 'copysign']
EXCEPTION_NAMES = ['ValueError', 'KeyError', 'IndexError', 'OSError', 'TypeError', 'StopIteration', 'EOFError', 'ZeroDivisionError', 'AttributeError', 'UnicodeDecodeError', 'ImportError',
                   'SyntaxError', 'NameError', 'RuntimeError', 'SystemError', 'UnicodeEncodeError', 'FileNotFoundError', 'BlockingIOError']
TYPE_CODES = ['i', 'd', 'b', 'B', 'h', 'u', 'q', 'f', 'L', 'x']


class Arguments(Values):
    """What the words of the tables mean: each method makes the text of one argument, or of several."""

    def words(self, words):
        made = []
        for word in words.split():
            if word.endswith('?') and self.chance(50):
                break
            text = getattr(self, 'a_' + word.rstrip('?'))()
            if text:
                made.append(text)
        return made

    def a_value(self): return self.value(2)
    def a_anyset(self): return self.set()
    def a_range(self): return self.range()
    def a_map(self): return self.dict(1)
    def a_pairs(self): return self.pairs()
    def a_natural(self): return self.one(['0', '1', '2'])
    def a_intcode(self): return self.one(["'i'", "'b'", "'h'", "'q'"])
    def a_floatcode(self): return self.one(["'d'", "'f'"])
    def a_small(self): return self.one(['[]', '[1]', '[1, 2, 3]', '[0, -128, 127]', 'range(5)', '[True, -1]'])
    def a_hashable(self): return self.hashable()
    def a_iterable(self): return self.iterable()
    def a_plain(self): return self.plain()
    def a_iter(self): return self.one([self.numbers, self.range, self.text, self.a_list])()
    def a_brief(self): return self.one(['0', '0.001', '0.0'])
    def a_list(self): return '[%s]' % ', '.join(self.elements(self.value, 1, 6))
    def a_numbers(self): return self.numbers()
    def a_number(self): return self.number()
    def a_index(self): return self.index()
    def a_slice(self): return self.slice()
    def a_subscript(self): return self.index() if self.chance(60) else self.slice()
    def a_count(self): return self.times()
    def a_mapping(self): return self.dict(1) if self.chance(60) else self.pairs() if self.chance(60) else self.value(1)
    def a_set(self): return self.set() if self.chance(70) else self.value(1)
    def a_name(self): return self.one(NAMES)
    def a_text(self): return self.text()
    def a_array(self): return self.one(ARRAYS) if self.chance(70) else self.value(1)
    def a_true(self): return 'True'
    def a_false(self): return 'False'
    def a_short(self): return self.one(['0', '0.001', '-1', '0.0'])
    def a_zero(self): return '0'
    def a_one(self): return '1'
    def a_two(self): return '2'
    def a_none(self): return 'None'
    def a_barriername(self): return self.one(["'parties'", "'n_waiting'", "'broken'", "'nosuch'"])
    def a_exception(self): return self.one(EXCEPTIONS)
    def a_exceptionname(self): return "'%s'" % self.one(EXCEPTION_NAMES)
    def a_attributes(self): return self.one(['{}', "{'code': 1}", "{'a': [1], 'b': None}"])
    def a_typecode(self): return "'%s'" % self.one(TYPE_CODES)
    def a_modulopair(self): return '(%s, %s)' % (self.number(), self.plain())
    def a_operatorname(self): return '_operator.' + self.one(OPERATOR_NAMES)
    def a_functionname(self): return 'builtins.' + self.one(FUNCTION_NAMES)
    def a_strname(self): return 'builtins.str'
    def a_mathname(self): return 'math.' + self.one(MATH_NAMES)
    def a_moduloname(self): return '_operator.mod'
    def a_timesname(self): return '_operator.mul'
    def a_manytimes(self): return '(%s, %s)' % ((self.plain(), self.times()) if self.chance(50) else (self.times(), self.plain()))
    def a_powername(self): return self.one(['builtins.pow', '_operator.pow', '_operator.lshift', '_operator.rshift', 'builtins.round', 'math.fmod'])
    def a_smallpair(self): return '(%s, %s)' % (self.number(), self.one(['0', '1', '2', '-1', '3', '-2', '0.5', 'None', 'True', "'a'", '10']))
    def a_pair(self): return '(%s, %s)' % (self.plain(), self.plain())
    def a_numberpair(self): return '(%s, %s)' % (self.number(), self.number())
    def a_onenumber(self): return '(%s,)' % self.number()
    def a_args(self): return self.tuple(self.value, 2)
    def a_listofpairs(self): return '[%s]' % ', '.join('(%s, %s)' % (self.number(), self.number()) for _ in range(self.random.randrange(3)))
    def a_key(self): return self.one(['key=builtins.len', 'key=builtins.str', 'key=builtins.abs', 'key=None', 'key=_operator.neg', 'key=builtins.repr', 'key=builtins.int']) if self.chance(60) else ''
    def a_reverse(self): return 'reverse=' + (self.one(['True', 'False', '1', '0']) if self.chance(85) else self.value(0))
    def a_kwds(self): return ', '.join('%s=%s' % (name, self.value(1)) for name in ('a', 'b', 'self', 'x1')[:self.random.randrange(4)] if self.chance(80))


class Session:
    """One session of a seed."""

    prompt = ''

    def __init__(self, seed, only=None, steps=20):
        self.arguments = Arguments(random.Random(seed))
        self.one, self.chance = self.arguments.one, self.arguments.chance
        self.lines, self.objects, self.handed, self.number, self.only = [], [], [], 0, only
        self.counts, self.several = self.chance(15), self.chance(20)
        for _ in range(1 + self.arguments.random.randrange(3)):
            self.create()
        for _ in range(steps):
            self.step()

    def say(self, statement):
        self.lines.append('%s>>> %s' % (self.prompt, statement))

    def name(self, letter):
        self.number += 1
        return '%s%d' % (letter, self.number)

    def bound(self, name, methods, typeid=None):
        self.objects.append((name, methods, typeid))
        if typeid != 'Pool':
            self.arguments.proxies.append(name)

    def create(self, wrongly=False):
        if wrongly:
            typeid, _, words = self.one(WRONG).partition(' ')
            self.say('manager.%s(%s)' % (typeid, ', '.join(self.arguments.words(words))))
            return
        names = [name for name in TYPES if not self.only or name in self.only]
        weights = [TYPES[name][2] for name in names]
        typeid = self.arguments.random.choices(names, weights)[0]
        given, methods, _ = TYPES[typeid]
        text = ', '.join(self.arguments.words(self.one(given)))
        name = self.name('o')
        self.say('%s = manager.%s(%s)' % (name, typeid, text))
        self.bound(name, methods, typeid)

    def local(self):
        name = self.name('v')
        kind = self.one(['list', 'dict', 'value'])
        text = self.arguments.a_list() if kind == 'list' else self.arguments.dict(2) if kind == 'dict' else self.arguments.value(3)
        self.say('%s = %s' % (name, text))
        if kind == 'list' and self.chance(40):
            self.say('%s.append(%s)' % (name, name))
        self.arguments.shared.append(name)

    def call(self, name, methods):
        method, _, words = self.one(methods).partition(' ')
        raw, method = method.startswith('!'), method.lstrip('!')
        waits = {'acquire', 'wait', 'get', 'put', 'join'} & {method}
        given = self.arguments.words(words)
        if not waits and self.chance(5):
            given.insert(self.arguments.random.randrange(len(given) + 1) if not any('=' in item for item in given) else 0, self.arguments.value(1))
        elif not waits and given and self.chance(5):
            given.pop()
        keywords = [item for item in given if item.partition('=')[0].isidentifier() and '=' in item and '==' not in item]
        positional = [item for item in given if item not in keywords]
        if (raw or self.chance(35)) and not keywords:
            text = '%s._callmethod(%r, (%s))' % (name, method, ', '.join(positional) + (',' if len(positional) == 1 else ''))
        elif (raw or self.chance(35)) and not any(',' in item for item in keywords):
            text = '%s._callmethod(%r, (%s), {%s})' % (name, method, ', '.join(positional) + (',' if len(positional) == 1 else ''),
                                                      ', '.join('%r: %s' % tuple(item.split('=', 1)) for item in keywords))
        else:
            text = '%s.%s(%s)' % (name, method, ', '.join(positional + keywords))
        if method in RESULTS and self.chance(80):
            store = self.name('r')
            self.say('%s = %s' % (store, text))
            self.bound(store, RESULTS[method])
            if method == 'apply_async':
                self.say('%s.wait()' % store)
        else:
            self.say(text)

    def syntax(self, name, typeid):
        """An operation of the proxy that has a form of its own in Python."""
        kind = self.arguments.random.randrange(10)
        arguments = self.arguments
        if kind < 3:
            self.say('%s(%s)' % (self.one(BUILTINS), name))
        elif kind < 6:
            operator = self.one(OPERATORS)
            other = arguments.times() if operator == '*' else arguments.value(1)
            left, right = (name, other) if self.chance(70) else (other, name)
            self.say('%s %s %s' % (self.operand(left), operator, self.operand(right)))
        elif kind < 7 and typeid in ('list', 'dict', 'set'):
            operator = self.one(AUGMENTED)
            self.say('%s %s %s' % (name, operator, arguments.times() if operator == '*=' else arguments.iterable()))
        elif kind < 8:
            self.say('%s[%s]' % (name, arguments.a_subscript() if typeid != 'dict' else arguments.hashable()))
        elif kind < 9:
            self.say('%s[%s] = %s' % (name, arguments.a_subscript() if typeid != 'dict' else arguments.hashable(), arguments.value(1)))
        elif typeid == 'Namespace':
            self.say(self.one(['%s.a', '%s.b = 1', 'del %s.a', '%s.nosuch']) % name)
        else:
            self.say('%s._getvalue()' % name)

    def operand(self, text):
        return '(%s)' % text if text.startswith(('-', '{', 'frozenset(', 'set(')) or ' ** ' in text else text

    def step(self):
        kind = self.arguments.random.randrange(100)
        name, methods, typeid = self.one(self.objects)
        if kind < 5 and len(self.objects) < 6:
            self.create(wrongly=self.chance(30))
        elif kind < 9:
            self.local()
        elif kind < 11 and len(self.objects) > 1:
            self.drop(name)
        elif kind < 15 and typeid != 'Pool':
            self.wild(name)
        elif kind < 30 and self.several:
            self.elsewhere()
        elif kind < 30 and self.counts:
            self.say('manager._number_of_objects()')
        elif kind < 32:
            self.say('manager._get_methods(%s)' % name)
        elif kind < 45 and (typeid in SEQUENCES or typeid == 'Namespace' or methods in (LIST, DICT)):
            self.syntax(name, typeid)
        elif kind < 50 and typeid in SEQUENCES:
            self.say('str(%s)' % name)
        else:
            self.call(name, methods)

    def wild(self, name):
        """A call that no method of a proxy makes."""
        arguments = self.arguments
        method = repr(self.one(NAMES_OF_METHODS)) if self.chance(80) else arguments.value(1)
        args = arguments.tuple(arguments.value, 2) if self.chance(60) else arguments.value(1)
        kwds = arguments.dict(1) if self.chance(70) else '{%s: %s}' % (self.one(NAMES), arguments.value(1)) if self.chance(50) else arguments.value(1)
        self.say('%s._callmethod(%s)' % (name, ', '.join([method, args, kwds][:self.arguments.random.randrange(1, 4)])))

    def elsewhere(self):
        """Another client is handed an object, or calls one that it has been."""
        name, methods, typeid = self.one(self.objects)
        if typeid in ('Pool', 'Lock', 'RLock', 'Semaphore', 'BoundedSemaphore', 'Condition', 'Barrier'):
            return  # what one client holds another would wait for
        if name not in [item[0] for item in self.handed]:
            self.say('hand %s to b' % name)
            self.handed.append((name, methods))
        arguments, (name, methods) = self.arguments, self.one(self.handed)
        kept = arguments.shared, arguments.proxies, self.objects
        arguments.shared, arguments.proxies = [], [item[0] for item in self.handed]
        self.prompt = 'b'
        if self.chance(15):
            self.say('del ' + name)
            self.handed = [item for item in self.handed if item[0] != name]
        else:
            self.call(name, [method for method in methods if method.partition(' ')[0] not in RESULTS] or methods)
        self.prompt = ''
        arguments.shared, arguments.proxies, self.objects = kept

    def drop(self, name):
        self.say('del ' + name)
        self.objects = [item for item in self.objects if item[0] != name]
        if name in self.arguments.proxies:
            self.arguments.proxies.remove(name)


def make(seed, only=None, steps=20):
    """The lines of the session of this seed (a str or a number)."""
    return Session('mpconform differ %s' % seed, only, steps).lines
