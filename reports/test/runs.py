# SPDX-License-Identifier: MIT
"""Real runs with every verdict, every member of every event, and texts that the formats must escape."""
import json
import os
import subprocess

HOME = os.path.realpath(os.path.join(os.path.dirname(__file__), '../..'))
HEAD = '# clauses: CALL-1\n# level: documented\n'
NASTY = '''<b> & "c" `d` | e * _f_ ]]> #'''
CASES = {
    'good': f'# Nothing is wrong: {NASTY} \u2028.\n{HEAD}\n>>> 1 + 1\n2\n',
    'call': f'# A call, {NASTY}.\n{HEAD}\n>>> l = manager.list([1])\n>>> l._callmethod(\'__len__\')\n1\n',
    'old': f'# Elsewhere.\n{HEAD}# versions: -3.8\n\n>>> 1 + 1\n',
    'wrong': f'# The recording is wrong.\n{HEAD}\n>>> 1 + 1\n\'{NASTY}\'\n',
    'allowed': f'# It may differ.\n{HEAD}# differs: liar: it was made so\n\n>>> l = manager.list([1])\n>>> l._callmethod(\'__len__\')\n1\n',
    'known': f'# It is known to fail.\n{HEAD}\n>>> l = manager.list([1])\n>>> l._callmethod(\'__len__\')\n1\n',
    'mended': f'# It is said to fail.\n{HEAD}\n>>> 2 + 2\n4\n',
    'worded': f'# A message is worded differently.\n{HEAD}\n>>> l = manager.list()\n>>> l.pop()\nraises IndexError(\'pop from an empty list\')\n',
    'unrecorded': f'# Nothing is recorded.\n{HEAD}\n>>> l = manager.list()\n>>> l.pop()\n',
    'now-and-then': f'# It fails now and then.\n{HEAD}\n>>> l = manager.list([1])\n>>> l._callmethod(\'__len__\')\n1\n',
    'left': f'# An object stays.\n{HEAD}\n>>> l = manager.list()\n>>> manager._incref(l)\nNone\n',
}
MODES = {'liar': 'lie:callmethod', 'hangs': 'hang:callmethod', 'dies': 'die:callmethod', 'babbles': 'garbage:callmethod', 'ends-badly': 'exits-badly-at-end'}


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'w', encoding='utf-8') as out:
        out.write(text)
    return path


def make(build, work):
    """Runs; the folders of their reports, by name."""
    adapter, drive = os.path.join(build, 'harness/test/peer_adapter'), 'python3 -S {home}/oracle/drive.py'
    loud = write(os.path.join(work, 'loud'), f'#!/bin/sh\ncat >&2 <<"END"\n{NASTY}\nEND\nexec "$@"\n')
    os.chmod(loud, 0o700)
    for name, text in CASES.items():
        write(os.path.join(work, 'cases/t', name + '.case'), text)
    manager = f'{loud} python3 -S {{home}}/oracle/serve.py --address {{address}} --authkey-file {{authkey_file}} --fixtures'
    chosen = []
    for name, mode in MODES.items():
        chosen += ['--impl', write(os.path.join(work, name + '.json'), json.dumps({'name': name, 'proxy': f'{loud} {adapter} {mode} {drive}'}))]
    chosen += ['--impl', write(os.path.join(work, 'server.json'), json.dumps({'name': 'loud-server', 'manager': manager, 'fixtures': True}))]
    who = {'owner': 'ann', 'link': 'https://example.org/1', 'expires': '2999-12-31'}
    entries = [{'case': 't/known', 'fingerprint': '000000000000', **who}, {'case': 't/mended', 'fingerprint': '000000000000', **who},
               {'case': 't/now-and-then', 'fingerprint': '000000000000', 'flaky': {'failures': 9, 'runs': 10}, **who}]
    known = write(os.path.join(work, 'known.json'), json.dumps({'implementation': 'liar', 'failures': entries}))
    pairings = [part for name in MODES for part in ('--pairing', name + ',cpython')] + ['--pairing', 'liar,loud-server', '--pairing', 'dies,loud-server']
    folders = {name: os.path.join(work, name) for name in ('first', 'everything', 'strict', 'recorded', 'green', 'shard1', 'shard2', 'merged', 'often', 'noted')}
    run(build, work, folders['first'], *chosen, '--pairing', 'liar,cpython')
    with open(os.path.join(folders['first'], 'results.json')) as source:
        prints = {result['case']: result['fingerprint'] for result in json.load(source)['results'] if 'fingerprint' in result and result['proxy'] == 'liar'}
    entries[0]['fingerprint'], entries[2]['fingerprint'] = prints['t/known'], prints['t/now-and-then']
    write(known, json.dumps({'implementation': 'liar', 'failures': entries}))
    run(build, work, folders['everything'], *chosen, *pairings, '--known', known, '--deadline', '3')
    run(build, work, folders['strict'], *chosen, '--pairing', 'liar,cpython', '--strict', '--audit')
    run(build, work, folders['recorded'], '--oracle', 'recorded', '--pairing', 'yours,yours', '--proxy', drive, '--manager', manager, 't/good', 't/call', 't/old')
    run(build, work, folders['green'], '--pairing', 'cpython,cpython', 't/good', 't/call')
    for k in '12':
        run(build, work, folders['shard' + k], *chosen, '--pairing', 'liar,cpython', '--shard', k + '/2', 't/call', 't/good', 't/mended', 't/known', 't/left')
    done = subprocess.run([os.path.join(build, 'mpconform'), 'merge', folders['shard1'], folders['shard2'], '--report', folders['merged']], cwd=HOME, capture_output=True, text=True)
    if done.returncode != 1:
        raise RuntimeError(done.stdout + done.stderr)
    run(build, work, folders['often'], *chosen, '--pairing', 'liar,cpython', '--repeat', '3', 't/good', 't/call')
    modest = write(os.path.join(work, 'modest.json'), json.dumps({'name': 'modest', 'proxy': f'python3 {{home}}/harness/test/dishonest.py proxy modest {drive}'}))
    run(build, work, folders['noted'], '--validate', '--impl', modest, '--pairing', 'modest,cpython', 't/good', 't/call')
    return folders


def run(build, work, folder, *arguments):
    done = subprocess.run([os.path.join(build, 'mpconform'), 'run', '--cases', os.path.join(work, 'cases'), '--report', folder, '--jobs', '1', *arguments],
                          cwd=HOME, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if not os.path.exists(os.path.join(folder, 'results.json')):
        raise RuntimeError(done.stdout + done.stderr)
