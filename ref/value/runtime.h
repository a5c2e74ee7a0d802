/* SPDX-License-Identifier: MIT */
/* A runtime is a world of values with one lock; a ctx is one thread in it, with the exception that is being raised.
 *
 * The lock plays the part of CPython's interpreter lock (GIL): a thread holds it whenever it touches a value, and gives
 * it up around everything that blocks.  A blocking referent waits on its own condition variable *with this lock as the
 * mutex*, so that testing a state and going to sleep are one step and no wake-up is lost. */
#ifndef REF_VALUE_RUNTIME_H
#define REF_VALUE_RUNTIME_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ref/base/compat.h"
#include "ref/base/compiler.h"

struct value;
struct method;
struct collector; /* the cycle collector's state, collect.h */
struct interned;  /* names of which there is one object, str.c */
struct library;   /* functions that a program adds, types.h */
struct globals;   /* classes and functions likewise, global.c */

struct runtime {
    pthread_mutex_t lock;
    int compat;                  /* the CPython version that is imitated (compat.h) */
    struct collector *collector; /* owned */
    struct interned *interned;   /* owned */
    struct globals *globals;     /* owned */
    struct library *libraries;   /* borrowed */
    /* LIMIT_STEPS and LIMIT_REPR; tests may set others before anything runs */
    uint64_t step_limit;
    size_t repr_limit;
};

struct ctx {
    struct runtime *rt;
    struct value *raised;     /* owned: the exception that is being raised, or NULL */
    unsigned depth;           /* nesting of repr, compare, hash, dump: against LIMIT_DEPTH */
    uint64_t steps;           /* values entered since depth was 0: against step_limit */
    void *user;               /* the layer above: the manager's connection, the client's thread */
    const struct method *row; /* what method_call has just called: for functions that stand in several rows */
    bool lost;                /* the last exchange of this thread failed because its connection was lost (message.h) */
    const struct printing *printing; /* containers whose repr is under way, innermost first: those print as [...] */
};

/* Makes a runtime; returns 0, or -1 if out of memory. */
int runtime_init(struct runtime *rt, int compat) MUST_USE;
/* Collects what is left of cycles and releases it. No value of it may be alive elsewhere. */
void runtime_free(struct runtime *rt);
void runtime_lock(struct runtime *rt);
void runtime_unlock(struct runtime *rt);

void ctx_init(struct ctx *ctx, struct runtime *rt);
/* Drops a pending exception. The lock is held. */
void ctx_free(struct ctx *ctx);

#endif
