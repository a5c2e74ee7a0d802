# SPDX-License-Identifier: MIT
"""A proxy adapter that listens and may misbehave: passes lines on to and from an honest one, which each connection has for itself.

Usage: listening.py MODE ADDRESS MARKS COMMAND…; MARKS is a folder that gets a file `asked` when the request for `create` came and `ended` when a connection ended.
Modes: honest; drop, cut and mute (close the connection, close it in the middle of a reply, say nothing, when `create` is asked); one (serves one
connection after another)."""
import os
import subprocess
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../../oracle'))
import addresses
import listen


def mark(name):
    with open(os.path.join(MARKS, name), 'w'):
        pass


def converse(connection):
    with connection, subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as honest:
        lines = connection.makefile('rb')
        for line in lines:
            if b'"op":"create"' in line:
                mark('asked')
                if MODE == 'mute':
                    continue
                if MODE in ('drop', 'cut'):
                    connection.sendall(b'{"id":3,"obse' if MODE == 'cut' else b'')
                    break
            honest.stdin.write(line)
            honest.stdin.flush()
            connection.sendall(honest.stdout.readline())
        lines.close()
        honest.stdin.close()
    mark('ended')


MODE, ADDRESS, MARKS, COMMAND = sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:]
listener = listen.listener(ADDRESS)
print('ready', addresses.show(listener.getsockname()), flush=True)
while True:
    connection, _ = listener.accept()
    if MODE == 'one':
        converse(connection)
    else:
        threading.Thread(target=converse, args=(connection,), daemon=True).start()
