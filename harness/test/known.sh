#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Lists of known failures, and of what fails now and then: each way in which such a list stops to be true must be red, and the command that the report
# gives with it must set it right.  TAP.
. harness/test/tap.bash
counting_cases few 3
liar() { printf '{"name": "mine", "proxy": "%s %s {build}/mpproxy --compat {compat}"}' "$bin/harness/test/peer_adapter" "$1" >"$work/mine.json"; } # MODE
liar lie:callmethod
few=(--cases "$work/few" --report "$work/report" --oracle recorded --impl "$work/mine.json" --jobs 1)
mine=("${few[@]}" --pairing 'ref,ref' --pairing 'mine,ref')
who='"owner": "ann", "link": "https://example.org/1"'
list() { # NAME ENTRY…: a file of known failures of "mine"; entries get an owner, a link and a far day unless they have one
  local name=$1 entry entries=(); shift
  for entry in "$@"; do
    case $entry in *owner*) ;; *) entry="$entry, $who" ;; esac
    case $entry in *expires*) ;; *) entry="$entry, \"expires\": \"2999-12-31\"" ;; esac
    entries+=("{$entry}")
  done
  (IFS=,; printf '{"implementation": "mine", "failures": [%s]}\n' "${entries[*]}") >"$work/$name.json"
}
verdict() { jq -r --arg case "$1" '[.results[] | select(.case == $case and (.proxy == "mine" or .manager == "mine")) | .verdict] | unique | join(" ")' "$work/report/results.json"; }
judged() { # NAME STATUS VERDICT CASE ARGUMENTS…: exit status, and the verdict of the case for "mine"
  local name=$1 want=$2 verdict=$3 case=$4 got; shift 4
  run run "$@"
  got=$(verdict "$case")
  [ "$status" -eq "$want" ] && [ "$got" = "$verdict" ]
  result $? "$name" "status $status, wanted $want; verdict $got, wanted $verdict
$out"
}
by() { jq -r '.. | .reason? // empty' "$work/report/results.json" | grep -oE "$conform run .*--mend-known" | head -n 1; } # the command that a report gives
mends() { # NAME FILE ARGUMENTS…: the command that the last report gave makes the list true: the same run is green then
  local name=$1 file=$2 command; shift 2
  command=$(by)
  [ -n "$command" ] && (eval "$command --report $work/mending --jobs 1") >"$work/mend.log" 2>&1
  run run "$@"
  [ -n "$command" ] && [ "$status" -eq 0 ]
  result $? "mended: $name" "by: $command
$(cat "$work/mend.log")
$(cat "$work/$file.json")
$out"
}

run run "${mine[@]}"
print=$(jq -r '[.results[] | select(.proxy == "mine")][0].fingerprint' "$work/report/results.json")
c1="\"case\": \"t/c1\", \"fingerprint\": \"$print\""
c2="\"case\": \"t/c2\", \"fingerprint\": \"$print\""
c3="\"case\": \"t/c3\", \"fingerprint\": \"$print\""
flaky() { echo "\"flaky\": {\"failures\": $1, \"runs\": $2}"; }

echo '# controls'
list good "$c1" "$c2" "$c3"
judged 'what is listed as it fails is known' 0 known-failure t/c1 "${mine[@]}" --known "$work/good.json"
list some "$c1" "$c2"
judged 'and so beside a live oracle' 0 known-failure t/c1 --cases "$work/few" --impl "$work/mine.json" --pairing mine,cpython --known "$work/good.json"
judged 'what is not listed is red' 1 fail t/c3 "${mine[@]}" --known "$work/some.json"

