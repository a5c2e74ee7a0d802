/* SPDX-License-Identifier: MIT */
/* Case files: the header, prompts, result lines, clients; each way to be malformed has its message; cut at every byte,
 * and changed at random, a file is fine or refused but never a crash, and what is accepted can be written and read
 * again. */
#include "harness/test/language.h"
#include "harness/write_case.h"

#define HEAD "# Title.\n# clauses: A-1\n# level: de-facto\n\n"
#define BODY HEAD ">>> l = 1\n"

static void check(const char *const (*list)[2], size_t count)
{
    for (size_t i = 0; i < count; i++)
        language_same_take(language_problems(list[i][0], strlen(list[i][0])), list[i][1], list[i][0]);
}

static const char whole[] =
    "# Everything: a title with a colon.\n# clauses: CALL-4 EXC-1\n# level: known-defect\n# versions: 3.9-3.14\n# "
    "defect: gh-99595 either\n# leaves: 2 lists\n# serializer: xmlrpclib\n"
    "# manager: fresh\n# differs: ref: because\n# differs: b: too\n#\n# A remark: with a colon.\n\n"
    ">>> l = manager.list([1, '\xc3\xa4'])\n>>> hand l to b\n[3.9] raises E('x')\nb&>>> x = "
    "l.pop()\nb???\nblocked\n>>> manager.Echo().x\n";

static void test_everything(void)
{
    char *text = text_format("%.*s>>> manager.Echo()\nproxy Echo exposing …\nb<<<\n\n# Remark.\n>>> x = "
                             "fixtures.Plain\n>>> l[0]\n[3.9-3.10] 1\n[3.11-] 2\n",
                             (int)(strstr(whole, ">>> manager.Echo().x") - whole), whole);
    struct problems problems = {0};
    struct test_case *test = parse_case("a/b", "cases/a/b.case", text, strlen(text), &problems);
    problems_print(&problems, stdout);
    CU_ASSERT_PTR_NOT_NULL_FATAL(test);
    CU_ASSERT_STRING_EQUAL(test->id, "a/b");
    CU_ASSERT_STRING_EQUAL(test->title, "Everything: a title with a colon.");
    CU_ASSERT(test->clause_count == 2 && !strcmp(test->clauses[1], "EXC-1"));
    CU_ASSERT(test->level == LEVEL_KNOWN_DEFECT && test->defect == DEFECT_EITHER && test->xmlrpclib && test->fresh &&
              test->fixtures);
    CU_ASSERT_STRING_EQUAL(test->tracker, "gh-99595");
    CU_ASSERT_EQUAL(test->leaves, 2);
    CU_ASSERT(test->versions.first == 309 && test->versions.last == 314);
    CU_ASSERT(test->allowance_count == 2 && !strcmp(test->allowances[0].implementation, "ref") &&
              !strcmp(test->allowances[1].reason, "too"));
    CU_ASSERT(test->client_count == 2 && !strcmp(test->clients[0], "") && !strcmp(test->clients[1], "b"));
    CU_ASSERT(test->type_count == 2 && !strcmp(test->types[0], "Echo") && !strcmp(test->types[1], "list"));
    CU_ASSERT_EQUAL_FATAL(test->step_count, 8);
    CU_ASSERT(test->steps[1].quiet && !test->steps[1].request && !strcmp(test->steps[1].hand_to, "b") &&
              test->steps[1].result_count == 1);
    CU_ASSERT(test->steps[2].prompt == PROMPT_START && test->steps[2].quiet && test->steps[2].line == 17);
    CU_ASSERT(test->steps[3].prompt == PROMPT_HOLD && test->steps[3].started == 2 && !test->steps[3].quiet);
    CU_ASSERT(test->steps[5].prompt == PROMPT_COLLECT && test->steps[5].started == 2 && test->steps[5].quiet);
    CU_ASSERT(test->steps[7].result_count == 2 && test->steps[7].results[1].versions.first == 311 &&
              test->steps[7].results[1].line == 28);
    CU_ASSERT_STRING_EQUAL(test->steps[0].statement, "l = manager.list([1, '\xc3\xa4'])");
    case_free(test);
    problems_free(&problems);
    free(text);
}

