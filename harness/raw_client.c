/* SPDX-License-Identifier: MIT */
/* The harness as a client of the manager under test: connections, requests, and what comes back. */
#include <stdlib.h>
#include <string.h>

#include "harness/canonical.h"
#include "harness/process.h"
#include "harness/raw_state.h"
#include "harness/typed.h"
#include "harness/unpickle.h"

/* "Nothing comes" means: nothing within this time. */
#define HOLD_MS 100

#define CLOSED "closed"

/* What came next, as a line, new; *bytes (borrowed, may be NULL) is the frame itself. */
static struct raw_outcome next(struct peer *peer, long long deadline, const unsigned char **bytes, size_t *length)
{
    static const char *const words[] = {[WIRE_CLOSED] = CLOSED,
                                        [WIRE_CUT] = "closed within a frame",
                                        [WIRE_LATE] = CANONICAL_HANG,
                                        [WIRE_TOO_LONG] = "frame too long"};
    const unsigned char *frame = NULL;
    size_t size = 0;
    enum wire_got got = peer->wire ? wire_receive(peer->wire, deadline, &frame, &size) : WIRE_CLOSED;
    if (bytes)
        *bytes = got == WIRE_FRAME ? frame : NULL;
    if (length)
        *length = size;
    return (struct raw_outcome){got == WIRE_FRAME ? raw_show(peer, frame, size) : text_copy(words[got]),
                                got == WIRE_LATE};
}

/* Whether the next thing that comes begins with the word; if not, *outcome is what came. */
static bool expect(struct peer *peer, const char *word, long long deadline, struct raw_outcome *outcome)
{
    *outcome = next(peer, deadline, NULL, NULL);
    if (strncmp(outcome->line, word, strlen(word)) != 0)
        return false;
    free(outcome->line);
    outcome->line = NULL;
    return true;
}

/* A send that was not read before the deadline. */
static bool sent(bool good, struct raw_outcome *outcome)
{
    if (!good)
        *outcome = (struct raw_outcome){text_copy(CANONICAL_HANG), true};
    return good;
}

static bool reach(struct peer *peer, struct raw_outcome *outcome)
{
    char *trouble = NULL;
    raw_peer_close(peer);
    peer->wire = wire_connect(peer->raw->socket, &trouble);
    if (peer->wire)
        raw_peer_trace(peer, TRACE_CLIENT);
    else
        outcome->line = text_copy("no connection");
    free(trouble);
    return peer->wire != NULL;
}

/* The well-behaved handshake, on a new connection if there is none. */
static bool shake(struct peer *peer, long long deadline, struct raw_outcome *outcome)
{
    return (peer->wire || reach(peer, outcome)) && expect(peer, "challenge ", deadline, outcome) &&
           sent(raw_answer(peer, deadline), outcome) && expect(peer, "welcome", deadline, outcome) &&
           sent(raw_challenge(peer, deadline), outcome) && expect(peer, "answer ", deadline, outcome) &&
           sent(raw_send_frame(peer, AUTH_WELCOME, strlen(AUTH_WELCOME), deadline), outcome);
}

/* (None, function, args, {}) on a new connection, up to its reply.  Takes args. */
static bool request_take(struct peer *peer, const char *function, json_t *args, long long deadline,
                         struct raw_outcome *outcome)
{
    json_t *empty = typed_take("$dict", typed_array());
    json_t *tuple = json_pack("[n, s, o, o]", function, typed_take("$tuple", args), empty);
    raw_peer_close(peer);
    if (shake(peer, deadline, outcome) &&
        sent(raw_send_value_take(peer, typed_take("$tuple", json_incref(tuple)), deadline), outcome)) {
        json_decref(tuple);
        return true;
    }
    json_decref(tuple);
    return false;
}

/* ---- steps */

static struct raw_outcome step_connect(struct peer *peer, const json_t *statement, long long deadline)
{
    struct raw_outcome outcome = {0};
    (void)statement, (void)deadline;
    reach(peer, &outcome);
    return outcome;
}

