/* SPDX-License-Identifier: MIT */
/* Functions of module operator. */
#include "ref/value/functions.h"

/* ---- two operands that a value knows what to do with */

#define BINARY(name, op)                                                                                               \
    FUNCTION(name)                                                                                                     \
    {                                                                                                                  \
        UNUSED;                                                                                                        \
        return value_binary(ctx, op, argv[0], argv[1]);                                                                \
    }
BINARY(add, BINARY_ADD)
BINARY(sub, BINARY_SUB)
BINARY(mul, BINARY_MUL)
BINARY(and_, BINARY_AND)
BINARY(or_, BINARY_OR)
BINARY(xor, BINARY_XOR)
BINARY(iadd, BINARY_IADD)
BINARY(isub, BINARY_ISUB)
BINARY(imul, BINARY_IMUL)
BINARY(iand, BINARY_IAND)
BINARY(ior, BINARY_IOR)
BINARY(ixor, BINARY_IXOR)

#define COMPARE(name, op)                                                                                              \
    FUNCTION(name)                                                                                                     \
    {                                                                                                                  \
        int answer = value_compare(ctx, op, argv[0], argv[1]);                                                         \
        UNUSED;                                                                                                        \
        return answer < 0 ? NULL : value_bool(answer);                                                                 \
    }
COMPARE(lt, COMPARE_LT)
COMPARE(le, COMPARE_LE)
COMPARE(eq, COMPARE_EQ)
COMPARE(ne, COMPARE_NE)
COMPARE(gt, COMPARE_GT)
COMPARE(ge, COMPARE_GE)

/* ---- arithmetic of functions */

#define ARITHMETIC(name, function)                                                                                     \
    FUNCTION(name)                                                                                                     \
    {                                                                                                                  \
        UNUSED;                                                                                                        \
        return function(ctx, argv[0], argv[1]);                                                                        \
    }
ARITHMETIC(floordiv, number_floor_divide)
ARITHMETIC(mod, number_remainder)
ARITHMETIC(truediv, number_true_divide)
ARITHMETIC(pow, number_power)

FUNCTION(lshift)
{
    UNUSED;
    return number_shift(ctx, argv[0], argv[1], true);
}

FUNCTION(rshift)
{
    UNUSED;
    return number_shift(ctx, argv[0], argv[1], false);
}

FUNCTION(neg)
{
    UNUSED;
    return number_negative(ctx, argv[0], "unary -");
}

FUNCTION(pos)
{
    UNUSED;
    if (int_check(argv[0]))
        return number_plain(ctx, argv[0]);
    if (value_is(argv[0], &float_type) || value_is(argv[0], &complex_type))
        return value_ref(argv[0]);
    return raise_format(ctx, "TypeError", "bad operand type for unary +: '%s'", value_type_name(argv[0]));
}

/* ~n is -n - 1. */
FUNCTION(invert)
{
    struct value *negative, *one, *result = NULL;

    UNUSED;
    if (!int_check(argv[0]))
        return raise_format(ctx, "TypeError", "bad operand type for unary ~: '%s'", value_type_name(argv[0]));
    negative = number_negative(ctx, argv[0], "");
    one = int_new(ctx, 1);
    if (negative && one)
        result = value_binary(ctx, BINARY_SUB, negative, one);
    value_release(negative);
    value_release(one);
    return result;
}

FUNCTION(abs)
{
    struct value *builtin = global_new(ctx, "builtins", "abs"),
                 *args = builtin ? tuple_pack_take(ctx, 1, value_ref(argv[0])) : NULL,
                 *result = args ? function_call(ctx, builtin, args, NULL) : NULL;

    UNUSED;
    value_release(builtin);
    value_release(args);
    return result;
}

/* Up to 3.9 a bool stays one. */
FUNCTION(index)
{
    UNUSED;
    return !compat_has(ctx->rt->compat, COMPAT_INDEX_OF_BOOL) && int_check(argv[0]) ? value_ref(argv[0])
                                                                                    : number_index(ctx, argv[0]);
}

/* ---- truth and identity */

FUNCTION(truth)
{
    int truth = value_truth(ctx, argv[0]);

    UNUSED;
    return truth < 0 ? NULL : value_bool(truth);
}

FUNCTION(not_)
{
    int truth = value_truth(ctx, argv[0]);

    UNUSED;
    return truth < 0 ? NULL : value_bool(!truth);
}

FUNCTION(is_)
{
    UNUSED;
    return value_bool(argv[0] == argv[1]);
}

FUNCTION(is_not)
{
    UNUSED;
    return value_bool(argv[0] != argv[1]);
}

/* ---- containers */

FUNCTION(getitem)
{
    UNUSED;
    return value_get_item(ctx, argv[0], argv[1]);
}

FUNCTION(setitem)
{
    UNUSED;
    return value_set_item(ctx, argv[0], argv[1], argv[2]) ? NULL : &value_none;
}

