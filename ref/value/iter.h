/* SPDX-License-Identifier: MIT */
/* What the files about iterators share. For the files of value/ only. */
#ifndef REF_VALUE_ITER_H
#define REF_VALUE_ITER_H

#include "ref/value/container.h"

/* ---- iter.c: over sequences */
/* The tuple that __reduce__ gives: (builtins.FUNCTION, (over,)[, state]); consumes over and state. Without something
 * raised, state NULL means that there is none. */
struct value *iter_reduction_take(struct ctx *ctx, const char *function, struct value *over, struct value *state);
/* The iter slot of iterators: themselves. */
struct value *iter_self(struct ctx *ctx, struct value *v);

/* ---- iter_range.c: over ranges */
struct value *iter_range(struct ctx *ctx, struct value *range);
struct value *iter_range_reversed(struct ctx *ctx, struct value *range);

/* ---- iter_table.c: over dicts and sets */
extern const struct type dict_reverse_key_iterator_type, set_iterator_type;
struct value *iter_table(struct ctx *ctx, const struct type *type, struct value *over);

#endif
