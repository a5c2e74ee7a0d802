/* SPDX-License-Identifier: MIT */
/* Running all selected cases on all planned pairings, with every report: what `run` and `matrix` have in common. */
#ifndef HARNESS_RUN_H
#define HARNESS_RUN_H

struct options;
struct results;
struct setup;

/* In what a command differs from another one that runs cases. */
struct run_plan {
    /* Says which pairings: 0, or an exit status after printing why.  The setup is freed in both cases. */
    int (*make)(struct setup *setup, const struct options *options);
    /* After the reports, if the run came to its end: the exit status, which was status so far.  NULL: nothing to do. */
    int (*finish)(const struct results *results, const char *folder, int status);
};

/* Runs.  An exit status. */
int run_cases(const struct options *options, const struct run_plan *plan);

#endif
