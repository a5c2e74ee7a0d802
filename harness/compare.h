/* SPDX-License-Identifier: MIT */
/* Compares two canonical lines. */
#ifndef HARNESS_COMPARE_H
#define HARNESS_COMPARE_H

enum difference {
    COMPARE_SAME,
    COMPARE_WORDING, /* only the text of a message differs */
    COMPARE_DIFFERENT
};

/* WORDING: both are "raises" with the same class, the same number of arguments and the same state, and differ only in
 * arguments that are strings; or both are RemoteErrors of the same kind and exception, and differ in the message.  The
 * arguments of KeyError, StopIteration and the like are data, not messages (table in compare.c).  Either may be NULL
 * (no line: a quiet step that succeeded): the same only as NULL. */
enum difference compare_lines(const char *expected, const char *observed);

#endif
