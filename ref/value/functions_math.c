/* SPDX-License-Identifier: MIT */
/* Functions of module math: those of C's library with Python's errors (Modules/mathmodule.c), and those of integers. */
#include <math.h>

#include "ref/base/limits.h"
#include "ref/value/functions.h"

/* What is wrong with an argument outside of a function's domain: since 3.14 the message says what was expected. */
static void *domain(struct ctx *ctx, const char *expected, double x)
{
    struct value *v, *repr;

    if (!compat_has(ctx->rt->compat, COMPAT_MATH_DOMAIN_WORDS))
        return raise_format(ctx, "ValueError", "math domain error");
    v = float_new(ctx, x);
    repr = v ? value_repr(ctx, v) : NULL;
    if (repr)
        raise_format(ctx, "ValueError", "expected a %s, got %s", expected, str_peek(repr, NULL));
    value_release(v);
    value_release(repr);
    return NULL;
}

/* A result that is not finite though the argument is: outside of the domain, or too large. */
static struct value *checked(struct ctx *ctx, const char *expected, double x, double result)
{
    if (isnan(result) && !isnan(x))
        return domain(ctx, expected, x);
    if (isinf(result) && isfinite(x))
        return raise_format(ctx, "OverflowError", "math range error");
    return float_new(ctx, result);
}

#define REAL(name, expected)                                                                                           \
    FUNCTION(name)                                                                                                     \
    {                                                                                                                  \
        double x;                                                                                                      \
        UNUSED;                                                                                                        \
        return float_read(ctx, argv[0], &x) ? NULL : checked(ctx, expected, x, name(x));                               \
    }
REAL(sqrt, "nonnegative input")
REAL(exp, "number")
REAL(sin, "finite input")
REAL(cos, "finite input")
REAL(tan, "finite input")
REAL(asin, "number in range from -1 up to 1")
REAL(acos, "number in range from -1 up to 1")
REAL(atan, "number")
REAL(fabs, "number")

/* ---- logarithms, of ints of any size */

/* The logarithm of a positive int beyond a double, from its first bits and how many follow. */
static double log_of_large(struct ctx *ctx, struct value *v, double (*f)(double))
{
    struct value *bits = NULL, *first = NULL;
    struct buf bytes;
    double x = 1;
    int64_t rest = 0;
    int exponent = 0;

    buf_init(&bytes, SIZE_MAX);
    if (!int_to_bytes(ctx, v, &bytes)) {
        rest = ((int64_t)bytes.used - 100) * 8;
        bits = int_new(ctx, rest);
    }
    buf_free(&bytes);
    first = bits ? number_shift(ctx, v, bits, false) : NULL;
    if (first)
        x = frexp(int_to_double(first), &exponent);
    value_release(bits);
    value_release(first);
    return f(x) + f(2) * (double)(rest + exponent);
}

static struct value *logarithm(struct ctx *ctx, struct value *v, double (*f)(double))
{
    bool whole = int_check(v);
    double x = 1;

    if (whole ? int_sign(v) <= 0 : float_read(ctx, v, &x) || x <= 0) {
        if (ctx->raised)
            return NULL;
        if (whole && compat_has(ctx->rt->compat, COMPAT_MATH_DOMAIN_WORDS))
            return raise_format(ctx, "ValueError", "expected a positive input");
        return domain(ctx, "positive input", x);
    }
    if (!whole)
        return float_new(ctx, f(x));
    x = int_to_double(v);
    x = isinf(x) ? log_of_large(ctx, v, f) : f(x);
    return ctx->raised ? NULL : float_new(ctx, x);
}

FUNCTION(log)
{
    struct value *numerator, *denominator, *result = NULL;

    UNUSED;
    if ((argc < 1 || argc > 2) && !compat_has(ctx->rt->compat, COMPAT_LOG_ARGUMENTS_WORDS))
        return raise_format(ctx, "TypeError", "math.log requires 1 to 2 arguments");
    if (argc < 1 || argc > 2)
        return raise_format(ctx, "TypeError", "log expected at %s %d argument%s, got %zu", argc ? "most" : "least",
                            argc ? 2 : 1, argc ? "s" : "", argc);
    numerator = logarithm(ctx, argv[0], log);
    if (!numerator || argc == 1)
        return numerator;
    denominator = logarithm(ctx, argv[1], log);
    if (denominator)
        result = number_true_divide(ctx, numerator, denominator);
    value_release(numerator);
    value_release(denominator);
    return result;
}

FUNCTION(log2)
{
    UNUSED;
    return logarithm(ctx, argv[0], log2);
}

FUNCTION(log10)
{
    UNUSED;
    return logarithm(ctx, argv[0], log10);
}

/* ---- two arguments */

FUNCTION(pow)
{
    double x, y, result;

    UNUSED;
    if (float_read(ctx, argv[0], &x) || float_read(ctx, argv[1], &y))
        return NULL;
    result = pow(x, y);
    if (isfinite(x) && isfinite(y) && (isnan(result) || (isinf(result) && x == 0)))
        return raise_format(ctx, "ValueError", "math domain error");
    if (isfinite(x) && isfinite(y) && isinf(result))
        return raise_format(ctx, "OverflowError", "math range error");
    return float_new(ctx, result);
}

FUNCTION(atan2)
{
    double y, x;

    UNUSED;
    return float_read(ctx, argv[0], &y) || float_read(ctx, argv[1], &x) ? NULL : float_new(ctx, atan2(y, x));
}

