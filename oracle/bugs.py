# SPDX-License-Identifier: MIT
"""Planted bugs: each makes CPython's manager (serve.py --bug) or proxy (drive.py --bug) wrong in one way that the suite must notice.

A bug is a row of a table at the end: the name, what is wrong, and a patch of the package's "managers" module.  The ways to
patch are in patches.py.
"""

import copy
import sys

from patches import (Tapped, attribute, call, changed, error_filter, last_line, narrow_float, narrow_int, only, proxy_call, rebuilt_error,
                     reply, server_function, tap, value_filter, with_base_class, without, without_state, wrap)

# ---- bugs of the manager that need more than a line

def unexposed(make):
    def change(stream, text):
        if last_line(text).startswith('KeyError: ') and stream.request:
            return '#ERROR', make(stream.request[1])
        return '#TRACEBACK', text
    return reply('#TRACEBACK', change)


def referent(server, ident):
    return server.id_to_obj.get(ident) or server.id_to_local_proxy_obj.get(ident)


def copy_as_proxy(stream, result):
    if type(result) is not list:
        return '#RETURN', result
    ident, exposed = stream.server.create(stream, 'list', result)
    return '#PROXY', (exposed, token(stream.server, 'list', ident))


def token(server, typeid, ident):
    return sys.modules[type(server).__module__].Token(typeid, server.address, ident)


def proxy_as_copy(stream, result):
    _, sent = result
    value = referent(stream.server, sent.id)[0]
    stream.server.decref(stream, sent.id)
    return '#RETURN', value


def proxy_leaks(stream, result):
    stream.server.incref(stream, result[1].id)
    return '#PROXY', result


def proxy_value(server, ident, method, args, kwds):
    """Proxies in arguments become copies of what they stand for."""
    def value_of(item):
        return copy.copy(referent(server, item._id)[0]) if hasattr(item, '_id') and referent(server, item._id) else item
    return ident, method, changed(args, value_of), kwds


def created(change):
    """A patch of create: change(server, entry) gives the entry (obj, exposed, method_to_typeid) another content."""
    def around(original, server, conn, *args, **kwds):
        ident, exposed = original(server, conn, *args, **kwds)
        server.id_to_obj[ident] = change(server.id_to_obj[ident])
        return ident, exposed
    return server_function('create', around)


class Everything(set):
    def __contains__(self, name):
        return True


def own_methods(entry):
    obj, exposed, mapping = entry
    return obj, {name for name in exposed if name in vars(type(obj))} | set(mapping or ()), mapping


def create_shares(original, server, conn, typeid, *args, **kwds):
    """Objects of one typeid share an identifier as long as the first lives."""
    firsts = server.__dict__.setdefault('first_idents', {})
    ident, exposed = original(server, conn, typeid, *args, **kwds)
    first = firsts.setdefault(typeid, ident)
    if first == ident or first not in server.id_to_refcount:
        firsts[typeid] = ident
        return ident, exposed
    server.id_to_obj[first] = server.id_to_obj.pop(ident)
    server.id_to_refcount[first] += server.id_to_refcount.pop(ident)
    return first, exposed


def on_streams(name, around):
    """A patch of a server function that can tell, by its connection, whether a stream called it."""
    def patch(managers):
        tap()(managers)
        server_function(name, around)(managers)
    return patch


def adopt_anyway(original, server, conn, typeid, *args, **kwds):
    """The callable of a typeid is not called for a result that becomes a proxy."""
    if isinstance(conn, Tapped) and server.registry.get(typeid, (None,))[0]:
        server.registry = dict(server.registry)
        server.registry[typeid] = (None,) + tuple(server.registry[typeid][1:])
    return original(server, conn, typeid, *args, **kwds)


def call_without_result(original, server, conn, typeid, *args, **kwds):
    if isinstance(conn, Tapped) and server.registry.get(typeid, (None,))[0]:
        args = ()
    return original(server, conn, typeid, *args, **kwds)


