/* SPDX-License-Identifier: MIT */
/* Known failures: loading, judging, complaining. */
#include "harness/known.h"

#include <errno.h>
#include <fnmatch.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "harness/corpus.h"
#include "harness/place.h"
#include "harness/problems.h"
#include "harness/results.h"
#include "harness/text.h"
#include "harness/verdict.h"

#define FINGERPRINT_BYTES 6

/* A member of an entry that is a string. */
struct member {
    const char *name, *why; /* why: what it is for, if it must be there */
    size_t offset;
};

extern const struct member known_members[];

static bool is_pattern(const char *text)
{
    return strpbrk(text, "*?[") != NULL;
}

/* --- fingerprints --- */

/* The step that tells what failed: the first that differs or was not reached. */
static const json_t *failed_step(const json_t *event)
{
    json_t *steps = json_object_get(event, "steps");
    for (size_t i = 0; i < json_array_size(steps); i++)
        if (json_object_get(json_array_get(steps, i), "difference"))
            return json_array_get(steps, i);
    return NULL;
}

char *known_fingerprint(const json_t *event)
{
    const json_t *step = failed_step(event);
    unsigned char digest[EVP_MAX_MD_SIZE] = {0};
    struct text hex = {0};
    char *what = text_format("%s\n%s\n%s", results_text(event, "verdict"), results_text(step, "statement"),
                             results_text(step, "observed"));
    EVP_Digest(what, strlen(what), digest, NULL, EVP_sha256(), NULL);
    free(what);
    for (size_t i = 0; i < FINGERPRINT_BYTES; i++)
        text_printf(&hex, "%02x", digest[i]);
    return text_give(&hex);
}

/* --- loading --- */

static bool is_date(const char *text)
{
    static const char shape[] = "dddd-dd-dd";
    for (size_t i = 0; shape[i]; i++)
        if (shape[i] == 'd' ? text[i] < '0' || text[i] > '9' : text[i] != shape[i])
            return false;
    return strlen(text) == strlen(shape);
}

static bool matches_any(const char *pattern, const struct corpus *corpus)
{
    for (size_t i = 0; i < corpus->count; i++)
        if (fnmatch(pattern, corpus->cases[i]->id, 0) == 0)
            return true;
    return false;
}

/* Says what is wrong with an entry that has all its strings. */
static void check_entry(const struct known_entry *entry, const char *path, struct problems *problems)
{
    size_t number = entry->index + 1;
    if (entry->role && strcmp(entry->role, "proxy") != 0 && strcmp(entry->role, "manager") != 0)
        problems_add(problems, path, 0, 0, "entry %zu: \"role\" is proxy or manager", number);
    if (entry->expires && !is_date(entry->expires))
        problems_add(problems, path, 0, 0, "entry %zu: \"expires\" is a date such as 2030-12-31", number);
    if (entry->pattern && is_pattern(entry->pattern) && entry->results < 1)
        problems_add(problems, path, 0, 0,
                     "entry %zu: a pattern needs \"results\", the number of results that it covers", number);
    if (entry->pattern && !is_pattern(entry->pattern) && !entry->fingerprint)
        problems_add(problems, path, 0, 0, "entry %zu: a case needs the \"fingerprint\" of its failure", number);
}

static void read_member(struct known_entry *entry, const char *path, const char *name, json_t *value,
                        struct problems *problems)
{
    const struct member *member = known_members;
    while (member->name && strcmp(member->name, name) != 0)
        member++;
    if (strcmp(name, "results") == 0 && json_is_integer(value))
        entry->results = (long)json_integer_value(value);
    else if (!member->name)
        problems_add(problems, path, 0, 0, "entry %zu: unknown or malformed member \"%s\"", entry->index + 1, name);
    else if (json_is_string(value) && *json_string_value(value))
        *(char **)(void *)((char *)entry + member->offset) = text_copy(json_string_value(value));
}

static void read_entry(struct known_entry *entry, const char *path, json_t *object, struct problems *problems)
{
    for (void *at = json_object_iter(object); at; at = json_object_iter_next(object, at))
        read_member(entry, path, json_object_iter_key(at), json_object_iter_value(at), problems);
    for (const struct member *member = known_members; member->name; member++)
        if (member->why && !*(char **)(void *)((char *)entry + member->offset))
            problems_add(problems, path, 0, 0, "entry %zu: \"%s\" is missing or empty: %s", entry->index + 1,
                         member->name, member->why);
    check_entry(entry, path, problems);
}

static void read_entries(struct known *known, const char *path, json_t *root, const struct corpus *corpus,
                         struct problems *problems)
{
    const char *implementation = json_string_value(json_object_get(root, "implementation"));
    json_t *failures = json_object_get(root, "failures");
    if (!implementation || !json_is_array(failures) || json_object_size(root) != 2) {
        problems_add(problems, path, 0, 0, "expected an object with \"implementation\" and the array \"failures\"");
        return;
    }
    known->files = text_realloc(known->files, (known->file_count + 1) * sizeof *known->files);
    known->files[known->file_count] = (struct known_file){text_copy(path), text_copy(implementation)};
    for (size_t i = 0; i < json_array_size(failures); i++) {
        known->entries = text_realloc(known->entries, (known->count + 1) * sizeof *known->entries);
        struct known_entry *entry = &known->entries[known->count++];
        *entry = (struct known_entry){.file = known->file_count, .index = i};
        read_entry(entry, path, json_array_get(failures, i), problems);
        entry->stale = entry->pattern && !matches_any(entry->pattern, corpus);
    }
    known->file_count++;
}

