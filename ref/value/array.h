/* SPDX-License-Identifier: MIT */
/* The body of array.array, and its items. For the files of value/ only. */
#ifndef REF_VALUE_ARRAY_H
#define REF_VALUE_ARRAY_H

#include "ref/value/container.h"

/* What a typecode means. */
struct array_kind {
    char code;
    unsigned char size;   /* bytes of an item */
    short since;          /* CPython version */
    bool text;            /* items are characters */
    const char *check[2]; /* names of the ranges that an int must fit, in the order in which CPython tests them */
    int64_t low[2], high[2];
    struct value *(*get)(struct ctx *ctx, const unsigned char *item);
    int (*set)(struct ctx *ctx, const struct array_kind *kind, struct value *v, unsigned char *item);
};

struct array {
    struct value head;
    const struct array_kind *kind;
    unsigned char *data;
    size_t count, capacity; /* in items */
};

/* ---- array_item.c */
/* The kind of a typecode in the imitated version, or NULL. */
const struct array_kind *array_kind_find(char code, int compat);
/* raise ValueError: bad typecode (must be …) */
void *array_raise_typecode(struct ctx *ctx);

/* ---- array.c */
struct array *array_make(struct ctx *ctx, const struct array_kind *kind, size_t count);
/* Appends v converted; 0, or -1 after raising (then nothing changed). */
int array_append(struct ctx *ctx, struct array *a, struct value *v);
/* Appends what an iterable yields; what came before a failure stays. */
int array_extend(struct ctx *ctx, struct array *a, struct value *iterable);
int array_append_bytes(struct ctx *ctx, struct array *a, const unsigned char *data, size_t size);
/* Replaces count items from start by those of more, which may be a's own data. */
int array_splice(struct ctx *ctx, struct array *a, size_t start, size_t count, const unsigned char *more, size_t added);
struct value *array_get(struct ctx *ctx, const struct array *a, size_t i);
/* Where an equal item is first found from start to before stop; -1 if nowhere, -2 after raising. */
ssize_t array_find(struct ctx *ctx, const struct array *a, struct value *v, size_t start, size_t stop);
struct value *array_repeat(struct ctx *ctx, struct array *a, ssize_t times);
int array_repeat_in_place(struct ctx *ctx, struct array *a, ssize_t times);
struct value *array_concat(struct ctx *ctx, struct value *a, struct value *b);
int array_extend_by_array(struct ctx *ctx, struct value *a, struct value *b);
/* The characters of a text array as str. */
struct value *array_text(struct ctx *ctx, const struct array *a);
extern const struct method array_methods[];

#endif
