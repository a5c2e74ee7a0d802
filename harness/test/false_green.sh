#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Every way that we know in which a conformance suite can be green without reason, tried end to end: the verdict and the exit status must be
# red, and the controls (the same set-up, behaving well) green.  TAP; the programs are taken from $B.
. harness/test/tap.bash
adapter=$bin/harness/test/peer_adapter manager=$bin/harness/test/peer_manager
drive="$python -S {home}/oracle/drive.py" serve="$python -S {home}/oracle/serve.py"
where='--address {address} --authkey-file {authkey_file}'
judge() { # NAME STATUS VERDICT ARGUMENTS…: runs t/len on yours × cpython or as the arguments say; the last pairing must have the verdict
  local name=$1 want=$2 verdict=$3; shift 3
  run run --cases "$work/one" --report "$work/report" "$@"
  local got; got=$(jq -r '.results[-1].verdict' "$work/report/results.json" 2>&1)
  [ "$status" -eq "$want" ] && [ "$got" = "$verdict" ]
  result $? "$name" "status $status, wanted $want; verdict $got, wanted $verdict
$out"
}

proxy() { # NAME STATUS VERDICT MODE [ARGUMENTS…]: a misbehaving adapter and CPython's manager, judged by the recording
  local name=$1 want=$2 verdict=$3 mode=$4; shift 4
  judge "proxy: $name" "$want" "$verdict" --oracle recorded --pairing yours,yours --proxy "$adapter $mode $drive" --manager "$serve $where --fixtures" "$@"
}

server() { # NAME STATUS VERDICT MODE [ARGUMENTS…]: the other way round
  local name=$1 want=$2 verdict=$3 mode=$4; shift 4
  judge "manager: $name" "$want" "$verdict" --oracle recorded --pairing yours,yours --proxy "$drive" --manager "$manager $mode $where $serve --fixtures" "$@"
}

cases one <<'END'
== t/len.case
# The length of a list, and a bad index.
# clauses: CALL-1
# level: documented

>>> l = manager.list([1, 2, 3])
>>> l._callmethod('__len__')
3
>>> l._callmethod('__getitem__', (20,))
raises IndexError('list index out of range')
END

echo '# controls: what behaves well is green'
proxy  'honest' 0 pass honest
server 'honest' 0 pass honest
judge 'proxy: honest, beside a live oracle' 0 pass --pairing yours,cpython --proxy "$adapter honest $drive"
judge 'manager: honest, beside a live oracle' 0 pass --pairing cpython,yours --manager "$manager honest $where $serve --fixtures"
proxy  'noise on standard error is harmless' 0 pass noise

echo '# adapters'
proxy 'no answer is a hang' 1 hang hang --deadline 1
proxy 'an early end with status 0 is a crash' 1 crash exit-early
proxy 'an early end with status 3 is a crash' 1 crash exit-badly
proxy 'death by a signal is a crash' 1 crash die
proxy 'death by a signal in mid-answer is a crash' 1 crash die-in-mid-answer
proxy 'death after the answer is a crash' 1 crash die-after-answer
proxy 'death where an exception is expected is a crash' 1 crash die:callmethod
proxy 'a line that is no JSON' 1 harness-error garbage
proxy 'an empty line' 1 harness-error empty-line
proxy 'a number instead of an object' 1 harness-error number
proxy 'the id of another request' 1 harness-error wrong-id
proxy 'no id' 1 harness-error no-id
proxy 'a line that is too long' 1 harness-error too-long
proxy 'two observations in one reply' 1 harness-error two-observations
proxy 'no observation in a reply' 1 harness-error no-observation
proxy 'a malformed value' 1 harness-error malformed-value:callmethod
proxy 'two replies to one request' 1 harness-error twice
proxy 'an error of its own' 1 harness-error error
proxy 'a nonsense operation accepted' 1 harness-error accept-all:mpconform-no-such-operation
proxy 'a lie about every call' 1 fail lie:callmethod
proxy 'everything accepted' 1 fail accept-all:callmethod
proxy 'a sanitizer report outranks right answers' 1 crash sanitizer
proxy 'death at hello' 1 harness-error die:hello
proxy 'another version of the protocol' 1 harness-error old-protocol:hello
proxy 'a reset that fails' 1 harness-error error:reset
proxy 'what declares nothing is not judged, and that is not green' 1 not-applicable declares-nothing:hello
proxy 'what declares an operation and answers unsupported contradicts itself' 1 harness-error unsupported:create
judge 'proxy: a command that does not exist' 1 harness-error --pairing yours,cpython --proxy "$work/no-such-program"

