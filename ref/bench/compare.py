#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Speed of the four pairings, side by side: each round measures all of them, one after the other, in an order that is turned from round to round, and what is
shown are ratios to CPython × CPython of the same round: the median, and the lowest and highest.  Absolute numbers say more of the machine than of the programs.

    compare.py [--rounds N] [--seconds S] [--corpus N] [--cases SELECTOR…] [--json FILE]

B names the build folder.  --corpus: so many rounds of the whole corpus, too (0: none)."""
import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

KEY = b'bench'
SIDES = ('cpython', 'ref')
BUILD = os.environ.get('B', 'build')
MEASURES = {'create': 'create, drop', 'call': 'small call', 'ints': '10000 ints', 'bytes': '1 MiB bytes', 'corpus': 'corpus'}


def manager(side, folder):
    address, key = 'unix:' + os.path.join(folder, side), os.path.join(folder, 'key')
    command = [sys.executable, '-S', 'oracle/serve.py'] if side == 'cpython' else [BUILD + '/mpmanager', '--compat', '%d.%d' % sys.version_info[:2]]
    process = subprocess.Popen(command + ['--address', address, '--authkey-file', key], stdout=subprocess.PIPE, text=True)
    ready = process.stdout.readline().split()
    if ready[:1] != ['ready']:
        process.terminate()
        sys.exit(f'compare.py: the manager of {side} does not serve')
    return process, ready[1]


def calls(pairing, addresses, seconds):
    proxy, server = pairing
    command = [sys.executable, 'ref/bench/client.py'] if proxy == 'cpython' else [BUILD + '/ref/bench/client']
    done = subprocess.run(command + [addresses[server], KEY.decode(), str(seconds)], stdout=subprocess.PIPE, text=True, check=True)
    return {name: float(rate) for name, rate in map(str.split, done.stdout.splitlines())}


def stock(folder):
    """CPython as an implementation like any other, which is judged by the recordings: a live oracle would run beside every pairing."""
    with open('harness/implementations/cpython.json') as source:
        described = source.read().replace('{python}', sys.executable)
    path = os.path.join(folder, 'stock.json')
    with open(path, 'w') as out:
        json.dump(dict(json.loads(described), name='stock'), out)
    return path


def corpus(pairing, selectors, folder):
    """Runs a second; a failure is an error: what does not work has no speed."""
    names = ','.join('stock' if side == 'cpython' else side for side in pairing)
    start = time.monotonic()
    done = subprocess.run([BUILD + '/mpconform', 'run', *selectors, '--oracle', 'recorded', '--compat', '%d.%d' % sys.version_info[:2], '--impl', stock(folder), '--pairing', names,
                           '--failed-only', '--report', os.path.join(folder, 'report')], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        print(done.stdout[-2000:], file=sys.stderr)
        sys.exit(f'compare.py: {" × ".join(pairing)} fails in the corpus')
    return {'corpus': 1 / (time.monotonic() - start)}


def measure(rounds, pairings, once):
    """{pairing: {measure: [a rate for each round]}}"""
    rates = {pairing: {} for pairing in pairings}
    for number in range(rounds):
        for i in range(len(pairings)):
            pairing = pairings[(i + number) % len(pairings)]
            for name, rate in once(pairing).items():
                rates[pairing].setdefault(name, []).append(rate)
        if sys.stderr.isatty():
            print(f'\rround {number + 1} of {rounds}', end='\n' if number + 1 == rounds else '', file=sys.stderr, flush=True)
    return rates


def show(rates, pairings):
    base = rates[pairings[0]]
    names = [name for name in MEASURES if name in base]
    print(f'{"proxy × manager":18}' + ''.join(f'{MEASURES[name]:>25}' for name in names))
    print(f'{"cpython × cpython":18}' + ''.join(f'{"1 = %.4g/s" % statistics.median(base[name]):>25}' for name in names))
    ratios = {}
    for pairing in pairings[1:]:
        cells = []
        for name in names:
            values = sorted(rate / before for rate, before in zip(rates[pairing][name], base[name]))
            ratios.setdefault(' × '.join(pairing), {})[name] = {'median': statistics.median(values), 'lowest': values[0], 'highest': values[-1]}
            cells.append('%.2f (%.2f to %.2f)' % (statistics.median(values), values[0], values[-1]))
        print(f'{" × ".join(pairing):18}' + ''.join(f'{cell:>25}' for cell in cells))
    return ratios


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--rounds', type=int, default=7)
    parser.add_argument('--seconds', type=float, default=0.25, help='for each measure of a round')
    parser.add_argument('--corpus', type=int, default=3, metavar='ROUNDS')
    parser.add_argument('--cases', nargs='*', default=[], metavar='SELECTOR', help='only these of the corpus')
    parser.add_argument('--json', metavar='FILE', help='write the ratios there, too')
    options = parser.parse_args()
    pairings = [(proxy, server) for proxy in SIDES for server in SIDES]
    managers = {}
    with tempfile.TemporaryDirectory(prefix='mpconform-bench-') as folder:
        with open(os.path.join(folder, 'key'), 'w') as key:
            key.write(KEY.hex())
        try:
            for side in SIDES:
                managers[side] = manager(side, folder)
            addresses = {side: address for side, (_, address) in managers.items()}
            print(f'CPython {sys.version.split()[0]}, {options.rounds} rounds, ratios to cpython × cpython of the same round: median (lowest to highest); more is faster')
            ratios = show(measure(options.rounds, pairings, lambda pairing: calls(pairing, addresses, options.seconds)), pairings)
        finally:
            for process, _ in managers.values():
                process.terminate()
                process.wait()
        if options.corpus:
            print(f'\n{" ".join(options.cases) or "the whole corpus"}, {options.corpus} rounds')
            for pairing, found in show(measure(options.corpus, pairings, lambda pairing: corpus(pairing, options.cases, folder)), pairings).items():
                ratios[pairing].update(found)
    if options.json:
        with open(options.json, 'w') as out:
            json.dump(ratios, out, indent=2)


if __name__ == '__main__':
    main()
