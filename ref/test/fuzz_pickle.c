/* SPDX-License-Identifier: MIT */
/* A fuzz target for the pickle codec: the last byte chooses the version, the rest is read and, if it was sound, shown,
 * hashed, compared, written and read again. */
#include <stdlib.h>

#include "harness/test/fuzz.h"
#include "ref/base/limits.h"
#include "ref/pickle/pickle.h"
#include "ref/test/fuzz_world.h"
#include "ref/test/vectors.h"

const char fuzz_name[] = "pickle";

/* Pickles nested so deep that writing them takes a second are left to test_pickle_load. */
enum { SEED_MAX = 4096 };
/* Instead of LIMIT_STEPS, which takes seconds. */
enum { STEPS = 100000 };

void fuzz_seeds(void)
{
    size_t count;
    struct vector *all = vectors_read(&count);

    for (size_t i = 0; i < count; i++) {
        bytes_put(&all[i].input, "", 1);
        if (all[i].input.size <= SEED_MAX)
            fuzz_seed(all[i].input.data, all[i].input.size);
    }
    vectors_free(all, count);
}

/* Whatever it is, it can be looked at, or says why not. */
static void look(struct ctx *ctx, struct value *v)
{
    int64_t hash;
    struct value *text = value_repr(ctx, v);

    if (!text != !!ctx->raised)
        abort();
    value_release(text);
    value_release(raised_fetch(ctx));
    if ((value_hash(ctx, v, &hash) < 0) != !!ctx->raised)
        abort();
    value_release(raised_fetch(ctx));
    if ((value_compare(ctx, COMPARE_LE, v, v) < 0) != !!ctx->raised)
        abort();
    value_release(raised_fetch(ctx));
}

static void write_again(struct ctx *ctx, struct value *v)
{
    struct buf out;

    buf_init(&out, LIMIT_FRAME);
    if (pickle_dump(ctx, v, 0, &out) == 0) {
        struct value *again = pickle_load(ctx, out.data, out.used, NULL);
        if (!again && !raised_is(ctx, "MemoryError"))
            abort(); /* what was written must be readable */
        value_release(again);
    }
    buf_free(&out);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    struct fuzz_world w;
    struct value *v;

    if (!fuzz_world_begin(&w, data, size))
        return 0;
    w.rt.step_limit = STEPS;
    v = pickle_load(&w.ctx, data, size - 1, NULL);
    if ((v == NULL) != (w.ctx.raised != NULL))
        abort();
    if (v) {
        look(&w.ctx, v);
        write_again(&w.ctx, v);
    }
    fuzz_world_end(&w, v);
    return 0;
}
