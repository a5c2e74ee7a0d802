/* SPDX-License-Identifier: MIT */
/* Literals: what Python's strings, bytes and numbers mean, as typed JSON. */
#include "harness/decimal.h"
#include "harness/number.h"
#include "harness/parse.h"
#include "harness/text.h"
#include "harness/typed.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* One string literal: its text between the quotes, and what its prefix says. */
struct body {
    const char *at, *end;
    bool raw, bytes;
};

static struct body open_body(const struct token *token)
{
    struct body body = {token->start, token->start + token->length, false, false};
    for (; *body.at != '\'' && *body.at != '"'; body.at++) {
        body.raw = body.raw || (*body.at | 0x20) == 'r';
        body.bytes = body.bytes || (*body.at | 0x20) == 'b';
    }
    size_t quotes =
        token->start + token->length - body.at >= 6 && body.at[1] == *body.at && body.at[2] == *body.at ? 3 : 1;
    body.at += quotes;
    body.end -= quotes;
    return body;
}

/* UTF-8, in which surrogates are ordinary characters of three bytes. */
static void add_character(struct text *out, uint32_t c)
{
    unsigned char bytes[4];
    size_t length = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    static const unsigned char first[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (size_t i = length; i-- > 1; c >>= 6)
        bytes[i] = (unsigned char)(0x80 | (c & 0x3f));
    bytes[0] = (unsigned char)(first[length] | c);
    text_add(out, bytes, length);
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* \xhh, \uhhhh, \Uhhhhhhhh; body->at is at the letter. */
static bool hex_escape(struct parser *parser, struct body *body, int count, uint32_t *out)
{
    const char *start = body->at - 1, letter = *body->at++;
    uint32_t value = 0;
    for (int i = 0; i < count; i++, body->at++) {
        int digit = body->at < body->end ? hex_digit(*body->at) : -1;
        if (digit < 0) {
            parse_error(parser, start, "expected %d hexadecimal digits behind \\%c", count, letter);
            return false;
        }
        value = value << 4 | (uint32_t)digit;
    }
    if (value > 0x10ffff) {
        parse_error(parser, start, "expected a character up to \\U0010ffff");
        return false;
    }
    *out = value;
    return true;
}

static bool octal_escape(struct parser *parser, struct body *body, uint32_t *out)
{
    const char *start = body->at - 1;
    *out = 0;
    for (int i = 0; i < 3 && body->at < body->end && *body->at >= '0' && *body->at <= '7'; i++, body->at++)
        *out = *out << 3 | (uint32_t)(*body->at - '0');
    if (*out > 0377)
        parse_error(parser, start, "expected an octal escape up to \\377");
    return !parser->failed;
}

/* Behind a backslash.  False after an error. */
static bool escape(struct parser *parser, struct body *body, uint32_t *out)
{
    static const char letters[] = "\\'\"abfnrtv", meanings[] = "\\'\"\a\b\f\n\r\t\v";
    char c = *body->at;
    const char *simple = c ? strchr(letters, c) : NULL;
    if (simple) {
        body->at++;
        *out = (unsigned char)meanings[simple - letters];
        return true;
    }
    if (c >= '0' && c <= '7')
        return octal_escape(parser, body, out);
    if (c == 'x')
        return hex_escape(parser, body, 2, out);
    if (!body->bytes && (c == 'u' || c == 'U'))
        return hex_escape(parser, body, c == 'u' ? 4 : 8, out);
    if (!body->bytes && c == 'N')
        parse_error(parser, body->at - 1,
                    "character names are not known here: write \\u or \\U with the number instead of \\N");
    else
        parse_error(parser, body->at - 1, "expected an escape that Python knows (a backslash is written \\\\)");
    return false;
}

static void add_body(struct parser *parser, struct body body, struct text *out)
{
    while (body.at < body.end) {
        uint32_t c;
        if (*body.at == '\\' && !body.raw) {
            body.at++;
            if (!escape(parser, &body, &c))
                return;
            if (body.bytes)
                text_add(out, &(unsigned char){(unsigned char)c}, 1);
            else
                add_character(out, c);
            continue;
        }
        if (body.bytes && (unsigned char)*body.at >= 0x80) {
            parse_error(parser, body.at, "expected ASCII or escapes in bytes");
            return;
        }
        text_add(out, body.at++, 1); /* the file is valid UTF-8 */
    }
}

json_t *parse_string(struct parser *parser)
{
    struct text out = {0};
    bool bytes = open_body(parse_token(parser)).bytes;
    while (!parser->failed && parse_token(parser)->kind == TOKEN_STRING) {
        struct body body = open_body(parse_token(parser));
        if (body.bytes != bytes)
            parse_expected(parser, "%s, like the one before it", bytes ? "bytes" : "a str");
        else
            add_body(parser, body, &out);
        parse_next(parser);
    }
    json_t *value = parser->failed ? NULL
                    : bytes        ? typed_hex("$bytes", text_peek(&out), out.length)
                                   : typed_str(text_peek(&out), out.length);
    text_clear(&out);
    return value;
}

static bool is_integer(const struct token *token)
{
    bool prefixed = token->length > 1 && token->start[0] == '0' && strchr("xXoObB", token->start[1]);
    if (prefixed)
        return true;
    for (size_t i = 0; i < token->length; i++)
        if ((token->start[i] < '0' || token->start[i] > '9') && token->start[i] != '_')
            return false;
    return true;
}

static bool read_integer(struct parser *parser, struct decimal *out)
{
    const struct token *token = parse_token(parser);
    const char *digits = token->start;
    size_t length = token->length;
    unsigned base = 10;
    if (length > 1 && digits[0] == '0' && strchr("xXoObB", digits[1])) {
        char mark = (char)(digits[1] | 0x20);
        base = mark == 'x' ? 16 : mark == 'o' ? 8 : 2;
        digits += 2;
        length -= 2;
    }
    if (decimal_read(out, digits, length, base))
        return true;
    parse_expected(parser, "an integer of at most %zu digits", DECIMAL_DIGITS);
    return false;
}

/* The exponent behind "**". */
static void power(struct parser *parser, struct decimal *base)
{
    const char *where = parse_token(parser)->start;
    struct decimal exponent = {0}, result = {0};
    parse_next(parser);
    if (parse_token(parser)->kind != TOKEN_NUMBER || !is_integer(parse_token(parser))) {
        parse_expected(parser, "an integer behind '**'");
        return;
    }
    if (!read_integer(parser, &exponent))
        return;
    if (decimal_power(&result, base, decimal_small(&exponent, 1000000)))
        parse_next(parser);
    else
        parse_error(parser, where, "expected a power of at most %zu digits", DECIMAL_DIGITS);
    decimal_free(base);
    *base = result;
    decimal_free(&exponent);
    if (parse_at(parser, "**"))
        parse_expected(parser, "one '**' only");
}

static json_t *integer(struct parser *parser, bool negative)
{
    struct decimal number;
    json_t *value = NULL;
    if (!read_integer(parser, &number))
        return NULL;
    parse_next(parser);
    if (parse_at(parser, "**"))
        power(parser, &number);
    if (!parser->failed) {
        char *text = decimal_text(&number, negative);
        value = typed_int(text);
        free(text);
    }
    decimal_free(&number);
    return value;
}

json_t *parse_number(struct parser *parser, bool negative)
{
    const struct token *token = parse_token(parser);
    if (is_integer(token))
        return integer(parser, negative);
    struct text plain = {0};
    for (size_t i = 0; i < token->length; i++)
        if (token->start[i] != '_')
            text_add(&plain, token->start + i, 1);
    char last = token->start[token->length - 1];
    bool imaginary = last == 'j' || last == 'J';
    double x = strtod(text_peek(&plain), NULL);
    text_clear(&plain);
    parse_next(parser);
    if (parse_at(parser, "**"))
        return parse_expected(parser, "integers on both sides of '**'");
    if (negative)
        x = -x;
    return imaginary ? typed_complex(negative ? -0.0 : 0.0, x) : typed_float(x);
}
