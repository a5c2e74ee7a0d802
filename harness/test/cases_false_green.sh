#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The ways in which cases, selectors and recordings could make a run green without reason, tried end to end on CPython alone: broken, unread,
# unrecorded and unselected cases, recordings that are stale, and what `list`, `show`, `record --check` and `check` say of them.  TAP.
. harness/test/tap.bash
trap 'chmod -R u+rwx "$work"; leave' EXIT

folder() { # a fresh folder of two good cases
  chmod -R u+rwx "$work/cases" 2>/dev/null; rm -rf "$work/cases"; mkdir -p "$work/cases/list" "$work/cases/dict"
  printf '%s\n' '# The length of a list.' '# clauses: CALL-1' '# level: documented' '' '>>> l = manager.list([1, 2])' '>>> len(l)' '2' >"$work/cases/list/length.case"
  printf '%s\n' '# A missing key.' '# clauses: EXC-1' '# level: de-facto' '' ">>> d = manager.dict()" ">>> d['k']" "raises KeyError('k')" >"$work/cases/dict/missing.case"
}

run=(run --pairing cpython,cpython --cases "$work/cases" --report "$work/report" --strict)

folder
expect 'a folder of good cases is green' 0 '(^|[^0-9])2 ' "${run[@]}"
result "$([ "$(jq -s '[.[] | select(.verdict == "pass")] | length' <(jq -c '.results[]' "$work/report/results.json"))" -eq 2 ]; echo $?)" 'and both cases were judged'

expect 'an empty folder is no selection' 2 'expected cases in this folder, found none' run --cases "$(mktemp -d -p "$work")" --report "$work/report"
expect 'a folder that does not exist' 2 'cannot be read' run --cases "$work/nowhere" --report "$work/report"
expect 'a selector that matches nothing' 2 "the selector 'lits' matches no case" "${run[@]}" lits
expect 'one of two selectors matches nothing' 2 "the selector 'nosuch/\*' matches no case" "${run[@]}" list 'nosuch/*'
expect 'a clause that nobody cites' 2 "the selector 'clause:CALL-2' matches no case" "${run[@]}" clause:CALL-2
expect 'a level that no case has' 2 "the selector 'level:accident' matches no case" "${run[@]}" level:accident
expect 'a kind of selector that does not exist' 2 "the selector 'klause:CALL-1' matches no case" "${run[@]}" klause:CALL-1
expect 'list refuses the same selector' 2 "the selector 'lits' matches no case" list --cases "$work/cases" lits
expect 'show refuses a case that does not exist' 2 "the selector 'list/lenght' matches no case" show --cases "$work/cases" list/lenght

broken() { # NAME FILE PATTERN TEXT…: one more file among good ones stops everything, though it is not selected
  local name=$1 file=$2 pattern=$3; shift 3
  folder; printf '%s\n' "$@" >"$work/cases/$file"
  expect "$name stops the run" 2 "$pattern" "${run[@]}"
  expect "$name stops a run that does not select it" 2 "$pattern" "${run[@]}" list/length
}
broken 'a malformed case' list/bad.case 'list/bad\.case:5:9: error: expected a value' '# Bad.' '# clauses: CALL-1' '# level: de-facto' '' '>>> len(nosuch)'
broken 'a mistyped key' list/bad.case "list/bad\\.case:2:3: error: expected a key that is known, found 'clause:'" '# Bad.' '# clause: CALL-1' '# level: de-facto' '' '>>> 5'
broken 'a mistyped suffix' list/bad.cas 'list/bad\.cas: error: expected a name that ends in \.case' '# Bad.' '# clauses: CALL-1' '# level: de-facto' '' '>>> 5'
broken 'a case without steps' list/bad.case 'list/bad\.case:[0-9]+: error: expected at least one step' '# Bad.' '# clauses: CALL-1' '# level: de-facto' ''
broken 'an id in other capitals' list/LENGTH.case 'the id list/[a-zA-Z]+ exists already' '# Bad.' '# clauses: CALL-1' '# level: de-facto' '' '>>> 5'
folder; : >"$work/cases/list/bad.case"
expect 'an empty file stops the run' 2 'list/bad\.case: error: expected a case, found an empty file' "${run[@]}"
folder; ln -s nowhere "$work/cases/list/bad.case"
expect 'a case that cannot be read stops the run' 2 'list/bad\.case: error: cannot be read' "${run[@]}"
folder; mkdir "$work/cases/list/bad.case"
expect 'a folder with the name of a case is read as a folder' 0 '' "${run[@]}"
folder; printf '# Cut.\n# clauses: CALL-1\n# level: de-facto\n\n>>> 5' >"$work/cases/list/bad.case"
expect 'a file that is cut short stops the run' 2 'expected a newline at the end of the file' "${run[@]}"

