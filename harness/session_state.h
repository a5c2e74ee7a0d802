/* SPDX-License-Identifier: MIT */
/* The state of a running session, for session.c, session_step.c and session_settle.c only. */
#ifndef HARNESS_SESSION_STATE_H
#define HARNESS_SESSION_STATE_H

#include <jansson.h>
#include <stdbool.h>

#include "harness/adapter.h"
#include "harness/bench.h"
#include "harness/case.h"
#include "harness/implementation.h"
#include "harness/manager.h"
#include "harness/raw.h"
#include "harness/session.h"

struct client {
    struct adapter *adapter; /* NULL before its first step */
    bool connected;
    json_t *early; /* an observation that came during a hold, not yet collected */
    json_t *bound; /* an object whose members are the names of its variables */
    bool as_new;   /* after the reset */
};

/* The state of one run. */
struct run {
    struct session *session;
    struct bench *bench;
    const struct pairing_roles *roles;
    const struct test_case *test;
    struct manager *manager; /* NULL if the harness plays it */
    struct raw *raw;         /* the harness as a peer, or NULL */
    struct client *clients;  /* as test->clients */
    bool lost;               /* some observation was a lost connection */
    bool stopped;            /* a step could not be run because an earlier one failed */
    bool worn;               /* the shared manager is not to be used again */
};

/* Ends the session: the first end counts, except that a crash outranks everything.  reason is taken. */
void session_end_take(struct run *run, enum session_end end, bool manager_at_fault, char *reason);

/* Adds to a request which manager it is about: address, authkey, serializer. */
void session_name_manager(const struct run *run, json_t *request);

/* The request that connects a client to the session's manager. */
json_t *session_connect_request(const struct run *run);

/* True if observed is what a request without result observes. */
bool session_is_none(const json_t *observed);

/* The number of objects in the manager as an adapter that is as new sees it; -1 if it cannot be told.  *as_new: whether
 * it still is. */
long session_count_objects(const struct run *run, struct adapter *adapter, bool *as_new);

/* session_raw.c, for cases in which the harness is a peer.  Makes run->raw, if there is to be one; false ends the
 * session. */
bool session_raw_begin(struct run *run);
/* One raw step; its line (new) or NULL. */
char *session_raw_step(struct run *run, const struct step *step);
/* As session_count_objects, asked by the harness itself; *why (new) if it cannot be told. */
long session_raw_count(const struct run *run, char **why);
/* After the steps: ends the hostility, and the session if what must hold does not.  The number of objects in the
 * manager, or -1. */
long session_raw_settle(struct run *run);

/* Runs one step; its line (new) or NULL.  May end or stop the session. */
char *session_step(struct run *run, const struct step *step);

/* After the steps: sets the clients back, looks at the manager, gives back or ends everything. */
void session_settle(struct run *run);

#endif
