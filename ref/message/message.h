/* SPDX-License-Identifier: MIT */
/* Messages: values over frames.  Requests, replies, tokens and addresses as values, and the one-shot call.  Both sides
 * use it: a manager receives requests and sends replies, a proxy the other way round.  Mirrors dispatch and
 * convert_to_error in Lib/multiprocessing/managers.py.
 *
 * Everything here is called with the runtime's lock held and gives it up while it waits for a socket.  A failure of the
 * wire is raised as the exception that CPython raises; ctx->lost then tells that the connection itself was lost. */
#ifndef REF_MESSAGE_MESSAGE_H
#define REF_MESSAGE_MESSAGE_H

#include "ref/base/buf.h"
#include "ref/base/failure.h"
#include "ref/pickle/pickle.h"
#include "ref/value/types.h"
#include "ref/wire/address.h"
#include "ref/wire/auth.h"

/* ---- serializer.c: how a value becomes the body of a frame */
struct serializer {
    const char *name; /* as BaseManager's argument: "pickle", "xmlrpclib" */
    int (*dump)(struct ctx *ctx, struct value *v, struct buf *out); /* appends; 0, or -1 after raising */
    struct value *(*load)(struct ctx *ctx, const void *data, size_t size, const struct pickle_reader *reader);
};
/* By name; NULL if there is none. */
const struct serializer *serializer_find(const char *name);

/* ---- channel.c: a connection that carries values */
struct channel {
    int fd; /* owned; -1: closed */
    const struct serializer *serializer;
    struct pickle_reader reader; /* what happens to proxies that arrive; zero: nothing */
};

/* Raises what CPython raises for this failure; returns NULL, always. For an OSError with an errno its arguments are
 * (errno, text). */
void *message_raise(struct ctx *ctx, const struct failure *f);
/* Connects to an address and authenticates as a client; key NULL: no handshake at all, as Client(address) without
 * authkey. 0, or -1 after raising. */
int channel_connect(struct ctx *ctx, struct channel *ch, const struct address *address, const struct auth_key *key,
                    const struct serializer *serializer);
void channel_close(struct channel *ch);
/* Sends one value: 0, or -1 after raising. Nothing is sent if it cannot be written as a pickle. */
int channel_send(struct ctx *ctx, struct channel *ch, struct value *v);
/* The two halves, for who must tell a value that cannot be written (channel_encode raised) from a connection that
 * cannot carry it. out is initialised by the caller with limit LIMIT_FRAME; channel_write sends what is in it. */
int channel_encode(struct ctx *ctx, struct channel *ch, struct value *v, struct buf *out);
int channel_write(struct ctx *ctx, struct channel *ch, const struct buf *body);
/* The two halves of receiving: the body of one frame (body as for frame_receive), and the value in it.  Who goes on
 * after a body that cannot be read as a value must not go on after a frame that did not arrive. */
int channel_read(struct ctx *ctx, struct channel *ch, struct buf *body);
struct value *channel_decode(struct ctx *ctx, struct channel *ch, const struct buf *body);
/* Receives one value; NULL after raising. */
struct value *channel_receive(struct ctx *ctx, struct channel *ch);

/* ---- token.c: addresses and tokens as values */
/* ('127.0.0.1', 5000), '/path' or b'\0name', as CPython's server reports it. New. */
struct value *address_to_value(struct ctx *ctx, const struct address *a);
/* The other way: any form that CPython's Client accepts, and its exceptions ("address type of 5 unrecognized") for
 * others. 0, or -1 after raising. */
int address_from_value(struct ctx *ctx, struct value *v, struct address *out);
/* multiprocessing.managers.Token(typeid, address, id), new. */
struct value *token_new(struct ctx *ctx, struct value *typeid, struct value *address, struct value *id);
struct token {
    struct value *typeid, *address, *id; /* borrowed from the token */
};
/* Is v a Token with its three members? False raises nothing. */
bool token_peek(const struct value *v, struct token *out);

/* ---- request.c */
struct request {
    struct value *id, *method, *args, *kwds; /* owned, any values */
};
/* (id, method, args, kwds), new; arguments borrowed. */
struct value *request_new(struct ctx *ctx, struct value *id, struct value *method, struct value *args,
                          struct value *kwds);
/* Python's `id, method, args, kwds = v`. 0 (then request_free), or -1 after raising as Python words it. */
int request_parse(struct ctx *ctx, struct value *v, struct request *out);
void request_free(struct request *r);
/* Python's `a, b, … = v` into n new references. 0, or -1 after raising (then out holds nothing). */
int message_unpack(struct ctx *ctx, struct value *v, struct value **out, size_t n);

/* ---- reply.c, reply.def */
enum reply_kind {
#define REPLY(name, text) REPLY_##name,
#include "ref/message/reply.def"
#undef REPLY
    REPLY_KINDS
};
/* "#RETURN" … */
const char *reply_text(enum reply_kind kind);
/* (kind, result), new; result is consumed. */
struct value *reply_new_take(struct ctx *ctx, enum reply_kind kind, struct value *result);
/* What `kind, result = reply` means to a client: REPLY_RETURN and REPLY_PROXY give the result (a new reference in
 * *result); for all others it raises what convert_to_error makes of it and returns REPLY_KINDS. proxies false (a
 * one-shot): #PROXY is an unrecognized type, too. */
enum reply_kind reply_open(struct ctx *ctx, struct value *reply, bool proxies, struct value **result);

/* ---- dispatch.c */
/* Sends (id, method, args, kwds) and opens the reply, which must not be a proxy: CPython's dispatch. id NULL: None;
 * kwds NULL: {}. New result, or NULL after raising. */
struct value *message_dispatch(struct ctx *ctx, struct channel *ch, struct value *id, const char *method,
                               struct value *args, struct value *kwds);

/* Whom a one-shot call talks to. */
struct endpoint {
    struct address address;
    struct auth_key key; /* key.data NULL and size 0 with keyless: no handshake */
    bool keyless;
    const struct serializer *serializer;
    struct pickle_reader reader;
};
/* A connection of its own for one server function: connect, handshake, dispatch, close. args is consumed. */
struct value *message_one_shot_take(struct ctx *ctx, const struct endpoint *e, const char *function, struct value *kwds,
                                    struct value *args);

#endif