echo '# lists that are refused'
refused() { # NAME PATTERN ENTRY…
  local name=$1 pattern=$2; shift 2
  list bad "$@"; expect "refused: $name" 2 "$pattern" run "${mine[@]}" --known "$work/bad.json"
}
refused 'the same case twice' 'entry 2: t/c1 is listed already, by entry 1 of' "$c1" "$c1"
refused 'the same case with and without a role' 'entry 2: t/c1 is listed already' "$c1" "$c1, \"role\": \"proxy\""
refused 'a pattern twice' 'listed already' '"case": "t/*", "results": 3' '"case": "t/*", "results": 3'
expect 'refused: the same file twice' 2 'listed already, by entry 1 of' run "${mine[@]}" --known "$work/good.json" --known "$work/good.json"
list two "$c3"; expect 'refused: a case that another file lists' 2 "listed already, by entry 3 of .*good.json" run "${mine[@]}" --known "$work/good.json" --known "$work/two.json"
refused 'no owner' '"owner" is missing or empty: who answers' "$c1, \"owner\": \"\", \"link\": \"x\""
refused 'no link' '"link" is missing' "$c1, \"owner\": \"ann\""
refused 'no fingerprint' 'needs the "fingerprint"' '"case": "t/c1"'
refused 'a pattern without a count' 'needs "results"' '"case": "t/*"'
refused 'a case with a count' '"results" is for patterns' "$c1, \"results\": 1"
refused 'a role that does not exist' '"role" is proxy or manager' "$c1, \"role\": \"server\""
refused 'an unknown member' 'unknown or malformed member "why"' "$c1, \"why\": \"x\""
refused 'a member of another type' 'unknown or malformed member "partner"' "$c1, \"partner\": 3"
for day in 2030-13-01 2030-02-30 2029-02-29 2030-1-1 30-01-01 2030-04-31 soon 2030-01-01x; do refused "the day $day" '"expires" is a date' "$c1, \"expires\": \"$day\""; done
refused 'flaky without a rate' 'malformed member "flaky"' "$c1, \"flaky\": true"
refused 'flaky without runs' 'malformed member "flaky"' "$c1, \"flaky\": {\"failures\": 3}"
refused 'flaky that never failed' 'at least one failure' "$c1, $(flaky 0 50)"
refused 'flaky that always fails' 'at least one failure' "$c1, $(flaky 50 50)"
refused 'a flaky pattern' 'no wildcards here' "\"case\": \"t/*\", \"results\": 3, $(flaky 3 50)"
printf '{"implementation": "mine"}' >"$work/bad.json"; expect 'refused: no list' 2 'expected an object with' run "${mine[@]}" --known "$work/bad.json"
printf '{"implementation": "mine", "failures": [}' >"$work/bad.json"; expect 'refused: no JSON' 2 'bad.json:1:' run "${mine[@]}" --known "$work/bad.json"
expect 'refused: a file that does not exist' 2 'no-such-file.*cannot be read: .*a list begins as \{"implementation": NAME, "failures": \[\]\}, and --mend-known' run "${mine[@]}" --known "$work/no-such-file"
expect 'refused: --mend-known without a list' 2 'needs --known FILE' run "${mine[@]}" --mend-known

echo '# the last day, in UTC wherever the run is'
day() { date -u -d "$1" +%F; }
while before=$(day now); do # midnight may pass
  list today "$c1, \"expires\": \"$(day today)\"" "$c2" "$c3"; list yesterday "$c1, \"expires\": \"$(day yesterday)\"" "$c2" "$c3"
  verdicts=
  for zone in UTC0 FAR-14 WEST12; do
    for when in today yesterday; do out=$(TZ=$zone "$conform" run "${mine[@]}" --known "$work/$when.json" 2>&1); verdicts+="$? $(verdict t/c1) "; done
  done
  [ "$before" = "$(day now)" ] && break
done
[ "$verdicts" = '0 known-failure 1 fail 0 known-failure 1 fail 0 known-failure 1 fail ' ]; result $? 'accepted on its last day, red on the next' "$verdicts
$out"
grep -q 'known failure until .* has expired; mend it, or edit .*yesterday.json (entry 1)' <<<"$out"; result $? 'and what to do is said' "$out"

echo '# lists that are no longer true, and what mends them'
list it '"case": "t/gone", "fingerprint": "000000000000"' "$c1" "$c2" "$c3"
judged 'an entry that matches no case' 1 known-failure t/c1 "${mine[@]}" --known "$work/it.json"
mends 'it goes' it "${mine[@]}" --known "$work/it.json"
list it '"case": "t/c1", "fingerprint": "000000000000"' "$c2" "$c3"
judged 'another failure than the listed one' 1 fail t/c1 "${mine[@]}" --known "$work/it.json"
mends 'the fingerprint' it "${mine[@]}" --known "$work/it.json"
for count in 2 4; do
  list it "\"case\": \"t/*\", \"results\": $count"
  judged "a pattern that covers 3 results, not $count" 1 known-failure t/c1 "${mine[@]}" --known "$work/it.json"
  mends "the count of $count" it "${mine[@]}" --known "$work/it.json"
