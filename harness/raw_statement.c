/* SPDX-License-Identifier: MIT */
/* One statement of a raw prompt → JSON.  The verbs are a table at the end; those that may stand behind `on …:`, too,
 * are the same in both roles. */
#include "harness/raw_statement.h"

#include <string.h>

#include "harness/action.h"
#include "harness/pickle.h"
#include "harness/text.h"
#include "harness/typed.h"

/* Where a verb may stand. */
enum place { AS_CLIENT = 1, AS_SERVER = 2, BEHIND_ON = 4 };

struct verb {
    const char *name;
    unsigned places;
    bool quiet;
    bool (*parse)(struct parser *parser, json_t *out); /* what stands behind the name; NULL: nothing */
};

static const struct verb *find_verb(const struct parser *parser, unsigned places);

bool raw_statement_prompt(const char *client)
{
    return !strncmp(client, "raw", 3) && strspn(client + 3, "0123456789") == strlen(client + 3);
}

/* ---- what stands behind a verb */

static bool at_end(const struct parser *parser)
{
    return parse_token(parser)->kind == TOKEN_END || parse_at(parser, ";");
}

/* Values separated by commas, at least one, as the member key. */
static bool values(struct parser *parser, json_t *out, const char *key)
{
    json_t *list = typed_array();
    typed_set_take(out, key, list);
    do {
        json_t *value = parse_value(parser);
        if (!value)
            return false;
        typed_append_take(list, value);
    } while (parse_accept(parser, ","));
    return true;
}

/* A small number from 0 to most. */
static bool number(struct parser *parser, json_t *out, const char *key, json_int_t most)
{
    json_t *value = parse_token(parser)->kind == TOKEN_NUMBER ? parse_number(parser, false) : NULL;
    bool good = json_is_integer(value) && json_integer_value(value) <= most;
    if (good) {
        typed_set_take(out, key, value);
        return true;
    }
    json_decref(value);
    if (!parser->failed)
        parse_expected(parser, "a number up to %lld behind '%s'", (long long)most, key);
    return false;
}

/* send [protocol N] [long] [slowly] [apart] [cut N] (frame | bytes | nothing of both) values */
static bool send_forms(struct parser *parser, json_t *out)
{
    static const char *const flags[] = {"long", "slowly", "apart"};
    for (bool again = true; again && !parser->failed;) {
        again = false;
        for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
            if (parse_accept(parser, flags[i])) {
                typed_set_take(out, flags[i], json_true());
                again = true;
            }
        if (parse_accept(parser, "protocol"))
            again = number(parser, out, "protocol", PICKLE_PROTOCOL_MAX);
        else if (parse_accept(parser, "cut"))
            again = number(parser, out, "cut", 1 << 20);
    }
    return !parser->failed;
}

static bool parse_send(struct parser *parser, json_t *out)
{
    if (!send_forms(parser, out))
        return false;
    const char *how = parse_accept(parser, "frame") ? "frame" : parse_accept(parser, "bytes") ? "bytes" : "pickle";
    typed_set_take(out, "how", json_string(how));
    return values(parser, out, "values");
}

/* [parts of the message] */
static bool parse_challenge(struct parser *parser, json_t *out)
{
    return at_end(parser) || values(parser, out, "values");
}

/* [raw] ['digest'] [key b'…'] [as b'…'] [cut N] */
static bool parse_answer(struct parser *parser, json_t *out)
{
    if (parse_accept(parser, "raw"))
        typed_set_take(out, "raw", json_true());
    if (parse_token(parser)->kind == TOKEN_STRING) {
        json_t *digest = parse_string(parser);
        if (!json_is_string(digest)) {
            json_decref(digest);
            return parse_expected(parser, "the name of a digest as a str before this");
        }
        typed_set_take(out, "digest", digest);
    }
    static const char *const keys[] = {"key", "as"};
    for (size_t i = 0; i < 2; i++) {
        if (!parse_accept(parser, keys[i]))
            continue;
        json_t *bytes = parse_token(parser)->kind == TOKEN_STRING ? parse_string(parser) : NULL;
        if (!typed_peek(bytes, "$bytes")) {
            json_decref(bytes);
            return parser->failed ? false : parse_expected(parser, "bytes behind '%s'", keys[i]) != NULL;
        }
        typed_set_take(out, keys[i], bytes);
    }
    return !parse_accept(parser, "cut") || number(parser, out, "cut", 64);
}

static bool parse_ask(struct parser *parser, json_t *out)
{
    typed_set_take(out, "how", json_string("pickle"));
    return send_forms(parser, out) && values(parser, out, "values");
}

static bool parse_create(struct parser *parser, json_t *out)
{
    return values(parser, out, "values");
}

