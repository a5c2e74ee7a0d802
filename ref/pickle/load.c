/* SPDX-License-Identifier: MIT */
/* The reader's machine: the loop over opcodes, the stack, the marks and the memo.  Mirrors load and Pdata_* of
 * Modules/_pickle.c.  It knows no recursion: however deep a pickle nests, reading it takes constant C stack. */
#include "ref/pickle/load.h"

#include <string.h>

#include "ref/base/limits.h"
#include "ref/base/mem.h"

static const struct operation {
    load_fn *handler;
    int argument;
} operations[256];

/* ---- the stack */

/* Makes room for one more element of an array; 0, or -1 after MemoryError. */
static int grow(struct ctx *ctx, void **array, size_t used, size_t *capacity, size_t element)
{
    size_t wanted = *capacity ? *capacity * 2 : 32;
    void *bigger;
    if (used < *capacity)
        return 0;
    if (used >= LIMIT_MEMO || !(bigger = mem_realloc(*array, wanted * element))) {
        raise_memory(ctx);
        return -1;
    }
    *array = bigger;
    *capacity = wanted;
    return 0;
}

int load_push_take(struct unpickler *u, struct value *item)
{
    void *array = u->stack;
    if (!item)
        return -1;
    if (grow(u->ctx, &array, u->length, &u->capacity, sizeof(void *))) {
        value_release(item);
        return -1;
    }
    u->stack = array;
    u->stack[u->length++] = item;
    return 0;
}

size_t load_fence(const struct unpickler *u)
{
    return u->mark_count ? u->marks[u->mark_count - 1] : 0;
}

int load_underflow(struct unpickler *u)
{
    return load_error(u, u->mark_count ? "unexpected MARK found" : "unpickling stack underflow");
}

struct value *load_pop_value(struct unpickler *u)
{
    if (u->length <= load_fence(u)) {
        load_underflow(u);
        return NULL;
    }
    return u->stack[--u->length];
}

void load_cut(struct unpickler *u, size_t length)
{
    while (u->length > length)
        value_release(u->stack[--u->length]);
}

ssize_t load_marker(struct unpickler *u)
{
    if (u->mark_count == 0)
        return load_error(u, "could not find MARK");
    return (ssize_t)u->marks[--u->mark_count];
}

struct value *load_take_tuple(struct unpickler *u, size_t start)
{
    struct value *tuple;
    if (start < load_fence(u) || start > u->length) {
        load_underflow(u);
        return NULL;
    }
    tuple = tuple_new(u->ctx, u->length - start);
    if (!tuple)
        return NULL;
    for (size_t i = start; i < u->length; i++)
        tuple_set_take(tuple, i - start, u->stack[i]);
    u->length = start;
    return tuple;
}

int load_mark(struct unpickler *u, int argument)
{
    void *array = u->marks;
    (void)argument;
    if (grow(u->ctx, &array, u->mark_count, &u->mark_capacity, sizeof *u->marks))
        return -1;
    u->marks = array;
    u->marks[u->mark_count++] = u->length;
    return 0;
}

/* Is the top setter(object, state), about to be dropped, with the object below it?  Then the object keeps what was done
 * to it. */
static int keep_setter(struct unpickler *u)
{
    struct value *top = u->stack[u->length - 1], *below = u->length > 1 ? u->stack[u->length - 2] : NULL, *args;
    if (!below || below->type != &opaque_type || top->type != &opaque_type || opaque_form_of(top) != OPAQUE_REDUCE ||
        opaque_steps(top))
        return 0;
    args = opaque_args_peek(top);
    if (tuple_length(args) != 2 || tuple_peek(args, 0) != below ||
        args->refs > 1) /* a memoized tuple is that of a copy that is thrown away */
        return 0;
    return opaque_record(u->ctx, below, OPAQUE_SETTER, opaque_callable_peek(top), tuple_peek(args, 1));
}

int load_pop(struct unpickler *u, int argument)
{
    (void)argument;
    if (u->mark_count > 0 && load_fence(u) == u->length) {
        u->mark_count--;
        return 0;
    }
    if (u->length <= load_fence(u))
        return load_underflow(u);
    if (keep_setter(u))
        return -1;
    value_release(u->stack[--u->length]);
    return 0;
}

int load_pop_mark(struct unpickler *u, int argument)
{
    ssize_t mark = load_marker(u);
    (void)argument;
    if (mark < 0)
        return -1;
    load_cut(u, (size_t)mark);
    return 0;
}

int load_dup(struct unpickler *u, int argument)
{
    (void)argument;
    if (u->length <= load_fence(u))
        return load_underflow(u);
    return load_push_take(u, value_ref(u->stack[u->length - 1]));
}

/* ---- the memo */

static struct load_memo_slot *memo_slot(struct load_memo_slot *memo, size_t size, size_t index)
{
    size_t i = (index * (size_t)0x9E3779B97F4A7C15u) & (size - 1);
    while (memo[i].item && memo[i].index != index)
        i = (i + 1) & (size - 1);
    return &memo[i];
}

static int memo_grow(struct unpickler *u)
{
    size_t size = u->memo_size ? u->memo_size * 2 : 64;
    struct load_memo_slot *memo;
    if ((u->memo_used + 1) * 3 <= u->memo_size * 2)
        return 0;
    if (u->memo_used >= LIMIT_MEMO || !(memo = mem_calloc(size, sizeof *memo))) {
        raise_memory(u->ctx);
        return -1;
    }
    for (size_t i = 0; i < u->memo_size; i++)
        if (u->memo[i].item)
            *memo_slot(memo, size, u->memo[i].index) = u->memo[i];
    mem_free(u->memo);
    u->memo = memo;
    u->memo_size = size;
    return 0;
}

