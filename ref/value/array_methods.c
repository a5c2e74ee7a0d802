/* SPDX-License-Identifier: MIT */
/* The methods of array.array, Modules/arraymodule.c; all but those that need a file or an address (fromfile, tofile,
 * buffer_info). */
#include "ref/value/array.h"

#define METHOD(name)                                                                                                   \
    static struct value *array_##name(struct ctx *ctx, struct value *self, struct value *const *argv, size_t argc,     \
                                      struct value *kwds)

static struct array *array_cast(const struct value *v)
{
    return (struct array *)v;
}

METHOD(dunder_add)
{
    (void)argc, (void)kwds;
    return array_concat(ctx, self, argv[0]);
}

METHOD(dunder_iadd)
{
    (void)argc, (void)kwds;
    return array_type.binary(ctx, BINARY_IADD, self, argv[0]);
}

METHOD(dunder_mul)
{
    ssize_t times;

    (void)argc, (void)kwds;
    return arguments_repeat(ctx, argv[0], &times) < 0 ? NULL : array_repeat(ctx, array_cast(self), times);
}

METHOD(dunder_imul)
{
    ssize_t times;

    (void)argc, (void)kwds;
    if (arguments_repeat(ctx, argv[0], &times) < 0 || array_repeat_in_place(ctx, array_cast(self), times) < 0)
        return NULL;
    return value_ref(self);
}

METHOD(append_one)
{
    (void)argc, (void)kwds;
    return array_append(ctx, array_cast(self), argv[0]) < 0 ? NULL : &value_none;
}

METHOD(byteswap)
{
    struct array *a = array_cast(self);
    size_t size = a->kind->size;

    (void)ctx, (void)argv, (void)argc, (void)kwds;
    for (size_t i = 0; i < a->count; i++)
        for (size_t low = 0, high = size - 1; low < high; low++, high--) {
            unsigned char *item = a->data + i * size, t = item[low];
            item[low] = item[high];
            item[high] = t;
        }
    return &value_none;
}

METHOD(clear)
{
    (void)argv, (void)argc, (void)kwds;
    return array_splice(ctx, array_cast(self), 0, array_cast(self)->count, NULL, 0) < 0 ? NULL : &value_none;
}

METHOD(count)
{
    int64_t count = 0;
    ssize_t i = -1;

    (void)argc, (void)kwds;
    while ((i = array_find(ctx, array_cast(self), argv[0], (size_t)(i + 1), SIZE_MAX)) >= 0)
        count++;
    return i == -2 ? NULL : int_new(ctx, count);
}

METHOD(extend_one)
{
    int result;

    (void)argc, (void)kwds;
    if (value_is(argv[0], &array_type))
        result = array_extend_by_array(ctx, self, argv[0]);
    else
        result = array_extend(ctx, array_cast(self), argv[0]);
    return result < 0 ? NULL : &value_none;
}

/* The bytes of v, if it is an object whose memory is bytes. */
static const unsigned char *buffer_of(const struct value *v, size_t *size)
{
    if (value_is(v, &bytes_type) || value_is(v, &bytearray_type))
        return bytes_peek(v, size);
    return value_is(v, &array_type) && array_cast(v)->kind->size == 1 ? array_peek(v, size) : NULL;
}

METHOD(frombytes)
{
    const unsigned char *data;
    size_t size = 0;

    (void)argc, (void)kwds;
    if (value_is(argv[0], &array_type) && array_cast(argv[0])->kind->size > 1)
        return raise_format(ctx, "TypeError", "a bytes-like object is required");
    data = buffer_of(argv[0], &size);
    if (!data && !value_is(argv[0], &bytes_type) && !value_is(argv[0], &bytearray_type) &&
        !value_is(argv[0], &array_type))
        return raise_format(ctx, "TypeError", "a bytes-like object is required, not '%s'", value_type_name(argv[0]));
    return array_append_bytes(ctx, array_cast(self), data, size) < 0 ? NULL : &value_none;
}

