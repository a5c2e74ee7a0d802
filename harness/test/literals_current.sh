#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The vectors of literals are what their generator makes with the Python at hand: neither edited by hand nor out of date.  TAP.
set -u
echo '1..1'
if python3 oracle/vectors_literals.py | cmp - harness/test/vectors/literals.txt >&2; then
  echo 'ok 1 - vectors/literals.txt is what oracle/vectors_literals.py writes'
else
  echo 'not ok 1 - vectors/literals.txt is what oracle/vectors_literals.py writes'; exit 1
fi
