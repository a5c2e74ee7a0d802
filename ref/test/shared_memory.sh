#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# mpmanager tracks, releases and unlinks shared memory segments as the server of a SharedMemoryManager does, in every CPython found; and whoever
# stops it by a signal leaves no segment behind.
. ref/test/servers.bash
find_pythons
# see OUTPUT: what the program sees until the server has ended; the server's exit status
see() { timeout 120 "$python" -W ignore ref/test/shared_memory.py "$at" "$key" >"$1" 2>&1; timeout 60 tail --pid="$server" -f /dev/null; end 2>/dev/null; }
echo "1..$((${#pythons[@]} * 2 + 2))"
for entry in "${pythons[@]}"; do
  python=${entry%:*} version=${entry##*:}
  begin_cpython --shared-memory; see "$folder/expected"
  begin_mpmanager --shared-memory --compat "$version"; see "$folder/observed"
  result $? "mpmanager ends well ($version)" "$folder/stderr"
  { grep -q '^unlinked -> False' "$folder/expected" && diff "$folder/expected" "$folder/observed"; } >"$folder/diff"
  result $? "segments are treated as by CPython ($version)" "$folder/diff"
done
begin_mpmanager --shared-memory
name=mpconform-test-$$
echo x >"/dev/shm/$name"
python3 - "$folder/socket" "$name" "$key" >"$folder/log" 2>&1 <<'PYTHON'
import sys
from multiprocessing import managers
from multiprocessing.connection import Client
managers.dispatch(Client(sys.argv[1], authkey=bytes.fromhex(sys.argv[3])), None, 'track_segment', (sys.argv[2],))
PYTHON
end
result $? 'it stops on a signal' "$folder/stderr"
[ ! -e "/dev/shm/$name" ]
result $? 'and unlinks what it tracks' "$folder/log"
rm -f "/dev/shm/$name"
