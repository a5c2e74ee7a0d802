/* SPDX-License-Identifier: MIT */
/* Each waiter has a condition variable of its own on the monotonic clock, so that a wake-up reaches one thread; the
 * connection knows it, so that the server can end it.  Timeouts are read as Modules/_threadmodule.c and Python/pytime.c
 * read them. */
#include "ref/manager/blocking.h"

#include <errno.h>
#include <math.h>
#include <stdatomic.h>

#include "ref/manager/connection.h"

/* threading.TIMEOUT_MAX: nanoseconds in 64 bits. */
#define SECONDS_MAX 9223372036.0

struct waiter {
    struct waiter *next;
    pthread_cond_t cond;
    bool woken;
};

/* ---- the queue */

static int init_cond(struct ctx *ctx, pthread_cond_t *cond)
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

static void enqueue(struct wait_queue *q, struct waiter *w)
{
    if (q->last)
        q->last->next = w;
    else
        q->first = w;
    q->last = w;
    q->length++;
}

/* Takes a waiter out that gave up. */
static void leave(struct wait_queue *q, const struct waiter *w)
{
    struct waiter **link = &q->first, *before = NULL;

    for (; *link != w; link = &before->next)
        before = *link;
    *link = w->next;
    if (q->last == w)
        q->last = before;
    q->length--;
}

/* Sleeps once; nonzero after the limit. */
static int sleep_once(struct ctx *ctx, struct waiter *w, const struct limit *limit)
{
    struct connection *c = ctx->user;
    int result;

    if (c)
        c->waiting = &w->cond;
    result = limit->kind == LIMIT_UNTIL ? pthread_cond_timedwait(&w->cond, &ctx->rt->lock, &limit->until)
                                        : pthread_cond_wait(&w->cond, &ctx->rt->lock);
    if (c)
        c->waiting = NULL;
    return result == ETIMEDOUT;
}

static bool stopping(const struct ctx *ctx)
{
    const struct connection *c = ctx->user;

    return c && c->server->stopping;
}

int wait_queue_wait(struct ctx *ctx, struct wait_queue *q, const struct limit *limit)
{
    struct waiter w = {0};
    bool late = false;

    if (limit->kind == LIMIT_AT_ONCE)
        return 0;
    if (init_cond(ctx, &w.cond))
        return -1;
    enqueue(q, &w);
    while (!w.woken && !late && !stopping(ctx))
        late = sleep_once(ctx, &w, limit);
    if (!w.woken)
        leave(q, &w);
    pthread_cond_destroy(&w.cond);
    if (!stopping(ctx))
        return w.woken;
    raise_bare(ctx, "SystemExit");
    return -1;
}

size_t wait_queue_wake(struct wait_queue *q, size_t n)
{
    size_t woken = 0;

    for (; woken < n && q->first; woken++) {
        struct waiter *w = q->first;
        q->first = w->next;
        if (!q->first)
            q->last = NULL;
        q->length--;
        w->woken = true;
        pthread_cond_signal(&w->cond);
    }
    return woken;
}

/* ---- limits */

static struct limit after(double seconds)
{
    struct limit limit = {.kind = LIMIT_UNTIL};
    double whole, part = modf(seconds, &whole);

    clock_gettime(CLOCK_MONOTONIC, &limit.until);
    limit.until.tv_nsec += (long)(1e9 * part);
    limit.until.tv_sec += (time_t)whole + limit.until.tv_nsec / 1000000000;
    limit.until.tv_nsec %= 1000000000;
    return limit;
}

bool limit_passed(const struct limit *limit)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return limit->kind == LIMIT_UNTIL && (now.tv_sec > limit->until.tv_sec ||
                                          (now.tv_sec == limit->until.tv_sec && now.tv_nsec >= limit->until.tv_nsec));
}

static int too_large(struct ctx *ctx, bool is_int)
{
    int compat = ctx->rt->compat;

    if (compat_has(compat, COMPAT_TIMESTAMP_WORDS))
        raise_format(ctx, "OverflowError", "timestamp out of range for C PyTime_t");
    else if (is_int || !compat_has(compat, COMPAT_FLOAT_TIMESTAMP_WORDS))
        raise_format(ctx, "OverflowError", "timestamp too large to convert to C %sPyTime_t",
                     compat_has(compat, COMPAT_TIME_PUBLIC_WORDS) ? "" : "_");
    else
        raise_format(ctx, "OverflowError", "timestamp out of range for platform time_t");
    return -1;
}

