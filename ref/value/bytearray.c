/* SPDX-License-Identifier: MIT */
/* bytearray, after Objects/bytearrayobject.c: bytes that change.  Its methods are those that change it. */
#include <stdio.h>
#include <string.h>

#include "ref/base/mem.h"
#include "ref/value/bytes.h"
#include "ref/value/container.h"

static struct bytes *as_array(struct value *v)
{
    return (struct bytes *)v;
}

struct value *bytearray_new(struct ctx *ctx, const void *data, size_t size)
{
    unsigned char *body;
    struct value *v = bytes_make(ctx, &bytearray_type, size, &body);
    if (v && size)
        memcpy(body, data, size);
    return v;
}

static void bytearray_destroy(struct value *v)
{
    mem_free(as_array(v)->data);
}

static struct value *bytearray_repr(struct ctx *ctx, struct value *v)
{
    size_t size;
    const unsigned char *data = bytes_peek(v, &size);
    struct buf b;
    buf_init(&b, PTRDIFF_MAX);
    buf_put_text(&b, "bytearray(");
    bytes_put_repr(&b, data, size, !compat_has(ctx->rt->compat, COMPAT_BYTEARRAY_QUOTES));
    buf_put_byte(&b, ')');
    return printing_finish(ctx, &b);
}

/* Replaces count bytes from start by size bytes of data, which are not the array's own. */
static int replace(struct ctx *ctx, struct bytes *b, size_t start, size_t count, const unsigned char *data, size_t size)
{
    if (size > PTRDIFF_MAX - (b->size - count))
        return raise_memory(ctx), -1;
    size_t total = b->size - count + size;
    if (total > b->capacity) {
        size_t capacity = total + total / 8 + 8;
        unsigned char *grown = mem_realloc(b->data, capacity);
        if (!grown)
            return raise_memory(ctx), -1;
        b->data = grown;
        b->capacity = capacity;
    }
    if (b->data)
        memmove(b->data + start + size, b->data + start + count, b->size - start - count);
    if (b->data && size)
        memcpy(b->data + start, data, size);
    b->size = total;
    return 0;
}

static int append_byte(struct ctx *ctx, struct bytes *b, struct value *item)
{
    int byte = bytes_item_value(ctx, item);
    unsigned char c = (unsigned char)byte;
    return byte < 0 ? -1 : replace(ctx, b, b->size, 0, &c, 1);
}

/* A new bytearray of what source holds: bytes or an iterable of ints; refusal is the TypeError if it is neither. */
static struct value *gather(struct ctx *ctx, struct value *source, const char *refusal)
{
    const unsigned char *data;
    size_t size;
    if (bytes_like(source, &data, &size))
        return bytearray_new(ctx, data, size);
    if (!source->type->iter || (str_check(source) && compat_has(ctx->rt->compat, COMPAT_BYTEARRAY_OF_STR)))
        return raise_format(ctx, "TypeError", "%s", refusal);
    struct value *out = bytearray_new(ctx, NULL, 0), *it = out ? value_iter(ctx, source) : NULL, *item;
    while (it && !ctx->raised && (item = value_next(ctx, it))) {
        append_byte(ctx, as_array(out), item);
        value_release(item);
    }
    value_release(it);
    if (!ctx->raised)
        return out;
    value_release(out);
    return NULL;
}

/* ---- items and slices */

static int set_index(struct ctx *ctx, struct bytes *b, struct value *key, struct value *item)
{
    ssize_t i, size = (ssize_t)b->size;
    int byte = 0;
    bool value_first = compat_has(ctx->rt->compat, COMPAT_BYTEARRAY_VALUE_FIRST);
    if (arguments_subscript(ctx, "bytearray", key, &i) < 0)
        return -1;
    if (item && value_first && (byte = bytes_item_value(ctx, item)) < 0)
        return -1;
    if (i < 0)
        i += size;
    if (i < 0 || i >= size) {
        raise_format(ctx, "IndexError", "bytearray index out of range");
        return -1;
    }
    if (!item)
        return replace(ctx, b, (size_t)i, 1, NULL, 0);
    if (!value_first && (byte = bytes_item_value(ctx, item)) < 0)
        return -1;
    b->data[i] = (unsigned char)byte;
    return 0;
}

static int set_strided(struct ctx *ctx, struct bytes *b, ssize_t start, ssize_t step, ssize_t count,
                       struct bytes *items)
{
    if (items->size != (size_t)count) {
        raise_format(ctx, "ValueError", "attempt to assign bytes of size %zu to extended slice of size %zd",
                     items->size, count);
        return -1;
    }
    for (ssize_t i = 0; i < count; i++)
        b->data[start + i * step] = items->data[i];
    return 0;
}

