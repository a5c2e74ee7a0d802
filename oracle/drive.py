# SPDX-License-Identifier: MIT
"""CPython as proxy: an adapter that speaks harness/ADAPTER.md on standard input and output, or with --listen at a socket.

Every request runs in the main thread, whose stream is then the one of a plain program.  What is observed costs no remote call,
and whatever a reply does not store is released before the reply is written, so that reference counts are those of the session.
"""

import argparse
import builtins
import copy
import gc
import importlib
import io
import operator
import os
import platform
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import addresses
import fixtures
import typed


SENT = '_exposed names as they came'     # in a proxy's own attributes; no identifier, so that no session can ask for it


def own(proxy):
    """The attributes of a proxy itself: looking there calls nothing, whatever the proxy's class forwards."""
    return object.__getattribute__(proxy, '__dict__')


class Refused(Exception):
    """A request that is malformed: the harness's fault, never a result."""


class Adapter:
    def __init__(self, package, planted):
        self.package = package
        self.managers = importlib.import_module(package + '.managers')
        self.process = importlib.import_module(package + '.process')
        self.connection = importlib.import_module(package + '.connection')
        self.pickler = importlib.import_module(package + '.reduction').ForkingPickler
        self.reducers = self.pickler(io.BytesIO()).dispatch_table
        self.variables = {}
        self.manager = None
        self.classes = {}           # of managers: making one takes longer than a connection
        for name in planted:
            import bugs
            bugs.plant(name, 'proxy', self.managers)

    # ---- the way of a request

    def answer(self, line):
        """The reply to one line."""
        reply = {'id': None}
        try:
            request = typed.loads(line)
            if not isinstance(request, dict) or 'op' not in request:
                raise Refused('a request is an object with id and op')
            reply['id'] = request.get('id')
            if request['op'] == 'hello':
                reply['hello'] = self.hello()
            elif request['op'] not in OPERATIONS:
                reply['unsupported'] = 'no operation %s' % request['op']
            else:
                reply['observed'] = self.observe(OPERATIONS[request['op']], request)
        except (Refused, typed.Unreadable, ValueError) as error:
            reply['error'] = typed.text(str(error) or type(error).__name__)
        except KeyError as error:
            reply['error'] = 'the request lacks %s' % error
        return reply

    def observe(self, operation, request):
        """Runs an operation: decodes before, calls, and describes what came of it."""
        action = operation(self, request)
        store = request.get('store')
        try:
            result = action()
        except BaseException as error:
            return self.failure(error)
        if store is not None:
            self.variables[store] = result
        return self.success(result)

    def success(self, result):
        if not isinstance(result, self.managers.BaseProxy):
            return {'copy': typed.encode(result, self.typeid_of, self.reducers)}
        exposed = own(result).get(SENT)
        if exposed is not None:
            exposed = [typed.text(str(name)) for name in exposed]
        return {'proxy': {'typeid': typed.text(str(result._token.typeid)), 'exposed': exposed}}

    def failure(self, error):
        if isinstance(error, self.managers.RemoteError) and error.args and isinstance(error.args[0], str):
            return {'remote_error': typed.text(error.args[0])}
        if self.is_lost(error):
            return {'lost': typed.text('%s: %s' % (type(error).__name__, error))}
        return {'raises': typed.encode_exception(error, self.typeid_of, self.reducers)}

    def is_lost(self, error):
        """Whether the transport failed, as against an exception of the same class that came in a reply: the place tells."""
        if not isinstance(error, (EOFError, OSError)):
            return False
        trace = error.__traceback__
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        if trace is None or trace.tb_frame.f_code.co_filename != self.connection.__file__:
            return False
        return isinstance(error, (BrokenPipeError, ConnectionResetError, ConnectionAbortedError)) \
            or trace.tb_frame.f_code.co_name in ('_recv', '_send', '_read', '_write')

    def typeid_of(self, value):
        return value._token.typeid if isinstance(value, self.managers.BaseProxy) else None

    # ---- operands

    def variable(self, name):
        if name not in self.variables:
            raise typed.Unreadable('no variable %s' % name)
        return self.variables[name]

    def operand(self, data):
        return typed.decode(data, self.variable)

    def arguments(self, request):
        args = [self.operand(item) for item in request.get('args', ())]
        kwds = {name: self.operand(item) for name, item in request.get('kwds', ())}
        return args, kwds

    # ---- operations: each decodes its operands and returns what is then to be done and observed

    def hello(self):
        name, version = platform.python_implementation(), platform.python_version()
        if self.package != 'multiprocessing':
            name, version = self.package, str(getattr(sys.modules[self.package], '__version__', 'unknown'))
        return {'protocol': 1, 'name': name, 'version': version,
                'imitates': '%d.%d' % sys.version_info[:2], 'operations': ['hello'] + sorted(OPERATIONS), 'types': ['*'],
                'serializers': sorted(self.managers.listener_client)}

    def connect(self, request):
        named, with_fixtures = self.named_manager(request), request.get('fixtures')

        def action():
            self.forget()
            self.process.current_process().authkey = named['authkey']
            manager = self.manager_class(bool(with_fixtures))(**named)
            manager.connect()
            self.manager = manager
        return action

    def named_manager(self, request):
        """The keyword arguments of the manager class for the manager that the request names."""
        try:
            address, key = addresses.parse(request['address']), bytes.fromhex(request['authkey'])
        except (ValueError, TypeError) as error:
            raise Refused(str(error))
        return {'address': address, 'authkey': key, 'serializer': request.get('serializer') or 'pickle'}

    def manager_class(self, with_fixtures):
        if with_fixtures not in self.classes:
            self.classes[with_fixtures] = self.make_class(with_fixtures)
        return self.classes[with_fixtures]

    def make_class(self, with_fixtures):
        """A manager class whose proxies tell us which exposed names came with them."""
        class SyncManager(self.managers.SyncManager):
            pass

        if with_fixtures:
            fixtures.register(SyncManager)
        for typeid, (_, exposed, mapping, proxytype) in list(SyncManager._registry.items()):    # one that connects needs no callables
            SyncManager.register(typeid, None, self.telling(proxytype), exposed, mapping, create_method=hasattr(SyncManager, typeid))
        return SyncManager

    def telling(self, proxytype):
        def build(*args, **kwds):
            proxy = proxytype(*args, **kwds)
            own(proxy)[SENT] = kwds.get('exposed')
            return proxy
        return build

    def connected(self):
        if self.manager is None:
            raise Refused('not connected')
        return self.manager

    def create(self, request):
        manager, typeid = self.connected(), request['typeid']
        args, kwds = self.arguments(request)
        if request.get('raw'):
            return lambda: self.create_raw(manager, typeid, args, kwds)
        return lambda: getattr(manager, typeid)(*args, **kwds)

    def create_raw(self, manager, typeid, args, kwds):
        """What a creating method does, for a typeid that has none."""
        token, exposed = manager._create(typeid, *args, **kwds)
        proxytype = manager._registry[typeid][-1] if typeid in manager._registry else self.telling(self.managers.AutoProxy)
        proxy = proxytype(token, manager._serializer, manager=manager, authkey=manager._authkey, exposed=exposed)
        self.one_shot(manager, 'decref', (token.id,))
        return proxy

    def callmethod(self, request):
        proxy = self.operand(request['on'])
        given = [('args', self.operand(request['args']))] if 'args' in request else []
        given += [('kwds', self.operand(request['kwds']))] if 'kwds' in request else []
        if 'method' not in request:
            return lambda: proxy._callmethod(**dict(given))
        method = self.operand(request['method'])
        if [name for name, _ in given] == ['kwds']:
            return lambda: proxy._callmethod(method, kwds=given[0][1])
        return lambda: proxy._callmethod(method, *[value for _, value in given])

    def method(self, request):
        target, name = self.operand(request['on']), request['name']
        args, kwds = self.arguments(request)
        return lambda: getattr(target, name)(*args, **kwds)

    def getattr(self, request):
        target, name = self.operand(request['on']), request['name']
        return lambda: getattr(target, name)

    def setattr(self, request):
        target, name, value = self.operand(request['on']), request['name'], self.operand(request['value'])
        return lambda: setattr(target, name, value)

    def delattr(self, request):
        target, name = self.operand(request['on']), request['name']
        return lambda: delattr(target, name)

    def operator(self, request):
        name, operands = request['name'], [self.operand(item) for item in request['operands']]
        if name not in OPERATORS:
            raise Refused('no operator %s' % name)
        return lambda: getattr(operator, name)(*operands)

    def builtin(self, request):
        name, args = request['name'], [self.operand(item) for item in request['args']]
        if name in BUILTINS:
            return lambda: getattr(builtins, name)(*args)
        if name not in EXTRAS:
            raise Refused('no builtin %s' % name)
        return lambda: EXTRAS[name](self, *args)

    def value(self, request):
        value = self.operand(request['value'])
        return lambda: value

    def server(self, request):
        function = request['function']
        manager = self.managers.BaseManager(**self.named_manager(request)) if 'address' in request else self.connected()
        stand = {'get_methods': '_token', 'incref': '_id', 'decref': '_id'}.get(function)
        args = [self.operand(item) for item in request.get('args', ())]
        args = [getattr(item, stand) if stand and self.typeid_of(item) is not None else item for item in args]
        return lambda: self.one_shot(manager, function, tuple(args))

    def one_shot(self, manager, function, args=()):
        conn = manager._Client(manager._address, authkey=manager._authkey)
        try:
            return self.managers.dispatch(conn, None, function, args)
        finally:
            conn.close()

    def export(self, request):
        value = self.operand(request['value'])
        return lambda: bytes(self.pickler.dumps(value))

    def imported(self, request):
        data = bytes.fromhex(request['pickle'])
        return lambda: self.pickler.loads(data)

    def drop(self, request):
        name = request['name']
        self.variable(name)

        def action():
            del self.variables[name]
        return action

    def reset(self, request):
        return self.forget

    def shutdown(self, request):
        manager = self.connected()
        return lambda: self.one_shot(manager, 'shutdown')

    def forget(self):
        """Back to the state of a new process: no variables, no proxies, no streams, no manager."""
        self.variables.clear()
        gc.collect()
        streams = self.managers.BaseProxy._address_to_local
        for entry in streams.values():
            stream = getattr(entry[0], 'connection', None)
            if stream is not None:
                stream.close()
                del entry[0].connection
        streams.clear()
        self.manager = None

    def is_bare(self):
        return self.manager is None and not self.variables

    def repickled(self, value):
        return self.pickler.loads(self.pickler.dumps(value))