void known_load(struct known *known, const char *path, const struct corpus *corpus, struct problems *problems)
{
    json_error_t error;
    char *text = place_read(path);
    json_t *root = text ? json_loads(text, JSON_REJECT_DUPLICATES, &error) : NULL;
    if (!text)
        problems_add(problems, path, 0, 0, "cannot be read: %s", strerror(errno));
    else if (!root)
        problems_add(problems, path, (size_t)(error.line > 0 ? error.line : 0),
                     (size_t)(error.column > 0 ? error.column : 0), "%s", error.text);
    else
        read_entries(known, path, root, corpus, problems);
    json_decref(root);
    free(text);
}

/* --- judging --- */

static bool applies(const struct known *known, const struct known_entry *entry, const json_t *event)
{
    const char *implementation = known->files[entry->file].implementation;
    bool proxy = strcmp(results_text(event, "proxy"), implementation) == 0;
    bool manager = strcmp(results_text(event, "manager"), implementation) == 0;
    bool role = entry->role ? (*entry->role == 'p' ? proxy : manager) : proxy || manager;
    return role && fnmatch(entry->pattern, results_text(event, "case"), 0) == 0;
}

static bool expired(const struct known_entry *entry)
{
    char today[16] = "";
    time_t now = time(NULL);
    struct tm utc;
    if (gmtime_r(&now, &utc))
        strftime(today, sizeof today, "%Y-%m-%d", &utc);
    return strcmp(entry->expires, today) < 0;
}

static void set(json_t *event, enum verdict verdict, char *reason_taken)
{
    json_object_set_new(event, "verdict", json_string(verdict_word(verdict)));
    json_object_set_new(event, "reason", json_string(reason_taken));
    free(reason_taken);
}

static void apply_to_failure(struct known_entry *entry, json_t *event)
{
    const char *reason = results_text(event, "reason"), *seen = results_text(event, "fingerprint");
    enum verdict verdict = results_verdict(event);
    if (expired(entry))
        set(event, verdict,
            text_format("%s (a known failure until %s: the entry has expired)", reason, entry->expires));
    else if (entry->fingerprint && strcmp(entry->fingerprint, seen) != 0)
        set(event, verdict,
            text_format("%s (a known failure, but another one: %s is listed, this is %s)", reason, entry->fingerprint,
                        seen));
    else if (entry->results && entry->failed >= entry->results)
        set(event, verdict,
            text_format("%s (beyond the %ld results that %s covers)", reason, entry->results, entry->pattern));
    else {
        entry->failed++;
        set(event, VERDICT_KNOWN_FAILURE, text_format("%s (%s, %s)", reason, entry->link, entry->owner));
    }
}

void known_apply(struct known *known, json_t *event)
{
    enum verdict verdict = results_verdict(event);
    bool red = verdict_kind(verdict) == VERDICT_RED, green = verdict_kind(verdict) == VERDICT_GREEN;
    if (verdict == VERDICT_QUARANTINED || !json_object_get(event, "steps"))
        return; /* the suite's fault, or not run: says nothing about the implementation */
    for (size_t i = 0; i < known->count; i++) {
        struct known_entry *entry = &known->entries[i];
        if (!applies(known, entry, event))
            continue;
        entry->matched += red || green;
        if (red)
            apply_to_failure(entry, event);
        else if (green && !entry->results) /* a pattern is held to its count instead */
            set(event, VERDICT_UNEXPECTED_PASS,
                text_format("listed as a known failure in %s (entry %zu)", known->files[entry->file].path,
                            entry->index + 1));
        return; /* the first entry that applies decides */
    }
}

void known_finish(const struct known *known, void (*complain)(void *context, const char *subject, const char *reason),
                  void *context)
{
    for (size_t i = 0; i < known->count; i++) {
        const struct known_entry *entry = &known->entries[i];
        char *subject =
                 text_format("%s, entry %zu (%s)", known->files[entry->file].path, entry->index + 1, entry->pattern),
             *reason = NULL;
        if (entry->stale)
            reason = text_copy("matches no case: --mend-known takes it out");
        else if (entry->results && entry->matched && entry->failed != entry->results)
            reason =
                text_format("covers %ld failures, not %ld: --mend-known sets it right", entry->failed, entry->results);
        if (reason)
            complain(context, subject, reason);
        free(reason);
        free(subject);
    }
}

void known_free(struct known *known)
{
    for (size_t i = 0; i < known->count; i++) {
        struct known_entry *entry = &known->entries[i];
        for (const struct member *member = known_members; member->name; member++)
            free(*(char **)(void *)((char *)entry + member->offset));
    }
    for (size_t i = 0; i < known->file_count; i++) {
        free(known->files[i].path);
        free(known->files[i].implementation);
    }
    free(known->files);
    free(known->entries);
    *known = (struct known){0};
}

/* --- table --- */

const struct member known_members[] = {
    {"case", "the id of a case, or a pattern", offsetof(struct known_entry, pattern)},
    {"owner", "who answers for it", offsetof(struct known_entry, owner)},
    {"link", "where it is tracked", offsetof(struct known_entry, link)},
    {"expires", "the last day on which it is accepted", offsetof(struct known_entry, expires)},
    {"role", NULL, offsetof(struct known_entry, role)},
    {"fingerprint", NULL, offsetof(struct known_entry, fingerprint)},
    {0},
};
