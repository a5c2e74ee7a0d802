/* SPDX-License-Identifier: MIT */
/* The terminal.  Progress goes to standard error, results to standard output. */
#include "harness/terminal.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/attach.h"
#include "harness/case.h"
#include "harness/implementation.h"
#include "harness/options.h"
#include "harness/process.h"
#include "harness/results.h"
#include "harness/select.h"
#include "harness/setup.h"
#include "harness/text.h"

#define BAR_WIDTH 40
/* Without a terminal: a line of progress after so many milliseconds. */
#define PLAIN_MS 10000
/* How many failures are printed in full: the reports have them all. */
#define PRINTED 60
/* How many lines of a process's standard error are printed with a failure. */
#define STDERR_LINES 12

static bool is_terminal(void)
{
    const char *term = getenv("TERM");
    return isatty(STDERR_FILENO) && term && strcmp(term, "dumb") != 0;
}

void terminal_begin(const struct results *results, const char *shard_from)
{
    const struct setup *setup = results->setup;
    const struct shard *shard = &results->selection->shard;
    if (results->options->failed_only)
        return;
    if (setup->live)
        printf("oracle: CPython %s (%s)\n", setup->release, setup->python);
    else
        printf("oracle: the recordings of CPython %s\n", setup->compat);
    printf("%zu case%s × %zu pairing%s, %s%s%s\n", results->selection->count, results->selection->count == 1 ? "" : "s",
           setup->pairing_count, setup->pairing_count == 1 ? "" : "s",
           setup->many ? "each judged as the version it imitates" : "judged as CPython ",
           setup->many ? "" : setup->compat, results->options->strict ? ", strictly" : "");
    if (shard->of)
        printf("shard %lu of %lu of %zu selected case%s (%s)\n", shard->index, shard->of, shard->whole,
               shard->whole == 1 ? "" : "s", shard_from);
    fflush(stdout);
}

void terminal_progress(const struct results *results)
{
    static long long last;
    size_t planned = results->selection->count * results->setup->pairing_count, done = results->received;
    size_t full = planned ? done * BAR_WIDTH / planned : 0;
    long long now = process_now();
    if (is_terminal()) {
        fprintf(stderr, "\r[%.*s%*s] %zu/%zu", (int)full, "########################################",
                (int)(BAR_WIDTH - full), "", done, planned);
        return;
    }
    if (!last)
        last = now;
    if (now - last < PLAIN_MS || results->options->failed_only)
        return;
    last = now;
    fprintf(stderr, "%zu of %zu results\n", done, planned);
}

/* --- the table --- */

static void print_row(const struct results *results, size_t k)
{
    const struct pairing *roles = &results->setup->pairings[k];
    size_t verdicts[VERDICT_COUNT] = {0};
    char *name = text_format("%s × %s", results->setup->implementations[roles->proxy]->name,
                             results->setup->implementations[roles->manager]->name);
    for (size_t i = 0; i < results->selection->count; i++)
        verdicts[results_verdict(results_event(results, i, k))]++;
    printf("  %-26s", name);
    for (int v = 0; v < VERDICT_COUNT; v++)
        if (verdicts[v])
            printf("  %zu %s", verdicts[v], verdict_word((enum verdict)v));
    putchar('\n');
    free(name);
}

/* --- failures --- */

static void print_stderr(const char *whose, const char *text)
{
    size_t lines = 0, length = strlen(text);
    const char *from = text + length;
    if (!length)
        return;
    while (from > text && lines <= STDERR_LINES) {
        from--;
        lines += *from == '\n' && from[1] != '\0';
    }
    if (from > text || *from == '\n')
        from++;
    printf("    standard error of the %s:\n", whose);
    while (*from) {
        size_t n = strcspn(from, "\n");
        printf("      | %.*s\n", (int)n, from);
        from += n + (from[n] == '\n');
    }
}

/* The line of a step's member; a quiet step that succeeded has none. */
static const char *line_or_silence(const json_t *step, const char *member)
{
    json_t *line = json_object_get(step, member);
    return json_is_string(line) ? json_string_value(line) : "(no exception)";
}

static void print_step(const struct test_case *test, const json_t *step)
{
    printf("  %s:%lld: %s\n", test->path, (long long)json_integer_value(json_object_get(step, "line")),
           results_text(step, "statement"));
    if (json_object_get(step, "reached"))
        return; /* it stopped here: the reason tells why */
    printf("    expected  %s\n", line_or_silence(step, "expected"));
    printf("    observed  %s\n", line_or_silence(step, "observed"));
}

/* The first step that was judged to be different; else where the session stopped; else the first difference in wording.
 */
