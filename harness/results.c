/* SPDX-License-Identifier: MIT */
/* The results of a run. */
#include "harness/results.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "harness/again.h"
#include "harness/blame.h"
#include "harness/case.h"
#include "harness/event.h"
#include "harness/implementation.h"
#include "harness/known.h"
#include "harness/options.h"
#include "harness/place.h"
#include "harness/process.h"
#include "harness/program.h"
#include "harness/select.h"
#include "harness/setup.h"
#include "harness/text.h"

static void write_event(struct results *results, const json_t *event)
{
    if (!results->stream)
        return;
    if (json_dumpf(event, results->stream, JSON_COMPACT) != 0 || fputc('\n', results->stream) == EOF ||
        fflush(results->stream) != 0)
        results->write_failed = true;
}

static char *now_text(void)
{
    time_t now = time(NULL);
    struct tm utc;
    char text[32] = "";
    if (gmtime_r(&now, &utc))
        strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
    return text_copy(text);
}

/* Who takes part: {name, imitates} and, where they are known, release and home. */
static json_t *describe_implementations(const struct setup *setup)
{
    json_t *list = json_array();
    for (size_t i = 0; i < setup->count; i++) {
        const struct implementation *it = setup->implementations[i];
        json_t *item = json_pack("{s:s, s:s, s:s}", "name", it->name, "kind", it->kind, "imitates", it->compat);
        if (it->release)
            json_object_set_new(item, "release", event_text(it->release));
        if (it->home)
            json_object_set_new(item, "home", json_string(it->home));
        json_array_append_new(list, item);
    }
    return list;
}

/* {proxy, manager, versions}: by the recordings of which versions the pairing is judged. */
static json_t *describe_pairing(const struct setup *setup, size_t k)
{
    int versions[2];
    char text[VERSION_TEXT];
    json_t *list = json_array();
    setup_versions(setup, k, PEER_NONE, versions);
    for (size_t i = 0; i < 2; i++)
        if (versions[i] != VERSION_NONE)
            json_array_append_new(list, json_string(version_format(versions[i], text)));
    return json_pack("{s:s, s:s, s:o}", "proxy", setup->implementations[setup->pairings[k].proxy]->name, "manager",
                     setup->implementations[setup->pairings[k].manager]->name, "versions", list);
}

static json_t *make_header(const struct results *results)
{
    const struct setup *setup = results->setup;
    const struct shard *shard = &results->selection->shard;
    json_t *selectors = json_array();
    for (size_t i = 0; i < results->options->selectors.count; i++)
        json_array_append_new(selectors, event_text(results->options->selectors.list[i]));
    char *hash = select_hash(results->selection), *now = now_text();
    json_t *pairings = json_array(), *oracle = json_null();
    for (size_t i = 0; i < setup->pairing_count; i++)
        json_array_append_new(pairings, describe_pairing(setup, i));
    if (setup->live)
        oracle = json_pack("{s:o, s:s}", "python", event_text(setup->python), "release", setup->release);
    const size_t planned = results->selection->count * setup->pairing_count;
    json_t *header = json_pack(
        "{s:s, s:i, s:s, s:s, s:s, s:o, s:s, s:b, s:b, s:o, s:o, s:I, s:I, s:s, s:o, s:o, s:o}", "type", "header",
        "format", EVENT_FORMAT, "program", "mpconform", "program_version", PROGRAM_VERSION, "started", now, "oracle",
        oracle, "version", setup->compat, "strict", results->options->strict, "audit", results->options->audit,
        "implementations", describe_implementations(setup), "pairings", pairings, "cases",
        (json_int_t)results->selection->count, "planned", (json_int_t)planned, "cases_sha256", hash, "selectors",
        selectors, "options", options_shaping(results->options), "known", known_describe(results->known));
    if (shard->of)
        json_object_set_new(header, "shard",
                            json_pack("{s:I, s:I, s:I, s:s}", "index", (json_int_t)shard->index, "of",
                                      (json_int_t)shard->of, "cases", (json_int_t)shard->whole, "cases_sha256",
                                      shard->whole_hash));
    free(hash);
    free(now);
    return header;
}

