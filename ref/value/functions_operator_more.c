/* SPDX-License-Identifier: MIT */
/* Functions of module operator that are more than one operation of values: arithmetic in place, calls, and the classes
 * that make callables. */
#include <string.h>

#include "ref/value/container.h"
#include "ref/value/functions.h"

/* ---- in place: numbers are never changed, so that only the complaint is another one */

typedef struct value *arithmetic_fn(struct ctx *ctx, struct value *a, struct value *b);

/* raise TypeError "unsupported operand type(s) for //=: 'str' and 'int'"; NULL, always. */
static void *unsupported(struct ctx *ctx, const char *symbol, const struct value *a, const struct value *b)
{
    return raise_format(ctx, "TypeError", "unsupported operand type(s) for %s: '%.100s' and '%.100s'", symbol,
                        value_type_name(a), value_type_name(b));
}

/* Whether the exception that is raised says that nobody knows the operator; -1: out of memory, which is raised then. */
static int says_unsupported(struct ctx *ctx)
{
    static const char words[] = "unsupported operand type(s)";
    struct value *exception = raised_fetch(ctx), *text = value_str(ctx, exception);
    int result = text ? !strncmp(str_peek(text, NULL), words, sizeof words - 1) : -1;

    value_release(text);
    if (result == 0)
        raise_take(ctx, exception);
    else
        value_release(exception);
    return result;
}

static struct value *in_place(struct ctx *ctx, arithmetic_fn *f, const char *symbol, struct value *const *argv)
{
    struct value *result = f(ctx, argv[0], argv[1]);

    if (!result && raised_is(ctx, "TypeError") && says_unsupported(ctx) > 0)
        unsupported(ctx, symbol, argv[0], argv[1]);
    return result;
}

OPERATOR(ifloordiv)
{
    UNUSED;
    return in_place(ctx, number_floor_divide, "//=", argv);
}

OPERATOR(imod)
{
    UNUSED;
    return in_place(ctx, number_remainder, "%=", argv);
}

OPERATOR(itruediv)
{
    UNUSED;
    return in_place(ctx, number_true_divide, "/=", argv);
}

OPERATOR(ipow)
{
    UNUSED;
    return in_place(ctx, number_power, compat_has(ctx->rt->compat, COMPAT_POWER_IN_PLACE_WORDS) ? "**=" : "** or pow()",
                    argv);
}

static struct value *shift_left(struct ctx *ctx, struct value *a, struct value *b)
{
    return number_shift(ctx, a, b, true);
}

static struct value *shift_right(struct ctx *ctx, struct value *a, struct value *b)
{
    return number_shift(ctx, a, b, false);
}

OPERATOR(ilshift)
{
    UNUSED;
    return in_place(ctx, shift_left, "<<=", argv);
}

OPERATOR(irshift)
{
    UNUSED;
    return in_place(ctx, shift_right, ">>=", argv);
}

/* No built-in type has a matrix product. */
OPERATOR(matmul)
{
    UNUSED;
    return unsupported(ctx, "@", argv[0], argv[1]);
}

OPERATOR(imatmul)
{
    UNUSED;
    return unsupported(ctx, "@=", argv[0], argv[1]);
}

/* ---- sequences */

/* Has it the slot sq_concat? */
static bool can_be_concatenated(const struct value *v)
{
    return str_check(v) || value_is(v, &list_type) || value_is(v, &tuple_type) || value_is(v, &bytes_type) ||
           value_is(v, &bytearray_type) || value_is(v, &array_type);
}

/* PySequence_Check: 1, 0, or -1 after raising. */
static int is_sequence(struct ctx *ctx, struct value *v)
{
    struct value *method;

    if (!value_is(v, &proxyref_type))
        return v->type->get_item && !value_is(v, &dict_type);
    method = value_get_attr(ctx, v, "__getitem__");
    if (!method && !raised_is(ctx, "AttributeError"))
        return -1;
    value_release(method ? method : raised_fetch(ctx));
    return method != NULL;
}

/* What has no such slot, as no class that is written in Python has, is asked to add if both are sequences. */
static struct value *concatenate(struct ctx *ctx, enum binary_op op, struct value *const *argv)
{
    bool slot = can_be_concatenated(argv[0]);
    int asked = slot || value_is(argv[0], &proxyref_type);

    for (int i = 0; i < 2 && asked > 0 && !slot; i++)
        asked = is_sequence(ctx, argv[i]);
    if (asked < 0)
        return NULL;
    if (asked) {
        struct value *result = value_binary(ctx, op, argv[0], argv[1]);
        if (result || slot || !raised_is(ctx, "TypeError") || says_unsupported(ctx) <= 0)
            return result;
    }
    return raise_format(ctx, "TypeError", "'%s' object can't be concatenated", value_type_name(argv[0]));
}

OPERATOR(concat)
{
    UNUSED;
    return concatenate(ctx, BINARY_ADD, argv);
}

OPERATOR(iconcat)
{
    UNUSED;
    return concatenate(ctx, BINARY_IADD, argv);
}

