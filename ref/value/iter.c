/* SPDX-License-Identifier: MIT */
/* Iterators over sequences: they hold the sequence and an index, read its length anew at each step, and let go of it at
 * the end. Those over tables are in iter_table.c. What __reduce__ gives is what a pickle of the iterator holds
 * (Objects/listobject.c, iterobject.c, enumobject.c, rangeobject.c and so on). */
#include "ref/value/iter.h"

#include <limits.h>

#include "ref/value/core.h"
#include "ref/value/unicode.h"

struct iter {
    struct value head;
    struct value *over; /* NULL when exhausted */
    ssize_t index;      /* of the next item */
    ssize_t offset;     /* of str: where that is in bytes */
};

/* Which iterator goes over which sequence. */
struct sequence {
    const struct type *over, *iterator;
};

static const struct type tuple_iterator_type, str_iterator_type, str_ascii_iterator_type, bytes_iterator_type,
    bytearray_iterator_type, array_iterator_type, old_array_iterator_type, reversed_type;
enum { SEQUENCES = 5 };
static const struct sequence sequences[SEQUENCES];

static struct iter *iter_cast(const struct value *v)
{
    return (struct iter *)v;
}

static struct value *iter_make(struct ctx *ctx, const struct type *type, struct value *over, ssize_t index)
{
    struct iter *it = iter_cast(value_new(ctx, type));

    if (!it)
        return NULL;
    it->over = value_ref(over);
    it->index = index;
    return &it->head;
}

static bool is_backward(const struct value *v)
{
    return v->type == &list_reverse_iterator_type || v->type == &reversed_type;
}

/* ---- slots */

static void iter_destroy(struct value *v)
{
    struct value *over = iter_cast(v)->over;

    iter_cast(v)->over = NULL;
    value_release(over);
}

static int iter_traverse(struct value *v, visit_fn *visit, void *arg)
{
    return iter_cast(v)->over ? visit(iter_cast(v)->over, arg) : 0;
}

/* over[i]: a new item; NULL beyond the end, or with something raised. */
static struct value *item_at(struct ctx *ctx, struct value *over, ssize_t i)
{
    struct value *index, *item;

    if (value_is(over, &list_type) || value_is(over, &tuple_type)) {
        item = value_is(over, &list_type) ? list_peek(over, (size_t)i) : tuple_peek(over, (size_t)i);
        return item ? value_ref(item) : NULL;
    }
    index = int_new(ctx, i);
    item = index ? value_get_item(ctx, over, index) : NULL;
    value_release(index);
    if (!item && raised_is(ctx, "IndexError"))
        value_release(raised_fetch(ctx));
    return item;
}

static struct value *forward_next(struct ctx *ctx, struct value *v)
{
    struct iter *it = iter_cast(v);
    struct value *item;

    if (!it->over)
        return NULL;
    item = item_at(ctx, it->over, it->index);
    if (item)
        it->index++;
    else if (!ctx->raised)
        iter_destroy(v);
    return item;
}

static struct value *backward_next(struct ctx *ctx, struct value *v)
{
    struct iter *it = iter_cast(v);
    struct value *item;

    if (!it->over)
        return NULL;
    item = it->index < 0 ? NULL : item_at(ctx, it->over, it->index);
    if (item)
        it->index--;
    else if (!ctx->raised && v->type == &list_reverse_iterator_type &&
             compat_has(ctx->rt->compat, COMPAT_REVERSED_LIST_KEPT))
        it->index = -1; /* it keeps its list, and __setstate__ revives it */
    else if (!ctx->raised)
        iter_destroy(v);
    return item;
}

static struct value *str_iter_next(struct ctx *ctx, struct value *v)
{
    struct iter *it = iter_cast(v);
    const char *text, *p;
    struct value *item;
    size_t size;

    if (!it->over)
        return NULL;
    text = str_peek(it->over, &size);
    p = text + it->offset;
    if (p >= text + size) {
        iter_destroy(v);
        return NULL;
    }
    item = str_new_code_point(ctx, unicode_next(&p));
    if (item) {
        it->offset = p - text;
        it->index++;
    }
    return item;
}

/* ---- methods */

#define METHOD(name)                                                                                                   \
    static struct value *iter_##name(struct ctx *ctx, struct value *self, struct value *const *argv, size_t argc,      \
                                     struct value *kwds)

/* How many are still to come, as far as the length now tells. */
METHOD(length_hint)
{
    struct iter *it = iter_cast(self);
    ssize_t length = 0, left = 0;

    (void)argv, (void)argc, (void)kwds;
    if (it->over) {
        length = value_length(ctx, it->over);
        if (length < 0)
            return NULL;
        left = is_backward(self) ? (it->index < length ? it->index + 1 : 0) : length - it->index;
    }
    return int_new(ctx, left < 0 ? 0 : left);
}