done
list it "\"case\": \"t/*\", \"results\": 3"
judged 'a part of what a pattern covers is not held to the count' 0 known-failure t/c1 "${mine[@]}" t/c1 t/c2 --known "$work/it.json"
list it "$c1" "$c2" "$c3"; list there '"case": "t/gone", "fingerprint": "000000000000"'
judged 'a second file is not ignored' 1 known-failure t/c1 "${mine[@]}" --known "$work/it.json" --known "$work/there.json"
mends 'both files' there "${mine[@]}" --known "$work/it.json" --known "$work/there.json"
list it "$c1" "$c2"; list there "$c3"
judged 'two files that are true' 0 known-failure t/c3 "${mine[@]}" --known "$work/it.json" --known "$work/there.json"
sed -i 's/"mine"/"other"/' "$work/there.json"; list it "$c1" "$c2" "$c3"
expect 'an implementation that takes no part' 1 'other takes no part in this run: correct "implementation" in .*there.json' run "${few[@]}" --known "$work/it.json" --known "$work/there.json"
judged 'unless the pairings are chosen' 0 known-failure t/c1 "${mine[@]}" --known "$work/it.json" --known "$work/there.json"
sed -i 's/^# level: documented$/&\n# versions: 3.99-/' "$work/few/t/c3.case"
judged 'an entry that applies to nothing that was judged' 1 not-applicable t/c3 "${mine[@]}" --known "$work/it.json"
mends 'it goes, too' it "${mine[@]}" --known "$work/it.json"
counting_cases few 3
liar honest
list it "$c1"
judged 'a listed case that passes' 1 unexpected-pass t/c1 "${mine[@]}" --known "$work/it.json"
mends 'what passes goes' it "${mine[@]}" --known "$work/it.json"
[ "$(jq '.failures | length' "$work/it.json")" -eq 0 ]; result $? 'and the list is empty' "$(cat "$work/it.json")"

echo '# with one partner only'
liar lie:callmethod
printf '{"name": "fine", "proxy": "{build}/mpproxy --compat {compat}", "manager": "{build}/mpmanager --address {address} --authkey-file {authkey_file} --compat {compat} --serializer {serializer} --fixtures", "fixtures": true}' >"$work/fine.json"
partners=("${few[@]}" --impl "$work/fine.json" --pairing 'fine,fine' --pairing 'mine,ref' --pairing 'mine,fine')
list it "$c1, \"partner\": \"ref\"" "$c2" "$c3"
judged 'an entry for one partner does not cover the other' 1 'fail known-failure' t/c1 "${partners[@]}" --known "$work/it.json"
printf '{"name": "mine", "proxy": "%s lie:callmethod {build}/mpproxy --compat {compat}", "manager": "{build}/mpmanager --address {address} --authkey-file {authkey_file} --compat {compat} --serializer {serializer} --fixtures", "fixtures": true}' "$bin/harness/test/peer_adapter" >"$work/mine.json"
roles=("${few[@]}" --pairing 'ref,ref' --pairing 'mine,ref' --pairing 'ref,mine')
list it "$c1" "$c2, \"role\": \"proxy\"" "$c3, \"role\": \"proxy\", \"partner\": \"ref\""
judged 'a case that fails in one role and passes in the other' 1 'known-failure unexpected-pass' t/c1 "${roles[@]}" --known "$work/it.json"
mends 'the role is written' it "${roles[@]}" --known "$work/it.json"
jq -e '.failures[0] | .role == "proxy" and .partner == "ref"' "$work/it.json" >/dev/null; result $? 'with the partner' "$(cat "$work/it.json")"
list it; run run "${roles[@]}" --known "$work/it.json" --mend-known
expect 'what is added waits for a person' 2 'entry 1: "owner" is missing or empty' run "${roles[@]}" --known "$work/it.json"
sed -i 's/"owner": ""/"owner": "ann"/; s/"link": ""/"link": "x"/; s/"expires": ""/"expires": "2999-12-31"/' "$work/it.json"
judged 'a list made from nothing, filled in by a person, is true' 0 'known-failure pass' t/c1 "${roles[@]}" --known "$work/it.json"

