/* SPDX-License-Identifier: MIT */
/* `mpconform list`: what would run. */
#ifndef HARNESS_LIST_H
#define HARNESS_LIST_H

#include "harness/select.h"

#include <stdio.h>

/* One line per case: id, level, versions, clauses, title, in columns; the last line counts them. */
void list_text(FILE *out, const struct selection *selection);

/* The same as one JSON array of objects: id, file, title, level, versions, clauses, types, clients, steps, recorded. */
void list_json(FILE *out, const struct selection *selection);

#endif
