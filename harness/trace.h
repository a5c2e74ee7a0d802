/* SPDX-License-Identifier: MIT */
/* What goes over the wire while a session runs: connections, frames, ends, each at the step that was under way.
 *
 * A trace only looks on.  It is told bytes as they pass, by a relay between two others (relay.h) or by the harness's
 * own wire (wire.h), and puts frames together as they come.  Its memory has limits, whatever the peers send: of a frame
 * only the beginning is kept, and of a session only so many frames; what is left out is counted.  NULL is a trace that
 * keeps nothing: every function takes it. */
#ifndef HARNESS_TRACE_H
#define HARNESS_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Of each frame, and of all frames of a session together, so many bytes are kept; and so many records. */
#define TRACE_FRAME_KEPT ((size_t)64 << 10)
#define TRACE_KEPT_MAX ((size_t)4 << 20)
#define TRACE_RECORDS_MAX 4000

struct trace;

enum trace_side { TRACE_CLIENT, TRACE_MANAGER };

enum trace_kind {
    TRACE_OPENED, /* the client connected */
    TRACE_FRAME,  /* the side sent a frame, or a part of one before an end */
    TRACE_ENDED,  /* the side sent its end of file; it may still read */
    TRACE_CLOSED, /* the side closed the connection */
    TRACE_REFUSED /* the manager could not be reached for the client */
};

/* The step under way: an index, or before the first, or after the last. */
#define TRACE_BEFORE ((size_t)-2)
#define TRACE_AFTER ((size_t)-1)

struct trace_record {
    enum trace_kind kind;
    size_t step;
    unsigned connection; /* from 1, in the order of their openings */
    enum trace_side side;
    /* FRAME */
    unsigned char header[12];
    size_t header_length; /* 4 or 12; less if it ended there */
    uint64_t size, came;  /* bytes behind the header: announced, and seen */
    unsigned char *bytes; /* the first of them, kept many */
    size_t kept, pieces;  /* pieces: in how many it was sent, if that is known; else 0 */
    bool whole;
};

/* Who connects: processes have a name if they were named (trace_party). */
struct trace_party {
    int process;
    char *name;
};

/* What was seen of one session. */
struct trace_log {
    struct trace_record *records;
    size_t count, capacity, kept;
    char **clients; /* of connection i + 1: its name, or NULL */
    size_t connections;
    struct trace_party *parties;
    size_t party_count;
    size_t dropped;         /* records for which there was no room */
    uint64_t dropped_bytes; /* … and the bytes of their frames */
    char *address, *key;    /* of the manager, or NULL; the key in hexadecimal */
    char *note;             /* something else that should be known: a sentence, or NULL */
    char *missing;          /* why nothing, or not all, could be seen: a sentence, or NULL */
};

struct trace *trace_new(void);
void trace_free(struct trace *trace);

/* Begins anew: connections that were opened before are no longer told of. */
void trace_begin(struct trace *trace);
/* The step that is under way from now on. */
void trace_step(struct trace *trace, size_t step);
/* What the process (or the leader of its group) is called. */
void trace_party(struct trace *trace, int process, const char *name);
/* The manager of the session. */
void trace_manager(struct trace *trace, const char *address, const char *key);
/* Why something cannot be seen.  The first reason counts. */
void trace_missing(struct trace *trace, const char *why);
/* Something else that should be known. */
void trace_note(struct trace *trace, const char *sentence);

/* A connection begins, of the process with that number or, if name is not NULL, of that name.  Its handle; 0, which
 * all functions below ignore, if it is not told of. */
unsigned trace_open(struct trace *trace, int process, const char *name);
/* The side sent bytes; as one of several pieces, if the harness itself sent them. */
void trace_bytes(struct trace *trace, unsigned handle, enum trace_side from, const void *bytes, size_t length,
                 bool piece);
/* ENDED, CLOSED or REFUSED. */
void trace_end(struct trace *trace, unsigned handle, enum trace_side side, enum trace_kind how);

/* Ends: frames that are under way become records, and *log gets everything; it must be cleared. */
void trace_finish(struct trace *trace, struct trace_log *log);
void trace_log_clear(struct trace_log *log);

#endif
