/* SPDX-License-Identifier: MIT */
/* queue.Queue (Lib/queue.py), which is both Queue and JoinableQueue of a manager. */
#include <string.h>

#include "ref/base/mem.h"
#include "ref/manager/blocking.h"
#include "ref/manager/lock.h"
#include "ref/manager/python.h"
#include "ref/manager/types.h"

struct node {
    struct node *next;
    struct value *item; /* owned */
};

struct queue {
    struct value head;
    struct value *maxsize; /* owned, any value */
    struct node *first, *last;
    size_t size, unfinished;
    bool shut;
    struct wait_queue getters, putters, joiners;
};

static const struct type queue_type;

static struct queue *queue_cast(struct value *v)
{
    return (struct queue *)v;
}

/* ---- items */

static int push(struct ctx *ctx, struct queue *q, struct value *item)
{
    struct node *n = mem_alloc(sizeof *n);

    if (!n) {
        raise_memory(ctx);
        return -1;
    }
    *n = (struct node){NULL, value_ref(item)};
    if (q->last)
        q->last->next = n;
    else
        q->first = n;
    q->last = n;
    q->size++;
    return 0;
}

/* The oldest item, new. There is one. */
static struct value *pull(struct queue *q)
{
    struct node *n = q->first;
    struct value *item = n->item;

    q->first = n->next;
    if (!q->first)
        q->last = NULL;
    q->size--;
    mem_free(n);
    return item;
}

static void queue_clear(struct value *v)
{
    struct queue *q = queue_cast(v);

    while (q->first)
        value_release(pull(q));
}

static void queue_destroy(struct value *v)
{
    queue_clear(v);
    value_release(queue_cast(v)->maxsize);
}

static int queue_traverse(struct value *v, visit_fn *visit, void *arg)
{
    int result = 0;

    for (const struct node *n = queue_cast(v)->first; n && !result; n = n->next)
        result = visit(n->item, arg);
    return result;
}

/* ---- construction */

METHOD(queue_init)
{
    struct value *maxsize = argv[0] ? value_ref(argv[0]) : int_new(ctx, 0),
                 *v = maxsize ? value_new(ctx, &queue_type) : NULL;

    UNUSED;
    if (v)
        queue_cast(v)->maxsize = maxsize;
    else
        value_release(maxsize);
    return v;
}

struct value *queue_construct(struct ctx *ctx, const struct typeid *t, struct value *args, struct value *kwds)
{
    static const struct method init = {"__init__", CALL_PYTHON, 0, 1, 0, 0, "maxsize", queue_init};

    (void)t;
    return method_call(ctx, &init, "Queue", &value_none, args, kwds);
}

/* ---- waiting */

/* Is the queue bounded (maxsize > 0, or 0 < maxsize as full asks)? 1, 0, -1. */
static int is_bounded(struct ctx *ctx, const struct queue *q, bool swapped)
{
    struct value *zero = int_new(ctx, 0);
    int result;

    if (!zero)
        return -1;
    result =
        swapped ? value_compare(ctx, COMPARE_LT, zero, q->maxsize) : value_compare(ctx, COMPARE_GT, q->maxsize, zero);
    value_release(zero);
    return result;
}

/* qsize() >= maxsize: 1, 0, -1 */
static int is_full(struct ctx *ctx, const struct queue *q)
{
    struct value *size = int_new_unsigned(ctx, q->size);
    int result = size ? value_compare(ctx, COMPARE_GE, size, q->maxsize) : -1;

    value_release(size);
    return result;
}

static int is_empty(struct ctx *ctx, const struct queue *q)
{
    (void)ctx;
    return !q->size;
}

/* How put and get wait. */
struct role {
    int (*must_wait)(struct ctx *ctx, const struct queue *q);
    const char *module, *refusal; /* the exception when waiting was not allowed, or took too long */
};
static const struct role putting = {is_full, "queue", "Full"}, getting = {is_empty, "_queue", "Empty"};

