/* SPDX-License-Identifier: MIT */
/* What the parsers of one statement share: where they are, which names are bound, and how they complain.
 * A parser that fails has added exactly one problem; from then on failed is set and every function returns NULL or
 * false at once. */
#ifndef HARNESS_PARSE_H
#define HARNESS_PARSE_H

#include "harness/lex.h"
#include "harness/problems.h"

#include <jansson.h>

/* Brackets nested deeper are an error (as in Python). */
#define PARSE_DEPTH 200

/* A set of names.  Initialise with {0}. */
struct names {
    char **list;
    size_t count;
};

bool names_has(const struct names *names, const char *text, size_t length);
void names_add(struct names *names, const char *text, size_t length);
void names_remove(struct names *names, const char *text, size_t length);
void names_free(struct names *names);

struct parser {
    struct lexer lexer;
    const char *line_text; /* where the line begins, for columns */
    const char *path;      /* of the file, for messages */
    size_t line;           /* likewise */
    struct problems *problems;
    const struct names *bound; /* variables of the client */
    const struct names *known; /* what has ever been a variable in this case: such a name is never a module's */
    unsigned depth;            /* of brackets */
    bool failed;
};

/* The current token, borrowed. */
const struct token *parse_token(const struct parser *parser);
/* Whether the current token is this name or sign. */
bool parse_at(const struct parser *parser, const char *text);
/* If so, goes on to the next. */
bool parse_accept(struct parser *parser, const char *text);
/* If so, goes on to the next; otherwise fails: expected 'TEXT'. */
bool parse_require(struct parser *parser, const char *text);
void parse_next(struct parser *parser);

/* Fails at the current token: "expected …, found 'x'".  A token that the lexer could not read tells what it expected
 * itself.  Returns NULL. */
__attribute__((format(printf, 2, 3))) void *parse_expected(struct parser *parser, const char *format, ...);
/* Fails at where with the whole message given.  Returns NULL. */
__attribute__((format(printf, 3, 4))) void *parse_error(struct parser *parser, const char *where, const char *format,
                                                        ...);

/* Enters and leaves one more level of brackets; entering fails beyond PARSE_DEPTH. */
bool parse_enter(struct parser *parser);
void parse_leave(struct parser *parser);

/* The value of adjacent string literals (str or bytes) at the current token, new. */
json_t *parse_string(struct parser *parser);
/* The value of the number at the current token, with "** NUMBER" behind it, new; negative if a minus stood in front. */
json_t *parse_number(struct parser *parser, bool negative);

/* A value (cases/README.md): literal, name of a variable, display or constructor.  New. */
json_t *parse_value(struct parser *parser);
/* Values separated by commas up to the closing sign, which is consumed.  A new array. */
json_t *parse_values(struct parser *parser, const char *closing);
/* Arguments behind "(" up to ")": positional values into *args (a new array), keywords into *kwds (a new array of
 * [name, value]).  False: both NULL. */
bool parse_arguments(struct parser *parser, json_t **args, json_t **kwds);
/* A constructor call whose name begins at where, the current token being the "(" behind it: name is one of
 * construct.c's table, an exception, or a dotted name.  New. */
json_t *parse_constructor(struct parser *parser, const char *where, const char *name, size_t length);
/* Whether name (not dotted) is a constructor or an exception, so that it may stand before "(". */
bool parse_is_constructor(const char *name, size_t length);
/* The class or function of a dotted name, or NULL (nothing is reported) if an undotted name is no built-in.  New. */
json_t *parse_global(const char *name, size_t length);

#endif
