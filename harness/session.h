/* SPDX-License-Identifier: MIT */
/* Runs one case on one pairing and says what was observed.  Knows no expectations: judging is verdict.c's. */
#ifndef HARNESS_SESSION_H
#define HARNESS_SESSION_H

#include <stdbool.h>
#include <stddef.h>

struct bench;
struct implementation;
struct test_case;

enum session_end {
    SESSION_DONE,
    SESSION_NOT_APPLICABLE, /* a role declared that it lacks something */
    SESSION_CRASH,          /* a process of either role ended or reported a finding */
    SESSION_BROKEN,         /* no observation could be made: the adapter or the harness is at fault */
};

/* What one step came to. */
struct step_observation {
    bool reached;
    char *line; /* canonical; NULL for a step that was not reached, only started, or quiet and successful */
};

struct session {
    enum session_end end;
    char *reason;          /* a sentence, for every end but DONE */
    bool manager_at_fault; /* CRASH and BROKEN: it was the manager */
    bool hung;             /* a step had no answer before the deadline */
    struct step_observation *steps;
    size_t count;
    long left; /* objects that the manager had more at the end than at the beginning */
    char *proxy_stderr,
        *manager_stderr; /* what the processes said, if the end is not DONE or something was lost or hung */
    long long milliseconds;
};

/* Indices of implementations of the bench. */
struct pairing_roles {
    const struct implementation *const *implementations;
    size_t proxy, manager;
};

/* Runs.  *session is filled in whatever happens, and must be cleared. */
void session_run(struct session *session, struct bench *bench, const struct pairing_roles *roles,
                 const struct test_case *test);

void session_clear(struct session *session);

#endif
