/* SPDX-License-Identifier: MIT */
/* slice, after Objects/sliceobject.c: three values of any kind, which only sequences read as indices. */
#include <limits.h>
#include <string.h>

#include "ref/value/container.h"
#include "ref/value/core.h"

struct slice {
    struct value head;
    struct value *parts[3]; /* start, stop, step */
};

static const char *const part_names[] = {"start", "stop", "step"};

struct value *slice_new(struct ctx *ctx, struct value *start, struct value *stop, struct value *step)
{
    struct slice *s = (struct slice *)value_new(ctx, &slice_type);
    if (!s)
        return NULL;
    s->parts[0] = value_ref(start);
    s->parts[1] = value_ref(stop);
    s->parts[2] = value_ref(step);
    return &s->head;
}

struct value *slice_peek(const struct value *slice, unsigned part)
{
    return ((const struct slice *)slice)->parts[part];
}

/* One member as an index, clipped; none is what stands for None. */
static int part_index(struct ctx *ctx, struct value *v, ssize_t none, ssize_t *out)
{
    *out = none;
    if (v == &value_none)
        return 0;
    if (int_check(v))
        return int_as_index(ctx, v, true, out);
    raise_format(ctx, "TypeError", "slice indices must be integers or %shave an __index__ method",
                 compat_has(ctx->rt->compat, COMPAT_SLICE_INDEX_WORDS) ? "" : "None or ");
    return -1;
}

/* From the end if negative, then between the bounds for that direction. */
static ssize_t clip(ssize_t i, ssize_t length, bool backwards)
{
    if (i < 0)
        i += length;
    if (i < 0)
        return backwards ? -1 : 0;
    return i < length ? i : backwards ? length - 1 : length;
}

ssize_t slice_resolve(struct ctx *ctx, struct value *slice, ssize_t length, ssize_t *start, ssize_t *step)
{
    ssize_t stop;
    if (part_index(ctx, slice_peek(slice, 2), 1, step) < 0)
        return -1;
    if (*step == 0) {
        raise_format(ctx, "ValueError", "slice step cannot be zero");
        return -1;
    }
    if (*step < -SSIZE_MAX)
        *step = -SSIZE_MAX; /* so that it can be negated */
    bool backwards = *step < 0;
    if (part_index(ctx, slice_peek(slice, 0), backwards ? SSIZE_MAX : 0, start) < 0 ||
        part_index(ctx, slice_peek(slice, 1), backwards ? -SSIZE_MAX - 1 : SSIZE_MAX, &stop) < 0)
        return -1;
    *start = clip(*start, length, backwards);
    stop = clip(stop, length, backwards);
    if (backwards)
        return stop < *start ? (*start - stop - 1) / -*step + 1 : 0;
    return *start < stop ? (stop - *start - 1) / *step + 1 : 0;
}

static struct value *as_tuple(struct ctx *ctx, struct value *v)
{
    return tuple_pack_take(ctx, 3, value_ref(slice_peek(v, 0)), value_ref(slice_peek(v, 1)),
                           value_ref(slice_peek(v, 2)));
}

static int slice_compare(struct ctx *ctx, enum compare_op op, struct value *a, struct value *b)
{
    if (b->type != &slice_type)
        return COMPARE_UNSUPPORTED;
    if (a == b)
        return compare_holds(op, 0);
    struct value *s = as_tuple(ctx, a), *t = s ? as_tuple(ctx, b) : NULL;
    int result = t ? value_compare(ctx, op, s, t) : -1;
    value_release(s);
    value_release(t);
    return result;
}

static int slice_hash(struct ctx *ctx, struct value *v, int64_t *out)
{
    if (!compat_has(ctx->rt->compat, COMPAT_SLICE_HASH))
        return value_unhashable(ctx, v);
    struct value *t = as_tuple(ctx, v);
    int result = t ? value_hash(ctx, t, out) : -1;
    value_release(t);
    return result;
}

static struct value *slice_repr(struct ctx *ctx, struct value *v)
{
    struct buf b;
    buf_init(&b, PTRDIFF_MAX);
    buf_put_text(&b, "slice(");
    for (unsigned i = 0; i < 3; i++) {
        buf_put_text(&b, i ? ", " : "");
        if (printing_put(ctx, &b, slice_peek(v, i)) < 0) {
            buf_free(&b);
            return NULL;
        }
    }
    buf_put_byte(&b, ')');
    return printing_finish(ctx, &b);
}

static struct value *slice_get_attr(struct ctx *ctx, struct value *v, const char *name)
{
    for (unsigned i = 0; i < 3; i++)
        if (strcmp(name, part_names[i]) == 0)
            return value_ref(slice_peek(v, i));
    return raise_no_attribute(ctx, v, name);
}

static int slice_traverse(struct value *v, visit_fn *visit, void *arg)
{
    int result = 0;
    for (unsigned i = 0; i < 3 && !result; i++)
        if (slice_peek(v, i))
            result = visit(slice_peek(v, i), arg);
    return result;
}

static void slice_clear(struct value *v)
{
    struct slice *s = (struct slice *)v;
    for (unsigned i = 0; i < 3; i++) {
        struct value *old = s->parts[i];
        s->parts[i] = NULL;
        value_release(old);
    }
}

const struct type slice_type = {
    .name = "slice",
    .module = "builtins",
    .size = sizeof(struct slice),
    .destroy = slice_clear,
    .traverse = slice_traverse,
    .compare = slice_compare,
    .hash = slice_hash,
    .repr = slice_repr,
    .get_attr = slice_get_attr,
};
