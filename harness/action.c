/* SPDX-License-Identifier: MIT */
/* One action of a statement → the adapter request that does it: what a manager is asked, and what is done with an
 * operand; operators and manager functions are tables. */
#include "harness/action.h"

#include "harness/text.h"
#include "harness/typed.h"
#include "harness/words.h"

#include <string.h>

/* A binary operator and what it asks of the adapter. */
struct binary {
    const char *sign, *second; /* second word: "not" "in" */
    const char *function;      /* of Python's operator module */
    bool swapped;              /* "a in b" is contains(b, a) */
    bool negate;
};

struct server_function {
    const char *method, *function;
    size_t arguments;
    bool sorted;
};

static const struct binary *find_binary(const struct parser *parser, const struct token *second);
static const struct server_function *find_server_function(const struct token *name);

json_t *action_request(const char *op)
{
    return typed_text("op", op);
}

void action_set_name(json_t *object, const char *key, const struct token *name)
{
    typed_set_take(object, key, json_stringn(name->start, name->length));
}

json_t *action_operation(const char *function, json_t *first, json_t *second)
{
    json_t *made = action_request("operator"), *operands = typed_array();
    typed_set_take(made, "name", json_string(function));
    typed_append_take(operands, first);
    if (second)
        typed_append_take(operands, second);
    typed_set_take(made, "operands", operands);
    return made;
}

bool action_require_name(struct parser *parser, const char *what, struct token *out)
{
    *out = *parse_token(parser);
    if (out->kind != TOKEN_NAME || words_has(words_keywords, out->start, out->length)) {
        parse_expected(parser, "%s", what);
        return false;
    }
    parse_next(parser);
    return true;
}

/* ---- actions of the manager */

static json_t *create_raw(json_t *args, json_t *kwds)
{
    json_t *made = action_request("create"), *typeid = json_incref(json_array_get(args, 0));
    json_array_remove(args, 0);
    typed_set_take(made, "typeid", typeid);
    typed_set_take(made, "args", args);
    typed_set_take(made, "kwds", kwds);
    typed_set_take(made, "raw", json_true());
    return made;
}

static json_t *create(const struct token *typeid, json_t *args, json_t *kwds)
{
    json_t *made = action_request("create");
    action_set_name(made, "typeid", typeid);
    typed_set_take(made, "args", args);
    typed_set_take(made, "kwds", kwds);
    return made;
}

/* Takes args. */
static json_t *server(struct parser *parser, const struct server_function *function, const struct token *name,
                      json_t *args, struct statement *out)
{
    if (json_array_size(args) != function->arguments) {
        json_decref(args);
        return parse_error(parser, name->start, "%s takes %s", function->method,
                           function->arguments ? "one argument" : "no arguments");
    }
    out->sorted = function->sorted;
    if (!strcmp(function->function, "shutdown")) {
        json_decref(args);
        return action_request("shutdown");
    }
    json_t *made = action_request("server");
    typed_set_take(made, "function", json_string(function->function));
    typed_set_take(made, "args", args);
    return made;
}

/* Behind "manager": "." NAME "(" arguments ")". */
static json_t *manager_action(struct parser *parser, struct statement *out)
{
    struct token name;
    json_t *args, *kwds;
    if (!parse_require(parser, ".") || !action_require_name(parser, "a typeid or a function of the manager", &name))
        return NULL;
    if (!parse_require(parser, "(") || !parse_arguments(parser, &args, &kwds))
        return NULL;
    const struct server_function *function = find_server_function(&name);
    if (lex_is(&name, "_create")) {
        if (json_is_string(json_array_get(args, 0)))
            return create_raw(args, kwds);
        parse_error(parser, name.start,
                    "_create: expected a typeid, as a str without surrogates and NUL, as first argument");
    } else if (function && json_array_size(kwds)) {
        parse_error(parser, name.start, "%s takes no keywords", function->method);
    } else if (function) {
        json_decref(kwds);
        return server(parser, function, &name, args, out);
    } else if (*name.start == '_') {
        parse_error(parser, name.start, "the manager has no function '%.*s' in cases", (int)name.length, name.start);
    } else {
        return create(&name, args, kwds);
    }
    json_decref(args);
    json_decref(kwds);
    return NULL;
}

