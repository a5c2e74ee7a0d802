/* SPDX-License-Identifier: MIT */
/* Files of known failures (implementations/README.md): an implementer's list of what fails, or fails now and then, who
 * answers for it and until when.
 *
 * A listed failure is gray instead of red.  Everything that makes a list rot is red, and says by which command it is
 * set right: an entry that passes, that matches no case or no result, that fails in another way than listed or more
 * often, that covers another number of results, that has expired. */
#ifndef HARNESS_KNOWN_H
#define HARNESS_KNOWN_H

#include "harness/rate.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct corpus;
struct options;
struct problems;
struct selection;
struct setup;

struct known_file {
    char *path, *implementation; /* whose failures it lists */
    char *hash;                  /* SHA-256 of the file, in hexadecimal */
};

struct known_entry {
    size_t file, index;                                                    /* the file, and its place there */
    char *pattern, *role, *partner, *owner, *link, *expires, *fingerprint; /* role, partner, fingerprint: or NULL */
    long results;         /* how many results a pattern with wildcards covers; 0 for a plain id */
    struct rate flaky;    /* the declared rate; 0 of 0 if it always fails */
    size_t cases;         /* how many cases of the corpus it is about */
    bool whole;           /* all of them are selected: its count can be held against what is seen */
    bool absent;          /* its implementation takes no part in this role */
    bool expected;        /* something must match */
    long matched, failed; /* results that it applied to; that failed as listed */
    bool quarantined;     /* it applied to one that says nothing of the implementation */
    struct rate measured; /* of all results of a flaky entry together */
};

struct known {
    struct known_file *files;
    struct known_entry *entries; /* in the order of the files */
    size_t file_count, count;
    char *mend; /* the command that sets the lists right; NULL before known_expect */
};

/* Appends the entries of a file.  Anything malformed is a problem, and so is an entry that another one repeats.  *known
 * must be freed in any case. */
void known_load(struct known *known, const char *path, const struct corpus *corpus, struct problems *problems);

/* Tells what the run will be, so that it is known which entries must show. */
void known_expect(struct known *known, const struct selection *selection, const struct setup *setup,
                  const struct options *options);

/* The files and their hashes, for the header of a report: an array, new. */
json_t *known_describe(const struct known *known);

/* Judges a result event again in the light of the lists: may set its verdict and reason. */
void known_apply(struct known *known, json_t *event);

/* Counts a result that known_apply has judged in the run that it comes from. */
void known_recount(struct known *known, const json_t *event);

/* Calls complain with a sentence for every entry that is not as it should be, after all results. */
void known_finish(const struct known *known, void (*complain)(void *context, const char *subject, const char *reason),
                  void *context);

/* Rewrites the files so that they say what these results (an array of events) were: entries that pass or match nothing
 * go, fingerprints, counts and rates are set, other failures of the implementation are added without owner and link,
 * for a person to fill in.  The number of files written, or -1 after printing why one could not be. */
int known_mend(const struct known *known, const json_t *results);

/* True if the entry, in the list of implementation, is about a pairing of these two. */
bool known_in_role(const struct known_entry *entry, const char *implementation, const char *proxy, const char *manager);

/* The entry that decides about a result, borrowed: the first that applies.  NULL: none does, or it was not run. */
const struct known_entry *known_entry_of(const struct known *known, const json_t *event);

/* The rate that an event has: what was measured, or one run. */
struct rate known_rate(const json_t *event);

/* Names a failure by what it showed, not by where: 12 hexadecimal digits, new. */
char *known_fingerprint(const json_t *event);

/* True if text has wildcards. */
bool known_is_pattern(const char *text);

void known_free(struct known *known);

#endif
