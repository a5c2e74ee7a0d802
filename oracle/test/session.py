# SPDX-License-Identifier: MIT
"""What the tests share: a manager process, an adapter process, and requests written as Python calls."""

import binascii
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
ORACLE = os.path.dirname(HERE)
sys.path.insert(0, ORACLE)

import typed

PYTHON = os.environ.get('ORACLE_PYTHON', sys.executable)    # a wrapper's own path, which sys.executable would not tell
KEY = b'\x00key\xff'
DEADLINE = 120


class Var:
    """A variable of the adapter, in an operand."""

    def __init__(self, name):
        self.name = name


def operand(value):
    return with_variables(typed.encode(value, lambda item: item.name if isinstance(item, Var) else None))


def with_variables(data):
    if isinstance(data, list):
        return [with_variables(item) for item in data]
    if isinstance(data, dict):
        return {'$var': data['$proxy']['typeid']} if '$proxy' in data else {key: with_variables(item) for key, item in data.items()}
    return data


class Process:
    """A program of the oracle; killed when it has not ended within the deadline, so that its reader sees the end."""

    def __init__(self, program, *args, python=None, **kwds):
        self.process = subprocess.Popen([python or PYTHON, '-S', '-B', os.path.join(ORACLE, program)] + list(args),
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, universal_newlines=True,
                                        stderr=None if 'ORACLE_STDERR' in os.environ else subprocess.DEVNULL, **kwds)
        self.timer = threading.Timer(DEADLINE, self.process.kill)
        self.timer.daemon = True
        self.timer.start()

    def line(self):
        return self.process.stdout.readline()

    def close(self, kill=True):
        self.timer.cancel()
        if kill:
            self.process.kill()
        try:
            self.process.stdin.close()
        except BrokenPipeError:
            pass
        status = self.process.wait()
        self.process.stdout.close()
        return status


class Folder:
    """A folder with a key file, for the time of a test."""

    def __init__(self):
        self.path = tempfile.mkdtemp(prefix='oracle-')
        self.key = os.path.join(self.path, 'key')
        with open(self.key, 'w') as file:
            file.write(binascii.hexlify(KEY).decode() + '\n')

    def unix(self, name='s'):
        return 'unix:' + os.path.join(self.path, name)

    def close(self):
        shutil.rmtree(self.path)


class Server(Process):
    def __init__(self, folder, address, *args, **kwds):
        super().__init__('serve.py', '--address', address, '--authkey-file', folder.key, *args, **kwds)

    def ready(self):
        """The address it serves at."""
        word, _, self.address = self.line().rstrip('\n').partition(' ')
        assert word == 'ready', 'the server did not get ready'
        return self.address


class Driver(Process):
    """An adapter; each method sends one request and returns what was observed."""

    def __init__(self, *args, **kwds):
        super().__init__('drive.py', *args, **kwds)
        self.number, self.watch = 0, None

    def raw(self, line):
        self.process.stdin.write(line + '\n')
        self.process.stdin.flush()
        reply = self.line()
        return json.loads(reply) if reply else {'error': 'the adapter ended'}

    def request(self, op, **members):
        self.number += 1
        line = typed.dumps(dict(members, id=self.number, op=op))
        reply = self.raw(line)
        observed = reply.get('observed', reply)
        if self.watch is not None:
            self.watch((op, members, observed))
        return observed

    def connect(self, address, **members):
        return self.request('connect', address=address, authkey=binascii.hexlify(KEY).decode(), **members)

    def create(self, store, typeid, /, *args, **kwds):
        return self.request('create', typeid=typeid, store=store, args=[operand(arg) for arg in args], kwds=[[name, operand(value)] for name, value in kwds.items()])

    def create_raw(self, store, typeid, *args):
        return self.request('create', typeid=typeid, store=store, args=[operand(arg) for arg in args], raw=True)

    def call(self, name, method, args=(), kwds={}, **members):
        return self.request('callmethod', on={'$var': name}, method=operand(method), args=operand(args), kwds=operand(kwds), **members)

    def method(self, on, name, /, *args, **kwds):
        store = {'store': kwds.pop('store_')} if 'store_' in kwds else {}
        return self.request('method', on={'$var': on}, name=name, args=[operand(arg) for arg in args],
                            kwds=[[key, operand(value)] for key, value in kwds.items()], **store)

    def operator(self, name, *operands, **members):
        return self.request('operator', name=name, operands=[operand(item) for item in operands], **members)

    def builtin(self, name, *args, **members):
        return self.request('builtin', name=name, args=[operand(arg) for arg in args], **members)

    def server(self, function, *args):
        return self.request('server', function=function, args=[operand(arg) for arg in args])

    def value(self, value, **members):
        return self.request('value', value=operand(value), **members)

    def drop(self, *names):
        return [self.request('drop', name=name) for name in names]

    def count(self):
        return self.server('number_of_objects')['copy']
