/* SPDX-License-Identifier: MIT */
/* threading.Barrier (Lib/threading.py).  Its state is attributes of an instance, since clients may read them. */
#include <string.h>

#include "ref/manager/blocking.h"
#include "ref/manager/condition.h"
#include "ref/manager/instance.h"
#include "ref/manager/python.h"
#include "ref/manager/types.h"

/* What `_state` holds. */
enum { STATE_BROKEN = -2, STATE_RESETTING = -1, STATE_FILLING = 0, STATE_DRAINING = 1 };

struct barrier {
    struct instance instance; /* _parties, _action, _timeout */
    int state;
    size_t count;
    struct wait_queue waiting;
};

static struct barrier *barrier_cast(struct value *v)
{
    return (struct barrier *)v;
}

/* ---- construction */

METHOD(barrier_init)
{
    struct value *one = int_new(ctx, 1);
    int few = 0;

    (void)argc, (void)kwds;
    if (one && compat_has(ctx->rt->compat, COMPAT_PARTIES_CHECKED))
        few = value_compare(ctx, COMPARE_LT, argv[0], one);
    value_release(one);
    if (!one || few < 0)
        return NULL;
    if (few)
        return raise_format(ctx, "ValueError", "parties must be %s",
                            compat_has(ctx->rt->compat, COMPAT_PARTIES_WORDS) ? ">= 1" : "> 0");
    if (instance_set_take(ctx, self, "_action", argv[1] ? value_ref(argv[1]) : &value_none) ||
        instance_set_take(ctx, self, "_timeout", argv[2] ? value_ref(argv[2]) : &value_none) ||
        instance_set_take(ctx, self, "_parties", value_ref(argv[0])))
        return NULL;
    return &value_none;
}

/* ---- the phases */

static void set_state(struct barrier *b, int state)
{
    b->state = state;
    wait_queue_wake(&b->waiting, SIZE_MAX);
}

/* Until everybody of the round before has left. 0, or -1 after raising. */
static int enter(struct ctx *ctx, struct barrier *b)
{
    const struct limit never = {.kind = LIMIT_NEVER};

    while (b->state == STATE_RESETTING || b->state == STATE_DRAINING)
        if (wait_queue_wait(ctx, &b->waiting, &never) < 0)
            return -1;
    if (b->state >= 0)
        return 0;
    python_raise_class(ctx, "threading", "BrokenBarrierError");
    return -1;
}

static void leave(struct barrier *b)
{
    if (!--b->count && (b->state == STATE_RESETTING || b->state == STATE_DRAINING))
        set_state(b, STATE_FILLING);
}

/* The last one has come: runs the action, then opens. */
static int open_barrier(struct ctx *ctx, struct barrier *b)
{
    struct value *action = instance_peek(ctx, &b->instance.head, "_action"), *done = NULL;
    int wanted = action ? value_truth(ctx, action) : -1;

    if (wanted > 0) {
        done = function_call(ctx, action, tuple_empty, NULL);
        wanted = done ? 0 : -1;
        value_release(done);
    }
    set_state(b, wanted < 0 ? STATE_BROKEN : STATE_DRAINING);
    return wanted;
}

/* wait_for(state != 0, timeout): 1, 0, or -1 after raising. */
static int wait_for_change(struct ctx *ctx, struct barrier *b, struct value *timeout)
{
    struct limit limit = {.kind = LIMIT_NEVER};

    if (timeout != &value_none && (limit_of_endtime(ctx, timeout, &limit) || limit_of_wait(ctx, timeout, &limit)))
        return -1;
    while (b->state == STATE_FILLING) {
        if (limit_passed(&limit) || limit.kind == LIMIT_AT_ONCE)
            return 0;
        if (wait_queue_wait(ctx, &b->waiting, &limit) < 0)
            return -1;
    }
    return 1;
}

static int wait_for_others(struct ctx *ctx, struct barrier *b, struct value *timeout)
{
    int changed = wait_for_change(ctx, b, timeout);

    if (changed < 0)
        return -1;
    if (!changed)
        set_state(b, STATE_BROKEN);
    if (b->state == STATE_DRAINING)
        return 0;
    python_raise_class(ctx, "threading", "BrokenBarrierError");
    return -1;
}

