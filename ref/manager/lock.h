/* SPDX-License-Identifier: MIT */
/* threading.Lock and threading.RLock. */
#ifndef REF_MANAGER_LOCK_H
#define REF_MANAGER_LOCK_H

#include "ref/manager/blocking.h"
#include "ref/value/types.h"

extern const struct type lock_type, rlock_type;

/* A new lock that is free. */
struct value *lock_new(struct ctx *ctx);
struct value *rlock_new(struct ctx *ctx);

/* What a Condition asks of its lock. Does this thread hold it? (A Lock has no owner: is it held at all?) */
bool lock_is_owned(const struct value *lock);
/* Gives it up, however often it is held; *count takes back with lock_restore. */
void lock_save(struct value *lock, size_t *count);
/* Waits until it is free and takes it count times. 0, or -1 after raising (the server stops). */
int lock_restore(struct ctx *ctx, struct value *lock, size_t count);

#endif
