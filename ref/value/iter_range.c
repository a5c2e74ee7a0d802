/* SPDX-License-Identifier: MIT */
/* Iterators over ranges, Objects/rangeobject.c. They work on a range whose end is start + length * step, as their
 * __reduce__ shows it; a range of numbers that fit 64 bits and any other have differently named iterators. */
#include "ref/value/core.h"
#include "ref/value/iter.h"

struct range_iter {
    struct value head;
    struct value *range; /* normalised */
    int64_t index;       /* of the next number */
};

static const struct type range_iterator_type, long_range_iterator_type;

static struct range_iter *iter_cast(const struct value *v)
{
    return (struct range_iter *)v;
}

static void range_iter_destroy(struct value *v)
{
    value_release(iter_cast(v)->range);
}

/* ---- arithmetic */

/* left op right, where left is consumed. */
static struct value *combine_take(struct ctx *ctx, enum binary_op op, struct value *right, struct value *left)
{
    struct value *result = left ? value_binary(ctx, op, left, right) : NULL;

    value_release(left);
    return result;
}

static struct value *range_count(struct ctx *ctx, struct value *range)
{
    struct value *start = range_peek(range, 0), *step = range_peek(range, 2), *one = int_new(ctx, int_sign(step)),
                 *count = NULL;
    struct value *span = combine_take(ctx, BINARY_SUB, start, value_ref(range_peek(range, 1)));

    if (one)
        span = combine_take(ctx, BINARY_SUB, one, combine_take(ctx, BINARY_ADD, step, span));
    if (one && span)
        count = int_floor_div(ctx, span, step);
    value_release(span);
    value_release(one);
    if (count && int_sign(count) < 0) {
        value_release(count);
        count = int_new(ctx, 0);
    }
    return count;
}

/* start + count * step */
static struct value *range_point(struct ctx *ctx, struct value *range, struct value *count)
{
    return combine_take(ctx, BINARY_ADD, range_peek(range, 0),
                        combine_take(ctx, BINARY_MUL, range_peek(range, 2), value_ref(count)));
}

/* range(start, stop, step) with all three consumed. */
static struct value *range_take(struct ctx *ctx, struct value *start, struct value *stop, struct value *step)
{
    struct value *range = start && stop && step ? range_new(ctx, start, stop, step) : NULL;

    value_release(start);
    value_release(stop);
    value_release(step);
    return range;
}

static bool fits_long(const struct value *v)
{
    int64_t n;

    return int_peek_i64(v, &n);
}

static struct value *range_iter_take(struct ctx *ctx, struct value *range)
{
    bool small =
        range && fits_long(range_peek(range, 0)) && fits_long(range_peek(range, 1)) && fits_long(range_peek(range, 2));
    struct range_iter *it =
        range ? (struct range_iter *)value_new(ctx, small ? &range_iterator_type : &long_range_iterator_type) : NULL;

    if (!it) {
        value_release(range);
        return NULL;
    }
    it->range = range;
    return &it->head;
}

static struct value *range_iter_next(struct ctx *ctx, struct value *v)
{
    struct range_iter *it = iter_cast(v);
    struct value *index = int_new(ctx, it->index), *item = index ? value_get_item(ctx, it->range, index) : NULL;

    value_release(index);
    if (item)
        it->index++;
    else if (raised_is(ctx, "IndexError"))
        value_release(raised_fetch(ctx));
    return item;
}

/* ---- methods */

#define METHOD(name)                                                                                                   \
    static struct value *range_iter_##name(struct ctx *ctx, struct value *self, struct value *const *argv,             \
                                           size_t argc, struct value *kwds)

METHOD(length_hint)
{
    struct range_iter *it = iter_cast(self);
    struct value *index = int_new(ctx, it->index), *left = NULL;

    (void)argv, (void)argc, (void)kwds;
    if (index)
        left = combine_take(ctx, BINARY_SUB, index, range_count(ctx, it->range));
    value_release(index);
    return left;
}

