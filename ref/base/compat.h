/* SPDX-License-Identifier: MIT */
/* Versions of CPython, as major * 100 + minor: 309 is 3.9.  They are compared here and nowhere else: a difference
 * between versions is a row, of a table of methods or names, or of compat.def. */
#ifndef REF_BASE_COMPAT_H
#define REF_BASE_COMPAT_H

#include <stdbool.h>

enum { COMPAT_OLDEST = 308, COMPAT_NEWEST = 315 };

enum compat_change {
#define CHANGE(name, since, until, what) COMPAT_##name,
#include "ref/base/compat.def"
#undef CHANGE
    COMPAT_CHANGES
};

/* One row of compat.def. */
struct compat_row {
    const char *name;
    int since, until;
    const char *what;
};

/* Whether a row of any table is for this version: since and until are versions or 0, which is open. */
bool compat_within(int compat, int since, int until);
/* Whether a change is there in this version. */
bool compat_has(int compat, enum compat_change change);
/* The row of a change, static. */
const struct compat_row *compat_row_peek(enum compat_change change);

#endif
