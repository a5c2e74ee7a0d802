/* SPDX-License-Identifier: MIT */
/* Literals and constructors: each source of vectors/literals.txt has the value that Python gives it, written as Python
 * writes it. */
#include "harness/corpus.h"
#include "harness/test/language.h"

#define VECTORS "harness/test/vectors/literals.txt"

static void test_vectors(void)
{
    char *line = NULL;
    size_t size = 0, count = 0;
    ssize_t length;
    FILE *file = fopen(VECTORS, "r");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    while ((length = getline(&line, &size, file)) > 0) {
        if (*line == '#' && count++ == 0)
            continue;
        line[length - 1] = '\0';
        char *wanted = strrchr(line, '\t');
        *wanted++ = '\0';
        char *got = language_value(line);
        if (!strcmp(wanted, "error"))
            language_same_take(text_copy(strncmp(got, "t.case:1:", 9) ? got : "t.case:1:"), "t.case:1:", line),
                free(got);
        else
            language_same_take(got, wanted, line);
        count++;
    }
    CU_ASSERT(count > 3000);
    free(line);
    fclose(file);
}

static const char *const refused[][2] = {
    {"10**30000", "t.case:1:3: error: expected a power of at most 20000 digits"},
    {"2**-1", "t.case:1:4: error: expected an integer behind '**', found '-'"},
    {"2**1.0", "t.case:1:4: error: expected an integer behind '**', found '1.0'"},
    {"1.0**2", "t.case:1:4: error: expected integers on both sides of '**', found '**'"},
    {"2**2**2", "t.case:1:5: error: expected one '**' only, found '**'"},
    {"012", "t.case:1:1: error: expected a decimal number without a leading zero (octal is written 0o17), found '0'"},
    {"'abc", "t.case:1:5: error: expected a closing ', found the end of the line"},
    {"f'x'", "t.case:1:1: error: expected a string without prefix, or with r, b, u or rb, found 'f'"},
    {"'\\N{DASH}'",
     "t.case:1:2: error: character names are not known here: write \\u or \\U with the number instead of \\N"},
    {"'a\\777'", "t.case:1:3: error: expected an octal escape up to \\377"},
    {"'\\U00110000'", "t.case:1:2: error: expected a character up to \\U0010ffff"},
    {"b'\xc3\xa4'", "t.case:1:3: error: expected ASCII or escapes in bytes"},
    {"'a' b'b'", "t.case:1:5: error: expected a str, like the one before it, found 'b'b''"},
    {"\xc3\xa4", "t.case:1:1: error: expected a name, a value or an operator, found '\xc3\xa4'"},
    {"--1", "t.case:1:2: error: expected a number behind the sign, found '-'"},
    {"[1 2]", "t.case:1:4: error: expected ',' or ']', found '2'"},
    {"[1,,2]", "t.case:1:4: error: expected a value, found ','"},
    {"(1", "t.case:1:3: error: expected ',' or ')', found the end of the line"},
    {"{1: 2, 3}", "t.case:1:9: error: expected ':', found '}'"},
    {"{1, 2: 3}", "t.case:1:6: error: expected ',' or '}', found ':'"},
    {"{1 2}", "t.case:1:4: error: expected ',', ':' or '}', found '2'"},
    {"nosuch", "t.case:1:1: error: expected a value, found 'nosuch', which no earlier step of this client binds"},
    {"nosuch(1)", "t.case:1:1: error: expected a value, found 'nosuch', which no earlier step of this client binds"},
    {"lambda", "t.case:1:1: error: expected a value, found 'lambda'"},
    {"len([1])",
     "t.case:1:1: error: len(\xe2\x80\xa6) is an action of its own: bind its result to a name in an earlier step"},
    {"int('5')", "t.case:1:1: error: 'int' is no constructor of the case language; a class is called as "
                 "builtins.int(\xe2\x80\xa6)"},
    {"manager", "t.case:1:1: error: expected a value (creating is an action of its own: bind the proxy to a name in an "
                "earlier step), found 'manager'"},
    {"a..b", "t.case:1:3: error: expected a name behind '.', found '.'"},
    {"range()", "t.case:1:1: error: range: expected more arguments"},
    {"range(1, 2, 3, 4)", "t.case:1:1: error: range: expected fewer arguments"},
    {"range(1.0)", "t.case:1:1: error: range: expected integers"},
    {"range(0, 1, 0)", "t.case:1:1: error: range: expected a step that is not 0"},
    {"range(stop=1)", "t.case:1:1: error: range: expected more arguments"},
    {"slice(1, step=2)", "t.case:1:1: error: slice: expected no keywords"},
    {"set(1)", "t.case:1:1: error: set: expected a list, tuple or set display"},
    {"bytes(-1)",
     "t.case:1:1: error: bytes: expected bytes, a number of zeros up to 1048576, or integers from 0 to 255"},
    {"bytes([256])", "t.case:1:1: error: bytes: expected integers from 0 to 255"},
    {"float('')", "t.case:1:1: error: float: expected a number, or a str like 'nan', '-inf' or '1.5e10'"},
    {"float('0x1p3')", "t.case:1:1: error: float: expected a number, or a str like 'nan', '-inf' or '1.5e10'"},
    {"float(10**400)", "t.case:1:1: error: float: expected a number, or a str like 'nan', '-inf' or '1.5e10'"},
    {"complex('1')", "t.case:1:1: error: complex: expected one or two real numbers"},
    {"array.array('x', [])",
     "t.case:1:1: error: array.array: expected one of the type codes b B u w h H i I l L q Q f d"},
    {"array.array('i', 5)", "t.case:1:1: error: array.array: expected a list or tuple of items, or a str for u and w"},
    {"reduced('x')", "t.case:1:1: error: reduced: expected a class or function by its name as first argument"},
    {"reduced(int, pairs=[1])", "t.case:1:1: error: reduced: expected pairs=[(key, value), \xe2\x80\xa6]"},
    {"reduced(int, items=1)", "t.case:1:1: error: reduced: expected items=[\xe2\x80\xa6]"},
    {"reduced(int, other=1)", "t.case:1:1: error: reduced: expected no keywords but state, items and pairs"},
    {"ValueError(name='x')", "t.case:1:1: error: ValueError: expected no keyword but state"},
    {"ValueError(state=1, state=2)", "t.case:1:21: error: expected each keyword once, found 'state'"},
    {"ValueError(state=1, 2)", "t.case:1:21: error: expected a keyword argument behind the first one, found '2'"},
    {"ValueError(1", "t.case:1:13: error: expected ',' or ')', found the end of the line"},
    {"", "t.case:1:1: error: expected a value, found the end of the line"},
};

