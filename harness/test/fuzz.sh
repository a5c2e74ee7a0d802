#!/usr/bin/env bash
# A defect that a fuzz target has is found by mutation and can be seen again: with the input that failed, which is left behind.  Prints TAP.
set -u
target=$(realpath "${B:-build}/harness/test/peer_fuzz")
work=$(mktemp -d) || exit 3
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 3
number=0
result() { number=$((number + 1)); if [ "$1" -eq 0 ]; then echo "ok $number - $2"; else echo "not ok $number - $2"; sed 's/^/# /' out; fi; }
echo 1..10
"$target" >out 2>&1 && [ "$(tail -n 1 out)" = 'ok 1 - 4000 inputs made of 2 seeds' ]
result $? 'nothing is wrong without a defect'
for way in abort fault hang; do
  rm -f fuzz-peer.input
  ! PEER_FUZZ=$way "$target" >out 2>&1 && ! grep -q '^ok' out && grep -q 'fuzz-peer.input: give it as argument' out
  result $? "$way: found, and it says where the input is"
  [ "$(cat fuzz-peer.input)" = cdab ]
  result $? "$way: the input is the one that failed"
  ! PEER_FUZZ=$way "$target" fuzz-peer.input >out 2>&1 && "$target" fuzz-peer.input >out 2>&1
  result $? "$way: it fails again, and no more once the defect is gone"
done
