/* SPDX-License-Identifier: MIT */
/* Values of the case language: literals, displays, names of variables, classes and functions. */
#include "harness/parse.h"
#include "harness/text.h"
#include "harness/typed.h"
#include "harness/words.h"

#include <stdlib.h>
#include <string.h>

/* The items up to the closing sign; the sign is consumed.  *comma: whether there was any comma. */
static json_t *items(struct parser *parser, const char *closing, bool *comma)
{
    json_t *array = typed_array();
    *comma = false;
    while (!parser->failed && !parse_at(parser, closing)) {
        json_t *item = parse_value(parser);
        if (item)
            typed_append_take(array, item);
        if (parser->failed || parse_at(parser, closing))
            break;
        if (!parse_accept(parser, ","))
            parse_expected(parser, "',' or '%s'", closing);
        *comma = true;
    }
    parse_accept(parser, closing);
    if (parser->failed) {
        json_decref(array);
        return NULL;
    }
    return array;
}

json_t *parse_values(struct parser *parser, const char *closing)
{
    bool comma;
    return items(parser, closing, &comma);
}

static json_t *parentheses(struct parser *parser)
{
    bool comma;
    json_t *array = items(parser, ")", &comma);
    if (!array || comma || !json_array_size(array))
        return array ? typed_take("$tuple", array) : NULL;
    json_t *only = json_incref(json_array_get(array, 0));
    json_decref(array);
    return only;
}

/* Behind "{" and its first key: the rest of a dict. */
static json_t *dict_rest(struct parser *parser, json_t *first)
{
    json_t *pairs = typed_array(), *key = first;
    while (key) {
        json_t *value = parse_require(parser, ":") ? parse_value(parser) : NULL;
        if (!value) {
            json_decref(key);
            break;
        }
        json_t *pair = typed_array();
        typed_append_take(pair, key);
        typed_append_take(pair, value);
        typed_append_take(pairs, pair);
        if (!parse_at(parser, "}") && !parse_accept(parser, ","))
            parse_expected(parser, "',' or '}'");
        if (parse_accept(parser, "}"))
            return typed_take("$dict", pairs);
        key = parser->failed ? NULL : parse_value(parser);
    }
    json_decref(pairs);
    return NULL;
}

static json_t *braces(struct parser *parser)
{
    if (parse_accept(parser, "}"))
        return typed_take("$dict", typed_array());
    json_t *first = parse_value(parser);
    if (!first)
        return NULL;
    if (parse_at(parser, ":"))
        return dict_rest(parser, first);
    json_t *rest = NULL;
    if (parse_accept(parser, ","))
        rest = parse_values(parser, "}");
    else if (parse_accept(parser, "}"))
        rest = typed_array();
    else
        parse_expected(parser, "',', ':' or '}'");
    if (!rest) {
        json_decref(first);
        return NULL;
    }
    if (json_array_insert_new(rest, 0, first))
        return NULL;
    return typed_take("$set", rest);
}

static json_t *display(struct parser *parser)
{
    json_t *value = NULL;
    if (!parse_enter(parser))
        return NULL;
    if (parse_accept(parser, "("))
        value = parentheses(parser);
    else if (parse_accept(parser, "["))
        value = parse_values(parser, "]");
    else if (parse_accept(parser, "{"))
        value = braces(parser);
    parse_leave(parser);
    return value;
}

static json_t *constant(const struct token *token)
{
    static const struct {
        const char *name, *json;
    } constants[] = {
        {"None", "null"},
        {"True", "true"},
        {"False", "false"},
        {"Ellipsis", "{\"$ellipsis\": true}"},
        {"...", "{\"$ellipsis\": true}"},
        {"NotImplemented", "{\"$notimplemented\": true}"},
    };
    for (size_t i = 0; i < sizeof constants / sizeof *constants; i++)
        if (lex_is(token, constants[i].name))
            return json_loads(constants[i].json, JSON_DECODE_ANY, NULL);
    return NULL;
}

