/* SPDX-License-Identifier: MIT */
/* One action of a statement → an adapter request; for statement.c only.  After an error every function returns NULL or
 * false, and the problem is told. */
#ifndef HARNESS_ACTION_H
#define HARNESS_ACTION_H

#include "harness/statement.h"

/* The request of the action at the current token, new; sets out->negate and out->sorted. */
json_t *action_parse(struct parser *parser, struct statement *out);
/* The key of a subscript, new; the current token is behind "[", afterwards behind "]". */
json_t *action_subscript(struct parser *parser);

/* {"op": op}, new. */
json_t *action_request(const char *op);
/* A request for a function of the operator module, new.  Takes both operands; the second may be NULL. */
json_t *action_operation(const char *function, json_t *first, json_t *second);
/* Sets a member to the text of a token. */
void action_set_name(json_t *object, const char *key, const struct token *name);
/* Takes a name that is no keyword; otherwise fails with "expected WHAT". */
bool action_require_name(struct parser *parser, const char *what, struct token *out);

#endif
