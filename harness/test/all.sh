#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What runs the tests is tested: programs that are green without reason must turn harness/test/all red, at the same time as others or alone.  TAP.
set -u
work=$(mktemp -d) || exit 3
trap 'rm -rf "$work"' EXIT
export TMPDIR=$work
number=0
result() { number=$((number + 1)); if [ "$1" -eq 0 ]; then echo "ok $number - $2"; else echo "not ok $number - $2"; sed 's/^/# /' "$work/out"; fi; }
program() { printf '#!/bin/sh\n%s\n' "$2" >"$work/$1"; chmod +x "$work/$1"; }
counts() { # NAME STATUS PASSED FAILED PROGRAM…: what all must say of these programs
  local name=$1 want=$2 line="$3 passed, $4 failed" status; shift 4
  (cd "$work" && timeout 60 "$all" "$@") >"$work/out" 2>&1; status=$?
  [ "$status" -eq "$want" ] && [ "$(tail -n 1 "$work/out")" = "$line" ]; result $? "$name"
}
all=$PWD/harness/test/all
echo 1..26
program good 'echo 1..2; echo ok 1 - a; echo "not a result"; echo ok 2 - b'
counts 'two programs that pass' 0 4 0 ./good ./good
program bad 'echo 1..2; echo ok 1 - a; echo not ok 2 - b; echo "# why"; exit 1'
counts 'a failure is counted' 1 3 1 ./good ./bad
grep -q '^    # why$' "$work/out" && grep -q '^again: B=.* \./bad$' "$work/out"; result $? 'and shown, with what to run again'
counts 'a failure is counted when it is the last program, too' 1 3 1 ./bad ./good
counts 'no program at all' 1 0 1
program red 'echo 1..1; echo not ok 1 - a'
counts 'a failure with exit status 0' 1 0 1 ./red
program unplanned 'echo ok 1 - a'
counts 'no plan' 1 3 1 ./unplanned ./good
program empty 'echo 1..0'
counts 'a plan of nothing' 1 2 1 ./empty ./good
program silent ':'
counts 'no output' 1 2 1 ./silent ./good
program fewer 'echo 1..3; echo ok 1 - a; echo ok 2 - b'
counts 'fewer results than planned' 1 4 1 ./fewer ./good
program more 'echo 1..1; echo ok 1 - a; echo ok 2 - b'
counts 'more results than planned' 1 4 1 ./more ./good
program again 'echo 1..2; echo ok 1 - a; echo ok 1 - a'
counts 'a result that is repeated' 1 4 1 ./again ./good
program planned 'echo 1..1; echo ok 1 - a; echo 1..1'
counts 'two plans' 1 3 1 ./planned ./good
program skip 'echo 1..2; echo ok 1 - a; echo "ok 2 - b # SKIP no browser"'
counts 'a skip is not green' 1 4 1 ./skip ./good
program bail 'echo 1..1; echo ok 1 - a; echo "Bail out! no compiler"'
counts 'a program that bails out' 1 3 1 ./bail ./good
program status 'echo 1..1; echo ok 1 - a; exit 99'
counts 'all results good, but the exit status is not' 1 3 1 ./status ./good
program died 'echo 1..2; echo ok 1 - a; echo ok 2 - b; kill -SEGV $$'
counts 'a program that dies behind its last result' 1 4 1 ./died ./good
program killed 'echo 1..2; echo ok 1 - a; kill -KILL $$'
counts 'a program that is killed' 1 3 1 ./killed ./good
counts 'a program that does not exist' 1 2 1 ./missing ./good
program many 'echo 1..300; for i in $(seq 300); do echo "not ok $i - x"; done; exit 1'
counts 'three hundred failures' 1 2 300 ./many ./good
(cd "$work" && TEST_JOBS=0 "$all" ./good) >"$work/out" 2>&1
[ $? -eq 3 ] && grep -q 'give a number' "$work/out"; result $? 'none at the same time: what to say instead'
mkfifo "$work/here"
program asks 'echo 1..1; read -r word <here; [ "$word" = hello ] && echo ok 1 - met'
program says 'echo 1..1; echo hello >here; echo ok 1 - met'
TEST_JOBS=2 counts 'two that wait for each other run at the same time' 0 2 0 ./asks ./says
program others 'echo 1..1; echo other >>order; echo ok 1 - a; echo other >>order'
program lone 'echo 1..1; echo lone >>order; echo ok 1 - a'
TEST_JOBS=4 TEST_ALONE='lone  has a reason' counts 'one that must run alone and one that need not' 0 3 0 ./lone ./others ./others
[ "$(tail -n 1 "$work/order")" = lone ]; result $? 'it begins when the others have ended'
program signals 'echo 1..1; trap "echo ok 1 - heard" INT; kill -INT $$'
counts 'signals reach a program as they do on a terminal' 0 1 0 ./signals
program endless 'mkfifo never; exec sh -c "echo \$\$ >pid; cat <never"'
(cd "$work" && exec "$all" ./endless) >"$work/out" 2>&1 &
until [ -s "$work/pid" ]; do kill -0 $! || break; done
kill -TERM $!; wait $!
[ $? -eq 143 ] && timeout 20 sh -c "while kill -0 $(cat "$work/pid"); do :; done" 2>>"$work/out"; result $? 'told to stop, it takes what it started with it'
