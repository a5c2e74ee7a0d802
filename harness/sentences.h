/* SPDX-License-Identifier: MIT */
/* The sentences of Python's documentation in SPEC.md: a table in the section "What the documentation says", whose last
 * column names the cases that show a sentence, each in backticks. */
#ifndef HARNESS_SENTENCES_H
#define HARNESS_SENTENCES_H

#include "harness/corpus.h"

/* Adds a problem for each row of the file at path that names no case, one that does not exist, or none of level
 * documented; also if there is no row.  Returns the number of rows. */
size_t sentences_check(const char *path, const struct corpus *corpus, struct problems *problems);

#endif
