# SPDX-License-Identifier: MIT
"""What a manager exposes: one line for each typeid, of the types of SyncManager, of the fixture types, and of objects of many classes that a typeid
without callable adopts: the names that create sends, and those that get_methods answers.

    exposed.py ADDRESS KEY-IN-HEXADECIMAL [TYPEID-TO-LEAVE-OUT…]

Two managers that print the same expose the same.  Which typeids there are is read from the CPython that runs this, and from no table.
"""
import os
import sys
from multiprocessing import managers
from multiprocessing.connection import Client

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'oracle'))

import addresses
import fixtures

ARGUMENTS = {'Barrier': (2,), 'Value': ('i', 1), 'Array': ('i', [1]), 'Pool': (1,), 'Wrapper': (1,)}
# The values that C knows with all their methods; numbers, str, bytes and classes have none in the reference (ref/README.md).
ADOPTED = (None, [1], (1,), {1: 2}, {1}, frozenset([1]), range(3), ..., NotImplemented, ValueError('x'), KeyError('x'), StopIteration(1), UnicodeDecodeError('ascii', b'x', 0, 1, 'x'), iter([1]), iter((1,)),
           iter({1: 2}), iter('x'), reversed([1]), enumerate([1]), zip([1]), map(len, ['x']), len)
ABSENT = ('set', 'nosuch', 'Thread', '#RETURN', '')    # a typeid that only some versions have, and some that no version has


class Everything(managers.SyncManager):
    """Has the types of SyncManager and the fixture types."""


fixtures.register(Everything)
address, key = addresses.parse(sys.argv[1]), bytes.fromhex(sys.argv[2])


def ask(function, *args):
    connection = Client(address, authkey=key)
    try:
        return managers.dispatch(connection, None, function, args)
    finally:
        connection.close()


def show(typeid, *args):
    """Creates an object and prints what it exposes; gives it back."""
    what = '%s %s' % (typeid, ' '.join('%s %.40r' % (type(arg).__name__, arg) for arg in args).split(' at 0x')[0])
    try:
        ident, exposed = ask('create', typeid, *args)
    except managers.RemoteError as error:
        print(what, 'refused', str(error).strip('-\n').rpartition('\n')[2])
        return
    methods = ask('get_methods', managers.Token(typeid, address, ident))
    print(what, 'creates', *sorted(exposed))
    print(what, 'has', *sorted(methods))
    ask('decref', ident)


registered = {name: entry for name, entry in Everything._registry.items() if name not in sys.argv[3:]}
for name in sorted(registered):
    if registered[name][0] is not None:
        show(name, *ARGUMENTS.get(name, ()))
    else:
        show(name)
        for value in ADOPTED:
            show(name, value)
for name in ABSENT:
    if name not in registered:
        show(name)
print('objects', ask('number_of_objects'))
