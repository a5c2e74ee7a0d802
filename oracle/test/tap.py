# SPDX-License-Identifier: MIT
"""Runs the oracle's unit tests in every CPython that is found, and prints TAP.

    tap.py                 all test modules in each interpreter, one process each
    tap.py --inside NAME…  these modules in this interpreter

Interpreters are python3, those of MPCONFORM_PYTHONS (paths with colons between), of PATH and of pyenv's folder, one of each version.
"""

import concurrent.futures
import glob
import os
import subprocess
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
EVERYWHERE = ['test_typed', 'test_drive']
ONCE = ['test_commands', 'test_bugs']       # in the first interpreter only


class Lines(unittest.TestResult):
    """One TAP line for each test, without number."""

    def report(self, word, test, text=''):
        print('%s - python %d.%d %s' % ((word,) + tuple(sys.version_info[:2]) + (test.id(),)))
        for line in text.rstrip('\n').split('\n') if text else ():
            print('# ' + line)
        sys.stdout.flush()

    def addSuccess(self, test):
        self.report('ok', test)

    def addFailure(self, test, error):
        super().addFailure(test, error)
        self.report('not ok', test, self.failures[-1][1])

    def addError(self, test, error):
        super().addError(test, error)
        self.report('not ok', test, self.errors[-1][1])

    def addSkip(self, test, reason):
        self.report('not ok', test, 'skipped, which is not green: ' + reason)

    def addSubTest(self, test, subtest, error):
        super().addSubTest(test, subtest, error)
        if error is not None:
            self.report('not ok', subtest, (self.failures + self.errors)[-1][1])


def inside(modules):
    sys.path.insert(0, HERE)
    suite = unittest.defaultTestLoader.loadTestsFromNames(modules)
    result = suite.run(Lines())
    print('ran %d' % result.testsRun)
    return 0 if result.wasSuccessful() else 1


def interpreters():
    """One interpreter for each version, python3 first."""
    found = {}
    candidates = ['python3'] + [python for python in os.environ.get('MPCONFORM_PYTHONS', '').split(os.pathsep) if python]
    for folder in os.environ.get('PATH', '').split(os.pathsep):
        candidates += sorted(glob.glob(os.path.join(glob.escape(folder), 'python3.[0-9]*')))
    candidates += sorted(glob.glob(os.path.join(os.environ.get('PYENV_ROOT', os.path.expanduser('~/.pyenv')), 'versions', '3.*', 'bin', 'python3')))
    for python in candidates:
        if python.endswith(('config', '.py')):
            continue
        ask = subprocess.run([python, '-c', 'import sys; print(sys.version_info[0], sys.version_info[1], sys.implementation.name)'],
                             stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, universal_newlines=True)
        if ask.returncode == 0:
            major, minor, name = ask.stdout.split()
            if (int(major), int(minor)) >= (3, 8):
                found.setdefault((name, int(minor)), python)
    return list(found.values())


def child(numbered):
    """The TAP lines of one interpreter, a failure for a process that did not come to its end."""
    number, python = numbered
    modules = EVERYWHERE + (ONCE if number == 0 else [])
    run = subprocess.run([python, '-S', '-B', os.path.join(HERE, 'tap.py'), '--inside'] + modules, stdout=subprocess.PIPE,
                         universal_newlines=True, env=dict(os.environ, ORACLE_PYTHON=python))
    lines = run.stdout.splitlines()
    if run.returncode not in (0, 1) or not any(line.startswith('ran ') for line in lines):
        lines.append('not ok - %s ended early with status %d' % (python, run.returncode))
    return [line for line in lines if not line.startswith('ran ')]


def outside():
    count = failed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for lines in pool.map(child, enumerate(interpreters())):
            for line in lines:
                if line.startswith(('ok ', 'not ok ')):
                    count += 1
                    failed += line.startswith('not ')
                    line = line.replace(' - ', ' %d - ' % count, 1)
                print(line, flush=True)
    if count == 0:
        count, failed = 1, 1
        print('not ok 1 - no CPython from 3.8 up was found')
    print('1..%d' % count)
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(inside(sys.argv[2:]) if sys.argv[1:2] == ['--inside'] else outside())
