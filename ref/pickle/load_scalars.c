/* SPDX-License-Identifier: MIT */
/* Opcodes that push an atom: None, bool, numbers, bytes, bytearray.  Mirrors load_int … load_counted_bytearray of
 * Modules/_pickle.c. */
#include "ref/pickle/load.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "ref/base/limits.h"

int load_none(struct unpickler *u, int argument)
{
    (void)argument;
    return load_push_take(u, value_ref(&value_none));
}

int load_bool(struct unpickler *u, int argument)
{
    return load_push_take(u, value_ref(value_bool(argument)));
}

/* ---- integers */

static int digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (isalpha((unsigned char)c))
        return tolower((unsigned char)c) - 'a' + 10;
    return 99;
}

/* Which base a literal has by its prefix; moves on behind it. */
static int base_of(const char **text)
{
    const char *t = *text;
    int base = 10;
    if (*t == '0' && (t[1] == 'x' || t[1] == 'X'))
        base = 16;
    else if (*t == '0' && (t[1] == 'o' || t[1] == 'O'))
        base = 8;
    else if (*t == '0' && (t[1] == 'b' || t[1] == 'B'))
        base = 2;
    if (base != 10) {
        *text += 2;
        if (**text == '_')
            ++*text;
    }
    return base;
}

/* Digits with single underscores between them: copies the digits to b. Is it such text, to its end? */
static bool take_digits(const char *text, const char *end, int base, struct buf *b)
{
    bool digit = false;
    for (; text < end; text++) {
        if (*text == '_') {
            if (!digit || text + 1 == end)
                return false;
            digit = false;
            continue;
        }
        if (digit_of(*text) >= base)
            return false;
        digit = true;
        buf_put_byte(b, (unsigned char)*text);
    }
    return digit;
}

/* An int from hexadecimal, octal or binary digits: bits from the end, as two's complement. */
static struct value *from_digits(struct ctx *ctx, const struct buf *digits, int base, bool negative)
{
    unsigned shift = base == 16 ? 4 : base == 8 ? 3 : 1;
    size_t size = digits->used * shift / 8 + 2, bit = 0;
    struct buf bytes;
    unsigned char *out;
    struct value *v;
    buf_init(&bytes, size);
    out = buf_grow(&bytes, size);
    if (!out)
        return raise_memory(ctx);
    memset(out, 0, size);
    for (size_t i = digits->used; i-- > 0; bit += shift) {
        unsigned part = (unsigned)digit_of((char)digits->data[i]) << (bit % 8);
        out[bit / 8] = (unsigned char)(out[bit / 8] | (part & 0xff));
        out[bit / 8 + 1] = (unsigned char)(out[bit / 8 + 1] | part >> 8);
    }
    for (size_t i = 0, carry = 1; negative && i < size; i++) {
        carry += (unsigned char)~out[i];
        out[i] = (unsigned char)carry;
        carry >>= 8;
    }
    v = int_new_bytes(ctx, out, size);
    buf_free(&bytes);
    return v;
}

static void *invalid_literal(struct unpickler *u, const char *text, size_t size, int base)
{
    struct value *s = str_new(u->ctx, text, size), *repr = s ? value_repr(u->ctx, s) : NULL;
    if (repr)
        raise_format(u->ctx, "ValueError", "invalid literal for int() with base %d: %.200s", base,
                     str_peek(repr, NULL));
    value_release(s);
    value_release(repr);
    return NULL;
}

struct value *load_parse_int(struct unpickler *u, const char *text, size_t size, int base)
{
    const char *t = text, *end = text + strlen(text);
    bool negative = false, zeros = false, good;
    struct value *v = NULL;
    struct buf digits;
    while (isspace((unsigned char)*t))
        t++;
    while (end > t && isspace((unsigned char)end[-1]))
        end--;
    if (*t == '+' || *t == '-')
        negative = *t++ == '-';
    buf_init(&digits, size + 2);
    if (base == 0 && (base = base_of(&t)) == 10 && *t == '0')
        zeros = true; /* a decimal literal with leading zeros is none, unless it is all zeros */
    if (base == 10 && negative)
        buf_put_byte(&digits, '-');
    good = t < end && take_digits(t, end, base, &digits);
    if (good && zeros && strspn(t, "0_") != (size_t)(end - t)) {
        good = false;
        base = 0;
    }
    if (digits.failed)
        raise_memory(u->ctx);
    else if (!good)
        invalid_literal(u, text, strnlen(text, size), base);
    else if (base == 10)
        v = int_new_literal(u->ctx, (char *)digits.data, digits.used);
    else
        v = from_digits(u->ctx, &digits, base, negative);
    buf_free(&digits);
    return v;
}

/* "00" and "01" are the booleans of protocol 1; until 3.14 any two characters that read as 0 or 1 were. */
static bool is_bool(const struct unpickler *u, const char *text, ssize_t length, long n)
{
    if (length != 3 || (n != 0 && n != 1))
        return false;
    return !compat_has(u->ctx->rt->compat, COMPAT_BOOL_DIGITS) ||
           (text[0] == '0' && (text[1] == '0' || text[1] == '1'));
}

