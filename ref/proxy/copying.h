/* SPDX-License-Identifier: MIT */
/* copy.copy and copy.deepcopy.  A proxy copied is another proxy for the same object; deeply copied it is a copy of its
 * referent. */
#ifndef REF_PROXY_COPYING_H
#define REF_PROXY_COPYING_H

struct ctx;
struct process;
struct value;

/* New, or NULL after raising. */
struct value *copying_shallow(struct ctx *ctx, struct process *p, struct value *v);
struct value *copying_deep(struct ctx *ctx, struct process *p, struct value *v);

#endif
