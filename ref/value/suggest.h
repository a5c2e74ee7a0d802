/* SPDX-License-Identifier: MIT */
/* "Did you mean": the name that a mistyped one probably stands for, as CPython 3.13 and later say it. Knows nothing of
 * values. */
#ifndef REF_VALUE_SUGGEST_H
#define REF_VALUE_SUGGEST_H

#include <stddef.h>

/* Keeps the best candidate so far. */
struct suggestion {
    const char *name; /* what was written */
    size_t size;
    const char *best; /* borrowed from a candidate; NULL: none is near enough */
    size_t best_size, best_cost;
};

void suggest_init(struct suggestion *s, const char *name, size_t size);
void suggest_consider(struct suggestion *s, const char *candidate, size_t size);

#endif
