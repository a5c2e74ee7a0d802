/* SPDX-License-Identifier: MIT */
/* The callables behind `list`, `dict`, `set` and `Array`: how CPython's constructors check their arguments. */
#include "ref/manager/types.h"

/* A C constructor NAME(iterable=()) without names: 0, or -1 after raising. */
static int check_one(struct ctx *ctx, const char *name, struct value *args, struct value *kwds)
{
    if (kwds && dict_length(kwds))
        raise_format(ctx, "TypeError", "%s() takes no keyword arguments", name);
    else if (tuple_length(args) > 1)
        raise_format(ctx, "TypeError", "%s expected at most 1 argument, got %zu", name, tuple_length(args));
    else
        return 0;
    return -1;
}

struct value *list_construct(struct ctx *ctx, const struct typeid *t, struct value *args, struct value *kwds)
{
    if (check_one(ctx, t->name, args, kwds))
        return NULL;
    return tuple_length(args) ? list_from(ctx, tuple_peek(args, 0)) : list_new(ctx);
}

struct value *set_construct(struct ctx *ctx, const struct typeid *t, struct value *args, struct value *kwds)
{
    if (check_one(ctx, t->name, args, kwds))
        return NULL;
    return tuple_length(args) ? set_from(ctx, tuple_peek(args, 0), false) : set_new(ctx);
}

struct value *dict_construct(struct ctx *ctx, const struct typeid *t, struct value *args, struct value *kwds)
{
    if (check_one(ctx, t->name, args, NULL))
        return NULL;
    return dict_from(ctx, tuple_length(args) ? tuple_peek(args, 0) : NULL, kwds);
}

/* array(typecode, sequence): what the first argument must be. */
static int typecode_of(struct ctx *ctx, struct value *v, char *out)
{
    int compat = ctx->rt->compat;
    const char *text;

    if (!str_check(v)) {
        raise_format(ctx, "TypeError", "array() argument 1 must be %s, not %s",
                     compat_has(compat, COMPAT_ARRAY_TYPECODE_STR) ? "str" : "a unicode character", value_type_name(v));
        return -1;
    }
    if (str_length(v) != 1 && !compat_has(compat, COMPAT_ARRAY_TYPECODE_STR)) {
        if (compat_has(compat, COMPAT_ARRAY_CHARACTER_WORDS))
            raise_format(ctx, "TypeError", "array() argument 1 must be a unicode character, not a string of length %zu",
                         str_length(v));
        else
            raise_format(ctx, "TypeError", "array() argument 1 must be a unicode character, not str");
        return -1;
    }
    /* a character outside of ASCII is no type code either */
    text = str_peek(v, NULL);
    *out = str_length(v) == 1 && (unsigned char)*text < 128 ? *text : '?';
    return 0;
}

/* multiprocessing.managers.Array(typecode, sequence, lock=True) */
static struct value *array_new(struct ctx *ctx, struct value *self, struct value *const *argv, size_t argc,
                               struct value *kwds)
{
    char typecode;

    (void)self, (void)argc, (void)kwds;
    return typecode_of(ctx, argv[0], &typecode) ? NULL : array_from(ctx, typecode, argv[1]);
}

static const struct method array_function = {"Array", CALL_PYTHON, 2, 3, 0, 0, "typecode sequence lock", array_new};

struct value *array_construct(struct ctx *ctx, const struct typeid *t, struct value *args, struct value *kwds)
{
    (void)t;
    return method_call(ctx, &array_function, NULL, NULL, args, kwds);
}
