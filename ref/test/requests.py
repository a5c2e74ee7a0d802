# SPDX-License-Identifier: MIT
"""A raw peer: sends requests that well-behaved clients never send, and prints what a manager answers, without what differs in each run.

    requests.py ADDRESS KEY-IN-HEXADECIMAL

The same requests are put to CPython's own server and to mpmanager; what is printed must be the same. A reply that holds no identifier and no
traceback is printed as its bytes, too.
"""
import collections
import pickle
import re
import sys
from multiprocessing.connection import Client
from multiprocessing.managers import ListProxy, Token

kind, rest = sys.argv[1].split(':', 1)
address = rest if kind == 'unix' else '\0' + rest if kind == 'abstract' else (rest.rpartition(':')[0], int(rest.rpartition(':')[2]))
token_address = address.encode() if kind == 'abstract' else address
key = bytes.fromhex(sys.argv[2])
idents = {}     # identifier: the name it has in the output
number = 0


class Raw(bytes):
    """Bytes that are sent as they are."""


def connect():
    return Client(address, authkey=key)


def plain(text):
    """A traceback without its frames, identifiers and addresses; the names of a set in order."""
    lines = [line for line in text.split('\n') if line and not line.startswith((' ', 'Traceback'))]
    lines = [re.sub(r'exposed=\{(.*)\}', lambda m: 'exposed={%s}' % ', '.join(sorted(m.group(1).split(', '))), line) for line in lines]
    return hide(re.sub('0x[0-9a-f]+', '0x', '\n      '.join(lines)))


def hide(text):
    for ident, name in idents.items():
        text = text.replace(ident, name)
    return text


def show(reply):
    """A reply as text: its bytes, too, if they say the same in every run."""
    if reply is None:
        return 'closed'
    try:
        value = pickle.loads(reply)
    except Exception as error:
        return 'a reply that cannot be read: %r' % error
    if isinstance(value, tuple) and value[0] in ('#TRACEBACK', '#UNSERIALIZABLE'):
        return '%s %s' % (value[0], plain(value[1]))
    if isinstance(value, tuple) and len(value) == 2 and isinstance(value[1], BaseException):
        text = repr(value[0]) + ' ' + repr(value[1]) + ' ' + repr(value[1].__dict__)
    else:
        text = repr(value)
    text = re.sub("port=\\d+|, \\d+\\)'", '', text)
    hidden = hide(re.sub('0x[0-9a-f]+', '0x', text))
    return '%s %s' % (hidden, reply.hex() if hidden == text and 'Token' not in text else '')


def receive(connection):
    try:
        return connection.recv_bytes()
    except (EOFError, OSError):
        return None


def say(what, reply):
    global number
    number += 1
    print('%3d %s\n      %s' % (number, hide(re.sub('0x[0-9a-f]+', '0x', what)), show(reply)))


def send(connection, request):
    connection.send_bytes(request if isinstance(request, Raw) else pickle.dumps(request))


def one_shot(request, name=None):
    """One request on a connection of its own: the reply, and what comes after it. name is what an identifier in it is called from here on."""
    with connect() as connection:
        send(connection, request)
        reply = receive(connection)
        if name and b'#RETURN' in reply:
            idents[pickle.loads(reply)[1][0]] = name
        say(repr(request), reply)
        if reply is not None and not (type(request) is tuple and request[1:2] == ('accept_connection',) and b'#RETURN' in reply):
            again = receive(connection)
            if again is not None:
                say('and then', again)
    return reply


def create(name, typeid, *args, **kwds):
    """A shared object whose identifier is printed as name."""
    return pickle.loads(one_shot((None, 'create', (typeid,) + args, kwds), name))[1][0]


class Stream:
    def __init__(self):
        self.connection = connect()
        send(self.connection, (None, 'accept_connection', ('peer',), {}))
        say('stream', receive(self.connection))

    def ask(self, request):
        try:
            send(self.connection, request)
        except OSError:
            return say(repr(request) + ' cannot be sent', None)
        reply = receive(self.connection)
        say(repr(request), reply)
        return reply


