/* SPDX-License-Identifier: MIT */
/* Authentication: the rules by which each generation of CPython reads challenges and responses, and the order of the
 * six messages. libcrypto makes the HMACs. The peer is not yet known to be anybody: nothing here looks further than 256
 * bytes. */
#include "ref/wire/auth.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "ref/base/compat.h"
#include "ref/wire/frame.h"

#define CHALLENGE "#CHALLENGE#"
#define WELCOME "#WELCOME#"
#define FAILED "#FAILURE#"

enum {
    CHALLENGE_SIZE = sizeof CHALLENGE - 1,
    VERDICT_SIZE = sizeof WELCOME - 1,
    LEGACY_MESSAGE = 20, /* a challenge of this length comes from the older generation */
    MODERN_MESSAGE = 40,
    MD5_SIZE = 16
};

struct digest {
    const char *name;
    const EVP_MD *(*algorithm)(void);
};

static const struct digest digests[6];

/* HMAC of message; *size bytes into out, which has room for EVP_MAX_MD_SIZE. */
static int mac(const struct digest *d, const struct auth_key *key, const unsigned char *message, size_t size,
               unsigned char *out, unsigned *out_size, struct failure *f)
{
    if (!HMAC(d->algorithm(), key->size ? (const void *)key->data : "", (int)key->size, message, size, out, out_size))
        return failure_format(f, FAILURE_CRYPTO, "the cryptographic library has no HMAC with %s", d->name);
    return 0;
}

/* The digest that the prefix {name} of a message names, and the length of the prefix; NULL if there is no such prefix.
 */
static const struct digest *prefix_of(const unsigned char *message, size_t size, size_t *prefix)
{
    for (const struct digest *d = digests; d->name; d++) {
        size_t length = strlen(d->name);
        *prefix = length + 2;
        if (size >= *prefix && message[0] == '{' && message[length + 1] == '}' && !memcmp(message + 1, d->name, length))
            return d;
    }
    return NULL;
}

/* Writes Python's repr of bytes. */
static void write_repr(const unsigned char *data, size_t size, char *out)
{
    static const char escapes[] = "\tt\nn\rr\\\\";
    char quote = size && memchr(data, '\'', size) && !memchr(data, '"', size) ? '"' : '\'';

    out += sprintf(out, "b%c", quote);
    for (size_t i = 0; i < size; i++) {
        unsigned char c = data[i];
        const char *e = escapes;
        while (*e && (unsigned char)*e != c)
            e += 2;
        if (*e || c == (unsigned char)quote)
            out += sprintf(out, "\\%c", *e ? e[1] : c);
        else
            out += sprintf(out, c < 32 || c > 126 ? "\\x%02x" : "%c", c);
    }
    sprintf(out, "%c", quote);
}

/* Longest repr of a handshake message. */
#define REPR (LIMIT_HANDSHAKE * 4 + 4)

static int bad_form(const unsigned char *message, size_t size, struct failure *f)
{
    char repr[REPR];
    write_repr(message, size, repr);
    return failure_format(f, FAILURE_DIGEST_FORM,
                          "unsupported message length, missing digest prefix, or unsupported digest: message=%s", repr);
}

/* Which digest a message asks for, as _get_digest_name_and_payload: length before prefix. *prefix is 0 for the raw
 * form. */
static const struct digest *digest_of(const unsigned char *message, size_t size, size_t *prefix)
{
    *prefix = 0;
    return size == LEGACY_MESSAGE || size == MD5_SIZE ? digests : prefix_of(message, size, prefix);
}

int auth_respond(const struct auth_key *key, const unsigned char *message, size_t size, unsigned char *out,
                 size_t *out_size, struct failure *f)
{
    unsigned char code[EVP_MAX_MD_SIZE];
    unsigned length;
    size_t prefix = 0;
    const struct digest *d = compat_has(key->compat, COMPAT_DIGEST_NAMES) ? digest_of(message, size, &prefix) : digests;

    if (!d)
        return bad_form(message, size, f);
    if (mac(d, key, message, size, code, &length, f))
        return -1;
    if (prefix)
        memcpy(out, message, prefix);
    memcpy(out + prefix, code, length);
    *out_size = prefix + length;
    return 0;
}

int auth_verify(const struct auth_key *key, const unsigned char *message, size_t size, const unsigned char *response,
                size_t response_size, struct failure *f)
{
    unsigned char code[EVP_MAX_MD_SIZE];
    unsigned length;
    size_t prefix = 0;
    const struct digest *d =
        compat_has(key->compat, COMPAT_DIGEST_NAMES) ? digest_of(response, response_size, &prefix) : digests;

    if (!d)
        return bad_form(response, response_size, f);
    if (mac(d, key, message, size, code, &length, f))
        return -1;
    if (compat_has(key->compat, COMPAT_DIGEST_NAMES) && length != response_size - prefix)
        return failure_format(f, FAILURE_DIGEST_LENGTH, "expected '%s' of length %u got %zu", d->name, length,
                              response_size - prefix);
    if (length != response_size - prefix || CRYPTO_memcmp(code, response + prefix, length))
        return failure_set(f, FAILURE_DIGEST_WRONG);
    return 0;
}

