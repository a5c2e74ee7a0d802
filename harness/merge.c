/* SPDX-License-Identifier: MIT */
/* `mpconform merge`: the reports of all shards of a run become one.
 *
 * What only all results together can tell (blame, pairings without a judgement, lists of known failures) is told anew.
 */
#include "harness/merge.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "harness/implementation.h"
#include "harness/place.h"
#include "harness/program.h"
#include "harness/report.h"
#include "harness/results.h"
#include "harness/roster.h"
#include "harness/terminal.h"
#include "harness/text.h"

/* --- what a run would have --- */

static void name_implementations(struct setup *setup, const json_t *header)
{
    size_t i;
    json_t *item;
    json_array_foreach(json_object_get(header, "implementations"), i, item)
    {
        struct implementation *it = implementation_make(results_text(item, "name"), NULL, NULL);
        free(it->kind);
        it->kind = text_copy(results_text(item, "kind"));
        it->home = text_copy(json_string_value(json_object_get(item, "home")));
        it->release = text_copy(json_string_value(json_object_get(item, "release")));
        implementation_imitate(it, version_parse(results_text(item, "imitates")));
        roster_add_take(setup, it);
    }
}

/* One that a pairing names and nothing describes is known by its name alone. */
static size_t index_of(struct setup *setup, const char *name)
{
    const size_t found = roster_find(setup, name);
    return found < setup->count ? found : roster_add_take(setup, implementation_make(name, NULL, NULL));
}

/* A setup by name only: nothing is started with it. */
static void make_setup(struct merge *merge)
{
    const json_t *header = merge->shards[0].header, *oracle = json_object_get(header, "oracle");
    struct setup *setup = &merge->setup;
    size_t i;
    json_t *pairing;
    setup->live = json_is_object(oracle);
    setup->python = text_copy(results_text(oracle, "python"));
    setup->release = text_copy(results_text(oracle, "release"));
    setup->version = version_parse(results_text(header, "version"));
    version_format(setup->version, setup->compat);
    name_implementations(setup, header);
    setup_begin_group(setup, setup->version, setup->python);
    setup->pairings = text_calloc(json_array_size(json_object_get(header, "pairings")) + 1, sizeof *setup->pairings);
    json_array_foreach(json_object_get(header, "pairings"), i, pairing)
    {
        setup->pairings[setup->pairing_count++] = (struct pairing){index_of(setup, results_text(pairing, "proxy")),
                                                                   index_of(setup, results_text(pairing, "manager"))};
        setup->groups[0].count++;
    }
}

static void load_known(struct merge *merge)
{
    for (size_t i = 0; i < merge->options.known.count; i++)
        known_load(&merge->known, merge->options.known.list[i], &merge->corpus, &merge->problems);
    json_t *here = known_describe(&merge->known);
    if (!merge->problems.count && !json_equal(here, json_object_get(merge->shards[0].header, "known")))
        problems_add(&merge->problems, NULL, 0, 0,
                     "the files of --known are not those that the shards were judged with: merge with the same ones");
    json_decref(here);
    known_expect(&merge->known, &merge->selection, &merge->setup, &merge->options);
}

/* Takes the options of the shards; the report, the cases and what is printed are for the merge to say. */
static void take_options(struct merge *merge, const struct options *options)
{
    const json_t *header = merge->shards[0].header;
    const json_t *selectors = json_object_get(header, "selectors");
    if (!options_adopt(&merge->options, json_object_get(header, "options")))
        problems_add(&merge->problems, merge->shards[0].path, 0, 0, "its options are none that this program has");
    merge->options.cases = options->cases ? options->cases : merge->options.cases;
    merge->options.failed_only = options->failed_only;
    merge->options.selectors.list = text_calloc(json_array_size(selectors) + 1, sizeof(char *));
    for (size_t i = 0; i < json_array_size(selectors); i++)
        merge->options.selectors.list[merge->options.selectors.count++] =
            json_string_value(json_array_get(selectors, i));
}

/* --- the report of the whole --- */

