#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The example of the server half, used by stock Python as its comment says, over each kind of address.  B names the build folder.
set -u
example=${B:-build}/ref/examples/serve_counter
folder=$(mktemp -d) || exit 3
server=0
finish() { [ "$server" -eq 0 ] || kill "$server" 2>/dev/null; rm -rf "$folder"; }
trap finish EXIT
number=0
result() { number=$((number + 1)); if [ "$1" -eq 0 ]; then echo "ok $number - $2"; else echo "not ok $number - $2"; sed 's/^/# /' "$folder/log"; fi; }
echo 1..9
for address in "unix:$folder/socket" "abstract:serve-counter-$$" tcp:127.0.0.1:0; do
  rm -f "$folder/ready" && mkfifo "$folder/ready"
  "$example" "$address" secret >"$folder/ready" 2>"$folder/log" &
  server=$!
  read -r word at <"$folder/ready"
  [ "$word" = ready ]
  result $? "says that it is ready at ${address%%:*}"
  timeout 60 python3 - "$at" >"$folder/log" 2>&1 <<'PYTHON'
import gc
import sys
from multiprocessing.managers import BaseManager, RemoteError

kind, rest = sys.argv[1].split(':', 1)
address = rest if kind == 'unix' else '\0' + rest if kind == 'abstract' else (rest.rpartition(':')[0], int(rest.rpartition(':')[2]))
BaseManager.register('Counter')
manager = BaseManager(address=address, authkey=b'secret')
manager.connect()
counter = manager.Counter(40)
assert counter.hit(n=2) == 42
assert counter.hit() == 43
assert [name for name in dir(counter) if name[0] != '_'] == ['hit']


def message(function, *args, **kwds):
    try:
        function(*args, **kwds)
    except Exception as error:
        return type(error).__name__, str(error).rstrip('-\n').rpartition('\n')[2]


assert message(counter.hit, 'x') == ('TypeError', 'an int is needed, not str')
assert message(counter.hit, 1, 2) == ('TypeError', 'Counter.hit() takes from 1 to 2 positional arguments but 3 were given')
assert message(counter.hit, m=1) == ('TypeError', "Counter.hit() got an unexpected keyword argument 'm'")
assert message(manager.Counter, [])[1] == 'TypeError: an int is needed, not list'
assert counter.hit(0) == 43
del counter
gc.collect()
assert manager._number_of_objects() == 0
PYTHON
  result $? "serves its type to Python at ${address%%:*}"
  kill "$server" && wait "$server"
  result $? "stops when it is told to at ${address%%:*}"
  server=0
done