METHOD(setstate)
{
    struct iter *it = iter_cast(self);
    ssize_t index, length;
    int compat = ctx->rt->compat;

    (void)argc, (void)kwds;
    if (arguments_plain_ssize(ctx, argv[0], &index) < 0)
        return NULL;
    if (!it->over)
        return &value_none;
    length = value_length(ctx, it->over);
    if (length < 0)
        return NULL;
    if (is_backward(self))
        it->index = index < -1 ? -1 : index > length - 1 ? length - 1 : index;
    else
        it->index = index < 0 ? 0 : index > length ? length : index;
    if (index < 0 && ((self->type == &list_iterator_type && compat_has(compat, COMPAT_LIST_ITERATOR_ENDS)) ||
                      (self->type == &bytearray_iterator_type && compat_has(compat, COMPAT_BYTEARRAY_ITERATOR_ENDS)))) {
        iter_destroy(self); /* a negative index is how these mark their end */
        return &value_none;
    }
    if (value_is(it->over, &str_type) && !is_backward(self)) {
        const char *text = str_peek(it->over, NULL);
        it->offset = unicode_skip(text, (size_t)it->index) - text;
    }
    return &value_none;
}

/* An exhausted iterator is written as one over an empty sequence, whose type differs. */
static struct value *reduce_exhausted(struct ctx *ctx, const struct type *type)
{
    if (type == &list_iterator_type)
        return iter_reduction_take(ctx, "iter", list_new(ctx), NULL);
    if (type == &list_reverse_iterator_type)
        return iter_reduction_take(ctx, compat_has(ctx->rt->compat, COMPAT_REVERSED_LIST_KEPT) ? "reversed" : "iter",
                                   list_new(ctx), NULL);
    if (type == &str_iterator_type || type == &str_ascii_iterator_type)
        return iter_reduction_take(ctx, "iter", str_new_text(ctx, ""), NULL);
    return iter_reduction_take(ctx, type == &reversed_type ? "reversed" : "iter", tuple_empty, NULL);
}

METHOD(reduce_method)
{
    struct iter *it = iter_cast(self);

    (void)argv, (void)argc, (void)kwds;
    if (!it->over || (is_backward(self) && it->index < 0 &&
                      compat_has(ctx->rt->compat, self->type == &list_reverse_iterator_type ? COMPAT_REVERSED_LIST_KEPT
                                                                                            : COMPAT_REVERSED_ENDS)))
        return reduce_exhausted(ctx, self->type);
    return iter_reduction_take(ctx, is_backward(self) ? "reversed" : "iter", value_ref(it->over),
                               int_new(ctx, it->index));
}

struct value *iter_dunder_reversed(struct ctx *ctx, struct value *self, struct value *const *argv, size_t argc,
                                   struct value *kwds)
{
    (void)argv, (void)argc, (void)kwds;
    return iter_reversed(ctx, self);
}

/* ---- for types.h and the other iterators */

struct value *iter_self(struct ctx *ctx, struct value *v)
{
    (void)ctx;
    return value_ref(v);
}

struct value *iter_reduction_take(struct ctx *ctx, const char *function, struct value *over, struct value *state)
{
    bool whole = over && (state || !ctx->raised);
    struct value *args = tuple_pack_take(ctx, 1, over), *global = whole ? global_new(ctx, "builtins", function) : NULL;

    if (whole && !state)
        return tuple_pack_take(ctx, 2, global, args);
    return tuple_pack_take(ctx, 3, global, args, state);
}

static const struct type *str_iterator_of(struct ctx *ctx, const struct value *v)
{
    size_t size;

    str_peek(v, &size);
    return compat_has(ctx->rt->compat, COMPAT_ASCII_ITERATOR) && size == str_length(v) ? &str_ascii_iterator_type
                                                                                       : &str_iterator_type;
}

struct value *iter_new(struct ctx *ctx, struct value *v)
{
    if (value_is(v, &dict_type))
        return iter_table(ctx, &dict_key_iterator_type, v);
    if (set_check(v))
        return iter_table(ctx, &set_iterator_type, v);
    if (value_is(v, &range_type))
        return iter_range(ctx, v);
    if (value_is(v, &str_type))
        return iter_make(ctx, str_iterator_of(ctx, v), v, 0);
    if (value_is(v, &array_type) && !compat_has(ctx->rt->compat, COMPAT_ARRAY_ITERATOR))
        return iter_make(ctx, &old_array_iterator_type, v, 0);
    for (size_t i = 0; i < SEQUENCES; i++)
        if (value_is(v, sequences[i].over))
            return iter_make(ctx, sequences[i].iterator, v, 0);
    return raise_format(ctx, "TypeError", "'%s' object is not iterable", value_type_name(v));
}

