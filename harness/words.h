/* SPDX-License-Identifier: MIT */
/* Lists of names and signs that the case language knows. */
#ifndef HARNESS_WORDS_H
#define HARNESS_WORDS_H

#include <stdbool.h>
#include <stddef.h>

/* Each ends with NULL. */
extern const char *const words_operators[];  /* every operator and delimiter of Python, longer ones first */
extern const char *const words_keywords[];   /* of Python */
extern const char *const words_actions[];    /* functions that a step may call: the adapter operation "builtin" */
extern const char *const words_builtins[];   /* Python's built-in functions and classes, except exceptions */
extern const char *const words_exceptions[]; /* Python's built-in exception classes, of all versions */
extern const char *const words_reserved[];   /* what no variable may be called, besides the above */
extern const char *const words_fixtures[];   /* typeids of SPEC.md's fixture types */

/* Whether length bytes of text are in the list. */
bool words_has(const char *const *list, const char *text, size_t length);

#endif