/* ---- actions on an operand; each takes it */

/* The members of a raw call: as many of methodname, args, kwds as were given.  False after an error. */
static bool raw_call(struct parser *parser, const char *where, json_t *made, json_t *args, json_t *kwds)
{
    static const char *const parameters[][2] = {{"methodname", "method"}, {"args", "args"}, {"kwds", "kwds"}};
    size_t count = json_array_size(args), i;
    json_t *keyword;
    if (count > 3) {
        parse_error(parser, where, "_callmethod takes at most three arguments");
        return false;
    }
    for (i = 0; i < count; i++)
        typed_set_take(made, parameters[i][1], json_incref(json_array_get(args, i)));
    json_array_foreach(kwds, i, keyword)
    {
        const char *name = json_string_value(json_array_get(keyword, 0));
        size_t k = 0;
        while (k < 3 && strcmp(name, parameters[k][0]) != 0)
            k++;
        if (k == 3 || k < count) {
            parse_error(parser, where, "_callmethod takes methodname, args and kwds, each once");
            return false;
        }
        typed_set_take(made, parameters[k][1], json_incref(json_array_get(keyword, 1)));
    }
    return true;
}

/* Behind NAME, at "(". */
static json_t *call(struct parser *parser, json_t *on, const struct token *name)
{
    json_t *args, *kwds, *made;
    parse_next(parser);
    if (!parse_arguments(parser, &args, &kwds)) {
        json_decref(on);
        return NULL;
    }
    bool raw = lex_is(name, "_callmethod");
    made = action_request(raw ? "callmethod" : "method");
    typed_set_take(made, "on", on);
    if (!raw) {
        action_set_name(made, "name", name);
        typed_set_take(made, "args", args);
        typed_set_take(made, "kwds", kwds);
        return made;
    }
    if (!raw_call(parser, name->start, made, args, kwds)) {
        json_decref(made);
        made = NULL;
    }
    json_decref(args);
    json_decref(kwds);
    return made;
}

/* Behind ".". */
static json_t *attribute(struct parser *parser, json_t *on)
{
    struct token name;
    if (!action_require_name(parser, "a name behind '.'", &name)) {
        json_decref(on);
        return NULL;
    }
    if (parse_at(parser, "("))
        return call(parser, on, &name);
    json_t *made = action_request("getattr");
    typed_set_take(made, "on", on);
    action_set_name(made, "name", &name);
    return made;
}

/* One element of a subscript: a value or START:STOP:STEP. */
static json_t *subscript_item(struct parser *parser)
{
    json_t *parts = typed_array(), *value;
    size_t colons = 0;
    for (;;) {
        bool empty = parse_at(parser, ":") || parse_at(parser, "]") || parse_at(parser, ",");
        value = empty && (colons || parse_at(parser, ":")) ? json_null() : parse_value(parser);
        if (value)
            typed_append_take(parts, value);
        if (!value || colons == 2 || !parse_accept(parser, ":"))
            break;
        colons++;
    }
    if (!value) {
        json_decref(parts);
        return NULL;
    }
    if (!colons) {
        value = json_incref(json_array_get(parts, 0));
        json_decref(parts);
        return value;
    }
    if (colons == 1)
        typed_append_take(parts, json_null());
    return typed_take("$slice", parts);
}

json_t *action_subscript(struct parser *parser)
{
    json_t *items = typed_array(), *item;
    bool comma = false;
    parse_enter(parser);
    while ((item = parser->failed ? NULL : subscript_item(parser))) {
        typed_append_take(items, item);
        if (!parse_accept(parser, ","))
            break;
        comma = true;
        if (parse_at(parser, "]"))
            break;
    }
    parse_leave(parser);
    if (!parser->failed && parse_require(parser, "]")) {
        if (comma)
            return typed_take("$tuple", items);
        item = json_incref(json_array_get(items, 0));
    }
    json_decref(items);
    return parser->failed ? NULL : item;
}

static json_t *item_action(struct parser *parser, json_t *on)
{
    json_t *key = action_subscript(parser);
    if (key)
        return action_operation("getitem", on, key);
    json_decref(on);
    return NULL;
}