echo '# measured'
liar lie-now-and-then:callmethod
judged 'one failure in ten runs is enough for red' 1 fail t/c1 "${mine[@]}" --repeat 10
jq -e '[.results[] | select(.proxy == "mine") | .measured | .runs == 10 and .failures == 2 and (.fingerprints | add) == 2] | all' "$work/report/results.json" >/dev/null
result $? 'its rate is measured' "$(jq -c '.results[].measured' "$work/report/results.json")"
grep -q '2 of 10 runs failed; the first: line' <<<"$out"; result $? 'and told'
list it "$c1, $(flaky 2 10)" "$c2, $(flaky 4 20)" "$c3, $(flaky 20 100)"
judged 'what fails as often as it is declared is flaky' 0 flaky t/c1 "${mine[@]}" --repeat 10 --known "$work/it.json"
[ "$(jq .footer.passed "$work/report/results.json")" -eq 3 ]; result $? 'and is never counted as passed'
judged 'in a single run, too, whether it fails or not' 0 flaky t/c1 "${mine[@]}" --known "$work/it.json"
judged 'flaky alone is not green' 1 flaky t/c1 "${few[@]}" --pairing 'mine,ref' --repeat 10 --known "$work/it.json"
list it "$c1, $(flaky 1 500)" "$c2, $(flaky 4 20)" "$c3, $(flaky 20 100)"
judged 'what fails more often than declared is red' 1 fail t/c1 "${mine[@]}" --repeat 50 --known "$work/it.json"
grep -q 'declared to fail in 1 of 500 runs, .* and 10 of 50 are more than chance' <<<"$out"; result $? 'and told so' "$out"
mends 'the rate' it "${mine[@]}" --repeat 50 --known "$work/it.json"
jq -e '.failures[0].flaky == {"failures": 10, "runs": 50}' "$work/it.json" >/dev/null; result $? 'as it was measured' "$(cat "$work/it.json")"
list it "\"case\": \"t/c1\", \"fingerprint\": \"000000000000\", $(flaky 2 10)" "$c2, $(flaky 4 20)" "$c3, $(flaky 20 100)"
judged 'a flaky case that fails in another way is red' 1 fail t/c1 "${mine[@]}" --repeat 10 --known "$work/it.json"
liar lie-variously:callmethod
run run "${mine[@]}" --repeat 10; print=$(jq -r '[.results[] | select(.case == "t/c2" and .proxy == "mine")][0].fingerprint' "$work/report/results.json")
list it "\"case\": \"t/c2\", \"fingerprint\": \"$print\", $(flaky 2 10)"
judged 'also if only some of its failures are others' 1 fail t/c2 "${mine[@]}" t/c2 --repeat 10 --known "$work/it.json"
liar lie-now-and-then:callmethod
list it; run run "${mine[@]}" --repeat 50 --known "$work/it.json" --mend-known
sed -i 's/"owner": ""/"owner": "ann"/; s/"link": ""/"link": "x"/; s/"expires": ""/"expires": "2999-12-31"/' "$work/it.json"
jq -e '[.failures[].flaky.failures == 10] | length == 3 and all' "$work/it.json" >/dev/null; result $? 'what fails now and then is added as flaky' "$(cat "$work/it.json")"
judged 'and, filled in by a person, is that' 0 flaky t/c1 "${mine[@]}" --repeat 10 --known "$work/it.json"
liar honest
judged 'a few runs without a failure prove nothing' 0 flaky t/c1 "${mine[@]}" --repeat 5 --known "$work/it.json"
judged 'many do: it is flaky no more, and red' 1 flaky t/c1 "${mine[@]}" --repeat 200 --known "$work/it.json"
grep -q 'none of 200 runs failed, and it is declared to fail in 10 of 50: that is no chance' <<<"$out"; result $? 'and told so'
mends 'they go' it "${mine[@]}" --known "$work/it.json"
[ "$(jq '.failures | length' "$work/it.json")" -eq 0 ]; result $? 'and nothing is flaky' "$(cat "$work/it.json")"
for bad in 0 -1 10001 many ''; do expect "--repeat '$bad'" 2 '--repeat wants' run "${mine[@]}" --repeat "$bad"; done
plan
