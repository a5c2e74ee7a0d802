/* SPDX-License-Identifier: MIT */
/* From a job to its tasks: _guarded_task_generation, _get_tasks and the inner loop of _handle_tasks in
 * Lib/multiprocessing/pool.py.  Runs in a thread of its own, since an iterable may be a proxy. */
#include "ref/base/mem.h"
#include "ref/manager/pool.h"
#include "ref/manager/python.h"

struct job *job_new(struct ctx *ctx, struct result *r, enum mapper mapper, struct value *func, struct value *args)
{
    struct job *j = mem_calloc(1, sizeof *j);

    if (!j)
        return raise_memory(ctx);
    value_ref(&r->head);
    j->result = r;
    j->mapper = mapper;
    j->func = value_ref(func);
    j->args = value_ref(args);
    return j;
}

void job_free(struct job *j)
{
    value_release(j->func);
    value_release(j->args);
    value_release(j->kwds);
    value_release(j->chunk);
    value_release(&j->result->head);
    mem_free(j);
}

/* ---- one task */

/* put(task) failed: the task is done, with the exception that is raised. */
static bool fail_take(struct ctx *ctx, struct job *j, struct task *t)
{
    struct value *why = raised_fetch(ctx);
    int failed = 0;

    t->success = false;
    if (value_is(&j->result->head, &imap_type))
        imap_set_take(j->result, t, why);
    else {
        failed = result_set(ctx, j->result, t->index, false, why);
        value_release(why);
        task_free(t);
    }
    value_release(raised_fetch(ctx));
    return !failed;
}

/* There is no memory to say more. */
static bool give_up(struct ctx *ctx, struct job *j)
{
    int failed = result_give_up(ctx, j->result);

    value_release(raised_fetch(ctx));
    return !failed;
}

/* One more task; what is consumed. False: that was the last. */
static bool feed_take(struct ctx *ctx, struct crew *c, struct job *j, size_t index, enum mapper mapper,
                      struct value *what)
{
    struct task *t = what ? task_new(j->result, index, mapper) : NULL;
    bool on;

    if (!t)
        on = give_up(ctx, j);
    else if (task_pack(ctx, t, what))
        on = fail_take(ctx, j, t);
    else
        on = crew_feed(ctx, c, t);
    value_release(what);
    return on;
}

/* ---- iterating */

/* Where a job's iteration stands. */
struct walk {
    struct job *job;
    struct value *it; /* owned */
    size_t chunk;     /* 0: no chunks */
};

/* tuple(islice(it, size)): new, empty at the end; NULL after raising. */
static struct value *batch(struct ctx *ctx, struct walk *w)
{
    struct value *list = list_new(ctx), *item, *tuple;

    for (size_t i = 0; list && i < w->chunk && (item = value_next(ctx, w->it)); i++)
        if (list_push_take(ctx, list, item))
            break;
    tuple = list && !ctx->raised ? tuple_from(ctx, list) : NULL;
    value_release(list);
    return tuple;
}

/* The next task's contents: NULL at the end, or after raising. */
static struct value *next_contents(struct ctx *ctx, struct walk *w)
{
    struct value *func = w->job->func, *x;

    if (w->job->chunk) {
        x = w->chunk ? batch(ctx, w) : NULL;
        if (x && !tuple_length(x)) {
            value_release(x);
            return NULL;
        }
        return x ? tuple_pack_take(ctx, 2, value_ref(func), x) : NULL;
    }
    x = value_next(ctx, w->it);
    if (!x)
        return NULL;
    return tuple_pack_take(ctx, 3, value_ref(func), tuple_pack_take(ctx, 1, x), dict_new(ctx));
}

/* iter(iterable), or what is wrong with it. */
static int begin(struct ctx *ctx, struct walk *w)
{
    w->it = value_iter(ctx, w->job->args);
    return w->it && (!w->job->chunk || !python_islice_stop(ctx, w->job->chunk, &w->chunk)) ? 0 : -1;
}

static bool feed_all(struct ctx *ctx, struct crew *c, struct job *j)
{
    enum mapper mapper = j->chunk ? j->mapper : MAPPER_CALL;
    struct walk w = {.job = j};
    struct value *what = begin(ctx, &w) ? NULL : next_contents(ctx, &w);
    bool on = true;
    size_t n = 0;

    for (; on && what; n++) {
        on = feed_take(ctx, c, j, n, mapper, what);
        what = on ? next_contents(ctx, &w) : NULL;
    }
    if (on && raised_is(ctx, "MemoryError")) { /* here, and not in CPython: nobody shall wait for what is missing */
        value_release(w.it);
        return give_up(ctx, j);
    }
    if (on && ctx->raised) /* raised again by a worker, as the last of the tasks */
        on = feed_take(ctx, c, j, n++, MAPPER_RAISE, raised_fetch(ctx));
    if (on && j->counts)
        imap_set_length(j->result, n);
    value_release(w.it);
    return on;
}

bool job_feed(struct ctx *ctx, struct crew *c, struct job *j)
{
    struct value *what;

    if (j->mapper != MAPPER_CALL || !j->kwds)
        return feed_all(ctx, c, j);
    what = tuple_pack_take(ctx, 3, value_ref(j->func), value_ref(j->args), value_ref(j->kwds));
    return feed_take(ctx, c, j, 0, MAPPER_CALL, what);
}
