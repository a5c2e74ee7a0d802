#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Nurseries: what they start is judged as anything else, what they cannot start is red, and nothing outlives the run.  TAP; the programs are
# taken from $B.
set -u
B=${B:-build}
work=$(mktemp -d) || exit 3
trap 'rm -rf "$work"' EXIT
export TMPDIR=$work
conform=$B/mpconform
python=$(python3 -c 'import sys; print(sys.executable)') || exit 3
compat=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])') || exit 3
number=0

result() { # STATUS NAME [DIAGNOSTICS]: one line of TAP
  number=$((number + 1))
  if [ "$1" -eq 0 ]; then echo "ok $number - $2"; else
    echo "not ok $number - $2"; [ $# -lt 3 ] || printf '%s\n' "$3" | sed 's/^/# /'
  fi
}

implementation() { # PYTHON: "born", as CPython but for a nursery of which this code, run within oracle/nursery.py, changes something
  jq --arg python "$python" --arg code "import sys; sys.path.insert(0, 'oracle'); import nursery; $1; sys.exit(nursery.main())" \
    '.name = "born" | .nursery = "{python} -S -c \($code | @sh) --address {address}" | .[] |= if type == "string" then gsub("\\{python\\}"; $python) else . end' \
    harness/implementations/cpython.json >"$work/born.json"
}

judge() { # NAME STATUS VERDICT WORDS [SELECTOR…]: list/index, or these, of born × born; the output has these words
  [ $# -gt 4 ] || set -- "$@" list/index
  out=$("$conform" run --report "$work/report" --oracle recorded --compat "$compat" --impl "$work/born.json" --pairing born,born "${@:5}" 2>&1 </dev/null)
  status=$?
  got=$(jq -r '[.results[].verdict] - ["not-applicable"] | unique | join(" ")' "$work/report/results.json" 2>&1)
  [ "$status" -eq "$2" ] && [ "$got" = "$3" ] && grep -q -- "$4" <<<"$out"
  result $? "$1" "status $status, wanted $2; verdict $got, wanted $3; wanted '$4' in:
$out"
}

ours() { # the processes of runs in $work
  pgrep -f -- "$work" || true
}

gone() { # NAME: nothing that was started is left, at the latest soon
  local deadline=$((SECONDS + 20))
  while [ -n "$(ours)" ] && [ $SECONDS -lt $deadline ]; do read -rt 0.05 <> <(:) || :; done
  [ -z "$(ours)" ]
  result $? "$1" "$(pgrep -af -- "$work")"
}

implementation 'born = open("'"$work"'/born", "a"); answer = nursery.answer; nursery.answer = lambda *a: print(a[0], file=born, flush=True) or answer(*a)'
judge 'control: what a nursery starts conforms' 0 pass passed
[ "$(grep -c 'drive.py\|serve.py' "$work/born")" -eq 2 ]
result $? 'the manager and the adapter came from there' "$(cat "$work/born")"
doctor() { # NAME STATUS WORDS: what the doctor says if CPython's nursery is that of the implementation
  mkdir -p "$work/home/harness/implementations"
  ln -sfn "$PWD/oracle" "$work/home/oracle"; ln -sfn "$PWD/cases" "$work/home/cases"; ln -sfn "$PWD/SPEC.md" "$work/home/SPEC.md"
  jq '.name = "cpython"' "$work/born.json" >"$work/home/harness/implementations/cpython.json"
  out=$(MPCONFORM_HOME=$work/home "$conform" doctor --python "$python" 2>&1 </dev/null)
  status=$?
  [ "$status" -eq "$2" ] && grep -A1 '^processes of the oracle$' <<<"$out" | grep -qF -- "$3"
  result $? "the doctor: $1" "status $status, wanted $2; wanted '$3' in:
$out"
}
doctor 'forked' 0 'ok       forked by a nursery'
implementation 'nursery.answer = lambda line, streams: {"refused": "not today"}'
judge 'what it refuses is started in the usual way' 0 pass passed
doctor 'refused' 0 'ok       started anew each time, which makes runs longer: the nursery: not today'
implementation 'nursery.LIBRARY = None' # as where there is no Linux
judge 'without Linux' 0 pass passed list dict nested copy
doctor 'without Linux' 0 'the nursery: only Linux lets it give its children away'
jq 'del(.nursery)' "$work/born.json" >"$work/new" && mv "$work/new" "$work/born.json"
judge 'without a nursery' 0 pass passed
doctor 'none' 0 'the nursery: there is none'
implementation 'sys.exit(5)'
judge 'it does not begin' 1 harness-error 'the nursery exited with status 5'
doctor 'broken' 3 'missing  the adapter could not be started: the nursery exited with status 5'
implementation 'nursery.answer = lambda line, streams: sys.exit(0)'
judge 'it ends instead of starting anything' 1 harness-error 'did not start'
implementation 'nursery.answer = lambda line, streams: [line.decode()]'
judge 'it answers something else' 1 harness-error 'did not start'
implementation 'nursery.answer = lambda line, streams: {"pid": nursery.os.getppid()}'
judge 'it names a process that is not the child of who asked' 1 harness-error 'did not start'
implementation 'nursery.PROGRAMS = {path: lambda: nursery.os.abort() for path in nursery.PROGRAMS}'
judge 'what it starts dies at once' 1 harness-error 'was killed by signal 6'
implementation 'nursery.PROGRAMS = {path: lambda: 7 for path in nursery.PROGRAMS}'
judge 'what it starts ends at once' 1 harness-error 'exited with status 7'
gone 'nothing is left behind'

mkdir -p "$work/cases/t"
cat >"$work/cases/t/wait.case" <<'END'
# A lock that is never given back.
# clauses: CALL-1
# level: documented

>>> l = manager.Lock()
>>> l.acquire()
True
>>> l.acquire()
True
END
implementation pass
"$conform" run --cases "$work/cases" --report "$work/report" --jobs 1 --deadline 30 --oracle recorded --impl "$work/born.json" --pairing born,born \
  >/dev/null 2>&1 </dev/null &
run=$!
while [ "$(ours | wc -l)" -lt 5 ] && kill -0 $run 2>/dev/null; do read -rt 0.05 <> <(:) || :; done # the run, its worker, the nursery, and two of its
alive=$(ours | wc -l)
kill -KILL $run
result $? 'a run is killed while its processes live' "$alive processes"
{ wait $run; } 2>/dev/null
gone 'nothing outlives a run that is killed'
echo "1..$number"
