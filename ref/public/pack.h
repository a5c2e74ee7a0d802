/* SPDX-License-Identifier: MIT */
/* Values from a format, as the public header describes it. For the files of public/ only. */
#ifndef REF_PUBLIC_PACK_H
#define REF_PUBLIC_PACK_H

#include <stdarg.h>

struct ctx;
struct value;

/* What is being read: the rest of the format, and the arguments that belong to it. */
struct pack {
    const char *format; /* as it was given, for messages */
    const char *next;
    va_list args;
};

/* One item, and nothing behind it. New; NULL after raising (ValueError for a format that is none). */
struct value *pack_value(struct ctx *ctx, struct pack *p);
/* Any number of items: the positional ones as a new tuple, those behind name= as a new dict, or NULL if there are none.
 * 0, or -1 after raising. */
int pack_arguments(struct ctx *ctx, struct pack *p, struct value **args, struct value **kwds);

#endif
