/* SPDX-License-Identifier: MIT */
/* One connection and its thread: handshake, first request, and the stream that it may become.  For the files of
 * manager/ only. Mirrors Server.handle_request and Server.serve_client of Lib/multiprocessing/managers.py. */
#ifndef REF_MANAGER_CONNECTION_H
#define REF_MANAGER_CONNECTION_H

#include <time.h>

#include "ref/manager/server.h"
#include "ref/manager/traceback.h"

struct connection {
    struct server *server;
    struct connection *next, **link; /* in one of the server's lists */
    pthread_t thread;
    struct channel channel;
    struct ctx ctx; /* its user is this connection */
    struct timespec accepted;
    bool authenticated;
    bool stop;               /* the server shall stop once this connection is served */
    pthread_cond_t *waiting; /* what a blocking referent waits for on this thread, or NULL */
    struct value *held;      /* the reply that was sent last: what it names stays alive until the next request, as in
                              * CPython, where a      variable holds it */
};

/* ---- connection.c */

/* Serves a peer on fd, in a thread of its own. The lock is held. 0, or -1 (then fd is closed). */
int connection_start(struct server *s, int fd);
/* Waits for the threads on the list of finished ones, and frees them. The lock is held, and given up meanwhile. */
void connection_reap(struct server *s);
/* ('#TRACEBACK', the pending exception's traceback), new, or NULL after raising. context as for traceback_fetch. */
struct value *connection_traceback(struct ctx *ctx, struct place where, struct value *context);
/* Is what is being raised no Exception: SystemExit, KeyboardInterrupt, GeneratorExit? Those end a thread without a
 * reply. */
bool connection_leaves(const struct ctx *ctx);
/* Sends reply (consumed, NULL passes through); if that cannot be written, ('#UNSERIALIZABLE' or '#TRACEBACK', why)
 * instead. 0, or -1: the connection is of no more use. Nothing stays raised. */
int connection_reply_take(struct connection *c, enum reply_kind otherwise, struct value *reply);

/* ---- functions.c */

/* func(c, *args, **kwds) for a server function; AssertionError if there is none of this name. */
struct value *functions_call(struct connection *c, struct value *name, struct value *args, struct value *kwds);

/* ---- stream.c */

/* Serves calls until the client closes the connection. Returns None once the server stops, else NULL with SystemExit
 * raised. */
struct value *stream_serve(struct connection *c);

/* ---- nested.c */

/* What proxies inside requests become: for the channel's reader, with the server as argument. */
int nested_proxy(struct ctx *ctx, struct proxyref *p, void *server);

#endif
