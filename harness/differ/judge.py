# SPDX-License-Identifier: MIT
"""Plays sessions on every pairing of CPython and the reference: they become cases, CPython's results are recorded, and `mpconform run` judges."""
import json
import os
import re
import shutil
import subprocess
import tempfile

HEADER = '# %s\n# clauses: CALL-1\n# level: de-facto\n%s\n'
REFUSED = re.compile(r'^(\S+/differ/[0-9]+\.case):[0-9:]+ error', re.M)
DEADLINE = '5'     # of a step; nothing that is drawn waits for long
BAD = ('fail', 'wording', 'crash', 'hang', 'harness-error')


class Broken(Exception):
    """The harness could not do what it was asked for."""


class Refused(Broken):
    """The case format does not have these cases: their paths."""


class Difference:
    """How a session differs first."""

    def __init__(self, result, step):
        self.pairing = '%s,%s' % (result['proxy'], result['manager'])
        self.verdict, self.step = result['verdict'], step
        self.reason = result.get('reason', '')

    def kind(self):
        """What is common to differences of the same cause, roughly: sides, verdict, and the words of what was seen without what is in quotes or brackets."""
        bare = re.sub(r"'[^']*'|[0-9.e+-]+", '_', re.sub(r'^line [0-9]+: ', '', self.reason))
        return self.pairing, self.verdict, ' '.join(part[:45] for part in bare.partition(', observed '))


class Judge:
    """Judges by one CPython.  `options` go to `mpconform run`."""

    def __init__(self, build, python, jobs=1, options=()):
        self.conform, self.python, self.jobs, self.options = os.path.join(build, 'mpconform'), python, str(jobs), list(options)
        self.played = self.unstable = self.refused = 0

    def run(self, *arguments):
        done = subprocess.run([self.conform, *arguments, '--jobs', self.jobs, '--deadline', DEADLINE], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True)
        if done.returncode == 2 and REFUSED.search(done.stdout):
            raise Refused(REFUSED.findall(done.stdout))
        if done.returncode not in (0, 1):
            raise Broken('mpconform %s: exit status %d\n%s' % (' '.join(arguments), done.returncode, done.stdout))
        return done.stdout

    def differences(self, sessions):
        """For each session, a list of lines, its first difference or None.  One that CPython itself does not play alike twice has none; one
        that cannot go on, since a name that it needs was not bound, is cut there."""
        folder = tempfile.mkdtemp(prefix='differ-')
        try:
            return self.judge(folder, sessions)
        finally:
            shutil.rmtree(folder)

    def judge(self, folder, sessions):
        cases = os.path.join(folder, 'cases')
        os.makedirs(os.path.join(cases, 'differ'))
        paths = [os.path.join(cases, 'differ', '%d.case' % i) for i in range(len(sessions))]
        for path, session in zip(paths, sessions):
            write(path, session)
        try:
            unstable = self.record(cases)
        except Refused as refused:  # all that are malformed are named at once
            for path in set(refused.args[0]):
                os.remove(path)
            self.refused += len(set(refused.args[0]))
            unstable = self.record(cases) if os.listdir(os.path.join(cases, 'differ')) else {}
        again = [i for i, path in enumerate(paths) if unstable.get(path)]
        for i in again:
            del sessions[i][step_of(paths[i], unstable.pop(paths[i])):]
            write(paths[i], sessions[i])
        if again:
            unstable.update(self.record(cases, ['differ/%d' % i for i in again]))
        for path in unstable:
            os.remove(path)
        self.played += len(sessions)
        self.unstable += len(unstable)
        return self.compare(folder, cases, paths) if os.listdir(os.path.join(cases, 'differ')) else [None] * len(sessions)

    def compare(self, folder, cases, paths):
        report = os.path.join(folder, 'report')
        self.run('run', '--strict', '--cases', cases, '--oracle', self.python, '--report', report, *self.options)
        found = [None] * len(paths)
        with open(os.path.join(report, 'results.json')) as file:
            for result in json.load(file)['results']:
                i = int(result['case'].rpartition('/')[2])
                if result['verdict'] in BAD and found[i] is None:
                    found[i] = Difference(result, step_of(paths[i], re.match(r'line ([0-9]+): |', result.get('reason', '')).group(1)))
                self.unstable += result['verdict'] == 'quarantined' and result['pairing'] == 0
        return found

    def record(self, cases, selected=()):
        """Records; returns what could not be: path to line, which is that of the first step that was not reached if that is why, else 0."""
        said = self.run('record', '--cases', cases, '--python', self.python, *selected)
        cut = dict(re.findall(r'^(\S+/differ/[0-9]+\.case):1: .* line ([0-9]+) was not reached', said, re.M))
        return {path: int(cut.get(path, 0)) for path in re.findall(r'^(\S+/differ/[0-9]+\.case):', said, re.M)}

    def text(self, session, title):
        """The text of a case file with the results of this CPython."""
        folder = tempfile.mkdtemp(prefix='differ-')
        try:
            os.mkdir(os.path.join(folder, 'differ'))
            path = os.path.join(folder, 'differ', '1.case')
            write(path, session, title)
            self.record(folder)
            with open(path) as file:
                return file.read()
        finally:
            shutil.rmtree(folder)


def write(path, session, title='A session that was drawn.'):
    with open(path, 'w') as file:
        file.write(HEADER % (title, '# manager: fresh\n' if any('_number_of_objects' in line for line in session) else '') + '\n'.join(session) + '\n')


def step_of(path, line):
    """The number of the step at this line of a case, from 0; None if no line is named."""
    if not line:
        return None
    with open(path) as file:
        return sum('>>> ' in text for text in file.read().split('\n')[3:int(line)]) - 1
