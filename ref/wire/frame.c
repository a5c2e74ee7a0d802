/* SPDX-License-Identifier: MIT */
/* Frames, write for write as CPython sends them, and read without trusting a header. */
#include "ref/wire/frame.h"

#include <stdint.h>
#include <string.h>

#include "ref/wire/sock.h"

/* Header and body go out together up to this size (CPython's issue #20540: no delay by Nagle's algorithm). */
#define TOGETHER 16384

static void put_be(unsigned char *out, uint64_t n, unsigned size)
{
    for (unsigned i = 0; i < size; i++)
        out[i] = (unsigned char)(n >> (8 * (size - 1 - i)));
}

static uint64_t get_be(const unsigned char *in, unsigned size)
{
    uint64_t n = 0;
    for (unsigned i = 0; i < size; i++)
        n = n << 8 | in[i];
    return n;
}

int frame_send(int fd, const void *data, size_t size, struct failure *f)
{
    unsigned char small[4 + TOGETHER], wide[8];

    if (size > INT32_MAX) {
        put_be(small, UINT32_MAX, 4);
        put_be(wide, size, 8);
        return sock_write(fd, small, 4, f) || sock_write(fd, wide, 8, f) || sock_write(fd, data, size, f) ? -1 : 0;
    }
    put_be(small, size, 4);
    if (size > TOGETHER)
        return sock_write(fd, small, 4, f) || sock_write(fd, data, size, f) ? -1 : 0;
    if (size)
        memcpy(small + 4, data, size);
    return sock_write(fd, small, 4 + size, f);
}

/* The length that the header announces, 0 for the negative ones that mean nothing. */
static int receive_length(int fd, uint64_t *size, struct failure *f)
{
    unsigned char header[8];
    if (sock_read(fd, header, 4, f))
        return -1;
    int32_t n = (int32_t)(uint32_t)get_be(header, 4);
    *size = n < 0 ? 0 : (uint64_t)n;
    if (n != -1)
        return 0;
    /* here the end of file is CLOSED before the first of the eight bytes, as CPython has it */
    if (sock_read(fd, header, 8, f))
        return -1;
    *size = get_be(header, 8);
    return 0;
}

static int too_long(uint64_t size, size_t cap, struct failure *f)
{
    if (cap <= LIMIT_HANDSHAKE)
        return failure_set(f, FAILURE_MESSAGE_LENGTH);
    return failure_format(f, FAILURE_FRAME_LIMIT, "a frame of %llu bytes is beyond the limit of %zu",
                          (unsigned long long)size, cap);
}

/* Reads what is left of a body that there is no memory for, so that the next frame is found. */
static int pass_over(int fd, size_t left, struct failure *f)
{
    unsigned char waste[4096];
    while (left) {
        size_t step = left < sizeof waste ? left : sizeof waste;
        if (sock_read(fd, waste, step, f))
            return f->code == FAILURE_CLOSED ? failure_set(f, FAILURE_TRUNCATED) : -1;
        left -= step;
    }
    return failure_set(f, FAILURE_MEMORY);
}

int frame_receive(int fd, struct buf *body, size_t cap, struct failure *f)
{
    uint64_t size;
    buf_free(body);
    if (receive_length(fd, &size, f))
        return -1;
    if (size > cap)
        return too_long(size, cap, f);
    for (size_t left = (size_t)size; left;) {
        size_t step = left < LIMIT_READ_CHUNK ? left : LIMIT_READ_CHUNK;
        unsigned char *into = buf_grow(body, step);
        if (!into)
            return pass_over(fd, left, f);
        if (sock_read(fd, into, step, f)) {
            if (f->code == FAILURE_CLOSED && left < size)
                failure_set(f, FAILURE_TRUNCATED);
            return -1;
        }
        left -= step;
    }
    return 0;
}
