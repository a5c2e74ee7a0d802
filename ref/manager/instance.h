/* SPDX-License-Identifier: MIT */
/* Instances of classes written in Python: an object whose state is a dict of attributes.  Shared types that CPython
 * itself writes in Python (Namespace, Value) and the fixture types are made of it; a subtype only adds methods, and a
 * `__init__` row if it takes arguments. */
#ifndef REF_MANAGER_INSTANCE_H
#define REF_MANAGER_INSTANCE_H

#include "ref/value/types.h"

struct instance {
    struct value head;
    struct value *attributes; /* dict */
};

/* The slots that every such type names, for a `const struct type`. */
#define INSTANCE_SLOTS                                                                                                 \
    .size = sizeof(struct instance), .destroy = instance_destroy, .traverse = instance_traverse,                       \
    .clear = instance_clear, .hash_by_identity = true, .get_attr = instance_get_attr, .set_attr = instance_set_attr,   \
    .reduce = instance_reduce

void instance_destroy(struct value *v);
int instance_traverse(struct value *v, visit_fn *visit, void *arg);
void instance_clear(struct value *v);
struct value *instance_get_attr(struct ctx *ctx, struct value *v, const char *name);
int instance_set_attr(struct ctx *ctx, struct value *v, const char *name, struct value *item);
struct value *instance_reduce(struct ctx *ctx, struct value *v);

/* A new object without attributes. */
struct value *instance_new(struct ctx *ctx, const struct type *type);
/* An attribute, borrowed; NULL if it was never set. */
struct value *instance_peek(struct ctx *ctx, struct value *v, const char *name);
/* Sets an attribute, consuming item. 0, or -1 after raising. */
int instance_set_take(struct ctx *ctx, struct value *v, const char *name, struct value *item);

/* Python's object.__getattribute__, __setattr__ and __delattr__ as method bodies (CALL_SLOT). */
method_fn instance_dunder_getattribute, instance_dunder_setattr, instance_dunder_delattr;
/* raise AttributeError "'Namespace' object has no attribute 'zz'", which knows its name from 3.12 on; NULL, always. */
void *instance_missing(struct ctx *ctx, struct value *v, struct value *name);

#endif
