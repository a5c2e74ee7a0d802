/* SPDX-License-Identifier: MIT */
/* The handshake's messages. */
#include "harness/auth.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>
#include <string.h>

#define LEGACY_MESSAGE 20
#define LEGACY_MAC 16
#define MODERN_RANDOM 40
#define DIGEST "sha256"

/* The names that may stand in braces, in which there is an underscore where OpenSSL has a hyphen. */
static const char *const digests[] = {"{md5}", "{sha256}", "{sha384}", "{sha3_256}", "{sha3_384}"};

static bool begins(struct auth_bytes bytes, const char *with)
{
    return bytes.length >= strlen(with) && !memcmp(bytes.bytes, with, strlen(with));
}

bool auth_is_challenge(struct auth_bytes frame, struct auth_bytes *message)
{
    if (!begins(frame, AUTH_CHALLENGE))
        return false;
    message->bytes = (const char *)frame.bytes + strlen(AUTH_CHALLENGE);
    message->length = frame.length - strlen(AUTH_CHALLENGE);
    return true;
}

bool auth_mac(struct text *out, const char *digest, struct auth_bytes key, struct auth_bytes message)
{
    unsigned char mac[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    char *name = text_copy(digest);
    for (char *p = name; *p; p++)
        if (*p == '_')
            *p = '-';
    const EVP_MD *md = EVP_get_digestbyname(name);
    free(name);
    if (!md || !HMAC(md, key.length ? key.bytes : "", (int)key.length, message.bytes, message.length, mac, &length))
        return false;
    text_add(out, mac, length);
    return true;
}

/* The known digest in braces with which bytes begin, or NULL. */
static const char *digest_of(struct auth_bytes bytes)
{
    for (size_t i = 0; i < sizeof digests / sizeof *digests; i++)
        if (begins(bytes, digests[i]))
            return digests[i];
    return NULL;
}

/* The HMAC with a digest whose name is in braces. */
static bool braced_mac(struct text *out, const char *braced, struct auth_bytes key, struct auth_bytes message)
{
    char *name = text_format("%.*s", (int)strlen(braced) - 2, braced + 1);
    bool good = auth_mac(out, name, key, message);
    free(name);
    return good;
}

bool auth_answer(struct text *out, struct auth_bytes key, struct auth_bytes message)
{
    const char *braced = digest_of(message);
    if (message.length == LEGACY_MESSAGE)
        return auth_mac(out, "md5", key, message);
    if (!braced)
        return false;
    text_puts(out, braced);
    return braced_mac(out, braced, key, message);
}

void auth_message(struct text *out)
{
    text_puts(out, "{" DIGEST "}");
    for (unsigned char i = 0; i < MODERN_RANDOM; i++)
        text_add(out, &i, 1);
}

static bool same(const struct text *a, struct auth_bytes b)
{
    return a->length == b.length && !memcmp(text_peek(a), b.bytes, b.length);
}

const char *auth_check(struct auth_bytes key, struct auth_bytes message, struct auth_bytes answer)
{
    bool raw = answer.length == LEGACY_MAC;
    const char *braced = raw ? "{md5}" : digest_of(answer);
    struct text expected = {0};
    if (braced && !raw)
        text_puts(&expected, braced);
    bool right = braced && braced_mac(&expected, braced, key, message) && same(&expected, answer);
    text_clear(&expected);
    return !right ? NULL : raw ? "md5" : braced;
}

char *auth_describe(struct auth_bytes message)
{
    const char *braced = message.length == LEGACY_MESSAGE ? NULL : digest_of(message);
    size_t name = braced ? strlen(braced) : 0;
    return braced ? text_format("%s and %zu bytes", braced, message.length - name)
                  : text_format("%zu bytes", message.length);
}
