/* SPDX-License-Identifier: MIT */
/* The serializers by the names that BaseManager gives them. */
#include <string.h>

#include "ref/message/message.h"

static int dump_pickle(struct ctx *ctx, struct value *v, struct buf *out)
{
    return pickle_dump(ctx, v, 0, out);
}

static const struct serializer serializers[2];

const struct serializer *serializer_find(const char *name)
{
    for (const struct serializer *s = serializers; s->name; s++)
        if (!strcmp(s->name, name))
            return s;
    return NULL;
}

static const struct serializer serializers[2] = {
    {"pickle", dump_pickle, pickle_load},
    {NULL, NULL, NULL},
};
