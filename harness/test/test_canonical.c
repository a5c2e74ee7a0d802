/* SPDX-License-Identifier: MIT */
/* Observations → lines, and that nothing malformed is accepted.  The expected texts are what Python's ascii() writes,
 * or what cases/README.md says where Python has no such form. */
#include "harness/case.h"
#include "harness/test/language.h"

/* The line of an observation in JSON, or its error. */
static char *line_of(const char *json, const struct step *step)
{
    char *error = NULL;
    json_t *observed = json_loads(json, JSON_DECODE_ANY, NULL);
    char *line = observed ? canonical_observation(observed, step, &error) : text_copy("no JSON");
    if (!line != (error != NULL))
        CU_FAIL("a line and an error, or neither");
    json_decref(observed);
    return line ? line : error;
}

static void check(const char *const (*list)[2], size_t count)
{
    for (size_t i = 0; i < count; i++)
        language_same_take(line_of(list[i][0], NULL), list[i][1], list[i][0]);
}

static void test_values(void)
{
    static const char *const list[][2] = {
        {"{\"copy\": null}", "None"},
        {"{\"copy\": [1, true, false, \"a\", {\"$int\": \"-9007199254740992\"}]}",
         "[1, True, False, 'a', -9007199254740992]"},
        {"{\"copy\": {\"$float\": \"1.50\"}}", "1.5"},
        {"{\"copy\": {\"$float\": \"100000000000000000000\"}}", "1e+20"},
        {"{\"copy\": {\"$float\": \"-nan\"}}", "$float: expected digits, inf, -inf or nan, found \"-nan\""},
        {"{\"copy\": {\"$complex\": [\"-0.0\", \"inf\"]}}", "(-0+infj)"},
        {"{\"copy\": {\"$str\": \"eda0804127\"}}", "\"\\ud800A'\""},
        {"{\"copy\": \"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\"}", "'\\xe4\\u20ac\\U0001f600'"},
        {"{\"copy\": {\"$bytes\": \"00fF27\"}}", "b\"\\x00\\xff'\""},
        {"{\"copy\": {\"$bytearray\": \"\"}}", "bytearray(b'')"},
        {"{\"copy\": {\"$tuple\": [{\"$tuple\": []}]}}", "((),)"},
        {"{\"copy\": {\"$set\": [3, 20, {\"$tuple\": [1]}, \"b\"]}}", "{'b', (1,), 20, 3}"},
        {"{\"copy\": {\"$set\": []}}", "set()"},
        {"{\"copy\": {\"$frozenset\": [2, 1]}}", "frozenset({1, 2})"},
        {"{\"copy\": {\"$dict\": [[1, []], [\"a\", {\"$dict\": []}]]}}", "{1: [], 'a': {}}"},
        {"{\"copy\": {\"$range\": [0, 5, 1]}}", "range(0, 5)"},
        {"{\"copy\": {\"$range\": [5, 0, -1]}}", "range(5, 0, -1)"},
        {"{\"copy\": {\"$slice\": [null, 2, null]}}", "slice(None, 2, None)"},
        {"{\"copy\": [{\"$ellipsis\": true}, {\"$notimplemented\": true}]}", "[Ellipsis, NotImplemented]"},
        {"{\"copy\": [{\"$global\": \"builtins:int\"}, {\"$global\": \"_operator:add\"}]}", "[int, _operator.add]"},
        {"{\"copy\": {\"$array\": [\"i\", [1, 2]]}}", "array.array('i', [1, 2])"},
        {"{\"copy\": {\"$proxy\": {\"typeid\": \"list\"}}}", "<proxy list>"},
        {"{\"copy\": {\"$proxy\": {\"typeid\": \"no such\"}}}", "<proxy 'no such'>"},
        {"{\"copy\": {\"$other\": \"_thread:lock\"}}", "<other _thread.lock>"},
        {"{\"copy\": {\"$exception\": {\"class\": \"builtins:OSError\", \"bases\": [\"Exception\"], \"args\": [2, "
         "\"m\"], \"state\": {\"$dict\": [[\"a\", 1]]}}}}",
         "OSError(2, 'm', state={'a': 1})"},
        {"{\"copy\": {\"$exception\": {\"class\": \"m:E\", \"args\": [], \"state\": {\"$dict\": [[\"a\", 1]]}}}}",
         "m.E(state={'a': 1})"},
        {"{\"copy\": {\"$reduce\": {\"func\": \"decimal:Decimal\", \"args\": [\"1\"]}}}", "decimal.Decimal('1')"},
        {"{\"copy\": {\"$reduce\": {\"func\": \"builtins:iter\", \"args\": [[1]], \"state\": 0}}}",
         "reduced(iter, [1], state=0)"},
        {"{\"copy\": {\"$reduce\": {\"func\": \"copyreg:__newobj__\", \"args\": [{\"$global\": \"m:C\"}, 1], "
         "\"items\": [2], \"pairs\": [[3, 4]]}}}",
         "instance(m.C, 1, items=[2], pairs=[(3, 4)])"},
        {"{\"copy\": {\"$reduce\": {\"func\": \"copyreg:__newobj__\", \"args\": [1]}}}", "copyreg.__newobj__(1)"},
    };
    check(list, sizeof list / sizeof *list);
}