/* One of the words, as the member "what". */
static bool optional_word(struct parser *parser, json_t *out, const char *const *words)
{
    for (; *words; words++)
        if (parse_accept(parser, *words))
            typed_set_take(out, "what", json_string(*words));
    return true;
}

static bool parse_receive(struct parser *parser, json_t *out)
{
    static const char *const words[] = {"nothing", "protocol", "end", NULL};
    return optional_word(parser, out, words);
}

static bool parse_seen(struct parser *parser, json_t *out)
{
    static const char *const words[] = {"handshake", "protocol", NULL};
    return optional_word(parser, out, words);
}

static json_t *one(struct parser *parser, unsigned places, bool *quiet)
{
    const struct verb *verb = find_verb(parser, places);
    if (!verb)
        return parse_expected(parser, "what a raw peer does here (send, close, …)");
    json_t *out = typed_object();
    typed_set_take(out, "verb", json_string(verb->name));
    *quiet = verb->quiet;
    parse_next(parser);
    if (!verb->parse || verb->parse(parser, out))
        return out;
    json_decref(out);
    return NULL;
}

/* on EVENT: action; action … */
static bool parse_on(struct parser *parser, json_t *out)
{
    static const char *const events[] = {"accept", "answer", "challenge", "verdict"};
    bool quiet;
    json_t *actions = typed_array(), *event = NULL, *action = NULL;
    typed_set_take(out, "do", actions);
    for (size_t i = 0; i < sizeof events / sizeof *events; i++)
        if (parse_at(parser, events[i]))
            event = json_string(events[i]);
    bool named = !event && parse_token(parser)->kind == TOKEN_STRING;
    if (event)
        parse_next(parser);
    else if (named)
        event = parse_string(parser);
    if (named && json_is_string(event)) {
        char *name = text_format("'%s'", json_string_value(event));
        json_decref(event);
        event = json_string(name);
        free(name);
    } else if (!event || named) {
        json_decref(event);
        if (parser->failed)
            return false;
        return parse_expected(parser, "accept, answer, challenge, verdict, or the name of a function or method");
    }
    typed_set_take(out, "event", event ? event : json_null());
    if (parser->failed || at_end(parser))
        return !parser->failed;
    if (!parse_require(parser, ":"))
        return false;
    do {
        if (!(action = one(parser, BEHIND_ON, &quiet)))
            return false;
        typed_append_take(actions, action);
    } while (parse_accept(parser, ";"));
    return true;
}

/* ---- the whole */

bool raw_statement_parse(struct parser *parser, enum peer_role peer, struct statement *out)
{
    *out = (struct statement){0};
    struct lexer ahead = parser->lexer;
    const struct token name = *parse_token(parser);
    lex_next(&ahead);
    bool binds = name.kind == TOKEN_NAME && lex_is(&ahead.token, "=");
    if (binds) {
        parse_next(parser);
        parse_next(parser);
        if (!parse_at(parser, "create") && !parse_at(parser, "receive"))
            parse_expected(parser, "create or receive behind 'NAME ='");
    }
    if (!parser->failed)
        out->raw = one(parser, peer == PEER_CLIENT ? AS_CLIENT : AS_SERVER, &out->quiet);
    if (!parser->failed && parse_token(parser)->kind != TOKEN_END)
        parse_expected(parser, "the end of the line");
    if (!parser->failed && binds) {
        out->quiet = true;
        out->binds = text_format("%.*s", (int)name.length, name.start);
        typed_set_take(out->raw, "store", json_string(out->binds));
    }
    return !parser->failed;
}

static const struct verb *find_verb(const struct parser *parser, unsigned places)
{
    static const struct verb table[] = {
        {"connect", AS_CLIENT, true, NULL},
        {"handshake", AS_CLIENT, true, NULL},
        {"stream", AS_CLIENT, true, NULL},
        {"create", AS_CLIENT, false, parse_create},
        {"ask", AS_CLIENT, false, parse_ask},
        {"receive", AS_CLIENT, false, parse_receive},
        {"send", AS_CLIENT | BEHIND_ON, true, parse_send},
        {"challenge", AS_CLIENT | BEHIND_ON, true, parse_challenge},
        {"answer", AS_CLIENT | BEHIND_ON, true, parse_answer},
        {"welcome", AS_CLIENT | BEHIND_ON, true, NULL},
        {"end", AS_CLIENT | BEHIND_ON, true, NULL},
        {"close", AS_CLIENT | BEHIND_ON, true, NULL},
        {"nothing", BEHIND_ON, true, NULL},
        {"on", AS_SERVER, true, parse_on},
        {"seen", AS_SERVER, false, parse_seen},
        {"streams", AS_SERVER, false, NULL},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if ((table[i].places & places) && parse_at(parser, table[i].name))
            return &table[i];
    return NULL;
}