static void test_refused(void)
{
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        language_same_take(language_value(refused[i][0]), refused[i][1], refused[i][0]);
}

/* Written back as the same constructor.  Python has no such constructors, so these are by hand. */
static const char *const own[][2] = {
    {"decimal.Decimal('1.5')", "decimal.Decimal('1.5')"},
    {"reduced(decimal.Decimal, '1.5')", "decimal.Decimal('1.5')"},
    {"reduced(int, 1)", "reduced(int, 1)"},
    {"reduced(collections.deque, (), 3, items=[1, 2])", "reduced(collections.deque, (), 3, items=[1, 2])"},
    {"reduced(collections.OrderedDict, pairs=[('a', 1)])", "reduced(collections.OrderedDict, pairs=[('a', 1)])"},
    {"instance(fixtures.Plain, 1, state={'a': 1})", "instance(fixtures.Plain, 1, state={'a': 1})"},
    {"instance(fixtures.Plain)", "instance(fixtures.Plain)"},
    {"reduced(a.b, state=None)", "a.b()"},
    {"ValueError('bad', 3, state={'code': 7})", "ValueError('bad', 3, state={'code': 7})"},
    {"ValueError(state={})", "ValueError()"},
    {"collections.OrderedDict.fromkeys", "collections.OrderedDict.fromkeys"},
    {"[1, # ]", "t.case:1:5: error: expected a name, a value or an operator, found '#'"},
};