static const json_t *telling_step(const json_t *event)
{
    const json_t *stopped = NULL, *wording = NULL;
    size_t i;
    json_t *step;
    json_array_foreach(json_object_get(event, "steps"), i, step)
    {
        const char *difference = results_text(step, "difference");
        if (json_object_get(step, "reached"))
            stopped = stopped ? stopped : step;
        else if (strcmp(difference, "different") == 0 && !json_object_get(step, "recorded"))
            return step;
        else if (strcmp(difference, "wording") == 0)
            wording = wording ? wording : step;
    }
    return stopped ? stopped : wording;
}

static void print_failure(const struct results *results, size_t i, size_t k)
{
    const struct test_case *test = results->selection->cases[i];
    const json_t *event = results_event(results, i, k), *step = telling_step(event);
    const char *verdict = results_text(event, "verdict"), *reason = results_text(event, "reason");
    char *again = results_again(results, i, k), *explain = results_explain(results, i, k);
    bool only_difference = step && strncmp(reason, "line ", 5) == 0;
    printf("\n%s: %s  (%s × %s)\n  %s\n", verdict, test->id, results_text(event, "proxy"),
           results_text(event, "manager"), test->title);
    if (step)
        print_step(test, step);
    if (!only_difference)
        printf("    reason    %s\n", reason);
    printf("    blame     %s\n", results_blame(results, i, k));
    print_stderr("proxy", results_text(event, "proxy_stderr"));
    print_stderr("manager", results_text(event, "manager_stderr"));
    printf("    again     %s\n    explain   %s\n", again, explain);
    free(explain);
    free(again);
}

static void print_others(const struct results *results)
{
    size_t i;
    json_t *event;
    json_array_foreach(results->failures, i, event)
    {
        printf("\nfail: %s\n    reason    %s\n", results_text(event, "subject"), results_text(event, "reason"));
        print_stderr("process", results_text(event, "stderr"));
    }
}

static void print_failures(const struct results *results, const char *report_folder)
{
    size_t printed = 0;
    for (size_t i = 0; i < results->selection->count; i++)
        for (size_t k = 0; k < results->setup->pairing_count; k++)
            if (verdict_kind(results_verdict(results_event(results, i, k))) == VERDICT_RED && printed++ < PRINTED)
                print_failure(results, i, k);
    if (printed > PRINTED)
        printf("\n… and %zu more failures: %s/results.json has them all\n", printed - PRINTED, report_folder);
    print_others(results);
}

/* Whether it left other objects behind than the case says. */
static bool leaves_more(const struct results *results, size_t i, size_t k)
{
    const json_t *left = json_object_get(results_event(results, i, k), "objects_left");
    return left && json_integer_value(left) != results->selection->cases[i]->leaves;
}

/* What was quiet but should be known. */
static void print_notes(const struct results *results)
{
    size_t left = 0, unrecorded = 0, n;
    json_t *event;
    json_array_foreach(results->notes, n, event)
        printf("note: %s: %s\n", results_text(event, "subject"), results_text(event, "text"));
    for (size_t i = 0; i < results->selection->count; i++) {
        for (size_t k = 0; k < results->setup->pairing_count; k++)
            left += leaves_more(results, i, k);
        unrecorded += strncmp(results_text(results_event(results, i, 0), "reason"), "not recorded", 12) == 0;
    }
    if (left)
        printf("note: %zu result%s left objects behind in the manager (a failure under --audit)\n", left,
               left == 1 ? "" : "s");
    if (results->tally.failed - results->tally.others > ATTACH_MAX && !results->options->trace)
        printf("note: the report shows the wire of %d failures; `mpconform explain` shows that of each\n", ATTACH_MAX);
    if (unrecorded)
        printf("note: %zu case%s not recorded for this version (a failure under --strict): `mpconform record`\n",
               unrecorded, unrecorded == 1 ? " is" : "s are");
}

void terminal_end(const struct results *results, const char *report_folder)
{
    const struct tally *tally = &results->tally;
    if (is_terminal())
        fprintf(stderr, "\r%*s\r", BAR_WIDTH + 30, "");
    fflush(stderr);
    for (size_t k = 0; k < results->setup->pairing_count && !results->options->failed_only; k++)
        print_row(results, k);
    print_failures(results, report_folder);
    if (tally->failed)
        putchar('\n');
    print_notes(results);
    if (tally->skipped)
        printf("%zu skipped: they say nothing about conformance\n", tally->skipped);
    char *proof = results_proof(results);
    printf("%s\n", proof);
    free(proof);
    printf("%zu passed, %zu failed\n", tally->passed, tally->failed);
    fflush(stdout);
}