static void test_sharing(void)
{
    static const char *const list[][2] = {
        {"{\"copy\": {\"$shared\": 1, \"value\": [1, {\"$same\": 1}]}}", "<1>[1, <1>]"},
        {"{\"copy\": [{\"$shared\": 1, \"value\": []}, {\"$shared\": 2, \"value\": {\"$dict\": []}}, {\"$same\": 2}, "
         "{\"$same\": 1}]}",
         "[<1>[], <2>{}, <2>, <1>]"},
        {"{\"raises\": {\"class\": \"builtins:ValueError\", \"args\": [[{\"$same\": 1}]]}}",
         "raises <1>ValueError([<1>])"},
        {"{\"raises\": {\"class\": \"builtins:ValueError\", \"args\": [{\"$shared\": 1, \"value\": []}, {\"$same\": "
         "1}]}}",
         "raises ValueError(<1>[], <1>)"},
        {"{\"copy\": {\"$shared\": 1, \"value\": [1]}}", "$shared: expected a $same for each number, found nothing"},
        {"{\"copy\": {\"$shared\": 2, \"value\": [{\"$same\": 2}]}}",
         "$shared: expected numbers that count from 1, found 2"},
        {"{\"copy\": [{\"$shared\": 1, \"value\": []}, {\"$shared\": 1, \"value\": []}]}",
         "$shared: expected numbers that count from 1, found 1"},
        {"{\"copy\": {\"$same\": 1}}", "$same: expected the number of an earlier $shared, found 1"},
        {"{\"copy\": {\"$same\": 0}}", "$same: expected the number of an earlier $shared, found 0"},
        {"{\"copy\": {\"$same\": \"x\"}}", "$same: expected the number of an earlier $shared, found \"x\""},
        {"{\"copy\": {\"$shared\": 1, \"value\": 5}}", "$shared: expected a value that has an identity, found 5"},
        {"{\"copy\": {\"$shared\": 1, \"value\": {\"$shared\": 2, \"value\": []}}}",
         "$shared: expected a value that has an identity, found {\"$shared\":2,\"value\":[]}"},
    };
    check(list, sizeof list / sizeof *list);
}