static void test_own_constructors(void)
{
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        language_same_take(language_value(own[i][0]), own[i][1], own[i][0]);
}

static void test_where_a_module_ends(void)
{
    static const char *const names[][2] = {
        {"x = operator.add", "operator:add"},
        {"x = os.path.join", "os.path:join"},
        {"x = collections.OrderedDict.fromkeys", "collections:OrderedDict.fromkeys"},
        {"x = multiprocessing.managers.Namespace", "multiprocessing.managers:Namespace"},
        {"x = builtins.list.append", "builtins:list.append"},
        {"x = str.upper", "builtins:str.upper"},
        {"x = ValueError", "builtins:ValueError"},
        {"x = int", "builtins:int"},
        {"x = datetime.datetime", "datetime:datetime"},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char *wanted = text_format("{\"op\":\"value\",\"value\":{\"$global\":\"%s\"},\"store\":\"x\"}", names[i][1]);
        language_same_take(language_request(names[i][0]), wanted, names[i][0]);
        free(wanted);
    }
}

/* Whether a recorded line is a value that can also be written in a statement. */
static bool is_value(const char *line)
{
    static const char *const others[] = {"raises ", "RemoteError ", "proxy ", "blocked", "hang", "connection lost"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (!strncmp(line, others[i], strlen(others[i])))
            return false;
    bool complex = strstr(line, "j)") || line[strlen(line) - 1] == 'j'; /* written as complex(a, b) in statements */
    return !complex && !strchr(line, '<') && !strchr("\"'", *line) && !strstr(line, "nan") && !strstr(line, "inf") &&
           !strstr(line, "…");
}

/* What the writer writes the reader reads, and writes again: all recorded values of the corpus. */
static void test_recorded_values(void)
{
    struct corpus corpus;
    struct problems problems = {0};
    size_t count = 0;
    corpus_load(&corpus, "cases", &problems);
    CU_ASSERT_EQUAL(problems.count, 0);
    for (size_t i = 0; i < corpus.count; i++)
        for (size_t k = 0; k < corpus.cases[i]->step_count; k++)
            for (size_t n = 0; n < corpus.cases[i]->steps[k].result_count; n++) {
                const char *line = corpus.cases[i]->steps[k].results[n].text;
                if (corpus.cases[i]->steps[k].raw || !is_value(line)) /* raw steps show frames, not values */
                    continue;
                language_same_take(language_value(line), line, corpus.cases[i]->id);
                count++;
            }
    CU_ASSERT(count > 200);
    corpus_free(&corpus);
    problems_free(&problems);
}

static void test_nesting_is_limited(void)
{
    char deep[402];
    for (int depth = 199; depth <= 201; depth++) {
        memset(deep, '[', (size_t)depth);
        memset(deep + depth, ']', (size_t)depth);
        deep[2 * depth < 401 ? 2 * depth : 401] = '\0';
        char *got = language_value(deep);
        if (depth <= 200) {
            CU_ASSERT_EQUAL(strlen(got), 2 * (size_t)depth);
        } else {
            CU_ASSERT_PTR_NOT_NULL(strstr(got, "expected at most 200 nested brackets"));
        }
        free(got);
    }
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"each vector has Python's value", test_vectors},
        {"what is no value is refused with its place", test_refused},
        {"constructors are written back as themselves", test_own_constructors},
        {"where the module ends in a dotted name", test_where_a_module_ends},
        {"recorded values are read back as themselves", test_recorded_values},
        {"nesting is limited", test_nesting_is_limited},
        CU_TEST_INFO_NULL,
    };
    return unit_main("literal", tests);
}
