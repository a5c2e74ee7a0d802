#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A small proxy adapter, to be read in one go and copied: harness/ADAPTER.md for two types of a stock library, multiprocessing itself.

It has a defect, which harness/PLUGGING-IN.md finds and mends: it writes tuples as if they were lists."""
import json
import sys
from multiprocessing import current_process
from multiprocessing.managers import BaseManager, BaseProxy, DictProxy, ListProxy, RemoteError

OPERATIONS = ['hello', 'connect', 'create', 'callmethod', 'method', 'value', 'drop', 'reset']
TYPES = {'list': ListProxy, 'dict': DictProxy}
variables, manager = {}, None


class Refused(Exception):
    """A request that this adapter does not understand: never a result."""


class Manager(BaseManager):
    pass


def telling(proxytype):
    """The proxies of a type, which remember what the manager said that it exposes."""
    def build(*args, **kwds):
        proxy = proxytype(*args, **kwds)
        proxy.exposed_names = sorted(kwds['exposed']) if kwds.get('exposed') else None
        return proxy
    return build


def parse_address(written):
    """unix:PATH, abstract:NAME or tcp:HOST:PORT as multiprocessing takes it."""
    kind, rest = written.split(':', 1)
    return (rest.rsplit(':', 1)[0], int(rest.rsplit(':', 1)[1])) if kind == 'tcp' else rest if kind == 'unix' else b'\0' + rest.encode()


def encode(value):
    """A value as typed JSON."""
    if value is None or isinstance(value, (bool, str)) or isinstance(value, int) and abs(value) < 2 ** 53:
        return value
    if isinstance(value, (list, tuple)):       # the defect: a tuple is {"$tuple": […]}
        return [encode(item) for item in value]
    if isinstance(value, dict):
        return {'$dict': [[encode(key), encode(item)] for key, item in value.items()]}
    if type(value) in (set, frozenset):
        return {'$' + type(value).__name__: [encode(item) for item in value]}
    simple = {int: ('$int', str), float: ('$float', repr), bytes: ('$bytes', bytes.hex)}
    if type(value) in simple:
        tag, write = simple[type(value)]
        return {tag: write(value)}
    return {'$other': '%s:%s' % (type(value).__module__, type(value).__qualname__)}


DECODERS = {'$var': lambda name: variables[name], '$int': int, '$float': float, '$bytes': bytes.fromhex, '$tuple': lambda items: tuple(decode(items)),
            '$set': lambda items: set(decode(items)), '$frozenset': lambda items: frozenset(decode(items)), '$slice': lambda items: slice(*decode(items)),
            '$dict': lambda pairs: {decode(key): decode(item) for key, item in pairs}}


def decode(data):
    """Typed JSON as a value; {"$var": NAME} is a variable."""
    if isinstance(data, list):
        return [decode(item) for item in data]
    if isinstance(data, dict):
        (tag, body), = data.items()
        if tag not in DECODERS or tag == '$var' and body not in variables:
            raise Refused('this adapter does not understand %s' % json.dumps(data))
        return DECODERS[tag](body)
    return data


def action(request):
    """What is to be done, as a function without arguments: decoding is not part of what is observed."""
    global manager
    op = request['op']
    if op == 'connect':
        current_process().authkey = bytes.fromhex(request['authkey'])
        manager = Manager(parse_address(request['address']), bytes.fromhex(request['authkey']))
        return manager.connect
    if op == 'callmethod':
        proxy, given = decode(request['on']), [decode(request[name]) for name in ('method', 'args', 'kwds') if name in request]
        return lambda: proxy._callmethod(*given)
    if op in ('create', 'method'):
        args, kwds = decode(request.get('args', [])), {name: decode(item) for name, item in request.get('kwds', [])}
        target, name = (manager, request['typeid']) if op == 'create' else (decode(request['on']), request['name'])
        return lambda: getattr(target, name)(*args, **kwds)
    if op == 'value':
        value = decode(request['value'])
        return lambda: value
    return variables.clear if op == 'reset' else lambda: variables.__delitem__(request['name'])


def observe(do, request):
    try:
        result = do()
    except RemoteError as error:
        return {'remote_error': str(error.args[0])}
    except Exception as error:
        return {'raises': {'class': '%s:%s' % (type(error).__module__, type(error).__qualname__), 'args': encode(list(error.args))}}
    if 'store' in request:
        variables[request['store']] = result
    if isinstance(result, BaseProxy):
        return {'proxy': {'typeid': result._token.typeid, 'exposed': vars(result).get('exposed_names')}}
    return {'copy': encode(result)}


for typeid, proxytype in TYPES.items():
    Manager.register(typeid, None, telling(proxytype))
HELLO = {'protocol': 1, 'name': 'example', 'version': '1', 'imitates': '%d.%d' % sys.version_info[:2], 'operations': OPERATIONS, 'types': list(TYPES)}
for line in sys.stdin:
    request = json.loads(line)
    try:
        reply = {'hello': HELLO} if request['op'] == 'hello' else {'unsupported': 'no ' + request['op']} if request['op'] not in OPERATIONS else \
            {'observed': observe(action(request), request)}
    except Refused as error:
        reply = {'error': str(error)}
    print(json.dumps(dict(reply, id=request['id'])), flush=True)
