/* SPDX-License-Identifier: MIT */
/* Classes of Python's library whose instances are held as reductions like any other, but whose equality, order, hash
 * and repr are known: Decimal, Fraction, and those of datetime.  For opaque.c only. */
#ifndef REF_VALUE_KNOWN_H
#define REF_VALUE_KNOWN_H

#include "ref/value/container.h"

/* What is not known, or not of this instance: it counts as its reduction. */
enum { KNOWN_NOT = 3 };

/* ---- known.c */
/* a OP b, as the slot compare has it; or KNOWN_NOT. a is opaque. */
int known_compare(struct ctx *ctx, enum compare_op op, struct value *a, struct value *b);
/* 0, -1 after raising, or KNOWN_NOT. Equal ones have equal hashes, also those of an int or a float. */
int known_hash(struct ctx *ctx, struct value *v, int64_t *out);
/* New; NULL after raising, or with nothing raised if it is not known. */
struct value *known_repr(struct ctx *ctx, struct value *v);

/* ---- known_number.c, known_time.c: the same for a family */
int number_compare(struct ctx *ctx, enum compare_op op, struct value *a, struct value *b);
int number_hash(struct ctx *ctx, struct value *v, int64_t *out);
struct value *number_repr(struct ctx *ctx, struct value *v);
int time_compare(struct ctx *ctx, enum compare_op op, struct value *a, struct value *b);
int time_hash(struct ctx *ctx, struct value *v, int64_t *out);
struct value *time_repr(struct ctx *ctx, struct value *v);

/* How messages name the instances of a class that is written in C, which is with its module ("datetime.date"); NULL for
 * all others, which they name without.  class is a global. */
const char *known_type_name(const struct value *class);

/* Is v made by module.name(*args), with nothing recorded behind? */
bool known_is(const struct value *v, const char *module, const char *name);

#endif
