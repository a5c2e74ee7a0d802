/* SPDX-License-Identifier: MIT */
/* What is true in which version of CPython. */
#include "ref/base/compat.h"

static const struct compat_row rows[] = {
#define CHANGE(name, since, until, what) {#name, since, until, what},
#include "ref/base/compat.def"
#undef CHANGE
};

bool compat_within(int compat, int since, int until)
{
    return (!since || compat >= since) && (!until || compat <= until);
}

bool compat_has(int compat, enum compat_change change)
{
    return compat_within(compat, rows[change].since, rows[change].until);
}

const struct compat_row *compat_row_peek(enum compat_change change)
{
    return &rows[change];
}
