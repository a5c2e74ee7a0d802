/* SPDX-License-Identifier: MIT */
/* The matrix as data. */
#include "harness/matrix.h"

#include <stdlib.h>
#include <string.h>

#include "harness/case.h"
#include "harness/place.h"
#include "harness/results.h"
#include "harness/select.h"
#include "harness/setup.h"
#include "harness/text.h"

/* --- deviations --- */

/* The step by which a red result is to be understood: the first that shows something else; NULL if none does. */
static const json_t *telling_step(const json_t *event)
{
    size_t i;
    const json_t *step;
    json_array_foreach(json_object_get(event, "steps"), i, step)
    {
        const char *difference = results_text(step, "difference");
        if (*difference && !json_object_get(step, "reached") && !json_object_get(step, "recorded") &&
            strcmp(difference, "different") == 0)
            return step;
    }
    return NULL;
}

/* What was said, without the place of the project: the same results make the same files everywhere. */
static json_t *placeless(const json_t *said)
{
    const char *home = place_home_peek();
    if (!json_is_string(said) || *home != '/') /* "." is no place, and stands in many a sentence */
        return json_copy((json_t *)said);
    char *text = text_replace_take(text_copy(json_string_value(said)), home, "{home}");
    json_t *string = json_string(text);
    free(text);
    return string;
}

static json_t *deviation(const json_t *event)
{
    static const char *const members[] = {"line", "statement", "expected", "observed"};
    const json_t *step = telling_step(event);
    json_t *item =
        json_pack("{s:s, s:s}", "case", results_text(event, "case"), "verdict", results_text(event, "verdict"));
    if (!step) {
        json_object_set_new(item, "reason", placeless(json_object_get(event, "reason")));
        return item;
    }
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        json_object_set_new(item, members[i], placeless(json_object_get(step, members[i])));
    return item;
}

/* --- groups of clauses --- */

/* The group of a clause: CALL of CALL-4.  New. */
static char *group_of(const char *clause)
{
    return text_format("%.*s", (int)(strrchr(clause, '-') - clause), clause);
}

static void count_in_group(json_t *groups, const char *group, bool passed)
{
    json_t *counts = json_object_get(groups, group);
    if (!counts)
        json_object_set_new(groups, group, counts = json_pack("[i, i]", 0, 0));
    for (size_t i = 0; i < 2; i++)
        if (i == 1 || passed)
            json_integer_set(json_array_get(counts, i), json_integer_value(json_array_get(counts, i)) + 1);
}

/* Counts a case once in each of its groups. */
static void count_in_groups(json_t *groups, const struct test_case *test, enum verdict_kind kind)
{
    json_t *seen = json_object();
    for (size_t c = 0; kind != VERDICT_GRAY && c < test->clause_count; c++) {
        char *group = group_of(test->clauses[c]);
        if (!json_object_get(seen, group))
            count_in_group(groups, group, kind == VERDICT_GREEN);
        json_object_set_new(seen, group, json_true());
        free(group);
    }
    json_decref(seen);
}

/* --- pairings --- */

static json_t *describe_pairing(const struct results *results, size_t k)
{
    size_t verdicts[VERDICT_COUNT] = {0};
    json_t *item = json_deep_copy(json_array_get(json_object_get(results->header, "pairings"), k));
    json_t *counts = json_object(), *groups = json_object(), *deviations = json_array();
    for (size_t i = 0; i < results->selection->count; i++) {
        const json_t *event = results_event(results, i, k);
        const enum verdict verdict = results_verdict(event);
        verdicts[verdict]++;
        count_in_groups(groups, results->selection->cases[i], verdict_kind(verdict));
        if (verdict_kind(verdict) == VERDICT_RED)
            json_array_append_new(deviations, deviation(event));
    }
    for (int v = 0; v < VERDICT_COUNT; v++)
        if (verdicts[v])
            json_object_set_new(counts, verdict_word((enum verdict)v), json_integer((json_int_t)verdicts[v]));
    json_object_set_new(item, "counts", counts);
    json_object_set_new(item, "groups", groups);
    json_object_set_new(item, "deviations", deviations);
    return item;
}

json_t *matrix_data(const struct results *results)
{
    json_t *pairings = json_array(), *absent = json_array();
    size_t i;
    const json_t *item;
    for (size_t k = 0; k < results->setup->pairing_count; k++)
        json_array_append_new(pairings, describe_pairing(results, k));
    json_array_foreach(results->setup->absent, i, item) json_array_append(absent, json_object_get(item, "name"));
    return json_pack("{s:i, s:O, s:O, s:O, s:o, s:o}", "format", MATRIX_FORMAT, "cases",
                     json_object_get(results->header, "cases"), "cases_sha256",
                     json_object_get(results->header, "cases_sha256"), "implementations",
                     json_object_get(results->header, "implementations"), "absent", absent, "pairings", pairings);
}
