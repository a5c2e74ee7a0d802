/* SPDX-License-Identifier: MIT */
/* Python's operators and builtins by name, for proxies and local values alike. Where a builtin asks a proxy more than
 * once, it asks in CPython's order: list() takes the iterator, then the length as a hint, then the items. */
#include <string.h>

#include "ref/proxy/copying.h"
#include "ref/proxy/internal.h"

/* ---- operators */

struct operator_row {
    const char *name;
    size_t operands;
    struct value *(*call)(struct ctx *ctx, struct value *const *operands, int which);
    int which; /* enum binary_op or enum compare_op, or 0 */
};

static const struct operator_row operators[27];

struct value *proxy_operator(struct ctx *ctx, const char *name, struct value *const *operands, size_t n, bool *known)
{
    const struct operator_row *row = operators;

    while (row->name && (strcmp(row->name, name) != 0 || row->operands != n))
        row++;
    *known = row->name;
    ctx->lost = false;
    return *known ? row->call(ctx, operands, row->which) : NULL;
}

static struct value *done(int result)
{
    return result ? NULL : &value_none;
}

static struct value *truth(int result)
{
    return result < 0 ? NULL : value_bool(result);
}

#define OPERATOR(name) static struct value *name(struct ctx *ctx, struct value *const *operands, int which)

OPERATOR(get_item)
{
    (void)which;
    return value_get_item(ctx, operands[0], operands[1]);
}

OPERATOR(set_item)
{
    (void)which;
    return done(value_set_item(ctx, operands[0], operands[1], operands[2]));
}

OPERATOR(delete_item)
{
    (void)which;
    return done(value_delete_item(ctx, operands[0], operands[1]));
}

OPERATOR(contains)
{
    (void)which;
    return truth(value_contains(ctx, operands[0], operands[1]));
}

OPERATOR(binary)
{
    return value_binary(ctx, (enum binary_op)which, operands[0], operands[1]);
}

OPERATOR(compare)
{
    return truth(value_compare(ctx, (enum compare_op)which, operands[0], operands[1]));
}

OPERATOR(identity)
{
    (void)ctx;
    return value_bool((operands[0] == operands[1]) == which);
}

OPERATOR(logical_not)
{
    int result = value_truth(ctx, operands[0]);
    (void)which;
    return result < 0 ? NULL : value_bool(!result);
}

/* -a: of numbers 0 - a, with the sign that Python gives to zero. */
OPERATOR(negate)
{
    struct value *a = operands[0], *zero, *result;
    double real, imag;

    (void)which;
    if (value_is(a, &float_type))
        return float_new(ctx, -float_peek(a));
    if (value_is(a, &complex_type)) {
        complex_peek(a, &real, &imag);
        return complex_new(ctx, -real, -imag);
    }
    if (!int_check(a))
        return raise_format(ctx, "TypeError", "bad operand type for unary -: '%.200s'", value_type_name(a));
    zero = int_new(ctx, 0);
    result = zero ? value_binary(ctx, BINARY_SUB, zero, a) : NULL;
    value_release(zero);
    return result;
}

/* ---- builtins */

struct builtin_row {
    const char *name;
    size_t min, max;
    struct value *(*call)(struct ctx *ctx, struct process *p, struct value *const *args, size_t n);
};

static const struct builtin_row builtins[18];

struct value *proxy_builtin(struct ctx *ctx, struct process *p, const char *name, struct value *const *args, size_t n,
                            bool *known)
{
    const struct builtin_row *row = builtins;

    while (row->name && (strcmp(row->name, name) != 0 || n < row->min || n > row->max))
        row++;
    *known = row->name;
    ctx->lost = false;
    return *known ? row->call(ctx, p, args, n) : NULL;
}

#define BUILTIN(name) static struct value *name(struct ctx *ctx, struct process *p, struct value *const *args, size_t n)
#define UNUSED (void)p, (void)n

BUILTIN(builtin_len)
{
    ssize_t length = value_length(ctx, args[0]);
    UNUSED;
    return length < 0 ? NULL : int_new(ctx, length);
}

