#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What the reference shows in cases that let it differ (`differs: ref`) is what it showed when that was allowed: allowed.tsv, which `allowed.sh --update` records from runs.
# A regression there would else be one more difference that is allowed.  TAP.
. harness/test/tap.bash
table=harness/test/allowed.tsv
mapfile -t ids < <(grep -rl '^# differs: ref: ' cases | sed 's,^cases/,,; s,\.case$,,' | sort)

shown() { # VERSION: each step that differs, as `version case statement line`; a case that differs nowhere, as it is for other versions or passes
  run run --oracle recorded --compat "$1" --strict --pairing ref,ref "${ids[@]}"
  jq -r --arg version "$1" '.results | sort_by(.case)[] | . as $r | ([.steps[]? | select(.difference) | [$version, $r.case, .statement, (.observed | tostring)]]
    | if length == 0 then [[$version, $r.case, $r.verdict]] else . end)[] | @tsv' "$work/report/results.json"
}
all() { for version in 3.8 3.11 3.14; do shown "$version"; done; }

all >"$work/now"
if [ "${1:-}" = --update ]; then
  { echo '# Recorded by harness/test/allowed.sh --update: what the reference shows where a case lets it differ.'; cat "$work/now"; } >"$table"
  exit
fi
[ "${#ids[@]}" -gt 0 ] && [ "$(grep -vc '^#' "$table")" -ge "${#ids[@]}" ]; result $? 'there are such cases, and a table of what they show'
same() { out=$(diff <(grep -v '^#' "$1") "$work/now"); }
same "$table"; result $? 'the reference shows what it showed: if that is better than before, `harness/test/allowed.sh --update` records it' "$out"
sed '$ s/$/x/' "$table" >"$work/other"
! same "$work/other" && [ "$(grep -c '^[<>]' <<<"$out")" -eq 2 ]; result $? 'one line that is another one is noticed' "$out"
sed '$ d' "$table" >"$work/other"
! same "$work/other" && [ "$(grep -c '^[<>]' <<<"$out")" -eq 1 ]; result $? 'one that is missing, too' "$out"
plan
