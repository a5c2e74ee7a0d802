/* SPDX-License-Identifier: MIT */
/* list: construction, slots, slices, as Objects/listobject.c. Its methods are in list_methods.c, its sort in sort.c. */
#include <string.h>

#include "ref/base/mem.h"
#include "ref/value/container.h"

static struct items *list_items(const struct value *v)
{
    return &((struct list *)v)->items;
}

/* ---- slots */

static void list_destroy(struct value *v)
{
    items_clear(list_items(v));
}

static int list_traverse(struct value *v, visit_fn *visit, void *arg)
{
    return items_traverse(list_items(v), visit, arg);
}

static int list_truth(struct ctx *ctx, struct value *v)
{
    (void)ctx;
    return list_items(v)->length > 0;
}

static int list_compare(struct ctx *ctx, enum compare_op op, struct value *a, struct value *b)
{
    if (!value_is(b, &list_type))
        return COMPARE_UNSUPPORTED;
    if (list_items(a)->length != list_items(b)->length && (op == COMPARE_EQ || op == COMPARE_NE))
        return op == COMPARE_NE;
    return items_compare(ctx, op, list_items(a), list_items(b));
}

static struct value *list_repr(struct ctx *ctx, struct value *v)
{
    struct items *items = list_items(v);
    struct printing p;
    struct buf b;

    if (!items->length)
        return str_new_text(ctx, "[]");
    if (printing_enter(ctx, &p, v))
        return str_new_text(ctx, "[...]");
    buf_init(&b, ctx->rt->repr_limit);
    buf_put_text(&b, "[");
    for (size_t i = 0; i < items->length; i++) {
        if (i)
            buf_put_text(&b, ", ");
        if (printing_put(ctx, &b, items->at[i]) < 0)
            break;
    }
    buf_put_text(&b, "]");
    printing_leave(ctx, &p);
    if (!ctx->raised)
        return printing_finish(ctx, &b);
    buf_free(&b);
    return NULL;
}

static ssize_t list_len(struct ctx *ctx, struct value *v)
{
    (void)ctx;
    return (ssize_t)list_items(v)->length;
}

static struct value *list_get_slice(struct ctx *ctx, struct value *v, struct value *key)
{
    struct items out = {0};
    ssize_t start, step, count = slice_resolve(ctx, key, list_len(ctx, v), &start, &step);

    if (count < 0 || items_copy(ctx, list_items(v), start, step, (size_t)count, &out) < 0)
        return NULL;
    return list_adopt(ctx, &out);
}

static struct value *list_get_item(struct ctx *ctx, struct value *v, struct value *key)
{
    const struct items *items = list_items(v);
    ssize_t i;

    if (value_is(key, &slice_type))
        return list_get_slice(ctx, v, key);
    if (arguments_subscript(ctx, "list", key, &i) < 0)
        return NULL;
    if (i < 0)
        i += (ssize_t)items->length;
    if (i < 0 || (size_t)i >= items->length)
        return raise_format(ctx, "IndexError", "list index out of range");
    return value_ref(items->at[i]);
}

/* What an iterable yields, collected; message replaces the TypeError of what is not iterable. */
static int collect(struct ctx *ctx, struct value *iterable, const char *message, struct items *out)
{
    if (items_extend(ctx, out, iterable) == 0)
        return 0;
    items_clear(out);
    if (raised_is(ctx, "TypeError"))
        raise_format(ctx, "TypeError", "%s", message);
    return -1;
}

/* Takes out every step-th of count items from start (step > 0) and closes the gaps. */
static int delete_stride(struct ctx *ctx, struct items *items, size_t start, size_t step, size_t count)
{
    struct items gone = {0};
    size_t to = start;

    if (items_reserve(ctx, &gone, count) < 0)
        return -1;
    for (size_t from = start; from < items->length; from++) {
        if ((from - start) % step == 0 && gone.length < count)
            gone.at[gone.length++] = items->at[from];
        else
            items->at[to++] = items->at[from];
    }
    items->length = to;
    items_shrink(items);
    items_clear(&gone);
    return 0;
}