OPERATIONS = {
    'connect': Adapter.connect, 'create': Adapter.create, 'callmethod': Adapter.callmethod, 'method': Adapter.method,
    'getattr': Adapter.getattr, 'setattr': Adapter.setattr, 'delattr': Adapter.delattr, 'operator': Adapter.operator,
    'builtin': Adapter.builtin, 'value': Adapter.value, 'server': Adapter.server, 'export': Adapter.export,
    'import': Adapter.imported, 'drop': Adapter.drop, 'reset': Adapter.reset, 'shutdown': Adapter.shutdown,
}
OPERATORS = frozenset('getitem setitem delitem contains add sub mul and_ or_ xor iadd isub imul iand ior ixor '
                      'eq ne lt le gt ge is_ is_not not_ neg pos invert'.split())
BUILTINS = frozenset('len str repr bool list tuple dict set frozenset sorted iter next reversed'.split())
EXTRAS = {
    'type': lambda adapter, value: type(value).__name__,
    'copy': lambda adapter, value: copy.copy(value),
    'deepcopy': lambda adapter, value: copy.deepcopy(value),
    'repickle': Adapter.repickled,
}


def settle(bare):
    """Releases what only cycles keep (a traceback and its exception, mostly): afterwards every unreferenced proxy has given its reference back.
    What is left in a bare adapter is modules and caches, which stay: set aside, they are not looked through after every request that follows."""
    gc.collect()
    if not hasattr(gc, 'freeze'):
        gc.collect()
    elif bare:
        gc.freeze()


