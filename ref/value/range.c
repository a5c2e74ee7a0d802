/* SPDX-License-Identifier: MIT */
/* range, after Objects/rangeobject.c: ints of any size; comparison as sequences. */
#include <string.h>

#include "ref/value/container.h"
#include "ref/value/core.h"

struct range {
    struct value head;
    struct value *parts[3]; /* start, stop, step: ints */
    struct value *length;   /* an int */
};

enum { START, STOP, STEP };

static const char *const part_names[] = {"start", "stop", "step"};

static struct range *as_range(const struct value *v)
{
    return (struct range *)v;
}

struct value *range_peek(const struct value *range, unsigned part)
{
    return as_range(range)->parts[part];
}

/* ---- arithmetic on ints, where NULL passes through and the last argument is taken */

static struct value *combine_take(struct ctx *ctx, enum binary_op op, struct value *a, struct value *b)
{
    struct value *r = a && b ? value_binary(ctx, op, a, b) : NULL;
    value_release(b);
    return r;
}

static struct value *plus(struct ctx *ctx, struct value *a, int64_t n)
{
    return combine_take(ctx, BINARY_ADD, a, int_new(ctx, n));
}

/* ints only: order of a and b, never fails */
static bool less(struct ctx *ctx, struct value *a, struct value *b)
{
    return a->type->compare(ctx, COMPARE_LT, a, b) == 1;
}

/* (high - low - 1) // step + 1, or 0 */
static struct value *count_between(struct ctx *ctx, struct value *low, struct value *high, struct value *step)
{
    if (!less(ctx, low, high))
        return int_new(ctx, 0);
    struct value *distance = value_binary(ctx, BINARY_SUB, high, low);
    struct value *last = distance ? plus(ctx, distance, -1) : NULL;
    struct value *steps = last ? int_floor_div(ctx, last, step) : NULL;
    struct value *count = steps ? plus(ctx, steps, 1) : NULL;
    value_release(distance);
    value_release(last);
    value_release(steps);
    return count;
}

static struct value *count_items(struct ctx *ctx, struct value *start, struct value *stop, struct value *step)
{
    if (int_sign(step) > 0)
        return count_between(ctx, start, stop, step);
    struct value *zero = int_new(ctx, 0), *up = value_binary(ctx, BINARY_SUB, zero, step);
    struct value *count = up ? count_between(ctx, stop, start, up) : NULL;
    value_release(zero);
    value_release(up);
    return count;
}

/* ---- making */

/* Of ints; start, stop and step are taken, NULL among them passes through. */
static struct value *make_take(struct ctx *ctx, struct value *start, struct value *stop, struct value *step)
{
    struct range *r = start && stop && step ? (struct range *)value_new(ctx, &range_type) : NULL;
    if (!r) {
        value_release(start);
        value_release(stop);
        value_release(step);
        return NULL;
    }
    r->parts[START] = start;
    r->parts[STOP] = stop;
    r->parts[STEP] = step;
    r->length = count_items(ctx, start, stop, step);
    if (r->length)
        return &r->head;
    value_release(&r->head);
    return NULL;
}

/* The index protocol: since 3.10 True becomes 1. */
static struct value *as_member(struct ctx *ctx, struct value *v)
{
    if (!int_check(v))
        return raise_format(ctx, "TypeError", "'%.200s' object cannot be interpreted as an integer",
                            value_type_name(v));
    return compat_has(ctx->rt->compat, COMPAT_INDEX_OF_BOOL) && v->type == &bool_type ? int_new(ctx, v == &value_true)
                                                                                      : value_ref(v);
}

