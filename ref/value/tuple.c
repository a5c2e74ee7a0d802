/* SPDX-License-Identifier: MIT */
/* tuple: Objects/tupleobject.c. The empty tuple is one immortal object, as in CPython. */
#include "ref/value/container.h"

#include <stdarg.h>

static struct tuple *tuple_cast(const struct value *v)
{
    return (struct tuple *)v;
}

static struct items *tuple_items(const struct value *v)
{
    return &tuple_cast(v)->items;
}

/* ---- slots */

static void tuple_destroy(struct value *v)
{
    items_clear(tuple_items(v));
}

static int tuple_traverse(struct value *v, visit_fn *visit, void *arg)
{
    return items_traverse(tuple_items(v), visit, arg);
}

static int tuple_truth(struct ctx *ctx, struct value *v)
{
    (void)ctx;
    return tuple_items(v)->length > 0;
}

static int tuple_compare(struct ctx *ctx, enum compare_op op, struct value *a, struct value *b)
{
    if (!value_is(b, &tuple_type))
        return COMPARE_UNSUPPORTED;
    return items_compare(ctx, op, tuple_items(a), tuple_items(b));
}

/* xxHash's mixing as CPython does it since 3.8, so that sets of tuples come out in the same order. */
static int tuple_hash(struct ctx *ctx, struct value *v, int64_t *out)
{
    const uint64_t prime1 = 11400714785074694791U, prime2 = 14029467366897019727U, prime5 = 2870177450012600261U;
    const struct items *items = tuple_items(v);
    uint64_t sum = prime5;

    for (size_t i = 0; i < items->length; i++) {
        int64_t lane;
        if (value_hash(ctx, items->at[i], &lane) < 0)
            return -1;
        sum += (uint64_t)lane * prime2;
        sum = (sum << 31) | (sum >> 33);
        sum *= prime1;
    }
    sum += items->length ^ (prime5 ^ 3527539U);
    *out = sum == UINT64_MAX ? 1546275796 : (int64_t)sum;
    return 0;
}

static struct value *tuple_repr(struct ctx *ctx, struct value *v)
{
    struct items *items = tuple_items(v);
    struct printing p;
    struct buf b;

    if (!items->length)
        return str_new_text(ctx, "()");
    if (printing_enter(ctx, &p, v))
        return str_new_text(ctx, "(...)");
    buf_init(&b, ctx->rt->repr_limit);
    buf_put_text(&b, "(");
    for (size_t i = 0; i < items->length; i++) {
        if (i)
            buf_put_text(&b, ", ");
        if (printing_put(ctx, &b, items->at[i]) < 0)
            break;
    }
    buf_put_text(&b, items->length == 1 ? ",)" : ")");
    printing_leave(ctx, &p);
    if (!ctx->raised)
        return printing_finish(ctx, &b);
    buf_free(&b);
    return NULL;
}

static ssize_t tuple_len(struct ctx *ctx, struct value *v)
{
    (void)ctx;
    return (ssize_t)tuple_items(v)->length;
}

/* A tuple that takes over the items; frees them on failure. */
static struct value *tuple_adopt(struct ctx *ctx, struct items *items)
{
    struct tuple *t;

    if (!items->length) {
        items_clear(items);
        return tuple_empty;
    }
    t = (struct tuple *)value_new(ctx, &tuple_type);
    if (!t) {
        items_clear(items);
        return NULL;
    }
    t->items = *items;
    return &t->head;
}

static struct value *tuple_slice(struct ctx *ctx, struct value *v, struct value *key)
{
    struct items out = {0};
    ssize_t start, step, count = slice_resolve(ctx, key, tuple_len(ctx, v), &start, &step);

    if (count < 0)
        return NULL;
    if ((size_t)count == tuple_items(v)->length && step == 1)
        return value_ref(v);
    if (items_copy(ctx, tuple_items(v), start, step, (size_t)count, &out) < 0)
        return NULL;
    return tuple_adopt(ctx, &out);
}

