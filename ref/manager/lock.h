/* SPDX-License-Identifier: MIT */
/* threading.Lock. */
#ifndef REF_MANAGER_LOCK_H
#define REF_MANAGER_LOCK_H

#include "ref/value/types.h"

extern const struct type lock_type;

/* A new lock that is free. */
struct value *lock_new(struct ctx *ctx);

#endif
