/* SPDX-License-Identifier: MIT */
/* A connection that carries values: whole pickles in, whole pickles out, with the runtime's lock given up for the time
 * in between. */
#include <sys/socket.h>

#include "ref/message/message.h"
#include "ref/wire/frame.h"
#include "ref/wire/sock.h"

/* The arguments with which CPython would have made the exception. */
static struct value *failure_args(struct ctx *ctx, const struct failure *f)
{
    if (f->error)
        return tuple_pack_take(ctx, 2, int_new(ctx, f->error), str_new_text(ctx, f->text));
    if (!*f->text || f->code == FAILURE_MEMORY)
        return value_ref(tuple_empty);
    return tuple_pack_take(ctx, 1, str_new_text(ctx, f->text));
}

void *message_raise(struct ctx *ctx, const struct failure *f)
{
    const struct exception_class *class =
        exception_class_find(failure_module(f->code), failure_class(f->code), ctx->rt->compat);
    struct value *args = failure_args(ctx, f);
    struct value *exception = args ? exception_new(ctx, class, args) : NULL;

    value_release(args);
    ctx->lost = failure_lost(f->code);
    return exception ? raise_take(ctx, exception) : NULL;
}

/* Everything that blocks while connecting, without the lock; the descriptor, or -1. */
static int connect_unlocked(const struct address *address, const struct auth_key *key, struct failure *f)
{
    int fd = sock_connect(address, f);
    if (fd >= 0 && key && auth_connect(fd, key, f)) {
        sock_close(fd);
        return -1;
    }
    return fd;
}

int channel_connect(struct ctx *ctx, struct channel *ch, const struct address *address, const struct auth_key *key,
                    const struct serializer *serializer)
{
    struct failure f;

    ctx->lost = false;
    *ch = (struct channel){.fd = -1, .serializer = serializer};
    runtime_unlock(ctx->rt);
    ch->fd = connect_unlocked(address, key, &f);
    runtime_lock(ctx->rt);
    if (ch->fd >= 0)
        return 0;
    message_raise(ctx, &f);
    return -1;
}

void channel_close(struct channel *ch)
{
    sock_close(ch->fd);
    ch->fd = -1;
}

int channel_encode(struct ctx *ctx, struct channel *ch, struct value *v, struct buf *out)
{
    if (ch->serializer->dump(ctx, v, out))
        return -1;
    if (!out->failed)
        return 0;
    raise_memory(ctx);
    return -1;
}

int channel_write(struct ctx *ctx, struct channel *ch, const struct buf *body)
{
    struct failure f;
    int result;

    ctx->lost = false;
    runtime_unlock(ctx->rt);
    result = frame_send(ch->fd, body->data, body->used, &f);
    runtime_lock(ctx->rt);
    if (result)
        message_raise(ctx, &f);
    return result;
}

int channel_send(struct ctx *ctx, struct channel *ch, struct value *v)
{
    struct buf body;

    buf_init(&body, LIMIT_FRAME);
    int result = channel_encode(ctx, ch, v, &body) || channel_write(ctx, ch, &body) ? -1 : 0;
    buf_free(&body);
    return result;
}

int channel_read(struct ctx *ctx, struct channel *ch, struct buf *body)
{
    struct failure f;
    int result;

    ctx->lost = false;
    runtime_unlock(ctx->rt);
    result = frame_receive(ch->fd, body, LIMIT_FRAME, &f);
    if (result && f.code == FAILURE_FRAME_LIMIT)
        shutdown(ch->fd, SHUT_RDWR); /* nobody can tell where the next frame begins */
    runtime_lock(ctx->rt);
    if (result)
        message_raise(ctx, &f);
    return result;
}

struct value *channel_decode(struct ctx *ctx, struct channel *ch, const struct buf *body)
{
    return ch->serializer->load(ctx, body->used ? body->data : (const void *)"", body->used, &ch->reader);
}

struct value *channel_receive(struct ctx *ctx, struct channel *ch)
{
    struct buf body;

    buf_init(&body, LIMIT_FRAME);
    struct value *v = channel_read(ctx, ch, &body) ? NULL : channel_decode(ctx, ch, &body);
    buf_free(&body);
    return v;
}
