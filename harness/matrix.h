/* SPDX-License-Identifier: MIT */
/* The matrix: what a run of `mpconform matrix` comes to, as data and as a page of Markdown.  Both are files of the
 * project (reports/matrix.json, reports/matrix.md) and are the same for the same results: no times, no paths.
 *
 * The data is an object:
 *   format, cases (how many), cases_sha256 (of all their ids and files),
 *   implementations: [{name, kind, imitates, release, home}], absent: [names] of those that were not installed,
 *   pairings: [{proxy, manager, versions, counts: {verdict: n}, groups: {"LIST": [passed, judged]},
 *               deviations: [{case, verdict, line, statement, expected, observed} or {case, verdict, reason}]}] */
#ifndef HARNESS_MATRIX_H
#define HARNESS_MATRIX_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

struct corpus;
struct problems;
struct results;
struct selection;
struct text;

/* The version of the data. */
#define MATRIX_FORMAT 1

/* The data of a run: new. */
json_t *matrix_data(const struct results *results);

/* The page, appended to out. */
void matrix_text(struct text *out, const json_t *data);

/* What the run says (data) that the file (recorded) does not, and the reverse, as far as both have a pairing and a case
 * was selected: a problem for each difference.  whole: all cases were selected, so that counts must agree, too.  Notes
 * what cannot be compared to notes. */
void matrix_compare(const json_t *recorded, const json_t *data, const struct selection *selection, bool whole,
                    struct problems *problems, FILE *notes);

/* Whether data and page (the bytes of matrix.md) belong together, are of these cases, and speak of all implementations
 * named: a problem for each thing that does not hold. */
void matrix_check_current(const json_t *data, const char *page, const char *cases_sha256, char *const *names,
                          struct problems *problems);

#endif
