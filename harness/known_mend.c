/* SPDX-License-Identifier: MIT */
/* --mend-known: writes files of known failures anew from what a run showed. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/known.h"
#include "harness/place.h"
#include "harness/results.h"
#include "harness/text.h"
#include "harness/verdict.h"

/* What a run showed of one case, or of what one entry applies to. */
struct shown {
    json_t *failing; /* an array of events */
    size_t passing;
};

static bool is_failure(const json_t *event)
{
    enum verdict verdict = results_verdict(event);
    bool red =
        verdict_kind(verdict) == VERDICT_RED && verdict != VERDICT_QUARANTINED && verdict != VERDICT_UNEXPECTED_PASS;
    return red || verdict == VERDICT_KNOWN_FAILURE || (verdict == VERDICT_FLAKY && *results_text(event, "fingerprint"));
}

static bool is_pass(const json_t *event)
{
    enum verdict verdict = results_verdict(event);
    return verdict_kind(verdict) == VERDICT_GREEN || verdict == VERDICT_UNEXPECTED_PASS ||
           (verdict == VERDICT_FLAKY && !is_failure(event));
}

static void see(struct shown *shown, json_t *event)
{
    shown->passing += is_pass(event);
    if (is_failure(event))
        json_array_append(shown->failing, event);
}

static json_t *failing(const struct shown *shown, size_t i)
{
    return json_array_get(shown->failing, i);
}

/* All of them fail, and in the same way: one entry can tell. */
static bool is_uniform(const struct shown *shown)
{
    for (size_t i = 1; i < json_array_size(shown->failing); i++)
        if (strcmp(results_text(failing(shown, i), "fingerprint"), results_text(failing(shown, 0), "fingerprint")) != 0)
            return false;
    return !shown->passing;
}

/* --- entries --- */

static void set_rate(json_t *object, struct rate rate)
{
    if (rate.failures > 0 && rate.failures < rate.runs)
        json_object_set_new(
            object, "flaky",
            json_pack("{s:I, s:I}", "failures", (json_int_t)rate.failures, "runs", (json_int_t)rate.runs));
}

/* The rate to declare of a failing event: the one that is declared, unless it was refuted; always is 0 of 0. */
static struct rate rate_of(const struct known_entry *entry, const json_t *event)
{
    const struct rate seen = known_rate(event);
    if (entry && entry->flaky.runs && !rate_is_higher(entry->flaky, seen))
        return entry->flaky;
    return seen.failures < seen.runs ? seen : (struct rate){0, 0};
}

/* An entry for one failing event alone: the role and the partner tell it from the others.  Takes base. */
static void append_single(json_t *list, json_t *base, const char *implementation, const json_t *event)
{
    const bool proxy = strcmp(results_text(event, "proxy"), implementation) == 0;
    json_object_set_new(base, "role", json_string(proxy ? "proxy" : "manager"));
    json_object_set_new(base, "partner", json_string(results_text(event, proxy ? "manager" : "proxy")));
    json_object_set_new(base, "fingerprint", json_string(results_text(event, "fingerprint")));
    json_array_append_new(list, base);
}

/* The entries that say what is failing: base (borrowed) once, or, if the results are not all alike, one for each. */
static void append_all(json_t *list, const json_t *base, const struct known_entry *entry, const char *implementation,
                       const struct shown *shown)
{
    const bool uniform = is_uniform(shown) || (entry && entry->flaky.runs);
    for (size_t i = 0; i < (uniform ? 1 : json_array_size(shown->failing)); i++) {
        json_t *object = json_copy((json_t *)base);
        set_rate(object, rate_of(entry, failing(shown, i)));
        if (uniform) {
            json_object_set_new(object, "fingerprint", json_string(results_text(failing(shown, i), "fingerprint")));
            json_array_append_new(list, object);
        } else {
            append_single(list, object, implementation, failing(shown, i));
        }
    }
}

static json_t *base_of(const struct known_entry *entry)
{
    json_t *object = json_pack("{s:s, s:s, s:s, s:s}", "case", entry->pattern, "owner", entry->owner, "link",
                               entry->link, "expires", entry->expires);
    if (entry->role)
        json_object_set_new(object, "role", json_string(entry->role));
    if (entry->partner)
        json_object_set_new(object, "partner", json_string(entry->partner));
    return object;
}

