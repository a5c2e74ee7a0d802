/* SPDX-License-Identifier: MIT */
/* Authentication: mutual HMAC challenge and response, in both generations: raw MD5 over 20 random bytes (CPython up
 * to 3.11), and
 * `{digest}` prefixes (3.12 and later).  Mirrors deliver_challenge and answer_challenge in
 * Lib/multiprocessing/connection.py. compat (308 … 315) chooses which of them speaks and how failures are worded;
 * either understands the other. */
#ifndef REF_WIRE_AUTH_H
#define REF_WIRE_AUTH_H

#include <stddef.h>

#include "ref/base/failure.h"

struct auth_key {
    const unsigned char *data; /* borrowed */
    size_t size;               /* 0 is legal */
    int compat;
};

/* The whole handshake: a server delivers its challenge, then answers; a client the other way round. 0, or -1. Blocks.
 */
int auth_serve(int fd, const struct auth_key *key, struct failure *f) MUST_USE;
int auth_connect(int fd, const struct auth_key *key, struct failure *f) MUST_USE;

/* The halves. auth_deliver sends #FAILURE# before it fails for a wrong response, and nothing after a bad frame. */
int auth_deliver(int fd, const struct auth_key *key, struct failure *f) MUST_USE;
int auth_answer(int fd, const struct auth_key *key, struct failure *f) MUST_USE;

/* Longest response: `{sha3_384}` and 48 bytes. */
#define AUTH_RESPONSE 58
/* The answer to a challenge's message (what follows #CHALLENGE#); *out has room for AUTH_RESPONSE bytes. 0, or -1. */
int auth_respond(const struct auth_key *key, const unsigned char *message, size_t size, unsigned char *out,
                 size_t *out_size, struct failure *f) MUST_USE;
/* Is the response right for the message that was sent? Length before prefix: a raw MD5 may begin with `{`. Compared in
 * constant time. 0, or -1. */
int auth_verify(const struct auth_key *key, const unsigned char *message, size_t size, const unsigned char *response,
                size_t response_size, struct failure *f) MUST_USE;

#endif
