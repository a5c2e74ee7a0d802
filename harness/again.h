/* SPDX-License-Identifier: MIT */
/* The one command that does one result of a run again. */
#ifndef HARNESS_AGAIN_H
#define HARNESS_AGAIN_H

#include <stddef.h>

struct options;
struct setup;

/* For the case and the pairing, with everything of the options that decides the result: a line for the shell, new.
 * verb is a command that takes them: "run" or "explain". */
char *again_command(const char *verb, const struct setup *setup, const struct options *options, const char *id,
                    size_t pairing);

#endif