BUILTIN(builtin_str)
{
    UNUSED;
    return n ? value_str(ctx, args[0]) : str_new_text(ctx, "");
}

BUILTIN(builtin_repr)
{
    UNUSED;
    return value_repr(ctx, args[0]);
}

BUILTIN(builtin_bool)
{
    UNUSED;
    return n ? truth(value_truth(ctx, args[0])) : &value_false;
}

/* operator.length_hint: a TypeError of __len__ is no obstacle. 0, or -1 after raising. */
static int hint(struct ctx *ctx, struct value *v)
{
    if (!proxy_has(ctx, v, "__len__") || value_length(ctx, v) >= 0)
        return 0;
    if (!raised_is(ctx, "TypeError"))
        return -1;
    value_release(raised_fetch(ctx));
    return 0;
}

/* Appends what is left of an iterator. 0, or -1 after raising. */
static int append_rest(struct ctx *ctx, struct value *list, struct value *it)
{
    struct value *item;

    while ((item = value_next(ctx, it)))
        if (list_push_take(ctx, list, item))
            return -1;
    return ctx->raised ? -1 : 0;
}

/* list(proxy) */
static struct value *collect(struct ctx *ctx, struct value *v)
{
    struct value *list = list_new(ctx), *it = list ? value_iter(ctx, v) : NULL;

    if (!it || hint(ctx, v) || append_rest(ctx, list, it)) {
        value_release(list);
        list = NULL;
    }
    value_release(it);
    return list;
}

BUILTIN(builtin_list)
{
    UNUSED;
    if (!n)
        return list_new(ctx);
    if (!proxy_check(args[0]))
        return list_from(ctx, args[0]);
    /* 3.8 asked for the length in list() and then again while extending */
    if (!compat_has(ctx->rt->compat, COMPAT_LIST_ASKS_ONCE) && hint(ctx, args[0]))
        return NULL;
    return collect(ctx, args[0]);
}

BUILTIN(builtin_tuple)
{
    struct value *list, *tuple;

    UNUSED;
    if (!n)
        return value_ref(tuple_empty);
    if (!proxy_check(args[0]))
        return tuple_from(ctx, args[0]);
    list = collect(ctx, args[0]);
    tuple = list ? tuple_from(ctx, list) : NULL;
    value_release(list);
    return tuple;
}

BUILTIN(builtin_sorted)
{
    struct value *list = proxy_check(args[0]) ? collect(ctx, args[0]) : list_from(ctx, args[0]);

    UNUSED;
    if (!list || !list_sort_in_place(ctx, list, false))
        return list;
    value_release(list);
    return NULL;
}

BUILTIN(builtin_set)
{
    UNUSED;
    return n ? set_from(ctx, args[0], false) : set_new(ctx);
}

BUILTIN(builtin_frozenset)
{
    UNUSED;
    return n ? set_from(ctx, args[0], true) : frozenset_new(ctx);
}

/* d[key] = v[key] for each key that the iterator yields. 0, or -1 after raising. */
static int copy_items(struct ctx *ctx, struct value *dict, struct value *v, struct value *it)
{
    struct value *key, *item;
    int result = 0;

    while (!result && (key = value_next(ctx, it))) {
        item = value_get_item(ctx, v, key);
        result = item ? dict_set(ctx, dict, key, item) : -1;
        value_release(item);
        value_release(key);
    }
    return ctx->raised ? -1 : result;
}

/* dict(proxy), where the proxy has keys(). */
static struct value *dict_of_mapping(struct ctx *ctx, struct value *v)
{
    struct value *keys = proxy_method(ctx, v, "keys", tuple_empty, NULL), *it = keys ? value_iter(ctx, keys) : NULL;
    struct value *dict = it ? dict_new(ctx) : NULL;

    if (dict && copy_items(ctx, dict, v, it)) {
        value_release(dict);
        dict = NULL;
    }
    value_release(keys);
    value_release(it);
    return dict;
}

