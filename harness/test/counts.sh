#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The counts of the documents: written from a run they are green, and each of them that is changed is red.  TAP.
. harness/test/tap.bash
counting_cases project/cases 3
mkdir -p "$work/project/reports"
for name in harness oracle SPEC.md; do ln -s "$PWD/$name" "$work/project/$name"; done
ln -s "$bin" "$work/project/build"
project=$work/project
export MPCONFORM_HOME=$project
counts() { out=$(harness/lint/counts "$@" "$project" 2>&1 </dev/null); status=$?; }
cat >"$project/README.md" <<'END'
oracle: CPython 1.2.3 (/usr/bin/elsewhere)
9 cases × 4 pairings, judged as CPython 1.2, strictly
  cpython × ref  7 pass
1 passed, 0 failed

$ build/mpconform run --impl ref t
…
  cpython × ref              9 fail
…

| CALL | 9 · 2 |
END
printf '| CALL | 1 · 2 |\n' >"$project/reports/matrix.md"
counts
[ "$status" -eq 1 ] && [ "$(grep -c '^README.md: ' <<<"$out")" -ge 5 ] && grep -q 'counts --update' <<<"$out"; result $? 'what was never true is red, and what writes it anew is said' "$out"
counts --update
[ "$status" -eq 0 ] && [ -z "$out" ]; result $? 'written from runs, it is green' "$out"
grep -q '^oracle: CPython 3.* (/usr/bin/elsewhere)$' "$project/README.md"; result $? 'the place of the oracle stays' "$(cat "$project/README.md")"
[ "$(grep -c '^  .* × .* 3 pass$' "$project/README.md")" -eq 5 ] && grep -q '^12 passed, 0 failed$' "$project/README.md"; result $? 'the runs are in it' "$(cat "$project/README.md")"

cp "$project/README.md" "$work/right"
while IFS=: read -r line pattern; do
  sed -i -E "$line s/$pattern/" "$project/README.md"
  cmp -s "$work/right" "$project/README.md" && echo '# nothing was changed'
  counts; [ "$status" -eq 1 ]; result $? "line $line changed by $pattern" "$out"
  cp "$work/right" "$project/README.md"
done <<'END'
1:CPython 3/CPython 2
2:3 cases/4 cases
2:4 pairings/3 pairings
3:3 pass/4 pass
4:3 pass/3 pass  1 allowed
6:3 pass/2 pass  1 not-applicable
7:12 passed/13 passed
7:0 failed/1 failed
11:3 pass/4 pass
14:1 ·/2 ·
END
sed -i '3,6 s/3 pass/2 pass  1 allowed/; 7 s/.*/4 skipped\n8 passed, 0 failed/' "$project/README.md"
counts; [ "$status" -eq 1 ] && grep -q '2 pass of ' <<<"$out"; result $? 'what adds up, but is not what was measured' "$out"
touch "$project/cases/t/c1.case"
counts; [ "$status" -eq 0 ]; result $? 'the measured is not asked after the cases have changed' "$out"
cp "$work/right" "$project/README.md"

bugs=$(for program in serve drive; do python3 -B oracle/$program.py --list-bugs; done | wc -l)
for said in "$((bugs + 1)) planted bugs" "17 cases"; do
  echo "There are $said." >"$project/oracle.md"
  counts; [ "$status" -eq 1 ] && grep -q "^oracle.md: $said, but there are " <<<"$out"; result $? "in another document: $said" "$out"
done
echo "There are $bugs planted bugs." >"$project/oracle.md"
counts; [ "$status" -eq 0 ]; result $? 'the right number is green' "$out"
printf '\n>>> l._callmethod("nosuch")\n7\n' >>"$project/cases/t/c1.case"
cp "$project/README.md" "$work/before"
counts --update
[ "$status" -eq 1 ] && cmp -s "$work/before" "$project/README.md"; result $? 'a red run is not written' "$out"
plan
