/* SPDX-License-Identifier: MIT */
/* One statement of a case → the adapter request that does it (ADAPTER.md). */
#ifndef HARNESS_STATEMENT_H
#define HARNESS_STATEMENT_H

#include "harness/parse.h"

/* See struct step for what the members mean.  Release with statement_free. */
struct statement {
    json_t *request;
    json_t *until; /* "until VALUE: action": the value, or NULL */
    char *hand_name, *hand_to;
    char *binds; /* the variable that it binds in its client (hand: in the other), or NULL */
    char *drops; /* the variable that it unbinds, or NULL */
    json_t *raw; /* of a raw prompt: what the harness does as the peer (raw_statement.h); request is NULL then */
    bool quiet, negate, sorted;
};

/* Parses the whole text that parser's lexer was begun with.  False after exactly one problem; *out must be freed in
 * both cases. */
bool statement_parse(struct parser *parser, struct statement *out);
void statement_free(struct statement *statement);

#endif
