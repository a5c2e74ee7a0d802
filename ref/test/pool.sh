#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Pools across the border: a C program lets a Python manager's pool work, stock Python lets a C server's pool call functions of C, and a manager that
# is told to stop while its workers wait ends and leaves nothing behind.
. ref/test/servers.bash
find_pythons 3.8 3.11 3.13
echo "1..$((${#pythons[@]} * 8))"
examples=${B:-build}/ref/examples
printf '%s\n' 'math.factorial(20) = 2432902008176640000' '1 4 9 16' 'ZeroDivisionError: division by zero' >"$folder/expected"
ask() { timeout 120 "$python" ref/test/pool.py "$@" "$at" >"$folder/log" 2>&1; }
nobody() { ! ps -eo args | grep -F "$folder" | grep -vF grep >"$folder/log"; }
for entry in "${pythons[@]}"; do
  python=${entry%:*} version=${entry##*:}
  begin_cpython
  timeout 120 "$examples/use_pool" "$at" abcd >"$folder/log" 2>&1 && diff "$folder/expected" "$folder/log" >"$folder/diff"
  result $? "a C program uses the pool of CPython $version" "$folder/log"
  ask leave abcd && end && nobody
  result $? "CPython $version stops while workers wait, and leaves no process" "$folder/log"
  begin_mpmanager --compat "$version"
  timeout 120 "$examples/use_pool" "$at" abcd >"$folder/log" 2>&1 && diff "$folder/expected" "$folder/log" >"$folder/diff"
  result $? "and that of mpmanager as $version" "$folder/log"
  ask leave abcd && end && nobody
  result $? "mpmanager as $version stops while workers wait" "$folder/log"
  begin "$examples/serve_functions" "unix:$folder/socket" secret
  ask functions secret
  result $? "the pool of a C program calls its functions for Python $version" "$folder/log"
  ask unknown secret
  result $? "and says which it does not know ($version)" "$folder/log"
  ask leave secret
  result $? "workers wait there, too ($version)" "$folder/log"
  end
  result $? "and it stops with status 0 ($version)" "$folder/stderr"
done
