#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Each test that README.md names for a false green is in the file that it names.  TAP.
. harness/test/tap.bash
while IFS='|' read -r _ what name file _; do
  name=$(sed -E 's/^ *`//; s/` *$//' <<<"$name") file=$(tr -d ' `' <<<"$file")
  grep -qF -- "$name" "harness/test/$file"; result $? "$file: $name" "no such test there, for: $what"
done < <(grep -E '\| `[a-z_]+\.sh` \|$' harness/test/README.md)
[ "$number" -ge 30 ]; result $? 'the table was read' "$number rows"
plan
