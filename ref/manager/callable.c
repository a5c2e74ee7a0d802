/* SPDX-License-Identifier: MIT */
/* Calling what a client sent to be called: a function that is known here by name, a class of exceptions, or a bound
 * method, of a proxy or of a value, which a pickle writes as getattr(object, name).  All else is data that C cannot
 * call: TypeError says so in the caller. */
#include "ref/manager/call.h"
#include "ref/manager/pool.h"

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

/* list.append of getattr(list, 'append'): a function that takes the object first. */
static struct value *call_unbound(struct ctx *ctx, struct value *class, struct value *name, struct value *args,
                                  struct value *kwds)
{
    struct value *self = tuple_length(args) ? tuple_peek(args, 0) : NULL, *rest, *result;
    const char *method = str_peek(name, NULL), *class_name = global_qualname(class);

    if (!self)
        return raise_format(ctx, "TypeError", "unbound method %s.%s() needs an argument", class_name, method);
    if (!global_is(class, self->type->module, self->type->name))
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
    struct value *object, *name;

    if (!is_bound(func, &object, &name))
        return function_call(ctx, func, args, kwds);
    if (object->type == &global_type)
        return call_unbound(ctx, object, name, args, kwds);
    return proxy_method(ctx, object, str_peek(name, NULL), args, kwds);
}

struct value *callable_call(struct ctx *ctx, struct value *func, struct value *args, struct value *kwds)
{
    struct value *tuple, *dict, *result = NULL;

    if (!callable_check(func))
        return raise_format(ctx, "TypeError", "'%s' object is not callable", value_type_name(func));
    if (call_arguments(ctx, func, args, kwds, &tuple, &dict))
        return NULL;
    result = call_checked(ctx, func, tuple, dict_length(dict) ? dict : NULL);
    value_release(tuple);
    value_release(dict);
    return result;
}