struct value *iter_reversed(struct ctx *ctx, struct value *v)
{
    ssize_t length;

    if (value_is(v, &dict_type))
        return iter_table(ctx, &dict_reverse_key_iterator_type, v);
    if (value_is(v, &range_type))
        return iter_range_reversed(ctx, v);
    if (value_is(v, &list_type))
        return iter_make(ctx, &list_reverse_iterator_type, v, (ssize_t)list_length(v) - 1);
    if (!v->type->length || !v->type->get_item)
        return raise_format(ctx, "TypeError", "'%s' object is not reversible", value_type_name(v));
    length = value_length(ctx, v);
    return length < 0 ? NULL : iter_make(ctx, &reversed_type, v, length - 1);
}

struct value *iter_reduce(struct ctx *ctx, struct value *it)
{
    const struct method *m = type_find_method(it->type, "__reduce__", ctx->rt->compat);

    if (!m)
        return raise_format(ctx, "TypeError", "cannot pickle '%s' object", value_type_name(it));
    return m->call(ctx, it, NULL, 0, NULL);
}

int iter_set_state(struct ctx *ctx, struct value *v, struct value *state)
{
    const struct method *m = type_find_method(v->type, "__setstate__", ctx->rt->compat);
    struct value *done = m ? m->call(ctx, v, &state, 1, NULL) : NULL;

    if (!m)
        raise_format(ctx, "AttributeError", "'%s' object has no attribute '__setstate__'", value_type_name(v));
    return done ? 0 : -1;
}

/* ---- tables */

static const struct sequence sequences[SEQUENCES] = {
    {&list_type, &list_iterator_type},   {&tuple_type, &tuple_iterator_type},
    {&bytes_type, &bytes_iterator_type}, {&bytearray_type, &bytearray_iterator_type},
    {&array_type, &array_iterator_type},
};

static const struct method iter_methods[] = {
    /* name, style, min, max, since, until, parameters, function */
    {"__iter__", CALL_SLOT, 0, 0, 0, 0, NULL, dunder_iter},
    {"__length_hint__", CALL_NO_ARGS, 0, 0, 0, 0, NULL, iter_length_hint},
    {"__next__", CALL_SLOT, 0, 0, 0, 0, NULL, dunder_next},
    {"__reduce__", CALL_NO_ARGS, 0, 0, 0, 0, NULL, iter_reduce_method},
    {"__setstate__", CALL_ONE, 1, 1, 0, 0, NULL, iter_setstate},
    {0},
};

static const struct method array_iterator_methods[] = {
    {"__iter__", CALL_SLOT, 0, 0, 0, 0, NULL, dunder_iter},
    {"__next__", CALL_SLOT, 0, 0, 0, 0, NULL, dunder_next},
    {"__reduce__", CALL_NO_ARGS, 0, 0, 0, 0, NULL, iter_reduce_method},
    {"__setstate__", CALL_ONE, 1, 1, 0, 0, NULL, iter_setstate},
    {0},
};

#define ITERATOR(python_module, python_name, next_slot, rows)                                                          \
    {                                                                                                                  \
        .name = python_name, .module = python_module, .size = sizeof(struct iter), .destroy = iter_destroy,            \
        .traverse = iter_traverse, .clear = iter_destroy, .hash_by_identity = true, .iter = iter_self,                 \
        .next = next_slot, .methods = rows                                                                             \
    }

const struct type list_iterator_type = ITERATOR("builtins", "list_iterator", forward_next, iter_methods);
const struct type list_reverse_iterator_type =
    ITERATOR("builtins", "list_reverseiterator", backward_next, iter_methods);
static const struct type reversed_type = ITERATOR("builtins", "reversed", backward_next, iter_methods);
static const struct type tuple_iterator_type = ITERATOR("builtins", "tuple_iterator", forward_next, iter_methods);
static const struct type str_iterator_type = ITERATOR("builtins", "str_iterator", str_iter_next, iter_methods);
static const struct type str_ascii_iterator_type =
    ITERATOR("builtins", "str_ascii_iterator", str_iter_next, iter_methods);
static const struct type bytes_iterator_type = ITERATOR("builtins", "bytes_iterator", forward_next, iter_methods);
static const struct type bytearray_iterator_type =
    ITERATOR("builtins", "bytearray_iterator", forward_next, iter_methods);
static const struct type array_iterator_type =
    ITERATOR("array", "array.arrayiterator", forward_next, array_iterator_methods);
static const struct type old_array_iterator_type = /* up to 3.9 */
    ITERATOR("builtins", "arrayiterator", forward_next, array_iterator_methods);
