/* SPDX-License-Identifier: MIT */
/* Writes results into the text of a case: what `mpconform record` does. */
#ifndef HARNESS_WRITE_CASE_H
#define HARNESS_WRITE_CASE_H

#include "harness/case.h"

/* What one version of CPython showed. */
struct recording {
    int version;
    const char *const *lines; /* one per step, NULL where it showed nothing (START, or a quiet step that succeeded) */
};

/* The new text of the case, NUL-terminated, new.  Recordings are in ascending order of version, each once; those
 * outside the case's interval are ignored. Results of versions that are not among the recordings are kept.  Remarks,
 * empty lines and statements stay byte for byte; result lines stand directly behind their prompt, in minimal intervals:
 * none if all recorded versions agree, and the newest is open at its end.  Writing twice gives the same bytes, so
 * `record --check` compares the returned text with test->text. */
char *write_case(const struct test_case *test, const struct recording *recordings, size_t count);

#endif
