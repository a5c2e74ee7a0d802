/* SPDX-License-Identifier: MIT */
/* The referent table: which objects a manager holds for its clients, under which identifiers, and how many references
 * there are to each.  Mirrors id_to_obj, id_to_refcount and id_to_local_proxy_obj of Server in
 * Lib/multiprocessing/managers.py.
 *
 * An identifier is the object's address in hexadecimal, so that one object that is created twice has one identifier and
 * one count, and the exposed names of the later creation.  '0' is reserved, as in CPython.
 *
 * CPython never forgets an object that was ever sent back to it inside a proxy.  Here it is kept as long as such a
 * proxy lives in the server or is in the reply that was sent last on some stream: no correct client can tell the
 * difference, but for the memory.
 *
 * Everything is called with the runtime's lock held, and none of it gives the lock up but referents_debug_info. */
#ifndef REF_MANAGER_REFERENTS_H
#define REF_MANAGER_REFERENTS_H

#include "ref/manager/registry.h"

struct referent;

struct referents {
    struct referent **slots; /* hash table, chained */
    size_t slot_count, length;
    size_t tracked; /* those with a count */
};

/* What a call finds under an identifier; object and exposed are new references. */
struct found {
    struct value *object;
    struct value *exposed; /* tuple of str, duplicates included */
    const struct typeid *typeid;
};

void referents_init(struct referents *t);
/* Releases every object. Proxies that name them may outlive it. */
void referents_free(struct referents *t);

/* create: the object (borrowed) with its exposed names gets one more reference. 0 and the new identifier, or -1 after
 * raising. */
int referents_create(struct ctx *ctx, struct referents *t, const struct typeid *typeid, struct value *object,
                     struct value *exposed, struct value **ident);
/* id_to_obj[ident], else, if locals, id_to_local_proxy_obj[ident]. 0, or -1 after raising: KeyError(ident), TypeError
 * if it is unhashable, and ValueError, as unpacking the entry of '0' does. */
int referents_find(struct ctx *ctx, struct referents *t, struct value *ident, struct found *out);
/* id_to_obj[ident][1]: the exposed names, a new tuple, () for '0'. NULL after raising. */
struct value *referents_exposed(struct ctx *ctx, struct referents *t, struct value *ident);
void found_free(struct found *f);
/* incref, decref: 0, or -1 after raising KeyError(ident). */
int referents_incref(struct ctx *ctx, struct referents *t, struct value *ident);
int referents_decref(struct ctx *ctx, struct referents *t, struct value *ident);
/* len(id_to_refcount) */
size_t referents_count(const struct referents *t);
/* The text of debug_info, new. Prints objects, which may give up the lock. */
struct value *referents_debug_info(struct ctx *ctx, struct referents *t);
/* A proxy that names an object here has arrived: *kept is what keeps the object alive, to be given to referents_drop
 * once that proxy is gone (NULL for '0'). 0, or -1 after raising KeyError(ident). */
int referents_keep(struct ctx *ctx, struct referents *t, struct value *ident, struct referent **kept);
void referents_drop(struct referents *t, struct referent *kept);

#endif
