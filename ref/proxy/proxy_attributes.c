/* SPDX-License-Identifier: MIT */
/* Attributes and methods of proxies by name: properties that are remote calls, a Namespace's attributes that are the
 * referent's, and what was set on the proxy itself. In the order in which Python's object.__getattribute__ looks. */
#include <string.h>

#include "ref/proxy/internal.h"

void *proxy_raise_attribute(struct ctx *ctx, const char *type_name, const char *name)
{
    struct value *raised, *attribute;

    raise_format(ctx, "AttributeError", "'%.100s' object has no attribute '%s'", type_name, name);
    if (!compat_has(ctx->rt->compat, COMPAT_ATTRIBUTE_STATE) || !raised_is(ctx, "AttributeError"))
        return NULL; /* before 3.12 the name does not travel with the exception */
    raised = raised_fetch(ctx);
    attribute = str_new_text(ctx, name);
    if (attribute && !value_set_attr(ctx, raised, "name", attribute))
        raise_take(ctx, value_ref(raised));
    value_release(attribute);
    value_release(raised);
    return NULL;
}

/* ---- what is where */

/* Does the name of an open proxy mean an attribute of the referent? CPython looks at key[0], which '' has not: 1, 0, or
 * -1 after raising. */
static int is_remote(struct ctx *ctx, const struct value *v, const char *name)
{
    if (!proxy_of(v)->class->open)
        return 0;
    if (*name)
        return *name != '_';
    raise_format(ctx, "IndexError", "string index out of range");
    return -1;
}

/* The attributes that __init__ leaves in a proxy, as far as they are values. New; NULL with nothing raised if it is
 * none of them. */
static struct value *own_member(struct ctx *ctx, const struct value *v, const char *name)
{
    const struct proxy *p = proxy_of(v);

    if (!strcmp(name, "_id"))
        return value_ref(p->id);
    if (!strcmp(name, "_serializer"))
        return value_ref(p->ref->serializer);
    if (!strcmp(name, "_exposed_") && p->names)
        return value_ref(p->names);
    if (!strcmp(name, "_token"))
        return token_new(ctx, p->ref->typeid, p->ref->address, p->id);
    return NULL;
}

static struct value *read_property(struct ctx *ctx, struct value *v, const struct property *property)
{
    if (property->argument)
        return proxy_request_take(ctx, v, property->getter, 1, str_new_text(ctx, property->argument));
    return proxy_request_take(ctx, v, property->getter, 0);
}

/* A method that is not called is what pickle makes of it: getattr(proxy, name). */
static struct value *bound_method(struct ctx *ctx, struct value *v, const char *name)
{
    struct value *function = global_new(ctx, "builtins", "getattr");
    struct value *args = function ? tuple_pack_take(ctx, 2, value_ref(v), str_new_text(ctx, name)) : NULL;
    struct value *bound = args ? opaque_new(ctx, OPAQUE_REDUCE, function, args, NULL) : NULL;

    value_release(function);
    value_release(args);
    return bound;
}

static struct value *set_here_peek(struct ctx *ctx, const struct value *v, const char *name)
{
    struct value *attributes = proxy_of(v)->attributes;
    return attributes ? dict_get_text_peek(ctx, attributes, name) : NULL;
}

/* ---- getting */

static struct value *get_local(struct ctx *ctx, struct value *v, const char *name)
{
    const struct property *property = proxy_find_property(v, name);
    struct value *here;

    if (property)
        return read_property(ctx, v, property);
    here = set_here_peek(ctx, v, name);
    if (here)
        return value_ref(here);
    here = ctx->raised ? NULL : own_member(ctx, v, name);
    if (here || ctx->raised)
        return here;
    return proxy_has(ctx, v, name) ? bound_method(ctx, v, name) : raise_no_attribute(ctx, v, name);
}

/* Of a local value: an attribute, or a method that is not called. */
static struct value *get_plain(struct ctx *ctx, struct value *v, const char *name)
{
    struct value *found = value_get_attr(ctx, v, name);

    if (found || !raised_is(ctx, "AttributeError") || !value_has_method(ctx, v, name))
        return found;
    value_release(raised_fetch(ctx));
    return bound_method(ctx, v, name);
}