static int delete_strided(struct bytes *b, ssize_t start, ssize_t step, ssize_t count)
{
    if (step < 0) {
        start += (count - 1) * step;
        step = -step;
    }
    size_t to = (size_t)start;
    for (size_t from = to; from < b->size; from++) {
        size_t offset = from - (size_t)start;
        bool gone = offset % (size_t)step == 0 && offset / (size_t)step < (size_t)count;
        if (!gone)
            b->data[to++] = b->data[from];
    }
    b->size = to;
    return 0;
}

static int set_slice(struct ctx *ctx, struct bytes *b, struct value *slice, struct value *source)
{
    ssize_t start, step, count = slice_resolve(ctx, slice, (ssize_t)b->size, &start, &step);
    if (count < 0)
        return -1;
    if (!source && step != 1)
        return count ? delete_strided(b, start, step, count) : 0;
    if (!source)
        return replace(ctx, b, (size_t)start, (size_t)count, NULL, 0);
    if (str_check(source) || int_check(source) || source->type == &float_type || source->type == &complex_type) {
        raise_format(ctx, "TypeError", "can assign only bytes, buffers, or iterables of ints in range(0, 256)");
        return -1;
    }
    char refusal[256];
    snprintf(refusal, sizeof refusal, "cannot convert '%.200s' object to bytearray", value_type_name(source));
    struct value *items = gather(ctx, source, refusal);
    if (!items)
        return -1;
    struct bytes *from = as_array(items);
    /* nothing assigned to a strided slice deletes it, as in CPython */
    int result = step != 1 && from->size == 0 ? (count ? delete_strided(b, start, step, count) : 0)
                 : step == 1                  ? replace(ctx, b, (size_t)start, (size_t)count, from->data, from->size)
                                              : set_strided(ctx, b, start, step, count, from);
    value_release(items);
    return result;
}

static int bytearray_set_item(struct ctx *ctx, struct value *v, struct value *key, struct value *item)
{
    return value_is(key, &slice_type) ? set_slice(ctx, as_array(v), key, item) : set_index(ctx, as_array(v), key, item);
}

/* ---- operators */

static struct value *add_in_place(struct ctx *ctx, struct value *a, struct value *b)
{
    const unsigned char *data;
    size_t size;
    if (!bytes_like(b, &data, &size))
        return raise_format(ctx, "TypeError", "can't concat %.100s to %.100s", value_type_name(b), value_type_name(a));
    struct value *copy = a == b ? bytearray_new(ctx, data, size) : value_ref(b);
    if (!copy)
        return NULL;
    bytes_like(copy, &data, &size);
    int result = replace(ctx, as_array(a), as_array(a)->size, 0, data, size);
    value_release(copy);
    return result < 0 ? NULL : value_ref(a);
}

static struct value *multiply_in_place(struct ctx *ctx, struct value *a, struct value *times)
{
    struct value *r = bytes_repeat(ctx, a, times);
    if (!r)
        return NULL;
    struct bytes *b = as_array(a), *c = as_array(r), old = *b;
    b->data = c->data;
    b->size = c->size;
    b->capacity = c->capacity;
    c->data = old.data; /* released with the temporary */
    value_release(r);
    return value_ref(a);
}

static struct value *bytearray_binary(struct ctx *ctx, enum binary_op op, struct value *a, struct value *b)
{
    bool left = a->type == &bytearray_type;
    if (op == BINARY_ADD && left)
        return bytes_concatenate(ctx, a, b);
    if (op == BINARY_MUL)
        return left ? bytes_repeat(ctx, a, b) : bytes_repeat(ctx, b, a);
    if (op == BINARY_IADD)
        return add_in_place(ctx, a, b);
    if (op == BINARY_IMUL)
        return multiply_in_place(ctx, a, b);
    return &value_not_implemented;
}

/* ---- methods */

#define METHOD(name)                                                                                                   \
    static struct value *bytearray_##name(struct ctx *ctx, struct value *self, struct value *const *argv, size_t argc, \
                                          struct value *kwds)

METHOD(append)
{
    (void)argc, (void)kwds;
    return append_byte(ctx, as_array(self), argv[0]) < 0 ? NULL : &value_none;
}

METHOD(clear)
{
    (void)argv, (void)argc, (void)kwds;
    return replace(ctx, as_array(self), 0, as_array(self)->size, NULL, 0) < 0 ? NULL : &value_none;
}

METHOD(copy)
{
    (void)argv, (void)argc, (void)kwds;
    return bytearray_new(ctx, as_array(self)->data, as_array(self)->size);
}

