# SPDX-License-Identifier: MIT
"""The shortest session that still differs: steps are left out, then parts of values, as long as it does.

Many candidates are judged together, since a run of the harness costs more than a session.
"""
import ast
import copy
import re

CANDIDATES = 80
NEW = re.compile(r'^(?:\w*>>> )(\w+) = ')
HAND = re.compile(r'^hand (\w+) to (\w+)$')
ATOMS = [ast.Constant(None), ast.Constant(0), ast.Constant(1), ast.Constant('a')]


def split(line):
    prompt, _, statement = line.partition('>>> ')
    return prompt + '>>> ', statement


def names(text):
    """The variables that a statement speaks of."""
    return set(re.findall(r'\b[a-z][0-9]+\b', text))


def consistent(session):
    """The session without the steps that speak of a variable which no step before binds in the same client."""
    bound, kept = set(), []
    for line in session:
        prompt, statement = split(line)
        new, hand = NEW.match(line), HAND.match(statement)
        used = names(statement.partition(' = ')[2] if new else statement)
        if not all((prompt, name) in bound for name in used):
            continue
        kept.append(line)
        if new:
            bound.add((prompt, new.group(1)))
        if hand:
            bound.add((hand.group(2) + '>>> ', hand.group(1)))
        if statement.startswith('del '):
            bound.discard((prompt, statement[4:]))
    return kept


def needed(session):
    """Only the last step, and those that bind what it speaks of."""
    wanted, kept = set(), []
    for line in reversed(session):
        new, hand = NEW.match(line), HAND.match(split(line)[1])
        if not kept or new and new.group(1) in wanted or hand and hand.group(1) in wanted:
            kept.append(line)
            wanted |= names(line)
    return kept[::-1]


def fewer_steps(session):
    """Candidates: what the last step needs; without one half, a quarter …, without one step."""
    yield needed(session)
    size = max(len(session) // 2, 1)
    while True:
        for begin in range(0, len(session), size):
            yield consistent(session[:begin] + session[begin + size:])
        if size == 1:
            return
        size //= 2


def smaller(node):
    """What may stand in place of an expression: a part of it, it without a part, something small."""
    children = [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr)]
    if isinstance(node, (ast.List, ast.Tuple, ast.Set)):
        yield from children
        for i in range(len(node.elts)):
            shorter = copy.deepcopy(node)
            del shorter.elts[i]
            if shorter.elts or not isinstance(node, ast.Set):
                yield shorter
    elif isinstance(node, ast.Dict):
        yield from node.values
        for i in range(len(node.keys)):
            shorter = copy.deepcopy(node)
            del shorter.keys[i], shorter.values[i]
            yield shorter
    elif isinstance(node, ast.Call):
        yield from node.args
    if isinstance(node, (ast.Constant, ast.Name)) and not any(ast.dump(node) == ast.dump(atom) for atom in ATOMS) or children:
        yield from ATOMS


def positions(tree):
    """Every place of an argument in a statement, as (parent, field, index or None)."""
    for parent in ast.walk(tree):
        for field, value in ast.iter_fields(parent):
            if field in ('func', 'targets', 'target'):
                continue
            if isinstance(value, list):
                yield from ((parent, field, i) for i, item in enumerate(value) if isinstance(item, ast.expr))
            elif isinstance(value, ast.expr) and not isinstance(parent, (ast.Attribute, ast.Expr, ast.Subscript, ast.Assign)):
                yield parent, field, None


def simpler_statements(statement):
    try:
        tree = ast.parse(statement)
    except SyntaxError:
        return
    seen = {statement}
    for number, (parent, field, index) in enumerate(positions(tree)):
        node = getattr(parent, field) if index is None else getattr(parent, field)[index]
        choices = list(smaller(node))
        if isinstance(parent, ast.Call) and field in ('args', 'keywords') and index is not None and len(parent.args) > 1:
            choices.append(None)
        for choice in choices:
            changed = copy.deepcopy(tree)
            other, name, place = list(positions(changed))[number]
            if choice is None:
                del getattr(other, name)[place]
            elif place is None:
                setattr(other, name, choice)
            else:
                getattr(other, name)[place] = choice
            text = ast.unparse(ast.fix_missing_locations(changed))
            if text not in seen and len(text) < len(statement):
                seen.add(text)
                yield text


def smaller_values(session):
    for i, line in enumerate(session):
        prompt, statement = split(line)
        for text in simpler_statements(statement):
            yield consistent(session[:i] + [prompt + text] + session[i + 1:])


def shrink(judge, session, difference, rounds=24):
    """The shortest session found, and its difference.  What differs otherwise does not count as the same."""
    session = session if difference.step is None else session[:difference.step + 1]
    kinds = [fewer_steps] + ([smaller_values] if hasattr(ast, 'unparse') else [])
    failed = 0
    while failed < len(kinds) and rounds > 0:
        rounds -= 1
        candidates = []
        for candidate in kinds[0](session):
            if candidate and candidate not in candidates and length(candidate) < length(session):
                candidates.append(candidate)
        candidates = candidates[:CANDIDATES]
        found = [(candidate, other) for candidate, other in zip(candidates, judge.differences(candidates) if candidates else [])
                 if other and (other.verdict, other.pairing) == (difference.verdict, difference.pairing)]
        if not found:
            kinds.append(kinds.pop(0))
            failed += 1
            continue
        failed = 0
        session, difference = min(found, key=lambda item: length(item[0]))
        if difference.step is not None:
            session = session[:difference.step + 1]
    return session, difference


def length(session):
    return sum(map(len, session))
