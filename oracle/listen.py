# SPDX-License-Identifier: MIT
"""An adapter that listens: a process for each connection, which has the connection as its standard input and output.

A connection's session must be as that of a program of its own (its main thread, its key, its streams), so it is one: a fork of the process that
listens, which knows nothing of sessions.
"""

import os
import signal
import socket
import sys

import addresses


def listener(written):
    """A socket that listens at an address as command lines write it."""
    address = addresses.parse(written)
    sock = socket.socket(socket.AF_INET if isinstance(address, tuple) else socket.AF_UNIX)
    if isinstance(address, tuple):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind(address)
    sock.listen(64)
    return sock


def reap(children):
    """Forgets the children that have ended."""
    for pid in list(children):
        if os.waitpid(pid, os.WNOHANG)[0]:
            children.remove(pid)


def serve(written, converse):
    """Runs converse() in a new process for each connection, until SIGTERM or SIGINT; returns the exit status.  converse reads descriptor 0 and writes
    descriptor 1."""
    children = set()

    def stop(number, frame):
        sys.exit(0)
    sock = listener(written)
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    print('ready', addresses.show(sock.getsockname()), flush=True)
    try:
        while True:
            connection, _ = sock.accept()
            reap(children)
            pid = os.fork()
            if not pid:
                signal.signal(signal.SIGTERM, signal.SIG_DFL)
                signal.signal(signal.SIGINT, signal.SIG_DFL)
                children.clear()
                sock.close()
                for number in (0, 1):
                    os.dup2(connection.fileno(), number)
                connection.close()
                os._exit(converse())
            children.add(pid)
            connection.close()
    finally:
        for pid in children:
            os.kill(pid, signal.SIGKILL)
        for pid in children:
            os.waitpid(pid, 0)
        if written.startswith('unix:'):
            os.unlink(addresses.parse(written))
