/* SPDX-License-Identifier: MIT */
/* multiprocessing.managers.Namespace: an object with writable attributes and nothing else. */
#include "ref/base/buf.h"
#include "ref/base/limits.h"
#include "ref/manager/instance.h"
#include "ref/manager/types.h"

static struct value *namespace_init(struct ctx *ctx, struct value *self, struct value *const *argv, size_t argc,
                                    struct value *kwds)
{
    struct value *attributes = ((struct instance *)self)->attributes;

    (void)argv;
    if (argc)
        return raise_format(ctx, "TypeError", "%s__init__() takes 1 positional argument but %zu were given",
                            compat_has(ctx->rt->compat, COMPAT_QUALIFIED_NAMES) ? "Namespace." : "", argc + 1);
    return kwds && dict_update_from(ctx, attributes, kwds) ? NULL : &value_none;
}

/* One attribute as "name=repr", a new str. */
static struct value *item_text(struct ctx *ctx, struct value *name, struct value *item)
{
    struct value *repr = value_repr(ctx, item), *text = NULL;
    struct buf b;
    size_t size;
    const char *part;

    if (!repr)
        return NULL;
    buf_init(&b, LIMIT_FRAME);
    part = str_peek(name, &size);
    buf_put(&b, part, size);
    buf_put_byte(&b, '=');
    part = str_peek(repr, &size);
    buf_put(&b, part, size);
    text = b.failed ? raise_memory(ctx) : str_new(ctx, (const char *)b.data, b.used);
    buf_free(&b);
    value_release(repr);
    return text;
}

/* The shown attributes, sorted as texts, as CPython sorts them. */
static struct value *item_texts(struct ctx *ctx, struct value *attributes)
{
    struct value *items = list_from(ctx, attributes), *texts = list_new(ctx);
    int failed = !items || !texts;

    for (size_t i = 0; !failed && i < list_length(items); i++) {
        struct value *name = list_peek(items, i), *item;
        if (!str_check(name) || *str_peek(name, NULL) == '_')
            continue;
        if ((item = dict_get_peek(ctx, attributes, name)))
            failed = list_push_take(ctx, texts, item_text(ctx, name, item));
        failed = failed || ctx->raised;
    }
    failed = failed || list_sort_in_place(ctx, texts, false);
    value_release(items);
    if (!failed)
        return texts;
    value_release(texts);
    return NULL;
}

static struct value *namespace_repr(struct ctx *ctx, struct value *self)
{
    struct value *attributes = value_ref(((struct instance *)self)->attributes);
    struct value *texts = item_texts(ctx, attributes), *repr = NULL;
    struct buf b;

    value_release(attributes);
    if (!texts)
        return NULL;
    buf_init(&b, LIMIT_FRAME);
    buf_put_text(&b, "Namespace(");
    for (size_t i = 0; i < list_length(texts); i++) {
        size_t size;
        const char *text = str_peek(list_peek(texts, i), &size);
        buf_put_text(&b, i ? ", " : "");
        buf_put(&b, text, size);
    }
    buf_put_byte(&b, ')');
    repr = b.failed ? raise_memory(ctx) : str_new(ctx, (const char *)b.data, b.used);
    buf_free(&b);
    value_release(texts);
    return repr;
}

/* ---- tables */

static const struct method namespace_methods[] = {
    {"__init__", CALL_ANY, 0, -1, 0, 0, NULL, namespace_init},
    {"__getattribute__", CALL_SLOT, 1, 1, 0, 0, NULL, instance_dunder_getattribute},
    {"__setattr__", CALL_SLOT, 2, 2, 0, 0, NULL, instance_dunder_setattr},
    {"__delattr__", CALL_SLOT, 1, 1, 0, 0, NULL, instance_dunder_delattr},
    {0},
};

const struct type namespace_type = {
    .name = "Namespace",
    .module = "multiprocessing.managers",
    INSTANCE_SLOTS,
    .repr = namespace_repr,
    .methods = namespace_methods,
};
