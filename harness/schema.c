/* SPDX-License-Identifier: MIT */
/* Schemas: loading, which checks the schema itself, and what others call. */
#include "harness/schema.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/schema_state.h"
#include "harness/text.h"

/* --- loading: every keyword is known and its operand is what it must be --- */

struct loading {
    struct schema *schema;
    struct text where; /* in the schema */
    char *trouble;     /* the first; NULL: none yet */
};

static bool load_schema(struct loading *loading, const json_t *schema);

static bool refuse(struct loading *loading, const char *what)
{
    if (!loading->trouble)
        loading->trouble = text_format("#%s: %s", text_peek(&loading->where), what);
    return false;
}

static bool is_array_of(const json_t *array, bool (*is)(const json_t *))
{
    size_t i;
    json_t *item;
    json_array_foreach((json_t *)array, i, item) if (!is(item)) return false;
    return json_array_size(array) > 0;
}

static bool is_text(const json_t *value)
{
    return json_is_string(value);
}

static bool is_type_name(const json_t *value)
{
    static const char *const names[] = {"null", "boolean", "string", "array", "object", "integer", "number"};
    for (size_t i = 0; json_is_string(value) && i < sizeof names / sizeof *names; i++)
        if (strcmp(json_string_value(value), names[i]) == 0)
            return true;
    return false;
}

static bool load_pattern(struct loading *loading, const json_t *operand)
{
    struct pattern *pattern = text_calloc(1, sizeof *pattern);
    if (!json_is_string(operand) || regcomp(&pattern->compiled, json_string_value(operand), REG_EXTENDED | REG_NOSUB)) {
        free(pattern);
        return refuse(loading, "expected an expression");
    }
    pattern->text = operand;
    pattern->next = loading->schema->patterns;
    loading->schema->patterns = pattern;
    return true;
}

static bool load_part(struct loading *loading, const json_t *part, const char *piece)
{
    size_t length = loading->where.length;
    text_printf(&loading->where, "/%s", piece);
    bool good = load_schema(loading, part);
    loading->where.length = length;
    loading->where.bytes[length] = '\0';
    return good;
}

static bool load_members(struct loading *loading, const json_t *operand)
{
    const char *name;
    json_t *one;
    if (!json_is_object(operand))
        return refuse(loading, "expected an object of schemas");
    json_object_foreach((json_t *)operand, name, one) if (!load_part(loading, one, name)) return false;
    return true;
}

static bool load_several(struct loading *loading, const json_t *operand)
{
    size_t i;
    json_t *one;
    char index[24];
    if (!json_array_size(operand))
        return refuse(loading, "expected an array of schemas");
    json_array_foreach((json_t *)operand, i, one)
    {
        snprintf(index, sizeof index, "%zu", i);
        if (!load_part(loading, one, index))
            return false;
    }
    return true;
}

static bool load_operand(struct loading *loading, const json_t *operand, enum operand kind)
{
    bool good = false;
    switch (kind) {
    case NOTE:
        good = json_is_string(operand);
        break;
    case ANY:
        good = true;
        break;
    case COUNT:
        good = json_is_integer(operand) && json_integer_value(operand) >= 0;
        break;
    case NUMBER:
        good = json_is_integer(operand);
        break;
    case FLAG:
        good = json_is_boolean(operand);
        break;
    case LIST:
        good = json_array_size(operand) > 0;
        break;
    case TEXTS:
        good = is_array_of(operand, is_text);
        break;
    case TYPES:
        good = is_type_name(operand) || is_array_of(operand, is_type_name);
        break;
    case PATTERN:
        return load_pattern(loading, operand);
    case REFERENCE:
        good = json_is_string(operand) && schema_resolve(loading->schema, json_string_value(operand));
        break;
    case ONE:
        return load_schema(loading, operand);
    case SEVERAL:
        return load_several(loading, operand);
    case MEMBERS:
        return load_members(loading, operand);
    }
    return good ||
           refuse(loading, kind == REFERENCE ? "refers to no definition" : "its operand is not what it must be");
}

static bool load_keyword(struct loading *loading, const char *name, const json_t *operand)
{
    for (const struct keyword *keyword = schema_keywords; keyword->name; keyword++)
        if (strcmp(keyword->name, name) == 0)
            return load_operand(loading, operand, keyword->operand);
    return refuse(loading, "a keyword that this validator does not know");
}

static bool load_schema(struct loading *loading, const json_t *schema)
{
    const char *name;
    json_t *operand;
    if (json_is_boolean(schema))
        return true;
    if (!json_is_object(schema))
        return refuse(loading, "expected a schema");
    json_object_foreach((json_t *)schema, name, operand)
    {
        size_t length = loading->where.length;
        text_printf(&loading->where, "/%s", name);
        bool good = load_keyword(loading, name, operand);
        loading->where.length = length;
        loading->where.bytes[length] = '\0';
        if (!good)
            return false;
    }
    return true;
}

struct schema *schema_load(const char *text, char **trouble)
{
    json_error_t error;
    struct schema *schema = text_calloc(1, sizeof *schema);
    struct loading loading = {.schema = schema};
    *trouble = NULL;
    schema->root = json_loads(text, JSON_REJECT_DUPLICATES, &error);
    if (!schema->root)
        *trouble = text_format("line %d: %s", error.line, error.text);
    else if (!load_schema(&loading, schema->root))
        *trouble = loading.trouble;
    text_clear(&loading.where);
    if (!*trouble)
        return schema;
    schema_free(schema);
    return NULL;
}

const json_t *schema_resolve(const struct schema *schema, const char *reference)
{
    static const char head[] = "#/$defs/";
    return strncmp(reference, head, sizeof head - 1) == 0
               ? json_object_get(json_object_get(schema->root, "$defs"), reference + sizeof head - 1)
               : NULL;
}

/* --- exported --- */

bool schema_check(const struct schema *schema, const char *definition, const json_t *value,
                  struct schema_problem *problem)
{
    const json_t *wanted =
        definition ? json_object_get(json_object_get(schema->root, "$defs"), definition) : schema->root;
    struct walk walk = {.schema = schema, .problem = problem};
    assert(wanted);
    *problem = (struct schema_problem){0};
    bool good = schema_apply(&walk, value, wanted);
    text_clear(&walk.where);
    return good;
}

char *schema_sentence(const struct schema_problem *problem)
{
    const bool whole = !*problem->where;
    return text_format("%s%s: expected %s, found %s%s%s%s", whole ? "in the whole" : "at ", problem->where,
                       problem->expected, problem->found, problem->hint ? " (" : "", problem->hint ? problem->hint : "",
                       problem->hint ? ")" : "");
}

void schema_problem_clear(struct schema_problem *problem)
{
    free(problem->where);
    free(problem->expected);
    free(problem->found);
    free(problem->hint);
    *problem = (struct schema_problem){0};
}

void schema_free(struct schema *schema)
{
    if (!schema)
        return;
    while (schema->patterns) {
        struct pattern *pattern = schema->patterns;
        schema->patterns = pattern->next;
        regfree(&pattern->compiled);
        free(pattern);
    }
    json_decref(schema->root);
    free(schema);
}
