/* SPDX-License-Identifier: MIT */
/* What `mpconform matrix` runs: everything that is here, each with the CPython that it imitates. */
#ifndef HARNESS_MATRIX_PLAN_H
#define HARNESS_MATRIX_PLAN_H

struct options;
struct setup;

/* Plans: one group of pairings for each version of CPython, that of the oracle first.  What is not installed goes into
 * setup->absent; what --impl names and is not installed is an error.  As run_plan.make (run.h). */
int matrix_plan(struct setup *setup, const struct options *options);

#endif
