# SPDX-License-Identifier: MIT
"""Typed JSON: Python values as JSON that loses nothing, and back (the section "Typed values" of harness/ADAPTER.md).

encode() makes no remote call: a proxy is written by its typeid, an instance by the reduction that the library's own
pickler would send.  Knows nothing of managers: drive.py says what a proxy is and which reducers the library adds.
"""

import array
import contextlib
import copyreg
import importlib
import json
import sys
import types

SAFE_INTEGER = 2 ** 53      # a JSON reader may keep numbers as doubles
DEEP = 60000                # recursion limit while a value is written or read: several frames for each level


class Unreadable(Exception):
    """An operand that is no typed value, or names something that is not here."""


@contextlib.contextmanager
def wide():
    """Lifts the limits on recursion and on digits of integers, and restores them: they belong to what is observed."""
    depth = sys.getrecursionlimit()
    digits = sys.get_int_max_str_digits() if hasattr(sys, 'get_int_max_str_digits') else None
    sys.setrecursionlimit(DEEP)
    if digits is not None:
        sys.set_int_max_str_digits(0)
    try:
        yield
    finally:
        sys.setrecursionlimit(depth)
        if digits is not None:
            sys.set_int_max_str_digits(digits)


def text(string):
    """A str as any JSON reader takes it: surrogates and NUL become escapes (for texts that are shown, not values)."""
    return string.encode('utf-8', 'backslashreplace').decode('utf-8').replace('\0', '\\x00')


# ---- names of classes and functions

def resolve(name):
    """The object called 'module:qualified.name'."""
    module, _, path = name.partition(':')
    try:
        found = importlib.import_module(module)
        for part in path.split('.'):
            found = getattr(found, part)
    except (ImportError, AttributeError, ValueError) as error:
        raise Unreadable('no %s here: %s' % (name, error))
    return found


def class_name(cls):
    return '%s:%s' % (cls.__module__, cls.__qualname__)


def global_name(thing):
    """'module:qualified.name', or None if the thing is not found under its own name."""
    module = getattr(thing, '__module__', None)
    path = getattr(thing, '__qualname__', None) or getattr(thing, '__name__', None)
    if not isinstance(module, str) or not isinstance(path, str) or '<' in path:
        return None
    name = '%s:%s' % (module, path)
    try:
        return name if resolve(name) is thing else None
    except Unreadable:
        return None


# ---- writing

class Node:
    """The one place of an object that has an identity; shared once it has been met again."""
    __slots__ = ('content', 'shared', 'number')

    def __init__(self):
        self.content, self.shared, self.number = None, False, None


class Encoder:
    """One value: visit() makes a tree with a Node for each object that has an identity, finish() numbers the shared ones."""

    def __init__(self, typeid_of, reducers):
        self.typeid_of, self.reducers = typeid_of, reducers
        self.nodes, self.kept, self.count = {}, [], 0

    def visit(self, value):
        kind = type(value)
        if kind in PLAIN:
            return PLAIN[kind](value)
        if kind in COMPOUND:
            return COMPOUND[kind](self, value)
        typeid = self.typeid_of(value)
        if typeid is not None:
            return {'$proxy': {'typeid': text(str(typeid))}}
        if kind in IDENTICAL:
            return self.node(value, IDENTICAL[kind])
        if kind in CLOSED:
            return self.closed(value, CLOSED[kind])
        if isinstance(value, (type, types.FunctionType, types.BuiltinFunctionType)):
            name = global_name(value)
            if name is not None:
                return {'$global': name}
            if value in NAMELESS:
                return {'$reduce': {'func': 'builtins:type', 'args': [self.visit(NAMELESS[value])]}}
        return self.node(value, Encoder.exception if isinstance(value, BaseException) else Encoder.instance)

    def node(self, value, write):
        known = self.nodes.get(id(value))
        if known is not None:
            known.shared = True
            return known
        node = self.nodes[id(value)] = Node()
        self.kept.append(value)
        node.content = write(self, value)
        return node

    def closed(self, value, write):
        """A tuple or frozenset: an identity only if it is met again inside itself."""
        node = self.node(value, write)
        if not node.shared:
            del self.nodes[id(value)]
        return node

    def each(self, values):
        return [self.visit(value) for value in values]

    def pairs(self, pairs):
        return [[self.visit(key), self.visit(value)] for key, value in pairs]

    def exception(self, value):
        body = self.exception_body(value)
        return {'$exception': body} if body is not None else self.instance(value)

    def exception_body(self, value, anyway=False):
        """What stands inside $exception; None if the exception is not rebuilt by its class, unless anyway."""
        kind = type(value)
        try:
            reduced = value.__reduce__()
            usual = isinstance(reduced, tuple) and reduced[0] is kind
        except Exception:
            usual = False
        if not usual:
            if not anyway:
                return None
            reduced = (kind, value.args, value.__dict__)
        self.kept.append(reduced)
        body = {'class': class_name(kind),
                'bases': [base.__name__ for base in kind.__mro__[1:] if base is not object],
                'args': self.each(reduced[1])}
        state = reduced[2] if len(reduced) > 2 else None
        if type(state) is dict:
            state = {name: item for name, item in state.items() if name != 'args'}
            self.kept.append(state)
        if state:
            body['state'] = self.visit(state)
        return body

    def instance(self, value):
        try:
            reducer = self.reducers.get(type(value))
            reduced = reducer(value) if reducer else value.__reduce_ex__(4)
        except Exception:
            return {'$other': class_name(type(value))}
        if isinstance(reduced, str):
            return {'$global': '%s:%s' % (type(value).__module__, reduced)}
        function, args, state, items, pairs = (tuple(reduced) + (None,) * 3)[:5]
        name = global_name(function)
        if name is None:
            return {'$other': class_name(type(value))}
        items, pairs = list(items or ()), list(pairs or ())
        self.kept.append((reduced, items, pairs))
        body = {'func': name, 'args': self.each(args)}
        if state is not None:
            body['state'] = self.visit(state)
        if items:
            body['items'] = self.each(items)
        if pairs:
            body['pairs'] = self.pairs(pairs)
        return {'$reduce': body}

    def finish(self, tree):
        kind = type(tree)
        if kind is list:
            return [self.finish(item) for item in tree]
        if kind is dict:
            return {key: self.finish(item) for key, item in tree.items()}
        if kind is not Node:
            return tree
        if not tree.shared:
            return self.finish(tree.content)
        if tree.number is not None:
            return {'$same': tree.number}
        self.count += 1
        tree.number = self.count
        return {'$shared': tree.number, 'value': self.finish(tree.content)}


