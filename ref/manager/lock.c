/* SPDX-License-Identifier: MIT */
/* threading.Lock and RLock (Modules/_threadmodule.c).  A released lock is handed to the one that waits longest.  A Lock
 * may be released by anybody; an RLock belongs to a thread, which is the stream of a client's thread. */
#include "ref/manager/lock.h"

#include <limits.h>

#include "ref/manager/python.h"
#include "ref/manager/types.h"

struct lock {
    struct value head;
    size_t count;   /* how often it is held; a Lock at most once */
    uint64_t owner; /* of an RLock: the thread that holds it, 0: none */
    struct wait_queue waiting;
};

static struct lock *lock_cast(const struct value *v)
{
    return (struct lock *)v;
}

static bool is_rlock(const struct lock *l)
{
    return l->head.type == &rlock_type;
}

struct value *lock_new(struct ctx *ctx)
{
    return value_new(ctx, &lock_type);
}

struct value *rlock_new(struct ctx *ctx)
{
    return value_new(ctx, &rlock_type);
}

/* ---- holding */

/* Takes the lock, which is free or ours: 1, or 0 after the limit, or -1 after raising. */
static int take(struct ctx *ctx, struct lock *l, const struct limit *limit, size_t count)
{
    uint64_t self = blocking_self();
    int granted = 1;

    if (l->count && !(is_rlock(l) && l->owner == self))
        granted = wait_queue_wait(ctx, &l->waiting, limit); /* who releases leaves count at 1 for us */
    else
        l->count++;
    if (granted == 1) {
        l->owner = self;
        l->count += count - 1;
    }
    return granted;
}

/* The next one has it, or it is free. */
static void pass_on(struct lock *l)
{
    l->owner = 0;
    l->count = wait_queue_wake(&l->waiting, 1);
}

bool lock_is_owned(const struct value *lock)
{
    const struct lock *l = lock_cast(lock);

    return l->count && (!is_rlock(l) || l->owner == blocking_self());
}

void lock_save(struct value *lock, size_t *count)
{
    *count = lock_cast(lock)->count;
    pass_on(lock_cast(lock));
}

int lock_restore(struct ctx *ctx, struct value *lock, size_t count)
{
    const struct limit never = {.kind = LIMIT_NEVER};

    return take(ctx, lock_cast(lock), &never, count) == 1 ? 0 : -1;
}

/* ---- methods */

/* The argument `blocking`: a C int up to 3.11, then any truth value. 1, 0, or -1 after raising. */
static int read_blocking(struct ctx *ctx, struct value *v)
{
    int compat = ctx->rt->compat;
    int64_t n;

    if (compat_has(compat, COMPAT_FLAG_OF_ANY_VALUE))
        return value_truth(ctx, v);
    if (!int_check(v)) {
        if (compat_has(compat, COMPAT_INTEGER_WORDS))
            raise_format(ctx, "TypeError", "'%s' object cannot be interpreted as an integer", value_type_name(v));
        else if (value_is(v, &float_type))
            raise_format(ctx, "TypeError", "integer argument expected, got float");
        else
            raise_format(ctx, "TypeError", "an integer is required (got type %s)", value_type_name(v));
        return -1;
    }
    if (!int_peek_i64(v, &n)) {
        raise_format(ctx, "OverflowError", "Python int too large to convert to C long");
        return -1;
    }
    if (n < INT_MIN || n > INT_MAX) {
        raise_format(ctx, "OverflowError", "signed integer is %s",
                     n < 0 ? "less than minimum" : "greater than maximum");
        return -1;
    }
    return n != 0;
}

METHOD(lock_acquire)
{
    struct limit limit = {.kind = LIMIT_NEVER};
    bool negative = false;
    int blocking = argv[0] ? read_blocking(ctx, argv[0]) : 1, granted;

    UNUSED;
    if (blocking < 0 || (argv[1] && limit_of_acquire(ctx, argv[1], &limit, &negative)))
        return NULL;
    if (!blocking && (negative || limit.kind != LIMIT_NEVER))
        return raise_format(ctx, "ValueError", "can't specify a timeout for a non-blocking call");
    if (negative)
        return raise_format(ctx, "ValueError", "timeout value must be %s",
                            compat_has(ctx->rt->compat, COMPAT_TIMEOUT_WORDS) ? "a non-negative number" : "positive");
    if (!blocking)
        limit.kind = LIMIT_AT_ONCE;
    granted = take(ctx, lock_cast(self), &limit, 1);
    return granted < 0 ? NULL : value_bool(granted);
}