def first_requests():
    for function in ('dummy', 'number_of_objects', 'debug_info', 'incref', 'decref', 'get_methods', 'create', 'accept_connection', 'serve_forever', '__init__', 'public', 'mutex', b'dummy', 5, None,
                     ('dummy',), (), (1, 2), [], 'Dummy', ''):
        for args, kwds in (((), {}), ((1, 2, 3), {}), (5, {}), ((), 5), (None, None), ((), {'z': 1}), ((), {1: 2}), ((), {'c': 1})):
            if function == 'accept_connection' and (args, kwds) == ((1, 2, 3), {}):
                continue
            one_shot((None, function, args, kwds))
    for request in ((None, 'dummy', ()), (None, 'dummy', (), {}, 1), (), 5, None, 'abcd', 'abc', [None, 'dummy', [], {}], {1: 2}, {'a': 1, 'dummy': 2, 'c': 3, 'd': 4}, ('ignored', 'dummy', (), {}),
                    (None, 'dummy', '', {}), (None, 'dummy', {}, {}), (None, 'dummy', (), collections.OrderedDict()), (None, 'dummy', (), collections.OrderedDict(z=1)), 1.5,
                    [None, 'dummy', range(0), {}]):
        one_shot(request)
    for raw in (b'', b'garbage', b'\x80\x04', b'\x80\x04N', b'\x80\x09.', b'.', b'\x80\x04.', pickle.dumps((None, 'dummy', (), {})) + b'trailing', pickle.dumps((None, 'dummy', (), {}), 0),
                pickle.dumps((None, 'dummy', (), {}), 2), b'\x80\x04(NU\x05dummy', b'(', b'0.', b'\x80\x04]\x94h\x05.', b'\x00' * 5):
        one_shot(Raw(raw))
    for args in (('nosuch',), (), (['list'],), (5,), (None,), ('Iterator',), ('Iterator', 1, 2), ('list', 1), ('list', 1, 2), ('Namespace', 1), ('dict', 5), ('Value',), ('Refusing', 1)):
        one_shot((None, 'create', args, {}))
    for kwds in ({'typeid': 'list'}, {'c': 1}, {'self': 1}):
        if b'#RETURN' in one_shot((None, 'create', (), kwds), 'LEGACY'):
            one_shot((None, 'decref', (next(iter(idents)),), {}))
    one_shot((None, 'create', ('Iterator', 1), {'x': 1}))
    for function in ('incref', 'decref'):
        for ident in ('0', 'deadbeef', '', 5, ['x'], None, '0x10', ' 0', '00'):
            one_shot((None, function, (ident,), {}))
        one_shot((None, function, (), {'ident': 'zz'}))
    for ident in ('0', 'deadbeef', 5):
        one_shot((None, 'get_methods', (Token('list', token_address, ident),), {}))
    one_shot((None, 'get_methods', (), {'token': Token('list', token_address, '0')}))
    one_shot((None, 'accept_connection', (), {'name': 'peer'}))


def counts():
    count = (None, 'number_of_objects', (), {})
    one_shot(count)
    a = create('A', 'list', [1])
    one_shot((None, 'incref', (a,), {}))
    one_shot((None, 'debug_info', (), {}))
    one_shot(count)
    for _ in range(3):
        one_shot((None, 'decref', (a,), {}))
    one_shot(count)
    one_shot((None, 'incref', (a,), {}))
    b = create('B', 'Singleton')
    create('B', 'Narrow')
    one_shot((None, 'debug_info', (), {}))
    stream = Stream()
    stream.ask((b, '__len__', (), {}))
    stream.ask((b, 'append', (1,), {}))
    create('B', 'Singleton')
    stream.ask((b, 'append', (1,), {}))
    stream.ask((b, '__str__', (), {}))
    for _ in range(4):
        one_shot((None, 'decref', (b,), {}))
    u = create('U', 'Unprintable')
    one_shot((None, 'debug_info', (), {}))
    one_shot((None, 'decref', (u,), {}))
    c = create('C', 'list', ['x' * 200])
    one_shot((None, 'debug_info', (), {}))
    one_shot((None, 'decref', (c,), {}))
    one_shot(count)


