/* SPDX-License-Identifier: MIT */
/* The items of array.array: one row per typecode, with native size and order, and the conversions of
 * Modules/arraymodule.c with what they say about a value that does not fit. */
#include <limits.h>
#include <string.h>
#include <wchar.h>

#include "ref/value/array.h"
#include "ref/value/core.h"
#include "ref/value/unicode.h"

/* ---- integers */

static void *raise_not_integer(struct ctx *ctx, const struct value *v, bool is_unsigned)
{
    if (compat_has(ctx->rt->compat, COMPAT_INTEGER_WORDS))
        return raise_format(ctx, "TypeError", "'%s' object cannot be interpreted as an integer", value_type_name(v));
    if (value_is(v, &float_type))
        return raise_format(ctx, "TypeError",
                            is_unsigned ? "array item must be integer" : "integer argument expected, got float");
    if (value_is(v, &complex_type))
        return raise_format(ctx, "TypeError", "can't convert complex to int");
    return raise_format(ctx, "TypeError", "an integer is required (got type %s)", value_type_name(v));
}

/* Is v an int? Raises if not. */
static bool require_int(struct ctx *ctx, const struct value *v, bool is_unsigned)
{
    if (!int_check(v))
        raise_not_integer(ctx, v, is_unsigned);
    return !ctx->raised;
}

static int set_signed(struct ctx *ctx, const struct array_kind *kind, struct value *v, unsigned char *item)
{
    int64_t n;

    if (!require_int(ctx, v, false))
        return -1;
    if (!int_peek_i64(v, &n)) {
        raise_format(ctx, "OverflowError",
                     kind->code == 'q' ? "int too big to convert" : "Python int too large to convert to C long");
        return -1;
    }
    for (int i = 0; i < 2 && kind->check[i]; i++)
        if (n < kind->low[i] || n > kind->high[i]) {
            raise_format(ctx, "OverflowError", "%s is %s", kind->check[i],
                         n < kind->low[i] ? "less than minimum" : "greater than maximum");
            return -1;
        }
    memcpy(item, &n, kind->size); /* the low bytes come first on the machines there are */
    return 0;
}

/* An int that is not negative, as 64 bits; false if it is larger. */
static bool peek_unsigned(struct ctx *ctx, const struct value *v, uint64_t *out)
{
    struct buf b;
    bool fits;

    buf_init(&b, SIZE_MAX);
    *out = 0;
    fits = int_to_bytes(ctx, v, &b) == 0 && !b.failed && (b.used <= 8 || (b.used == 9 && !b.data[8]));
    for (size_t i = 0; fits && i < b.used && i < 8; i++)
        *out |= (uint64_t)b.data[i] << 8 * i;
    if (b.failed && !ctx->raised)
        raise_memory(ctx);
    buf_free(&b);
    return fits;
}

static int set_unsigned(struct ctx *ctx, const struct array_kind *kind, struct value *v, unsigned char *item)
{
    const char *message = NULL;
    uint64_t n;

    if (!require_int(ctx, v, true))
        return -1;
    if (int_sign(v) < 0)
        message = kind->code == 'Q' ? "can't convert negative int to unsigned"
                                    : "can't convert negative value to unsigned int";
    else if (!peek_unsigned(ctx, v, &n))
        message = kind->code == 'Q' ? "int too big to convert" : "Python int too large to convert to C unsigned long";
    else if (kind->code == 'I' && n > UINT_MAX)
        message = "unsigned int is greater than maximum";
    if (message && !ctx->raised)
        raise_format(ctx, "OverflowError", "%s", message);
    if (ctx->raised)
        return -1;
    memcpy(item, &n, kind->size);
    return 0;
}

#define INTEGER_GET(name, ctype, make)                                                                                 \
    static struct value *get_##name(struct ctx *ctx, const unsigned char *item)                                        \
    {                                                                                                                  \
        ctype n;                                                                                                       \
        memcpy(&n, item, sizeof n);                                                                                    \
        return make(ctx, n);                                                                                           \
    }

INTEGER_GET(signed_char, signed char, int_new)
INTEGER_GET(unsigned_char, unsigned char, int_new)
INTEGER_GET(short, short, int_new)
INTEGER_GET(unsigned_short, unsigned short, int_new)
INTEGER_GET(int, int, int_new)
INTEGER_GET(unsigned_int, unsigned, int_new)
INTEGER_GET(long, long, int_new)
INTEGER_GET(unsigned_long, unsigned long, int_new_unsigned)
INTEGER_GET(long_long, long long, int_new)
INTEGER_GET(unsigned_long_long, unsigned long long, int_new_unsigned)
INTEGER_GET(float, float, (float_new))
INTEGER_GET(double, double, float_new)

/* ---- floats */

