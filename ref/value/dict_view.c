/* SPDX-License-Identifier: MIT */
/* What keys(), values() and items() of a dict return, as Objects/dictobject.c, but for one thing: it shows the entries
 * of the time when it was made.  A view never leaves its process: pickle writes a list instead, as the reducer in
 * Lib/multiprocessing/managers.py does; what has no form for views refuses them. */
#include "ref/value/container.h"

struct view {
    struct value head;
    struct value *list;
};

static struct value *list_of(const struct value *v)
{
    return ((const struct view *)v)->list;
}

struct value *dict_view_take(struct ctx *ctx, const struct type *type, struct value *list)
{
    struct value *v = list ? value_new(ctx, type) : NULL;

    if (v)
        ((struct view *)v)->list = list;
    else
        value_release(list);
    return v;
}

static void view_destroy(struct value *v)
{
    struct value *list = list_of(v);

    ((struct view *)v)->list = NULL;
    value_release(list);
}

static int view_traverse(struct value *v, visit_fn *visit, void *arg)
{
    return list_of(v) ? visit(list_of(v), arg) : 0;
}

static struct value *view_repr(struct ctx *ctx, struct value *v)
{
    struct value *list = value_repr(ctx, list_of(v)), *repr = NULL;

    if (list)
        repr = str_printf(ctx, "%s(%s)", v->type->name, str_peek(list, NULL));
    value_release(list);
    return repr;
}

static ssize_t view_length(struct ctx *ctx, struct value *v)
{
    return value_length(ctx, list_of(v));
}

static int view_contains(struct ctx *ctx, struct value *v, struct value *item)
{
    return value_contains(ctx, list_of(v), item);
}

static struct value *view_iter(struct ctx *ctx, struct value *v)
{
    return value_iter(ctx, list_of(v));
}

/* list(v) */
static struct value *view_reduce(struct ctx *ctx, struct value *v)
{
    struct value *class = global_new(ctx, "builtins", "list");
    struct value *args = class ? tuple_pack_take(ctx, 1, value_ref(list_of(v))) : NULL;
    struct value *reduced = args ? opaque_new(ctx, OPAQUE_REDUCE, class, args, NULL) : NULL;

    value_release(class);
    value_release(args);
    return reduced;
}

/* ---- tables */

#define VIEW(text)                                                                                                     \
    {                                                                                                                  \
        .name = (text), .module = "builtins", .size = sizeof(struct view), .destroy = view_destroy,                    \
        .traverse = view_traverse, .clear = view_destroy, .repr = view_repr, .length = view_length,                    \
        .contains = view_contains, .iter = view_iter, .reduce = view_reduce                                            \
    }

const struct type dict_keys_type = VIEW("dict_keys");
const struct type dict_values_type = VIEW("dict_values");
const struct type dict_items_type = VIEW("dict_items");
