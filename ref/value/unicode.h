/* SPDX-License-Identifier: MIT */
/* Code points in UTF-8 that may hold lone surrogates (three bytes each): what str is made of. Knows nothing of values.
 */
#ifndef REF_VALUE_UNICODE_H
#define REF_VALUE_UNICODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct unicode_fault {
    size_t start, end;  /* the bytes at fault, as UnicodeDecodeError says */
    const char *reason; /* its words */
};

/* Is text valid? Then *length is its code points, else *fault is filled. */
bool unicode_check(const char *text, size_t size, size_t *length, struct unicode_fault *fault);
/* The code point at *p in valid text; *p moves behind it. */
uint32_t unicode_next(const char **p);
/* Where the text stands after count code points. */
const char *unicode_skip(const char *p, size_t count);
/* Where it stands count code points earlier. */
const char *unicode_back(const char *p, size_t count);
/* Writes a code point; returns its bytes, at most 4. */
size_t unicode_encode(uint32_t c, char *out);
/* str.isprintable for one character in a CPython version. */
bool unicode_printable(uint32_t c, int compat);

#endif
