/* SPDX-License-Identifier: MIT */
/* Sessions with their wire traced: on a bench of their own, so that nothing of them reaches those that are judged. */
#ifndef HARNESS_TRACED_H
#define HARNESS_TRACED_H

#include <stddef.h>

struct options;
struct session;
struct setup;
struct test_case;
struct trace_log;
struct traced;

/* For one worker; nothing is started yet.  setup and options must outlive it.  New. */
struct traced *traced_new(const struct setup *setup, const struct options *options, unsigned worker);

/* Runs the case on pairing k.  *session and *log are filled in and must be cleared. */
void traced_run(struct traced *traced, size_t k, const struct test_case *test, struct session *session,
                struct trace_log *log);

/* Ends what was started, and frees.  NULL does nothing. */
void traced_free(struct traced *traced);

#endif
