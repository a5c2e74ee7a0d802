/* SPDX-License-Identifier: MIT */
/* The current process as multiprocessing sees it: its threads with their streams, the addresses it has proxies for, and
 * the references it still has to give back.  Mirrors BaseProxy._address_to_local, _connect and the end of _decref in
 * Lib/multiprocessing/managers.py. */
#include <stdio.h>
#include <string.h>

#include "ref/base/limits.h"
#include "ref/base/mem.h"
#include "ref/proxy/internal.h"
#include "ref/wire/sock.h"

/* ---- peers */

struct peer *process_peer(struct ctx *ctx, struct process *p, const struct address *address)
{
    struct peer *peer = p->peers;

    while (peer && !address_equal(&peer->address, address))
        peer = peer->next;
    if (peer) {
        peer->refs++;
        return peer;
    }
    peer = mem_calloc(1, sizeof *peer);
    if (!peer)
        return raise_memory(ctx);
    peer->living = dict_new(ctx);
    if (!peer->living) {
        mem_free(peer);
        return NULL;
    }
    peer->address = *address;
    peer->refs = 2; /* the list's and the caller's */
    peer->next = p->peers;
    p->peers = peer;
    return peer;
}

void process_peer_release(struct peer *peer)
{
    if (!peer || --peer->refs)
        return;
    value_release(peer->living);
    mem_free(peer);
}

/* ---- threads and their streams */

static void stream_free(struct stream *s)
{
    channel_close(&s->channel);
    process_peer_release(s->peer);
    mem_free(s);
}

static void close_streams(struct thread *t)
{
    while (t->streams) {
        struct stream *s = t->streams;
        t->streams = s->next;
        stream_free(s);
    }
}

static void thread_free(struct thread *t)
{
    struct thread **link = &t->process->threads;

    while (*link != t)
        link = &(*link)->next;
    *link = t->next;
    close_streams(t);
    mem_free(t->name);
    mem_free(t);
}

/* A thread ends: CPython's thread-local streams go with it. */
static void thread_ended(void *arg)
{
    struct thread *t = arg;
    struct runtime *rt = t->process->rt;

    runtime_lock(rt);
    thread_free(t);
    runtime_unlock(rt);
}

static struct thread *thread_new(struct process *p)
{
    struct thread *t = mem_calloc(1, sizeof *t);

    if (!t)
        return NULL;
    if (pthread_setspecific(p->thread_key, t)) {
        mem_free(t);
        return NULL;
    }
    t->process = p;
    t->self = pthread_self();
    t->next = p->threads;
    p->threads = t;
    return t;
}

/* The calling thread under a name; one that is met for the first time has none. NULL after raising. */
static struct thread *name_thread(struct ctx *ctx, struct process *p, const char *name)
{
    struct thread *t = pthread_getspecific(p->thread_key);
    char *copy = mem_strdup(name);

    if (copy && !t)
        t = thread_new(p);
    if (!copy || !t) {
        mem_free(copy);
        return raise_memory(ctx);
    }
    mem_free(t->name);
    t->name = copy;
    return t;
}

/* The calling thread; NULL after raising. */
static struct thread *current_thread(struct ctx *ctx, struct process *p)
{
    struct thread *t = pthread_getspecific(p->thread_key);
    char name[32];

    if (t)
        return t;
    snprintf(name, sizeof name, "Thread-%u", ++p->thread_number);
    return name_thread(ctx, p, name);
}

struct stream *process_stream_peek(struct process *p, const struct peer *peer)
{
    struct thread *t = pthread_getspecific(p->thread_key);
    struct stream *s = t ? t->streams : NULL;

    while (s && s->peer != peer)
        s = s->next;
    return s;
}

void process_close_stream(struct process *p, const struct peer *peer)
{
    struct thread *t = pthread_getspecific(p->thread_key);

    for (struct stream **link = t ? &t->streams : NULL; link && *link; link = &(*link)->next) {
        struct stream *s = *link;
        if (s->peer != peer)
            continue;
        *link = s->next;
        stream_free(s);
        return;
    }
}

static bool is_cut(const struct process *p)
{
    const struct thread *t = pthread_getspecific(p->thread_key);

    return t && t->cut;
}

/* accept_connection, with the name of process and thread. 0, or -1 after raising. */
static int introduce(struct ctx *ctx, struct stream *s, const struct thread *t)
{
    struct value *name = str_printf(ctx, "MainProcess%s%s", t->name ? "|" : "", t->name ? t->name : "");
    struct value *args = tuple_pack_take(ctx, 1, name);
    struct value *result = args ? message_dispatch(ctx, &s->channel, NULL, "accept_connection", args, NULL) : NULL;

    value_release(args);
    value_release(result);
    return result ? 0 : -1;
}