FUNCTION(delitem)
{
    UNUSED;
    return value_delete_item(ctx, argv[0], argv[1]) ? NULL : &value_none;
}

FUNCTION(contains)
{
    int found = value_contains(ctx, argv[0], argv[1]);

    UNUSED;
    return found < 0 ? NULL : value_bool(found);
}

/* Walks a sequence: how often x is in it, or where first (then -1 is nowhere). -2 after raising. */
static int64_t search(struct ctx *ctx, struct value *sequence, struct value *x, bool count)
{
    struct value *it, *item;
    int64_t found = 0, at = 0;
    int same = 0;

    if (!sequence->type->iter) {
        raise_format(ctx, "TypeError", "argument of type '%s' is not iterable", value_type_name(sequence));
        return -2;
    }
    it = value_iter(ctx, sequence);
    for (; it && same >= 0 && (count || !same) && (item = value_next(ctx, it)); at++) {
        same = value_same(ctx, item, x);
        found += same > 0;
        value_release(item);
    }
    value_release(it);
    if (ctx->raised)
        return -2;
    return count ? found : same ? at - 1 : -1;
}

FUNCTION(countOf)
{
    int64_t n = search(ctx, argv[0], argv[1], true);

    UNUSED;
    return n < 0 ? NULL : int_new(ctx, n);
}

FUNCTION(indexOf)
{
    int64_t n = search(ctx, argv[0], argv[1], false);

    UNUSED;
    if (n == -1)
        return raise_format(ctx, "ValueError", "sequence.index(x): x not in sequence");
    return n < 0 ? NULL : int_new(ctx, n);
}

/* ---- tables */

/* Those of functions_operator_more.c. */
#define MORE(name, style, min, max) MORE_SINCE(name, style, min, max, 0)
#define MORE_SINCE(name, style, min, max, since)                                                                       \
    {                                                                                                                  \
#name, style, min, max, since, 0, NULL, operator_##name                                                        \
    }

const struct method functions_operator[] = {
    ONE(abs),
    TWO(add),
    TWO(and_),
    MORE(attrgetter, CALL_ANY, 0, -1),
    MORE_SINCE(call, CALL_ANY, 0, -1, 311),
    MORE(concat, CALL_POSITIONAL, 2, 2),
    TWO(contains),
    TWO(countOf),
    TWO(delitem),
    TWO(eq),
    TWO(floordiv),
    TWO(ge),
    TWO(getitem),
    TWO(gt),
    TWO(iadd),
    TWO(iand),
    MORE(iconcat, CALL_POSITIONAL, 2, 2),
    MORE(ifloordiv, CALL_POSITIONAL, 2, 2),
    MORE(ilshift, CALL_POSITIONAL, 2, 2),
    MORE(imatmul, CALL_POSITIONAL, 2, 2),
    MORE(imod, CALL_POSITIONAL, 2, 2),
    TWO(imul),
    ONE(index),
    TWO(indexOf),
    {"inv", CALL_ONE, 1, 1, 0, 0, NULL, function_invert},
    ONE(invert),
    TWO(ior),
    MORE(ipow, CALL_POSITIONAL, 2, 2),
    MORE(irshift, CALL_POSITIONAL, 2, 2),
    TWO(is_),
    MORE_SINCE(is_none, CALL_ONE, 1, 1, 314),
    TWO(is_not),
    MORE_SINCE(is_not_none, CALL_ONE, 1, 1, 314),
    TWO(isub),
    MORE(itemgetter, CALL_ANY, 0, -1),
    MORE(itruediv, CALL_POSITIONAL, 2, 2),
    TWO(ixor),
    TWO(le),
    MORE(length_hint, CALL_POSITIONAL, 1, 2),
    TWO(lshift),
    TWO(lt),
    MORE(matmul, CALL_POSITIONAL, 2, 2),
    MORE(methodcaller, CALL_ANY, 0, -1),
    TWO(mod),
    TWO(mul),
    TWO(ne),
    ONE(neg),
    ONE(not_),
    TWO(or_),
    ONE(pos),
    TWO(pow),
    TWO(rshift),
    {"setitem", CALL_POSITIONAL, 3, 3, 0, 0, NULL, function_setitem},
    TWO(sub),
    TWO(truediv),
    ONE(truth),
    TWO(xor),
    {0},
};

/* ---- the module as an object: its methods are named as functions of _operator, where they are written */

static const char *module_name_of(const struct value *v)
{
    (void)v;
    return "module";
}

static struct value *module_repr(struct ctx *ctx, struct value *v)
{
    (void)v;
    return str_new_text(ctx, "<module 'operator' (built-in)>");
}

static const struct type operator_module_type = {
    .name = "_operator",
    .module = "builtins",
    .size = sizeof(struct value),
    .hash_by_identity = true,
    .repr = module_repr,
    .methods = functions_operator,
    .name_of = module_name_of,
};

struct value value_operator_module = {&operator_module_type, SIZE_MAX};
