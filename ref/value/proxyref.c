/* SPDX-License-Identifier: MIT */
/* A proxy as a value: what multiprocessing.managers.RebuildProxy was called with, and a place for the layer that gives
 * it life. Two proxies are equal only if they are the same object, as BaseProxy defines no __eq__. */
#include <string.h>

#include "ref/value/container.h"

static struct proxyref *proxyref_cast(const struct value *v)
{
    return (struct proxyref *)v;
}

static void release_members(struct proxyref *p)
{
    struct value **members[] = {&p->function,   &p->typeid, &p->address,   &p->id,
                                &p->serializer, &p->kwds,   &p->class_name};

    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        struct value *old = *members[i];
        *members[i] = NULL;
        value_release(old);
    }
}

static void proxyref_destroy(struct value *v)
{
    struct proxyref *p = proxyref_cast(v);

    if (p->on_destroy)
        p->on_destroy(p);
    p->on_destroy = NULL;
    p->owner = NULL;
    if (p->on_drop)
        p->on_drop(p);
    p->on_drop = NULL;
    release_members(p);
}

/* ---- slots: each asks what the layer above lends; without that a proxy is an object that has no such operation */

static int proxyref_truth(struct ctx *ctx, struct value *v)
{
    const struct proxyref_surface *s = proxyref_cast(v)->surface;

    return s ? s->truth(ctx, v) : 1;
}

static int proxyref_compare(struct ctx *ctx, enum compare_op op, struct value *a, struct value *b)
{
    const struct proxyref_surface *s = proxyref_cast(a)->surface;

    return s ? s->compare(ctx, op, a, b) : COMPARE_UNSUPPORTED;
}

static struct value *proxyref_repr(struct ctx *ctx, struct value *v)
{
    struct value *typeid = value_repr(ctx, proxyref_cast(v)->typeid), *r = NULL;

    if (typeid)
        r = str_printf(ctx, "<%s object, typeid %s at 0x%llx>", value_type_name(v), str_peek(typeid, NULL),
                       (unsigned long long)(uintptr_t)v);
    value_release(typeid);
    return r;
}

static struct value *proxyref_str(struct ctx *ctx, struct value *v)
{
    const struct proxyref_surface *s = proxyref_cast(v)->surface;

    return s ? s->str(ctx, v) : proxyref_repr(ctx, v);
}

static ssize_t proxyref_length(struct ctx *ctx, struct value *v)
{
    const struct proxyref_surface *s = proxyref_cast(v)->surface;

    if (s)
        return s->length(ctx, v);
    raise_format(ctx, "TypeError", "object of type '%s' has no len()", value_type_name(v));
    return -1;
}

static struct value *proxyref_get_item(struct ctx *ctx, struct value *v, struct value *key)
{
    const struct proxyref_surface *s = proxyref_cast(v)->surface;

    if (s)
        return s->get_item(ctx, v, key);
    return raise_format(ctx, "TypeError", "'%s' object is not subscriptable", value_type_name(v));
}

static int proxyref_set_item(struct ctx *ctx, struct value *v, struct value *key, struct value *item)
{
    const struct proxyref_surface *s = proxyref_cast(v)->surface;

    if (s)
        return s->set_item(ctx, v, key, item);
    raise_format(ctx, "TypeError",
                 item ? "'%s' object does not support item assignment" : "'%s' object doesn't support item deletion",
                 value_type_name(v));
    return -1;
}

static int proxyref_contains(struct ctx *ctx, struct value *v, struct value *item)
{
    const struct proxyref_surface *s = proxyref_cast(v)->surface;

    if (s)
        return s->contains(ctx, v, item);
    raise_format(ctx, "TypeError", "argument of type '%s' is not %s", value_type_name(v),
                 compat_has(ctx->rt->compat, COMPAT_CONTAINER_WORDS) ? "a container or iterable" : "iterable");
    return -1;
}

