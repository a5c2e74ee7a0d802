/* SPDX-License-Identifier: MIT */
/* The serializers by the names that BaseManager gives them. */
#include <string.h>

#include "ref/message/message.h"
#include "ref/xmlrpc/xmlrpc.h"

static int dump_pickle(struct ctx *ctx, struct value *v, struct buf *out)
{
    return pickle_dump(ctx, v, 0, out);
}

/* `(obj,), method = xmlrpc.client.loads(…)`. Proxies do not travel this way. */
static struct value *load_xmlrpc(struct ctx *ctx, const void *data, size_t size, const struct pickle_reader *reader)
{
    struct value *all = xmlrpc_load(ctx, data, size), *v = NULL;

    (void)reader;
    if (all && message_unpack(ctx, all, &v, 1))
        v = NULL;
    value_release(all);
    return v;
}

static const struct serializer serializers[3];

const struct serializer *serializer_find(const char *name)
{
    for (const struct serializer *s = serializers; s->name; s++)
        if (!strcmp(s->name, name))
            return s;
    return NULL;
}

static const struct serializer serializers[3] = {
    {"pickle", dump_pickle, pickle_load},
    {"xmlrpclib", xmlrpc_dump, load_xmlrpc},
    {NULL, NULL, NULL},
};
