/* SPDX-License-Identifier: MIT */
/* threading.Event (Lib/threading.py). */
#include "ref/manager/blocking.h"
#include "ref/manager/condition.h"
#include "ref/manager/python.h"
#include "ref/manager/types.h"

struct event {
    struct value head;
    bool flag;
    struct wait_queue waiting;
};

static const struct type event_type;

static struct event *event_cast(struct value *v)
{
    return (struct event *)v;
}

METHOD(event_init)
{
    UNUSED;
    return value_new(ctx, &event_type);
}

struct value *event_construct(struct ctx *ctx, const struct typeid *t, struct value *args, struct value *kwds)
{
    static const struct method init = {"__init__", CALL_PYTHON, 0, 0, 0, 0, "", event_init};

    (void)t;
    return method_call(ctx, &init, "Event", &value_none, args, kwds);
}

METHOD(event_is_set)
{
    UNUSED;
    return value_bool(event_cast(self)->flag);
}

METHOD(event_set)
{
    UNUSED;
    event_cast(self)->flag = true;
    wait_queue_wake(&event_cast(self)->waiting, SIZE_MAX);
    return &value_none;
}

METHOD(event_clear)
{
    UNUSED;
    event_cast(self)->flag = false;
    return &value_none;
}

METHOD(event_wait)
{
    struct event *e = event_cast(self);
    struct limit limit;
    int signalled = e->flag;

    UNUSED;
    if (!signalled) /* whoever was woken has seen the flag, whatever it is by then */
        signalled = limit_of_wait(ctx, argv[0] ? argv[0] : &value_none, &limit)
                        ? -1
                        : wait_queue_wait(ctx, &e->waiting, &limit);
    return signalled < 0 ? NULL : value_bool(signalled);
}

static struct value *event_repr(struct ctx *ctx, struct value *v)
{
    if (!compat_has(ctx->rt->compat, COMPAT_REPRS_WITH_STATE))
        return str_printf(ctx, "<threading.Event object at %p>", (void *)v);
    return str_printf(ctx, "<threading.Event at %p: %s>", (void *)v, event_cast(v)->flag ? "set" : "unset");
}

/* ---- tables */

static const struct method event_methods[] = {
    {"is_set", CALL_PYTHON, 0, 0, 0, 0, "", event_is_set},
    {"set", CALL_PYTHON, 0, 0, 0, 0, "", event_set},
    {"clear", CALL_PYTHON, 0, 0, 0, 0, "", event_clear},
    {"wait", CALL_PYTHON, 0, 1, 0, 0, "timeout", event_wait},
    {0},
};

static const struct type event_type = {.name = "Event",
                                       .module = "threading",
                                       .size = sizeof(struct event),
                                       .hash_by_identity = true,
                                       .repr = event_repr,
                                       .reduce = condition_owner_reduce,
                                       .methods = event_methods};
