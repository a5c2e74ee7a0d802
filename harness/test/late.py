# SPDX-License-Identifier: MIT
"""An adapter whose requests arrive late: it starts another one and passes on what it is told, after a while.

    late.py others|first MILLISECONDS COMMAND…

`others` are the clients of a case that begin with what another handed to them, `first` is the one that is not.
"""
import json
import subprocess
import sys
import time

who, seconds = sys.argv[1], float(sys.argv[2]) / 1000
adapter = subprocess.Popen(sys.argv[3:], stdin=subprocess.PIPE)
fresh, late = True, False
for line in sys.stdin.buffer:
    operation = json.loads(line).get('op')
    if operation in ('connect', 'reset'):
        fresh, late = True, False
    elif operation != 'hello':
        if fresh:
            fresh, late = False, (operation == 'import') == (who == 'others')
        if late:
            time.sleep(seconds)
    adapter.stdin.write(line)
    adapter.stdin.flush()
adapter.stdin.close()
sys.exit(adapter.wait())
