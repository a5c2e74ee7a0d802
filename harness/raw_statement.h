/* SPDX-License-Identifier: MIT */
/* One statement of a raw prompt (cases/README.md, Raw peers) → what the harness does as the peer, as JSON:
 * {"verb": NAME, …} with the members that raw_statement.c's table of verbs names. */
#ifndef HARNESS_RAW_STATEMENT_H
#define HARNESS_RAW_STATEMENT_H

#include "harness/case.h"
#include "harness/statement.h"

/* The variable that every raw prompt has: the address of the manager, as tokens have it. */
#define RAW_ADDRESS "address"

/* Whether a prompt with this name is a raw one: "raw", or "raw" and digits. */
bool raw_statement_prompt(const char *client);

/* As statement_parse; out->raw is the statement. */
bool raw_statement_parse(struct parser *parser, enum peer_role peer, struct statement *out);

#endif
