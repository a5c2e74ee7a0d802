/* SPDX-License-Identifier: MIT */
/* Checking a value: one function per keyword, in a table at the end.  A keyword's function answers whether the value
 * passes and tells of the first failure, unless the walk is only a trial (the `if` of a condition). */
#include "harness/schema_state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/text.h"

/* Schemas within one another at one time: what jansson reads nests values to 2048 levels, each with a few schemas. */
#define DEPTH_MAX 20000
/* How much of a wrong value is shown. */
#define SHOWN_BYTES 120

/* --- telling --- */

static char *shown(const json_t *value)
{
    char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
    if (text && strlen(text) > SHOWN_BYTES) {
        size_t end = SHOWN_BYTES;
        while (end && ((unsigned char)text[end] & 0xc0) == 0x80)
            end--;
        char *cut = text_format("%.*s…", (int)end, text);
        free(text);
        return cut;
    }
    return text ? text : text_copy("something that is no JSON");
}

/* False; remembers the problem (expected and found are taken) if it is the first one that is to be told. */
static bool fail_take(struct walk *walk, char *expected, char *found)
{
    struct schema_problem *problem = walk->problem;
    if (problem && !problem->expected) {
        *problem = (struct schema_problem){.where = text_copy(text_peek(&walk->where)),
                                           .expected = expected,
                                           .found = found,
                                           .hint = text_copy(walk->hint)};
        return false;
    }
    free(expected);
    free(found);
    return false;
}

static bool fail(struct walk *walk, const json_t *value, char *expected_taken)
{
    return fail_take(walk, expected_taken, walk->problem ? shown(value) : NULL);
}

/* The texts of an array as "a, b or c", new. */
static char *alternatives(const json_t *array)
{
    struct text text = {0};
    size_t i, count = json_array_size(array);
    json_t *item;
    json_array_foreach((json_t *)array, i, item)
    {
        char *one = json_dumps(item, JSON_COMPACT | JSON_ENCODE_ANY);
        text_printf(&text, "%s%s", i == 0 ? "" : i + 1 == count ? " or " : ", ", one ? one : "?");
        free(one);
    }
    return text_give(&text);
}

/* --- going down --- */

/* Checks a part of the value, whose name or index is the next piece of the pointer. */
static bool descend(struct walk *walk, const json_t *part, const json_t *schema, const char *piece)
{
    size_t length = walk->where.length;
    text_puts(&walk->where, "/");
    for (; *piece; piece++)
        text_puts(&walk->where, *piece == '~' ? "~0" : *piece == '/' ? "~1" : (const char[]){*piece, '\0'});
    bool good = schema_apply(walk, part, schema);
    walk->where.length = length;
    walk->where.bytes[length] = '\0';
    return good;
}

static bool descend_to_item(struct walk *walk, const json_t *array, size_t i, const json_t *schema)
{
    char index[24];
    snprintf(index, sizeof index, "%zu", i);
    return descend(walk, json_array_get(array, i), schema, index);
}

/* Whether the value passes, telling nothing. */
static bool passes(struct walk *walk, const json_t *value, const json_t *schema)
{
    struct schema_problem *problem = walk->problem;
    walk->problem = NULL;
    bool good = schema_apply(walk, value, schema);
    walk->problem = problem;
    return good;
}

bool schema_apply(struct walk *walk, const json_t *value, const json_t *schema)
{
    bool good = true;
    if (json_is_boolean(schema))
        return json_is_true(schema) || fail(walk, value, text_copy("nothing here"));
    if (walk->depth > DEPTH_MAX)
        return fail(walk, value, text_copy("less nesting"));
    const char *hint = walk->hint, *own = json_string_value(json_object_get(schema, "description"));
    walk->hint = own ? own : hint;
    walk->depth++;
    for (const struct keyword *keyword = schema_keywords; good && keyword->name; keyword++) {
        const json_t *operand = keyword->check ? json_object_get(schema, keyword->name) : NULL;
        good = !operand || keyword->check(walk, value, operand, schema);
    }
    walk->depth--;
    walk->hint = hint;
    return good;
}

/* --- what is counted --- */

enum bound { AT_LEAST, AT_MOST };

/* Whether there are at least, or at most, as many as the operand says: "an array of at least 2 items". */
static bool bounded(struct walk *walk, const json_t *value, const json_t *operand, size_t count, enum bound bound,
                    const char *form, const char *unit)
{
    const json_int_t limit = json_integer_value(operand);
    if (bound == AT_LEAST ? (json_int_t)count >= limit : (json_int_t)count <= limit)
        return true;
    return fail(walk, value,
                text_format("%sat %s %lld %s", form, bound == AT_LEAST ? "least" : "most", (long long)limit, unit));
}

/* --- values as such --- */

static const char *type_name(const json_t *value)
{
    static const char *const names[] = {
        [JSON_OBJECT] = "object", [JSON_ARRAY] = "array",  [JSON_STRING] = "string", [JSON_INTEGER] = "integer",
        [JSON_REAL] = "number",   [JSON_TRUE] = "boolean", [JSON_FALSE] = "boolean", [JSON_NULL] = "null"};
    return names[json_typeof(value)];
}

