/* SPDX-License-Identifier: MIT */
/* threading.Condition (Lib/threading.py): waiters are woken in the order in which they came, and go on once they have
 * the lock again. */
#include "ref/manager/condition.h"

#include "ref/manager/lock.h"
#include "ref/manager/python.h"
#include "ref/manager/types.h"

struct condition {
    struct value head;
    struct value *lock; /* owned: a Lock or an RLock */
    struct wait_queue waiting;
};

static struct condition *condition_cast(struct value *v)
{
    return (struct condition *)v;
}

static void condition_destroy(struct value *v)
{
    value_release(condition_cast(v)->lock);
}

static struct value *condition_new_take(struct ctx *ctx, struct value *lock)
{
    struct value *v = lock ? value_new(ctx, &condition_type) : NULL;

    if (v)
        condition_cast(v)->lock = lock;
    else
        value_release(lock);
    return v;
}

/* ---- the lock's methods are the condition's */

static struct value *of_lock(struct ctx *ctx, struct value *self, const char *name, struct value *const *argv,
                             size_t argc, struct value *kwds)
{
    struct value *args = python_rest(ctx, argv, argc, 0), *lock = condition_cast(self)->lock;
    struct value *result =
        args ? method_call(ctx, type_find_method(lock->type, name, ctx->rt->compat), lock->type->name, lock, args, kwds)
             : NULL;

    value_release(args);
    return result;
}

METHOD(condition_acquire)
{
    return of_lock(ctx, self, "acquire", argv, argc, kwds);
}

METHOD(condition_release)
{
    return of_lock(ctx, self, "release", argv, argc, kwds);
}

METHOD(condition_locked)
{
    return of_lock(ctx, self, "locked", argv, argc, kwds);
}

/* ---- waiting */

/* Waits without the lock, and has it again in any case but the server's end. 1 notified, 0 not, -1 after raising. */
static int wait_unlocked(struct ctx *ctx, struct condition *c, struct value *timeout)
{
    struct limit limit;
    size_t count;
    int notified;

    lock_save(c->lock, &count);
    notified = limit_of_wait(ctx, timeout, &limit) ? -1 : wait_queue_wait(ctx, &c->waiting, &limit);
    if (notified < 0) { /* the exception waits until the lock is there again */
        struct value *raised = raised_fetch(ctx);
        if (lock_restore(ctx, c->lock, count))
            value_release(raised);
        else
            raise_take(ctx, raised);
        return -1;
    }
    return lock_restore(ctx, c->lock, count) ? -1 : notified;
}

METHOD(condition_wait)
{
    struct condition *c = condition_cast(self);
    int notified;

    UNUSED;
    if (!lock_is_owned(c->lock))
        return raise_format(ctx, "RuntimeError", "cannot wait on un-acquired lock");
    notified = wait_unlocked(ctx, c, argv[0] ? argv[0] : &value_none);
    return notified < 0 ? NULL : value_bool(notified);
}

/* islice(waiters, n), as 3.8 chose whom to wake. */
static int legacy_count(struct ctx *ctx, struct value *n, size_t *count)
{
    *count = SIZE_MAX;
    return n == &value_none ? 0 : python_islice_stop(ctx, n, count);
}

/* while waiters and n > 0: wake one; n -= 1 */
static int wake_counting(struct ctx *ctx, struct condition *c, struct value *n)
{
    struct value *zero = int_new(ctx, 0), *one = int_new(ctx, 1), *left = value_ref(n);
    int more = zero && one ? 1 : -1;

    while (more > 0 && c->waiting.length && (more = value_compare(ctx, COMPARE_GT, left, zero)) > 0) {
        struct value *next = value_binary(ctx, BINARY_SUB, left, one);
        wait_queue_wake(&c->waiting, 1);
        value_release(left);
        left = next;
        more = next ? 1 : -1;
    }
    value_release(zero);
    value_release(one);
    value_release(left);
    return more < 0 ? -1 : 0;
}

