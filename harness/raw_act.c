/* SPDX-License-Identifier: MIT */
/* What a raw peer does on one connection, in either role: the verbs that may also stand behind `on …:`. */
#include <stdlib.h>
#include <string.h>

#include "harness/pickle.h"
#include "harness/raw_state.h"
#include "harness/typed.h"

/* The protocol of a well-behaved peer: every CPython since 3.8 reads and most write it. */
#define PROTOCOL 4

static bool put(struct peer *peer, const void *bytes, size_t length, long long deadline)
{
    if (peer->wire && !wire_send(peer->wire, bytes, length, deadline))
        return !wire_late(peer->wire); /* a peer that is gone is seen by the next receive */
    return true;
}

bool raw_send_frame(struct peer *peer, const void *bytes, size_t length, long long deadline)
{
    struct text out = {0};
    wire_header(&out, length, WIRE_HEADER_SHORT);
    text_add(&out, bytes, length);
    bool good = put(peer, text_peek(&out), out.length, deadline);
    text_clear(&out);
    return good;
}

bool raw_send_value_take(struct peer *peer, json_t *value, long long deadline)
{
    struct text out = {0};
    pickle_write(&out, value, PROTOCOL);
    bool good = raw_send_frame(peer, text_peek(&out), out.length, deadline);
    text_clear(&out);
    json_decref(value);
    return good;
}

/* ---- send */

/* The bytes of a part: bytes as they are, a str as its UTF-8. */
static void add_part(struct text *out, const json_t *part)
{
    const char *hex = json_string_value(typed_peek(part, "$bytes"));
    if (json_is_string(part))
        text_puts(out, json_string_value(part));
    for (; hex && hex[0] && hex[1]; hex += 2) {
        char pair[3] = {hex[0], hex[1], 0};
        text_add(out, &(unsigned char){(unsigned char)strtoul(pair, NULL, 16)}, 1);
    }
}

static void add_parts(struct text *out, const json_t *parts)
{
    json_t *part;
    size_t i;
    json_array_foreach((json_t *)parts, i, part)
    {
        add_part(out, part);
    }
}

static enum wire_header form_of(const json_t *action)
{
    return json_object_get(action, "long") ? WIRE_HEADER_LONG : WIRE_HEADER_SHORT;
}

static void add_frame(struct text *out, const json_t *action, const struct text *body)
{
    wire_header(out, body->length, form_of(action));
    text_add(out, text_peek(body), body->length);
}

/* All that the action sends. */
static void compose(struct text *out, const json_t *action)
{
    const char *how = json_string_value(json_object_get(action, "how"));
    const json_t *values = json_object_get(action, "values"), *protocol = json_object_get(action, "protocol");
    struct text body = {0};
    json_t *value;
    size_t i;
    if (!strcmp(how, "bytes")) {
        add_parts(out, values);
    } else if (!strcmp(how, "frame")) {
        add_parts(&body, values);
        add_frame(out, action, &body);
    } else {
        json_array_foreach((json_t *)values, i, value)
        {
            pickle_write(&body, value, protocol ? (int)json_integer_value(protocol) : PROTOCOL);
            add_frame(out, action, &body);
            text_clear(&body);
        }
    }
    text_clear(&body);
}

static bool act_send(struct peer *peer, const json_t *action, long long deadline)
{
    struct text out = {0};
    const json_t *cut = json_object_get(action, "cut");
    compose(&out, action);
    size_t length = out.length, header = form_of(action) == WIRE_HEADER_LONG ? 12 : 4, piece = length;
    if (cut && (size_t)json_integer_value(cut) < length)
        length = (size_t)json_integer_value(cut);
    if (json_object_get(action, "slowly"))
        piece = 1;
    bool apart = json_object_get(action, "apart") != NULL, good = true;
    for (size_t at = 0; at < length && good;) {
        size_t n = apart && at < header ? header : piece;
        n = n < length - at ? n : length - at;
        good = put(peer, text_peek(&out) + at, n, deadline);
        at += n;
    }
    text_clear(&out);
    return good;
}