static struct value *proxyref_binary(struct ctx *ctx, enum binary_op op, struct value *a, struct value *b)
{
    const struct value *mine = value_is(a, &proxyref_type) ? a : b;
    const struct proxyref_surface *s = proxyref_cast(mine)->surface;

    if (!s && mine == a && value_is(b, &proxyref_type)) /* two proxies: either may live */
        s = proxyref_cast(b)->surface;
    return s ? s->binary(ctx, op, a, b) : &value_not_implemented;
}

static struct value *proxyref_iter(struct ctx *ctx, struct value *v)
{
    const struct proxyref_surface *s = proxyref_cast(v)->surface;

    if (s)
        return s->iter(ctx, v);
    return raise_format(ctx, "TypeError", "'%s' object is not iterable", value_type_name(v));
}

static struct value *proxyref_next(struct ctx *ctx, struct value *it)
{
    const struct proxyref_surface *s = proxyref_cast(it)->surface;

    if (s)
        return s->next(ctx, it);
    return raise_format(ctx, "TypeError", "'%s' object is not an iterator", value_type_name(it));
}

static struct value *proxyref_get_attr(struct ctx *ctx, struct value *v, const char *name)
{
    const struct proxyref_surface *s = proxyref_cast(v)->surface;

    if (s)
        return s->get_attr(ctx, v, name);
    return raise_format(ctx, "AttributeError", "'%s' object has no attribute '%s'", value_type_name(v), name);
}

static int proxyref_set_attr(struct ctx *ctx, struct value *v, const char *name, struct value *item)
{
    const struct proxyref_surface *s = proxyref_cast(v)->surface;

    if (s)
        return s->set_attr(ctx, v, name, item);
    raise_format(ctx, "AttributeError", "'%s' object has no attribute '%s'", value_type_name(v), name);
    return -1;
}

static const char *proxyref_name(const struct value *v)
{
    return str_peek(proxyref_cast(v)->class_name, NULL);
}

/* ---- for types.h */

/* type(p).__name__: an AutoProxy makes a class for each typeid. */
static struct value *make_class_name(struct ctx *ctx, struct value *function, struct value *typeid)
{
    const char *name = value_is(function, &global_type) ? global_qualname(function) : "BaseProxy";
    const char *dot = strrchr(name, '.');

    if (strcmp(name, "AutoProxy") == 0 && str_check(typeid))
        return str_printf(ctx, "AutoProxy[%s]", str_peek(typeid, NULL));
    return str_new_text(ctx, dot ? dot + 1 : name);
}

struct proxyref *proxyref_new(struct ctx *ctx, struct value *function, struct value *typeid, struct value *address,
                              struct value *id, struct value *serializer, struct value *kwds)
{
    struct proxyref *p = proxyref_cast(value_new(ctx, &proxyref_type));

    if (!p)
        return NULL;
    p->function = value_ref(function);
    p->typeid = value_ref(typeid);
    p->address = value_ref(address);
    p->id = value_ref(id);
    p->serializer = value_ref(serializer);
    p->kwds = value_ref(kwds);
    p->class_name = make_class_name(ctx, function, typeid);
    if (!p->class_name) {
        value_release(&p->head);
        return NULL;
    }
    return p;
}

/* ---- tables */

/* Members are plain data (names, an address, the exposed names), which cannot lead back to the proxy: no traverse. */
const struct type proxyref_type = {
    .name = "BaseProxy",
    .module = "multiprocessing.managers",
    .size = sizeof(struct proxyref),
    .destroy = proxyref_destroy,
    .truth = proxyref_truth,
    .compare = proxyref_compare,
    .hash_by_identity = true,
    .repr = proxyref_repr,
    .str = proxyref_str,
    .length = proxyref_length,
    .get_item = proxyref_get_item,
    .set_item = proxyref_set_item,
    .contains = proxyref_contains,
    .binary = proxyref_binary,
    .iter = proxyref_iter,
    .next = proxyref_next,
    .get_attr = proxyref_get_attr,
    .set_attr = proxyref_set_attr,
    .name_of = proxyref_name,
};
