/* SPDX-License-Identifier: MIT */
/* The implementations of a run: loaded by name, and who they are on this machine.
 *
 * A name is that of a file of the project, a path, or NAME-X.Y: an implementation that follows the oracle, imitating
 * that version ("ref-3.9", "cpython-3.9").  Each function returns 0, or an exit status after printing why. */
#ifndef HARNESS_ROSTER_H
#define HARNESS_ROSTER_H

#include <stddef.h>

struct implementation;
struct options;
struct setup;

/* The kinds that have a part in every run. */
#define ROSTER_ORACLE "cpython"
#define ROSTER_REFERENCE "ref"

/* The index of the implementation with that name, or setup->count. */
size_t roster_find(const struct setup *setup, const char *name);

/* Takes an implementation; its index. */
size_t roster_add_take(struct setup *setup, struct implementation *implementation);

/* The implementation that the command line describes: --manager or --manager-at, --proxy or --proxy-at.  None if it
 * does not. */
int roster_add_yours(struct setup *setup, const struct options *options);

/* Loads an implementation unless it is there; *index is where.  It is settled at once, but for one that follows an
 * oracle which is not chosen yet. */
int roster_load(struct setup *setup, const struct options *options, const char *name, size_t *index);

/* Settles those that were loaded before the oracle was chosen. */
int roster_follow(struct setup *setup, const struct options *options);

#endif
