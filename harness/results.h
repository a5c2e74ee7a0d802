/* SPDX-License-Identifier: MIT */
/* The results of a run: collects the events, writes them to events.ndjson as they come, and counts them once, for all
 * reports. */
#ifndef HARNESS_RESULTS_H
#define HARNESS_RESULTS_H

#include "harness/verdict.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

struct known;
struct options;
struct selection;
struct setup;

struct tally {
    size_t verdicts[VERDICT_COUNT];
    size_t others;               /* failures that are no case's: each counts as one more */
    size_t planned, run, judged; /* cases × pairings; run: with a session; judged: not merely declared to be missing */
    size_t passed, failed, skipped; /* what every report counts: green; red and others; gray */
};

struct results {
    const struct setup *setup;
    const struct options *options;
    const struct selection *selection;
    struct known *known; /* the lists of known failures */
    json_t *header;      /* the first event */
    json_t *footer;      /* the last event; NULL before results_close */
    json_t **events;     /* results by case, then by pairing; NULL where none came */
    json_t *failures;    /* the events of failures that are no case's */
    json_t *notes;       /* note events */
    json_t *blames;      /* blame events */
    size_t received;
    struct tally tally; /* complete after results_close */
    FILE *stream;
    bool write_failed;
};

/* Begins: makes folder, in which no earlier report is left, and writes the header; merged (borrowed) is what the header
 * says of the shards that are joined, or NULL.  0, or an exit status after printing why. */
int results_open(struct results *results, const struct setup *setup, const struct options *options,
                 const struct selection *selection, struct known *known, json_t *merged, const char *folder);

/* One event of a worker, borrowed. */
void results_receive(struct results *results, const json_t *event);

/* One event of another report, borrowed: a failure, or the result of the case with this index, as it was judged there.
 * False if there is no such place, or if it has a result. */
bool results_adopt(struct results *results, size_t case_index, const json_t *event);

/* Workers died: a failure even if all results are there. */
void results_worker_died(struct results *results, unsigned count);

/* Ends: what has no result gets one that says so, blame is told, everything is counted, the footer is written.
 * interrupted: a signal or 0. */
void results_close(struct results *results, int interrupted);

/* The event of one case on one pairing, borrowed, or NULL. */
const json_t *results_event(const struct results *results, size_t case_index, size_t pairing);

/* The member of an event as a string; "" if it has none. */
const char *results_text(const json_t *event, const char *member);
enum verdict results_verdict(const json_t *event);

/* Whose fault a red result is, borrowed; "" if nothing was said. */
const char *results_blame(const struct results *results, size_t case_index, size_t pairing);

/* The one command that reproduces a result: new. */
char *results_again(const struct results *results, size_t case_index, size_t pairing);

/* The one command that shows its wire: new. */
char *results_explain(const struct results *results, size_t case_index, size_t pairing);

/* Adds these three to an object that tells of a result: "blame", "again" and "explain". */
void results_advise(const struct results *results, size_t case_index, size_t pairing, json_t *item);

/* One sentence for people that says how complete the report is: planned, run, judged, of which shard, and the hash of
 * the cases.  New. */
char *results_proof(const struct results *results);

/* The exit status that the results come to. */
int results_status(const struct results *results);

void results_free(struct results *results);

#endif
