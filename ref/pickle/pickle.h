/* SPDX-License-Identifier: MIT */
/* Pickle: reads protocols 0 to 5, every opcode, as data; writes what CPython of the imitated version writes.
 * Mirrors Modules/_pickle.c (load, save). Reading never calls anything: GLOBAL makes a global, REDUCE of what C does
 * not know makes an opaque instance. */
#ifndef REF_PICKLE_PICKLE_H
#define REF_PICKLE_PICKLE_H

#include "ref/base/buf.h"
#include "ref/value/types.h"

/* Called when a pickle holds a proxy (multiprocessing.managers.RebuildProxy), with everything decoded: may set p->owner
 * and p->on_destroy, or raise and return -1, which ends the reading with that exception. */
typedef int pickle_proxy_fn(struct ctx *ctx, struct proxyref *p, void *arg);

struct pickle_reader {
    pickle_proxy_fn *on_proxy; /* or NULL */
    void *arg;
};

/* Reads one pickle; bytes after STOP are ignored. New value, or NULL after raising what CPython raises (UnpicklingError
 * as
 * ("_pickle", "UnpicklingError"), EOFError "Ran out of input", ValueError "unsupported pickle protocol: 9", …). reader
 * may be NULL. */
struct value *pickle_load(struct ctx *ctx, const void *data, size_t size, const struct pickle_reader *reader);
/* Writes v with the version's default protocol (4 up to 3.13, 5 from 3.14) into out, appending. 0, or -1 after raising
 * (TypeError "cannot pickle
 * '_thread.lock' object", RecursionError, MemoryError); then out holds rubbish. protocol 0 chooses the default, else 2
 * to 5. */
int pickle_dump(struct ctx *ctx, struct value *v, int protocol, struct buf *out);

#endif
