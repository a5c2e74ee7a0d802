/* SPDX-License-Identifier: MIT */
/* Constructors of the case language: evaluated here and never by Python, each into the one value that the call would
 * make. */
#include "harness/number.h"
#include "harness/parse.h"
#include "harness/text.h"
#include "harness/typed.h"
#include "harness/words.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ZEROS_MOST (1 << 20) /* bytes of bytes(N) */

/* A call that is being evaluated. */
struct call {
    struct parser *parser;
    const char *where; /* of the name, for complaints */
    const char *name;
    json_t *args, *kwds;
};

struct constructor {
    const char *name;
    size_t least, most; /* positional arguments */
    bool keywords;      /* state, items, pairs */
    json_t *(*make)(struct call *call);
};

static const struct constructor *find(const char *name, size_t length);

static void *refuse(struct call *call, const char *wanted)
{
    return parse_error(call->parser, call->where, "%s: expected %s", call->name, wanted);
}

static json_t *argument(const struct call *call, size_t i)
{
    return json_array_get(call->args, i);
}

static bool is_int(const json_t *value)
{
    return json_is_integer(value) || typed_peek(value, "$int");
}

/* The number as a double: int, float.  False if it is none, or too large. */
static bool real(const json_t *value, double *out)
{
    const json_t *text = typed_peek(value, "$float");
    if (json_is_integer(value))
        *out = (double)json_integer_value(value);
    else if (text)
        return number_read(json_string_value(text), json_string_length(text), out);
    else if ((text = typed_peek(value, "$int")))
        return number_read(json_string_value(text), json_string_length(text), out) && isfinite(*out);
    else
        return false;
    return true;
}

/* The elements of a display, borrowed; NULL for anything else. */
static json_t *elements(json_t *value)
{
    static const char *const tags[] = {"$tuple", "$set", "$frozenset"};
    if (json_is_array(value))
        return value;
    for (size_t i = 0; i < sizeof tags / sizeof *tags; i++)
        if (typed_peek(value, tags[i]))
            return typed_peek(value, tags[i]);
    return NULL;
}

static json_t *three(struct call *call, const char *tag, json_t *start, json_t *stop, json_t *step)
{
    (void)call;
    json_t *parts = typed_array();
    typed_append_take(parts, start ? json_incref(start) : json_null());
    typed_append_take(parts, stop ? json_incref(stop) : json_null());
    typed_append_take(parts, step);
    return typed_take(tag, parts);
}

static json_t *make_range(struct call *call)
{
    size_t count = json_array_size(call->args);
    json_t *zero, *made, *step = argument(call, 2);
    for (size_t i = 0; i < count; i++)
        if (!is_int(argument(call, i)))
            return refuse(call, "integers");
    if (json_is_integer(step) && !json_integer_value(step))
        return refuse(call, "a step that is not 0");
    zero = json_integer(0);
    made = three(call, "$range", count > 1 ? argument(call, 0) : zero, argument(call, count > 1),
                 step ? json_incref(step) : json_integer(1));
    json_decref(zero);
    return made;
}

static json_t *make_slice(struct call *call)
{
    size_t count = json_array_size(call->args);
    json_t *step = argument(call, 2);
    return three(call, "$slice", count > 1 ? argument(call, 0) : NULL, argument(call, count > 1),
                 step ? json_incref(step) : json_null());
}

static json_t *make_set(struct call *call)
{
    json_t *from = argument(call, 0) ? elements(argument(call, 0)) : NULL;
    if (argument(call, 0) && !from)
        return refuse(call, "a list, tuple or set display");
    return typed_take(call->name[0] == 's' ? "$set" : "$frozenset", from ? json_incref(from) : typed_array());
}

static json_t *bytes_of_integers(struct call *call, const char *tag, json_t *list)
{
    struct text bytes = {0};
    json_t *item, *value;
    size_t i;
    json_array_foreach(list, i, item)
    {
        if (!json_is_integer(item) || json_integer_value(item) < 0 || json_integer_value(item) > 255) {
            text_clear(&bytes);
            return refuse(call, "integers from 0 to 255");
        }
        text_add(&bytes, &(unsigned char){(unsigned char)json_integer_value(item)}, 1);
    }
    value = typed_hex(tag, text_peek(&bytes), bytes.length);
    text_clear(&bytes);
    return value;
}

static json_t *make_bytes(struct call *call)
{
    const char *tag = strcmp(call->name, "bytes") ? "$bytearray" : "$bytes";
    json_t *from = argument(call, 0), *hex = typed_peek(from, "$bytes");
    if (!from)
        return typed_text(tag, "");
    if (hex)
        return typed_take(tag, json_incref(hex));
    if (elements(from))
        return bytes_of_integers(call, tag, elements(from));
    if (!json_is_integer(from) || json_integer_value(from) < 0 || json_integer_value(from) > ZEROS_MOST)
        return refuse(call, "bytes, a number of zeros up to 1048576, or integers from 0 to 255");
    void *zeros = text_calloc((size_t)json_integer_value(from), 1);
    json_t *value = typed_hex(tag, zeros, (size_t)json_integer_value(from));
    free(zeros);
    return value;
}

