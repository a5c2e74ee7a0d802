/* SPDX-License-Identifier: MIT */
/* All cases of a folder.  Whatever cannot be read or parsed is a problem, never left out in silence: a corpus with
 * problems must not be run. */
#ifndef HARNESS_CORPUS_H
#define HARNESS_CORPUS_H

#include "harness/case.h"
#include "harness/problems.h"

struct corpus {
    char *root;               /* the folder, without a slash at its end */
    struct test_case **cases; /* sorted by id */
    size_t count;
};

/* Reads every *.case below root (other files than README.md and hidden ones are problems: a mistyped suffix).  *corpus
 * is always set and must be freed; without problems added it is complete and not empty. */
void corpus_load(struct corpus *corpus, const char *root, struct problems *problems);

/* Adds the case file at path.  Below root its id is what it would have been; elsewhere the path without ".case".  If
 * its id is there already, nothing happens.  The index of the case, or SIZE_MAX with a problem. */
size_t corpus_add(struct corpus *corpus, const char *path, struct problems *problems);

/* Adds a problem for each case that is recorded for none of the known versions it applies to. */
void corpus_check(const struct corpus *corpus, struct problems *problems);

/* The case with that id, borrowed, or NULL. */
struct test_case *corpus_find(const struct corpus *corpus, const char *id);

/* 16 hex digits and a NUL: a hash of all ids and files, the name of this set of cases in reports. */
void corpus_hash(const struct corpus *corpus, char out[static 17]);
void corpus_free(struct corpus *corpus);

#endif
