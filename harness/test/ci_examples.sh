#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The examples for CI systems do what they say: scripts are run, with what the system would set, and each command of a YAML file is one that mpconform takes.  TAP.
. harness/test/tap.bash
examples=harness/ci-examples
counting_cases few 12
few=(--cases "$work/few" --oracle recorded --pairing 'ref,ref')
export MPCONFORM=$conform REPORTS=$work/reports
takes() { # NAME COMMAND…: mpconform takes this command line: --help comes last, so all that is before it was read
  local name=$1; shift
  out=$("$@" --help 2>&1); status=$?
  [ "$status" -eq 0 ] && grep -q "^mpconform $2 " <<<"$out"; result $? "$name" "$* --help: status $status
$out"
}
takes 'a command that is right is taken' "$conform" run --shard 1/4
out=$("$conform" run --shards 1/4 --help 2>&1); [ $? -eq 2 ]; result $? 'and one with an option that does not exist is not'

echo '# GNU parallel'
whole() { # NAME STATUS LINE: what the merged report in $REPORTS/latest shows
  [ "$status" -eq "$2" ] && grep -qx "$3" <<<"$out" && [ "$(jq '.header.merged | length' "$REPORTS/latest/results.json")" -ge 2 ] && [ "$(jq .header.cases "$REPORTS/latest/results.json")" -eq 12 ]
  result $? "$1" "status $status
$out"
}
by_parallel() { rm -rf "$REPORTS"; out=$(SHARDS=3 $examples/parallel.sh "${few[@]}" 2>&1); status=$?; }
by_parallel; whole 'three shards, one green report' 0 '12 passed, 0 failed'
sed -i 's/^1$/2/' "$work/few/t/c5.case"
by_parallel; whole 'one failure in one shard is one of the whole' 1 '11 passed, 1 failed'
counting_cases few 12
printf '#!/bin/sh\ncase "$*" in *2/3*) exit 0 ;; esac\nexec %s "$@"\n' "$conform" >"$work/loses"; chmod +x "$work/loses"
rm -rf "$REPORTS"; out=$(MPCONFORM=$work/loses SHARDS=3 $examples/parallel.sh "${few[@]}" 2>&1); status=$?
[ "$status" -eq 2 ] && grep -q 'shard 2 of 3 is missing' <<<"$out" && [ ! -e "$REPORTS/latest/results.json" ]; result $? 'a shard that is lost is not green, though it said so' "status $status
$out"

echo '# a Slurm array'
by_slurm() { # FIRST COUNT: as Slurm would start the tasks; then the command of the job for the verdict
  local id
  rm -rf "$REPORTS"; statuses=
  for id in $(seq "$1" $(($1 + $2 - 1))); do
    SLURM_ARRAY_TASK_ID=$id SLURM_ARRAY_TASK_MIN=$1 SLURM_ARRAY_TASK_COUNT=$2 $examples/slurm.sbatch "${few[@]}" >"$work/log" 2>&1; statuses+=$?
  done
  out=$(eval "$(sed -nE "s/^#.* --wrap '(build\/)?mpconform ([^']*)'\$/\$conform \2/p" $examples/slurm.sbatch | sed "s,reports/,$REPORTS/,g")" 2>&1); status=$?
}
by_slurm 1 3; whole 'tasks from 1' 0 '12 passed, 0 failed'
[ "$statuses" = 000 ]; result $? 'each of them green' "$statuses
$(cat "$work/log")"
by_slurm 0 3; whole 'tasks from 0' 0 '12 passed, 0 failed'

echo '# Bazel'
for k in 0 1 2; do
  mkdir -p "$work/outputs.$k"
  TEST_SHARD_INDEX=$k TEST_TOTAL_SHARDS=3 TEST_SHARD_STATUS_FILE="$work/status.$k" TEST_UNDECLARED_OUTPUTS_DIR="$work/outputs.$k" $examples/bazel.sh "${few[@]}" >"$work/log" 2>&1 &&
    [ -e "$work/status.$k" ] && [ -s "$work/outputs.$k/junit.xml" ]; result $? "shard $k is green, and Bazel is told of it" "$(cat "$work/log")"
done
expect 'they can be merged' 0 '12 passed, 0 failed' merge "$work"/outputs.* --report "$REPORTS/latest"

echo '# YAML'
cat >"$work/commands.py" <<'END'
"""The commands of mpconform in the steps of a file of GitHub or GitLab, one a line, with values for what the system fills in."""
import re
import sys

import yaml

with open(sys.argv[1], encoding='utf-8') as source:
    root = yaml.safe_load(source)
jobs = root['jobs'] if 'jobs' in root else {name: job for name, job in root.items() if isinstance(job, dict)}
assert set(jobs) == set(sys.argv[2:]), list(jobs)
for job in jobs.values():
    for step in job.get('steps', [{'run': line} for line in job.get('script', [])]):
        for line in step.get('run', '').split('\n'):
            if 'mpconform' in line:
                print(re.sub(r'\$\{\{ matrix\.shard \}\}|\$CI_NODE_INDEX', '2', line))
END
yaml=python3; "$yaml" -c 'import yaml' 2>/dev/null || yaml=/usr/bin/python3
commands() { # FILE COUNT JOB…: each command is taken, and there are so many
  local file=$1 count=$2 line found; shift 2
  found=$("$yaml" "$work/commands.py" "$examples/$file" "$@" 2>&1); status=$?
  [ "$status" -eq 0 ] && [ "$(wc -l <<<"$found")" -eq "$count" ]; result $? "$file is YAML with the jobs $* and $count commands of mpconform" "$found"
  while read -r line; do eval "takes '$file: a command that mpconform takes' ${line/build\/mpconform/\$conform}"; done <<<"$found"
}
commands github.yml 2 shard verdict
commands gitlab.yml 2 shards verdict
plan
