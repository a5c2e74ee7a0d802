#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# --oracle recorded needs no Python: it runs where every Python that could be found is a decoy that tells of being called, and in a file system that has
# nothing but the programs, the cases, a shell and their libraries.  TAP.
. harness/test/tap.bash
selected=(list lock barrier frame proxy-auth)
count=$("$conform" list "${selected[@]}" | wc -l)
decoys=$work/decoys; mkdir "$decoys"
for name in python python3 python3.{8..15} pypy3; do printf '#!/bin/sh\necho "$0 $*" >>%s\nexit 1\n' "$work/called" >"$decoys/$name"; done
chmod +x "$decoys"/*

green() { # NAME: the run that $out and $status tell of was green, and most of it was judged
  [ "$status" -eq 0 ] && [ "$(sed -nE 's/^([0-9]+) passed, 0 failed$/\1/p' <<<"$out")" -gt $((count / 2)) ]
  result $? "$1" "status $status
$out"
}

echo '# decoys'
out=$(env -i PATH="$decoys" TMPDIR="$work" "$conform" run "${selected[@]}" --oracle recorded --pairing ref,ref --strict --report "$work/report" 2>&1); status=$?
green 'a run by the recordings alone is green'
[ ! -e "$work/called" ]; result $? 'and starts no Python' "$(cat "$work/called" 2>/dev/null)"
jq -e '.header.oracle == null' "$work/report/results.json" >/dev/null; result $? 'and its report says that there was no live oracle'
env -i PATH="$decoys" TMPDIR="$work" "$conform" merge "$work/report" --report "$work/merged" >/dev/null 2>&1; result $? 'nor does merging need one'
out=$(env -i PATH="$decoys" TMPDIR="$work" "$conform" run "${selected[@]}" --report "$work/report" 2>&1); status=$?
[ "$status" -eq 3 ] && grep -q 'oracle recorded needs no Python' <<<"$out" && [ -s "$work/called" ]
result $? 'where the oracle is asked for, the decoys are found and the run says what to do' "status $status
$out"

echo '# a machine without Python'
root=$work/root
mkdir -p "$root/tmp" "$root/bin" "$root/dev" "$root/project/harness"
head -c 4096 /dev/urandom >"$root/dev/urandom" # for keys; a device can not be made everywhere
cp -r cases "$root/project/"; cp -r harness/implementations "$root/project/harness/"; cp "$bin"/mpconform "$bin"/mpmanager "$bin"/mpproxy "$root/bin/"
cp -L /bin/sh "$root/bin/sh"
for library in $(ldd "$root"/bin/* | grep -oE '/[^ ]+' | grep -v ':$' | sort -u); do mkdir -p "$root$(dirname "$library")"; cp -L "$library" "$root$library"; done
into=(chroot); [ "$(id -u)" -eq 0 ] || into=(unshare -r chroot)
if [ "${VARIANT:-release}" = release ] && "${into[@]}" "$root" /bin/sh -c true 2>"$work/why"; then
  inside() { out=$("${into[@]}" "$root" /bin/sh -c "cd /bin && TMPDIR=/tmp MPCONFORM_HOME=/project PATH=/bin exec mpconform $*" 2>&1); status=$?; }
  inside run "${selected[@]}" --oracle recorded --pairing ref,ref --strict --report /tmp/report
  green 'the same run there'
  inside run list --report /tmp/report
  [ "$status" -eq 3 ]; result $? 'which really has none' "status $status
$out"
else
  echo "# no other root here: $(cat "$work/why" 2>/dev/null)"
fi
plan
