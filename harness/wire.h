/* SPDX-License-Identifier: MIT */
/* Sockets and frames (SPEC.md, FRAME), exact to the byte: nothing here corrects what it is told to send, or forgives
 * what it reads.  All waiting ends at a deadline (process.h), and drains the children meanwhile.
 *
 * How a peer ended a connection (end of file, reset, broken pipe) depends on which bytes lie unread in which kernel;
 * all of it is WIRE_CLOSED. */
#ifndef HARNESS_WIRE_H
#define HARNESS_WIRE_H

#include "harness/text.h"

#include "harness/trace.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct wire;

/* A larger frame is not read. */
#define WIRE_FRAME_MAX ((size_t)64 << 20)

enum wire_got {
    WIRE_FRAME,   /* a whole frame */
    WIRE_CLOSED,  /* the peer ended the connection between two frames */
    WIRE_CUT,     /* … within a frame */
    WIRE_LATE,    /* neither before the deadline */
    WIRE_TOO_LONG /* a frame of more than WIRE_FRAME_MAX bytes begins */
};

/* How a frame says its size. */
enum wire_header { WIRE_HEADER_SHORT, WIRE_HEADER_LONG };

/* Appends the header of a frame of size bytes: 4 bytes, or 12 in the long form. */
void wire_header(struct text *out, size_t size, enum wire_header form);

/* Reads the header at the beginning of length bytes: its own length, with in *size how many bytes it announces, or 0 if
 * more bytes are needed.  A number below -1 announces none, as CPython has it. */
size_t wire_read_header(const void *bytes, size_t length, uint64_t *size);

/* Looks for a frame at the beginning of length bytes: WIRE_FRAME with *header and *size, WIRE_LATE if more bytes are
 * needed, or WIRE_TOO_LONG. */
enum wire_got wire_scan(const void *bytes, size_t length, size_t *header, size_t *size);

/* Connects to unix:PATH, abstract:NAME or tcp:HOST:PORT.  New; NULL with *trouble (new). */
struct wire *wire_connect(const char *address, char **trouble);
/* The same, as a mere descriptor, or -1 with *trouble and errno. */
int wire_dial(const char *address, char **trouble);
/* Listens at an address of the same form.  A descriptor, or -1 with *trouble (new). */
int wire_listen(const char *address, char **trouble);
/* A connection that waits at a listening descriptor, new; NULL if there is none. */
struct wire *wire_accept(int listener);

/* From now on the trace is told what goes over the wire: by the handle of a connection on which this is that side. */
void wire_trace(struct wire *wire, struct trace *trace, unsigned handle, enum trace_side side);

/* Sends bytes as they are.  False if the peer is gone or the deadline passed: wire_late tells which. */
bool wire_send(struct wire *wire, const void *bytes, size_t length, long long deadline);
/* True if a send was given up at its deadline. */
bool wire_late(const struct wire *wire);

/* The next frame; *bytes is borrowed until the next call.  With a deadline that has passed only what is there counts.
 */
enum wire_got wire_receive(struct wire *wire, long long deadline, const unsigned char **bytes, size_t *length);
/* True if anything at all, a byte or an end, comes before the deadline; nothing is taken. */
bool wire_stirs(struct wire *wire, long long deadline);

/* Sends end of file; reading goes on. */
void wire_half_close(struct wire *wire);
int wire_descriptor(const struct wire *wire);
/* Closes and frees; NULL does nothing. */
void wire_close(struct wire *wire);

#endif