def dead_iterator(original, server, conn, typeid, *args, **kwds):
    if typeid == 'Iterator' and not hasattr(args[0], 'send'):
        args = (iter(list(args[0])),)
    return original(server, conn, typeid, *args, **kwds)


def answer_exit(managers):
    """SystemExit of a method is answered as an error."""
    def around(original, server, conn):
        stream = Tapped(server, conn, None, None)
        while True:
            try:
                return original(server, stream)
            except BaseException as error:
                if stream.answered or stream.request is None:
                    raise
                stream.send(('#ERROR', error))
    wrap(managers.Server, 'serve_client', around)


def keep_released(original, server, conn, ident):
    entry = server.id_to_obj.get(ident)
    original(server, conn, ident)
    if ident not in server.id_to_refcount and entry is not None:
        server.id_to_local_proxy_obj.setdefault(ident, entry)


def twice(original, server, conn, ident):
    original(server, conn, ident)
    if ident in server.id_to_refcount:
        original(server, conn, ident)


def create_twice(original, server, conn, *args, **kwds):
    ident, exposed = original(server, conn, *args, **kwds)
    server.incref(conn, ident)
    return ident, exposed


def no_fallback(name):
    def patch(managers):
        managers.Server.fallback_mapping = {key: value for key, value in managers.Server.fallback_mapping.items() if key != name}
    return patch


def private_too(managers):
    managers.public_methods = lambda obj: [name for name in managers.all_methods(obj) if not name.startswith('__')]


def hang_up(stream, result):
    stream.hang_up()


def hang_up_afterwards(stream, error):
    stream.conn.send(('#ERROR', error))
    stream.hang_up()


def exposed_reversed_type(original, server, conn, *args, **kwds):
    ident, exposed = original(server, conn, *args, **kwds)
    return ident, ()


def off_by_one(original, server, conn):
    return original(server, conn) + 1


# ---- bugs of the proxy that need more than a line

def keep_alive(original, proxy, method, args, kwds):
    result = original(proxy, method, args, kwds)
    if hasattr(result, '_incref') and hasattr(result, '_token'):
        conn = result._Client(result._token.address, authkey=result._authkey)
        try:
            sys.modules[type(proxy).__mro__[-2].__module__].dispatch(conn, None, 'incref', (result._id,))
        finally:
            conn.close()
    return result


def as_value(original, proxy, method, args, kwds):
    result = original(proxy, method, args, kwds)
    return original(result, '#GETVALUE', (), {}) if hasattr(result, '_token') and hasattr(result, '_callmethod') else result


def errors_as_remote(managers):
    def around(original, proxy, method, args, kwds):
        try:
            return original(proxy, method, args, kwds)
        except managers.RemoteError:
            raise
        except Exception as error:
            raise managers.RemoteError('Traceback (most recent call last):\n%s: %s\n' % (type(error).__name__, error)) from None
    proxy_call(around)(managers)


def remote_as(make):
    def patch(managers):
        def around(original, proxy, method, args, kwds):
            try:
                return original(proxy, method, args, kwds)
            except managers.RemoteError as error:
                raise make(managers, error) from None
        proxy_call(around)(managers)
    return patch


def returned_error(original, proxy, method, args, kwds):
    try:
        return original(proxy, method, args, kwds)
    except Exception as error:
        if type(error).__module__.endswith('.managers'):
            raise
        return error


def raised_result(original, proxy, method, args, kwds):
    result = original(proxy, method, args, kwds)
    if isinstance(result, Exception):
        raise result
    return result


def stream_lost(original, proxy, method, args, kwds):
    try:
        return original(proxy, method, args, kwds)
    except Exception:
        if hasattr(proxy._tls, 'connection'):
            proxy._tls.connection.close()
        raise


