/* SPDX-License-Identifier: MIT */
/* junit.xml: one test suite per pairing, and one for failures that are no case's.  Failures are failures, gray verdicts
 * are skipped; there are no "errors", so that the counts are those of every other report. */
#include <stdlib.h>
#include <string.h>

#include "harness/case.h"
#include "harness/implementation.h"
#include "harness/report.h"
#include "harness/results.h"
#include "harness/select.h"
#include "harness/setup.h"
#include "harness/text.h"

/* Text as XML 1.0 can hold it: what it cannot becomes '?'. */
static void put_xml(FILE *out, const char *text)
{
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == '<')
            fputs("&lt;", out);
        else if (c == '>')
            fputs("&gt;", out);
        else if (c == '&')
            fputs("&amp;", out);
        else if (c == '"')
            fputs("&quot;", out);
        else if (c < ' ' && c != '\n' && c != '\t')
            fputc('?', out);
        else if (c == 0xef && (unsigned char)text[1] == 0xbf && (unsigned char)text[2] >= 0xbe) { /* U+FFFE, U+FFFF */
            fputc('?', out);
            text += 2;
        } else
            fputc(c, out);
    }
}

static void put_attribute(FILE *out, const char *name, const char *text)
{
    fprintf(out, " %s=\"", name);
    put_xml(out, text);
    fputc('"', out);
}

static void put_element(FILE *out, const char *name, const char *text)
{
    if (!*text)
        return;
    fprintf(out, "      <%s>", name);
    put_xml(out, text);
    fprintf(out, "</%s>\n", name);
}

static void put_failure(FILE *out, const char *type, const char *reason, const char *detail)
{
    fputs("      <failure", out);
    put_attribute(out, "type", type);
    put_attribute(out, "message", reason);
    fputc('>', out);
    put_xml(out, detail);
    fputs("</failure>\n", out);
}

static void put_case(FILE *out, const struct results *results, size_t i, size_t k)
{
    const json_t *event = results_event(results, i, k);
    const struct test_case *test = results->selection->cases[i];
    enum verdict verdict = results_verdict(event);
    const char *reason = results_text(event, "reason");
    fputs("    <testcase", out);
    put_attribute(out, "name", test->id);
    put_attribute(out, "classname", test->title);
    put_attribute(out, "file", test->path);
    fprintf(out, " time=\"%.3f\">\n", (double)json_integer_value(json_object_get(event, "milliseconds")) / 1000);
    if (verdict_kind(verdict) == VERDICT_GRAY) {
        fputs("      <skipped", out);
        put_attribute(out, "message", *reason ? reason : verdict_word(verdict));
        fputs("/>\n", out);
    } else if (verdict_kind(verdict) == VERDICT_RED) {
        char *explain = results_explain(results, i, k),
             *detail = text_format("%s\nits wire: %s", results_blame(results, i, k), explain);
        put_failure(out, verdict_word(verdict), reason, detail);
        free(detail);
        free(explain);
        put_element(out, "system-err", results_text(event, "manager_stderr"));
    }
    fputs("    </testcase>\n", out);
}

static struct report_counts count_pairing(const struct results *results, size_t k)
{
    struct report_counts counts = {0};
    for (size_t i = 0; i < results->selection->count; i++) {
        enum verdict_kind kind = verdict_kind(results_verdict(results_event(results, i, k)));
        counts.passed += kind == VERDICT_GREEN;
        counts.failed += kind == VERDICT_RED;
        counts.skipped += kind == VERDICT_GRAY;
    }
    return counts;
}

static void put_suite(FILE *out, const struct results *results, size_t k, struct report_counts *sum)
{
    const struct pairing *roles = &results->setup->pairings[k];
    struct report_counts counts = count_pairing(results, k);
    fputs("  <testsuite name=\"", out);
    put_xml(out, results->setup->implementations[roles->proxy]->name);
    fputc(',', out);
    put_xml(out, results->setup->implementations[roles->manager]->name);
    fprintf(out, "\" tests=\"%zu\" failures=\"%zu\" errors=\"0\" skipped=\"%zu\">\n", results->selection->count,
            counts.failed, counts.skipped);
    char *proof = results_proof(results);
    fputs("    <properties><property name=\"proof\"", out);
    put_attribute(out, "value", proof);
    fputs("/></properties>\n", out);
    free(proof);
    for (size_t i = 0; i < results->selection->count; i++)
        put_case(out, results, i, k);
    fputs("  </testsuite>\n", out);
    sum->passed += counts.passed;
    sum->failed += counts.failed;
    sum->skipped += counts.skipped;
}

static void put_others(FILE *out, const struct results *results, struct report_counts *sum)
{
    size_t i, count = json_array_size(results->failures);
    json_t *event;
    if (!count)
        return;
    fprintf(out, "  <testsuite name=\"other\" tests=\"%zu\" failures=\"%zu\" errors=\"0\" skipped=\"0\">\n", count,
            count);
    json_array_foreach(results->failures, i, event)
    {
        fputs("    <testcase", out);
        put_attribute(out, "name", results_text(event, "subject"));
        put_attribute(out, "classname", "mpconform");
        fputs(">\n", out);
        put_failure(out, "other", results_text(event, "reason"), results_text(event, "stderr"));
        fputs("    </testcase>\n", out);
        sum->failed++;
    }
    fputs("  </testsuite>\n", out);
}

void report_junit(FILE *out, const struct results *results, struct report_counts *counts)
{
    const struct tally *tally = &results->tally;
    fprintf(out,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"mpconform\" tests=\"%zu\" failures=\"%zu\" "
            "errors=\"0\" "
            "skipped=\"%zu\">\n",
            tally->planned + tally->others, tally->failed, tally->skipped);
    for (size_t k = 0; k < results->setup->pairing_count; k++)
        put_suite(out, results, k, counts);
    put_others(out, results, counts);
    fputs("</testsuites>\n", out);
}
