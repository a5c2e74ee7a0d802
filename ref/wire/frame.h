/* SPDX-License-Identifier: MIT */
/* Frames: a length of four bytes, big-endian and signed, then the body; -1 announces a length of eight bytes.
 * Mirrors Connection._send_bytes and _recv_bytes in Lib/multiprocessing/connection.py, write for write; knows nothing
 * of what the body means. */
#ifndef REF_WIRE_FRAME_H
#define REF_WIRE_FRAME_H

#include "ref/base/buf.h"
#include "ref/base/failure.h"
#include "ref/base/limits.h"

/* Sends one frame: header and body in one write up to 16384 bytes, in two beyond, in three from 2 GiB. 0, or -1. */
int frame_send(int fd, const void *data, size_t size, struct failure *f) MUST_USE;
/* Receives one frame into body (emptied first; the caller frees it, also after a failure). cap is LIMIT_HANDSHAKE,
 * where a longer frame is MESSAGE_LENGTH as in CPython, or LIMIT_FRAME, where it is FRAME_LIMIT; neither reads or
 * allocates anything of the body. Lengths below -1 give an empty body, as in CPython. End of file before the header or
 * before a body that should not be empty is CLOSED, later it is TRUNCATED. Memory grows with the bytes that arrive,
 * LIMIT_READ_CHUNK at a time; without memory the body is passed over, so that the
 * next frame can be received. 0, or -1. */
int frame_receive(int fd, struct buf *body, size_t cap, struct failure *f) MUST_USE;

#endif
