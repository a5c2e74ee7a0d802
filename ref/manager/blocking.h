/* SPDX-License-Identifier: MIT */
/* Waiting inside a referent: in a queue, first come first served, with the runtime's lock as the mutex, so that testing
 * a state and going to sleep are one step, and a call that waits holds up nobody else and costs nothing.  The server's
 * end wakes every waiter. */
#ifndef REF_MANAGER_BLOCKING_H
#define REF_MANAGER_BLOCKING_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "ref/value/value.h"

struct waiter;

/* Who waits, in the order in which they came. All zero is an empty queue. */
struct wait_queue {
    struct waiter *first, *last;
    size_t length;
};

/* How long: for ever, not at all, or until a moment of the monotonic clock. */
struct limit {
    enum { LIMIT_NEVER, LIMIT_AT_ONCE, LIMIT_UNTIL } kind;
    struct timespec until;
};

/* Waits until woken: 1; until the limit has passed: 0. If the server stops: -1, after raising SystemExit. */
int wait_queue_wait(struct ctx *ctx, struct wait_queue *q, const struct limit *limit);
/* Wakes the first n that wait; returns how many. */
size_t wait_queue_wake(struct wait_queue *q, size_t n);

/* The limit of `acquire(True, timeout)`: seconds, or TypeError, OverflowError, ValueError as CPython words them. -1
 * means for ever; other negative numbers are left to the caller: *negative tells. 0, or -1 after raising. */
int limit_of_acquire(struct ctx *ctx, struct value *timeout, struct limit *limit, bool *negative);
/* The limit of Condition.wait(timeout): None, or what is compared with 0 and then given to acquire. 0, or -1 after
 * raising. */
int limit_of_wait(struct ctx *ctx, struct value *timeout, struct limit *limit);
/* Python's `time.monotonic() + timeout` as a limit, of which a loop looks at what is left. 0, or -1 after raising. */
int limit_of_endtime(struct ctx *ctx, struct value *timeout, struct limit *limit);
/* Has the moment of a limit passed? */
bool limit_passed(const struct limit *limit);

/* Which thread is this: a number that no other thread ever has. */
uint64_t blocking_self(void);

#endif