int load_int(struct unpickler *u, int argument)
{
    int base = compat_has(u->ctx->rt->compat, COMPAT_INT_DECIMAL) ? 10 : 0;
    ssize_t length = load_line(u, 2);
    char *text, *end;
    struct value *v;
    long n;
    (void)argument;
    if (length < 0)
        return -1;
    text = (char *)u->line.data;
    errno = 0;
    n = strtol(text, &end, base);
    if (!errno && (*end == '\n' || *end == '\0'))
        return load_push_take(u, is_bool(u, text, length, n) ? value_ref(value_bool(n)) : int_new(u->ctx, n));
    v = load_parse_int(u, text, strlen(text), base);
    if (!v && !raised_is(u->ctx, "MemoryError"))
        raise_format(u->ctx, "ValueError", "could not convert string to int");
    return load_push_take(u, v);
}

int load_long(struct unpickler *u, int argument)
{
    ssize_t length = load_line(u, 2);
    char *text = (char *)u->line.data;
    (void)argument;
    if (length < 0)
        return -1;
    if (text[length - 2] == 'L')
        text[length - 2] = '\0';
    return load_push_take(
        u, load_parse_int(u, text, strlen(text), compat_has(u->ctx->rt->compat, COMPAT_INT_DECIMAL) ? 10 : 0));
}

int load_binint(struct unpickler *u, int argument)
{
    const unsigned char *bytes = load_read(u, (size_t)argument);
    int64_t n;
    if (!bytes)
        return -1;
    n = (int64_t)load_number(bytes, argument);
    if (argument == 4 && n > INT32_MAX)
        n -= (int64_t)1 << 32;
    return load_push_take(u, int_new(u->ctx, n));
}

int load_counted_long(struct unpickler *u, int argument)
{
    const unsigned char *bytes = load_read(u, (size_t)argument);
    size_t size;
    if (!bytes)
        return -1;
    size = (size_t)load_number(bytes, argument);
    if (size > INT32_MAX)
        return load_error(u, "LONG pickle has negative byte count");
    bytes = load_read(u, size);
    return bytes ? load_push_take(u, int_new_bytes(u->ctx, bytes, size)) : -1;
}

/* ---- floats */

/* As PyOS_string_to_double reads: no space, no hexadecimal, "inf", "infinity" and "nan" in any case. Where it ends;
 * text if nowhere. */
static char *parse_double(char *text, double *out)
{
    char *t = text;
    if (*t == '+' || *t == '-')
        t++;
    if (t[0] == '0' && (t[1] == 'x' || t[1] == 'X')) {
        *out = *text == '-' ? -0.0 : 0.0;
        return t + 1;
    }
    if (!isdigit((unsigned char)*t) && *t != '.' && strncasecmp(t, "inf", 3) != 0 && strncasecmp(t, "nan", 3) != 0)
        return text;
    *out = strtod(text, &t);
    if (t > text && t[-1] == ')') /* nan(…) is C's only */
        t = strchr(text, '(');
    return t;
}

int load_float(struct unpickler *u, int argument)
{
    char *text, *end;
    double x = 0;
    (void)argument;
    if (load_line(u, 2) < 0)
        return -1;
    text = (char *)u->line.data;
    errno = 0;
    end = parse_double(text, &x);
    if (end == text)
        raise_format(u->ctx, "ValueError", "could not convert string to float: '%.200s'", text);
    else if (errno == ERANGE && (x > 1 || x < -1))
        raise_format(u->ctx, "OverflowError", "value too large to convert to float: '%.200s'", text);
    else if (*end != '\n' && *end != '\0')
        raise_format(u->ctx, "ValueError", "could not convert string to float");
    else
        return load_push_take(u, float_new(u->ctx, x));
    return -1;
}

int load_binfloat(struct unpickler *u, int argument)
{
    const unsigned char *bytes = load_read(u, 8);
    uint64_t bits = 0;
    double x;
    (void)argument;
    if (!bytes)
        return -1;
    for (int i = 0; i < 8; i++)
        bits = bits << 8 | bytes[i];
    memcpy(&x, &bits, sizeof x);
    return load_push_take(u, float_new(u->ctx, x));
}

/* ---- bytes */

/* Until 3.14 the object was made before the bytes were read: then a size that no memory holds is told before a
 * truncated pickle. */
static int check_room(struct unpickler *u, size_t size, bool bytes)
{
    if (compat_has(u->ctx->rt->compat, COMPAT_SIZES_BEFORE_MEMORY))
        return size > u->size - u->at ? load_error(u, "pickle data was truncated") : 0;
    if (size <= LIMIT_READ_AHEAD)
        return 0;
    if (bytes && size > (size_t)SSIZE_MAX - 33)
        raise_format(u->ctx, "OverflowError", "byte string is too large");
    else
        raise_memory(u->ctx);
    return -1;
}

int load_binbytes(struct unpickler *u, int argument)
{
    const unsigned char *bytes;
    size_t size;
    if (load_size(u, argument, "BINBYTES", &size) || check_room(u, size, true))
        return -1;
    bytes = load_read(u, size);
    return bytes ? load_push_take(u, bytes_new(u->ctx, bytes, size)) : -1;
}

int load_bytearray(struct unpickler *u, int argument)
{
    const unsigned char *bytes;
    size_t size;
    if (load_size(u, argument, "BYTEARRAY8", &size) || check_room(u, size, false))
        return -1;
    bytes = load_read(u, size);
    return bytes ? load_push_take(u, bytearray_new(u->ctx, bytes, size)) : -1;
}
