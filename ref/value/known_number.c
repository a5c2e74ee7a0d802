/* SPDX-License-Identifier: MIT */
/* Decimal and Fraction among all numbers: each is a fraction of two texts of decimal digits, in which ints and floats
 * are exact, too.  Mirrors Decimal.__eq__, Fraction.__eq__, their orders, and the hash of the documentation of numeric
 * types ("Hashing of numeric types"). */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ref/base/limits.h"
#include "ref/value/core.h"
#include "ref/value/known.h"

/* Longer ones count as their reductions: 1E+999999 is not spelled out. */
enum { DIGITS = 5000 };
/* What a float's digits need: 309 before the point, 1074 behind it. */
enum { FLOAT_TEXT = 1400 };
static const uint64_t modulus = ((uint64_t)1 << 61) - 1;
enum { HASH_OF_INFINITY = 314159 };

enum kind { KIND_NONE, KIND_DECIMAL, KIND_FRACTION, KIND_INT, KIND_FLOAT };
enum class { FINITE, INFINITE, NOT_A_NUMBER };

struct number {
    enum kind kind;
    enum class class;
    bool negative;
    struct buf above, below; /* digits */
};

static void number_free(struct number *n)
{
    buf_free(&n->above);
    buf_free(&n->below);
}

static void put_zeros(struct buf *b, long count)
{
    while (count-- > 0)
        buf_put_byte(b, '0');
}

/* What str(Decimal) writes. True if that is what text is, and it is short enough. */
static bool parse_decimal(const char *text, struct number *n)
{
    const char *p = text + (*text == '-');
    long exponent = 0;
    char *end;

    n->negative = *text == '-';
    n->class = !strncmp(p, "NaN", 3) || !strncmp(p, "sNaN", 4) ? NOT_A_NUMBER
               : !strcmp(p, "Infinity")                        ? INFINITE
                                                               : FINITE;
    if (n->class != FINITE)
        return true;
    for (bool behind = false; *p && *p != 'E'; p++) {
        if (*p == '.' && !behind)
            behind = true;
        else if (*p < '0' || *p > '9')
            return false;
        else {
            buf_put_byte(&n->above, (unsigned char)*p);
            exponent -= behind;
        }
    }
    if (*p == 'E') {
        long e = strtol(p + 1, &end, 10);
        if (*end || end == p + 1 || e > DIGITS || e < -DIGITS)
            return false;
        exponent += e;
    }
    buf_put_byte(&n->below, '1');
    put_zeros(exponent < 0 ? &n->below : &n->above, labs(exponent));
    return n->above.used > 0 && n->above.used <= DIGITS && n->below.used <= DIGITS;
}

/* Digits of an int, its sign apart; false after MemoryError, too. */
static bool put_int(struct ctx *ctx, const struct value *v, struct buf *digits, bool *negative)
{
    if (!int_check(v) || int_to_decimal(ctx, v, digits))
        return false;
    *negative = digits->used && digits->data[0] == '-';
    if (*negative)
        memmove(digits->data, digits->data + 1, --digits->used);
    return !digits->failed && digits->used <= DIGITS;
}

/* Fraction(1, 3), or, in pickles of 3.10 and before, Fraction('1/3'). */
static bool parse_fraction(struct ctx *ctx, const struct value *args, struct number *n)
{
    const char *text, *slash;
    bool below_zero;

    if (tuple_length(args) == 2)
        return put_int(ctx, tuple_peek(args, 0), &n->above, &n->negative) &&
               put_int(ctx, tuple_peek(args, 1), &n->below, &below_zero) && !below_zero;
    if (tuple_length(args) != 1 || !str_check(tuple_peek(args, 0)))
        return false;
    text = str_peek(tuple_peek(args, 0), NULL);
    n->negative = *text == '-';
    text += n->negative;
    slash = strchr(text, '/');
    buf_put(&n->above, text, slash ? (size_t)(slash - text) : strlen(text));
    buf_put_text(&n->below, slash ? slash + 1 : "1");
    for (size_t i = 0; i < n->above.used; i++)
        if (n->above.data[i] < '0' || n->above.data[i] > '9')
            return false;
    return n->above.used && n->above.used <= DIGITS && n->below.used <= DIGITS &&
           strspn(slash ? slash + 1 : "1", "0123456789") == n->below.used;
}

static bool parse_float(double x, struct number *n)
{
    char text[FLOAT_TEXT];

    n->class = isnan(x) ? NOT_A_NUMBER : isinf(x) ? INFINITE : FINITE;
    n->negative = x < 0;
    if (n->class != FINITE)
        return true;
    snprintf(text, sizeof text, "%.1074f", x);
    for (size_t end = strlen(text); text[end - 1] == '0'; end--)
        text[end - 1] = '\0';
    return parse_decimal(text, n);
}

