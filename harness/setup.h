/* SPDX-License-Identifier: MIT */
/* From options to what a run needs: the oracle, the implementations, the pairings, the version to judge by, a folder
 * for sockets. */
#ifndef HARNESS_SETUP_H
#define HARNESS_SETUP_H

#include "harness/bench.h"
#include "harness/case.h"
#include "harness/version.h"

#include <stdbool.h>
#include <stddef.h>

struct options;
struct trace;

/* Two implementations, by index. */
struct pairing {
    size_t proxy, manager;
};

struct setup {
    struct implementation **implementations;
    size_t count;
    struct pairing *pairings; /* the oracle's own, if there is a live one, is the first */
    size_t pairing_count;
    bool live;              /* there is a live oracle: pairings[0] */
    char *python, *release; /* the oracle's interpreter and its version ("3.11.7"); "" without one */
    int version;            /* the version to judge by and to imitate */
    char compat[VERSION_TEXT];
    enum transport transport;
    char *folder; /* made for this run; removed by setup_free */
};

/* Fills *setup in.  Returns 0, or an exit status after printing why.  Must be freed in both cases. */
int setup_make(struct setup *setup, const struct options *options);

/* Only an oracle: the given interpreter on both sides, for recording. */
int setup_make_oracle(struct setup *setup, const struct options *options, const char *python);

/* A bench for one worker, in a folder of its own.  If its wire is to be traced (trace is not NULL), its managers serve
 * at Unix addresses whatever --transport says: others cannot be. */
struct bench *setup_bench(const struct setup *setup, const struct options *options, unsigned worker,
                          struct trace *trace);

/* The index of the implementation with that name, or setup->count. */
size_t setup_find(const struct setup *setup, const char *name);

/* "the proxy of yours", new. */
char *setup_subject(const struct setup *setup, size_t implementation, enum role role);

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
