/* SPDX-License-Identifier: MIT */
/* bytes, after Objects/bytesobject.c, and what bytearray does alike.  As in CPython, b'' and the bytes of length one
 * are one object each. */
#include "ref/value/bytes.h"

#include <string.h>

#include "ref/base/limits.h"
#include "ref/base/mem.h"
#include "ref/value/container.h"

static struct bytes static_empty, static_single[256];
static unsigned char static_data[256][2];

static struct bytes *as_bytes(const struct value *v)
{
    return (struct bytes *)v;
}

static void static_init(void)
{
    static_empty = (struct bytes){.head = {&bytes_type, SIZE_MAX}, .data = static_data[0], .hash = 1};
    for (unsigned i = 0; i < 256; i++) {
        static_data[i][0] = (unsigned char)i;
        static_single[i] =
            (struct bytes){.head = {&bytes_type, SIZE_MAX}, .data = static_data[i], .size = 1, .hash = (int64_t)i + 2};
    }
}

void bytes_runtime_init(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, static_init);
}

/* ---- making */

/* A new bytes object, also where there is a static one. */
static struct value *make_bytes(struct ctx *ctx, size_t size, unsigned char **data)
{
    struct bytes *b = (struct bytes *)value_new_sized(ctx, &bytes_type, size < SIZE_MAX ? size + 1 : size);
    if (!b)
        return NULL;
    *data = b->data = (unsigned char *)(b + 1);
    b->size = size;
    return &b->head;
}

static struct value *make_bytearray(struct ctx *ctx, size_t size, unsigned char **data)
{
    struct bytes *b = (struct bytes *)value_new(ctx, &bytearray_type);
    if (!b)
        return NULL;
    *data = b->data = mem_alloc(size);
    if (!b->data) {
        value_release(&b->head);
        return raise_memory(ctx);
    }
    b->size = b->capacity = size;
    return &b->head;
}

struct value *bytes_make(struct ctx *ctx, const struct type *type, size_t size, unsigned char **data)
{
    return type == &bytes_type ? make_bytes(ctx, size, data) : make_bytearray(ctx, size, data);
}

struct value *bytes_new(struct ctx *ctx, const void *data, size_t size)
{
    unsigned char *body;
    if (size == 0)
        return &static_empty.head;
    if (size == 1)
        return &static_single[*(const unsigned char *)data].head;
    struct value *v = make_bytes(ctx, size, &body);
    if (v)
        memcpy(body, data, size);
    return v;
}

/* ---- looking */

const unsigned char *bytes_peek(const struct value *v, size_t *size)
{
    if (size)
        *size = as_bytes(v)->size;
    return as_bytes(v)->data ? as_bytes(v)->data : static_empty.data;
}

bool bytes_like(const struct value *v, const unsigned char **data, size_t *size)
{
    if (v->type == &array_type) {
        *data = array_peek(v, size);
        return true;
    }
    if (v->type != &bytes_type && v->type != &bytearray_type)
        return false;
    *data = bytes_peek(v, size);
    return true;
}

int bytes_item_value(struct ctx *ctx, struct value *v)
{
    int64_t n = -1;
    if (!int_check(v)) {
        raise_format(ctx, "TypeError", "'%.200s' object cannot be interpreted as an integer", value_type_name(v));
        return -1;
    }
    if (int_peek_i64(v, &n) && n >= 0 && n <= 255)
        return (int)n;
    raise_format(ctx, "ValueError", "byte must be in range(0, 256)");
    return -1;
}

const void *bytes_find(const void *hay, size_t hay_size, const void *needle, size_t size)
{
    const unsigned char *p = hay, *first = needle;
    if (size == 0)
        return hay;
    while (hay_size >= size && (p = memchr(p, *first, hay_size - size + 1))) {
        if (memcmp(p, needle, size) == 0)
            return p;
        p++;
        hay_size = (size_t)((const unsigned char *)hay + hay_size - p);
        hay = p;
    }
    return NULL;
}

ssize_t bytes_length(struct ctx *ctx, struct value *v)
{
    (void)ctx;
    return (ssize_t)as_bytes(v)->size;
}

static int bytes_hash(struct ctx *ctx, struct value *v, int64_t *out)
{
    struct bytes *b = as_bytes(v);
    uint64_t h = 14695981039346656037u; /* FNV-1a */
    (void)ctx;
    if (!b->hash) {
        for (size_t i = 0; i < b->size; i++)
            h = (h ^ b->data[i]) * 1099511628211u;
        b->hash = h ? (int64_t)(h ^ h >> 32) : 1;
    }
    *out = b->hash;
    return 0;
}

int bytes_compare(struct ctx *ctx, enum compare_op op, struct value *a, struct value *b)
{
    const unsigned char *x, *y;
    size_t m, n;
    (void)ctx;
    if (b->type == &array_type || !bytes_like(b, &y, &n))
        return COMPARE_UNSUPPORTED;
    x = bytes_peek(a, &m);
    int order = memcmp(x, y, m < n ? m : n);
    return compare_holds(op, order ? order : m < n ? -1 : m > n);
}

