#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The example of the client half, run against a stock Python manager.  B names the build folder.
set -u
folder=$(mktemp -d) || exit 3
coproc python { exec python3 ref/test/manager.py "$folder/socket" secret; }
finish() { exec {python[1]}>&-; wait "$python_PID" 2>/dev/null; rm -rf "$folder"; }
trap finish EXIT
read -r ready _ <&"${python[0]}"
echo 1..3
[ "$ready" = ready ] && output=$("${B:-build}/ref/examples/use_manager" "unix:$folder/socket" secret)
expected="[3, 1, 'two'] without 0.5
ValueError: 7 is not in list"
if [ "${output-}" = "$expected" ]; then echo 'ok 1 - uses a list'; else echo 'not ok 1 - uses a list'; printf '%s\n' "${output-}" | sed 's/^/# /'; fi
output=$("${B:-build}/ref/examples/use_manager" "unix:$folder/socket" wrong 2>&1)
[ $? -eq 1 ] && [ "$output" = 'use_manager ADDRESS KEY: digest sent was rejected' ] && echo 'ok 2 - says why it cannot connect' || echo 'not ok 2 - says why it cannot connect'
output=$("${B:-build}/ref/examples/use_manager" 2>&1)
[ $? -eq 1 ] && [ "$output" = 'use_manager ADDRESS KEY: two arguments, please' ] && echo 'ok 3 - says what it takes' || echo 'not ok 3 - says what it takes'
