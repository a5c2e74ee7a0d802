/* SPDX-License-Identifier: MIT */
/* The thread of a connection. */
#include "ref/manager/connection.h"

#include "ref/base/limits.h"
#include "ref/base/mem.h"
#include "ref/wire/sock.h"

/* ---- lists of the server */

static void link_into(struct connection **list, struct connection *c)
{
    c->next = *list;
    c->link = list;
    if (c->next)
        c->next->link = &c->next;
    *list = c;
}

static void unlink_from(struct connection *c)
{
    *c->link = c->next;
    if (c->next)
        c->next->link = c->link;
}

void connection_reap(struct server *s)
{
    while (s->finished) {
        struct connection *c = s->finished;
        unlink_from(c);
        runtime_unlock(s->rt);
        pthread_join(c->thread, NULL);
        mem_free(c);
        runtime_lock(s->rt);
    }
}

/* ---- replies */

bool connection_leaves(const struct ctx *ctx)
{
    return ctx->raised->type == &exception_type && !raised_is(ctx, "Exception");
}

struct value *connection_traceback(struct ctx *ctx, struct place where, struct value *context)
{
    struct value *text = traceback_fetch(ctx, where, context);

    return text ? reply_new_take(ctx, REPLY_TRACEBACK, text) : NULL;
}

/* The pending exception as the text of a reply; what cannot even be told is dropped. */
static int send_failure(struct connection *c, enum reply_kind kind)
{
    struct ctx *ctx = &c->ctx;
    struct value *text = traceback_fetch(ctx, PLACE("dump"), NULL);
    struct value *reply = text ? reply_new_take(ctx, kind, text) : NULL;
    int result = reply ? channel_send(ctx, &c->channel, reply) : -1;

    value_release(reply);
    return result;
}

int connection_reply_take(struct connection *c, enum reply_kind otherwise, struct value *reply)
{
    struct ctx *ctx = &c->ctx;
    int result = -1;
    struct buf body;

    buf_init(&body, LIMIT_FRAME);
    value_release(c->held);
    c->held = reply;
    if (reply && !channel_encode(ctx, &c->channel, reply, &body))
        result = channel_write(ctx, &c->channel, &body);
    else
        result = send_failure(c, otherwise);
    buf_free(&body);
    value_release(raised_fetch(ctx));
    return result;
}

/* ---- the thread */

/* Both directions, without the lock. */
static int authenticate(struct connection *c)
{
    struct failure f;
    int result;

    runtime_unlock(c->ctx.rt);
    result = auth_serve(c->channel.fd, &c->server->key, &f);
    sock_acknowledge(c->channel.fd); /* the request follows in a packet of its own */
    runtime_lock(c->ctx.rt);
    c->authenticated = true; /* or refused: its time no longer counts */
    if (result)
        message_raise(&c->ctx, &f);
    return result;
}

/* Python's `ignore, funcname, args, kwds = request`, and the call. The result, or NULL after raising. */
static struct value *serve_request(struct connection *c)
{
    struct request r;
    struct value *message = channel_receive(&c->ctx, &c->channel), *result;

    if (!message || request_parse(&c->ctx, message, &r)) {
        value_release(message);
        return NULL;
    }
    value_release(message);
    result = functions_call(c, r.method, r.args, r.kwds);
    request_free(&r);
    return result;
}

static void serve(struct connection *c)
{
    struct ctx *ctx = &c->ctx;
    struct value *result = authenticate(c) ? NULL : serve_request(c);
    struct value *reply;

    if (result)
        reply = reply_new_take(ctx, REPLY_RETURN, result);
    else if (connection_leaves(ctx))
        return;
    else
        reply = connection_traceback(ctx, PLACE("_handle_request"), NULL);
    process_settle(ctx, c->server->process);
    connection_reply_take(c, REPLY_TRACEBACK, reply);
}

static void *connection_main(void *arg)
{
    struct connection *c = arg;
    struct server *s = c->server;

    runtime_lock(s->rt);
    serve(c);
    channel_close(&c->channel);
    value_release(c->held);
    c->held = NULL;
    process_settle(&c->ctx, s->process);
    ctx_free(&c->ctx);
    connection_reap(s); /* those that ended before: one at most stays behind */
    unlink_from(c);
    link_into(&s->finished, c);
    s->connection_count--;
    pthread_cond_broadcast(&s->ended);
    if (c->stop)
        server_request_stop(s);
    runtime_unlock(s->rt);
    return NULL;
}

int connection_start(struct server *s, int fd)
{
    struct connection *c = mem_calloc(1, sizeof *c);

    if (!c) {
        sock_close(fd);
        return -1;
    }
    c->server = s;
    c->channel = (struct channel){fd, s->serializer, {nested_proxy, s}};
    ctx_init(&c->ctx, s->rt);
    c->ctx.user = c;
    clock_gettime(CLOCK_MONOTONIC, &c->accepted);
    if (pthread_create(&c->thread, NULL, connection_main, c)) {
        channel_close(&c->channel);
        ctx_free(&c->ctx);
        mem_free(c);
        return -1;
    }
    link_into(&s->connections, c);
    s->connection_count++;
    return 0;
}
