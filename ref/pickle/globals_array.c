/* SPDX-License-Identifier: MIT */
/* array.array as pickles call it: array(typecode, items or bytes), and _array_reconstructor, which names the bytes'
 * machine format.  Mirrors array__array_reconstructor_impl of Modules/arraymodule.c. */
#include "ref/pickle/globals.h"

#include <string.h>

/* The typecode of a one-character str, or 0. */
static char typecode_of(const struct value *v)
{
    size_t size;
    const char *text;
    if (!str_check(v))
        return 0;
    text = str_peek(v, &size);
    return size == 1 ? *text : 0;
}

struct value *call_array(struct unpickler *u, struct value *args)
{
    char typecode = tuple_length(args) > 0 ? typecode_of(tuple_peek(args, 0)) : 0;
    struct value *v = tuple_length(args) == 2 ? tuple_peek(args, 1) : NULL;
    size_t size;
    const unsigned char *data;
    if (!typecode || tuple_length(args) > 2)
        return NULL;
    if (!v)
        return array_new_bytes(u->ctx, typecode, "", 0);
    if (v->type == &list_type || v->type == &tuple_type || v->type == &array_type)
        return array_from(u->ctx, typecode, v);
    if (v->type == &str_type && typecode == 'u')
        return array_from(u->ctx, typecode, v);
    if (v->type != &bytes_type && v->type != &bytearray_type)
        return NULL;
    data = bytes_peek(v, &size);
    return array_new_bytes(u->ctx, typecode, data, size);
}

/* A machine format: width, order, and the typecode that holds it here. */
static const struct format {
    unsigned char width;
    bool big;
    char typecode, other; /* other: a second typecode of the same kind */
} formats[] = {
    {1, false, 'B', 0},   {1, false, 'b', 0},  {2, false, 'H', 0},   {2, true, 'H', 0},   {2, false, 'h', 0},
    {2, true, 'h', 0},    {4, false, 'I', 0},  {4, true, 'I', 0},    {4, false, 'i', 0},  {4, true, 'i', 0},
    {8, false, 'Q', 'L'}, {8, true, 'Q', 'L'}, {8, false, 'q', 'l'}, {8, true, 'q', 'l'}, {4, false, 'f', 0},
    {4, true, 'f', 0},    {8, false, 'd', 0},  {8, true, 'd', 0},    {2, false, 0, 0},    {2, true, 0, 0},
    {4, false, 'u', 'w'}, {4, true, 'u', 'w'},
};

static bool host_is_big(void)
{
    const uint16_t probe = 1;
    return *(const unsigned char *)&probe == 0;
}

/* An item of a float format as a double. */
static double float_item(const struct format *f, const unsigned char *data)
{
    unsigned char bytes[8] = {0};
    double wide;
    float narrow;
    for (size_t i = 0; i < f->width; i++)
        bytes[i] = data[f->big == host_is_big() ? i : f->width - 1 - i];
    if (f->width == 8) {
        memcpy(&wide, bytes, sizeof wide);
        return wide;
    }
    memcpy(&narrow, bytes, sizeof narrow);
    return (double)narrow;
}

/* Floats keep the typecode and are converted. */
static struct value *from_floats(struct unpickler *u, const struct format *f, char typecode, const unsigned char *data,
                                 size_t size)
{
    struct value *list = list_new(u->ctx), *v = NULL;
    int failed = list ? 0 : -1;
    for (size_t i = 0; !failed && i < size; i += f->width) {
        struct value *item = float_new(u->ctx, float_item(f, data + i));
        failed = item ? list_push_take(u->ctx, list, item) : -1;
    }
    if (!failed)
        v = array_from(u->ctx, typecode, list);
    value_release(list);
    return v;
}

static struct value *from_format(struct unpickler *u, const struct format *f, char typecode, const unsigned char *data,
                                 size_t size)
{
    char chosen = typecode == f->other && f->big == host_is_big() ? typecode : f->typecode;
    struct value *v;
    struct buf b;
    if (size % f->width)
        return raise_format(u->ctx, "ValueError", "bytes length not a multiple of item size");
    if ((f->typecode == 'f' || f->typecode == 'd') && typecode != f->typecode)
        return from_floats(u, f, typecode, data, size);
    if (f->big == host_is_big() || f->width == 1)
        return array_new_bytes(u->ctx, chosen, data, size);
    buf_init(&b, size + 1);
    for (size_t i = 0; i < size; i++)
        buf_put_byte(&b, data[i - i % f->width + (f->width - 1 - i % f->width)]);
    if (b.failed)
        v = raise_memory(u->ctx);
    else
        v = array_new_bytes(u->ctx, chosen, b.data ? b.data : (const unsigned char *)"", size);
    buf_free(&b);
    return v;
}

struct value *call_array_reconstructor(struct unpickler *u, struct value *args)
{
    int64_t code;
    char typecode;
    size_t size;
    const unsigned char *data;
    if (known_arity(u, "_array_reconstructor", args, 4, 4))
        return NULL;
    typecode = typecode_of(tuple_peek(args, 1));
    if (!global_is(tuple_peek(args, 0), "array", "array") || !typecode || !int_check(tuple_peek(args, 2)) ||
        !int_peek_i64(tuple_peek(args, 2), &code) || tuple_peek(args, 3)->type != &bytes_type)
        return NULL;
    if (code < 0 || (size_t)code >= sizeof formats / sizeof *formats)
        return raise_format(u->ctx, "ValueError", "third argument must be a valid machine format code.");
    if (!formats[code].typecode || (formats[code].typecode == 'u' && typecode != 'u' && typecode != 'w'))
        return NULL;
    data = bytes_peek(tuple_peek(args, 3), &size);
    return from_format(u, &formats[code], typecode, data, size);
}