static struct raw_outcome step_handshake(struct peer *peer, const json_t *statement, long long deadline)
{
    struct raw_outcome outcome = {0};
    (void)statement;
    shake(peer, deadline, &outcome);
    return outcome;
}

static struct raw_outcome step_stream(struct peer *peer, const json_t *statement, long long deadline)
{
    struct raw_outcome outcome = {0};
    json_t *args = typed_array();
    (void)statement;
    typed_append_take(args, json_string("raw"));
    if (request_take(peer, "accept_connection", args, deadline, &outcome))
        expect(peer, "RETURN None", deadline, &outcome);
    return outcome;
}

static struct raw_outcome step_ask(struct peer *peer, const json_t *statement, long long deadline)
{
    struct raw_outcome outcome = {0};
    json_t *send = json_copy((json_t *)statement);
    typed_set_take(send, "verb", json_string("send"));
    raw_peer_close(peer);
    if (shake(peer, deadline, &outcome) && sent(raw_act(peer, send, deadline), &outcome))
        outcome = next(peer, deadline, NULL, NULL);
    json_decref(send);
    return outcome;
}

/* The pair in a reply of the given kind, new; NULL if it is another. */
static json_t *result_of(const unsigned char *bytes, size_t length, const char *kind)
{
    char *error = NULL;
    json_t *value = bytes ? unpickle(bytes, length, &error) : NULL, *pair = typed_peek(value, "$tuple");
    const char *seen = json_string_value(json_array_get(pair, 0));
    json_t *result = seen && !strcmp(seen, kind) ? json_incref(json_array_get(pair, 1)) : NULL;
    json_decref(value);
    free(error);
    return result;
}

/* Binds the identifier, and drops the line, if the statement asks for that. */
static void bind(struct peer *peer, const json_t *statement, const char *identifier, struct raw_outcome *outcome)
{
    const char *name = json_string_value(json_object_get(statement, "store"));
    if (!name || !identifier)
        return;
    typed_set_take(peer->raw->variables, name, json_string(identifier));
    free(outcome->line);
    outcome->line = NULL;
}

/* A line for what `create` returned: the typeid and the exposed names, or the reply as it came.  Takes result. */
static void show_created_take(struct peer *peer, const json_t *statement, json_t *result, struct raw_outcome *outcome)
{
    const json_t *pair = typed_peek(result, "$tuple"), *names = typed_peek(json_array_get(pair, 1), "$tuple");
    const char *identifier = json_string_value(json_array_get(pair, 0));
    char *error = NULL;
    if (json_array_size(pair) == 2 && identifier && *identifier && strcmp(identifier, "0") != 0 && names) {
        json_t *body = typed_object();
        typed_set_take(body, "typeid", json_incref(json_array_get(json_object_get(statement, "values"), 0)));
        typed_set_take(body, "exposed", json_incref((json_t *)names));
        body = typed_take("proxy", body);
        free(outcome->line);
        outcome->line = canonical_observation(body, NULL, &error);
        if (!outcome->line)
            outcome->line = text_copy("malformed");
        json_decref(body);
        free(error);
        typed_append_take(peer->raw->created, json_string(identifier));
        bind(peer, statement, identifier, outcome);
    }
    json_decref(result);
}

/* On a connection of its own. */
static struct raw_outcome step_create(struct peer *peer, const json_t *statement, long long deadline)
{
    struct raw_outcome outcome = {0};
    struct peer *own = raw_peer_new(peer->raw, NULL, NULL);
    const unsigned char *bytes;
    size_t length;
    if (request_take(own, "create", json_incref(json_object_get(statement, "values")), deadline, &outcome)) {
        outcome = next(own, deadline, &bytes, &length);
        show_created_take(peer, statement, result_of(bytes, length, "#RETURN"), &outcome);
    }
    raw_peer_close(own);
    return outcome;
}

