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

static bool is_failure(const json_t *event)
{
    enum verdict verdict = results_verdict(event);
    bool red =
        verdict_kind(verdict) == VERDICT_RED && verdict != VERDICT_QUARANTINED && verdict != VERDICT_UNEXPECTED_PASS;
    return red || verdict == VERDICT_KNOWN_FAILURE;
}

static bool takes_part(const json_t *event, const char *implementation)
{
    return strcmp(results_text(event, "proxy"), implementation) == 0 ||
           strcmp(results_text(event, "manager"), implementation) == 0;
}

/* The failures of implementation in one case: how many, and the fingerprint of the first, borrowed. */
static size_t failures_of(const json_t *results, const char *implementation, const char *id, const char **fingerprint)
{
    size_t count = 0;
    *fingerprint = "";
    for (size_t i = 0; i < json_array_size(results); i++) {
        const json_t *event = json_array_get(results, i);
        if (strcmp(results_text(event, "case"), id) != 0 || !is_failure(event) || !takes_part(event, implementation))
            continue;
        if (count++ == 0)
            *fingerprint = results_text(event, "fingerprint");
    }
    return count;
}

/* The entry as it should be; NULL if it should go. */
static json_t *mended(const struct known_entry *entry, const char *implementation, const json_t *results)
{
    const char *fingerprint = entry->fingerprint;
    if (entry->stale || (entry->matched && !entry->failed && entry->results))
        return NULL;
    if (!entry->results && entry->matched && !failures_of(results, implementation, entry->pattern, &fingerprint))
        return NULL;
    json_t *object = json_pack("{s:s, s:s, s:s, s:s}", "case", entry->pattern, "owner", entry->owner, "link",
                               entry->link, "expires", entry->expires);
    if (entry->role)
        json_object_set_new(object, "role", json_string(entry->role));
    if (entry->results)
        json_object_set_new(object, "results", json_integer(entry->matched ? entry->failed : entry->results));
    else
        json_object_set_new(object, "fingerprint", json_string(fingerprint));
    return object;
}

static bool is_listed(const json_t *list, const char *id)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        if (strcmp(results_text(json_array_get(list, i), "case"), id) == 0)
            return true;
    return false;
}

/* Failures that no entry covers: a person has to say who answers for them, so the file cannot be used before. */
static void add_others(json_t *list, const char *implementation, const json_t *results)
{
    for (size_t i = 0; i < json_array_size(results); i++) {
        const json_t *event = json_array_get(results, i);
        const char *id = results_text(event, "case");
        bool new =
            is_failure(event) && results_verdict(event) != VERDICT_KNOWN_FAILURE &&takes_part(event, implementation);
        if (new && !is_listed(list, id))
            json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s, s:s}", "case", id, "owner", "", "link", "",
                                                  "expires", "", "fingerprint", results_text(event, "fingerprint")));
    }
}

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

int known_mend(const struct known *known, const json_t *results)
{
    for (size_t f = 0; f < known->file_count; f++) {
        const char *implementation = known->files[f].implementation;
        json_t *list = json_array();
        for (size_t i = 0; i < known->count; i++) {
            json_t *object = known->entries[i].file == f ? mended(&known->entries[i], implementation, results) : NULL;
            if (object)
                json_array_append_new(list, object);
        }
        add_others(list, implementation, results);
        int result = write_file(known->files[f].path, implementation, list);
        json_decref(list);
        if (result != 0)
            return -1;
    }
    return (int)known->file_count;
}
