/* SPDX-License-Identifier: MIT */
/* Requests, and Python's unpacking assignment, which is how both sides read each other's tuples. */
#include "ref/message/message.h"

struct value *request_new(struct ctx *ctx, struct value *id, struct value *method, struct value *args,
                          struct value *kwds)
{
    return tuple_pack_take(ctx, 4, value_ref(id), value_ref(method), value_ref(args), value_ref(kwds));
}

int request_parse(struct ctx *ctx, struct value *v, struct request *out)
{
    struct value *parts[4];

    if (message_unpack(ctx, v, parts, 4))
        return -1;
    *out = (struct request){parts[0], parts[1], parts[2], parts[3]};
    return 0;
}

void request_free(struct request *r)
{
    value_release(r->id);
    value_release(r->method);
    value_release(r->args);
    value_release(r->kwds);
    *r = (struct request){NULL, NULL, NULL, NULL};
}

/* From 3.14 the number is told where it is known without walking on. */
static int too_many(struct ctx *ctx, struct value *v, size_t n)
{
    bool known = v->type == &tuple_type || v->type == &list_type || v->type == &dict_type;

    if (!compat_has(ctx->rt->compat, COMPAT_UNPACK_COUNTS) || !known)
        raise_format(ctx, "ValueError", "too many values to unpack (expected %zu)", n);
    else
        raise_format(ctx, "ValueError", "too many values to unpack (expected %zu, got %zd)", n, value_length(ctx, v));
    return -1;
}

/* Takes up to n items and checks that there are no more; *found counts what stands in out. */
static int take_items(struct ctx *ctx, struct value *v, struct value *it, struct value **out, size_t n, size_t *found)
{
    struct value *extra;

    for (*found = 0; *found < n; ++*found) {
        out[*found] = value_next(ctx, it);
        if (out[*found])
            continue;
        if (!ctx->raised)
            raise_format(ctx, "ValueError", "not enough values to unpack (expected %zu, got %zu)", n, *found);
        return -1;
    }
    extra = value_next(ctx, it);
    value_release(extra);
    if (extra)
        return too_many(ctx, v, n);
    return ctx->raised ? -1 : 0;
}

int message_unpack(struct ctx *ctx, struct value *v, struct value **out, size_t n)
{
    size_t found = 0;
    struct value *it;
    int result;

    if (!v->type->iter && !v->type->get_item) {
        raise_format(ctx, "TypeError", "cannot unpack non-iterable %.200s object", value_type_name(v));
        return -1;
    }
    it = value_iter(ctx, v);
    result = it ? take_items(ctx, v, it, out, n, &found) : -1;
    while (result && found)
        value_release(out[--found]);
    value_release(it);
    return result;
}
