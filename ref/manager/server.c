/* SPDX-License-Identifier: MIT */
/* The server's life: listen, accept, stop; and Server.create. */
#include "ref/manager/server.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ref/base/limits.h"
#include "ref/base/mem.h"
#include "ref/manager/connection.h"
#include "ref/manager/pool.h"
#include "ref/manager/segments.h"
#include "ref/wire/sock.h"

/* ---- Server.create */

struct server *server_of(const struct ctx *ctx)
{
    const struct connection *c = ctx->user;

    return c ? c->server : NULL;
}

struct value *server_share(struct ctx *ctx, struct server *s, const struct typeid *t, struct value *object)
{
    struct value *exposed = registry_exposed(ctx, t, object), *ident;

    if (!exposed)
        return NULL;
    if (referents_create(ctx, &s->referents, t, object, exposed, &ident)) {
        value_release(exposed);
        return NULL;
    }
    return tuple_pack_take(ctx, 2, ident, exposed);
}

/* The row of a typeid that is any value; KeyError, or TypeError for one that cannot be hashed. */
static const struct typeid *find_typeid(struct ctx *ctx, const struct server *s, struct value *typeid)
{
    const struct typeid *t = str_check(typeid) ? registry_find(&s->registry, str_peek(typeid, NULL)) : NULL;
    struct value *empty;

    if (t && str_equals(typeid, t->name))
        return t;
    empty = dict_new(ctx);
    if (empty && !dict_get_peek(ctx, empty, typeid) && !ctx->raised)
        raise_value(ctx, "KeyError", typeid);
    value_release(empty);
    return NULL;
}

struct value *server_create(struct ctx *ctx, struct server *s, struct value *typeid, struct value *args,
                            struct value *kwds)
{
    const struct typeid *t = find_typeid(ctx, s, typeid);
    struct value *object, *created;

    if (!t)
        return NULL;
    if (t->construct)
        object = t->construct(ctx, t, args, kwds);
    else if (tuple_length(args) == 1 && !(kwds && dict_length(kwds)))
        object = value_ref(tuple_peek(args, 0));
    else
        return raise_format(ctx, "ValueError", "Without callable, must have one non-keyword argument");
    created = object ? server_share(ctx, s, t, object) : NULL;
    value_release(object);
    return created;
}

/* ---- listening */

/* Both ends close on exec and never block. */
static int make_pipe(int ends[2], struct failure *f)
{
    if (pipe(ends))
        return failure_system(f);
    for (int i = 0; i < 2; i++)
        if (fcntl(ends[i], F_SETFD, FD_CLOEXEC) || fcntl(ends[i], F_SETFL, O_NONBLOCK))
            return failure_system(f);
    return 0;
}

/* Everything that is made of values. 0, or -1: out of memory. */
static int make_values(struct server *s, struct ctx *ctx)
{
    s->address_value = address_to_value(ctx, &s->address);
    s->process = process_new(s->rt);
    return s->address_value && s->process ? process_set_key(ctx, s->process, s->key_data, s->key.size) : -1;
}

static int set_up(struct server *s, const struct server_options *o, struct failure *f)
{
    struct ctx ctx;
    int failed;

    callable_register(s);
    s->key_data = mem_dup(o->key, o->key_size);
    s->key = (struct auth_key){s->key_data, o->key_size, s->rt->compat};
    s->tracks_segments = o->shared_memory;
    registry_init_empty(&s->registry, s->rt->compat);
    if (!s->key_data || (!o->shared_memory && registry_init(&s->registry, s->rt->compat, o->fixtures)))
        return failure_set(f, FAILURE_MEMORY);
    if (make_pipe(s->stop_pipe, f))
        return -1;
    s->listener = sock_listen(&s->address, compat_has(s->rt->compat, COMPAT_LONGER_BACKLOG) ? 128 : 16, f);
    if (s->listener < 0)
        return -1;
    runtime_lock(s->rt);
    ctx_init(&ctx, s->rt);
    failed = make_values(s, &ctx);
    ctx_free(&ctx);
    runtime_unlock(s->rt);
    return failed ? failure_set(f, FAILURE_MEMORY) : 0;
}

