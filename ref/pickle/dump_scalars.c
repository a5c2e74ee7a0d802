/* SPDX-License-Identifier: MIT */
/* Writing atoms: None, bool, int, float, str, bytes, bytearray.  Mirrors save_none … save_unicode of Modules/_pickle.c
 * for protocols 2 to 5. */
#include "ref/pickle/dump.h"

#include <string.h>

int dump_none(struct pickler *p, struct value *v)
{
    (void)v;
    dump_op(p, OPCODE_NONE);
    return 0;
}

int dump_bool(struct pickler *p, struct value *v)
{
    dump_op(p, v == &value_true ? OPCODE_NEWTRUE : OPCODE_NEWFALSE);
    return 0;
}

static int dump_long(struct pickler *p, struct value *v)
{
    struct buf b;
    int result;
    buf_init(&b, INT32_MAX);
    result = int_to_bytes(p->ctx, v, &b);
    if (result == 0 && b.failed) {
        raise_format(p->ctx, "OverflowError", "int too large to pickle");
        result = -1;
    }
    if (result == 0) {
        dump_op_number(p, b.used < 256 ? OPCODE_LONG1 : OPCODE_LONG4, b.used, b.used < 256 ? 1 : 4);
        dump_put(p, b.data, b.used);
    }
    buf_free(&b);
    return result;
}

int dump_int(struct pickler *p, struct value *v)
{
    int64_t n;
    if (!int_peek_i64(v, &n) || n < INT32_MIN || n > INT32_MAX)
        return dump_long(p, v);
    if (n < 0 || n > 0xffff)
        dump_op_number(p, OPCODE_BININT, (uint64_t)n, 4);
    else if (n > 0xff)
        dump_op_number(p, OPCODE_BININT2, (uint64_t)n, 2);
    else
        dump_op_number(p, OPCODE_BININT1, (uint64_t)n, 1);
    return 0;
}

int dump_float(struct pickler *p, struct value *v)
{
    double x = float_peek(v);
    unsigned char bytes[9] = {OPCODE_BINFLOAT};
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    for (int i = 0; i < 8; i++)
        bytes[8 - i] = (unsigned char)(bits >> (8 * i));
    dump_put(p, bytes, sizeof bytes);
    return 0;
}

/* A counted opcode in the shortest form: by_size has the opcodes for sizes of 1, 4 and 8 bytes, 0 where the protocol
 * has none. */
static int put_counted(struct pickler *p, const enum opcode *by_size, const void *data, size_t size, const char *what)
{
    if (size <= 0xff && by_size[0]) {
        dump_put_large(p, by_size[0], 1, data, size);
    } else if (size <= 0xffffffffu && by_size[1]) {
        dump_put_large(p, by_size[1], 4, data, size);
    } else if (p->protocol >= 4) {
        dump_put_large(p, by_size[2], 8, data, size);
    } else {
        raise_format(p->ctx, "OverflowError", "serializing a %s larger than 4 GiB requires pickle protocol 4 or higher",
                     what);
        return -1;
    }
    return 0;
}

static int put_str(struct pickler *p, struct value *v)
{
    const enum opcode by_size[] = {p->protocol >= 4 ? OPCODE_SHORT_BINUNICODE : 0, OPCODE_BINUNICODE,
                                   OPCODE_BINUNICODE8};
    size_t size;
    const char *text = str_peek(v, &size);
    return put_counted(p, by_size, text, size, "string");
}

int dump_str(struct pickler *p, struct value *v)
{
    return put_str(p, v) ? -1 : dump_memoize(p, v, dump_identity(v));
}

int dump_str_as(struct pickler *p, struct value *v, enum identity identity)
{
    dump_boundary(p);
    if (dump_recall(p, v, identity))
        return 0;
    return put_str(p, v) ? -1 : dump_memoize(p, v, identity);
}

int dump_name(struct pickler *p, struct value *name)
{
    return dump_str_as(p, name, dump_identity(name) == IDENTITY_CHARACTER ? IDENTITY_CHARACTER : IDENTITY_NAME);
}

/* Protocol 2 has no bytes: bytes() or _codecs.encode(text, 'latin1'). */
static int dump_bytes_as_call(struct pickler *p, struct value *v)
{
    struct ctx *ctx = p->ctx;
    size_t size;
    const unsigned char *data = bytes_peek(v, &size);
    if (size == 0)
        return dump_reduce_take(p, v, global_new(ctx, "builtins", "bytes"), value_ref(tuple_empty));
    if (!p->latin1)
        p->latin1 = str_new_text(ctx, "latin1");
    if (!p->latin1)
        return -1;
    return dump_reduce_take(p, v, global_new(ctx, "_codecs", "encode"),
                            tuple_pack_take(ctx, 2, str_new_latin1(ctx, data, size), value_ref(p->latin1)));
}

int dump_bytes(struct pickler *p, struct value *v)
{
    static const enum opcode by_size[] = {OPCODE_SHORT_BINBYTES, OPCODE_BINBYTES, OPCODE_BINBYTES8};
    size_t size;
    const unsigned char *data = bytes_peek(v, &size);
    if (p->protocol < 3)
        return dump_bytes_as_call(p, v);
    return put_counted(p, by_size, data, size, "bytes object") ? -1 : dump_memoize(p, v, dump_identity(v));
}

int dump_bytearray(struct pickler *p, struct value *v)
{
    static const enum opcode by_size[] = {0, 0, OPCODE_BYTEARRAY8};
    struct ctx *ctx = p->ctx;
    size_t size;
    const unsigned char *data = bytes_peek(v, &size);
    if (p->protocol >= 5)
        return put_counted(p, by_size, data, size, "bytearray") ? -1 : dump_memoize(p, v, IDENTITY_VALUE);
    return dump_reduce_take(p, v, global_new(ctx, "builtins", "bytearray"),
                            size ? tuple_pack_take(ctx, 1, bytes_new(ctx, data, size)) : value_ref(tuple_empty));
}
