/* SPDX-License-Identifier: MIT */
/* UnicodeDecodeError, UnicodeEncodeError and UnicodeTranslateError: their constructors and str, as in
 * Objects/exceptions.c. */
#include <stdio.h>

#include "ref/value/container.h"
#include "ref/value/exception.h"

static int check_count(struct ctx *ctx, struct exception *e, size_t n)
{
    if (exception_count_args(e) == n)
        return 0;
    raise_format(ctx, "TypeError", "function takes exactly %zu arguments (%zu given)", n, exception_count_args(e));
    return -1;
}

static int check_str(struct ctx *ctx, struct exception *e, size_t i)
{
    if (str_check(exception_arg(e, i)))
        return 0;
    raise_format(ctx, "TypeError", "argument %zu must be str, not %.50s", i + 1,
                 exception_arg(e, i) == &value_none ? "None" : value_type_name(exception_arg(e, i)));
    return -1;
}

/* Two positions and a reason, from argument i on. */
static int check_positions(struct ctx *ctx, struct exception *e, size_t i)
{
    ssize_t n;
    if (arguments_ssize(ctx, exception_arg(e, i), &n) < 0 || arguments_ssize(ctx, exception_arg(e, i + 1), &n) < 0)
        return -1;
    return check_str(ctx, e, i + 2);
}

static void set_unicode_members(struct exception *e)
{
    size_t first = 5 - exception_count_args(e); /* UnicodeTranslateError has no encoding */
    for (size_t i = 0; i < exception_count_args(e); i++)
        exception_set_member(e, (unsigned)(first + i), exception_arg(e, i));
}

int exception_decode_init(struct ctx *ctx, struct exception *e)
{
    size_t size;
    if (check_count(ctx, e, 5) < 0 || check_str(ctx, e, 0) < 0 || check_positions(ctx, e, 2) < 0)
        return -1;
    set_unicode_members(e);
    struct value *object = exception_arg(e, 1);
    if (object->type == &bytes_type)
        return 0;
    if (object->type != &bytearray_type && object->type != &array_type) {
        raise_format(ctx, "TypeError", "a bytes-like object is required, not '%.100s'", value_type_name(object));
        return -1;
    }
    const unsigned char *data = object->type == &array_type ? array_peek(object, &size) : bytes_peek(object, &size);
    struct value *bytes = bytes_new(ctx, data, size);
    if (!bytes)
        return -1;
    exception_set_member(e, UNICODE_OBJECT, bytes);
    value_release(bytes);
    return 0;
}

int exception_encode_init(struct ctx *ctx, struct exception *e)
{
    if (check_count(ctx, e, 5) < 0 || check_str(ctx, e, 0) < 0 || check_str(ctx, e, 1) < 0 ||
        check_positions(ctx, e, 2) < 0)
        return -1;
    set_unicode_members(e);
    return 0;
}

int exception_translate_init(struct ctx *ctx, struct exception *e)
{
    if (check_count(ctx, e, 4) < 0 || check_str(ctx, e, 0) < 0 || check_positions(ctx, e, 1) < 0)
        return -1;
    set_unicode_members(e);
    return 0;
}

/* The only item that is at fault: its index, or -1 if they are several or none. */
static ssize_t only_fault(struct exception *e, size_t length, int64_t *start, int64_t *end)
{
    *start = *end = 0;
    if (e->members[UNICODE_START])
        int_peek_i64(e->members[UNICODE_START], start);
    if (e->members[UNICODE_END])
        int_peek_i64(e->members[UNICODE_END], end);
    return *start >= 0 && *start < (int64_t)length && *end == *start + 1 ? (ssize_t)*start : -1;
}

/* "'utf-8' codec can't decode byte 0xff in position 0: reason", with the middle part given. */
static struct value *unicode_text(struct ctx *ctx, struct exception *e, const char *action, struct value *what)
{
    bool codec = e->members[UNICODE_ENCODING] != NULL;
    struct value *does = what ? str_new_text(ctx, action) : NULL;
    struct value *const parts[] = {exception_or_none(e->members[UNICODE_ENCODING]), does, what,
                                   exception_or_none(e->members[UNICODE_REASON])};
    struct value *s =
        does ? exception_compose(ctx, codec ? "'%S' codec %S %S: %S" : "%S %S: %S", codec ? parts : parts + 1) : NULL;
    value_release(does);
    value_release(what);
    return s;
}

struct value *exception_decode_str(struct ctx *ctx, struct exception *e)
{
    size_t size;
    int64_t start, end;
    struct value *object = e->members[UNICODE_OBJECT];
    if (!object || object->type != &bytes_type)
        return str_new(ctx, "", 0);
    const unsigned char *data = bytes_peek(object, &size);
    ssize_t only = only_fault(e, size, &start, &end);
    return unicode_text(ctx, e, "can't decode",
                        only >= 0
                            ? str_printf(ctx, "byte 0x%02x in position %zd", data[only], only)
                            : str_printf(ctx, "bytes in position %lld-%lld", (long long)start, (long long)end - 1));
}

struct value *exception_encode_str(struct ctx *ctx, struct exception *e)
{
    int64_t start, end;
    struct value *object = e->members[UNICODE_OBJECT];
    const char *action = e->members[UNICODE_ENCODING] ? "can't encode" : "can't translate";
    if (!object || !str_check(object))
        return str_new(ctx, "", 0);
    ssize_t only = only_fault(e, str_length(object), &start, &end);
    if (only < 0)
        return unicode_text(ctx, e, action,
                            str_printf(ctx, "characters in position %lld-%lld", (long long)start, (long long)end - 1));
    uint32_t c = str_code_point(object, (size_t)only);
    const char *format = c < 0x100     ? "character '\\x%02x' in position %zd"
                         : c < 0x10000 ? "character '\\u%04x' in position %zd"
                                       : "character '\\U%08x' in position %zd";
    char what[64];
    snprintf(what, sizeof what, format, (unsigned)c, only);
    return unicode_text(ctx, e, action, str_new_text(ctx, what));
}
