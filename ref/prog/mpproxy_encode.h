/* SPDX-License-Identifier: MIT */
/* What the two files that write typed JSON share: one value under way. */
#ifndef REF_PROG_MPPROXY_ENCODE_H
#define REF_PROG_MPPROXY_ENCODE_H

#include "ref/prog/mpproxy.h"

/* An object that has an identity. */
struct node {
    struct value *value;    /* owned, as are the parts */
    struct value *parts[2]; /* what its reduction made anew: the same objects in both walks */
    json_int_t number;
    bool shared, inside;
};

struct encoder {
    struct adapter *a;
    struct ctx *ctx;
    struct node *nodes;
    size_t count, room;
    size_t *table; /* open addressing: index + 1 of a node, 0: free */
    size_t table_size;
    size_t visits, depth;
    json_int_t numbers;
    bool counting;
};

typedef json_t *write_fn(struct encoder *e, struct value *v, size_t node);

/* ---- mpproxy_encode.c: new JSON, NULL after adapter_refuse */
json_t *encode_any(struct encoder *e, struct value *v);
/* Items of a tuple. */
json_t *encode_each(struct encoder *e, struct value *tuple);
/* Appends the JSON of v, or [KEY, VALUE]: 0, or -1 (and the array is gone). */
int encode_append(struct encoder *e, json_t *array, struct value *v);
int encode_append_pair(struct encoder *e, json_t *array, struct value *key, struct value *item);
/* "module:qualified.name" */
json_t *encode_name(const char *module, const char *name);
/* {TAG: body}, consuming body; NULL passes through. */
json_t *encode_tagged(const char *tag, json_t *body);
/* A thing that cannot be shown. */
json_t *encode_other(const struct value *v);

/* ---- mpproxy_encode_objects.c */
write_fn encode_write_exception, encode_write_opaque, encode_write_reducible;
/* What stands inside $exception; v is an exception, or an instance that was raised as one. */
json_t *encode_exception_body(struct encoder *e, struct value *v, size_t node);

#endif
