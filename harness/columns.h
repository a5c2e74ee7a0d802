/* SPDX-License-Identifier: MIT */
/* Two texts beside each other, line by line, with what they do not have in common marked. */
#ifndef HARNESS_COLUMNS_H
#define HARNESS_COLUMNS_H

#include "harness/text.h"

/* Columns of one of the two texts: longer lines are cut. */
#define COLUMNS_WIDTH 46

/* Appends rows begun by indent.  Between the two stands a blank where they are the same, `|` where they are not, `<` or
 * `>` where only one has a line.  Offsets ("   12: " at the beginning of a line, "(MARK at 12)" at
 * its end) are no difference.  Lines that are
 * the same and far from those that are not are left out, and counted. */
void columns_write(struct text *out, const char *left, const char *right, const char *indent);

#endif
