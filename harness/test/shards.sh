#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Shards, what joins them, and what was red run again: each way to lose a case, to count one twice, or to be green by accident.  TAP.
. harness/test/tap.bash
ref=(--oracle recorded --pairing 'ref,ref')
counting_cases many 24
many=(--cases "$work/many")
shard_by_hand() { echo $((0x$(printf %s "$1" | sha256sum | head -c 8) % $2 + 1)); } # ID COUNT
ids() { "$conform" list "$@" | sed -n 's/^\(t\/[^ ]*\) .*/\1/p'; }

echo '# the function'
for k in 1 2 3 4 5; do ids "${many[@]}" --shard $k/5 | sed "s/\$/ $k/"; done | sort >"$work/found"
ids "${many[@]}" | while read -r id; do echo "$id $(shard_by_hand "$id" 5)"; done | sort >"$work/wanted"
diff "$work/wanted" "$work/found" >"$work/diff"; result $? 'each case is in the one shard that sha256sum tells' "$(cat "$work/diff")"
[ "$(wc -l <"$work/wanted")" -eq 24 ] && [ "$(cut -d' ' -f2 "$work/found" | sort -u | wc -l)" -eq 5 ]; result $? 'all of them, and no shard is empty'
cp -r "$work/many" "$work/more"; sed 's/list 1\./another list./' "$work/many/t/c1.case" >"$work/more/t/c0.case"
for k in 1 2 3 4 5; do ids --cases "$work/more" --shard $k/5 | sed "s/\$/ $k/"; done | grep -v '^t/c0 ' | sort | diff "$work/found" - >"$work/diff"
result $? 'another case moves none' "$(cat "$work/diff")"
python3 -c '
import hashlib, json, subprocess, sys
conform, everything = sys.argv[1], {}
for k in range(1, 8):
    for case in json.loads(subprocess.run([conform, "list", "--json", "--shard", f"{k}/7"], capture_output=True, check=True).stdout):
        assert case["id"] not in everything, case["id"]
        everything[case["id"]] = k
whole = [case["id"] for case in json.loads(subprocess.run([conform, "list", "--json"], capture_output=True, check=True).stdout)]
assert sorted(whole) == sorted(everything), "lost"
assert all(int.from_bytes(hashlib.sha256(one.encode()).digest()[:4], "big") % 7 + 1 == k for one, k in everything.items())
' "$conform" 2>"$work/why"; result $? 'the whole corpus, in seven shards' "$(cat "$work/why")"

