/* SPDX-License-Identifier: MIT */
/* What a pool is made of.  Mirrors Lib/multiprocessing/pool.py, with threads of the runtime in the place of processes:
 * a *crew* is the threads and what passes between them, a *job* is one call of map, apply and so on with the object
 * that receives what comes out of it, a *task* is what one worker does at a time.
 *
 * Tasks and what comes of them are pickled on their way, as between processes: a worker works on copies, and what
 * cannot be pickled fails as it does there.  What a client cannot see is different: workers are threads, started when
 * there is something to do, and a call that has begun runs to its end although its pool is terminated, unless it waits
 * for a manager.  For the files of manager/ only. */
#ifndef REF_MANAGER_POOL_H
#define REF_MANAGER_POOL_H

#include "ref/manager/blocking.h"
#include "ref/manager/connection.h"
#include "ref/value/types.h"

struct crew;
struct result;

/* ---- task.c */

enum mapper {
    MAPPER_CALL,    /* func(*args, **kwds) */
    MAPPER_MAP,     /* mapstar: [func(x) for x in batch] */
    MAPPER_STARMAP, /* starmapstar: [func(*x) for x in batch] */
    MAPPER_RAISE    /* _helper_reraises_exception */
};

struct task {
    struct task *next;
    struct result *job; /* owned; NULL once it is an iterator's */
    size_t index;
    enum mapper mapper;
    bool success;         /* once it is done */
    struct value *packed; /* owned: the pickle of what is to be done, then of what came of it; NULL: out of memory */
};

/* First in, first out. All zero is empty. */
struct task_list {
    struct task *first, *last;
    size_t length;
};

/* A task of a job, still empty. NULL if out of memory. */
struct task *task_new(struct result *job, size_t index, enum mapper mapper);
/* What it is about: the tuple (func, args, kwds) for MAPPER_CALL, (func, batch) for the maps, an exception for
 * MAPPER_RAISE. 0, or -1 after raising: it cannot be pickled. */
int task_pack(struct ctx *ctx, struct task *t, struct value *what);
void task_free(struct task *t);
void task_put(struct task_list *list, struct task *t);
struct task *task_take(struct task_list *list); /* NULL if there is none */
void task_drop_all(struct task_list *list);
/* What a worker does with it: afterwards it carries what came of it. False: a BaseException that is no Exception ended
 * the worker, as SystemExit does. Nothing stays raised. */
bool task_run(struct ctx *ctx, struct task *t);
/* What came of it: the value or the exception, new, or NULL after raising. */
struct value *task_open(struct ctx *ctx, struct task *t);

/* ---- callable.c */

/* func(*args, **kwds), where func is a function that is known here by name, a class of exceptions, or a bound method
 * (which a pickle writes as getattr(object, name)), and args and kwds are anything. New, or NULL after raising. */
struct value *callable_call(struct ctx *ctx, struct value *func, struct value *args, struct value *kwds);
/* callable(v): of an object of an unknown class that is not known, and assumed. */
bool callable_check(const struct value *v);
/* For what nobody waits for, so that nobody would hear that it cannot be called: 0, or -1 after raising if it is a
 * function, an object or a method of one that C does not know.  What is no callable at all, and NULL, pass. */
int callable_refuse(struct ctx *ctx, struct value *v);
/* Makes those functions known to the server's runtime that make objects of a manager or end a worker; forgets them. */
void callable_register(struct server *s);
void callable_unregister(struct server *s);

/* ---- result.c: where results arrive */

/* AsyncResult, MapResult, and the iterators of imap: one for each job. */
struct result {
    struct value head;
    struct value *pool;            /* owned until the job is done, so that a pool lives as long as it has work */
    struct crew *crew;             /* owned */
    struct result *next, **link;   /* the jobs that are not done, pool._cache; link NULL: not among them */
    struct wait_queue waiting;     /* who waits in get, wait or next */
    struct value *callbacks[2];    /* owned: for the value and for the exception, or NULL */
    bool ready, success;           /* AsyncResult, MapResult */
    struct value *value;           /* owned: what came of it, or the exception */
    struct value **parts;          /* MapResult: owned array of owned values, NULL where nothing came yet */
    size_t length, chunk;          /* of parts; how many in one task */
    double left;                   /* tasks that are not done; a fraction if the chunk size was one */
    struct task_list items, later; /* iterators: what can be taken, and what came too early, by index */
    size_t index, total;           /* iterators: how many came in order, how many there will be */
};

