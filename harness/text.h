/* SPDX-License-Identifier: MIT */
/* Growing text and checked allocation for the harness.  The harness has nothing useful to do without memory: it says so
 * and exits with status 3, which is never green; so none of these functions fails. */
#ifndef HARNESS_TEXT_H
#define HARNESS_TEXT_H

#include <stddef.h>

/* A string that grows.  {0} is an empty one.  bytes is NUL-terminated once anything was added, NULL before. */
struct text {
    char *bytes;
    size_t length, capacity;
};

/* Appends length bytes. */
void text_add(struct text *text, const void *bytes, size_t length);
/* Appends a NUL-terminated string. */
void text_puts(struct text *text, const char *string);
/* Appends as printf does. */
void text_printf(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Removes the first length bytes. */
void text_skip(struct text *text, size_t length);
/* The text so far, borrowed; "" if nothing was added. */
const char *text_peek(const struct text *text);
/* Gives the text away (new, by free) and leaves an empty one. */
char *text_give(struct text *text);
/* Frees the bytes and leaves an empty text. */
void text_clear(struct text *text);

/* A new string made as printf does. */
char *text_format(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* A new copy of string; NULL stays NULL. */
char *text_copy(const char *string);
/* One word, quoted for the shell: new. */
char *text_quote(const char *word);
/* The text with every occurrence of what (NULL or empty: nothing) replaced by a name.  Takes text. */
char *text_replace_take(char *text, const char *what, const char *name);
/* Adds the bytes in hexadecimal. */
void text_hex(struct text *text, const void *bytes, size_t length);
/* SHA-256 of so many bytes, in hexadecimal: new. */
char *text_sha256(const void *bytes, size_t length);
/* calloc and realloc that exit with status 3 instead of returning NULL. */
void *text_calloc(size_t count, size_t size);
void *text_realloc(void *old, size_t size);

#endif