/* ---- the handshake */

/* Sends a challenge with the message that is in peer->ours. */
static bool send_challenge(struct peer *peer, long long deadline)
{
    struct text frame = {0};
    text_puts(&frame, AUTH_CHALLENGE);
    text_add(&frame, text_peek(&peer->ours), peer->ours.length);
    peer->challenged = true;
    bool good = raw_send_frame(peer, text_peek(&frame), frame.length, deadline);
    text_clear(&frame);
    return good;
}

bool raw_challenge(struct peer *peer, long long deadline)
{
    text_clear(&peer->ours);
    auth_message(&peer->ours);
    return send_challenge(peer, deadline);
}

static bool act_challenge(struct peer *peer, const json_t *action, long long deadline)
{
    const json_t *parts = json_object_get(action, "values");
    if (!parts)
        return raw_challenge(peer, deadline);
    text_clear(&peer->ours);
    add_parts(&peer->ours, parts);
    return send_challenge(peer, deadline);
}

bool raw_answer(struct peer *peer, long long deadline)
{
    struct text answer = {0};
    auth_answer(&answer, raw_bytes(&peer->raw->key), raw_bytes(&peer->theirs));
    bool good = raw_send_frame(peer, text_peek(&answer), answer.length, deadline);
    text_clear(&answer);
    return good;
}

/* With another digest, key, or name than is right. */
static bool act_answer(struct peer *peer, const json_t *action, long long deadline)
{
    const char *digest = json_string_value(json_object_get(action, "digest"));
    const json_t *other = json_object_get(action, "key"), *as = json_object_get(action, "as"),
                 *cut = json_object_get(action, "cut");
    bool unnamed = json_object_get(action, "raw") != NULL;
    struct text key = {0}, answer = {0};
    if (other)
        add_part(&key, other);
    struct auth_bytes with = raw_bytes(other ? &key : &peer->raw->key), message = raw_bytes(&peer->theirs);
    if (as)
        add_part(&answer, as);
    else if (digest && !unnamed)
        text_printf(&answer, "{%s}", digest);
    if (digest || unnamed)
        auth_mac(&answer, digest ? digest : "md5", with, message);
    else
        auth_answer(&answer, with, message);
    size_t length = answer.length;
    if (cut && (size_t)json_integer_value(cut) < length)
        length = (size_t)json_integer_value(cut);
    bool good = raw_send_frame(peer, text_peek(&answer), length, deadline);
    text_clear(&answer);
    text_clear(&key);
    return good;
}

static bool act_welcome(struct peer *peer, const json_t *action, long long deadline)
{
    (void)action;
    return raw_send_frame(peer, AUTH_WELCOME, strlen(AUTH_WELCOME), deadline);
}

/* ---- ends */

static bool act_end(struct peer *peer, const json_t *action, long long deadline)
{
    (void)action, (void)deadline;
    if (peer->wire)
        wire_half_close(peer->wire);
    return true;
}

static bool act_close(struct peer *peer, const json_t *action, long long deadline)
{
    (void)action, (void)deadline;
    raw_peer_close(peer);
    return true;
}

static bool act_nothing(struct peer *peer, const json_t *action, long long deadline)
{
    (void)peer, (void)action, (void)deadline;
    return true;
}

bool raw_act(struct peer *peer, const json_t *action, long long deadline)
{
    static const struct {
        const char *verb;
        bool (*act)(struct peer *, const json_t *, long long);
    } table[] = {{"send", act_send}, {"challenge", act_challenge}, {"answer", act_answer},  {"welcome", act_welcome},
                 {"end", act_end},   {"close", act_close},         {"nothing", act_nothing}};
    const char *verb = json_string_value(json_object_get(action, "verb"));
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (!strcmp(verb, table[i].verb))
            return table[i].act(peer, action, deadline);
    return false;
}
