/* SPDX-License-Identifier: MIT */
/* Reads files of known failures. */
#include "harness/known.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "harness/corpus.h"
#include "harness/implementation.h"
#include "harness/options.h"
#include "harness/place.h"
#include "harness/problems.h"
#include "harness/program.h"
#include "harness/select.h"
#include "harness/setup.h"
#include "harness/text.h"

/* A member of an entry that is a string. */
struct member {
    const char *name, *why; /* why: what it is for, if it must be there */
    size_t offset;
};

extern const struct member known_members[];

/* What is being read. */
struct reading {
    struct known *known;
    const char *path;
    const struct corpus *corpus;
    struct problems *problems;
};

bool known_is_pattern(const char *text)
{
    return strpbrk(text, "*?[") != NULL;
}

/* --- checks --- */

/* A day that there is. */
static bool is_date(const char *text)
{
    static const char shape[] = "dddd-dd-dd";
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    for (size_t i = 0; shape[i]; i++)
        if (shape[i] == 'd' ? text[i] < '0' || text[i] > '9' : text[i] != shape[i])
            return false;
    const long year = strtol(text, NULL, 10), month = strtol(text + 5, NULL, 10), day = strtol(text + 8, NULL, 10);
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return !text[10] && month >= 1 && month <= 12 && day >= 1 && day <= days[month - 1] + (leap && month == 2);
}

static void check_flaky(const struct known_entry *entry, const struct reading *reading)
{
    const struct rate *rate = &entry->flaky;
    const size_t number = entry->index + 1;
    if (!rate->runs && !rate->failures)
        return;
    if (rate->failures < 1 || rate->runs <= rate->failures)
        problems_add(reading->problems, reading->path, 0, 0,
                     "entry %zu: \"flaky\" needs a measured rate, {\"failures\": 3, \"runs\": 50}, with at least one "
                     "failure and one run without (`--repeat 50` measures; what always fails is not flaky)",
                     number);
    if (entry->pattern && known_is_pattern(entry->pattern))
        problems_add(reading->problems, reading->path, 0, 0,
                     "entry %zu: a rate is that of one case, so \"case\" has no wildcards here", number);
}

/* Says what is wrong with an entry that has all its strings. */
static void check_entry(const struct known_entry *entry, const struct reading *reading)
{
    size_t number = entry->index + 1;
    if (entry->role && strcmp(entry->role, "proxy") != 0 && strcmp(entry->role, "manager") != 0)
        problems_add(reading->problems, reading->path, 0, 0, "entry %zu: \"role\" is proxy or manager", number);
    if (entry->expires && !is_date(entry->expires))
        problems_add(reading->problems, reading->path, 0, 0, "entry %zu: \"expires\" is a date such as 2030-12-31",
                     number);
    if (entry->pattern && known_is_pattern(entry->pattern) && entry->results < 1)
        problems_add(reading->problems, reading->path, 0, 0,
                     "entry %zu: a pattern needs \"results\", the number of results that it covers", number);
    if (entry->pattern && !known_is_pattern(entry->pattern) && entry->results)
        problems_add(reading->problems, reading->path, 0, 0,
                     "entry %zu: \"results\" is for patterns: a case has a \"fingerprint\"", number);
    if (entry->pattern && !known_is_pattern(entry->pattern) && !entry->fingerprint)
        problems_add(reading->problems, reading->path, 0, 0,
                     "entry %zu: a case needs the \"fingerprint\" of its failure", number);
    check_flaky(entry, reading);
}

static bool meets(const char *one, const char *other)
{
    return !one || !other || strcmp(one, other) == 0;
}

/* Only the first of two such entries would ever decide. */
static void check_repetition(const struct reading *reading, const struct known_entry *entry)
{
    const struct known *known = reading->known;
    for (const struct known_entry *other = known->entries; entry->pattern && other < entry; other++) {
        if (!other->pattern || strcmp(other->pattern, entry->pattern) != 0 || !meets(other->role, entry->role) ||
            !meets(other->partner, entry->partner) ||
            strcmp(known->files[other->file].implementation, known->files[entry->file].implementation) != 0)
            continue;
        problems_add(reading->problems, reading->path, 0, 0,
                     "entry %zu: %s is listed already, by entry %zu of %s: one of them must go", entry->index + 1,
                     entry->pattern, other->index + 1, known->files[other->file].path);
        return;
    }
}

/* --- reading --- */

static bool read_flaky(struct known_entry *entry, const json_t *value)
{
    const json_t *failures = json_object_get(value, "failures"), *runs = json_object_get(value, "runs");
    if (!json_is_integer(failures) || !json_is_integer(runs) || json_object_size(value) != 2)
        return false;
    entry->flaky = (struct rate){(long)json_integer_value(failures), (long)json_integer_value(runs)};
    return entry->flaky.runs > 0 && entry->flaky.runs <= 1000000 && entry->flaky.failures >= 0;
}

static void read_member(struct known_entry *entry, const char *name, const json_t *value, const struct reading *reading)
{
    const struct member *member = known_members;
    while (member->name && strcmp(member->name, name) != 0)
        member++;
    if (strcmp(name, "results") == 0 && json_is_integer(value))
        entry->results = (long)json_integer_value(value);
    else if (strcmp(name, "flaky") == 0 && read_flaky(entry, value))
        return;
    else if (!member->name || !json_is_string(value))
        problems_add(reading->problems, reading->path, 0, 0, "entry %zu: unknown or malformed member \"%s\"",
                     entry->index + 1, name);
    else if (*json_string_value(value))
        *(char **)(void *)((char *)entry + member->offset) = text_copy(json_string_value(value));
}

