/* SPDX-License-Identifier: MIT */
/* Statements → adapter requests: every rule of the grammar, every entry of its tables, and what is refused. */
#include "harness/test/language.h"

static void check(const char *const (*list)[2], size_t count)
{
    for (size_t i = 0; i < count; i++)
        language_same_take(language_request(list[i][0]), list[i][1], list[i][0]);
}

static void test_manager(void)
{
    static const char *const list[][2] = {
        {"manager.list()", "{\"op\":\"create\",\"typeid\":\"list\",\"args\":[],\"kwds\":[]}"},
        {"l = manager.list([1], key=2)",
         "{\"op\":\"create\",\"typeid\":\"list\",\"args\":[[1]],\"kwds\":[[\"key\",2]],\"store\":\"l\"}"},
        {"manager._create('no such', 1)",
         "{\"op\":\"create\",\"typeid\":\"no such\",\"args\":[1],\"kwds\":[],\"raw\":true}"},
        {"manager._number_of_objects()", "{\"op\":\"server\",\"function\":\"number_of_objects\",\"args\":[]}"},
        {"manager._debug_info()", "{\"op\":\"server\",\"function\":\"debug_info\",\"args\":[]}"},
        {"manager._dummy()", "{\"op\":\"server\",\"function\":\"dummy\",\"args\":[]}"},
        {"manager.shutdown()", "{\"op\":\"shutdown\"}"},
        {"manager._get_methods(l)", "{\"op\":\"server\",\"function\":\"get_methods\",\"args\":[{\"$var\":\"l\"}]}"},
        {"manager._incref('0')", "{\"op\":\"server\",\"function\":\"incref\",\"args\":[\"0\"]}"},
        {"manager._decref(l)", "{\"op\":\"server\",\"function\":\"decref\",\"args\":[{\"$var\":\"l\"}]}"},
        {"manager._dummy(1)", "t.case:1:9: error: _dummy takes no arguments"},
        {"manager._incref()", "t.case:1:9: error: _incref takes one argument"},
        {"manager._incref(x=1)", "t.case:1:9: error: _incref takes no keywords"},
        {"manager._nosuch()", "t.case:1:9: error: the manager has no function '_nosuch' in cases"},
        {"manager._create()",
         "t.case:1:9: error: _create: expected a typeid, as a str without surrogates and NUL, as first argument"},
        {"manager._create(1)",
         "t.case:1:9: error: _create: expected a typeid, as a str without surrogates and NUL, as first argument"},
        {"manager.list", "t.case:1:13: error: expected '(', found the end of the line"},
        {"manager.for()", "t.case:1:9: error: expected a typeid or a function of the manager, found 'for'"},
        {"manager", "t.case:1:1: error: expected a value (creating is an action of its own: bind the proxy to a name "
                    "in an earlier step), found 'manager'"},
        {"manager.list(manager.list())", "t.case:1:14: error: expected a value (creating is an action of its own: bind "
                                         "the proxy to a name in an earlier step), found 'manager'"},
    };
    check(list, sizeof list / sizeof *list);
}

