/* SPDX-License-Identifier: MIT */
/* The harness as the manager that a proxy under test connects to.  It is well-behaved but for the rules that the
 * statements set: what it does instead when something comes.  It serves from the callbacks of watch.h, whenever an
 * adapter is waited for, and never waits itself. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/canonical.h"
#include "harness/process.h"
#include "harness/raw_state.h"
#include "harness/typed.h"
#include "harness/unpickle.h"
#include "harness/watch.h"

/* A proxy that does not read what it asked for is not waited for longer. */
#define SEND_MS 1000

/* ---- rules */

/* Does what the rule for event says instead of the usual.  False if there is none. */
static bool instead(struct peer *peer, const char *event)
{
    const json_t *actions = json_object_get(peer->raw->rules, event);
    json_t *action, *kept = json_incref((json_t *)actions);
    size_t i;
    json_object_del(peer->raw->unused, event);
    json_array_foreach(kept, i, action)
    {
        raw_act(peer, action, process_now() + SEND_MS);
    }
    json_decref(kept);
    return actions != NULL;
}

/* ---- requests */

static void reply_take(struct peer *peer, json_t *result)
{
    json_t *pair = typed_array();
    typed_append_take(pair, json_string("#RETURN"));
    typed_append_take(pair, result);
    raw_send_value_take(peer, typed_take("$tuple", pair), process_now() + SEND_MS);
}

/* What `create` returns: an identifier that is new, and no exposed names. */
static json_t *created(struct raw *raw)
{
    char *identifier = text_format("a%u", ++raw->identifiers);
    json_t *pair = typed_array();
    typed_append_take(pair, json_string(identifier));
    typed_append_take(pair, typed_take("$tuple", typed_array()));
    free(identifier);
    return typed_take("$tuple", pair);
}

/* The name in a request, borrowed: (…, NAME, …); "" if there is none. */
static const char *asked_for(const json_t *request)
{
    const char *name = json_string_value(json_array_get(typed_peek(request, "$tuple"), 1));
    return name ? name : "";
}

static void serve_request(struct peer *peer, const json_t *request)
{
    const char *name = asked_for(request);
    char *event = text_format("'%s'", name);
    bool stream = peer->stage == STAGE_STREAM, done = instead(peer, event);
    free(event);
    if (!done)
        reply_take(peer, !stream && !strcmp(name, "create") ? created(peer->raw) : json_null());
    if (!stream && !strcmp(name, "accept_connection"))
        peer->stage = STAGE_STREAM;
    else if (!stream)
        raw_peer_close(peer);
}

static void take_request(struct peer *peer, const void *bytes, size_t length)
{
    char *error = NULL;
    json_t *request = unpickle(bytes, length, &error);
    if (!request)
        request = typed_hex("$bytes", bytes, length);
    json_array_append(peer->raw->requests, request);
    peer->raw->protocol = unpickle_protocol(bytes, length);
    serve_request(peer, request);
    json_decref(request);
    free(error);
}

/* ---- the handshake */

static void note_take(struct peer *peer, char *words)
{
    json_array_append_new(peer->raw->handshake, json_string(words));
    free(words);
}

static void take_answer(struct peer *peer, const void *bytes, size_t length)
{
    char *words = raw_show(peer, bytes, length);
    bool right = !strncmp(words, "answer ", 7);
    note_take(peer, words);
    peer->challenged = false;
    peer->stage = STAGE_CHALLENGE;
    if (!instead(peer, "answer"))
        raw_send_frame(peer, right ? AUTH_WELCOME : AUTH_FAILURE, strlen(right ? AUTH_WELCOME : AUTH_FAILURE),
                       process_now() + SEND_MS);
}

static void take_challenge(struct peer *peer, const void *bytes, size_t length)
{
    note_take(peer, raw_show(peer, bytes, length));
    peer->stage = STAGE_VERDICT;
    if (!instead(peer, "challenge"))
        raw_answer(peer, process_now() + SEND_MS);
}

static void take_verdict(struct peer *peer, const void *bytes, size_t length)
{
    char *words = raw_show(peer, bytes, length);
    bool welcome = !strcmp(words, "welcome");
    note_take(peer, words);
    peer->stage = STAGE_REQUEST;
    if (!instead(peer, "verdict") && !welcome)
        raw_peer_close(peer);
}

/* ---- connections */

