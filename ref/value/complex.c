/* SPDX-License-Identifier: MIT */
/* complex, after Objects/complexobject.c. */
#include <math.h>
#include <string.h>

#include "ref/value/core.h"

struct complex_object {
    struct value head;
    double real, imag;
};

struct operand {
    double real, imag;
    bool is_real; /* came from an int or a float */
};

struct value *complex_new(struct ctx *ctx, double real, double imag)
{
    struct complex_object *c = (struct complex_object *)value_new(ctx, &complex_type);
    if (!c)
        return NULL;
    c->real = real;
    c->imag = imag;
    return &c->head;
}

void complex_peek(const struct value *v, double *real, double *imag)
{
    *real = ((const struct complex_object *)v)->real;
    *imag = ((const struct complex_object *)v)->imag;
}

/* As repr(float), but without the ".0" of whole numbers. */
static void format_part(double x, char *out)
{
    float_format(x, out);
    size_t size = strlen(out);
    if (size > 2 && strcmp(out + size - 2, ".0") == 0)
        out[size - 2] = '\0';
}

static struct value *complex_repr(struct ctx *ctx, struct value *v)
{
    char real[32], imag[32];
    double x, y;
    complex_peek(v, &x, &y);
    format_part(x, real);
    format_part(y, imag);
    if (x == 0 && !signbit(x))
        return str_printf(ctx, "%sj", imag);
    return str_printf(ctx, "(%s%s%sj)", real, *imag == '-' ? "" : "+", imag);
}

static int complex_truth(struct ctx *ctx, struct value *v)
{
    double x, y;
    (void)ctx;
    complex_peek(v, &x, &y);
    return x != 0 || y != 0;
}

static int complex_compare(struct ctx *ctx, enum compare_op op, struct value *a, struct value *b)
{
    double x, y, u, w;
    bool equal;
    (void)ctx;
    if (op != COMPARE_EQ && op != COMPARE_NE)
        return COMPARE_UNSUPPORTED;
    complex_peek(a, &x, &y);
    if (b->type == &complex_type) {
        complex_peek(b, &u, &w);
        equal = x == u && y == w;
    } else if (b->type == &float_type) {
        equal = x == float_peek(b) && y == 0;
    } else if (int_check(b)) {
        equal = y == 0 && !isnan(x) && int_compare_double(b, x) == 0;
    } else {
        return COMPARE_UNSUPPORTED;
    }
    return equal == (op == COMPARE_EQ);
}

static int complex_hash(struct ctx *ctx, struct value *v, int64_t *out)
{
    double x, y;
    complex_peek(v, &x, &y);
    uint64_t h = (uint64_t)float_hash_double(x, v, ctx->rt->compat) +
                 1000003u * (uint64_t)float_hash_double(y, v, ctx->rt->compat);
    *out = (int64_t)h == -1 ? -2 : (int64_t)h;
    return 0;
}

static int get_operand(struct ctx *ctx, struct value *v, struct operand *out)
{
    *out = (struct operand){0, 0, true};
    if (v->type != &complex_type)
        return float_from_number(ctx, v, &out->real);
    complex_peek(v, &out->real, &out->imag);
    out->is_real = false;
    return 1;
}

/* Since 3.14 a real operand stays real, as in C99: it leaves the sign of the other's imaginary zero alone. */
static struct value *complex_sum(struct ctx *ctx, const struct operand *a, const struct operand *b)
{
    bool mixed = compat_has(ctx->rt->compat, COMPAT_COMPLEX_MIXED);
    double imag = mixed && a->is_real ? b->imag : mixed && b->is_real ? a->imag : a->imag + b->imag;
    return complex_new(ctx, a->real + b->real, imag);
}

static struct value *complex_difference(struct ctx *ctx, const struct operand *a, const struct operand *b)
{
    bool mixed = compat_has(ctx->rt->compat, COMPAT_COMPLEX_MIXED);
    double imag = mixed && a->is_real ? -b->imag : mixed && b->is_real ? a->imag : a->imag - b->imag;
    return complex_new(ctx, a->real - b->real, imag);
}

/* An infinite factor as (±1 or ±0) in each part, the other one without NaN: what C11's Annex G.5.1 multiplies instead.
 */
static void box_infinity(struct operand *infinite, struct operand *other)
{
    infinite->real = copysign(isinf(infinite->real) ? 1 : 0, infinite->real);
    infinite->imag = copysign(isinf(infinite->imag) ? 1 : 0, infinite->imag);
    other->real = isnan(other->real) ? copysign(0, other->real) : other->real;
    other->imag = isnan(other->imag) ? copysign(0, other->imag) : other->imag;
}

static bool is_infinite(const struct operand *z)
{
    return isinf(z->real) || isinf(z->imag);
}

/* Since 3.14 an infinite product that came out as nan+nanj is recovered, as in C11. */
static struct value *recover_product(struct ctx *ctx, struct operand a, struct operand b)
{
    bool infinite = is_infinite(&a) || is_infinite(&b);
    bool overflowed =
        isinf(a.real * b.real) || isinf(a.imag * b.imag) || isinf(a.real * b.imag) || isinf(a.imag * b.real);
    if (!infinite && !overflowed)
        return complex_new(ctx, (double)NAN, (double)NAN);
    if (is_infinite(&a))
        box_infinity(&a, &b);
    if (is_infinite(&b))
        box_infinity(&b, &a);
    if (!infinite) {
        struct operand *const both[] = {&a, &b};
        for (int i = 0; i < 2; i++) {
            both[i]->real = isnan(both[i]->real) ? copysign(0, both[i]->real) : both[i]->real;
            both[i]->imag = isnan(both[i]->imag) ? copysign(0, both[i]->imag) : both[i]->imag;
        }
    }
    return complex_new(ctx, (double)INFINITY * (a.real * b.real - a.imag * b.imag),
                       (double)INFINITY * (a.real * b.imag + a.imag * b.real));
}

static struct value *complex_product(struct ctx *ctx, const struct operand *a, const struct operand *b)
{
    bool mixed = compat_has(ctx->rt->compat, COMPAT_COMPLEX_MIXED);
    if (mixed && a->is_real)
        return complex_new(ctx, a->real * b->real, a->real * b->imag);
    if (mixed && b->is_real)
        return complex_new(ctx, a->real * b->real, a->imag * b->real);
    double real = a->real * b->real - a->imag * b->imag, imag = a->real * b->imag + a->imag * b->real;
    return mixed && isnan(real) && isnan(imag) ? recover_product(ctx, *a, *b) : complex_new(ctx, real, imag);
}

static struct value *complex_binary(struct ctx *ctx, enum binary_op op, struct value *a, struct value *b)
{
    struct operand x, y;
    if (op > BINARY_MUL)
        return &value_not_implemented;
    int left = get_operand(ctx, a, &x), right = left > 0 ? get_operand(ctx, b, &y) : 0;
    if (left < 0 || right < 0)
        return NULL;
    if (left == 0 || right == 0)
        return &value_not_implemented;
    return op == BINARY_ADD   ? complex_sum(ctx, &x, &y)
           : op == BINARY_SUB ? complex_difference(ctx, &x, &y)
                              : complex_product(ctx, &x, &y);
}

const struct type complex_type = {
    .name = "complex",
    .module = "builtins",
    .size = sizeof(struct complex_object),
    .truth = complex_truth,
    .compare = complex_compare,
    .hash = complex_hash,
    .repr = complex_repr,
    .binary = complex_binary,
};
