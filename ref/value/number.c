/* SPDX-License-Identifier: MIT */
/* Arithmetic that no value needs by itself, but functions do: division, powers, shifts. After Objects/longobject.c and
 * Objects/floatobject.c; complex numbers are not divided here. */
#include <errno.h>
#include <math.h>
#include <stdio.h>

#include "ref/base/limits.h"
#include "ref/value/functions.h"

static void *unsupported(struct ctx *ctx, const char *symbol, const struct value *a, const struct value *b)
{
    return raise_format(ctx, "TypeError", "unsupported operand type(s) for %s: '%.100s' and '%.100s'", symbol,
                        value_type_name(a), value_type_name(b));
}

/* The same of an operation that floors: complex numbers had words of their own. */
static void *unsupported_floor(struct ctx *ctx, const char *symbol, const char *of_complex, const struct value *a,
                               const struct value *b)
{
    if (!compat_has(ctx->rt->compat, COMPAT_COMPLEX_FLOOR_WORDS) &&
        (value_is(a, &complex_type) || value_is(b, &complex_type)))
        return raise_format(ctx, "TypeError", "%s", of_complex);
    return unsupported(ctx, symbol, a, b);
}

/* Both as doubles, one of them being a float: 1; 0 if they are not, -1 after raising. */
static int as_floats(struct ctx *ctx, struct value *a, struct value *b, double *x, double *y)
{
    int known;

    if (!value_is(a, &float_type) && !value_is(b, &float_type))
        return 0;
    known = float_from_number(ctx, a, x);
    return known > 0 ? float_from_number(ctx, b, y) : known;
}

/* raise ZeroDivisionError, in words that were made one in 3.14. */
static void *by_zero(struct ctx *ctx, const char *old)
{
    return raise_format(ctx, "ZeroDivisionError", "%s",
                        compat_has(ctx->rt->compat, COMPAT_ZERO_DIVISION_WORDS) ? "division by zero" : old);
}

/* ---- ints and signs */

struct value *number_index(struct ctx *ctx, struct value *v)
{
    if (int_check(v))
        return number_plain(ctx, v);
    return raise_format(ctx, "TypeError", "'%s' object cannot be interpreted as an integer", value_type_name(v));
}

struct value *number_negative(struct ctx *ctx, struct value *v, const char *what)
{
    struct value *zero, *result;
    double real, imag;

    if (value_is(v, &float_type))
        return float_new(ctx, -float_peek(v));
    if (value_is(v, &complex_type)) {
        complex_peek(v, &real, &imag);
        return complex_new(ctx, -real, -imag);
    }
    if (!int_check(v))
        return raise_format(ctx, "TypeError", "bad operand type for %s: '%s'", what, value_type_name(v));
    zero = int_new(ctx, 0);
    result = zero ? value_binary(ctx, BINARY_SUB, zero, v) : NULL;
    value_release(zero);
    return result;
}

struct value *number_plain(struct ctx *ctx, struct value *v)
{
    return v->type == &bool_type ? int_new(ctx, v == &value_true) : value_ref(v);
}

/* Exactly, as its decimal expansion has no digit behind the point. */
struct value *number_truncate(struct ctx *ctx, double x)
{
    char text[400];

    if (isnan(x))
        return raise_format(ctx, "ValueError", "cannot convert float NaN to integer");
    if (isinf(x))
        return raise_format(ctx, "OverflowError", "cannot convert float infinity to integer");
    return int_new_decimal(ctx, text, (size_t)snprintf(text, sizeof text, "%.0f", trunc(x)));
}

/* ---- floor division */

/* The result takes the place of both operands. */
static struct value *combine_take(struct ctx *ctx, enum binary_op op, struct value *a, struct value *b)
{
    struct value *result = a && b ? value_binary(ctx, op, a, b) : NULL;

    value_release(a);
    value_release(b);
    return result;
}

static struct value *int_remainder(struct ctx *ctx, struct value *a, struct value *b)
{
    struct value *quotient = int_floor_div(ctx, a, b);

    return combine_take(ctx, BINARY_SUB, value_ref(a),
                        combine_take(ctx, BINARY_MUL, quotient, quotient ? value_ref(b) : NULL));
}

