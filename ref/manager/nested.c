/* SPDX-License-Identifier: MIT */
/* Proxies that clients send: RebuildProxy of Lib/multiprocessing/managers.py in a process that serves.  A proxy for one
 * of our own objects holds no reference of ours, but keeps the object; any other is a client's, for which this process
 * connects out. */
#include "ref/manager/connection.h"

static void dropped(struct proxyref *p)
{
    referents_drop(p->keeper_of, p->keeper);
}

/* AutoProxy has known the argument since 3.9. */
static bool can_be_owned(struct ctx *ctx, const struct proxyref *p)
{
    if (compat_has(ctx->rt->compat, COMPAT_AUTOPROXY_AT_HOME) ||
        !global_is(p->function, "multiprocessing.managers", "AutoProxy"))
        return true;
    raise_format(ctx, "TypeError", "AutoProxy() got an unexpected keyword argument 'manager_owned'");
    return false;
}

static int own_proxy(struct ctx *ctx, struct server *s, struct proxyref *p)
{
    struct referent *kept;

    if (referents_keep(ctx, &s->referents, p->id, &kept))
        return -1;
    p->keeper = kept;
    p->keeper_of = &s->referents;
    p->on_drop = dropped;
    return can_be_owned(ctx, p) ? dict_set_text_take(ctx, p->kwds, "incref", &value_false) : -1;
}

int nested_proxy(struct ctx *ctx, struct proxyref *p, void *server)
{
    struct server *s = server;
    struct pickle_reader client = process_reader(s->process);
    int own = value_compare(ctx, COMPARE_EQ, p->address, s->address_value);

    if (own < 0 || (own && own_proxy(ctx, s, p)))
        return -1;
    return client.on_proxy(ctx, p, client.arg);
}