def late_reply(managers):
    """Every call returns what the call before it returned."""
    held = []

    def around(original, *call):
        held.append(original(*call))
        return held.pop(0) if len(held) > 1 else held[0]
    proxy_call(around)(managers)


def no_incref(managers):
    def incref(self):
        wrapped = managers.dispatch
        managers.dispatch = lambda conn, ident, name, args=(), kwds={}: None if name == 'incref' else wrapped(conn, ident, name, args, kwds)
        try:
            original(self)
        finally:
            managers.dispatch = wrapped
    original = managers.BaseProxy._incref
    managers.BaseProxy._incref = incref


def no_decref(managers):
    managers.BaseProxy._decref = staticmethod(lambda token, *rest: None)


def plain_inplace(managers):
    managers.ListProxy.__iadd__ = lambda self, value: self._callmethod('__add__', (value,))
    managers.ListProxy.__imul__ = lambda self, value: self._callmethod('__mul__', (value,))


def all_remote(managers):
    cls = managers.NamespaceProxy
    own = ('_token', '_id', '_callmethod', '_tls', '_manager', '_authkey', '_serializer', '_Client', '_close', '_serial')

    def getter(self, name):
        call = object.__getattribute__(self, '_callmethod')
        return object.__getattribute__(self, name) if name in own or name.startswith('__') else call('__getattribute__', (name,))
    cls.__getattr__ = getter


def proxy_names(managers):
    """A proxy in a result is replaced by its representation."""
    def around(original, *call):
        result = original(*call)
        if type(result) in (list, tuple, dict):
            return changed(result, lambda item: repr(item) if isinstance(item, managers.BaseProxy) else item)
        return result
    proxy_call(around)(managers)


# ---- the tables

VALUES = {
    'tuple-becomes-list': ('a tuple in a result arrives as a list', only(tuple, list)),
    'list-becomes-tuple': ('a list in a result arrives as a tuple', only(list, tuple)),
    'set-becomes-frozenset': ('a set in a result arrives as a frozenset', only(set, frozenset)),
    'frozenset-becomes-set': ('a frozenset in a result arrives as a set', only(frozenset, set)),
    'bytes-become-bytearray': ('bytes in a result arrive as bytearray', only(bytes, bytearray)),
    'bytearray-becomes-bytes': ('a bytearray in a result arrives as bytes', only(bytearray, bytes)),
    'bool-becomes-int': ('True and False arrive as 1 and 0', only(bool, int)),
    'none-becomes-false': ('None arrives as False', lambda value: False if value is None else value),
    'int-becomes-float': ('an integer arrives as a float', only(int, lambda value: float(value) if abs(value) < 2 ** 53 else value)),
    'big-int-truncated': ('an integer loses what exceeds 64 bits', only(int, narrow_int)),
    'big-int-negated': ('an integer beyond 31 bits loses its sign', only(int, lambda value: abs(value) if abs(value) >= 2 ** 31 else value)),
    'float-precision-lost': ('a float has single precision', only(float, narrow_float)),
    'negative-zero-lost': ('-0.0 arrives as 0.0', only(float, lambda value: 0.0 if value == 0 else value)),
    'nan-becomes-none': ('NaN arrives as None', only(float, lambda value: value if value == value else None)),
    'infinity-becomes-largest': ('infinity arrives as the largest number', only(float, lambda value: max(-sys.float_info.max, min(sys.float_info.max, value)) if value == value else value)),
    'imaginary-part-lost': ('a complex number loses its imaginary part', only(complex, lambda value: complex(value.real))),
    'surrogate-replaced': ('a lone surrogate arrives as a question mark', only(str, lambda value: value.encode('utf-8', 'replace').decode())),
    'string-cut-at-nul': ('a string ends at its first NUL', only(str, lambda value: value.partition('\0')[0])),
    'astral-replaced': ('a character beyond the basic plane arrives as U+FFFD', only(str, lambda value: ''.join(c if ord(c) < 0x10000 else '\ufffd' for c in value))),
    'string-stripped': ('a string loses the blanks at its ends', only(str, str.strip)),
    'dict-order-lost': ('a dict arrives with its entries in reverse', only(dict, lambda value: dict(list(value.items())[::-1]))),
    'dict-keys-become-strings': ('integer keys of a dict arrive as strings', only(dict, lambda value: {str(key) if type(key) is int else key: item for key, item in value.items()})),
    'empty-container-becomes-none': ('an empty list, tuple or dict arrives as None', lambda value: None if type(value) in (list, tuple, dict) and not value else value),
    'slice-step-lost': ('a slice loses its step', only(slice, lambda value: slice(value.start, value.stop))),
    'range-becomes-list': ('a range arrives as a list', only(range, list)),
    'ellipsis-becomes-none': ('Ellipsis arrives as None', lambda value: None if value is Ellipsis else value),
    'instance-state-lost': ('an object loses its attributes', without_state),
}

