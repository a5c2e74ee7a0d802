/* SPDX-License-Identifier: MIT */
/* A manager: it listens at an address and serves shared objects, one thread per connection, as Server of
 * Lib/multiprocessing/managers.py does.
 *
 * The runtime's lock is *not* held by who calls these functions, unless they say so; threads of the server take it
 * themselves and give it up whenever they wait. */
#ifndef REF_MANAGER_SERVER_H
#define REF_MANAGER_SERVER_H

#include "ref/manager/referents.h"
#include "ref/message/message.h"
#include "ref/proxy/proxy.h"

struct connection;
struct crew;
struct hand;
struct shared_object;

struct server_options {
    struct address address;
    const void *key; /* copied */
    size_t key_size;
    const struct serializer *serializer; /* NULL: pickle */
    bool fixtures;                       /* the registry also has the fixture types of SPEC.md */
    bool shared_memory;                  /* as SharedMemoryManager's server: tracks segments, and has no typeids */
};

struct server {
    struct runtime *rt;
    struct library libraries[2]; /* functions that only a manager has, callable.c */
    struct registry registry;    /* rows may be added until server_start */
    struct referents referents;
    struct address address;      /* the socket's own */
    struct value *address_value; /* as it stands in tokens */
    unsigned char *key_data;     /* owned, what key points to */
    struct auth_key key;
    const struct serializer *serializer;
    /* LIMIT_CONNECTIONS and LIMIT_HANDSHAKE_SECONDS; a program may set others before server_start. */
    size_t connection_limit;
    int handshake_seconds;
    struct process *process; /* what proxies of other managers belong to */
    int listener;
    int stop_pipe[2]; /* readable once the server shall stop; never drained */
    pthread_t accepter;
    bool accepting;                 /* the thread runs, or was not yet joined */
    bool stopping;                  /* under the runtime's lock, as all below */
    struct connection *connections; /* running */
    struct connection *finished;    /* to be joined */
    size_t connection_count;
    pthread_cond_t ended;    /* a connection has ended */
    struct crew *crews;      /* the pools' threads, pool.h */
    struct hand *retired;    /* threads of theirs to be joined */
    struct value *singleton; /* the list that the fixture types Singleton and Narrow share, or NULL */
    struct shared_object *shared;
    bool tracks_segments;
    struct value *segments; /* the list of their names, or NULL */
};

/* Listens. 0, or -1 with a failure that says what is wrong (then nothing is left behind). */
int server_init(struct server *s, struct runtime *rt, const struct server_options *o, struct failure *f) MUST_USE;
/* Registers name, a text that must outlive the server, as a typeid whose callable returns the same object at each call,
 * one that typeid makes without arguments when it is first asked for; it lives as long as the server. Before
 * server_start. 0, or -1. */
int server_add_shared(struct server *s, const char *name, const char *typeid, struct failure *f) MUST_USE;
/* Releases those objects, for server_free. The lock is held. */
void server_free_shared(struct server *s);
/* Begins to accept connections, in a thread of its own. 0, or -1. */
int server_start(struct server *s, struct failure *f) MUST_USE;
/* Returns when the server shall stop: after server_request_stop, or a client's shutdown. */
void server_wait(struct server *s);
/* Asks the server to stop. May be called from a signal handler, and by any thread. */
void server_request_stop(struct server *s);
/* Stops: wakes and ends every thread, releases every object, closes the listener, removes its socket file. Threads of
 * the program that use referents must have ended. */
void server_free(struct server *s);

/* Shares an object (new reference count 1 for its identifier): Server.create for a typeid that is known to be
 * registered, and an object that its callable has made. A new tuple (identifier, exposed), or NULL after raising. The
 * lock is held. */
struct value *server_share(struct ctx *ctx, struct server *s, const struct typeid *t, struct value *object);
/* Server.create: finds the typeid, calls its callable or adopts the one argument. As above. kwds may be NULL. */
struct value *server_create(struct ctx *ctx, struct server *s, struct value *typeid, struct value *args,
                            struct value *kwds);
/* The server whose thread this is, NULL in other threads. */
struct server *server_of(const struct ctx *ctx);

#endif