METHOD(lock_release)
{
    UNUSED;
    if (!lock_cast(self)->count)
        return raise_format(ctx, "RuntimeError", "release unlocked lock");
    pass_on(lock_cast(self));
    return &value_none;
}

METHOD(rlock_release)
{
    struct lock *l = lock_cast(self);

    UNUSED;
    if (!lock_is_owned(self))
        return raise_format(ctx, "RuntimeError", "cannot release un-acquired lock");
    if (l->count > 1)
        l->count--;
    else
        pass_on(l);
    return &value_none;
}

METHOD(lock_locked)
{
    UNUSED;
    return value_bool(lock_cast(self)->count);
}

static struct value *lock_repr(struct ctx *ctx, struct value *v)
{
    return str_printf(ctx, "<%s _thread.lock object at %p>", lock_cast(v)->count ? "locked" : "unlocked", (void *)v);
}

static struct value *rlock_repr(struct ctx *ctx, struct value *v)
{
    const struct lock *l = lock_cast(v);

    return str_printf(ctx, "<%s _thread.RLock object owner=%llu count=%zu at %p>", l->count ? "locked" : "unlocked",
                      (unsigned long long)l->owner, l->count, (void *)v);
}

/* ---- constructors */

struct value *lock_construct(struct ctx *ctx, const struct typeid *t, struct value *args, struct value *kwds)
{
    int compat = ctx->rt->compat;
    const char *name = compat_has(compat, COMPAT_LOCK_CLASS)            ? "lock"
                       : compat_has(compat, COMPAT_LOCK_FUNCTION_WORDS) ? "_thread.allocate_lock"
                                                                        : "allocate_lock";

    (void)t;
    if (kwds && dict_length(kwds))
        return raise_format(ctx, "TypeError", "%s() takes no keyword arguments", name);
    if (!tuple_length(args))
        return lock_new(ctx);
    if (compat_has(compat, COMPAT_LOCK_ARGUMENTS_WORDS))
        return raise_format(ctx, "TypeError", "lock() takes no positional arguments");
    if (compat_has(compat, COMPAT_LOCK_CLASS))
        return raise_format(ctx, "TypeError", "lock expected 0 arguments, got %zu", tuple_length(args));
    return raise_format(ctx, "TypeError", "%s() takes no arguments (%zu given)", name, tuple_length(args));
}

METHOD(rlock_function)
{
    UNUSED;
    return rlock_new(ctx);
}

static const struct method rlock_factory = {"RLock", CALL_PYTHON, 0, 0, 0, 0, "", rlock_function};

/* Up to 3.14 RLock takes any arguments and forgets them. */
struct value *rlock_construct(struct ctx *ctx, const struct typeid *t, struct value *args, struct value *kwds)
{
    (void)t;
    return !compat_has(ctx->rt->compat, COMPAT_RLOCK_WITHOUT_ARGUMENTS)
               ? rlock_new(ctx)
               : method_call(ctx, &rlock_factory, NULL, NULL, args, kwds);
}

/* ---- tables */

static const struct method lock_methods[] = {
    {"acquire", CALL_KEYWORDS, 0, 2, 0, 0, "blocking timeout", lock_acquire},
    {"release", CALL_NO_ARGS, 0, 0, 0, 0, NULL, lock_release},
    {"locked", CALL_NO_ARGS, 0, 0, 0, 0, NULL, lock_locked},
    {0},
};
const struct type lock_type = {.name = "lock",
                               .module = "_thread",
                               .size = sizeof(struct lock),
                               .hash_by_identity = true,
                               .repr = lock_repr,
                               .methods = lock_methods};

static const struct method rlock_methods[] = {
    {"acquire", CALL_KEYWORDS, 0, 2, 0, 0, "blocking timeout", lock_acquire},
    {"release", CALL_NO_ARGS, 0, 0, 0, 0, NULL, rlock_release},
    {"locked", CALL_NO_ARGS, 0, 0, 314, 0, NULL, lock_locked},
    {0},
};
const struct type rlock_type = {.name = "RLock",
                                .module = "_thread",
                                .size = sizeof(struct lock),
                                .hash_by_identity = true,
                                .repr = rlock_repr,
                                .methods = rlock_methods};
