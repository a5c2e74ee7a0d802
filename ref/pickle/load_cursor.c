/* SPDX-License-Identifier: MIT */
/* The reader's cursor: bytes, lines and sizes out of the pickle, and the two exceptions that reading raises.  Mirrors
 * _Unpickler_Read and _Unpickler_Readline of Modules/_pickle.c. */
#include "ref/pickle/load.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "ref/base/limits.h"

const unsigned char *load_read(struct unpickler *u, size_t size)
{
    const unsigned char *at = u->data + u->at;
    if (size > (size_t)SSIZE_MAX - u->at) {
        load_error(u, "read would overflow (invalid bytecode)");
        return NULL;
    }
    if (size > u->size - u->at) {
        load_error(u, "pickle data was truncated");
        return NULL;
    }
    u->at += size;
    return at;
}

ssize_t load_line(struct unpickler *u, size_t least)
{
    const unsigned char *start = u->data + u->at;
    const unsigned char *end = u->at < u->size ? memchr(start, '\n', u->size - u->at) : NULL;
    size_t length;
    if (!end)
        return load_error(u, "pickle data was truncated");
    length = (size_t)(end - start) + 1;
    u->at += length;
    if (length < least)
        return load_error(u, "pickle data was truncated");
    u->line.used = 0;
    buf_put(&u->line, start, length);
    buf_put_byte(&u->line, 0);
    if (u->line.failed) {
        raise_memory(u->ctx);
        return -1;
    }
    return (ssize_t)length;
}

uint64_t load_number(const unsigned char *bytes, int count)
{
    uint64_t n = 0;
    for (int i = 0; i < count; i++)
        n |= (uint64_t)bytes[i] << (8 * i);
    return n;
}

int load_size(struct unpickler *u, int count, const char *what, size_t *out)
{
    const unsigned char *bytes = load_read(u, (size_t)count);
    uint64_t n;
    if (!bytes)
        return -1;
    n = load_number(bytes, count);
    if (n > (uint64_t)SSIZE_MAX) {
        raise_format(u->ctx, "OverflowError", "%s exceeds system's maximum%s of %zd bytes", what,
                     strcmp(what, "FRAME length") == 0 ? "" : " size", (ssize_t)SSIZE_MAX);
        return -1;
    }
    *out = (size_t)n;
    return 0;
}

/* raise class(text), where class is a row of the exceptions that C knows */
static int raise_text(struct ctx *ctx, const char *module, const char *name, const char *text)
{
    const struct exception_class *c = exception_class_find(module, name, ctx->rt->compat);
    struct value *args = tuple_pack_take(ctx, 1, str_new_text(ctx, text));
    struct value *e = args ? exception_new(ctx, c, args) : NULL;
    value_release(args);
    if (e)
        raise_take(ctx, e);
    return -1;
}

int load_error(struct unpickler *u, const char *format, ...)
{
    char text[256];
    va_list ap;
    va_start(ap, format);
    vsnprintf(text, sizeof text, format, ap);
    va_end(ap);
    return raise_text(u->ctx, "_pickle", "UnpicklingError", text);
}

int load_unicode_error(struct unpickler *u, const char *encoding, const void *data, size_t size, size_t start,
                       size_t end, const char *reason)
{
    struct ctx *ctx = u->ctx;
    struct value *args =
        tuple_pack_take(ctx, 5, str_new_text(ctx, encoding), bytes_new(ctx, data, size), int_new(ctx, (int64_t)start),
                        int_new(ctx, (int64_t)end), str_new_text(ctx, reason));
    struct value *e =
        args ? exception_new(ctx, exception_class_find("builtins", "UnicodeDecodeError", ctx->rt->compat), args) : NULL;
    value_release(args);
    if (e)
        raise_take(ctx, e);
    return -1;
}