extern const struct type apply_result_type, map_result_type, imap_type, imap_unordered_type;
/* A job of a pool, among those that are not done. NULL after raising. */
struct result *result_new(struct ctx *ctx, const struct type *type, struct value *pool);
/* One task's outcome, value borrowed. Runs callbacks, which may give up the lock. 0, or -1 after raising what a
 * callback raised: in CPython that ends the thread that was to deliver results. */
int result_set(struct ctx *ctx, struct result *r, size_t index, bool success, struct value *value);
/* A job of which nothing more will come, for want of memory. As result_set. */
int result_give_up(struct ctx *ctx, struct result *r);
/* The job is no longer among those that are not done, and lets go of its pool. */
void result_done(struct result *r);
/* The value of a job that is done, new; NULL after raising. */
struct value *result_value(struct ctx *ctx, const struct result *r);
/* AsyncResult.get(timeout); timeout may be NULL. */
struct value *result_get(struct ctx *ctx, struct result *r, struct value *timeout);
/* Slots of every kind of result. */
void result_destroy(struct value *v);
struct value *result_reduce(struct ctx *ctx, struct value *v);

/* ---- pool.c */

struct crew *pool_crew_peek(struct value *pool);
struct value *pool_reduce(struct ctx *ctx, struct value *v);

/* ---- imap.c */

/* IMapIterator._set and _set_length; t is consumed, value is put in place of its pickle. */
void imap_set_take(struct result *r, struct task *t, struct value *value);
void imap_set_length(struct result *r, size_t length);
/* The generator that imap returns for another chunk size than 1. NULL after raising. */
struct value *imap_chunks(struct ctx *ctx, struct result *r, const char *qualname);

/* ---- feed.c: from jobs to tasks */

struct job {
    struct job *next;
    struct result *result; /* owned */
    enum mapper mapper;
    struct value *func, *args, *kwds; /* owned: of MAPPER_CALL; else args is the iterable */
    struct value *chunk; /* owned: how many elements make a task, any value; NULL: each element is one, for imap */
    bool counts;         /* imap: the iterator is told how many there were */
};

struct job *job_new(struct ctx *ctx, struct result *r, enum mapper mapper, struct value *func, struct value *args);
void job_free(struct job *j);
/* Makes the job's tasks, one after the other. False: there is to be no more feeding, as the crew was terminated or a
 * callback raised. Nothing stays raised. */
bool job_feed(struct ctx *ctx, struct crew *c, struct job *j);

/* ---- crew.c: the threads */

struct crew_options {
    size_t size;
    struct value *initializer; /* or NULL */
    struct value *initargs;
    size_t tasks_per_child; /* 0: any number */
    bool stillborn;         /* every worker dies before it does anything */
};

struct crew {
    struct crew *next, **link; /* among the server's; link NULL: no thread runs */
    struct server *server;
    size_t refs;
    struct crew_options options; /* its values are owned */
    bool closed, terminated;
    bool fed;              /* the thread that makes tasks has ended */
    bool deaf;             /* no result arrives any more: the thread that delivers them has ended */
    struct result *undone; /* owned references: pool._cache */
    struct job *jobs, **jobs_end;
    struct task_list tasks, outcomes;
    struct wait_queue feeding, room, idle, pausing, delivering; /* threads that have nothing to do, by kind */
    struct wait_queue ended;                                    /* clients that wait for the threads to end */
    size_t threads, workers;
    struct hand *hands; /* running threads */
};

/* A crew that works, with one reference; its threads run until it is closed and has nothing to do, or is terminated.
 * NULL after raising. */
struct crew *crew_new(struct ctx *ctx, const struct crew_options *options);
struct crew *crew_ref(struct crew *c);
void crew_release(struct crew *c);
/* Takes over the job. */
void crew_submit(struct crew *c, struct job *j);
/* A task is there; waits while there are too many. False: the crew was terminated. */
bool crew_feed(struct ctx *ctx, struct crew *c, struct task *t);
/* A job is done: does that end a closed crew? */
void crew_check(struct crew *c);
void crew_close(struct crew *c);
/* Nothing begins any more, and nothing arrives. Does not wait. */
void crew_terminate(struct crew *c);
/* Waits until no thread is left. 0, or -1 after raising. */
int crew_join(struct ctx *ctx, struct crew *c);
/* Terminates every crew of a server and waits for the threads. No other thread serves any more. */
void crew_end_all(struct server *s);

#endif