static void test_methods(void)
{
    static const char *const list[][2] = {
        {"l.append(1)", "{\"op\":\"method\",\"on\":{\"$var\":\"l\"},\"name\":\"append\",\"args\":[1],\"kwds\":[]}"},
        {"l.sort(key=len, reverse=True,)", "{\"op\":\"method\",\"on\":{\"$var\":\"l\"},\"name\":\"sort\",\"args\":[],"
                                           "\"kwds\":[[\"key\",{\"$global\":\"builtins:len\"}],[\"reverse\",true]]}"},
        {"'a'.join([])", "{\"op\":\"method\",\"on\":\"a\",\"name\":\"join\",\"args\":[[]],\"kwds\":[]}"},
        {"l._callmethod()", "{\"op\":\"callmethod\",\"on\":{\"$var\":\"l\"}}"},
        {"l._callmethod('append', (1,), {})", "{\"op\":\"callmethod\",\"on\":{\"$var\":\"l\"},\"method\":\"append\","
                                              "\"args\":{\"$tuple\":[1]},\"kwds\":{\"$dict\":[]}}"},
        {"l._callmethod(5, 6)", "{\"op\":\"callmethod\",\"on\":{\"$var\":\"l\"},\"method\":5,\"args\":6}"},
        {"l._callmethod('f', kwds={'a': x})", "{\"op\":\"callmethod\",\"on\":{\"$var\":\"l\"},\"method\":\"f\","
                                              "\"kwds\":{\"$dict\":[[\"a\",{\"$var\":\"x\"}]]}}"},
        {"l._callmethod(methodname='f')", "{\"op\":\"callmethod\",\"on\":{\"$var\":\"l\"},\"method\":\"f\"}"},
        {"l._callmethod(1, 2, 3, 4)", "t.case:1:3: error: _callmethod takes at most three arguments"},
        {"l._callmethod(1, methodname=2)", "t.case:1:3: error: _callmethod takes methodname, args and kwds, each once"},
        {"l._callmethod(nosuch=2)", "t.case:1:3: error: _callmethod takes methodname, args and kwds, each once"},
        {"n = l.x", "{\"op\":\"getattr\",\"on\":{\"$var\":\"l\"},\"name\":\"x\",\"store\":\"n\"}"},
        {"l.x.y", "t.case:1:4: error: expected the end of the line (one action per step: bind its result to a name and "
                  "go on in the next), found '.'"},
        {"l.append(1).x", "t.case:1:12: error: expected the end of the line (one action per step: bind its result to a "
                          "name and go on in the next), found '.'"},
        {"l.append(1, a=2, 3)", "t.case:1:18: error: expected a keyword argument behind the first one, found '3'"},
        {"l.append(*x)", "t.case:1:10: error: expected a value, found '*'"},
        {"l.append(1 2)", "t.case:1:12: error: expected ',' or ')', found '2'"},
        {"l.for", "t.case:1:3: error: expected a name behind '.', found 'for'"},
        {"gone.append(1)", "t.case:1:1: error: 'gone' is not bound in this client at this step"},
        {"l(1)", "t.case:1:2: error: expected the end of the line (one action per step: bind its result to a name and "
                 "go on in the next), found '('"},
    };
    check(list, sizeof list / sizeof *list);
}

static void test_subscripts(void)
{
    static const char *const list[][2] = {
        {"l[0]", "{\"op\":\"operator\",\"name\":\"getitem\",\"operands\":[{\"$var\":\"l\"},0]}"},
        {"l[1:2]",
         "{\"op\":\"operator\",\"name\":\"getitem\",\"operands\":[{\"$var\":\"l\"},{\"$slice\":[1,2,null]}]}"},
        {"l[:]",
         "{\"op\":\"operator\",\"name\":\"getitem\",\"operands\":[{\"$var\":\"l\"},{\"$slice\":[null,null,null]}]}"},
        {"l[::-1]",
         "{\"op\":\"operator\",\"name\":\"getitem\",\"operands\":[{\"$var\":\"l\"},{\"$slice\":[null,null,-1]}]}"},
        {"l[x::]", "{\"op\":\"operator\",\"name\":\"getitem\",\"operands\":[{\"$var\":\"l\"},{\"$slice\":[{\"$var\":"
                   "\"x\"},null,null]}]}"},
        {"l[:, 1]", "{\"op\":\"operator\",\"name\":\"getitem\",\"operands\":[{\"$var\":\"l\"},{\"$tuple\":[{\"$slice\":"
                    "[null,null,null]},1]}]}"},
        {"l[1,]", "{\"op\":\"operator\",\"name\":\"getitem\",\"operands\":[{\"$var\":\"l\"},{\"$tuple\":[1]}]}"},
        {"[1, 2][0]", "{\"op\":\"operator\",\"name\":\"getitem\",\"operands\":[[1,2],0]}"},
        {"l[0] = x", "{\"op\":\"operator\",\"name\":\"setitem\",\"operands\":[{\"$var\":\"l\"},0,{\"$var\":\"x\"}]}"},
        {"l[1:] = []",
         "{\"op\":\"operator\",\"name\":\"setitem\",\"operands\":[{\"$var\":\"l\"},{\"$slice\":[1,null,null]},[]]}"},
        {"l.x = 1", "{\"op\":\"setattr\",\"on\":{\"$var\":\"l\"},\"name\":\"x\",\"value\":1}"},
        {"del l[0]", "{\"op\":\"operator\",\"name\":\"delitem\",\"operands\":[{\"$var\":\"l\"},0]}"},
        {"del l.x", "{\"op\":\"delattr\",\"on\":{\"$var\":\"l\"},\"name\":\"x\"}"},
        {"del l", "{\"op\":\"drop\",\"name\":\"l\"}"},
        {"l[]", "t.case:1:3: error: expected a value, found ']'"},
        {"l[1", "t.case:1:4: error: expected ']', found the end of the line"},
        {"l[1:2:3:4]", "t.case:1:8: error: expected ']', found ':'"},
        {"l[,]", "t.case:1:3: error: expected a value, found ','"},
        {"del gone", "t.case:1:5: error: expected a name that an earlier step of this client binds, found 'gone'"},
        {"del",
         "t.case:1:4: error: expected a name that an earlier step of this client binds, found the end of the line"},
        {"del l, x", "t.case:1:6: error: expected the end of the line (one action per step: bind its result to a name "
                     "and go on in the next), found ','"},
        {"[1][0] = 2", "t.case:1:8: error: expected the end of the line (only a name, NAME.NAME or NAME[\xe2\x80\xa6] "
                       "can be set), found '='"},
        {"l.f() = 2", "t.case:1:7: error: expected the end of the line (only a name, NAME.NAME or NAME[\xe2\x80\xa6] "
                      "can be set), found '='"},
        {"l[0] += 1", "t.case:1:6: error: expected the end of the line (one action per step: bind its result to a name "
                      "and go on in the next), found '+='"},
        {"l.x = l.y", "t.case:1:8: error: expected the end of the line (one action per step: bind its result to a name "
                      "and go on in the next), found '.'"},
    };
    check(list, sizeof list / sizeof *list);
}

