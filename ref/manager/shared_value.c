/* SPDX-License-Identifier: MIT */
/* multiprocessing.managers.Value: a type code that nobody looks at, and a value. */
#include "ref/manager/instance.h"
#include "ref/manager/types.h"

static struct value *value_init(struct ctx *ctx, struct value *self, struct value *const *argv, size_t argc,
                                struct value *kwds)
{
    (void)argc, (void)kwds;
    if (instance_set_take(ctx, self, "_typecode", value_ref(argv[0])) ||
        instance_set_take(ctx, self, "_value", value_ref(argv[1])))
        return NULL;
    return &value_none;
}

/* self._value, or what Python says of an object that lost it. New. */
static struct value *attribute(struct ctx *ctx, struct value *self, const char *name)
{
    return instance_get_attr(ctx, self, name);
}

static struct value *value_get(struct ctx *ctx, struct value *self, struct value *const *argv, size_t argc,
                               struct value *kwds)
{
    (void)argv, (void)argc, (void)kwds;
    return attribute(ctx, self, "_value");
}

static struct value *value_set(struct ctx *ctx, struct value *self, struct value *const *argv, size_t argc,
                               struct value *kwds)
{
    (void)argc, (void)kwds;
    return instance_set_take(ctx, self, "_value", value_ref(argv[0])) ? NULL : &value_none;
}

static struct value *shared_value_repr(struct ctx *ctx, struct value *self)
{
    struct value *typecode = attribute(ctx, self, "_typecode"), *item = attribute(ctx, self, "_value");
    struct value *code_text = typecode ? value_repr(ctx, typecode) : NULL;
    struct value *item_text = code_text && item ? value_repr(ctx, item) : NULL;
    struct value *repr = NULL;

    if (item_text)
        repr = str_printf(ctx, "Value(%s, %s)", str_peek(code_text, NULL), str_peek(item_text, NULL));
    value_release(typecode);
    value_release(item);
    value_release(code_text);
    value_release(item_text);
    return repr;
}

/* ---- tables */

static const struct method shared_value_methods[] = {
    {"__init__", CALL_PYTHON, 2, 3, 0, 0, "typecode value lock", value_init},
    {"get", CALL_PYTHON, 0, 0, 0, 0, "", value_get},
    {"set", CALL_PYTHON, 1, 1, 0, 0, "value", value_set},
    {0},
};

const struct type shared_value_type = {
    .name = "Value",
    .module = "multiprocessing.managers",
    INSTANCE_SLOTS,
    .repr = shared_value_repr,
    .methods = shared_value_methods,
};