json_t *parse_global(const char *name, size_t length)
{
    const char *dot = memchr(name, '.', length), *end = name + length, *split = NULL;
    if (!dot || words_has(words_builtins, name, (size_t)(dot - name)) ||
        words_has(words_exceptions, name, (size_t)(dot - name))) {
        size_t head = dot ? (size_t)(dot - name) : length;
        bool known = words_has(words_builtins, name, head) || words_has(words_exceptions, name, head);
        return known ? typed_global("builtins", 8, name, length) : NULL;
    }
    /* The module ends before the first capital letter that begins a component, or else before the last component. */
    for (const char *p = dot; p && !split; p = memchr(p + 1, '.', (size_t)(end - p - 1)))
        if (p[1] >= 'A' && p[1] <= 'Z')
            split = p;
    if (dot - name == 8 && !memcmp(name, "builtins", 8))
        split = dot;
    for (const char *p = end; !split; p--)
        if (p[-1] == '.')
            split = p - 1;
    return typed_global(name, (size_t)(split - name), split + 1, (size_t)(end - split - 1));
}

/* "." NAME … behind the name that is in full already. */
static bool dotted_rest(struct parser *parser, struct text *full)
{
    while (parse_accept(parser, ".")) {
        const struct token *token = parse_token(parser);
        if (token->kind != TOKEN_NAME || words_has(words_keywords, token->start, token->length)) {
            parse_expected(parser, "a name behind '.'");
            return false;
        }
        text_puts(full, ".");
        text_add(full, token->start, token->length);
        parse_next(parser);
    }
    return !parser->failed;
}

/* A class, a function, or a constructor call. */
static json_t *outside_name(struct parser *parser)
{
    struct token first = *parse_token(parser);
    struct text full = {0};
    json_t *value = NULL;
    text_add(&full, first.start, first.length);
    parse_next(parser);
    bool dotted = parse_at(parser, ".");
    if (dotted && names_has(parser->known, first.start, first.length))
        parse_error(parser, first.start, "'%.*s' is not bound in this client at this step", (int)first.length,
                    first.start);
    else if (!dotted_rest(parser, &full))
        value = NULL;
    else if (parse_at(parser, "(") && (dotted || parse_is_constructor(first.start, first.length)))
        value = parse_constructor(parser, first.start, full.bytes, full.length);
    else if (parse_at(parser, "(") && words_has(words_actions, first.start, first.length))
        parse_error(parser, first.start, "%s(…) is an action of its own: bind its result to a name in an earlier step",
                    full.bytes);
    else if (parse_at(parser, "(") && words_has(words_builtins, first.start, first.length))
        parse_error(parser, first.start,
                    "'%s' is no constructor of the case language; a class is called as builtins.%s(…)", full.bytes,
                    full.bytes);
    else if (!(value = parse_global(full.bytes, full.length)))
        parse_error(parser, first.start, "expected a value, found '%s', which no earlier step of this client binds",
                    full.bytes);
    text_clear(&full);
    return value;
}

static json_t *named(struct parser *parser)
{
    const struct token *token = parse_token(parser);
    if (names_has(parser->bound, token->start, token->length)) {
        char *name = text_format("%.*s", (int)token->length, token->start);
        json_t *value = typed_text("$var", name);
        free(name);
        parse_next(parser);
        return value;
    }
    if (words_has(words_keywords, token->start, token->length))
        return parse_expected(parser, "a value");
    if (lex_is(token, "manager"))
        return parse_expected(
            parser, "a value (creating is an action of its own: bind the proxy to a name in an earlier step)");
    return outside_name(parser);
}

json_t *parse_value(struct parser *parser)
{
    const struct token *token = parse_token(parser);
    if (parser->failed)
        return NULL;
    json_t *value = constant(token);
    if (value) {
        parse_next(parser);
        return value;
    }
    if (parse_at(parser, "(") || parse_at(parser, "[") || parse_at(parser, "{"))
        return display(parser);
    bool negative = parse_at(parser, "-");
    if (negative || parse_at(parser, "+")) {
        parse_next(parser);
        return parse_token(parser)->kind == TOKEN_NUMBER ? parse_number(parser, negative)
                                                         : parse_expected(parser, "a number behind the sign");
    }
    if (token->kind == TOKEN_NUMBER)
        return parse_number(parser, false);
    if (token->kind == TOKEN_STRING)
        return parse_string(parser);
    return token->kind == TOKEN_NAME ? named(parser) : parse_expected(parser, "a value");
}
