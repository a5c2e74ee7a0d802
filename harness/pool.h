/* SPDX-License-Identifier: MIT */
/* Worker processes that share a list of jobs and report by JSON lines.
 *
 * A worker is forked, not threaded: what crashes or leaks in one cannot touch another, and the children of each are its
 * own.  Whatever happens to a worker, the parent sees which jobs have no result. */
#ifndef HARNESS_POOL_H
#define HARNESS_POOL_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* How a worker sends an event to the parent: takes it. */
struct pool_line;
void pool_send_take(struct pool_line *line, json_t *event);

/* What the pool does; all functions get context. */
struct pool_work {
    void *context;
    size_t jobs;
    size_t waiting; /* so many of them, the first ones, mostly wait; the others keep a processor busy */
    long workers;   /* one for each processor begins with those that do not wait, the others with those that do */
    bool spread;    /* false: where there is a worker for each processor, each stays on one, with its children */
    /* In the worker: makes its state, does one job, ends its state. */
    void *(*open)(void *context, unsigned worker);
    void (*job)(void *state, size_t index, struct pool_line *line);
    void (*close)(void *state, struct pool_line *line);
    /* In the parent: gets every event, borrowed, in the order of arrival; and is called about ten times a second. */
    void (*receive)(void *context, const json_t *event);
    void (*tick)(void *context);
};

struct pool_result {
    int signal;    /* the signal that interrupted the run, or 0 */
    unsigned died; /* workers that did not end as they should */
};

/* How many processors this process may use. */
long pool_processors(void);

/* Runs all jobs.  SIGINT, SIGTERM and SIGHUP end the workers and their children; the caller decides what then. */
void pool_run(const struct pool_work *work, struct pool_result *result);

#endif
