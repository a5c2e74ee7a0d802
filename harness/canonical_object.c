/* SPDX-License-Identifier: MIT */
/* Names of classes and functions, exceptions and instances: typed JSON → the constructors of the case language. */
#include "harness/canonical_write.h"
#include "harness/typed.h"

#include <string.h>

void write_global(struct writer *writer, const char *tag, const json_t *name)
{
    const char *text = json_string_value(name), *colon = text ? strchr(text, ':') : NULL;
    if (!colon || colon == text || !colon[1] || strchr(colon + 1, ':')) {
        write_fail(writer, tag, "\"module:name\"", name);
        return;
    }
    if (strncmp(text, "builtins:", 9) != 0) {
        write_plain(&writer->out, text, (size_t)(colon - text));
        write_put(writer, ".");
    }
    write_plain(&writer->out, colon + 1, strlen(colon + 1));
}

bool write_only(struct writer *writer, const char *tag, const json_t *body, const char *const *names)
{
    const char *key;
    json_t *item;
    if (!json_is_object(body))
        write_fail(writer, tag, "an object", body);
    json_object_foreach((json_t *)body, key, item)
    {
        const char *const *name = names;
        while (*name && strcmp(*name, key) != 0)
            name++;
        if (!*name)
            write_fail(writer, tag, "no other member", json_object_get(body, key));
    }
    return !writer->error;
}

/* State that says nothing: absent, null, or an empty dict. */
static bool is_empty_state(const json_t *state)
{
    const json_t *pairs = typed_peek(state, "$dict");
    return !state || json_is_null(state) || (json_is_array(pairs) && !json_array_size(pairs));
}

void write_exception(struct writer *writer, const json_t *body, bool behind)
{
    static const char *const members[] = {"class", "bases", "args", "state", NULL};
    const json_t *bases = json_object_get(body, "bases"), *args = json_object_get(body, "args"),
                 *state = json_object_get(body, "state");
    json_t *base;
    size_t i;
    if (!write_only(writer, "$exception", body, members))
        return;
    if (bases && !json_is_array(bases))
        write_fail(writer, "$exception", "an array of names as bases", bases);
    json_array_foreach((json_t *)bases, i, base) if (!json_is_string(base))
        write_fail(writer, "$exception", "names as bases", base);
    write_global(writer, "$exception", json_object_get(body, "class"));
    write_put(writer, "(");
    write_items(writer, "$exception", args);
    if (!is_empty_state(state)) {
        write_put(writer, behind ? ") with " : json_array_size(args) ? ", state=" : "state=");
        write_value(writer, state);
        write_put(writer, behind ? "" : ")");
    } else {
        write_put(writer, ")");
    }
}

/* ", " unless it would stand directly behind the parenthesis at start. */
static void separate(struct writer *writer, size_t start)
{
    if (writer->out.length > start)
        write_put(writer, ", ");
}

static void write_arguments(struct writer *writer, const json_t *args, size_t first, size_t start)
{
    for (size_t i = first; i < json_array_size(args) && !writer->error; i++) {
        separate(writer, start);
        write_value(writer, json_array_get(args, i));
    }
}

static void write_rest(struct writer *writer, const json_t *state, const json_t *items, const json_t *pairs,
                       size_t start)
{
    if (state && !json_is_null(state)) {
        separate(writer, start);
        write_put(writer, "state=");
        write_value(writer, state);
    }
    if (items && json_array_size(items)) {
        separate(writer, start);
        write_put(writer, "items=[");
        write_items(writer, "$reduce", items);
        write_put(writer, "]");
    }
    if (pairs && json_array_size(pairs)) {
        separate(writer, start);
        write_put(writer, "pairs=[");
        write_pairs(writer, "$reduce", pairs, "(", ", ", ")");
        write_put(writer, "]");
    }
}

void write_reduction(struct writer *writer, const json_t *body)
{
    static const char *const members[] = {"func", "args", "state", "items", "pairs", NULL};
    const json_t *func = json_object_get(body, "func"), *args = json_object_get(body, "args"),
                 *state = json_object_get(body, "state");
    const json_t *items = json_object_get(body, "items"), *pairs = json_object_get(body, "pairs");
    const char *name = json_string_value(func);
    if (!write_only(writer, "$reduce", body, members))
        return;
    if ((args && !json_is_array(args)) || (items && !json_is_array(items)) || (pairs && !json_is_array(pairs))) {
        write_fail(writer, "$reduce", "arrays as args, items and pairs", body);
        return;
    }
    bool instance = name && !strcmp(name, "copyreg:__newobj__") && typed_peek(json_array_get(args, 0), "$global");
    bool dotted = name && strncmp(name, "builtins:", 9) != 0 && !instance && (!state || json_is_null(state)) &&
                  !json_array_size(items) && !json_array_size(pairs);
    if (dotted) {
        write_global(writer, "$reduce", func);
        write_put(writer, "(");
    } else {
        write_put(writer, instance ? "instance(" : "reduced(");
    }
    size_t start = writer->out.length;
    if (!dotted && !instance)
        write_global(writer, "$reduce", func);
    write_arguments(writer, args, 0, start);
    write_rest(writer, state, items, pairs, start);
    write_put(writer, ")");
}
