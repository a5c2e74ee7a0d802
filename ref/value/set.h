/* SPDX-License-Identifier: MIT */
/* The body of set and frozenset, and what the files about them share. For the files of value/ only. */
#ifndef REF_VALUE_SET_H
#define REF_VALUE_SET_H

#include "ref/value/container.h"

/* ---- set.c */
enum { SET_MIN_SLOTS = 8 };

struct set_entry {
    struct value *key; /* NULL: unused (hash 0) or deleted (hash -1, which no key has) */
    int64_t hash;
};

struct set {
    struct value head;
    struct set_entry *table; /* small, or owned */
    size_t mask;             /* slots - 1 */
    size_t fill, used;       /* slots that are not unused; keys */
    size_t finger;           /* where pop looks first */
    struct set_entry small[SET_MIN_SLOTS];
};

enum { SET_ERROR = -1, SET_MISSING = 0, SET_FOUND = 1 };

/* A new empty one. */
struct set *set_make(struct ctx *ctx, const struct type *type);
/* The hash of what is looked for: as a lookup key a set stands for the frozenset of its elements. */
int set_hash_sought(struct ctx *ctx, struct value *key, int64_t *out);
/* Is key in it? SET_FOUND, SET_MISSING, SET_ERROR. */
int set_has(struct ctx *ctx, struct set *s, struct value *key, int64_t hash);
/* Adds key unless it is there; 0, or -1 after raising. */
int set_add_hashed(struct ctx *ctx, struct set *s, struct value *key, int64_t hash);
/* Takes key out: SET_FOUND if it was there. */
int set_discard_hashed(struct ctx *ctx, struct set *s, struct value *key, int64_t hash);
/* Makes the table fit for so many keys and rebuilds it without deleted slots. */
int set_resize(struct ctx *ctx, struct set *s, size_t minimum);
/* After many deletions: rebuilds the table if more than a quarter of it are deleted slots. */
int set_tidy(struct ctx *ctx, struct set *s);
void set_empty(struct set *s);
void set_swap(struct set *a, struct set *b);
/* Are all of a in b? 1, 0, -1. */
int set_is_subset(struct ctx *ctx, struct set *a, struct set *b);

/* ---- set_algebra.c: iterable may be anything; a set or dict is not asked for an iterator */
/* Passes s through, or releases it and gives NULL if the work on it failed (result is negative). */
struct set *set_finish(struct set *s, int result);
/* Adds all of an iterable, in CPython's order of resizing and inserting. */
int set_update_by(struct ctx *ctx, struct set *s, struct value *iterable);
/* A new one of the type, or of s's own, with the same elements. */
struct set *set_copy_as(struct ctx *ctx, const struct type *type, struct value *iterable);
struct set *set_copy(struct ctx *ctx, struct set *s);
/* New ones, of s's type. */
struct set *set_intersection(struct ctx *ctx, struct set *s, struct value *other);
struct set *set_difference(struct ctx *ctx, struct set *s, struct value *other);
struct set *set_symmetric_difference(struct ctx *ctx, struct set *s, struct value *other);
/* In place. */
int set_subtract(struct ctx *ctx, struct set *s, struct value *other);
int set_toggle(struct ctx *ctx, struct set *s, struct value *other);
/* Is there an element of iterable for which set_has says so (SET_FOUND or SET_MISSING)? 1, 0, -1; stops at the first.
 */
int set_any(struct ctx *ctx, struct set *s, struct value *iterable, int wanted);
/* & | - ^ and their in-place forms; operands that are no sets give NotImplemented. */
struct value *set_binary(struct ctx *ctx, enum binary_op op, struct value *a, struct value *b);

/* ---- set_methods.c */
extern const struct method set_methods[], frozenset_methods[];

#endif
