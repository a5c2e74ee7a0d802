/* SPDX-License-Identifier: MIT */
/* The proxy classes as tables: which methods each has in which version, and which of them only send their own name and
 * arguments. Mirrors the classes at the end of Lib/multiprocessing/managers.py; what their written methods do is in
 * proxy_methods.c. */
#include <stdarg.h>
#include <string.h>

#include "ref/proxy/internal.h"

static const struct proxy_class *const classes[15];

const struct proxy_class *proxy_class_find(const char *name, int compat)
{
    for (const struct proxy_class *const *c = classes; *c; c++)
        if (!strcmp((*c)->name, name) && compat_within(compat, (*c)->since, 0))
            return *c;
    return NULL;
}

const char *proxy_class_module(const struct proxy_class *class)
{
    return class->module ? class->module : MANAGERS;
}

/* ---- finding methods */

static bool has_generated(const struct generated *rows, const char *name, int compat)
{
    for (; rows && rows->name; rows++)
        if (compat_within(compat, rows->since, rows->until) && !strcmp(rows->name, name))
            return true;
    return false;
}

static const struct method *find_written(const struct method *rows, const char *name, int compat)
{
    for (; rows && rows->name; rows++)
        if (compat_within(compat, rows->since, rows->until) && !strcmp(rows->name, name))
            return rows;
    return NULL;
}

static bool among(const struct value *names, const char *name)
{
    for (size_t i = 0; names && i < tuple_length(names); i++)
        if (str_equals(tuple_peek(names, i), name))
            return true;
    return false;
}

bool proxy_find(const struct ctx *ctx, const struct value *v, const char *name, struct found *out)
{
    const struct proxy *p = proxy_of(v);
    int compat = ctx->rt->compat;

    *out = (struct found){NULL, NULL};
    if (among(p->names, name))
        return true;
    for (const struct proxy_class *c = p->class; c; c = c->base) {
        out->method = find_written(c->methods, name, compat);
        out->class_name = c->name;
        if (out->method || has_generated(c->generated, name, compat))
            return true;
    }
    return false;
}

const struct property *proxy_find_property(const struct value *v, const char *name)
{
    for (const struct proxy_class *c = proxy_of(v)->class; c; c = c->base)
        for (const struct property *r = c->properties; r && r->name; r++)
            if (!strcmp(r->name, name))
                return r;
    return NULL;
}

bool proxy_has(const struct ctx *ctx, const struct value *v, const char *name)
{
    struct found found;
    return proxy_find(ctx, v, name, &found);
}

/* ---- calling them */

static struct value *send_as_given(struct ctx *ctx, struct value *v, const char *name, struct value *args,
                                   struct value *kwds)
{
    struct value *method = str_intern(ctx, name), *named = kwds ? value_ref(kwds) : dict_new(ctx), *result = NULL;

    if (method && named)
        result = proxy_request(ctx, v, method, args, named);
    value_release(method);
    value_release(named);
    return result;
}

struct value *proxy_invoke(struct ctx *ctx, struct value *v, const char *name, const struct found *found,
                           struct value *args, struct value *kwds)
{
    if (!found->method)
        return send_as_given(ctx, v, name, args, kwds);
    return method_call(ctx, found->method, found->class_name, v, args, kwds);
}

struct value *proxy_invoke_take(struct ctx *ctx, struct value *v, const char *name, size_t n, ...)
{
    va_list items;
    struct value *args, *result = NULL;
    struct found found;

    va_start(items, n);
    args = tuple_pack_list_take(ctx, n, items);
    va_end(items);
    if (args && proxy_find(ctx, v, name, &found))
        result = proxy_invoke(ctx, v, name, &found, args, NULL);
    value_release(args);
    return result;
}

/* ---- tables */

#define G(name)                                                                                                        \
    {                                                                                                                  \
        name, 0, 0                                                                                                     \
    }
#define SINCE(since, name)                                                                                             \
    {                                                                                                                  \
        name, since, 0                                                                                                 \
    }
#define END                                                                                                            \
    {                                                                                                                  \
        NULL, 0, 0                                                                                                     \
    }

static const struct generated list_generated[] = {
    G("__add__"), G("__contains__"), G("__delitem__"), G("__getitem__"),    G("__len__"),
    G("__mul__"), G("__reversed__"), G("__rmul__"),    G("__setitem__"),    G("append"),
    G("count"),   G("extend"),       G("index"),       G("insert"),         G("pop"),
    G("remove"),  G("reverse"),      G("sort"),        SINCE(314, "clear"), SINCE(314, "copy"),
    END};