METHOD(condition_notify)
{
    struct condition *c = condition_cast(self);
    size_t count = 1;

    UNUSED;
    if (!lock_is_owned(c->lock))
        return raise_format(ctx, "RuntimeError", "cannot notify on un-acquired lock");
    if (argv[0] && compat_has(ctx->rt->compat, COMPAT_NOTIFY_COUNTS))
        return wake_counting(ctx, c, argv[0]) ? NULL : &value_none;
    if (argv[0] && legacy_count(ctx, argv[0], &count))
        return NULL;
    wait_queue_wake(&c->waiting, count);
    return &value_none;
}

METHOD(condition_notify_all)
{
    struct condition *c = condition_cast(self);

    UNUSED;
    if (!lock_is_owned(c->lock))
        return raise_format(ctx, "RuntimeError", "cannot notify on un-acquired lock");
    wait_queue_wake(&c->waiting, SIZE_MAX);
    return &value_none;
}

static struct value *condition_repr(struct ctx *ctx, struct value *v)
{
    const struct condition *c = condition_cast(v);
    struct value *lock = value_repr(ctx, c->lock), *repr = NULL;

    if (lock)
        repr = str_printf(ctx, "<Condition(%s, %zu)>", str_peek(lock, NULL), c->waiting.length);
    value_release(lock);
    return repr;
}

/* ---- construction and pickle */

METHOD(condition_init)
{
    struct value *lock = argv[0] && argv[0] != &value_none ? value_ref(argv[0]) : NULL;

    UNUSED;
    if (lock && lock->type != &lock_type && lock->type != &rlock_type) {
        raise_no_attribute(ctx, lock, "acquire");
        value_release(lock);
        return NULL;
    }
    return condition_new_take(ctx, lock ? lock : rlock_new(ctx));
}

/* None stands for the object under construction: the method makes it. */
struct value *condition_construct(struct ctx *ctx, const struct typeid *t, struct value *args, struct value *kwds)
{
    static const struct method init = {"__init__", CALL_PYTHON, 0, 1, 0, 0, "lock", condition_init};

    (void)t;
    return method_call(ctx, &init, "Condition", &value_none, args, kwds);
}

/* An instance of a class with one attribute. */
static struct value *instance_with(struct ctx *ctx, const struct type *type, const char *name, struct value *attribute)
{
    struct value *class = global_new(ctx, type->module, type->name), *state = dict_new(ctx), *v = NULL;

    if (class && state && attribute && !dict_set_text_take(ctx, state, name, value_ref(attribute)))
        v = opaque_new(ctx, OPAQUE_NEWOBJ, class, tuple_empty, NULL);
    if (v && opaque_record(ctx, v, OPAQUE_BUILD, state, NULL)) {
        value_release(v);
        v = NULL;
    }
    value_release(class);
    value_release(state);
    return v;
}

static struct value *condition_reduce(struct ctx *ctx, struct value *v)
{
    return instance_with(ctx, v->type, "_lock", condition_cast(v)->lock);
}

struct value *condition_owner_reduce(struct ctx *ctx, struct value *v)
{
    struct value *condition = condition_new_take(ctx, lock_new(ctx));
    struct value *reduced = instance_with(ctx, v->type, "_cond", condition);

    value_release(condition);
    return reduced;
}

/* ---- tables */

static const struct method condition_methods[] = {
    {"acquire", CALL_ANY, 0, -1, 0, 0, NULL, condition_acquire},
    {"release", CALL_ANY, 0, -1, 0, 0, NULL, condition_release},
    {"locked", CALL_ANY, 0, -1, 314, 0, NULL, condition_locked},
    {"wait", CALL_PYTHON, 0, 1, 0, 0, "timeout", condition_wait},
    {"notify", CALL_PYTHON, 0, 1, 0, 0, "n", condition_notify},
    {"notify_all", CALL_PYTHON, 0, 0, 0, 0, "", condition_notify_all},
    {0},
};

const struct type condition_type = {.name = "Condition",
                                    .module = "threading",
                                    .size = sizeof(struct condition),
                                    .destroy = condition_destroy,
                                    .hash_by_identity = true,
                                    .repr = condition_repr,
                                    .reduce = condition_reduce,
                                    .methods = condition_methods};
