#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The same raw requests to CPython's own server and to mpmanager, in every CPython found: the answers must be the same.
# B names the build folder; MPCONFORM_PYTHONS more interpreters.
set -u
folder=$(mktemp -d) || exit 3
server=0
finish() { [ "$server" -eq 0 ] || kill "$server" 2>/dev/null; rm -rf "$folder"; }
trap finish EXIT
printf 61626364 >"$folder/key"
pythons=()
for python in python3 python3.{8..15} "$HOME"/.pyenv/versions/3.*/bin/python3 ${MPCONFORM_PYTHONS-}; do
  version=$("$python" -c 'import sys; sys.version_info >= (3, 8) and print("%d.%d" % sys.version_info[:2])' 2>/dev/null) && [ -n "$version" ] || continue
  case " ${pythons[*]-} " in *":$version "*) ;; *) pythons+=("$python:$version") ;; esac
done
# ask OUTPUT SERVER-COMMAND…: the answers of a server that runs until its client shuts it down; its exit status
ask() {
  output=$1; shift
  rm -f "$folder/ready" "$folder/socket"; mkfifo "$folder/ready"
  "$@" >"$folder/ready" 2>"$folder/stderr" &
  server=$!
  read -r _ address <"$folder/ready"
  PYTHONPATH=oracle timeout 120 "$python" ref/test/requests.py "$address" 61626364 >"$output" 2>&1
  wait "$server"; status=$?
  server=0
  return $status
}
echo "1..$((${#pythons[@]} * 2))"
number=0
for entry in "${pythons[@]}"; do
  python=${entry%:*} version=${entry##*:}
  ask "$folder/expected" "$python" oracle/serve.py --address "unix:$folder/socket" --authkey-file "$folder/key" --fixtures
  ask "$folder/observed" "${B:-build}/mpmanager" --address "unix:$folder/socket" --authkey-file "$folder/key" --fixtures --compat "$version"
  status=$?
  number=$((number + 1))
  if [ "$status" -eq 0 ]; then echo "ok $number - stops after shutdown ($version)"; else echo "not ok $number - stops after shutdown ($version): status $status"; sed 's/^/# /' "$folder/stderr"; fi
  number=$((number + 1))
  if [ "$(wc -l <"$folder/expected")" -gt 500 ] && diff -U 1 "$folder/expected" "$folder/observed" >"$folder/diff"; then echo "ok $number - answers as CPython $version"
  else echo "not ok $number - answers as CPython $version"; head -n 100 "$folder/diff" | cut -c 1-300 | sed 's/^/# /'; tail -n 5 "$folder/expected" | sed 's/^/# /'; fi
done