static struct raw_outcome receive_protocol(struct peer *peer, long long deadline)
{
    const unsigned char *bytes;
    size_t length;
    struct raw_outcome outcome = next(peer, deadline, &bytes, &length);
    int protocol = bytes ? unpickle_protocol(bytes, length) : -1;
    if (protocol >= 0) {
        free(outcome.line);
        outcome.line = text_format("protocol %d", protocol);
    }
    return outcome;
}

/* Whatever comes up to the end of the connection. */
static struct raw_outcome receive_end(struct peer *peer, long long deadline)
{
    const unsigned char *bytes;
    struct raw_outcome outcome = next(peer, deadline, &bytes, NULL);
    while (bytes) {
        free(outcome.line);
        outcome = next(peer, deadline, &bytes, NULL);
    }
    return outcome;
}

static struct raw_outcome step_receive(struct peer *peer, const json_t *statement, long long deadline)
{
    const char *what = json_string_value(json_object_get(statement, "what"));
    const unsigned char *bytes;
    size_t length;
    if (what && !strcmp(what, "protocol"))
        return receive_protocol(peer, deadline);
    if (what && !strcmp(what, "end"))
        return receive_end(peer, deadline);
    if (what && peer->wire && !wire_stirs(peer->wire, process_now() + HOLD_MS))
        return (struct raw_outcome){.line = text_copy(CANONICAL_BLOCKED)};
    struct raw_outcome outcome = next(peer, deadline, &bytes, &length);
    if (json_object_get(statement, "store")) {
        json_t *result = result_of(bytes, length, "#PROXY");
        const char *identifier = raw_token_identifier(result);
        if (identifier)
            typed_append_take(peer->raw->created, json_string(identifier));
        bind(peer, statement, identifier, &outcome);
        json_decref(result);
    }
    return outcome;
}

struct raw_outcome raw_client_step(struct peer *peer, const json_t *statement, long long deadline)
{
    static const struct {
        const char *verb;
        struct raw_outcome (*step)(struct peer *, const json_t *, long long);
    } table[] = {{"connect", step_connect}, {"handshake", step_handshake},
                 {"stream", step_stream},   {"create", step_create},
                 {"ask", step_ask},         {"receive", step_receive}};
    const char *verb = json_string_value(json_object_get(statement, "verb"));
    struct raw_outcome outcome = {0};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (!strcmp(verb, table[i].verb))
            return table[i].step(peer, statement, deadline);
    sent(raw_act(peer, statement, deadline), &outcome);
    return outcome;
}

/* ---- after the session */

void raw_tidy(struct raw *raw, long long deadline)
{
    json_t *identifier;
    size_t i;
    for (struct peer *peer = raw->peers; peer; peer = peer->next)
        raw_peer_close(peer);
    json_array_foreach(raw->created, i, identifier)
    {
        struct raw_outcome outcome = {0};
        struct peer *own = raw_peer_new(raw, NULL, NULL);
        json_t *args = typed_array();
        typed_append_take(args, json_incref(identifier));
        if (request_take(own, "decref", args, deadline, &outcome))
            outcome = next(own, deadline, NULL, NULL);
        free(outcome.line);
        raw_peer_close(own);
    }
    json_array_clear(raw->created);
}

long raw_count_objects(struct raw *raw, long long deadline, char **why)
{
    struct raw_outcome outcome = {0};
    struct peer *own = raw_peer_new(raw, NULL, NULL);
    const unsigned char *bytes = NULL;
    size_t length = 0;
    json_t *count = NULL;
    if (request_take(own, "number_of_objects", typed_array(), deadline, &outcome)) {
        outcome = next(own, deadline, &bytes, &length);
        count = result_of(bytes, length, "#RETURN");
    }
    long number = json_is_integer(count) ? (long)json_integer_value(count) : -1;
    *why = number < 0 ? outcome.line : NULL;
    if (number >= 0)
        free(outcome.line);
    json_decref(count);
    raw_peer_close(own);
    return number;
}
