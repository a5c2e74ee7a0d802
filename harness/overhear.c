/* SPDX-License-Identifier: MIT */
/* What a client and a manager said to each other.  Each side of a connection is a peer of raw_state.h that only
 * listens: what it would have seen had it been the harness. */
#include "harness/overhear.h"

#include <stdlib.h>
#include <string.h>

#include "harness/raw_state.h"
#include "harness/raw_statement.h"
#include "harness/trace.h"
#include "harness/typed.h"
#include "harness/unpickle.h"
#include "harness/xmlrpc.h"

/* Both sides of a connection, by trace_side. */
struct ears {
    struct peer sides[2];
    bool creating; /* the last request was `create` */
};

struct listener {
    struct raw *raw; /* names and key */
    struct ears *ears;
    json_t *names;
    unsigned identifiers;
};

/* ---- names */

static void bind(struct listener *listener, const char *identifier)
{
    const char *name;
    json_t *value;
    if (!identifier || !*identifier)
        return;
    json_object_foreach(listener->raw->variables, name, value)
    {
        if (json_is_string(value) && !strcmp(json_string_value(value), identifier))
            return;
    }
    char *made = text_format("id%u", ++listener->identifiers);
    typed_set_take(listener->raw->variables, made, json_string(identifier));
    typed_set_take(listener->names, made, json_string(identifier));
    free(made);
}

/* Notes what a request asks for, and gives identifiers in a reply their names. */
static void note(struct listener *listener, struct ears *ears, enum trace_side from, const json_t *value)
{
    const json_t *tuple = typed_peek(value, "$tuple") ? typed_peek(value, "$tuple") : value,
                 *result = json_array_get(tuple, 1);
    const char *first = json_string_value(json_array_get(tuple, 0)), *second = json_string_value(result);
    if (from == TRACE_CLIENT) {
        ears->creating = json_is_null(json_array_get(tuple, 0)) && second && !strcmp(second, "create");
        return;
    }
    if (first && !strcmp(first, "#PROXY"))
        bind(listener, raw_token_identifier(result));
    if (first && !strcmp(first, "#RETURN") && ears->creating)
        bind(listener, json_string_value(
                           json_array_get(typed_peek(result, "$tuple") ? typed_peek(result, "$tuple") : result, 0)));
}

char *overhear_named_take(char *text, const json_t *names)
{
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)names, name, value)
    {
        text = text_replace_take(text, json_string_value(value), name);
    }
    return text;
}

/* ---- frames */

static bool begins(const char *line, const char *word)
{
    return !strncmp(line, word, strlen(word));
}