def encode(value, typeid_of=lambda value: None, reducers=copyreg.dispatch_table):
    """The typed JSON of a value.  typeid_of(x) is the typeid of a proxy, None for anything else."""
    with wide():
        encoder = Encoder(typeid_of, reducers)
        return encoder.finish(encoder.visit(value))


def encode_exception(value, typeid_of=lambda value: None, reducers=copyreg.dispatch_table):
    """The body of $exception.  An exception that contains itself has number 1 without being wrapped."""
    with wide():
        encoder = Encoder(typeid_of, reducers)
        root = encoder.nodes[id(value)] = Node()
        root.content = encoder.exception_body(value, anyway=True)
        if root.shared:
            root.number = encoder.count = 1
        return encoder.finish(root.content)


def write_int(value):
    return value if -SAFE_INTEGER < value < SAFE_INTEGER else {'$int': str(value)}


def write_str(value):
    try:
        if '\0' not in value:
            value.encode('utf-8')
            return value
    except UnicodeEncodeError:
        pass
    return {'$str': value.encode('utf-8', 'surrogatepass').hex()}


# ---- reading

class Pending:
    """Stands for an object that is being read around this place."""

    def __init__(self, number):
        self.number = number


class Decoder:
    def __init__(self, variable):
        self.variable = variable
        self.objects, self.open, self.repairs = {}, set(), []

    def read(self, data, number=None):
        """The value of data; an object that can be referred to while it is read is entered under number at once."""
        if data is None or type(data) in (bool, int, str):
            return self.enter(number, data)
        if type(data) is float:
            raise Unreadable('a JSON number with a fraction is no typed value: %r' % data)
        if type(data) is list:
            return self.fill_list(self.enter(number, []), data)
        if len(data) == 1:
            (tag, body), = data.items()
            if tag in READERS:
                return READERS[tag](self, body, number)
        if set(data) == {'$shared', 'value'}:
            return self.read_shared(data)
        raise Unreadable('not a typed value: an object with %s' % ', '.join(sorted(data)))

    def enter(self, number, value):
        if number is not None:
            self.objects[number] = value
        return value

    def read_shared(self, data):
        number = data['$shared']
        if number in self.objects or number in self.open:
            raise Unreadable('number %r is used twice' % number)
        self.open.add(number)
        value = self.read(data['value'], number)
        self.open.discard(number)
        self.objects[number] = value
        for container, key, wanted in [repair for repair in self.repairs if repair[2] == number]:
            container[key] = value
        self.repairs = [repair for repair in self.repairs if repair[2] != number]
        return value

    def read_same(self, number, _):
        if number in self.objects:
            return self.objects[number]
        if number in self.open:
            return Pending(number)
        raise Unreadable('nothing was marked as number %r before' % number)

    def whole(self, data):
        value = self.read(data)
        if isinstance(value, Pending):
            raise Unreadable('number %d cannot stand inside itself here' % value.number)
        return value

    def each(self, data):
        return [self.whole(item) for item in data]

    def fill_list(self, target, data):
        for item in data:
            value = self.read(item)
            if isinstance(value, Pending):
                self.repairs.append((target, len(target), value.number))
            target.append(value)
        return target

    def fill_dict(self, target, data):
        for key, item in data:
            key, value = self.whole(key), self.read(item)
            if isinstance(value, Pending):
                self.repairs.append((target, key, value.number))
            target[key] = value
        return target

    def fill_set(self, target, data):
        for item in data:
            target.add(self.whole(item))
        return target

    def exception(self, body, number):
        value = self.enter(number, resolve(body['class'])(*self.each(body['args'])))
        state = self.read(body.get('state'))
        if state:
            value.__setstate__(state)
        return value

    def instance(self, body, number):
        value = self.enter(number, resolve(body['func'])(*self.each(body.get('args', []))))
        if body.get('state') is not None:
            set_state(value, self.whole(body['state']))
        for item in body.get('items', []):
            value.append(self.whole(item))
        for key, item in body.get('pairs', []):
            value[self.whole(key)] = self.whole(item)
        return value


