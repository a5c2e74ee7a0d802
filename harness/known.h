/* SPDX-License-Identifier: MIT */
/* Files of known failures (implementations/README.md): an implementer's list of what fails, who answers for it and
 * until when.
 *
 * A listed failure is gray instead of red.  Everything that makes a list rot is red: an entry that passes, that matches
 * no case, that fails in another way than listed, that covers another number of results, that has expired. */
#ifndef HARNESS_KNOWN_H
#define HARNESS_KNOWN_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct corpus;
struct problems;

struct known_file {
    char *path, *implementation; /* whose failures it lists */
};

struct known_entry {
    size_t file, index;                                          /* the file, and its place there */
    char *pattern, *role, *owner, *link, *expires, *fingerprint; /* role and fingerprint may be NULL */
    long results;         /* how many results a pattern with wildcards covers; 0 for a plain id */
    long matched, failed; /* results that it applied to; that failed as listed */
    bool stale;           /* matches no case of the corpus */
};

struct known {
    struct known_file *files;
    struct known_entry *entries; /* in the order of the files */
    size_t file_count, count;
};

/* Appends the entries of a file.  Anything malformed is a problem.  *known must be freed in any case. */
void known_load(struct known *known, const char *path, const struct corpus *corpus, struct problems *problems);

/* Judges a result event again in the light of the lists: may set its verdict and reason. */
void known_apply(struct known *known, json_t *event);

/* Calls complain with a sentence for every entry that is not as it should be, after all results. */
void known_finish(const struct known *known, void (*complain)(void *context, const char *subject, const char *reason),
                  void *context);

/* Rewrites the files so that they say what these results (red or known failures; an array of events) were: entries that
 * pass or match nothing go, fingerprints and counts are set, other failures of the implementation are added without
 * owner and link, for a person to fill in.  The number of files written, or -1 after printing why one could not be. */
int known_mend(const struct known *known, const json_t *results);

/* Names a failure by what it showed, not by where: 12 hexadecimal digits, new. */
char *known_fingerprint(const json_t *event);

void known_free(struct known *known);

#endif
