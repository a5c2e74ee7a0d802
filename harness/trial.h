/* SPDX-License-Identifier: MIT */
/* Trials: a case on a pairing, run and judged as often as is wanted. */
#ifndef HARNESS_TRIAL_H
#define HARNESS_TRIAL_H

#include "harness/session.h"
#include "harness/trace.h"
#include "harness/verdict.h"

struct attach;
struct bench;
struct pool_line;
struct setup;
struct test_case;

/* One run of a case on a pairing, judged. */
struct trial {
    struct session session;
    struct trace_log log; /* what went over the wire, if the bench has a trace */
    struct judgement judgement;
};

/* The trials of a case on one pairing. */
struct trials {
    const struct setup *setup;
    struct bench *bench;
    const struct test_case *test;
    size_t index, pairing;      /* of the case in the selection, and of the pairing */
    const struct trial *oracle; /* the one of the live oracle, or NULL */
    struct judging how;
    long repeat;           /* how often; 0: once, and nothing is measured */
    struct attach *attach; /* has transcripts for what is red */
};

/* Runs them and sends the result.  *trial is the first that was red, else the last, and must be cleared: a failure is
 * never taken back by a later success. */
void trial_run(const struct trials *trials, struct trial *trial, struct pool_line *line);
void trial_clear(struct trial *trial);

#endif