static void test_proxies_and_losses(void)
{
    static const char *const list[][2] = {
        {"{\"proxy\": {\"typeid\": \"list\", \"exposed\": [\"pop\", \"__len__\", \"pop\", \"append\"]}}",
         "proxy list exposing __len__ append pop"},
        {"{\"proxy\": {\"typeid\": \"list\", \"exposed\": []}}", "proxy list exposing nothing"},
        {"{\"proxy\": {\"typeid\": \"list\", \"exposed\": null}}", "<proxy list>"},
        {"{\"proxy\": {\"typeid\": \"a b\", \"exposed\": [\"c d\"]}}", "proxy 'a b' exposing 'c d'"},
        {"{\"lost\": \"EOFError\"}", "connection lost"},
        {"{\"lost\": 1}", "lost: expected a text, found 1"},
        {"{\"proxy\": {\"typeid\": 5}}", "proxy: expected a text as typeid, found 5"},
        {"{\"proxy\": {\"typeid\": \"l\", \"exposed\": [1]}}", "proxy: expected names as exposed, found 1"},
        {"{\"proxy\": {\"typeid\": \"l\", \"exposed\": \"x\"}}",
         "proxy: expected an array or null as exposed, found \"x\""},
        {"{\"proxy\": {\"typeid\": \"l\", \"other\": 1}}", "proxy: expected no other member, found 1"},
    };
    check(list, sizeof list / sizeof *list);
}

static void test_raised(void)
{
    static const char *const list[][2] = {
        {"{\"raises\": {\"class\": \"builtins:KeyError\", \"args\": [\"x\"]}}", "raises KeyError('x')"},
        {"{\"raises\": {\"class\": \"_queue:Empty\", \"args\": []}}", "raises _queue.Empty()"},
        {"{\"raises\": {\"class\": \"builtins:NameError\", \"args\": [\"x\"], \"state\": {\"$dict\": [[\"name\", "
         "\"x\"]]}}}",
         "raises NameError('x') with {'name': 'x'}"},
        {"{\"raises\": {\"class\": \"builtins:E\", \"args\": [], \"state\": null}}", "raises E()"},
        {"{\"raises\": {\"class\": \"builtins:E\", \"args\": [], \"state\": {\"$dict\": []}}}", "raises E()"},
        {"{\"raises\": {\"args\": []}}", "$exception: expected \"module:name\", found nothing"},
        {"{\"raises\": {\"class\": \"KeyError\", \"args\": []}}",
         "$exception: expected \"module:name\", found \"KeyError\""},
        {"{\"raises\": {\"class\": \"builtins:E\"}}", "$exception: expected an array, found nothing"},
        {"{\"raises\": {\"class\": \"builtins:E\", \"args\": {\"$tuple\": []}}}",
         "$exception: expected an array, found {\"$tuple\":[]}"},
        {"{\"raises\": {\"class\": \"builtins:E\", \"args\": [], \"bases\": \"x\"}}",
         "$exception: expected an array of names as bases, found \"x\""},
        {"{\"raises\": {\"class\": \"builtins:E\", \"args\": [], \"bases\": [1]}}",
         "$exception: expected names as bases, found 1"},
        {"{\"raises\": {\"class\": \"builtins:E\", \"args\": [], \"text\": 1}}",
         "$exception: expected no other member, found 1"},
        {"{\"raises\": \"KeyError\"}", "$exception: expected an object, found \"KeyError\""},
    };
    check(list, sizeof list / sizeof *list);
}

