/* SPDX-License-Identifier: MIT */
/* A fuzz target for the serializer xmlrpclib: the last byte chooses the version, the rest is read as a document and, if
 * it was sound, written and read again. */
#include <stdio.h>
#include <stdlib.h>

#include "harness/test/fuzz.h"
#include "ref/base/limits.h"
#include "ref/message/message.h"
#include "ref/test/fuzz_world.h"
#include "ref/test/literal.h"

const char fuzz_name[] = "xmlrpc";

static void seed_from(struct ctx *ctx, const char *text)
{
    struct literal l = {ctx, text, NULL, NULL};
    struct value *document = literal_value(&l);
    size_t size;
    const unsigned char *data = document ? bytes_peek(document, &size) : NULL;

    if (data) {
        unsigned char *copy = malloc(size + 1);
        if (!copy)
            exit(3);
        memcpy(copy, data, size);
        copy[size] = 0;
        fuzz_seed(copy, size + 1);
        free(copy);
    }
    value_release(document);
    value_release(raised_fetch(ctx));
}

void fuzz_seeds(void)
{
    FILE *f = fopen("ref/test/vectors/xmlrpc.txt", "r");
    struct runtime rt;
    struct ctx ctx;
    char *line = NULL;
    size_t room = 0;

    if (!f || runtime_init(&rt, COMPAT_NEWEST)) {
        perror("ref/test/vectors/xmlrpc.txt");
        exit(3);
    }
    runtime_lock(&rt);
    ctx_init(&ctx, &rt);
    while (getline(&line, &room, f) > 0)
        if (!strncmp(line, "loads\t", 6)) {
            line[strcspn(line, "\n")] = 0;
            seed_from(&ctx, line + 6);
        }
    free(line);
    fclose(f);
    ctx_free(&ctx);
    runtime_unlock(&rt);
    runtime_free(&rt);
}

static void write_again(struct ctx *ctx, const struct serializer *codec, struct value *v)
{
    struct buf out;

    buf_init(&out, LIMIT_FRAME);
    if (codec->dump(ctx, v, &out) == 0) {
        struct value *again = codec->load(ctx, out.data, out.used, NULL);
        if (!again != !!ctx->raised)
            abort(); /* characters that no document may hold are written as they are, so that it may be refused */
        value_release(again);
    }
    buf_free(&out);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    const struct serializer *codec = serializer_find("xmlrpclib");
    struct fuzz_world w;
    struct value *v;

    if (!fuzz_world_begin(&w, data, size))
        return 0;
    v = codec->load(&w.ctx, data, size - 1, NULL);
    if ((v == NULL) != (w.ctx.raised != NULL))
        abort();
    if (v)
        write_again(&w.ctx, codec, v);
    fuzz_world_end(&w, v);
    return 0;
}