echo '# who says which shard'
taken() { # NAME PATTERN COUNT VARIABLE=VALUE… -- ARGUMENTS…: the line that tells the shard, and how many cases it has
  local name=$1 pattern=$2 count=$3 set=(); shift 3
  while [ "$1" != -- ]; do set+=("$1"); shift; done; shift
  out=$(env "${set[@]}" "$conform" run "${many[@]}" --report "$work/report" "${ref[@]}" "$@" 2>&1); status=$?
  [ $status -eq 0 ] && grep -qE "$pattern" <<<"$out" && grep -qx "$count passed, 0 failed" <<<"$out"
  result $? "$name" "status $status
$out"
}
in_shard() { ids "${many[@]}" --shard "$1" | wc -l; }
taken 'an option' 'shard 2 of 4 of 24 selected cases \(--shard\)' "$(in_shard 2/4)" A=b -- --shard 2/4
taken 'Bazel counts from 0' 'shard 2 of 4 .*\(TEST_SHARD_INDEX and TEST_TOTAL_SHARDS, as Bazel' "$(in_shard 2/4)" TEST_SHARD_INDEX=1 TEST_TOTAL_SHARDS=4 TEST_SHARD_STATUS_FILE="$work/touched" --
[ -e "$work/touched" ]; result $? 'and its status file is touched'
taken 'GitLab counts from 1' 'shard 2 of 4 .*\(CI_NODE_INDEX and CI_NODE_TOTAL, as GitLab' "$(in_shard 2/4)" CI_NODE_INDEX=2 CI_NODE_TOTAL=4 --
taken 'an option wins over both' 'shard 3 of 4 .*\(--shard\)' "$(in_shard 3/4)" CI_NODE_INDEX=2 CI_NODE_TOTAL=4 TEST_SHARD_INDEX=x TEST_TOTAL_SHARDS=4 -- --shard 3/4
taken 'Bazel, which runs inside of GitLab, wins over it' 'shard 1 of 4 .*Bazel' "$(in_shard 1/4)" CI_NODE_INDEX=2 CI_NODE_TOTAL=4 TEST_SHARD_INDEX=0 TEST_TOTAL_SHARDS=4 --
taken 'a job of GitLab that is not parallel is no shard' '24 cases' 24 CI_NODE_TOTAL=1 --
taken 'one shard of one is everything' 'shard 1 of 1' 24 A=b -- --shard 1/1
wrong() { # NAME PATTERN VARIABLE=VALUE… -- ARGUMENTS…
  local name=$1 pattern=$2 set=(); shift 2
  while [ "$1" != -- ]; do set+=("$1"); shift; done; shift
  rm -rf "$work/report"
  out=$(env "${set[@]}" "$conform" run "${many[@]}" --report "$work/report" "${ref[@]}" "$@" 2>&1); status=$?
  [ $status -eq 2 ] && grep -qE -- "$pattern" <<<"$out" && [ ! -e "$work/report/results.json" ]
  result $? "$name" "status $status
$out"
}
for bad in 0/4 5/4 2 2/ /4 2/x 2/4/4 -1/4 ' 1/4' 1/70000 4294967297/4294967297; do wrong "--shard '$bad'" '--shard wants K/N' A=b -- --shard "$bad"; done
wrong 'Bazel: an index that is none' "TEST_SHARD_INDEX is 'one'" TEST_SHARD_INDEX=one TEST_TOTAL_SHARDS=4 --
wrong 'Bazel: an index too large' "TEST_SHARD_INDEX is '4': expected a number from 0" TEST_SHARD_INDEX=4 TEST_TOTAL_SHARDS=4 --
wrong 'Bazel: no index' "TEST_SHARD_INDEX is ''" TEST_TOTAL_SHARDS=4 --
wrong 'Bazel: no total' "TEST_TOTAL_SHARDS is ''" TEST_SHARD_INDEX=1 --
wrong 'Bazel: a status file that cannot be touched' 'cannot touch' TEST_SHARD_INDEX=1 TEST_TOTAL_SHARDS=4 TEST_SHARD_STATUS_FILE="$work/none/file" --
wrong 'GitLab: an index of 0' "CI_NODE_INDEX is '0': expected a number from 1" CI_NODE_INDEX=0 CI_NODE_TOTAL=4 --
wrong 'GitLab: no index' "CI_NODE_INDEX is ''" CI_NODE_TOTAL=4 --
wrong 'GitLab: a total of 0' "CI_NODE_TOTAL is '0'" CI_NODE_INDEX=1 CI_NODE_TOTAL=0 --
empty=$(($(shard_by_hand t/c1 9) % 9 + 1)) # a shard that has it not
wrong 'an empty shard is not green' 'none of the 1 selected case, .* with 1 shard none is empty' A=b -- t/c1 --shard "$empty/9"
full=$(sed -nE 's/.*with ([0-9]+) shards none is empty.*/\1/p' < <("$conform" list "${many[@]}" --shard "$(for k in $(seq 60); do grep -qx "$k" < <(ids "${many[@]}" | while read -r id; do shard_by_hand "$id" 60; done) || { echo $k; break; }; done)/60" 2>&1))
[ -n "$full" ] && [ "$(ids "${many[@]}" | while read -r id; do shard_by_hand "$id" "$full"; done | sort -u | wc -l)" -eq "$full" ]
result $? "and the number of shards that is advised has none (${full:-none was})"