int results_open(struct results *results, const struct setup *setup, const struct options *options,
                 const struct selection *selection, struct known *known, json_t *merged, const char *folder)
{
    *results = (struct results){.setup = setup, .options = options, .selection = selection, .known = known};
    results->events = text_calloc(selection->count * setup->pairing_count, sizeof(json_t *));
    results->failures = json_array();
    results->notes = json_array();
    results->blames = json_array();
    results->header = make_header(results);
    if (merged)
        json_object_set(results->header, "merged", merged);
    char *path = text_format("%s/events.ndjson", folder);
    int made = place_make_folders(folder);
    results->stream = made == 0 ? fopen(path, "w") : NULL;
    if (!results->stream)
        fprintf(stderr, "mpconform: cannot write %s: %s\n", path, strerror(errno));
    free(path);
    write_event(results, results->header);
    return results->stream ? 0 : STATUS_CANNOT_RUN;
}

static json_t **place_of(const struct results *results, size_t case_index, size_t pairing)
{
    if (case_index >= results->selection->count || pairing >= results->setup->pairing_count)
        return NULL;
    return &results->events[case_index * results->setup->pairing_count + pairing];
}

/* Where an event goes that is no case's, or NULL. */
static json_t *others_for(const struct results *results, const json_t *event)
{
    const char *type = results_text(event, "type");
    return strcmp(type, "failure") == 0 ? results->failures : strcmp(type, "note") == 0 ? results->notes : NULL;
}

/* What each shard finds anew. */
static bool is_there(json_t *others, const json_t *event)
{
    size_t i;
    json_t *other;
    if (strcmp(results_text(event, "type"), "note") != 0 && strcmp(results_text(event, "about"), "claim") != 0)
        return false;
    json_array_foreach(others, i, other) if (json_equal(other, event)) return true;
    return false;
}

void results_receive(struct results *results, const json_t *event)
{
    json_t *others = others_for(results, event);
    if (others) {
        json_array_append_new(others, json_deep_copy(event));
        write_event(results, event);
        return;
    }
    json_t **place = place_of(results, (size_t)json_integer_value(json_object_get(event, "case_index")),
                              (size_t)json_integer_value(json_object_get(event, "pairing")));
    if (!place || *place)
        return; /* not a result of ours: the one that is missing for it will be seen */
    *place = json_deep_copy(event);
    if (verdict_kind(results_verdict(event)) == VERDICT_RED) {
        char *fingerprint = known_fingerprint(event);
        json_object_set_new(*place, "fingerprint", json_string(fingerprint));
        free(fingerprint);
    }
    known_apply(results->known, *place);
    results->received++;
    write_event(results, *place);
}

bool results_adopt(struct results *results, size_t case_index, const json_t *event)
{
    json_t *others = others_for(results, event);
    if (others && is_there(others, event))
        return true;
    if (others) {
        json_array_append(others, (json_t *)event);
        write_event(results, event);
        return true;
    }
    json_t **place = place_of(results, case_index, (size_t)json_integer_value(json_object_get(event, "pairing")));
    if (!place || *place)
        return false;
    *place = json_deep_copy(event);
    json_object_set_new(*place, "case_index", json_integer((json_int_t)case_index));
    known_recount(results->known, *place);
    results->received++;
    write_event(results, *place);
    return true;
}

const json_t *results_event(const struct results *results, size_t case_index, size_t pairing)
{
    json_t **place = place_of(results, case_index, pairing);
    return place ? *place : NULL;
}

const char *results_text(const json_t *event, const char *member)
{
    const char *text = json_string_value(json_object_get(event, member));
    return text ? text : "";
}

enum verdict results_verdict(const json_t *event)
{
    enum verdict verdict = verdict_parse(results_text(event, "verdict"));
    return verdict == VERDICT_COUNT ? VERDICT_HARNESS_ERROR : verdict;
}

/* --- the end --- */

static void receive_failure(struct results *results, enum failure about, const char *subject, const char *reason)
{
    json_t *event = event_failure(about, subject, reason, "");
    results_receive(results, event);
    json_decref(event);
}

static void receive_complaint(void *results, const char *subject, const char *reason)
{
    receive_failure(results, FAILURE_LIST, subject, reason);
}

void results_worker_died(struct results *results, unsigned count)
{
    char *sentence = text_format("%u worker%s of mpconform itself died", count, count == 1 ? "" : "s");
    receive_failure(results, FAILURE_RUN, "mpconform", sentence);
    free(sentence);
}