def set_state(value, state):
    """What an unpickler does with a state."""
    setter = getattr(value, '__setstate__', None)
    if setter is not None:
        return setter(state)
    slots = None
    if isinstance(state, tuple) and len(state) == 2:
        state, slots = state
    if state:
        value.__dict__.update(state)
    for name, item in (slots or {}).items():
        setattr(value, name, item)


def decode(data, variable=None):
    """The value of typed JSON.  variable(name) is what {"$var": name} stands for."""
    with wide():
        try:
            return Decoder(variable).read(data)
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
            raise Unreadable('bad typed value: %s: %s' % (type(error).__name__, error))


# ---- lines of JSON, of any depth: the fast coders of newer versions have a recursion limit of their own

def dumps(data):
    with wide():
        try:
            return json.dumps(data, separators=(',', ':'))
        except RecursionError:
            return slow_dumps(data)


def slow_dumps(data):
    if type(data) is list:
        return '[%s]' % ','.join([slow_dumps(item) for item in data])
    if type(data) is dict:
        return '{%s}' % ','.join(['%s:%s' % (json.dumps(key), slow_dumps(item)) for key, item in data.items()])
    return json.dumps(data)


def loads(line):
    with wide():
        try:
            return json.loads(line)
        except RecursionError:
            decoder = json.JSONDecoder()
            decoder.parse_object, decoder.parse_array = json.decoder.JSONObject, json.decoder.JSONArray
            decoder.scan_once = json.scanner.py_make_scanner(decoder)
            return decoder.decode(line)


# ---- the tables

PLAIN = {
    type(None): lambda value: None,
    bool: lambda value: value,
    int: write_int,
    float: lambda value: {'$float': repr(value)},
    complex: lambda value: {'$complex': [repr(value.real), repr(value.imag)]},
    str: write_str,
    bytes: lambda value: {'$bytes': value.hex()},
    type(Ellipsis): lambda value: {'$ellipsis': True},
    type(NotImplemented): lambda value: {'$notimplemented': True},
}
COMPOUND = {
    range: lambda self, value: {'$range': self.each((value.start, value.stop, value.step))},
    slice: lambda self, value: {'$slice': self.each((value.start, value.stop, value.step))},
}
IDENTICAL = {
    list: Encoder.each,
    dict: lambda self, value: {'$dict': self.pairs(value.items())},
    set: lambda self, value: {'$set': self.each(value)},
    bytearray: lambda self, value: {'$bytearray': value.hex()},
    array.array: lambda self, value: {'$array': [value.typecode, self.each(value)]},
}
CLOSED = {
    tuple: lambda self, value: {'$tuple': self.each(value)},
    frozenset: lambda self, value: {'$frozenset': self.each(value)},
}
NAMELESS = {type(None): None, type(Ellipsis): Ellipsis, type(NotImplemented): NotImplemented}
READERS = {
    '$var': lambda self, body, number: self.enter(number, self.variable(body)),
    '$int': lambda self, body, number: int(body),
    '$float': lambda self, body, number: float(body),
    '$complex': lambda self, body, number: complex(float(body[0]), float(body[1])),
    '$str': lambda self, body, number: bytes.fromhex(body).decode('utf-8', 'surrogatepass'),
    '$bytes': lambda self, body, number: bytes.fromhex(body),
    '$bytearray': lambda self, body, number: self.enter(number, bytearray.fromhex(body)),
    '$tuple': lambda self, body, number: tuple(self.each(body)),
    '$set': lambda self, body, number: self.fill_set(self.enter(number, set()), body),
    '$frozenset': lambda self, body, number: frozenset(self.each(body)),
    '$dict': lambda self, body, number: self.fill_dict(self.enter(number, {}), body),
    '$range': lambda self, body, number: range(*self.each(body)),
    '$slice': lambda self, body, number: slice(*self.each(body)),
    '$ellipsis': lambda self, body, number: Ellipsis,
    '$notimplemented': lambda self, body, number: NotImplemented,
    '$global': lambda self, body, number: resolve(body),
    '$array': lambda self, body, number: self.enter(number, array.array(body[0], self.each(body[1]))),
    '$exception': Decoder.exception,
    '$reduce': Decoder.instance,
    '$same': Decoder.read_same,
}