int server_init(struct server *s, struct runtime *rt, const struct server_options *o, struct failure *f)
{
    *s = (struct server){.rt = rt, .address = o->address, .listener = -1, .stop_pipe = {-1, -1}};
    s->connection_limit = LIMIT_CONNECTIONS;
    s->handshake_seconds = LIMIT_HANDSHAKE_SECONDS;
    s->serializer = o->serializer ? o->serializer : serializer_find("pickle");
    referents_init(&s->referents);
    if (pthread_cond_init(&s->ended, NULL))
        return failure_set(f, FAILURE_MEMORY);
    if (!set_up(s, o, f))
        return 0;
    server_free(s);
    return -1;
}

/* ---- accepting */

/* Waits for a connection at most so long; false once the server shall stop. */
static bool wait_for_peer(const struct server *s, int milliseconds, bool *ready)
{
    struct pollfd fds[2] = {{s->stop_pipe[0], POLLIN, 0}, {s->listener, POLLIN, 0}};
    int n = poll(fds, *ready ? 2 : 1, milliseconds);

    *ready = n > 0 && *ready && fds[1].revents;
    return n <= 0 || !fds[0].revents;
}

/* Peers that have not proved who they are in time are dropped. */
static void drop_late(struct server *s)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    for (struct connection *c = s->connections; c; c = c->next)
        if (!c->authenticated && now.tv_sec - c->accepted.tv_sec >= s->handshake_seconds)
            sock_wake(c->channel.fd);
}

/* Accepts one peer; false if there is no room for it now: descriptors, threads, memory. */
static bool admit(struct server *s)
{
    struct failure f;
    int fd = sock_accept(s->listener, &f);
    bool started;

    if (fd < 0)
        return false;
    runtime_lock(s->rt);
    started = !connection_start(s, fd);
    runtime_unlock(s->rt);
    return started;
}

static void *accept_peers(void *arg)
{
    struct server *s = arg;
    bool room = true, ready = true;

    /* without room the listener is not looked at for a while, instead of over and over */
    while (wait_for_peer(s, room ? 1000 * s->handshake_seconds : LIMIT_ACCEPT_PAUSE, &ready)) {
        runtime_lock(s->rt);
        connection_reap(s);
        drop_late(s);
        room = s->connection_count < s->connection_limit;
        runtime_unlock(s->rt);
        if (room && ready)
            room = admit(s);
        ready = room;
    }
    return NULL;
}

int server_start(struct server *s, struct failure *f)
{
    errno = pthread_create(&s->accepter, NULL, accept_peers, s);
    if (errno)
        return failure_system(f);
    s->accepting = true;
    return 0;
}

/* ---- stopping */

void server_request_stop(struct server *s)
{
    int error = errno;

    /* it is full only if it is readable already */
    if (write(s->stop_pipe[1], "", 1) < 0)
        errno = error;
}

void server_wait(struct server *s)
{
    struct pollfd fd = {s->stop_pipe[0], POLLIN, 0};

    while (poll(&fd, 1, -1) <= 0)
        ;
}

/* Ends every connection: those that wait for a frame, and those that wait in a referent. */
static void end_connections(struct server *s)
{
    runtime_lock(s->rt);
    s->stopping = true;
    for (struct connection *c = s->connections; c; c = c->next) {
        sock_wake(c->channel.fd);
        if (c->waiting)
            pthread_cond_broadcast(c->waiting);
    }
    if (s->process) /* those that wait for another manager */
        process_wake(s->process);
    while (s->connections)
        pthread_cond_wait(&s->ended, &s->rt->lock);
    connection_reap(s);
    runtime_unlock(s->rt);
}

static void release_values(struct server *s)
{
    struct ctx ctx;

    runtime_lock(s->rt);
    ctx_init(&ctx, s->rt);
    referents_free(&s->referents);
    value_release(s->singleton);
    segments_free(&ctx, s);
    server_free_shared(s);
    value_release(s->address_value);
    process_free(&ctx, s->process);
    ctx_free(&ctx);
    runtime_unlock(s->rt);
}

void server_free(struct server *s)
{
    if (s->accepting) {
        server_request_stop(s);
        sock_wake(s->listener);
        pthread_join(s->accepter, NULL);
    }
    end_connections(s);
    if (s->listener >= 0 && s->address.kind == ADDRESS_UNIX)
        unlink(s->address.name);
    sock_close(s->listener); /* pools may be connecting to it */
    crew_end_all(s);
    release_values(s);
    callable_unregister(s);
    registry_free(&s->registry);
    sock_close(s->stop_pipe[0]);
    sock_close(s->stop_pipe[1]);
    mem_free(s->key_data);
    pthread_cond_destroy(&s->ended);
}
