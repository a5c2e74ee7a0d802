# SPDX-License-Identifier: MIT
"""CPython as manager: serves SyncManager's types, and the fixture types if asked to, in the process it is.

It prints one line, "ready ADDRESS", and stops with status 0 on SIGTERM, SIGINT or the protocol's shutdown.  Status 2: wrong
usage; 3: it cannot serve.  --package serves with a package that descends from multiprocessing; --bug plants a bug (bugs.py).
"""

import argparse
import contextlib
import importlib
import os
import signal
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import addresses
import fixtures


def unknown_bugs(names):
    if not names:
        return []
    import bugs                 # only when asked: reading it would be a third of the time to start
    return [name for name in names if not bugs.known(name, 'manager')]


def command_line():
    parser = argparse.ArgumentParser(prog='serve.py', description='CPython as manager', allow_abbrev=False)
    parser.add_argument('--address', metavar='ADDRESS', help='unix:PATH, abstract:NAME or tcp:HOST:PORT (port 0 picks one)')
    parser.add_argument('--authkey-file', metavar='FILE', help='a file with the key in hexadecimal')
    parser.add_argument('--serializer', choices=('pickle', 'xmlrpclib'), default='pickle')
    parser.add_argument('--fixtures', action='store_true', help='register the fixture types, too')
    parser.add_argument('--shared-memory', action='store_true', help="serve as SharedMemoryManager does: no types, but segments are tracked")
    parser.add_argument('--package', default='multiprocessing', metavar='NAME', help='serve with this package instead of multiprocessing')
    parser.add_argument('--bug', action='append', default=[], metavar='NAME', help='plant this bug (may be given more than once)')
    parser.add_argument('--list-bugs', action='store_true', help='list the bugs that can be planted in a manager, and stop')
    return parser


def arguments():
    parser = command_line()
    chosen = parser.parse_args()
    if chosen.list_bugs:
        import bugs
        print(bugs.listing('manager'), end='')
        sys.exit(0)
    if not chosen.address or not chosen.authkey_file:
        parser.error('--address and --authkey-file are needed')
    unknown = unknown_bugs(chosen.bug)
    if unknown:
        parser.error('no such bug: %s (see --list-bugs)' % ' '.join(unknown))
    try:
        chosen.address, chosen.key = addresses.parse(chosen.address), addresses.read_key(chosen.authkey_file)
    except (OSError, ValueError) as error:
        parser.error(str(error))
    return chosen


def signals_enabled():
    """The thread that forked is the main one of the child, but PyPy does not know."""
    try:
        from __pypy__ import thread
    except ImportError:
        return contextlib.nullcontext()
    return thread.signals_enabled


def prepare_workers(package):
    """A pool's workers begin as copies of this process: that needs no interpreter by its name, and no helper processes that outlive it.  Who forks
    holds the interpreter's lock, so that no other thread is in the middle of anything but a wait.  They end as any process does when they are told to,
    also while they begin: what SIGTERM means here is not for them, and a signal that Python's own handler took in between would be forgotten."""
    numbers = {signal.SIGTERM, signal.SIGINT}

    def in_child():
        with signals_enabled():
            for number in numbers:
                signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, numbers)
    importlib.import_module(package).set_start_method('fork')
    os.register_at_fork(before=lambda: signal.pthread_sigmask(signal.SIG_BLOCK, numbers),
                        after_in_parent=lambda: signal.pthread_sigmask(signal.SIG_UNBLOCK, numbers), after_in_child=in_child)


def make_server(chosen):
    """A server that listens, with the registry of a manager class of its own."""
    managers = importlib.import_module(chosen.package + '.managers')
    process = importlib.import_module(chosen.package + '.process')
    process.current_process().authkey = chosen.key
    prepare_workers(chosen.package)

    class Manager(managers.SharedMemoryManager if chosen.shared_memory else managers.SyncManager):
        pass

    if chosen.fixtures:
        fixtures.register(Manager)
    for name in chosen.bug:
        import bugs
        bugs.plant(name, 'manager', managers)
    if chosen.serializer == 'xmlrpclib':
        importlib.import_module('xmlrpc.client')    # or the first client would wait for it
    return Manager(address=chosen.address, authkey=chosen.key, serializer=chosen.serializer).get_server()


def stop(number, frame):
    """Ends serve_forever in the main thread, which then exits with status 0; a second signal does nothing."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.exit(0)


def main():
    chosen = arguments()
    try:
        server = make_server(chosen)
    except (ImportError, OSError, ValueError, TypeError) as error:
        print('serve.py: cannot serve: %s: %s' % (type(error).__name__, error), file=sys.stderr)
        sys.exit(3)
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    print('ready', addresses.show(server.address), flush=True)
    server.serve_forever()


if __name__ == '__main__':
    main()
