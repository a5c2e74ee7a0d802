/* SPDX-License-Identifier: MIT */
/* Objects that are no plain values.  CPython writes the __dict__ of what has one and refuses the rest; C has only
 * reductions to look at: attributes are a state that is a dict, and what is made from arguments has none.  Where that
 * does not tell (a class that C has never heard of, without any state), a table names the classes that matter. */
#include <stdio.h>
#include <string.h>

#include "ref/xmlrpc/internal.h"

/* What is known of a class beyond its instances' shape. */
enum knowledge { UNKNOWN, HAS_ATTRIBUTES, HAS_NONE };
static enum knowledge knowledge_of(const struct value *class);

static int refuse_type(struct marshal *m, const struct value *v)
{
    struct value *type = value_type_text(m->ctx, v);
    int result = type ? marshal_refuse(m, str_peek(type, NULL)) : -1;

    value_release(type);
    return result;
}

/* ---- datetime */

/* year … second from datetime.datetime(year, month, day, …) or from its pickled form of ten bytes. */
static bool read_date(const struct value *args, int64_t out[6])
{
    size_t n = tuple_length(args), size = 0;
    const struct value *first = n ? tuple_peek(args, 0) : NULL;
    const unsigned char *b = first && first->type == &bytes_type ? bytes_peek(first, &size) : NULL;

    memset(out, 0, 6 * sizeof *out);
    if (b && size == 10) {
        out[0] = b[0] << 8 | b[1];
        out[1] = b[2] & 0x7f; /* the upper bit is fold */
        for (size_t i = 2; i < 6; i++)
            out[i] = b[i + 1];
        return true;
    }
    for (size_t i = 0; i < 6 && i < n; i++)
        if (!int_check(tuple_peek(args, i)) || !int_peek_i64(tuple_peek(args, i), &out[i]))
            return false;
    return n >= 3;
}

/* The time zone and the microseconds are lost. */
static int marshal_datetime(struct marshal *m, const struct value *v)
{
    int64_t part[6];
    struct value *text;
    int result;

    if (!read_date(opaque_args_peek(v), part))
        return marshal_refuse(m, "datetime.datetime");
    text = str_printf(m->ctx, "%04d%02d%02dT%02d:%02d:%02d", (int)part[0], (int)part[1], (int)part[2], (int)part[3],
                      (int)part[4], (int)part[5]);
    result = text ? marshal_date_time(m, text) : -1;
    value_release(text);
    return result;
}

/* ---- opaque instances */

/* The attributes among the steps: a dict, NULL if there are none. *bare tells that nothing else was done with it. */
static struct value *attributes_of(const struct value *v, bool *bare)
{
    struct value *found = NULL, *first, *second;

    *bare = true;
    for (size_t i = 0; i < opaque_steps(v); i++) {
        if (opaque_step_peek(v, i, &first, &second) != OPAQUE_BUILD)
            *bare = false;
        else if (first->type == &tuple_type && tuple_length(first) == 2) /* (__dict__, what is in slots) */
            first = tuple_peek(first, 0);
        if (first->type == &dict_type && *bare)
            found = first;
        else
            *bare = false; /* also (None, slots): there is no __dict__ */
    }
    return found;
}

/* Binary and DateTime that came in a pickle. */
static int marshal_wrapper(struct marshal *m, struct value *attributes, const char *member, const struct type *type)
{
    struct value *content = attributes ? dict_get_text_peek(m->ctx, attributes, member) : NULL;

    if (content && type == &binary_type && (content->type == &bytes_type || content->type == &bytearray_type))
        return marshal_binary(m, content);
    if (content && type == &date_time_type && str_check(content))
        return marshal_date_time(m, content);
    return m->ctx->raised ? -1 : marshal_refuse(m, type->name);
}

static bool has_attributes(const struct value *v, const struct value *class, const struct value *attributes, bool bare)
{
    enum knowledge known = knowledge_of(class);

    if (known != UNKNOWN)
        return known == HAS_ATTRIBUTES;
    /* a class derived from int, str, … is made from one: CPython refuses it whatever attributes it has */
    if (opaque_form_of(v) != OPAQUE_REDUCE)
        return bare && tuple_length(opaque_args_peek(v)) == 0;
    return bare && attributes;
}

int marshal_opaque(struct marshal *m, struct value *v)
{
    const struct value *class = opaque_class_peek(v);
    bool bare;
    struct value *attributes = attributes_of(v, &bare);

    if (class && global_is(class, "datetime", "datetime"))
        return marshal_datetime(m, v);
    if (class && global_is(class, binary_type.module, binary_type.name))
        return marshal_wrapper(m, attributes, "data", &binary_type);
    if (class && global_is(class, date_time_type.module, date_time_type.name))
        return marshal_wrapper(m, attributes, "value", &date_time_type);
    if (class && has_attributes(v, class, attributes, bare))
        return marshal_struct(m, attributes ? attributes : v, attributes);
    return refuse_type(m, v);
}

/* ---- everything else */

/* __dict__ alone: neither the arguments nor what a class keeps in members of its own. */
int marshal_exception(struct marshal *m, struct value *v)
{
    return marshal_struct(m, v, exception_attributes_peek(v));
}

/* A function written in Python has an empty __dict__.  Of a class the first entry of its __dict__ that cannot be
 * written is told: which one that is depends on the class, this is what most have. */
int marshal_global(struct marshal *m, struct value *v)
{
    bool builtin = !strcmp(global_module(v), "builtins");

    if (!strcmp(value_type_name(v), "function"))
        return marshal_struct(m, v, NULL);
    if (!strcmp(value_type_name(v), "type") && !builtin)
        return marshal_refuse(m, "getset_descriptor");
    if (!strcmp(value_type_name(v), "type") && !compat_has(m->ctx->rt->compat, COMPAT_TYPE_WITHOUT_SLOTS))
        return marshal_refuse(m, "wrapper_descriptor");
    return marshal_refuse(m, "builtin_function_or_method");
}

/* Instances of classes written in Python are reduced to a class and attributes. */
int marshal_other(struct marshal *m, struct value *v)
{
    struct value *reduced = v->type->reduce ? v->type->reduce(m->ctx, v) : NULL;
    int result;

    if (v->type == &proxyref_type) /* its __dict__ begins with what can be written, and then comes its token */
        return marshal_refuse(m, "multiprocessing.managers.Token");
    if (m->ctx->raised)
        return -1;
    if (reduced && opaque_form_of(reduced) == OPAQUE_NEWOBJ)
        result = marshal_value(m, reduced);
    else
        result = refuse_type(m, v);
    value_release(reduced);
    return result;
}

/* ---- tables */

static const struct {
    const char *module, *name;
    enum knowledge knowledge;
} classes[] = {
    {"builtins", "getattr", HAS_ATTRIBUTES}, /* a bound method, which shows the attributes of its function */
    {"fixtures", "Custom", HAS_ATTRIBUTES},
    {"fixtures", "Picky", HAS_ATTRIBUTES},
    {"types", "SimpleNamespace", HAS_ATTRIBUTES},
    {"uuid", "UUID", HAS_NONE}, /* its state is a dict, but it keeps it in slots */
};

static enum knowledge knowledge_of(const struct value *class)
{
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
        if (global_is(class, classes[i].module, classes[i].name))
            return classes[i].knowledge;
    return UNKNOWN;
}
