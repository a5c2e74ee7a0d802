/* SPDX-License-Identifier: MIT */
/* Calling what a client sent to be called: a function that is known here by name, a class of exceptions, or a bound
 * method, of a proxy or of a value, which a pickle writes as getattr(object, name).  All else is data that C cannot
 * call: TypeError says so in the caller. */
#include <string.h>

#include "ref/base/limits.h"
#include "ref/manager/call.h"
#include "ref/manager/lock.h"
#include "ref/manager/pool.h"
#include "ref/manager/python.h"
#include "ref/manager/types.h"

/* Is v getattr(object, name)? Then both, borrowed. */
static bool is_bound(const struct value *v, struct value **object, struct value **name)
{
    struct value *args;

    if (v->type != &opaque_type || opaque_form_of(v) != OPAQUE_REDUCE ||
        !global_is(opaque_callable_peek(v), "builtins", "getattr"))
        return false;
    args = opaque_args_peek(v);
    if (tuple_length(args) != 2 || !str_check(tuple_peek(args, 1)))
        return false;
    *object = tuple_peek(args, 0);
    *name = tuple_peek(args, 1);
    return true;
}

bool callable_check(const struct value *v)
{
    return v->type == &global_type || v->type == &opaque_type;
}

/* A global with a dot in its name, as protocol 4 writes list.append: 1 and the parts, if it is a built-in type's. */
static bool is_method(const struct value *func, char *class, size_t size, const char **method)
{
    const char *name = global_qualname(func), *dot = strchr(name, '.');

    if (strcmp(global_module(func), "builtins") != 0 || !dot || strchr(dot + 1, '.') || (size_t)(dot - name) >= size)
        return false;
    memcpy(class, name, (size_t)(dot - name));
    class[dot - name] = '\0';
    *method = dot + 1;
    return true;
}

int callable_refuse(struct ctx *ctx, struct value *v)
{
    char class[LIMIT_TYPE_NAME];
    struct value *object, *name;
    const char *method;

    if (!v || !callable_check(v))
        return 0;
    if (v->type == &global_type)
        return is_method(v, class, sizeof class, &method) ? 0 : function_check(ctx, v);
    if (!is_bound(v, &object, &name))
        raise_format(ctx, "TypeError", "objects of the class '%s' cannot be called here", value_type_name(v));
    else if (object->type == &opaque_type)
        raise_format(ctx, "TypeError", "methods of the class '%s' cannot be called here", value_type_name(object));
    else if (object->type == &global_type && strcmp(global_module(object), "builtins") != 0) /* a class method */
        raise_format(ctx, "TypeError", "methods of the class '%s' cannot be called here", global_qualname(object));
    return ctx->raised ? -1 : 0;
}

/* The method of a class, such as list.append: a function that takes the object first. */
static struct value *call_unbound(struct ctx *ctx, const char *class_name, const char *method, struct value *args,
                                  struct value *kwds)
{
    struct value *self = tuple_length(args) ? tuple_peek(args, 0) : NULL, *rest, *result;

    if (!self && !compat_has(ctx->rt->compat, COMPAT_UNBOUND_WORDS))
        return raise_format(ctx, "TypeError", "descriptor '%s' of '%s' object needs an argument", method, class_name);
    if (!self)
        return raise_format(ctx, "TypeError", "unbound method %s.%s() needs an argument", class_name, method);
    if (strcmp(self->type->name, class_name) != 0)
        return raise_format(ctx, "TypeError", "descriptor '%s' for '%s' objects doesn't apply to a '%s' object", method,
                            class_name, value_type_name(self));
    rest = tuple_new(ctx, tuple_length(args) - 1);
    for (size_t i = 1; rest && i < tuple_length(args); i++)
        tuple_set_take(rest, i - 1, value_ref(tuple_peek(args, i)));
    result = rest ? value_call_method(ctx, self, method, rest, kwds) : NULL;
    value_release(rest);
    return result;
}

static struct value *call_checked(struct ctx *ctx, struct value *func, struct value *args, struct value *kwds)
{
    char class[LIMIT_TYPE_NAME];
    struct value *object, *name;
    const char *method;

    if (func->type == &global_type && is_method(func, class, sizeof class, &method))
        return call_unbound(ctx, class, method, args, kwds);
    if (!is_bound(func, &object, &name))
        return function_call(ctx, func, args, kwds);
    if (object->type == &global_type && !strcmp(global_module(object), "builtins"))
        return call_unbound(ctx, global_qualname(object), str_peek(name, NULL), args, kwds);
    return proxy_method(ctx, object, str_peek(name, NULL), args, kwds);
}

struct value *callable_call(struct ctx *ctx, struct value *func, struct value *args, struct value *kwds)
{
    struct value *tuple, *dict, *object, *name, *result = NULL;

    if (call_arguments(ctx, func, func->type == &global_type || is_bound(func, &object, &name), args, kwds, &tuple,
                       &dict))
        return NULL;
    if (callable_check(func))
        result = call_checked(ctx, func, tuple, dict_length(dict) ? dict : NULL);
    else
        raise_format(ctx, "TypeError", "'%s' object is not callable", value_type_name(func));
    value_release(tuple);
    value_release(dict);
    return result;
}

/* ---- functions of a manager */

METHOD(thread_allocate_lock)
{
    UNUSED;
    return lock_new(ctx);
}

METHOD(sys_exit)
{
    struct value *args = argc ? tuple_pack_take(ctx, 1, value_ref(argv[0])) : tuple_empty, *exception;

    UNUSED;
    exception = args ? exception_new(ctx, exception_class_find("builtins", "SystemExit", ctx->rt->compat), args) : NULL;
    value_release(args);
    return raise_take(ctx, exception);
}

/* ---- tables */

static const struct method thread_rows[] = {
    {"allocate_lock", CALL_NO_ARGS, 0, 0, 0, 0, NULL, thread_allocate_lock},
    {0},
};

static const struct method sys_rows[] = {
    {"exit", CALL_POSITIONAL, 0, 1, 0, 0, NULL, sys_exit},
    {0},
};

void callable_register(struct server *s)
{
    s->libraries[0] = (struct library){NULL, "_thread", thread_rows};
    s->libraries[1] = (struct library){NULL, "sys", sys_rows};
    for (int i = 0; i < 2; i++)
        function_register(s->rt, &s->libraries[i]);
}

void callable_unregister(struct server *s)
{
    for (int i = 0; i < 2; i++)
        function_unregister(s->rt, &s->libraries[i]);
}
