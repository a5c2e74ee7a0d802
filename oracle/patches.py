# SPDX-License-Identifier: MIT
"""Ways to plant a bug: patches of a "managers" module that filter requests, replies, values and exceptions on their way.

A patch is a function of the module.  Nothing of CPython's own code is repeated: a stream's connection is wrapped, so that the
same patch works in every version and in the packages that descend from multiprocessing.
"""

import copy
import struct
import sys


def wrap(owner, name, around):
    """Replaces owner.name by around(original, *args, **kwds)."""
    original = getattr(owner, name)

    def patched(*args, **kwds):
        return around(original, *args, **kwds)
    setattr(owner, name, patched)


class Tapped:
    """A server's connection whose requests and replies pass through filters."""

    def __init__(self, server, conn, on_request, on_reply):
        self.server, self.conn, self.on_request, self.on_reply = server, conn, on_request, on_reply
        self.request, self.answered = None, True

    def recv(self):
        self.request = None
        request = self.conn.recv()
        if self.on_request and type(request) is tuple and len(request) == 4:
            request = self.on_request(self.server, *request)
        self.request, self.answered = request, False
        return request

    def send(self, message):
        if self.on_reply:
            message = self.on_reply(self, *message)
        self.conn.send(message)
        self.answered = True

    def close(self):
        self.conn.close()

    def hang_up(self):
        self.conn.close()
        sys.exit(0)


def tap(on_request=None, on_reply=None):
    """A patch that filters the streams of a manager."""
    def patch(managers):
        wrap(managers.Server, 'serve_client', lambda original, server, conn: original(server, Tapped(server, conn, on_request, on_reply)))
    return patch


def call(methods, change):
    """A patch that changes the (method, args, kwds) of calls of the given methods, of all if None."""
    def on_request(server, ident, method, args, kwds):
        if methods is None or method in methods:
            method, args, kwds = change(method, args, kwds)
        return ident, method, args, kwds
    return tap(on_request=on_request)


def reply(kind, change):
    """A patch that gives replies of a kind another (kind, result)."""
    def on_reply(stream, found, result):
        return change(stream, result) if found == kind else (found, result)
    return tap(on_reply=on_reply)


def server_function(name, around):
    """A patch of a server function: around(original, server, conn, *args, **kwds)."""
    return lambda managers: wrap(managers.Server, name, around)


def proxy_call(around):
    """A patch of the client: around(original, proxy, method, args, kwds)."""
    def patch(managers):
        wrap(managers.BaseProxy, '_callmethod', lambda original, proxy, methodname, args=(), kwds={}: around(original, proxy, methodname, args, kwds))
    return patch


def attribute(cls, name, value):
    """A patch that replaces an attribute of a class of the managers module."""
    return lambda managers: setattr(getattr(managers, cls), name, value)


# ---- values on their way

def rebuilt(value, change, memo):
    """A copy of plain data in which change() was applied to each part.  memo keeps what is shared; without one sharing is lost."""
    if memo is not None and id(value) in memo:
        return memo[id(value)]
    kind, result = type(value), value
    if kind in (list, set, dict):
        result = kind()
        if memo is not None:
            memo[id(value)] = result
    if kind is list:
        result.extend([rebuilt(item, change, memo) for item in value])
    elif kind is dict:
        result.update([(rebuilt(key, change, memo), rebuilt(item, change, memo)) for key, item in value.items()])
    elif kind in (set, tuple, frozenset):
        result = kind([rebuilt(item, change, memo) for item in value])
    result = change(result)
    if memo is not None and kind in (list, set, dict):
        memo[id(value)] = result
    return result


def changed(value, change, sharing=True):
    try:
        return rebuilt(value, change, {} if sharing else None)
    except (RecursionError, TypeError):
        return value


def value_filter(change, sharing=True):
    """Two patches, for a manager's results and for a proxy's."""
    return (reply('#RETURN', lambda stream, result: ('#RETURN', changed(result, change, sharing))),
            proxy_call(lambda original, *call: changed(original(*call), change, sharing)))


def only(kind, change):
    return lambda value: change(value) if type(value) is kind else value


def narrow_int(value):
    return value if -2 ** 63 <= value < 2 ** 63 else (value + 2 ** 63) % 2 ** 64 - 2 ** 63


def narrow_float(value):
    try:
        return struct.unpack('f', struct.pack('f', value))[0]
    except OverflowError:
        return float('inf') if value > 0 else -float('inf')


def without_state(value):
    module = type(value).__module__
    if module == 'builtins' or not getattr(value, '__dict__', None) or module.endswith('.managers'):
        return value
    bare = copy.copy(value)
    bare.__dict__.clear()
    return bare


# ---- exceptions on their way

def error_filter(change):
    """Two patches: for the exceptions that a manager sends, and for those that a proxy raises."""
    def around(original, *call):
        try:
            return original(*call)
        except Exception as error:
            if type(error).__module__.endswith('.managers'):
                raise
            raise change(error) from None
    return (reply('#ERROR', lambda stream, error: ('#ERROR', change(error))), proxy_call(around))


def with_base_class(error):
    return rebuilt_error(type(error).__mro__[1], error.args, error.__dict__)


def rebuilt_error(cls, args, state):
    try:
        error = cls(*args)
    except TypeError:
        error = Exception(*args)
    error.__dict__.update(state)
    return error


def without(names):
    return lambda error: rebuilt_error(type(error), error.args, {name: value for name, value in error.__dict__.items() if names and name not in names})


def last_line(text):
    return text.rstrip('\n').rpartition('\n')[2]
