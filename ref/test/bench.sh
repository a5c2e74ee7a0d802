#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# That `make bench` measures all pairings; how fast they are is not tested.  B names the build folder.
set -u
export B=${B:-build}
work=$(mktemp -d) || exit 3
trap 'rm -rf "$work"' EXIT
result() { if [ "$1" -eq 0 ]; then echo "ok $2"; else echo "not ok $2"; sed 's/^/# /' "$work/log"; fi; }
echo 1..4
python3 ref/bench/compare.py --rounds 2 --seconds 0.001 --corpus 1 --cases list/pop dict/popitem --json "$work/ratios" >"$work/log" 2>&1; result $? '1 - both clients with both managers'
[ "$(jq -r 'to_entries[] | .key as $pairing | .value | to_entries[] | select(.value.median > 0 and .value.lowest <= .value.median and .value.highest >= .value.median) | $pairing' "$work/ratios" | sort | uniq -c | awk '{print $1}' | tr '\n' ' ')" = '5 5 5 ' ]
result $? '2 - five ratios for each of three pairings, that of the corpus among them'
mkdir -p "$work/b" && ln -s /bin/false "$work/b/mpmanager"
! B=$work/b python3 ref/bench/compare.py --rounds 1 --corpus 0 >"$work/log" 2>&1 && grep -q 'the manager of ref does not serve' "$work/log"; result $? '3 - a manager that does not serve has no speed'
! python3 ref/bench/compare.py --rounds 1 --seconds 0.001 --corpus 1 --cases nosuch >"$work/log" 2>&1 && grep -q 'fails in the corpus' "$work/log"; result $? '4 - neither has a corpus that fails'
