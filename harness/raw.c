/* SPDX-License-Identifier: MIT */
/* The harness as a peer: what both roles share of life and death. */
#include "harness/raw.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/canonical.h"
#include "harness/case.h"
#include "harness/raw_state.h"
#include "harness/raw_statement.h"
#include "harness/typed.h"
#include "harness/watch.h"

struct auth_bytes raw_bytes(const struct text *text)
{
    return (struct auth_bytes){text_peek(text), text->length};
}

static void add_hex(struct text *out, const char *hex)
{
    for (; hex[0] && hex[1]; hex += 2) {
        char pair[3] = {hex[0], hex[1], 0};
        text_add(out, &(unsigned char){(unsigned char)strtoul(pair, NULL, 16)}, 1);
    }
}

/* An address as tokens have it. */
static json_t *address_value(const char *text)
{
    const char *colon = strrchr(text, ':');
    if (!strncmp(text, "unix:", 5))
        return json_string(text + 5);
    if (!strncmp(text, "abstract:", 9)) {
        struct text name = {0};
        text_add(&name, "", 1);
        text_puts(&name, text + 9);
        json_t *value = typed_hex("$bytes", text_peek(&name), name.length);
        text_clear(&name);
        return value;
    }
    json_t *parts = typed_array();
    typed_append_take(parts, typed_str(text + 4, (size_t)(colon - text) - 4));
    typed_append_take(parts, json_integer(strtol(colon + 1, NULL, 10)));
    return typed_take("$tuple", parts);
}

static struct raw *make(const char *address, const char *key)
{
    char *error = NULL;
    struct raw *raw = text_calloc(1, sizeof *raw);
    json_t *value = address_value(address);
    raw->address = text_copy(address);
    raw->socket = text_copy(address);
    raw->key_hex = text_copy(key);
    add_hex(&raw->key, key);
    raw->shown_address = canonical_value(value, &error);
    free(error);
    raw->variables = typed_object();
    typed_set_take(raw->variables, RAW_ADDRESS, value);
    raw->created = typed_array();
    raw->listener = -1;
    raw->protocol = -1;
    raw->rules = typed_object();
    raw->unused = typed_object();
    raw->requests = typed_array();
    raw->handshake = typed_array();
    return raw;
}

struct raw *raw_client(const char *address, const char *key)
{
    return make(address, key);
}

struct raw *raw_server_make(const char *path)
{
    static const char key[] = "6162726163616461627261"; /* any will do: nobody else reaches the socket */
    char *address = text_format("unix:%s", path);
    struct raw *raw = make(address, key);
    raw->path = text_copy(path);
    free(address);
    return raw;
}

void raw_trace(struct raw *raw, struct trace *trace, const char *socket)
{
    raw->trace = trace;
    free(raw->socket);
    raw->socket = text_copy(socket);
}

const char *raw_address_peek(const struct raw *raw)
{
    return raw->address;
}

const char *raw_key_peek(const struct raw *raw)
{
    return raw->key_hex;
}

json_t *raw_resolve(const struct raw *raw, const json_t *value)
{
    const char *name = json_string_value(typed_peek(value, "$var")), *key;
    json_t *copy, *item;
    size_t i;
    if (name)
        return json_incref(json_object_get(raw->variables, name));
    if (json_is_array(value)) {
        copy = typed_array();
        json_array_foreach((json_t *)value, i, item)
        {
            json_t *made = raw_resolve(raw, item);
            typed_append_take(copy, made ? made : json_null());
        }
        return copy;
    }
    if (!json_is_object(value))
        return json_incref((json_t *)value);
    copy = typed_object();
    json_object_foreach((json_t *)value, key, item)
    {
        json_t *made = raw_resolve(raw, item);
        typed_set_take(copy, key, made ? made : json_null());
    }
    return copy;
}

struct peer *raw_peer_new(struct raw *raw, const char *name, struct wire *wire)
{
    struct peer *peer = text_calloc(1, sizeof *peer);
    peer->raw = raw;
    peer->name = text_copy(name);
    peer->wire = wire;
    peer->next = raw->peers;
    return raw->peers = peer;
}

void raw_peer_trace(struct peer *peer, enum trace_side side)
{
    const char *client = side == TRACE_MANAGER ? "the proxy" : peer->name ? peer->name : RAW_OWN;
    wire_trace(peer->wire, peer->raw->trace, trace_open(peer->raw->trace, 0, client), side);
}

void raw_peer_close(struct peer *peer)
{
    if (peer->wire)
        watch_remove(wire_descriptor(peer->wire));
    wire_close(peer->wire);
    peer->wire = NULL;
    peer->challenged = false;
    text_clear(&peer->theirs);
    text_clear(&peer->ours);
}

/* The connection of a raw prompt. */
static struct peer *peer_named(struct raw *raw, const char *name)
{
    for (struct peer *peer = raw->peers; peer; peer = peer->next)
        if (peer->name && !strcmp(peer->name, name))
            return peer;
    return raw_peer_new(raw, name, NULL);
}

struct raw_outcome raw_step(struct raw *raw, const struct step *step, long long deadline)
{
    json_t *statement = raw_resolve(raw, step->raw);
    struct raw_outcome outcome = raw->listener >= 0
                                     ? raw_server_step(raw, statement, deadline)
                                     : raw_client_step(peer_named(raw, step->client), statement, deadline);
    json_decref(statement);
    return outcome;
}

void raw_end(struct raw *raw)
{
    if (!raw)
        return;
    while (raw->peers) {
        struct peer *peer = raw->peers;
        raw->peers = peer->next;
        raw_peer_close(peer);
        free(peer->name);
        free(peer);
    }
    if (raw->listener >= 0) {
        watch_remove(raw->listener);
        close(raw->listener);
    }
    if (raw->path)
        unlink(raw->path);
    free(raw->path);
    free(raw->address);
    free(raw->socket);
    free(raw->key_hex);
    free(raw->shown_address);
    text_clear(&raw->key);
    json_decref(raw->variables);
    json_decref(raw->created);
    json_decref(raw->rules);
    json_decref(raw->unused);
    json_decref(raw->requests);
    json_decref(raw->handshake);
    free(raw);
}