static struct value *tuple_get_item(struct ctx *ctx, struct value *v, struct value *key)
{
    const struct items *items = tuple_items(v);
    ssize_t i;

    if (value_is(key, &slice_type))
        return tuple_slice(ctx, v, key);
    if (arguments_subscript(ctx, "tuple", key, &i) < 0)
        return NULL;
    if (i < 0)
        i += (ssize_t)items->length;
    if (i < 0 || (size_t)i >= items->length)
        return raise_format(ctx, "IndexError", "tuple index out of range");
    return value_ref(items->at[i]);
}

static int tuple_contains(struct ctx *ctx, struct value *v, struct value *item)
{
    return items_contains(ctx, tuple_items(v), item);
}

static struct value *tuple_concat(struct ctx *ctx, struct value *a, struct value *b)
{
    struct items out = {0};

    if (!value_is(b, &tuple_type))
        return raise_format(ctx, "TypeError", "can only concatenate tuple (not \"%s\") to tuple", value_type_name(b));
    if (!tuple_items(a)->length)
        return value_ref(b);
    if (!tuple_items(b)->length)
        return value_ref(a);
    if (items_reserve(ctx, &out, tuple_items(a)->length + tuple_items(b)->length) < 0 ||
        items_extend(ctx, &out, a) < 0 || items_extend(ctx, &out, b) < 0) {
        items_clear(&out);
        return NULL;
    }
    return tuple_adopt(ctx, &out);
}

static struct value *tuple_repeat(struct ctx *ctx, struct value *v, ssize_t times)
{
    struct items out = {0};

    if (times == 1)
        return value_ref(v);
    if (items_repeat(ctx, tuple_items(v), times, &out) < 0)
        return NULL;
    return tuple_adopt(ctx, &out);
}

static struct value *tuple_binary(struct ctx *ctx, enum binary_op op, struct value *a, struct value *b)
{
    bool mine = value_is(a, &tuple_type);
    ssize_t times;

    if (op == BINARY_ADD && mine)
        return tuple_concat(ctx, a, b);
    if (op != BINARY_MUL)
        return &value_not_implemented;
    if (arguments_times(ctx, mine ? b : a, &times) < 0)
        return NULL;
    return tuple_repeat(ctx, mine ? a : b, times);
}

/* ---- methods */

static struct value *tuple_count(struct ctx *ctx, struct value *self, struct value *const *argv, size_t argc,
                                 struct value *kwds)
{
    (void)argc, (void)kwds;
    return items_count(ctx, tuple_items(self), argv[0]);
}

static struct value *tuple_index(struct ctx *ctx, struct value *self, struct value *const *argv, size_t argc,
                                 struct value *kwds)
{
    ssize_t i = items_index(ctx, tuple_items(self), argv, argc);

    (void)kwds;
    if (i == -1)
        return raise_format(ctx, "ValueError", "tuple.index(x): x not in tuple");
    return i < 0 ? NULL : int_new(ctx, i);
}

static struct value *tuple_dunder_add(struct ctx *ctx, struct value *self, struct value *const *argv, size_t argc,
                                      struct value *kwds)
{
    (void)argc, (void)kwds;
    return tuple_concat(ctx, self, argv[0]);
}

static struct value *tuple_dunder_mul(struct ctx *ctx, struct value *self, struct value *const *argv, size_t argc,
                                      struct value *kwds)
{
    ssize_t times;

    (void)argc, (void)kwds;
    return arguments_repeat(ctx, argv[0], &times) < 0 ? NULL : tuple_repeat(ctx, self, times);
}

/* ---- for types.h */

struct value *tuple_new(struct ctx *ctx, size_t n)
{
    struct tuple *t;

    if (!n)
        return tuple_empty;
    t = (struct tuple *)value_new(ctx, &tuple_type);
    if (!t)
        return NULL;
    if (items_reserve(ctx, &t->items, n) < 0) {
        value_release(&t->head);
        return NULL;
    }
    for (size_t i = 0; i < n; i++)
        t->items.at[i] = NULL;
    t->items.length = n;
    return &t->head;
}