static void test_remote_errors(void)
{
#define TB "Traceback (most recent call last):\\n  File \\\"x.py\\\", line 1, in f\\n    f()\\n    ~^^\\n"
    static const char *const list[][2] = {
        {"{\"remote_error\": \"" TB "KeyError: 'zz'\\n\"}", "RemoteError KeyError: 'zz'"},
        {"{\"remote_error\": \"" TB "KeyError\\n\"}", "RemoteError KeyError"},
        {"{\"remote_error\": \"" TB "m.f.<locals>.Own: a\\nb\\n\"}", "RemoteError m.f.<locals>.Own: a"},
        {"{\"remote_error\": \"" TB
         "KeyError: 1\\n\\nDuring handling of the above exception, another exception occurred:\\n\\n" TB
         "TypeError: 2\\n\"}",
         "RemoteError TypeError: 2"},
        {"{\"remote_error\": \"" TB "TypeError: cannot pickle 'x' object\\nwhen serializing tuple item 1\\n\"}",
         "RemoteError TypeError: cannot pickle 'x' object"},
        {"{\"remote_error\": \"Unserializable message: " TB "TypeError: x\\n\\n\"}",
         "RemoteError unserializable TypeError: x"},
        {"{\"remote_error\": \"" TB "  [Previous line repeated 9 more times]\\nRecursionError: deep\\n\"}",
         "RemoteError RecursionError: deep"},
        {"{\"remote_error\": \"  + Exception Group Traceback (most recent call last):\\n  |   File\\n  | "
         "ExceptionGroup: g (1 sub-exception)\\n  +-+--- 1 ---\\n"
         "    | Traceback (most recent call last):\\n    | ValueError: 1\\n\"}",
         "RemoteError ExceptionGroup: g (1 sub-exception)"},
        {"{\"remote_error\": \"" TB "ValueError: \xc3\xa4\\t\\u0007\\\\\\n\"}",
         "RemoteError ValueError: \\xe4\\t\\x07\\"},
        {"{\"remote_error\": \"no traceback\"}", "RemoteError without traceback 'no traceback'"},
        {"{\"remote_error\": \"\"}", "RemoteError without traceback ''"},
        {"{\"remote_error\": \"KeyError: 1\"}", "RemoteError without traceback 'KeyError: 1'"},
        {"{\"remote_error\": \"Unserializable message: x\"}", "RemoteError unserializable without traceback 'x'"},
        {"{\"remote_error\": \"Traceback (most recent call last):\\n  File\\n\"}",
         "RemoteError without traceback 'Traceback (most recent call last):\\n  File\\n'"},
        {"{\"remote_error\": \"Traceback (most recent call last):\\nsome words: x\\n\"}",
         "RemoteError without traceback 'Traceback (most recent call last):\\nsome words: x\\n'"},
        {"{\"remote_error\": [1]}", "remote_error: expected a text, found [1]"},
    };
    check(list, sizeof list / sizeof *list);
}

static void test_what_differs_in_each_run(void)
{
    static const char *const list[][2] = {
        {"{\"copy\": \"<ListProxy object, typeid 'list' at 0x7F00aa>\"}",
         "\"<ListProxy object, typeid 'list' at 0x…>\""},
        {"{\"copy\": [\"<a at 0x1>\", \"<b at 0x2; x>\"]}", "['<a at 0x…>', '<b at 0x…; x>']"},
        {"{\"copy\": \"0x10\"}", "'0x10'"},
        {"{\"copy\": \" at 0xyz\"}", "' at 0xyz'"},
        {"{\"copy\": \"  7f0012:       refcount=1\\n    x\"}", "'  …:       refcount=1\\n    x'"},
        {"{\"remote_error\": \"" TB "KeyError: '7f00aabbcc'\\n\"}", "RemoteError KeyError: '…'"},
        {"{\"remote_error\": \"" TB "KeyError: 'facade'\\n\"}", "RemoteError KeyError: 'facade'"},
        {"{\"remote_error\": \"" TB "KeyError: '12'\\n\"}", "RemoteError KeyError: '12'"},
        {"{\"raises\": {\"class\": \"builtins:KeyError\", \"args\": [\"7f00aabbcc\"]}}",
         "raises KeyError('7f00aabbcc')"},
        {"{\"remote_error\": \"" TB "AttributeError: not in exposed={'b', 'a', '__c__'} x\\n\"}",
         "RemoteError AttributeError: not in exposed={'__c__', 'a', 'b'} x"},
        {"{\"remote_error\": \"" TB "AttributeError: exposed={\\n\"}", "RemoteError AttributeError: exposed={"},
        {"{\"remote_error\": \"" TB "AttributeError: exposed={b  a,}\\n\"}",
         "RemoteError AttributeError: exposed={b  a,}"},
    };
    check(list, sizeof list / sizeof *list);
}

static void test_steps(void)
{
    const struct step negate = {.negate = true}, sorted = {.sorted = true};
    language_same_take(line_of("{\"copy\": true}", &negate), "False", "negated");
    language_same_take(line_of("{\"copy\": false}", &negate), "True", "negated");
    language_same_take(line_of("{\"copy\": 1}", &negate), "1", "only booleans are negated");
    language_same_take(line_of("{\"raises\": {\"class\": \"builtins:E\", \"args\": [true]}}", &negate),
                       "raises E(True)", "exceptions are not negated");
    language_same_take(line_of("{\"copy\": [\"b\", \"a\", [2, 1]]}", &sorted), "['a', 'b', [2, 1]]",
                       "sorted, not below");
    language_same_take(line_of("{\"copy\": {\"$tuple\": [\"b\", \"a\"]}}", &sorted), "('a', 'b')", "sorted tuple");
    language_same_take(line_of("{\"copy\": null}", &sorted), "None", "nothing to sort");
}