ERRORS = {
    'exception-base-class': ('an exception is raised as its base class', with_base_class),
    'exception-args-lost': ('an exception loses its arguments', lambda error: rebuilt_error(type(error), (), error.__dict__)),
    'exception-args-cut': ('an exception keeps its first argument only', lambda error: rebuilt_error(type(error), error.args[:1], error.__dict__)),
    'exception-args-as-text': ('the arguments of an exception become one text', lambda error: rebuilt_error(type(error), (str(error),), error.__dict__)),
    'exception-state-lost': ('an exception loses its attributes and notes', without(())),
    'exception-notes-lost': ('an exception loses its notes', without(('__notes__',))),
}

MANAGER = {
    # replies
    'error-returned': ('an exception is returned instead of raised (#RETURN for #ERROR)', reply('#ERROR', lambda stream, error: ('#RETURN', error))),
    'returned-exception-raised': ('a returned exception is raised (#ERROR for #RETURN)', reply('#RETURN', lambda stream, value: ('#ERROR' if isinstance(value, Exception) else '#RETURN', value))),
    'error-as-traceback': ('an exception of a method becomes a RemoteError', reply('#ERROR', lambda stream, error: ('#TRACEBACK', 'Traceback (most recent call last):\n%s: %s\n' % (type(error).__name__, error)))),
    'stop-iteration-as-none': ('the end of an iterator is the value None', reply('#ERROR', lambda stream, error: ('#RETURN', None) if isinstance(error, StopIteration) else ('#ERROR', error))),
    'error-ends-stream': ('the stream is closed after an exception', reply('#ERROR', hang_up_afterwards)),
    'traceback-as-error': ('what should be RemoteError is raised as RuntimeError', reply('#TRACEBACK', lambda stream, text: ('#ERROR', RuntimeError(last_line(text))))),
    'traceback-empty': ('the text of a RemoteError is empty', reply('#TRACEBACK', lambda stream, text: ('#TRACEBACK', ''))),
    'traceback-without-trace': ('the text of a RemoteError is its last line only', reply('#TRACEBACK', lambda stream, text: ('#TRACEBACK', last_line(text) + '\n'))),
    'traceback-without-message': ('the text of a RemoteError does not name the exception', reply('#TRACEBACK', lambda stream, text: ('#TRACEBACK', 'Traceback (most recent call last):\nException\n'))),
    'traceback-as-none': ('what should be RemoteError returns None', reply('#TRACEBACK', lambda stream, text: ('#RETURN', None))),
    'unexposed-key-error': ('an unexposed method raises KeyError instead of RemoteError', unexposed(KeyError)),
    'unexposed-attribute-error': ('an unexposed method raises AttributeError instead of RemoteError', unexposed(AttributeError)),
    'unserializable-as-traceback': ('an unserializable reply is sent as an ordinary traceback', reply('#UNSERIALIZABLE', lambda stream, text: ('#TRACEBACK', text))),
    'unserializable-as-none': ('an unserializable reply becomes None', reply('#UNSERIALIZABLE', lambda stream, text: ('#RETURN', None))),
    'unserializable-as-repr': ('an unserializable reply becomes a text', reply('#UNSERIALIZABLE', lambda stream, text: ('#RETURN', last_line(text)))),
    'unserializable-ends-stream': ('an unserializable reply ends the stream', reply('#UNSERIALIZABLE', hang_up)),
    'exit-answered': ('SystemExit in a method is answered as an error', answer_exit),
    # requests
    'keyword-dropped': ('the last keyword argument is dropped', call(None, lambda method, args, kwds: (method, args, dict(list(kwds.items())[:-1]) if type(kwds) is dict else kwds))),
    'keywords-as-dict': ('keyword arguments arrive as one positional dict', call(None, lambda method, args, kwds: (method, args + (kwds,), {}) if kwds and type(args) is tuple else (method, args, kwds))),
    'positional-dropped': ('the last of several positional arguments is dropped', call(None, lambda method, args, kwds: (method, args[:-1] if type(args) is tuple and len(args) > 1 else args, kwds))),
    'positional-reversed': ('positional arguments arrive in reverse', call(None, lambda method, args, kwds: (method, args[::-1] if type(args) is tuple else args, kwds))),
    'positional-packed': ('positional arguments arrive as one tuple', call(None, lambda method, args, kwds: (method, (args,) if type(args) is tuple and len(args) > 1 else args, kwds))),
    'arguments-shared-no-more': ('an object that occurs twice in the arguments arrives as two', tap(lambda server, ident, method, args, kwds: (ident, method, changed(args, lambda value: value, sharing=False), kwds))),
    'args-none-accepted': ('None as the arguments of a call means no arguments', call(None, lambda method, args, kwds: (method, () if args is None else args, kwds))),
    'kwds-none-accepted': ('None as the keywords of a call means no keywords', call(None, lambda method, args, kwds: (method, args, {} if kwds is None else kwds))),
    'append-prepends': ('append puts the element first', call(('append',), lambda method, args, kwds: ('insert', (0,) + tuple(args), kwds))),
    'extend-appends': ('extend appends its argument as one element', call(('extend',), lambda method, args, kwds: ('append', args, kwds))),
    'pop-keeps': ('pop returns the last element and keeps it', call(('pop',), lambda method, args, kwds: ('__getitem__', args or (-1,), kwds))),
    'clear-ignored': ('clear does nothing', call(('clear',), lambda method, args, kwds: ('__len__', (), {}))),
    'sort-ignores-keywords': ('sort ignores key and reverse', call(('sort',), lambda method, args, kwds: (method, args, {}))),
    'slice-step-ignored': ('a slice in an index is taken with step 1', call(('__getitem__',), lambda method, args, kwds: (method, changed(args, only(slice, lambda value: slice(value.start, value.stop))), kwds))),
    'negative-index-wrong': ('the index -1 means the first element', call(('__getitem__', '__setitem__'), lambda method, args, kwds: (method, (0,) + tuple(args[1:]) if args and type(args[0]) is int and args[0] == -1 else args, kwds))),
    'setdefault-overwrites': ('setdefault sets also what is there', call(('setdefault',), lambda method, args, kwds: ('__setitem__', (tuple(args) + (None,))[:2], kwds))),
    'attribute-set-ignored': ('setting an attribute of a Namespace does nothing', call(('__setattr__',), lambda method, args, kwds: ('__getattribute__', ('__class__',), {}))),
    'value-set-ignored': ('set of a Value does nothing', call(('set',), lambda method, args, kwds: ('get', (), {}))),
    # what is exposed
    'exposed-not-checked': ('any method can be called, exposed or not', created(lambda entry: (entry[0], Everything(entry[1]), entry[2]))),
    'exposed-method-hidden': ('the last of the exposed names cannot be called', created(lambda entry: (entry[0], set(sorted(entry[1])[:-1]), entry[2]))),
    'inherited-methods-hidden': ('inherited methods cannot be called', created(own_methods)),
    'private-methods-exposed': ('methods with one leading underscore are public', private_too),
    'exposed-not-sent': ('create tells no exposed names', server_function('create', exposed_reversed_type)),
    'get-methods-empty': ('get_methods tells no names', server_function('get_methods', lambda original, server, conn, token: ())),
    'fallback-getvalue-missing': ('#GETVALUE cannot be called', no_fallback('#GETVALUE')),
    'fallback-repr-missing': ('__repr__ cannot be called unless exposed', no_fallback('__repr__')),
    'fallback-str-missing': ('__str__ cannot be called unless exposed', no_fallback('__str__')),
    'fallback-str-is-repr': ('__str__ returns the repr', lambda managers: managers.Server.fallback_mapping.update({'__str__': managers.Server.fallback_repr})),
    'getvalue-is-repr': ('#GETVALUE returns the repr', lambda managers: managers.Server.fallback_mapping.update({'#GETVALUE': managers.Server.fallback_repr})),
    # copies and proxies
    'copy-as-proxy': ('a list that is returned becomes a proxy', reply('#RETURN', copy_as_proxy)),
    'proxy-as-copy': ('a result that should be a proxy is a copy', reply('#PROXY', proxy_as_copy)),
    'method-to-typeid-ignored': ('method_to_typeid is ignored', created(lambda entry: (entry[0], entry[1], None))),
    'proxy-wrong-typeid': ('a proxy result has the typeid list', reply('#PROXY', lambda stream, result: ('#PROXY', (result[0], token(stream.server, 'list', result[1].id))))),
    'proxy-without-exposed': ('a proxy result tells no exposed names', reply('#PROXY', lambda stream, result: ('#PROXY', ((), result[1])))),
    'proxy-result-leaks': ('a proxy result holds one reference too many', reply('#PROXY', proxy_leaks)),
    'callable-not-called': ('a result is shared as it is though its typeid has a callable', on_streams('create', adopt_anyway)),
    'callable-without-result': ('the callable of a mapped typeid is called without the result', on_streams('create', call_without_result)),
    'nested-proxy-copied': ('a proxy in an argument is stored as a copy of its value', tap(proxy_value)),
    'iterator-not-live': ('an iterator works on a copy', server_function('create', dead_iterator)),
    # identity and references
    'incref-ignored': ('incref does nothing', server_function('incref', lambda original, server, conn, ident: original(server, conn, ident) if ident not in server.id_to_refcount or server.id_to_refcount[ident] == 0 else None)),
    'incref-twice': ('incref counts twice', server_function('incref', twice)),
    'decref-ignored': ('decref does nothing', server_function('decref', lambda original, server, conn, ident: server.id_to_refcount[ident] and None)),
    'decref-twice': ('decref counts twice', server_function('decref', twice)),
    'create-leaks': ('a new object has one reference too many', server_function('create', create_twice)),
    'identifier-shared': ('the objects of a typeid share an identifier', server_function('create', create_shares)),
    'released-object-answers': ('an object without references can still be called', server_function('decref', keep_released)),
    'create-drops-keywords': ('creating an object drops the keyword arguments', server_function('create', lambda original, server, conn, typeid, *args, **kwds: original(server, conn, typeid, *args))),
    'create-drops-arguments': ('creating an object drops the last of several arguments', server_function('create', lambda original, server, conn, typeid, *args, **kwds: original(server, conn, typeid, *(args[:-1] if len(args) > 1 else args), **kwds))),
    'number-of-objects-off': ('number_of_objects is one too many', server_function('number_of_objects', off_by_one)),
    'debug-info-empty': ('debug_info is empty', server_function('debug_info', lambda original, server, conn: '')),
    'dummy-returns-true': ('dummy returns True', server_function('dummy', lambda original, server, conn: True)),
    'shutdown-ignored': ('shutdown does nothing', server_function('shutdown', lambda original, server, conn: None)),
    'sharing-lost': ('an object that occurs twice in a result arrives as two', value_filter(lambda value: value, sharing=False)[0]),
}

