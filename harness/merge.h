/* SPDX-License-Identifier: MIT */
/* Merging the reports of shards, inside: what merge.c makes of what merge_check.c found to be in order. */
#ifndef HARNESS_MERGE_H
#define HARNESS_MERGE_H

#include "harness/corpus.h"
#include "harness/known.h"
#include "harness/options.h"
#include "harness/problems.h"
#include "harness/select.h"
#include "harness/setup.h"
#include "harness/stream.h"

/* What is merged. */
struct merge {
    struct stream *shards;
    size_t count;
    unsigned long of;       /* shards in all; 1 for a report without a shard */
    struct options options; /* those of the shards, and where the report goes */
    struct corpus corpus;
    struct selection selection;
    struct setup setup;
    struct known known;
    struct problems problems;
};

/* A report without a shard is shard 1 of 1. */
unsigned long merge_index_of(const struct stream *shard);

/* The place of the case with that id in the selection; its count if there is none. */
size_t merge_find_case(const struct merge *merge, const char *id);

/* Reads the reports and compares their headers.  Problems are those of merge, here and below. */
void merge_read_shards(struct merge *merge, const struct words *paths);

/* Selects as the shards did, and looks for shards that are missing. */
void merge_select_again(struct merge *merge);

/* Holds each shard against its own footer, and against the cases that are its own. */
void merge_check_shards(struct merge *merge);

#endif