/* False if v is no number that is known; something may be raised then. number_free in either case. */
static bool parse(struct ctx *ctx, const struct value *v, struct number *n)
{
    const struct value *args = value_is(v, &opaque_type) ? opaque_args_peek(v) : NULL;
    bool read = false;

    *n = (struct number){.kind = KIND_NONE};
    buf_init(&n->above, LIMIT_VALUE_SIZE);
    buf_init(&n->below, LIMIT_VALUE_SIZE);
    if (known_is(v, "decimal", "Decimal")) {
        n->kind = KIND_DECIMAL;
        read = tuple_length(args) == 1 && str_check(tuple_peek(args, 0)) &&
               parse_decimal(str_peek(tuple_peek(args, 0), NULL), n);
    } else if (known_is(v, "fractions", "Fraction")) {
        n->kind = KIND_FRACTION;
        read = parse_fraction(ctx, args, n);
    } else if (int_check(v)) {
        n->kind = KIND_INT;
        read = put_int(ctx, v, &n->above, &n->negative);
        buf_put_byte(&n->below, '1');
    } else if (v->type == &float_type) {
        n->kind = KIND_FLOAT;
        read = parse_float(float_peek(v), n);
    }
    if (!n->above.failed && !n->below.failed)
        return read;
    raise_memory(ctx);
    return false;
}

/* ---- comparison */

/* above of one times below of the other, with the sign; new. */
static struct value *cross(struct ctx *ctx, const struct number *a, const struct number *b)
{
    struct value *above = int_new_decimal(ctx, (const char *)a->above.data, a->above.used),
                 *below = above ? int_new_decimal(ctx, (const char *)b->below.data, b->below.used) : NULL,
                 *product = below ? value_binary(ctx, BINARY_MUL, above, below) : NULL, *zero, *result;

    value_release(above);
    value_release(below);
    if (!product || !a->negative)
        return product;
    zero = int_new(ctx, 0);
    result = zero ? value_binary(ctx, BINARY_SUB, zero, product) : NULL;
    value_release(zero);
    value_release(product);
    return result;
}

static int compare_finite(struct ctx *ctx, enum compare_op op, const struct number *a, const struct number *b)
{
    struct value *left = cross(ctx, a, b), *right = left ? cross(ctx, b, a) : NULL;
    int result = right ? value_compare(ctx, op, left, right) : -1;

    value_release(left);
    value_release(right);
    return result;
}

/* The order of infinities, and of what is finite against them. */
static int rank(const struct number *n)
{
    return n->class != INFINITE ? 0 : n->negative ? -1 : 1;
}

static int compare_parsed(struct ctx *ctx, enum compare_op op, const struct number *a, const struct number *b)
{
    bool equality = op == COMPARE_EQ || op == COMPARE_NE;

    if (a->class == NOT_A_NUMBER || b->class == NOT_A_NUMBER) /* an order with them is InvalidOperation in Python */
        return equality ? op == COMPARE_NE : COMPARE_UNSUPPORTED;
    if (!equality && a->kind + b->kind == KIND_DECIMAL + KIND_FRACTION && a->kind != b->kind)
        return COMPARE_UNSUPPORTED;
    if (rank(a) || rank(b))
        return compare_holds(op, rank(a) - rank(b));
    return compare_finite(ctx, op, a, b);
}

int number_compare(struct ctx *ctx, enum compare_op op, struct value *a, struct value *b)
{
    struct number x, y;
    bool first = parse(ctx, a, &x), both = parse(ctx, b, &y) && first;
    int result = ctx->raised ? -1 : both ? compare_parsed(ctx, op, &x, &y) : KNOWN_NOT;

    number_free(&x);
    number_free(&y);
    return result;
}

/* ---- hash */

/* a * b % modulus, for a and b below it, bit by bit: C has no type for the product. */
static uint64_t times(uint64_t a, uint64_t b)
{
    uint64_t product = 0;

    for (; b; b >>= 1) {
        if (b & 1)
            product = (product + a) % modulus;
        a = 2 * a % modulus;
    }
    return product;
}

static uint64_t remainder_of(const struct buf *digits)
{
    uint64_t r = 0;

    for (size_t i = 0; i < digits->used; i++)
        r = (times(r, 10) + (uint64_t)(digits->data[i] - '0')) % modulus;
    return r;
}

/* 1 / n in the field of the modulus: n ** (modulus - 2). */
static uint64_t inverse(uint64_t n)
{
    uint64_t result = 1;

    for (uint64_t power = modulus - 2; power; power >>= 1) {
        if (power & 1)
            result = times(result, n);
        n = times(n, n);
    }
    return result;
}

int number_hash(struct ctx *ctx, struct value *v, int64_t *out)
{
    struct number n;
    bool read = parse(ctx, v, &n);
    uint64_t below = read && n.class == FINITE ? remainder_of(&n.below) : 0;

    *out = HASH_OF_INFINITY;
    if (below)
        *out = (int64_t)times(remainder_of(&n.above), inverse(below));
    if (read && n.class == NOT_A_NUMBER)
        *out = (int64_t)((uintptr_t)v >> 4);
    if (n.negative)
        *out = -*out;
    if (*out == -1)
        *out = -2;
    number_free(&n);
    return ctx->raised ? -1 : read ? 0 : KNOWN_NOT;
}

/* ---- repr */

struct value *number_repr(struct ctx *ctx, struct value *v)
{
    struct number n;
    struct value *result = NULL;

    if (parse(ctx, v, &n) && n.kind == KIND_FRACTION)
        result = str_printf(ctx, "Fraction(%s%.*s, %.*s)", n.negative ? "-" : "", (int)n.above.used, n.above.data,
                            (int)n.below.used, n.below.data);
    else if (n.kind == KIND_DECIMAL && !ctx->raised && tuple_length(opaque_args_peek(v)) == 1 &&
             str_check(tuple_peek(opaque_args_peek(v), 0)))
        result = str_printf(ctx, "Decimal('%s')", str_peek(tuple_peek(opaque_args_peek(v), 0), NULL));
    number_free(&n);
    return result;
}