static int set_float(struct ctx *ctx, const struct array_kind *kind, struct value *v, unsigned char *item)
{
    double x;
    float narrow;

    (void)kind;
    if (float_read(ctx, v, &x) < 0)
        return -1;
    narrow = (float)x;
    memcpy(item, &narrow, sizeof narrow);
    return 0;
}

static int set_double(struct ctx *ctx, const struct array_kind *kind, struct value *v, unsigned char *item)
{
    double x;

    (void)kind;
    if (float_read(ctx, v, &x) < 0)
        return -1;
    memcpy(item, &x, sizeof x);
    return 0;
}

/* ---- characters */

static struct value *get_character(struct ctx *ctx, const unsigned char *item)
{
    uint32_t c;

    memcpy(&c, item, sizeof c);
    if (c > 0x10ffff)
        return raise_format(ctx, "ValueError", "character U+%x is not in range [U+0000; U+10ffff]", (unsigned)c);
    return str_new_code_point(ctx, c);
}

static int set_character(struct ctx *ctx, const struct array_kind *kind, struct value *v, unsigned char *item)
{
    const char *p;
    uint32_t c;

    if (!str_check(v) || str_length(v) != 1) {
        if (!compat_has(ctx->rt->compat, COMPAT_ARRAY_CHARACTER_WORDS))
            raise_format(ctx, "TypeError", "array item must be unicode character");
        else if (str_check(v))
            raise_format(ctx, "TypeError", "array item must be a unicode character, not a string of length %zu",
                         str_length(v));
        else
            raise_format(ctx, "TypeError", "array item must be a unicode character, not %s", value_type_name(v));
        return -1;
    }
    p = str_peek(v, NULL);
    c = unicode_next(&p);
    memcpy(item, &c, kind->size);
    return 0;
}

/* ---- for array.c */

static const struct array_kind kinds[] = {
    {'b',
     1,
     0,
     false,
     {"signed short integer", "signed char"},
     {SHRT_MIN, SCHAR_MIN},
     {SHRT_MAX, SCHAR_MAX},
     get_signed_char,
     set_signed},
    {'B', 1, 0, false, {"unsigned byte integer", NULL}, {0, 0}, {UCHAR_MAX, 0}, get_unsigned_char, set_signed},
    {'u', sizeof(wchar_t), 0, true, {NULL, NULL}, {0, 0}, {0, 0}, get_character, set_character},
    {'w', 4, 313, true, {NULL, NULL}, {0, 0}, {0, 0}, get_character, set_character},
    {'h', sizeof(short), 0, false, {"signed short integer", NULL}, {SHRT_MIN, 0}, {SHRT_MAX, 0}, get_short, set_signed},
    {'H',
     sizeof(short),
     0,
     false,
     {"signed integer", "unsigned short"},
     {INT_MIN, 0},
     {INT_MAX, USHRT_MAX},
     get_unsigned_short,
     set_signed},
    {'i', sizeof(int), 0, false, {"signed integer", NULL}, {INT_MIN, 0}, {INT_MAX, 0}, get_int, set_signed},
    {'I', sizeof(int), 0, false, {NULL, NULL}, {0, 0}, {0, 0}, get_unsigned_int, set_unsigned},
    {'l', sizeof(long), 0, false, {NULL, NULL}, {0, 0}, {0, 0}, get_long, set_signed},
    {'L', sizeof(long), 0, false, {NULL, NULL}, {0, 0}, {0, 0}, get_unsigned_long, set_unsigned},
    {'q', sizeof(long long), 0, false, {NULL, NULL}, {0, 0}, {0, 0}, get_long_long, set_signed},
    {'Q', sizeof(long long), 0, false, {NULL, NULL}, {0, 0}, {0, 0}, get_unsigned_long_long, set_unsigned},
    {'f', sizeof(float), 0, false, {NULL, NULL}, {0, 0}, {0, 0}, get_float, set_float},
    {'d', sizeof(double), 0, false, {NULL, NULL}, {0, 0}, {0, 0}, get_double, set_double},
};

const struct array_kind *array_kind_find(char code, int compat)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (kinds[i].code == code)
            return compat_within(compat, kinds[i].since, 0) ? &kinds[i] : NULL;
    return NULL;
}

void *array_raise_typecode(struct ctx *ctx)
{
    const char *codes = compat_has(ctx->rt->compat, COMPAT_ARRAY_COMPLEX_CODES)
                            ? "b, B, u, w, h, H, i, I, l, L, q, Q, e, f, d, Zf or Zd"
                        : compat_has(ctx->rt->compat, COMPAT_ARRAY_W_LISTED)
                            ? "b, B, u, w, h, H, i, I, l, L, q, Q, f or d"
                            : "b, B, u, h, H, i, I, l, L, q, Q, f or d";

    return raise_format(ctx, "ValueError", "bad typecode (must be %s)", codes);
}
