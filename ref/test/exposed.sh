#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# mpmanager exposes what CPython does: every type of SyncManager and every fixture type, compared live with each CPython found; and a difference is
# noticed: the names of another version, a typeid that is missing, a name hidden by a planted bug.
. ref/test/servers.bash
find_pythons
see() { timeout 120 "$python" -W ignore ref/test/exposed.py "$at" "$key" >"$1" 2>&1; local status=$?; end || status=$?; return $status; }
differs() { ! cmp -s "$folder/expected" "$folder/observed" && grep -q '^objects' "$folder/observed"; result $? "$1" "$folder/observed"; }
echo "1..$((${#pythons[@]} * 3 + 3))"
for entry in "${pythons[@]}"; do
  python=${entry%:*} version=${entry##*:}
  begin_cpython --fixtures; see "$folder/expected"
  result $? "CPython $version tells what it exposes" "$folder/expected"
  begin_mpmanager --fixtures --compat "$version"; see "$folder/observed"
  result $? "mpmanager as $version tells what it exposes" "$folder/observed"
  { [ "$(grep -c ' has ' "$folder/expected")" -gt 80 ] && diff "$folder/expected" "$folder/observed"; } >"$folder/diff"
  result $? "it exposes what CPython $version does" "$folder/diff"
done
case $version in 3.8 | 3.9 | 3.1[0-3]) other=3.14 ;; *) other=3.13 ;; esac
begin_mpmanager --fixtures --compat "$other"; see "$folder/observed"
differs "noticed: $other is not $version"
begin_mpmanager --compat "$version"; see "$folder/observed"
differs 'noticed: the fixture types are missing'
begin_cpython --fixtures --bug exposed-method-hidden; see "$folder/observed"
differs 'noticed: a hidden method'
