/* SPDX-License-Identifier: MIT */
/* The state behind raw.h, for raw*.c and overhear.c only. */
#ifndef HARNESS_RAW_STATE_H
#define HARNESS_RAW_STATE_H

#include <jansson.h>
#include <stdbool.h>

#include "harness/auth.h"
#include "harness/raw.h"
#include "harness/text.h"
#include "harness/wire.h"

/* What a connection of the server waits for. */
enum stage { STAGE_ANSWER, STAGE_CHALLENGE, STAGE_VERDICT, STAGE_REQUEST, STAGE_STREAM };

/* One connection, in either role. */
struct peer {
    struct peer *next;
    struct raw *raw;
    char *name;         /* the client's prompt, or NULL in the server */
    struct wire *wire;  /* NULL when closed, or not yet connected */
    struct text theirs; /* the message of the last challenge that came */
    struct text ours;   /* … that was sent */
    bool challenged;    /* ours is not answered yet */
    enum stage stage;
};

struct raw {
    char *address, *key_hex;
    char *socket; /* where the client connects */
    struct text key;
    char *shown_address; /* as a value in a line: what is replaced by "address" */
    json_t *variables;   /* name → typed value */
    json_t *created;     /* the client: identifiers that `create` counted */
    struct peer *peers;
    struct trace *trace; /* or NULL */
    /* the server */
    int listener;
    char *path;
    json_t *rules;     /* event → array of actions */
    json_t *unused;    /* events whose rule was not put to the test yet */
    json_t *requests;  /* that came, typed values */
    json_t *handshake; /* what came in the handshake of the last connection, in words */
    int protocol;      /* of the last request, -1 before */
    unsigned accepted, identifiers;
};

/* A copy of value in which variables are replaced by what they stand for, new; NULL if one has no value. */
json_t *raw_resolve(const struct raw *raw, const json_t *value);

/* What may stand in both roles (send, challenge, answer, welcome, end, close, nothing); on a connection that is closed
 * it does nothing.  False if the deadline passed. */
bool raw_act(struct peer *peer, const json_t *action, long long deadline);
/* Sends one frame as a well-behaved peer does. */
bool raw_send_frame(struct peer *peer, const void *bytes, size_t length, long long deadline);
/* … with the pickle of a value. */
bool raw_send_value_take(struct peer *peer, json_t *value, long long deadline);
/* Challenges as a well-behaved peer does, and answers its challenge. */
bool raw_challenge(struct peer *peer, long long deadline);
bool raw_answer(struct peer *peer, long long deadline);
struct auth_bytes raw_bytes(const struct text *text);

/* A server that does not listen yet. */
struct raw *raw_server_make(const char *path);

/* A frame in words, new: "challenge 20 bytes", "answer {sha256}", "RETURN 5", …  Notes a challenge or an answer. */
char *raw_show(struct peer *peer, const void *bytes, size_t length);
/* The identifier of the token in the result of #PROXY, borrowed; NULL if there is none. */
const char *raw_token_identifier(const json_t *result);
/* A reply (kind, result), or another value, in words, new. */
char *raw_show_message(const struct raw *raw, const json_t *value);
/* A typed value in words, new. */
char *raw_show_value(const struct raw *raw, const json_t *value);

/* raw_server.c: the steps `on`, `seen` and `streams`. */
struct raw_outcome raw_server_step(struct raw *raw, const json_t *statement, long long deadline);
/* raw_client.c: all others. */
struct raw_outcome raw_client_step(struct peer *peer, const json_t *statement, long long deadline);

struct peer *raw_peer_new(struct raw *raw, const char *name, struct wire *wire);
/* The peer has a new connection, on which it is that side: told to the trace. */
void raw_peer_trace(struct peer *peer, enum trace_side side);
void raw_peer_close(struct peer *peer);

#endif
