/* SPDX-License-Identifier: MIT */
/* Functions and classes of module builtins that make numbers and text of numbers. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ref/base/limits.h"
#include "ref/value/container.h"
#include "ref/value/functions.h"

/* ---- numbers */

BUILTIN(abs)
{
    double real, imag;

    UNUSED;
    if (int_check(argv[0]) && int_sign(argv[0]) >= 0)
        return number_plain(ctx, argv[0]);
    if (value_is(argv[0], &float_type))
        return float_new(ctx, fabs(float_peek(argv[0])));
    if (!value_is(argv[0], &complex_type))
        return number_negative(ctx, argv[0], "abs()");
    complex_peek(argv[0], &real, &imag);
    return float_new(ctx, hypot(real, imag));
}

/* The characters of a str, bytes or bytearray; NULL if v is none of them. */
static const char *text_of(const struct value *v, size_t *size)
{
    if (str_check(v))
        return str_peek(v, size);
    if (value_is(v, &bytes_type) || value_is(v, &bytearray_type))
        return (const char *)bytes_peek(v, size);
    return NULL;
}

/* An invalid text, shown as what it came in. */
static void *raise_invalid(struct ctx *ctx, const char *message, struct value *v)
{
    struct value *r = value_repr(ctx, v);

    if (r)
        raise_format(ctx, "ValueError", "%s: %s", message, str_peek(r, NULL));
    value_release(r);
    return NULL;
}

/* raise TypeError for an argument that is no number; complex had words of its own. */
static void *raise_not_real(struct ctx *ctx, const char *name, const char *kinds, const struct value *v)
{
    bool old = !compat_has(ctx->rt->compat, COMPAT_REAL_WORDS);

    if (old && value_is(v, &complex_type))
        return raise_format(ctx, "TypeError", "can't convert complex to %s", name);
    return raise_format(ctx, "TypeError", "%s() argument must be %s or a %snumber, not '%s'", name, kinds,
                        old ? "" : "real ", value_type_name(v));
}

/* The digits of a text in a base, with sign, blanks and underscores: what mpz would read. NULL without raising if it is
 * none. */
static struct value *digits_in_base(struct ctx *ctx, const char *text, size_t size, int64_t base)
{
    static const char prefixes[] = "bBoOxX";
    struct value *n = int_new(ctx, 0), *radix = NULL;
    bool minus, any = false, gap = false;

    while (size && strchr(" \t\n\v\f\r", *text) && *text)
        text++, size--;
    while (size && text[size - 1] && strchr(" \t\n\v\f\r", text[size - 1]))
        size--;
    minus = size && *text == '-';
    if (size && (*text == '-' || *text == '+'))
        text++, size--;
    if (size > 1 && *text == '0' && text[1] && strchr(prefixes, text[1])) {
        int64_t named = strchr("bB", text[1]) ? 2 : strchr("oO", text[1]) ? 8 : 16;
        if (!base || base == named) {
            base = named;
            text += 2;
            size -= 2;
            gap = size && *text == '_';
            text += gap;
            size -= gap;
            gap = false;
        }
    }
    base = base ? base : 10;
    radix = int_new(ctx, base);
    for (; size && n && radix; text++, size--) {
        int c = (unsigned char)*text;
        int64_t digit = c >= '0' && c <= '9'   ? c - '0'
                        : c >= 'a' && c <= 'z' ? c - 'a' + 10
                        : c >= 'A' && c <= 'Z' ? c - 'A' + 10
                                               : 99;
        struct value *scaled, *add, *next = NULL;
        if (c == '_' && any && !gap && size > 1) {
            gap = true;
            continue;
        }
        gap = false;
        if (digit >= base)
            break;
        any = true;
        scaled = value_binary(ctx, BINARY_MUL, n, radix);
        add = scaled ? int_new(ctx, minus ? -digit : digit) : NULL;
        if (add)
            next = value_binary(ctx, BINARY_ADD, scaled, add);
        value_release(scaled);
        value_release(add);
        value_release(n);
        n = next;
    }
    value_release(radix);
    if (!size && any)
        return n;
    value_release(n);
    return NULL;
}

static struct value *int_with_base(struct ctx *ctx, struct value *v, struct value *base)
{
    struct value *index = number_index(ctx, base), *n, *r;
    int64_t radix = 1;
    size_t size;
    const char *text = text_of(v, &size);

    if (!index)
        return NULL;
    if (!int_peek_i64(index, &radix))
        radix = 1;
    value_release(index);
    if (radix && (radix < 2 || radix > 36))
        return raise_format(ctx, "ValueError", "int() base must be >= 2 and <= 36, or 0");
    if (!text)
        return raise_format(ctx, "TypeError", "int() can't convert non-string with explicit base");
    n = digits_in_base(ctx, text, size, radix);
    if (n || ctx->raised)
        return n;
    r = value_repr(ctx, v);
    if (r)
        raise_format(ctx, "ValueError", "invalid literal for int() with base %d: %s", (int)radix, str_peek(r, NULL));
    value_release(r);
    return NULL;
}

