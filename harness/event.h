/* SPDX-License-Identifier: MIT */
/* The events of a run as JSON (reports/schema.json): what workers send, what events.ndjson holds, what every report is
 * made from. */
#ifndef HARNESS_EVENT_H
#define HARNESS_EVENT_H

#include <jansson.h>
#include <stddef.h>

struct judgement;
struct session;
struct setup;
struct test_case;

/* The version of the events; the schema has it too. */
#define EVENT_FORMAT 1

/* One case on one pairing.  session is NULL if it was not run. */
json_t *event_result(const struct setup *setup, size_t case_index, const struct test_case *test, size_t pairing,
                     const struct session *session, const struct judgement *judgement);

/* What a failure that is no case's is about. */
enum failure {
    FAILURE_PROCESS, /* a process did not end as it should */
    FAILURE_RUN,     /* the run itself went wrong */
    FAILURE_PAIRING, /* nothing was judged for a pairing */
    FAILURE_LIST,    /* a list of known failures is not true */
    FAILURE_CLAIM,   /* what an implementation declares is not true: each shard finds that anew */
};

/* Such a failure.  Those of pairings and lists are told by all results together, and are told anew when shards are
 * merged. */
json_t *event_failure(enum failure about, const char *subject, const char *reason, const char *stderr_text);

/* Something to be known that is no failure. */
json_t *event_note(const char *subject, const char *text);

/* A role of an implementation that cannot be used: between a worker and the run only, not in any report. */
json_t *event_give_up(size_t implementation, int role, const char *trouble);

/* A text as a JSON string: bytes that are not UTF-8 become U+FFFD.  New. */
json_t *event_text(const char *text);

#endif
