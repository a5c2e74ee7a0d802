#!/usr/bin/env bash
# A green that cannot go red is a defect: each row of planted.tsv is planted in a copy of the reference, and its case must turn red there, with exit
# status 1 and nothing wrong with the oracle; the unharmed copy must be green.  Prints TAP.
set -u
cd "$(dirname "$0")/../.." || exit 3
build=$(realpath "${B:-build}")
work=$(mktemp -d) || exit 3
trap 'rm -rf "$work"' EXIT
table=harness/test/planted.tsv
cp -a --parents Makefile ref "$work"/
mkdir -p "$work/build/obj" && cp -a "$build/obj/ref" "$work/build/obj/" && cp -a "$build/libmpref.a" "$build/mpmanager" "$build/mpproxy" "$work/build/"

make_side() { make -C "$work" --no-print-directory B=build VARIANT="${VARIANT:-release}" "build/mp${1/script/manager}" >"$work/make.log" 2>&1; }
cat >"$work/planted.json" <<END
{"name": "planted", "manager": "$work/build/mpmanager --address {address} --authkey-file {authkey_file} --compat {compat} --serializer {serializer} --fixtures",
 "proxy": "$work/build/mpproxy --compat {compat}", "fixtures": true, "xmlrpclib": true}
END
judge() { # SIDE CASE
  case $1 in
    script) # a test of the reference, which prints TAP
      B=$work/build "$2" >"$work/run.log" 2>&1
      ! grep -q '^not ok' "$work/run.log" && grep -q '^ok' "$work/run.log"
      return ;;
  esac
  "$build/mpconform" run "$2" --strict --jobs 1 --report "$work/report" --impl "$work/planted.json" \
    --pairing "$([ "$1" = proxy ] && echo planted,cpython || echo cpython,planted)" >"$work/run.log" 2>&1
}

rows=$(grep -vc '^#' "$table"); echo "1..$((2 * rows))"; n=0
result() { n=$((n + 1)); if [ "$1" -eq 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; sed 's/^/# /' "$3" | tail -n 20; fi; }
while IFS=$'\t' read -r file side case text replacement; do
  case $file in '#'*) continue ;; esac
  judge "$side" "$case"; result $? "$case: green as it is" "$work/run.log"
  cp -a "$work/$file" "$work/original"
  if TEXT=$text REPLACEMENT=$replacement awk 'BEGIN { RS = "\001" } { n = index($0, ENVIRON["TEXT"]); if (!n) exit 1; rest = substr($0, n + length(ENVIRON["TEXT"]));
       if (index(rest, ENVIRON["TEXT"])) exit 2; printf "%s%s%s", substr($0, 1, n - 1), ENVIRON["REPLACEMENT"], rest }' "$work/original" >"$work/$file" && make_side "$side"; then
    judge "$side" "$case"; status=$?
    [ "$side" = script ] || { [ "$status" -eq 1 ] && grep -q "^  cpython × cpython.* pass" "$work/run.log" && ! grep -qE 'quarantined|harness-error' "$work/run.log"; } && [ "$status" -eq 1 ]
    result $? "$case: red with '$text' broken in $file (exit status $status)" "$work/run.log"
  else
    cat "$work/make.log" 2>/dev/null >"$work/run.log"; result 1 "$file: '$text' stands in it exactly once and its replacement compiles" "$work/run.log"
  fi
  cp "$work/original" "$work/$file"; make_side "$side" || { echo "Bail out! the unharmed reference does not build"; exit 3; }
done <"$table"