/* Python's divmod of floats: the remainder has the sign of y. */
static double float_divmod(double x, double y, double *remainder)
{
    double rest = fmod(x, y), quotient = (x - rest) / y;

    if (rest != 0 && (y < 0) != (rest < 0)) {
        rest += y;
        quotient -= 1;
    } else if (rest == 0)
        rest = copysign(0, y);
    *remainder = rest;
    if (quotient == 0)
        return copysign(0, x / y);
    return quotient - floor(quotient) > 0.5 ? floor(quotient) + 1 : floor(quotient);
}

struct value *number_floor_divide(struct ctx *ctx, struct value *a, struct value *b)
{
    double x, y, rest;
    int floats = as_floats(ctx, a, b, &x, &y), compat = ctx->rt->compat;

    if (floats < 0)
        return NULL;
    if (floats)
        return y == 0
                   ? by_zero(ctx, compat_has(compat, COMPAT_FLOAT_FLOOR_DIVISION_WORDS) ? "float floor division by zero"
                                                                                        : "float divmod()")
                   : float_new(ctx, float_divmod(x, y, &rest));
    if (!int_check(a) || !int_check(b))
        return unsupported_floor(ctx, "//", "can't take floor of complex number.", a, b);
    return int_sign(b) ? int_floor_div(ctx, a, b) : by_zero(ctx, "integer division or modulo by zero");
}

struct value *number_remainder(struct ctx *ctx, struct value *a, struct value *b)
{
    double x, y, rest = 0;
    int floats = as_floats(ctx, a, b, &x, &y), compat = ctx->rt->compat;

    if (floats < 0)
        return NULL;
    if (floats && y == 0)
        return by_zero(ctx, compat_has(compat, COMPAT_FLOAT_MODULO_WORDS) ? "float modulo by zero" : "float modulo");
    if (floats) {
        float_divmod(x, y, &rest);
        return float_new(ctx, rest);
    }
    if (str_check(a) || value_is(a, &bytes_type) || value_is(a, &bytearray_type))
        return raise_format(ctx, "TypeError", "formatting with %% cannot be done here");
    if (!int_check(a) || !int_check(b))
        return unsupported_floor(ctx, "%", "can't mod complex numbers.", a, b);
    if (!int_sign(b))
        return by_zero(ctx, compat_has(compat, COMPAT_INT_MODULO_WORDS) ? "integer modulo by zero"
                                                                        : "integer division or modulo by zero");
    return int_remainder(ctx, a, b);
}

struct value *number_divmod(struct ctx *ctx, struct value *a, struct value *b)
{
    double x, y, quotient, rest;
    int floats = as_floats(ctx, a, b, &x, &y);

    if (floats < 0)
        return NULL;
    if (floats && y == 0)
        return by_zero(ctx, "float divmod()");
    if (floats) {
        quotient = float_divmod(x, y, &rest);
        return tuple_pack_take(ctx, 2, float_new(ctx, quotient), float_new(ctx, rest));
    }
    if (!int_check(a) || !int_check(b))
        return unsupported_floor(ctx, "divmod()", "can't take floor or mod of complex number.", a, b);
    if (!int_sign(b))
        return by_zero(ctx, "integer division or modulo by zero");
    return tuple_pack_take(ctx, 2, int_floor_div(ctx, a, b), int_remainder(ctx, a, b));
}

/* ---- true division */

static struct value *magnitude(struct ctx *ctx, struct value *v)
{
    return int_sign(v) < 0 ? number_negative(ctx, v, "") : value_ref(v);
}

/* Bits that a double has exactly. */
static bool is_exact(const struct value *v, double *out)
{
    int64_t n;

    if (!int_peek_i64(v, &n) || n > (int64_t)1 << 53 || n < -((int64_t)1 << 53))
        return false;
    *out = (double)n;
    return true;
}

/* The size in bits, to the byte. -1 after raising. */
static int64_t size_of(struct ctx *ctx, const struct value *v)
{
    struct buf b;
    int64_t size;

    buf_init(&b, SIZE_MAX);
    size = int_to_bytes(ctx, v, &b) ? -1 : (int64_t)b.used * 8;
    buf_free(&b);
    return size;
}

static struct value *shifted(struct ctx *ctx, struct value *v, int64_t bits)
{
    struct value *n = int_new(ctx, bits), *result = n ? number_shift(ctx, v, n, true) : NULL;

    value_release(n);
    return result;
}

