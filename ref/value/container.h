/* SPDX-License-Identifier: MIT */
/* The bodies of the containers and what they share: arrays of references, sequence arguments, repr with a recursion
 * guard. For the files of value/ only; everybody else goes through types.h. */
#ifndef REF_VALUE_CONTAINER_H
#define REF_VALUE_CONTAINER_H

#include "ref/base/buf.h"
#include "ref/value/types.h"

/* ---- items.c: an array of owned references, what list and tuple are made of */
struct items {
    struct value **at;
    size_t length, capacity;
};

struct tuple {
    struct value head;
    struct items items;
};

struct list {
    struct value head;
    struct items items;
};

/* Bytes of a reference in an array of them. */
enum { ITEMS_REFERENCE = sizeof(void *) };

/* Makes room for count more. 0, or -1 after MemoryError (nothing changed). */
int items_reserve(struct ctx *ctx, struct items *items, size_t count) MUST_USE;
/* Gives back memory if less than half of it is in use; that cannot fail. */
void items_shrink(struct items *items);
/* Appends, consuming item (NULL passes through as -1). 0, or -1 after raising. */
int items_push_take(struct ctx *ctx, struct items *items, struct value *item) MUST_USE;
/* Empties the array first and releases what it held afterwards, so that whatever a destructor does finds a whole
 * object. */
void items_clear(struct items *items);
/* Appends everything an iterable yields; what was appended before a failure stays, as in CPython. */
int items_extend(struct ctx *ctx, struct items *items, struct value *iterable) MUST_USE;
int items_traverse(const struct items *items, visit_fn *visit, void *arg);
/* Element by element, then by length, as list and tuple compare. */
int items_compare(struct ctx *ctx, enum compare_op op, const struct items *a, const struct items *b);
/* a op b for two lengths. */
int items_compare_lengths(enum compare_op op, size_t a, size_t b);
int items_contains(struct ctx *ctx, const struct items *items, struct value *item);
/* Where item is first found at or after start and before stop: its index, -1 if nowhere, -2 after raising. */
ssize_t items_find(struct ctx *ctx, const struct items *items, struct value *item, size_t start, size_t stop);
/* count(item) and index(item[, start[, stop]]) as method bodies; missing is raised as ValueError. */
struct value *items_count(struct ctx *ctx, const struct items *items, struct value *item);
ssize_t items_index(struct ctx *ctx, const struct items *items, struct value *const *argv, size_t argc);
/* New references of count items from start in strides of step, appended to the empty array out. */
int items_copy(struct ctx *ctx, const struct items *items, ssize_t start, ssize_t step, size_t count,
               struct items *out) MUST_USE;
/* times copies of items, appended to the empty array out. MemoryError if that is too many. */
int items_repeat(struct ctx *ctx, const struct items *items, ssize_t times, struct items *out) MUST_USE;

/* ---- arguments.c: how CPython reads indices */
/* The argument of obj[key] where key is no slice: IndexError if it does not fit, TypeError "list indices must be
 * integers or slices, not str". */
int arguments_subscript(struct ctx *ctx, const char *what, struct value *key, ssize_t *out);
/* An 'n' argument: OverflowError "Python int too large to convert to C ssize_t" if it does not fit. */
int arguments_ssize(struct ctx *ctx, struct value *v, ssize_t *out);
/* The same where PyLong_AsSsize_t is called on whatever came: TypeError "an integer is required". */
int arguments_plain_ssize(struct ctx *ctx, struct value *v, ssize_t *out);
/* A long: TypeError as for an array's item. */
int arguments_long(struct ctx *ctx, struct value *v, int64_t *out);
/* A bound of index(x, start, stop): clipped, negative ones counted from the end. */
int arguments_bound(struct ctx *ctx, struct value *v, size_t length, size_t *out);
/* The argument of __mul__: OverflowError "cannot fit 'int' into an index-sized integer". */
int arguments_repeat(struct ctx *ctx, struct value *v, ssize_t *out);
/* The other operand of a sequence's *: as arguments_repeat, but TypeError "can't multiply sequence by non-int of type
 * 'str'". */
