/* SPDX-License-Identifier: MIT */
/* What a run says on the terminal: progress while it goes, then the counts, then the failures, then one line to read.
 */
#ifndef HARNESS_TERMINAL_H
#define HARNESS_TERMINAL_H

struct results;

/* Says who is judged by whom, and of which shard, if there is one; shard_from: who said so. */
void terminal_begin(const struct results *results, const char *shard_from);

/* Shows how far the run is: a bar on a terminal, a line now and then elsewhere. */
void terminal_progress(const struct results *results);

/* Clears the bar; prints the table of counts, the failures, each with the command that reproduces it, and "N passed, N
 * failed". */
void terminal_end(const struct results *results, const char *report_folder);

#endif
