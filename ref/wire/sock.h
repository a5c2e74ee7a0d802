/* SPDX-License-Identifier: MIT */
/* Stream sockets: listen, accept, connect, exact reads and whole writes.  Interrupted calls are resumed, no SIGPIPE is
 * ever raised, descriptors are closed on exec.  Everything may block: callers that hold a runtime's lock give it up
 * first. Knows nothing of frames. */
#ifndef REF_WIRE_SOCK_H
#define REF_WIRE_SOCK_H

#include "ref/wire/address.h"

/* Binds and listens; *a becomes the socket's own address (the port that port 0 picked). An existing socket file is
 * never replaced.  The descriptor, or -1. */
int sock_listen(struct address *a, int backlog, struct failure *f) MUST_USE;
/* The next connection's descriptor, or -1.  After sock_wake(fd) in another thread: -1. */
int sock_accept(int fd, struct failure *f) MUST_USE;
int sock_connect(const struct address *a, struct failure *f) MUST_USE;
/* Reads exactly size bytes. 0, or -1: CLOSED if the end came before the first byte, TRUNCATED if later. */
int sock_read(int fd, void *data, size_t size, struct failure *f) MUST_USE;
/* Writes all of it: one system call unless the kernel takes less. 0, or -1. */
int sock_write(int fd, const void *data, size_t size, struct failure *f) MUST_USE;
/* Acknowledges at once what has arrived.  A client that writes twice in a row, as CPython's does after the handshake,
 * is held up by its own kernel until then: 40 ms, unless somebody says this.  Does nothing where it means nothing. */
void sock_acknowledge(int fd);
/* Ends both directions, so that whoever blocks in accept, read or write on fd returns; the descriptor stays open. */
void sock_wake(int fd);
/* Closes; -1 is fine. */
void sock_close(int fd);

#endif
