#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# `mpconform matrix` from end to end: an implementation with a planted bug, one that is not installed, a matrix that is no longer true.  TAP; the
# programs are taken from $B.
set -u
. harness/test/tap.bash
cases cases <<'END'
== t/append.case
# append puts the element last.
# clauses: CALL-1 LIST-2
# level: documented

>>> l = manager.list([1])
>>> l.append(2)
None
>>> l._callmethod('__getitem__', (0,))
1
== t/len.case
# The length of a list.
# clauses: CALL-1
# level: documented

>>> l = manager.list([1])
>>> l._callmethod('__len__')
1
END
# A project with implementations of its own.
mkdir -p "$work/home/harness/implementations"
ln -s "$PWD/oracle" "$work/home/oracle"
cp harness/implementations/cpython.json harness/implementations/ref.json "$work/home/harness/implementations/"
export MPCONFORM_HOME=$work/home
implementation() { # NAME INTERPRETER BUG: one like CPython, with a bug in its manager
  cat >"$work/home/harness/implementations/$1.json" <<END
{"format": 1, "name": "$1", "interpreters": ["$2"], "identify": "{python} -c \"print('$1 7')\"", "get": "buy it", "fixtures": true,
 "manager": "{python} -S {home}/oracle/serve.py --address {address} --authkey-file {authkey_file} --fixtures --bug $3", "proxy": "{python} -S {home}/oracle/drive.py"}
END
}
implementation planted "$python" append-prepends
release=$("$python" -c 'import platform; print(platform.python_version())') version=${release%.*}
matrix() { run matrix --cases "$work/cases" --python "$python" --report "$work/report" "$@"; }
says() { grep -qF -- "$1" "$work/m.md"; result $? "the page says: $1" "$(cat "$work/m.md")"; }

matrix --output "$work/m.md"
[ "$status" -eq 1 ]; result $? 'an implementation with a bug is red' "status $status
$out"
says "| [planted](#planted) | planted 7 | $version | 2 pass | 1 pass, 1 fail | 1 pass, 1 fail |"
says "| cpython-$version | $release | $version | 2 pass | 2 pass | 2 pass |"
says '| [t/append](../cases/t/append.case) |  | fail | fail | `>>> l._callmethod('"'__getitem__'"', (0,))`<br>expected `1`<br>observed `2` |'
says '| LIST | 1 · **0/1** |'
grep -q "$work" "$work/m.md" "$work/m.json"; [ $? -eq 1 ]; result $? 'no path of this machine is in it' "$(grep "$work" "$work/m.md" "$work/m.json")"
jq -e '.footer.complete and .header.planned == (.results | length) and ([.results[] | select(.verdict == "fail") | .case] | unique) == ["t/append"]' "$work/report/results.json" >/dev/null
result $? 'the reports of the run have the same failures'
again=$(jq -r '[.results[] | select(.verdict == "fail" and .proxy != "planted" and .proxy != "ref-'"$version"'") | .again][0]' "$work/report/results.json")
out=$(sh -c "$again --report '$work/again'" 2>&1); status=$?
[ "$status" -eq 1 ] && grep -q 'observed  2' <<<"$out"; result $? 'the command of a failure shows it again' "$again: status $status
$out"

cp "$work/m.md" "$work/first.md"
matrix --output "$work/m.md"
cmp "$work/first.md" "$work/m.md" >&2; result $? 'the same results make the same page'
matrix --check --output "$work/m.md"
[ "$status" -eq 0 ]; result $? 'a check of what is true is green, deviations or not' "$out"
matrix --check --output "$work/m.md" t/len
[ "$status" -eq 0 ]; result $? 'a part can be checked' "$out"
current() { out=$("$conform" matrix --current --cases "$work/cases" --output "$work/m.md" 2>&1); status=$?; }
stale() { # NAME PATTERN: --current is red, and says why
  current; [ "$status" -eq 1 ] && grep -q -- "$2" <<<"$out"; result $? "$1" "status $status
$out"
}
current; [ "$status" -eq 0 ]; result $? 'it is current' "$out"