static void test_operators(void)
{
    static const char *const signs[][2] = {{"+", "add"}, {"-", "sub"}, {"*", "mul"},  {"&", "and_"},    {"|", "or_"},
                                           {"^", "xor"}, {"==", "eq"}, {"!=", "ne"},  {"<", "lt"},      {"<=", "le"},
                                           {">", "gt"},  {">=", "ge"}, {"is", "is_"}, {"is not", "is_"}};
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        char *source = text_format("l %s 1", signs[i][0]);
        char *wanted =
            text_format("{\"op\":\"operator\",\"name\":\"%s\",\"operands\":[{\"$var\":\"l\"},1]}", signs[i][1]);
        language_same_take(language_request(source), wanted, source);
        free(source);
        free(wanted);
    }
    static const char *const list[][2] = {
        {"1 in l", "{\"op\":\"operator\",\"name\":\"contains\",\"operands\":[{\"$var\":\"l\"},1]}"},
        {"1 not in l", "{\"op\":\"operator\",\"name\":\"contains\",\"operands\":[{\"$var\":\"l\"},1]}"},
        {"-l", "{\"op\":\"operator\",\"name\":\"neg\",\"operands\":[{\"$var\":\"l\"}]}"},
        {"not l", "{\"op\":\"operator\",\"name\":\"not_\",\"operands\":[{\"$var\":\"l\"}]}"},
        {"-1", "{\"op\":\"value\",\"value\":-1}"},
        {"2 * l", "{\"op\":\"operator\",\"name\":\"mul\",\"operands\":[2,{\"$var\":\"l\"}]}"},
        {"l += [1]", "{\"op\":\"operator\",\"name\":\"iadd\",\"operands\":[{\"$var\":\"l\"},[1]],\"store\":\"l\"}"},
        {"l -= x",
         "{\"op\":\"operator\",\"name\":\"isub\",\"operands\":[{\"$var\":\"l\"},{\"$var\":\"x\"}],\"store\":\"l\"}"},
        {"l *= 2", "{\"op\":\"operator\",\"name\":\"imul\",\"operands\":[{\"$var\":\"l\"},2],\"store\":\"l\"}"},
        {"l &= 2", "{\"op\":\"operator\",\"name\":\"iand\",\"operands\":[{\"$var\":\"l\"},2],\"store\":\"l\"}"},
        {"l |= 2", "{\"op\":\"operator\",\"name\":\"ior\",\"operands\":[{\"$var\":\"l\"},2],\"store\":\"l\"}"},
        {"l ^= 2", "{\"op\":\"operator\",\"name\":\"ixor\",\"operands\":[{\"$var\":\"l\"},2],\"store\":\"l\"}"},
        {"gone += 1", "t.case:1:1: error: expected a name that an earlier step of this client binds, found 'gone'"},
        {"l += ", "t.case:1:6: error: expected a value, found the end of the line"},
        {"l ** 2", "t.case:1:3: error: expected the end of the line (one action per step: bind its result to a name "
                   "and go on in the next), found '**'"},
        {"l + 1 + 2", "t.case:1:7: error: expected the end of the line (one action per step: bind its result to a name "
                      "and go on in the next), found '+'"},
        {"l < 1 < 2", "t.case:1:7: error: expected the end of the line (one action per step: bind its result to a name "
                      "and go on in the next), found '<'"},
        {"l not 1", "t.case:1:3: error: expected the end of the line (one action per step: bind its result to a name "
                    "and go on in the next), found 'not'"},
        {"l and x", "t.case:1:3: error: expected the end of the line (one action per step: bind its result to a name "
                    "and go on in the next), found 'and'"},
        {"not", "t.case:1:4: error: expected a value, found the end of the line"},
        {"l +", "t.case:1:4: error: expected a value, found the end of the line"},
    };
    check(list, sizeof list / sizeof *list);
}

