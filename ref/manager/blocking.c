/* SPDX-License-Identifier: MIT */
/* pthread_cond_timedwait on the monotonic clock, known to the connection so that the server can end it. */
#include "ref/manager/blocking.h"

#include <errno.h>
#include <math.h>

#include "ref/manager/connection.h"

/* A wait that ends in 30 years ends after the program. */
#define NEVER 1e9

int blocking_init(struct ctx *ctx, pthread_cond_t *cond)
{
    pthread_condattr_t attributes;
    int failed = pthread_condattr_init(&attributes);

    if (!failed) {
        failed = pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) || pthread_cond_init(cond, &attributes);
        pthread_condattr_destroy(&attributes);
    }
    if (failed)
        raise_memory(ctx);
    return failed ? -1 : 0;
}

struct timespec blocking_deadline(double seconds)
{
    struct timespec t;
    double whole;

    clock_gettime(CLOCK_MONOTONIC, &t);
    if (!(seconds > 0))
        return t;
    t.tv_nsec += (long)(1e9 * modf(seconds < NEVER ? seconds : NEVER, &whole));
    t.tv_sec += (time_t)whole + t.tv_nsec / 1000000000;
    t.tv_nsec %= 1000000000;
    return t;
}

double blocking_left(const struct timespec *deadline)
{
    struct timespec now = blocking_deadline(0);

    return (double)(deadline->tv_sec - now.tv_sec) + 1e-9 * (double)(deadline->tv_nsec - now.tv_nsec);
}

int blocking_wait(struct ctx *ctx, pthread_cond_t *cond, const struct timespec *deadline)
{
    struct connection *c = ctx->user;
    int result = 0;

    if (!c || !c->server->stopping) {
        if (c)
            c->waiting = cond;
        result =
            deadline ? pthread_cond_timedwait(cond, &ctx->rt->lock, deadline) : pthread_cond_wait(cond, &ctx->rt->lock);
        if (c)
            c->waiting = NULL;
    }
    if (c && c->server->stopping) {
        raise_bare(ctx, "SystemExit");
        return -1;
    }
    return result == ETIMEDOUT;
}
