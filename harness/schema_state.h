/* SPDX-License-Identifier: MIT */
/* What schema.c and schema_check.c share: a loaded schema, the walk through a value, the table of keywords. */
#ifndef HARNESS_SCHEMA_STATE_H
#define HARNESS_SCHEMA_STATE_H

#include <regex.h>

#include "harness/schema.h"
#include "harness/text.h"

/* A compiled expression; text is where it stands in the schema. */
struct pattern {
    struct pattern *next;
    const json_t *text;
    regex_t compiled;
};

struct schema {
    json_t *root;
    struct pattern *patterns;
};

struct walk {
    const struct schema *schema;
    struct text where; /* the pointer to the value that is looked at */
    const char *hint;
    struct schema_problem *problem; /* NULL: a trial */
    unsigned depth;
};

/* What a keyword's operand must be. */
enum operand { NOTE, ANY, COUNT, NUMBER, FLAG, LIST, TEXTS, TYPES, PATTERN, REFERENCE, ONE, SEVERAL, MEMBERS };

struct keyword {
    const char *name;
    enum operand operand;
    /* NULL: says nothing of a value by itself. */
    bool (*check)(struct walk *walk, const json_t *value, const json_t *operand, const json_t *schema);
};

/* All keywords in the order in which they are checked, ended by a row without name. */
extern const struct keyword schema_keywords[];

/* Whether the value passes the schema; tells walk->problem of the first thing that is wrong. */
bool schema_apply(struct walk *walk, const json_t *value, const json_t *schema);

/* The definition that a reference means, or NULL. */
const json_t *schema_resolve(const struct schema *schema, const char *reference);

#endif