echo '# merging'
liar() { printf '{"name": "liar", "proxy": "%s %s {build}/mpproxy --compat {compat}"}' "$bin/harness/test/peer_adapter" "$2" >"$work/$1.json"; } # FILE MODE
liar liar lie:callmethod
both=(--oracle recorded --impl "$work/liar.json" --pairing 'ref,ref' --pairing 'liar,ref')
run run "${many[@]}" --report "$work/whole" "${both[@]}"
for k in 1 2 3; do run run "${many[@]}" --report "$work/s$k" "${both[@]}" --shard $k/3; done
essence() { jq -S 'del(.header.started, .header.merged, .results[].milliseconds, .results[].proxy_stderr, .results[].transcript)' "$1/results.json"; }
expect 'a failure in a shard is one of the whole' 1 '24 passed, 24 failed' merge "$work/s1" "$work/s2" "$work/s3" --report "$work/merged"
diff <(essence "$work/whole") <(essence "$work/merged") >"$work/diff"; result $? 'the merged report is that of one run: results, blame, commands, footer' "$(head -n 30 "$work/diff")"
[ "$(jq '.header.merged | length' "$work/merged/results.json")" -eq 3 ] && [ "$(find "$work/merged" -type f | wc -l)" -eq 8 ]; result $? 'in all renderings, and it says what it was made from'
expect 'results.json will do as well, in any order' 1 '24 passed, 24 failed' merge "$work/s3/results.json" "$work/s1/events.ndjson" "$work/s2" --report "$work/merged"
for k in 1 2 3; do run run "${many[@]}" --report "$work/g$k" "${ref[@]}" --shard $k/3; done
expect 'all green is green' 0 '24 passed, 0 failed' merge "$work/g1" "$work/g2" "$work/g3" --report "$work/merged"
expect 'a merged report is merged again as what it is' 0 '24 passed, 0 failed' merge "$work/merged" --report "$work/again"

refused() { # NAME PATTERN REPORT…: no report is written
  local name=$1 pattern=$2; shift 2
  run merge "$@" --report "$work/refused"
  [ "$status" -eq 2 ] && grep -qE -- "$pattern" <<<"$out" && [ ! -e "$work/refused/results.json" ]
  result $? "refused: $name" "status $status
$out"
}
altered() { # NAME FILTER: g1, as the filter of sed makes it
  rm -rf "${work:?}/$1"; mkdir "$work/$1"; sed -E "$2" "$work/g1/events.ndjson" >"$work/$1/events.ndjson"
}
refused 'a gap' 'shard 2 of 3 is missing: [0-9]+ cases are without results' "$work/g1" "$work/g3"
refused 'an overlap' 'shard 1 of 3 is there twice' "$work/g1" "$work/g2" "$work/g3" "$work/g1"
run run "${many[@]}" --report "$work/x" "${ref[@]}" --shard 1/4
refused 'shards of another number of shards' 'one of 4 shards' "$work/g2" "$work/g3" "$work/x"
run run "${many[@]}" --report "$work/x" "${ref[@]}"
refused 'a report of everything beside a shard' 'is there twice|one of 1 shards' "$work/g1" "$work/g2" "$work/g3" "$work/x"
other() { # NAME PATTERN ARGUMENTS…: shard 1 was run otherwise
  local name=$1 pattern=$2; shift 2
  run run "${many[@]}" --report "$work/x" "${ref[@]}" --shard 1/3 "$@"
  refused "$name" "$pattern" "$work/x" "$work/g2" "$work/g3"
}
other 'another selection' 'hashes differ' t/c1 t/c2 t/c3 t/c4 t/c5 t/c6 t/c7 t/c8 t/c9
other 'another option' '"options" is not that of' --strict
other 'another version' '"version" is not that of' --compat 3.8
other 'another pairing' '"pairings" is not that of' --pairing 'ref,ref' --impl "$work/liar.json" --pairing 'liar,ref'
run run "${many[@]}" --report "$work/x" --pairing 'ref,ref' --shard 1/3
refused 'another oracle' 'the oracle is CPython' "$work/x" "$work/g2" "$work/g3"
altered x 's/"program_version":"[^"]*"/"program_version":"0.0"/'; refused 'another version of the program' '"program_version" is not' "$work/x" "$work/g2" "$work/g3"
altered x '$d'; refused 'a report without its footer' 'cut short' "$work/x" "$work/g2" "$work/g3"
head -c 700 "$work/g1/events.ndjson" >"$work/x/events.ndjson"; refused 'a report cut in the middle of a line' 'cut short|no report' "$work/x" "$work/g2" "$work/g3"
altered x 's/"complete":true/"complete":false/'; refused 'an interrupted run' 'interrupted' "$work/x" "$work/g2" "$work/g3"
altered x '2d'; refused 'a result that is not there' 'its results are not those that its footer counts' "$work/x" "$work/g2" "$work/g3"
altered x '2{p}'; refused 'a result that is there twice' 'its footer counts' "$work/x" "$work/g2" "$work/g3"
sed -E '3d' "$work/g1/events.ndjson" | sed -E '2{p}' >"$work/x/events.ndjson"
refused 'one result twice in place of another' 'are not those of the [0-9]+ cases of shard 1' "$work/x" "$work/g2" "$work/g3"
altered x '0,/"verdict":"pass"/s//"verdict":"fail"/'; refused 'a verdict that the footer does not count' 'its footer counts' "$work/x" "$work/g2" "$work/g3"
altered x '2s/"case":"t\/c[0-9]*"/"case":"t\/elsewhere"/'; refused 'a case that nobody has' 'are not those of' "$work/x" "$work/g2" "$work/g3"
altered x '1s/"cases_sha256":"[0-9a-f]{8}/"cases_sha256":"00000000/'; refused 'another hash' 'counts|hashes|not those' "$work/x" "$work/g2" "$work/g3"
echo 'hello' >"$work/x/events.ndjson"; refused 'no report' 'no event' "$work/x" "$work/g2" "$work/g3"
: >"$work/x/events.ndjson"; refused 'an empty file' 'no report of mpconform' "$work/x" "$work/g2" "$work/g3"
altered x '1s/"format":1/"format":99/'; refused 'a format of the future' 'its format is 99' "$work/x" "$work/g2" "$work/g3"
refused 'a folder that is not there' 'cannot be read' "$work/nowhere" "$work/g2" "$work/g3"
refused 'nothing' 'wants the reports'
echo >>"$work/many/t/c1.case"; refused 'cases that were changed meanwhile' 'not the cases that the shards ran|problem|expected' "$work/g1" "$work/g2" "$work/g3"; counting_cases many 24
rm "$work/many/t/c1.case"; refused 'a case that is gone meanwhile' 'not the cases that the shards ran' "$work/g1" "$work/g2" "$work/g3"; counting_cases many 24
run merge "$work/g1" "$work/g2" "$work/g3" --report "$work/g1"
[ "$status" -eq 2 ] && grep -q 'give another --report' <<<"$out" && [ -s "$work/g1/events.ndjson" ]; result $? 'the merged report does not take the place of one it is made from' "$out"

