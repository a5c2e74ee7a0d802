/* SPDX-License-Identifier: MIT */
/* Are these the shards of one run, all of them, each once and whole?
 *
 * Nothing is taken on trust: the cases are selected anew and must have the hash that each shard says the whole has,
 * each shard must have exactly the cases that are its own, each with a result on every pairing, and must have added up
 * what it has. */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "harness/merge.h"
#include "harness/results.h"
#include "harness/shard.h"
#include "harness/text.h"

/* What must be the same in all shards, by the path to it in the header. */
static const char *const alike[] = {"program_version", "version",   "strict",  "audit",
                                    "pairings",        "selectors", "options", "known"};

static unsigned long number(const json_t *object, const char *name)
{
    return (unsigned long)json_integer_value(json_object_get(object, name));
}

unsigned long merge_index_of(const struct stream *shard)
{
    const json_t *told = json_object_get(shard->header, "shard");
    return told ? number(told, "index") : 1;
}

static unsigned long count_of(const struct stream *shard)
{
    const json_t *told = json_object_get(shard->header, "shard");
    return told ? number(told, "of") : 1;
}

/* The hash of all cases of all shards. */
static const char *whole_hash(const struct stream *shard)
{
    const json_t *told = json_object_get(shard->header, "shard");
    return results_text(told ? told : shard->header, "cases_sha256");
}

/* --- what the headers say --- */

static void compare_headers(struct merge *merge, const struct stream *shard)
{
    const struct stream *first = &merge->shards[0];
    for (size_t i = 0; i < sizeof alike / sizeof *alike; i++)
        if (!json_equal(json_object_get(shard->header, alike[i]), json_object_get(first->header, alike[i])))
            problems_add(&merge->problems, shard->path, 0, 0,
                         "\"%s\" is not that of %s: shards of one run are run alike", alike[i], first->path);
    const char *release = results_text(json_object_get(shard->header, "oracle"), "release"),
               *other = results_text(json_object_get(first->header, "oracle"), "release");
    if (strcmp(release, other) != 0)
        problems_add(&merge->problems, shard->path, 0, 0, "the oracle is CPython %s, and that of %s is %s",
                     *release ? release : "as recorded", first->path, *other ? other : "as recorded");
    if (strcmp(whole_hash(shard), whole_hash(first)) != 0)
        problems_add(&merge->problems, shard->path, 0, 0, "it is a part of other cases than %s: the hashes differ",
                     first->path);
    if (count_of(shard) != merge->of)
        problems_add(&merge->problems, shard->path, 0, 0, "it is one of %lu shards, and %s one of %lu", count_of(shard),
                     first->path, merge->of);
    if (merge_index_of(shard) < 1 || merge_index_of(shard) > count_of(shard))
        problems_add(&merge->problems, shard->path, 0, 0, "there is no shard %lu of %lu", merge_index_of(shard),
                     count_of(shard));
    for (const struct stream *before = first; before < shard; before++)
        if (merge_index_of(before) == merge_index_of(shard))
            problems_add(&merge->problems, shard->path, 0, 0, "shard %lu of %lu is there twice: %s is it, too",
                         merge_index_of(shard), merge->of, before->path);
}

void merge_read_shards(struct merge *merge, const struct words *paths)
{
    merge->shards = text_calloc(paths->count, sizeof *merge->shards);
    for (size_t i = 0; i < paths->count; i++) {
        struct stream *shard = &merge->shards[merge->count++];
        if (stream_read(shard, paths->list[i], &merge->problems) && !stream_complete(shard))
            problems_add(&merge->problems, shard->path, 0, 0,
                         "the report was cut short, or the run was interrupted: run shard %lu of %lu again",
                         merge_index_of(shard), count_of(shard));
    }
    if (!merge->problems.count)
        merge->of = count_of(&merge->shards[0]);
    for (size_t i = 0; !merge->problems.count && i < merge->count; i++)
        compare_headers(merge, &merge->shards[i]);
}

/* --- what the shards add up to --- */

/* Each planned result once, and each count of the footer as it is counted here. */
static void check_sums(struct merge *merge, const struct stream *shard)
{
    const json_t *footer = shard->footer, *verdicts = json_object_get(footer, "verdicts");
    size_t seen[VERDICT_COUNT] = {0}, i;
    json_t *result;
    json_array_foreach(shard->results, i, result)
    {
        const enum verdict verdict = verdict_parse(results_text(result, "verdict"));
        if (verdict < VERDICT_COUNT)
            seen[verdict]++;
    }
    bool good = number(footer, "planned") == json_array_size(shard->results) &&
                number(shard->header, "planned") == json_array_size(shard->results) &&
                number(footer, "other_failures") == json_array_size(shard->failures) &&
                strcmp(results_text(footer, "cases_sha256"), results_text(shard->header, "cases_sha256")) == 0;
    for (int v = 0; v < VERDICT_COUNT; v++)
        good = good && seen[v] == number(verdicts, verdict_word((enum verdict)v));
    if (!good)
        problems_add(
            &merge->problems, shard->path, 0, 0,
            "its results are not those that its footer counts: the report was altered or damaged, run shard %lu "
            "of %lu again",
            merge_index_of(shard), merge->of);
}