FUNCTION(fmod)
{
    double x, y;

    UNUSED;
    if (float_read(ctx, argv[0], &x) || float_read(ctx, argv[1], &y))
        return NULL;
    if (!isnan(x) && !isnan(y) && isnan(fmod(x, y)))
        return raise_format(ctx, "ValueError", "math domain error");
    return float_new(ctx, fmod(x, y));
}

FUNCTION(copysign)
{
    double x, y;

    UNUSED;
    return float_read(ctx, argv[0], &x) || float_read(ctx, argv[1], &y) ? NULL : float_new(ctx, copysign(x, y));
}

/* ---- to integers */

static struct value *to_int(struct ctx *ctx, struct value *v, double (*f)(double))
{
    double x;

    if (int_check(v))
        return number_plain(ctx, v);
    return float_read(ctx, v, &x) ? NULL : number_truncate(ctx, f(x));
}

FUNCTION(floor)
{
    UNUSED;
    return to_int(ctx, argv[0], floor);
}

FUNCTION(ceil)
{
    UNUSED;
    return to_int(ctx, argv[0], ceil);
}

FUNCTION(trunc)
{
    UNUSED;
    if (!int_check(argv[0]) && !value_is(argv[0], &float_type))
        return raise_format(ctx, "TypeError", "type %s doesn't define __trunc__ method", value_type_name(argv[0]));
    return to_int(ctx, argv[0], trunc);
}

/* ---- integers */

/* The greatest common divisor of two ints, not negative. */
static struct value *gcd_take(struct ctx *ctx, struct value *a, struct value *b)
{
    while (a && b && int_sign(b)) {
        struct value *rest = number_remainder(ctx, a, b);
        value_release(a);
        a = b;
        b = rest;
    }
    value_release(b);
    if (!ctx->raised && int_sign(a) < 0) {
        b = number_negative(ctx, a, "");
        value_release(a);
        return b;
    }
    if (!ctx->raised)
        return a;
    value_release(a);
    return NULL;
}

FUNCTION(gcd)
{
    struct value *result = int_new(ctx, 0);

    UNUSED;
    for (size_t i = 0; result && i < argc; i++)
        result = gcd_take(ctx, result, number_index(ctx, argv[i]));
    return result;
}

/* Up to 3.9 a float that is a whole number is accepted. */
static struct value *factorial_argument(struct ctx *ctx, struct value *v)
{
    double x;

    if (!value_is(v, &float_type) || compat_has(ctx->rt->compat, COMPAT_FACTORIAL_OF_INTS))
        return number_index(ctx, v);
    x = float_peek(v);
    if (!isfinite(x) || x != floor(x))
        return raise_format(ctx, "ValueError", "factorial() only accepts integral values");
    return number_truncate(ctx, x);
}

FUNCTION(factorial)
{
    struct value *n = factorial_argument(ctx, argv[0]), *result;
    int64_t count = 0;
    bool small;

    UNUSED;
    if (!n)
        return NULL;
    small = int_peek_i64(n, &count);
    if (int_sign(n) < 0)
        raise_format(ctx, "ValueError", "factorial() not defined for negative values");
    else if (!small)
        raise_format(ctx, "OverflowError", "factorial() argument should not exceed 9223372036854775807");
    value_release(n);
    result = ctx->raised ? NULL : int_new(ctx, 1);
    for (int64_t i = 2; result && i <= count; i++) {
        struct value *factor = int_new(ctx, i),
                     *product = factor ? value_binary(ctx, BINARY_MUL, result, factor) : NULL;
        value_release(factor);
        value_release(result);
        result = product;
    }
    return result;
}

/* Newton's method, from above. */
FUNCTION(isqrt)
{
    struct value *n = number_index(ctx, argv[0]), *x = n ? value_ref(n) : NULL, *one = int_new(ctx, 1);

    UNUSED;
    if (n && int_sign(n) < 0)
        raise_format(ctx, "ValueError", "isqrt() argument must be nonnegative");
    while (!ctx->raised && int_sign(x)) {
        struct value *q = number_floor_divide(ctx, n, x), *sum = q ? value_binary(ctx, BINARY_ADD, x, q) : NULL,
                     *next = sum ? number_shift(ctx, sum, one, false) : NULL;
        int less = next ? value_compare(ctx, COMPARE_LT, next, x) : -1;
        value_release(q);
        value_release(sum);
        if (less > 0) {
            value_release(x);
            x = next;
            continue;
        }
        value_release(next);
        break;
    }
    value_release(n);
    value_release(one);
    if (!ctx->raised)
        return x;
    value_release(x);
    return NULL;
}

/* ---- tables */

const struct method functions_math[] = {
    ONE(acos),
    ONE(asin),
    ONE(atan),
    TWO(atan2),
    ONE(ceil),
    TWO(copysign),
    ONE(cos),
    ONE(exp),
    ONE(fabs),
    ONE(factorial),
    ONE(floor),
    TWO(fmod),
    {"gcd", CALL_POSITIONAL, 2, 2, 0, 308, NULL, function_gcd},
    {"gcd", CALL_POSITIONAL, 0, -1, 309, 0, NULL, function_gcd},
    ONE(isqrt),
    {"log", CALL_VARARGS, 0, -1, 0, 0, NULL, function_log},
    ONE(log10),
    ONE(log2),
    TWO(pow),
    ONE(sin),
    ONE(sqrt),
    ONE(tan),
    ONE(trunc),
    {0},
};