/* What the header of the whole says of its parts: new. */
static json_t *describe_parts(const struct merge *merge)
{
    json_t *array = json_array();
    for (size_t i = 0; i < merge->count; i++) {
        const json_t *header = merge->shards[i].header;
        json_array_append_new(array,
                              json_pack("{s:I, s:I, s:s, s:O}", "index", (json_int_t)merge_index_of(&merge->shards[i]),
                                        "of", (json_int_t)merge->of, "started", results_text(header, "started"),
                                        "cases_sha256", json_object_get(header, "cases_sha256")));
    }
    return array;
}

static void adopt_all(const struct merge *merge, struct results *results)
{
    size_t k;
    json_t *event;
    for (size_t i = 0; i < merge->count; i++) {
        json_array_foreach(merge->shards[i].results, k, event)
            results_adopt(results, merge_find_case(merge, results_text(event, "case")), event);
        json_array_foreach(merge->shards[i].failures, k, event)
        {
            const char *about = results_text(event, "about");
            if (strcmp(about, "pairing") != 0 && strcmp(about, "list") != 0) /* those are told anew */
                results_adopt(results, 0, event);
        }
        json_array_foreach(merge->shards[i].notes, k, event) results_adopt(results, 0, event);
    }
}

static int write_whole(struct merge *merge, const char *folder)
{
    struct results results;
    json_t *parts = describe_parts(merge);
    int status =
        results_open(&results, &merge->setup, &merge->options, &merge->selection, &merge->known, parts, folder);
    if (status == 0) {
        terminal_begin(&results, NULL);
        adopt_all(merge, &results);
        results_close(&results, 0);
        const bool written = report_write_all(&results, folder);
        terminal_end(&results, folder);
        status = written ? results_status(&results) : STATUS_CANNOT_RUN;
    }
    results_free(&results);
    json_decref(parts);
    return status;
}

/* The merged report must not take the place of one that it is made from. */
static bool would_overwrite(const struct merge *merge, const char *folder)
{
    struct stat there, here;
    char *path = text_format("%s/events.ndjson", folder), *json = text_format("%s/results.json", folder);
    bool same = false;
    for (size_t i = 0; i < merge->count; i++)
        for (int k = 0; k < 2; k++)
            same = same || (stat(k ? json : path, &there) == 0 && stat(merge->shards[i].path, &here) == 0 &&
                            there.st_dev == here.st_dev && there.st_ino == here.st_ino);
    free(path);
    free(json);
    return same;
}

static void make(struct merge *merge, const struct options *options)
{
    merge_read_shards(merge, &options->selectors);
    if (merge->problems.count)
        return;
    take_options(merge, options);
    if (!merge->problems.count && program_load_corpus(&merge->corpus, &merge->options) != 0)
        problems_add(&merge->problems, NULL, 0, 0, "without the cases nothing can be merged");
    if (merge->problems.count)
        return;
    make_setup(merge);
    merge_select_again(merge);
    if (!merge->problems.count)
        merge_check_shards(merge);
    if (!merge->problems.count)
        load_known(merge);
}

static void free_all(struct merge *merge)
{
    for (size_t i = 0; i < merge->count; i++)
        stream_free(&merge->shards[i]);
    free(merge->shards);
    known_free(&merge->known);
    select_free(&merge->selection);
    setup_free(&merge->setup);
    corpus_free(&merge->corpus);
    options_free(&merge->options);
}

int command_merge(const struct options *options)
{
    struct merge merge = {0};
    const char *folder = options->report ? options->report : place_reports_peek();
    if (!options->selectors.count) {
        fprintf(stderr, "mpconform: merge wants the reports of the shards: their folders, or their events.ndjson\n");
        return STATUS_USAGE;
    }
    make(&merge, options);
    if (!merge.problems.count && would_overwrite(&merge, folder))
        problems_add(&merge.problems, folder, 0, 0, "a report that is merged is there: give another --report");
    int status = program_report_problems(&merge.problems);
    if (status == 0 || !would_overwrite(&merge, folder))
        report_remove(folder); /* no older report may be taken for this one */
    if (status == 0)
        status = write_whole(&merge, folder);
    free_all(&merge);
    return status;
}
