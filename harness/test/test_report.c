/* SPDX-License-Identifier: MIT */
/* Results and their renderings: made-up events of every verdict, with texts that each format must escape. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/event.h"
#include "harness/implementation.h"
#include "harness/known.h"
#include "harness/options.h"
#include "harness/parse_case.h"
#include "harness/place.h"
#include "harness/report.h"
#include "harness/results.h"
#include "harness/select.h"
#include "harness/session.h"
#include "harness/setup.h"
#include "harness/test/unit.h"
#include "harness/text.h"

#define CASES ((size_t)VERDICT_COUNT)
#define NASTY "a <b> & \"c\" `d` # e\n]]> \x01 \xff end"

/* Those that reports name, for running a result again. */
const struct command commands[] = {
    {.name = "run", .bit = COMMAND_RUN}, {.name = "explain", .bit = COMMAND_EXPLAIN}, {0}};

/* A run of one pairing: case i has verdict i. */
struct fixture {
    char folder[32];
    struct implementation mine;
    struct implementation *list[1];
    struct pairing pairing;
    struct group group;
    struct setup setup;
    struct options options;
    struct test_case *cases[CASES];
    struct selection selection;
    struct results results;
    struct known known;
};

static struct test_case *make_case(size_t i)
{
    static const char text[] =
        "# A title with <b> & \"quotes\".\n# clauses: CALL-1\n# level: documented\n\n>>> 1 + 1\n2\n";
    struct problems problems = {0};
    char *id = text_format("t/c%zu", i);
    struct test_case *test = parse_case(id, "t/c.case", text, sizeof text - 1, &problems);
    problems_free(&problems);
    free(id);
    CU_ASSERT_PTR_NOT_NULL_FATAL(test);
    return test;
}

static void begin(struct fixture *f)
{
    *f = (struct fixture){.folder = "/tmp/test_report-XXXXXX",
                          .mine = {.name = (char *)"mine",
                                   .kind = (char *)"mine",
                                   .version = 311,
                                   .compat = "3.11",
                                   .manager = (char *)"m",
                                   .proxy = (char *)"p"}};
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(f->folder));
    f->list[0] = &f->mine;
    f->group = (struct group){.version = 311, .python = "", .count = 1};
    f->setup = (struct setup){.implementations = f->list,
                              .count = 1,
                              .pairings = &f->pairing,
                              .pairing_count = 1,
                              .groups = &f->group,
                              .group_count = 1,
                              .python = (char *)"",
                              .release = (char *)"",
                              .version = 311,
                              .compat = "3.11"};
    f->options = (struct options){.deadline = OPTIONS_DEADLINE, .manager = "run 'it'", .strict = true};
    for (size_t i = 0; i < CASES; i++)
        f->cases[i] = make_case(i);
    f->selection = (struct selection){.cases = (const struct test_case **)f->cases, .count = CASES};
    CU_ASSERT_EQUAL_FATAL(results_open(&f->results, &f->setup, &f->options, &f->selection, &f->known, NULL, f->folder),
                          0);
}

static void give(struct fixture *f, size_t i, enum verdict verdict)
{
    struct step_observation seen = {true, (char *)"2"};
    struct session session = {.steps = &seen, .count = 1};
    struct step_judgement step = {.known = true, .expected = "2", .difference = COMPARE_SAME};
    struct judgement judgement = {.verdict = verdict, .reason = (char *)NASTY, .steps = &step, .count = 1};
    json_t *event = event_result(&f->setup, i, f->cases[i], 0, &session, &judgement);
    results_receive(&f->results, event);
    json_decref(event);
}

static void finish(struct fixture *f)
{
    results_free(&f->results);
    for (size_t i = 0; i < CASES; i++)
        case_free(f->cases[i]);
    place_remove(f->folder);
}

static char *read_report(const struct fixture *f, const char *name)
{
    char *path = text_format("%s/%s", f->folder, name), *text = place_read(path);
    free(path);
    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    return text;
}

/* How often part occurs in the report. */
static size_t count_in(const struct fixture *f, const char *name, const char *part)
{
    char *text = read_report(f, name);
    size_t count = 0;
    for (const char *at = text; (at = strstr(at, part)); at += strlen(part))
        count++;
    free(text);
    return count;
}

