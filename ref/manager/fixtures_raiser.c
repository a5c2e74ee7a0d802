/* SPDX-License-Identifier: MIT */
/* The fixture type Raiser of SPEC.md: raises whatever it is asked to. */
#include "ref/manager/call.h"
#include "ref/manager/instance.h"
#include "ref/manager/lock.h"
#include "ref/manager/python.h"
#include "ref/manager/types.h"

/* name, *args of a method: the object that getattr(builtins, name)(*args) makes. */
static struct value *build(struct ctx *ctx, const char *qualname, struct value *const *argv, size_t argc,
                           struct value *kwds)
{
    size_t rest;
    struct value *name = python_first(ctx, qualname, "name", argv, argc, kwds, &rest);
    struct value *args = name ? python_rest(ctx, argv, argc, rest) : NULL;
    struct value *made = args ? python_builtin(ctx, name, args) : NULL;

    value_release(args);
    return made;
}

static struct value *raise_built_take(struct ctx *ctx, struct value *made)
{
    if (made)
        python_raise(ctx, made);
    value_release(made);
    return NULL;
}

METHOD(raiser_throw)
{
    UNUSED;
    return raise_built_take(ctx, build(ctx, "Raiser.throw", argv, argc, kwds));
}

METHOD(raiser_throw_value)
{
    UNUSED;
    return python_raise(ctx, argv[0]);
}

/* for attribute, value in attributes.items(): setattr(exception, attribute, value) */
static int set_attributes(struct ctx *ctx, struct value *exception, struct value *attributes)
{
    size_t position = 0;
    struct value *key, *item;

    if (!value_is(attributes, &dict_type)) {
        raise_format(ctx, "AttributeError", "'%s' object has no attribute 'items'", value_type_name(attributes));
        return -1;
    }
    while (dict_next_peek(attributes, &position, &key, &item)) {
        if (!str_check(key)) {
            raise_format(ctx, "TypeError", "attribute name must be string, not '%s'", value_type_name(key));
            return -1;
        }
        if (value_set_attr(ctx, exception, str_peek(key, NULL), item))
            return -1;
    }
    return 0;
}

/* tuple(args) as `f(*args)` makes it, f being named by a str. */
static struct value *starred(struct ctx *ctx, struct value *name, struct value *args)
{
    struct value *tuple = args->type->iter ? tuple_from(ctx, args) : NULL;

    if (tuple || !call_no_iterable(ctx, args))
        return tuple;
    if (compat_has(ctx->rt->compat, COMPAT_VALUE_AFTER_STARS))
        return raise_format(ctx, "TypeError", "Value after * must be an iterable, not %s", value_type_name(args));
    if (!compat_has(ctx->rt->compat, COMPAT_CALLEE_WORDS))
        return raise_format(ctx, "TypeError", "type object argument after * must be an iterable, not %s",
                            value_type_name(args));
    return raise_format(ctx, "TypeError", "%s() argument after * must be an iterable, not %s", str_peek(name, NULL),
                        value_type_name(args));
}

METHOD(raiser_throw_with)
{
    struct value *args = python_find_builtin(ctx, argv[0]) ? NULL : starred(ctx, argv[0], argv[1]);
    struct value *exception = args ? python_builtin(ctx, argv[0], args) : NULL;

    UNUSED;
    value_release(args);
    if (!exception || set_attributes(ctx, exception, argv[2]) ||
        (argv[3] != &value_none && value_set_attr(ctx, exception, "__notes__", argv[3]))) {
        value_release(exception);
        return NULL;
    }
    return raise_built_take(ctx, exception);
}

/* The cause does not travel: only the exception does. */
METHOD(raiser_throw_chained)
{
    UNUSED;
    return raise_built_take(ctx, build(ctx, "Raiser.throw_chained", argv, argc, kwds));
}

METHOD(raiser_throw_unpicklable)
{
    struct value *lock = lock_new(ctx);

    UNUSED;
    if (lock)
        raise_value(ctx, "ValueError", lock);
    value_release(lock);
    return NULL;
}

METHOD(raiser_throw_custom)
{
    UNUSED;
    if (python_no_keywords(ctx, "Raiser.throw_custom", kwds))
        return NULL;
    return raise_built_take(ctx, python_exception_take(ctx, "fixtures", "Custom", python_rest(ctx, argv, argc, 0)));
}

METHOD(raiser_throw_picky)
{
    struct value *args = tuple_pack_take(ctx, 1, str_new_text(ctx, "picky"));

    UNUSED;
    return raise_built_take(ctx, python_exception_take(ctx, "fixtures", "Picky", args));
}

/* raise {name: class, …}[name]() */
static void *raise_chosen(struct ctx *ctx, struct value *name, const char *const (*choices)[2], size_t n)
{
    struct value *table = dict_new(ctx), *found = NULL;

    for (size_t i = 0; table && !ctx->raised && i < n; i++)
        dict_set_text_take(ctx, table, choices[i][1], global_new(ctx, choices[i][0], choices[i][1]));
    if (table && !ctx->raised)
        found = dict_get_peek(ctx, table, name);
    if (found)
        python_raise_class(ctx, global_module(found), global_qualname(found));
    else if (!ctx->raised)
        raise_value(ctx, "KeyError", name);
    value_release(table);
    return NULL;
}

METHOD(raiser_throw_queue)
{
    static const char *const choices[][2] = {{"_queue", "Empty"}, {"queue", "Full"}};

    UNUSED;
    return raise_chosen(ctx, argv[0], choices, 2);
}

METHOD(raiser_leave)
{
    static const char *const choices[][2] = {
        {"builtins", "SystemExit"}, {"builtins", "KeyboardInterrupt"}, {"builtins", "GeneratorExit"}};

    UNUSED;
    return raise_chosen(ctx, argv[0], choices, 3);
}

METHOD(raiser_give)
{
    UNUSED;
    return build(ctx, "Raiser.give", argv, argc, kwds);
}

/* ---- tables */

static const struct method raiser_methods[] = {
    {"throw", CALL_ANY, 0, -1, 0, 0, NULL, raiser_throw},
    {"throw_value", CALL_PYTHON, 1, 1, 0, 0, "exception", raiser_throw_value},
    {"throw_with", CALL_PYTHON, 4, 4, 0, 0, "name args attributes notes", raiser_throw_with},
    {"throw_chained", CALL_ANY, 0, -1, 0, 0, NULL, raiser_throw_chained},
    {"throw_unpicklable", CALL_PYTHON, 0, 0, 0, 0, "", raiser_throw_unpicklable},
    {"throw_custom", CALL_ANY, 0, -1, 0, 0, NULL, raiser_throw_custom},
    {"throw_picky", CALL_PYTHON, 0, 0, 0, 0, "", raiser_throw_picky},
    {"throw_queue", CALL_PYTHON, 1, 1, 0, 0, "name", raiser_throw_queue},
    {"leave", CALL_PYTHON, 1, 1, 0, 0, "name", raiser_leave},
    {"give", CALL_ANY, 0, -1, 0, 0, NULL, raiser_give},
    {0},
};

const struct type raiser_type = {.name = "Raiser", .module = "fixtures", INSTANCE_SLOTS, .methods = raiser_methods};
