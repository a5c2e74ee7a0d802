/* SPDX-License-Identifier: MIT */
/* One statement of a case → the adapter request that does it: the grammar of cases/README.md by recursive descent, as
 * far as it binds, sets, deletes, hands and waits; actions are action.c's. */
#include "harness/statement.h"

#include "harness/action.h"
#include "harness/text.h"
#include "harness/typed.h"
#include "harness/words.h"

#include <stdlib.h>
#include <string.h>

static const char *find_augmented(const struct parser *parser);

static char *spelled(const struct token *token)
{
    return text_format("%.*s", (int)token->length, token->start);
}

/* A variable that is bound, as {"$var": …}, with its name in *name. */
static json_t *bound_variable(struct parser *parser, struct token *name)
{
    *name = *parse_token(parser);
    if (name->kind != TOKEN_NAME || !names_has(parser->bound, name->start, name->length))
        return parse_expected(parser, "a name that an earlier step of this client binds");
    return parse_value(parser);
}

/* del NAME, del NAME.NAME, del NAME[…]. */
static json_t *delete_statement(struct parser *parser, struct statement *out)
{
    struct token name, member;
    json_t *made, *on = bound_variable(parser, &name);
    if (!on)
        return NULL;
    if (parse_accept(parser, "[")) {
        json_t *key = action_subscript(parser);
        if (key)
            return action_operation("delitem", on, key);
        json_decref(on);
        return NULL;
    }
    if (!parse_accept(parser, ".")) {
        json_decref(on);
        out->drops = spelled(&name);
        made = action_request("drop");
        action_set_name(made, "name", &name);
        return made;
    }
    if (!action_require_name(parser, "a name behind '.'", &member)) {
        json_decref(on);
        return NULL;
    }
    made = action_request("delattr");
    typed_set_take(made, "on", on);
    action_set_name(made, "name", &member);
    return made;
}

/* Behind "hand": NAME to CLIENT. */
static void hand_statement(struct parser *parser, struct statement *out)
{
    struct token name, client;
    json_t *on = bound_variable(parser, &name);
    json_decref(on);
    if (!on || !parse_require(parser, "to") || !action_require_name(parser, "the name of a client", &client))
        return;
    for (size_t i = 0; i < client.length; i++)
        if (!((client.start[i] >= 'a' && client.start[i] <= 'z') ||
              (i && client.start[i] >= '0' && client.start[i] <= '9'))) {
            parse_error(parser, client.start, "expected the name of a client: small letters and digits");
            return;
        }
    out->hand_name = spelled(&name);
    out->hand_to = lex_is(&client, "main") ? text_copy("") : spelled(&client);
    out->binds = spelled(&name);
}

/* Whether the name may be bound; complains if not. */
static bool may_bind(struct parser *parser, const struct token *name)
{
    bool taken =
        words_has(words_keywords, name->start, name->length) || words_has(words_builtins, name->start, name->length) ||
        words_has(words_exceptions, name->start, name->length) || words_has(words_reserved, name->start, name->length);
    if (taken)
        parse_error(parser, name->start, "'%.*s' means something already and cannot be a variable", (int)name->length,
                    name->start);
    return !taken;
}

/* NAME = action. */
static json_t *assignment(struct parser *parser, struct statement *out)
{
    const struct token name = *parse_token(parser);
    if (!may_bind(parser, &name))
        return NULL;
    parse_next(parser);
    parse_next(parser);
    json_t *made = action_parse(parser, out);
    if (!made)
        return NULL;
    action_set_name(made, "store", &name);
    out->binds = spelled(&name);
    return made;
}

/* NAME += value and the like. */
static json_t *augmented(struct parser *parser, const char *function, struct statement *out)
{
    struct token name;
    json_t *variable = bound_variable(parser, &name), *value, *made;
    if (!variable)
        return NULL;
    parse_next(parser);
    if (!(value = parse_value(parser))) {
        json_decref(variable);
        return NULL;
    }
    made = action_operation(function, variable, value);
    action_set_name(made, "store", &name);
    out->binds = spelled(&name);
    return made;
}

/* An action that is followed by "=": NAME.NAME = value or NAME[…] = value.  Takes the request of the left side. */
static json_t *setting(struct parser *parser, json_t *left)
{
    const char *op = json_string_value(json_object_get(left, "op"));
    const char *function = json_string_value(json_object_get(left, "name"));
    bool item = !strcmp(op, "operator") && !strcmp(function, "getitem"), member = !strcmp(op, "getattr");
    json_t *operands = json_object_get(left, "operands");
    json_t *target = item ? json_array_get(operands, 0) : json_object_get(left, "on"), *value = NULL;
    if ((!item && !member) || !typed_peek(target, "$var"))
        parse_expected(parser, "the end of the line (only a name, NAME.NAME or NAME[…] can be set)");
    else if (parse_require(parser, "="))
        value = parse_value(parser);
    if (!value) {
        json_decref(left);
        return NULL;
    }
    if (item) {
        typed_append_take(operands, value);
        typed_set_take(left, "name", json_string("setitem"));
    } else {
        typed_set_take(left, "op", json_string("setattr"));
        typed_set_take(left, "value", value);
    }
    return left;
}

static void parse_any(struct parser *parser, struct statement *out)
{
    struct lexer ahead = parser->lexer, *now = &parser->lexer;
    const char *function;
    lex_next(&ahead);
    if (parse_accept(parser, "del")) {
        out->quiet = true;
        out->request = delete_statement(parser, out);
    } else if (parse_at(parser, "until") && !lex_is(&ahead.token, "=")) {
        parse_next(parser);
        out->quiet = true;
        if ((out->until = parse_value(parser)) && parse_require(parser, ":"))
            out->request = action_parse(parser, out);
    } else if (parse_at(parser, "hand") && ahead.token.kind == TOKEN_NAME) {
        parse_next(parser);
        out->quiet = true;
        hand_statement(parser, out);
    } else if (now->token.kind == TOKEN_NAME && lex_is(&ahead.token, "=")) {
        out->quiet = true;
        out->request = assignment(parser, out);
    } else if (now->token.kind == TOKEN_NAME && (function = find_augmented(&(struct parser){.lexer = ahead}))) {
        out->quiet = true;
        out->request = augmented(parser, function, out);
    } else {
        out->request = action_parse(parser, out);
        if (out->request && parse_at(parser, "=")) {
            out->quiet = true;
            out->request = setting(parser, out->request);
        }
    }
}

bool statement_parse(struct parser *parser, struct statement *out)
{
    *out = (struct statement){0};
    parse_any(parser, out);
    if (!parser->failed && parse_token(parser)->kind != TOKEN_END)
        parse_expected(parser,
                       "the end of the line (one action per step: bind its result to a name and go on in the next)");
    return !parser->failed;
}

void statement_free(struct statement *statement)
{
    json_decref(statement->request);
    json_decref(statement->until);
    json_decref(statement->raw);
    free(statement->hand_name);
    free(statement->hand_to);
    free(statement->binds);
    free(statement->drops);
    *statement = (struct statement){0};
}

static const char *find_augmented(const struct parser *parser)
{
    static const char *const table[][2] = {{"+=", "iadd"}, {"-=", "isub"}, {"*=", "imul"},
                                           {"&=", "iand"}, {"|=", "ior"},  {"^=", "ixor"}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (parse_at(parser, table[i][0]))
            return table[i][1];
    return NULL;
}
