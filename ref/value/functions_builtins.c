/* SPDX-License-Identifier: MIT */
/* Functions and classes of module builtins; those about numbers are in functions_number.c. */
#include <math.h>

#include "ref/value/container.h"
#include "ref/value/functions.h"

FUNCTION(bool)
{
    int truth = argc ? value_truth(ctx, argv[0]) : 0;

    UNUSED;
    return truth < 0 ? NULL : value_bool(truth);
}

/* ---- text and containers */

FUNCTION(len)
{
    ssize_t n = value_length(ctx, argv[0]);

    UNUSED;
    return n < 0 ? NULL : int_new(ctx, n);
}

FUNCTION(str)
{
    UNUSED;
    return argc ? value_str(ctx, argv[0]) : str_new_text(ctx, "");
}
FUNCTION(repr)
{
    UNUSED;
    return value_repr(ctx, argv[0]);
}

FUNCTION(list)
{
    UNUSED;
    return argc ? list_from(ctx, argv[0]) : list_new(ctx);
}
FUNCTION(tuple)
{
    UNUSED;
    return argc ? tuple_from(ctx, argv[0]) : tuple_empty;
}
FUNCTION(dict)
{
    UNUSED;
    if (argc > 1)
        return raise_format(ctx, "TypeError", "dict expected at most 1 argument, got %zu", argc);
    return dict_from(ctx, argc ? argv[0] : NULL, kwds);
}

FUNCTION(set)
{
    UNUSED;
    return argc ? set_from(ctx, argv[0], false) : set_new(ctx);
}
FUNCTION(frozenset)
{
    UNUSED;
    return argc ? set_from(ctx, argv[0], true) : frozenset_new(ctx);
}
/* The keywords are those of list.sort. */
FUNCTION(sorted)
{
    struct value *list, *done;

    UNUSED;
    if (argc != 1)
        return raise_format(ctx, "TypeError", "sorted expected 1 argument, got %zu", argc);
    list = list_from(ctx, argv[0]);
    done = list ? value_call_method(ctx, list, "sort", tuple_empty, kwds) : NULL;
    value_release(done);
    if (done)
        return list;
    value_release(list);
    return NULL;
}

/* key and default, borrowed. 0, or -1 after raising. */
static int extreme_keywords(struct ctx *ctx, const char *name, struct value *kwds, struct value **key,
                            struct value **otherwise)
{
    size_t position = 0;
    struct value *word, *item;

    *key = *otherwise = NULL;
    while (kwds && dict_next_peek(kwds, &position, &word, &item)) {
        if (str_equals(word, "key"))
            *key = item == &value_none ? NULL : item;
        else if (str_equals(word, "default"))
            *otherwise = item;
        else if (compat_has(ctx->rt->compat, COMPAT_UNEXPECTED_KEYWORD_WORDS))
            return raise_format(ctx, "TypeError", "%s() got an unexpected keyword argument '%s'", name,
                                str_peek(word, NULL)),
                   -1;
        else
            return raise_format(ctx, "TypeError", "'%s' is an invalid keyword argument for %s()", str_peek(word, NULL),
                                name),
                   -1;
    }
    return 0;
}

static struct value *key_of(struct ctx *ctx, struct value *key, struct value *item)
{
    struct value *args = key ? tuple_pack_take(ctx, 1, value_ref(item)) : NULL,
                 *result = args ? function_call(ctx, key, args, NULL) : NULL;

    value_release(args);
    return key ? result : value_ref(item);
}

/* The first item for which no other is better; NULL after raising, or without having raised if there is none. */
static struct value *best_of(struct ctx *ctx, enum compare_op better, struct value *all, struct value *key)
{
    struct value *best = NULL, *best_key = NULL;

