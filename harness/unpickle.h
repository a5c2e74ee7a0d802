/* SPDX-License-Identifier: MIT */
/* Reads a pickle as data: its bytes → typed JSON (ADAPTER.md).  Protocols 0 to 5, all opcodes but those for persistent
 * ids, extension codes and out-of-band buffers.  Nothing is ever imported or called: a call that a pickle asks for
 * becomes a $reduce, or the value that it would make where the typed values have a form for it (an exception, a
 * bytearray, a range …). */
#ifndef HARNESS_UNPICKLE_H
#define HARNESS_UNPICKLE_H

#include <jansson.h>
#include <stddef.h>

/* The value, new, shared and recursive structure marked.  NULL, with *error (new) a few words, if the bytes are no
 * pickle, or one that is too large or too deep to be shown.  What follows the STOP opcode is ignored. */
json_t *unpickle(const void *bytes, size_t length, char **error);

/* The protocol that the pickle names: that of its PROTO opcode, 0 if there is none, -1 if it is no pickle. */
int unpickle_protocol(const void *bytes, size_t length);

#endif
