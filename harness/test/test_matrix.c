/* SPDX-License-Identifier: MIT */
/* The matrix from made-up data: what its page says, and that a difference between page, data, cases and run is seen. */
#include <stdlib.h>
#include <string.h>

#include "harness/matrix.h"
#include "harness/options.h"
#include "harness/parse_case.h"
#include "harness/problems.h"
#include "harness/results.h"
#include "harness/select.h"
#include "harness/setup.h"
#include "harness/test/unit.h"
#include "harness/text.h"

const struct command commands[] = {{0}};

/* Where the project is, as far as these tests know. */
#define PLACE "/some/where/project"

static const char recorded[] =
    "{\"format\": 1, \"cases\": 2, \"cases_sha256\": \"abc\", \"absent\": [], \"implementations\": ["
    " {\"name\": \"cpython-3.9\", \"kind\": \"cpython\", \"imitates\": \"3.9\", \"release\": \"3.9.18\"},"
    " {\"name\": \"ref-3.9\", \"kind\": \"ref\", \"imitates\": \"3.9\", \"release\": \"mpmanager 1\"},"
    " {\"name\": \"mine\", \"kind\": \"mine\", \"imitates\": \"3.9\", \"release\": \"mine 5\", \"home\": "
    "\"https://example.org/\"}],"
    "\"pairings\": ["
    " {\"proxy\": \"cpython-3.9\", \"manager\": \"cpython-3.9\", \"versions\": [\"3.9\"], \"counts\": {\"pass\": 2},"
    "  \"groups\": {\"LIST\": [2, 2], \"CALL\": [1, 1]}, \"deviations\": []},"
    " {\"proxy\": \"mine\", \"manager\": \"cpython-3.9\", \"versions\": [\"3.9\"],"
    "  \"counts\": {\"pass\": 1, \"fail\": 1}, \"groups\": {\"LIST\": [1, 2], \"CALL\": [1, 1]}, \"deviations\": ["
    "   {\"case\": \"t/a\", \"verdict\": \"fail\", \"line\": 6, \"statement\": \">>> a | `b`\", \"expected\": null,"
    "    \"observed\": \"raises E('x')\"}]},"
    " {\"proxy\": \"ref-3.9\", \"manager\": \"mine\", \"versions\": [\"3.9\"], \"counts\": {\"pass\": 1, \"crash\": 1},"
    "  \"groups\": {\"LIST\": [1, 2], \"CALL\": [1, 1]}, \"deviations\": ["
    "   {\"case\": \"t/b\", \"verdict\": \"crash\", \"reason\": \"it died\"}]},"
    " {\"proxy\": \"cpython-3.9\", \"manager\": \"mine\", \"versions\": [\"3.9\"],"
    "  \"counts\": {\"pass\": 1, \"not-applicable\": 1}, \"groups\": {\"LIST\": [1, 1]}, \"deviations\": []}]}";

