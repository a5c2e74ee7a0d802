/* SPDX-License-Identifier: MIT */
/* --failed-from: what was red in an earlier report is run again. */
#ifndef HARNESS_FAILED_FROM_H
#define HARNESS_FAILED_FROM_H

#include <stdbool.h>
#include <stddef.h>

struct corpus;
struct problems;
struct selection;
struct setup;
struct stream;
struct words;

/* What the report selected, which is what to select from if the command line names nothing: its list is new and its
 * words are borrowed from the report. */
void failed_from_selectors(struct words *selectors, const struct stream *report);

/* Leaves of the selection the cases that were red in the report, and, if the report was cut short, those that have no
 * result there.  False with a problem if none is left, or if a red case is not in the corpus. */
bool failed_from_keep(struct selection *selection, const struct stream *report, const struct corpus *corpus,
                      struct problems *problems);

/* False, after printing which, if something was red on a pairing that this run has not: it would be green here without
 * having been tried. */
bool failed_from_covers(const struct stream *report, const struct selection *selection, const struct setup *setup);

#endif