/* A challenge of the generation that compat speaks, #CHALLENGE# included; its length, or 0. */
static size_t make_challenge(int compat, unsigned char *out, struct failure *f)
{
    const char *prefix = compat_has(compat, COMPAT_DIGEST_NAMES) ? "{sha256}" : "";
    int random = compat_has(compat, COMPAT_DIGEST_NAMES) ? MODERN_MESSAGE : LEGACY_MESSAGE;
    int start = sprintf((char *)out, "%s%s", CHALLENGE, prefix);

    if (RAND_bytes(out + start, random) != 1) {
        failure_format(f, FAILURE_CRYPTO, "the cryptographic library gives no random bytes");
        return 0;
    }
    return (size_t)start + (size_t)random;
}

int auth_deliver(int fd, const struct auth_key *key, struct failure *f)
{
    unsigned char challenge[CHALLENGE_SIZE + sizeof "{sha256}" + MODERN_MESSAGE];
    struct buf response;
    struct failure ignored;
    int result = -1;
    size_t size = make_challenge(key->compat, challenge, f);

    buf_init(&response, LIMIT_HANDSHAKE);
    if (!size || frame_send(fd, challenge, size, f) || frame_receive(fd, &response, LIMIT_HANDSHAKE, f))
        goto out;
    if (auth_verify(key, challenge + CHALLENGE_SIZE, size - CHALLENGE_SIZE, response.data, response.used, f)) {
        /* what went wrong first is what is told */
        if (frame_send(fd, FAILED, VERDICT_SIZE, &ignored) && f->code != FAILURE_CRYPTO)
            *f = ignored;
        goto out;
    }
    result = frame_send(fd, WELCOME, VERDICT_SIZE, f);
out:
    buf_free(&response);
    return result;
}

/* Is this a challenge that the imitated version answers? */
static int check_challenge(const struct auth_key *key, const struct buf *message, struct failure *f)
{
    bool modern = compat_has(key->compat, COMPAT_DIGEST_NAMES);
    size_t size = message->used;

    if (size < CHALLENGE_SIZE || memcmp(message->data, CHALLENGE, CHALLENGE_SIZE) != 0) {
        char repr[REPR];
        write_repr(message->data, size, repr);
        if (!modern)
            return failure_format(f, FAILURE_NO_CHALLENGE_LEGACY, "message = %s", repr);
        return failure_format(f, FAILURE_NO_CHALLENGE, "Protocol error, expected challenge: message=%s", repr);
    }
    if (!modern || size - CHALLENGE_SIZE >= LEGACY_MESSAGE)
        return 0;
    if (!compat_has(key->compat, COMPAT_SHORT_CHALLENGE_WORDS)) /* where the braces were forgotten to be filled */
        return failure_format(f, FAILURE_SHORT_CHALLENGE, "challenge too short: {len(message)} bytes");
    return failure_format(f, FAILURE_SHORT_CHALLENGE, "challenge too short: %zu bytes", size - CHALLENGE_SIZE);
}

int auth_answer(int fd, const struct auth_key *key, struct failure *f)
{
    unsigned char response[AUTH_RESPONSE];
    size_t size = 0;
    struct buf message;
    int result = -1;

    buf_init(&message, LIMIT_HANDSHAKE);
    if (frame_receive(fd, &message, LIMIT_HANDSHAKE, f) || check_challenge(key, &message, f))
        goto out;
    if (auth_respond(key, message.data + CHALLENGE_SIZE, message.used - CHALLENGE_SIZE, response, &size, f) ||
        frame_send(fd, response, size, f) || frame_receive(fd, &message, LIMIT_HANDSHAKE, f))
        goto out;
    if (message.used != VERDICT_SIZE || memcmp(message.data, WELCOME, VERDICT_SIZE) != 0)
        failure_set(f, FAILURE_DIGEST_REJECTED);
    else
        result = 0;
out:
    buf_free(&message);
    return result;
}

int auth_serve(int fd, const struct auth_key *key, struct failure *f)
{
    return auth_deliver(fd, key, f) || auth_answer(fd, key, f) ? -1 : 0;
}

int auth_connect(int fd, const struct auth_key *key, struct failure *f)
{
    return auth_answer(fd, key, f) || auth_deliver(fd, key, f) ? -1 : 0;
}

/* The first is what raw responses are. */
static const struct digest digests[6] = {
    {"md5", EVP_md5},           {"sha256", EVP_sha256},     {"sha384", EVP_sha384},
    {"sha3_256", EVP_sha3_256}, {"sha3_384", EVP_sha3_384}, {NULL, NULL},
};