    for (size_t i = 0; !ctx->raised && i < list_length(all); i++) {
        struct value *item = value_ref(list_peek(all, i)), *item_key = key_of(ctx, key, item);
        int wins = !item_key ? -1 : best ? value_compare(ctx, better, item_key, best_key) : 1;
        if (wins > 0) {
            struct value *old = best, *old_key = best_key;
            best = item;
            best_key = item_key;
            item = old;
            item_key = old_key;
        }
        value_release(item);
        value_release(item_key);
    }
    value_release(best_key);
    if (!ctx->raised)
        return best;
    value_release(best);
    return NULL;
}

/* Among the arguments, or the items of the only one. */
static struct value *extreme(struct ctx *ctx, const char *name, enum compare_op better, struct value *const *argv,
                             size_t argc, struct value *kwds)
{
    int compat = ctx->rt->compat;
    struct value *key, *otherwise, *all, *best;

    if (!argc)
        return raise_format(ctx, "TypeError", "%s expected %s1 argument, got 0", name,
                            compat_has(compat, COMPAT_EXTREME_WORDS) ? "at least " : "");
    if (extreme_keywords(ctx, name, kwds, &key, &otherwise))
        return NULL;
    if (argc > 1 && otherwise)
        return raise_format(ctx, "TypeError", "Cannot specify a default for %s() with multiple positional arguments",
                            name);
    all = argc == 1 ? list_from(ctx, argv[0]) : list_new(ctx);
    for (size_t i = 0; argc > 1 && all && i < argc; i++)
        if (list_push_take(ctx, all, value_ref(argv[i])) < 0)
            break;
    best = all && !ctx->raised ? best_of(ctx, better, all, key) : NULL;
    if (!best && !ctx->raised)
        best = otherwise
                   ? value_ref(otherwise)
                   : raise_format(ctx, "ValueError",
                                  compat_has(compat, COMPAT_EMPTY_EXTREME_WORDS) ? "%s() iterable argument is empty"
                                                                                 : "%s() arg is an empty sequence",
                                  name);
    value_release(all);
    return best;
}

FUNCTION(min)
{
    UNUSED;
    return extreme(ctx, "min", COMPARE_LT, argv, argc, kwds);
}

FUNCTION(max)
{
    UNUSED;
    return extreme(ctx, "max", COMPARE_GT, argv, argc, kwds);
}

/* Since 3.12 floats are summed with what rounding lost (Neumaier). */
struct sum {
    struct value *total; /* owned */
    double lost;
};

static void add_float(struct sum *s, struct value *item, double *out)
{
    double x = float_peek(item), a = float_peek(s->total), t = a + x;

    s->lost += fabs(a) >= fabs(x) ? (a - t) + x : (x - t) + a;
    *out = t;
}

static int sum_add(struct ctx *ctx, struct sum *s, struct value *item)
{
    struct value *old = s->total;
    double t;

    if (compat_has(ctx->rt->compat, COMPAT_SUM_COMPENSATES) && value_is(old, &float_type) &&
        value_is(item, &float_type)) {
        add_float(s, item, &t);
        s->total = float_new(ctx, t);
    } else
        s->total = value_binary(ctx, BINARY_ADD, old, item);
    value_release(old);
    return s->total ? 0 : -1;
}

static struct value *sum_finish(struct ctx *ctx, struct sum *s)
{
    struct value *total = s->total;

    if (ctx->raised) {
        value_release(total);
        return NULL;
    }
    if (s->lost == 0 || !isfinite(s->lost) || !value_is(total, &float_type))
        return total;
    s->total = float_new(ctx, float_peek(total) + s->lost);
    value_release(total);
    return s->total;
}

FUNCTION(sum)
{
    struct value *start = argv[1], *it, *item;
    struct sum s = {0};

    UNUSED;
    if (!argv[0])
        return raise_format(ctx, "TypeError", "sum() takes at least 1 positional argument (0 given)");
    if (!(it = value_iter(ctx, argv[0])))
        return NULL;
    s.total = start ? value_ref(start) : int_new(ctx, 0);
    if (start && str_check(start))
        raise_format(ctx, "TypeError", "sum() can't sum strings [use ''.join(seq) instead]");
    else if (start && value_is(start, &bytes_type))
        raise_format(ctx, "TypeError", "sum() can't sum bytes [use b''.join(seq) instead]");
    while (s.total && !ctx->raised && (item = value_next(ctx, it))) {
        sum_add(ctx, &s, item);
        value_release(item);
    }
    value_release(it);
    return sum_finish(ctx, &s);
}

