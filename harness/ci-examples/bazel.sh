#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What BUILD.bazel runs, once for each shard.
set -u
exec "${MPCONFORM:-build/mpconform}" run "$@" --strict --report "${TEST_UNDECLARED_OUTPUTS_DIR:-reports/latest}"
