/* SPDX-License-Identifier: MIT */
/* Writing results: minimal intervals, merging with what is there, nothing else touched, twice gives the same. */
#include "harness/test/language.h"
#include "harness/write_case.h"

#define HEAD "# Title.\n# clauses: A-1\n# level: de-facto\n"

/* The case of this text; fatal if it has problems. */
static struct test_case *parsed(const char *text)
{
    struct problems problems = {0};
    struct test_case *test = parse_case("t", "t.case", text, strlen(text), &problems);
    problems_print(&problems, stdout);
    problems_free(&problems);
    CU_ASSERT_PTR_NOT_NULL_FATAL(test);
    return test;
}

/* Records and compares; then records the same again on the new text, which must not change it. */
static void check(const char *text, const struct recording *recordings, size_t count, const char *wanted)
{
    struct test_case *test = parsed(text);
    char *got = write_case(test, recordings, count);
    case_free(test);
    language_same_take(text_copy(got), wanted, text);
    test = parsed(got);
    language_same_take(write_case(test, recordings, count), wanted, "written again");
    language_same_take(write_case(test, NULL, 0), wanted, "written again without recordings");
    case_free(test);
    free(got);
}

#define LINES(...) ((const char *const[]){__VA_ARGS__})

static void test_all_agree(void)
{
    const struct recording all[] = {{308, LINES(NULL, "1")}, {311, LINES(NULL, "1")}, {315, LINES(NULL, "1")}};
    check(HEAD "\n>>> x = 1\n>>> x\n", all, 3, HEAD "\n>>> x = 1\n>>> x\n1\n");
    check(HEAD "\n>>> x = 1\n>>> x\n", all, 1, HEAD "\n>>> x = 1\n>>> x\n1\n");
}

static void test_versions_differ(void)
{
    const struct recording all[] = {{308, LINES("1")}, {309, LINES("1")}, {310, LINES("2")},
                                    {311, LINES("2")}, {312, LINES("1")}, {313, LINES("3")}};
    check(HEAD "\n>>> 5\n", all, 6, HEAD "\n>>> 5\n[3.8-3.9] 1\n[3.10-3.11] 2\n[3.12] 1\n[3.13-] 3\n");
    check(HEAD "\n>>> 5\n", all, 3, HEAD "\n>>> 5\n[3.8-3.9] 1\n[3.10-] 2\n");
    check(HEAD "# versions: 3.9-3.11\n\n>>> 5\n", all, 6, HEAD "# versions: 3.9-3.11\n\n>>> 5\n[3.9] 1\n[3.10-] 2\n");
    check(HEAD "# versions: 3.10-3.11\n\n>>> 5\n", all, 6, HEAD "# versions: 3.10-3.11\n\n>>> 5\n2\n");
    check(HEAD "# versions: 3.14-\n\n>>> 5\n", all, 6, HEAD "# versions: 3.14-\n\n>>> 5\n");
}

/* 3.9 and 3.10 were never recorded: between two that agree they are in the interval, between two that differ in none.
 */
static void test_gaps(void)
{
    const struct recording some[] = {{308, LINES("1")}, {311, LINES("1")}, {313, LINES("2")}};
    check(HEAD "\n>>> 5\n", some, 3, HEAD "\n>>> 5\n[3.8-3.11] 1\n[3.13-] 2\n");
}

static void test_quiet_steps(void)
{
    const struct recording all[] = {{308, LINES("raises E()", "1")}, {309, LINES(NULL, "1")}, {310, LINES(NULL, "1")}};
    check(HEAD "\n>>> x = 1\n>>> x\n", all, 3, HEAD "\n>>> x = 1\n[3.8] raises E()\n>>> x\n1\n");
    const struct recording late[] = {{308, LINES(NULL, "1")}, {309, LINES("raises E()", "1")}};
    check(HEAD "\n>>> x = 1\n>>> x\n", late, 2, HEAD "\n>>> x = 1\n[3.9-] raises E()\n>>> x\n1\n");
    check(HEAD "\n>>> x = 1\n[3.8] raises E()\n>>> x\n1\n", (const struct recording[]){{308, LINES(NULL, "1")}}, 1,
          HEAD "\n>>> x = 1\n>>> x\n1\n");
}

