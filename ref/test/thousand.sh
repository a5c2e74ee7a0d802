#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# A thousand stock Python threads that wait in mpmanager at once. With one arena of malloc's its size tells what it holds, within the pages of stacks.
. ref/test/servers.bash
echo 1..2
export MALLOC_ARENA_MAX=1
begin_mpmanager
timeout 400 python3 ref/test/thousand.py "$at" "$key" "$server" >"$folder/log" 2>&1
result $? 'a thousand threads wait at no cost, wake, and leave nothing' "$folder/log"
end
result $? 'and the manager ends well' "$folder/stderr"