static void test_every_verdict_in_every_report(void)
{
    struct fixture f;
    size_t red = 0, gray = 0;
    begin(&f);
    for (size_t i = 0; i < CASES; i++) {
        give(&f, i, (enum verdict)i);
        red += verdict_kind((enum verdict)i) == VERDICT_RED;
        gray += verdict_kind((enum verdict)i) == VERDICT_GRAY;
    }
    json_t *other = event_failure(FAILURE_PROCESS, "the manager of mine", NASTY, "stderr " NASTY);
    results_receive(&f.results, other);
    json_decref(other);
    results_close(&f.results, 0);
    CU_ASSERT_TRUE(report_write_all(&f.results, f.folder));
    CU_ASSERT_EQUAL(f.results.tally.failed, red + 1);
    CU_ASSERT_EQUAL(f.results.tally.skipped, gray);
    CU_ASSERT_EQUAL(f.results.tally.passed, CASES - red - gray);
    CU_ASSERT_EQUAL(results_status(&f.results), STATUS_NOT_CONFORMING);
    CU_ASSERT_EQUAL(count_in(&f, "results.tap", "\nnot ok "), red + 1);
    CU_ASSERT_EQUAL(count_in(&f, "results.tap", "\nok "), CASES - red);
    CU_ASSERT_EQUAL(count_in(&f, "results.tap", "# SKIP"), gray);
    CU_ASSERT_EQUAL(count_in(&f, "junit.xml", "<testcase"), CASES + 1);
    CU_ASSERT_EQUAL(count_in(&f, "junit.xml", "<failure"), red + 1);
    CU_ASSERT_EQUAL(count_in(&f, "junit.xml", "<skipped"), gray);
    CU_ASSERT_EQUAL(count_in(&f, "junit.xml", "<b>"), 0);
    CU_ASSERT_EQUAL(count_in(&f, "junit.xml", "\x01"), 0);
    CU_ASSERT_EQUAL(count_in(&f, "events.ndjson", "{\"type\":\"result\""), CASES);
    CU_ASSERT_EQUAL(count_in(&f, "summary.md", "not conforming"), 1);
    CU_ASSERT_EQUAL(count_in(&f, "results.sarif", "\"level\": \"error\""), red + 1);
    CU_ASSERT_EQUAL(count_in(&f, "badge.svg", " failed, "), 2); /* in the title and in the picture */
    finish(&f);
}

/* Nothing in the data of the page can end it or begin another element. */
static void test_page_holds_any_text(void)
{
    struct fixture f;
    begin(&f);
    for (size_t i = 0; i < CASES; i++)
        give(&f, i, VERDICT_FAIL);
    json_t *other = event_failure(FAILURE_RUN, "</script><b>", "<!-- \xe2\x80\xa8 </script>", "&amp;");
    results_receive(&f.results, other);
    json_decref(other);
    results_close(&f.results, 0);
    CU_ASSERT_TRUE(report_write_all(&f.results, f.folder));
    CU_ASSERT_EQUAL(count_in(&f, "index.html", "</script"), 2);
    CU_ASSERT_EQUAL(count_in(&f, "index.html", "\\u003c/script\\u003e\\u003cb\\u003e"), 1);
    CU_ASSERT_EQUAL(count_in(&f, "index.html", "\\u003c!-- \\u2028"), 1);
    CU_ASSERT_EQUAL(count_in(&f, "index.html", "\xe2\x80\xa8"), 0);
    CU_ASSERT_EQUAL(count_in(&f, "index.html", "'sha256-"), 2);
    CU_ASSERT_EQUAL(count_in(&f, "index.html", "@DATA@"), 0);
    CU_ASSERT_EQUAL(count_in(&f, "index.html", "http"), 1); /* that of http-equiv: it refers to nothing */
    finish(&f);
}

static void test_all_green(void)
{
    struct fixture f;
    begin(&f);
    for (size_t i = 0; i < CASES; i++)
        give(&f, i, i % 2 ? VERDICT_PASS : VERDICT_WORDING);
    results_close(&f.results, 0);
    CU_ASSERT_TRUE(report_write_all(&f.results, f.folder));
    CU_ASSERT_EQUAL(results_status(&f.results), STATUS_CONFORMING);
    CU_ASSERT_EQUAL(count_in(&f, "events.ndjson", "\"complete\":true"), 1);
    CU_ASSERT_EQUAL(count_in(&f, "summary.md", "# mpconform: conforming"), 1);
    finish(&f);
}

static void test_missing_result_is_red(void)
{
    struct fixture f;
    begin(&f);
    for (size_t i = 1; i < CASES; i++)
        give(&f, i, VERDICT_PASS);
    results_close(&f.results, 0);
    CU_ASSERT_EQUAL(results_status(&f.results), STATUS_NOT_CONFORMING);
    CU_ASSERT_EQUAL(results_verdict(results_event(&f.results, 0, 0)), VERDICT_HARNESS_ERROR);
    CU_ASSERT_EQUAL(f.results.tally.failed, 1);
    CU_ASSERT_EQUAL(f.results.tally.run, CASES - 1);
    finish(&f);
}

