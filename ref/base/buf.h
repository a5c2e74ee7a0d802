/* SPDX-License-Identifier: MIT */
/* A growing byte buffer with a sticky error: after the first failure every operation does nothing, so that a writer
 * tests once, at the end.  Limits are the caller's: nothing here grows beyond `limit` bytes. */
#ifndef REF_BASE_BUF_H
#define REF_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ref/base/compiler.h"

struct buf {
    unsigned char *data; /* owned; NULL while empty */
    size_t used, capacity, limit;
    bool failed; /* out of memory or beyond the limit */
};

/* Makes an empty buffer that may grow to limit bytes; nothing is allocated yet. */
void buf_init(struct buf *b, size_t limit);
/* Releases the memory and makes it empty and whole again. */
void buf_free(struct buf *b);
/* Appends.  All set b->failed instead of returning an error. */
void buf_put(struct buf *b, const void *data, size_t size);
void buf_put_byte(struct buf *b, unsigned char byte);
void buf_put_text(struct buf *b, const char *text);
void buf_put_u16le(struct buf *b, uint16_t n);
void buf_put_u32le(struct buf *b, uint32_t n);
void buf_put_u64le(struct buf *b, uint64_t n);
void buf_put_u32be(struct buf *b, uint32_t n);
void buf_put_u64be(struct buf *b, uint64_t n);
void buf_printf(struct buf *b, const char *format, ...) PRINTF_LIKE(2, 3);
/* Makes room for size more bytes and returns where they go (the caller fills them; they count as used), or NULL. */
unsigned char *buf_grow(struct buf *b, size_t size);

#endif
