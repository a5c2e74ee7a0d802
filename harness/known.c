/* SPDX-License-Identifier: MIT */
/* Known failures: judging, complaining. */
#include "harness/known.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "harness/results.h"
#include "harness/text.h"
#include "harness/verdict.h"

#define FINGERPRINT_DIGITS 12

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
    char *what = text_format("%s\n%s\n%s", results_text(event, "verdict"), results_text(step, "statement"),
                             results_text(step, "observed"));
    char *hex = text_sha256(what, strlen(what));
    free(what);
    hex[FINGERPRINT_DIGITS] = '\0';
    return hex;
}

/* --- which entry --- */

bool known_in_role(const struct known_entry *entry, const char *implementation, const char *proxy, const char *manager)
{
    const bool any = !entry->role;
    const bool as_proxy = (any || *entry->role == 'p') && strcmp(proxy, implementation) == 0 &&
                          (!entry->partner || strcmp(manager, entry->partner) == 0);
    const bool as_manager = (any || *entry->role == 'm') && strcmp(manager, implementation) == 0 &&
                            (!entry->partner || strcmp(proxy, entry->partner) == 0);
    return as_proxy || as_manager;
}

static bool applies(const struct known *known, const struct known_entry *entry, const json_t *event)
{
    return known_in_role(entry, known->files[entry->file].implementation, results_text(event, "proxy"),
                         results_text(event, "manager")) &&
           fnmatch(entry->pattern, results_text(event, "case"), 0) == 0;
}

static struct known_entry *find_entry(const struct known *known, const json_t *event)
{
    if (!json_object_get(event, "steps"))
        return NULL;
    for (size_t i = 0; i < known->count; i++)
        if (applies(known, &known->entries[i], event))
            return &known->entries[i];
    return NULL;
}

const struct known_entry *known_entry_of(const struct known *known, const json_t *event)
{
    return find_entry(known, event);
}

/* --- judging --- */

/* The day in the calendar of UTC, so that an entry expires everywhere at the same moment. */
static bool expired(const struct known_entry *entry)
{
    char today[16] = "";
    time_t now = time(NULL);
    struct tm utc;
    if (gmtime_r(&now, &utc))
        strftime(today, sizeof today, "%Y-%m-%d", &utc);
    return strcmp(entry->expires, today) < 0;
}

struct rate known_rate(const json_t *event)
{
    const json_t *measured = json_object_get(event, "measured");
    struct rate rate = {verdict_kind(results_verdict(event)) == VERDICT_RED, 1};
    if (measured) {
        rate.failures = (long)json_integer_value(json_object_get(measured, "failures"));
        rate.runs = (long)json_integer_value(json_object_get(measured, "runs"));
    }
    return rate;
}

/* How many of the failures are not those of the fingerprint; *other is one of them. */
static long other_failures(const struct known_entry *entry, const json_t *event, const char **other)
{
    const json_t *prints = json_object_get(json_object_get(event, "measured"), "fingerprints");
    const char *seen = results_text(event, "fingerprint"), *print;
    long count = 0;
    json_t *times;
    *other = seen;
    if (!entry->fingerprint || !*seen)
        return 0;
    if (!prints)
        return strcmp(entry->fingerprint, seen) != 0;
    json_object_foreach((json_t *)prints, print, times)
    {
        if (strcmp(entry->fingerprint, print) == 0)
            continue;
        count += (long)json_integer_value(times);
        *other = print;
    }
    return count;
}

static void set(json_t *event, enum verdict verdict, char *reason_taken)
{
    json_object_set_new(event, "verdict", json_string(verdict_word(verdict)));
    json_object_set_new(event, "reason", json_string(reason_taken));
    free(reason_taken);
}

/* What keeps a failure red although an entry applies to it: new; NULL if nothing does. */
static char *why_red(const struct known *known, const struct known_entry *entry, const json_t *event)
{
    const char *path = known->files[entry->file].path, *other;
    const struct rate now = known_rate(event);
    const size_t number = entry->index + 1;
    if (other_failures(entry, event, &other))
        return text_format("a known failure, but another one: %s is listed in %s (entry %zu), this is %s: %s",
                           entry->fingerprint, path, number, other, known->mend);
    if (expired(entry))
        return text_format("a known failure until %s: the entry has expired; mend it, or edit %s (entry %zu)",
                           entry->expires, path, number);
    if (entry->flaky.runs && rate_is_higher(entry->flaky, now))
        return text_format(
            "declared to fail in %ld of %ld runs, in %s (entry %zu), and %ld of %ld are more than chance: "
            "measure it anew: %s%s",
            entry->flaky.failures, entry->flaky.runs, path, number, now.failures, now.runs, known->mend,
            now.runs > 1 ? "" : " --repeat 50");
    if (entry->results && entry->failed >= entry->results)
        return text_format("beyond the %ld results that %s covers in %s (entry %zu): %s", entry->results,
                           entry->pattern, path, number, known->mend);
    return NULL;
}