static json_t *binary_action(struct parser *parser, json_t *left, const struct binary *binary, struct statement *out)
{
    parse_next(parser);
    if (binary->second)
        parse_next(parser);
    out->negate = binary->negate;
    json_t *right = parse_value(parser);
    if (!right) {
        json_decref(left);
        return NULL;
    }
    return binary->swapped ? action_operation(binary->function, right, left)
                           : action_operation(binary->function, left, right);
}

static json_t *value_request(json_t *value)
{
    json_t *made = action_request("value");
    typed_set_take(made, "value", value);
    return made;
}

/* What follows an operand. */
static json_t *operand_action(struct parser *parser, struct statement *out)
{
    json_t *on = parse_value(parser);
    struct lexer ahead = parser->lexer;
    const struct binary *binary;
    if (!on)
        return NULL;
    lex_next(&ahead);
    if (parse_accept(parser, "."))
        return attribute(parser, on);
    if (parse_accept(parser, "["))
        return item_action(parser, on);
    if ((binary = find_binary(parser, &ahead.token)))
        return binary_action(parser, on, binary, out);
    return value_request(on);
}

/* "-" or "not" in front of something that is not a number. */
static json_t *unary_action(struct parser *parser, const char *function)
{
    parse_next(parser);
    json_t *operand = parse_value(parser);
    return operand ? action_operation(function, operand, NULL) : NULL;
}

/* BUILTIN "(" values ")". */
static json_t *builtin_action(struct parser *parser)
{
    const struct token name = *parse_token(parser);
    json_t *args, *kwds, *made = NULL;
    parse_next(parser);
    parse_next(parser);
    if (!parse_arguments(parser, &args, &kwds))
        return NULL;
    if (json_array_size(kwds)) {
        parse_error(parser, name.start, "%.*s takes no keywords in cases", (int)name.length, name.start);
    } else {
        made = action_request("builtin");
        action_set_name(made, "name", &name);
        typed_set_take(made, "args", json_incref(args));
    }
    json_decref(args);
    json_decref(kwds);
    return made;
}

json_t *action_parse(struct parser *parser, struct statement *out)
{
    const struct token *token = parse_token(parser);
    struct lexer ahead = parser->lexer;
    lex_next(&ahead);
    if (parse_at(parser, "not"))
        return unary_action(parser, "not_");
    if (parse_at(parser, "-") && ahead.token.kind != TOKEN_NUMBER)
        return unary_action(parser, "neg");
    if (parse_at(parser, "manager") && lex_is(&ahead.token, ".")) {
        parse_next(parser);
        return manager_action(parser, out);
    }
    if (token->kind == TOKEN_NAME && words_has(words_actions, token->start, token->length) && lex_is(&ahead.token, "("))
        return builtin_action(parser);
    return operand_action(parser, out);
}

static const struct binary *find_binary(const struct parser *parser, const struct token *second)
{
    static const struct binary table[] = {
        /* sign second function   swapped negate */
        {"is", "not", "is_", false, true}, {"not", "in", "contains", true, true}, {"+", NULL, "add", false, false},
        {"-", NULL, "sub", false, false},  {"*", NULL, "mul", false, false},      {"&", NULL, "and_", false, false},
        {"|", NULL, "or_", false, false},  {"^", NULL, "xor", false, false},      {"==", NULL, "eq", false, false},
        {"!=", NULL, "ne", false, false},  {"<", NULL, "lt", false, false},       {"<=", NULL, "le", false, false},
        {">", NULL, "gt", false, false},   {">=", NULL, "ge", false, false},      {"in", NULL, "contains", true, false},
        {"is", NULL, "is_", false, false},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (parse_at(parser, table[i].sign) && (!table[i].second || lex_is(second, table[i].second)))
            return &table[i];
    return NULL;
}

static const struct server_function *find_server_function(const struct token *name)
{
    static const struct server_function table[] = {
        {"_number_of_objects", "number_of_objects", 0, false},
        {"_debug_info", "debug_info", 0, false},
        {"_dummy", "dummy", 0, false},
        {"shutdown", "shutdown", 0, false},
        {"_get_methods", "get_methods", 1, true},
        {"_incref", "incref", 1, false},
        {"_decref", "decref", 1, false},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (lex_is(name, table[i].method))
            return &table[i];
    return NULL;
}
