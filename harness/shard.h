/* SPDX-License-Identifier: MIT */
/* Shards: a selection divided over several runs, which `mpconform merge` joins (ci-examples/README.md).
 *
 * To which shard a case belongs depends on nothing but its id and the number of shards, so that another case, or
 * another selection, moves none.  The function is published, and never changes: the first 32 bits of the SHA-256 of the
 * id, as a number, modulo the number of shards, and one more. */
#ifndef HARNESS_SHARD_H
#define HARNESS_SHARD_H

#include <stdbool.h>

struct options;
struct selection;

/* Which shard is wanted. */
struct shard_choice {
    unsigned long index, of; /* from 1; 0 of 0: all that is selected */
    const char *from;        /* where that was said, for a person */
    const char *status_file; /* Bazel's, or NULL */
};

/* The shard of a case among count of them: 1 to count. */
unsigned long shard_of(const char *id, unsigned long count);

/* Reads --shard, else Bazel's variables, else those of GitLab.  False after printing what is wrong with them. */
bool shard_choose(struct shard_choice *choice, const struct options *options);

/* Leaves of the selection what belongs to the shard.  Touches Bazel's status file, if there is one.  False after
 * printing why: it cannot be touched, or nothing is left, which is no more green than any other empty selection. */
bool shard_take(struct selection *selection, const struct shard_choice *choice);

#endif
