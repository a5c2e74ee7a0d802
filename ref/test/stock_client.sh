#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# A stock Python program against CPython's own server and against mpmanager, in every CPython found, with the first over each kind of address: it
# must see the same.
. ref/test/servers.bash
find_pythons
# see OUTPUT: what the program sees of the server, which is then told to stop; the server's exit status
see() { timeout 120 "$python" -W ignore ref/test/stock_client.py "$at" "$key" >"$1" 2>&1; end; }
addresses=("unix:$folder/socket" "abstract:stock-client-$$" tcp:127.0.0.1:0) # the others are tried with one address
echo "1..$((${#pythons[@]} * 2 + 4))"
for entry in "${pythons[@]}"; do
  python=${entry%:*} version=${entry##*:}
  begin_cpython
  see "$folder/expected"
  for address in "${addresses[@]}"; do
    begin "${B:-build}/mpmanager" --address "$address" --authkey-file "$folder/key" --compat "$version"
    see "$folder/observed"
    result $? "mpmanager ends well ($version, ${address%%:*})" "$folder/stderr"
    { [ "$(grep -c -- '->' "$folder/expected")" -gt 150 ] && diff "$folder/expected" "$folder/observed"; } >"$folder/diff"
    result $? "it is as CPython's server ($version, ${address%%:*})" "$folder/diff"
  done
  addresses=("unix:$folder/socket")
done