/* float('…'): as float() reads a str, without spaces and underscores. */
static bool spelled(const char *text, double *out)
{
    static const struct {
        const char *name;
        double value;
    } names[] = {{"inf", HUGE_VAL}, {"infinity", HUGE_VAL}, {"nan", NAN}};
    bool minus = *text == '-';
    const char *word = text + (minus || *text == '+');
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *name = names[i].name, *p = word;
        while (*p && *name && (*p | 0x20) == *name)
            p++, name++;
        if (!*p && !*name) {
            *out = minus ? -names[i].value : names[i].value;
            return true;
        }
    }
    return number_read(text, strlen(text), out);
}

static json_t *make_float(struct call *call)
{
    json_t *from = argument(call, 0);
    double x = 0;
    if (json_is_string(from) ? !spelled(json_string_value(from), &x) : from && !real(from, &x))
        return refuse(call, "a number, or a str like 'nan', '-inf' or '1.5e10'");
    return typed_float(isnan(x) ? (double)NAN : x);
}

static json_t *make_complex(struct call *call)
{
    double parts[2] = {0, 0};
    for (size_t i = 0; i < json_array_size(call->args); i++)
        if (!real(argument(call, i), &parts[i]))
            return refuse(call, "one or two real numbers");
    return typed_complex(parts[0], parts[1]);
}

/* The characters of an untagged str, each as a str. */
static json_t *characters(const json_t *value)
{
    json_t *list = typed_array();
    const char *p = json_string_value(value), *end = p + json_string_length(value);
    while (p < end) {
        size_t length = 1;
        while (p + length < end && ((unsigned char)p[length] & 0xc0) == 0x80)
            length++;
        typed_append_take(list, json_stringn(p, length));
        p += length;
    }
    return list;
}

static json_t *make_array(struct call *call)
{
    json_t *code = argument(call, 0), *from = argument(call, 1),
           *items = from ? json_incref(elements(from)) : typed_array(), *parts;
    if (!json_is_string(code) || json_string_length(code) != 1 || !strchr("bBuwhHiIlLqQfd", *json_string_value(code))) {
        json_decref(items);
        return refuse(call, "one of the type codes b B u w h H i I l L q Q f d");
    }
    if (json_is_string(from) && strchr("uw", *json_string_value(code)))
        items = characters(from);
    if (!items)
        return refuse(call, "a list or tuple of items, or a str for u and w");
    parts = typed_array();
    typed_append_take(parts, json_incref(code));
    typed_append_take(parts, items);
    return typed_take("$array", parts);
}

/* [(k, v), …] as [[k, v], …], new; NULL if it is none. */
static json_t *pairs_of(json_t *value)
{
    json_t *item, *list = elements(value), *pairs = list ? typed_array() : NULL;
    size_t i;
    json_array_foreach(list, i, item)
    {
        json_t *pair = elements(item);
        if (json_array_size(pair) != 2) {
            json_decref(pairs);
            return NULL;
        }
        typed_append_take(pairs, json_incref(pair));
    }
    return pairs;
}

/* Moves state, items and pairs from the keywords into body. */
static bool add_state(struct call *call, json_t *body, bool only_state)
{
    json_t *keyword;
    size_t i;
    json_array_foreach(call->kwds, i, keyword)
    {
        const char *name = json_string_value(json_array_get(keyword, 0));
        json_t *value = json_array_get(keyword, 1), *given = NULL;
        if (!strcmp(name, "state"))
            given = json_incref(value);
        else if (only_state)
            refuse(call, "no keyword but state");
        else if (!strcmp(name, "items") && !(given = json_incref(elements(value))))
            refuse(call, "items=[…]");
        else if (!strcmp(name, "pairs") && !(given = pairs_of(value)))
            refuse(call, "pairs=[(key, value), …]");
        else if (!given)
            refuse(call, "no keywords but state, items and pairs");
        if (!given)
            return false;
        if (json_is_null(given))
            json_decref(given);
        else
            typed_set_take(body, name, given);
    }
    return true;
}

/* {"$reduce": …}.  Takes args. */
static json_t *reduction(struct call *call, const char *function, json_t *args)
{
    json_t *body = typed_object();
    typed_set_take(body, "func", json_string(function));
    typed_set_take(body, "args", args);
    if (add_state(call, body, false))
        return typed_take("$reduce", body);
    json_decref(body);
    return NULL;
}

