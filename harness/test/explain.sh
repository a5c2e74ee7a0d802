#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# mpconform explain, and transcripts in the reports of a run, end to end: what right, wrong, crashing, mute and babbling peers said is shown; the
# verdicts are those of a run without a trace.  TAP; the programs are taken from $B.
set -u
B=${B:-build}
here=$PWD
work=$(mktemp -d) || exit 3
trap 'rm -rf "$work"' EXIT
mkdir "$work/tmp"; export TMPDIR=$work/tmp
conform=$B/mpconform
case $B in /*) bin=$B ;; *) bin=$here/$B ;; esac
adapter=$bin/harness/test/peer_adapter manager=$bin/harness/test/peer_manager
python=$(python3 -c 'import sys; print(sys.executable)') || exit 3
drive="$python -S {home}/oracle/drive.py" serve="$python -S {home}/oracle/serve.py"
where='--address {address} --authkey-file {authkey_file}'
number=0 failed=0

result() { # STATUS NAME [DIAGNOSTICS]: one line of TAP
  number=$((number + 1))
  if [ "$1" -eq 0 ]; then echo "ok $number - $2"; else
    failed=$((failed + 1)); echo "not ok $number - $2"; [ $# -lt 3 ] || printf '%s\n' "$3" | head -n 80 | sed 's/^/# /'
  fi
}

run() { # ARGUMENTS: runs mpconform; sets $status and $out
  out=$("$conform" "$@" 2>&1 </dev/null); status=$?
}

explains() { # NAME STATUS ARGUMENTS… -- PATTERN…: explain has the status, and each pattern matches a line of its text
  local name=$1 want=$2 arguments=() pattern missing=; shift 2
  while [ "$1" != -- ]; do arguments+=("$1"); shift; done; shift
  run explain "${arguments[@]}"
  for pattern in "$@"; do grep -qE -- "$pattern" <<<"$out" || missing+="no line matches /$pattern/"$'\n'; done
  [ "$status" -eq "$want" ] && [ -z "$missing" ]
  result $? "$name" "status $status, wanted $want
$missing$out"
}

again() { # NAME STATUS: the command at the end of $out, run by the shell, has the status
  local command; command=$(sed -nE 's/^again +//p' <<<"$out" | tail -n 1)
  (eval "$command --report $work/report" >"$work/again" 2>&1 </dev/null)
  [ $? -eq "$2" ]; result $? "$1" "$command
$(cat "$work/again")"
}

reported() { # NAME QUERY WANTED: what jq makes of the report
  local got; got=$(jq -r "$2" "$work/report/results.json" 2>&1)
  [ "$got" = "$3" ]; result $? "$1" "got $got, wanted $3
$out"
}

mkdir -p "$work/one/t" "$work/many/t"
cat >"$work/one/t/len.case" <<'END'
# The length of a list, and a bad index.
# clauses: CALL-1
# level: documented

>>> l = manager.list([1, 2, 3])
>>> l._callmethod('__len__')
3
>>> l._callmethod('__getitem__', (20,))
raises IndexError('list index out of range')
END
for i in $(seq 26); do cp "$work/one/t/len.case" "$work/many/t/len-$i.case"; done

echo '# what is right'
explains 'a case that passes: handshake, requests, replies, opcodes, ends' 0 list/append --pairing ref,ref -- '^  verdicts  cpython × cpython: pass' \
  '^=== ref × ref: pass' '^  id1 is [0-9a-f]+' '^  every frame is the same$' '^line 6: >>> l.append\(\[1, 2\]\)$' '^  expected  None$' '^  oracle    None$' '^  observed  None$' \
  '^  1 main connects to manager$' '^  1 manager → main, 4\+[0-9]+ bytes: challenge ' '^  1 main → manager, 4\+[0-9]+ bytes: answer (md5|\{sha256\})$' '^      right; ' \
  '^  1 main → manager, 4\+9 bytes: welcome$' ": request \(None, 'create', \('list',\), \{\}\)$" ": RETURN \(id1, \('__add__'," ": request \(id1, 'append', \(\[1, 2\],\), \{\}\)$" \
  '^ +[0-9]+: \\x80 PROTO      4$' "^ +[0-9]+: \\\\x8c     SHORT_BINUNICODE 'create'$" '^ +[0-9]+: t        TUPLE      \(MARK at 11\)$' '^  [0-9]+ main closes the connection$' '^after the last step'
again 'the command at its end runs the case' 0
explains 'without --pairing the first pairing stands for all that pass' 0 list/append -- '^=== cpython × cpython: pass' '^            ref × ref: pass$'
[ "$(grep -c '^===' <<<"$out")" -eq 1 ]; result $? 'and no other is shown' "$out"
explains 'without a live oracle' 0 --oracle recorded --pairing ref,ref list/append -- 'the recordings of CPython' '^  expected  None$' '^=== ref × ref: pass'
! grep -q '^  oracle    None' <<<"$out"; result $? 'nothing is shown that no oracle did' "$out"
explains 'XML-RPC by its elements' 0 xmlrpclib/shutdown --pairing ref,ref -- "request \[None, 'create', \['list', \[1\]\], \{\}\]" '^ +<value><string>create</string></value>$'
explains 'the harness as client: its own wire, in pieces' 0 frame/one-byte-at-a-time --pairing cpython,ref -- '^  1 raw connects to manager$' ' in [0-9]+ pieces: request '
explains 'the harness as manager' 0 reply/unknown-kind --pairing ref,cpython -- 'the proxy connects to manager' '→ the proxy, '
explains 'a wrong answer in a handshake, and the right one' 0 auth/answer-of-16-wrong-bytes --pairing cpython,ref -- 'wrong answer of 16 bytes' 'right were, in hexadecimal, [0-9a-f]{32}' ': failure$'
explains 'TCP addresses become Unix addresses, and that is said' 0 list/append --transport tcp --pairing ref,ref -- 'served at Unix addresses' '^  1 main connects to manager$'

echo '# what is wrong'
explains 'a wrong manager: the frame that differs, beside the right one' 1 list/append --manager "$serve $where --fixtures --bug append-prepends" --pairing cpython,yours -- '^=== cpython × yours: fail: line 10' \
  '^  the first frame that says something else, at line 10$' '^  cpython × cpython: to the client, .*RETURN \[\[1, 2\], None\]$' '^  cpython × yours: to the client, .*RETURN \[None, \[1, 2\]\]$' '^ .* > +[0-9]+: N        NONE$' \
  '^  observed  \[None, \[1, 2\]\]   ← differs$'
again 'the command at its end fails, too' 1
mkdir -p "$work/worded/t"
cat >"$work/worded/t/pop.case" <<'END'
# A message in other words, and then a wrong answer.
# clauses: CALL-1
# level: documented

>>> l = manager.list()
>>> l.pop()
raises IndexError('pop from empty list')
>>> l.extend([1, 2])
None
>>> l.pop()
2
END
explains 'a wording that was let pass before the failure is not what is shown' 1 --cases "$work/worded" t/pop --impl harness/examples/manager.json --pairing cpython,backwards -- \
  '^  the first frame that says something else, at line 10$' '^  cpython × backwards: to the client, .*RETURN 1$'
explains 'a wrong proxy' 1 --proxy "$drive --bug proxy-keyword-dropped" call/positional-and-keyword-arguments --pairing yours,cpython -- '^=== yours × cpython: fail' '^the wire beside that of cpython × cpython$' '← differs$'
explains 'without --pairing what fails is shown' 1 list/append --manager "$serve $where --fixtures --bug append-prepends" -- '^=== cpython × yours: fail' '^=== ref × yours: fail' '^  verdicts  cpython × cpython: pass'
hostile() { # NAME MODE PATTERN…
  local name=$1 mode=$2; shift 2
  explains "$name" 1 --cases "$work/one" t/len --deadline 1 --pairing cpython,yours --manager "$manager $mode $where $serve --fixtures" -- "$@"
}
hostile 'a mute manager' mute '^=== cpython × yours: hang' '^  observed  hang' 'nothing more; the last on its wire is: main connects to manager$'
hostile 'a manager that crashes' crash '^=== cpython × yours: crash: .*signal 11' '^  1 main connects to manager$' '^  1 manager closes the connection$'
hostile 'a manager that hangs up' hang-up '^=== cpython × yours: fail' 'the last on its wire is: manager closes the connection$'
hostile 'a manager that babbles: a frame that never comes whole' babble '^=== cpython × yours: fail' 'cut off after 24 of 1213486160 bytes$' ' 2f 31 2e 31 .* /1\.1 400 Bad Req$'
hostile 'a manager that never serves' exit-early '^=== cpython × yours: harness-error' '^  nothing went over it$'
dead() { # NAME MODE PATTERN…
  local name=$1 mode=$2; shift 2
  explains "$name" 1 --cases "$work/one" t/len --deadline 2 --pairing yours,cpython --proxy "$adapter $mode $drive" -- "$@"
}
dead 'an adapter that dies' die:callmethod '^=== yours × cpython: crash' "request \(None, 'create', \('list', \[1, 2, 3\]\), \{\}\)" '^  observed  \(not reached\)$'
dead 'an adapter that hangs' hang:callmethod '^=== yours × cpython: hang' '^  observed  hang'

echo '# what cannot be traced'
key=$work/key; echo 00112233445566778899aabbccddeeff >"$key"
"$python" -S oracle/serve.py --address "unix:$work/attached" --authkey-file "$key" --fixtures >"$work/ready" 2>&1 &
server=$!
until grep -q ready "$work/ready"; do kill -0 "$server" || break; done
explains 'a manager that was attached to: why not' 0 list/append --pairing cpython,yours --manager-at "unix:$work/attached" --authkey-file "$key" -- 'not all of it was seen: the manager was only attached to' '^  observed  None$'
explains 'but the harness sees its own wire' 0 frame/one-byte-at-a-time --pairing cpython,yours --manager-at "unix:$work/attached" --authkey-file "$key" -- '^  [0-9]+ raw connects to manager$'
kill "$server"; wait "$server"; [ $? -eq 0 ]; result $? 'and that manager serves on'

echo '# usage'
refuses() { # NAME PATTERN ARGUMENTS…
  local name=$1 pattern=$2; shift 2
  run "$@"; [ "$status" -eq 2 ] && grep -qE -- "$pattern" <<<"$out"; result $? "$name" "status $status
$out"
}
refuses 'no case' 'explain wants a case' explain
refuses 'more than one case' 'explain wants one case, and [0-9]+ are selected' explain list
refuses 'a case that does not exist' 'matches no case' explain list/nothing
refuses 'an option of another command' 'takes no option --jobs' explain list/append --jobs 2

echo '# attached to failures'
run run --cases "$work/one" --report "$work/report" --pairing cpython,yours --manager "$serve $where --fixtures --bug error-returned"
reported 'a red result has a transcript that says that the second run was the same' '[.results[] | select(.verdict == "fail") | .transcript | contains("The second run showed the same.") and contains("RETURN IndexError(")] | @json' '[true]'
reported 'a green one has none' '[.results[] | select(.verdict == "pass") | has("transcript")] | any' false
explain=$(sed -nE 's/^ +explain +//p' <<<"$out")
(eval "$explain" >"$work/explained" 2>&1); [ $? -eq 1 ] && grep -q 'RETURN IndexError' "$work/explained"; result $? 'the terminal names the command that explains' "$out
$(cat "$work/explained")"
printf '#!/bin/sh\n[ -e "%s/once" ] || { : >"%s/once"; set -- "$@" --bug error-returned; }\nexec "$@"\n' "$work" "$work" >"$work/flaky"; chmod +x "$work/flaky"
run run --cases "$work/one" --report "$work/report" --jobs 1 --pairing cpython,yours --manager "$work/flaky $serve $where --fixtures"
reported 'a second run that passes is told of, and changes nothing' '[.results[-1] | .verdict, (.transcript | contains("The second run showed something else: pass"))] | @json' '["fail",true]'
run run --cases "$work/many" --report "$work/report" --pairing cpython,yours --manager "$serve $where --fixtures --bug error-returned"
reported 'so many failures are run once more, and no more' '[.results[] | .transcript // "none" | if startswith("Run once more") then "traced" elif startswith("Not run once more: the 24 failures") then "not" else . end] | group_by(.) | map([.[0], length]) | @json' '[["none",26],["not",2],["traced",24]]'
grep -q '^note: the report shows the wire of 24 failures' <<<"$out"; result $? 'and that is said' "$out"
run run --cases "$work/many" t/len-1? --report "$work/report" --deadline 0.3 --pairing cpython,yours --manager "$manager mute $where $serve --fixtures"
reported 'fewer of those that hang' '[.results[] | .transcript // "none" | if startswith("Run once more") then "traced" elif startswith("Not run once more: the 4 hangs") then "not" else . end] | unique_by(.) | sort | @json' '["none","not","traced"]'
reported '… namely four' '[.results[] | .transcript // "" | select(startswith("Run once more"))] | length' 4

echo '# verdicts with a trace are those without'
lines='.results[] | [.case, .proxy, .manager, .verdict, [.steps[]?.observed]] | @json'
selected=(list/a* list/s* dict/s* call/*argument* exception/*-* auth frame reply proxy-wire nested/* refcount/* barrier lock/* pool/a* xmlrpclib/l* life)
run run --strict "${selected[@]}" --report "$work/plain"
plain=$status
run run --strict "${selected[@]}" --trace --report "$work/traced"
[ "$plain" -eq 0 ] && [ "$status" -eq 0 ] && [ "$(jq '.footer.judged' "$work/traced/results.json")" -gt 800 ] &&
  diff <(jq -r "$lines" "$work/plain/results.json") <(jq -r "$lines" "$work/traced/results.json") >"$work/diff"
result $? 'some hundred cases, on every pairing, observe the same' "$(cat "$work/diff")
$out"
[ "$(jq '[.results[] | select(has("steps") and (has("transcript") | not))] | length' "$work/traced/results.json")" -eq 0 ]; result $? 'and each has a transcript'

[ -z "$(ls -A "$TMPDIR")" ]; result $? 'nothing is left behind' "$(ls -lR "$TMPDIR")"
echo "1..$number"
[ "$failed" -eq 0 ]
