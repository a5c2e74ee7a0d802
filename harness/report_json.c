/* SPDX-License-Identifier: MIT */
/* results.json: header, footer, and all results in the order of cases and pairings, each failure with its blame and its
 * command. */
#include <stdlib.h>

#include "harness/case.h"
#include "harness/report.h"
#include "harness/results.h"
#include "harness/select.h"
#include "harness/setup.h"

static void count(struct report_counts *counts, enum verdict_kind kind)
{
    counts->passed += kind == VERDICT_GREEN;
    counts->failed += kind == VERDICT_RED;
    counts->skipped += kind == VERDICT_GRAY;
}

static json_t *describe(const struct results *results, size_t i, size_t k)
{
    const struct test_case *test = results->selection->cases[i];
    json_t *item = json_deep_copy(results_event(results, i, k));
    json_t *clauses = json_array();
    for (size_t c = 0; c < test->clause_count; c++)
        json_array_append_new(clauses, json_string(test->clauses[c]));
    json_object_set_new(item, "title", json_string(test->title));
    json_object_set_new(item, "file", json_string(test->path));
    json_object_set_new(item, "level", json_string(case_level_name(test->level)));
    json_object_set_new(item, "clauses", clauses);
    if (verdict_kind(results_verdict(item)) == VERDICT_RED)
        results_advise(results, i, k, item);
    return item;
}

void report_json(FILE *out, const struct results *results, struct report_counts *counts)
{
    json_t *list = json_array();
    for (size_t i = 0; i < results->selection->count; i++)
        for (size_t k = 0; k < results->setup->pairing_count; k++) {
            count(counts, verdict_kind(results_verdict(results_event(results, i, k))));
            json_array_append_new(list, describe(results, i, k));
        }
    counts->failed += json_array_size(results->failures);
    json_t *root = json_pack("{s:O, s:O, s:O, s:O, s:o}", "header", results->header, "footer", results->footer,
                             "failures", results->failures, "notes", results->notes, "results", list);
    char *dumped = json_dumps(root, JSON_INDENT(1));
    fprintf(out, "%s\n", dumped ? dumped : "");
    free(dumped);
    json_decref(root);
}
