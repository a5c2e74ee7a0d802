#!/bin/sh
# SPDX-License-Identifier: MIT
# The C validator against another one, on what real adapters and the harness say to each other and on hundreds of changed messages; and what
# --validate says of adapters that break the protocol.  TAP; the programs are taken from $B.
exec python3 -B harness/test/schema.py
