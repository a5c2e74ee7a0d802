/* SPDX-License-Identifier: MIT */
/* The threads of a pool: one makes tasks of jobs (_handle_tasks), one delivers what came of them (_handle_results), and
 * the workers.  _handle_workers has no thread here: a worker that ends begins anew by itself.
 *
 * Everything happens under the runtime's lock, and all waiting with it as the mutex.  A thread keeps its crew alive;
 * the server knows every crew that has threads, and joins those that have ended. */
#include "ref/base/limits.h"
#include "ref/base/mem.h"
#include "ref/manager/pool.h"

typedef void hand_fn(struct hand *h);

/* A thread of a crew. It serves nobody: the connection is what a waiting call finds its server by. */
struct hand {
    struct hand *next, **link; /* in its crew, then in the server's list of those to be joined */
    struct crew *crew;         /* owned */
    hand_fn *work;
    pthread_t thread;
    struct connection connection;
};

static const struct limit never = {.kind = LIMIT_NEVER};

/* ---- lives and ends of threads */

static void reap(struct server *s)
{
    while (s->retired) {
        struct hand *h = s->retired;
        s->retired = h->next;
        runtime_unlock(s->rt);
        pthread_join(h->thread, NULL);
        mem_free(h);
        runtime_lock(s->rt);
    }
}

/* The last thread has ended: nothing will ever come of what is not done. */
static void disband(struct crew *c)
{
    *c->link = c->next;
    if (c->next)
        c->next->link = c->link;
    c->link = NULL;
    while (c->undone)
        result_done(c->undone);
    wait_queue_wake(&c->ended, SIZE_MAX);
    pthread_cond_broadcast(&c->server->ended);
}

static void retire(struct hand *h)
{
    struct crew *c = h->crew;
    struct server *s = c->server;

    process_settle(&h->connection.ctx, s->process);
    ctx_free(&h->connection.ctx);
    reap(s); /* those that ended before */
    *h->link = h->next;
    if (h->next)
        h->next->link = h->link;
    h->next = s->retired;
    s->retired = h;
    if (!--c->threads)
        disband(c);
    crew_release(c);
}

static bool pause(struct hand *h);

static void *hand_main(void *arg)
{
    struct hand *h = arg;
    struct server *s = h->crew->server;

    runtime_lock(s->rt);
    /* without memory for its name it tries again: nobody else does its work */
    while (process_name_thread(&h->connection.ctx, s->process, "PoolWorker") && !h->crew->terminated && pause(h))
        ;
    value_release(raised_fetch(&h->connection.ctx));
    h->work(h);
    retire(h);
    runtime_unlock(s->rt);
    return NULL;
}

static void enlist(struct crew *c)
{
    if (c->threads++)
        return;
    c->next = c->server->crews;
    c->link = &c->server->crews;
    if (c->next)
        c->next->link = &c->next;
    c->server->crews = c;
}

/* One more thread: 0, or -1 if there is none to be had. */
static int hire(struct crew *c, hand_fn *work)
{
    struct hand *h = mem_calloc(1, sizeof *h);

    if (!h)
        return -1;
    h->crew = c;
    h->work = work;
    h->connection.server = c->server;
    ctx_init(&h->connection.ctx, c->server->rt);
    h->connection.ctx.user = &h->connection;
    if (pthread_create(&h->thread, NULL, hand_main, h)) {
        mem_free(h);
        return -1;
    }
    crew_ref(c);
    enlist(c);
    h->next = c->hands;
    h->link = &c->hands;
    if (h->next)
        h->next->link = &h->next;
    c->hands = h;
    return 0;
}

/* Waits for something to do. False: the server stops. */
static bool sleep_in(struct hand *h, struct wait_queue *q, const struct limit *limit)
{
    struct ctx *ctx = &h->connection.ctx;
    int woken = wait_queue_wait(ctx, q, limit);

    value_release(raised_fetch(ctx));
    return woken >= 0;
}

