/* SPDX-License-Identifier: MIT */
/* `mpconform show CASE`: the case as written, its clauses with their text, and the versions it was recorded from. */
#ifndef HARNESS_SHOW_H
#define HARNESS_SHOW_H

#include "harness/clauses.h"

#include <stdio.h>

/* clauses may be NULL (no SPEC.md at hand): then only their ids are shown. */
void show_case(FILE *out, const struct test_case *test, const struct clauses *clauses);

#endif
