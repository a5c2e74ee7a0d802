/* SPDX-License-Identifier: MIT */
/* The object model: what every Python value is to ref, and the operations that work on any of them.
 *
 * Ownership, in three words.  A returned object is *new*: the caller releases it; functions named *_peek return
 * *borrowed*. Arguments are *borrowed*.  *_take *consumes* its last object argument, on success and on failure, and
 * passes NULL through. None, True, False, Ellipsis, NotImplemented and () are immortal.  Releasing NULL does nothing.
 *
 * Errors.  A function that can raise takes a ctx and says how it tells; the exception then stands in ctx->raised.  Out
 * of memory is MemoryError.  Everything here must be called with the runtime's lock held (runtime.h), which plays the
 * part of CPython's interpreter lock: an operation that does not block is atomic to other threads. */
#ifndef REF_VALUE_VALUE_H
#define REF_VALUE_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "ref/base/compiler.h"
#include "ref/value/runtime.h"

struct type;
struct buf;

struct value {
    const struct type *type;
    size_t refs; /* SIZE_MAX: immortal */
};

enum compare_op { COMPARE_LT, COMPARE_LE, COMPARE_EQ, COMPARE_NE, COMPARE_GT, COMPARE_GE };
enum binary_op {
    BINARY_ADD,
    BINARY_SUB,
    BINARY_MUL,
    BINARY_AND,
    BINARY_OR,
    BINARY_XOR,
    /* the in-place forms fall back to the plain ones as in Python */
    BINARY_IADD,
    BINARY_ISUB,
    BINARY_IMUL,
    BINARY_IAND,
    BINARY_IOR,
    BINARY_IXOR
};

/* One more reference; returns v. */
struct value *value_ref(struct value *v);
/* One reference less; destroys at none. */
void value_release(struct value *v);
/* Objects now alive, of every runtime.  Tests end at the number they began with (after collect_run). */
long value_alive(void);

/* The name of its type as messages have it: with a module for some types that are written in C ("array.array",
 * "datetime.date").  Borrowed, valid as long as v. */
const char *value_type_name(const struct value *v);
/* Python's type(v).__name__; of an opaque instance its class's name.  Borrowed, valid as long as v. */
const char *value_class_name(const struct value *v);
/* Its class with the module, as str(type(v)) has it between the quotes: 'int', 'collections.deque'. A new str. */
struct value *value_type_text(struct ctx *ctx, const struct value *v);

/* bool(v): 1, 0, or -1 after raising. */
int value_truth(struct ctx *ctx, struct value *v);
/* a == b, a < b, … : 1, 0, or -1 after raising (TypeError "'<' not supported between instances of 'A' and 'B'"). */
int value_compare(struct ctx *ctx, enum compare_op op, struct value *a, struct value *b);
/* a is b or a == b, what containers use: 1, 0, -1. */
int value_same(struct ctx *ctx, struct value *a, struct value *b);
/* hash(v) as Python computes it where equality crosses types (int, float, bool, complex), any stable function
 * elsewhere: 0, or -1 after raising (TypeError "unhashable type: 'list'"). */
int value_hash(struct ctx *ctx, struct value *v, int64_t *out);
/* repr(v), str(v): a new str, or NULL after raising. Recursive containers print [...] as Python does. */
struct value *value_repr(struct ctx *ctx, struct value *v);
struct value *value_str(struct ctx *ctx, struct value *v);
/* len(v), or -1 after raising. */
ssize_t value_length(struct ctx *ctx, struct value *v);
/* v[key]; v[key] = item; del v[key]. NULL or -1 after raising. */
struct value *value_get_item(struct ctx *ctx, struct value *v, struct value *key);
int value_set_item(struct ctx *ctx, struct value *v, struct value *key, struct value *item);
int value_delete_item(struct ctx *ctx, struct value *v, struct value *key);
/* item in v: 1, 0, -1. */
int value_contains(struct ctx *ctx, struct value *v, struct value *item);
/* a + b and so on, with both operands' types asked as in Python; NULL after raising ("unsupported operand type(s) for
 * +: 'A' and 'B'"). */
struct value *value_binary(struct ctx *ctx, enum binary_op op, struct value *a, struct value *b);
/* iter(v); NULL after raising ("'int' object is not iterable"). */
struct value *value_iter(struct ctx *ctx, struct value *v);
/* next(it): a new item; NULL with nothing raised at the end; NULL after raising. */
struct value *value_next(struct ctx *ctx, struct value *it);
/* getattr, setattr, delattr with name a C string; NULL or -1 after raising AttributeError with Python's message. */
struct value *value_get_attr(struct ctx *ctx, struct value *v, const char *name);
int value_set_attr(struct ctx *ctx, struct value *v, const char *name, struct value *item);
int value_delete_attr(struct ctx *ctx, struct value *v, const char *name);
/* Has its type (or a base) a public or special method of this name in the imitated version? */
bool value_has_method(const struct ctx *ctx, const struct value *v, const char *name);
/* v.name(*args, **kwds): args a tuple, kwds a dict or NULL. NULL after raising (AttributeError if there is no such
 * method). */
struct value *value_call_method(struct ctx *ctx, struct value *v, const char *name, struct value *args,
                                struct value *kwds);
/* The public method names as CPython's public_methods() finds them in dir() order, a new list of str: what AutoProxy
 * exposes. */
struct value *value_public_methods(struct ctx *ctx, struct value *v);

/* Singletons, immortal. */
extern struct value value_none, value_true, value_false, value_ellipsis, value_not_implemented;
/* True or False (immortal). */
struct value *value_bool(bool b);

#endif
