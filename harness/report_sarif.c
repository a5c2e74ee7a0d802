/* SPDX-License-Identifier: MIT */
/* results.sarif: SARIF 2.1.0, for tools that show findings beside the lines of a source.  One result per failure, at
 * the line of the case file that showed something else; a rule per case that failed.  A failure that is no case's has
 * no line: it is a result without a location. */
#include <stdlib.h>
#include <string.h>

#include "harness/case.h"
#include "harness/program.h"
#include "harness/report.h"
#include "harness/results.h"
#include "harness/select.h"
#include "harness/setup.h"
#include "harness/text.h"

/* The rule of failures that are no case's. */
#define OTHER "run"

/* What is being written. */
struct sarif {
    const struct results *results;
    struct report_counts *counts;
    json_t *rules, *findings;
};

/* A path as the path of a URI. */
static char *uri(const char *path)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
    struct text text = {0};
    if (*path == '/')
        text_puts(&text, "file://");
    for (; *path; path++)
        if (strchr(plain, *path))
            text_add(&text, path, 1);
        else
            text_printf(&text, "%%%02X", (unsigned char)*path);
    return text_give(&text);
}

/* The line that the first difference is at: of a step that showed something else, else of one that was not reached,
 * else of the title. */
static long line_of(const json_t *event)
{
    size_t i;
    json_t *step, *steps = json_object_get(event, "steps");
    long line = 1;
    json_array_foreach(steps, i, step)
    {
        const bool reached = !json_object_get(step, "reached");
        if (reached && !json_object_get(step, "difference"))
            continue;
        const long here = (long)json_integer_value(json_object_get(step, "line"));
        if (strcmp(results_text(step, "difference"), "different") == 0)
            return here;
        if (line == 1)
            line = here;
    }
    return line;
}

static json_t *location(const char *path, long line)
{
    char *where = uri(path);
    json_t *artifact = json_pack("{s:s}", "uri", where);
    if (*path != '/')
        json_object_set_new(artifact, "uriBaseId", json_string("%SRCROOT%"));
    free(where);
    return json_pack("[{s:{s:o, s:{s:I}}}]", "physicalLocation", "artifactLocation", artifact, "region", "startLine",
                     (json_int_t)line);
}

/* Adds a rule; its index. */
static json_int_t add_rule(struct sarif *sarif, const char *id, const char *title, const struct test_case *test)
{
    json_t *rule = json_pack("{s:s, s:{s:s}}", "id", id, "shortDescription", "text", title), *tags = json_array();
    for (size_t i = 0; test && i < test->clause_count; i++)
        json_array_append_new(tags, json_string(test->clauses[i]));
    if (test)
        json_array_append_new(tags, json_string(case_level_name(test->level)));
    json_object_set_new(rule, "properties", json_pack("{s:o}", "tags", tags));
    json_array_append_new(sarif->rules, rule);
    return (json_int_t)json_array_size(sarif->rules) - 1;
}

static void add_finding(struct sarif *sarif, size_t i, size_t k, json_int_t rule)
{
    const struct test_case *test = sarif->results->selection->cases[i];
    const json_t *event = results_event(sarif->results, i, k);
    const char *proxy = results_text(event, "proxy"), *manager = results_text(event, "manager"),
               *verdict = results_text(event, "verdict"), *reason = results_text(event, "reason"),
               *blame = results_blame(sarif->results, i, k);
    char *again = results_again(sarif->results, i, k);
    char *message = text_format("%s × %s, %s: %s\n%s\nAgain: %s", proxy, manager, verdict, reason, blame, again);
    json_t *print = json_object_get(event, "fingerprint"),
           *finding = json_pack("{s:s, s:I, s:s, s:{s:s}, s:o, s:{s:s, s:s, s:s}}", "ruleId", test->id, "ruleIndex",
                                rule, "level", "error", "message", "text", message, "locations",
                                location(test->path, line_of(event)), "properties", "proxy", proxy, "manager", manager,
                                "verdict", verdict);
    if (print)
        json_object_set_new(finding, "partialFingerprints", json_pack("{s:O}", "failure/v1", print));
    json_array_append_new(sarif->findings, finding);
    free(message);
    free(again);
}

static void add_case(struct sarif *sarif, size_t i)
{
    const struct test_case *test = sarif->results->selection->cases[i];
    json_int_t rule = -1;
    for (size_t k = 0; k < sarif->results->setup->pairing_count; k++) {
        enum verdict_kind kind = verdict_kind(results_verdict(results_event(sarif->results, i, k)));
        sarif->counts->passed += kind == VERDICT_GREEN;
        sarif->counts->skipped += kind == VERDICT_GRAY;
        if (kind != VERDICT_RED)
            continue;
        if (rule < 0)
            rule = add_rule(sarif, test->id, test->title, test);
        add_finding(sarif, i, k, rule);
    }
}

static void add_others(struct sarif *sarif)
{
    size_t i;
    json_t *event;
    json_int_t rule = -1;
    json_array_foreach(sarif->results->failures, i, event)
    {
        char *message = text_format("%s: %s", results_text(event, "subject"), results_text(event, "reason"));
        if (rule < 0)
            rule = add_rule(sarif, OTHER, "Every process ends as it should, and something is judged.", NULL);
        json_array_append_new(sarif->findings, json_pack("{s:s, s:I, s:s, s:{s:s}}", "ruleId", OTHER, "ruleIndex", rule,
                                                         "level", "error", "message", "text", message));
        free(message);
    }
}

void report_sarif(FILE *out, const struct results *results, struct report_counts *counts)
{
    struct sarif sarif = {results, counts, json_array(), json_array()};
    for (size_t i = 0; i < results->selection->count; i++)
        add_case(&sarif, i);
    add_others(&sarif);
    counts->failed = json_array_size(sarif.findings);
    json_t *invocation = json_pack("[{s:b, s:i, s:s}]", "executionSuccessful",
                                   json_is_true(json_object_get(results->footer, "complete")), "exitCode",
                                   results_status(results), "startTimeUtc", results_text(results->header, "started"));
    char *proof = results_proof(results);
    json_t *run = json_pack("{s:{s:{s:s, s:s, s:o}}, s:o, s:o, s:{s:I, s:I, s:I, s:s}}", "tool", "driver", "name",
                            "mpconform", "version", PROGRAM_VERSION, "rules", sarif.rules, "invocations", invocation,
                            "results", sarif.findings, "properties", "passed", (json_int_t)counts->passed, "failed",
                            (json_int_t)counts->failed, "skipped", (json_int_t)counts->skipped, "proof", proof);
    free(proof);
    json_t *log = json_pack("{s:s, s:s, s:[o]}", "$schema", "https://json.schemastore.org/sarif-2.1.0.json", "version",
                            "2.1.0", "runs", run);
    json_dumpf(log, out, JSON_INDENT(1));
    fputc('\n', out);
    json_decref(log);
}