static bool is_there(const struct merge *merge, unsigned long index)
{
    for (size_t i = 0; i < merge->count; i++)
        if (merge_index_of(&merge->shards[i]) == index)
            return true;
    return false;
}

/* A shard that is missing is a gap, unless it has no case. */
static void find_gaps(struct merge *merge)
{
    size_t *cases = text_calloc(merge->of + 1, sizeof *cases);
    for (size_t i = 0; i < merge->selection.count; i++)
        cases[shard_of(merge->selection.cases[i]->id, merge->of)]++;
    for (unsigned long k = 1; k <= merge->of; k++)
        if (cases[k] && !is_there(merge, k))
            problems_add(&merge->problems, NULL, 0, 0, "shard %lu of %lu is missing: %zu case%s without results", k,
                         merge->of, cases[k], cases[k] == 1 ? " is" : "s are");
    free(cases);
}

/* --- the selection --- */

/* The cases that have a result in some shard, or belong to a shard that is missing. */
static bool took_part(const struct test_case *test, const void *context)
{
    const struct merge *merge = context;
    if (!is_there(merge, shard_of(test->id, merge->of)))
        return true;
    for (size_t i = 0; i < merge->count; i++)
        for (size_t k = 0; k < json_array_size(merge->shards[i].results); k++)
            if (strcmp(results_text(json_array_get(merge->shards[i].results, k), "case"), test->id) == 0)
                return true;
    return false;
}

/* Selects as the shards did: by the selectors, and then, as --failed-from may have left some out, by what there is. */
void merge_select_again(struct merge *merge)
{
    const struct words *selectors = &merge->options.selectors;
    if (!select_cases(&merge->selection, &merge->corpus, selectors->list, selectors->count, &merge->problems))
        return;
    char *hash = select_hash(&merge->selection);
    bool same = strcmp(hash, whole_hash(&merge->shards[0])) == 0;
    free(hash);
    if (!same) {
        select_keep(&merge->selection, took_part, merge);
        hash = select_hash(&merge->selection);
        same = strcmp(hash, whole_hash(&merge->shards[0])) == 0;
        free(hash);
    }
    find_gaps(merge);
    if (!same && !merge->problems.count)
        problems_add(&merge->problems, merge->corpus.root, 0, 0,
                     "these are not the cases that the shards ran: merge where they are, or name them by --cases");
}

/* --- each shard has what is its own --- */

size_t merge_find_case(const struct merge *merge, const char *id)
{
    size_t i = 0;
    while (i < merge->selection.count && strcmp(merge->selection.cases[i]->id, id) != 0)
        i++;
    return i;
}

/* A result's place among all, or SIZE_MAX: it is not one of this shard. */
static size_t place_of(const struct merge *merge, const struct stream *shard, const json_t *result)
{
    const size_t pairings = json_array_size(json_object_get(shard->header, "pairings"));
    const size_t i = merge_find_case(merge, results_text(result, "case")), k = number(result, "pairing");
    if (i == merge->selection.count || k >= pairings ||
        shard_of(merge->selection.cases[i]->id, merge->of) != merge_index_of(shard))
        return SIZE_MAX;
    return i * pairings + k;
}

static void check_part(struct merge *merge, const struct stream *shard, bool *seen)
{
    struct selection part = {text_calloc(merge->selection.count + 1, sizeof(void *)), 0, {0}};
    size_t i, wrong = 0;
    json_t *result;
    for (i = 0; i < merge->selection.count; i++)
        if (shard_of(merge->selection.cases[i]->id, merge->of) == merge_index_of(shard))
            part.cases[part.count++] = merge->selection.cases[i];
    json_array_foreach(shard->results, i, result)
    {
        const size_t place = place_of(merge, shard, result);
        if (place == SIZE_MAX || seen[place])
            wrong++;
        else
            seen[place] = true;
    }
    char *hash = select_hash(&part);
    if (wrong || strcmp(hash, results_text(shard->header, "cases_sha256")) != 0 ||
        json_array_size(shard->results) != part.count * json_array_size(json_object_get(shard->header, "pairings")))
        problems_add(&merge->problems, shard->path, 0, 0,
                     "its results are not those of the %zu cases of shard %lu of %lu, each once on each pairing",
                     part.count, merge_index_of(shard), merge->of);
    free(hash);
    select_free(&part);
}

void merge_check_shards(struct merge *merge)
{
    for (size_t i = 0; i < merge->count; i++)
        check_sums(merge, &merge->shards[i]);
    if (merge->problems.count)
        return;
    bool *seen = text_calloc(merge->selection.count * merge->setup.pairing_count, sizeof *seen);
    for (size_t i = 0; i < merge->count; i++)
        check_part(merge, &merge->shards[i], seen);
    free(seen);
}
