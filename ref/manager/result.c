/* SPDX-License-Identifier: MIT */
/* multiprocessing.pool.ApplyResult and MapResult, and what they share with the iterators of imap. */
#include "ref/base/mem.h"
#include "ref/manager/pool.h"
#include "ref/manager/python.h"
#include "ref/manager/types.h"

static struct result *result_cast(struct value *v)
{
    return (struct result *)v;
}

/* ---- among the jobs that are not done */

struct result *result_new(struct ctx *ctx, const struct type *type, struct value *pool)
{
    struct result *r = result_cast(value_new(ctx, type));

    if (!r)
        return NULL;
    r->pool = value_ref(pool);
    r->crew = crew_ref(pool_crew_peek(pool));
    r->total = SIZE_MAX;
    r->success = true;
    value_ref(&r->head); /* the crew's */
    r->next = r->crew->undone;
    r->link = &r->crew->undone;
    if (r->next)
        r->next->link = &r->next;
    r->crew->undone = r;
    return r;
}

void result_done(struct result *r)
{
    struct value *pool = r->pool;

    if (!r->link)
        return;
    *r->link = r->next;
    if (r->next)
        r->next->link = r->link;
    r->link = NULL;
    r->next = NULL;
    crew_check(r->crew);
    r->pool = NULL;
    value_release(pool);
    value_release(&r->head);
}

void result_destroy(struct value *v)
{
    struct result *r = result_cast(v);

    value_release(r->pool);
    value_release(r->callbacks[0]);
    value_release(r->callbacks[1]);
    value_release(r->value);
    for (size_t i = 0; i < r->length; i++)
        value_release(r->parts[i]);
    mem_free(r->parts);
    task_drop_all(&r->items);
    task_drop_all(&r->later);
    crew_release(r->crew);
}

/* ---- outcomes */

static int call_back(struct ctx *ctx, struct result *r)
{
    struct value *callback = r->callbacks[!r->success], *value, *args, *done;

    if (!callback)
        return 0;
    value = result_value(ctx, r);
    args = value ? tuple_pack_take(ctx, 1, value) : NULL;
    done = args ? callable_call(ctx, callback, args, NULL) : NULL;
    value_release(args);
    value_release(done);
    return done ? 0 : -1;
}

static void finish(struct result *r)
{
    r->ready = true;
    wait_queue_wake(&r->waiting, SIZE_MAX);
    result_done(r);
}

/* self._value[i * chunk:(i + 1) * chunk] = values: fewer of them leave a gap. */
static void place(struct result *r, size_t index, struct value *values)
{
    size_t from = index * r->chunk;

    for (size_t i = 0; i < r->chunk && from + i < r->length; i++) {
        struct value *old = r->parts[from + i];
        r->parts[from + i] = i < list_length(values) ? value_ref(list_peek(values, i)) : NULL;
        value_release(old);
    }
}

int result_set(struct ctx *ctx, struct result *r, size_t index, bool success, struct value *value)
{
    bool maps = r->head.type == &map_result_type;
    int failed;

    if (!r->link)
        return 0;
    r->left--;
    if (maps && success && r->success)
        place(r, index, value);
    else if (!maps || (!success && r->success)) { /* of a map only the first exception counts */
        r->success = success;
        r->value = value_ref(value);
    }
    if (maps && r->left != 0)
        return 0;
    value_ref(&r->head);
    failed = call_back(ctx, r);
    if (!failed)
        finish(r);
    value_release(&r->head);
    return failed;
}

int result_give_up(struct ctx *ctx, struct result *r)
{
    struct value *why;
    int failed;

    raise_memory(ctx);
    why = raised_fetch(ctx);
    if (value_is(&r->head, &imap_type)) {
        r->value = value_ref(why);
        imap_set_length(r, r->index);
        failed = 0;
    } else {
        r->left = 1;
        failed = result_set(ctx, r, 0, false, why);
    }
    value_release(why);
    return failed;
}

struct value *result_value(struct ctx *ctx, const struct result *r)
{
    struct value *list;

    if (r->head.type != &map_result_type || !r->success)
        return value_ref(r->value);
    list = list_new(ctx);
    for (size_t i = 0; list && i < r->length; i++)
        if (r->parts[i] && list_push_take(ctx, list, value_ref(r->parts[i]))) {
            value_release(list);
            list = NULL;
        }
    return list;
}

/* ---- methods */

METHOD(result_ready)
{
    UNUSED;
    return value_bool(result_cast(self)->ready);
}

METHOD(result_successful)
{
    struct value *repr;

    UNUSED;
    if (result_cast(self)->ready)
        return value_bool(result_cast(self)->success);
    repr = value_repr(ctx, self);
    if (repr)
        raise_format(ctx, "ValueError", "%s not ready", str_peek(repr, NULL));
    value_release(repr);
    return NULL;
}

/* Event.wait(timeout): 0, or -1 after raising. */
static int wait(struct ctx *ctx, struct result *r, struct value *timeout)
{
    struct limit limit;

    if (r->ready)
        return 0;
    if (limit_of_wait(ctx, timeout ? timeout : &value_none, &limit))
        return -1;
    return wait_queue_wait(ctx, &r->waiting, &limit) < 0 ? -1 : 0;
}

METHOD(result_wait)
{
    UNUSED;
    return wait(ctx, result_cast(self), argv[0]) ? NULL : &value_none;
}

struct value *result_get(struct ctx *ctx, struct result *r, struct value *timeout)
{
    if (wait(ctx, r, timeout))
        return NULL;
    if (!r->ready)
        return python_raise_class(ctx, "multiprocessing.context", "TimeoutError");
    if (r->success)
        return result_value(ctx, r);
    return raise_take(ctx, value_ref(r->value));
}

METHOD(result_get_method)
{
    UNUSED;
    return result_get(ctx, result_cast(self), argv[0]);
}

/* A pickle of one fails at its first part that has none: the pool while it is at work, else the lock of its event. */
struct value *result_reduce(struct ctx *ctx, struct value *v)
{
    if (result_cast(v)->pool)
        return pool_reduce(ctx, result_cast(v)->pool);
    return raise_format(ctx, "TypeError", "cannot pickle '_thread.lock' object");
}

/* ---- tables */

static const struct method result_methods[] = {
    {"ready", CALL_PYTHON, 0, 0, 0, 0, "", result_ready},
    {"successful", CALL_PYTHON, 0, 0, 0, 0, "", result_successful},
    {"wait", CALL_PYTHON, 0, 1, 0, 0, "timeout", result_wait},
    {"get", CALL_PYTHON, 0, 1, 0, 0, "timeout", result_get_method},
    {0},
};

const struct type apply_result_type = {.name = "ApplyResult",
                                       .module = "multiprocessing.pool",
                                       .size = sizeof(struct result),
                                       .destroy = result_destroy,
                                       .hash_by_identity = true,
                                       .reduce = result_reduce,
                                       .methods = result_methods};

const struct type map_result_type = {.name = "MapResult",
                                     .module = "multiprocessing.pool",
                                     .base = &apply_result_type,
                                     .size = sizeof(struct result),
                                     .destroy = result_destroy,
                                     .hash_by_identity = true,
                                     .reduce = result_reduce};