implementation planted "$python" clear-ignored
matrix --check --output "$work/m.md"
[ "$status" -eq 1 ] && grep -q 'cpython-.* × planted: t/append: recorded fail: line 8: 2, now no deviation' <<<"$out"
result $? 'a check finds a deviation that is gone' "$out"
jq '(.pairings[].deviations) = []' "$work/m.json" >"$work/new" && cp "$work/new" "$work/m.json"
implementation planted "$python" append-prepends
matrix --check --output "$work/m.md" t/append
[ "$status" -eq 1 ] && grep -q 'planted: t/append: recorded no deviation, now fail' <<<"$out"; result $? 'a check finds a new deviation' "$out"
stale 'data that were edited' 'do not belong together'
matrix --output "$work/m.md" >/dev/null
echo more >>"$work/m.md"; stale 'a page that was edited' 'do not belong together'
matrix --output "$work/m.md" >/dev/null
printf '\n# more\n' >>"$work/cases/t/len.case"; stale 'a case that was changed' 'of other cases'
sed -i '/^# more$/d; $d' "$work/cases/t/len.case"

implementation absent "$work/nosuch" clear-ignored
stale 'an implementation that is new' 'no results of absent'
matrix --output "$work/m.md"
[ "$status" -eq 1 ] && grep -q '^fail: absent' <<<"$out" && grep -q 'not installed here: no .*nosuch; to get it: buy it' <<<"$out"
result $? 'an implementation that is not installed is red, and how to get it is said' "$out"
says '**Not installed where this was made, so not run:** absent.'
stale 'a matrix without it is not current' 'not everything was installed'
matrix --impl absent
[ "$status" -eq 3 ] && grep -q 'absent is not installed here' <<<"$out"; result $? 'asked for by name it cannot run' "$out"
matrix --impl planted
[ "$status" -eq 1 ] && ! grep -q absent <<<"$out"; result $? 'others are judged without it' "$out"
out=$("$conform" doctor --python "$python" 2>&1)
grep -q 'missing  absent .*to get it: buy it' <<<"$out" && grep -qE 'ok +planted +imitates [0-9.]+ +planted 7' <<<"$out"; result $? 'the doctor tells what is here and what is missing' "$out"

rm "$work/home/harness/implementations/absent.json" "$work/home/harness/implementations/planted.json"
other=$("$conform" doctor | awk -v release="$release" '$2 == "cpython" && $NF == "oracle" && $1 != release {print $3; exit}')
if [ -n "$other" ]; then # a machine with one CPython has no pairing of two
  matrix --python "$other" --jobs 1
  [ "$status" -eq 0 ] && [ "$(grep -c ' × .* 2 pass$' <<<"$out")" -eq 10 ]; result $? 'two versions of CPython, each with itself, with the other and with the reference' "$out"
  implementation old "$other" append-prepends
  for named in '--impl old' '--pairing old,old'; do
    # shellcheck disable=SC2086 # two words
    run run --cases "$work/cases" --report "$work/again" $named t/len
    [ "$status" -eq 0 ] && grep -qF "judged as CPython $("$other" -c 'import sys; print("%d.%d" % sys.version_info[:2])')" <<<"$out"; result $? "the version that is imitated is the judge: $named" "$out"
  done
fi

expect 'a page with another suffix' 2 'FILE.md' matrix --cases "$work/cases" --output "$work/m.txt"
expect 'no oracle' 2 'live oracles' matrix --cases "$work/cases" --oracle recorded
expect 'nothing selected' 2 'nosuch' matrix --cases "$work/cases" --python "$python" --report "$work/report" nosuch
expect 'no matrix to check' 2 'cannot read' matrix --current --cases "$work/cases" --output "$work/none.md"
plan
