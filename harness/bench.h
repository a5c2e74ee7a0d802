/* SPDX-License-Identifier: MIT */
/* What one worker keeps running: for each implementation a manager per serializer and spare adapters, kept from case to
 * case, since starting them costs more than most cases.  What misbehaved is ended and replaced, never reused. */
#ifndef HARNESS_BENCH_H
#define HARNESS_BENCH_H

#include "harness/manager.h"

#include <stdbool.h>
#include <stddef.h>

struct adapter;
struct bench;
struct trace;

enum role { ROLE_PROXY, ROLE_MANAGER };

struct bench_plan {
    struct implementation *const *implementations;
    size_t count;
    const char *folder; /* the bench's own; made if it does not exist; copied */
    enum transport transport;
    long deadline;       /* of one request, milliseconds */
    bool validate;       /* hold every message of an adapter against the schema */
    struct trace *trace; /* told of everything that goes over the wire; NULL: nobody is */
};

/* plan is copied; what else it points to must outlive the bench. */
struct bench *bench_new(const struct bench_plan *plan);

/* How long a request may take, and a process to start or to stop: deadlines from now. */
long long bench_deadline(const struct bench *bench);
long long bench_patience(const struct bench *bench);

/* The bench's own folder, borrowed. */
const char *bench_folder_peek(const struct bench *bench);

/* The trace of the plan, borrowed; NULL without one. */
struct trace *bench_trace_peek(const struct bench *bench);

/* Starts, without waiting, a manager or an adapter that will be asked for soon. */
void bench_warm(struct bench *bench, size_t implementation, enum role role);

/* From now on nothing is started for this role: whoever asks is told the trouble. */
void bench_give_up(struct bench *bench, size_t implementation, enum role role, const char *trouble);

/* An adapter that was greeted and is as new.  To be given back.  NULL with *trouble (new) if none can be had. */
struct adapter *bench_adapter(struct bench *bench, size_t implementation, char **trouble);

/* An adapter to which nothing was said yet; to be ended by the caller with adapter_end.  NULL with *trouble (new). */
struct adapter *bench_new_adapter(struct bench *bench, size_t implementation, char **trouble);

/* How the last adapter of the implementation came to be, one sentence, new: by its nursery, or why not. */
char *bench_birth(const struct bench *bench, size_t implementation);

/* Gives an adapter back: kept for the next case if it is as new, ended otherwise. */
void bench_return(struct bench *bench, size_t implementation, struct adapter *adapter, bool as_new);

/* The manager that is shared by all cases with this serializer, ready.  NULL with *trouble (new). */
struct manager *bench_manager(struct bench *bench, size_t implementation, bool xmlrpclib, char **trouble);

/* A manager for one case only, ready; to be ended by the caller with manager_end. */
struct manager *bench_fresh_manager(struct bench *bench, size_t implementation, bool xmlrpclib, char **trouble);

/* Ends the shared manager: the next bench_manager starts another one. */
void bench_drop_manager(struct bench *bench, size_t implementation, bool xmlrpclib);

/* How many objects the shared manager had when it was started or attached to; may be changed for one that cannot be
 * restarted. */
long *bench_baseline(struct bench *bench, size_t implementation, bool xmlrpclib);

/* Called for each process that did not end as it should. */
typedef void bench_complaint(void *context, size_t implementation, enum role role, const char *sentence,
                             const char *stderr_text);

/* Ends everything in the orderly way, telling of what did not end well; frees. */
void bench_close(struct bench *bench, bench_complaint *complain, void *context);

#endif
