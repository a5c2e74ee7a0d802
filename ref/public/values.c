/* SPDX-License-Identifier: MIT */
/* Reading values, for both halves of the public header. */
#include "ref/mpref.h"
#include "ref/value/types.h"

static const struct value *inner(const struct mpref_value *v)
{
    return (const struct value *)v;
}

static const struct mpref_value *outer(const struct value *v)
{
    return (const struct mpref_value *)v;
}

const char *mpref_type(const struct mpref_value *v)
{
    return value_class_name(inner(v));
}

bool mpref_is_none(const struct mpref_value *v)
{
    return inner(v) == &value_none;
}

bool mpref_is_proxy(const struct mpref_value *v)
{
    return value_is(inner(v), &proxyref_type);
}

bool mpref_int(const struct mpref_value *v, int64_t *out)
{
    return int_check(inner(v)) && int_peek_i64(inner(v), out);
}

bool mpref_float(const struct mpref_value *v, double *out)
{
    int64_t n;

    if (value_is(inner(v), &float_type))
        *out = float_peek(inner(v));
    else if (mpref_int(v, &n))
        *out = (double)n;
    else
        return false;
    return true;
}

bool mpref_bool(const struct mpref_value *v, bool *out)
{
    *out = inner(v) == &value_true;
    return *out || inner(v) == &value_false;
}

const char *mpref_str(const struct mpref_value *v, size_t *size)
{
    return str_check(inner(v)) ? str_peek(inner(v), size) : NULL;
}

const void *mpref_bytes(const struct mpref_value *v, size_t *size)
{
    bool is_bytes = value_is(inner(v), &bytes_type) || value_is(inner(v), &bytearray_type);
    return is_bytes ? bytes_peek(inner(v), size) : NULL;
}

size_t mpref_length(const struct mpref_value *v)
{
    if (value_is(inner(v), &list_type))
        return list_length(inner(v));
    if (value_is(inner(v), &tuple_type))
        return tuple_length(inner(v));
    if (value_is(inner(v), &dict_type))
        return dict_length(inner(v));
    bool is_set = value_is(inner(v), &set_type) || value_is(inner(v), &frozenset_type);
    return is_set ? set_length(inner(v)) : 0;
}

/* The i-th entry of a dict; false if there is none. */
static bool entry(const struct mpref_value *v, size_t i, struct value **key, struct value **item)
{
    size_t position = 0;

    if (!value_is(inner(v), &dict_type))
        return false;
    while (dict_next_peek(inner(v), &position, key, item))
        if (!i--)
            return true;
    return false;
}

const struct mpref_value *mpref_item(const struct mpref_value *v, size_t i)
{
    struct value *key, *item;

    if (value_is(inner(v), &list_type))
        return outer(i < list_length(inner(v)) ? list_peek(inner(v), i) : NULL);
    if (value_is(inner(v), &tuple_type))
        return outer(i < tuple_length(inner(v)) ? tuple_peek(inner(v), i) : NULL);
    return entry(v, i, &key, &item) ? outer(key) : NULL;
}

const struct mpref_value *mpref_item_value(const struct mpref_value *v, size_t i)
{
    struct value *key, *item;
    return entry(v, i, &key, &item) ? outer(item) : NULL;
}

const struct mpref_value *mpref_lookup(const struct mpref_value *v, const char *name)
{
    struct value *key, *item;
    size_t position = 0;

    if (!value_is(inner(v), &dict_type))
        return NULL;
    while (dict_next_peek(inner(v), &position, &key, &item))
        if (str_equals(key, name))
            return outer(item);
    return NULL;
}
