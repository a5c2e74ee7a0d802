/* SPDX-License-Identifier: MIT */
/* The texts of #TRACEBACK and #UNSERIALIZABLE: what traceback.format_exc() gives in CPython, with places in this
 * program for its frames. */
#ifndef REF_MANAGER_TRACEBACK_H
#define REF_MANAGER_TRACEBACK_H

#include "ref/value/value.h"

/* A frame of the traceback. */
struct place {
    const char *file;
    int line;
    const char *function; /* the one of CPython that this place mirrors */
};
#define PLACE(function) ((struct place){__FILE__, __LINE__, function})

/* Takes the pending exception out of ctx and writes its traceback, a new str, or NULL after raising (out of memory).
 * context is the exception that was being handled when it was raised, borrowed, or NULL. */
struct value *traceback_fetch(struct ctx *ctx, struct place where, struct value *context);

#endif