struct value *range_new(struct ctx *ctx, struct value *start, struct value *stop, struct value *step)
{
    struct value *parts[] = {as_member(ctx, start), NULL, NULL};
    parts[STOP] = parts[START] ? as_member(ctx, stop) : NULL;
    parts[STEP] = parts[STOP] ? as_member(ctx, step) : NULL;
    if (parts[STEP] && int_sign(parts[STEP]) == 0) {
        raise_format(ctx, "ValueError", "range() arg 3 must not be zero");
        value_release(parts[STEP]);
        parts[STEP] = NULL;
    }
    return make_take(ctx, parts[START], parts[STOP], parts[STEP]);
}

static void range_destroy(struct value *v)
{
    for (unsigned i = 0; i < 3; i++)
        value_release(as_range(v)->parts[i]);
    value_release(as_range(v)->length);
}

/* ---- looking */

static ssize_t range_length(struct ctx *ctx, struct value *v)
{
    int64_t n;
    if (int_peek_i64(as_range(v)->length, &n))
        return (ssize_t)n;
    raise_format(ctx, "OverflowError", "Python int too large to convert to C ssize_t");
    return -1;
}

static int range_truth(struct ctx *ctx, struct value *v)
{
    (void)ctx;
    return int_sign(as_range(v)->length) != 0;
}

/* Equal as sequences: by length, then first item, then step; what does not matter is left out. */
static int range_compare(struct ctx *ctx, enum compare_op op, struct value *a, struct value *b)
{
    if (b->type != &range_type || (op != COMPARE_EQ && op != COMPARE_NE))
        return COMPARE_UNSUPPORTED;
    struct range *r = as_range(a), *s = as_range(b);
    int64_t n;
    int same = value_compare(ctx, COMPARE_EQ, r->length, s->length);
    bool small = int_peek_i64(r->length, &n);
    if (same > 0 && !(small && n == 0))
        same = value_compare(ctx, COMPARE_EQ, r->parts[START], s->parts[START]);
    if (same > 0 && !(small && n <= 1))
        same = value_compare(ctx, COMPARE_EQ, r->parts[STEP], s->parts[STEP]);
    return same < 0 ? -1 : same == (op == COMPARE_EQ);
}

static int range_hash(struct ctx *ctx, struct value *v, int64_t *out)
{
    struct range *r = as_range(v);
    int64_t n, h[3] = {0, 0, 0};
    bool small = int_peek_i64(r->length, &n);
    if (value_hash(ctx, r->length, &h[0]) < 0)
        return -1;
    if (!(small && n == 0) && value_hash(ctx, r->parts[START], &h[1]) < 0)
        return -1;
    if (!(small && n <= 1) && value_hash(ctx, r->parts[STEP], &h[2]) < 0)
        return -1;
    *out = (int64_t)(((uint64_t)h[0] * 1000003u ^ (uint64_t)h[1]) * 1000003u ^ (uint64_t)h[2]);
    return 0;
}

static struct value *range_repr(struct ctx *ctx, struct value *v)
{
    struct buf b;
    int64_t step;
    bool plain = int_peek_i64(range_peek(v, STEP), &step) && step == 1;
    buf_init(&b, PTRDIFF_MAX);
    buf_put_text(&b, "range(");
    for (unsigned i = 0; i < (plain ? 2 : 3); i++) {
        buf_put_text(&b, i ? ", " : "");
        if (printing_put(ctx, &b, range_peek(v, i)) < 0) {
            buf_free(&b);
            return NULL;
        }
    }
    buf_put_byte(&b, ')');
    return printing_finish(ctx, &b);
}

/* ---- items */

/* start + i * step */
static struct value *item_at(struct ctx *ctx, struct range *r, struct value *i)
{
    return combine_take(ctx, BINARY_ADD, r->parts[START], value_binary(ctx, BINARY_MUL, i, r->parts[STEP]));
}

/* i, counted from the end if it is negative: new. */
static struct value *from_end(struct ctx *ctx, struct value *i, struct value *length)
{
    return int_sign(i) < 0 ? value_binary(ctx, BINARY_ADD, i, length) : value_ref(i);
}

