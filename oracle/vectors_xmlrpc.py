#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes ref/test/vectors/xmlrpc.txt: what each CPython makes of XML-RPC documents, and which documents it writes.

    vectors_xmlrpc.py OUTPUT_FOLDER PYTHON...

The lines are those of vectors.py: an operation with its operand, then the answers with their intervals of versions:

    loads<TAB>b'<params>...'        what multiprocessing reads
    308-315<TAB>Binary(b'abc')
    dumps<TAB>[1, None]             what it writes

There are no document type declarations among them: the reference refuses those.
"""
import array
import importlib
import json
import os
import subprocess
import sys

from intervals import intervals

# ---------------------------------------------------------------------------------------------------------------- the cases

# What stands in the only value.
VALUES = [
    '', ' a ', '<int>1</int>', '<int> 1_0 </int>', '<int>x</int>', '<int></int>', '<int>999999999999999999999999999999</int>', '<i4>1</i4>',
    '<i8>1</i8>', '<i1>1</i1>', '<biginteger>99999999999999</biginteger>', '<int>1.5</int>', '<boolean>2</boolean>', '<boolean></boolean>',
    '<boolean>1</boolean>', '<boolean> 1</boolean>', '<double>x</double>', '<double> 1e5 </double>', '<double>1_0.5</double>', '<double></double>',
    '<float>nan</float>', '<double>infinity</double>', '<double>0x1p3</double>', '<bigdecimal>1.50</bigdecimal>', '<bigdecimal>x</bigdecimal>',
    '<nil/>', '<nil>junk</nil>', '<string/>', '<string>a<b>c</b>d</string>', '<foo>1</foo>', '<ex:nil/>', '<a:int>4</a:int>', '<a:b:int>4</a:b:int>',
    '<ex:i8>5</ex:i8>', '<base64>YWJj</base64>', '<base64>YWJ</base64>', '<base64>Y</base64>', '<base64>!!Y W J j</base64>', '<base64>\xe9</base64>',
    '<base64>YWJj=</base64>', '<base64>YQ==YQ==</base64>', '<base64>YQ=</base64>', '<base64>====</base64>', '<base64>YWJjYW==</base64>',
    '<base64>YQ=Q</base64>', '<base64>YQ=!=</base64>', '<base64>=</base64>', '<base64>YWJjYQ</base64>',
    '<dateTime.iso8601> 20200101T00:00:00 \n</dateTime.iso8601>', '<dateTime.iso8601/>', '<dateTime.iso8601>\xa0x\u3000</dateTime.iso8601>',
    '<array><data></data></array>', '<array/>', '<array><value><int>1</int></value></array>',
    '<array><data><int>1</int><string>x</string></data></array>', '<struct/>', '<struct><member><name>a</name></member></struct>',
    '<struct><member><value><int>1</int></value><name>a</name></member></struct>',
    '<struct><member><name>a</name><value><int>1</int></value></member><member><name>a</name><value>2</value></member></struct>',
    '<struct><member><value><array/></value><value/></member></struct>', '<struct><member><value><base64/></value><value/></member></struct>',
    '<struct><member><value><dateTime.iso8601/></value><value/></member></struct>',
    '<struct><member><value><struct/></value><value/></member></struct>',
    '<struct><member><name>a</name><value><int>1</int></value><name>b</name></member></struct>', 'a<!-- c -->b', '<string>a<!-- c -->b</string>',
    '<string><![CDATA[<b>&amp;]]></string>', '<string>&lt;&#65;&#x42;&apos;&quot;</string>', '<string>&nosuch;</string>', '<string>&#0;</string>',
    '<string>&#1;</string>', '<string>&#xd800;</string>', '<string>&#13;</string>', '<string>a\r\nb\rc</string>', '<string>]]></string>',
    '<string a="1" b=\'2\'>x</string>', '<string a="1" a="2">x</string>', '<string a=1>x</string>', '<?pi x?>y', '<int>1</string>', 'a\x00b', 'a\x01',
    '\xe9\n\xfc\x02', '<str\x01ing/>', '<string>\r\n\r\x01</string>', '<a\x00/>', '<value>1</value>', '<value><int>1</int></value>', '1<int>2</int>',
    '<int>2</int>3', '<string>1</string><string>2</string>',
    '<string>aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</string>',
    '<string>\ud7ff\ue000\ufffd\U0010ffff\U0001ffff</string>',
]

# Whole documents.
DOCUMENTS = [
    '', ' ', 'x', '<a/>', '<a>', '</a>', '<params>', '<params/>', '<params></params>', '<params><param/></params>',
    '<params>\n<param>\n\n</param>\n</params>\n', '<params><param><value>1</value></param><param><value>2</value></param></params>',
    '<params><param><value>1</value></param><param><value>2</value></param><param><value>2</value></param></params>',
    '<?xml version="1.0"?><params>\n<param>\n<value>x</value>\n</param>\n</params>\n',
    '<?xml version="1.0" encoding="latin-1"?><params>\n<param>\n<value>\xe9</value>\n</param>\n</params>\n',
    '<?xml version="1.0" encoding="utf-16"?><params>\n<param>\n<value>\xe9</value>\n</param>\n</params>\n',
    '<?xml version="1.0" encoding="nosuch"?><params>\n<param>\n<value>\xe9</value>\n</param>\n</params>\n',
    '<?xml version="1.1"?><params>\n<param>\n<value>x</value>\n</param>\n</params>\n',
    '\ufeff<params>\n<param>\n<value>x</value>\n</param>\n</params>\n',
    ' <?xml version="1.0"?><params>\n<param>\n<value>x</value>\n</param>\n</params>\n',
    '<methodCall><methodName>foo</methodName><params>\n<param>\n<value>1</value>\n</param>\n</params>\n</methodCall>',
    '<methodCall><methodName>foo</methodName></methodCall>',
    '<methodResponse><params>\n<param>\n<value>1</value>\n</param>\n</params>\n</methodResponse>', '<methodName>a</methodName>',
    '<fault><value><struct><member><name>faultCode</name><value><int>4</int></value></member><member><name>faultString</name><value>no</value></member></struct></value></fault>',
    '<fault><value><struct><member><name>faultCode</name><value><int>4</int></value></member><member><name>faultString</name><value>no</value></member><member><name>more</name><value>no</value></member></struct></value></fault>',
    '<fault><value><struct><member><name>faultCode</name><value><int>4</int></value></member></struct></value></fault>',
    '<fault><value><struct/></value></fault>', '<fault><value>1</value></fault>', '<fault/>', '<fault><value><array/></value></fault>',
    '<fault><value><struct><member><value><int>1</int></value><value/></member></struct></value></fault>', '<fault><value><nil/></value></fault>',
    '<fault><value><struct><member><name>self</name><value><int>4</int></value></member><member><name>faultString</name><value>no</value></member></struct></value></fault>',
    '<fault><value><base64/></value></fault>',
    '<fault><value><struct><member><name>faultCode</name><value><array><data><value><int>1</int></value></data></array></value></member><member><name>faultString</name><value>no</value></member></struct></value></fault>',
    '<params>\n<param>\n<value>a</value>\n</param>\n</params>\nx', '<params>\n<param>\n<value>a</value>\n</param>\n</params>\n<b/>',
    '<params>\n<param>\n<value>a</value>\n</param>\n</params>\n<!-- c -->', '<params>\n<param>\n<value>a</value>\n\n</params>\n',
    '<params>\n<param>\n<value>a</value>', '\x00<params>\n<param>\n<value>a</value>\n</param>\n</params>\n',
    '<params>\n<param>\n<value>a</value>\n</param>\n</params>\n\x00', '<params>\n<param>\n<value>a</value>\n</param>\n</params>\n\x01',
    '<params><value>1</value></params>', '<foo><value>1</value></foo>', '<value>1</value>',
    '<params>\n<param><value><int>1</int><unknown/></value></param></params>',
    '<params><param><value><unknown><int>1</int></unknown></value></param></params>', "<params><param><value><it's/></value></param></params>",
    '<params><param><value><\xe9/></value></param></params>', '<params><param><value><a:b/></value></param></params>',
    '<params><param><value><struct><member><name>a<b/>c</name><value/></member></struct></value></param></params>',
    '<params><array><param><value>1</value></param></array></params>', '<params><struct><value>1</value></struct></params>', '<1/>', '< a/>',
    '<a b/>', '<a>&</a>', '<a><!-- -- --></a>', '<a><?xml x?></a>', '<?xml?><a/>',
]

# What is no UTF-8.
BYTES = [b'\xff', b'<a>\xed\xa0\x80</a>', b'\xc3', b'<a>\xf8</a>', b'\xc0\x80', b'\xf4\x90\x80\x80', b'\xe2\x82', b'\xed\xa0\x80\xff', b'a\xff\xed\xa0\x80']

OBJECTS = """None|True|False|0|-1|2147483647|-2147483648|2147483648|-2147483649|10**400|1.5|-0.0|1e+300|1e+16|5e-324|inf|-inf|nan|''|'<&>"'|'\\r\\n'|'\\x00'
'\\xe9\\u20ac\\U0001f600'|'\\ud800'|'a\\udc00\\ud800b\\udc00'|b''|b'a'|b'ab'|b'abc'|bytearray(b'xyz')|[]|()|[1, (2, [])]|{}|{'b': 1, 'a': {'<': []}}|{1: 2}|{'a': {None: 1}}
set()|{1}|frozenset({1})|range(0, 3)|slice(None, 1, None)|1j|array('i', [1])|Ellipsis|NotImplemented|ValueError('x', 1)|KeyError('a')|OSError(2, 'x')|AttributeError('x')
FUNCTION(builtins, len)|FUNCTION(math, sin)|FUNCTION(builtins, int)|[[{'a': {1}}]]|[None, None]|[ValueError('x')]"""


def cases():
    for text in VALUES:
        yield 'loads', repr(('<params>\n<param>\n<value>' + text + '</value>\n</param>\n</params>\n').encode())
    for text in DOCUMENTS:
        yield 'loads', repr(text.encode())
    for data in BYTES:
        yield 'loads', repr(data)
    for text in OBJECTS.replace('\n', '|').split('|'):
        yield 'dumps', text
    for size in (56, 57, 58, 114, 115):
        yield 'dumps', repr(bytes(range(32, 32 + size)))
    for text in generated():
        yield 'loads', repr(('<params><param><value><base64>' + text + '</base64></value></param></params>').encode())


def generated():
    """Base64 with digits, padding and other characters in every order."""
    import random
    random_ = random.Random(4)
    for _ in range(300):
        yield ''.join(random_.choice('YQW=!= Z') for _ in range(random_.randint(0, 12)))

# ---------------------------------------------------------------------------------------------------------------- the answers


def show(value):
    name = type(value).__name__
    return '%s(%r)' % (name, value.data) if name == 'Binary' else '%s(%r)' % (name, value.value) if name == 'DateTime' else repr(value)


def evaluate(text):
    if text.startswith('FUNCTION('):
        module, name = text[9:-1].split(', ')
        return getattr(importlib.import_module(module), name)
    return eval(text, {'array': array.array, 'inf': float('inf'), 'nan': float('nan')})


def answer(operation, operand):
    import multiprocessing.connection as connection
    import xmlrpc.client
    connection.xmlrpclib = xmlrpc.client
    value = evaluate(operand)
    try:
        text = show(connection._xml_loads(value)) if operation == 'loads' else connection._xml_dumps(value).decode()
    except Exception as e:
        module = type(e).__module__
        text = '! ' + ('' if module == 'builtins' else module + '.') + type(e).__name__ + (str(e) and ': ' + str(e))
    return text.replace('\\', '\\\\').replace('\n', '\\n')


def main(folder, pythons):
    versions, found = [], []
    for python in pythons:
        version, texts = json.loads(subprocess.check_output([python, os.path.abspath(__file__), '--answer']))
        versions.append(version)
        found.append(texts)
    with open(os.path.join(folder, 'xmlrpc.txt'), 'w', encoding='utf-8') as f:
        f.write('# Generated by oracle/vectors_xmlrpc.py from CPython %s.\n' % ', '.join('%d.%d' % divmod(v, 100) for v in versions))
        for i, case in enumerate(cases()):
            f.write('\t'.join(case) + '\n')
            for interval in intervals(versions, [texts[i] for texts in found]):
                f.write('%d-%d\t%s\n' % interval)


if sys.argv[1:] == ['--answer']:
    json.dump([sys.version_info[0] * 100 + sys.version_info[1], [answer(*case) for case in cases()]], sys.stdout)
else:
    main(sys.argv[1], sys.argv[2:])
