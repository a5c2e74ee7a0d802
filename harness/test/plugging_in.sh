#!/bin/sh
# SPDX-License-Identifier: MIT
# The walk of PLUGGING-IN.md and the short one of README.md: their commands are run as they stand there, and print what stands there.  TAP; the programs are taken from $B.
exec python3 -B harness/test/plugging_in.py
