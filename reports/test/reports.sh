#!/bin/sh
# SPDX-License-Identifier: MIT
# The reports of real runs: every event conforms to schema.json, and every rendering counts the same.  TAP; the programs are taken from $B.
exec python3 -B reports/test/reports.py
