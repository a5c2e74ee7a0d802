/* SPDX-License-Identifier: MIT */
/* The registry: what a typeid stands for.  Mirrors BaseManager.register and SyncManager._registry of
 * Lib/multiprocessing/managers.py; `--compat` is a filter over the rows of typeids.def and fixtures.def.  Which proxy
 * class a client uses is the client's affair and not here. */
#ifndef REF_MANAGER_REGISTRY_H
#define REF_MANAGER_REGISTRY_H

#include "ref/value/types.h"

struct typeid;

/* Python's callable(*args, **kwds): args is a tuple, kwds a dict or NULL. A new object, or NULL after raising. */
typedef struct value *construct_fn(struct ctx *ctx, const struct typeid *t, struct value *args, struct value *kwds);

struct typeid
{
    const char *name;
    short since, until;      /* CPython versions that have it; 0: no bound */
    construct_fn *construct; /* NULL: no callable, an object is adopted */
    const struct type *type; /* what construct makes, if it asks; else NULL */
    const char *exposed;     /* names divided by spaces; NULL: the object's public methods */
    const char *mapped;      /* method_to_typeid as "method=typeid method=typeid"; NULL: none */
};

/* The rows that a server knows: a table that never changes, or one that a program fills. */
struct registry {
    const struct typeid **rows; /* owned array of borrowed rows; a later row of the same name and version wins */
    size_t length, capacity;
    int compat;
};

/* Makes a registry with the types of SyncManager; fixtures adds those of SPEC.md. 0, or -1 if out of memory. */
int registry_init(struct registry *r, int compat, bool fixtures) MUST_USE;
/* An empty one, as BaseManager's. */
void registry_init_empty(struct registry *r, int compat);
/* Adds a row, which must outlive the registry. 0, or -1 if out of memory. */
int registry_add(struct registry *r, const struct typeid *t) MUST_USE;
void registry_free(struct registry *r);
/* The row for a typeid in the imitated version; NULL if there is none. */
const struct typeid *registry_find(const struct registry *r, const char *name);

/* The names that create sends for an object: the exposed ones in their order, then the keys of method_to_typeid,
 * duplicates and all. A new tuple of str, or NULL after raising. */
struct value *registry_exposed(struct ctx *ctx, const struct typeid *t, struct value *object);
/* method_to_typeid.get(method): a new str, or NULL, with an exception only if memory ran out. */
struct value *registry_mapped(struct ctx *ctx, const struct typeid *t, const char *method);

#endif
