/* SPDX-License-Identifier: MIT */
/* The checks of --validate before the cases of a run: honesty.h in a worker of its own, whose findings become events.
 */
#ifndef HARNESS_CHECKS_H
#define HARNESS_CHECKS_H

#include <stdbool.h>

struct bench;
struct checks;
struct options;
struct pool_result;
struct results;
struct setup;

/* Both must outlive it.  New. */
struct checks *checks_new(const struct setup *setup, const struct options *options);

/* Does the checks, if they are asked for; results gets the findings.  False if that was interrupted or the worker died:
 * *outcome then tells. */
bool checks_run(struct checks *checks, struct results *results, struct pool_result *outcome);

/* Tells the bench of a worker what was found to be unusable. */
void checks_apply(const struct checks *checks, struct bench *bench);

void checks_free(struct checks *checks);

#endif