/* a / b rounded once: a quotient of at least 64 bits, whose last bit also tells whether anything is left over. */
static struct value *divide_large(struct ctx *ctx, struct value *a, struct value *b)
{
    struct value *p = magnitude(ctx, a), *q = p ? magnitude(ctx, b) : NULL, *quotient = NULL, *rest = NULL, *two = NULL;
    int64_t bits = q ? 72 + size_of(ctx, q) - size_of(ctx, p) : 0;
    double x = 0;

    bits = bits > 0 ? bits : 0;
    if (q && !ctx->raised) {
        struct value *scaled = shifted(ctx, p, bits);
        quotient = scaled ? int_floor_div(ctx, scaled, q) : NULL;
        rest = quotient ? int_remainder(ctx, scaled, q) : NULL;
        value_release(scaled);
    }
    two = rest ? shifted(ctx, quotient, 1) : NULL;
    value_release(quotient);
    quotient = two;
    if (two && int_sign(rest))
        quotient = combine_take(ctx, BINARY_ADD, two, int_new(ctx, 1));
    if (quotient)
        x = ldexp(int_to_double(quotient), (int)-bits - 1);
    value_release(p);
    value_release(q);
    value_release(rest);
    value_release(quotient);
    if (ctx->raised)
        return NULL;
    if (isinf(x))
        return raise_format(ctx, "OverflowError", "integer division result too large for a float");
    return float_new(ctx, (int_sign(a) < 0) != (int_sign(b) < 0) ? -x : x);
}

struct value *number_true_divide(struct ctx *ctx, struct value *a, struct value *b)
{
    double x, y;
    int floats = as_floats(ctx, a, b, &x, &y);

    if (floats < 0)
        return NULL;
    if (floats)
        return y == 0 ? by_zero(ctx, "float division by zero") : float_new(ctx, x / y);
    if (!int_check(a) || !int_check(b))
        return unsupported(ctx, "/", a, b);
    if (!int_sign(b))
        return by_zero(ctx, "division by zero");
    return is_exact(a, &x) && is_exact(b, &y) ? float_new(ctx, x / y) : divide_large(ctx, a, b);
}

/* ---- powers */

static struct value *float_power(struct ctx *ctx, double x, double y)
{
    double result;

    if (x == 0 && y < 0)
        return raise_format(ctx, "ZeroDivisionError",
                            compat_has(ctx->rt->compat, COMPAT_ZERO_DIVISION_WORDS)
                                ? "zero to a negative power"
                                : "0.0 cannot be raised to a negative power");
    if (x < 0 && isfinite(x) && isfinite(y) && y != floor(y)) { /* complex power */
        double size = pow(-x, y), angle = atan2(0, -1) * y;
        return complex_new(ctx, size * cos(angle), size * sin(angle));
    }
    result = pow(x, y);
    if (isinf(result) && isfinite(x) && isfinite(y)) {
        struct value *args =
            tuple_pack_take(ctx, 2, int_new(ctx, ERANGE), str_new_text(ctx, "Numerical result out of range"));
        if (args)
            raise_take(ctx,
                       exception_new(ctx, exception_class_find("builtins", "OverflowError", ctx->rt->compat), args));
        value_release(args);
        return NULL;
    }
    return float_new(ctx, result);
}

/* v % modulus, or v itself without one; v is consumed. */
static struct value *reduce_take(struct ctx *ctx, struct value *v, struct value *modulus)
{
    struct value *rest = v && modulus ? int_remainder(ctx, v, modulus) : v;

    if (rest != v)
        value_release(v);
    else if (v && modulus && ctx->raised) {
        value_release(v);
        return NULL;
    }
    return rest;
}

/* a ** n, n not negative, from its highest bit down; modulus may be NULL. */
static struct value *int_power(struct ctx *ctx, struct value *a, struct value *n, struct value *modulus)
{
    struct value *base = number_plain(ctx, a), *result = reduce_take(ctx, int_new(ctx, 1), modulus);
    struct buf bits;

    buf_init(&bits, SIZE_MAX);
    if (int_to_bytes(ctx, n, &bits) == 0)
        for (size_t i = bits.used * 8; base && result && i-- > 0;) {
            result = reduce_take(ctx, combine_take(ctx, BINARY_MUL, value_ref(result), result), modulus);
            if (result && bits.data[i / 8] >> i % 8 & 1)
                result = reduce_take(ctx, combine_take(ctx, BINARY_MUL, result, value_ref(base)), modulus);
        }
    buf_free(&bits);
    value_release(base);
    if (!ctx->raised)
        return result;
    value_release(result);
    return NULL;
}

