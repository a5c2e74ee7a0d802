/* SPDX-License-Identifier: MIT */
/* Honesty: what an implementation declares, held against what it does, once before the cases of a run with --validate.
 * Every operation, type and serializer is tried once, declared or not, and some things that nobody has; of a manager
 * also the contract by which it is started and stopped (implementations/README.md).  A claim that is not true is red;
 * what works though it is not declared is a note, since it claims nothing. */
#ifndef HARNESS_HONESTY_H
#define HARNESS_HONESTY_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/bench.h"

struct setup;

/* What is to be done with what was found.  All texts are borrowed. */
struct honesty_listener {
    void *context;
    /* A finding about a role of an implementation, with its mending. */
    void (*tell)(void *context, size_t implementation, enum role role, bool red, const char *sentence);
    /* The role cannot be used at all: its cases need not be tried one by one. */
    void (*give_up)(void *context, size_t implementation, enum role role, const char *trouble);
};

/* Checks every judged implementation in the roles that it has in the pairings.  bench is the caller's. */
void honesty_check(const struct setup *setup, struct bench *bench, const struct honesty_listener *listener);

#endif