static void test_success(void)
{
    static const struct {
        const char *json;
        bool success;
    } list[] = {{"{\"copy\": 1}", true},
                {"{\"proxy\": {\"typeid\": \"l\"}}", true},
                {"{\"raises\": {}}", false},
                {"{\"remote_error\": \"\"}", false},
                {"{\"lost\": \"\"}", false},
                {"{\"copy\": 1, \"lost\": \"\"}", false},
                {"[]", false}};
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        json_t *observed = json_loads(list[i].json, 0, NULL);
        CU_ASSERT_EQUAL(canonical_is_success(observed), list[i].success);
        json_decref(observed);
    }
    CU_ASSERT_FALSE(canonical_is_success(NULL));
}

static void test_malformed(void)
{
    static const char *const list[] = {
        "5",
        "{}",
        "null",
        "[]",
        "{\"copy\": 1, \"proxy\": 2}",
        "{\"other\": 1}",
        "{\"copy\": 1.5}",
        "{\"copy\": 9007199254740992}",
        "{\"copy\": -9007199254740992}",
        "{\"copy\": {}}",
        "{\"copy\": {\"a\": 1}}",
        "{\"copy\": {\"$var\": \"x\"}}",
        "{\"copy\": {\"$int\": 5}}",
        "{\"copy\": {\"$int\": \"\"}}",
        "{\"copy\": {\"$int\": \"-\"}}",
        "{\"copy\": {\"$int\": \"01\"}}",
        "{\"copy\": {\"$int\": \"-0\"}}",
        "{\"copy\": {\"$int\": \"1x\"}}",
        "{\"copy\": {\"$int\": \"+1\"}}",
        "{\"copy\": {\"$float\": 1}}",
        "{\"copy\": {\"$float\": \"\"}}",
        "{\"copy\": {\"$float\": \"1e\"}}",
        "{\"copy\": {\"$float\": \"0x1\"}}",
        "{\"copy\": {\"$float\": \" 1\"}}",
        "{\"copy\": {\"$float\": \"NaN\"}}",
        "{\"copy\": {\"$float\": \"1,5\"}}",
        "{\"copy\": {\"$complex\": []}}",
        "{\"copy\": {\"$complex\": [\"1\", 2]}}",
        "{\"copy\": {\"$str\": \"a\"}}",
        "{\"copy\": {\"$str\": \"zz\"}}",
        "{\"copy\": {\"$str\": \"ff\"}}",
        "{\"copy\": {\"$str\": \"c080\"}}",
        "{\"copy\": {\"$str\": \"e282\"}}",
        "{\"copy\": {\"$str\": \"f4908080\"}}",
        "{\"copy\": {\"$str\": 1}}",
        "{\"copy\": {\"$bytes\": \"0\"}}",
        "{\"copy\": {\"$bytes\": \"0G\"}}",
        "{\"copy\": {\"$bytes\": [1]}}",
        "{\"copy\": {\"$bytearray\": null}}",
        "{\"copy\": {\"$tuple\": {}}}",
        "{\"copy\": {\"$set\": 1}}",
        "{\"copy\": {\"$frozenset\": \"\"}}",
        "{\"copy\": {\"$dict\": [[1]]}}",
        "{\"copy\": {\"$dict\": [1]}}",
        "{\"copy\": {\"$dict\": {}}}",
        "{\"copy\": {\"$range\": [1, 2]}}",
        "{\"copy\": {\"$range\": [1, 2, 0]}}",
        "{\"copy\": {\"$range\": [1, 2, \"3\"]}}",
        "{\"copy\": {\"$slice\": [1]}}",
        "{\"copy\": {\"$ellipsis\": 1}}",
        "{\"copy\": {\"$notimplemented\": false}}",
        "{\"copy\": {\"$global\": \"int\"}}",
        "{\"copy\": {\"$global\": \":int\"}}",
        "{\"copy\": {\"$global\": \"m:\"}}",
        "{\"copy\": {\"$global\": \"a:b:c\"}}",
        "{\"copy\": {\"$global\": 1}}",
        "{\"copy\": {\"$array\": [\"i\"]}}",
        "{\"copy\": {\"$array\": [1, []]}}",
        "{\"copy\": {\"$array\": [\"i\", 1]}}",
        "{\"copy\": {\"$exception\": []}}",
        "{\"copy\": {\"$reduce\": {}}}",
        "{\"copy\": {\"$reduce\": {\"func\": \"m:f\", \"args\": 1}}}",
        "{\"copy\": {\"$reduce\": {\"func\": \"m:f\", \"items\": 1}}}",
        "{\"copy\": {\"$reduce\": {\"func\": \"m:f\", \"pairs\": [1]}}}",
        "{\"copy\": {\"$reduce\": {\"func\": \"m:f\", \"x\": 1}}}",
        "{\"copy\": {\"$reduce\": {\"func\": {\"$global\": \"m:f\"}}}}",
        "{\"copy\": {\"$proxy\": \"list\"}}",
        "{\"copy\": {\"$proxy\": {}}}",
        "{\"copy\": {\"$other\": \"lock\"}}",
        "{\"copy\": {\"$nosuch\": 1}}",
        "{\"copy\": {\"$tuple\": [], \"$list\": []}}",
        "{\"copy\": {\"$shared\": 1}}",
        "{\"copy\": [[[[{\"$int\": \"x\"}]]]]}",
    };
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        char *error = NULL;
        json_t *observed = json_loads(list[i], JSON_DECODE_ANY, NULL);
        CU_ASSERT_PTR_NOT_NULL_FATAL(observed);
        char *line = canonical_observation(observed, NULL, &error);
        if (line || !error || !strstr(error, ": expected ") || !strstr(error, ", found ")) {
            printf("# %s: %s\n", list[i], line ? line : error ? error : "nothing");
            CU_FAIL("accepted");
        }
        free(line);
        free(error);
        json_decref(observed);
    }
}

