#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Stopping, starting again, threads, forks, deaths, other managers: a stock Python program sees the same of mpmanager as of CPython's own server, in
# every CPython found, and with the first also when one of two managers is mpmanager.
. ref/test/servers.bash
find_pythons
ours="${B:-build}/mpmanager --compat"
see() { timeout 300 "$python" -W ignore ref/test/lifecycle.py "$2" "$3" >"$folder/$1" 2>&1 && grep -q '^end$' "$folder/$1"; }
# compare NAME FIRST SECOND
compare() { see observed "$2" "$3" && diff "$folder/expected" "$folder/observed" >"$folder/diff"; result $? "$1" "$([ -s "$folder/diff" ] && echo "$folder/diff" || echo "$folder/observed")"; }
echo "1..$((${#pythons[@]} * 2 + 2))"
mixed=yes
for entry in "${pythons[@]}"; do
  python=${entry%:*} version=${entry##*:} theirs="$python oracle/serve.py"
  see expected "$theirs" "$theirs"
  result $? "the program runs with CPython $version" "$folder/expected"
  compare "it sees the same of mpmanager ($version)" "$ours $version" "$ours $version"
  [ "$mixed" = no ] || { compare "mpmanager and then CPython ($version)" "$ours $version" "$theirs"; compare "CPython and then mpmanager ($version)" "$theirs" "$ours $version"; }
  mixed=no
done
