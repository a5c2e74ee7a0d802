/* SPDX-License-Identifier: MIT */
/* Which implementations are installed on this machine, with which interpreter, in which release. */
#ifndef HARNESS_INSTALLED_H
#define HARNESS_INSTALLED_H

#include <stdbool.h>

struct implementation;

/* Looks for an implementation: takes the first of its interpreters that runs and with which its command "identify"
 * succeeds, and settles its python, release and, if it does not follow the oracle, its version.  Where it names no
 * interpreters, python must be set, if its commands need one.  NULL, or a sentence, new, that says what is missing. */
char *installed_find(struct implementation *implementation);

/* The names of all implementations of the project (harness/implementations/NAME.json), sorted, ended by NULL.  New:
 * list and names. */
char **installed_names(void);
void installed_free_names(char **names);

#endif
