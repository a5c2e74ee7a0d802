/* SPDX-License-Identifier: MIT */
/* Arrays of references: the common body of list and tuple, as Objects/listobject.c and tupleobject.c share their
 * algorithms.
 *
 * A comparison or a destructor may in principle reach the container again, so loops look at the length anew each time,
 * hold the item they compare, and an array is emptied before its items are released. */
#include "ref/value/container.h"

#include <stdint.h>
#include <string.h>

#include "ref/base/mem.h"
#include "ref/value/core.h"

int items_reserve(struct ctx *ctx, struct items *items, size_t count)
{
    size_t needed, capacity;
    struct value **at;

    if (count <= items->capacity - items->length)
        return 0;
    if (count > PTRDIFF_MAX / ITEMS_REFERENCE - items->length)
        return raise_memory(ctx), -1;
    needed = items->length + count;
    capacity = items->capacity + items->capacity / 8 + 4;
    if (capacity < needed)
        capacity = needed;
    at = mem_realloc(items->at, capacity * ITEMS_REFERENCE);
    if (!at)
        return raise_memory(ctx), -1;
    items->at = at;
    items->capacity = capacity;
    return 0;
}

void items_shrink(struct items *items)
{
    enum { WORTH_IT = 64 };
    size_t capacity = items->length + items->length / 8 + 4;
    struct value **at;

    if (items->capacity < WORTH_IT || items->length >= items->capacity / 2)
        return;
    at = mem_realloc(items->at, capacity * ITEMS_REFERENCE);
    if (!at)
        return;
    items->at = at;
    items->capacity = capacity;
}

int items_push_take(struct ctx *ctx, struct items *items, struct value *item)
{
    if (!item)
        return -1;
    if (items_reserve(ctx, items, 1) < 0) {
        value_release(item);
        return -1;
    }
    items->at[items->length++] = item;
    return 0;
}

void items_clear(struct items *items)
{
    struct items old = *items;

    *items = (struct items){0};
    while (old.length)
        value_release(old.at[--old.length]);
    mem_free(old.at);
}

static int extend_by_array(struct ctx *ctx, struct items *items, const struct items *more)
{
    size_t count = more->length; /* fixed beforehand: more may be items itself */

    if (items_reserve(ctx, items, count) < 0)
        return -1;
    for (size_t i = 0; i < count; i++)
        items->at[items->length + i] = value_ref(more->at[i]);
    items->length += count;
    return 0;
}

int items_extend(struct ctx *ctx, struct items *items, struct value *iterable)
{
    struct value *it, *item;

    if (value_is(iterable, &list_type))
        return extend_by_array(ctx, items, &((struct list *)iterable)->items);
    if (value_is(iterable, &tuple_type))
        return extend_by_array(ctx, items, &((struct tuple *)iterable)->items);
    it = value_iter(ctx, iterable);
    if (!it)
        return -1;
    while ((item = value_next(ctx, it)))
        if (items_push_take(ctx, items, item) < 0)
            break;
    value_release(it);
    return ctx->raised ? -1 : 0;
}

int items_traverse(const struct items *items, visit_fn *visit, void *arg)
{
    int result = 0;

    for (size_t i = 0; i < items->length && !result; i++)
        if (items->at[i])
            result = visit(items->at[i], arg);
    return result;
}

/* value_same, holding the first, which belongs to a container. */
static int same_held(struct ctx *ctx, struct value *mine, struct value *other)
{
    int same;

    value_ref(mine);
    same = value_same(ctx, mine, other);
    value_release(mine);
    return same;
}

static int compare_held(struct ctx *ctx, enum compare_op op, struct value *a, struct value *b)
{
    int result = value_compare(ctx, op, value_ref(a), value_ref(b));

    value_release(a);
    value_release(b);
    return result;
}

int items_compare_lengths(enum compare_op op, size_t a, size_t b)
{
    return compare_holds(op, a < b ? -1 : a > b);
}

int items_compare(struct ctx *ctx, enum compare_op op, const struct items *a, const struct items *b)
{
    size_t i;
    int same = 1;

    for (i = 0; i < a->length && i < b->length; i++) {
        struct value *other = value_ref(b->at[i]);
        same = same_held(ctx, a->at[i], other);
        value_release(other);
        if (same < 0)
            return -1;
        if (!same)
            break;
    }
    if (i >= a->length || i >= b->length)
        return items_compare_lengths(op, a->length, b->length);
    if (op == COMPARE_EQ || op == COMPARE_NE)
        return op == COMPARE_NE;
    return compare_held(ctx, op, a->at[i], b->at[i]);
}

ssize_t items_find(struct ctx *ctx, const struct items *items, struct value *item, size_t start, size_t stop)
{
    for (size_t i = start; i < stop && i < items->length; i++) {
        int same = same_held(ctx, items->at[i], item);
        if (same < 0)
            return -2;
        if (same)
            return (ssize_t)i;
    }
    return -1;
}

int items_contains(struct ctx *ctx, const struct items *items, struct value *item)
{
    ssize_t i = items_find(ctx, items, item, 0, SIZE_MAX);

    return i == -2 ? -1 : i >= 0;
}

struct value *items_count(struct ctx *ctx, const struct items *items, struct value *item)
{
    int64_t count = 0;

    for (size_t i = 0; i < items->length; i++) {
        int same = same_held(ctx, items->at[i], item);
        if (same < 0)
            return NULL;
        count += same;
    }
    return int_new(ctx, count);
}

ssize_t items_index(struct ctx *ctx, const struct items *items, struct value *const *argv, size_t argc)
{
    size_t start = 0, stop = SIZE_MAX;

    if (argc > 1 && arguments_bound(ctx, argv[1], items->length, &start) < 0)
        return -2;
    if (argc > 2 && arguments_bound(ctx, argv[2], items->length, &stop) < 0)
        return -2;
    return items_find(ctx, items, argv[0], start, stop);
}

int items_copy(struct ctx *ctx, const struct items *items, ssize_t start, ssize_t step, size_t count, struct items *out)
{
    if (items_reserve(ctx, out, count) < 0)
        return -1;
    for (size_t i = 0; i < count; i++)
        out->at[i] = value_ref(items->at[start + (ssize_t)i * step]);
    out->length = count;
    return 0;
}

int items_repeat(struct ctx *ctx, const struct items *items, ssize_t times, struct items *out)
{
    size_t n = items->length, total;

    if (times <= 0 || !n)
        return 0;
    if ((size_t)times > PTRDIFF_MAX / ITEMS_REFERENCE / n)
        return raise_memory(ctx), -1;
    total = n * (size_t)times;
    if (items_reserve(ctx, out, total) < 0)
        return -1;
    for (size_t i = 0; i < total; i++)
        out->at[i] = value_ref(items->at[i % n]);
    out->length = total;
    return 0;
}