static void apply_to_failure(const struct known *known, struct known_entry *entry, json_t *event)
{
    const char *reason = results_text(event, "reason");
    char *red = why_red(known, entry, event);
    if (red)
        set(event, results_verdict(event), text_format("%s (%s)", red, reason));
    else if (entry->flaky.runs)
        set(event, VERDICT_FLAKY,
            text_format("%s (declared to fail in %ld of %ld runs; %s, %s)", reason, entry->flaky.failures,
                        entry->flaky.runs, entry->link, entry->owner));
    else
        set(event, VERDICT_KNOWN_FAILURE, text_format("%s (%s, %s)", reason, entry->link, entry->owner));
    entry->failed += !red;
    free(red);
}

static void apply_to_pass(const struct known *known, const struct known_entry *entry, json_t *event)
{
    const struct rate now = known_rate(event);
    if (entry->flaky.runs)
        set(event, VERDICT_FLAKY,
            text_format("%ld of %ld runs passed, and it is declared to fail in %ld of %ld; %s, %s", now.runs, now.runs,
                        entry->flaky.failures, entry->flaky.runs, entry->link, entry->owner));
    else if (!entry->results) /* a pattern is held to its count instead */
        set(event, VERDICT_UNEXPECTED_PASS,
            text_format("listed as a known failure in %s (entry %zu), and passes: %s", known->files[entry->file].path,
                        entry->index + 1, known->mend));
}

static void count_rate(struct known_entry *entry, struct rate rate)
{
    entry->measured.failures += rate.failures;
    entry->measured.runs += rate.runs;
}

void known_apply(struct known *known, json_t *event)
{
    struct known_entry *entry = find_entry(known, event);
    const enum verdict verdict = results_verdict(event);
    const enum verdict_kind kind = verdict_kind(verdict);
    if (!entry)
        return;
    if (verdict == VERDICT_QUARANTINED) { /* the suite's fault */
        entry->quarantined = true;
        return;
    }
    entry->matched += kind != VERDICT_GRAY;
    if (entry->flaky.runs && kind != VERDICT_GRAY)
        count_rate(entry, known_rate(event));
    if (kind == VERDICT_RED)
        apply_to_failure(known, entry, event);
    else if (kind == VERDICT_GREEN)
        apply_to_pass(known, entry, event);
}

void known_recount(struct known *known, const json_t *event)
{
    struct known_entry *entry = find_entry(known, event);
    const enum verdict verdict = results_verdict(event);
    if (!entry)
        return;
    entry->quarantined = entry->quarantined || verdict == VERDICT_QUARANTINED;
    const bool listed = verdict == VERDICT_KNOWN_FAILURE || verdict == VERDICT_FLAKY;
    if (verdict == VERDICT_QUARANTINED || (verdict_kind(verdict) == VERDICT_GRAY && !listed))
        return;
    entry->matched++;
    entry->failed += listed;
    if (entry->flaky.runs) {
        struct rate rate = known_rate(event);
        if (!json_object_get(event, "measured"))
            rate.failures = json_object_get(event, "fingerprint") != NULL;
        count_rate(entry, rate);
    }
}

/* --- after all results --- */

/* What is wrong with an entry: new; NULL if nothing is. */
static char *complaint(const struct known *known, const struct known_entry *entry)
{
    const struct known_file *file = &known->files[entry->file];
    if (!entry->cases)
        return text_format("matches no case: %s", known->mend);
    if (entry->expected && entry->absent)
        return text_format("%s takes no part in this run%s%s: correct \"implementation\" in %s, or name it by --impl",
                           file->implementation, entry->role ? " as " : "", entry->role ? entry->role : "", file->path);
    if (entry->expected && !entry->matched && !entry->quarantined)
        return text_format("applies to no result, for nothing that it matches was judged: %s", known->mend);
    if (entry->results && entry->matched && entry->failed != entry->results &&
        (entry->whole || entry->failed > entry->results))
        return text_format("covers %ld failures, not %ld: %s", entry->failed, entry->results, known->mend);
    if (entry->flaky.runs && rate_is_gone(entry->flaky, entry->measured))
        return text_format("none of %ld runs failed, and it is declared to fail in %ld of %ld: that is no chance: %s",
                           entry->measured.runs, entry->flaky.failures, entry->flaky.runs, known->mend);
    return NULL;
}

void known_finish(const struct known *known, void (*complain)(void *context, const char *subject, const char *reason),
                  void *context)
{
    for (size_t i = 0; i < known->count; i++) {
        const struct known_entry *entry = &known->entries[i];
        char *reason = complaint(known, entry);
        if (!reason)
            continue;
        char *subject =
            text_format("%s, entry %zu (%s)", known->files[entry->file].path, entry->index + 1, entry->pattern);
        complain(context, subject, reason);
        free(reason);
        free(subject);
    }
}
