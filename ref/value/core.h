/* SPDX-License-Identifier: MIT */
/* What the core files of value/ share among themselves: sized objects, the collector's hooks, static values, interned
 * names. For the files of value/ only. */
#ifndef REF_VALUE_CORE_H
#define REF_VALUE_CORE_H

#include <stdarg.h>

#include "ref/base/buf.h"
#include "ref/value/types.h"

/* ---- value.c */
/* As value_new with extra more bytes behind the struct: for types that carry their data inside. */
struct value *value_new_sized(struct ctx *ctx, const struct type *type, size_t extra) MUST_USE;
/* One level deeper in a recursive operation: 0, or -1 after RecursionError "maximum recursion depth exceeded" + where,
 * or after MemoryError if it has gone through step_limit values. */
int value_enter(struct ctx *ctx, const char *where) MUST_USE;
void value_leave(struct ctx *ctx);
/* AttributeError as v.name = item raises it where v has no __dict__. */
void *raise_no_attribute_to_set(struct ctx *ctx, const struct value *v, const char *name);
/* raise TypeError "unhashable type: 'list'". */
int value_unhashable(struct ctx *ctx, const struct value *v);
/* Does a < b and so on hold for an ordering result (negative, 0, positive)? */
bool compare_holds(enum compare_op op, int order);
/* a < b becomes b > a. */
enum compare_op compare_swapped(enum compare_op op);

/* ---- collect.c */
int collect_init(struct runtime *rt) MUST_USE;
void collect_end(struct runtime *rt);
/* Zeroed memory for a container of the runtime, tracked; may run the collector. */
void *collect_alloc(struct runtime *rt, size_t size) MUST_USE;
/* Before destruction: the collector no longer sees it. */
void collect_untrack(struct value *v);
void collect_free(struct value *v);

/* ---- str.c */
int str_runtime_init(struct runtime *rt) MUST_USE;
void str_runtime_end(struct runtime *rt);
/* As str_printf. Bytes that are no UTF-8 (cut off by a precision) become U+FFFD. */
struct value *str_vprintf(struct ctx *ctx, const char *format, va_list args);
/* The str of one code point. */
struct value *str_new_code_point(struct ctx *ctx, uint32_t c);
/* The i-th code point, and as a str; i is in range. */
uint32_t str_code_point(const struct value *v, size_t i);
struct value *str_item(struct ctx *ctx, const struct value *v, size_t i);
/* Appends repr of text (valid UTF-8). */
void str_put_repr(struct buf *b, const char *text, size_t size, int compat);
/* Where needle first is in hay, or NULL. */
const void *bytes_find(const void *hay, size_t hay_size, const void *needle, size_t size);

/* ---- global.c */
int global_runtime_init(struct runtime *rt) MUST_USE;
void global_runtime_end(struct runtime *rt);

/* ---- bytes.c */
/* Makes the static objects; may be called again. */
void bytes_runtime_init(void);

/* ---- int.c */
/* Order of an int against a double that is not NaN: negative, 0, positive. */
int int_compare_double(const struct value *v, double x);
/* As a double; infinity if too large. */
double int_to_double(const struct value *v);
/* -1, 0, 1 */
int int_sign(const struct value *v);
/* a // b as Python's (floor); b is not 0. */
struct value *int_floor_div(struct ctx *ctx, struct value *a, struct value *b);
/* Makes the static ints; may be called again. */
void int_runtime_init(void);

/* ---- float.c */
/* The hash of x, a part of v: not a number hashes as v's identity since 3.10. */
int64_t float_hash_double(double x, const struct value *v, int compat);
/* A float or an int as double: 1; 0 if it is neither; -1 after OverflowError. */
int float_from_number(struct ctx *ctx, const struct value *v, double *out);
/* The same, and TypeError "must be real number, not str" if it is neither: 0, or -1 after raising. */
int float_read(struct ctx *ctx, const struct value *v, double *out);

#endif
