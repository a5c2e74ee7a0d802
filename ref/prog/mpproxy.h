/* SPDX-License-Identifier: MIT */
/* What the files of mpproxy share: the adapter's state, and typed JSON (harness/ADAPTER.md) to values and back. */
#ifndef REF_PROG_MPPROXY_H
#define REF_PROG_MPPROXY_H

#include <jansson.h>

#include "ref/proxy/proxy.h"

#define MPPROXY_VERSION "0.1"
/* Nesting of a value that is shown: what goes deeper cannot be read by many JSON readers. */
#define MPPROXY_DEPTH 2000

struct adapter {
    struct runtime rt;
    struct ctx ctx;
    struct process *process;
    struct client *client;   /* or NULL: not connected */
    struct value *variables; /* dict: name to value */
    char error[512];         /* why a request is refused; empty: it is not */
};

/* Says why the request is malformed: returns NULL, always. The first reason stays. */
void *adapter_refuse(struct adapter *a, const char *format, ...) PRINTF_LIKE(2, 3);
/* As adapter_refuse, with the pending exception, which is dropped. */
void *adapter_refuse_raised(struct adapter *a, const char *what);

/* ---- mpproxy_ops.c */
/* The reply to one request line, or NULL if out of memory. */
json_t *ops_answer(struct adapter *a, const char *line, size_t size);
/* Drops variables and connections: the state of a new process. */
void ops_forget(struct adapter *a);

/* ---- mpproxy_decode.c */
/* The value of an operand, new; NULL after adapter_refuse. */
struct value *decode_operand(struct adapter *a, json_t *data);
/* Hexadecimal digits to bytes: 0, or -1 after adapter_refuse. */
int decode_hex(struct adapter *a, const json_t *text, struct buf *out);

/* ---- mpproxy_encode.c: new JSON; NULL after adapter_refuse */
/* Any value, as a typed value. */
json_t *encode_value(struct adapter *a, struct value *v);
/* What stands inside $exception. */
json_t *encode_exception(struct adapter *a, struct value *v);
/* A str to show: surrogates and NUL become escapes. */
json_t *encode_text(const struct value *v);

#endif