/* index + 1 == parties */
static int is_last(struct ctx *ctx, struct barrier *b, size_t index)
{
    struct value *parties = instance_peek(ctx, &b->instance.head, "_parties"), *come = int_new_unsigned(ctx, index + 1);
    int last = parties && come ? value_compare(ctx, COMPARE_EQ, come, parties) : -1;

    value_release(come);
    return last;
}

/* ---- methods */

METHOD(barrier_wait)
{
    struct barrier *b = barrier_cast(self);
    struct value *timeout = argv[0] && argv[0] != &value_none ? argv[0] : instance_peek(ctx, self, "_timeout");
    size_t index;
    int last, failed;

    UNUSED;
    if (!timeout || enter(ctx, b))
        return NULL;
    value_ref(timeout);
    index = b->count++;
    last = is_last(ctx, b, index);
    failed = last < 0 || (last ? open_barrier(ctx, b) : wait_for_others(ctx, b, timeout));
    leave(b);
    value_release(timeout);
    return failed ? NULL : int_new_unsigned(ctx, index);
}

METHOD(barrier_reset)
{
    struct barrier *b = barrier_cast(self);

    UNUSED;
    set_state(b, !b->count ? STATE_FILLING : b->state == STATE_DRAINING ? STATE_DRAINING : STATE_RESETTING);
    return &value_none;
}

METHOD(barrier_abort)
{
    UNUSED;
    set_state(barrier_cast(self), STATE_BROKEN);
    return &value_none;
}

static struct value *barrier_get_attr(struct ctx *ctx, struct value *v, const char *name)
{
    const struct barrier *b = barrier_cast(v);

    if (!strcmp(name, "parties"))
        return instance_get_attr(ctx, v, "_parties");
    if (!strcmp(name, "n_waiting"))
        return int_new_unsigned(ctx, b->state == STATE_FILLING ? b->count : 0);
    if (!strcmp(name, "broken"))
        return value_bool(b->state == STATE_BROKEN);
    if (!strcmp(name, "_state"))
        return int_new(ctx, b->state);
    if (!strcmp(name, "_count"))
        return int_new_unsigned(ctx, b->count);
    return instance_get_attr(ctx, v, name);
}

METHOD(barrier_getattribute)
{
    size_t size;
    const char *name = str_check(argv[0]) ? str_peek(argv[0], &size) : NULL;

    if (name && strlen(name) == size)
        return barrier_get_attr(ctx, self, name);
    return instance_dunder_getattribute(ctx, self, argv, argc, kwds);
}

static struct value *barrier_repr(struct ctx *ctx, struct value *v)
{
    const struct barrier *b = barrier_cast(v);
    struct value *parties, *text, *repr;

    if (!compat_has(ctx->rt->compat, COMPAT_REPRS_WITH_STATE))
        return str_printf(ctx, "<threading.Barrier object at %p>", (void *)v);
    if (b->state == STATE_BROKEN)
        return str_printf(ctx, "<threading.Barrier at %p: broken>", (void *)v);
    parties = instance_get_attr(ctx, v, "_parties");
    text = parties ? value_str(ctx, parties) : NULL;
    repr = text ? str_printf(ctx, "<threading.Barrier at %p: waiters=%zu/%s>", (void *)v,
                             b->state == STATE_FILLING ? b->count : 0, str_peek(text, NULL))
                : NULL;
    value_release(parties);
    value_release(text);
    return repr;
}

/* ---- tables */

static const struct method barrier_methods[] = {
    {"__init__", CALL_PYTHON, 1, 3, 0, 0, "parties action timeout", barrier_init},
    {"__getattribute__", CALL_SLOT, 1, 1, 0, 0, NULL, barrier_getattribute},
    {"wait", CALL_PYTHON, 0, 1, 0, 0, "timeout", barrier_wait},
    {"reset", CALL_PYTHON, 0, 0, 0, 0, "", barrier_reset},
    {"abort", CALL_PYTHON, 0, 0, 0, 0, "", barrier_abort},
    {0},
};

const struct type barrier_type = {.name = "Barrier",
                                  .module = "threading",
                                  .size = sizeof(struct barrier),
                                  .destroy = instance_destroy,
                                  .traverse = instance_traverse,
                                  .clear = instance_clear,
                                  .hash_by_identity = true,
                                  .repr = barrier_repr,
                                  .get_attr = barrier_get_attr,
                                  .set_attr = instance_set_attr,
                                  .reduce = condition_owner_reduce,
                                  .methods = barrier_methods};