static void test_header(void)
{
    static const char *const list[][2] = {
        {"", "t.case: error: expected a case, found an empty file\n"},
        {"\n", "t.case:1:1: error: expected a header: a line '# ' and the title\n"},
        {">>> 5\n", "t.case:1:1: error: expected a header: a line '# ' and the title\n"},
        {"#\n# clauses: A-1\n# level: de-facto\n\n>>> 5\n",
         "t.case:1:1: error: expected the title, one sentence, as first line of the header\n"},
        {"# clauses: A-1\n# level: de-facto\n\n>>> 5\n",
         "t.case:1:1: error: expected the title, one sentence, as first line of the header\nt.case:1: error: expected "
         "a line '# clauses: \xe2\x80\xa6' in the header\n"},
        {"# Title.\n\n>>> 5\n", "t.case:1: error: expected a line '# clauses: \xe2\x80\xa6' in the header\nt.case:1: "
                                "error: expected a line '# level: \xe2\x80\xa6' in the header\n"},
        {"# Title.\n# clause: A-1\n# level: de-facto\n\n>>> 5\n",
         "t.case:2:3: error: expected a key that is known, found 'clause:' (a remark does not begin with a word and a "
         "colon)\nt.case:1: error: expected a line '# clauses: "
         "\xe2\x80\xa6' in the header\n"},
        {"# Title.\n# clauses: A-1 a-1 B B- -1 B-01 A-1\n# level: de-facto\n\n>>> 5\n",
         "t.case:2:16: error: expected a clause such as CALL-4, found 'a-1'\nt.case:2:20: error: expected a clause "
         "such as CALL-4, found 'B'\n"
         "t.case:2:22: error: expected a clause such as CALL-4, found 'B-'\nt.case:2:25: error: expected a clause such "
         "as CALL-4, found '-1'\n"
         "t.case:2:28: error: expected a clause such as CALL-4, found 'B-01'\nt.case:2:33: error: expected each clause "
         "once, found 'A-1' again\n"},
        {"# Title.\n# clauses:\n# level: de-facto\n\n>>> 5\n",
         "t.case:2:11: error: expected a value behind 'clauses:'\n"},
        {"# Title.\n# clauses: A-1\n# clauses: A-2\n# level: de-facto\n\n>>> 5\n",
         "t.case:3:3: error: expected the key 'clauses' once\n"},
        {"# Title.\n# clauses: A-1\n# level: defacto\n\n>>> 5\n",
         "t.case:3:10: error: expected documented, de-facto, accident or known-defect, found 'defacto'\n"},
        {"# Title.\n# clauses: A-1\n# level: de-facto\n# versions: 3.9..3.10\n\n>>> 5\n",
         "t.case:4:13: error: expected an interval of versions such as 3.9-3.12, 3.14- or -3.8, found '3.9..3.10'\n"},
        {"# Title.\n# clauses: A-1\n# level: known-defect\n\n>>> 5\n",
         "t.case:1: error: expected 'defect:' with the level known-defect, and only with it\n"},
        {"# Title.\n# clauses: A-1\n# level: de-facto\n# defect: fix\n\n>>> 5\n",
         "t.case:1: error: expected 'defect:' with the level known-defect, and only with it\n"},
        {"# Title.\n# clauses: A-1\n# level: known-defect\n# defect: gh-1\n\n>>> 5\n",
         "t.case:4: error: expected imitate, fix or either behind 'defect:'\n"},
        {"# Title.\n# clauses: A-1\n# level: known-defect\n# defect: 99595 fix\n\n>>> 5\n",
         "t.case:4:11: error: expected a tracker number such as gh-99595, and imitate, fix or either, found '99595'\n"},
        {"# Title.\n# clauses: A-1\n# level: de-facto\n# serializer: json\n\n>>> 5\n",
         "t.case:4:15: error: expected xmlrpclib (pickle is the default), found 'json'\n"},
        {"# Title.\n# clauses: A-1\n# level: de-facto\n# manager: old\n\n>>> 5\n",
         "t.case:4:12: error: expected fresh, found 'old'\n"},
        {"# Title.\n# clauses: A-1\n# level: de-facto\n# differs: ref\n\n>>> 5\n",
         "t.case:4:12: error: expected NAME: reason\n"},
        {"# Title.\n# clauses: A-1\n# level: de-facto\n# leaves: 1 list\n\n>>> 5\n",
         "t.case:1: error: expected 'leaves:' only with the level known-defect\n"},
        {"# Title.\n# clauses: A-1\n# level: known-defect\n# defect: fix\n# leaves: 0 lists\n\n>>> 5\n",
         "t.case:5:11: error: expected a number of objects from 1 to 99 and what they are\n"},
        {"# Title.\n# clauses: A-1\n# level: known-defect\n# defect: fix\n# leaves: 2\n\n>>> 5\n",
         "t.case:5:11: error: expected a number of objects from 1 to 99 and what they are\n"},
        {"# Title.\n# clauses: A-1\n# level: de-facto\n>>> 5\n",
         "t.case:4:1: error: expected an empty line at the end of the header\n"},
        {"# Title.\n# clauses: A-1\n# level: de-facto\n", "t.case:3: error: expected at least one step\n"},
        {HEAD, "t.case:4: error: expected at least one step\n"},
        {HEAD "# Remark.\n", "t.case:5: error: expected at least one step\n"},
        {"# Title.\n#clauses: A-1\n#  A remark: not a key.\n# level: de-facto\n# Remark: capital.\n# two words: no "
         "key.\n# http://x\n\n>>> 5\n",
         ""},
    };
    check(list, sizeof list / sizeof *list);
}