BUILTIN(builtin_dict)
{
    UNUSED;
    if (!n)
        return dict_new(ctx);
    if (proxy_check(args[0]) && proxy_has(ctx, args[0], "keys"))
        return dict_of_mapping(ctx, args[0]);
    return dict_from(ctx, args[0], NULL);
}

BUILTIN(builtin_iter)
{
    UNUSED;
    return value_iter(ctx, args[0]);
}

BUILTIN(builtin_next)
{
    bool remote = proxy_check(args[0]) && proxy_has(ctx, args[0], "__next__");
    struct value *item = remote ? proxy_invoke_take(ctx, args[0], "__next__", 0) : value_next(ctx, args[0]);

    (void)p;
    if (item || (ctx->raised && !raised_is(ctx, "StopIteration")))
        return item;
    if (n == 1)
        return ctx->raised ? NULL : raise_bare(ctx, "StopIteration");
    value_release(raised_fetch(ctx));
    return value_ref(args[1]);
}

BUILTIN(builtin_reversed)
{
    UNUSED;
    return proxy_reversed(ctx, args[0]);
}

BUILTIN(builtin_type)
{
    UNUSED;
    return str_new_text(ctx, value_class_name(args[0]));
}

BUILTIN(builtin_copy)
{
    (void)n;
    return copying_shallow(ctx, p, args[0]);
}

BUILTIN(builtin_deepcopy)
{
    (void)n;
    return copying_deep(ctx, p, args[0]);
}

BUILTIN(builtin_repickle)
{
    struct value *pickle = process_export(ctx, p, args[0]), *v = NULL;
    size_t size;

    (void)n;
    if (pickle) {
        const unsigned char *data = bytes_peek(pickle, &size);
        v = process_import(ctx, p, data, size);
    }
    value_release(pickle);
    return v;
}

/* ---- tables */

static const struct operator_row operators[27] = {
    {"getitem", 2, get_item, 0},
    {"setitem", 3, set_item, 0},
    {"delitem", 2, delete_item, 0},
    {"contains", 2, contains, 0},
    {"add", 2, binary, BINARY_ADD},
    {"sub", 2, binary, BINARY_SUB},
    {"mul", 2, binary, BINARY_MUL},
    {"and_", 2, binary, BINARY_AND},
    {"or_", 2, binary, BINARY_OR},
    {"xor", 2, binary, BINARY_XOR},
    {"iadd", 2, binary, BINARY_IADD},
    {"isub", 2, binary, BINARY_ISUB},
    {"imul", 2, binary, BINARY_IMUL},
    {"iand", 2, binary, BINARY_IAND},
    {"ior", 2, binary, BINARY_IOR},
    {"ixor", 2, binary, BINARY_IXOR},
    {"eq", 2, compare, COMPARE_EQ},
    {"ne", 2, compare, COMPARE_NE},
    {"lt", 2, compare, COMPARE_LT},
    {"le", 2, compare, COMPARE_LE},
    {"gt", 2, compare, COMPARE_GT},
    {"ge", 2, compare, COMPARE_GE},
    {"is_", 2, identity, true},
    {"is_not", 2, identity, false},
    {"not_", 1, logical_not, 0},
    {"neg", 1, negate, 0},
    {NULL, 0, NULL, 0},
};

static const struct builtin_row builtins[18] = {
    {"len", 1, 1, builtin_len},           {"str", 0, 1, builtin_str},           {"repr", 1, 1, builtin_repr},
    {"bool", 0, 1, builtin_bool},         {"list", 0, 1, builtin_list},         {"tuple", 0, 1, builtin_tuple},
    {"dict", 0, 1, builtin_dict},         {"set", 0, 1, builtin_set},           {"frozenset", 0, 1, builtin_frozenset},
    {"sorted", 1, 1, builtin_sorted},     {"iter", 1, 1, builtin_iter},         {"next", 1, 2, builtin_next},
    {"reversed", 1, 1, builtin_reversed}, {"type", 1, 1, builtin_type},         {"copy", 1, 1, builtin_copy},
    {"deepcopy", 1, 1, builtin_deepcopy}, {"repickle", 1, 1, builtin_repickle}, {NULL, 0, 0, NULL},
};
