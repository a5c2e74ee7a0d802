/* SPDX-License-Identifier: MIT */
/* How CPython reads an index, a count and a slice bound out of an argument: Argument Clinic's 'n' converter,
 * PyNumber_AsSsize_t and _PyEval_SliceIndexNotNone, each with its own words when it cannot. */
#include "ref/value/container.h"

#include <stdint.h>

int arguments_subscript(struct ctx *ctx, const char *what, struct value *key, ssize_t *out)
{
    if (int_check(key))
        return int_as_index(ctx, key, false, out);
    raise_format(ctx, "TypeError", "%s indices must be integers or slices, not %s", what, value_type_name(key));
    return -1;
}

int arguments_ssize(struct ctx *ctx, struct value *v, ssize_t *out)
{
    int64_t n;

    if (int_peek_i64(v, &n)) {
        *out = (ssize_t)n;
        return 0;
    }
    if (int_check(v))
        raise_format(ctx, "OverflowError", "Python int too large to convert to C ssize_t");
    else if (!compat_has(ctx->rt->compat, COMPAT_INTEGER_WORDS) && value_is(v, &float_type))
        raise_format(ctx, "TypeError", "integer argument expected, got float");
    else
        raise_format(ctx, "TypeError", "'%s' object cannot be interpreted as an integer", value_type_name(v));
    return -1;
}

int arguments_plain_ssize(struct ctx *ctx, struct value *v, ssize_t *out)
{
    if (int_check(v))
        return arguments_ssize(ctx, v, out);
    raise_format(ctx, "TypeError", "an integer is required");
    return -1;
}

int arguments_long(struct ctx *ctx, struct value *v, int64_t *out)
{
    if (int_peek_i64(v, out))
        return 0;
    if (int_check(v))
        raise_format(ctx, "OverflowError", "Python int too large to convert to C long");
    else if (compat_has(ctx->rt->compat, COMPAT_INTEGER_WORDS))
        raise_format(ctx, "TypeError", "'%s' object cannot be interpreted as an integer", value_type_name(v));
    else if (value_is(v, &complex_type))
        raise_format(ctx, "TypeError", "can't convert complex to int");
    else
        raise_format(ctx, "TypeError", "an integer is required (got type %s)", value_type_name(v));
    return -1;
}

int arguments_bound(struct ctx *ctx, struct value *v, size_t length, size_t *out)
{
    ssize_t i;

    if (!int_check(v)) {
        raise_format(ctx, "TypeError", "slice indices must be integers or have an __index__ method");
        return -1;
    }
    if (int_as_index(ctx, v, true, &i) < 0)
        return -1;
    if (i < 0) {
        i += (ssize_t)length;
        if (i < 0)
            i = 0;
    }
    *out = (size_t)i;
    return 0;
}

int arguments_repeat(struct ctx *ctx, struct value *v, ssize_t *out)
{
    int64_t n;

    if (int_check(v) && !int_peek_i64(v, &n)) {
        raise_format(ctx, "OverflowError", "cannot fit 'int' into an index-sized integer");
        return -1;
    }
    return int_as_index(ctx, v, false, out);
}

int arguments_times(struct ctx *ctx, struct value *v, ssize_t *out)
{
    if (int_check(v))
        return arguments_repeat(ctx, v, out);
    raise_format(ctx, "TypeError", "can't multiply sequence by non-int of type '%s'", value_type_name(v));
    return -1;
}
