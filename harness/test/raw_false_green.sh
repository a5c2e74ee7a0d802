#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Cases in which the harness is a peer itself must not be green without reason: a proxy that never connects, or connects and does not do what the
# case prepares for; a manager that lets anybody in, that dies of a hostile peer, or that serves nobody after one.  The controls are green.  TAP.
set -u
B=${B:-build}
work=$(mktemp -d) || exit 3
trap 'rm -rf "$work"' EXIT
export TMPDIR=$work
python=$(python3 -c 'import sys; print(sys.executable)') || exit 3
drive="$python -S {home}/oracle/drive.py" number=0 failed=0
mkdir -p "$work/cases/t"

cat >"$work/cases/t/server.case" <<'CASE'
# A server function is answered.
# clauses: REQ-8
# level: de-facto
# peer: server

>>> manager._dummy()
None
raw>>> on 'dummy': send ('#RETURN', None)
>>> manager._dummy()
None
CASE
cat >"$work/cases/t/client.case" <<'CASE'
# A wrong key is refused.
# clauses: AUTH-1
# level: de-facto
# peer: client

raw>>> connect
raw>>> receive
[-3.11] challenge 20 bytes
[3.12-] challenge {sha256} and 40 bytes
raw>>> answer key b'wrong'
raw>>> receive
failure
CASE

# An adapter that claims success for everything, and one that connects at first and then no more.
cat >"$work/liar.py" <<'PYTHON'
import json, subprocess, sys
real = sys.argv[1:] and subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
operations = "connect drop reset server shutdown create callmethod value".split()
count = 0
for line in sys.stdin:
    request = json.loads(line)
    op = request["op"]
    count += op == "server"
    if real and count < 2:
        real.stdin.write(line), real.stdin.flush()
        reply = json.loads(real.stdout.readline())
    elif op == "hello":
        reply = {"hello": {"protocol": 1, "name": "liar", "version": "1", "imitates": "", "operations": operations, "types": ["*"]}}
    else:
        reply = {"observed": {"copy": None}} if op in operations else {"unsupported": op}
    reply["id"] = request["id"]
    print(json.dumps(reply), flush=True)
if real:
    real.stdin.close(), real.wait()
PYTHON

# CPython's server with a defect in its handshake.
cat >"$work/broken.py" <<'PYTHON'
import os, runpy, sys, time
from multiprocessing import connection
mode = sys.argv[1]
sys.argv = sys.argv[2:]
deliver, spoiled = connection.deliver_challenge, []
class Link:
    """Spoils the server before the peer can learn that it is refused: whoever connects next meets the defect, however fast."""
    def __init__(self, link):
        self.link = link
    def __getattr__(self, name):
        return getattr(self.link, name)
    def send_bytes(self, data):
        if data == (getattr(connection, "_FAILURE", None) or connection.FAILURE):
            spoiled.append(True)
        self.link.send_bytes(data)
def changed(link, key, *rest):
    if spoiled and mode == "die":
        os._exit(0)
    if spoiled and mode == "spoil":
        time.sleep(3600)
    deliver(Link(link), key, *rest)
def open_door(link, key, *rest):
    modern = hasattr(connection, "_CHALLENGE")
    link.send_bytes(connection._CHALLENGE + b"{sha256}" + bytes(40) if modern else connection.CHALLENGE + bytes(20))
    link.recv_bytes(256)
    link.send_bytes(b"#WELCOME#")
connection.deliver_challenge = open_door if mode == "open" else changed
sys.path.insert(0, os.path.dirname(sys.argv[0]))
runpy.run_path(sys.argv[0], run_name="__main__")
PYTHON

judge() { # NAME STATUS VERDICT PATTERN CASE ARGUMENTS…
  local name=$1 want=$2 verdict=$3 pattern=$4 case=$5 out status got; shift 5
  out=$("$B/mpconform" run --cases "$work/cases" --report "$work/report" --oracle recorded --pairing yours,yours "$case" "$@" 2>&1 </dev/null); status=$?
  got=$(jq -r '.results[-1].verdict' "$work/report/results.json" 2>&1)
  number=$((number + 1))
  if [ "$status" -eq "$want" ] && [ "$got" = "$verdict" ] && grep -qE -- "$pattern" <<<"$out"; then echo "ok $number - $name"; else
    failed=$((failed + 1)); echo "not ok $number - $name"
    printf '%s\n' "status $status, wanted $want; verdict $got, wanted $verdict; wanted /$pattern/ in:" "$out" | sed 's/^/# /'
  fi
}
proxy() { judge "proxy: $1" "$2" "$3" "$4" t/server --proxy "$5" --manager false; }
version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
manager() { # NAME STATUS VERDICT PATTERN MODE
  judge "manager: $1" "$2" "$3" "$4" t/client --compat "$version" --deadline 10 --proxy "$drive" \
    --manager "$python $work/broken.py $5 {home}/oracle/serve.py --address {address} --authkey-file {authkey_file}"
}

echo 1..7
proxy 'an honest one is green, and needs no manager' 0 pass '1 passed' "$drive"
proxy 'one that never connects' 1 harness-error 'never connected to the harness' "$python $work/liar.py"
proxy 'one that stops connecting' 1 harness-error "'on 'dummy'' was never needed" "$python $work/liar.py $drive"
manager 'an honest one is green' 0 pass '1 passed' plain
manager 'one that dies of a wrong key' 1 crash 'exited with status 0|no longer serves' die
manager 'one that serves nobody after a wrong key' 1 crash "no longer serves: .*'hang'" spoil
manager 'one that lets anybody in' 1 fail 'observed +welcome' open
[ "$failed" -eq 0 ]
