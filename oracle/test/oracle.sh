#!/bin/sh
# SPDX-License-Identifier: MIT
# The oracle's own tests, as TAP: in python3, and the same in every other CPython that is found.
exec python3 -B "$(dirname "$0")/tap.py"