/* ---- the thread that makes tasks */

static struct job *take_job(struct crew *c)
{
    struct job *j = c->jobs;

    if (j)
        c->jobs = j->next;
    if (!c->jobs)
        c->jobs_end = &c->jobs;
    return j;
}

static void make_tasks(struct hand *h)
{
    struct crew *c = h->crew;

    while (!c->terminated) {
        struct job *j = take_job(c);
        if (j) {
            bool on = job_feed(&h->connection.ctx, c, j);
            job_free(j);
            if (!on)
                return;
        } else if (c->closed && !c->undone)
            break;
        else if (!sleep_in(h, &c->feeding, &never))
            break;
    }
    c->fed = true;
    wait_queue_wake(&c->idle, SIZE_MAX);
    wait_queue_wake(&c->delivering, SIZE_MAX);
}

static hand_fn work;

bool crew_feed(struct ctx *ctx, struct crew *c, struct task *t)
{
    while (c->tasks.length >= LIMIT_POOL_TASKS && !c->terminated)
        if (wait_queue_wait(ctx, &c->room, &never) < 0) {
            value_release(raised_fetch(ctx));
            break;
        }
    if (c->terminated || c->server->stopping) {
        task_free(t);
        return false;
    }
    task_put(&c->tasks, t);
    /* without a thread for it the task waits for one of those that there are */
    if (!wait_queue_wake(&c->idle, 1) && c->workers < c->options.size && !hire(c, work))
        c->workers++;
    return true;
}

/* ---- workers */

/* initializer(*initargs); false: the worker dies of it. */
static bool initialize(struct hand *h)
{
    const struct crew_options *o = &h->crew->options;
    struct ctx *ctx = &h->connection.ctx;
    struct value *done;

    if (!o->initializer || o->stillborn)
        return !o->stillborn;
    done = callable_call(ctx, o->initializer, o->initargs, NULL);
    value_release(done);
    value_release(raised_fetch(ctx));
    return done;
}

/* Before the next attempt. False: the server stops. */
static bool pause(struct hand *h)
{
    struct limit limit = {.kind = LIMIT_UNTIL};

    clock_gettime(CLOCK_MONOTONIC, &limit.until);
    limit.until.tv_nsec += LIMIT_POOL_PAUSE * 1000000L;
    limit.until.tv_sec += limit.until.tv_nsec / 1000000000;
    limit.until.tv_nsec %= 1000000000;
    return sleep_in(h, &h->crew->pausing, &limit);
}

/* The next task; NULL: there will be none. */
static struct task *next_task(struct hand *h)
{
    struct crew *c = h->crew;

    while (!c->terminated) {
        struct task *t = task_take(&c->tasks);
        if (t)
            wait_queue_wake(&c->room, 1);
        if (t || c->fed || !sleep_in(h, &c->idle, &never))
            return t;
    }
    return NULL;
}

/* One worker's life in CPython. False: there is no more to do. */
static bool live(struct hand *h)
{
    struct crew *c = h->crew;
    size_t most = c->options.tasks_per_child;

    for (size_t done = 0; !most || done < most; done++) {
        struct task *t = next_task(h);
        bool alive;
        if (!t)
            return false;
        alive = task_run(&h->connection.ctx, t);
        process_settle(&h->connection.ctx, c->server->process);
        if (!alive || c->terminated) {
            task_free(t);
            return true;
        }
        task_put(&c->outcomes, t);
        wait_queue_wake(&c->delivering, 1);
    }
    return true;
}

static void work(struct hand *h)
{
    struct crew *c = h->crew;

    while (!c->terminated && !c->server->stopping)
        if (initialize(h) ? !live(h) : (c->fed && !c->tasks.length) || !pause(h))
            return;
}

/* ---- the thread that delivers */

