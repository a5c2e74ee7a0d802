/* SPDX-License-Identifier: MIT */
/* Observations of an adapter (typed JSON, ADAPTER.md) → one canonical Python-like line (cases/README.md, Results).
 * Trusts nothing: every malformed value is an error with a reason.  The digits of floats are ours: text is read as a
 * double and written as Python's repr does. */
#ifndef HARNESS_CANONICAL_H
#define HARNESS_CANONICAL_H

#include <jansson.h>
#include <stdbool.h>

struct step;

/* Values nested deeper, and longer lines, are errors. */
#define CANONICAL_DEPTH 2000
#define CANONICAL_SIZE ((size_t)64 << 20)

/* The lines of what is not an answer. */
#define CANONICAL_BLOCKED "blocked"
#define CANONICAL_HANG "hang"
#define CANONICAL_LOST "connection lost"

/* The line for the member "observed" of the reply to step (NULL: any request), new: step.negate and step.sorted are
 * heeded.  If it is malformed: NULL, and *error is a new text saying what is wrong ("$float: expected digits, found
 * \"x\""): the adapter is broken, a harness error and never a verdict. */
char *canonical_observation(const json_t *observed, const struct step *step, char **error);

/* The text of one typed value, likewise. */
char *canonical_value(const json_t *value, char **error);

/* True if the observation is one after which a quiet step shows no line: a copy or a proxy. */
bool canonical_is_success(const json_t *observed);

#endif
