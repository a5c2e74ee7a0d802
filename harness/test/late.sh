#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# No case depends on luck: in each that has several clients the steps of the others arrive late, later than a step that is held, and then those of the
# first do; that changes no result.  A case that takes a step which was started for one that has begun is noticed.  Prints TAP.
. harness/test/tap.bash

late() { # others|first: an implementation whose clients are late
  printf '{"name": "late", "proxy": "%s %s/harness/test/late.py %s 250 %s/mpproxy --compat {compat}", "fixtures": true, "xmlrpclib": true}\n' "$python" "$PWD" "$1" "$bin" >"$work/$1.json"
  options=(--strict --oracle recorded --compat 3.15 --jobs 16 --failed-only --impl "$work/$1.json" --pairing 'late,ref')
}

mapfile -t several < <(grep -rlE '^[a-z]+[0-9]*&>>>' cases | xargs grep -LE '^raw' | sed 's,^cases/,,; s,\.case$,,')
[ ${#several[@]} -gt 40 ]; result $? 'there are cases with steps that are started'
for who in others first; do
  late $who
  expect "nothing changes when the steps of the $who are late" 0 '^[0-9]+ passed, 0 failed' run "${options[@]}" "${several[@]}"
done

cases lucky <<'END'
== t/lucky.case
# Who comes first has number 0, if the manager hears of it first.
# clauses: BARRIER-1
# level: de-facto

>>> r = manager.Barrier(2)
>>> hand r to b
b&>>> r.wait()
b???
blocked
>>> r.wait()
1
b<<<
0
END
late others
expect 'noticed: a case that takes a held step for one that has begun' 1 'fail: t/lucky' run "${options[@]}" --cases "$work/lucky"
late first
expect 'and it passes if nothing comes in between' 0 '^1 passed, 0 failed' run "${options[@]}" --cases "$work/lucky"
plan
