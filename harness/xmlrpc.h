/* SPDX-License-Identifier: MIT */
/* Reads what the serializer xmlrpclib makes of one value: `<params><param><value>…` → typed JSON (ADAPTER.md), in which
 * every array is a list and every struct a dict. */
#ifndef HARNESS_XMLRPC_H
#define HARNESS_XMLRPC_H

#include <jansson.h>
#include <stddef.h>

/* The first value, new; NULL if the bytes are no such text, or one nested too deep. */
json_t *xmlrpc_read(const void *bytes, size_t length);

#endif