static void test_builtins_and_values(void)
{
    static const char *const names[] = {"len",      "str",  "repr",      "bool",     "list",    "tuple",
                                        "dict",     "set",  "frozenset", "sorted",   "iter",    "next",
                                        "reversed", "type", "copy",      "deepcopy", "repickle"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char *source = text_format("%s(l)", names[i]);
        char *wanted = text_format("{\"op\":\"builtin\",\"name\":\"%s\",\"args\":[{\"$var\":\"l\"}]}", names[i]);
        language_same_take(language_request(source), wanted, source);
        free(source);
        free(wanted);
    }
    static const char *const list[][2] = {
        {"n = next(l, None)",
         "{\"op\":\"builtin\",\"name\":\"next\",\"args\":[{\"$var\":\"l\"},null],\"store\":\"n\"}"},
        {"sorted(l, key=len)", "t.case:1:1: error: sorted takes no keywords in cases"},
        {"len(len(l))",
         "t.case:1:5: error: len(\xe2\x80\xa6) is an action of its own: bind its result to a name in an earlier step"},
        {"l", "{\"op\":\"value\",\"value\":{\"$var\":\"l\"}}"},
        {"x = l", "{\"op\":\"value\",\"value\":{\"$var\":\"l\"},\"store\":\"x\"}"},
        {"x = [l, {'a': (x,)}]", "{\"op\":\"value\",\"value\":[{\"$var\":\"l\"},{\"$dict\":[[\"a\",{\"$tuple\":[{\"$"
                                 "var\":\"x\"}]}]]}],\"store\":\"x\"}"},
        {"x = ValueError('a', l)", "{\"op\":\"value\",\"value\":{\"$exception\":{\"class\":\"builtins:ValueError\","
                                   "\"args\":[\"a\",{\"$var\":\"l\"}]}},\"store\":\"x\"}"},
        {"x = '\\x00'", "{\"op\":\"value\",\"value\":{\"$str\":\"00\"},\"store\":\"x\"}"},
        {"x = '\\ud83d\\ude00'", "{\"op\":\"value\",\"value\":{\"$str\":\"eda0bdedb880\"},\"store\":\"x\"}"},
        {"x = 9007199254740992", "{\"op\":\"value\",\"value\":{\"$int\":\"9007199254740992\"},\"store\":\"x\"}"},
        {"x = -9007199254740991", "{\"op\":\"value\",\"value\":-9007199254740991,\"store\":\"x\"}"},
        {"x =", "t.case:1:4: error: expected a value, found the end of the line"},
        {"x = y = 1", "t.case:1:7: error: expected the end of the line (one action per step: bind its result to a name "
                      "and go on in the next), found '='"},
        {"x, y = 1", "t.case:1:2: error: expected the end of the line (one action per step: bind its result to a name "
                     "and go on in the next), found ','"},
        {"x = 1; y", "t.case:1:6: error: expected the end of the line (one action per step: bind its result to a name "
                     "and go on in the next), found ';'"},
        {"import os", "t.case:1:1: error: expected a value, found 'import'"},
    };
    check(list, sizeof list / sizeof *list);
}

