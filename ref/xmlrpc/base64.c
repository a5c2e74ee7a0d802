/* SPDX-License-Identifier: MIT */
/* Base64 as Lib/base64.py (encodebytes) and Modules/binascii.c (a2b_base64 without strict_mode) have it. */
#include <string.h>

#include "ref/base/limits.h"
#include "ref/xmlrpc/xmlrpc.h"

enum { LINE_BYTES = 57 }; /* 76 characters */

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* At most three bytes as four characters. */
static void encode_group(struct buf *out, const unsigned char *data, size_t size)
{
    unsigned a = data[0], b = size > 1 ? data[1] : 0, c = size > 2 ? data[2] : 0;

    buf_put_byte(out, (unsigned char)digits[a >> 2]);
    buf_put_byte(out, (unsigned char)digits[(a << 4 & 0x30) | b >> 4]);
    buf_put_byte(out, size > 1 ? (unsigned char)digits[(b << 2 & 0x3c) | c >> 6] : '=');
    buf_put_byte(out, size > 2 ? (unsigned char)digits[c & 0x3f] : '=');
}

void base64_encode(struct buf *out, const unsigned char *data, size_t size)
{
    for (size_t i = 0; i < size; i += 3) {
        encode_group(out, data + i, size - i);
        if (i % LINE_BYTES == LINE_BYTES - 3 || size - i <= 3)
            buf_put_byte(out, '\n');
    }
}

struct decoder {
    struct buf out;
    unsigned have;     /* digits of the group that is under way */
    unsigned padding;  /* pads since the last digit */
    unsigned leftover; /* bits that wait for the next digit */
};

static void take_digit(struct decoder *d, unsigned digit)
{
    d->padding = 0;
    d->leftover = d->leftover << 6 | digit;
    if (d->have)
        buf_put_byte(&d->out, (unsigned char)(d->leftover >> (6 - 2 * d->have)));
    d->have = (d->have + 1) % 4;
}

/* Up to 3.13 a group that is padded to its end is the end. */
static bool take_pad(struct ctx *ctx, struct decoder *d)
{
    if (compat_has(ctx->rt->compat, COMPAT_BASE64_PADDING) || d->have >= 2)
        d->padding++;
    return !compat_has(ctx->rt->compat, COMPAT_BASE64_PADDING) && d->have >= 2 && d->have + d->padding >= 4;
}

static struct value *raise_binascii(struct ctx *ctx, struct value *text)
{
    struct value *args = tuple_pack_take(ctx, 1, text);
    struct value *exception =
        args ? exception_new(ctx, exception_class_find("binascii", "Error", ctx->rt->compat), args) : NULL;

    value_release(args);
    return exception ? raise_take(ctx, exception) : NULL;
}

static struct value *finish(struct ctx *ctx, const struct decoder *d, bool ended)
{
    if (d->out.failed)
        return raise_memory(ctx);
    if (ended || !d->have ||
        (d->have > 1 && compat_has(ctx->rt->compat, COMPAT_BASE64_PADDING) && d->have + d->padding >= 4))
        return bytes_new(ctx, d->out.data, d->out.used);
    if (d->have > 1)
        return raise_binascii(ctx, str_new_text(ctx, "Incorrect padding"));
    return raise_binascii(ctx, str_printf(ctx,
                                          "Invalid base64-encoded string: number of data characters (%zu) cannot be 1 "
                                          "more than a multiple of 4",
                                          d->out.used / 3 * 4 + 1));
}

struct value *base64_decode(struct ctx *ctx, const char *text, size_t size)
{
    struct decoder d = {.have = 0};
    struct value *result;
    bool ended = false;

    buf_init(&d.out, LIMIT_FRAME);
    for (size_t i = 0; i < size && !ended; i++) {
        const char *digit = text[i] ? strchr(digits, text[i]) : NULL;
        if (digit)
            take_digit(&d, (unsigned)(digit - digits));
        else if (text[i] == '=')
            ended = take_pad(ctx, &d);
    }
    result = finish(ctx, &d, ended);
    buf_free(&d.out);
    return result;
}
