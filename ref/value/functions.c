/* SPDX-License-Identifier: MIT */
/* The functions and classes that C can call by name: what people use as sort keys, and with shared objects generally. A
 * manager of CPython can call any function that it can import; which ones are here is this file's table. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ref/value/container.h"
#include "ref/value/core.h"

typedef struct value *function_fn(struct ctx *ctx, struct value *const *argv, size_t argc);

struct function {
    const char *module, *name;
    int min, max; /* arguments; max -1: any number */
    function_fn *call;
};

enum { FUNCTIONS = 16 + 2 * 6 };
static const struct function functions[FUNCTIONS];

#define FUNCTION(name) static struct value *function_##name(struct ctx *ctx, struct value *const *argv, size_t argc)

static int find(const struct value *function)
{
    if (value_is(function, &global_type))
        for (int i = 0; i < FUNCTIONS; i++)
            if (global_is(function, functions[i].module, functions[i].name))
                return i;
    return -1;
}

/* ---- numbers */

static struct value *negative(struct ctx *ctx, struct value *v, const char *what)
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

FUNCTION(neg)
{
    (void)argc;
    return negative(ctx, argv[0], "unary -");
}

/* An int as an int proper: True becomes 1. */
static struct value *plain_int(struct ctx *ctx, struct value *v)
{
    return v->type == &bool_type ? int_new(ctx, v == &value_true) : value_ref(v);
}

FUNCTION(pos)
{
    (void)argc;
    if (int_check(argv[0]))
        return plain_int(ctx, argv[0]);
    if (value_is(argv[0], &float_type) || value_is(argv[0], &complex_type))
        return value_ref(argv[0]);
    return raise_format(ctx, "TypeError", "bad operand type for unary +: '%s'", value_type_name(argv[0]));
}

FUNCTION(abs)
{
    double real, imag;

    (void)argc;
    if (int_check(argv[0]) && int_sign(argv[0]) >= 0)
        return plain_int(ctx, argv[0]);
    if (value_is(argv[0], &float_type))
        return float_new(ctx, fabs(float_peek(argv[0])));
    if (!value_is(argv[0], &complex_type))
        return negative(ctx, argv[0], "abs()");
    complex_peek(argv[0], &real, &imag);
    return float_new(ctx, hypot(real, imag));
}

FUNCTION(add)
{
    (void)argc;
    return value_binary(ctx, BINARY_ADD, argv[0], argv[1]);
}

FUNCTION(sub)
{
    (void)argc;
    return value_binary(ctx, BINARY_SUB, argv[0], argv[1]);
}

FUNCTION(mul)
{
    (void)argc;
    return value_binary(ctx, BINARY_MUL, argv[0], argv[1]);
}

/* Truncates a float: exactly, as its decimal expansion has no digit behind the point. */
static struct value *int_from_float(struct ctx *ctx, double x)
{
    char text[400];

    if (isnan(x))
        return raise_format(ctx, "ValueError", "cannot convert float NaN to integer");
    if (isinf(x))
        return raise_format(ctx, "OverflowError", "cannot convert float infinity to integer");
    return int_new_decimal(ctx, text, (size_t)snprintf(text, sizeof text, "%.0f", trunc(x)));
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
    bool old = ctx->rt->compat < 310;

    if (old && value_is(v, &complex_type))
        return raise_format(ctx, "TypeError", "can't convert complex to %s", name);
    return raise_format(ctx, "TypeError", "%s() argument must be %s or a %snumber, not '%s'", name, kinds,
                        old ? "" : "real ", value_type_name(v));
}

