/* SPDX-License-Identifier: MIT */
/* The growing buffer.  Capacity doubles, so that appending n bytes costs n steps. */
#include "ref/base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "ref/base/mem.h"

void buf_init(struct buf *b, size_t limit)
{
    *b = (struct buf){.limit = limit};
}

void buf_free(struct buf *b)
{
    mem_free(b->data);
    buf_init(b, b->limit);
}

static bool reserve(struct buf *b, size_t size)
{
    if (b->failed || size > b->limit - b->used) {
        b->failed = true;
        return false;
    }
    if (size <= b->capacity - b->used)
        return true;
    size_t capacity = b->capacity > b->limit / 2 ? b->limit : b->capacity * 2;
    if (capacity < b->used + size)
        capacity = b->used + size;
    if (capacity < 64 && b->limit >= 64)
        capacity = 64;
    unsigned char *data = mem_realloc(b->data, capacity);
    if (!data) {
        b->failed = true;
        return false;
    }
    b->data = data;
    b->capacity = capacity;
    return true;
}

unsigned char *buf_grow(struct buf *b, size_t size)
{
    if (!reserve(b, size))
        return NULL;
    unsigned char *p = b->data + b->used;
    b->used += size;
    return p;
}

void buf_put(struct buf *b, const void *data, size_t size)
{
    if (size == 0)
        return;
    unsigned char *p = buf_grow(b, size);
    if (p)
        memcpy(p, data, size);
}

void buf_put_byte(struct buf *b, unsigned char byte)
{
    buf_put(b, &byte, 1);
}

void buf_put_text(struct buf *b, const char *text)
{
    buf_put(b, text, strlen(text));
}

static void put_number(struct buf *b, uint64_t n, unsigned size, bool big)
{
    unsigned char bytes[8];
    for (unsigned i = 0; i < size; i++)
        bytes[big ? size - 1 - i : i] = (unsigned char)(n >> (8 * i));
    buf_put(b, bytes, size);
}

void buf_put_u16le(struct buf *b, uint16_t n)
{
    put_number(b, n, 2, false);
}

void buf_put_u32le(struct buf *b, uint32_t n)
{
    put_number(b, n, 4, false);
}

void buf_put_u64le(struct buf *b, uint64_t n)
{
    put_number(b, n, 8, false);
}

void buf_put_u32be(struct buf *b, uint32_t n)
{
    put_number(b, n, 4, true);
}

void buf_put_u64be(struct buf *b, uint64_t n)
{
    put_number(b, n, 8, true);
}

void buf_printf(struct buf *b, const char *format, ...)
{
    va_list args;
    char small[256];
    va_start(args, format);
    int size = vsnprintf(small, sizeof small, format, args);
    va_end(args);
    if (size < 0) {
        b->failed = true;
        return;
    }
    if ((size_t)size < sizeof small) {
        buf_put(b, small, (size_t)size);
        return;
    }
    if (!reserve(b, (size_t)size + 1)) /* vsnprintf writes a NUL behind the text */
        return;
    va_start(args, format);
    vsnprintf((char *)b->data + b->used, (size_t)size + 1, format, args);
    va_end(args);
    b->used += (size_t)size;
}