static int delete_slice(struct ctx *ctx, struct value *v, ssize_t start, ssize_t step, ssize_t count)
{
    if (!count)
        return 0;
    if (step < 0) {
        start += step * (count - 1);
        step = -step;
    }
    return delete_stride(ctx, list_items(v), (size_t)start, (size_t)step, (size_t)count);
}

static int assign_stride(struct ctx *ctx, struct value *v, ssize_t start, ssize_t step, size_t count,
                         struct items *more)
{
    struct items *items = list_items(v);

    if (more->length != count) {
        raise_format(ctx, "ValueError", "attempt to assign sequence of size %zu to extended slice of size %zu",
                     more->length, count);
        return -1;
    }
    for (size_t i = 0; i < count; i++) {
        struct value **slot = &items->at[start + (ssize_t)i * step], *old = *slot;
        *slot = more->at[i];
        more->at[i] = old; /* released with more */
    }
    return 0;
}

static int list_set_slice(struct ctx *ctx, struct value *v, struct value *key, struct value *item)
{
    struct items more = {0};
    ssize_t start, step, count = slice_resolve(ctx, key, list_len(ctx, v), &start, &step);
    bool plain =
        step == 1 && !compat_has(ctx->rt->compat, COMPAT_SLICE_ASSIGNMENT_WORDS); /* later versions word both alike */
    int result;

    if (count < 0)
        return -1;
    if (!item)
        return delete_slice(ctx, v, start, step, count);
    if (collect(ctx, item, plain ? "can only assign an iterable" : "must assign iterable to extended slice", &more) < 0)
        return -1;
    count =
        slice_resolve(ctx, key, list_len(ctx, v), &start, &step); /* anew: the iterable may have given up the lock */
    if (step == 1)
        result = list_splice(ctx, v, (size_t)start, (size_t)count, &more);
    else
        result = assign_stride(ctx, v, start, step, (size_t)count, &more);
    items_clear(&more);
    return result;
}

static int list_set_item(struct ctx *ctx, struct value *v, struct value *key, struct value *item)
{
    struct items *items = list_items(v);
    struct value *old;
    ssize_t i;

    if (value_is(key, &slice_type))
        return list_set_slice(ctx, v, key, item);
    if (arguments_subscript(ctx, "list", key, &i) < 0)
        return -1;
    if (i < 0)
        i += (ssize_t)items->length;
    if (i < 0 || (size_t)i >= items->length) {
        raise_format(ctx, "IndexError", "list assignment index out of range");
        return -1;
    }
    if (!item)
        return list_splice(ctx, v, (size_t)i, 1, NULL);
    old = items->at[i];
    items->at[i] = value_ref(item);
    value_release(old);
    return 0;
}

static int list_contains(struct ctx *ctx, struct value *v, struct value *item)
{
    return items_contains(ctx, list_items(v), item);
}

static struct value *in_place(struct ctx *ctx, enum binary_op op, struct value *a, struct value *b)
{
    ssize_t times;
    int result;

    if (op == BINARY_IADD)
        result = list_extend_from(ctx, a, b);
    else
        result = arguments_times(ctx, b, &times) < 0 ? -1 : list_repeat_in_place(ctx, a, times);
    return result < 0 ? NULL : value_ref(a);
}

static struct value *list_binary(struct ctx *ctx, enum binary_op op, struct value *a, struct value *b)
{
    bool mine = value_is(a, &list_type);
    ssize_t times;

    if (mine && (op == BINARY_IADD || op == BINARY_IMUL))
        return in_place(ctx, op, a, b);
    if (mine && op == BINARY_ADD)
        return list_concat(ctx, a, b);
    if (op != BINARY_MUL)
        return &value_not_implemented;
    if (arguments_times(ctx, mine ? b : a, &times) < 0)
        return NULL;
    return list_repeat(ctx, mine ? a : b, times);
}

/* ---- for the methods */

struct value *list_adopt(struct ctx *ctx, struct items *items)
{
    struct list *l = (struct list *)value_new(ctx, &list_type);

    if (!l) {
        items_clear(items);
        return NULL;
    }
    l->items = *items;
    return &l->head;
}

