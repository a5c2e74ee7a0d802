#!/usr/bin/env bash
# A green that cannot go red is a defect: each row of planted.tsv is planted in a copy of the reference, and its case must turn red there, with exit
# status 1 and nothing wrong with the oracle; with the unharmed copy all cases must be green.  Prints TAP.
set -u
cd "$(dirname "$0")/../.." || exit 3
build=$(realpath "${B:-build}")
work=$(mktemp -d) || exit 3
trap 'rm -rf "$work"' EXIT
table=harness/test/planted.tsv
good=$work/good # what the unharmed sources make
mkdir -p "$good/obj" && cp -a "$build/obj/ref" "$good/obj/" && cp -a "$build/libmpref.a" "$build/mpmanager" "$build/mpproxy" "$good/"
cp -a --parents Makefile ref "$work"/

unharmed() { rm -rf "$work/build"; cp -a "$good" "$work/build"; } # faster than to build it again
# The planted file is compiled without optimization, which is as red, sooner.
make_side() { make -C "$work" --no-print-directory B=build VARIANT="${VARIANT:-release}" CFLAGS=-O0 "build/mp${1/script/manager}" >"$work/make.log" 2>&1; }
cat >"$work/planted.json" <<END
{"name": "planted", "manager": "$work/build/mpmanager --address {address} --authkey-file {authkey_file} --compat {compat} --serializer {serializer} --fixtures",
 "proxy": "$work/build/mpproxy --compat {compat}", "fixtures": true, "xmlrpclib": true}
END
run() { # SIDE CASE…: judges the copy in this role
  local pairing=cpython,planted; [ "$1" = manager ] || pairing=planted,cpython
  shift
  "$build/mpconform" run "$@" --strict --report "$work/report" --impl "$work/planted.json" --pairing "$pairing" >"$work/run.log" 2>&1
}
script() { # TEST: a test of the reference, which prints TAP; without a defect `make test` runs it as it is
  B=$work/build "$1" >"$work/run.log" 2>&1
  ! grep -q '^not ok' "$work/run.log" && grep -q '^ok' "$work/run.log"
}
passes() { jq -e --arg case "$1" '[.results[] | select(.case == $case and (.proxy == "planted" or .manager == "planted")) | .verdict] == ["pass"]' "$work/report/results.json" >/dev/null; }

mapfile -t managers < <(awk -F '\t' '!/^#/ && $2 == "manager" {print $3}' "$table" | sort -u)
mapfile -t proxies < <(awk -F '\t' '!/^#/ && $2 == "proxy" {print $3}' "$table" | sort -u)
rows=$(grep -vc '^#' "$table"); echo "1..$((rows + ${#managers[@]} + ${#proxies[@]}))"; n=0
result() { n=$((n + 1)); if [ "$1" -eq 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; sed 's/^/# /' "$3" | tail -n 20; fi; }
unharmed
run manager "${managers[@]}"; for case in "${managers[@]}"; do passes "$case"; result $? "$case: green as it is" "$work/run.log"; done
run proxy "${proxies[@]}"; for case in "${proxies[@]}"; do passes "$case"; result $? "$case: green as it is" "$work/run.log"; done
while IFS=$'\t' read -r file side case text replacement; do
  case $file in '#'*) continue ;; esac
  cp -a "$work/$file" "$work/original"
  if TEXT=$text REPLACEMENT=$replacement awk 'BEGIN { RS = "\001" } { n = index($0, ENVIRON["TEXT"]); if (!n) exit 1; rest = substr($0, n + length(ENVIRON["TEXT"]));
       if (index(rest, ENVIRON["TEXT"])) exit 2; printf "%s%s%s", substr($0, 1, n - 1), ENVIRON["REPLACEMENT"], rest }' "$work/original" >"$work/$file" && make_side "$side"; then
    if [ "$side" = script ]; then script "$case"; status=$?; else run "$side" "$case"; status=$?; fi
    [ "$side" = script ] || { [ "$status" -eq 1 ] && grep -q "^  cpython × cpython.* pass" "$work/run.log" && ! grep -qE 'quarantined|harness-error' "$work/run.log"; } && [ "$status" -eq 1 ]
    result $? "$case: red with '$text' broken in $file (exit status $status)" "$work/run.log"
  else
    cat "$work/make.log" 2>/dev/null >"$work/run.log"; result 1 "$file: '$text' stands in it exactly once and its replacement compiles" "$work/run.log"
  fi
  cp -a "$work/original" "$work/$file"; unharmed
done <"$table"
