/* SPDX-License-Identifier: MIT */
/* results.tap: the Test Anything Protocol, version 13.  One point per case and pairing, and one per failure that is no
 * badly. */
#include <stdlib.h>
#include <string.h>

#include "harness/case.h"
#include "harness/report.h"
#include "harness/results.h"
#include "harness/select.h"
#include "harness/setup.h"

/* A text on one line, without the characters that TAP gives a meaning to. */
static void put_plain(FILE *out, const char *text)
{
    for (; *text; text++)
        fputc(*text == '\n' || *text == '#' ? ' ' : *text, out);
}

static void put_diagnostic(FILE *out, const char *name, const char *text)
{
    if (!*text)
        return;
    fprintf(out, "# %s: ", name);
    for (; *text; text++)
        if (*text == '\n')
            fputs("\n#   ", out);
        else
            fputc(*text, out);
    fputc('\n', out);
}

static void point(FILE *out, const struct results *results, size_t i, size_t k, size_t number,
                  struct report_counts *counts)
{
    const json_t *event = results_event(results, i, k);
    enum verdict verdict = results_verdict(event);
    enum verdict_kind kind = verdict_kind(verdict);
    fprintf(out, "%s %zu - %s %s,%s", kind == VERDICT_RED ? "not ok" : "ok", number, results->selection->cases[i]->id,
            results_text(event, "proxy"), results_text(event, "manager"));
    if (kind == VERDICT_GRAY) {
        fprintf(out, " # SKIP %s: ", verdict_word(verdict));
        put_plain(out, results_text(event, "reason"));
    }
    fputc('\n', out);
    if (kind == VERDICT_RED) {
        put_diagnostic(out, verdict_word(verdict), results_text(event, "reason"));
        put_diagnostic(out, "blame", results_blame(results, i, k));
    }
    counts->passed += kind == VERDICT_GREEN;
    counts->failed += kind == VERDICT_RED;
    counts->skipped += kind == VERDICT_GRAY;
}

void report_tap(FILE *out, const struct results *results, struct report_counts *counts)
{
    size_t number = 0, i;
    json_t *event;
    fprintf(out, "TAP version 13\n1..%zu\n", results->tally.planned + results->tally.others);
    for (i = 0; i < results->selection->count; i++)
        for (size_t k = 0; k < results->setup->pairing_count; k++)
            point(out, results, i, k, ++number, counts);
    json_array_foreach(results->failures, i, event)
    {
        fprintf(out, "not ok %zu - %s\n", ++number, results_text(event, "subject"));
        put_diagnostic(out, "reason", results_text(event, "reason"));
        counts->failed++;
    }
    char *proof = results_proof(results);
    fprintf(out, "# %s\n", proof);
    free(proof);
}