static const struct generated dict_generated[] = {G("__contains__"),
                                                  G("__delitem__"),
                                                  G("__getitem__"),
                                                  G("__iter__"),
                                                  G("__len__"),
                                                  G("__setitem__"),
                                                  G("clear"),
                                                  G("copy"),
                                                  G("get"),
                                                  G("items"),
                                                  G("keys"),
                                                  G("pop"),
                                                  G("popitem"),
                                                  G("setdefault"),
                                                  G("update"),
                                                  G("values"),
                                                  SINCE(314, "__or__"),
                                                  SINCE(314, "__ror__"),
                                                  SINCE(314, "__reversed__"),
                                                  SINCE(314, "fromkeys"),
                                                  END};

static const struct generated set_generated[] = {G("__and__"),
                                                 G("__class_getitem__"),
                                                 G("__contains__"),
                                                 G("__iter__"),
                                                 G("__len__"),
                                                 G("__or__"),
                                                 G("__rand__"),
                                                 G("__ror__"),
                                                 G("__rsub__"),
                                                 G("__rxor__"),
                                                 G("__sub__"),
                                                 G("__xor__"),
                                                 G("__ge__"),
                                                 G("__gt__"),
                                                 G("__le__"),
                                                 G("__lt__"),
                                                 G("add"),
                                                 G("clear"),
                                                 G("copy"),
                                                 G("difference"),
                                                 G("difference_update"),
                                                 G("discard"),
                                                 G("intersection"),
                                                 G("intersection_update"),
                                                 G("isdisjoint"),
                                                 G("issubset"),
                                                 G("issuperset"),
                                                 G("pop"),
                                                 G("remove"),
                                                 G("symmetric_difference"),
                                                 G("symmetric_difference_update"),
                                                 G("union"),
                                                 G("update"),
                                                 END};

static const struct generated array_generated[] = {G("__len__"), G("__getitem__"), G("__setitem__"), END};

static const struct generated pool_generated[] = {
    G("apply"), G("apply_async"), G("close"),   G("imap"),          G("imap_unordered"), G("join"),
    G("map"),   G("map_async"),   G("starmap"), G("starmap_async"), G("terminate"),      END};

static const struct property value_properties[] = {{"value", "get", NULL, "set"}, {NULL, NULL, NULL, NULL}};

static const struct property barrier_properties[] = {{"parties", "__getattribute__", "parties", NULL},
                                                     {"n_waiting", "__getattribute__", "n_waiting", NULL},
                                                     {"broken", "__getattribute__", "broken", NULL},
                                                     {NULL, NULL, NULL, NULL}};

const struct proxy_class proxy_class_base = {.name = "BaseProxy", .methods = proxy_base_methods};
const struct proxy_class proxy_class_auto = {.name = "AutoProxy", .base = &proxy_class_base};

#define CLASS static const struct proxy_class
CLASS list_class = {
    .name = "ListProxy", .base = &proxy_class_base, .methods = proxy_list_methods, .generated = list_generated};
CLASS dict_class = {
    .name = "DictProxy", .base = &proxy_class_base, .methods = proxy_dict_methods, .generated = dict_generated};
CLASS set_class = {.name = "SetProxy",
                   .since = 314,
                   .base = &proxy_class_base,
                   .methods = proxy_set_methods,
                   .generated = set_generated};
CLASS array_class = {.name = "ArrayProxy", .base = &proxy_class_base, .generated = array_generated};
CLASS namespace_class = {.name = "NamespaceProxy", .base = &proxy_class_base, .open = true};
CLASS value_class = {
    .name = "ValueProxy", .base = &proxy_class_base, .methods = proxy_value_methods, .properties = value_properties};
CLASS iterator_class = {.name = "IteratorProxy", .base = &proxy_class_base, .methods = proxy_iterator_methods};
CLASS generator_class = {
    .name = "GeneratorProxy", .module = "fixtures", .base = &proxy_class_base, .methods = proxy_generator_methods};
CLASS acquirer_class = {.name = "AcquirerProxy", .base = &proxy_class_base, .methods = proxy_acquirer_methods};
CLASS condition_class = {.name = "ConditionProxy", .base = &acquirer_class, .methods = proxy_condition_methods};
CLASS event_class = {.name = "EventProxy", .base = &proxy_class_base, .methods = proxy_event_methods};
CLASS barrier_class = {.name = "BarrierProxy",
                       .base = &proxy_class_base,
                       .methods = proxy_barrier_methods,
                       .properties = barrier_properties};
CLASS pool_class = {
    .name = "PoolProxy", .base = &proxy_class_base, .methods = proxy_pool_methods, .generated = pool_generated};

static const struct proxy_class *const classes[15] = {
    &proxy_class_auto, &list_class,    &dict_class,     &set_class,       &array_class,
    &namespace_class,  &value_class,   &iterator_class, &acquirer_class,  &condition_class,
    &event_class,      &barrier_class, &pool_class,     &generator_class, NULL};
