/* SPDX-License-Identifier: MIT */
/* None, Ellipsis and NotImplemented: immortal, compared and hashed by identity. True and False are ints (int.c). */
#include "ref/value/core.h"

static int none_truth(struct ctx *ctx, struct value *v)
{
    (void)ctx;
    (void)v;
    return 0;
}

static struct value *singleton_repr(struct ctx *ctx, struct value *v)
{
    return str_intern(ctx, v == &value_none ? "None" : v == &value_ellipsis ? "Ellipsis" : "NotImplemented");
}

/* bool(NotImplemented): a warning since 3.9, an error since 3.14. */
static int not_implemented_truth(struct ctx *ctx, struct value *v)
{
    (void)v;
    if (!compat_has(ctx->rt->compat, COMPAT_NOT_IMPLEMENTED_TRUTH))
        return 1;
    raise_format(ctx, "TypeError", "NotImplemented should not be used in a boolean context");
    return -1;
}

static const struct type none_type = {
    .name = "NoneType",
    .module = "builtins",
    .size = sizeof(struct value),
    .truth = none_truth,
    .hash_by_identity = true,
    .repr = singleton_repr,
};
static const struct type ellipsis_type = {
    .name = "ellipsis",
    .module = "builtins",
    .size = sizeof(struct value),
    .hash_by_identity = true,
    .repr = singleton_repr,
};
static const struct type not_implemented_type = {
    .name = "NotImplementedType",
    .module = "builtins",
    .size = sizeof(struct value),
    .truth = not_implemented_truth,
    .hash_by_identity = true,
    .repr = singleton_repr,
};

struct value value_none = {&none_type, SIZE_MAX};
struct value value_ellipsis = {&ellipsis_type, SIZE_MAX};
struct value value_not_implemented = {&not_implemented_type, SIZE_MAX};
