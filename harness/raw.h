/* SPDX-License-Identifier: MIT */
/* The harness as a peer of its own, byte for byte, in one session: as a client of the manager under test, or as the
 * manager that a proxy under test connects to.  It does what the raw statements of the case say, and observes; what no
 * statement says it does as a well-behaved peer would.  It shares no code with anything that it judges. */
#ifndef HARNESS_RAW_H
#define HARNESS_RAW_H

#include <stdbool.h>

struct raw;
struct step;
struct trace;

/* What a trace calls connections on which the harness asks what no step asks: how many objects there are. */
#define RAW_OWN "the harness"

/* What one raw step came to. */
struct raw_outcome {
    char *line; /* canonical, new; NULL: a quiet step did what it should */
    bool hung;  /* the deadline passed */
};

/* The harness as client of the manager at address with this key (hexadecimal), both as the adapter's connect wants
 * them. */
struct raw *raw_client(const char *address, const char *key);

/* The harness as manager, which listens at a Unix address in folder; NULL with *trouble (new).  It serves whenever
 * anything is waited for (watch.h). */
struct raw *raw_server(const char *folder, char **trouble);

/* Tells the trace what goes over its wires from now on; it must outlive raw.  A client connects to socket, where a
 * relay may have put the manager's (manager_socket_peek): nobody stands between it and the manager. */
void raw_trace(struct raw *raw, struct trace *trace, const char *socket);

/* Where the server serves, and its key.  Borrowed. */
const char *raw_address_peek(const struct raw *raw);
const char *raw_key_peek(const struct raw *raw);

/* Does one step. */
struct raw_outcome raw_step(struct raw *raw, const struct step *step, long long deadline);

/* The client: closes all connections and gives back what `create` counted. */
void raw_tidy(struct raw *raw, long long deadline);
/* The client: the number of objects in the manager, asked by a well-behaved connection; -1, with *why (new), if the
 * manager does not serve one. */
long raw_count_objects(struct raw *raw, long long deadline, char **why);

/* The server: from now on it is well-behaved whatever the statements said.  A sentence, new, if something of what they
 * said was never put to the test: nobody connected, or nothing that came asked for a prepared answer; NULL otherwise.
 */
char *raw_settle(struct raw *raw);

/* Closes everything and frees; NULL does nothing. */
void raw_end(struct raw *raw);

#endif
