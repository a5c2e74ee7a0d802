#!/bin/sh
# SPDX-License-Identifier: MIT
# mpproxy beside the oracle's adapter, request by request.  B names the build folder.
exec python3 -B ref/test/adapter.py "${B:-build}/mpproxy"
