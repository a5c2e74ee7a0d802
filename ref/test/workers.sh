#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The examples that share work between C and Python: a C worker that Python feeds, and a C producer with Python consumers.
. ref/test/servers.bash
find_pythons 3.8 3.11 3.13
echo "1..$((${#pythons[@]} * 4))"
examples=${B:-build}/ref/examples
for entry in "${pythons[@]}"; do
  python=${entry%:*} version=${entry##*:}
  timeout 120 "$python" ref/test/workers.py feed "$examples/work" >"$folder/log" 2>&1
  result $? "workers in C are fed by Python $version" "$folder/log"
  begin "$examples/produce" "unix:$folder/socket" secret 200 2
  timeout 120 "$python" ref/test/workers.py consume "$at" >"$folder/log" 2>&1
  result $? "what C produces Python $version consumes" "$folder/log"
  read -r -t 60 word <&"$said" && [ "$word" = done ]
  result $? "the producer knows that all is done ($version)" "$folder/stderr"
  end
  result $? "and serves until it is stopped ($version)" "$folder/stderr"
done