static void fill_gaps(struct results *results, int interrupted)
{
    for (size_t i = 0; i < results->selection->count; i++)
        for (size_t k = 0; k < results->setup->pairing_count; k++) {
            if (results_event(results, i, k))
                continue;
            const char *reason =
                interrupted ? "not run: the run was interrupted" : "no result: the worker that ran it died";
            struct judgement judgement = {.verdict = VERDICT_HARNESS_ERROR, .reason = text_copy(reason)};
            json_t *event = event_result(results->setup, i, results->selection->cases[i], k, NULL, &judgement);
            results_receive(results, event);
            json_decref(event);
            judgement_clear(&judgement);
        }
}

static void blame_case(struct results *results, size_t index)
{
    size_t count = results->setup->pairing_count;
    struct blame_party *parties = text_calloc(count, sizeof *parties);
    for (size_t k = 0; k < count; k++) {
        const json_t *event = results_event(results, index, k);
        parties[k] =
            (struct blame_party){results_text(event, "proxy"), results_text(event, "manager"), results_verdict(event)};
    }
    for (size_t k = 0; k < count; k++) {
        if (verdict_kind(parties[k].verdict) != VERDICT_RED)
            continue;
        const enum peer_role peer = results->selection->cases[index]->peer;
        const bool never_run =
            parties[k].verdict == VERDICT_HARNESS_ERROR && !json_object_get(results_event(results, index, k), "steps");
        char *sentence = never_run ? text_copy("nobody: it was not run")
                         : peer && parties[k].verdict != VERDICT_QUARANTINED
                             ? blame_alone(&parties[k], peer == PEER_CLIENT)
                             : blame_sentence(parties, count, k);
        json_t *event =
            json_pack("{s:s, s:s, s:s, s:s, s:I, s:I, s:s}", "type", "blame", "case",
                      results->selection->cases[index]->id, "proxy", parties[k].proxy, "manager", parties[k].manager,
                      "case_index", (json_int_t)index, "pairing", (json_int_t)k, "text", sentence);
        write_event(results, event);
        json_array_append_new(results->blames, event);
        free(sentence);
    }
    free(parties);
}

/* Not declared to be missing, not outside the versions: compared with an expectation. */
static bool was_judged(enum verdict verdict)
{
    return verdict != VERDICT_NOT_APPLICABLE;
}

/* True if all selected cases judge what this pairing has in another one. */
static bool judged_elsewhere(const struct results *results, size_t k)
{
    size_t count = 0;
    for (size_t i = 0; i < results->selection->count; i++)
        count += setup_judging(results->setup, k, results->selection->cases[i]->peer) != k;
    return count && count == results->selection->count;
}

/* A pairing for which nothing was judged is a failure, whatever others did: its skips would be green. */
static void blame_empty_pairings(struct results *results)
{
    for (size_t k = 0; k < results->setup->pairing_count; k++) {
        size_t judged = 0;
        for (size_t i = 0; i < results->selection->count; i++)
            judged += was_judged(results_verdict(results_event(results, i, k)));
        if (judged || judged_elsewhere(results, k))
            continue;
        const json_t *first = results_event(results, 0, k);
        char *subject = text_format("%s × %s", results_text(first, "proxy"), results_text(first, "manager"));
        char *reason = text_format("nothing was judged: %s", results_text(first, "reason"));
        receive_failure(results, FAILURE_PAIRING, subject, reason);
        free(reason);
        free(subject);
    }
}

/* What should have run and is not here is a failure, too. */
static void blame_absent(struct results *results)
{
    size_t i;
    json_t *item;
    json_array_foreach(results->setup->absent, i, item)
        receive_failure(results, FAILURE_RUN, results_text(item, "name"), results_text(item, "why"));
}

static void count_all(struct results *results)
{
    struct tally *tally = &results->tally;
    *tally = (struct tally){.others = json_array_size(results->failures)};
    tally->planned = results->selection->count * results->setup->pairing_count;
    for (size_t i = 0; i < tally->planned; i++) {
        enum verdict verdict = results_verdict(results->events[i]);
        enum verdict_kind kind = verdict_kind(verdict);
        tally->verdicts[verdict]++;
        tally->run += json_object_get(results->events[i], "steps") != NULL;
        tally->judged += was_judged(verdict);
        tally->passed += kind == VERDICT_GREEN;
        tally->failed += kind == VERDICT_RED;
        tally->skipped += kind == VERDICT_GRAY;
    }
    tally->failed += tally->others;
}