def nested():
    """An object that lives on inside another one when nobody outside counts it any more."""
    count = (None, 'number_of_objects', (), {})
    outer, inner = create('OUTER', 'list'), create('INNER', 'list', ['inside'])
    # a manager of another process would be asked for a reference: none is counted here
    proxy = Raw(pickle.dumps((outer, 'append', (Proxy(inner),), {})))
    stream = Stream()
    stream.ask(proxy)
    one_shot((None, 'decref', (inner,), {}))
    one_shot(count)
    stream.ask((inner, '__len__', (), {}))
    one_shot((None, 'decref', (inner,), {}))
    one_shot((None, 'incref', (inner,), {}))
    one_shot(count)
    stream.ask((inner, 'append', (2,), {}))
    stream.ask((outer, '__str__', (), {}))
    one_shot((None, 'decref', (inner,), {}))
    stream.ask(Raw(pickle.dumps((outer, 'append', (Proxy('deadbeef'),), {}))))
    stream.ask(Raw(pickle.dumps((outer, 'append', (Proxy('0'),), {}))))
    stream.ask((outer, '__len__', (), {}))
    one_shot((None, 'decref', (outer,), {}))
    one_shot(count)


class Proxy:
    """Pickles as a ListProxy of this manager."""

    def __init__(self, ident):
        self.ident = ident

    def __reduce__(self):
        from multiprocessing.managers import RebuildProxy
        return RebuildProxy, (ListProxy, Token('list', token_address, self.ident), 'pickle', {})

    def __repr__(self):
        return 'Proxy(%r)' % self.ident