folder; mkdir -p "$work/cases/more/deep"; cp "$work/cases/list/length.case" "$work/cases/more/deep/new.case"
expect 'a new case in a new folder is run without being registered' 0 '(^|[^0-9])3 ' "${run[@]}"
expect 'and keeps the ids of the others' 0 '^list/length ' list --cases "$work/cases" list/length

stale() { # NAME LINE: the recording is not what CPython does: the suite's fault, never green
  folder; sed -i "s/^2\$/$2/" "$work/cases/list/length.case"
  expect "$1 is not green" 1 'quarantined: list/length' "${run[@]}"
  expect "$1 is found by record --check" 1 'list/length' record --check --python "$python" --cases "$work/cases"
}
stale 'a stale recording' 3
stale 'a recording of another exception' "raises ValueError('x')"
stale 'a recording that differs in wording only' "raises IndexError('x')"

folder; sed -i '/^2$/d' "$work/cases/list/length.case"
expect 'a case that nobody recorded fails a strict run' 1 'list/length' "${run[@]}"
expect 'a case that nobody recorded is found by record --check' 1 'list/length' record --check --python "$python" --cases "$work/cases"
expect 'a case that nobody recorded is found by check' 1 'list/length\.case: error: nothing is recorded' check --cases "$work/cases"
before=$(cat "$work/cases/list/length.case")
"$conform" record --check --python "$python" --cases "$work/cases" >/dev/null 2>&1
result "$([ "$before" = "$(cat "$work/cases/list/length.case")" ]; echo $?)" 'record --check writes nothing'
expect 'record writes it' 0 '.' record --python "$python" --cases "$work/cases"
result "$(grep -qx 2 "$work/cases/list/length.case"; echo $?)" 'as CPython does it'
expect 'then record --check agrees' 0 '.' record --check --python "$python" --cases "$work/cases"
expect 'and the run is green' 0 '.' "${run[@]}"
sum=$(cat "$work"/cases/*/*.case | cksum); "$conform" record --python "$python" --cases "$work/cases" >/dev/null 2>&1
result "$([ "$sum" = "$(cat "$work"/cases/*/*.case | cksum)" ]; echo $?)" 'recording again changes no byte'

folder; sed -i 's/^# clauses: CALL-1/# clauses: CALL-999/' "$work/cases/list/length.case"
expect 'a clause that does not exist is found by check' 1 'list/length\.case: error: the clause CALL-999 does not exist' check --cases "$work/cases"
expect 'and so is a clause that no case cites' 1 'SPEC\.md:[0-9]+: error: no case cites the clause CALL-1' check --cases "$work/cases"
folder; sed -i "s/^2\$/[-3.7] 2/" "$work/cases/list/length.case"
expect 'a recording of other versions only is none' 1 'list/length' "${run[@]}"
folder; sed -i 's/^# level: documented$/&\n# versions: 3.99-/' "$work/cases/list/length.case"
expect 'a case of other versions only is not green on its own' 1 'nothing was judged' "${run[@]}" list/length

plan
