# SPDX-License-Identifier: MIT
"""Implementations that say something else than they do.

dishonest.py proxy MODE COMMAND…    passes lines on to and from an honest adapter, and changes some
dishonest.py manager MODE SCRIPT …  runs serve.py with a defect in how it lets clients in, or begins, or ends"""
import json
import os
import runpy
import subprocess
import sys

# --- proxies: each changes a reply (a dict) to a request, or returns the line to write instead


def hello(**members):
    def change(request, reply):
        if 'hello' in reply:
            for name, value in members.items():
                if value is None:
                    reply['hello'].pop(name, None)
                else:
                    reply['hello'][name] = value
        return reply
    return change


def echo(request, reply):
    """Speaks whatever version is offered."""
    if 'hello' in reply:
        reply['hello']['protocol'] = request['protocol']
    return reply


def accepts(request, reply):
    """Reports success where it should have refused."""
    return {'id': request['id'], 'observed': {'copy': None}} if 'mpconform_no_such' in json.dumps(request) else reply


def fails(*ops):
    """Declares what it has not made."""
    def change(request, reply):
        broken = {'id': request['id'], 'observed': {'raises': {'class': 'builtins:NotImplementedError', 'args': []}}}
        return broken if request['op'] in ops or request.get('name') in ops or request.get('typeid') in ops or request.get('serializer') in ops else reply
    return change


def exposes(request, reply):
    """Forgets a member that every proxy must have."""
    reply.get('observed', {}).get('proxy', {}).pop('exposed', None)
    return reply


def dies(request, reply):
    """Ends when it is asked for something that it declares."""
    if request['op'] in ('getattr', 'setattr') or request.get('typeid') == 'Pool':
        sys.exit(7)
    return reply


def floats(request, reply):
    """Writes JSON's own numbers."""
    if request['op'] == 'builtin' and request['name'] == 'len':
        reply['observed']['copy'] = 3.0
    return reply


ONLY = ['hello', 'connect', 'create', 'callmethod', 'method', 'value', 'builtin:len', 'server:number_of_objects', 'drop', 'reset']
PROXIES = {
    'honest': lambda request, reply: reply,
    'echo': echo,
    'accepts': accepts,
    'fails': fails('getattr', 'iadd', 'Barrier', 'xmlrpclib'),
    'modest': hello(operations=ONLY, types=['list', 'Namespace'], serializers=['pickle']),
    'refuses': lambda request, reply: {'id': request['id'], 'unsupported': 'not yet'} if request.get('op') == 'getattr' else reply,
    'dies': dies,
    'exposes': exposes,
    'floats': floats,
    'nameless': hello(name=None),
    'misspelt': hello(operations=ONLY + ['creat']),
    'banner': lambda request, reply: 'adapter 1.0, ready to go' if request.get('op') == 'hello' else reply,
    'ids': lambda request, reply: dict(reply, id=request['id'] - 1),
}


def proxy(mode, command):
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as honest:
        for line in sys.stdin.buffer:
            honest.stdin.write(line)
            honest.stdin.flush()
            answer = PROXIES[mode](json.loads(line), json.loads(honest.stdout.readline()))
            print(answer if isinstance(answer, str) else json.dumps(answer), flush=True)
        honest.stdin.close()


# --- managers


def let_in(link, key, *rest):
    from multiprocessing import connection
    modern = hasattr(connection, '_CHALLENGE')
    link.send_bytes(connection._CHALLENGE + b'{sha256}' + bytes(40) if modern else connection.CHALLENGE + bytes(20))
    link.recv_bytes(256)
    link.send_bytes(b'#WELCOME#')


def opens():
    from multiprocessing import connection
    connection.deliver_challenge = let_in


def talks():
    import atexit
    atexit.register(print, 'good-bye', flush=True)


def greets():
    print('Starting the server…', flush=True)


def makes_anything():
    from multiprocessing import managers
    honest = managers.Server.create
    managers.Server.create = lambda self, c, typeid, *args, **kwds: honest(self, c, typeid if typeid in self.registry else 'list', *args, **kwds)


MANAGERS = {'honest': lambda: None, 'opens': opens, 'talks': talks, 'greets': greets, 'makes-anything': makes_anything}


def manager(mode, command):
    MANAGERS[mode]()
    sys.argv = command
    sys.path.insert(0, os.path.dirname(command[0]))
    runpy.run_path(command[0], run_name='__main__')


{'proxy': proxy, 'manager': manager}[sys.argv[1]](sys.argv[2], sys.argv[3:])