BUILTIN(int)
{
    size_t size;
    const char *text;
    struct value *n;

    UNUSED;
    if (argv[1])
        return argv[0] ? int_with_base(ctx, argv[0], argv[1])
                       : raise_format(ctx, "TypeError", "int() missing string argument");
    if (!argv[0])
        return int_new(ctx, 0);
    if (int_check(argv[0]))
        return number_plain(ctx, argv[0]);
    if (value_is(argv[0], &float_type))
        return number_truncate(ctx, float_peek(argv[0]));
    text = text_of(argv[0], &size);
    if (!text)
        return raise_not_real(ctx, "int", "a string, a bytes-like object", argv[0]);
    n = int_new_decimal(ctx, text, size);
    if (n || str_check(argv[0]) || !raised_is(ctx, "ValueError"))
        return n;
    return raise_invalid(ctx, "invalid literal for int() with base 10", argv[0]);
}

static bool is_space(char c)
{
    return c && strchr(" \t\n\v\f\r", c);
}

/* float(text): what strtod reads, without its hexadecimal numbers, and with single underscores between digits. */
static struct value *float_from_text(struct ctx *ctx, struct value *v)
{
    size_t size = 0;
    const char *text = text_of(v, &size);
    struct value *result = NULL;
    struct buf b;
    char *end;

    buf_init(&b, SIZE_MAX);
    while (size && is_space(*text))
        text++, size--;
    while (size && is_space(text[size - 1]))
        size--;
    for (size_t i = 0; i < size; i++) {
        bool between = i && i + 1 < size && strchr("0123456789", text[i - 1]) && strchr("0123456789", text[i + 1]);
        if (text[i] != '_' || !between)
            buf_put_byte(&b, text[i] && strchr("0123456789+-.eEinfINFtyTYaA", text[i]) ? (unsigned char)text[i] : '?');
    }
    buf_put_byte(&b, 0);
    if (b.failed)
        raise_memory(ctx);
    else {
        double x = strtod((const char *)b.data, &end);
        if (size && end == (char *)b.data + b.used - 1)
            result = float_new(ctx, x);
    }
    buf_free(&b);
    if (result || ctx->raised)
        return result;
    return raise_invalid(ctx, "could not convert string to float", v);
}

BUILTIN(float)
{
    double x = 0;
    size_t size;
    int known;

    UNUSED;
    if (!argc)
        return float_new(ctx, 0);
    if (text_of(argv[0], &size))
        return float_from_text(ctx, argv[0]);
    known = float_from_number(ctx, argv[0], &x);
    if (known)
        return known < 0 ? NULL : float_new(ctx, x);
    return raise_not_real(ctx, "float", "a string", argv[0]);
}

/* ---- text */

/* bin, oct, hex: from the two's complement bytes of the magnitude. */
static struct value *in_base(struct ctx *ctx, struct value *v, unsigned bits, const char *prefix)
{
    struct value *n = number_index(ctx, v), *magnitude = NULL, *text = NULL;
    struct buf bytes, out;
    bool begun = false;

    if (!n)
        return NULL;
    magnitude = int_sign(n) < 0 ? number_negative(ctx, n, "") : value_ref(n);
    buf_init(&bytes, SIZE_MAX);
    buf_init(&out, SIZE_MAX);
    if (magnitude && !int_to_bytes(ctx, magnitude, &bytes)) {
        buf_put_text(&out, int_sign(n) < 0 ? "-" : "");
        buf_put_text(&out, prefix);
        for (size_t at = (bytes.used * 8 + bits - 1) / bits + 1; at-- > 0;) {
            unsigned digit = 0;
            for (unsigned b = bits; b-- > 0;) {
                size_t bit = at * bits + b;
                digit = digit << 1 | (bit / 8 < bytes.used ? (unsigned)bytes.data[bit / 8] >> bit % 8 & 1u : 0);
            }
            begun |= digit != 0 || at == 0;
            if (begun)
                buf_put_byte(&out, (unsigned char)"0123456789abcdef"[digit]);
        }
        text = printing_finish(ctx, &out);
    }
    buf_free(&bytes);
    buf_free(&out);
    value_release(n);
    value_release(magnitude);
    return text;
}

BUILTIN(bin)
{
    UNUSED;
    return in_base(ctx, argv[0], 1, "0b");
}

BUILTIN(oct)
{
    UNUSED;
    return in_base(ctx, argv[0], 3, "0o");
}

BUILTIN(hex)
{
    UNUSED;
    return in_base(ctx, argv[0], 4, "0x");
}

BUILTIN(chr)
{
    int compat = ctx->rt->compat;
    struct value *v = argv[0];
    int64_t n;

    UNUSED;
    if (!int_check(v) && !compat_has(compat, COMPAT_INTEGER_WORDS))
        return value_is(v, &float_type)
                   ? raise_format(ctx, "TypeError", "integer argument expected, got float")
                   : raise_format(ctx, "TypeError", "an integer is required (got type %s)", value_type_name(v));
    if (!int_check(v))
        return number_index(ctx, v);
    if (!int_peek_i64(v, &n)) {
        if (!compat_has(compat, COMPAT_CHR_OF_HUGE))
            return raise_format(ctx, "OverflowError", "Python int too large to convert to C int");
        n = -1;
    }
    if (n < 0 || n > 0x10FFFF)
        return raise_format(ctx, "ValueError", "chr() arg not in range(0x110000)");
    return str_new_code_point(ctx, (uint32_t)n);
}