/* The length, or what __length_hint__ says, or what is given for want of both. */
OPERATOR(length_hint)
{
    ssize_t length, given = 0;

    UNUSED;
    if (argc > 1 && arguments_ssize(ctx, argv[1], &given))
        return NULL;
    if (argv[0]->type->length) {
        length = argv[0]->type->length(ctx, argv[0]);
        if (length >= 0)
            return int_new(ctx, length);
        if (!raised_is(ctx, "TypeError"))
            return NULL;
        value_release(raised_fetch(ctx)); /* a proxy whose class has no length */
    }
    if (!value_has_method(ctx, argv[0], "__length_hint__"))
        return int_new(ctx, given);
    return value_call_method(ctx, argv[0], "__length_hint__", tuple_empty, NULL);
}

/* ---- calls */

/* The arguments from the i-th on, a new tuple. */
static struct value *rest(struct ctx *ctx, struct value *const *argv, size_t argc, size_t i)
{
    struct value *tuple = tuple_new(ctx, argc - i);

    for (size_t to = 0; tuple && i < argc; i++, to++)
        tuple_set_take(tuple, to, value_ref(argv[i]));
    return tuple;
}

OPERATOR(call)
{
    struct value *args, *result;

    (void)self;
    if (!argc)
        return raise_format(ctx, "TypeError", "call expected at least 1 argument, got 0");
    args = rest(ctx, argv, argc, 1);
    result = args ? function_call(ctx, argv[0], args, kwds) : NULL;
    value_release(args);
    return result;
}

OPERATOR(is_none)
{
    UNUSED;
    return value_bool(argv[0] == &value_none);
}

OPERATOR(is_not_none)
{
    UNUSED;
    return value_bool(argv[0] != &value_none);
}

/* ---- classes whose instances are callables: held as what their reduction says, for only Python calls them */

/* operator.name(*argv), args checked. */
static struct value *make(struct ctx *ctx, const char *name, struct value *const *argv, size_t argc)
{
    struct value *class = global_new(ctx, "operator", name), *args = class ? rest(ctx, argv, argc, 0) : NULL;
    struct value *made = args ? opaque_new(ctx, OPAQUE_REDUCE, class, args, NULL) : NULL;

    value_release(class);
    value_release(args);
    return made;
}

/* At least one argument, and none by name: 0, or -1 after raising. */
static int check_getter(struct ctx *ctx, const char *name, size_t argc, struct value *kwds)
{
    if (kwds && dict_length(kwds))
        raise_format(ctx, "TypeError", "%s() takes no keyword arguments", name);
    else if (!argc)
        raise_format(ctx, "TypeError", "%s expected 1 argument, got 0", name);
    else
        return 0;
    return -1;
}

OPERATOR(itemgetter)
{
    (void)self;
    return check_getter(ctx, "itemgetter", argc, kwds) ? NULL : make(ctx, "itemgetter", argv, argc);
}

OPERATOR(attrgetter)
{
    (void)self;
    if (check_getter(ctx, "attrgetter", argc, kwds))
        return NULL;
    for (size_t i = 0; i < argc; i++)
        if (!str_check(argv[i]))
            return raise_format(ctx, "TypeError", "attribute name must be a string");
    return make(ctx, "attrgetter", argv, argc);
}

/* functools.partial(function, name, **kwds) as its reduction has it: function consumed. */
static struct value *partial_take(struct ctx *ctx, struct value *function, struct value *name, struct value *kwds)
{
    struct value *class = function ? global_new(ctx, "functools", "partial") : NULL;
    struct value *args = class ? tuple_pack_take(ctx, 1, value_ref(function)) : NULL;
    struct value *names = args ? tuple_pack_take(ctx, 1, value_ref(name)) : NULL;
    struct value *state =
        names ? tuple_pack_take(ctx, 4, value_ref(function), value_ref(names), dict_from(ctx, kwds, NULL), &value_none)
              : NULL;
    struct value *made = state ? opaque_new(ctx, OPAQUE_REDUCE, class, args, NULL) : NULL;

    if (made && opaque_record(ctx, made, OPAQUE_BUILD, state, NULL)) {
        value_release(made);
        made = NULL;
    }
    value_release(function);
    value_release(class);
    value_release(args);
    value_release(names);
    value_release(state);
    return made;
}

OPERATOR(methodcaller)
{
    struct value *partial, *args, *made;

    (void)self;
    if (!argc)
        return raise_format(ctx, "TypeError", "methodcaller needs at least one argument, the method name");
    if (!str_check(argv[0]))
        return raise_format(ctx, "TypeError", "method name must be a string");
    if (!kwds || !dict_length(kwds))
        return make(ctx, "methodcaller", argv, argc);
    partial = partial_take(ctx, global_new(ctx, "operator", "methodcaller"), argv[0], kwds);
    args = partial ? rest(ctx, argv, argc, 1) : NULL;
    made = args ? opaque_new(ctx, OPAQUE_REDUCE, partial, args, NULL) : NULL;
    value_release(partial);
    value_release(args);
    return made;
}
