/* SPDX-License-Identifier: MIT */
/* Versions of CPython and intervals of them, as cases, clauses and result lines write them: 3.8, 3.9-3.11,
 * -3.11, 3.12-. A version is a number: major * 100 + minor, so 3.8 is 308 and 3.13 is 313.  Patch releases do not
 * count. */
#ifndef HARNESS_VERSION_H
#define HARNESS_VERSION_H

#include <stdbool.h>
#include <stddef.h>

/* No version, and the open end of an interval. */
#define VERSION_NONE 0

/* Long enough for any version or interval as text, with its NUL. */
#define VERSION_TEXT 32

/* Both ends belong to it; VERSION_NONE is an open end.  {0, 0} is every version. */
struct interval {
    int first, last;
};

#define INTERVAL_ALL ((struct interval){VERSION_NONE, VERSION_NONE})

/* The versions that the suite records and judges, oldest first. */
extern const int version_known[];
extern const size_t version_known_count;

/* The version at the beginning of text: "3.13", also "3.13.0" and "3.13.0rc1".  VERSION_NONE if there is none. */
int version_parse(const char *text);

/* Writes "3.13" into out and returns it. */
const char *version_format(int version, char out[static VERSION_TEXT]);

/* Reads exactly length bytes of text as an interval ("3.8", "3.9-3.11", "-3.11", "3.12-").  Returns false, out
 * untouched, if they are anything else or the interval is empty. */
bool interval_parse(const char *text, size_t length, struct interval *out);

/* Writes the interval in the same form ("all" if both ends are open) into out and returns it. */
const char *interval_format(struct interval interval, char out[static VERSION_TEXT]);

bool interval_contains(struct interval interval, int version);

/* True if some version is in both. */
bool interval_overlaps(struct interval a, struct interval b);

#endif
