# SPDX-License-Identifier: MIT
"""A checker of JSON Schema (2020-12) for the keywords that reports/schema.json and harness/adapter.schema.json use.

A keyword that it does not know is an error, so that nothing in the schema goes unchecked; and formats are checked, not only noted."""
import datetime
import re

ANNOTATIONS = {'$schema', '$id', '$defs', 'title', 'description', 'then', 'else'}
TYPES = {'null': type(None), 'boolean': bool, 'string': str, 'array': list, 'object': dict, 'integer': int, 'number': (int, float)}


class Unknown(Exception):
    """The schema says something that this checker does not understand."""


def errors(value, schema, root, where='$'):
    """Sentences about what is wrong with value; none if it conforms."""
    found = []
    if isinstance(schema, bool):
        return [] if schema else [f'{where}: {value!r} must not be there']
    for keyword, operand in schema.items():
        if keyword in ANNOTATIONS:
            continue
        if keyword not in KEYWORDS:
            raise Unknown(f'{where}: {keyword}')
        found += KEYWORDS[keyword](value, operand, schema, root, where)
    return found


def is_type(value, name):
    if name not in TYPES:
        raise Unknown(f'type {name}')
    return isinstance(value, TYPES[name]) and not (isinstance(value, bool) and name in ('integer', 'number'))


def of_type(value, operand, schema, root, where):
    names = operand if isinstance(operand, list) else [operand]
    return [] if any([is_type(value, name) for name in names]) else [f'{where}: {value!r} is no {" nor ".join(names)}']


def reference(value, operand, schema, root, where):
    target = root
    if not operand.startswith('#/'):
        raise Unknown(f'reference {operand}')
    for part in operand[2:].split('/'):
        target = target[part]
    return errors(value, target, root, where)


def one_of(value, operand, schema, root, where):
    all_errors = [errors(value, one, root, where) for one in operand]
    good = sum(not one for one in all_errors)
    return [] if good == 1 else [f'{where}: conforms to {good} of {len(operand)} alternatives: {min(all_errors, key=len)}']


def all_of(value, operand, schema, root, where):
    return [error for one in operand for error in errors(value, one, root, where)]


def any_of(value, operand, schema, root, where):
    return [] if any(not errors(value, one, root, where) for one in operand) else [f'{where}: conforms to none of {len(operand)} alternatives']


def refused(value, operand, schema, root, where):
    return [] if errors(value, operand, root, where) else [f'{where}: {value!r} must not be there']


def condition(value, operand, schema, root, where):
    branch = 'else' if errors(value, operand, root, where) else 'then'
    return errors(value, schema[branch], root, where) if branch in schema else []


def same(a, b):
    return a == b and isinstance(a, bool) == isinstance(b, bool)


def const(value, operand, schema, root, where):
    return [] if same(value, operand) else [f'{where}: {value!r} is not {operand!r}']


def enum(value, operand, schema, root, where):
    return [] if any(same(value, one) for one in operand) else [f'{where}: {value!r} is none of {operand!r}']


def minimum(value, operand, schema, root, where):
    return [f'{where}: {value!r} is less than {operand}'] if is_type(value, 'number') and value < operand else []


def maximum(value, operand, schema, root, where):
    return [f'{where}: {value!r} is more than {operand}'] if is_type(value, 'number') and value > operand else []


def min_length(value, operand, schema, root, where):
    return [f'{where}: {value!r} is too short'] if isinstance(value, str) and len(value) < operand else []


def pattern(value, operand, schema, root, where):
    wanted = re.sub(r'\$$', r'\\Z', operand)     # a final $ means the end of the text and nothing else
    return [f'{where}: {value!r} does not match {operand}'] if isinstance(value, str) and not re.search(wanted, value) else []


def form(value, operand, schema, root, where):
    if operand != 'date-time':
        raise Unknown(f'format {operand}')
    try:
        datetime.datetime.strptime(value, '%Y-%m-%dT%H:%M:%SZ')
        return []
    except (ValueError, TypeError):
        return [f'{where}: {value!r} is no date and time']


def items(value, operand, schema, root, where):
    first = len(schema.get('prefixItems', []))
    return [error for i, item in enumerate(value[first:], first) for error in errors(item, operand, root, f'{where}[{i}]')] if isinstance(value, list) else []


def prefix_items(value, operand, schema, root, where):
    return [error for i, (item, one) in enumerate(zip(value, operand)) for error in errors(item, one, root, f'{where}[{i}]')] if isinstance(value, list) else []


def max_items(value, operand, schema, root, where):
    return [f'{where}: has {len(value)} items'] if isinstance(value, list) and len(value) > operand else []


def unique_items(value, operand, schema, root, where):
    twice = isinstance(value, list) and operand and any(same(one, other) for i, one in enumerate(value) for other in value[:i])
    return [f'{where}: has an item twice'] if twice else []


def min_properties(value, operand, schema, root, where):
    return [f'{where}: has {len(value)} members'] if isinstance(value, dict) and len(value) < operand else []


def max_properties(value, operand, schema, root, where):
    return [f'{where}: has {len(value)} members'] if isinstance(value, dict) and len(value) > operand else []


def min_items(value, operand, schema, root, where):
    return [f'{where}: has {len(value)} items'] if isinstance(value, list) and len(value) < operand else []


def properties(value, operand, schema, root, where):
    return [error for name, one in operand.items() if isinstance(value, dict) and name in value for error in errors(value[name], one, root, f'{where}.{name}')]


def additional(value, operand, schema, root, where):
    extra = [name for name in value if name not in schema.get('properties', {})] if isinstance(value, dict) else []
    if operand is False:
        return [f'{where}: has {name}' for name in extra]
    return [error for name in extra for error in errors(value[name], operand, root, f'{where}.{name}')]


def property_names(value, operand, schema, root, where):
    return [error for name in value for error in errors(name, operand, root, f'{where}: name {name}')] if isinstance(value, dict) else []


def required(value, operand, schema, root, where):
    return [f'{where}: has no {name}' for name in operand if name not in value] if isinstance(value, dict) else []


KEYWORDS = {'type': of_type, '$ref': reference, 'oneOf': one_of, 'allOf': all_of, 'anyOf': any_of, 'not': refused, 'if': condition, 'const': const, 'enum': enum, 'minimum': minimum,
            'maximum': maximum, 'minLength': min_length, 'pattern': pattern, 'format': form, 'items': items, 'prefixItems': prefix_items, 'minItems': min_items, 'maxItems': max_items,
            'uniqueItems': unique_items, 'properties': properties, 'additionalProperties': additional, 'propertyNames': property_names, 'minProperties': min_properties,
            'maxProperties': max_properties, 'required': required}
