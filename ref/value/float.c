/* SPDX-License-Identifier: MIT */
/* float, after Objects/floatobject.c: shortest repr, hash that agrees with int's, comparison with ints of any size
 * exactly. */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ref/value/core.h"

#define HASH_BITS 61
#define HASH_MODULUS (((uint64_t)1 << HASH_BITS) - 1)
#define HASH_INFINITY 314159

/* The most digits that every double keeps, and the most that any needs. */
enum { DIGITS_SAFE = DBL_DIG, DIGITS_ENOUGH = DBL_DECIMAL_DIG };

struct float_object {
    struct value head;
    double x;
};

struct value *float_new(struct ctx *ctx, double x)
{
    struct value *v = value_new(ctx, &float_type);
    if (v)
        ((struct float_object *)v)->x = x;
    return v;
}

double float_peek(const struct value *v)
{
    return ((const struct float_object *)v)->x;
}

/* ---- the shortest decimal that reads back */

/* The nearest decimal of so many digits, as d.ddde±x. Does it read back as x? */
static bool try_digits(double x, int digits, char *out)
{
    snprintf(out, 32, "%.*e", digits - 1, x);
    return strtod(out, NULL) == x;
}

/* Moves the last digit of the mantissa up, with carry; false if that needs one more digit. */
static bool increment(char *text)
{
    char *e = strchr(text, 'e');
    for (char *p = e; p-- > text;) {
        if (*p == '.')
            continue;
        if (*p < '9') {
            ++*p;
            return true;
        }
        *p = '0';
    }
    return false;
}

/* x is positive and finite. Below a power of two doubles lie closer than above, so that the nearest decimal below may
 * miss where the next one above reads back. */
static void shortest(double x, char *out)
{
    int exponent;
    bool power = frexp(x, &exponent) == 0.5;
    for (int digits = x < DBL_MIN ? 1 : DIGITS_SAFE; digits <= DIGITS_ENOUGH; digits++) {
        if (try_digits(x, digits, out))
            return;
        if (power && increment(out) && strtod(out, NULL) == x)
            return;
    }
}

/* The digits of d.ddde±x without the point and zeros at the end; returns where the point belongs: 0.DIGITS *
 * 10**result. */
static int take_apart(const char *text, char *digits)
{
    const char *e = strchr(text, 'e');
    size_t n = 0;
    for (const char *p = text; p < e; p++)
        if (*p != '.')
            digits[n++] = *p;
    while (n > 1 && digits[n - 1] == '0')
        n--;
    digits[n] = '\0';
    return atoi(e + 1) + 1;
}

void float_format(double x, char *out)
{
    char text[32], digits[32];
    if (isnan(x)) {
        memcpy(out, "nan", 4);
        return;
    }
    if (signbit(x))
        *out++ = '-';
    x = fabs(x);
    if (isinf(x) || x == 0) {
        memcpy(out, x == 0 ? "0.0" : "inf", 4);
        return;
    }
    shortest(x, text);
    int point = take_apart(text, digits), count = (int)strlen(digits);
    if (point > 16 || point < -3)
        sprintf(out, "%.1s%s%se%c%02d", digits, count > 1 ? "." : "", digits + 1, point > 0 ? '+' : '-',
                abs(point - 1));
    else if (point <= 0)
        sprintf(out, "0.%.*s%s", -point, "000", digits);
    else if (point >= count)
        sprintf(out, "%s%.*s.0", digits, point - count, "0000000000000000");
    else
        sprintf(out, "%.*s.%s", point, digits, digits + point);
}

static struct value *float_repr(struct ctx *ctx, struct value *v)
{
    char text[32];
    float_format(float_peek(v), text);
    return str_new_text(ctx, text);
}

/* ---- comparison and hash */

static int float_truth(struct ctx *ctx, struct value *v)
{
    (void)ctx;
    return float_peek(v) != 0;
}

static int compare_doubles(enum compare_op op, double x, double y)
{
    if (isnan(x) || isnan(y))
        return op == COMPARE_NE;
    return compare_holds(op, x < y ? -1 : x > y);
}

static int float_compare(struct ctx *ctx, enum compare_op op, struct value *a, struct value *b)
{
    double x = float_peek(a);
    (void)ctx;
    if (b->type == &float_type)
        return compare_doubles(op, x, float_peek(b));
    if (!int_check(b))
        return COMPARE_UNSUPPORTED;
    return isnan(x) ? op == COMPARE_NE : compare_holds(op, -int_compare_double(b, x));
}

int64_t float_hash_double(double x, const struct value *v, int compat)
{
    int exponent;
    uint64_t h = 0;
    if (isnan(x))
        return !compat_has(compat, COMPAT_NAN_HASH) ? 0 : (int64_t)((uintptr_t)v >> 4);
    if (isinf(x))
        return x > 0 ? HASH_INFINITY : -HASH_INFINITY;
    double m = frexp(fabs(x), &exponent);
    while (m != 0) {
        h = (h << 28 & HASH_MODULUS) | h >> (HASH_BITS - 28);
        m *= 268435456.0; /* 2**28 */
        exponent -= 28;
        uint64_t whole = (uint64_t)m;
        m -= (double)whole;
        h += whole;
        if (h >= HASH_MODULUS)
            h -= HASH_MODULUS;
    }
    int shift = exponent >= 0 ? exponent % HASH_BITS : HASH_BITS - 1 - (-1 - exponent) % HASH_BITS;
    h = (h << shift & HASH_MODULUS) | h >> (HASH_BITS - shift);
    int64_t result = x < 0 ? -(int64_t)h : (int64_t)h;
    return result == -1 ? -2 : result;
}

static int float_hash(struct ctx *ctx, struct value *v, int64_t *out)
{
    *out = float_hash_double(float_peek(v), v, ctx->rt->compat);
    return 0;
}

/* ---- arithmetic */

int float_from_number(struct ctx *ctx, const struct value *v, double *out)
{
    if (v->type == &float_type) {
        *out = float_peek(v);
        return 1;
    }
    if (!int_check(v))
        return 0;
    *out = int_to_double(v);
    if (!isinf(*out))
        return 1;
    raise_format(ctx, "OverflowError", "int too large to convert to float");
    return -1;
}

int float_read(struct ctx *ctx, const struct value *v, double *out)
{
    int known = float_from_number(ctx, v, out);

    if (known == 0 && !compat_has(ctx->rt->compat, COMPAT_REAL_WORDS) && value_is(v, &complex_type))
        raise_format(ctx, "TypeError", "can't convert complex to float");
    else if (known == 0)
        raise_format(ctx, "TypeError", "must be real number, not %s", value_type_name(v));
    return known > 0 ? 0 : -1;
}

static struct value *float_binary(struct ctx *ctx, enum binary_op op, struct value *a, struct value *b)
{
    double x, y;
    if (op > BINARY_MUL)
        return &value_not_implemented;
    int left = float_from_number(ctx, a, &x), right = left > 0 ? float_from_number(ctx, b, &y) : 0;
    if (left < 0 || right < 0)
        return NULL;
    if (left == 0 || right == 0)
        return &value_not_implemented;
    return float_new(ctx, op == BINARY_ADD ? x + y : op == BINARY_SUB ? x - y : x * y);
}

const struct type float_type = {
    .name = "float",
    .module = "builtins",
    .size = sizeof(struct float_object),
    .truth = float_truth,
    .compare = float_compare,
    .hash = float_hash,
    .repr = float_repr,
    .binary = float_binary,
};