static void test_names_that_mean_something_cannot_be_bound(void)
{
    static const char *const names[] = {"list", "manager", "copy", "None",    "ValueError",
                                        "for",  "reduced", "hand", "Ellipsis"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char *source = text_format("%s = 1", names[i]);
        char *wanted =
            text_format("t.case:1:1: error: '%s' means something already and cannot be a variable", names[i]);
        language_same_take(language_request(source), wanted, source);
        free(source);
        free(wanted);
    }
}

static void test_hand(void)
{
    static const char *const list[][2] = {
        {"hand l to b", "hand l to b"},
        {"hand l to b2", "hand l to b2"},
        {"hand l to main", "hand l to the first"},
        {"hand gone to b",
         "t.case:1:6: error: expected a name that an earlier step of this client binds, found 'gone'"},
        {"hand l b", "t.case:1:8: error: expected 'to', found 'b'"},
        {"hand l to B", "t.case:1:11: error: expected the name of a client: small letters and digits"},
        {"hand l to 1", "t.case:1:11: error: expected the name of a client, found '1'"},
        {"hand l to b c", "t.case:1:13: error: expected the end of the line (one action per step: bind its result to a "
                          "name and go on in the next), found 'c'"},
    };
    check(list, sizeof list / sizeof *list);
}

static void test_until(void)
{
    static const char *const list[][2] = {
        {"until 1: l.n", "until 1: {\"op\":\"getattr\",\"on\":{\"$var\":\"l\"},\"name\":\"n\"}"},
        {"until [1]: len(l)", "until [1]: {\"op\":\"builtin\",\"name\":\"len\",\"args\":[{\"$var\":\"l\"}]}"},
        {"until 1 l", "t.case:1:9: error: expected ':', found 'l'"},
        {"until : l", "t.case:1:7: error: expected a value, found ':'"},
        {"until 1:", "t.case:1:9: error: expected a value, found the end of the line"},
        {"until = 1", "t.case:1:1: error: 'until' means something already and cannot be a variable"},
    };
    check(list, sizeof list / sizeof *list);
}

/* What a statement says besides its request: b binds, d drops, q quiet, n negate, s sorted. */
static void test_marks(void)
{
    static const char *const list[][2] = {
        {"l", ""},
        {"x = l", "bq"},
        {"x += 1", "bq"},
        {"del l", "dq"},
        {"del l[0]", "q"},
        {"l[0] = 1", "q"},
        {"l.x = 1", "q"},
        {"hand l to b", "bq"},
        {"1 not in l", "n"},
        {"l is not x", "n"},
        {"1 in l", ""},
        {"x = 1 not in l", "bqn"},
        {"manager._get_methods(l)", "s"},
        {"manager._debug_info()", ""},
    };
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        struct problems problems = {0};
        struct statement statement;
        CU_ASSERT(language_statement(list[i][0], &statement, &problems));
        char *marks = text_format("%s%s%s%s%s", statement.binds ? "b" : "", statement.drops ? "d" : "",
                                  statement.quiet ? "q" : "", statement.negate ? "n" : "", statement.sorted ? "s" : "");
        language_same_take(marks, list[i][1], list[i][0]);
        statement_free(&statement);
        problems_free(&problems);
    }
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"creating and server functions", test_manager},
        {"methods, raw calls and attributes", test_methods},
        {"subscripts, setting and deleting", test_subscripts},
        {"operators", test_operators},
        {"built-in functions and values", test_builtins_and_values},
        {"names that mean something cannot be bound", test_names_that_mean_something_cannot_be_bound},
        {"hand", test_hand},
        {"until", test_until},
        {"what a statement binds, drops, shows", test_marks},
        CU_TEST_INFO_NULL,
    };
    return unit_main("statement", tests);
}
