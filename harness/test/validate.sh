#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# --validate, end to end: messages that break the protocol, declarations that are not true, managers that break their contract; each is seen with a
# sentence that says what to do, what is honest is green, and what only understates is a note.  TAP; the programs are taken from $B.
set -u
. harness/test/tap.bash
mkdir -p "$work/cases/t"
cat >"$work/cases/t/len.case" <<'CASE'
# The length of a list.
# clauses: CALL-1
# level: documented

>>> l = manager.list([1, 2, 3])
>>> len(l)
3
CASE
drive="$python -S {home}/oracle/drive.py" serve="$python -S {home}/oracle/serve.py" where='--address {address} --authkey-file {authkey_file}'
dishonest="$python {home}/harness/test/dishonest.py"

said() { # KIND: what is said of yours: failures or notes
  jq -r --arg kind "$1" '.[$kind][] | "\(.subject): \(.reason // .text)"' "$work/report/results.json" 2>&1
}

checks() { # NAME STATUS VERDICT KIND PATTERN ARGUMENTS…: KIND (failures, notes or results) must have PATTERN; an empty one: there are no failures and no notes
  local name=$1 want=$2 verdict=$3 kind=$4 pattern=$5 got seen; shift 5
  run run --cases "$work/cases" --validate "$@"
  got=$(jq -r '[.results[] | select(.proxy != .manager) | .verdict] | unique | join(" ")' "$work/report/results.json" 2>&1)
  if [ "$kind" = results ]; then seen=$(jq -r '.results[] | .reason // empty' "$work/report/results.json"); else seen=$(said "$kind"); fi
  [ -n "$pattern" ] || seen="$(said failures)$(said notes)"
  [ "$status" -eq "$want" ] && [ "$got" = "$verdict" ] && { [ -n "$pattern" ] && grep -qE -- "$pattern" <<<"$seen" || [ -z "$pattern$seen" ]; }
  result $? "$name" "status $status, wanted $want; verdict $got, wanted $verdict; wanted /$pattern/ in $kind:
$seen
$out"
}

also() { # NAME KIND PATTERN: the same run said this, too
  local seen; seen=$(said "$2")
  grep -qE -- "$3" <<<"$seen"; result $? "… $1" "wanted /$3/ in $2:
$seen"
}

proxy() { # NAME STATUS VERDICT KIND PATTERN MODE
  checks "proxy: $1" "$2" "$3" "$4" "$5" --pairing yours,cpython --proxy "$dishonest proxy $6 $drive"
}

manager() { # NAME STATUS VERDICT KIND PATTERN MODE [ARGUMENTS]
  checks "manager: $1" "$2" "$3" "$4" "$5" --pairing cpython,yours --manager "$dishonest manager $6 {home}/oracle/serve.py $where ${7---fixtures}"
}

echo '# what is honest'
checks 'the reference is what it declares' 0 pass failures '' --pairing ref,cpython --pairing cpython,ref
proxy 'CPython is what it declares' 0 pass failures '' honest
manager 'CPython is what it declares' 0 pass failures '' honest

echo '# messages'
proxy 'a member is missing' 1 harness-error results 'at /reply/observed/proxy: expected a member "exposed", found .*"typeid":"list".*the request was .*"op":"create"' exposes
proxy 'a float as a JSON number' 1 harness-error results 'at /reply/observed/copy: expected a value of type null, boolean, .* found 3.0' floats
proxy 'hello without a name' 1 harness-error results 'at /reply/hello: expected a member "name"' nameless
proxy 'hello with an operation that the protocol does not have' 1 harness-error results 'at /reply/hello/operations/10: .*found "creat"' misspelt
proxy 'a banner on standard output' 1 harness-error results 'not a JSON object: adapter 1.0.*everything else goes to standard error' banner
proxy 'the ids of others' 1 harness-error results 'asked 1, answered 0. To mend it: a reply repeats the id' ids
run run --cases "$work/cases" --pairing yours,cpython --proxy "$dishonest proxy nameless $drive"
[ "$status" -eq 0 ]; result $? 'without --validate a name is not asked for' "$out"

echo '# declarations'
proxy 'a version that there is not is accepted' 1 pass failures 'offered version 99.*found 99.*To mend it' echo
proxy 'what nobody can is done' 1 pass failures 'claims to have done what nobody can: .*an operator that does not exist, a builtin .*a variable that was never stored.*To mend it' accepts
proxy 'operations that do not work' 1 pass failures 'declares operations that do not work: getattr, operator:iadd; the first: raises NotImplementedError' fails
also 'and a type' failures 'declares types that cannot be created: Barrier; the first'
also 'and a serializer' failures 'serializer xmlrpclib is declared, but does not work: raises NotImplementedError'
proxy 'what is declared is called unsupported' 1 pass failures 'operations that do not work: getattr; the first: .*answers unsupported to an operation that its hello declares' refuses
proxy 'it dies of being tried, and everything else is tried nevertheless' 1 pass failures 'do not work: getattr, setattr; the first: the adapter exited before it answered: it exited with status 7' dies
also 'and a type' failures 'cannot be created: Pool; the first: the adapter exited'
proxy 'operations work that are not declared' 0 pass notes 'operations work that hello does not declare: getattr, .*operator:add, .*builtin:str, .*shutdown.*count' modest
also 'and types' notes 'types can be created that hello does not declare: dict, Value'
also 'and a serializer' notes 'serializer xmlrpclib works, but is not declared'

echo '# managers'
manager 'the fixture types are missing' 1 pass failures 'taken to have the fixture types, but these cannot be created: Echo, .*KeyError' honest ''
manager 'anybody is let in' 1 pass failures 'lets in a client that has the wrong key' opens
manager 'more on standard output' 1 pass failures "has more than the line 'ready ADDRESS': 'good-bye'. To mend it" talks
manager 'something before the line' 1 harness-error results "said 'Starting the server.*instead of 'ready ADDRESS'. To mend it" greets
manager 'any type can be made' 1 pass failures 'claims to have made what it cannot' makes-anything
cat >"$work/file.json" <<FILE
{"name": "filed", "manager": "$serve $where --fixtures --serializer {serializer}", "types": ["list", "dict"]}
FILE
file() { checks "file: $1" "$2" pass "$3" "$4" --pairing cpython,filed --impl "$work/file.json"; }
file 'types that it does not name' 0 notes 'can be created that its file does not name: Namespace, Value'
also 'and fixture types' notes 'fixture types can be created that its file does not declare: Echo'
also 'and a serializer' notes 'has the serializer xmlrpclib, which its file does not declare'
cat >"$work/file.json" <<FILE
{"name": "filed", "manager": "$serve $where --serializer {serializer}", "fixtures": true, "xmlrpclib": true, "types": ["list", "Tree", "Echo"]}
FILE
file 'fixture types that it has not' 1 failures 'file says that it has the fixture types, but these cannot be created: Echo;'
cat >"$work/file.json" <<FILE
{"name": "filed", "manager": "$serve $where --fixtures --bug create-drops-arguments", "types": ["dict", "Event"]}
FILE
run run --cases "$work/cases" --pairing cpython,filed --impl "$work/file.json"
[ "$status" -eq 1 ] && grep -q 'nothing was judged: the manager filed declares no type list' <<<"$out"
result $? 'file: a case of a type that it does not name is not applicable, and nothing else judged is red' "$out"
plan
