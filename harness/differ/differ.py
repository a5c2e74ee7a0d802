# SPDX-License-Identifier: MIT
"""Looks for what the corpus does not see: plays random sessions on CPython and the reference, and writes each difference as a case.

Exit status: 0 no difference, 1 a difference, 2 wrong usage, 3 the sessions could not be judged.
"""
import argparse
import os
import sys

from judge import Broken, Judge
from sessions import TYPES, make
from shrink import shrink

BATCH = 100


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--seed', default='1', help='what the sessions are drawn from: the same seed, the same sessions')
    parser.add_argument('--first', type=int, default=0, help='the number of the first session')
    parser.add_argument('--count', type=int, default=200, help='how many sessions for each CPython')
    parser.add_argument('--steps', type=int, default=20, help='how long a session is')
    parser.add_argument('--python', action='append', help='a CPython that is the truth (default: python3); may be repeated')
    parser.add_argument('--types', default='', help='only objects of these typeids, separated by commas')
    parser.add_argument('--jobs', type=int, default=1)
    parser.add_argument('--most', type=int, default=20, help='stop after so many kinds of difference')
    parser.add_argument('--output', help='a folder for the cases of the differences (default: only print them)')
    parser.add_argument('--draw', action='store_true', help='only print the sessions')
    parser.add_argument('options', nargs='*', help='behind --: options of `mpconform run`, such as --impl')
    given = parser.parse_args()
    given.types = [name for name in given.types.split(',') if name]
    unknown = [name for name in given.types if name not in TYPES]
    if unknown:
        parser.error('no type %s: there are %s' % (', '.join(unknown), ', '.join(TYPES)))
    if min(given.count, given.steps, given.jobs, given.most) < 1 or given.first < 0:
        parser.error('--count, --steps, --jobs and --most are positive numbers, --first is not negative')
    given.python = given.python or ['python3']
    return given


class Findings:
    """The differences that were told, each kind once: before and after shrinking, since many become the same only then."""

    def __init__(self, given):
        self.given, self.kinds, self.count = given, set(), 0

    def full(self):
        return self.count >= self.given.most

    def add(self, judge, number, session, difference):
        if self.full() or difference.kind() in self.kinds:
            return
        first = difference.kind()
        session, difference = shrink(judge, session, difference)
        known = difference.kind() in self.kinds
        self.kinds |= {first, difference.kind()}
        if not known:
            self.count += 1
            self.tell(judge, number, session, difference)

    def tell(self, judge, number, session, difference):
        text = judge.text(session, 'Seed %s, session %d, as %s plays it.' % (self.given.seed, number, os.path.basename(judge.python)))
        print('\n%s: %s\n  %s' % (difference.pairing, difference.verdict, difference.reason))
        print('\n'.join('    ' + line for line in text.rstrip('\n').split('\n')), flush=True)
        if self.given.output:
            folder = os.path.join(self.given.output, 'differ')
            os.makedirs(folder, exist_ok=True)
            with open(os.path.join(folder, '%d.case' % self.count), 'w') as file:
                file.write(text)


def draw(given, number):
    return make('%s %d' % (given.seed, number), given.types, given.steps)


def compare(given, judge, findings):
    """Plays all sessions with one CPython."""
    end = given.first + given.count
    for begin in range(given.first, end, BATCH):
        numbers = range(begin, min(begin + BATCH, end))
        sessions, refused = [draw(given, number) for number in numbers], judge.refused
        differences = judge.differences(sessions)
        if judge.refused > refused:
            raise Broken('the case format does not have %d of the sessions from %d to %d that were drawn: mend sessions.py' % (judge.refused - refused, begin, numbers[-1]))
        for number, session, difference in zip(numbers, sessions, differences):
            if difference:
                findings.add(judge, number, session, difference)
        if findings.full():
            return


def main():
    given = arguments()
    if given.draw:
        for number in range(given.first, given.first + given.count):
            print('\n'.join(draw(given, number)), end='\n\n')
        return 0
    findings, played, unstable = Findings(given), 0, 0
    for python in given.python:
        judge = Judge(os.environ.get('B', 'build'), python, given.jobs, given.options)
        compare(given, judge, findings)
        played, unstable = played + judge.played, unstable + judge.unstable
    print('%d sessions of seed %s on %d CPython(s), those of shrinking included; %d were not alike twice in CPython; %d kinds of difference' %
          (played, given.seed, len(given.python), unstable, findings.count))
    return 1 if findings.count else 0


if __name__ == '__main__':
    try:
        sys.exit(main())
    except Broken as broken:
        print('differ: %s' % broken, file=sys.stderr)
        sys.exit(3)
