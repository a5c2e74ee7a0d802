/* SPDX-License-Identifier: MIT */
/* Waiting inside a referent: on the referent's own condition variable, with the runtime's lock as the mutex, so that a
 * call that waits holds up nobody else.  The server's end wakes every waiter. */
#ifndef REF_MANAGER_BLOCKING_H
#define REF_MANAGER_BLOCKING_H

#include <pthread.h>
#include <time.h>

#include "ref/value/value.h"

/* A condition variable whose deadlines are monotonic. 0, or -1 after raising MemoryError. */
int blocking_init(struct ctx *ctx, pthread_cond_t *cond);
/* Now, and seconds from now; seconds beyond what a clock can hold are as good as never. */
struct timespec blocking_deadline(double seconds);
/* Seconds until deadline, negative if it has passed. */
double blocking_left(const struct timespec *deadline);
/* Waits until cond is signalled (perhaps for no reason), or the deadline, if not NULL, has passed: 0, 1. If the server
 * stops: -1, after raising SystemExit. The lock is held. */
int blocking_wait(struct ctx *ctx, pthread_cond_t *cond, const struct timespec *deadline);

#endif
