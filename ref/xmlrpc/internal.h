/* SPDX-License-Identifier: MIT */
/* What the files of xmlrpc/ share. */
#ifndef REF_XMLRPC_INTERNAL_H
#define REF_XMLRPC_INTERNAL_H

#include "ref/xmlrpc/xmlrpc.h"

/* ---- failure.c */
/* raise MODULE.NAME(*args) with the attributes of state, if it is not NULL; NULL, always. Both are consumed. */
void *failure_raise_take(struct ctx *ctx, const char *module, const char *name, struct value *args,
                         struct value *state);
/* raise UnicodeEncodeError(encoding, text, start, end, reason) for UTF-8 text with the code points start to end; NULL,
 * always. */
void *failure_encode(struct ctx *ctx, const char *encoding, const char *text, size_t size, size_t start, size_t end,
                     const char *reason);
/* raise UnicodeDecodeError('utf-8', data, start, end, reason); NULL, always. */
void *failure_decode(struct ctx *ctx, const void *data, size_t size, size_t start, size_t end, const char *reason);
/* raise xmlrpc.client.ResponseError(text), or without an argument if text is NULL; NULL, always. */
void *failure_response(struct ctx *ctx, const char *text);
/* raise ResponseError("unknown tag 'x'"). */
void failure_unknown_tag(struct ctx *ctx, const char *tag);
/* raise xmlrpc.client.Fault(**members), with what CPython says if members (NULL: there is no value at all) will not do;
 * NULL, always. */
void *failure_fault(struct ctx *ctx, struct value *members);

/* ---- marshal.c: one message that is written */
struct marshal_path { /* the containers that are being written, innermost first */
    const struct value *v;
    const struct marshal_path *outer;
};

struct marshal {
    struct ctx *ctx;
    struct buf *out;
    const struct marshal_path *path;
    unsigned depth;
};

typedef int marshal_fn(struct marshal *m, struct value *v);

/* Writes any value. 0, or -1 after raising. */
int marshal_value(struct marshal *m, struct value *v);
/* Writes a struct; owner is what the recursion is told by: the dict, or the object that has it as attributes. dict NULL
 * is an empty one. */
int marshal_struct(struct marshal *m, const struct value *owner, struct value *dict);
/* raise TypeError "cannot marshal <class 'WHAT'> objects"; -1, always. */
int marshal_refuse(struct marshal *m, const char *what);
int marshal_binary(struct marshal *m, struct value *content);
/* The text of a DateTime stands in the document as it is. */
int marshal_date_time(struct marshal *m, struct value *text);

/* ---- marshal_object.c: objects with attributes, and those that have none */
marshal_fn marshal_opaque, marshal_exception, marshal_global, marshal_other;

/* ---- unmarshal.c: one message that is read */
struct unmarshal;
typedef int element_fn(struct unmarshal *u, const char *text, size_t size);

struct unmarshal {
    struct ctx *ctx;
    struct value **stack; /* owned references: the values that are complete */
    size_t count, room;
    size_t *marks; /* where in the stack the arrays and structs that are open begin */
    size_t open, open_room;
    struct buf text;                 /* since the last start tag */
    bool value;                      /* the last start tag was <value> */
    unsigned depth;                  /* elements that are open */
    const char *ending;              /* what the document turned out to be: "params", "fault", "methodName", or NULL */
    struct XML_ParserStruct *parser; /* owned: expat's XML_Parser */
};

/* A complete value, consumed; NULL passes through. 0, or -1 after raising. */
int unmarshal_push_take(struct unmarshal *u, struct value *v);

/* ---- element.c: what the end of an element does */
/* The function for </name>, or NULL: such an element means nothing. */
element_fn *element_find(const char *name);

#endif