/* block and timeout as a limit. 0, or -1 after raising. */
static int read_limit(struct ctx *ctx, struct value *block, struct value *timeout, struct limit *limit)
{
    int blocking = block ? value_truth(ctx, block) : 1, negative;
    struct value *zero;

    *limit = (struct limit){.kind = blocking ? LIMIT_NEVER : LIMIT_AT_ONCE};
    if (blocking < 0 || !blocking || !timeout || timeout == &value_none)
        return blocking < 0 ? -1 : 0;
    zero = int_new(ctx, 0);
    negative = zero ? value_compare(ctx, COMPARE_LT, timeout, zero) : -1;
    value_release(zero);
    if (negative > 0)
        raise_format(ctx, "ValueError", "'timeout' must be a non-negative number");
    return negative || limit_of_endtime(ctx, timeout, limit) ? -1 : 0;
}

/* ShutDown, if the queue was shut and there is nothing to do in it. 0, or -1 after raising. */
static int check_open(struct ctx *ctx, const struct queue *q, const struct role *role)
{
    if (!q->shut || (role == &getting && q->size))
        return 0;
    python_raise_class(ctx, "queue", "ShutDown");
    return -1;
}

/* Waits until put or get can go on. 0, or -1 after raising. */
static int await(struct ctx *ctx, struct queue *q, struct wait_queue *waiting, const struct role *role,
                 const struct limit *limit)
{
    int wait;

    while ((wait = role->must_wait(ctx, q)) > 0) {
        if (limit->kind == LIMIT_AT_ONCE || limit_passed(limit)) {
            python_raise_class(ctx, role->module, role->refusal);
            return -1;
        }
        if (wait_queue_wait(ctx, waiting, limit) < 0 || check_open(ctx, q, role))
            return -1;
    }
    return wait;
}

/* ---- put and get */

static struct value *put(struct ctx *ctx, struct queue *q, struct value *item, struct value *block,
                         struct value *timeout)
{
    int bounded = check_open(ctx, q, &putting) ? -1 : is_bounded(ctx, q, false);
    struct limit limit;

    if (bounded < 0)
        return NULL;
    if (bounded && (read_limit(ctx, block, timeout, &limit) || await(ctx, q, &q->putters, &putting, &limit)))
        return NULL;
    if (push(ctx, q, item))
        return NULL;
    q->unfinished++;
    wait_queue_wake(&q->getters, 1);
    return &value_none;
}

static struct value *get(struct ctx *ctx, struct queue *q, struct value *block, struct value *timeout)
{
    struct limit limit;

    if (check_open(ctx, q, &getting) || read_limit(ctx, block, timeout, &limit) ||
        await(ctx, q, &q->getters, &getting, &limit))
        return NULL;
    wait_queue_wake(&q->putters, 1);
    return pull(q);
}

METHOD(queue_put)
{
    UNUSED;
    return put(ctx, queue_cast(self), argv[0], argv[1], argv[2]);
}

METHOD(queue_put_nowait)
{
    UNUSED;
    return put(ctx, queue_cast(self), argv[0], &value_false, NULL);
}

METHOD(queue_get)
{
    UNUSED;
    return get(ctx, queue_cast(self), argv[0], argv[1]);
}

METHOD(queue_get_nowait)
{
    UNUSED;
    return get(ctx, queue_cast(self), &value_false, NULL);
}

/* ---- the rest */

METHOD(queue_qsize)
{
    UNUSED;
    return int_new_unsigned(ctx, queue_cast(self)->size);
}

METHOD(queue_empty)
{
    UNUSED;
    return value_bool(!queue_cast(self)->size);
}

/* 0 < maxsize <= qsize() */
METHOD(queue_full)
{
    const struct queue *q = queue_cast(self);
    int full = is_bounded(ctx, q, true);
    struct value *size;

    UNUSED;
    if (full > 0) {
        size = int_new_unsigned(ctx, q->size);
        full = size ? value_compare(ctx, COMPARE_LE, q->maxsize, size) : -1;
        value_release(size);
    }
    return full < 0 ? NULL : value_bool(full);
}

