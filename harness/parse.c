/* SPDX-License-Identifier: MIT */
/* What the parsers of one statement share: tokens, complaints, names. */
#include "harness/parse.h"

#include "harness/text.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define QUOTED 40 /* bytes of what was found that a message repeats */

static size_t names_find(const struct names *names, const char *text, size_t length)
{
    size_t i = 0;
    while (i < names->count && (strlen(names->list[i]) != length || memcmp(names->list[i], text, length) != 0))
        i++;
    return i;
}

bool names_has(const struct names *names, const char *text, size_t length)
{
    return names_find(names, text, length) < names->count;
}

void names_add(struct names *names, const char *text, size_t length)
{
    if (names_has(names, text, length))
        return;
    names->list = text_realloc(names->list, (names->count + 1) * sizeof *names->list);
    names->list[names->count++] = text_format("%.*s", (int)length, text);
}

void names_remove(struct names *names, const char *text, size_t length)
{
    size_t i = names_find(names, text, length);
    if (i == names->count)
        return;
    free(names->list[i]);
    names->list[i] = names->list[--names->count];
}

void names_free(struct names *names)
{
    for (size_t i = 0; i < names->count; i++)
        free(names->list[i]);
    free(names->list);
    *names = (struct names){0};
}

const struct token *parse_token(const struct parser *parser)
{
    return &parser->lexer.token;
}

bool parse_at(const struct parser *parser, const char *text)
{
    return !parser->failed && lex_is(&parser->lexer.token, text);
}

void parse_next(struct parser *parser)
{
    lex_next(&parser->lexer);
}

bool parse_accept(struct parser *parser, const char *text)
{
    if (!parse_at(parser, text))
        return false;
    parse_next(parser);
    return true;
}

bool parse_require(struct parser *parser, const char *text)
{
    if (parse_accept(parser, text))
        return true;
    parse_expected(parser, "'%s'", text);
    return false;
}

static void report(struct parser *parser, const char *where, const char *message)
{
    if (!parser->failed)
        problems_add(parser->problems, parser->path, parser->line, (size_t)(where - parser->line_text) + 1, "%s",
                     message);
    parser->failed = true;
}

/* What stands at the token, cut to a bearable length that does not end inside a character. */
static char *found(const struct token *token)
{
    size_t length = token->length;
    if (token->kind == TOKEN_END || (token->kind == TOKEN_BAD && !length))
        return text_copy("the end of the line");
    if (token->kind == TOKEN_BAD) /* the whole character */
        while ((token->start[length] & 0xc0) == 0x80)
            length++;
    if (length <= QUOTED)
        return text_format("'%.*s'", (int)length, token->start);
    for (length = QUOTED; (token->start[length] & 0xc0) == 0x80;)
        length--;
    return text_format("'%.*s…'", (int)length, token->start);
}

void *parse_expected(struct parser *parser, const char *format, ...)
{
    const struct token *token = &parser->lexer.token;
    char wanted[256], *what, *message;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(wanted, sizeof wanted, format, arguments);
    va_end(arguments);
    what = found(token);
    message = text_format("expected %s, found %s", token->kind == TOKEN_BAD ? token->reason : wanted, what);
    report(parser, token->start, message);
    free(message);
    free(what);
    return NULL;
}

void *parse_error(struct parser *parser, const char *where, const char *format, ...)
{
    char message[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    report(parser, where, message);
    return NULL;
}

bool parse_enter(struct parser *parser)
{
    if (parser->depth >= PARSE_DEPTH)
        parse_expected(parser, "at most %d nested brackets", PARSE_DEPTH);
    parser->depth++;
    return !parser->failed;
}

void parse_leave(struct parser *parser)
{
    parser->depth--;
}
