/* SPDX-License-Identifier: MIT */
/* badge.svg: what a run came to, for the head of a README.  It names no font that must be there: textLength makes the
 * text as wide as its box. */
#include <stdlib.h>
#include <string.h>

#include "harness/report.h"
#include "harness/results.h"
#include "harness/select.h"
#include "harness/setup.h"
#include "harness/text.h"

#define LABEL "mpconform"
#define DIGIT_WIDTH 7 /* of a character in the font that the sizes are made for, and the space on either side */
#define MARGIN ((size_t)7)

/* White on each of them has a contrast of more than 4.5. */
#define DARK "#404448"
#define GREEN "#1a7f37"
#define RED "#cf222e"

static void put_text(FILE *out, size_t x, size_t width, const char *text)
{
    fprintf(out, "  <text x=\"%zu\" y=\"14\" textLength=\"%zu\">%s</text>\n", x, width, text);
}

static void count(const struct results *results, struct report_counts *counts)
{
    for (size_t i = 0; i < results->selection->count; i++)
        for (size_t k = 0; k < results->setup->pairing_count; k++) {
            enum verdict_kind kind = verdict_kind(results_verdict(results_event(results, i, k)));
            counts->passed += kind == VERDICT_GREEN;
            counts->failed += kind == VERDICT_RED;
            counts->skipped += kind == VERDICT_GRAY;
        }
    counts->failed += json_array_size(results->failures);
}

void report_badge(FILE *out, const struct results *results, struct report_counts *counts)
{
    count(results, counts);
    const bool good = results_status(results) == 0;
    char *value = counts->failed ? text_format("%zu failed, %zu passed", counts->failed, counts->passed)
                                 : text_format("%zu passed%s", counts->passed, good ? "" : ": not conforming");
    const size_t label = strlen(LABEL) * DIGIT_WIDTH, text = strlen(value) * DIGIT_WIDTH;
    const size_t left = label + 2 * MARGIN, right = text + 2 * MARGIN;
    fprintf(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%zu\" height=\"20\" role=\"img\">\n", left + right);
    fprintf(out, "  <title>%s, judged as CPython %s: %zu passed, %zu failed, %zu skipped</title>\n", LABEL,
            results->setup->compat, counts->passed, counts->failed, counts->skipped);
    char *proof = results_proof(results);
    fprintf(out, "  <desc>%s</desc>\n", proof);
    free(proof);
    fputs("  <clipPath id=\"r\"><rect width=\"100%\" height=\"20\" rx=\"3\"/></clipPath>\n", out);
    fprintf(out,
            "  <g clip-path=\"url(#r)\"><rect width=\"%zu\" height=\"20\" fill=\"%s\"/>"
            "<rect x=\"%zu\" width=\"%zu\" height=\"20\" fill=\"%s\"/></g>\n",
            left, DARK, left, right, good ? GREEN : RED);
    fputs("  <g fill=\"#fff\" font-family=\"Verdana,DejaVu Sans,sans-serif\" font-size=\"11\">\n", out);
    put_text(out, MARGIN, label, LABEL);
    put_text(out, left + MARGIN, text, value);
    fputs("  </g>\n</svg>\n", out);
    free(value);
}