struct value *list_concat(struct ctx *ctx, struct value *a, struct value *b)
{
    struct items out = {0};

    if (!value_is(b, &list_type))
        return raise_format(ctx, "TypeError", "can only concatenate list (not \"%s\") to list", value_type_name(b));
    if (items_reserve(ctx, &out, list_items(a)->length + list_items(b)->length) < 0 || items_extend(ctx, &out, a) < 0 ||
        items_extend(ctx, &out, b) < 0) {
        items_clear(&out);
        return NULL;
    }
    return list_adopt(ctx, &out);
}

struct value *list_repeat(struct ctx *ctx, struct value *v, ssize_t times)
{
    struct items out = {0};

    if (items_repeat(ctx, list_items(v), times, &out) < 0)
        return NULL;
    return list_adopt(ctx, &out);
}

int list_repeat_in_place(struct ctx *ctx, struct value *v, ssize_t times)
{
    struct items out = {0}, *items = list_items(v);
    struct items old;

    if (times == 1 || !items->length)
        return 0;
    if (items_repeat(ctx, items, times, &out) < 0)
        return -1;
    old = *items;
    *items = out;
    items_clear(&old);
    return 0;
}

int list_splice(struct ctx *ctx, struct value *v, size_t start, size_t count, const struct items *more)
{
    struct items *items = list_items(v);
    struct value *few[4], **gone = few; /* to take out a few needs no memory */
    size_t added = more ? more->length : 0, tail;

    if (start > items->length) /* a comparison before gave up the lock, and the list shrank */
        start = items->length;
    if (count > items->length - start)
        count = items->length - start;
    tail = items->length - start - count;
    if (added > count && items_reserve(ctx, items, added - count) < 0)
        return -1;
    if (count > sizeof few / ITEMS_REFERENCE)
        gone = mem_alloc(count * ITEMS_REFERENCE);
    if (!gone)
        return raise_memory(ctx), -1;
    if (count)
        memcpy(gone, items->at + start, count * ITEMS_REFERENCE);
    if (tail)
        memmove(items->at + start + added, items->at + start + count, tail * ITEMS_REFERENCE);
    for (size_t i = 0; i < added; i++)
        items->at[start + i] = value_ref(more->at[i]);
    items->length = start + added + tail;
    items_shrink(items);
    while (count)
        value_release(gone[--count]);
    if (gone != few)
        mem_free(gone);
    return 0;
}

void list_reverse_in_place(struct value *v)
{
    struct items *items = list_items(v);

    for (size_t i = 0, j = items->length; i + 1 < j; i++) {
        struct value *item = items->at[i];
        items->at[i] = items->at[--j];
        items->at[j] = item;
    }
}

/* ---- for types.h */

struct value *list_new(struct ctx *ctx)
{
    return value_new(ctx, &list_type);
}

int list_push_take(struct ctx *ctx, struct value *list, struct value *item)
{
    return items_push_take(ctx, list_items(list), item);
}

size_t list_length(const struct value *list)
{
    return list_items(list)->length;
}

struct value *list_peek(const struct value *list, size_t i)
{
    const struct items *items = list_items(list);

    return i < items->length ? items->at[i] : NULL;
}

struct value *list_from(struct ctx *ctx, struct value *iterable)
{
    struct items out = {0};

    if (items_extend(ctx, &out, iterable) < 0) {
        items_clear(&out);
        return NULL;
    }
    return list_adopt(ctx, &out);
}

int list_extend_from(struct ctx *ctx, struct value *list, struct value *iterable)
{
    return items_extend(ctx, list_items(list), iterable);
}

/* ---- tables */

const struct type list_type = {
    .name = "list",
    .module = "builtins",
    .size = sizeof(struct list),
    .destroy = list_destroy,
    .traverse = list_traverse,
    .clear = list_destroy,
    .truth = list_truth,
    .compare = list_compare,
    .repr = list_repr,
    .length = list_len,
    .get_item = list_get_item,
    .set_item = list_set_item,
    .contains = list_contains,
    .binary = list_binary,
    .iter = iter_new,
    .methods = list_methods,
};
