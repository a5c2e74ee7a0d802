/* SPDX-License-Identifier: MIT */
/* An adapter that listens: a process for each connection, with the connection as its standard input and output. */
#ifndef REF_PROG_MPPROXY_LISTEN_H
#define REF_PROG_MPPROXY_LISTEN_H

#include "ref/base/failure.h"

/* Listens at the address, prints `ready ADDRESS`, and calls converse(compat) in a new process for each connection until
 * SIGTERM or SIGINT, which end those processes, too.  Returns 0, or -1 with a failure if it cannot listen; in a new
 * process it does not return. */
int listen_serve(const char *text, int (*converse)(int compat), int compat, struct failure *f) MUST_USE;

#endif
