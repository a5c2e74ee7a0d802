# SPDX-License-Identifier: MIT
"""The command lines of serve.py and drive.py: what is refused, with which status, and that nothing but a sentence comes of it."""

import os
import subprocess
import unittest

import session


class Commands(unittest.TestCase):
    def setUp(self):
        self.folder = session.Folder()
        self.addCleanup(self.folder.close)

    def failing(self, *args):
        result = subprocess.run([session.PYTHON, '-B', os.path.join(session.ORACLE, 'serve.py')] + list(args), stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True, timeout=session.DEADLINE)
        self.assertEqual(result.stdout, '')
        self.assertTrue(result.stderr)
        self.assertNotIn('Traceback', result.stderr)
        return result.returncode

    def test_usage(self):
        for args in ((), ('--address', 'unix:/x'), ('--address', 'x', '--authkey-file', self.folder.key), ('--address', self.folder.unix(), '--authkey-file', '/nosuch'),
                     ('--address', 'tcp:x:99999', '--authkey-file', self.folder.key), ('--address', self.folder.unix(), '--authkey-file', self.folder.key, '--bug', 'nosuch'),
                     ('--address', self.folder.unix(), '--authkey-file', self.folder.key, '--serializer', 'json')):
            self.assertEqual(self.failing(*args), 2, args)
        with open(os.path.join(self.folder.path, 'bad'), 'w') as file:
            file.write('xyz\n')
        self.assertEqual(self.failing('--address', self.folder.unix(), '--authkey-file', file.name), 2)

    def test_cannot_serve(self):
        for args in (('--address', 'unix:' + os.path.join(self.folder.path, 'no', 'folder')), ('--address', 'unix:' + 'x' * 200), ('--address', self.folder.unix(), '--package', 'nosuch')):
            self.assertEqual(self.failing('--authkey-file', self.folder.key, *args), 3, args)

    def test_lists_of_bugs(self):
        for program in ('serve.py', 'drive.py'):
            listed = subprocess.run([session.PYTHON, '-B', os.path.join(session.ORACLE, program), '--list-bugs'], stdout=subprocess.PIPE, universal_newlines=True).stdout
            self.assertGreater(len(listed.splitlines()), 30)
