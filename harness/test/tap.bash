# SPDX-License-Identifier: MIT
# What shell tests share: a folder of their own ($work), results as TAP, cases, runs of mpconform.  Sourced from the root of the project; the test ends with
# `plan`.
set -u
unset TEST_SHARD_INDEX TEST_TOTAL_SHARDS TEST_SHARD_STATUS_FILE CI_NODE_INDEX CI_NODE_TOTAL # the job that runs the tests is not what they test
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

run() { # ARGUMENTS: runs mpconform, with reports in $work/report unless it is told where; sets $status and $out
  local report=()
  case " $* " in *' --report '*) ;; ' run '*) report=(--report "$work/report") ;; esac
  out=$("$conform" "${@:1:1}" "${report[@]}" "${@:2}" 2>&1 </dev/null); status=$?
}

expect() { # NAME STATUS PATTERN ARGUMENTS…: the exit status of mpconform, and something that its output matches
  local name=$1 want=$2 pattern=$3; shift 3
  run "$@"
  [ "$status" -eq "$want" ] && grep -qE -- "$pattern" <<<"$out"
  result $? "$name" "mpconform $*
exit status $status, wanted $want; wanted a line that matches: $pattern
$out"
}

cases() { # NAME: a folder of cases on standard input, each file begun by a line "== PATH"
  rm -rf "${work:?}/$1"; mkdir -p "$work/$1"
  awk -v root="$work/$1" '/^== /{ file = root "/" $2; sub(/\/[^\/]*$/, "", $2); system("mkdir -p " root "/" $2); next } { print > file }'
}

counting_cases() { # NAME COUNT: cases t/c1 to t/cCOUNT, each with one call
  local i
  for i in $(seq "$2"); do
    printf '== t/c%d.case\n# The length of list %d.\n# clauses: CALL-1\n# level: documented\n\n>>> l = manager.list([%d])\n>>> l._callmethod("__len__")\n1\n' "$i" "$i" "$i"
  done | cases "$1"
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
