/* SPDX-License-Identifier: MIT */
/* threading.Lock (Modules/_threadmodule.c): anybody may release it. */
#include "ref/manager/lock.h"

struct lock {
    struct value head;
    bool locked;
};

struct value *lock_new(struct ctx *ctx)
{
    return value_new(ctx, &lock_type);
}

static struct value *lock_repr(struct ctx *ctx, struct value *v)
{
    return str_printf(ctx, "<%s _thread.lock object at %p>", ((struct lock *)v)->locked ? "locked" : "unlocked",
                      (void *)v);
}

const struct type lock_type = {
    .name = "lock", .module = "_thread", .size = sizeof(struct lock), .hash_by_identity = true, .repr = lock_repr};
