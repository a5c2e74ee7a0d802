#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Attaching: to managers that serve already and to adapters that listen, on every transport, by options and by files; peers that drop the
# connection, and runs that are stopped in the middle of a case.  TAP; the programs are taken from $B.
set -u
. harness/test/tap.bash
mkdir -p "$work/cases/t" "$work/marks"
cat >"$work/cases/t/two.case" <<'CASE'
# Two clients share a list.
# clauses: CALL-1
# level: documented

>>> l = manager.list([1, 2, 3])
>>> hand l to b
b>>> l._callmethod('append', (4,))
None
>>> l._callmethod('__len__')
4
CASE
cat >"$work/cases/t/one.case" <<'CASE'
# The length of a list.
# clauses: CALL-1
# level: documented

>>> l = manager.list([1, 2, 3])
>>> l._callmethod('__len__')
3
CASE
echo 00112233445566778899aabbccddeeff >"$work/key"
drive=("$python" -S "$PWD/oracle/drive.py") manage=("$python" -S "$PWD/oracle/serve.py" --fixtures --authkey-file "$work/key")

verdict() { jq -r '[.results[] | select(.proxy == "yours" or .manager == "yours" or .proxy == "filed" or .manager == "filed") | .verdict] | unique | join(" ")' "$work/report/results.json" 2>&1; }

judge() { # NAME STATUS VERDICT PATTERN ARGUMENTS…: what yours comes to, and something that is said
  local name=$1 want=$2 verdict=$3 pattern=$4; shift 4
  run run --cases "$work/cases" "$@"
  [ "$status" -eq "$want" ] && [ "$(verdict)" = "$verdict" ] && grep -qE -- "$pattern" <<<"$out"
  result $? "$name" "status $status, wanted $want; verdicts $(verdict), wanted $verdict; wanted /$pattern/
$out"
}

refuses() { # NAME PATTERN ARGUMENTS…: wrong usage
  local name=$1 pattern=$2; shift 2
  run run --cases "$work/cases" "$@"
  [ "$status" -eq 2 ] && grep -qE -- "$pattern" <<<"$out"
  result $? "$name" "status $status; wanted /$pattern/
$out"
}

echo '# adapters that listen'
for transport in "unix:$work/a" "abstract:$work/a" tcp:127.0.0.1:0; do
  for proxy in "${drive[*]}" "$bin/mpproxy --compat $("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')"; do
    # shellcheck disable=SC2086
    serve $proxy --listen "$transport"
    judge "${proxy##*/} at ${transport%%:*}" 0 pass '0 failed' --pairing yours,cpython --proxy-at "$address" --validate
    stop "$pid"; result $? "${proxy##*/} stops on SIGTERM with status 0"
  done
done
[ ! -e "$work/a" ]; result $? 'what listened at a path leaves no file behind'

serve "$python" harness/test/listening.py honest "unix:$work/honest" "$work/marks" "${drive[@]}"
judge 'with several workers, each with connections of its own' 0 pass '0 failed' --jobs 2 --pairing yours,cpython --proxy-at "$address"
cat >"$work/filed.json" <<FILE
{"name": "filed", "proxy_at": "$address", "manager_at": "unix:$work/m", "authkey_file": "key"}
FILE
serve "${manage[@]}" --address "unix:$work/m"
judge 'a file names both, and a key beside it' 0 pass '0 failed' --pairing filed,filed --impl "$work/filed.json"

echo '# adapters that end the connection'
for mode in drop cut; do
  serve "$python" harness/test/listening.py "$mode" "unix:$work/$mode" "$work/marks" "${drive[@]}"
  judge "$mode: a crash, never green" 1 crash 'closed the connection' --pairing yours,cpython --proxy-at "$address" t/one
done
judge 'nobody listens' 1 harness-error 'cannot connect to unix:.*No such file' --pairing yours,cpython --proxy-at "unix:$work/nobody" t/one
serve "$python" harness/test/listening.py one "unix:$work/single" "$work/marks" "${drive[@]}"
judge 'one connection at a time is enough for one client' 0 pass '0 failed' --pairing yours,cpython --proxy-at "$address" t/one

echo '# stopped in the middle of a case'
rm -f "$work"/marks/*
serve "$python" harness/test/listening.py mute "unix:$work/mute" "$work/marks" "${drive[@]}"
"$conform" run --cases "$work/cases" --report "$work/report" --deadline 600 --pairing yours,cpython --proxy-at "$address" t/one >"$work/out" 2>&1 &
harness=$!
until [ -e "$work/marks/asked" ]; do kill -0 "$harness" || break; done
kill "$harness"; wait "$harness"; status=$?
[ "$status" -eq 143 ] && [ "$(jq -s '.[-1].complete' "$work/report/events.ndjson")" = false ]
result $? 'the run ends by the signal and says that it is incomplete' "status $status
$(cat "$work/out")"
timeout 30 sh -c 'until [ -e "$1" ]; do :; done' sh "$work/marks/ended"
[ -e "$work/marks/ended" ] && kill -0 "$pid"
result $? 'the adapter sees the end of its connection and lives on'
judge 'an adapter that never answers hangs' 1 hang 'hang' --deadline 1 --pairing yours,cpython --proxy-at "$address" t/one

echo '# managers that serve already'
for transport in "abstract:$work/m" tcp:127.0.0.1:0 "unix:$work/m2"; do
  serve "${manage[@]}" --address "$transport"
  judge "a manager at ${transport%%:*}" 0 pass '0 failed' --pairing cpython,yours --manager-at "$address" --authkey-file "$work/key"
done
serve "$bin/mpmanager" --authkey-file "$work/key" --address tcp:127.0.0.1:0
host=localhost; getent hosts "$host" >/dev/null || host=127.0.0.1 # a machine without /etc/hosts has no name
judge 'by the name of a host, with a debugger in mind' 0 pass '0 failed' --deadline 600 --pairing cpython,yours --manager-at "${address/127.0.0.1/$host}" --authkey-file "$work/key"
echo 00 >"$work/other"
judge 'the wrong key is no green' 1 fail AuthenticationError --pairing cpython,yours --manager-at "$address" --authkey-file "$work/other"

echo '# wrong usage'
refuses 'two proxies' 'one proxy is judged at a time' --proxy x --proxy-at unix:/x
refuses 'no address' 'an address is unix:PATH' --proxy-at /tmp/x
refuses 'no address of a manager' 'an address is unix:PATH' --manager-at localhost:80 --authkey-file "$work/key"
refuses 'no key' 'cannot read the key' --manager-at unix:/x --authkey-file "$work/no-such-file"
echo 0g >"$work/other"
refuses 'no hexadecimal key' 'does not hold a key in hexadecimal' --manager-at unix:/x --authkey-file "$work/other"
file() { printf '%s\n' "$1" >"$work/bad.json"; }
file '{"name": "bad", "proxy": "x", "proxy_at": "unix:/x"}'
refuses 'a file with two proxies' '"proxy" and "proxy_at": one of them' --impl "$work/bad.json"
file '{"name": "bad", "manager_at": "unix:/x"}'
refuses 'a file without the key' '"manager_at" and "authkey_file" need each other' --impl "$work/bad.json"
file '{"name": "bad", "proxy_at": "tcp:here"}'
refuses 'a file with a wrong address' 'bad.json: error: an address is unix:PATH' --impl "$work/bad.json"
plan