static bool is_type(const json_t *value, const json_t *name)
{
    const char *wanted = json_string_value(name);
    return strcmp(wanted, type_name(value)) == 0 || (strcmp(wanted, "number") == 0 && json_is_integer(value));
}

static bool check_type(struct walk *walk, const json_t *value, const json_t *operand, const json_t *schema)
{
    struct text names = {0};
    size_t i, count = json_array_size(operand);
    json_t *name;
    (void)schema;
    if (json_is_string(operand))
        return is_type(value, operand) ||
               fail(walk, value, text_format("a value of type %s", json_string_value(operand)));
    json_array_foreach((json_t *)operand, i, name) if (is_type(value, name)) return true;
    json_array_foreach((json_t *)operand, i, name)
    {
        const char *before = i == 0 ? "a value of type " : i + 1 == count ? " or " : ", ";
        text_printf(&names, "%s%s", before, json_string_value(name));
    }
    return fail(walk, value, text_give(&names));
}

static bool check_const(struct walk *walk, const json_t *value, const json_t *operand, const json_t *schema)
{
    (void)schema;
    return json_equal(value, operand) || fail(walk, value, walk->problem ? shown(operand) : NULL);
}

static bool check_enum(struct walk *walk, const json_t *value, const json_t *operand, const json_t *schema)
{
    size_t i;
    json_t *one;
    (void)schema;
    json_array_foreach((json_t *)operand, i, one) if (json_equal(value, one)) return true;
    return fail(walk, value, walk->problem ? alternatives(operand) : NULL);
}

static bool check_minimum(struct walk *walk, const json_t *value, const json_t *operand, const json_t *schema)
{
    (void)schema;
    if (json_is_integer(value) && json_is_integer(operand)
            ? json_integer_value(value) >= json_integer_value(operand)
            : !json_is_number(value) || json_number_value(value) >= json_number_value(operand))
        return true;
    return fail(walk, value, text_format("%lld or more", (long long)json_integer_value(operand)));
}

static bool check_maximum(struct walk *walk, const json_t *value, const json_t *operand, const json_t *schema)
{
    (void)schema;
    if (json_is_integer(value) && json_is_integer(operand)
            ? json_integer_value(value) <= json_integer_value(operand)
            : !json_is_number(value) || json_number_value(value) <= json_number_value(operand))
        return true;
    return fail(walk, value, text_format("%lld or less", (long long)json_integer_value(operand)));
}

static bool check_pattern(struct walk *walk, const json_t *value, const json_t *operand, const json_t *schema)
{
    const struct pattern *pattern = walk->schema->patterns;
    (void)schema;
    if (!json_is_string(value))
        return true;
    while (pattern->text != operand)
        pattern = pattern->next;
    return regexec(&pattern->compiled, json_string_value(value), 0, NULL, 0) == 0 ||
           fail(walk, value, text_format("a string that matches %s", json_string_value(operand)));
}

static bool check_min_length(struct walk *walk, const json_t *value, const json_t *operand, const json_t *schema)
{
    size_t characters = 0;
    (void)schema;
    if (!json_is_string(value))
        return true;
    for (const char *at = json_string_value(value); *at; at++)
        characters += ((unsigned char)*at & 0xc0) != 0x80;
    return bounded(walk, value, operand, characters, AT_LEAST, "a string of ", "characters");
}

/* --- arrays --- */

static bool check_prefix_items(struct walk *walk, const json_t *value, const json_t *operand, const json_t *schema)
{
    (void)schema;
    for (size_t i = 0; i < json_array_size(value) && i < json_array_size(operand); i++)
        if (!descend_to_item(walk, value, i, json_array_get(operand, i)))
            return false;
    return true;
}

static bool check_items(struct walk *walk, const json_t *value, const json_t *operand, const json_t *schema)
{
    for (size_t i = json_array_size(json_object_get(schema, "prefixItems")); i < json_array_size(value); i++)
        if (!descend_to_item(walk, value, i, operand))
            return false;
    return true;
}

static bool check_min_items(struct walk *walk, const json_t *value, const json_t *operand, const json_t *schema)
{
    (void)schema;
    return !json_is_array(value) ||
           bounded(walk, value, operand, json_array_size(value), AT_LEAST, "an array of ", "items");
}

static bool check_max_items(struct walk *walk, const json_t *value, const json_t *operand, const json_t *schema)
{
    (void)schema;
    return !json_is_array(value) ||
           bounded(walk, value, operand, json_array_size(value), AT_MOST, "an array of ", "items");
}

static bool check_unique_items(struct walk *walk, const json_t *value, const json_t *operand, const json_t *schema)
{
    (void)schema;
    for (size_t i = 0; json_is_true(operand) && i < json_array_size(value); i++)
        for (size_t j = 0; j < i; j++)
            if (json_equal(json_array_get(value, i), json_array_get(value, j)))
                return fail(walk, json_array_get(value, i), text_copy("no item twice"));
    return true;
}

/* --- objects --- */