static void read_entry(struct known_entry *entry, json_t *object, const struct reading *reading)
{
    const char *name;
    json_t *value;
    json_object_foreach(object, name, value) read_member(entry, name, value, reading);
    for (const struct member *member = known_members; member->name; member++)
        if (member->why && !*(char **)(void *)((char *)entry + member->offset))
            problems_add(reading->problems, reading->path, 0, 0, "entry %zu: \"%s\" is missing or empty: %s",
                         entry->index + 1, member->name, member->why);
    check_entry(entry, reading);
    check_repetition(reading, entry);
}

static size_t count_cases(const char *pattern, const struct corpus *corpus)
{
    size_t count = 0;
    for (size_t i = 0; i < corpus->count; i++)
        count += fnmatch(pattern, corpus->cases[i]->id, 0) == 0;
    return count;
}

static void read_entries(const struct reading *reading, const json_t *root, const char *text)
{
    struct known *known = reading->known;
    const char *implementation = json_string_value(json_object_get(root, "implementation"));
    const json_t *failures = json_object_get(root, "failures");
    if (!implementation || !json_is_array(failures) || json_object_size(root) != 2) {
        problems_add(reading->problems, reading->path, 0, 0,
                     "expected an object with \"implementation\" and the array \"failures\"");
        return;
    }
    known->files = text_realloc(known->files, (known->file_count + 1) * sizeof *known->files);
    known->files[known->file_count] =
        (struct known_file){text_copy(reading->path), text_copy(implementation), text_sha256(text, strlen(text))};
    for (size_t i = 0; i < json_array_size(failures); i++) {
        known->entries = text_realloc(known->entries, (known->count + 1) * sizeof *known->entries);
        struct known_entry *entry = &known->entries[known->count++];
        *entry = (struct known_entry){.file = known->file_count, .index = i};
        read_entry(entry, json_array_get(failures, i), reading);
        entry->cases = entry->pattern ? count_cases(entry->pattern, reading->corpus) : 0;
    }
    known->file_count++;
}

void known_load(struct known *known, const char *path, const struct corpus *corpus, struct problems *problems)
{
    const struct reading reading = {known, path, corpus, problems};
    json_error_t error;
    char *text = place_read(path);
    json_t *root = text ? json_loads(text, JSON_REJECT_DUPLICATES, &error) : NULL;
    if (!text && errno == ENOENT)
        problems_add(problems, path, 0, 0,
                     "cannot be read: there is no such file; a list begins as {\"implementation\": NAME, "
                     "\"failures\": []}, and --mend-known writes the failures into it");
    else if (!text)
        problems_add(problems, path, 0, 0, "cannot be read: %s", strerror(errno));
    else if (!root)
        problems_add(problems, path, (size_t)(error.line > 0 ? error.line : 0),
                     (size_t)(error.column > 0 ? error.column : 0), "%s", error.text);
    else
        read_entries(&reading, root, text);
    json_decref(root);
    free(text);
}

/* --- what the run will be --- */

/* True if no case of the corpus that the entry is about was left out. */
static bool all_selected(const struct known_entry *entry, const struct selection *selection)
{
    size_t here = 0;
    for (size_t i = 0; i < selection->count; i++)
        here += fnmatch(entry->pattern, selection->cases[i]->id, 0) == 0;
    return here && here == entry->cases;
}

static bool takes_part(const struct known *known, const struct known_entry *entry, const struct setup *setup)
{
    const char *name = known->files[entry->file].implementation;
    for (size_t k = 0; k < setup->pairing_count; k++) {
        const char *proxy = setup->implementations[setup->pairings[k].proxy]->name,
                   *manager = setup->implementations[setup->pairings[k].manager]->name;
        if (known_in_role(entry, name, proxy, manager))
            return true;
    }
    return false;
}

void known_expect(struct known *known, const struct selection *selection, const struct setup *setup,
                  const struct options *options)
{
    struct text command = {0};
    for (size_t i = 0; i < known->count; i++) {
        struct known_entry *entry = &known->entries[i];
        entry->whole = all_selected(entry, selection);
        entry->absent = !takes_part(known, entry, setup);
        entry->expected = entry->whole && !(entry->absent && options->pairings.count);
    }
    text_printf(&command, "%s run", program_called_peek());
    for (size_t i = 0; i < options->selectors.count; i++) {
        char *quoted = text_quote(options->selectors.list[i]);
        text_printf(&command, " %s", quoted);
        free(quoted);
    }
    for (size_t i = 0; i < options->pairings.count; i++) {
        char *quoted = text_quote(options->pairings.list[i]);
        text_printf(&command, " --pairing %s", quoted);
        free(quoted);
    }
    options_write_shaping(options, options_command("run"), &command);
    text_puts(&command, " --mend-known");
    free(known->mend);
    known->mend = text_give(&command);
}

json_t *known_describe(const struct known *known)
{
    json_t *array = json_array();
    for (size_t i = 0; i < known->file_count; i++)
        json_array_append_new(array,
                              json_pack("{s:s, s:s}", "path", known->files[i].path, "sha256", known->files[i].hash));
    return array;
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
        free(known->files[i].hash);
    }
    free(known->files);
    free(known->entries);
    free(known->mend);
    *known = (struct known){0};
}

/* --- table --- */

const struct member known_members[] = {
    {"case", "the id of a case, or a pattern", offsetof(struct known_entry, pattern)},
    {"owner", "who answers for it", offsetof(struct known_entry, owner)},
    {"link", "where it is tracked", offsetof(struct known_entry, link)},
    {"expires", "the last day on which it is accepted", offsetof(struct known_entry, expires)},
    {"role", NULL, offsetof(struct known_entry, role)},
    {"partner", NULL, offsetof(struct known_entry, partner)},
    {"fingerprint", NULL, offsetof(struct known_entry, fingerprint)},
    {0},
};