/* Would a ** n have more bits than any machine holds? */
static bool too_large(struct ctx *ctx, struct value *a, struct value *n)
{
    int64_t small, exponent, bits = size_of(ctx, a);

    if (bits < 0 || (int_peek_i64(a, &small) && small >= -1 && small <= 1))
        return false;
    return !int_peek_i64(n, &exponent) || (bits && exponent > LIMIT_POWER_BITS / bits);
}

struct value *number_power(struct ctx *ctx, struct value *a, struct value *b)
{
    double x, y;
    int floats = as_floats(ctx, a, b, &x, &y);

    if (floats < 0)
        return NULL;
    if (floats)
        return float_power(ctx, x, y);
    if (!int_check(a) || !int_check(b))
        return unsupported(ctx, "** or pow()", a, b);
    if (int_sign(b) < 0)
        return float_from_number(ctx, a, &x) < 0 || float_from_number(ctx, b, &y) < 0 ? NULL : float_power(ctx, x, y);
    return too_large(ctx, a, b) ? raise_memory(ctx) : int_power(ctx, a, b, NULL);
}

/* The number whose product with a is 1 modulo m, by Euclid; NULL after raising. */
static struct value *inverse(struct ctx *ctx, struct value *a, struct value *m)
{
    struct value *r = reduce_take(ctx, value_ref(a), m), *next = value_ref(m), *s = int_new(ctx, 1),
                 *t = int_new(ctx, 0);
    int64_t one = 0;

    while (r && next && s && t && int_sign(next)) {
        struct value *q = int_floor_div(ctx, r, next), *rest = int_remainder(ctx, r, next), *step;
        step = combine_take(ctx, BINARY_SUB, s, combine_take(ctx, BINARY_MUL, q, value_ref(t)));
        value_release(r);
        r = next;
        next = rest;
        s = t;
        t = step;
    }
    value_release(next);
    value_release(t);
    if (!ctx->raised && int_peek_i64(r, &one) && one * one == 1) {
        value_release(r);
        return one == 1 ? s : combine_take(ctx, BINARY_SUB, int_new(ctx, 0), s);
    }
    value_release(r);
    value_release(s);
    if (!ctx->raised)
        raise_format(ctx, "ValueError", "base is not invertible for the given modulus");
    return NULL;
}

struct value *number_power_modulo(struct ctx *ctx, struct value *a, struct value *b, struct value *modulus)
{
    struct value *base, *n, *result;

    if (!int_check(a) || !int_check(b) || !int_check(modulus))
        return raise_format(ctx, "TypeError", "pow() 3rd argument not allowed unless all arguments are integers");
    if (!int_sign(modulus))
        return raise_format(ctx, "ValueError", "pow() 3rd argument cannot be 0");
    base = int_sign(b) < 0 ? inverse(ctx, a, modulus) : value_ref(a);
    n = base ? magnitude(ctx, b) : NULL;
    result = n ? int_power(ctx, base, n, modulus) : NULL;
    value_release(base);
    value_release(n);
    return result;
}

/* ---- shifts */

struct value *number_shift(struct ctx *ctx, struct value *a, struct value *b, bool left)
{
    struct value *two, *factor, *result;
    int64_t bits, size;

    if (!int_check(a) || !int_check(b))
        return unsupported(ctx, left ? "<<" : ">>", a, b);
    if (int_sign(b) < 0)
        return raise_format(ctx, "ValueError", "negative shift count");
    if (!int_sign(a))
        return int_new(ctx, 0);
    size = size_of(ctx, a);
    if (size < 0)
        return NULL;
    if (!int_peek_i64(b, &bits) || bits > LIMIT_POWER_BITS)
        return left ? raise_memory(ctx) : int_new(ctx, int_sign(a) < 0 ? -1 : 0);
    if (!left && bits > size)
        return int_new(ctx, int_sign(a) < 0 ? -1 : 0);
    two = int_new(ctx, 2);
    factor = two ? int_power(ctx, two, b, NULL) : NULL;
    value_release(two);
    result = !factor ? NULL : left ? value_binary(ctx, BINARY_MUL, a, factor) : int_floor_div(ctx, a, factor);
    value_release(factor);
    return result;
}
