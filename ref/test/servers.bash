# SPDX-License-Identifier: MIT
# For tests that hold mpmanager against stock Python, to be sourced: the interpreters, managers at an address of this test's own, TAP.
# B names the build folder; MPCONFORM_PYTHONS more interpreters, with colons between.
set -u
folder=$(mktemp -d) || exit 3
server=0
finish() { [ "$server" -eq 0 ] || kill "$server" 2>/dev/null; rm -rf "$folder"; }
trap finish EXIT
key=61626364
printf %s "$key" >"$folder/key"

# find_pythons [VERSION…]: sets pythons to PATH:VERSION of one CPython for each version that is found, of the given ones if any is given
find_pythons() {
  local python version more
  pythons=()
  IFS=: read -ra more <<<"${MPCONFORM_PYTHONS-}"
  for python in python3 python3.{8..19} "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.*/bin/python3 "${more[@]}"; do
    version=$("$python" -c 'import sys; sys.version_info >= (3, 8) and print("%d.%d" % sys.version_info[:2])' 2>/dev/null) && [ -n "$version" ] || continue
    case " $* " in '  ' | *" $version "*) ;; *) continue ;; esac
    case " ${pythons[*]-} " in *":$version "*) ;; *) pythons+=("$python:$version") ;; esac
  done
}
# begin COMMAND…: starts a server; at becomes the address that it is ready at, what else it prints can be read from descriptor said
begin() {
  rm -f "$folder/ready" "$folder/socket"; mkfifo "$folder/ready"
  "$@" >"$folder/ready" 2>"$folder/stderr" &
  server=$!
  exec {said}<"$folder/ready"
  read -r _ at <&"$said"
}
begin_cpython() { begin "$python" oracle/serve.py --address "unix:$folder/socket" --authkey-file "$folder/key" "$@"; }
begin_mpmanager() { begin "${B:-build}/mpmanager" --address "unix:$folder/socket" --authkey-file "$folder/key" "$@"; }
# end: tells the server to stop; its exit status
end() { local status; kill "$server"; wait "$server"; status=$?; server=0; exec {said}<&-; return $status; }
number=0
# result STATUS NAME [FILE]: one line of TAP, and the end of the file if it failed
result() {
  number=$((number + 1))
  if [ "$1" -eq 0 ]; then echo "ok $number - $2"; return; fi
  echo "not ok $number - $2"
  [ -z "${3-}" ] || tail -n 30 "$3" | cut -c 1-300 | sed 's/^/# /'
}
