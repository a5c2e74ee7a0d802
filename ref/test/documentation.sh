#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The examples of Python's documentation of managers run on mpmanager as they do on CPython's own server.
. ref/test/servers.bash
# What an object in the manager prints comes at no certain place between what the program prints: last, in both.
printed_last() { grep -v '^you called ' "$1"; grep '^you called ' "$1"; }
find_pythons 3.8 3.11 3.13 3.14 3.15
echo "1..$((${#pythons[@]} * 2))"
for entry in "${pythons[@]}"; do
  python=${entry%:*} version=${entry##*:}
  PYTHON=$(command -v "$python") timeout 120 "$python" -W ignore ref/test/documentation.py >"$folder/expected" 2>&1 && grep -q '^end$' "$folder/expected"
  result $? "the examples run in Python $version" "$folder/expected"
  PYTHON=$(command -v "$python") timeout 120 "$python" -W ignore ref/test/documentation.py "${B:-build}/mpmanager" >"$folder/observed" 2>&1 &&
    diff <(printed_last "$folder/expected") <(printed_last "$folder/observed") >"$folder/diff"
  result $? "they show the same with mpmanager ($version)" "$([ -s "$folder/diff" ] && echo "$folder/diff" || echo "$folder/observed")"
done