/* The entry as it was. */
static void append_same(json_t *list, json_t *base, const struct known_entry *entry)
{
    set_rate(base, entry->flaky);
    if (entry->fingerprint)
        json_object_set_new(base, "fingerprint", json_string(entry->fingerprint));
    if (entry->results)
        json_object_set_new(base, "results", json_integer(entry->results));
    json_array_append(list, base);
}

/* A pattern is held to its count, as far as this run can tell it. */
static void append_pattern(json_t *list, json_t *base, const struct known_entry *entry, const struct shown *shown)
{
    const long count = (long)json_array_size(shown->failing);
    if (entry->whole && !count)
        return;
    if (entry->fingerprint)
        json_object_set_new(base, "fingerprint", json_string(entry->fingerprint));
    json_object_set_new(base, "results", json_integer(entry->whole || count > entry->results ? count : entry->results));
    json_array_append(list, base);
}

/* Appends what should stand in place of the entry: nothing, one or several. */
static void append_mended(json_t *list, const struct known_entry *entry, const char *implementation,
                          const struct shown *shown)
{
    if (!entry->cases || (entry->expected && !entry->absent && !entry->matched && !entry->quarantined))
        return; /* matches nothing */
    json_t *base = base_of(entry);
    if (!entry->matched)
        append_same(list, base, entry);
    else if (entry->results)
        append_pattern(list, base, entry, shown);
    else if (json_array_size(shown->failing))
        append_all(list, base, entry, implementation, shown);
    else if (entry->flaky.runs && !rate_is_gone(entry->flaky, entry->measured))
        append_same(list, base, entry);
    json_decref(base);
}

/* --- failures that no entry covers --- */

static bool takes_part(const json_t *event, const char *implementation)
{
    return strcmp(results_text(event, "proxy"), implementation) == 0 ||
           strcmp(results_text(event, "manager"), implementation) == 0;
}

/* A person has to say who answers for them, so the file cannot be used before. */
static void append_others(json_t *list, const struct known *known, const char *implementation, const json_t *results)
{
    json_t *cases = json_object(), *event, *events;
    const char *id;
    size_t i;
    json_array_foreach(results, i, event)
    {
        if (!takes_part(event, implementation) || known_entry_of(known, event))
            continue;
        if (!json_object_get(cases, results_text(event, "case")))
            json_object_set_new(cases, results_text(event, "case"), json_array());
        json_array_append(json_object_get(cases, results_text(event, "case")), event);
    }
    json_object_foreach(cases, id, events)
    {
        struct shown shown = {.failing = json_array()};
        json_t *base = json_pack("{s:s, s:s, s:s, s:s}", "case", id, "owner", "", "link", "", "expires", "");
        json_array_foreach(events, i, event) see(&shown, event);
        if (json_array_size(shown.failing))
            append_all(list, base, NULL, implementation, &shown);
        json_decref(base);
        json_decref(shown.failing);
    }
    json_decref(cases);
}

/* --- files --- */

static int write_file(const char *path, const char *implementation, json_t *list)
{
    json_t *root = json_pack("{s:s, s:O}", "implementation", implementation, "failures", list);
    char *dumped = json_dumps(root, JSON_INDENT(4)), *text = text_format("%s\n", dumped ? dumped : "");
    int result = place_write(path, text, strlen(text));
    if (result != 0)
        fprintf(stderr, "mpconform: cannot write %s: %s\n", path, strerror(errno));
    free(text);
    free(dumped);
    json_decref(root);
    return result;
}

static void append_entry(json_t *list, const struct known *known, const struct known_entry *entry,
                         const json_t *results)
{
    struct shown shown = {.failing = json_array()};
    size_t i;
    json_t *event;
    json_array_foreach(results, i, event)
    {
        if (known_entry_of(known, event) == entry)
            see(&shown, event);
    }
    append_mended(list, entry, known->files[entry->file].implementation, &shown);
    json_decref(shown.failing);
}

int known_mend(const struct known *known, const json_t *results)
{
    for (size_t f = 0; f < known->file_count; f++) {
        json_t *list = json_array();
        for (size_t i = 0; i < known->count; i++)
            if (known->entries[i].file == f)
                append_entry(list, known, &known->entries[i], results);
        append_others(list, known, known->files[f].implementation, results);
        int result = write_file(known->files[f].path, known->files[f].implementation, list);
        json_decref(list);
        if (result != 0)
            return -1;
    }
    return (int)known->file_count;
}