static json_t *make_reduced(struct call *call)
{
    json_t *function = typed_peek(argument(call, 0), "$global"), *args;
    if (!function)
        return refuse(call, "a class or function by its name as first argument");
    if (call->name[0] == 'i')
        return reduction(call, "copyreg:__newobj__", json_incref(call->args));
    args = json_copy(call->args);
    json_array_remove(args, 0);
    return reduction(call, json_string_value(function), args);
}

static json_t *make_exception(struct call *call)
{
    json_t *body = typed_object();
    char *class = text_format("builtins:%s", call->name);
    typed_set_take(body, "class", json_string(class));
    typed_set_take(body, "args", json_incref(call->args));
    free(class);
    if (add_state(call, body, true))
        return typed_take("$exception", body);
    json_decref(body);
    return NULL;
}

static json_t *make_dotted(struct call *call)
{
    json_t *function = parse_global(call->name, strlen(call->name));
    json_t *value = reduction(call, json_string_value(typed_peek(function, "$global")), json_incref(call->args));
    json_decref(function);
    return value;
}

bool parse_is_constructor(const char *name, size_t length)
{
    return find(name, length) || words_has(words_exceptions, name, length);
}

static json_t *evaluate(struct call *call)
{
    const struct constructor *constructor = find(call->name, strlen(call->name));
    size_t count = json_array_size(call->args);
    if (!constructor)
        return words_has(words_exceptions, call->name, strlen(call->name)) ? make_exception(call) : make_dotted(call);
    if (count < constructor->least || count > constructor->most)
        return refuse(call, count < constructor->least ? "more arguments" : "fewer arguments");
    if (!constructor->keywords && json_array_size(call->kwds))
        return refuse(call, "no keywords");
    return constructor->make(call);
}

json_t *parse_constructor(struct parser *parser, const char *where, const char *name, size_t length)
{
    char *copy = text_format("%.*s", (int)length, name);
    struct call call = {parser, where, copy, NULL, NULL};
    json_t *value = NULL;
    if (parse_require(parser, "(") && parse_arguments(parser, &call.args, &call.kwds))
        value = evaluate(&call);
    json_decref(call.args);
    json_decref(call.kwds);
    free(copy);
    return value;
}

/* One keyword argument; the name is the current token. */
static void keyword(struct parser *parser, json_t *kwds)
{
    const struct token name = *parse_token(parser);
    json_t *pair = typed_array(), *value, *other;
    size_t i;
    typed_append_take(pair, json_stringn(name.start, name.length));
    json_array_foreach(kwds, i, other) if (json_equal(json_array_get(other, 0), json_array_get(pair, 0)))
        parse_expected(parser, "each keyword once");
    parse_next(parser);
    value = parse_require(parser, "=") ? parse_value(parser) : NULL;
    if (value)
        typed_append_take(pair, value);
    typed_append_take(kwds, pair);
}

bool parse_arguments(struct parser *parser, json_t **args, json_t **kwds)
{
    *args = typed_array();
    *kwds = typed_array();
    parse_enter(parser);
    while (!parser->failed && !parse_at(parser, ")")) {
        struct lexer ahead = parser->lexer;
        lex_next(&ahead);
        const struct token *token = parse_token(parser);
        bool named = token->kind == TOKEN_NAME && lex_is(&ahead.token, "=") &&
                     !words_has(words_keywords, token->start, token->length);
        if (named) {
            keyword(parser, *kwds);
        } else if (json_array_size(*kwds)) {
            parse_expected(parser, "a keyword argument behind the first one");
        } else {
            json_t *value = parse_value(parser);
            if (value)
                typed_append_take(*args, value);
        }
        if (!parser->failed && !parse_at(parser, ")") && !parse_accept(parser, ","))
            parse_expected(parser, "',' or ')'");
    }
    parse_leave(parser);
    if (parse_accept(parser, ")"))
        return true;
    json_decref(*args);
    json_decref(*kwds);
    *args = *kwds = NULL;
    return false;
}

#define ANY ((size_t)-1)

static const struct constructor *find(const char *name, size_t length)
{
    static const struct constructor table[] = {
        /* name        least most keywords make */
        {"array.array", 1, 2, false, make_array}, {"bytearray", 0, 1, false, make_bytes},
        {"bytes", 0, 1, false, make_bytes},       {"complex", 0, 2, false, make_complex},
        {"float", 0, 1, false, make_float},       {"frozenset", 0, 1, false, make_set},
        {"instance", 1, ANY, true, make_reduced}, {"range", 1, 3, false, make_range},
        {"reduced", 1, ANY, true, make_reduced},  {"set", 0, 1, false, make_set},
        {"slice", 1, 3, false, make_slice},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (strlen(table[i].name) == length && !memcmp(table[i].name, name, length))
            return &table[i];
    return NULL;
}