int arguments_times(struct ctx *ctx, struct value *v, ssize_t *out);

/* ---- printing.c: repr of containers */
struct printing { /* one container whose repr is under way; they chain through ctx */
    const struct value *v;
    const struct printing *outer;
};
/* Is v being printed already? Otherwise remembers it until printing_leave. */
bool printing_enter(struct ctx *ctx, struct printing *p, const struct value *v);
void printing_leave(struct ctx *ctx, const struct printing *p);
/* Appends repr(v). 0, or -1 after raising. */
int printing_put(struct ctx *ctx, struct buf *b, struct value *v);
/* The buffer as a new str (MemoryError if it failed); frees the buffer in any case. */
struct value *printing_finish(struct ctx *ctx, struct buf *b);

/* ---- dunder.c: special methods that only call the type's slot, for method tables */
method_fn dunder_len, dunder_contains, dunder_getitem, dunder_setitem, dunder_delitem, dunder_iter, dunder_next;
/* __class_getitem__: list[int] is an instance of types.GenericAlias, which C holds as what CPython pickles. */
method_fn dunder_class_getitem;
method_fn dunder_lt, dunder_le, dunder_eq, dunder_ne, dunder_gt, dunder_ge;

/* ---- iter.c */
method_fn iter_dunder_reversed;

/* ---- list.c, list_methods.c, sort.c */
/* A list that takes over the items; frees them on failure. */
struct value *list_adopt(struct ctx *ctx, struct items *items);
struct value *list_concat(struct ctx *ctx, struct value *a, struct value *b);
struct value *list_repeat(struct ctx *ctx, struct value *v, ssize_t times);
int list_repeat_in_place(struct ctx *ctx, struct value *v, ssize_t times);
/* Replaces count items from start by those of more (which may be the list's own); more NULL: by none. */
int list_splice(struct ctx *ctx, struct value *v, size_t start, size_t count, const struct items *more) MUST_USE;
void list_reverse_in_place(struct value *v);
method_fn list_sort;
extern const struct method list_methods[];

/* ---- dict.c */
struct dict_entry {
    struct value *key, *item; /* key NULL: deleted */
    int64_t hash;
};

struct dict {
    struct value head;
    struct dict_entry *entries; /* in insertion order, with gaps */
    int32_t *index;             /* open addressing: position in entries, or DICT_FREE, DICT_DUMMY */
    size_t slots;               /* of index, a power of two; 0 while nothing was ever stored */
    size_t used;                /* entries written, gaps included */
    size_t room;                /* entries that may still be written before the next resize */
    size_t count;               /* len(d) */
};

/* The hash of a key, with what CPython says if it has none. */
int dict_hash(struct ctx *ctx, struct value *key, int64_t *out);
/* Finds key: 1 and the position of its entry, 0 if missing, -1 after raising. */
int dict_find(struct ctx *ctx, struct dict *d, struct value *key, int64_t hash, size_t *position);
/* As dict_set with the hash known. */
int dict_set_hashed(struct ctx *ctx, struct dict *d, struct value *key, int64_t hash, struct value *item);
/* Takes an entry out; the caller owns *key and *item. */
void dict_take_out(struct dict *d, size_t position, struct value **key, struct value **item);
void dict_clear(struct dict *d);
struct value *dict_copy(struct ctx *ctx, struct dict *d);
/* merge as update does: other is a dict, or pairs. */
int dict_merge(struct ctx *ctx, struct dict *d, struct value *other);
extern const struct method dict_methods[];

/* ---- dict_view.c */
extern const struct type dict_keys_type, dict_values_type, dict_items_type;
/* A view that shows what is in a list, which is consumed. */
struct value *dict_view_take(struct ctx *ctx, const struct type *type, struct value *list);

/* ---- set.c */
bool set_check(const struct value *v); /* set or frozenset */

#endif
