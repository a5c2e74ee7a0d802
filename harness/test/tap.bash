# SPDX-License-Identifier: MIT
# What shell tests share: a folder of their own ($work), results as TAP, runs of mpconform.  Sourced from the root of the project; the test ends with `plan`.
B=${B:-build}
case $B in /*) bin=$B ;; *) bin=$PWD/$B ;; esac
conform=$bin/mpconform
work=$(mktemp -d) || exit 3
export TMPDIR=$work
python=$(python3 -c 'import sys; print(sys.executable)') || exit 3
started=() number=0 failed=0

leave() { local pid; for pid in "${started[@]}"; do kill "$pid" 2>/dev/null; wait "$pid" 2>/dev/null; done; rm -rf "$work"; }
trap leave EXIT

result() { # STATUS NAME [DIAGNOSTICS]: one line of TAP
  number=$((number + 1))
  if [ "$1" -eq 0 ]; then echo "ok $number - $2"; else
    failed=$((failed + 1)); echo "not ok $number - $2"; [ $# -lt 3 ] || printf '%s\n' "$3" | sed 's/^/# /'
  fi
}

run() { # ARGUMENTS: runs mpconform; sets $status and $out
  out=$("$conform" "$@" --report "$work/report" 2>&1 </dev/null); status=$?
}

serve() { # COMMAND…: starts a program that prints `ready ADDRESS`; sets $address and $pid
  local pipe=$work/serve.${#started[@]} mark=
  mkfifo "$pipe"
  "$@" >"$pipe" & pid=$!
  started+=("$pid")
  read -r mark address <"$pipe"
  [ "$mark" = ready ] || { echo "# $* did not get ready"; address=none; }
}

stop() { # PID: SIGTERM; its exit status
  kill "$1" 2>/dev/null; wait "$1"
}

plan() { echo "1..$number"; [ "$failed" -eq 0 ]; }
