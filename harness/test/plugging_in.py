# SPDX-License-Identifier: MIT
"""Runs the commands of the documents' console blocks, in a folder that looks like the project's, and compares what they print.  TAP.

A block is ```console; a line that begins with "$ " is a command, and what follows is its standard output: … stands for anything in a line, and a line … for any lines."""
import os
import re
import shutil
import subprocess
import sys
import tempfile

from results import plan, result

HOME = os.path.realpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), '../..'))
BUILD = os.path.join(os.getcwd(), os.environ.get('B', 'build'))
DOCUMENTS = ['harness/PLUGGING-IN.md', 'README.md']


def commands(path):
    """(command, the lines that it prints) in the order of the document."""
    with open(os.path.join(HOME, path), encoding='utf-8') as source:
        blocks = re.findall(r'^```console\n(.*?)^```', source.read(), re.MULTILINE | re.DOTALL)
    for block in blocks:
        for part in re.split(r'^\$ ', block, flags=re.MULTILINE)[1:]:
            command, *printed = part.rstrip('\n').split('\n')
            yield command, printed


def expression(printed):
    """What the lines match."""
    return ''.join('(?:.*\n)*?' if line == '…' else '.*'.join(map(re.escape, line.split('…'))) + '\n' for line in printed)


def walk(path, folder):
    """Runs the document's commands one after another in a folder of their own."""
    for name in ('cases', 'harness', 'oracle', 'reports', 'SPEC.md', 'ref'):
        os.symlink(os.path.join(HOME, name), os.path.join(folder, name))
    os.unlink(os.path.join(folder, 'reports'))
    os.symlink(BUILD, os.path.join(folder, 'build'))
    some = False
    for command, printed in commands(path):
        some = True
        run = subprocess.run(['bash', '-c', command], cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True,
                             env=dict(os.environ, MPCONFORM_HOME=folder, TMPDIR=folder))
        result(re.fullmatch(expression(printed), run.stdout), f'{path}: {command}', f'wanted:\n' + '\n'.join(printed) + f'\nprinted:\n{run.stdout}{run.stderr}')
    result(some, f'{path} has commands')


result(re.fullmatch(expression(['a', '…', 'b … d']), 'a\nx\ny\nb c d\n') and not re.fullmatch(expression(['a', 'b']), 'a\nc\n'), 'what is printed otherwise is seen')
for document in DOCUMENTS:
    scratch = tempfile.mkdtemp(prefix='walk-')
    try:
        walk(document, scratch)
        if document == DOCUMENTS[0]:
            result(os.path.getsize(os.path.join(scratch, 'reports/latest/index.html')) > 1000, 'the report page is where the document says')
    finally:
        shutil.rmtree(scratch)
sys.exit(plan())
