# SPDX-License-Identifier: MIT
"""Every planted bug shows: a session that touches everything has another transcript with it than without."""

import collections
import concurrent.futures
import os
import unittest

import probe
import session

import bugs


def transcript(folder, manager_bug=None, proxy_bug=None, truth=None):
    server = session.Server(folder, folder.unix(manager_bug or proxy_bug or 's'), '--fixtures', *(['--bug', manager_bug] if manager_bug else []))
    driver = session.Driver(*(['--bug', proxy_bug] if proxy_bug else []))
    try:
        return probe.run(driver, server, server.ready(), truth)
    finally:
        driver.close()
        server.close()


def shows(folder, truth, side, name):
    """Whether the session goes another way with the bug."""
    try:
        return transcript(folder, truth=truth, **{side + '_bug': name}) != truth
    except probe.Differs:
        return True


class Planted(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = session.Folder()
        cls.addClassCleanup(cls.folder.close)
        cls.truth = transcript(cls.folder)
        pool = concurrent.futures.ThreadPoolExecutor(os.cpu_count())
        cls.addClassCleanup(pool.shutdown)
        cls.found = {(side, name): pool.submit(shows, cls.folder, cls.truth, side, name) for side in ('manager', 'proxy') for name in bugs.names(side)}

    def test_truth_is_steady_and_whole(self):
        self.assertEqual(self.truth, transcript(self.folder))
        self.assertEqual(0, self.truth[-1])
        self.assertGreater(len(self.truth), 200)
        self.assertFalse([entry for entry in self.truth if 'the adapter ended' in repr(entry) or "'error'" in repr(entry)])

    def test_at_least_thirty_on_either_side_have_a_description(self):
        for side in ('manager', 'proxy'):
            self.assertGreaterEqual(len(bugs.names(side)), 30)
            self.assertTrue(all(len(line.split()) > 2 for line in bugs.listing(side).splitlines()))
        self.assertEqual([], [name for name, count in collections.Counter(bugs.names('manager') + bugs.names('proxy')).items() if count > 1])


def test_of(side, name):
    def test(self):
        self.assertTrue(self.found[side, name].result(), 'the session went as without the bug')
    return test


for side in ('manager', 'proxy'):
    for name in bugs.names(side):
        setattr(Planted, 'test_%s_%s_shows' % (side, name.replace('-', '_')), test_of(side, name))