static void finish_one(struct queue *q)
{
    if (!--q->unfinished)
        wait_queue_wake(&q->joiners, SIZE_MAX);
}

METHOD(queue_task_done)
{
    UNUSED;
    if (!queue_cast(self)->unfinished)
        return raise_format(ctx, "ValueError", "task_done() called too many times");
    finish_one(queue_cast(self));
    return &value_none;
}

METHOD(queue_join)
{
    const struct limit never = {.kind = LIMIT_NEVER};
    struct queue *q = queue_cast(self);

    UNUSED;
    while (q->unfinished)
        if (wait_queue_wait(ctx, &q->joiners, &never) < 0)
            return NULL;
    return &value_none;
}

METHOD(queue_shutdown)
{
    struct queue *q = queue_cast(self);
    int immediate = argv[0] ? value_truth(ctx, argv[0]) : 0;

    UNUSED;
    if (immediate < 0)
        return NULL;
    q->shut = true;
    while (immediate && q->size) {
        value_release(pull(q));
        if (q->unfinished)
            q->unfinished--;
    }
    if (immediate)
        wait_queue_wake(&q->joiners, SIZE_MAX);
    wait_queue_wake(&q->getters, SIZE_MAX);
    wait_queue_wake(&q->putters, SIZE_MAX);
    return &value_none;
}

static struct value *empty_deque(struct ctx *ctx)
{
    struct value *class = global_new(ctx, "collections", "deque");
    struct value *deque = class ? opaque_new(ctx, OPAQUE_REDUCE, class, tuple_empty, NULL) : NULL;

    value_release(class);
    return deque;
}

/* Its dict begins with maxsize, queue and a lock, where pickle fails. */
static struct value *queue_reduce(struct ctx *ctx, struct value *v)
{
    struct value *class = global_new(ctx, v->type->module, v->type->name), *state = dict_new(ctx), *reduced = NULL;

    if (class && state && !dict_set_text_take(ctx, state, "maxsize", value_ref(queue_cast(v)->maxsize)) &&
        !dict_set_text_take(ctx, state, "queue", empty_deque(ctx)) &&
        !dict_set_text_take(ctx, state, "mutex", lock_new(ctx)))
        reduced = opaque_new(ctx, OPAQUE_NEWOBJ, class, tuple_empty, NULL);
    if (reduced && opaque_record(ctx, reduced, OPAQUE_BUILD, state, NULL)) {
        value_release(reduced);
        reduced = NULL;
    }
    value_release(class);
    value_release(state);
    return reduced;
}

/* ---- tables */

static const struct method queue_methods[] = {
    {"put", CALL_PYTHON, 1, 3, 0, 0, "item block timeout", queue_put},
    {"put_nowait", CALL_PYTHON, 1, 1, 0, 0, "item", queue_put_nowait},
    {"get", CALL_PYTHON, 0, 2, 0, 0, "block timeout", queue_get},
    {"get_nowait", CALL_PYTHON, 0, 0, 0, 0, "", queue_get_nowait},
    {"qsize", CALL_PYTHON, 0, 0, 0, 0, "", queue_qsize},
    {"empty", CALL_PYTHON, 0, 0, 0, 0, "", queue_empty},
    {"full", CALL_PYTHON, 0, 0, 0, 0, "", queue_full},
    {"task_done", CALL_PYTHON, 0, 0, 0, 0, "", queue_task_done},
    {"join", CALL_PYTHON, 0, 0, 0, 0, "", queue_join},
    {"shutdown", CALL_PYTHON, 0, 1, 313, 0, "immediate", queue_shutdown},
    {0},
};

static const struct type queue_type = {.name = "Queue",
                                       .module = "queue",
                                       .size = sizeof(struct queue),
                                       .destroy = queue_destroy,
                                       .traverse = queue_traverse,
                                       .clear = queue_clear,
                                       .hash_by_identity = true,
                                       .reduce = queue_reduce,
                                       .methods = queue_methods};
