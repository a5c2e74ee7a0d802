/* SPDX-License-Identifier: MIT */
/* A fuzz target for the pickle codec, in libFuzzer's form: the first byte chooses the version, the rest is read and, if
 * it was sound, written and read again.  Not built by default: clang -g -fsanitize=fuzzer,address,undefined -I. with
 * this file and the sources of ref/base, ref/value and ref/pickle. */
#include <stdlib.h>

#include "ref/base/limits.h"
#include "ref/pickle/pickle.h"
#include "ref/value/collect.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

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
    struct runtime rt;
    struct ctx ctx;
    struct value *v;
    if (size == 0 || runtime_init(&rt, COMPAT_OLDEST + data[0] % (COMPAT_NEWEST - COMPAT_OLDEST + 1)))
        return 0;
    runtime_lock(&rt);
    ctx_init(&ctx, &rt);
    v = pickle_load(&ctx, data + 1, size - 1, NULL);
    if ((v == NULL) != (ctx.raised != NULL))
        abort();
    if (v)
        write_again(&ctx, v);
    value_release(v);
    ctx_free(&ctx);
    collect_run(&rt);
    runtime_unlock(&rt);
    runtime_free(&rt);
    if (value_alive() != 0)
        abort();
    return 0;
}
