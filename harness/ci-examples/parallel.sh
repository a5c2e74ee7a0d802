#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# GNU parallel: SHARDS shards on this machine, or on those of `parallel --sshlogin` that share the folder; then one verdict.
# Usage: SHARDS=4 parallel.sh [OPTIONS and SELECTORS of `mpconform run`]
set -u
mpconform=${MPCONFORM:-build/mpconform} shards=${SHARDS:-4} reports=${REPORTS:-reports}
rm -rf "$reports"/shard-*
# What a shard exits with is in its report: whether all is green, the merge tells.  --quote: options keep their blanks.
seq "$shards" | parallel --quote --will-cite "$mpconform" run "$@" --jobs 1 --shard "{}/$shards" --report "$reports/shard-{}"
exec "$mpconform" merge "$reports"/shard-* --report "$reports/latest"
