/* SPDX-License-Identifier: MIT */
/* Selectors of the command line.  Several of them select the union; each must match something.
 *   list/pop-from-empty   the case with this id             list or list/         all cases below this folder
 *   'list/pop-*'          a glob over ids (* also crosses slashes)   cases/list/x.case  the file
 *   clause:CALL-4         cases that cite the clause, or with clause:CALL any of its group
 *   level:documented      type:list  cases that create such an object */
#ifndef HARNESS_SELECT_H
#define HARNESS_SELECT_H

#include "harness/corpus.h"

/* Cases in the order of the corpus, borrowed from it. */
struct selection {
    const struct test_case **cases;
    size_t count;
    struct shard {
        unsigned long index, of; /* the shard, from 1; 0 of 0: everything that was selected */
        size_t whole;            /* how many cases were selected for all shards together */
        char *whole_hash;        /* their select_hash; NULL without a shard */
    } shard;
};

/* Selects; without selectors all cases.  A selector that matches nothing, or is malformed, is a problem, and so is an
 * empty selection: returns false, and the caller exits with status 2.  The corpus may grow by files outside its folder
 * that are named.  The selection must be freed in both cases. */
bool select_cases(struct selection *selection, struct corpus *corpus, const char *const *selectors, size_t count,
                  struct problems *problems);
void select_free(struct selection *selection);

/* SHA-256, in hexadecimal, of the ids and files of all selected cases: what was judged.  New. */
char *select_hash(const struct selection *selection);

/* Keeps the cases for which wanted is true. */
void select_keep(struct selection *selection, bool (*wanted)(const struct test_case *test, const void *context),
                 const void *context);

#endif