echo '# what only the whole can tell'
known() { printf '{"implementation": "liar", "failures": [{"case": "t/*", "results": %d, "owner": "ann", "link": "x", "expires": "2999-12-31"}]}\n' "$1" >"$work/known.json"; }
in_shards() { # COUNT: three shards with a list that says so many results; sets $statuses
  known "$1"; statuses=
  for k in 1 2 3; do run run "${many[@]}" --report "$work/k$k" "${both[@]}" --known "$work/known.json" --shard $k/3; statuses+=$status; done
}
in_shards 24; [ $statuses = 000 ]; result $? 'a pattern is not held to its count in a shard' "$statuses $out"
expect 'but in the whole: as many as it says' 0 '24 passed, 0 failed' merge "$work/k1" "$work/k2" "$work/k3" --report "$work/merged"
in_shards 25; [ $statuses = 000 ]; result $? 'also if it says more' "$statuses $out"
expect 'that is red in the whole' 1 'covers 24 failures, not 25' merge "$work/k1" "$work/k2" "$work/k3" --report "$work/merged"
in_shards 23; expect 'and so is a count too small' 1 'covers 24 failures, not 23' merge "$work/k1" "$work/k2" "$work/k3" --report "$work/merged"
printf '{"implementation": "liar", "failures": [{"case": "t/*", "results": 24, "owner": "ann", "link": "x", "expires": "2999-12-31"}, {"case": "t/gone", "fingerprint": "000000000000", "owner": "ann", "link": "x", "expires": "2999-12-31"}]}' >"$work/gone.json"
for k in 1 2 3; do run run "${many[@]}" --report "$work/l$k" "${both[@]}" --known "$work/gone.json" --shard $k/3; done
expect 'an entry that matches no case is red once in the whole, not once for each shard' 1 '24 passed, 1 failed' merge "$work/l1" "$work/l2" "$work/l3" --report "$work/merged"
known 24; refused 'a list that was changed meanwhile' 'not those that the shards were judged with' "$work/k1" "$work/k2" "$work/k3"
# shellcheck disable=SC2046
sed -i 's/^# level: documented$/&\n# versions: 3.99-/' $(ids "${many[@]}" --shard 1/3 | sed "s,.*,$work/many/&.case,")
for k in 1 2 3; do run run "${many[@]}" --report "$work/n$k" "${ref[@]}" --shard $k/3; [ $k -gt 1 ] || first=$status; done
[ "$first" -eq 1 ]; result $? 'a shard for which nothing was judged is red'
expect 'though the whole is not' 0 ' passed, 0 failed' merge "$work/n1" "$work/n2" "$work/n3" --report "$work/merged"
counting_cases many 24
liar liar exits-badly-at-end
for k in 1 2 3; do run run "${many[@]}" --report "$work/e$k" "${both[@]}" --shard $k/3 --jobs 1; done
expect 'a process that ended badly in a shard is red in the whole' 1 '48 passed, 3 failed' merge "$work/e1" "$work/e2" "$work/e3" --report "$work/merged"
liar liar lie:callmethod