def streams():
    one, echo, raiser, hidden, maker = (create(name, typeid) for name, typeid in (('LIST', 'list'), ('ECHO', 'Echo'), ('RAISER', 'Raiser'), ('HIDDEN', 'Hidden'), ('MAKER', 'Maker')))
    bad, printable, unprintable, namespace = (create(name, typeid) for name, typeid in (('BAD', 'Unpicklable'), ('P', 'Printable'), ('U', 'Unprintable'), ('N', 'Namespace')))
    stream = Stream()
    for request in (
            (one, 'append', (3,), {}), (one, '#GETVALUE', (), {}), (one, 'count', [3], {}), (one, 'append', 'z', {}), (one, 'append', None, {}), (one, 'append', (), None), (one, 5, (), {}),
            (one, b'append', (1,), {}), (one, None, (), {}), (one, ('append',), (), {}), (one, [], (), {}), (one, {}, (), {}), (one, 'zz', (), {}), (one, '__class__', (), {}), (one, '', (), {}),
            (one, '__eq__', ([],), {}), ('deadbeef', 'x', (), {}), ('0', 'x', (), {}), (5, 'x', (), {}), ([], 'x', (), {}), (None, 'dummy', (), {}), (one, 'append', (1,), {}, 1), (one, 'append', (1,)),
            (), 5, None, 'abcd', [one, '__len__', [], {}], (one, '__len__', {}, {}), (one, '__len__', range(0), {}), (one, '__len__', (), collections.OrderedDict()), (one, 'append', (), {'x': 1}),
            (one, 'append', (1, 2), {}), (one, 'sort', (), {'reverse': True}), (one, 'sort', (), {'x': 1}), (one, '__str__', (), {}), (one, '__repr__', (), {}), (one, '__str__', (1,), {}),
            (one, '#GETVALUE', (1,), {}), (one, '#GETVALUE', (), {'x': 1}), (one, '#GETVALUE', 5, {}), (one, '__repr__', (), 5), (one, '#getvalue', (), {}), (one, 'accept_connection', ('x',), {}),
            (hidden, 'visible', (), {}), (hidden, 'hidden', (), {}), (hidden, 'ghost', (), {}), (hidden, '_under', (), {}), (hidden, '__len__', (), {}), (echo, 'kept', (), {}), (echo, 'held', (), {}),
            (echo, '__init__', (), {}), (raiser, 'throw', ('ValueError', 'bad', 3), {}), (raiser, 'throw', ('AttributeError', 'x'), {}), (raiser, 'throw', ('EOFError',), {}),
            (raiser, 'throw', ('StopIteration', 7), {}), (raiser, 'throw', ('KeyError', 'k'), {}), (raiser, 'throw_unpicklable', (), {}), (raiser, 'throw_with', ('OSError', (2, 'x', 'f'), {'a': 1}, None), {}),
            (raiser, 'give', ('ValueError', 1), {}), (raiser, 'throw_chained', ('KeyError', 1), {}), (bad, 'lock', (), {}), (bad, 'nested', (), {}), (bad, 'generator', (), {}), (bad, 'fine', (), {}),
            (maker, 'unregistered', (), {}), (maker, 'refused', (), {}), (maker, 'fails', (), {}), (maker, 'ghost', (), {}), (maker, 'items_copy', (), {}), (printable, '__repr__', (), {}),
            (printable, '__str__', (), {}), (unprintable, '__repr__', (), {}), (unprintable, '__str__', (), {}), (printable, '#GETVALUE', (), {}) if 0 else (one, '__len__', (), {}),
            (namespace, '__getattribute__', ('x',), {}), (namespace, '__setattr__', ('x', 1), {}), (namespace, '#GETVALUE', (), {}), (namespace, '__repr__', (), {})):
        stream.ask(request)
    for raw in (b'garbage', b'\x80\x09.', b'0.', b'\x80\x04h\x05.'):
        stream.ask(Raw(raw))
    stream.ask((one, '__len__', (), {}))
    for last in (Raw(b''), Raw(b'\x80\x04'), (raiser, 'leave', ('SystemExit',), {}), (raiser, 'leave', ('KeyboardInterrupt',), {}), (raiser, 'leave', ('GeneratorExit',), {})):
        if sys.version_info < (3, 10):
            break    # the old servers may leave the connection open until another one comes
        stream = Stream()
        stream.ask((one, '__len__', (), {}))
        stream.ask(last)
    stream = Stream()
    for method, args in (('make_list', (1, 2)), ('make_dict', ()), ('make_echo', ()), ('share', ()), ('wrap', (5,)), ('numbers', (3,))):
        value = pickle.loads(stream.connection.recv_bytes()) if stream.connection.send_bytes(pickle.dumps((maker, method, args, {}))) else pickle.loads(stream.connection.recv_bytes())
        exposed, token = value[1]
        idents[token.id] = method.upper()
        say(method, pickle.dumps((value[0], exposed, token.typeid, token.address == token_address, hide(token.id))))
    for name in ('MAKE_LIST', 'SHARE', 'WRAP', 'NUMBERS', 'MAKE_ECHO', 'MAKE_DICT'):
        ident = next(ident for ident in idents if idents[ident] == name)
        one_shot((None, 'decref', (ident,), {}))
        stream.ask((ident, '__repr__', (), {}))
    both = pickle.dumps((one, '__len__', (), {})), pickle.dumps((one, '__repr__', (), {}))
    for request in both:
        stream.connection.send_bytes(request)
    for request in both:
        say('pipelined', receive(stream.connection))


def shutdown():
    with connect() as connection:
        send(connection, (None, 'shutdown', (), {}))
        for _ in range(3):
            say('shutdown', receive(connection))


first_requests()
counts()
nested()
streams()
shutdown()
