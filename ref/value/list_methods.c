/* SPDX-License-Identifier: MIT */
/* The methods of list, as Objects/listobject.c; the messages that changed over the versions are here. */
#include "ref/value/container.h"

#define METHOD(name)                                                                                                   \
    static struct value *list_##name(struct ctx *ctx, struct value *self, struct value *const *argv, size_t argc,      \
                                     struct value *kwds)

static struct items *list_items(const struct value *v)
{
    return &((struct list *)v)->items;
}

METHOD(dunder_add)
{
    (void)argc, (void)kwds;
    return list_concat(ctx, self, argv[0]);
}

METHOD(dunder_iadd)
{
    (void)argc, (void)kwds;
    return list_extend_from(ctx, self, argv[0]) < 0 ? NULL : value_ref(self);
}

METHOD(dunder_mul)
{
    ssize_t times;

    (void)argc, (void)kwds;
    return arguments_repeat(ctx, argv[0], &times) < 0 ? NULL : list_repeat(ctx, self, times);
}

METHOD(dunder_imul)
{
    ssize_t times;

    (void)argc, (void)kwds;
    if (arguments_repeat(ctx, argv[0], &times) < 0 || list_repeat_in_place(ctx, self, times) < 0)
        return NULL;
    return value_ref(self);
}

METHOD(append)
{
    (void)argc, (void)kwds;
    return list_push_take(ctx, self, value_ref(argv[0])) < 0 ? NULL : &value_none;
}

METHOD(clear)
{
    (void)ctx, (void)argv, (void)argc, (void)kwds;
    items_clear(list_items(self));
    return &value_none;
}

METHOD(copy)
{
    (void)argv, (void)argc, (void)kwds;
    return list_from(ctx, self);
}

METHOD(count)
{
    (void)argc, (void)kwds;
    return items_count(ctx, list_items(self), argv[0]);
}

METHOD(extend)
{
    (void)argc, (void)kwds;
    return list_extend_from(ctx, self, argv[0]) < 0 ? NULL : &value_none;
}

METHOD(index)
{
    ssize_t i = items_index(ctx, list_items(self), argv, argc);
    struct value *r;

    (void)kwds;
    if (i != -1)
        return i < 0 ? NULL : int_new(ctx, i);
    if (compat_has(ctx->rt->compat, COMPAT_INDEX_WORDS))
        return raise_format(ctx, "ValueError", "list.index(x): x not in list");
    r = value_repr(ctx, argv[0]);
    if (r)
        raise_format(ctx, "ValueError", "%s is not in list", str_peek(r, NULL));
    value_release(r);
    return NULL;
}

METHOD(insert)
{
    struct value *one[] = {argv[1]};
    const struct items more = {one, 1, 1};
    ssize_t i, length;

    (void)argc, (void)kwds;
    if (arguments_ssize(ctx, argv[0], &i) < 0)
        return NULL;
    length = (ssize_t)list_length(self);
    if (i < 0)
        i = i + length < 0 ? 0 : i + length;
    else if (i > length)
        i = length;
    return list_splice(ctx, self, (size_t)i, 0, &more) < 0 ? NULL : &value_none;
}

METHOD(pop)
{
    struct items *items = list_items(self);
    struct value *item;
    ssize_t i = -1;

    (void)kwds;
    if (argc && arguments_ssize(ctx, argv[0], &i) < 0)
        return NULL;
    if (!items->length)
        return raise_format(ctx, "IndexError", "pop from empty list");
    if (i < 0)
        i += (ssize_t)items->length;
    if (i < 0 || (size_t)i >= items->length)
        return raise_format(ctx, "IndexError", "pop index out of range");
    item = value_ref(items->at[i]);
    if (list_splice(ctx, self, (size_t)i, 1, NULL) == 0)
        return item;
    value_release(item);
    return NULL;
}

METHOD(remove)
{
    ssize_t i = items_find(ctx, list_items(self), argv[0], 0, SIZE_MAX);

    (void)argc, (void)kwds;
    if (i == -1)
        return raise_format(ctx, "ValueError", "list.remove(x): x not in list");
    return i < 0 || list_splice(ctx, self, (size_t)i, 1, NULL) < 0 ? NULL : &value_none;
}

METHOD(reverse)
{
    (void)ctx, (void)argv, (void)argc, (void)kwds;
    list_reverse_in_place(self);
    return &value_none;
}

/* ---- tables */

const struct method list_methods[] = {
    /* name, style, min, max, since, until, parameters, function */
    {"__add__", CALL_SLOT, 1, 1, 0, 0, NULL, list_dunder_add},
    {"__contains__", CALL_SLOT, 1, 1, 0, 0, NULL, dunder_contains},
    {"__delitem__", CALL_SLOT, 1, 1, 0, 0, NULL, dunder_delitem},
    {"__eq__", CALL_SLOT, 1, 1, 0, 0, NULL, dunder_eq},
    {"__ge__", CALL_SLOT, 1, 1, 0, 0, NULL, dunder_ge},
    {"__getitem__", CALL_ONE, 1, 1, 0, 0, NULL, dunder_getitem},
    {"__gt__", CALL_SLOT, 1, 1, 0, 0, NULL, dunder_gt},
    {"__iadd__", CALL_SLOT, 1, 1, 0, 0, NULL, list_dunder_iadd},
    {"__imul__", CALL_SLOT, 1, 1, 0, 0, NULL, list_dunder_imul},
    {"__iter__", CALL_SLOT, 0, 0, 0, 0, NULL, dunder_iter},
    {"__le__", CALL_SLOT, 1, 1, 0, 0, NULL, dunder_le},
    {"__len__", CALL_SLOT, 0, 0, 0, 0, NULL, dunder_len},
    {"__lt__", CALL_SLOT, 1, 1, 0, 0, NULL, dunder_lt},
    {"__mul__", CALL_SLOT, 1, 1, 0, 0, NULL, list_dunder_mul},
    {"__ne__", CALL_SLOT, 1, 1, 0, 0, NULL, dunder_ne},
    {"__reversed__", CALL_NO_ARGS, 0, 0, 0, 0, NULL, iter_dunder_reversed},
    {"__rmul__", CALL_SLOT, 1, 1, 0, 0, NULL, list_dunder_mul},
    {"__setitem__", CALL_SLOT, 2, 2, 0, 0, NULL, dunder_setitem},
    {"append", CALL_ONE, 1, 1, 0, 0, NULL, list_append},
    {"clear", CALL_NO_ARGS, 0, 0, 0, 0, NULL, list_clear},
    {"copy", CALL_NO_ARGS, 0, 0, 0, 0, NULL, list_copy},
    {"count", CALL_ONE, 1, 1, 0, 0, NULL, list_count},
    {"extend", CALL_ONE, 1, 1, 0, 0, NULL, list_extend},
    {"index", CALL_POSITIONAL, 1, 3, 0, 0, NULL, list_index},
    {"insert", CALL_POSITIONAL, 2, 2, 0, 0, NULL, list_insert},
    {"pop", CALL_POSITIONAL, 0, 1, 0, 0, NULL, list_pop},
    {"remove", CALL_ONE, 1, 1, 0, 0, NULL, list_remove},
    {"reverse", CALL_NO_ARGS, 0, 0, 0, 0, NULL, list_reverse},
    {"sort", CALL_KEYWORDS, 0, 0, 0, 0, "*key reverse", list_sort},
    {0},
};