int bytes_contains(struct ctx *ctx, struct value *v, struct value *item)
{
    const unsigned char *needle, *hay;
    size_t size, hay_size;
    hay = bytes_peek(v, &hay_size);
    if (int_check(item)) {
        int byte = bytes_item_value(ctx, item);
        return byte < 0 ? -1 : hay_size && memchr(hay, byte, hay_size) != NULL;
    }
    if (bytes_like(item, &needle, &size))
        return bytes_find(hay, hay_size, needle, size) != NULL;
    raise_format(ctx, "TypeError", "a bytes-like object is required, not '%.100s'", value_type_name(item));
    return -1;
}

void bytes_put_repr(struct buf *b, const unsigned char *data, size_t size, bool escape_single)
{
    bool quotes = memchr(data, '\'', size) && !memchr(data, '"', size);
    char quote = quotes ? '"' : '\'';
    buf_printf(b, "b%c", quote);
    for (size_t i = 0; i < size && !b->failed; i++) {
        unsigned char c = data[i];
        char named = c == '\t' ? 't' : c == '\n' ? 'n' : c == '\r' ? 'r' : '\0';
        if (c == (unsigned char)quote || c == '\\' || (c == '\'' && escape_single))
            buf_printf(b, "\\%c", c);
        else if (named)
            buf_printf(b, "\\%c", named);
        else if (c < ' ' || c >= 0x7f)
            buf_printf(b, "\\x%02x", c);
        else
            buf_put_byte(b, c);
    }
    buf_put_byte(b, (unsigned char)quote);
}

static struct value *bytes_repr(struct ctx *ctx, struct value *v)
{
    struct buf b;
    buf_init(&b, PTRDIFF_MAX);
    bytes_put_repr(&b, as_bytes(v)->data, as_bytes(v)->size, false);
    return printing_finish(ctx, &b);
}

/* ---- parts */

static struct value *get_slice(struct ctx *ctx, struct value *v, struct value *slice)
{
    size_t size;
    unsigned char *out;
    const unsigned char *data = bytes_peek(v, &size);
    ssize_t start, step, count = slice_resolve(ctx, slice, (ssize_t)size, &start, &step);
    if (count < 0)
        return NULL;
    if (v->type == &bytes_type && (step == 1 || count <= 1))
        return bytes_new(ctx, data + (count ? start : 0), (size_t)count);
    struct value *r = bytes_make(ctx, v->type, (size_t)count, &out);
    for (ssize_t i = 0; r && i < count; i++)
        out[i] = data[start + i * step];
    return r;
}

struct value *bytes_get_item(struct ctx *ctx, struct value *v, struct value *key)
{
    bool array = v->type == &bytearray_type;
    ssize_t i, size = (ssize_t)as_bytes(v)->size;
    if (value_is(key, &slice_type))
        return get_slice(ctx, v, key);
    if (arguments_subscript(ctx, array ? "bytearray" : "byte", key, &i) < 0)
        return NULL;
    if (i < 0)
        i += size;
    if (i < 0 || i >= size)
        return raise_format(ctx, "IndexError", "%sindex out of range", array ? "bytearray " : "");
    return int_new(ctx, as_bytes(v)->data[i]);
}

struct value *bytes_concatenate(struct ctx *ctx, struct value *a, struct value *b)
{
    const unsigned char *x, *y;
    unsigned char *out;
    size_t m, n;
    x = bytes_peek(a, &m);
    if (!bytes_like(b, &y, &n))
        return raise_format(ctx, "TypeError", "can't concat %.100s to %.100s", value_type_name(b), value_type_name(a));
    if (a->type == &bytes_type && b->type == &bytes_type && (m == 0 || n == 0))
        return value_ref(m ? a : b);
    struct value *r = bytes_make(ctx, a->type, m + n, &out);
    if (!r)
        return NULL;
    memcpy(out, x, m);
    if (n) /* an empty array has no data */
        memcpy(out + m, y, n);
    return r;
}

struct value *bytes_repeat(struct ctx *ctx, struct value *v, struct value *times)
{
    ssize_t n;
    size_t size;
    unsigned char *out;
    const unsigned char *data = bytes_peek(v, &size);
    if (arguments_times(ctx, times, &n) < 0)
        return NULL;
    if (n < 0)
        n = 0;
    if (size && (size_t)n > LIMIT_VALUE_SIZE / size)
        return raise_memory(ctx);
    if (v->type == &bytes_type && (n == 1 || size * (size_t)n == 0))
        return n == 1 ? value_ref(v) : &static_empty.head;
    struct value *r = bytes_make(ctx, v->type, size * (size_t)n, &out);
    for (ssize_t i = 0; r && i < n; i++)
        memcpy(out + (size_t)i * size, data, size);
    return r;
}

static struct value *bytes_binary(struct ctx *ctx, enum binary_op op, struct value *a, struct value *b)
{
    if (op == BINARY_ADD && a->type == &bytes_type)
        return bytes_concatenate(ctx, a, b);
    if (op == BINARY_MUL)
        return a->type == &bytes_type ? bytes_repeat(ctx, a, b) : bytes_repeat(ctx, b, a);
    return &value_not_implemented;
}

const struct type bytes_type = {
    .name = "bytes",
    .module = "builtins",
    .size = sizeof(struct bytes),
    .compare = bytes_compare,
    .hash = bytes_hash,
    .repr = bytes_repr,
    .length = bytes_length,
    .get_item = bytes_get_item,
    .contains = bytes_contains,
    .binary = bytes_binary,
    .iter = iter_new,
};
