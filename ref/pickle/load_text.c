/* SPDX-License-Identifier: MIT */
/* Opcodes that push a str: the text forms of protocols 0 and 1 with their escapes, Python 2's 8-bit strings (decoded as
 * ASCII, pickle's default) and counted UTF-8.  Mirrors load_string, load_unicode and load_counted_binunicode of
 * Modules/_pickle.c. */
#include "ref/pickle/load.h"

#include <string.h>

/* ---- Python 2's str */

static int push_ascii(struct unpickler *u, const void *data, size_t size)
{
    const unsigned char *bytes = data;
    for (size_t i = 0; i < size; i++)
        if (bytes[i] >= 0x80)
            return load_unicode_error(u, "ascii", data, size, i, i + 1, "ordinal not in range(128)");
    return load_push_take(u, str_new(u->ctx, data, size));
}

static int hex_digit(char c)
{
    const char *digits = "0123456789abcdef", *at = c ? strchr(digits, c >= 'A' && c <= 'F' ? c - 'A' + 'a' : c) : NULL;
    return at ? (int)(at - digits) : -1;
}

/* One escape behind its backslash: its bytes to b; returns how many characters it took, or -1 after raising. */
static int unescape(struct unpickler *u, const char *s, size_t left, size_t at, struct buf *b)
{
    static const char names[] = "\\'\"abfnrtv", bytes[] = "\\'\"\a\b\f\n\r\t\v";
    const char *found = *s ? strchr(names, *s) : NULL;
    unsigned n = 0;
    int used = 0;
    if (found) {
        buf_put_byte(b, (unsigned char)bytes[found - names]);
        return 1;
    }
    if (*s == '\n')
        return 1;
    if (*s == 'x') {
        if (left < 3 || hex_digit(s[1]) < 0 || hex_digit(s[2]) < 0) {
            raise_format(u->ctx, "ValueError", "invalid \\x escape at position %zu", at);
            return -1;
        }
        buf_put_byte(b, (unsigned char)(hex_digit(s[1]) * 16 + hex_digit(s[2])));
        return 3;
    }
    for (; used < 3 && (size_t)used < left && s[used] >= '0' && s[used] <= '7'; used++)
        n = n * 8 + (unsigned)(s[used] - '0');
    if (used == 0) { /* an unknown escape stands for itself */
        buf_put_byte(b, '\\');
        buf_put_byte(b, (unsigned char)*s);
        return 1;
    }
    buf_put_byte(b, (unsigned char)n);
    return used;
}

static int decode_escapes(struct unpickler *u, const char *s, size_t size, struct buf *b)
{
    for (size_t i = 0; i < size; i++) {
        int used;
        if (s[i] != '\\') {
            buf_put_byte(b, (unsigned char)s[i]);
            continue;
        }
        if (i + 1 == size) {
            raise_format(u->ctx, "ValueError", "Trailing \\ in string");
            return -1;
        }
        used = unescape(u, s + i + 1, size - i - 1, i, b);
        if (used < 0)
            return -1;
        i += (size_t)used;
    }
    if (b->failed)
        raise_memory(u->ctx);
    return b->failed ? -1 : 0;
}

int load_string(struct unpickler *u, int argument)
{
    ssize_t length = load_line(u, 0);
    const char *s = (char *)u->line.data;
    struct buf b;
    size_t size;
    int result;
    (void)argument;
    if (length < 0)
        return -1;
    size = (size_t)length - 1;
    if (size < 2 || s[0] != s[size - 1] || (s[0] != '\'' && s[0] != '"'))
        return load_error(u, "the STRING opcode argument must be quoted");
    buf_init(&b, size);
    result = decode_escapes(u, s + 1, size - 2, &b);
    if (result == 0)
        result = push_ascii(u, b.data ? (char *)b.data : "", b.used);
    buf_free(&b);
    return result;
}

