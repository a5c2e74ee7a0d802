/* SPDX-License-Identifier: MIT */
/* The renderings of a run's results (the table in report.c).  Each counts what it wrote, and the counts must agree with
 * the tally: a report that says something else is an error of the harness. */
#ifndef HARNESS_REPORT_H
#define HARNESS_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct results;

/* What a rendering counted while it wrote. */
struct report_counts {
    size_t passed, failed, skipped;
};

/* Writes every rendering into folder.  False after printing why. */
bool report_write_all(const struct results *results, const char *folder);

/* Removes all reports of an earlier run from folder, so that none can be taken for one of this run. */
void report_remove(const char *folder);

/* The renderings, each in a file of its own. */
void report_json(FILE *out, const struct results *results, struct report_counts *counts);
void report_tap(FILE *out, const struct results *results, struct report_counts *counts);
void report_junit(FILE *out, const struct results *results, struct report_counts *counts);
void report_markdown(FILE *out, const struct results *results, struct report_counts *counts);
void report_sarif(FILE *out, const struct results *results, struct report_counts *counts);
void report_badge(FILE *out, const struct results *results, struct report_counts *counts);
void report_page(FILE *out, const struct results *results, struct report_counts *counts);

#endif