PROXY = {
    'proxy-keyword-dropped': ('the last keyword argument is not sent', proxy_call(lambda original, proxy, method, args, kwds: original(proxy, method, args, dict(list(kwds.items())[:-1]) if type(kwds) is dict else kwds))),
    'proxy-positional-dropped': ('the last of several positional arguments is not sent', proxy_call(lambda original, proxy, method, args, kwds: original(proxy, method, args[:-1] if type(args) is tuple and len(args) > 1 else args, kwds))),
    'proxy-args-made-tuple': ('the arguments of _callmethod are turned into a tuple', proxy_call(lambda original, proxy, method, args, kwds: original(proxy, method, tuple(args) if isinstance(args, (str, list, dict)) else (args,) if not isinstance(args, (tuple, range)) else args, kwds))),
    'proxy-error-returned': ('an exception is returned instead of raised', proxy_call(returned_error)),
    'proxy-result-raised': ('an exception that is returned is raised', proxy_call(raised_result)),
    'proxy-error-as-remote': ('an exception of a method is raised as RemoteError', errors_as_remote),
    'proxy-remote-as-runtime': ('RemoteError is raised as RuntimeError', remote_as(lambda managers, error: RuntimeError(*error.args))),
    'proxy-remote-text-lost': ('RemoteError loses its text', remote_as(lambda managers, error: managers.RemoteError('\n'))),
    'proxy-result-as-copy': ('a result that should be a proxy is a copy', proxy_call(as_value)),
    'proxy-result-counted-twice': ('a proxy result takes two references', proxy_call(keep_alive)),
    'proxy-nested-as-text': ('a proxy inside a result is a text', proxy_names),
    'proxy-no-incref': ('a new proxy takes no reference', no_incref),
    'proxy-no-decref': ('a proxy that is dropped gives no reference back', no_decref),
    'proxy-stream-lost': ('the stream is lost after an exception', proxy_call(stream_lost)),
    'proxy-late-reply': ('a call returns the result of the call before it', late_reply),
    'proxy-inplace-plain': ('+= and *= of a list proxy give a plain list', plain_inplace),
    'proxy-str-is-repr': ('str of a proxy is its repr', attribute('BaseProxy', '__str__', lambda self: repr(self))),
    'proxy-private-remote': ('private attributes of a Namespace proxy are asked of the manager', all_remote),
    'proxy-deepcopy-is-proxy': ('deepcopy of a proxy is a proxy', attribute('BaseProxy', '__deepcopy__', lambda self, memo: copy.copy(self))),
    'proxy-sharing-lost': ('an object that occurs twice in a result becomes two', value_filter(lambda value: value, sharing=False)[1]),
}


def tables():
    """Each side's bugs: name, what is wrong, patch."""
    filtered = [(name, what, value_filter(change)) for name, (what, change) in VALUES.items()]
    filtered += [(name, what, error_filter(change)) for name, (what, change) in ERRORS.items()]
    return {
        'manager': dict([(name, entry) for name, entry in MANAGER.items()] + [(name, (what, patches[0])) for name, what, patches in filtered]),
        'proxy': dict([(name, entry) for name, entry in PROXY.items()] + [('proxy-' + name, (what, patches[1])) for name, what, patches in filtered]),
    }


def names(side):
    return sorted(tables()[side])


def listing(side):
    return ''.join('%-32s %s\n' % (name, what) for name, (what, _) in sorted(tables()[side].items()))


def known(name, side):
    return name in tables()[side]


def plant(name, side, managers):
    tables()[side][name][1](managers)