static json_t *parse(const char *text)
{
    json_t *data = json_loads(text, 0, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(data);
    return data;
}

static char *page_of(const json_t *data)
{
    struct text page = {0};
    matrix_text(&page, data);
    return text_give(&page);
}

static void says(const char *page, const char *part)
{
    CU_ASSERT_PTR_NOT_NULL(strstr(page, part));
    if (!strstr(page, part))
        printf("# the page lacks: %s\n", part);
}

static void test_page(void)
{
    json_t *data = parse(recorded);
    char *page = page_of(data);
    says(page, "2 cases, SHA-256 `abc`; 4 pairings.");
    says(page, "| [mine](#mine) | mine 5 | 3.9 | 1 pass, 1 fail | 1 pass | – |");
    says(page, "| cpython-3.9 | 3.9.18 | 3.9 | 2 pass | 2 pass | 2 pass |");
    CU_ASSERT_PTR_NULL(strstr(page, "| ref-3.9 |")); /* only a partner here */
    says(page, "| LIST | **1/2** · 1 |");
    says(page, "| CALL | 1 · – |");
    says(page, "| [t/a](../cases/t/a.case) | fail |  |  | `` >>> a \\| `b` ``<br>expected `no exception`<br>observed "
               "`raises E('x')` |");
    says(page, "| [t/b](../cases/t/b.case) | ref-3.9 × mine | crash | `it died` |");
    CU_ASSERT_PTR_NULL(strstr(page, "Not installed"));
    free(page);
    json_array_append_new(json_object_get(data, "absent"), json_string("pypy"));
    page = page_of(data);
    says(page, "**Not installed where this was made, so not run:** pypy.");
    free(page);
    json_decref(data);
}

/* How many problems there are between the recorded data and data changed by one replacement; notes go to /dev/null. */
static size_t compared(const char *from, const char *to, bool whole)
{
    static const char text[] = "# A.\n# clauses: CALL-1\n# level: documented\n\n>>> 1 + 1\n2\n";
    struct problems problems = {0};
    struct test_case *a = parse_case("t/a", "t/a.case", text, sizeof text - 1, &problems),
                     *b = parse_case("t/b", "t/b.case", text, sizeof text - 1, &problems);
    const struct test_case *cases[] = {a, b};
    const struct selection selection = {.cases = cases, .count = 2};
    char *at = strstr(recorded, from);
    CU_ASSERT_PTR_NOT_NULL_FATAL(at);
    char *changed = text_format("%.*s%s%s", (int)(at - recorded), recorded, to, at + strlen(from));
    json_t *before = parse(recorded), *after = parse(changed);
    FILE *notes = fopen("/dev/null", "w");
    matrix_compare(before, after, &selection, whole, &problems, notes);
    const size_t count = problems.count;
    fclose(notes);
    problems_free(&problems);
    json_decref(before);
    json_decref(after);
    free(changed);
    case_free(a);
    case_free(b);
    return count;
}

static void test_compare(void)
{
    CU_ASSERT_EQUAL(compared("abc", "abc", true), 0);
    CU_ASSERT_EQUAL(compared("abc", "abd", true), 1);
    CU_ASSERT_EQUAL(compared("abc", "abd", false), 0);
    CU_ASSERT_EQUAL(compared("E('x')", "E('y')", false), 1);
    CU_ASSERT_EQUAL(compared("{\"case\": \"t/b\", \"verdict\": \"crash\", \"reason\": \"it died\"}", "", false), 1);
    CU_ASSERT_EQUAL(compared("\"t/b\"", "\"t/a\"", false), 2); /* one is new, one is gone */
    CU_ASSERT_EQUAL(compared("\"pass\": 2", "\"pass\": 1", true), 1);
    CU_ASSERT_EQUAL(compared("\"pass\": 2", "\"pass\": 1", false), 0);
    CU_ASSERT_EQUAL(compared("\"ref-3.9\", \"manager\"", "\"ref-3.8\", \"manager\"", false), 1);
    CU_ASSERT_EQUAL(compared("mine 5", "mine 6", true), 0); /* another release may do the same: a note */
}

/* The problems of a page that was made from data, and then one of them changed. */
static size_t current(const char *hash, const char *last_name, const char *from, const char *to, bool page_is_older)
{
    char *const names[] = {(char *)"cpython", (char *)"ref", (char *)last_name, NULL};
    struct problems problems = {0};
    char *at = strstr(recorded, from);
    CU_ASSERT_PTR_NOT_NULL_FATAL(at);
    char *changed = text_format("%.*s%s%s", (int)(at - recorded), recorded, to, at + strlen(from));
    json_t *before = parse(recorded), *after = parse(changed);
    char *page = page_of(page_is_older ? before : after);
    matrix_check_current(after, page, hash, names, &problems);
    const size_t count = problems.count;
    free(page);
    problems_free(&problems);
    json_decref(before);
    json_decref(after);
    free(changed);
    return count;
}

static void test_current(void)
{
    CU_ASSERT_EQUAL(current("abc", "mine", "abc", "abc", false), 0);
    CU_ASSERT_EQUAL(current("abd", "mine", "abc", "abc", false), 1);         /* other cases */
    CU_ASSERT_EQUAL(current("abc", "pypy", "abc", "abc", false), 1);         /* one more implementation */
    CU_ASSERT_EQUAL(current("abc", "mine", "it died", "it lived", true), 1); /* data were edited */
    CU_ASSERT_EQUAL(current("abc", "mine", "\"absent\": [", "\"absent\": [\"x\"", false), 1); /* made without it */
    CU_ASSERT_EQUAL(current("abc", "mine", "\"format\": 1", "\"format\": 2", false), 1);
}

/* The data of one red result, of which an event is given: its only deviation, new. */
static json_t *deviation_of(const char *event)
{
    static const char text[] = "# A.\n# clauses: CALL-1\n# level: documented\n\n>>> 1 + 1\n2\n";
    struct problems problems = {0};
    struct test_case *test = parse_case("t/a", "t/a.case", text, sizeof text - 1, &problems);
    const struct test_case *cases[] = {test};
    const struct selection selection = {.cases = cases, .count = 1};
    const struct setup setup = {.pairing_count = 1};
    json_t *events[] = {parse(event)};
    struct results results = {.setup = &setup, .selection = &selection, .events = events};
    results.header = parse("{\"cases\": 1, \"cases_sha256\": \"abc\", \"implementations\": [], \"pairings\": [{}]}");
    json_t *data = matrix_data(&results), *pairing = json_array_get(json_object_get(data, "pairings"), 0),
           *item = json_incref(json_array_get(json_object_get(pairing, "deviations"), 0));
    json_decref(data);
    json_decref(results.header);
    json_decref(events[0]);
    case_free(test);
    problems_free(&problems);
    return item;
}

static void deviates(const char *event, const char *wanted)
{
    json_t *found = deviation_of(event), *right = parse(wanted);
    CU_ASSERT(json_equal(found, right));
    if (!json_equal(found, right)) {
        char *text = json_dumps(found, 0);
        printf("# %s\n", text);
        free(text);
    }
    json_decref(found);
    json_decref(right);
}

/* main says where the project is; no place on a machine gets into the data. */
static void test_places(void)
{
    deviates("{\"case\": \"t/a\", \"verdict\": \"crash\", \"reason\": \"" PLACE "/a.py and " PLACE "/b.py failed\"}",
             "{\"case\": \"t/a\", \"verdict\": \"crash\", \"reason\": \"{home}/a.py and {home}/b.py failed\"}");
    deviates(
        "{\"case\": \"t/a\", \"verdict\": \"fail\", \"reason\": \"" PLACE
        "\", \"steps\": [{\"line\": 5, \"statement\": "
        "\">>> '" PLACE "'\", \"expected\": null, \"observed\": \"raises E('" PLACE
        "')\", \"difference\": \"different\"}]}",
        "{\"case\": \"t/a\", \"verdict\": \"fail\", \"line\": 5, \"statement\": \">>> '{home}'\", \"expected\": null, "
        "\"observed\": \"raises E('{home}')\"}");
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"the page says what the data says", test_page},
        {"each difference between a run and the data is a problem", test_compare},
        {"without a run it is held against cases, implementations and its own page", test_current},
        {"the place of the project is not in the data", test_places},
        CU_TEST_INFO_NULL,
    };
    setenv("MPCONFORM_HOME", PLACE, 1);
    return unit_main("matrix", tests);
}
