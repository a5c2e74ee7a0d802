/* SPDX-License-Identifier: MIT */
/* summary.md: for the page of a CI job.  The counts per pairing, then every failure with its blame and its command. */
#include <stdlib.h>
#include <string.h>

#include "harness/case.h"
#include "harness/implementation.h"
#include "harness/options.h"
#include "harness/report.h"
#include "harness/results.h"
#include "harness/select.h"
#include "harness/setup.h"

/* Failures beyond these are counted, not listed: job pages have a limit of about a megabyte. */
#define LISTED 500

/* Text in a code span inside a table or list: on one line, without the characters that would end it. */
static void put_code(FILE *out, const char *text)
{
    fputc('`', out);
    for (; *text; text++)
        fputc(*text == '`' ? '\'' : *text == '\n' ? ' ' : *text, out);
    fputc('`', out);
}

static void put_row(FILE *out, const struct results *results, size_t k, struct report_counts *counts)
{
    const struct pairing *roles = &results->setup->pairings[k];
    size_t verdicts[VERDICT_COUNT] = {0};
    for (size_t i = 0; i < results->selection->count; i++)
        verdicts[results_verdict(results_event(results, i, k))]++;
    fprintf(out, "| %s | %s |", results->setup->implementations[roles->proxy]->name,
            results->setup->implementations[roles->manager]->name);
    for (int v = 0; v < VERDICT_COUNT; v++) {
        enum verdict_kind kind = verdict_kind((enum verdict)v);
        if (results->tally.verdicts[v])
            fprintf(out, " %zu |", verdicts[v]);
        counts->passed += kind == VERDICT_GREEN ? verdicts[v] : 0;
        counts->failed += kind == VERDICT_RED ? verdicts[v] : 0;
        counts->skipped += kind == VERDICT_GRAY ? verdicts[v] : 0;
    }
    fputc('\n', out);
}

static void put_table(FILE *out, const struct results *results, struct report_counts *counts)
{
    fputs("| proxy | manager |", out);
    for (int v = 0; v < VERDICT_COUNT; v++)
        if (results->tally.verdicts[v])
            fprintf(out, " %s |", verdict_word((enum verdict)v));
    fputs("\n|---|---|", out);
    for (int v = 0; v < VERDICT_COUNT; v++)
        if (results->tally.verdicts[v])
            fputs("--:|", out);
    fputc('\n', out);
    for (size_t k = 0; k < results->setup->pairing_count; k++)
        put_row(out, results, k, counts);
}

static void put_failure(FILE *out, const struct results *results, size_t i, size_t k)
{
    const json_t *event = results_event(results, i, k);
    char *again = results_again(results, i, k);
    fprintf(out, "- **%s** %s × %s, %s: ", results->selection->cases[i]->id, results_text(event, "proxy"),
            results_text(event, "manager"), results_text(event, "verdict"));
    put_code(out, results_text(event, "reason"));
    fprintf(out, "<br>%s<br>again: ", results_blame(results, i, k));
    put_code(out, again);
    fputc('\n', out);
    free(again);
}

static void put_failures(FILE *out, const struct results *results)
{
    size_t listed = 0, i;
    json_t *event;
    fputs("\n## Failures\n\n", out);
    json_array_foreach(results->failures, i, event)
    {
        fprintf(out, "- **%s**: ", results_text(event, "subject"));
        put_code(out, results_text(event, "reason"));
        fputc('\n', out);
    }
    for (i = 0; i < results->selection->count; i++)
        for (size_t k = 0; k < results->setup->pairing_count; k++)
            if (verdict_kind(results_verdict(results_event(results, i, k))) == VERDICT_RED && listed++ < LISTED)
                put_failure(out, results, i, k);
    if (listed > LISTED)
        fprintf(out, "- … and %zu more: results.json has them all\n", listed - LISTED);
}

void report_markdown(FILE *out, const struct results *results, struct report_counts *counts)
{
    const struct tally *tally = &results->tally;
    const char *release = results_text(json_object_get(results->header, "oracle"), "release");
    fprintf(out, "# mpconform: %s\n\n", results_status(results) == 0 ? "conforming" : "not conforming");
    fprintf(out, "%zu cases, judged as CPython %s (%s%s)%s.\n\n", results->selection->count, results->setup->compat,
            *release ? "the oracle is " : "no live oracle", release, results->options->strict ? ", strictly" : "");
    put_table(out, results, counts);
    counts->failed += json_array_size(results->failures);
    fprintf(out, "\n%zu passed, %zu failed, %zu skipped\n", tally->passed, tally->failed, tally->skipped);
    if (tally->failed)
        put_failures(out, results);
}
