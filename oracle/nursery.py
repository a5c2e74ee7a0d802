# SPDX-License-Identifier: MIT
"""Starts serve.py and drive.py quickly: a process that has read all their modules forks one that is then either of them.

It listens at an address, prints "ready ADDRESS" and serves one connection: harness/implementations/README.md, Nurseries.  What it is asked for is
a command as a shell would get it; it does those that would start this very interpreter, with these very programs, and refuses all others.  Nothing
of a session ever happens here, so that each program begins as new, and is alone in its process as it would be otherwise.
"""

import argparse
import array
import atexit
import gc
import importlib
import json
import os
import shlex
import signal
import socket
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import addresses
import drive
import listen
import serve

try:
    from ctypes import CDLL
except ImportError:         # an interpreter that was built without
    CDLL = None

PROGRAMS = {os.path.realpath(module.__file__): module.main for module in (drive, serve)}
LATER = ('multiprocessing.managers', 'multiprocessing.pool', 'multiprocessing.popen_fork', 'multiprocessing.queues', 'multiprocessing.synchronize', 'xmlrpc.client',
         'decimal', 'fractions', 'datetime', 'uuid', 'pathlib')             # what sessions import in the end
LIBRARY = CDLL(None) if CDLL and sys.platform == 'linux' else None
PR_SET_PDEATHSIG, PR_SET_NAME = 1, 15
DESCRIPTORS = 64            # more than a nursery ever has open


class Refused(Exception):
    """A command that this is no nursery for: whoever asked starts it in another way."""


def understood(command):
    """The program that the command starts, and its words from the program's name on."""
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise Refused(str(error))
    flags = ['-S'] if sys.flags.no_site else []
    rest = words[1 + len(flags):]
    if not rest or words[1:1 + len(flags)] != flags or os.path.realpath(words[0]) != os.path.realpath(sys.executable):
        raise Refused('it does not start this interpreter')
    if os.path.realpath(rest[0]) not in PROGRAMS:
        raise Refused('%s is not one of the programs here' % rest[0])
    return PROGRAMS[os.path.realpath(rest[0])], rest


def live(main, words, streams):
    """Is the program from here on, with these standard streams and in a group of its own; never returns."""
    status = 1
    try:
        os.setpgid(0, 0)
        LIBRARY.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)     # as whatever the harness starts: it ends if the harness is lost
        LIBRARY.prctl(PR_SET_NAME, os.path.basename(words[0]).encode())
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
        os.closerange(3, DESCRIPTORS)
        sys.argv = words
        status = main() or 0
    except SystemExit as error:
        status = error.code or 0
        if not isinstance(status, int):
            print(status, file=sys.stderr)
            status = 1
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        atexit._run_exitfuncs()             # and no more: nobody needs the order in which an interpreter is taken down
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except (OSError, ValueError):
                pass
        os._exit(status)


def bear(main, words, streams):
    """Forks twice, so that the new process is adopted by the harness as if it had started it; returns its process id."""
    told, tell = os.pipe()
    adopted, adopt = os.pipe()
    between = os.fork()
    if not between:
        child = os.fork()
        if child:
            os.write(tell, b'%d' % child)
            os._exit(0)
        os.close(adopt)
        os.read(adopted, 1)                 # ends when it has its new parent
        live(main, words, streams)
    os.waitpid(between, 0)
    for end in (tell, adopted, adopt):
        os.close(end)
    with open(told, 'rb') as file:
        return int(file.read())


def answer(line, streams):
    """What a request comes to."""
    try:
        if len(streams) != 3:
            raise Refused('a request comes with three streams, not %d' % len(streams))
        if LIBRARY is None:
            raise Refused('only Linux lets it give its children away')
        main, words = understood(json.loads(line)['command'])
        return {'pid': bear(main, words, streams)}
    except Refused as error:
        return {'refused': str(error)}
    finally:
        for stream in streams:
            os.close(stream)


def requests(connection):
    """The lines of a connection, each with the descriptors that came with it."""
    line, streams = b'', array.array('i')
    while True:
        data, ancillary, _, _ = connection.recvmsg(65536, socket.CMSG_SPACE(3 * streams.itemsize))
        for level, kind, body in ancillary:
            if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
                streams.frombytes(body[:len(body) - len(body) % streams.itemsize])
        line += data
        if not data:
            return
        if line.endswith(b'\n'):
            yield line, list(streams)
            line, streams = b'', array.array('i')


def main():
    parser = argparse.ArgumentParser(prog='nursery.py', description='starts serve.py and drive.py quickly', allow_abbrev=False)
    parser.add_argument('--address', required=True, metavar='ADDRESS', help='unix:PATH, where it listens')
    chosen = parser.parse_args()
    try:
        sock = listen.listener(chosen.address)
    except (OSError, ValueError) as error:
        print('nursery.py: cannot listen at %s: %s' % (chosen.address, error), file=sys.stderr)
        return 3
    for name in LATER:
        importlib.import_module(name)
    serve.command_line().parse_args(['--address', '', '--fixtures'])        # compiles the expressions that reading a command line needs
    drive.command_line().parse_args([])
    if hasattr(gc, 'freeze'):
        gc.collect()
        gc.freeze()                         # what all have in common is never looked through, nor copied
    print('ready', addresses.show(sock.getsockname()), flush=True)
    connection, _ = sock.accept()
    sock.close()
    for line, streams in requests(connection):
        connection.sendall(json.dumps(answer(line, streams)).encode() + b'\n')
    return 0


if __name__ == '__main__':
    sys.exit(main())