METHOD(fromlist)
{
    struct array *a = array_cast(self);
    size_t before = a->count;

    (void)argc, (void)kwds;
    if (!value_is(argv[0], &list_type))
        return raise_format(ctx, "TypeError", "arg must be list");
    if (array_extend(ctx, a, argv[0]) == 0)
        return &value_none;
    a->count = before;
    return NULL;
}

static bool require_text(struct ctx *ctx, const struct array *a, const char *method)
{
    if (!a->kind->text)
        raise_format(ctx, "ValueError", "%s() may only be called on unicode type arrays%s", method,
                     compat_has(ctx->rt->compat, COMPAT_ARRAY_W) ? " ('u' or 'w')" : "");
    return a->kind->text;
}

METHOD(fromunicode)
{
    (void)argc, (void)kwds;
    if (!str_check(argv[0]))
        return raise_format(ctx, "TypeError", "fromunicode() argument must be str, not %s",
                            argv[0] == &value_none ? "None" : value_type_name(argv[0]));
    if (!require_text(ctx, array_cast(self), "fromunicode") || array_extend(ctx, array_cast(self), argv[0]) < 0)
        return NULL;
    return &value_none;
}

METHOD(index)
{
    size_t start = 0, stop = SIZE_MAX, length = array_cast(self)->count;
    ssize_t i;

    (void)kwds;
    if (argc > 1 && arguments_bound(ctx, argv[1], length, &start) < 0)
        return NULL;
    if (argc > 2 && arguments_bound(ctx, argv[2], length, &stop) < 0)
        return NULL;
    i = array_find(ctx, array_cast(self), argv[0], start, stop);
    if (i == -1)
        return raise_format(ctx, "ValueError", "array.index(x): x not in array");
    return i < 0 ? NULL : int_new(ctx, i);
}

METHOD(insert)
{
    struct array *a = array_cast(self);
    ssize_t i, length = (ssize_t)a->count;
    unsigned char item[16];

    (void)argc, (void)kwds;
    if (arguments_ssize(ctx, argv[0], &i) < 0 || a->kind->set(ctx, a->kind, argv[1], item) < 0)
        return NULL;
    if (i < 0)
        i = i + length < 0 ? 0 : i + length;
    else if (i > length)
        i = length;
    return array_splice(ctx, a, (size_t)i, 0, item, 1) < 0 ? NULL : &value_none;
}

METHOD(pop)
{
    struct array *a = array_cast(self);
    struct value *item;
    ssize_t i = -1;

    (void)kwds;
    if (argc && arguments_ssize(ctx, argv[0], &i) < 0)
        return NULL;
    if (!a->count)
        return raise_format(ctx, "IndexError", "pop from empty array");
    if (i < 0)
        i += (ssize_t)a->count;
    if (i < 0 || (size_t)i >= a->count)
        return raise_format(ctx, "IndexError", "pop index out of range");
    item = array_get(ctx, a, (size_t)i);
    return item && array_splice(ctx, a, (size_t)i, 1, NULL, 0) == 0 ? item
                                                                    : NULL; /* nothing is added: this cannot fail */
}

METHOD(remove)
{
    ssize_t i = array_find(ctx, array_cast(self), argv[0], 0, SIZE_MAX);

    (void)argc, (void)kwds;
    if (i == -1)
        return raise_format(ctx, "ValueError", "array.remove(x): x not in array");
    return i < 0 || array_splice(ctx, array_cast(self), (size_t)i, 1, NULL, 0) < 0 ? NULL : &value_none;
}

METHOD(reverse)
{
    struct array *a = array_cast(self);
    size_t size = a->kind->size;

    (void)ctx, (void)argv, (void)argc, (void)kwds;
    for (size_t low = 0, high = a->count; low + 1 < high; low++) {
        high--;
        for (size_t i = 0; i < size; i++) {
            unsigned char *x = a->data + low * size + i, *y = a->data + high * size + i, t = *x;
            *x = *y;
            *y = t;
        }
    }
    return &value_none;
}

METHOD(tobytes)
{
    const struct array *a = array_cast(self);

    (void)argv, (void)argc, (void)kwds;
    return bytes_new(ctx, a->data, a->count * a->kind->size);
}

