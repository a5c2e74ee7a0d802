/* SPDX-License-Identifier: MIT */
/* The interpreters on this machine: who may be the oracle. */
#ifndef HARNESS_PYTHONS_H
#define HARNESS_PYTHONS_H

#include <stdbool.h>
#include <stddef.h>

struct python {
    char *path; /* as it was found */
    char *
        executable; /* what it says it is: behind wrappers that cost time at every start; NULL if it could not be run */
    char *implementation; /* "cpython", "pypy", …; NULL if it could not be run */
    char *release;        /* "3.11.7"; NULL likewise */
    bool named;           /* by MPCONFORM_PYTHONS or by the caller, not only found */
    int version;          /* 311; VERSION_NONE likewise */
    char *trouble;        /* why it could not be run, or NULL */
};

struct pythons {
    struct python *list;
    size_t count;
};

/* Asks the interpreters with these paths who they are, all at once.  *pythons must be freed. */
void pythons_ask(struct pythons *pythons, const char *const *paths, size_t count);

/* Finds them: MPCONFORM_PYTHONS (paths separated by colons), python3 and python3.N on PATH, ~/.pyenv/versions.  Those
 * that are the same file are listed once.  With paths (count > 0) only those are asked. */
void pythons_find(struct pythons *pythons, const char *const *paths, size_t count);

/* The CPython to use for that version, borrowed, or NULL: the first that was named, else the newest release that was
 * found.  VERSION_NONE: the first of any version that the suite knows. */
const struct python *pythons_pick(const struct pythons *pythons, int version);

/* True if it is a CPython of a version that the suite records and judges. */
bool python_is_oracle(const struct python *python);

void pythons_free(struct pythons *pythons);

#endif
