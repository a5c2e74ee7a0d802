/* SPDX-License-Identifier: MIT */
/* A validator of JSON Schema (draft 2020-12) for the keywords that adapter.schema.json uses (the table at the end of
 * schema.c).  A keyword that it does not know is an error when the schema is loaded, so that nothing in a schema goes
 * unchecked.  `integer` is a number written without fraction and exponent; patterns are those that POSIX extended
 * expressions and ECMA-262 read alike. */
#ifndef HARNESS_SCHEMA_H
#define HARNESS_SCHEMA_H

#include <jansson.h>
#include <stdbool.h>

struct schema;

/* The first thing that is wrong with a value. */
struct schema_problem {
    char *where;    /* its JSON pointer in the value; "" is the whole value */
    char *expected; /* "an array or null" */
    char *found;    /* "\"append\"", cut if it is long */
    char *hint;     /* the description that the schema gives nearest to it, or NULL */
};

/* Reads a schema.  New; NULL with *trouble (new), which names the place in the schema. */
struct schema *schema_load(const char *text, char **trouble);

/* Checks a value against a definition (the part behind #/$defs/), or NULL for the whole schema.  False with *problem,
 * to be cleared.  A definition that the schema does not have is a bug of the caller. */
bool schema_check(const struct schema *schema, const char *definition, const json_t *value,
                  struct schema_problem *problem);

/* The problem as one sentence, new: "at /observed/copy: expected …, found … (hint)". */
char *schema_sentence(const struct schema_problem *problem);

void schema_problem_clear(struct schema_problem *problem);
void schema_free(struct schema *schema);

#endif