static void test_limits(void)
{
    json_t *deep = json_array();
    char *error = NULL;
    for (int i = 1; i < CANONICAL_DEPTH; i++) {
        json_t *outer = json_array();
        json_array_append_new(outer, deep);
        deep = outer;
    }
    char *line = canonical_value(deep, &error);
    CU_ASSERT(line && strlen(line) == (size_t)2 * CANONICAL_DEPTH);
    free(line);
    json_t *deeper = json_array();
    json_array_append_new(deeper, deep);
    line = canonical_value(deeper, &error);
    CU_ASSERT(!line && error);
    free(error);
    json_decref(deeper);
    json_t *text = json_object(), *list = json_array();
    char *hex = text_calloc((8 << 20) + 1, 1);
    memset(hex, '0', 8 << 20);
    json_object_set_new(text, "$bytes", json_string(hex));
    for (int i = 0; i < 5; i++)
        json_array_append(list, text); /* 4 Mi bytes each, four characters for each byte */
    line = canonical_value(list, &error);
    CU_ASSERT(!line && error && strstr(error, "64 MiB"));
    free(error);
    free(hex);
    json_decref(text);
    json_decref(list);
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"values", test_values},
        {"shared and recursive structure", test_sharing},
        {"proxies, and lost connections", test_proxies_and_losses},
        {"exceptions", test_raised},
        {"shapes of RemoteErrors", test_remote_errors},
        {"what differs in each run", test_what_differs_in_each_run},
        {"steps that negate and sort", test_steps},
        {"which observations are successes", test_success},
        {"nothing malformed is accepted", test_malformed},
        {"depth and size are limited", test_limits},
        CU_TEST_INFO_NULL,
    };
    return unit_main("canonical", tests);
}