static struct value *get_index(struct ctx *ctx, struct range *r, struct value *key)
{
    struct value *i = from_end(ctx, key, r->length), *item = NULL;
    if (!i)
        return NULL;
    if (int_sign(i) < 0 || !less(ctx, i, r->length))
        raise_format(ctx, "IndexError", "range object index out of range");
    else
        item = item_at(ctx, r, i);
    value_release(i);
    return item;
}

/* One bound of a slice as _PySlice_GetLongIndices has it; none is what stands for None. */
static struct value *slice_bound(struct ctx *ctx, struct value *v, struct value *none, struct value *lower,
                                 struct value *upper, struct value *length)
{
    if (v == &value_none)
        return value_ref(none);
    if (!int_check(v))
        return raise_format(ctx, "TypeError", "slice indices must be integers or None or have an __index__ method");
    struct value *i = from_end(ctx, v, length), *clipped = i;
    if (!i)
        return NULL;
    if (less(ctx, i, lower))
        clipped = lower;
    else if (less(ctx, upper, i))
        clipped = upper;
    value_ref(clipped);
    value_release(i);
    return clipped;
}

static struct value *slice_step(struct ctx *ctx, struct value *v)
{
    if (v == &value_none)
        return int_new(ctx, 1);
    if (!int_check(v))
        return raise_format(ctx, "TypeError", "slice indices must be integers or None or have an __index__ method");
    if (int_sign(v) == 0)
        return raise_format(ctx, "ValueError", "slice step cannot be zero");
    return value_ref(v);
}

static struct value *get_slice(struct ctx *ctx, struct range *r, struct value *slice)
{
    struct value *step = slice_step(ctx, slice_peek(slice, STEP));
    if (!step)
        return NULL;
    bool backwards = int_sign(step) < 0;
    struct value *lower = int_new(ctx, backwards ? -1 : 0), *result = NULL, *start = NULL, *stop = NULL;
    struct value *upper = !backwards ? value_ref(r->length) : plus(ctx, r->length, -1);
    if (lower && upper) {
        start = slice_bound(ctx, slice_peek(slice, START), backwards ? upper : lower, lower, upper, r->length);
        if (start)
            stop = slice_bound(ctx, slice_peek(slice, STOP), backwards ? lower : upper, lower, upper, r->length);
    }
    if (start && stop)
        result = make_take(ctx, item_at(ctx, r, start), item_at(ctx, r, stop),
                           value_binary(ctx, BINARY_MUL, step, r->parts[STEP]));
    value_release(step);
    value_release(lower);
    value_release(upper);
    value_release(start);
    value_release(stop);
    return result;
}

static struct value *range_get_item(struct ctx *ctx, struct value *v, struct value *key)
{
    if (value_is(key, &slice_type))
        return get_slice(ctx, as_range(v), key);
    if (int_check(key))
        return get_index(ctx, as_range(v), key);
    return raise_format(ctx, "TypeError", "range indices must be integers or slices, not %.200s", value_type_name(key));
}

/* Where an int stands in the range: a new int; None if it is not there; NULL after raising. */
static struct value *position_of(struct ctx *ctx, struct range *r, struct value *item)
{
    struct value *offset = value_binary(ctx, BINARY_SUB, item, r->parts[START]);
    struct value *i = offset ? int_floor_div(ctx, offset, r->parts[STEP]) : NULL, *back, *result = NULL;
    back = i ? value_binary(ctx, BINARY_MUL, i, r->parts[STEP]) : NULL;
    if (back) {
        bool exact = !less(ctx, back, offset) && !less(ctx, offset, back);
        bool inside = exact && int_sign(i) >= 0 && less(ctx, i, r->length);
        result = inside ? value_ref(i) : &value_none;
    }
    value_release(offset);
    value_release(i);
    value_release(back);
    return result;
}

/* For what is no int but may equal one: looks at each item, as CPython does. Returns how many are equal, at most
 * `most`. */
