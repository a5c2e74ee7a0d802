/* SPDX-License-Identifier: MIT */
/* A frame in words: the lines of raw steps (cases/README.md, Raw peers). */
#include <stdlib.h>
#include <string.h>

#include "harness/canonical.h"
#include "harness/canonical_write.h"
#include "harness/raw_state.h"
#include "harness/raw_statement.h"
#include "harness/typed.h"
#include "harness/unpickle.h"

/* What differs in each run is shown by its name: the manager's address, and the identifiers that are bound. */
static char *named_take(const struct raw *raw, char *line)
{
    const char *name;
    json_t *value;
    line = text_replace_take(line, raw->shown_address, RAW_ADDRESS);
    json_object_foreach(raw->variables, name, value)
    {
        char *shown = json_is_string(value) ? text_format("'%s'", json_string_value(value)) : NULL;
        line = text_replace_take(line, shown, name);
        free(shown);
    }
    return line;
}

/* "PREFIX LINE" of what canonical.h makes of an observation, behind the word that it begins with. */
static char *observed_take(const struct raw *raw, const char *kind, json_t *observed, const char *word)
{
    char *error = NULL, *line = canonical_observation(observed, NULL, &error), *made;
    const char *rest = line;
    if (line && !strncmp(line, word, strlen(word)))
        rest = line + strlen(word);
    made = line ? text_format("%s %s", kind, rest) : text_format("%s malformed: %s", kind, error);
    json_decref(observed);
    free(line);
    free(error);
    return named_take(raw, made);
}

char *raw_show_value(const struct raw *raw, const json_t *value)
{
    char *error = NULL, *line = canonical_value(value, &error);
    if (!line)
        line = text_format("malformed: %s", error);
    free(error);
    return named_take(raw, line);
}

static char *show_result(const struct raw *raw, const char *kind, const json_t *result)
{
    char *value = raw_show_value(raw, result), *line = text_format("%s %s", kind, value);
    free(value);
    return line;
}

/* A traceback by the line that names the exception. */
static char *show_text(const struct raw *raw, const char *kind, const json_t *result)
{
    const char *text = json_string_value(result);
    bool unserializable = !strcmp(kind, "UNSERIALIZABLE");
    if (!text)
        return show_result(raw, kind, result);
    char *argument = text_format("%s%s", unserializable ? "Unserializable message: " : "", text);
    json_t *observed = typed_text("remote_error", argument);
    free(argument);
    return observed_take(raw, kind, observed, unserializable ? "RemoteError unserializable " : "RemoteError ");
}

/* The parts of a token's state: typeid, address, identifier.  Borrowed, NULL if it is none. */
static const json_t *token_parts(const json_t *value)
{
    const json_t *body = typed_peek(value, "$reduce"), *args = json_object_get(body, "args"),
                 *state = typed_peek(json_object_get(body, "state"), "$tuple");
    const char *class = json_string_value(typed_peek(json_array_get(args, 0), "$global"));
    return class && !strcmp(class, "multiprocessing.managers:Token") && json_array_size(state) == 3 ? state : NULL;
}

const char *raw_token_identifier(const json_t *result)
{
    return json_string_value(json_array_get(token_parts(json_array_get(typed_peek(result, "$tuple"), 1)), 2));
}

static char *show_proxy(const struct raw *raw, const char *kind, const json_t *result)
{
    const json_t *pair = typed_peek(result, "$tuple"), *token = token_parts(json_array_get(pair, 1));
    const json_t *exposed = json_array_get(pair, 0);
    const json_t *names = typed_peek(exposed, "$tuple") ? typed_peek(exposed, "$tuple") : exposed;
    if (json_array_size(pair) != 2 || !token || !json_is_array(names))
        return show_result(raw, kind, result);
    json_t *body = typed_object();
    typed_set_take(body, "typeid", json_incref(json_array_get(token, 0)));
    typed_set_take(body, "exposed", json_incref((json_t *)names));
    return observed_take(raw, kind, typed_take("proxy", body), "proxy ");
}

/* Shown without the "#", which begins a remark in a case. */
static const struct kind {
    const char *name;
    char *(*show)(const struct raw *raw, const char *kind, const json_t *result);
} kinds[] = {{"#RETURN", show_result},
             {"#ERROR", show_result},
             {"#PROXY", show_proxy},
             {"#TRACEBACK", show_text},
             {"#UNSERIALIZABLE", show_text}};

char *raw_show_message(const struct raw *raw, const json_t *value)
{
    const json_t *pair = typed_peek(value, "$tuple");
    const char *kind = json_array_size(pair) == 2 ? json_string_value(json_array_get(pair, 0)) : NULL;
    for (size_t i = 0; kind && i < sizeof kinds / sizeof *kinds; i++)
        if (!strcmp(kind, kinds[i].name))
            return kinds[i].show(raw, kind + 1, json_array_get(pair, 1));
    return show_result(raw, "message", value);
}

static bool is(struct auth_bytes frame, const char *text)
{
    return frame.length == strlen(text) && !memcmp(frame.bytes, text, frame.length);
}

static char *show_bytes(struct auth_bytes frame)
{
    struct text out = {0};
    text_puts(&out, "frame ");
    write_bytes(&out, frame.bytes, frame.length);
    return text_give(&out);
}

char *raw_show(struct peer *peer, const void *bytes, size_t length)
{
    struct auth_bytes frame = {bytes, length}, message;
    char *error = NULL, *line, *words;
    if (auth_is_challenge(frame, &message)) {
        text_clear(&peer->theirs);
        text_add(&peer->theirs, message.bytes, message.length);
        words = auth_describe(message);
        line = text_format("challenge %s", words);
        free(words);
        return line;
    }
    if (is(frame, AUTH_WELCOME) || is(frame, AUTH_FAILURE))
        return text_copy(is(frame, AUTH_WELCOME) ? "welcome" : "failure");
    const char *digest =
        peer->challenged ? auth_check(raw_bytes(&peer->raw->key), raw_bytes(&peer->ours), frame) : NULL;
    if (digest) {
        peer->challenged = false;
        return text_format("answer %s", digest);
    }
    json_t *value = unpickle(bytes, length, &error);
    if (value)
        line = raw_show_message(peer->raw, value);
    else
        line = peer->challenged ? text_format("wrong answer of %zu bytes", length) : show_bytes(frame);
    json_decref(value);
    free(error);
    return line;
}
