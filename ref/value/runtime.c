/* SPDX-License-Identifier: MIT */
/* Runtimes and contexts: the lock, the collector, the interned names. */
#include "ref/value/runtime.h"

#include "ref/base/limits.h"
#include "ref/value/collect.h"
#include "ref/value/core.h"

static void release(struct runtime *rt)
{
    global_runtime_end(rt);
    str_runtime_end(rt);
    collect_end(rt);
    pthread_mutex_destroy(&rt->lock);
}

int runtime_init(struct runtime *rt, int compat)
{
    *rt = (struct runtime){.compat = compat, .step_limit = LIMIT_STEPS, .repr_limit = LIMIT_REPR};
    if (pthread_mutex_init(&rt->lock, NULL))
        return -1;
    if (collect_init(rt) < 0 || str_runtime_init(rt) < 0 || global_runtime_init(rt) < 0) {
        release(rt);
        return -1;
    }
    int_runtime_init();
    bytes_runtime_init();
    return 0;
}

void runtime_free(struct runtime *rt)
{
    runtime_lock(rt);
    collect_run(rt);
    runtime_unlock(rt);
    release(rt);
}

void runtime_lock(struct runtime *rt)
{
    pthread_mutex_lock(&rt->lock);
}

void runtime_unlock(struct runtime *rt)
{
    pthread_mutex_unlock(&rt->lock);
}

void ctx_init(struct ctx *ctx, struct runtime *rt)
{
    *ctx = (struct ctx){.rt = rt};
}

void ctx_free(struct ctx *ctx)
{
    value_release(ctx->raised);
    ctx->raised = NULL;
}