static void test_merging(void)
{
    /* 3.8 is not there now: what it showed stays. */
    const struct recording now[] = {{311, LINES("2")}, {313, LINES("3")}};
    check(HEAD "\n>>> 5\n[3.8] 1\n[3.11-] 9\n", now, 2,
          HEAD "\n>>> 5\n[3.8] 1\n[3.11] 2\n[3.12] 9\n[3.13] 3\n[3.14-] 9\n");
    /* One version differs from what all showed. */
    check(HEAD "\n>>> 5\n1\n", (const struct recording[]){{311, LINES("2")}}, 1,
          HEAD "\n>>> 5\n[3.8-3.10] 1\n[3.11] 2\n[3.12-] 1\n");
    check(HEAD "\n>>> 5\n1\n", (const struct recording[]){{315, LINES("2")}}, 1,
          HEAD "\n>>> 5\n[3.8-3.14] 1\n[3.15-] 2\n");
    check(HEAD "\n>>> 5\n[3.8-3.14] 1\n[3.15-] 2\n", (const struct recording[]){{315, LINES("1")}}, 1,
          HEAD "\n>>> 5\n1\n");
    /* A step that is new has results only where it was recorded. */
    check(HEAD "\n>>> 5\n1\n>>> 6\n", (const struct recording[]){{311, LINES("1", "2")}}, 1,
          HEAD "\n>>> 5\n1\n>>> 6\n[3.11] 2\n");
    /* An unknown, newer version. */
    check(HEAD "\n>>> 5\n1\n", (const struct recording[]){{316, LINES("2")}}, 1,
          HEAD "\n>>> 5\n[3.8-3.15] 1\n[3.16-] 2\n");
}

static void test_everything_else_stays(void)
{
    const struct recording one[] = {{311, LINES(NULL, "1", NULL, NULL, "blocked", "None", NULL)}};
    check(HEAD "# A remark.\n\n\n>>> x = 1   \n# Below x.\n\n>>> x\n# Between.\n[3.11] 9\n# Behind.\n\n"
               ">>> hand x to b\nb&>>> x.append(1)\nb???\nb<<<\n\n# The end.\n\n>>> del x\n\n\n",
          one, 1,
          HEAD "# A remark.\n\n\n>>> x = 1   \n# Below x.\n\n>>> x\n1\n# Between.\n# Behind.\n\n"
               ">>> hand x to b\nb&>>> x.append(1)\nb???\nblocked\nb<<<\nNone\n\n# The end.\n\n>>> del x\n\n\n");
}

static void test_lists_are_not_taken_for_intervals(void)
{
    const struct recording all[] = {{308, LINES("[3.8]", "[1, 2]")}, {309, LINES("[3.9-3.10]", "[1, 2]")}};
    check(HEAD "\n>>> 5\n>>> 6\n", all, 2, HEAD "\n>>> 5\n[3.8] [3.8]\n[3.9-] [3.9-3.10]\n>>> 6\n[1, 2]\n");
}

static void test_recorded(void)
{
    struct test_case *test = parsed(HEAD "\n>>> x = 1\n[3.9] raises E()\n>>> 5\n[3.8-3.10] 1\n[3.12-] 2\n");
    const char *line = NULL;
    CU_ASSERT(case_recorded(test, 308) && case_recorded(test, 310) && !case_recorded(test, 311) &&
              case_recorded(test, 320));
    CU_ASSERT_EQUAL(case_expected(test, 0, 308, &line), EXPECT_SILENCE);
    CU_ASSERT_EQUAL(case_expected(test, 0, 309, &line), EXPECT_LINE);
    CU_ASSERT_STRING_EQUAL(line, "raises E()");
    CU_ASSERT_EQUAL(case_expected(test, 1, 313, &line), EXPECT_LINE);
    CU_ASSERT_STRING_EQUAL(line, "2");
    CU_ASSERT_EQUAL(case_expected(test, 0, 311, &line), EXPECT_UNRECORDED);
    CU_ASSERT_EQUAL(case_expected(test, 1, 311, &line), EXPECT_UNRECORDED);
    case_free(test);
    /* Steps that all succeed without a line: nothing says that anybody looked. */
    test = parsed(HEAD "\n>>> x = 1\n>>> x[0] = 2\n");
    CU_ASSERT_FALSE(case_recorded(test, 311));
    case_free(test);
    test = parsed(HEAD "\n>>> x = 1\n>>> x[0] = 2\nraises TypeError()\n");
    CU_ASSERT(case_recorded(test, 311));
    case_free(test);
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"no interval where all agree", test_all_agree},
        {"minimal intervals where versions differ", test_versions_differ},
        {"versions that are missing in between", test_gaps},
        {"steps that show a line only if they raise", test_quiet_steps},
        {"results of versions that are not there are kept", test_merging},
        {"remarks, empty lines and statements stay", test_everything_else_stays},
        {"lists are not taken for intervals", test_lists_are_not_taken_for_intervals},
        {"what is recorded and expected", test_recorded},
        CU_TEST_INFO_NULL,
    };
    return unit_main("write_case", tests);
}
