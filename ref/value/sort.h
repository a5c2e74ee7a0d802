/* SPDX-License-Identifier: MIT */
/* The sort of list.sort, on an array of keys and what they stand for. For the files of value/ only. */
#ifndef REF_VALUE_SORT_H
#define REF_VALUE_SORT_H

#include "ref/value/types.h"

struct sort_item {
    struct value *key, *item; /* borrowed */
};

/* Sorts by key < key, stably, comparing the pairs that CPython of the imitated version compares. 0, or -1 after
 * raising: then the items stand in the order in which CPython leaves them. */
int sort_items(struct ctx *ctx, struct sort_item *items, size_t count);

#endif
