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

/* Failures beyond these, or behind so many bytes, are counted, not listed: job pages have a limit of about a megabyte.
 */
#define LISTED 500
#define LONGEST 500000

/* Text as a code span on one line, whatever backquotes it has. */
static void put_code(FILE *out, const char *text)
{
    size_t longest = 0, here = 0;
    for (const char *at = text; *at; at++) {
        here = *at == '`' ? here + 1 : 0;
        longest = here > longest ? here : longest;
    }
    for (size_t i = 0; i <= longest; i++)
        fputc('`', out);
    fputs(longest ? " " : "", out);
    for (; *text; text++)
        fputc(*text == '\n' ? ' ' : *text, out);
    fputs(longest ? " " : "", out);
    for (size_t i = 0; i <= longest; i++)
        fputc('`', out);
}

/* Text in which nothing is markup: names and titles are anybody's. */
static void put_plain(FILE *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '<' || *text == '&')
            fputs(*text == '<' ? "&lt;" : "&amp;", out);
        else if (strchr("\\`*_[]|~#", *text))
            fprintf(out, "\\%c", *text);
        else
            fputc(*text == '\n' ? ' ' : *text, out);
    }
}

static void put_row(FILE *out, const struct results *results, size_t k, struct report_counts *counts)
{
    const struct pairing *roles = &results->setup->pairings[k];
    size_t verdicts[VERDICT_COUNT] = {0};
    for (size_t i = 0; i < results->selection->count; i++)
        verdicts[results_verdict(results_event(results, i, k))]++;
    fputs("| ", out);
    put_plain(out, results->setup->implementations[roles->proxy]->name);
    fputs(" | ", out);
    put_plain(out, results->setup->implementations[roles->manager]->name);
    fputs(" |", out);
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
    char *again = results_again(results, i, k), *explain = results_explain(results, i, k);
    fputs("- ", out);
    put_code(out, results->selection->cases[i]->id);
    fputs(" on ", out);
    put_plain(out, results_text(event, "proxy"));
    fputs(" × ", out);
    put_plain(out, results_text(event, "manager"));
    fprintf(out, ": **%s**<br>", results_text(event, "verdict"));
    put_code(out, results_text(event, "reason"));
    fputs("<br>", out);
    put_plain(out, results_blame(results, i, k));
    fputs("<br>again: ", out);
    put_code(out, again);
    fputs("<br>its wire: ", out);
    put_code(out, explain);
    fputc('\n', out);
    free(explain);
    free(again);
}

static void put_failures(FILE *out, const struct results *results)
{
    size_t listed = 0, left = 0, i;
    json_t *event;
    fputs("\n## Failures\n\n", out);
    json_array_foreach(results->failures, i, event)
    {
        fputs("- **", out);
        put_plain(out, results_text(event, "subject"));
        fputs("**: ", out);
        put_code(out, results_text(event, "reason"));
        fputc('\n', out);
    }
    for (i = 0; i < results->selection->count; i++)
        for (size_t k = 0; k < results->setup->pairing_count; k++)
            if (verdict_kind(results_verdict(results_event(results, i, k))) == VERDICT_RED) {
                if (listed < LISTED && ftell(out) < LONGEST)
                    put_failure(out, results, i, k), listed++;
                else
                    left++;
            }
    if (left)
        fprintf(out, "- … and %zu more: index.html and results.json have them all\n", left);
}

void report_markdown(FILE *out, const struct results *results, struct report_counts *counts)
{
    const struct tally *tally = &results->tally;
    const char *release = results_text(json_object_get(results->header, "oracle"), "release");
    fprintf(out, "# mpconform: %s\n\n", results_status(results) == 0 ? "conforming" : "not conforming");
    fprintf(out, "%zu cases, %s%s (%s%s)%s.\n\n", results->selection->count,
            results->setup->many ? "each pairing judged as the version it imitates" : "judged as CPython ",
            results->setup->many ? "" : results->setup->compat, *release ? "the oracle is " : "no live oracle", release,
            results->options->strict ? ", strictly" : "");
    if (!json_is_true(json_object_get(results->footer, "complete")))
        fputs("**The run was interrupted: this report is incomplete.**\n\n", out);
    put_table(out, results, counts);
    counts->failed += json_array_size(results->failures);
    fprintf(out, "\n%zu passed, %zu failed, %zu skipped\n", tally->passed, tally->failed, tally->skipped);
    char *proof = results_proof(results);
    fprintf(out, "\n%s\n", proof);
    free(proof);
    if (tally->failed)
        put_failures(out, results);
}