static bool check_required(struct walk *walk, const json_t *value, const json_t *operand, const json_t *schema)
{
    size_t i;
    json_t *name;
    (void)schema;
    if (!json_is_object(value))
        return true;
    json_array_foreach((json_t *)operand, i, name) if (!json_object_get(value, json_string_value(name))) return fail(
        walk, value, text_format("a member \"%s\"", json_string_value(name)));
    return true;
}

static bool check_min_properties(struct walk *walk, const json_t *value, const json_t *operand, const json_t *schema)
{
    (void)schema;
    return !json_is_object(value) || bounded(walk, value, operand, json_object_size(value), AT_LEAST, "", "members");
}

static bool check_max_properties(struct walk *walk, const json_t *value, const json_t *operand, const json_t *schema)
{
    (void)schema;
    return !json_is_object(value) || bounded(walk, value, operand, json_object_size(value), AT_MOST, "", "members");
}

static bool check_property_names(struct walk *walk, const json_t *value, const json_t *operand, const json_t *schema)
{
    const char *name;
    json_t *part;
    (void)schema;
    json_object_foreach((json_t *)value, name, part)
    {
        json_t *text = json_string(name);
        bool good = schema_apply(walk, text, operand);
        json_decref(text);
        if (!good)
            return false;
    }
    return true;
}

static bool check_additional(struct walk *walk, const json_t *value, const json_t *operand, const json_t *schema)
{
    const json_t *known = json_object_get(schema, "properties");
    const char *name;
    json_t *part;
    json_object_foreach((json_t *)value, name, part)
    {
        if (json_object_get(known, name))
            continue;
        if (json_is_false(operand))
            return fail_take(walk, text_copy("no other members"), text_format("the member \"%s\"", name));
        if (!descend(walk, part, operand, name))
            return false;
    }
    return true;
}

static bool check_properties(struct walk *walk, const json_t *value, const json_t *operand, const json_t *schema)
{
    const char *name;
    json_t *one;
    (void)schema;
    json_object_foreach((json_t *)operand, name, one)
    {
        const json_t *part = json_object_get(value, name);
        if (part && !descend(walk, part, one, name))
            return false;
    }
    return true;
}

/* --- schemas that combine others --- */

static bool check_ref(struct walk *walk, const json_t *value, const json_t *operand, const json_t *schema)
{
    (void)schema;
    return schema_apply(walk, value, schema_resolve(walk->schema, json_string_value(operand)));
}

static bool check_all_of(struct walk *walk, const json_t *value, const json_t *operand, const json_t *schema)
{
    size_t i;
    json_t *one;
    (void)schema;
    json_array_foreach((json_t *)operand, i, one) if (!schema_apply(walk, value, one)) return false;
    return true;
}

/* What the last alternative lacks is told: write the likeliest last. */
static bool check_any_of(struct walk *walk, const json_t *value, const json_t *operand, const json_t *schema)
{
    size_t i;
    json_t *one;
    (void)schema;
    json_array_foreach((json_t *)operand, i, one) if (passes(walk, value, one)) return true;
    return schema_apply(walk, value, json_array_get(operand, json_array_size(operand) - 1));
}

static bool check_not(struct walk *walk, const json_t *value, const json_t *operand, const json_t *schema)
{
    (void)schema;
    return !passes(walk, value, operand) || fail(walk, value, text_copy("nothing of that kind here"));
}

static bool check_if(struct walk *walk, const json_t *value, const json_t *operand, const json_t *schema)
{
    const json_t *branch = json_object_get(schema, passes(walk, value, operand) ? "then" : "else");
    return !branch || schema_apply(walk, value, branch);
}

/* --- the keywords, in the order in which they are checked: the outer form before the parts --- */

const struct keyword schema_keywords[] = {
    {"$schema", NOTE, NULL},
    {"$id", NOTE, NULL},
    {"title", NOTE, NULL},
    {"description", NOTE, NULL},
    {"$defs", MEMBERS, NULL},
    {"type", TYPES, check_type},
    {"not", ONE, check_not},
    {"const", ANY, check_const},
    {"enum", LIST, check_enum},
    {"minimum", NUMBER, check_minimum},
    {"maximum", NUMBER, check_maximum},
    {"pattern", PATTERN, check_pattern},
    {"minLength", COUNT, check_min_length},
    {"minItems", COUNT, check_min_items},
    {"maxItems", COUNT, check_max_items},
    {"uniqueItems", FLAG, check_unique_items},
    {"propertyNames", ONE, check_property_names},
    {"required", TEXTS, check_required},
    {"additionalProperties", ONE, check_additional},
    {"minProperties", COUNT, check_min_properties},
    {"maxProperties", COUNT, check_max_properties},
    {"$ref", REFERENCE, check_ref},
    {"allOf", SEVERAL, check_all_of},
    {"anyOf", SEVERAL, check_any_of},
    {"if", ONE, check_if},
    {"then", ONE, NULL},
    {"else", ONE, NULL},
    {"properties", MEMBERS, check_properties},
    {"prefixItems", SEVERAL, check_prefix_items},
    {"items", ONE, check_items},
    {0},
};
