/* SPDX-License-Identifier: MIT */
/* The words of one statement, as Python divides them.  Columns count bytes from 1 in the line of the file. */
#ifndef HARNESS_LEX_H
#define HARNESS_LEX_H

#include <stdbool.h>
#include <stddef.h>

enum token_kind {
    TOKEN_END,      /* of the line */
    TOKEN_NAME,     /* ASCII identifier, keywords too */
    TOKEN_NUMBER,   /* any Python number, well-formed */
    TOKEN_STRING,   /* str or bytes with prefix and quotes; what the escapes mean is literal.c's business */
    TOKEN_OPERATOR, /* operator or delimiter, also those that statements do not have */
    TOKEN_BAD       /* start is where it went wrong; reason says why */
};

struct token {
    enum token_kind kind;
    const char *start;
    size_t length;
    const char *reason;
};

/* text is borrowed.  token is the current one; it may be copied to come back to it. */
struct lexer {
    const char *at, *end;
    struct token token;
};

/* Starts with the first token. */
void lex_begin(struct lexer *lexer, const char *text, size_t length);
/* Goes on to the next token; END and BAD stay. */
void lex_next(struct lexer *lexer);
/* Whether the token is a name or operator with this text. */
bool lex_is(const struct token *token, const char *text);
/* Whether text is an ASCII identifier. */
bool lex_is_identifier(const char *text, size_t length);

#endif
