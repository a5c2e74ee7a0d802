/* SPDX-License-Identifier: MIT */
/* The clauses of SPEC.md.  A clause is a paragraph that begins "**CALL-4** [documented; 3.8-]: text", or
 * "[documented; 3.8-; raw]" where only a peer that sends exact bytes can tell. */
#ifndef HARNESS_CLAUSES_H
#define HARNESS_CLAUSES_H

#include "harness/corpus.h"

struct clause {
    char *id;
    enum level level;
    struct interval versions;
    bool raw;   /* shown only by exact bytes: sessions need not cover it */
    char *text; /* the paragraph behind the colon, on one line */
    size_t line;
};

struct clauses {
    struct clause *list; /* in the order of the file */
    size_t count;
};

/* Reads the clauses of the file.  Malformed or duplicate ones are problems.  Must be freed in any case. */
void clauses_load(struct clauses *clauses, const char *path, struct problems *problems);
const struct clause *clauses_find(const struct clauses *clauses, const char *id);

/* Adds a problem for each cited clause that does not exist, and for each clause of the file at path that no case cites
 * and that is not raw. */
void clauses_check(const struct clauses *clauses, const char *path, const struct corpus *corpus,
                   struct problems *problems);
void clauses_free(struct clauses *clauses);

#endif
