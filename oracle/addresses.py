# SPDX-License-Identifier: MIT
"""Addresses as the command lines write them (unix:PATH, abstract:NAME, tcp:HOST:PORT) and as multiprocessing takes them, and key files.

A client uses for an abstract name the bytes that the server reports of itself: tokens name their manager by value.
"""


def parse(written):
    """The address value of multiprocessing; ValueError if there is none."""
    kind, _, rest = written.partition(':')
    if kind == 'unix' and rest:
        return rest
    if kind == 'abstract' and rest:
        return b'\0' + rest.encode('utf-8', 'surrogateescape')
    if kind == 'tcp':
        host, _, port = rest.rpartition(':')
        if host and port.isdigit() and int(port) < 65536:
            return host, int(port)
    raise ValueError('%r is no address: unix:PATH, abstract:NAME or tcp:HOST:PORT' % written)


def show(address):
    """The written form of an address value."""
    if isinstance(address, tuple):
        return 'tcp:%s:%d' % address
    if isinstance(address, bytes):
        return 'abstract:' + address[1:].decode('utf-8', 'surrogateescape')
    return 'abstract:' + address[1:] if address.startswith('\0') else 'unix:' + address


def read_key(path):
    """The key in a file of hexadecimal digits; ValueError or OSError if there is none."""
    with open(path, encoding='ascii') as file:
        return bytes.fromhex(file.read().strip())
