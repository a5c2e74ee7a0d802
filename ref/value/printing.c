/* SPDX-License-Identifier: MIT */
/* repr of containers: parts go into a buffer, and a container met again inside itself prints as "...", as Py_ReprEnter
 * does it. */
#include "ref/value/container.h"

bool printing_enter(struct ctx *ctx, struct printing *p, const struct value *v)
{
    for (const struct printing *q = ctx->printing; q; q = q->outer)
        if (q->v == v)
            return true;
    *p = (struct printing){v, ctx->printing};
    ctx->printing = p;
    return false;
}

void printing_leave(struct ctx *ctx, const struct printing *p)
{
    ctx->printing = p->outer;
}

int printing_put(struct ctx *ctx, struct buf *b, struct value *v)
{
    size_t size;
    const char *text;
    struct value *r = value_repr(ctx, value_ref(v)); /* held: a repr may give up the lock */

    value_release(v);
    if (!r)
        return -1;
    text = str_peek(r, &size);
    buf_put(b, text, size);
    value_release(r);
    return 0;
}

struct value *printing_finish(struct ctx *ctx, struct buf *b)
{
    struct value *s = b->failed ? raise_memory(ctx) : str_new(ctx, b->used ? (const char *)b->data : "", b->used);

    buf_free(b);
    return s;
}
