/* SPDX-License-Identifier: MIT */
/* --failed-from. */
#include "harness/failed_from.h"

#include <stdlib.h>
#include <string.h>

#include "harness/corpus.h"
#include "harness/implementation.h"
#include "harness/options.h"
#include "harness/problems.h"
#include "harness/results.h"
#include "harness/select.h"
#include "harness/setup.h"
#include "harness/shard.h"
#include "harness/stream.h"
#include "harness/text.h"

/* By id: an object with what is to be known of the cases of a report. */
struct wanted {
    json_t *red;    /* id: true */
    json_t *counts; /* id: how many results there are; NULL if the report is complete */
    size_t pairings;
    unsigned long shard, shards; /* of the report; 0 of 0: it had none */
};

static bool is_red(const json_t *result)
{
    return verdict_kind(results_verdict(result)) == VERDICT_RED;
}

void failed_from_selectors(struct words *selectors, const struct stream *report)
{
    const json_t *list = json_object_get(report->header, "selectors");
    *selectors = (struct words){text_calloc(json_array_size(list) + 1, sizeof(char *)), 0};
    for (size_t i = 0; i < json_array_size(list); i++)
        if (json_is_string(json_array_get(list, i)))
            selectors->list[selectors->count++] = json_string_value(json_array_get(list, i));
}

static void look_at(struct wanted *wanted, const struct stream *report)
{
    const json_t *shard = json_object_get(report->header, "shard");
    size_t i;
    json_t *result;
    *wanted = (struct wanted){.red = json_object(), .counts = stream_complete(report) ? NULL : json_object()};
    wanted->pairings = json_array_size(json_object_get(report->header, "pairings"));
    wanted->shard = (unsigned long)json_integer_value(json_object_get(shard, "index"));
    wanted->shards = (unsigned long)json_integer_value(json_object_get(shard, "of"));
    json_array_foreach(report->results, i, result)
    {
        const char *id = results_text(result, "case");
        if (is_red(result))
            json_object_set_new(wanted->red, id, json_true());
        if (wanted->counts)
            json_object_set_new(wanted->counts, id,
                                json_integer(1 + json_integer_value(json_object_get(wanted->counts, id))));
    }
}

static bool is_wanted(const struct test_case *test, const void *context)
{
    const struct wanted *wanted = context;
    if (json_object_get(wanted->red, test->id))
        return true;
    if (!wanted->counts || (wanted->shards && shard_of(test->id, wanted->shards) != wanted->shard))
        return false;
    return (size_t)json_integer_value(json_object_get(wanted->counts, test->id)) < wanted->pairings;
}

/* What to say if nothing is left. */
static void nothing_left(const struct stream *report, size_t red, struct problems *problems)
{
    const size_t others = json_array_size(report->failures);
    if (red)
        problems_add(problems, report->path, 0, 0,
                     "none of the %zu case%s that %s red there is among those that are selected here", red,
                     red == 1 ? "" : "s", red == 1 ? "was" : "were");
    else if (others)
        problems_add(problems, report->path, 0, 0,
                     "no case was red there, but there %s %zu failure%s that %s no case's: run all of it again",
                     others == 1 ? "was" : "were", others, others == 1 ? "" : "s", others == 1 ? "was" : "were");
    else
        problems_add(problems, report->path, 0, 0,
                     "nothing was red there, so there is nothing to run again (and an empty run is not green)");
}

bool failed_from_keep(struct selection *selection, const struct stream *report, const struct corpus *corpus,
                      struct problems *problems)
{
    struct wanted wanted;
    const size_t before = problems->count, others = json_array_size(report->failures);
    const char *id;
    json_t *value;
    look_at(&wanted, report);
    json_object_foreach(wanted.red, id, value)
    {
        if (!corpus_find(corpus, id))
            problems_add(problems, report->path, 0, 0, "the case %s was red there, and is none of these cases", id);
    }
    select_keep(selection, is_wanted, &wanted);
    if (!selection->count && problems->count == before)
        nothing_left(report, json_object_size(wanted.red), problems);
    if (problems->count == before && others)
        fprintf(stderr, "note: %zu failure%s in %s %s no case's: only a whole run can show that nothing is left\n",
                others, others == 1 ? "" : "s", report->path, others == 1 ? "was" : "were");
    json_decref(wanted.red);
    json_decref(wanted.counts);
    return problems->count == before;
}

static bool has_pairing(const struct setup *setup, const json_t *result)
{
    for (size_t k = 0; k < setup->pairing_count; k++)
        if (strcmp(setup->implementations[setup->pairings[k].proxy]->name, results_text(result, "proxy")) == 0 &&
            strcmp(setup->implementations[setup->pairings[k].manager]->name, results_text(result, "manager")) == 0)
            return true;
    return false;
}

static bool is_selected(const struct selection *selection, const char *id)
{
    for (size_t i = 0; i < selection->count; i++)
        if (strcmp(selection->cases[i]->id, id) == 0)
            return true;
    return false;
}

bool failed_from_covers(const struct stream *report, const struct selection *selection, const struct setup *setup)
{
    struct options then;
    struct text command = {0};
    size_t i;
    json_t *result;
    json_array_foreach(report->results, i, result)
    {
        if (!is_red(result) || has_pairing(setup, result) || !is_selected(selection, results_text(result, "case")))
            continue;
        if (options_adopt(&then, json_object_get(report->header, "options")))
            options_write_shaping(&then, options_command("run"), &command);
        fprintf(
            stderr,
            "mpconform: %s was red for %s × %s in %s, and this run has no such pairing: name the same implementations "
            "(there it was%s)\n",
            results_text(result, "case"), results_text(result, "proxy"), results_text(result, "manager"), report->path,
            command.length ? text_peek(&command) : " none but the default ones");
        text_clear(&command);
        options_free(&then);
        return false;
    }
    return true;
}