static void test_encoding(void)
{
    static const char *const list[][2] = {
        {HEAD ">>> 5", "t.case:5:6: error: expected a newline at the end of the file\n"},
        {HEAD ">>> 5\r\n", "t.case:5:6: error: expected lines that end with a newline only, found a carriage return\n"},
        {HEAD ">>>\t5\n",
         "t.case:5:4: error: expected no control characters (in strings they are written as escapes), found \\x09\n"},
        {HEAD ">>> 5 \x7f\n",
         "t.case:5:7: error: expected no control characters (in strings they are written as escapes), found \\x7f\n"},
        {"\xef\xbb\xbf" HEAD ">>> 5\n", "t.case:1:1: error: expected no byte order mark\n"},
        {HEAD ">>> '\xff'\n", "t.case:5:6: error: expected UTF-8, found the byte \\xff\n"},
        {HEAD ">>> '\xc0\x80'\n", "t.case:5:6: error: expected UTF-8, found the byte \\xc0\n"},
        {HEAD ">>> '\xed\xa0\x80'\n", "t.case:5:6: error: expected UTF-8, found the byte \\xed\n"},
        {HEAD ">>> '\xe2\x82'\n", "t.case:5:6: error: expected UTF-8, found the byte \\xe2\n"},
        {HEAD ">>> '\xf5\x80\x80\x80'\n", "t.case:5:6: error: expected UTF-8, found the byte \\xf5\n"},
        {HEAD ">>> 5\n  \n", "t.case:6:1: error: expected an empty line, found spaces\n"},
        {HEAD ">>> 5\n# \xe2\x82\xac \xf0\x9f\x98\x80\n>>> '\xe2\x82\xac'\n", ""},
        {HEAD ">>> 5\n'\xc3\xa4'\n", "t.case:6:2: error: expected ASCII or '\xe2\x80\xa6' in a result\n"},
        {HEAD ">>> 5\n'at 0x\xe2\x80\xa6'\n", ""},
    };
    check(list, sizeof list / sizeof *list);
    language_same_take(
        language_problems(HEAD ">>> '\0'\n", sizeof HEAD ">>> '\0'\n" - 1),
        "t.case:5:6: error: expected no control characters (in strings they are written as escapes), found \\x00\n",
        "a NUL");
}

static void test_prompts(void)
{
    static const char *const list[][2] = {
        {HEAD ">>>\n", "t.case:5:4: error: expected a statement behind the prompt\n"},
        {HEAD ">>> \n", "t.case:5:5: error: expected a statement behind the prompt\n"},
        {HEAD ">>>5\n", "t.case:5:4: error: expected a space behind the prompt\n"},
        {HEAD ">> 5\n", "t.case:5:1: error: expected a prompt: >>>, b>>>, b&>>>, b<<< or b\?\?\?\n"},
        {HEAD "B>>> 5\n", "t.case:5:1: error: expected a prompt: >>>, b>>>, b&>>>, b<<< or b\?\?\?\n"},
        {HEAD "b& >>> 5\n",
         "t.case:5:1: error: expected a prompt or a remark (a result stands directly below its prompt)\n"},
        {HEAD "b&>> 5\n", "t.case:5:1: error: expected a prompt: >>>, b>>>, b&>>>, b<<< or b\?\?\?\n"},
        {HEAD "b??\n", "t.case:5:1: error: expected a prompt: >>>, b>>>, b&>>>, b<<< or b\?\?\?\n"},
        {HEAD "&>>> 5\n", "t.case:5:1: error: expected the name of a client before '&>>>'\n"},
        {HEAD "main>>> 5\n", "t.case:5:1: error: expected '>>>' for the main client\n"},
        {HEAD "b&>>> 5\nb<<< 5\n", "t.case:6:6: error: expected nothing behind '<<<'\n"},
        {HEAD " >>> 5\n",
         "t.case:5:1: error: expected a prompt, a result or a remark, found a line that begins with a space\n"},
        {HEAD ">>> 5\n 5\n",
         "t.case:6:1: error: expected a prompt, a result or a remark, found a line that begins with a space\n"},
        {HEAD "5\n", "t.case:5:1: error: expected a prompt or a remark (a result stands directly below its prompt)\n"},
        {HEAD ">>> 5 +\n", "t.case:5:8: error: expected a value, found the end of the line\n"},
    };
    check(list, sizeof list / sizeof *list);
    char *both = language_problems(HEAD ">>> nosuch\n>>> nosuch2\n", strlen(HEAD ">>> nosuch\n>>> nosuch2\n"));
    CU_ASSERT(strstr(both, "t.case:5:5: ") && strstr(both, "t.case:6:5: "));
    free(both);
}