static void test_interrupted_is_red(void)
{
    struct fixture f;
    begin(&f);
    give(&f, 0, VERDICT_PASS);
    results_close(&f.results, 15);
    CU_ASSERT_EQUAL(results_status(&f.results), STATUS_NOT_CONFORMING);
    CU_ASSERT_EQUAL(count_in(&f, "events.ndjson", "\"complete\":false"), 1);
    finish(&f);
}

static void test_only_skips_are_red(void)
{
    struct fixture f;
    begin(&f);
    for (size_t i = 0; i < CASES; i++)
        give(&f, i, VERDICT_NOT_APPLICABLE);
    results_close(&f.results, 0);
    CU_ASSERT_EQUAL(results_status(&f.results), STATUS_NOT_CONFORMING);
    CU_ASSERT_EQUAL(f.results.tally.failed, 1);
    CU_ASSERT_EQUAL(f.results.tally.skipped, CASES);
    finish(&f);
}

static void test_dead_worker_is_red(void)
{
    struct fixture f;
    begin(&f);
    for (size_t i = 0; i < CASES; i++)
        give(&f, i, VERDICT_PASS);
    results_worker_died(&f.results, 1);
    results_close(&f.results, 0);
    CU_ASSERT_EQUAL(results_status(&f.results), STATUS_NOT_CONFORMING);
    finish(&f);
}

static void test_strange_events_do_not_count(void)
{
    struct fixture f;
    begin(&f);
    json_t *outside =
        json_pack("{s:s, s:i, s:i, s:s}", "type", "result", "case_index", 1000, "pairing", 0, "verdict", "pass");
    json_t *unknown =
        json_pack("{s:s, s:i, s:i, s:s}", "type", "result", "case_index", 0, "pairing", 0, "verdict", "green");
    for (size_t i = 1; i < CASES; i++)
        give(&f, i, VERDICT_PASS);
    give(&f, 1, VERDICT_FAIL); /* the first result stands */
    results_receive(&f.results, outside);
    results_receive(&f.results, unknown);
    results_close(&f.results, 0);
    CU_ASSERT_EQUAL(f.results.tally.verdicts[VERDICT_HARNESS_ERROR], 1); /* the unknown verdict */
    CU_ASSERT_EQUAL(f.results.tally.passed, CASES - 1);
    json_decref(outside);
    json_decref(unknown);
    finish(&f);
}

static void test_command_that_reproduces(void)
{
    struct fixture f;
    begin(&f);
    char *again = results_again(&f.results, 3, 0);
    CU_ASSERT_STRING_EQUAL(again, "mpconform run t/c3 --pairing mine,mine --manager 'run '\\''it'\\''' --strict");
    free(again);
    finish(&f);
}

static void test_earlier_reports_are_removed(void)
{
    struct fixture f;
    begin(&f);
    give(&f, 0, VERDICT_PASS);
    results_close(&f.results, 0);
    report_write_all(&f.results, f.folder);
    report_remove(f.folder);
    char *path = text_format("%s/results.json", f.folder);
    CU_ASSERT_NOT_EQUAL(access(path, F_OK), 0);
    free(path);
    finish(&f);
}

static void test_text_that_is_no_utf8(void)
{
    json_t *string = event_text("a\xc3\xa9 \xff \xed\xa0\x80 \xc0\x80 \xe2\x82");
    CU_ASSERT_STRING_EQUAL(json_string_value(string),
                           "a\xc3\xa9 \xef\xbf\xbd \xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd \xef\xbf\xbd\xef\xbf\xbd "
                           "\xef\xbf\xbd\xef\xbf\xbd");
    json_decref(string);
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"every verdict counts the same in every report", test_every_verdict_in_every_report},
        {"the page holds any text", test_page_holds_any_text},
        {"all green", test_all_green},
        {"a missing result is red", test_missing_result_is_red},
        {"an interrupted run is red", test_interrupted_is_red},
        {"nothing but skips is red", test_only_skips_are_red},
        {"a dead worker is red", test_dead_worker_is_red},
        {"events that nobody expects", test_strange_events_do_not_count},
        {"the command that reproduces a failure", test_command_that_reproduces},
        {"earlier reports are removed", test_earlier_reports_are_removed},
        {"texts that are not UTF-8", test_text_that_is_no_utf8},
        CU_TEST_INFO_NULL,
    };
    return unit_main("report", tests);
}