int load_binstring(struct unpickler *u, int argument)
{
    const unsigned char *bytes;
    size_t size;
    if (load_size(u, argument, "BINSTRING", &size))
        return -1;
    if (argument == 4 && size > INT32_MAX && compat_has(u->ctx->rt->compat, COMPAT_BINSTRING_SIGNED))
        return load_error(u, "BINSTRING pickle has negative byte count");
    bytes = load_read(u, size);
    return bytes ? push_ascii(u, bytes, size) : -1;
}

/* ---- raw-unicode-escape: Latin-1 with \uXXXX and \UXXXXXXXX */

static void put_utf8(struct buf *b, uint32_t c)
{
    if (c < 0x80) {
        buf_put_byte(b, (unsigned char)c);
        return;
    }
    if (c < 0x800) {
        buf_put_byte(b, (unsigned char)(0xc0 | c >> 6));
    } else {
        if (c < 0x10000) {
            buf_put_byte(b, (unsigned char)(0xe0 | c >> 12));
        } else {
            buf_put_byte(b, (unsigned char)(0xf0 | c >> 18));
            buf_put_byte(b, (unsigned char)(0x80 | (c >> 12 & 0x3f)));
        }
        buf_put_byte(b, (unsigned char)(0x80 | (c >> 6 & 0x3f)));
    }
    buf_put_byte(b, (unsigned char)(0x80 | (c & 0x3f)));
}

/* The escape at s[i] (a backslash before u or U): one character to b. How long it is, or -1 after raising. */
static int raw_escape(struct unpickler *u, const char *s, size_t size, size_t i, struct buf *b)
{
    bool wide = s[i + 1] == 'U';
    size_t count = wide ? 8 : 4, k = 0;
    uint32_t c = 0;
    for (; k < count && i + 2 + k < size && hex_digit(s[i + 2 + k]) >= 0; k++)
        c = c << 4 | (uint32_t)hex_digit(s[i + 2 + k]);
    if (k < count)
        return load_unicode_error(u, "rawunicodeescape", s, size, i, i + 2 + k,
                                  wide ? "truncated \\UXXXXXXXX escape" : "truncated \\uXXXX escape");
    if (c > 0x10ffff)
        return load_unicode_error(u, "rawunicodeescape", s, size, i, i + 2 + k, "\\Uxxxxxxxx out of range");
    put_utf8(b, c);
    return (int)(2 + count);
}

static int decode_raw(struct unpickler *u, const char *s, size_t size, struct buf *b)
{
    for (size_t i = 0; i < size;) {
        int used = 1;
        if (s[i] == '\\' && i + 1 < size && (s[i + 1] == 'u' || s[i + 1] == 'U'))
            used = raw_escape(u, s, size, i, b);
        else
            put_utf8(b, (unsigned char)s[i]);
        if (used == 1 && s[i] == '\\' && i + 1 < size) /* whatever follows a backslash otherwise stands for itself */
            put_utf8(b, (unsigned char)s[++i]);
        if (used < 0)
            return -1;
        i += (size_t)used;
    }
    if (b->failed)
        raise_memory(u->ctx);
    return b->failed ? -1 : 0;
}

int load_unicode(struct unpickler *u, int argument)
{
    ssize_t length = load_line(u, 1);
    struct buf b;
    int result;
    (void)argument;
    if (length < 0)
        return -1;
    buf_init(&b, 2 * (size_t)length);
    result = decode_raw(u, (char *)u->line.data, (size_t)length - 1, &b);
    if (result == 0)
        result = load_push_take(u, str_new(u->ctx, b.data ? (char *)b.data : "", b.used));
    buf_free(&b);
    return result;
}

int load_binunicode(struct unpickler *u, int argument)
{
    const unsigned char *bytes;
    size_t size;
    if (load_size(u, argument, "BINUNICODE", &size))
        return -1;
    bytes = load_read(u, size);
    return bytes ? load_push_take(u, str_new(u->ctx, (const char *)bytes, size)) : -1;
}