FUNCTION(int)
{
    size_t size;
    const char *text;
    struct value *n;

    if (!argc)
        return int_new(ctx, 0);
    if (int_check(argv[0]))
        return plain_int(ctx, argv[0]);
    if (value_is(argv[0], &float_type))
        return int_from_float(ctx, float_peek(argv[0]));
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

FUNCTION(float)
{
    double x = 0;
    size_t size;
    int known;

    if (!argc)
        return float_new(ctx, 0);
    if (text_of(argv[0], &size))
        return float_from_text(ctx, argv[0]);
    known = float_from_number(ctx, argv[0], &x);
    if (known)
        return known < 0 ? NULL : float_new(ctx, x);
    return raise_not_real(ctx, "float", "a string", argv[0]);
}

FUNCTION(bool)
{
    int truth = argc ? value_truth(ctx, argv[0]) : 0;

    return truth < 0 ? NULL : value_bool(truth);
}

/* ---- text and containers */

FUNCTION(len)
{
    ssize_t n = value_length(ctx, argv[0]);

    (void)argc;
    return n < 0 ? NULL : int_new(ctx, n);
}

FUNCTION(str)
{
    return argc ? value_str(ctx, argv[0]) : str_new_text(ctx, "");
}

FUNCTION(repr)
{
    (void)argc;
    return value_repr(ctx, argv[0]);
}

FUNCTION(list)
{
    return argc ? list_from(ctx, argv[0]) : list_new(ctx);
}

FUNCTION(tuple)
{
    return argc ? tuple_from(ctx, argv[0]) : tuple_empty;
}

FUNCTION(dict)
{
    return dict_from(ctx, argc ? argv[0] : NULL, NULL);
}

FUNCTION(set)
{
    return argc ? set_from(ctx, argv[0], false) : set_new(ctx);
}

FUNCTION(frozenset)
{
    return argc ? set_from(ctx, argv[0], true) : frozenset_new(ctx);
}

FUNCTION(sorted)
{
    struct value *list = list_from(ctx, argv[0]);

    (void)argc;
    if (list && list_sort_in_place(ctx, list, false) < 0) {
        value_release(list);
        return NULL;
    }
    return list;
}

/* The first item for which no other is better, among the arguments or those of the only one. */
static struct value *extreme(struct ctx *ctx, const char *name, enum compare_op better, struct value *const *argv,
                             size_t argc)
{
    struct value *all = argc == 1 ? list_from(ctx, argv[0]) : list_new(ctx), *best;

    for (size_t i = 0; argc > 1 && all && i < argc; i++)
        if (list_push_take(ctx, all, value_ref(argv[i])) < 0)
            break;
    if (all && !ctx->raised && !list_length(all))
        raise_format(ctx, "ValueError",
                     ctx->rt->compat < 312 ? "%s() arg is an empty sequence" : "%s() iterable argument is empty", name);
    best = all && !ctx->raised ? list_peek(all, 0) : NULL;
    for (size_t i = 1; best && i < list_length(all); i++) {
        int result = value_compare(ctx, better, list_peek(all, i), best);
        best = result < 0 ? NULL : result ? list_peek(all, i) : best;
    }
    if (best)
        value_ref(best);
    value_release(all);
    return best;
}

FUNCTION(min)
{
    return extreme(ctx, "min", COMPARE_LT, argv, argc);
}

FUNCTION(max)
{
    return extreme(ctx, "max", COMPARE_GT, argv, argc);
}

FUNCTION(sum)
{
    struct value *it = value_iter(ctx, argv[0]), *total = it ? argc > 1 ? value_ref(argv[1]) : int_new(ctx, 0) : NULL,
                 *item;

    if (total && str_check(total)) {
        raise_format(ctx, "TypeError", "sum() can't sum strings [use ''.join(seq) instead]");
        value_release(total);
        total = NULL;
    }
    while (total && (item = value_next(ctx, it))) {
        struct value *next = value_binary(ctx, BINARY_ADD, total, item);
        value_release(item);
        value_release(total);
        total = next;
    }
    value_release(it);
    if (!ctx->raised)
        return total;
    value_release(total);
    return NULL;
}

/* ---- calling */

static void *raise_count(struct ctx *ctx, const struct function *f, size_t given)
{
    if (f->min == f->max && f->min == 1 && f->call != function_sorted)
        return raise_format(ctx, "TypeError", "%s() takes exactly one argument (%zu given)", f->name, given);
    return raise_format(ctx, "TypeError", "%s expected %s%d argument%s, got %zu", f->name,
                        f->min == f->max         ? ""
                        : given < (size_t)f->min ? "at least "
                                                 : "at most ",
                        given < (size_t)f->min ? f->min : f->max,
                        (given < (size_t)f->min ? f->min : f->max) == 1 ? "" : "s", given);
}

bool function_known(const struct value *function)
{
    return find(function) >= 0;
}

struct value *function_call(struct ctx *ctx, struct value *function, struct value *args, struct value *kwds)
{
    int i = find(function);
    size_t given = tuple_length(args);
    const struct function *f = i < 0 ? NULL : &functions[i];
    struct value *const *argv = ((struct tuple *)args)->items.at;

    if (!value_is(function, &global_type))
        return raise_format(ctx, "TypeError", "'%s' object is not callable", value_type_name(function));
    if (!f)
        return raise_format(ctx, "TypeError", "the function '%s.%s' cannot be called here", global_module(function),
                            global_qualname(function));
    if (kwds && dict_length(kwds) && f->call == function_dict)
        return dict_from(ctx, given ? argv[0] : NULL, kwds);
    if (kwds && dict_length(kwds))
        return raise_format(ctx, "TypeError", "%s() takes no keyword arguments", f->name);
    if (given < (size_t)f->min || (f->max >= 0 && given > (size_t)f->max))
        return raise_count(ctx, f, given);
    return f->call(ctx, argv, given);
}

/* ---- tables */

/* operator's functions are pickled as those of _operator. */
#define OPERATOR(name, count)                                                                                          \
    {"_operator", #name, count, count, function_##name},                                                               \
    {                                                                                                                  \
        "operator", #name, count, count, function_##name                                                               \
    }

static const struct function functions[FUNCTIONS] = {
    {"builtins", "abs", 1, 1, function_abs},
    {"builtins", "bool", 0, 1, function_bool},
    {"builtins", "dict", 0, 1, function_dict},
    {"builtins", "float", 0, 1, function_float},
    {"builtins", "frozenset", 0, 1, function_frozenset},
    {"builtins", "int", 0, 1, function_int},
    {"builtins", "len", 1, 1, function_len},
    {"builtins", "list", 0, 1, function_list},
    {"builtins", "max", 1, -1, function_max},
    {"builtins", "min", 1, -1, function_min},
    {"builtins", "repr", 1, 1, function_repr},
    {"builtins", "set", 0, 1, function_set},
    {"builtins", "sorted", 1, 1, function_sorted},
    {"builtins", "str", 0, 1, function_str},
    {"builtins", "sum", 1, 2, function_sum},
    {"builtins", "tuple", 0, 1, function_tuple},
    OPERATOR(abs, 1),
    OPERATOR(add, 2),
    OPERATOR(mul, 2),
    OPERATOR(neg, 1),
    OPERATOR(pos, 1),
    OPERATOR(sub, 2),

};