static void test_results(void)
{
    static const char *const list[][2] = {
        {HEAD ">>> 5\n\n5\n",
         "t.case:7:1: error: expected a prompt or a remark (a result stands directly below its prompt)\n"},
        {HEAD ">>> 5\n# Remark.\n5\n", ""},
        {HEAD ">>> 5\n5\n5\n", "t.case:7:1: error: expected versions that no result above has (line 6)\n"},
        {HEAD ">>> 5\n[3.8-3.9] 5\n[3.9-] 5\n",
         "t.case:7:1: error: expected versions that no result above has (line 6)\n"},
        {HEAD ">>> 5\n[3.8 5\n", "t.case:6:1: error: expected an interval such as [3.8], [3.9-3.11], [-3.11] or "
                                 "[3.12-], a space and a result\n"},
        {HEAD ">>> 5\n[3.9-3.8] 5\n", "t.case:6:1: error: expected an interval such as [3.8], [3.9-3.11], [-3.11] or "
                                      "[3.12-], a space and a result\n"},
        {HEAD ">>> 5\n[3.8]5\n", "t.case:6:1: error: expected an interval such as [3.8], [3.9-3.11], [-3.11] or "
                                 "[3.12-], a space and a result\n"},
        {HEAD ">>> 5\n[3.8] \n", "t.case:6:1: error: expected an interval such as [3.8], [3.9-3.11], [-3.11] or "
                                 "[3.12-], a space and a result\n"},
        {HEAD ">>> 5\n[3.8]\n", ""},
        {HEAD ">>> 5\n[3.8] [3.9] [x]\n", ""},
        {"# Title.\n# clauses: A-1\n# level: de-facto\n# versions: 3.9-\n\n>>> 5\n[3.8] 5\n",
         "t.case:7:1: error: expected versions within the 'versions:' of the header\n"},
        {HEAD "b&>>> 5\n5\nb<<<\n", "t.case:6:1: error: expected no result below 'b&>>>': it stands below 'b<<<'\n"},
    };
    check(list, sizeof list / sizeof *list);
}

