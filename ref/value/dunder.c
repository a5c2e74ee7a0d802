/* SPDX-License-Identifier: MIT */
/* Special methods that CPython makes from a type's slots ("slot wrappers"): each calls the slot of its object, and says
 * NotImplemented where the slot does. Any type may name them in its method table. */
#include <string.h>

#include "ref/value/container.h"

#define DUNDER(name)                                                                                                   \
    struct value *dunder_##name(struct ctx *ctx, struct value *self, struct value *const *argv, size_t argc,           \
                                struct value *kwds)

DUNDER(len)
{
    ssize_t n = self->type->length(ctx, self);

    (void)argv, (void)argc, (void)kwds;
    return n < 0 ? NULL : int_new(ctx, n);
}

DUNDER(contains)
{
    int found = self->type->contains(ctx, self, argv[0]);

    (void)argc, (void)kwds;
    return found < 0 ? NULL : value_bool(found);
}

DUNDER(getitem)
{
    (void)argc, (void)kwds;
    return self->type->get_item(ctx, self, argv[0]);
}

DUNDER(setitem)
{
    (void)argc, (void)kwds;
    return self->type->set_item(ctx, self, argv[0], argv[1]) < 0 ? NULL : &value_none;
}

DUNDER(delitem)
{
    (void)argc, (void)kwds;
    return self->type->set_item(ctx, self, argv[0], NULL) < 0 ? NULL : &value_none;
}

DUNDER(iter)
{
    (void)argv, (void)argc, (void)kwds;
    return self->type->iter(ctx, self);
}

DUNDER(next)
{
    struct value *item = self->type->next(ctx, self);

    (void)argv, (void)argc, (void)kwds;
    return item || ctx->raised ? item : raise_bare(ctx, "StopIteration");
}

/* The pickle of a GenericAlias is types.GenericAlias(origin, args): that is what it is here. */
DUNDER(class_getitem)
{
    const char *dot = strrchr(self->type->name, '.'), *name = dot ? dot + 1 : self->type->name;
    struct value *args =
        value_is(argv[0], &tuple_type) ? value_ref(argv[0]) : tuple_pack_take(ctx, 1, value_ref(argv[0]));
    struct value *origin = global_new(ctx, self->type->module, name);
    struct value *both = tuple_pack_take(ctx, 2, origin, args), *class = global_new(ctx, "types", "GenericAlias"),
                 *alias = NULL;

    (void)argc, (void)kwds;
    if (both && class)
        alias = opaque_new(ctx, OPAQUE_REDUCE, class, both, NULL);
    value_release(both);
    value_release(class);
    return alias;
}

static struct value *rich_compare(struct ctx *ctx, enum compare_op op, struct value *a, struct value *b)
{
    int result = a->type->compare(ctx, op, a, b);

    if (result == COMPARE_UNSUPPORTED)
        return &value_not_implemented;
    return result < 0 ? NULL : value_bool(result);
}

DUNDER(lt)
{
    (void)argc, (void)kwds;
    return rich_compare(ctx, COMPARE_LT, self, argv[0]);
}

DUNDER(le)
{
    (void)argc, (void)kwds;
    return rich_compare(ctx, COMPARE_LE, self, argv[0]);
}

DUNDER(eq)
{
    (void)argc, (void)kwds;
    return rich_compare(ctx, COMPARE_EQ, self, argv[0]);
}

DUNDER(ne)
{
    (void)argc, (void)kwds;
    return rich_compare(ctx, COMPARE_NE, self, argv[0]);
}

DUNDER(gt)
{
    (void)argc, (void)kwds;
    return rich_compare(ctx, COMPARE_GT, self, argv[0]);
}

DUNDER(ge)
{
    (void)argc, (void)kwds;
    return rich_compare(ctx, COMPARE_GE, self, argv[0]);
}