def unknown_bugs(names):
    if not names:
        return []
    import bugs                 # only when asked: reading it would be a third of the time to start
    return [name for name in names if not bugs.known(name, 'proxy')]


def command_line():
    parser = argparse.ArgumentParser(prog='drive.py', description='CPython as proxy: the adapter protocol on standard input and output', allow_abbrev=False)
    parser.add_argument('--package', default='multiprocessing', metavar='NAME', help='drive this package instead of multiprocessing')
    parser.add_argument('--listen', metavar='ADDRESS', help='converse with whoever connects at unix:PATH, abstract:NAME or tcp:HOST:PORT (port 0 picks one)')
    parser.add_argument('--bug', action='append', default=[], metavar='NAME', help='plant this bug (may be given more than once)')
    parser.add_argument('--list-bugs', action='store_true', help='list the bugs that can be planted in a proxy, and stop')
    return parser


def main():
    parser = command_line()
    chosen = parser.parse_args()
    if chosen.list_bugs:
        import bugs
        print(bugs.listing('proxy'), end='')
        return 0
    unknown = unknown_bugs(chosen.bug)
    if unknown:
        parser.error('no such bug: %s (see --list-bugs)' % ' '.join(unknown))
    try:
        adapter = Adapter(chosen.package, chosen.bug)
    except ImportError as error:
        print('drive.py: %s' % error, file=sys.stderr)
        return 3
    if chosen.listen:
        import listen
        try:
            return listen.serve(chosen.listen, lambda: converse(adapter))
        except (OSError, ValueError) as error:
            print('drive.py: cannot listen at %s: %s' % (chosen.listen, error), file=sys.stderr)
            return 3
    return converse(adapter)


def converse(adapter):
    """Answers the lines of descriptor 0 on descriptor 1 until they end; returns the exit status."""
    requests, replies = open(0, 'rb', closefd=False), open(1, 'w', encoding='utf-8', closefd=False)
    sys.stdout = sys.stderr                         # whatever a library prints must not look like a reply
    settle(adapter.is_bare())
    try:
        for line in requests:
            reply = adapter.answer(line)
            settle(adapter.is_bare())
            replies.write(typed.dumps(reply) + '\n')
            replies.flush()
    except (BrokenPipeError, ConnectionResetError):
        pass                                        # whoever asked is gone: as at the end of the requests
    adapter.forget()
    return 0


if __name__ == '__main__':
    sys.exit(main())
