#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# A stock Python program against CPython's own server and against mpmanager, in every CPython found, with the first over each kind of address: it
# must see the same.
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
# see OUTPUT SERVER-COMMAND…: what the program sees of a server, which is then told to stop; the server's exit status
see() {
  output=$1; shift
  rm -f "$folder/ready" "$folder/socket"; mkfifo "$folder/ready"
  "$@" >"$folder/ready" 2>"$folder/stderr" &
  server=$!
  read -r _ at <"$folder/ready"
  timeout 120 "$python" -W ignore ref/test/stock_client.py "$at" 61626364 >"$output" 2>&1
  kill "$server"; wait "$server"; status=$?
  server=0
  return $status
}
number=0
result() { number=$((number + 1)); if [ "$1" -eq 0 ]; then echo "ok $number - $2"; else echo "not ok $number - $2"; fi; }
addresses=("unix:$folder/socket" "abstract:stock-client-$$" tcp:127.0.0.1:0) # the others are tried with one address
echo "1..$((${#pythons[@]} * 2 + 4))"
for entry in "${pythons[@]}"; do
  python=${entry%:*} version=${entry##*:}
  see "$folder/expected" "$python" oracle/serve.py --address "unix:$folder/socket" --authkey-file "$folder/key"
  for address in "${addresses[@]}"; do
    see "$folder/observed" "${B:-build}/mpmanager" --address "$address" --authkey-file "$folder/key" --compat "$version"
    result $? "mpmanager ends well ($version, ${address%%:*})"
    [ "$(grep -c -- '->' "$folder/expected")" -gt 150 ] && diff "$folder/expected" "$folder/observed" >"$folder/diff"
    same=$?
    result $same "it is as CPython's server ($version, ${address%%:*})"
    if [ $same -ne 0 ]; then head -n 30 "$folder/diff" 2>/dev/null | cut -c 1-200 | sed 's/^/# /'; tail -n 3 "$folder/expected" "$folder/observed" | cut -c 1-200 | sed 's/^/# /'; fi
  done
  addresses=("unix:$folder/socket")
done