echo '# what ends badly after all cases passed'
ends() { # NAME ARGUMENTS…: all cases pass, but a process does not end as it should
  local name=$1; shift
  run run --cases "$work/one" --report "$work/report" --oracle recorded --pairing yours,yours --deadline 2 "$@"
  [ "$status" -eq 1 ] && [ "$(jq '.footer.other_failures' "$work/report/results.json")" -ge 1 ] &&
    [ "$(jq -r '.results[-1].verdict' "$work/report/results.json")" = pass ]
  result $? "$name" "status $status
$out"
}
ends 'an adapter that exits with status 4 at the end' --proxy "$adapter exits-badly-at-end $drive" --manager "$serve $where --fixtures"
ends 'a manager that exits with status 7 when told to stop' --manager "$manager bad-end $where $serve --fixtures" --proxy "$drive"
ends 'a manager whose leak is reported when it stops' --manager "$manager leak-at-end $where $serve --fixtures" --proxy "$drive"

echo '# managers'
server 'never ready' 1 harness-error exit-early
server 'another first line' 1 harness-error other-line
server 'death by a signal when a peer connects' 1 crash crash
server 'no answer is a hang' 1 hang mute --deadline 1
server 'closing at once is a failure' 1 fail hang-up
server 'babble is a failure' 1 fail babble
judge 'manager: a planted bug is found' 1 fail --pairing cpython,yours --manager "$serve $where --fixtures --bug error-returned"
judge 'manager: an object left behind is red under --audit' 1 fail --audit --pairing cpython,yours --manager "$serve $where --fixtures --bug create-leaks"
mkdir -p "$work/declared/t"; sed 's/^# level: documented$/# level: known-defect\n# defect: either\n# leaves: 1 list/' "$work/one/t/len.case" >"$work/declared/t/len.case"
expect 'a leftover that a case declares, but CPython does not leave' 1 '^quarantined: t/len ' run --cases "$work/declared" --audit
expect 'without --audit it is not asked for' 0 '4 passed' run --cases "$work/declared"

echo '# attached to'
key=$work/key; echo 00112233445566778899aabbccddeeff >"$key"
"$python" -S oracle/serve.py --address "unix:$work/attached" --authkey-file "$key" --fixtures >"$work/ready" 2>&1 &
server=$!
until grep -q ready "$work/ready"; do kill -0 "$server" || break; done
judge 'manager: attached to, honest' 0 pass --pairing cpython,yours --manager-at "unix:$work/attached" --authkey-file "$key"
echo 00 >"$work/other-key"
judge 'manager: attached to with the wrong key' 1 fail --pairing cpython,yours --manager-at "unix:$work/attached" --authkey-file "$work/other-key"
kill "$server"; wait "$server"
[ $? -eq 0 ]; result $? 'a manager that was attached to is not ended by the run'
judge 'manager: attached to, but gone' 1 fail --pairing cpython,yours --manager-at "unix:$work/attached" --authkey-file "$key"
expect 'attaching without a key' 2 'need each other' run --cases "$work/one" --report "$work/report" --manager-at "unix:$work/attached"

