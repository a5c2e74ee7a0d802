/* SPDX-License-Identifier: MIT */
/* Transcripts for the results of a run: whatever is red is run once more with its wire traced, and what was seen is
 * attached to its event.  The verdict is that of the first run, whatever the second shows; the transcript says whether
 * it was the same.  With --trace the first run is traced itself, and everything gets a transcript. */
#ifndef HARNESS_ATTACH_H
#define HARNESS_ATTACH_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "harness/trace.h"
#include "harness/verdict.h"

struct known;
struct options;
struct session;
struct setup;
struct test_case;

/* So many results of a run are run once more, and so many of them again that hung or that hang then: a run in which
 * everything fails must still come to its end. */
#define ATTACH_MAX 24
#define ATTACH_HUNG_MAX 4
/* Bytes of one transcript. */
#define ATTACH_LENGTH ((size_t)200 << 10)

struct attach;
struct attach_budget;

/* What all workers of a run have left of these numbers: made before they are forked, ended after them. */
struct attach_budget *attach_budget_new(void);
void attach_budget_free(struct attach_budget *budget);

/* For one worker; everything must outlive it.  The lists of known failures are a copy of the worker's own.  New. */
struct attach *attach_new(const struct setup *setup, const struct options *options, struct known *known,
                          struct attach_budget *budget, unsigned worker);
void attach_free(struct attach *attach);

/* A result that was judged. */
struct attach_result {
    const struct test_case *test;
    size_t case_index, pairing;
    const struct session *session;
    const struct trace_log *log; /* of the session, if it was traced; else NULL */
    const struct judgement *judgement;
    struct judging how;
    bool is_oracle;               /* it was judged as the oracle */
    const struct session *oracle; /* the oracle's session of this case, by which it was judged, or NULL; … */
    const struct trace_log *oracle_log;
};

/* Attaches a transcript to the event, if it is to have one. */
void attach_transcript(struct attach *attach, json_t *event, const struct attach_result *result);

#endif
