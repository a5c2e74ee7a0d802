/* SPDX-License-Identifier: MIT */
/* A session as text: every step with what was expected and what was observed, and under it what went over the wire
 * meanwhile.  The text is an outline: a line belongs to the nearest one above it that is indented less. */
#ifndef HARNESS_TRANSCRIPT_H
#define HARNESS_TRANSCRIPT_H

#include "harness/text.h"
#include "harness/verdict.h"

#include <stddef.h>

struct session;
struct test_case;
struct trace_log;

/* One session of a case and what was seen of it. */
struct transcript_side {
    const char *name; /* "cpython × ref" */
    const struct session *session;
    const struct trace_log *log;
};

struct transcript {
    const struct test_case *test;
    struct transcript_side judged, oracle; /* oracle.session is NULL without a live one, or if that is who is judged */
    const struct judgement *judgement;     /* of the judged side */
    int version;                           /* whose recorded lines are expected */
};

/* Appends the whole. */
void transcript_write(struct text *out, const struct transcript *transcript);

#endif
