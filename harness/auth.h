/* SPDX-License-Identifier: MIT */
/* The handshake's messages (SPEC.md, AUTH): both generations, legacy (20 random bytes, raw HMAC-MD5) and that of 3.12
 * (a digest's name in braces).  Bytes in, bytes or words out: no socket is touched here. */
#ifndef HARNESS_AUTH_H
#define HARNESS_AUTH_H

#include "harness/text.h"

#include <stdbool.h>
#include <stddef.h>

#define AUTH_CHALLENGE "#CHALLENGE#"
#define AUTH_WELCOME "#WELCOME#"
#define AUTH_FAILURE "#FAILURE#"

/* A handshake message longer than this is refused by both sides. */
#define AUTH_MESSAGE_MAX 256

/* Bytes that belong to somebody else. */
struct auth_bytes {
    const void *bytes;
    size_t length;
};

/* Whether a frame is a challenge; *message is then what follows the mark. */
bool auth_is_challenge(struct auth_bytes frame, struct auth_bytes *message);

/* Appends the HMAC of message under key with a digest of OpenSSL's ("md5", "sha256", "sha3-256" also as "sha3_256").
 * False if there is no such digest. */
bool auth_mac(struct text *out, const char *digest, struct auth_bytes key, struct auth_bytes message);

/* Appends what a well-behaved peer of 3.12 answers: raw HMAC-MD5 for 20 bytes, else the digest that is named, with its
 * name.  False if the message names none. */
bool auth_answer(struct text *out, struct auth_bytes key, struct auth_bytes message);

/* The message of a challenge that a well-behaved peer of 3.12 sends: "{sha256}" and 40 bytes, always the same, so that
 * sessions can be repeated. */
void auth_message(struct text *out);

/* The digest of a right answer: "md5" for a raw one, "{md5}", "{sha256}" and so on with its name; NULL if it is wrong.
 */
const char *auth_check(struct auth_bytes key, struct auth_bytes message, struct auth_bytes answer);

/* The message of a challenge in words, new: "20 bytes", "{sha256} and 40 bytes". */
char *auth_describe(struct auth_bytes message);

#endif