static void take_frame(struct peer *peer, const void *bytes, size_t length)
{
    static void (*const takers[])(struct peer *, const void *, size_t) = {[STAGE_ANSWER] = take_answer,
                                                                          [STAGE_CHALLENGE] = take_challenge,
                                                                          [STAGE_VERDICT] = take_verdict,
                                                                          [STAGE_REQUEST] = take_request,
                                                                          [STAGE_STREAM] = take_request};
    takers[peer->stage](peer, bytes, length);
}

static void serve_peer(void *context)
{
    struct peer *peer = context;
    const unsigned char *bytes;
    size_t length;
    while (peer->wire) {
        enum wire_got got = wire_receive(peer->wire, 0, &bytes, &length);
        if (got == WIRE_LATE)
            return;
        if (got == WIRE_FRAME)
            take_frame(peer, bytes, length);
        else
            raw_peer_close(peer);
    }
}

static void serve_listener(void *context)
{
    struct raw *raw = context;
    struct wire *wire;
    while ((wire = wire_accept(raw->listener))) {
        struct peer *peer = raw_peer_new(raw, NULL, wire);
        raw->accepted++;
        raw_peer_trace(peer, TRACE_MANAGER);
        json_array_clear(raw->handshake);
        if (!watch_add(wire_descriptor(wire), serve_peer, peer)) {
            raw_peer_close(peer);
            continue;
        }
        if (!instead(peer, "accept"))
            raw_challenge(peer, process_now() + SEND_MS);
    }
}

struct raw *raw_server(const char *folder, char **trouble)
{
    char *path = text_format("%s/raw", folder);
    struct raw *raw = raw_server_make(path);
    unlink(path);
    free(path);
    raw->listener = wire_listen(raw->address, trouble);
    if (raw->listener >= 0 && watch_add(raw->listener, serve_listener, raw))
        return raw;
    raw_end(raw);
    return NULL;
}

/* ---- steps */

static struct raw_outcome step_on(struct raw *raw, const json_t *statement, long long deadline)
{
    const char *event = json_string_value(json_object_get(statement, "event"));
    json_t *actions = json_object_get(statement, "do");
    (void)deadline;
    if (json_array_size(actions)) {
        json_object_set(raw->rules, event, actions);
        json_object_set_new(raw->unused, event, json_true());
    } else {
        json_object_del(raw->rules, event);
    }
    return (struct raw_outcome){0};
}

/* What the proxies did before they answered the last step is there by now: takes it. */
static void serve_all(struct raw *raw)
{
    serve_listener(raw);
    for (struct peer *peer = raw->peers; peer; peer = peer->next)
        serve_peer(peer);
}

static struct raw_outcome step_seen(struct raw *raw, const json_t *statement, long long deadline)
{
    const char *what = json_string_value(json_object_get(statement, "what"));
    bool handshake = what && !strcmp(what, "handshake");
    (void)deadline;
    if (what && !handshake)
        return (struct raw_outcome){.line = text_format("protocol %d", raw->protocol)};
    serve_all(raw);
    char *line = raw_show_value(raw, handshake ? raw->handshake : raw->requests);
    if (!handshake)
        json_array_clear(raw->requests);
    return (struct raw_outcome){.line = line};
}

static size_t open_streams(const struct raw *raw)
{
    size_t count = 0;
    for (const struct peer *peer = raw->peers; peer; peer = peer->next)
        count += peer->wire && peer->stage == STAGE_STREAM;
    return count;
}

/* How many streams the proxies hold open. */
static struct raw_outcome step_streams(struct raw *raw, const json_t *statement, long long deadline)
{
    (void)statement, (void)deadline;
    serve_all(raw);
    return (struct raw_outcome){.line = text_format("%zu", open_streams(raw))};
}

struct raw_outcome raw_server_step(struct raw *raw, const json_t *statement, long long deadline)
{
    static const struct {
        const char *verb;
        struct raw_outcome (*step)(struct raw *, const json_t *, long long);
    } table[] = {{"on", step_on}, {"seen", step_seen}, {"streams", step_streams}};
    const char *verb = json_string_value(json_object_get(statement, "verb"));
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (!strcmp(verb, table[i].verb))
            return table[i].step(raw, statement, deadline);
    return (struct raw_outcome){0};
}

char *raw_settle(struct raw *raw)
{
    const char *event = json_object_iter_key(json_object_iter(raw->unused));
    char *why = NULL;
    if (!raw->accepted)
        why = text_copy("the proxy never connected to the harness");
    else if (event)
        why = text_format("the proxy did not do what the case prepares for: 'on %s' was never needed", event);
    json_object_clear(raw->rules);
    json_object_clear(raw->unused);
    return why;
}