static void test_clients(void)
{
    static const char *const list[][2] = {
        {HEAD "b<<<\n", "t.case:5:1: error: expected 'b&>>>' first: 'b' has no step that was started\n"},
        {HEAD "b\?\?\?\n", "t.case:5:1: error: expected 'b&>>>' first: 'b' has no step that was started\n"},
        {HEAD "b>>> 5\nb<<<\n", "t.case:6:1: error: expected 'b&>>>' first: 'b' has no step that was started\n"},
        {HEAD "b&>>> 5\nb>>> 6\nb<<<\n",
         "t.case:6:1: error: expected 'b<<<' first: 'b' still has a step that was started\n"},
        {HEAD "b&>>> 5\nb&>>> 6\nb<<<\n",
         "t.case:6:1: error: expected 'b<<<' first: 'b' still has a step that was started\n"},
        {HEAD "b&>>> 5\nb<<<\nb<<<\n", "t.case:7:1: error: expected 'b&>>>' first: 'b' has no step that was started\n"},
        {HEAD "b&>>> 5\n>>> 5\n",
         "t.case:5:1: error: expected 'b<<<' or 'b\?\?\?' below: nothing looks at what this step does\n"},
        {HEAD "b&>>> 5\nb\?\?\?\nb\?\?\?\n", ""},
        {HEAD "b&>>> 5\nb<<<\nb&>>> 5\nb<<<\n", ""},
        {BODY "b>>> l\n",
         "t.case:6:6: error: expected a value, found 'l', which no earlier step of this client binds\n"},
        {BODY "b>>> l.x\n", "t.case:6:6: error: 'l' is not bound in this client at this step\n"},
        {BODY ">>> del l\n>>> l\n",
         "t.case:7:5: error: expected a value, found 'l', which no earlier step of this client binds\n"},
        {BODY ">>> hand l to b\nb>>> l\nb>>> hand l to c\nc>>> l\nc>>> del l\n>>> l\n", ""},
        {HEAD "b>>> l = 1\nb>>> hand l to main\n>>> l\n", ""},
        {BODY ">>> hand l to main\n>>> l\n", "t.case:6: error: expected another client behind 'to'\n"},
        {BODY "b&>>> 5\n>>> hand l to b\nb<<<\n",
         "t.case:7: error: expected 'b<<<' first: 'b' still has a step that was started\n"},
        {HEAD "b>>> l = 1\nb&>>> hand l to c\nb<<<\n",
         "t.case:6: error: expected '>>>' before 'hand': it is never started without waiting\n"},
        {HEAD "b&>>> x = 1\nb<<<\nb>>> x\n", ""},
        {BODY "b&>>> until 1: 5\nb<<<\n", "t.case:6: error: expected '>>>' before 'until': it waits by itself\n"},
    };
    check(list, sizeof list / sizeof *list);
}

/* What parse_case accepts must survive being written and read again. */
static void try_text(const char *text, size_t length)
{
    struct problems problems = {0};
    struct test_case *test = parse_case("t", "t.case", text, length, &problems);
    CU_ASSERT_EQUAL(test == NULL, problems.count > 0);
    if (test) {
        char *again = write_case(test, NULL, 0);
        struct test_case *second = parse_case("t", "t.case", again, strlen(again), &problems);
        CU_ASSERT_PTR_NOT_NULL(second);
        case_free(second);
        free(again);
    }
    case_free(test);
    problems_free(&problems);
}

static void test_cut_at_every_byte(void)
{
    for (size_t length = 0; length < sizeof whole; length++) {
        char *exact = malloc(length ? length : 1); /* so that reading behind the end is seen */
        memcpy(exact, whole, length);
        try_text(exact, length);
        free(exact);
    }
}

static unsigned long long random_state = 88172645463325252ULL;

static size_t random_below(size_t limit)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (size_t)(random_state % limit);
}

static void test_changed_at_random(void)
{
    static const char *const pieces[] = {"\n",       " ",
                                         "'",        "\"",
                                         "(",        ")",
                                         "[",        "]",
                                         "{",        "}",
                                         ",",        ":",
                                         ".",        "=",
                                         "#",        ">>>",
                                         "b<<<",     "b&>>>",
                                         "b\?\?\?",  "[3.8] ",
                                         "\\",       "\\x",
                                         "**",       "-",
                                         "1e9",      "manager.",
                                         "hand ",    " to b",
                                         "del ",     "not in",
                                         "l",        "x",
                                         "reduced(", "\xe2\x80\xa6",
                                         "\xff",     "0x",
                                         "state=",   "array.array('i', "};
    for (int round = 0; round < 20000; round++) {
        char text[sizeof whole + 64];
        size_t length = sizeof whole - 1;
        memcpy(text, whole, sizeof whole);
        for (size_t change = random_below(4) + 1; change > 0; change--) {
            const char *piece = pieces[random_below(sizeof pieces / sizeof *pieces)];
            size_t at = random_below(length), size = strlen(piece), drop = random_below(4);
            drop = drop > length - at ? length - at : drop;
            memmove(text + at + size, text + at + drop, length - at - drop);
            for (size_t i = 0; i < size; i++)
                text[at + i] = piece[i];
            length = length + size - drop;
        }
        try_text(text, length);
    }
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"a case with everything", test_everything},
        {"headers", test_header},
        {"encodings", test_encoding},
        {"prompts", test_prompts},
        {"result lines", test_results},
        {"several clients", test_clients},
        {"cut at every byte", test_cut_at_every_byte},
        {"changed at random", test_changed_at_random},
        CU_TEST_INFO_NULL,
    };
    return unit_main("parse_case", tests);
}
