# SPDX-License-Identifier: MIT
"""Planted bugs."""
BUGS = {}
def listing(side): return ''.join('%s  %s\n' % (name, bug) for name, bug in BUGS.items())
def known(name, side): return name in BUGS
def plant(name, managers, manager_class): pass
