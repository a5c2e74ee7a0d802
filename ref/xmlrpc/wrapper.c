/* SPDX-License-Identifier: MIT */
/* xmlrpc.client.Binary and xmlrpc.client.DateTime: what bytes and dates have become when they arrive.  They stay what
 * they are: a manager that is given bytes over XML-RPC holds a Binary. */
#include <string.h>

#include "ref/xmlrpc/xmlrpc.h"

struct wrapper {
    struct value head;
    struct value *content;
};

struct value *wrapper_peek(const struct value *v)
{
    return ((const struct wrapper *)v)->content;
}

static struct value *new_take(struct ctx *ctx, const struct type *type, struct value *content)
{
    struct value *v = content ? value_new(ctx, type) : NULL;

    if (v)
        ((struct wrapper *)v)->content = content;
    else
        value_release(content);
    return v;
}

struct value *binary_new_take(struct ctx *ctx, struct value *content)
{
    return new_take(ctx, &binary_type, content);
}

struct value *date_time_new_take(struct ctx *ctx, struct value *content)
{
    return new_take(ctx, &date_time_type, content);
}

static void wrapper_destroy(struct value *v)
{
    value_release(wrapper_peek(v));
}

static const char *member_of(const struct value *v)
{
    return v->type == &binary_type ? "data" : "value";
}

static struct value *wrapper_get_attr(struct ctx *ctx, struct value *v, const char *name)
{
    if (!strcmp(name, member_of(v)))
        return value_ref(wrapper_peek(v));
    return raise_no_attribute(ctx, v, name);
}

static struct value *wrapper_reduce(struct ctx *ctx, struct value *v)
{
    struct value *class = global_new(ctx, v->type->module, v->type->name), *state = dict_new(ctx);
    struct value *reduced = class && state ? opaque_new(ctx, OPAQUE_NEWOBJ, class, tuple_empty, NULL) : NULL;

    if (reduced && (dict_set_text_take(ctx, state, member_of(v), value_ref(wrapper_peek(v))) ||
                    opaque_record(ctx, reduced, OPAQUE_BUILD, state, NULL))) {
        value_release(reduced);
        reduced = NULL;
    }
    value_release(class);
    value_release(state);
    return reduced;
}

/* ---- Binary */

static int binary_compare(struct ctx *ctx, enum compare_op op, struct value *a, struct value *b)
{
    if (op != COMPARE_EQ && op != COMPARE_NE)
        return COMPARE_UNSUPPORTED;
    return value_compare(ctx, op, wrapper_peek(a), b->type == &binary_type ? wrapper_peek(b) : b);
}

static struct value *binary_str(struct ctx *ctx, struct value *v)
{
    size_t size;
    const unsigned char *data = bytes_peek(wrapper_peek(v), &size);

    return str_new_latin1(ctx, data, size);
}

/* ---- DateTime */

static int date_time_compare(struct ctx *ctx, enum compare_op op, struct value *a, struct value *b)
{
    if (b->type == &date_time_type)
        return value_compare(ctx, op, wrapper_peek(a), wrapper_peek(b));
    if (str_check(b))
        return value_compare(ctx, op, wrapper_peek(a), b);
    if (compat_has(ctx->rt->compat, COMPAT_DATETIME_COMPARES))
        return COMPARE_UNSUPPORTED;
    raise_format(ctx, "TypeError", "Can't compare DateTime and %s", value_class_name(b));
    return -1;
}

static struct value *date_time_str(struct ctx *ctx, struct value *v)
{
    (void)ctx;
    return value_ref(wrapper_peek(v));
}

static struct value *date_time_repr(struct ctx *ctx, struct value *v)
{
    struct value *content = value_repr(ctx, wrapper_peek(v)), *repr = NULL;

    if (content)
        repr = str_printf(ctx, "<DateTime %s at 0x%llx>", str_peek(content, NULL), (unsigned long long)(uintptr_t)v);
    value_release(content);
    return repr;
}

/* ---- tables */

const struct type binary_type = {
    .name = "Binary",
    .module = "xmlrpc.client",
    .size = sizeof(struct wrapper),
    .destroy = wrapper_destroy,
    .compare = binary_compare,
    .str = binary_str,
    .get_attr = wrapper_get_attr,
    .reduce = wrapper_reduce,
};

const struct type date_time_type = {
    .name = "DateTime",
    .module = "xmlrpc.client",
    .size = sizeof(struct wrapper),
    .destroy = wrapper_destroy,
    .compare = date_time_compare,
    .repr = date_time_repr,
    .str = date_time_str,
    .get_attr = wrapper_get_attr,
    .reduce = wrapper_reduce,
};
