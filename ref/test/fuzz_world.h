/* SPDX-License-Identifier: MIT */
/* For the fuzz targets that read one document: a runtime of the version that the input's last byte chooses. */
#ifndef REF_TEST_FUZZ_WORLD_H
#define REF_TEST_FUZZ_WORLD_H

#include <stdbool.h>
#include <stdlib.h>

#include "ref/value/collect.h"
#include "ref/value/value.h"

struct fuzz_world {
    struct runtime rt;
    struct ctx ctx;
};

/* False if there is no last byte, or no memory: the input is passed over. */
static inline bool fuzz_world_begin(struct fuzz_world *w, const unsigned char *data, size_t size)
{
    if (size == 0 || runtime_init(&w->rt, COMPAT_OLDEST + data[size - 1] % (COMPAT_NEWEST - COMPAT_OLDEST + 1)))
        return false;
    runtime_lock(&w->rt);
    ctx_init(&w->ctx, &w->rt);
    return true;
}

/* What was read is released (v may be NULL); nothing may be left. */
static inline void fuzz_world_end(struct fuzz_world *w, struct value *v)
{
    value_release(v);
    ctx_free(&w->ctx);
    collect_run(&w->rt);
    runtime_unlock(&w->rt);
    runtime_free(&w->rt);
    if (value_alive() != 0)
        abort();
}

#endif