/* The top of the stack gets a number. */
static int memo_put(struct unpickler *u, size_t index)
{
    struct load_memo_slot *slot;
    struct value *old;
    if (memo_grow(u))
        return -1;
    slot = memo_slot(u->memo, u->memo_size, index);
    old = slot->item;
    if (!old)
        u->memo_used++;
    slot->index = index;
    slot->item = value_ref(u->stack[u->length - 1]);
    value_release(old);
    return 0;
}

static int memo_missing(struct unpickler *u, ssize_t index)
{
    struct value *key;
    if (compat_has(u->ctx->rt->compat, COMPAT_MEMO_WORDS))
        return load_error(u, "Memo value not found at index %zd", index);
    key = int_new(u->ctx, index);
    if (key)
        raise_value(u->ctx, "KeyError", key);
    value_release(key);
    return -1;
}

static int memo_get(struct unpickler *u, ssize_t index)
{
    struct load_memo_slot *slot = index >= 0 && u->memo_size ? memo_slot(u->memo, u->memo_size, (size_t)index) : NULL;
    if (!slot || !slot->item)
        return memo_missing(u, index);
    return load_push_take(u, value_ref(slot->item));
}

/* The decimal index of GET and PUT. */
static int memo_line(struct unpickler *u, ssize_t *out)
{
    struct value *n = load_parse_int(u, (char *)u->line.data, strlen((char *)u->line.data), 10);
    int64_t index;
    bool fits = n && int_peek_i64(n, &index);
    if (n && !fits)
        raise_format(u->ctx, "OverflowError", "Python int too large to convert to C ssize_t");
    value_release(n);
    if (!fits)
        return -1;
    *out = (ssize_t)index;
    return 0;
}

int load_get(struct unpickler *u, int argument)
{
    ssize_t index;
    (void)argument;
    if (load_line(u, 2) < 0 || memo_line(u, &index))
        return -1;
    return memo_get(u, index);
}

int load_binget(struct unpickler *u, int argument)
{
    const unsigned char *bytes = load_read(u, (size_t)argument);
    return bytes ? memo_get(u, (ssize_t)load_number(bytes, argument)) : -1;
}

int load_put(struct unpickler *u, int argument)
{
    ssize_t index;
    (void)argument;
    if (load_line(u, 2) < 0)
        return -1;
    if (u->length <= load_fence(u))
        return load_underflow(u);
    if (memo_line(u, &index))
        return -1;
    if (index < 0) {
        raise_format(u->ctx, "ValueError", "negative PUT argument");
        return -1;
    }
    return memo_put(u, (size_t)index);
}

int load_binput(struct unpickler *u, int argument)
{
    const unsigned char *bytes = load_read(u, (size_t)argument);
    if (!bytes)
        return -1;
    if (u->length <= load_fence(u))
        return load_underflow(u);
    return memo_put(u, (size_t)load_number(bytes, argument));
}

int load_memoize(struct unpickler *u, int argument)
{
    (void)argument;
    if (u->length <= load_fence(u))
        return load_underflow(u);
    return memo_put(u, u->memo_used);
}

/* ---- the frame of it all */

int load_stop(struct unpickler *u, int argument)
{
    (void)argument;
    u->stopped = true;
    return 0;
}

int load_proto(struct unpickler *u, int argument)
{
    const unsigned char *bytes = load_read(u, 1);
    (void)argument;
    if (!bytes)
        return -1;
    if (*bytes > 5) {
        raise_format(u->ctx, "ValueError", "unsupported pickle protocol: %d", *bytes);
        return -1;
    }
    u->protocol = *bytes;
    return 0;
}

/* A frame must be there whole; otherwise it means nothing. */
int load_frame(struct unpickler *u, int argument)
{
    size_t size;
    (void)argument;
    if (load_size(u, 8, "FRAME length", &size) || !load_read(u, size))
        return -1;
    u->at -= size;
    return 0;
}

static int invalid_key(struct unpickler *u, unsigned char c)
{
    if (c >= 0x20 && c <= 0x7e && c != '\'' && c != '\\')
        return load_error(u, "invalid load key, '%c'.", c);
    return load_error(u, "invalid load key, '\\x%02x'.", c);
}

static int run(struct unpickler *u)
{
    while (!u->stopped) {
        const struct operation *o;
        if (u->at >= u->size) {
            raise_format(u->ctx, "EOFError", "Ran out of input");
            return -1;
        }
        o = &operations[u->data[u->at++]];
        if (!o->handler)
            return invalid_key(u, u->data[u->at - 1]);
        if (o->handler(u, o->argument))
            return -1;
    }
    return 0;
}

static void dispose(struct unpickler *u)
{
    load_cut(u, 0);
    for (size_t i = 0; i < u->memo_size; i++)
        value_release(u->memo[i].item);
    mem_free(u->stack);
    mem_free(u->marks);
    mem_free(u->memo);
    buf_free(&u->line);
}

struct value *pickle_load(struct ctx *ctx, const void *data, size_t size, const struct pickle_reader *reader)
{
    struct unpickler u = {.ctx = ctx, .reader = reader, .data = data, .size = size};
    struct value *result;
    buf_init(&u.line, size + 1);
    result = run(&u) ? NULL : load_pop_value(&u);
    dispose(&u);
    return result;
}

static const struct operation operations[256] = {
#define OPCODE(name, byte, handler, argument) [byte] = {handler, argument},
#include "ref/pickle/opcodes.def"
#undef OPCODE
};
