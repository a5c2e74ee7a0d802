/* SPDX-License-Identifier: MIT */
/* threading.Condition, and how the types that CPython builds upon one show it to pickle. */
#ifndef REF_MANAGER_CONDITION_H
#define REF_MANAGER_CONDITION_H

#include "ref/value/types.h"

extern const struct type condition_type;

/* What pickle would write for an object that holds `_cond`, a Condition of a Lock: it fails there, as in CPython. */
struct value *condition_owner_reduce(struct ctx *ctx, struct value *v);

#endif