void tuple_set_take(struct value *tuple, size_t i, struct value *item)
{
    struct items *items = tuple_items(tuple);
    struct value *old = items->at[i];

    items->at[i] = item;
    value_release(old);
}

struct value *tuple_pack_list_take(struct ctx *ctx, size_t n, va_list items)
{
    struct value *t = tuple_new(ctx, n);
    bool whole = t != NULL;

    for (size_t i = 0; i < n; i++) {
        struct value *item = va_arg(items, struct value *);
        whole = whole && item;
        if (t)
            tuple_set_take(t, i, item);
        else
            value_release(item);
    }
    if (whole)
        return t;
    value_release(t);
    return NULL;
}

struct value *tuple_pack_take(struct ctx *ctx, size_t n, ...)
{
    struct value *t;
    va_list items;

    va_start(items, n);
    t = tuple_pack_list_take(ctx, n, items);
    va_end(items);
    return t;
}

size_t tuple_length(const struct value *tuple)
{
    return tuple_items(tuple)->length;
}

struct value *tuple_peek(const struct value *tuple, size_t i)
{
    const struct items *items = tuple_items(tuple);

    return i < items->length ? items->at[i] : NULL;
}

struct value *tuple_from(struct ctx *ctx, struct value *v)
{
    struct items out = {0};

    if (v->type == &tuple_type)
        return value_ref(v);
    if (items_extend(ctx, &out, v) < 0) {
        items_clear(&out);
        return NULL;
    }
    return tuple_adopt(ctx, &out);
}

/* ---- tables */

static const struct method tuple_methods[] = {
    /* name, style, min, max, since, until, parameters, function */
    {"__add__", CALL_SLOT, 1, 1, 0, 0, NULL, tuple_dunder_add},
    {"__contains__", CALL_SLOT, 1, 1, 0, 0, NULL, dunder_contains},
    {"__eq__", CALL_SLOT, 1, 1, 0, 0, NULL, dunder_eq},
    {"__ge__", CALL_SLOT, 1, 1, 0, 0, NULL, dunder_ge},
    {"__getitem__", CALL_SLOT, 1, 1, 0, 0, NULL, dunder_getitem},
    {"__gt__", CALL_SLOT, 1, 1, 0, 0, NULL, dunder_gt},
    {"__iter__", CALL_SLOT, 0, 0, 0, 0, NULL, dunder_iter},
    {"__le__", CALL_SLOT, 1, 1, 0, 0, NULL, dunder_le},
    {"__len__", CALL_SLOT, 0, 0, 0, 0, NULL, dunder_len},
    {"__lt__", CALL_SLOT, 1, 1, 0, 0, NULL, dunder_lt},
    {"__mul__", CALL_SLOT, 1, 1, 0, 0, NULL, tuple_dunder_mul},
    {"__ne__", CALL_SLOT, 1, 1, 0, 0, NULL, dunder_ne},
    {"__rmul__", CALL_SLOT, 1, 1, 0, 0, NULL, tuple_dunder_mul},
    {"count", CALL_ONE, 1, 1, 0, 0, NULL, tuple_count},
    {"index", CALL_POSITIONAL, 1, 3, 0, 0, NULL, tuple_index},
    {0},
};

const struct type tuple_type = {
    .name = "tuple",
    .module = "builtins",
    .size = sizeof(struct tuple),
    .destroy = tuple_destroy,
    .traverse = tuple_traverse,
    .truth = tuple_truth,
    .compare = tuple_compare,
    .hash = tuple_hash,
    .repr = tuple_repr,
    .length = tuple_len,
    .get_item = tuple_get_item,
    .contains = tuple_contains,
    .binary = tuple_binary,
    .iter = iter_new,
    .methods = tuple_methods,
};

static struct tuple empty = {.head = {&tuple_type, SIZE_MAX}};
struct value *const tuple_empty = &empty.head;
