/* SPDX-License-Identifier: MIT */
/* Iterators over the keys of dicts, forwards and backwards, and over sets: Objects/dictobject.c and setobject.c. They
 * notice that their table changed its size, and remember it. */
#include "ref/value/iter.h"

struct table_iter {
    struct value head;
    struct value *over; /* NULL when exhausted */
    size_t expected;    /* len(over) when it was made; SIZE_MAX once it was seen to differ */
    size_t position;    /* in the table, of the next look; backwards: one more than that */
    size_t left;        /* items to come */
};

static struct table_iter *iter_cast(const struct value *v)
{
    return (struct table_iter *)v;
}

static size_t table_length(const struct value *over)
{
    return value_is(over, &dict_type) ? dict_length(over) : set_length(over);
}

/* ---- slots */

static void table_iter_destroy(struct value *v)
{
    struct value *over = iter_cast(v)->over;

    iter_cast(v)->over = NULL;
    value_release(over);
}

static int table_iter_traverse(struct value *v, visit_fn *visit, void *arg)
{
    return iter_cast(v)->over ? visit(iter_cast(v)->over, arg) : 0;
}

static void *raise_changed(struct ctx *ctx, struct table_iter *it)
{
    it->expected = SIZE_MAX;
    return raise_format(ctx, "RuntimeError", "%s changed size during iteration",
                        value_is(it->over, &dict_type) ? "dictionary" : "Set");
}

static struct value *dict_iter_next(struct ctx *ctx, struct value *v)
{
    struct table_iter *it = iter_cast(v);
    struct value *key;

    if (!it->over)
        return NULL;
    if (it->expected != dict_length(it->over))
        return raise_changed(ctx, it);
    if (!dict_next_peek(it->over, &it->position, &key, NULL)) {
        table_iter_destroy(v);
        return NULL;
    }
    if (!it->left) { /* as many as there were have been seen, and here is one more */
        table_iter_destroy(v);
        return raise_format(ctx, "RuntimeError", "dictionary keys changed during iteration");
    }
    it->left--;
    return value_ref(key);
}

static struct value *dict_reverse_iter_next(struct ctx *ctx, struct value *v)
{
    struct table_iter *it = iter_cast(v);
    const struct dict *d = (struct dict *)it->over;

    if (!d)
        return NULL;
    if (it->expected != d->count)
        return raise_changed(ctx, it);
    if (it->position > d->used) /* the table was rebuilt, smaller */
        it->position = d->used;
    while (it->position && !d->entries[it->position - 1].key)
        it->position--;
    if (!it->position) {
        table_iter_destroy(v);
        return NULL;
    }
    it->left--;
    return value_ref(d->entries[--it->position].key);
}

static struct value *set_iter_next(struct ctx *ctx, struct value *v)
{
    struct table_iter *it = iter_cast(v);
    struct value *key;

    if (!it->over)
        return NULL;
    if (it->expected != set_length(it->over))
        return raise_changed(ctx, it);
    if (!set_next_peek(it->over, &it->position, &key)) {
        table_iter_destroy(v);
        return NULL;
    }
    it->left--;
    return value_ref(key);
}

/* ---- methods */

#define METHOD(name)                                                                                                   \
    static struct value *table_iter_##name(struct ctx *ctx, struct value *self, struct value *const *argv,             \
                                           size_t argc, struct value *kwds)

METHOD(length_hint)
{
    const struct table_iter *it = iter_cast(self);
    bool valid = it->over && it->expected == table_length(it->over);

    (void)argv, (void)argc, (void)kwds;
    return int_new(ctx, valid ? (int64_t)it->left : 0);
}

/* A list of what is still to come; the iterator itself stays where it is. */
METHOD(reduce)
{
    struct table_iter *it = iter_cast(self), *twin = (struct table_iter *)value_new(ctx, self->type);
    struct value *rest = NULL;

    (void)argv, (void)argc, (void)kwds;
    if (!twin)
        return NULL;
    twin->over = it->over ? value_ref(it->over) : NULL;
    twin->expected = it->expected;
    twin->position = it->position;
    twin->left = it->left;
    rest = list_from(ctx, &twin->head);
    value_release(&twin->head);
    return rest ? iter_reduction_take(ctx, "iter", rest, NULL) : NULL;
}

/* ---- for iter.c */

struct value *iter_table(struct ctx *ctx, const struct type *type, struct value *over)
{
    struct table_iter *it = (struct table_iter *)value_new(ctx, type);

    if (!it)
        return NULL;
    it->over = value_ref(over);
    it->expected = it->left = table_length(over);
    it->position = type == &dict_reverse_key_iterator_type ? ((struct dict *)over)->used : 0;
    return &it->head;
}

/* ---- tables */

static const struct method table_iter_methods[] = {
    /* name, style, min, max, since, until, parameters, function */
    {"__iter__", CALL_SLOT, 0, 0, 0, 0, NULL, dunder_iter},
    {"__length_hint__", CALL_NO_ARGS, 0, 0, 0, 0, NULL, table_iter_length_hint},
    {"__next__", CALL_SLOT, 0, 0, 0, 0, NULL, dunder_next},
    {"__reduce__", CALL_NO_ARGS, 0, 0, 0, 0, NULL, table_iter_reduce},
    {0},
};

#define ITERATOR(python_name, next_slot)                                                                               \
    {                                                                                                                  \
        .name = python_name, .module = "builtins", .size = sizeof(struct table_iter), .destroy = table_iter_destroy,   \
        .traverse = table_iter_traverse, .clear = table_iter_destroy, .hash_by_identity = true, .iter = iter_self,     \
        .next = next_slot, .methods = table_iter_methods                                                               \
    }

const struct type dict_key_iterator_type = ITERATOR("dict_keyiterator", dict_iter_next);
const struct type dict_reverse_key_iterator_type = ITERATOR("dict_reversekeyiterator", dict_reverse_iter_next);
const struct type set_iterator_type = ITERATOR("set_iterator", set_iter_next);
