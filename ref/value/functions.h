/* SPDX-License-Identifier: MIT */
/* What the files of the functions that C can call share: the tables of each module, and arithmetic that only functions
 * need.  For the files of value/ only. */
#ifndef REF_VALUE_FUNCTIONS_H
#define REF_VALUE_FUNCTIONS_H

#include "ref/value/core.h"

/* A function's body; self is None. */
#define FUNCTION(name)                                                                                                 \
    static struct value *function_##name(struct ctx *ctx, struct value *self, struct value *const *argv, size_t argc,  \
                                         struct value *kwds)
#define UNUSED (void)ctx, (void)self, (void)argv, (void)argc, (void)kwds

/* A row of a function with one argument, with two. */
#define ONE(name)                                                                                                      \
    {                                                                                                                  \
#name, CALL_ONE, 1, 1, 0, 0, NULL, function_##name                                                             \
    }
#define TWO(name)                                                                                                      \
    {                                                                                                                  \
#name, CALL_POSITIONAL, 2, 2, 0, 0, NULL, function_##name                                                      \
    }

/* Rows of functions: each ends with {0}. */
extern const struct method functions_builtins[], functions_operator[], functions_math[];

/* ---- functions_number.c */
#define BUILTIN(name)                                                                                                  \
    struct value *builtin_##name(struct ctx *ctx, struct value *self, struct value *const *argv, size_t argc,          \
                                 struct value *kwds)
method_fn builtin_abs, builtin_int, builtin_float, builtin_bin, builtin_oct, builtin_hex, builtin_chr, builtin_ord,
    builtin_divmod, builtin_pow, builtin_round, builtin_range;
/* ---- functions_operator_more.c */
#define OPERATOR(name)                                                                                                 \
    struct value *operator_##name(struct ctx *ctx, struct value *self, struct value *const *argv, size_t argc,         \
                                  struct value *kwds)
method_fn operator_attrgetter, operator_call, operator_concat, operator_iconcat, operator_ifloordiv, operator_ilshift,
    operator_imatmul, operator_imod, operator_ipow, operator_irshift, operator_is_none, operator_is_not_none,
    operator_itemgetter, operator_itruediv, operator_length_hint, operator_matmul, operator_methodcaller;

/* ---- number.c: Objects/longobject.c, Objects/floatobject.c. New, or NULL after raising. */
/* An int as an int proper: True becomes 1. */
struct value *number_plain(struct ctx *ctx, struct value *v);
/* Truncates a float: ValueError and OverflowError as int() has them. */
struct value *number_truncate(struct ctx *ctx, double x);
/* -v, as what says: "unary -" or "abs()". */
struct value *number_negative(struct ctx *ctx, struct value *v, const char *what);
/* operator.index(v): an int, or TypeError "'str' object cannot be interpreted as an integer". New. */
struct value *number_index(struct ctx *ctx, struct value *v);
struct value *number_floor_divide(struct ctx *ctx, struct value *a, struct value *b);
struct value *number_remainder(struct ctx *ctx, struct value *a, struct value *b);
struct value *number_divmod(struct ctx *ctx, struct value *a, struct value *b);
struct value *number_true_divide(struct ctx *ctx, struct value *a, struct value *b);
struct value *number_power(struct ctx *ctx, struct value *a, struct value *b);
/* pow(a, b, modulus) */
struct value *number_power_modulo(struct ctx *ctx, struct value *a, struct value *b, struct value *modulus);
/* a << b, or a >> b. */
struct value *number_shift(struct ctx *ctx, struct value *a, struct value *b, bool left);

#endif
