/* SPDX-License-Identifier: MIT */
/* The writer behind canonical.h: typed JSON → text, with the state that sharing marks need.  After the first failure
 * nothing is written any more. */
#ifndef HARNESS_CANONICAL_WRITE_H
#define HARNESS_CANONICAL_WRITE_H

#include "harness/text.h"

#include <jansson.h>
#include <stdbool.h>

struct writer {
    struct text out;
    char *error;      /* NULL as long as all is well */
    bool *referenced; /* per mark, from 1: whether the object was met again */
    size_t marks;     /* how many objects are marked so far */
    unsigned depth;
};

/* One typed value. */
void write_value(struct writer *writer, const json_t *value);
/* As write_value, but the elements of a list or tuple are sorted by their text. */
void write_sorted(struct writer *writer, const json_t *value);
/* The body of $exception: Name(args), and its state as `, state=…` before the parenthesis or, if behind, as ` with …`
 * after it. */
void write_exception(struct writer *writer, const json_t *body, bool behind);
/* The body of $reduce: a call of a dotted name, reduced(…) or instance(…). */
void write_reduction(struct writer *writer, const json_t *body);
/* "module:qualified.name" as a dotted name, built-ins bare. */
void write_global(struct writer *writer, const char *what, const json_t *name);
/* A typeid: bare if it is an identifier, else as a str. */
void write_typeid(struct writer *writer, const json_t *typeid);

/* Text as it is; fails if the line gets too long. */
void write_put(struct writer *writer, const char *text);
/* The values of an array, with ", " between them. */
void write_items(struct writer *writer, const char *what, const json_t *items);
/* [[K, V], …], each pair between the given signs, with ", " between them. */
void write_pairs(struct writer *writer, const char *what, const json_t *pairs, const char *open, const char *colon,
                 const char *close);
/* Whether body is an object with no members but the names (ended by NULL); fails if not. */
bool write_only(struct writer *writer, const char *what, const json_t *body, const char *const *names);

/* repr of a str given as UTF-8 (surrogates three bytes each), everything but ASCII escaped: Python's ascii().  False if
 * it is no such text. */
bool write_str(struct text *out, const void *bytes, size_t length);
/* repr of bytes, with the b. */
void write_bytes(struct text *out, const void *bytes, size_t length);
/* Text that is shown and not quoted: controls and everything but ASCII escaped. */
void write_plain(struct text *out, const char *text, size_t length);

/* Fails: "WHAT: expected WANTED, found JSON". */
void write_fail(struct writer *writer, const char *what, const char *wanted, const json_t *found);

/* The line for the text of a RemoteError, at the end of out. */
void write_remote_error(struct text *out, const char *text);

#endif