static int no_number(struct ctx *ctx, const struct value *v)
{
    int compat = ctx->rt->compat;
    const char *name = value_type_name(v);
    bool real = compat_has(compat, COMPAT_TIMEOUT_REAL_WORDS);
    struct value *whole = !real && compat_has(compat, COMPAT_TIMEOUT_FLOAT_WORDS) ? value_type_text(ctx, v) : NULL;

    if (ctx->raised)
        return -1;
    if (whole) /* told with its module */
        name = str_peek(whole, NULL);
    if (real)
        raise_format(ctx, "TypeError", "must be real number, not %s", name);
    else if (compat_has(compat, COMPAT_INTEGER_WORDS))
        raise_format(ctx, "TypeError", "'%s' object cannot be interpreted as an integer%s", name,
                     compat_has(compat, COMPAT_TIMEOUT_FLOAT_WORDS) ? " or float" : "");
    else if (v->type == &complex_type)
        raise_format(ctx, "TypeError", "can't convert complex to int");
    else
        raise_format(ctx, "TypeError", "an integer is required (got type %s)", name);
    value_release(whole);
    return -1;
}

/* _PyTime_FromSecondsObject */
static int seconds_of(struct ctx *ctx, struct value *v, double *seconds)
{
    int64_t n;

    if (value_is(v, &float_type)) {
        *seconds = float_peek(v);
        if (isnan(*seconds)) {
            raise_format(ctx, "ValueError", "Invalid value NaN (not a number)");
            return -1;
        }
        return fabs(*seconds) > SECONDS_MAX ? too_large(ctx, false) : 0;
    }
    if (!int_check(v))
        return no_number(ctx, v);
    if (!int_peek_i64(v, &n) || fabs((double)n) > SECONDS_MAX)
        return too_large(ctx, true);
    *seconds = (double)n;
    return 0;
}

int limit_of_acquire(struct ctx *ctx, struct value *timeout, struct limit *limit, bool *negative)
{
    double seconds = 0;

    if (seconds_of(ctx, timeout, &seconds))
        return -1;
    *negative = seconds < 0 && seconds != -1;
    if (seconds < 0)
        *limit = (struct limit){.kind = LIMIT_NEVER};
    else
        *limit = after(seconds);
    return 0;
}

int limit_of_wait(struct ctx *ctx, struct value *timeout, struct limit *limit)
{
    bool old = !compat_has(ctx->rt->compat, COMPAT_WAIT_OF_NAN), negative;
    struct value *zero;
    int answer;

    *limit = (struct limit){.kind = LIMIT_NEVER};
    if (timeout == &value_none)
        return 0;
    if (!(zero = int_new(ctx, 0)))
        return -1;
    answer = value_compare(ctx, old ? COMPARE_GT : COMPARE_LE, timeout, zero);
    value_release(zero);
    if (answer < 0)
        return -1;
    if (answer == old)
        return limit_of_acquire(ctx, timeout, limit, &negative);
    limit->kind = LIMIT_AT_ONCE;
    return 0;
}

int limit_of_endtime(struct ctx *ctx, struct value *timeout, struct limit *limit)
{
    struct timespec now;
    struct value *start, *end;
    double left;

    clock_gettime(CLOCK_MONOTONIC, &now);
    start = float_new(ctx, (double)now.tv_sec + 1e-9 * (double)now.tv_nsec);
    end = start ? value_binary(ctx, BINARY_ADD, start, timeout) : NULL;
    left = end && value_is(end, &float_type) ? float_peek(end) - float_peek(start) : NAN;
    value_release(start);
    value_release(end);
    if (!end)
        return -1;
    if (isnan(left) || left > SECONDS_MAX)
        *limit = (struct limit){.kind = LIMIT_NEVER};
    else
        *limit = left > 0 ? after(left) : (struct limit){.kind = LIMIT_AT_ONCE};
    return 0;
}

/* ---- threads */

uint64_t blocking_self(void)
{
    static atomic_uint_fast64_t last;
    static _Thread_local uint64_t self;

    if (!self)
        self = atomic_fetch_add(&last, 1) + 1;
    return self;
}