/* False: what came of the task cannot be read, or a callback raised. */
static bool deliver(struct ctx *ctx, struct task *t)
{
    struct value *value = task_open(ctx, t);
    bool on = true;

    if (!value && raised_is(ctx, "MemoryError")) {
        t->success = false;
        value = raised_fetch(ctx);
    }
    if (value && value_is(&t->job->head, &imap_type)) {
        imap_set_take(t->job, t, value);
        return true;
    }
    if (!value || result_set(ctx, t->job, t->index, t->success, value))
        on = false;
    value_release(value);
    value_release(raised_fetch(ctx));
    task_free(t);
    return on;
}

static void deliver_all(struct hand *h)
{
    struct crew *c = h->crew;

    while (!c->terminated) {
        struct task *t = task_take(&c->outcomes);
        if (t && !deliver(&h->connection.ctx, t)) {
            c->deaf = true;
            return;
        }
        if (!t && ((c->fed && !c->undone) || !sleep_in(h, &c->delivering, &never)))
            return;
    }
}

/* ---- the crew */

struct crew *crew_ref(struct crew *c)
{
    c->refs++;
    return c;
}

void crew_release(struct crew *c)
{
    if (!c || --c->refs)
        return;
    task_drop_all(&c->outcomes);
    value_release(c->options.initializer);
    value_release(c->options.initargs);
    mem_free(c);
}

/* The threads that must be there from the beginning: an initializer runs in every worker. */
static int hire_all(struct crew *c)
{
    size_t workers = c->options.initializer ? c->options.size : 1;

    if (hire(c, make_tasks) || hire(c, deliver_all))
        return -1;
    for (; c->workers < workers; c->workers++)
        if (hire(c, work))
            return -1;
    return 0;
}

struct crew *crew_new(struct ctx *ctx, const struct crew_options *options)
{
    struct crew *c = mem_calloc(1, sizeof *c);

    if (!c)
        return raise_memory(ctx);
    c->server = server_of(ctx);
    c->refs = 1;
    c->jobs_end = &c->jobs;
    c->options = *options;
    if (options->initializer) {
        value_ref(options->initializer);
        value_ref(options->initargs);
    } else
        c->options.initargs = NULL;
    if (!hire_all(c))
        return c;
    crew_terminate(c);
    crew_release(c);
    return raise_format(ctx, "RuntimeError", "can't start new thread");
}

void crew_submit(struct crew *c, struct job *j)
{
    j->next = NULL;
    *c->jobs_end = j;
    c->jobs_end = &j->next;
    wait_queue_wake(&c->feeding, 1);
}

void crew_check(struct crew *c)
{
    if (c->closed && !c->undone) {
        wait_queue_wake(&c->feeding, SIZE_MAX);
        wait_queue_wake(&c->delivering, SIZE_MAX);
    }
}

void crew_close(struct crew *c)
{
    c->closed = true;
    crew_check(c);
}

void crew_terminate(struct crew *c)
{
    struct wait_queue *queues[] = {&c->feeding, &c->room, &c->idle, &c->pausing, &c->delivering};
    struct job *j;

    if (c->terminated)
        return;
    c->terminated = true;
    crew_ref(c);
    for (size_t i = 0; i < sizeof queues / sizeof *queues; i++)
        wait_queue_wake(queues[i], SIZE_MAX);
    for (const struct hand *h = c->hands; h; h = h->next)
        process_cut(c->server->process, h->thread);
    task_drop_all(&c->tasks);
    task_drop_all(&c->outcomes);
    while ((j = take_job(c)))
        job_free(j);
    crew_release(c);
}

int crew_join(struct ctx *ctx, struct crew *c)
{
    while (c->threads)
        if (wait_queue_wait(ctx, &c->ended, &never) < 0)
            return -1;
    return 0;
}

void crew_end_all(struct server *s)
{
    runtime_lock(s->rt);
    for (struct crew *c = s->crews; c; c = c->next)
        crew_terminate(c);
    while (s->crews)
        pthread_cond_wait(&s->ended, &s->rt->lock);
    reap(s);
    runtime_unlock(s->rt);
}
