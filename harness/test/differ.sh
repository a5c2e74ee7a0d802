#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Random sessions: a seed draws the same ones everywhere, the reference plays those of a fixed seed as CPython does, and a defect is found, and becomes a
# short case that shows it again.  Prints TAP.
. harness/test/tap.bash

differ() { # NAME STATUS PATTERN ARGUMENTS…
  local name=$1 want=$2 pattern=$3; shift 3
  out=$(B=$bin "$python" -B harness/differ/differ.py "$@" 2>&1 </dev/null); status=$?
  [ "$status" -eq "$want" ] && grep -qE -- "$pattern" <<<"$out"
  result $? "$name" "differ.py $*
exit status $status, wanted $want; wanted a line that matches: $pattern
$out"
}

first=$(PYTHONHASHSEED=1 "$python" -B harness/differ/differ.py --draw --seed same --count 40) second=$(PYTHONHASHSEED=2 "$python" -B harness/differ/differ.py --draw --seed same --count 40)
[ -n "$first" ] && [ "$first" = "$second" ]; result $? 'a seed draws the same sessions again'
[ "$first" != "$("$python" -B harness/differ/differ.py --draw --seed other --count 40)" ]; result $? 'another seed draws others'
"$python" -B - "$work/many/drawn" <<'END'
import os, sys
sys.path.insert(0, 'harness/differ')
import judge, sessions
os.makedirs(sys.argv[1])
for i in range(1000):
    judge.write('%s/%d.case' % (sys.argv[1], i), sessions.make('many %d' % i, [], 20))
END
expect 'the case format has whatever is drawn' 0 '^1000 cases' list --cases "$work/many"
differ 'the reference plays the sessions of a fixed seed as CPython does' 0 '^15 sessions' --seed fixed --count 15 --types list,dict,Echo,Queue,Counter --jobs 4

printf '{"name": "planted", "manager": "%s -S %s/oracle/serve.py --address {address} --authkey-file {authkey_file} --fixtures --bug %s", "fixtures": true}\n' "$python" "$PWD" tuple-becomes-list >"$work/planted.json"
planted=(--impl "$work/planted.json" --pairing 'cpython,planted')
differ 'a defect that is planted in a manager is found' 1 'cpython,planted: fail' --seed fixed --count 4 --steps 4 --types Echo --most 1 --jobs 4 --output "$work/found" -- "${planted[@]}"
steps=$(grep -c '^>>>' "$work/found/differ/1.case")
[ "$steps" -ge 1 ] && [ "$steps" -le 3 ]; result $? 'and becomes a case of three steps at most' "$out"
expect 'which shows it again' 1 'fail: differ/1  \(cpython × planted\)' run --strict --cases "$work/found" "${planted[@]}"
expect 'and nothing else' 0 '^[0-9]+ passed, 0 failed' run --strict --cases "$work/found"

differ 'a type that it does not know' 2 'no type nosuch: there are list, dict' --types nosuch
differ 'a CPython that is not there' 3 'differ: mpconform record' --python "$work/nosuch" --count 1
[ -z "$(ls -d "$work"/differ-* 2>/dev/null)" ]; result $? 'no folder is left behind'
plan
