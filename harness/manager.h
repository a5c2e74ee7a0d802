/* SPDX-License-Identifier: MIT */
/* A manager under test: started from its implementation's command with a folder, a key and an address of its own, or
 * attached to. */
#ifndef HARNESS_MANAGER_H
#define HARNESS_MANAGER_H

#include <stdbool.h>

struct implementation;
struct manager;
struct nursery;
struct process;
struct trace;

enum transport { TRANSPORT_UNIX, TRANSPORT_ABSTRACT, TRANSPORT_TCP };

/* What starting a manager needs to know besides who it is. */
struct manager_plan {
    const struct implementation *implementation;
    const char *folder; /* an existing folder in which the manager gets one of its own */
    enum transport transport;
    bool xmlrpclib;
    struct trace *trace;     /* of what goes over its wire, or NULL */
    struct nursery *nursery; /* that starts it, or NULL */
};

/* Starts the process and returns at once; manager_ready waits for it.  New; NULL, with *trouble (new) a sentence, if
 * that is impossible. */
struct manager *manager_start(const struct manager_plan *plan, char **trouble);

/* Waits for its line `ready ADDRESS`; later calls return at once.  False with *trouble (new) if it does not come. */
bool manager_ready(struct manager *manager, long long deadline, char **trouble);

/* Where it serves and its key, as the adapter's connect wants them.  Borrowed; only after manager_ready. */
const char *manager_address_peek(const struct manager *manager);
const char *manager_key_peek(const struct manager *manager);

/* Where its own socket is: address, unless a relay stands there. */
const char *manager_socket_peek(const struct manager *manager);

/* Why nothing of its wire can be told to the trace, though there is one: a sentence, borrowed; NULL if it can. */
const char *manager_untraced_peek(const struct manager *manager);

/* Its process, or NULL if it is only attached to. */
struct process *manager_process_peek(const struct manager *manager);

/* Tells it to stop by SIGTERM and waits.  NULL if it exits with status 0 or by that signal, without a finding; else a
 * sentence, new. */
char *manager_finish(struct manager *manager, long long deadline);

/* Kills what is left, removes its folder, frees.  NULL does nothing. */
void manager_end(struct manager *manager);

/* The transport with that name, and the name of one. */
bool manager_transport(const char *name, enum transport *transport);
const char *manager_transport_name(enum transport transport);

#endif
