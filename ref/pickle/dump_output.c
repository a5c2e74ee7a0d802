/* SPDX-License-Identifier: MIT */
/* The writer's output: opcodes, frames (protocol 4) and the memo.  Mirrors _Pickler_Write, _Pickler_CommitFrame,
 * memo_put and memo_get of Modules/_pickle.c: byte for byte the same pickle needs the same idea of what is one object.
 */
#include "ref/pickle/dump.h"

#include <string.h>

#include "ref/base/limits.h"
#include "ref/base/mem.h"

enum { FRAME_HEADER = 9, FRAME_LEAST = 4, FRAME_TARGET = 65536 };

/* ---- bytes and frames */

static void open_frame(struct pickler *p)
{
    static const unsigned char header[FRAME_HEADER];
    if (!p->framing || p->frame != NO_FRAME)
        return;
    p->frame = p->out->used;
    buf_put(p->out, header, sizeof header);
}

void dump_put(struct pickler *p, const void *data, size_t size)
{
    open_frame(p);
    buf_put(p->out, data, size);
}

void dump_op(struct pickler *p, enum opcode op)
{
    const unsigned char byte = (unsigned char)op;
    dump_put(p, &byte, 1);
}

void dump_op_number(struct pickler *p, enum opcode op, uint64_t n, int count)
{
    unsigned char bytes[9] = {(unsigned char)op};
    for (int i = 0; i < count; i++)
        bytes[1 + i] = (unsigned char)(n >> (8 * i));
    dump_put(p, bytes, (size_t)count + 1);
}

void dump_end_frame(struct pickler *p)
{
    unsigned char *header;
    size_t size;
    if (p->frame == NO_FRAME || p->out->failed)
        return;
    header = p->out->data + p->frame;
    size = p->out->used - p->frame - FRAME_HEADER;
    if (size < FRAME_LEAST) {
        memmove(header, header + FRAME_HEADER, size);
        p->out->used -= FRAME_HEADER;
    } else {
        header[0] = OPCODE_FRAME;
        for (int i = 0; i < 8; i++)
            header[1 + i] = (unsigned char)((uint64_t)size >> (8 * i));
    }
    p->frame = NO_FRAME;
}

void dump_boundary(struct pickler *p)
{
    if (p->frame != NO_FRAME && p->out->used - p->frame - FRAME_HEADER >= FRAME_TARGET)
        dump_end_frame(p);
}

void dump_put_large(struct pickler *p, enum opcode op, int count, const void *data, size_t size)
{
    bool framing = p->framing;
    if (size >= FRAME_TARGET) {
        dump_end_frame(p);
        p->framing = false;
    }
    dump_op_number(p, op, size, count);
    dump_put(p, data, size);
    p->framing = framing;
}

/* ---- the memo */

static size_t mix(size_t h, const char *text)
{
    for (; *text; text++)
        h = (h ^ (unsigned char)*text) * (size_t)0x100000001b3u;
    return h;
}

static size_t hash(const struct value *v, enum identity identity)
{
    size_t h = (size_t)0xcbf29ce484222325u + (size_t)identity;
    switch (identity) {
    case IDENTITY_VALUE:
        return (h ^ (size_t)((uintptr_t)v >> 4)) * (size_t)0x9E3779B97F4A7C15u;
    case IDENTITY_GLOBAL:
        return mix(mix(h, global_module(v)) + 1, global_qualname(v));
    case IDENTITY_EMPTY:
        return h ^ (size_t)((uintptr_t)v->type >> 4);
    default:
        return mix(h, str_peek(v, NULL));
    }
}

static bool same_text(const struct value *a, const struct value *b)
{
    size_t a_size, b_size;
    const char *a_text = str_peek(a, &a_size), *b_text = str_peek(b, &b_size);
    return a_size == b_size && memcmp(a_text, b_text, a_size) == 0;
}

static bool same(const struct dump_memo_slot *slot, const struct value *v, enum identity identity)
{
    if (slot->identity != identity)
        return false;
    switch (identity) {
    case IDENTITY_VALUE:
        return slot->key == v;
    case IDENTITY_GLOBAL:
        return global_is(slot->key, global_module(v), global_qualname(v));
    case IDENTITY_EMPTY:
        return slot->key->type == v->type;
    default:
        return same_text(slot->key, v);
    }
}

static struct dump_memo_slot *find(const struct pickler *p, const struct value *v, enum identity identity)
{
    size_t i = hash(v, identity);
    for (i ^= i >> 17;; i++) {
        struct dump_memo_slot *slot = &p->memo[i & (p->memo_size - 1)];
        if (!slot->key || same(slot, v, identity))
            return slot;
    }
}

static int memo_grow(struct pickler *p)
{
    struct dump_memo_slot *old = p->memo;
    size_t old_size = p->memo_size, size = old_size ? old_size * 2 : 32;
    struct dump_memo_slot *memo;
    if ((p->memo_used + 1) * 3 <= old_size * 2)
        return 0;
    memo = p->memo_used < LIMIT_MEMO ? mem_calloc(size, sizeof *memo) : NULL;
    if (!memo) {
        raise_memory(p->ctx);
        return -1;
    }
    p->memo = memo;
    p->memo_size = size;
    for (size_t i = 0; i < old_size; i++)
        if (old[i].key)
            *find(p, old[i].key, old[i].identity) = old[i];
    mem_free(old);
    return 0;
}

int dump_memoize(struct pickler *p, struct value *v, enum identity identity)
{
    struct dump_memo_slot *slot;
    size_t index = p->memo_count;
    if (memo_grow(p))
        return -1;
    slot = find(p, v, identity);
    if (!slot->key) {
        slot->key = value_ref(v);
        slot->identity = identity;
        p->memo_used++;
    }
    slot->index = index;
    p->memo_count++;
    if (p->protocol >= 4)
        dump_op(p, OPCODE_MEMOIZE);
    else if (index < 256)
        dump_op_number(p, OPCODE_BINPUT, index, 1);
    else
        dump_op_number(p, OPCODE_LONG_BINPUT, index, 4);
    return 0;
}

bool dump_remembers(const struct pickler *p, const struct value *v, enum identity identity)
{
    return p->memo_size > 0 && find(p, v, identity)->key;
}

int dump_recall(struct pickler *p, struct value *v, enum identity identity)
{
    const struct dump_memo_slot *slot = p->memo_size > 0 ? find(p, v, identity) : NULL;
    if (!slot || !slot->key)
        return 0;
    if (slot->index < 256)
        dump_op_number(p, OPCODE_BINGET, slot->index, 1);
    else
        dump_op_number(p, OPCODE_LONG_BINGET, slot->index, 4);
    return 1;
}

/* CPython has one object for "", each Latin-1 character and b"". */
enum identity dump_identity(const struct value *v)
{
    size_t size;
    const char *text;
    if (v->type == &global_type)
        return IDENTITY_GLOBAL;
    if (v->type == &bytes_type) {
        bytes_peek(v, &size);
        return size == 0 ? IDENTITY_EMPTY : IDENTITY_VALUE;
    }
    if (v->type != &str_type)
        return IDENTITY_VALUE;
    text = str_peek(v, &size);
    return size <= 1 || (size == 2 && ((unsigned char)text[0] == 0xc2 || (unsigned char)text[0] == 0xc3))
               ? IDENTITY_CHARACTER
               : IDENTITY_VALUE;
}

void dump_memo_free(struct pickler *p)
{
    for (size_t i = 0; i < p->memo_size; i++)
        value_release(p->memo[i].key);
    mem_free(p->memo);
}