echo '# what was red, again'
liar honest honest
mended=(--oracle recorded --impl "$work/honest.json" --pairing 'ref,ref' --pairing 'liar,ref')
sed -i 's/^1$/2/' "$work/many/t/c7.case"
run run "${many[@]}" --report "$work/red" "${ref[@]}"
[ "$status" -eq 1 ]; result $? 'one case is red' "$out"
expect 'what was red is selected' 1 '0 passed, 1 failed' run "${many[@]}" --failed-from "$work/red" --report "$work/report" "${ref[@]}"
expect 'list tells it' 0 '^t/c7 ' list "${many[@]}" --failed-from "$work/red"
sed -i 's/^2$/1/' "$work/many/t/c7.case"
expect 'and when it is mended, it is green' 0 '1 passed, 0 failed' run "${many[@]}" --failed-from "$work/red/results.json" --report "$work/report" "${ref[@]}"
cp -r "$work/red" "$work/latest"
expect 'a report may be replaced by that of what was red in it' 0 '1 passed, 0 failed' run "${many[@]}" --failed-from "$work/latest" --report "$work/latest" "${ref[@]}"
expect 'nothing was red' 2 'nothing was red there' run "${many[@]}" --failed-from "$work/latest" --report "$work/latest" "${ref[@]}"
[ -s "$work/latest/results.json" ]; result $? 'that report stays'
expect 'none of what was red is selected' 2 'none of the 1 case that was red' run "${many[@]}" t/c1 --failed-from "$work/red" --report "$work/report" "${ref[@]}"
expect 'selectors and what was red' 0 '1 passed' run "${many[@]}" t/c1 t/c7 --failed-from "$work/red" --report "$work/report" "${ref[@]}"
expect 'after a merge' 1 '24 passed, 24 failed' merge --cases "$work/many" "$work/s1" "$work/s2" "$work/s3" --report "$work/merged"
expect 'what was red in a merged report, green by now' 0 '48 passed, 0 failed' run "${many[@]}" --failed-from "$work/merged" --report "$work/report" "${mended[@]}"
expect 'red on a pairing that this run has not' 2 "red for liar × ref in .*merged.*--impl $work/liar.json" run "${many[@]}" --failed-from "$work/merged" --report "$work/report" "${ref[@]}"
rm "$work/many/t/c7.case"; expect 'a case that was red and is gone' 2 'the case t/c7 was red there, and is none' run "${many[@]}" --failed-from "$work/red" --report "$work/report" "${ref[@]}"; counting_cases many 24
head -n 4 "$work/g1/events.ndjson" | tail -n 3 | jq -r .case | sort >"$work/done"; mkdir "$work/cut"; head -n 4 "$work/g1/events.ndjson" >"$work/cut/events.ndjson"
ids "${many[@]}" --shard 1/3 | sort | comm -23 - "$work/done" >"$work/wanted"; ids "${many[@]}" --failed-from "$work/cut" | sort | diff "$work/wanted" - >"$work/diff" && [ -s "$work/wanted" ]
result $? 'of a report that was cut short, also what has no result there' "$(cat "$work/diff")"
expect 'a report of failures that are no case'"'s" 2 'no case was red there, but there was 1 failure' run "${many[@]}" --failed-from "$work/e1" --report "$work/report" "${both[@]}"
expect 'a report that is none' 2 'no event' run "${many[@]}" --failed-from "$work/many/t/c1.case" --report "$work/report" "${ref[@]}"
for k in 1 2; do run run "${many[@]}" --report "$work/f$k" "${mended[@]}" --failed-from "$work/merged" --shard $k/2; done
expect 'what was red, in shards, merged' 0 '48 passed, 0 failed' merge --cases "$work/many" "$work/f1" "$work/f2" --report "$work/again"
plan