/* What is left of a range: from 3.12 on the rest, before that the whole and how far it went. */
METHOD(reduce)
{
    struct range_iter *it = iter_cast(self);
    struct value *index = int_new(ctx, it->index), *rest;

    (void)argv, (void)argc, (void)kwds;
    if (!compat_has(ctx->rt->compat, COMPAT_RANGE_ITERATOR_REST) || !index)
        return iter_reduction_take(ctx, "iter", value_ref(it->range), index);
    rest = range_take(ctx, range_point(ctx, it->range, index), value_ref(range_peek(it->range, 1)),
                      value_ref(range_peek(it->range, 2)));
    value_release(index);
    return iter_reduction_take(ctx, "iter", rest, &value_none);
}

/* A state beyond a long: only the iterator of long ranges takes it. */
static bool read_state(struct ctx *ctx, const struct range_iter *it, struct value *state, int64_t *out)
{
    bool is_long = it->head.type == &long_range_iterator_type;

    if (is_long && !int_check(state))
        raise_format(ctx, "TypeError",
                     compat_has(ctx->rt->compat, COMPAT_RANGE_ITERATOR_STATE_WORDS)
                         ? "state must be an int, not %s"
                         : "'<' not supported between instances of '%s' and 'int'",
                     value_type_name(state));
    else if (is_long && !int_peek_i64(state, out))
        *out = int_sign(state) < 0 ? INT64_MIN : INT64_MAX;
    else
        arguments_long(ctx, state, out);
    return !ctx->raised;
}

METHOD(setstate)
{
    struct range_iter *it = iter_cast(self);
    struct value *count = range_count(ctx, it->range);
    int64_t length = INT64_MAX, index = 0, start;
    bool read = count && read_state(ctx, it, argv[0], &index);

    (void)argc, (void)kwds;
    if (read) {
        int_peek_i64(count, &length);
        start = compat_has(ctx->rt->compat, COMPAT_RANGE_ITERATOR_REST)
                    ? it->index
                    : 0; /* since 3.12 it counts from where the iterator stands */
        length -= start;
        it->index = start + (index < 0 ? 0 : index > length ? length : index);
    }
    value_release(count);
    return read ? &value_none : NULL;
}

/* ---- for iter.c */

struct value *iter_range(struct ctx *ctx, struct value *range)
{
    struct value *count = range_count(ctx, range), *stop = count ? range_point(ctx, range, count) : NULL;

    value_release(count);
    return range_iter_take(ctx,
                           range_take(ctx, value_ref(range_peek(range, 0)), stop, value_ref(range_peek(range, 2))));
}

struct value *iter_range_reversed(struct ctx *ctx, struct value *range)
{
    struct value *count = range_count(ctx, range), *zero = int_new(ctx, 0), *start = NULL, *step = NULL, *stop = NULL;

    if (count && zero) {
        start = combine_take(ctx, BINARY_SUB, range_peek(range, 2), range_point(ctx, range, count));
        stop = combine_take(ctx, BINARY_SUB, range_peek(range, 2), value_ref(range_peek(range, 0)));
        step = value_binary(ctx, BINARY_SUB, zero, range_peek(range, 2));
    }
    value_release(count);
    value_release(zero);
    return range_iter_take(ctx, range_take(ctx, start, stop, step));
}

/* ---- tables */

static const struct method range_iter_methods[] = {
    /* name, style, min, max, since, until, parameters, function */
    {"__iter__", CALL_SLOT, 0, 0, 0, 0, NULL, dunder_iter},
    {"__length_hint__", CALL_NO_ARGS, 0, 0, 0, 0, NULL, range_iter_length_hint},
    {"__next__", CALL_SLOT, 0, 0, 0, 0, NULL, dunder_next},
    {"__reduce__", CALL_NO_ARGS, 0, 0, 0, 0, NULL, range_iter_reduce},
    {"__setstate__", CALL_ONE, 1, 1, 0, 0, NULL, range_iter_setstate},
    {0},
};

/* Ranges hold only numbers: no traverse. */
#define ITERATOR(python_name)                                                                                          \
    {                                                                                                                  \
        .name = python_name, .module = "builtins", .size = sizeof(struct range_iter), .destroy = range_iter_destroy,   \
        .hash_by_identity = true, .iter = iter_self, .next = range_iter_next, .methods = range_iter_methods            \
    }

static const struct type range_iterator_type = ITERATOR("range_iterator");
static const struct type long_range_iterator_type = ITERATOR("longrange_iterator");
