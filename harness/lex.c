/* SPDX-License-Identifier: MIT */
/* The words of one statement, as Python divides them (Lexical analysis, in its reference). */
#include "harness/lex.h"

#include "harness/words.h"

#include <string.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool in_base(char c, int base)
{
    if (base <= 10)
        return c >= '0' && c < '0' + base;
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static void finish(struct lexer *lexer, enum token_kind kind, const char *end)
{
    lexer->token.kind = kind;
    lexer->token.length = (size_t)(end - lexer->token.start);
    lexer->at = end;
}

static void bad(struct lexer *lexer, const char *where, const char *reason)
{
    lexer->token = (struct token){TOKEN_BAD, where, where < lexer->end ? 1 : 0, reason};
    lexer->at = lexer->end;
}

/* Digits with single underscores between them; NULL if there is none, or an underscore stands elsewhere. */
static const char *digits(const char *p, const char *end, int base)
{
    if (p == end || !in_base(*p, base))
        return NULL;
    while (p < end && (in_base(*p, base) || *p == '_')) {
        if (*p == '_' && (p + 1 == end || !in_base(p[1], base)))
            return NULL;
        p++;
    }
    return p;
}

/* The fraction and exponent behind the digits that end at p; NULL if malformed. */
static const char *fraction(const char *p, const char *end)
{
    if (p < end && *p == '.') {
        p++;
        if (p < end && is_digit(*p))
            p = digits(p, end, 10);
    }
    if (p && p < end && (*p == 'e' || *p == 'E')) {
        p++;
        if (p < end && (*p == '+' || *p == '-'))
            p++;
        p = digits(p, end, 10);
    }
    return p;
}

static void number(struct lexer *lexer)
{
    const char *start = lexer->token.start, *end = lexer->end, *p;
    char mark = start + 1 < end && *start == '0' ? (char)(start[1] | 0x20) : 0;
    int base = mark == 'x' ? 16 : mark == 'o' ? 8 : mark == 'b' ? 2 : 10;
    if (base != 10) {
        p = start + 2;
        if (p < end && *p == '_')
            p++;
        p = digits(p, end, base);
    } else {
        const char *whole = *start == '.' ? start : digits(start, end, 10);
        p = whole ? fraction(whole, end) : NULL;
        bool imaginary = p && p < end && (*p == 'j' || *p == 'J');
        if (p && p == whole && !imaginary && *start == '0' && strspn(start, "0_") < (size_t)(p - start)) {
            bad(lexer, start, "a decimal number without a leading zero (octal is written 0o17)");
            return;
        }
        if (imaginary)
            p++;
    }
    if (!p || (p < end && (is_letter(*p) || is_digit(*p))))
        bad(lexer, start, "a number");
    else
        finish(lexer, TOKEN_NUMBER, p);
}

/* The length of a prefix of a string literal (its quote follows), or -1 if no string begins here. */
static int prefix_length(const char *p, const char *end)
{
    int length = 0;
    while (length < 3 && p + length < end && is_letter(p[length]))
        length++;
    return length < 3 && p + length < end && (p[length] == '\'' || p[length] == '"') ? length : -1;
}

static bool valid_prefix(const char *p, int length)
{
    static const char *const prefixes[] = {"", "r", "b", "u", "br", "rb"};
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
        if (strlen(prefixes[i]) == (size_t)length) {
            bool same = true;
            for (int k = 0; k < length; k++)
                same = same && (p[k] | 0x20) == prefixes[i][k];
            if (same)
                return true;
        }
    return false;
}

static void string(struct lexer *lexer, int prefix)
{
    const char *start = lexer->token.start, *open = start + prefix, *end = lexer->end, *p = open + 1;
    bool triple = end - open >= 3 && open[1] == *open && open[2] == *open;
    if (!valid_prefix(start, prefix)) {
        bad(lexer, start, "a string without prefix, or with r, b, u or rb");
        return;
    }
    if (triple)
        p = open + 3;
    for (; p < end; p += *p == '\\' && p + 1 < end ? 2 : 1) {
        if (*p != *open || (triple && (end - p < 3 || p[1] != *open || p[2] != *open)))
            continue;
        finish(lexer, TOKEN_STRING, p + (triple ? 3 : 1));
        return;
    }
    bad(lexer, end, *open == '"' ? "a closing \"" : "a closing '");
}

static void other(struct lexer *lexer)
{
    const char *start = lexer->token.start;
    for (const char *const *text = words_operators; *text; text++) {
        size_t length = strlen(*text);
        if ((size_t)(lexer->end - start) >= length && !memcmp(start, *text, length)) {
            finish(lexer, TOKEN_OPERATOR, start + length);
            return;
        }
    }
    bad(lexer, start, "a name, a value or an operator");
}

void lex_next(struct lexer *lexer)
{
    if (lexer->token.kind == TOKEN_BAD)
        return;
    const char *p = lexer->at;
    while (p < lexer->end && *p == ' ')
        p++;
    lexer->token = (struct token){TOKEN_END, p, 0, NULL};
    int prefix = prefix_length(p, lexer->end);
    if (p == lexer->end) {
        lexer->at = p;
    } else if (prefix >= 0) {
        string(lexer, prefix);
    } else if (is_letter(*p)) {
        while (p < lexer->end && (is_letter(*p) || is_digit(*p)))
            p++;
        finish(lexer, TOKEN_NAME, p);
    } else if (is_digit(*p) || (*p == '.' && p + 1 < lexer->end && is_digit(p[1]))) {
        number(lexer);
    } else {
        other(lexer);
    }
}

void lex_begin(struct lexer *lexer, const char *text, size_t length)
{
    *lexer = (struct lexer){text, text + length, {TOKEN_END, text, 0, NULL}};
    lex_next(lexer);
}

bool lex_is(const struct token *token, const char *text)
{
    return (token->kind == TOKEN_NAME || token->kind == TOKEN_OPERATOR) && token->length == strlen(text) &&
           !memcmp(token->start, text, token->length);
}

bool lex_is_identifier(const char *text, size_t length)
{
    if (!length || !is_letter(*text))
        return false;
    for (size_t i = 0; i < length; i++)
        if (!is_letter(text[i]) && !is_digit(text[i]))
            return false;
    return true;
}
