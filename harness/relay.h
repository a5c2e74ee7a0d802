/* SPDX-License-Identifier: MIT */
/* A relay between the clients of a manager and the manager, which tells a trace what goes by.
 *
 * The manager listens at a Unix address; its socket file is renamed and the relay listens in its place.  Neither side
 * can tell: the address is the same, in tokens too, every byte and every end is passed on as it comes, and a manager
 * that ends removes what has its name, as ever.  The relay is served whenever anything is waited for (watch.h), never
 * waits itself, and holds no more of what one side sends than the other has not read yet, up to a limit. */
#ifndef HARNESS_RELAY_H
#define HARNESS_RELAY_H

struct relay;
struct trace;

/* Takes the place of the manager at address; what was there gets the name aside, which must be in the same file system.
 * trace must outlive the relay.  New; NULL, with *trouble (new) a sentence and everything as it was, if that is
 * impossible. */
struct relay *relay_new(const char *address, const char *aside, struct trace *trace, char **trouble);

/* The address at which the manager's socket is now, borrowed. */
const char *relay_aside_peek(const struct relay *relay);

/* Closes all connections, removes both names, frees: the manager is gone or will be.  NULL does nothing. */
void relay_end(struct relay *relay);

#endif
