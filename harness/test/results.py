# SPDX-License-Identifier: MIT
"""Results of a test program as TAP.  The program ends with `sys.exit(results.plan())`."""
number = failed = 0


def result(good, name, why=''):
    global number, failed
    number += 1
    failed += not good
    print(f'{"ok" if good else "not ok"} {number} - {name}', flush=True)
    if not good:
        print('\n'.join('# ' + line for line in str(why)[:4000].split('\n')), flush=True)


def plan():
    """Prints how many results there were; the exit status."""
    print(f'1..{number}')
    return int(failed > 0)
