#!/usr/bin/env bash
# A green that cannot go red is a defect: each row of planted.tsv is planted in the reference, and its case must turn red there, with exit
# status 1 and nothing wrong with the oracle; the same build with nothing planted must be green.  Prints TAP.
#
# Only what a defect is in is compiled: the altered file lies in a folder of its own that is looked at before the project's, and its object is
# linked before the library, which then gives what is missing.  So each defect has its own programs, and they are built and judged side by side.
# It is compiled without optimization, which is as red, sooner.
set -u
cd "$(dirname "$0")/../.." || exit 3
export B=${B:-build}
build=$(realpath "$B")
work=$(mktemp -d) || exit 3
trap 'rm -rf "$work"' EXIT
table=harness/test/planted.tsv
of_make() { make --no-print-directory B="$B" VARIANT="${VARIANT:-release}" --eval "of_make: ; @echo '$1'" of_make; }
compile="$(of_make '$(COMPILE)') -O0" link=$(of_make '$(CC) $(FLAGS) -pthread') libs=$(of_make '$(REF_LIBS) -ljansson')
objects=$(of_make '$(sort $(call objects,$(MANAGER_SRC) $(PROXY_SRC)))')

program() { # FOLDER MANAGER|PROXY: links the program of this side with the objects in the folder
  local object own=() old=()
  for object in $objects; do
    case $object in *"/mp$2"* | */common*) [ -e "$1/obj/$(basename "$object")" ] || old+=("$object") ;; esac
  done
  own=("$1"/obj/*.o)
  $link -o "$1/mp$2" "${own[@]}" "${old[@]}" "$build/libmpref.a" $libs
}

make_side() { # FOLDER FILE SIDE: compiles what FILE, altered in FOLDER, is a part of, and links
  local folder=$1 object source
  mkdir -p "$folder/obj"
  grep -lE "(^| )$2( |:|\$)" -r "$build/obj/ref" --include='*.d' | while read -r object; do
    source=${object#"$build/obj/"} source=${source%.d}.c
    [ ! -e "$folder/$source" ] || source=$folder/$source
    ${compile/ -I. / -I$folder -I. } -c -o "$folder/obj/$(basename "${object%.d}").o" "$source" || exit 1
  done && program "$folder" "${3/script/manager}"
}

describe() { # FOLDER NAME: the implementation whose programs are there
  cat >"$1/$2.json" <<END
{"name": "$2", "manager": "$1/mpmanager --address {address} --authkey-file {authkey_file} --compat {compat} --serializer {serializer} --fixtures",
 "proxy": "$1/mpproxy --compat {compat}", "fixtures": true, "xmlrpclib": true, "ours": true}
END
}

pairing() { if [ "$2" = proxy ]; then echo "$1,cpython"; else echo "cpython,$1"; fi; }

by_script() { # FOLDER SCRIPT: a test of the reference, which prints TAP, into FOLDER/log
  B=$1 "$2" >"$1/log" 2>&1
  ! grep -q '^not ok' "$1/log" && grep -q '^ok' "$1/log"
}

plant() { # FOLDER FILE TEXT REPLACEMENT: the altered file; the text must stand in it exactly once
  mkdir -p "$1/$(dirname "$2")"
  TEXT=$3 REPLACEMENT=$4 awk 'BEGIN { RS = "\001" } { n = index($0, ENVIRON["TEXT"]); if (!n) exit 1; rest = substr($0, n + length(ENVIRON["TEXT"]));
    if (index(rest, ENVIRON["TEXT"])) exit 2; printf "%s%s%s", substr($0, 1, n - 1), ENVIRON["REPLACEMENT"], rest }' "$2" >"$1/$2"
}

# A case that holds looks for a tenth of a second whether a call still waits.  Where the machine is so loaded that the planted answer comes later, it
# cannot be seen, so the case is asked again: here red is what must be found.
seen() { # FOLDER SIDE CASE
  for _ in 1 2 3; do
    "$build/mpconform" run "$3" --strict --jobs 1 --deadline 10 --report "$1/report" --impl "$1/planted.json" --pairing "$(pairing planted "$2")" >"$1/log" 2>&1
    [ $? -eq 1 ] && grep -q "^  cpython × cpython.* pass" "$1/log" && ! grep -qE 'quarantined|harness-error' "$1/log" && return
    grep -qF '???' "cases/$3.case" || return 1
  done
  return 1
}

row() { # FOLDER FILE SIDE CASE TEXT REPLACEMENT: writes FOLDER/status, 0 if the defect was seen
  local folder=$1 file=$2 side=$3 case=$4 status=1
  mkdir -p "$folder"
  if ! { plant "$folder" "$file" "$5" "$6" && make_side "$folder" "$file" "$side"; } >"$folder/log" 2>&1; then
    echo "$file: '$5' stands in it exactly once and its replacement compiles" >"$folder/name"
  elif [ "$side" = script ]; then
    by_script "$folder" "$case" || status=0
  else
    describe "$folder" planted
    seen "$folder" "$side" "$case" && status=0
  fi
  echo "$status" >"$folder/status"
}

# Nothing planted: built in the same way from files that are as they were, and judged by the cases of all rows at once.  (`make test` runs the scripts.)
control() {
  local file side case rest cases=()
  while IFS=$'\t' read -r file side case rest; do
    case $file$side in '#'* | *script) ;; *) cases+=("$case") ;; esac
  done <"$table"
  mkdir -p "$work/control/ref/manager" "$work/control/ref/proxy"
  cp ref/manager/stream.c "$work/control/ref/manager/"; make_side "$work/control" ref/manager/stream.c manager
  rm "$work"/control/obj/*
  cp ref/proxy/proxy.c "$work/control/ref/proxy/"; make_side "$work/control" ref/proxy/proxy.c proxy
  describe "$work/control" control
  "$build/mpconform" run "${cases[@]}" --strict --report "$work/control/report" --impl "$work/control/control.json" --pairing control,cpython --pairing cpython,control
}

verdict_of() { # SIDE CASE: what the control showed
  jq -r --arg case "$2" --arg pairing "$(pairing control "$1")" '.results[] | select(.case == $case and "\(.proxy),\(.manager)" == $pairing) | .verdict' "$work/control/report/results.json"
}

n=0
result() { n=$((n + 1)); if [ "$1" -eq 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; sed 's/^/# /' "$3" | tail -n 20; fi; }

room() { while [ "$(jobs -rp | wc -l)" -ge "$processors" ]; do wait -n; done; } # waits until one more may run

rows=$(grep -vc '^#' "$table"); scripts=$(grep -c "^[^#].*$(printf '\t')script$(printf '\t')" "$table")
echo "1..$((2 * rows - scripts))"
processors=$(nproc) i=0
control >"$work/control.log" 2>&1
while IFS=$'\t' read -r file side case text replacement; do
  case $file in '#'*) continue ;; esac
  i=$((i + 1))
  room; row "$work/$i" "$file" "$side" "$case" "$text" "$replacement" &
done <"$table"
wait
i=0
while IFS=$'\t' read -r file side case text replacement; do
  case $file in '#'*) continue ;; esac
  i=$((i + 1))
  if [ "$side" != script ]; then [ "$(verdict_of "$side" "$case")" = pass ]; result $? "$case: green as it is" "$work/control.log"; fi
  name="$case: red with '$text' broken in $file"
  [ ! -e "$work/$i/name" ] || name=$(cat "$work/$i/name")
  result "$(cat "$work/$i/status" 2>/dev/null || echo 1)" "$name" "$work/$i/log"
done <"$table"