/* Does any item's truth equal wanted? 1, 0, or -1 after raising. */
static int any_is(struct ctx *ctx, struct value *iterable, int wanted)
{
    struct value *it = value_iter(ctx, iterable), *item;
    int found = 0;

    while (it && !found && (item = value_next(ctx, it))) {
        int truth = value_truth(ctx, item);
        found = truth < 0 ? -1 : truth == wanted;
        value_release(item);
    }
    value_release(it);
    return ctx->raised ? -1 : found;
}

FUNCTION(all)
{
    int found = any_is(ctx, argv[0], 0);

    UNUSED;
    return found < 0 ? NULL : value_bool(!found);
}

FUNCTION(any)
{
    int found = any_is(ctx, argv[0], 1);

    UNUSED;
    return found < 0 ? NULL : value_bool(found);
}

/* ---- tables */

const struct method functions_builtins[] = {
    {"abs", CALL_ONE, 1, 1, 0, 0, NULL, builtin_abs},
    {"all", CALL_ONE, 1, 1, 0, 0, NULL, function_all},
    {"any", CALL_ONE, 1, 1, 0, 0, NULL, function_any},
    {"bin", CALL_ONE, 1, 1, 0, 0, NULL, builtin_bin},
    {"bool", CALL_POSITIONAL, 0, 1, 0, 0, NULL, function_bool},
    {"chr", CALL_ONE, 1, 1, 0, 0, NULL, builtin_chr},
    {"dict", CALL_ANY, 0, -1, 0, 0, NULL, function_dict},
    {"divmod", CALL_POSITIONAL, 2, 2, 0, 0, NULL, builtin_divmod},
    {"float", CALL_POSITIONAL, 0, 1, 0, 0, NULL, builtin_float},
    {"frozenset", CALL_POSITIONAL, 0, 1, 0, 0, NULL, function_frozenset},
    {"hex", CALL_ONE, 1, 1, 0, 0, NULL, builtin_hex},
    {"int", CALL_KEYWORDS, 0, 2, 0, 0, " base", builtin_int},
    {"len", CALL_ONE, 1, 1, 0, 0, NULL, function_len},
    {"list", CALL_POSITIONAL, 0, 1, 0, 0, NULL, function_list},
    {"max", CALL_ANY, 0, -1, 0, 0, NULL, function_max},
    {"min", CALL_ANY, 0, -1, 0, 0, NULL, function_min},
    {"oct", CALL_ONE, 1, 1, 0, 0, NULL, builtin_oct},
    {"ord", CALL_ONE, 1, 1, 0, 0, NULL, builtin_ord},
    {"pow", CALL_KEYWORDS, 2, 3, 0, 0, "base exp mod", builtin_pow},
    {"range", CALL_POSITIONAL, 1, 3, 0, 0, NULL, builtin_range},
    {"repr", CALL_ONE, 1, 1, 0, 0, NULL, function_repr},
    {"round", CALL_KEYWORDS, 1, 2, 0, 0, "number ndigits", builtin_round},
    {"set", CALL_POSITIONAL, 0, 1, 0, 0, NULL, function_set},
    {"sorted", CALL_ANY, 0, -1, 0, 0, NULL, function_sorted},
    {"str", CALL_POSITIONAL, 0, 1, 0, 0, NULL, function_str},
    {"sum", CALL_KEYWORDS, 0, 2, 0, 0, "iterable start", function_sum},
    {"tuple", CALL_POSITIONAL, 0, 1, 0, 0, NULL, function_tuple},
    {0},
};
