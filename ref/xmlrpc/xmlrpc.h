/* SPDX-License-Identifier: MIT */
/* The serializer 'xmlrpclib': values as the parameters of an XML-RPC message, in UTF-8 and without a declaration.
 * Mirrors Marshaller and Unmarshaller in Lib/xmlrpc/client.py with allow_none, as multiprocessing.connection calls
 * them. Less survives than in a pickle: tuples arrive as lists, bytes as Binary, instances as dicts. */
#ifndef REF_XMLRPC_XMLRPC_H
#define REF_XMLRPC_XMLRPC_H

#include "ref/base/buf.h"
#include "ref/value/types.h"

/* Writes v as the only parameter, appending to out. 0, or -1 after raising as CPython does (TypeError "cannot marshal
 * <class 'set'> objects", OverflowError "int exceeds XML-RPC limits", UnicodeEncodeError); then out holds rubbish. */
int xmlrpc_dump(struct ctx *ctx, struct value *v, struct buf *out);
/* Reads a document: its parameters, a new tuple; NULL after raising as CPython does (ExpatError, ResponseError, Fault,
 * UnicodeDecodeError, …).  Document type declarations are refused, so that nothing is expanded or fetched. */
struct value *xmlrpc_load(struct ctx *ctx, const void *data, size_t size);

/* ---- wrapper.c: what base64 and dateTime.iso8601 become: objects that cannot be hashed, equal by their content */
extern const struct type binary_type, date_time_type;
/* xmlrpc.client.Binary(data): content is bytes. New. */
struct value *binary_new_take(struct ctx *ctx, struct value *content);
/* xmlrpc.client.DateTime(text): content is a str. New. */
struct value *date_time_new_take(struct ctx *ctx, struct value *content);
/* bytes or str, borrowed. */
struct value *wrapper_peek(const struct value *v);

/* ---- base64.c */
/* base64.encodebytes: lines of 76 characters, each ended. */
void base64_encode(struct buf *out, const unsigned char *data, size_t size);
/* binascii.a2b_base64, which passes over what is no digit: new bytes, or NULL after raising binascii.Error. */
struct value *base64_decode(struct ctx *ctx, const char *text, size_t size);

#endif
