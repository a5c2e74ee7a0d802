/* SPDX-License-Identifier: MIT */
/* The names of shared memory segments that a manager unlinks when it stops: what SharedMemoryServer of
 * Lib/multiprocessing/managers.py adds to Server.  The segments are made by clients, and the manager believes whatever
 * name it is told. */
#ifndef REF_MANAGER_SEGMENTS_H
#define REF_MANAGER_SEGMENTS_H

#include "ref/value/types.h"

struct server;

/* The server function of this name, with the connection (None) as its first argument as in functions.c: track_segment,
 * release_segment, list_segments. NULL: none of these, or the server does not track. */
const struct method *segments_find(const struct server *s, const struct value *name);
/* Unlinks all. 0; -1 after raising, at the first that cannot be: its name is forgotten, the others stay. */
int segments_unlink(struct ctx *ctx, struct server *s);
/* Unlinks what is left, whatever comes of it, and forgets the names: for the server's end. */
void segments_free(struct ctx *ctx, struct server *s);

#endif