static int64_t count_equal(struct ctx *ctx, struct value *v, struct value *item, int64_t most)
{
    int64_t count = 0;
    struct value *it = value_iter(ctx, v), *next;
    while (it && count < most && !ctx->raised && (next = value_next(ctx, it))) {
        int same = value_same(ctx, next, item);
        value_release(next);
        count += same > 0;
    }
    value_release(it);
    return ctx->raised ? -1 : count;
}

static int range_contains(struct ctx *ctx, struct value *v, struct value *item)
{
    if (!int_check(item))
        return (int)count_equal(ctx, v, item, 1);
    struct value *i = position_of(ctx, as_range(v), item);
    int found = i ? i != &value_none : -1;
    value_release(i);
    return found;
}

static struct value *range_get_attr(struct ctx *ctx, struct value *v, const char *name)
{
    for (unsigned i = 0; i < 3; i++)
        if (strcmp(name, part_names[i]) == 0)
            return value_ref(range_peek(v, i));
    return raise_no_attribute(ctx, v, name);
}

static struct value *range_count(struct ctx *ctx, struct value *self, struct value *const *argv, size_t argc,
                                 struct value *kwds)
{
    (void)argc, (void)kwds;
    int64_t n = int_check(argv[0]) ? range_contains(ctx, self, argv[0]) : count_equal(ctx, self, argv[0], INT64_MAX);
    return n < 0 ? NULL : int_new(ctx, n);
}

static struct value *raise_not_in_range(struct ctx *ctx, struct value *item)
{
    if (compat_has(ctx->rt->compat, COMPAT_INDEX_WORDS))
        return raise_format(ctx, "ValueError", "range.index(x): x not in range");
    struct value *r = value_repr(ctx, item);
    if (r)
        raise_format(ctx, "ValueError", "%s is not in range", str_peek(r, NULL));
    value_release(r);
    return NULL;
}

static struct value *index_by_walk(struct ctx *ctx, struct value *v, struct value *item)
{
    int64_t i = 0;
    int same = 0;
    struct value *it = value_iter(ctx, v), *next;
    while (it && !same && (next = value_next(ctx, it))) {
        same = value_same(ctx, next, item);
        value_release(next);
        i += !same;
    }
    value_release(it);
    if (ctx->raised)
        return NULL;
    return same ? int_new(ctx, i) : raise_format(ctx, "ValueError", "sequence.index(x): x not in sequence");
}

static struct value *range_index(struct ctx *ctx, struct value *self, struct value *const *argv, size_t argc,
                                 struct value *kwds)
{
    (void)argc, (void)kwds;
    if (!int_check(argv[0]))
        return index_by_walk(ctx, self, argv[0]);
    struct value *i = position_of(ctx, as_range(self), argv[0]);
    return i == &value_none ? raise_not_in_range(ctx, argv[0]) : i;
}

static const struct method range_methods[] = {
    {"__contains__", CALL_SLOT, 1, 1, 0, 0, NULL, dunder_contains},
    {"__getitem__", CALL_SLOT, 1, 1, 0, 0, NULL, dunder_getitem},
    {"__iter__", CALL_SLOT, 0, 0, 0, 0, NULL, dunder_iter},
    {"__len__", CALL_SLOT, 0, 0, 0, 0, NULL, dunder_len},
    {"count", CALL_ONE, 1, 1, 0, 0, NULL, range_count},
    {"index", CALL_ONE, 1, 1, 0, 0, NULL, range_index},
    {0},
};

const struct type range_type = {
    .name = "range",
    .module = "builtins",
    .size = sizeof(struct range),
    .destroy = range_destroy,
    .truth = range_truth,
    .compare = range_compare,
    .hash = range_hash,
    .repr = range_repr,
    .length = range_length,
    .get_item = range_get_item,
    .contains = range_contains,
    .iter = iter_new,
    .get_attr = range_get_attr,
    .methods = range_methods,
};