METHOD(tolist)
{
    (void)argv, (void)argc, (void)kwds;
    return list_from(ctx, self);
}

METHOD(tounicode)
{
    (void)argv, (void)argc, (void)kwds;
    return require_text(ctx, array_cast(self), "tounicode") ? array_text(ctx, array_cast(self)) : NULL;
}

/* ---- tables */

const struct method array_methods[] = {
    /* name, style, min, max, since, until, parameters, function */
    {"__add__", CALL_SLOT, 1, 1, 0, 0, NULL, array_dunder_add},
    {"__class_getitem__", CALL_ONE, 1, 1, 312, 0, NULL, dunder_class_getitem},
    {"__contains__", CALL_SLOT, 1, 1, 0, 0, NULL, dunder_contains},
    {"__delitem__", CALL_SLOT, 1, 1, 0, 0, NULL, dunder_delitem},
    {"__eq__", CALL_SLOT, 1, 1, 0, 0, NULL, dunder_eq},
    {"__ge__", CALL_SLOT, 1, 1, 0, 0, NULL, dunder_ge},
    {"__getitem__", CALL_SLOT, 1, 1, 0, 0, NULL, dunder_getitem},
    {"__gt__", CALL_SLOT, 1, 1, 0, 0, NULL, dunder_gt},
    {"__iadd__", CALL_SLOT, 1, 1, 0, 0, NULL, array_dunder_iadd},
    {"__imul__", CALL_SLOT, 1, 1, 0, 0, NULL, array_dunder_imul},
    {"__iter__", CALL_SLOT, 0, 0, 0, 0, NULL, dunder_iter},
    {"__le__", CALL_SLOT, 1, 1, 0, 0, NULL, dunder_le},
    {"__len__", CALL_SLOT, 0, 0, 0, 0, NULL, dunder_len},
    {"__lt__", CALL_SLOT, 1, 1, 0, 0, NULL, dunder_lt},
    {"__mul__", CALL_SLOT, 1, 1, 0, 0, NULL, array_dunder_mul},
    {"__ne__", CALL_SLOT, 1, 1, 0, 0, NULL, dunder_ne},
    {"__rmul__", CALL_SLOT, 1, 1, 0, 0, NULL, array_dunder_mul},
    {"__setitem__", CALL_SLOT, 2, 2, 0, 0, NULL, dunder_setitem},
    {"append", CALL_ONE, 1, 1, 0, 0, NULL, array_append_one},
    {"byteswap", CALL_NO_ARGS, 0, 0, 0, 0, NULL, array_byteswap},
    {"clear", CALL_NO_ARGS, 0, 0, 313, 0, NULL, array_clear},
    {"count", CALL_ONE, 1, 1, 0, 0, NULL, array_count},
    {"extend", CALL_ONE, 1, 1, 0, 0, NULL, array_extend_one},
    {"frombytes", CALL_ONE, 1, 1, 0, 0, NULL, array_frombytes},
    {"fromlist", CALL_ONE, 1, 1, 0, 0, NULL, array_fromlist},
    {"fromunicode", CALL_ONE, 1, 1, 0, 0, NULL, array_fromunicode},
    {"index", CALL_ONE, 1, 1, 0, 309, NULL, array_index},
    {"index", CALL_POSITIONAL, 1, 3, 310, 0, NULL, array_index},
    {"insert", CALL_POSITIONAL, 2, 2, 0, 0, NULL, array_insert},
    {"pop", CALL_POSITIONAL, 0, 1, 0, 0, NULL, array_pop},
    {"remove", CALL_ONE, 1, 1, 0, 0, NULL, array_remove},
    {"reverse", CALL_NO_ARGS, 0, 0, 0, 0, NULL, array_reverse},
    {"tobytes", CALL_NO_ARGS, 0, 0, 0, 0, NULL, array_tobytes},
    {"tolist", CALL_NO_ARGS, 0, 0, 0, 0, NULL, array_tolist},
    {"tounicode", CALL_NO_ARGS, 0, 0, 0, 0, NULL, array_tounicode},
    {0},
};
