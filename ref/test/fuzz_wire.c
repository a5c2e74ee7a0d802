/* SPDX-License-Identifier: MIT */
/* A fuzz target for what comes over a socket: the last byte chooses the version and what the peer's bytes are: messages
 * of a stream, a client's half of the handshake, or a server's. */
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "harness/test/fuzz.h"
#include "ref/message/message.h"
#include "ref/test/vectors.h"
#include "ref/value/collect.h"
#include "ref/wire/frame.h"

const char fuzz_name[] = "wire";

enum { VERSIONS = COMPAT_NEWEST - COMPAT_OLDEST + 1, SEED_MAX = 2048 };

/* ---- seeds */

static void add_frame(struct bytes *b, const void *data, size_t size)
{
    const unsigned char header[4] = {0, 0, (unsigned char)(size >> 8), (unsigned char)size};

    bytes_put(b, header, sizeof header);
    bytes_put(b, data, size);
}

static void seed(struct bytes *b, unsigned char what)
{
    bytes_put(b, &what, 1);
    fuzz_seed(b->data, b->size);
    free(b->data);
    *b = (struct bytes){0};
}

/* Requests and replies, as protocol 0 spells them. */
static const char *const messages[] = {
    "(NVlist\n](I1\nI2\ne}t.",
    "(V7f00\nVappend\n(I5\nt}t.",
    "(V7f00\nV__len__\nN}t.",
    "(V#RETURN\nI5\nt.",
    "(V#ERROR\ncbuiltins\nKeyError\n(Vx\ntRt.",
    "(V#PROXY\n((V__len__\ntNtt.",
    "(V#TRACEBACK\nVgone\nt.",
    "(V#UNSERIALIZABLE\nVwhat\nt.",
    "(V#NOSUCH\nNt.",
};

static const char *const handshakes[] = {"#CHALLENGE#01234567890123456789",
                                         "#CHALLENGE#{sha256}0123456789012345678901234567890123456789",
                                         "#WELCOME#",
                                         "#FAILURE#",
                                         "{md5}0123456789abcdef",
                                         "0123456789abcdef"};

void fuzz_seeds(void)
{
    struct bytes b = {0};
    struct vector *all;
    size_t count;

    for (unsigned version = 0; version < VERSIONS; version++) {
        for (size_t i = 0; i < sizeof messages / sizeof *messages; i++)
            add_frame(&b, messages[i], strlen(messages[i]));
        seed(&b, (unsigned char)version);
        for (unsigned side = 1; side < 3; side++)
            for (size_t i = 0; i < sizeof handshakes / sizeof *handshakes; i++) {
                add_frame(&b, handshakes[i], strlen(handshakes[i]));
                add_frame(&b, handshakes[2], strlen(handshakes[2]));
                add_frame(&b, handshakes[version % 2], strlen(handshakes[version % 2]));
                seed(&b, (unsigned char)(side * VERSIONS + version));
            }
    }
    all = vectors_read(&count);
    for (size_t i = 0; i < count; i++)
        if (all[i].input.size <= SEED_MAX) {
            add_frame(&b, all[i].input.data, all[i].input.size);
            seed(&b, (unsigned char)(i % VERSIONS));
        }
    vectors_free(all, count);
}

/* ---- what is read */

static void open_reply(struct ctx *ctx, struct value *v)
{
    struct value *result = NULL;
    enum reply_kind kind = reply_open(ctx, v, true, &result);

    if ((kind == REPLY_KINDS) != !!ctx->raised || (kind != REPLY_KINDS) != !!result)
        abort();
    value_release(result);
    value_release(raised_fetch(ctx));
}

static void open_request(struct ctx *ctx, struct value *v)
{
    struct request r;
    struct address address;

    if (!request_parse(ctx, v, &r)) {
        if (!address_from_value(ctx, r.id, &address) != !ctx->raised)
            abort();
        request_free(&r);
    } else if (!ctx->raised)
        abort();
    value_release(raised_fetch(ctx));
}

static void serve(struct ctx *ctx, int fd)
{
    struct channel ch = {.fd = fd, .serializer = serializer_find("pickle")};
    struct value *v;

    do {
        v = channel_receive(ctx, &ch);
        if (!v != !!ctx->raised)
            abort();
        value_release(raised_fetch(ctx));
        if (v) {
            open_request(ctx, v);
            open_reply(ctx, v);
        }
        value_release(v);
    } while (v);
}

static void handshake(int fd, int compat, bool server)
{
    const struct auth_key key = {(const unsigned char *)"secret", 6, compat};
    struct failure f;

    if (server ? auth_serve(fd, &key, &f) : auth_connect(fd, &key, &f))
        return;
    if (server)
        abort(); /* nobody knows the answer to a challenge that was just made */
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    int pair[2], compat;
    struct runtime rt;
    struct ctx ctx;

    if (size == 0 || socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
        return 0;
    compat = COMPAT_OLDEST + data[size - 1] % VERSIONS;
    if (send(pair[1], data, size - 1, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)(size - 1) &&
        !shutdown(pair[1], SHUT_WR) && !runtime_init(&rt, compat)) {
        runtime_lock(&rt);
        ctx_init(&ctx, &rt);
        if (data[size - 1] / VERSIONS % 3 == 0)
            serve(&ctx, pair[0]);
        else
            handshake(pair[0], compat, data[size - 1] / VERSIONS % 3 == 1);
        ctx_free(&ctx);
        collect_run(&rt);
        runtime_unlock(&rt);
        runtime_free(&rt);
    }
    close(pair[0]);
    close(pair[1]);
    if (value_alive() != 0)
        abort();
    return 0;
}