static bool is_handshake(const char *line)
{
    static const char *const words[] = {"challenge ", "answer ", "wrong answer ", "welcome", "failure"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (begins(line, words[i]))
            return true;
    return false;
}

/* The side that sent a challenge waits for its answer. */
static void expect_answer(struct ears *ears, enum trace_side from, const struct trace_record *record)
{
    struct auth_bytes message;
    struct peer *sender = &ears->sides[from];
    if (!auth_is_challenge((struct auth_bytes){record->bytes, record->kept}, &message))
        return;
    text_clear(&sender->ours);
    text_add(&sender->ours, message.bytes, message.length);
    sender->challenged = true;
}

static char *hex(const struct text *bytes)
{
    struct text out = {0};
    text_hex(&out, bytes->bytes, bytes->length);
    return text_give(&out);
}

/* What an answer should have been. */
static char *right_answer(const struct peer *hearer)
{
    struct text answer = {0};
    if (!auth_answer(&answer, raw_bytes(&hearer->raw->key), raw_bytes(&hearer->ours)))
        return text_copy("no answer is right: the challenge names no digest that is known");
    char *digits = hex(&answer), *made = text_format("right were, in hexadecimal, %s", digits);
    free(digits);
    text_clear(&answer);
    return made;
}

/* A message of the handshake in words, before the hearer forgets what it is about. */
static char *explain(const struct peer *hearer, const char *line)
{
    if (begins(line, "challenge {"))
        return text_copy("with the name of a digest (3.12 and later): the answer is the name in braces and the HMAC of "
                         "all that follows the mark");
    if (begins(line, "challenge 20 bytes"))
        return text_copy("raw, without a digest's name (before 3.12): the answer is the HMAC-MD5 of these bytes");
    if (begins(line, "answer md5"))
        return text_copy("right; raw, without a digest's name");
    if (begins(line, "answer "))
        return text_copy("right; with the name of its digest");
    if (begins(line, "wrong answer "))
        return right_answer(hearer);
    return NULL;
}

static char *rename_take(char *line, const char *word, const char *other)
{
    if (!begins(line, word))
        return line;
    char *made = text_format("%s%s", other, line + strlen(word));
    free(line);
    return made;
}

/* The value in a frame, new; *kind is what it is written in.  NULL if there is none. */
static json_t *read_frame(const void *bytes, size_t length, enum heard_kind *kind)
{
    char *error = NULL;
    json_t *value = unpickle(bytes, length, &error);
    *kind = value ? HEARD_PICKLE : HEARD_BYTES;
    if (!value && (value = xmlrpc_read(bytes, length)))
        *kind = HEARD_TEXT;
    free(error);
    return value;
}

/* A value that came as XML-RPC in words: a pair is a list there. */
static char *show_text(const struct raw *raw, json_t *value)
{
    const char *kind = json_string_value(json_array_get(value, 0));
    bool reply = json_array_size(value) == 2 && kind && *kind == '#';
    json_t *message = reply ? typed_take("$tuple", json_incref(value)) : json_incref(value);
    char *line = raw_show_message(raw, message);
    json_decref(message);
    return line;
}

/* A whole frame of which everything was kept. */
static struct heard hear(struct listener *listener, const struct trace_record *record)
{
    struct ears *ears = &listener->ears[record->connection - 1];
    struct peer *hearer = &ears->sides[record->side == TRACE_CLIENT ? TRACE_MANAGER : TRACE_CLIENT];
    enum heard_kind kind;
    const void *bytes = record->kept ? record->bytes : (const void *)"";
    json_t *value = read_frame(bytes, record->kept, &kind);
    if (value)
        note(listener, ears, record->side, value);
    char *line = kind == HEARD_TEXT ? show_text(listener->raw, value) : raw_show(hearer, bytes, record->kept),
         *remark = explain(hearer, line);
    kind = is_handshake(line) ? HEARD_HANDSHAKE : kind;
    expect_answer(ears, record->side, record);
    if (!begins(line, "challenge "))
        hearer->challenged = false;
    if (record->side == TRACE_CLIENT)
        line = rename_take(line, "message ", "request ");
    json_decref(value);
    line = overhear_named_take(line, listener->names); /* … where they stand in other text, too */
    return (struct heard){kind, line, remark};
}

static struct heard hear_part(const struct trace_record *record)
{
    char *line;
    if (record->header_length < 4)
        line = text_copy("cut off within its header");
    else if (!record->whole)
        line = text_format("cut off after %llu of %llu bytes", (unsigned long long)record->came,
                           (unsigned long long)record->size);
    else
        line = text_format("too long to be shown whole: the first %zu bytes", record->kept);
    return (struct heard){HEARD_BYTES, line, NULL};
}

struct heard *overhear(const struct trace_log *log, json_t **names)
{
    struct heard *heard = text_calloc(log->count + 1, sizeof *heard);
    const char *address = log->address ? log->address : "unix:", *key = log->key ? log->key : "";
    struct listener listener = {.raw = raw_client(address, key), .names = typed_object()};
    listener.ears = text_calloc(log->connections + 1, sizeof *listener.ears);
    if (!strncmp(address, "unix:", 5) && address[5])
        typed_set_take(listener.names, RAW_ADDRESS, json_string(address + 5));
    for (size_t i = 0; i < log->connections; i++)
        listener.ears[i].sides[0].raw = listener.ears[i].sides[1].raw = listener.raw;
    for (size_t i = 0; i < log->count; i++) {
        const struct trace_record *record = &log->records[i];
        if (record->kind == TRACE_FRAME)
            heard[i] = record->whole && record->kept == record->size ? hear(&listener, record) : hear_part(record);
    }
    for (size_t i = 0; i < log->connections; i++)
        for (int side = 0; side < 2; side++) {
            text_clear(&listener.ears[i].sides[side].ours);
            text_clear(&listener.ears[i].sides[side].theirs);
        }
    free(listener.ears);
    raw_end(listener.raw);
    *names = listener.names;
    return heard;
}

void overhear_free(struct heard *heard, const struct trace_log *log)
{
    for (size_t i = 0; heard && i < log->count; i++) {
        free(heard[i].line);
        free(heard[i].remark);
    }
    free(heard);
}