static json_t *make_footer(const struct results *results, int interrupted)
{
    const struct tally *tally = &results->tally;
    json_t *verdicts = json_object();
    for (int i = 0; i < VERDICT_COUNT; i++)
        json_object_set_new(verdicts, verdict_word((enum verdict)i), json_integer((json_int_t)tally->verdicts[i]));
    return json_pack("{s:s, s:b, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:o, s:s, s:i}", "type", "footer", "complete",
                     !interrupted, "planned", (json_int_t)tally->planned, "run", (json_int_t)tally->run, "judged",
                     (json_int_t)tally->judged, "passed", (json_int_t)tally->passed, "failed",
                     (json_int_t)tally->failed, "skipped", (json_int_t)tally->skipped, "other_failures",
                     (json_int_t)tally->others, "verdicts", verdicts, "cases_sha256",
                     results_text(results->header, "cases_sha256"), "status", results_status(results));
}

void results_close(struct results *results, int interrupted)
{
    fill_gaps(results, interrupted);
    for (size_t i = 0; i < results->selection->count; i++)
        blame_case(results, i);
    blame_empty_pairings(results);
    blame_absent(results);
    known_finish(results->known, receive_complaint, results);
    count_all(results);
    results->footer = make_footer(results, interrupted);
    write_event(results, results->footer);
    if (results->stream && fclose(results->stream) != 0)
        results->write_failed = true;
    results->stream = NULL;
}

const char *results_blame(const struct results *results, size_t case_index, size_t pairing)
{
    /* They were told by case and by pairing. */
    size_t low = 0, high = json_array_size(results->blames);
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const json_t *event = json_array_get(results->blames, middle);
        const size_t i = (size_t)json_integer_value(json_object_get(event, "case_index")),
                     k = (size_t)json_integer_value(json_object_get(event, "pairing"));
        if (i == case_index && k == pairing)
            return results_text(event, "text");
        if (i < case_index || (i == case_index && k < pairing))
            low = middle + 1;
        else
            high = middle;
    }
    return "";
}

char *results_proof(const struct results *results)
{
    const struct tally *tally = &results->tally;
    const struct shard *shard = &results->selection->shard;
    char *part = shard->of ? text_format(" (shard %lu of %lu of %zu)", shard->index, shard->of, shard->whole) : NULL;
    char *proof = text_format("%s: %zu planned, %zu run, %zu judged; %zu case%s%s, SHA-256 %.16s",
                              json_is_true(json_object_get(results->footer, "complete")) ? "complete" : "incomplete",
                              tally->planned, tally->run, tally->judged, results->selection->count,
                              results->selection->count == 1 ? "" : "s", part ? part : "",
                              results_text(results->header, "cases_sha256"));
    free(part);
    return proof;
}

int results_status(const struct results *results)
{
    const struct tally *tally = &results->tally;
    if (results->write_failed)
        return STATUS_CANNOT_RUN;
    return tally->failed == 0 && tally->passed > 0 && results->received == tally->planned ? STATUS_CONFORMING
                                                                                          : STATUS_NOT_CONFORMING;
}

char *results_again(const struct results *results, size_t case_index, size_t pairing)
{
    return again_command("run", results->setup, results->options, results->selection->cases[case_index]->id, pairing);
}

char *results_explain(const struct results *results, size_t case_index, size_t pairing)
{
    return again_command("explain", results->setup, results->options, results->selection->cases[case_index]->id,
                         pairing);
}

void results_advise(const struct results *results, size_t case_index, size_t pairing, json_t *item)
{
    char *again = results_again(results, case_index, pairing), *explain = results_explain(results, case_index, pairing);
    json_object_set_new(item, "blame", json_string(results_blame(results, case_index, pairing)));
    json_object_set_new(item, "again", json_string(again));
    json_object_set_new(item, "explain", json_string(explain));
    free(explain);
    free(again);
}

void results_free(struct results *results)
{
    for (size_t i = 0; results->events && i < results->selection->count * results->setup->pairing_count; i++)
        json_decref(results->events[i]);
    free(results->events);
    json_decref(results->failures);
    json_decref(results->notes);
    json_decref(results->blames);
    json_decref(results->header);
    json_decref(results->footer);
    if (results->stream)
        fclose(results->stream);
    *results = (struct results){0};
}
