#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A small manager, to be read in one go and copied: CPython's own server with one type, started as mpconform starts managers.

It has a defect, which harness/PLUGGING-IN.md finds: pop takes the first element instead of the last."""
import argparse
from multiprocessing.managers import BaseManager, ListProxy


class Backwards(list):
    def pop(self, *index):
        return super().pop(*index or (0,))      # the defect: without an index it is the last

    def __reduce__(self):                       # whoever asks for the value gets a plain list
        return list, (list(self),)


class Manager(BaseManager):
    pass


def parse_address(written):
    """unix:PATH, abstract:NAME or tcp:HOST:PORT as multiprocessing takes it."""
    kind, rest = written.split(':', 1)
    return (rest.rsplit(':', 1)[0], int(rest.rsplit(':', 1)[1])) if kind == 'tcp' else rest if kind == 'unix' else b'\0' + rest.encode()


def show_address(address):
    if isinstance(address, tuple):
        return 'tcp:%s:%d' % address
    return 'unix:' + address if isinstance(address, str) else 'abstract:' + address[1:].decode()


parser = argparse.ArgumentParser()
parser.add_argument('--address', required=True)
parser.add_argument('--authkey-file', required=True)
chosen = parser.parse_args()
with open(chosen.authkey_file) as file:
    key = bytes.fromhex(file.read())
Manager.register('list', Backwards, ListProxy)
server = Manager(parse_address(chosen.address), key).get_server()
print('ready', show_address(server.address), flush=True)
server.serve_forever()