BUILTIN(ord)
{
    struct value *v = argv[0];
    size_t size;

    UNUSED;
    if (str_check(v))
        size = str_length(v);
    else if (value_is(v, &bytes_type) || value_is(v, &bytearray_type))
        bytes_peek(v, &size);
    else
        return raise_format(ctx, "TypeError", "ord() expected string of length 1, but %s found", value_type_name(v));
    if (size != 1)
        return raise_format(ctx, "TypeError", "ord() expected a character, but string of length %zu found", size);
    return int_new(ctx, str_check(v) ? str_code_point(v, 0) : bytes_peek(v, NULL)[0]);
}

BUILTIN(divmod)
{
    UNUSED;
    return number_divmod(ctx, argv[0], argv[1]);
}

BUILTIN(pow)
{
    UNUSED;
    return argv[2] && argv[2] != &value_none ? number_power_modulo(ctx, argv[0], argv[1], argv[2])
                                             : number_power(ctx, argv[0], argv[1]);
}

/* To the nearest, ties to even. */
static struct value *round_float(struct ctx *ctx, double x, struct value *digits)
{
    char text[512];
    int64_t n;

    if (!digits || digits == &value_none)
        return number_truncate(ctx, isfinite(x) ? nearbyint(x) : x);
    if (!int_check(digits))
        return number_index(ctx, digits);
    if (!int_peek_i64(digits, &n) || n > 323 || !isfinite(x))
        return float_new(ctx, x);
    if (n < -308)
        return float_new(ctx, copysign(0, x));
    if (n >= 0) /* printf rounds the exact decimal expansion, as CPython's own dtoa does */
        snprintf(text, sizeof text, "%.*f", (int)n, x);
    else {
        double scale = pow(10, (double)-n);
        snprintf(text, sizeof text, "%.17g", nearbyint(x / scale) * scale);
    }
    return float_new(ctx, strtod(text, NULL));
}

/* round(n, -digits): to a multiple of 10 ** digits, ties to even. */
static struct value *round_int(struct ctx *ctx, struct value *v, int64_t digits)
{
    struct value *ten = int_new(ctx, 10), *count = int_new(ctx, digits), *unit = NULL, *rest = NULL, *low = NULL,
                 *twice = NULL, *result = NULL;
    int order;

    if (ten && count && (unit = number_power(ctx, ten, count)) && (rest = number_remainder(ctx, v, unit)) &&
        (low = value_binary(ctx, BINARY_SUB, v, rest)) && (twice = value_binary(ctx, BINARY_ADD, rest, rest))) {
        order = value_compare(ctx, COMPARE_GT, twice, unit) - value_compare(ctx, COMPARE_LT, twice, unit);
        if (!order) {
            struct value *quotient = number_floor_divide(ctx, low, unit);
            int64_t odd = 0;
            struct value *two = int_new(ctx, 2), *last = quotient && two ? number_remainder(ctx, quotient, two) : NULL;
            order = last && int_peek_i64(last, &odd) && odd ? 1 : -1;
            value_release(quotient);
            value_release(two);
            value_release(last);
        }
        if (!ctx->raised)
            result = order > 0 ? value_binary(ctx, BINARY_ADD, low, unit) : value_ref(low);
    }
    value_release(ten);
    value_release(count);
    value_release(unit);
    value_release(rest);
    value_release(low);
    value_release(twice);
    return result;
}

BUILTIN(round)
{
    struct value *v = argv[0], *digits = argv[1];
    int64_t n;

    UNUSED;
    if (value_is(v, &float_type))
        return round_float(ctx, float_peek(v), digits);
    if (!int_check(v))
        return raise_format(ctx, "TypeError", "type %s doesn't define __round__ method", value_type_name(v));
    if (!digits || digits == &value_none)
        return number_plain(ctx, v);
    if (!int_check(digits))
        return number_index(ctx, digits);
    if (int_sign(digits) >= 0)
        return number_plain(ctx, v);
    return int_peek_i64(digits, &n) && n > -LIMIT_INT_DIGITS ? round_int(ctx, v, -n) : int_new(ctx, 0);
}

BUILTIN(range)
{
    struct value *given[3] = {NULL, NULL, NULL}, *zero = int_new(ctx, 0), *one = int_new(ctx, 1), *range = NULL;

    UNUSED;
    for (size_t i = 0; i < argc && !ctx->raised; i++)
        given[i] = number_index(ctx, argv[i]);
    if (zero && one && !ctx->raised)
        range = range_new(ctx, argc > 1 ? given[0] : zero, argc > 1 ? given[1] : given[0], argc > 2 ? given[2] : one);
    for (size_t i = 0; i < 3; i++)
        value_release(given[i]);
    value_release(zero);
    value_release(one);
    return range;
}