METHOD(extend)
{
    char refusal[256];
    bool text = str_check(argv[0]);
    (void)argc, (void)kwds;
    snprintf(refusal, sizeof refusal,
             text ? "expected iterable of integers; got: '%.150s'" : "can't extend bytearray with %.100s",
             value_type_name(argv[0]));
    struct value *items = gather(ctx, argv[0], refusal);
    struct value *r = items ? add_in_place(ctx, self, items) : NULL;
    value_release(items);
    value_release(r);
    return r ? &value_none : NULL;
}

METHOD(insert)
{
    ssize_t i, size = (ssize_t)as_array(self)->size;
    (void)argc, (void)kwds;
    if (arguments_ssize(ctx, argv[0], &i) < 0)
        return NULL;
    int byte = bytes_item_value(ctx, argv[1]);
    if (byte < 0)
        return NULL;
    if (i < 0)
        i = i + size < 0 ? 0 : i + size;
    unsigned char c = (unsigned char)byte;
    return replace(ctx, as_array(self), (size_t)(i < size ? i : size), 0, &c, 1) < 0 ? NULL : &value_none;
}

METHOD(pop)
{
    struct bytes *b = as_array(self);
    ssize_t i = -1;
    (void)kwds;
    if (argc && arguments_ssize(ctx, argv[0], &i) < 0)
        return NULL;
    if (b->size == 0)
        return raise_format(ctx, "IndexError", "pop from empty bytearray");
    if (i < 0)
        i += (ssize_t)b->size;
    if (i < 0 || i >= (ssize_t)b->size)
        return raise_format(ctx, "IndexError", "pop index out of range");
    unsigned char byte = b->data[i];
    return replace(ctx, b, (size_t)i, 1, NULL, 0) < 0 ? NULL : int_new(ctx, byte);
}

METHOD(remove)
{
    struct bytes *b = as_array(self);
    int byte = bytes_item_value(ctx, argv[0]);
    (void)argc, (void)kwds;
    if (byte < 0)
        return NULL;
    const unsigned char *p = b->size ? memchr(b->data, byte, b->size) : NULL;
    if (!p)
        return raise_format(ctx, "ValueError", "value not found in bytearray");
    return replace(ctx, b, (size_t)(p - b->data), 1, NULL, 0) < 0 ? NULL : &value_none;
}

METHOD(reverse)
{
    struct bytes *b = as_array(self);
    (void)ctx, (void)argv, (void)argc, (void)kwds;
    for (size_t i = 0; i < b->size / 2; i++) {
        unsigned char c = b->data[i];
        b->data[i] = b->data[b->size - 1 - i];
        b->data[b->size - 1 - i] = c;
    }
    return &value_none;
}

static const struct method bytearray_methods[] = {
    {"__contains__", CALL_SLOT, 1, 1, 0, 0, NULL, dunder_contains},
    {"__delitem__", CALL_SLOT, 1, 1, 0, 0, NULL, dunder_delitem},
    {"__getitem__", CALL_SLOT, 1, 1, 0, 0, NULL, dunder_getitem},
    {"__iter__", CALL_SLOT, 0, 0, 0, 0, NULL, dunder_iter},
    {"__len__", CALL_SLOT, 0, 0, 0, 0, NULL, dunder_len},
    {"__setitem__", CALL_SLOT, 2, 2, 0, 0, NULL, dunder_setitem},
    {"append", CALL_ONE, 1, 1, 0, 0, NULL, bytearray_append},
    {"clear", CALL_NO_ARGS, 0, 0, 0, 0, NULL, bytearray_clear},
    {"copy", CALL_NO_ARGS, 0, 0, 0, 0, NULL, bytearray_copy},
    {"extend", CALL_ONE, 1, 1, 0, 0, NULL, bytearray_extend},
    {"insert", CALL_POSITIONAL, 2, 2, 0, 0, NULL, bytearray_insert},
    {"pop", CALL_POSITIONAL, 0, 1, 0, 0, NULL, bytearray_pop},
    {"remove", CALL_ONE, 1, 1, 0, 0, NULL, bytearray_remove},
    {"reverse", CALL_NO_ARGS, 0, 0, 0, 0, NULL, bytearray_reverse},
    {0},
};

const struct type bytearray_type = {
    .name = "bytearray",
    .module = "builtins",
    .size = sizeof(struct bytes),
    .destroy = bytearray_destroy,
    .compare = bytes_compare,
    .repr = bytearray_repr,
    .length = bytes_length,
    .get_item = bytes_get_item,
    .set_item = bytearray_set_item,
    .contains = bytes_contains,
    .binary = bytearray_binary,
    .iter = iter_new,
    .methods = bytearray_methods,
};
