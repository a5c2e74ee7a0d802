#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The command line of mpmanager: what it says, how it ends.  B names the build folder.
set -u
program=${B:-build}/mpmanager
folder=$(mktemp -d) || exit 3
server=0
finish() { [ "$server" -eq 0 ] || kill "$server" 2>/dev/null; rm -rf "$folder"; }
trap finish EXIT
printf '61  62\n' >"$folder/spaced"; printf ' 6162\n' >"$folder/key"; printf 616 >"$folder/odd"; printf 6g >"$folder/letters"; : >"$folder/empty"
number=0
result() { number=$((number + 1)); if [ "$1" -eq 0 ]; then echo "ok $number - $2"; else echo "not ok $number - $2"; sed 's/^/# /' "$folder/out" "$folder/err"; fi; }
# refuses TEXT ARGUMENT…: exit status 2, nothing on standard output, TEXT on standard error
refuses() {
  text=$1; shift
  "$program" "$@" >"$folder/out" 2>"$folder/err"
  [ $? -eq 2 ] && [ ! -s "$folder/out" ] && grep -qF -- "$text" "$folder/err" && grep -q 'mpmanager --help' "$folder/err"
  result $? "refuses: $text"
}
begin() { rm -f "$folder/ready"; mkfifo "$folder/ready"; "$program" "$@" >"$folder/ready" 2>"$folder/err" & server=$!; read -r word at <"$folder/ready"; : >"$folder/out"; }
# ends SIGNAL NAME: it stops with status 0
ends() { kill "-$1" "$server"; wait "$server"; status=$?; server=0; result $status "$2"; }

echo 1..27
here=unix:$folder/socket
refuses '--address is missing' --authkey-file "$folder/key"
refuses '--authkey-file is missing' --address "$here"
refuses "unrecognized option '--nosuch'" --address "$here" --authkey-file "$folder/key" --nosuch
refuses '`extra` is no option' --address "$here" --authkey-file "$folder/key" extra
refuses 'cannot read the key file /nonexistent: No such file or directory' --address "$here" --authkey-file /nonexistent
refuses 'a key has two per byte' --address "$here" --authkey-file "$folder/odd"
refuses 'something else than hexadecimal digits' --address "$here" --authkey-file "$folder/letters"
refuses 'something else than hexadecimal digits' --address "$here" --authkey-file "$folder/spaced"
refuses 'unix:' --address /tmp/x --authkey-file "$folder/key"
refuses 'cannot serve at unix:/nonexistent/x: No such file or directory' --address unix:/nonexistent/x --authkey-file "$folder/key"
refuses '--compat 3.7: give a version from 3.8 to 3.15' --address "$here" --authkey-file "$folder/key" --compat 3.7
refuses '--compat 3.16:' --address "$here" --authkey-file "$folder/key" --compat 3.16
refuses '--compat 4:' --address "$here" --authkey-file "$folder/key" --compat 4
refuses '--serializer json: give pickle or xmlrpclib' --address "$here" --authkey-file "$folder/key" --serializer json
refuses '--share get_queue: give a name and a typeid' --address "$here" --authkey-file "$folder/key" --share get_queue
refuses '--share get_queue: no objects can be made of the typeid nosuch' --address "$here" --authkey-file "$folder/key" --share get_queue=nosuch
refuses 'no objects can be made of the typeid Iterator' --address "$here" --authkey-file "$folder/key" --share good=Queue --share bad=Iterator
"$program" --help >"$folder/out" 2>"$folder/err" && grep -q -- '--authkey-file FILE' "$folder/out" && [ ! -s "$folder/err" ]; result $? '--help'
"$program" --version >"$folder/out" 2>"$folder/err" && grep -q '^mpmanager [0-9]' "$folder/out"; result $? '--version'

begin --address "$here" --authkey-file "$folder/key"
[ "$word $at" = "ready $here" ]; result $? 'says that it is ready'
refuses 'Address already in use' --address "$here" --authkey-file "$folder/key"
ends TERM 'stops on SIGTERM'
[ ! -e "$folder/socket" ]; result $? 'removes its socket'
begin --address "$here" --authkey-file "$folder/empty" --compat 3.8 --fixtures
ends INT 'stops on SIGINT, an empty key is a key'
begin --address tcp:127.0.0.1:0 --authkey-file "$folder/key"
[[ $at =~ ^tcp:127\.0\.0\.1:[1-9][0-9]*$ ]]; result $? 'says which port it has'
refuses 'Address already in use' --address "$at" --authkey-file "$folder/key"
ends TERM 'stops on SIGTERM over tcp'