echo '# selection'
expect 'a selector that matches nothing' 2 'nothing|no case|match' run --cases "$work/one" --report "$work/report" no/such-case
expect 'one good selector does not hide a bad one' 2 'nothing|no case|match' run --cases "$work/one" --report "$work/report" t/len no/such-case
mkdir -p "$work/none"
expect 'an empty folder of cases' 2 'found none' run --cases "$work/none" --report "$work/report"
expect 'a folder of cases that does not exist' 2 'no-such-folder' run --cases "$work/no-such-folder" --report "$work/report"
cases broken <<'END'
== t/good.case
# A good case.
# clauses: CALL-1
# level: documented

>>> 1 + 1
2
== t/bad.case
# A malformed case.
# clauses: CALL-1
# level: documented

>>> l = manager.list(
END
expect 'a malformed case among good ones' 2 'bad.case' run --cases "$work/broken" --report "$work/report" t/good
cases mistyped <<'END'
== t/good.case
# A good case.
# clauses: CALL-1
# level: documented

>>> 1 + 1
2
== t/forgotten.cas
# Never run, if nobody notices.
END
expect 'a case file with a mistyped suffix' 2 'forgotten' run --cases "$work/mistyped" --report "$work/report"

echo '# the command line'
expect 'no command' 2 'help' 
expect 'an unknown command' 2 'did you mean run' rum
expect 'an unknown option' 2 'did you mean --strict' run --strikt
expect 'an option of another command' 2 'takes no option --json' run --json
expect 'an option without its value' 2 'wants' run --oracle
expect 'no number of jobs' 2 'number' run --jobs many
expect 'a pairing of one' 2 'PROXY,MANAGER' run --cases "$work/one" --report "$work/report" --pairing cpython
expect 'an implementation that does not exist' 2 'nosuch' run --cases "$work/one" --report "$work/report" --impl nosuch
expect 'a transport that does not exist' 2 'unix, abstract or tcp' run --cases "$work/one" --report "$work/report" --transport pigeon --pairing cpython,cpython
echo '{"name": "x", "proxy": "true", "proxi": "y"}' >"$work/typo.json"
expect 'an unknown member in the file of an implementation' 2 'proxi' run --cases "$work/one" --report "$work/report" --impl "$work/typo.json"
expect 'an oracle that does not exist' 3 'no-such-python' run --cases "$work/one" --report "$work/report" --oracle "$work/no-such-python"
expect 'an oracle that is no Python' 3 'oracle' run --cases "$work/one" --report "$work/report" --oracle /bin/true
expect 'an oracle of another version than --compat' 2 'compat' run --cases "$work/one" --report "$work/report" --oracle "$python" --compat 3.8
touch "$work/file"
expect 'a report folder that cannot be made' 3 'cannot write' run --cases "$work/one" --report "$work/file/report" --pairing cpython,cpython
"$conform" run --cases "$work/one" --report "$work/report" --pairing cpython,cpython >/dev/full 2>&1
[ $? -eq 3 ]; result $? 'standard output that cannot be written'

echo '# the suite itself'
judged_by() { # CASES: runs yours = honest on them; sets $oracle and $yours to the verdicts
  local folder=$1; shift
  run run --cases "$work/$folder" --report "$work/report" --pairing yours,cpython --proxy "$adapter honest $drive" "$@"
  oracle=$(jq -r '.results[0].verdict' "$work/report/results.json"); yours=$(jq -r '.results[-1].verdict' "$work/report/results.json")
}
cases wrong <<'END'
== t/wrong.case
# The recording is wrong.
# clauses: CALL-1
# level: documented

>>> manager.list([1, 2, 3])._callmethod('__len__')
4
END
sed -i 's/manager.list(\[1, 2, 3\])/l/; s/^>>> l._/>>> l = manager.list([1, 2, 3])\n&/' "$work/wrong/t/wrong.case"
judged_by wrong
[ "$status" -eq 1 ] && [ "$oracle" = quarantined ] && [ "$yours" = quarantined ]
result $? 'a wrong recording is red and billed to nobody' "status $status, $oracle, $yours
$out"
sed '/^4$/d' "$work/wrong/t/wrong.case" >"$work/x" && mv "$work/x" "$work/wrong/t/wrong.case"
judged_by wrong
[ "$status" -eq 0 ] && [ "$yours" = pass ] && grep -q 'not recorded' <<<"$out"
result $? 'without a recording the live oracle is the expectation, and that is said' "$out"
judged_by wrong --strict
[ "$status" -eq 1 ] && [ "$oracle" = quarantined ] && [ "$yours" = pass ]
result $? 'under --strict a missing recording is red' "status $status, $oracle, $yours"
run run --cases "$work/wrong" --report "$work/report" --oracle recorded --pairing yours,yours --proxy "$drive" --manager "$serve $where"
[ "$status" -eq 1 ] && [ "$(jq -r '.results[0].verdict' "$work/report/results.json")" = quarantined ]
result $? 'neither a recording nor an oracle is red' "status $status
$out"
cases elsewhere <<'END'
== t/elsewhere.case
# A case for no version at hand.
# clauses: CALL-1
# level: documented
# versions: 3.99-

>>> l = manager.list()
END
run run --cases "$work/elsewhere" --report "$work/report" --pairing cpython,cpython
[ "$status" -ne 0 ]; result $? 'nothing but skips is not green' "$out"

echo '# many failures'
mkdir -p "$work/many/t"
for i in $(seq 256); do
  printf '# Case %d.\n# clauses: CALL-1\n# level: documented\n\n>>> 1 + 1\n3\n' "$i" >"$work/many/t/c$i.case"
done
run run --cases "$work/many" --report "$work/report" --pairing cpython,cpython
[ "$status" -eq 1 ] && grep -qx '0 passed, 256 failed' <<<"$out"
result $? '256 failures are not 0' "status $status
$(tail -n 3 <<<"$out")"

echo '# reports'
printf '# Two and two.\n# clauses: CALL-1\n# level: documented\n\n>>> 1 + 1\n2\n' >"$work/many/t/c1.case"
printf '# Elsewhere.\n# clauses: CALL-1\n# level: documented\n# versions: -3.8\n\n>>> 1 + 1\n' >"$work/many/t/c2.case"
run run --cases "$work/many" --report "$work/report" --pairing cpython,cpython
jq -e -s '.[-1].type == "footer" and .[-1].complete and ([.[] | select(.type == "result")] | length) == .[-1].planned and .[0].cases_sha256 == .[-1].cases_sha256' \
  "$work/report/events.ndjson" >/dev/null
result $? 'the footer proves that every planned result is there'
jq -e -n --slurpfile schema reports/schema.json '[inputs | . as $event | $schema[0]["$defs"][.type] | (.required - ($event | keys)) + (($event | keys) - (.properties | keys))] | add == []' \
  "$work/report/events.ndjson" >/dev/null
result $? 'every event has the members that the schema lists'
ndjson=$(jq -r -s '[.[] | select(.type == "result") | .verdict] | [(map(select(. == "pass" or . == "wording")) | length), (map(select(. == "quarantined" or . == "fail")) | length), (map(select(. == "not-applicable")) | length)] | join(" ")' "$work/report/events.ndjson")
json=$(jq -r '.footer | "\(.passed) \(.failed) \(.skipped)"' "$work/report/results.json")
tap="$(grep -E '^ok' "$work/report/results.tap" | grep -vc '# SKIP') $(grep -c '^not ok' "$work/report/results.tap") $(grep -c '# SKIP' "$work/report/results.tap")"
junit="$(($(grep -c '<testcase' "$work/report/junit.xml") - $(grep -c '<failure' "$work/report/junit.xml") - $(grep -c '<skipped' "$work/report/junit.xml"))) $(grep -c '<failure' "$work/report/junit.xml") $(grep -c '<skipped' "$work/report/junit.xml")"
terminal="$(tail -n 1 <<<"$out" | sed -E 's/([0-9]+) passed, ([0-9]+) failed/\1 \2/') $(grep -oE '^[0-9]+ skipped' <<<"$out" | cut -d' ' -f1)"
[ "$ndjson" = '1 254 1' ] || [ "$ndjson" = '2 254 0' ]
result $? 'the stream counts what happened' "$ndjson"
[ "$ndjson" = "$json" ] && [ "$json" = "$tap" ] && [ "$tap" = "$junit" ] && { [ "${terminal% }" = "${junit% 0}" ] || [ "$terminal" = "$junit" ]; }
result $? 'NDJSON, JSON, TAP, JUnit and the terminal count the same' "$ndjson / $json / $tap / $junit / $terminal"
run run --cases "$work/one" --report "$work/report" --oracle "$work/no-such-python"
[ ! -e "$work/report/results.json" ] && [ ! -e "$work/report/junit.xml" ]
result $? 'the reports of an earlier run do not outlive one that could not run'

echo '# interruption'
interrupt() { # NAME COMMAND…: begins a run whose cases hang, interrupts it by the command (given the process id), and looks what is left
  local name=$1; shift
  local mark=$work/mark.$number
  "$conform" run --cases "$work/one" --report "$work/report" --deadline 60 --oracle recorded --pairing yours,yours --manager "MARK=$mark $serve $where" --proxy "MARK=$mark $adapter hang $drive" >"$work/out" 2>&1 &
  local pid=$!
  until grep -lsz "^MARK=$mark" /proc/[0-9]*/environ | xargs -r -n 1 dirname | sed 's,$,/cmdline,' | xargs -r grep -lsz serve.py | grep -q .; do :; done
  "$@" "$pid"
  wait "$pid"; status=$?
  local left end=$((SECONDS + 30)) # who dies by SIGKILL waits for nobody: the kernel ends the others after it
  while left=$(grep -lsz "^MARK=$mark" /proc/[0-9]*/environ | wc -l); [ "$left" -gt 0 ] && [ "$status" -eq 137 ] && [ "$SECONDS" -lt "$end" ]; do :; done
  [ "$status" -ne 0 ] && [ "$left" -eq 0 ]
  result $? "$name" "status $status, processes left: $left
$(cat "$work/out")"
}
worker_of() { local children; read -r -a children <"/proc/$1/task/$1/children"; kill -KILL "${children[0]}"; }

# ---- a manager that is told to stop

cases stop <<'END'
== t/stop.case
# After shutdown the manager is gone.
# clauses: LIFE-2
# level: documented
# manager: fresh

>>> manager.shutdown()
None
END
stop() { # NAME STATUS VERDICT BUG…
  local name=$1 want=$2 verdict=$3; shift 3
  run run --cases "$work/stop" --report "$work/report" --deadline 3 --oracle recorded --pairing yours,yours --proxy "$drive" --manager "$serve $where $*"
  [ "$status" -eq "$want" ] && [ "$(jq -r '.results[-1].verdict' "$work/report/results.json")" = "$verdict" ]
  result $? "$name" "status $status
$out"
}
stop 'a manager that stops when it is told to is green' 0 pass
stop 'a manager that answers shutdown and serves on is red' 1 crash --bug shutdown-ignored

rm -f "$work/report/events.ndjson"
interrupt 'SIGTERM ends everything and is not green' kill -TERM
[ "$status" -eq 143 ] && [ "$(jq -s '.[-1].complete' "$work/report/events.ndjson")" = false ]
result $? 'the report of an interrupted run says that it is not complete' "status $status"
rm -f "$work/report/events.ndjson"
interrupt 'SIGINT ends everything and is not green' kill -INT
rm -f "$work/report/events.ndjson"
interrupt 'a worker that is killed makes the run red' worker_of
[ "$status" -eq 1 ] && grep -q 'worker' "$work/report/results.json"
result $? 'a worker that is killed is reported' "status $status"
rm -f "$work/report/events.ndjson"
[ -z "$(find "$work" -maxdepth 1 -name 'mpconform-*')" ]; result $? 'no run left its folder behind'
interrupt 'mpconform killed leaves no process behind' kill -KILL

plan
