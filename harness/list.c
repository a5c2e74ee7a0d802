/* SPDX-License-Identifier: MIT */
/* `mpconform list`: what would run. */
#include "harness/list.h"

#include "harness/text.h"
#include "harness/typed.h"

#include <stdlib.h>
#include <string.h>

static char *joined(char *const *list, size_t count)
{
    struct text out = {0};
    for (size_t i = 0; i < count; i++)
        text_printf(&out, "%s%s", i ? " " : "", list[i]);
    return text_give(&out);
}

static int widest(int width, const char *text)
{
    int length = (int)strlen(text);
    return length > width ? length : width;
}

void list_text(FILE *out, const struct selection *selection)
{
    int id = 0, clauses = 0;
    char versions[VERSION_TEXT];
    for (size_t i = 0; i < selection->count; i++) {
        char *cited = joined(selection->cases[i]->clauses, selection->cases[i]->clause_count);
        id = widest(id, selection->cases[i]->id);
        clauses = widest(clauses, cited);
        free(cited);
    }
    for (size_t i = 0; i < selection->count; i++) {
        const struct test_case *test = selection->cases[i];
        char *cited = joined(test->clauses, test->clause_count);
        fprintf(out, "%-*s  %-12s  %-9s  %-*s  %s\n", id, test->id, case_level_name(test->level),
                interval_format(test->versions, versions), clauses, cited, test->title);
        free(cited);
    }
    fprintf(out, "%zu %s\n", selection->count, selection->count == 1 ? "case" : "cases");
}

static json_t *strings(char *const *list, size_t count)
{
    json_t *array = typed_array();
    for (size_t i = 0; i < count; i++)
        typed_append_take(array, json_string(list[i]));
    return array;
}

static json_t *recorded(const struct test_case *test)
{
    json_t *array = typed_array();
    char version[VERSION_TEXT];
    for (size_t i = 0; i < version_known_count; i++)
        if (case_recorded(test, version_known[i]))
            typed_append_take(array, json_string(version_format(version_known[i], version)));
    return array;
}

static json_t *describe(const struct test_case *test)
{
    char versions[VERSION_TEXT];
    json_t *object = typed_object();
    typed_set_take(object, "id", json_string(test->id));
    typed_set_take(object, "file", json_string(test->path));
    typed_set_take(object, "title", json_string(test->title));
    typed_set_take(object, "level", json_string(case_level_name(test->level)));
    typed_set_take(object, "versions", json_string(interval_format(test->versions, versions)));
    typed_set_take(object, "clauses", strings(test->clauses, test->clause_count));
    typed_set_take(object, "types", strings(test->types, test->type_count));
    typed_set_take(object, "clients", json_integer((json_int_t)test->client_count));
    typed_set_take(object, "steps", json_integer((json_int_t)test->step_count));
    typed_set_take(object, "recorded", recorded(test));
    return object;
}

void list_json(FILE *out, const struct selection *selection)
{
    json_t *array = typed_array();
    for (size_t i = 0; i < selection->count; i++)
        typed_append_take(array, describe(selection->cases[i]));
    json_dumpf(array, out, JSON_INDENT(2));
    fputc('\n', out);
    json_decref(array);
}