struct value *proxy_get_attr(struct ctx *ctx, struct value *v, const char *name)
{
    int remote;

    if (!proxy_check(v))
        return get_plain(ctx, v, name);
    remote = is_remote(ctx, v, name);
    if (remote < 0)
        return NULL;
    if (remote)
        return proxy_request_take(ctx, v, "__getattribute__", 1, str_new_text(ctx, name));
    return get_local(ctx, v, name);
}

/* ---- setting and deleting */

static int raise_read_only(struct ctx *ctx, const struct value *v, const char *name, bool deleting)
{
    const char *verb = deleting ? "delete" : "set";

    if (compat_has(ctx->rt->compat, COMPAT_PROPERTY_WORDS))
        raise_format(ctx, "AttributeError", "property '%s' of '%s' object has no %s", name, value_type_name(v),
                     deleting ? "deleter" : "setter");
    else if (compat_has(ctx->rt->compat, COMPAT_PROPERTY_NAMED))
        raise_format(ctx, "AttributeError", "can't %s attribute '%s'", verb, name);
    else
        raise_format(ctx, "AttributeError", "can't %s attribute", verb);
    return -1;
}

static int delete_here(struct ctx *ctx, const struct value *v, const char *name)
{
    struct value *key, *here = set_here_peek(ctx, v, name);
    int result;

    if (!here) {
        if (!ctx->raised)
            raise_no_attribute_to_delete(ctx, v, name);
        return -1;
    }
    key = str_new_text(ctx, name);
    result = key ? dict_delete(ctx, proxy_of(v)->attributes, key) : -1;
    value_release(key);
    return result;
}

static int set_here(struct ctx *ctx, struct value *v, const char *name, struct value *item)
{
    struct proxy *p = proxy_of(v);

    if (!p->attributes)
        p->attributes = dict_new(ctx);
    return p->attributes ? dict_set_text_take(ctx, p->attributes, name, value_ref(item)) : -1;
}

static int set_local(struct ctx *ctx, struct value *v, const char *name, struct value *item)
{
    const struct property *property = proxy_find_property(v, name);
    struct value *result;

    if (!property)
        return item ? set_here(ctx, v, name, item) : delete_here(ctx, v, name);
    if (!item || !property->setter)
        return raise_read_only(ctx, v, name, !item);
    result = proxy_request_take(ctx, v, property->setter, 1, value_ref(item));
    value_release(result);
    return result ? 0 : -1;
}

static int set_remote(struct ctx *ctx, struct value *v, const char *name, struct value *item)
{
    struct value *key = str_new_text(ctx, name), *result;

    if (item)
        result = proxy_request_take(ctx, v, "__setattr__", 2, key, value_ref(item));
    else
        result = proxy_request_take(ctx, v, "__delattr__", 1, key);
    value_release(result);
    return result ? 0 : -1;
}

int proxy_set_attr(struct ctx *ctx, struct value *v, const char *name, struct value *item)
{
    int remote;

    if (!proxy_check(v))
        return item ? value_set_attr(ctx, v, name, item) : value_delete_attr(ctx, v, name);
    remote = is_remote(ctx, v, name);
    if (remote < 0)
        return -1;
    return remote ? set_remote(ctx, v, name, item) : set_local(ctx, v, name, item);
}

/* ---- calling */

static struct value *call_value(struct ctx *ctx, struct value *callable)
{
    if (!callable)
        return NULL;
    if (value_is(callable, &global_type))
        raise_format(ctx, "NotImplementedError", "no Python here to call %s.%s", global_module(callable),
                     global_qualname(callable));
    else
        raise_format(ctx, "TypeError", "'%s' object is not callable", value_type_name(callable));
    value_release(callable);
    return NULL;
}

struct value *proxy_method(struct ctx *ctx, struct value *v, const char *name, struct value *args, struct value *kwds)
{
    struct found found;

    ctx->lost = false;
    if (!proxy_check(v))
        return value_call_method(ctx, v, name, args, kwds);
    if (!proxy_find_property(v, name) && !set_here_peek(ctx, v, name) && !ctx->raised &&
        proxy_find(ctx, v, name, &found))
        return proxy_invoke(ctx, v, name, &found, args, kwds);
    return ctx->raised ? NULL : call_value(ctx, proxy_get_attr(ctx, v, name));
}
