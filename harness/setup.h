/* SPDX-License-Identifier: MIT */
/* From options to what a run needs: the oracle, the implementations, the pairings, the version to judge by, a folder
 * for sockets. */
#ifndef HARNESS_SETUP_H
#define HARNESS_SETUP_H

#include "harness/bench.h"
#include "harness/case.h"
#include "harness/version.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct implementation;
struct options;
struct pythons;
struct trace;

/* Two implementations, by index. */
struct pairing {
    size_t proxy, manager;
};

/* Pairings that share a live oracle, or the recordings of one version: run one group after the other, so that only the
 * processes of one are alive. */
struct group {
    int version;
    bool live;           /* the first pairing of the group is the oracle's own */
    const char *python;  /* the oracle's interpreter, borrowed; "" without one */
    size_t first, count; /* of setup->pairings */
};

struct setup {
    struct implementation **implementations;
    size_t count;
    struct pairing *pairings; /* group by group */
    size_t pairing_count;
    struct group *groups; /* at least one, and the first is that of the oracle below */
    size_t group_count;
    bool live;              /* there is a live oracle: pairings[0] */
    char *python, *release; /* the oracle's interpreter and its version ("3.11.7"); "" without one */
    int version;            /* the version to judge by and to imitate */
    char compat[VERSION_TEXT];
    enum transport transport;
    json_t *absent;          /* {"name", "why"} of what should have run and is not installed; NULL: nothing */
    bool many;               /* more versions than one take part: names tell of which they are */
    struct pythons *pythons; /* those of this machine, once they were looked for */
    char *folder;            /* made for this run; removed by setup_free */
};

/* Fills *setup in.  Returns 0, or an exit status after printing why.  Must be freed in both cases. */
int setup_make(struct setup *setup, const struct options *options);

/* Only an oracle: the given interpreter on both sides, for recording. */
int setup_make_oracle(struct setup *setup, const struct options *options, const char *python);

/* For other plans than that of `run` (matrix_plan.c).  The folder: 0, or an exit status after printing why. */
int setup_make_folder(struct setup *setup, const struct options *options);
/* Adds a pairing to the last group, unless it is there or one of the two has not the role. */
void setup_pair(struct setup *setup, size_t proxy, size_t manager);
/* Begins a group.  python is borrowed. */
struct group *setup_begin_group(struct setup *setup, int version, const char *python);
/* The interpreters of this machine, looked for once; those of --python if there are any. */
const struct pythons *setup_pythons(struct setup *setup, const struct options *options);

/* The group of a pairing. */
const struct group *setup_group(const struct setup *setup, size_t pairing);

/* The versions by whose recordings pairing k is judged: that of the proxy and that of the manager; of one alone if the
 * harness itself is the peer.  The second is VERSION_NONE if they are the same. */
void setup_versions(const struct setup *setup, size_t k, enum peer_role peer, int versions[2]);

/* A bench for one worker, in a folder of its own.  If its wire is to be traced (trace is not NULL), its managers serve
 * at Unix addresses whatever --transport says: others cannot be. */
struct bench *setup_bench(const struct setup *setup, const struct options *options, unsigned worker,
                          struct trace *trace);

/* "the proxy of yours", new. */
char *setup_subject(const struct setup *setup, size_t implementation, enum role role);

/* The event that tells of a process which did not end as it should: what a bench complains of.  New. */
json_t *setup_complaint(const struct setup *setup, size_t implementation, enum role role, const char *sentence,
                        const char *stderr_text);

/* True if the run is about that implementation: not the oracle, and not the reference where it only is a peer. */
bool setup_is_judged(const struct setup *setup, size_t implementation);

/* The pairing that judges a case in which the harness is one peer: such a case says something of the other side only,
 * so it is judged once for each, in the first pairing that has the same one as pairing k.  k itself for other cases. */
size_t setup_judging(const struct setup *setup, size_t k, enum peer_role peer);

/* The version by which a case is judged on pairing k: what one of the two imitates, or the setup's.  A party that the
 * harness stands in for has no say. */
int setup_version(const struct setup *setup, size_t k, enum peer_role peer);

/* How many workers: --jobs, or the processors; 1 if a manager is attached to, since its objects are counted; 1 if an
 * adapter is, unless --jobs was given. */
long setup_workers(const struct setup *setup, const struct options *options);

void setup_free(struct setup *setup);

#endif
