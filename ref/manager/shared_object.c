/* SPDX-License-Identifier: MIT */
/* Typeids whose callable returns the same object at each call, so that clients find it by name: what Python writes as
 * register('get_queue', callable=lambda: queue). */
#include <string.h>

#include "ref/base/mem.h"
#include "ref/manager/server.h"

struct shared_object {
    struct typeid typeid; /* first: from the row to the object */
    const struct typeid *made_by;
    struct value *object; /* NULL: not asked for yet */
    struct shared_object *next;
};

static struct value *shared_construct(struct ctx *ctx, const struct typeid *t, struct value *args, struct value *kwds)
{
    struct shared_object *s = (struct shared_object *)t;

    if (tuple_length(args) || (kwds && dict_length(kwds)))
        return raise_format(ctx, "TypeError", "%s() takes no arguments", t->name);
    if (!s->object)
        s->object = s->made_by->construct(ctx, s->made_by, args, NULL);
    return s->object ? value_ref(s->object) : NULL;
}

int server_add_shared(struct server *s, const char *name, const char *typeid, struct failure *f)
{
    const struct typeid *made_by = registry_find(&s->registry, typeid);
    struct shared_object *shared;

    if (!made_by || !made_by->construct)
        return failure_format(f, FAILURE_SYSTEM, "no objects can be made of the typeid %.100s", typeid);
    shared = mem_calloc(1, sizeof *shared);
    if (!shared)
        return failure_set(f, FAILURE_MEMORY);
    *shared = (struct shared_object){.typeid = *made_by, .made_by = made_by, .next = s->shared};
    shared->typeid.name = name;
    shared->typeid.since = shared->typeid.until = 0;
    shared->typeid.construct = shared_construct;
    s->shared = shared;
    return registry_add(&s->registry, &shared->typeid) ? failure_set(f, FAILURE_MEMORY) : 0;
}

void server_free_shared(struct server *s)
{
    while (s->shared) {
        struct shared_object *shared = s->shared;
        s->shared = shared->next;
        value_release(shared->object);
        mem_free(shared);
    }
}
