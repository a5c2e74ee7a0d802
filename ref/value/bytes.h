/* SPDX-License-Identifier: MIT */
/* What bytes and bytearray do alike. For those two files. */
#ifndef REF_VALUE_BYTES_H
#define REF_VALUE_BYTES_H

#include "ref/value/core.h"

struct bytes {
    struct value head;
    unsigned char *data; /* of bytes: behind the struct, NUL-terminated; of bytearray: allocated, NULL while empty */
    size_t size, capacity;
    int64_t hash; /* of bytes; 0: not yet known */
};

/* bytes, bytearray or array: their bytes. */
bool bytes_like(const struct value *v, const unsigned char **data, size_t *size);
/* The value of one byte: 0 … 255; -1 after raising. */
int bytes_item_value(struct ctx *ctx, struct value *v);
/* Appends repr's b'…'. escape_single: a single quote has a backslash also within double ones, as bytearray had it up
 * to 3.14. */
void bytes_put_repr(struct buf *b, const unsigned char *data, size_t size, bool escape_single);
/* Slots that both have. */
int bytes_compare(struct ctx *ctx, enum compare_op op, struct value *a, struct value *b);
ssize_t bytes_length(struct ctx *ctx, struct value *v);
int bytes_contains(struct ctx *ctx, struct value *v, struct value *item);
struct value *bytes_get_item(struct ctx *ctx, struct value *v, struct value *key);
/* a + b and a * n; a new object of the type of a. */
struct value *bytes_concatenate(struct ctx *ctx, struct value *a, struct value *b);
struct value *bytes_repeat(struct ctx *ctx, struct value *v, struct value *times);
/* Room for size bytes as a new object of the type; the bytes are the caller's to fill. */
struct value *bytes_make(struct ctx *ctx, const struct type *type, size_t size, unsigned char **data);

#endif
