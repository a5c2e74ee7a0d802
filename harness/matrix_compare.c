/* SPDX-License-Identifier: MIT */
/* The committed matrix against a run, and against what there is to run. */
#include <stdlib.h>
#include <string.h>

#include "harness/case.h"
#include "harness/matrix.h"
#include "harness/problems.h"
#include "harness/select.h"
#include "harness/text.h"

static const char *string(const json_t *object, const char *member)
{
    const char *text = json_string_value(json_object_get(object, member));
    return text ? text : "";
}

static const json_t *find(const json_t *list, const char *first, const char *first_value, const char *second,
                          const char *second_value)
{
    size_t i;
    const json_t *item;
    json_array_foreach(list, i, item)
    {
        if (strcmp(string(item, first), first_value) == 0 &&
            (!second || strcmp(string(item, second), second_value) == 0))
            return item;
    }
    return NULL;
}

static bool is_selected(const struct selection *selection, const char *id)
{
    for (size_t i = 0; i < selection->count; i++)
        if (strcmp(selection->cases[i]->id, id) == 0)
            return true;
    return false;
}

/* --- a run --- */

/* What a deviation shows, in one line: new. */
static char *summary(const json_t *deviation)
{
    const json_t *observed = json_object_get(deviation, "observed");
    if (json_object_get(deviation, "reason"))
        return text_format("%s: %s", string(deviation, "verdict"), string(deviation, "reason"));
    return text_format("%s: line %lld: %s", string(deviation, "verdict"),
                       (long long)json_integer_value(json_object_get(deviation, "line")),
                       json_is_string(observed) ? json_string_value(observed) : "no exception");
}

static void compare_deviations(const json_t *recorded, const json_t *now, const struct selection *selection,
                               struct problems *problems)
{
    const json_t *before = json_object_get(recorded, "deviations"), *after = json_object_get(now, "deviations"), *item;
    size_t i;
    json_array_foreach(after, i, item)
    {
        const json_t *old = find(before, "case", string(item, "case"), NULL, NULL);
        char *shown = summary(item), *was = old ? summary(old) : text_copy("no deviation");
        if (!old || !json_equal((json_t *)old, (json_t *)item))
            problems_add(problems, NULL, 0, 0, "%s × %s: %s: recorded %s, now %s", string(now, "proxy"),
                         string(now, "manager"), string(item, "case"), was, shown);
        free(shown);
        free(was);
    }
    json_array_foreach(before, i, item)
    {
        if (find(after, "case", string(item, "case"), NULL, NULL) || !is_selected(selection, string(item, "case")))
            continue;
        char *was = summary(item);
        problems_add(problems, NULL, 0, 0, "%s × %s: %s: recorded %s, now no deviation", string(now, "proxy"),
                     string(now, "manager"), string(item, "case"), was);
        free(was);
    }
}

static void compare_counts(const json_t *recorded, const json_t *now, struct problems *problems)
{
    static const char *const members[] = {"counts", "groups"};
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        json_t *before = json_object_get(recorded, members[i]), *after = json_object_get(now, members[i]);
        if (json_equal(before, after))
            continue;
        char *was = json_dumps(before, JSON_COMPACT | JSON_SORT_KEYS),
             *is = json_dumps(after, JSON_COMPACT | JSON_SORT_KEYS);
        problems_add(problems, NULL, 0, 0, "%s × %s: %s: recorded %s, now %s", string(now, "proxy"),
                     string(now, "manager"), members[i], was ? was : "nothing", is ? is : "nothing");
        free(was);
        free(is);
        return; /* the groups follow from the counts, mostly: once is enough */
    }
}

static void note_releases(const json_t *recorded, const json_t *data, FILE *notes)
{
    size_t i;
    const json_t *item;
    json_array_foreach(json_object_get(data, "implementations"), i, item)
    {
        const json_t *old =
            find(json_object_get(recorded, "implementations"), "name", string(item, "name"), NULL, NULL);
        if (old && strcmp(string(old, "release"), string(item, "release")) != 0)
            fprintf(notes, "note: %s was recorded as %s, here is %s\n", string(item, "name"), string(old, "release"),
                    string(item, "release"));
    }
}

void matrix_compare(const json_t *recorded, const json_t *data, const struct selection *selection, bool whole,
                    struct problems *problems, FILE *notes)
{
    const json_t *before = json_object_get(recorded, "pairings"), *after = json_object_get(data, "pairings"), *item;
    size_t i, compared = 0;
    if (whole && strcmp(string(recorded, "cases_sha256"), string(data, "cases_sha256")) != 0)
        problems_add(problems, NULL, 0, 0, "it was recorded with other cases");
    note_releases(recorded, data, notes);
    json_array_foreach(after, i, item)
    {
        const json_t *old = find(before, "proxy", string(item, "proxy"), "manager", string(item, "manager"));
        if (!old) {
            problems_add(problems, NULL, 0, 0, "%s × %s was not recorded", string(item, "proxy"),
                         string(item, "manager"));
            continue;
        }
        compared++;
        compare_deviations(old, item, selection, problems);
        if (whole)
            compare_counts(old, item, problems);
    }
    if (compared < json_array_size(before))
        fprintf(notes, "note: %zu of %zu recorded pairings were not run here, and so are not compared\n",
                json_array_size(before) - compared, json_array_size(before));
}

/* --- without a run --- */

void matrix_check_current(const json_t *data, const char *page, const char *cases_sha256, char *const *names,
                          struct problems *problems)
{
    struct text made = {0};
    if (json_integer_value(json_object_get(data, "format")) != MATRIX_FORMAT) {
        problems_add(problems, NULL, 0, 0, "its data has another format than %d", MATRIX_FORMAT);
        return;
    }
    if (strcmp(string(data, "cases_sha256"), cases_sha256) != 0)
        problems_add(problems, NULL, 0, 0, "it is of other cases than there are now");
    if (json_array_size(json_object_get(data, "absent")))
        problems_add(problems, NULL, 0, 0, "it was made where not everything was installed");
    for (; *names; names++)
        if (!find(json_object_get(data, "implementations"), "kind", *names, NULL, NULL))
            problems_add(problems, NULL, 0, 0, "it has no results of %s", *names);
    matrix_text(&made, data);
    if (strcmp(text_peek(&made), page) != 0)
        problems_add(problems, NULL, 0, 0, "page and data do not belong together: one of them was edited");
    text_clear(&made);
}
