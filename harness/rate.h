/* SPDX-License-Identifier: MIT */
/* Are two rates of failure the same?  Fisher's exact test, one-sided: both rates are measured, so neither is taken for
 * the truth, and small numbers prove little. */
#ifndef HARNESS_RATE_H
#define HARNESS_RATE_H

#include <stdbool.h>

/* What is less likely than this is not taken for chance. */
#define RATE_CHANCE 0.001

/* So many of so many runs failed: 0 <= failures <= runs. */
struct rate {
    long failures, runs;
};

/* How likely it is that one and the same rate shows in now at least (or at most) as many failures as it did, if both
 * together have as many as they have.  From 0 to 1. */
double rate_chance_of_more(struct rate before, struct rate now);
double rate_chance_of_fewer(struct rate before, struct rate now);

/* True if now fails more often than before, by more than chance. */
bool rate_is_higher(struct rate before, struct rate now);

/* True if now never failed, in so many runs that this is no chance. */
bool rate_is_gone(struct rate before, struct rate now);

#endif
