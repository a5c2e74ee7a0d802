/* SPDX-License-Identifier: MIT */
/* A protocol or system failure: a code from one list (failure.def), with the text that belongs to it.  Below the layer
 * of values nothing raises; the message layer turns a failure into the exception that CPython raises in the same place.
 */
#ifndef REF_BASE_FAILURE_H
#define REF_BASE_FAILURE_H

#include <stdbool.h>

#include "ref/base/compiler.h"

enum failure_code {
#define FAILURE(name, module, class, lost, text) FAILURE_##name,
#include "ref/base/failure.def"
#undef FAILURE
    FAILURE_CODES
};

/* Room for the longest text: a handshake message of 256 bytes written as Python's repr, four characters a byte. */
#define FAILURE_TEXT 1152

struct failure {
    enum failure_code code;
    int error;               /* errno for SYSTEM and LOST, the resolver's code for HOST, else 0 */
    char text[FAILURE_TEXT]; /* without a newline; may be empty, as EOFError's is */
};

/* Each of these fills *f and returns -1, for `return failure_set(…)`. */
/* The code with its own text. */
int failure_set(struct failure *f, enum failure_code code);
/* errno: LOST if it says that the peer is gone (EPIPE, ECONNRESET), MEMORY for ENOMEM, else SYSTEM. */
int failure_system(struct failure *f);
/* The code with a text of its own. */
int failure_format(struct failure *f, enum failure_code code, const char *format, ...) PRINTF_LIKE(3, 4);

/* What stands in the list for a code. */
const char *failure_module(enum failure_code code);
const char *failure_class(enum failure_code code);
bool failure_lost(enum failure_code code);

#endif