struct stream *process_stream(struct ctx *ctx, struct process *p, const struct proxy *proxy)
{
    struct stream *s = process_stream_peek(p, proxy->peer);
    struct thread *t = s ? NULL : current_thread(ctx, p);
    const struct endpoint *e = &proxy->endpoint;

    if ((s || t) && is_cut(p))
        return raise_bare(ctx, "EOFError");
    if (s || !t)
        return s;
    s = mem_calloc(1, sizeof *s);
    if (!s)
        return raise_memory(ctx);
    s->channel.fd = -1;
    s->peer = proxy->peer;
    s->peer->refs++;
    if (channel_connect(ctx, &s->channel, &e->address, &e->key, e->serializer) || introduce(ctx, s, t)) {
        stream_free(s);
        return NULL;
    }
    if (t->cut) { /* while it connected */
        stream_free(s);
        return raise_bare(ctx, "EOFError");
    }
    s->channel.reader = process_reader(p);
    s->next = t->streams;
    t->streams = s;
    return s;
}

/* ---- for proxy.h */

struct process *process_new(struct runtime *rt)
{
    struct process *p = mem_calloc(1, sizeof *p);

    if (!p)
        return NULL;
    p->rt = rt;
    p->dead_end = &p->dead;
    if (pthread_key_create(&p->thread_key, thread_ended)) {
        mem_free(p);
        return NULL;
    }
    if (!thread_new(p)) {
        pthread_key_delete(p->thread_key);
        mem_free(p);
        return NULL;
    }
    return p;
}

int process_set_key(struct ctx *ctx, struct process *p, const void *key, size_t size)
{
    unsigned char *copy = mem_dup(key, size);

    if (!copy) {
        raise_memory(ctx);
        return -1;
    }
    mem_free(p->key);
    p->key = copy;
    p->key_size = size;
    return 0;
}

int process_name_thread(struct ctx *ctx, struct process *p, const char *name)
{
    return name_thread(ctx, p, name) ? 0 : -1;
}

void process_settle(struct ctx *ctx, struct process *p)
{
    struct value *raised = ctx->raised; /* what is being raised meanwhile is not disturbed */
    bool lost = ctx->lost;

    ctx->raised = NULL;
    while (p->dead) {
        struct proxy *proxy = p->dead;
        p->dead = proxy->next;
        if (!p->dead)
            p->dead_end = &p->dead;
        proxy_bury(ctx, proxy);
    }
    ctx->raised = raised;
    ctx->lost = lost;
}

void process_reset(struct ctx *ctx, struct process *p)
{
    process_settle(ctx, p);
    for (struct thread *t = p->threads; t; t = t->next)
        close_streams(t);
    while (p->peers) {
        struct peer *peer = p->peers;
        p->peers = peer->next;
        peer->forgotten = true;
        process_peer_release(peer);
    }
}

void process_wake(struct process *p)
{
    for (const struct thread *t = p->threads; t; t = t->next)
        for (const struct stream *s = t->streams; s; s = s->next)
            sock_wake(s->channel.fd);
}

void process_cut(struct process *p, pthread_t thread)
{
    for (struct thread *t = p->threads; t; t = t->next) {
        if (!pthread_equal(t->self, thread))
            continue;
        t->cut = true;
        for (const struct stream *s = t->streams; s; s = s->next)
            sock_wake(s->channel.fd);
    }
}

void process_free(struct ctx *ctx, struct process *p)
{
    if (!p)
        return;
    process_reset(ctx, p);
    pthread_key_delete(p->thread_key);
    while (p->threads)
        thread_free(p->threads);
    mem_free(p->key);
    mem_free(p);
}

struct pickle_reader process_reader(struct process *p)
{
    return (struct pickle_reader){proxy_rebuild, p};
}

struct value *process_export(struct ctx *ctx, struct process *p, struct value *v)
{
    struct buf b;
    struct value *out = NULL;

    (void)p;
    buf_init(&b, LIMIT_FRAME);
    if (!pickle_dump(ctx, v, 0, &b))
        out = b.failed ? raise_memory(ctx) : bytes_new(ctx, b.data, b.used);
    buf_free(&b);
    return out;
}

struct value *process_import(struct ctx *ctx, struct process *p, const void *data, size_t size)
{
    struct pickle_reader reader = process_reader(p);

    ctx->lost = false;
    return pickle_load(ctx, data, size, &reader);
}
