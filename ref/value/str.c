/* SPDX-License-Identifier: MIT */
/* str, after Objects/unicodeobject.c: UTF-8 that may hold lone surrogates, immutable.  As in CPython, '' and the
 * characters up to U+00FF are one object each: pickles show that. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "ref/base/limits.h"
#include "ref/base/mem.h"
#include "ref/value/container.h"
#include "ref/value/core.h"
#include "ref/value/unicode.h"

struct str {
    struct value head;
    const char *text; /* NUL-terminated; behind the struct, except for static objects */
    size_t size, length;
    int64_t hash;            /* 0: not yet known */
    struct str *next, **ref; /* among the interned of one hash; ref NULL: not interned */
};

enum { INTERN_SLOTS = 256, STATIC_CHARACTERS = 256 };

struct interned {
    struct str *slots[INTERN_SLOTS];
};

static struct str static_empty, static_characters[STATIC_CHARACTERS];
static char static_text[STATIC_CHARACTERS][3];

static struct str *as_str(const struct value *v)
{
    return (struct str *)v;
}

static int64_t hash_text(const char *text, size_t size)
{
    uint64_t h = 14695981039346656037u; /* FNV-1a */
    for (size_t i = 0; i < size; i++)
        h = (h ^ (unsigned char)text[i]) * 1099511628211u;
    h ^= h >> 32;
    return h ? (int64_t)h : 1;
}

static void static_init(void)
{
    static_empty = (struct str){.head = {&str_type, SIZE_MAX}, .text = "", .hash = hash_text("", 0)};
    for (uint32_t c = 0; c < STATIC_CHARACTERS; c++) {
        size_t size = unicode_encode(c, static_text[c]);
        static_characters[c] = (struct str){.head = {&str_type, SIZE_MAX},
                                            .text = static_text[c],
                                            .size = size,
                                            .length = 1,
                                            .hash = hash_text(static_text[c], size)};
    }
}

int str_runtime_init(struct runtime *rt)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, static_init);
    rt->interned = mem_calloc(1, sizeof *rt->interned);
    return rt->interned ? 0 : -1;
}

void str_runtime_end(struct runtime *rt)
{
    mem_free(rt->interned);
    rt->interned = NULL;
}

/* ---- making */

/* A str whose text the caller fills in at *body. Not for texts that have a static object. */
static struct value *make(struct ctx *ctx, size_t size, size_t length, char **body)
{
    struct str *s = (struct str *)value_new_sized(ctx, &str_type, size < SIZE_MAX ? size + 1 : size);
    if (!s)
        return NULL;
    *body = (char *)(s + 1);
    s->text = *body;
    s->size = size;
    s->length = length;
    return &s->head;
}

/* Of text known to be valid. */
static struct value *make_from(struct ctx *ctx, const char *text, size_t size, size_t length)
{
    char *body;
    if (size == 0)
        return &static_empty.head;
    if (length == 1) {
        const char *p = text;
        uint32_t c = unicode_next(&p);
        if (c < STATIC_CHARACTERS)
            return &static_characters[c].head;
    }
    struct value *v = make(ctx, size, length, &body);
    if (v)
        memcpy(body, text, size);
    return v;
}

static void *raise_decode(struct ctx *ctx, const char *text, size_t size, const struct unicode_fault *fault)
{
    const struct exception_class *c = exception_class_find("builtins", "UnicodeDecodeError", ctx->rt->compat);
    struct value *args = tuple_pack_take(ctx, 5, str_new_text(ctx, "utf-8"), bytes_new(ctx, text, size),
                                         int_new(ctx, (int64_t)fault->start), int_new(ctx, (int64_t)fault->end),
                                         str_new_text(ctx, fault->reason));
    if (!args)
        return NULL;
    struct value *exception = exception_new(ctx, c, args);
    value_release(args);
    return exception ? raise_take(ctx, exception) : NULL;
}

struct value *str_new(struct ctx *ctx, const char *utf8, size_t size)
{
    size_t length;
    struct unicode_fault fault;
    if (!unicode_check(utf8, size, &length, &fault))
        return raise_decode(ctx, utf8, size, &fault);
    return make_from(ctx, utf8, size, length);
}

struct value *str_new_text(struct ctx *ctx, const char *text)
{
    return str_new(ctx, text, strlen(text));
}

struct value *str_new_code_point(struct ctx *ctx, uint32_t c)
{
    char text[4];
    size_t size = unicode_encode(c, text);
    return make_from(ctx, text, size, 1);
}

struct value *str_new_latin1(struct ctx *ctx, const unsigned char *data, size_t size)
{
    size_t bytes = size;
    char *body;
    for (size_t i = 0; i < size; i++)
        bytes += data[i] >= 0x80;
    if (size == 0)
        return &static_empty.head;
    if (size == 1)
        return &static_characters[data[0]].head;
    struct value *v = make(ctx, bytes, size, &body);
    for (size_t i = 0; v && i < size; i++)
        body += unicode_encode(data[i], body);
    return v;
}

/* Of text that may be cut off within a character. */
static struct value *make_lenient(struct ctx *ctx, const char *text, size_t size)
{
    size_t length;
    struct unicode_fault fault;
    if (unicode_check(text, size, &length, &fault))
        return make_from(ctx, text, size, length);
    struct buf b;
    buf_init(&b, PTRDIFF_MAX);
    while (!unicode_check(text, size, &length, &fault)) {
        buf_put(&b, text, fault.start);
        buf_put_text(&b, "\xEF\xBF\xBD");
        text += fault.end;
        size -= fault.end;
    }
    buf_put(&b, text, size);
    return printing_finish(ctx, &b);
}

struct value *str_vprintf(struct ctx *ctx, const char *format, va_list args)
{
    char small[256], *large;
    va_list again;
    va_copy(again, args);
    int size = vsnprintf(small, sizeof small, format, args);
    struct value *v = NULL;
    if (size >= 0 && (size_t)size < sizeof small) {
        v = make_lenient(ctx, small, (size_t)size);
    } else if (size < 0 || !(large = mem_alloc((size_t)size + 1))) {
        raise_memory(ctx);
    } else {
        vsnprintf(large, (size_t)size + 1, format, again);
        v = make_lenient(ctx, large, (size_t)size);
        mem_free(large);
    }
    va_end(again);
    return v;
}

struct value *str_printf(struct ctx *ctx, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    struct value *v = str_vprintf(ctx, format, args);
    va_end(args);
    return v;
}

/* After the bytes that it writes. */
static char *put(char *at, const char *bytes, size_t n)
{
    memcpy(at, bytes, n);
    return at + n;
}

struct value *str_between(struct ctx *ctx, const char *before, const struct value *v, const char *after)
{
    const struct str *s = as_str(v);
    size_t n = strlen(before), m = strlen(after);
    char *body;
    struct value *r = make(ctx, n + s->size + m, n + s->length + m, &body);
    if (!r)
        return NULL;
    put(put(put(body, before, n), s->text, s->size), after, m);
    return r;
}

struct value *str_intern(struct ctx *ctx, const char *text)
{
    size_t size = strlen(text);
    int64_t hash = hash_text(text, size);
    struct str **slot = &ctx->rt->interned->slots[(uint64_t)hash % INTERN_SLOTS];
    for (struct str *s = *slot; s; s = s->next)
        if (s->size == size && memcmp(s->text, text, size) == 0)
            return value_ref(&s->head);
    struct value *v = str_new(ctx, text, size);
    if (!v || v->refs == SIZE_MAX)
        return v;
    struct str *s = as_str(v);
    s->hash = hash;
    s->next = *slot;
    s->ref = slot;
    if (s->next)
        s->next->ref = &s->next;
    *slot = s;
    return v;
}

static void str_destroy(struct value *v)
{
    struct str *s = as_str(v);
    if (!s->ref)
        return;
    *s->ref = s->next;
    if (s->next)
        s->next->ref = s->ref;
}

/* ---- looking */

bool str_check(const struct value *v)
{
    return v->type == &str_type;
}

const char *str_peek(const struct value *v, size_t *size)
{
    const struct str *s = as_str(v);
    if (size)
        *size = s->size;
    return s->text;
}

bool str_equals(const struct value *v, const char *text)
{
    return str_check(v) && as_str(v)->size == strlen(text) && memcmp(as_str(v)->text, text, as_str(v)->size) == 0;
}

size_t str_length(const struct value *v)
{
    return as_str(v)->length;
}

/* Where the i-th code point stands. */
static const char *at(const struct str *s, size_t i)
{
    return s->size == s->length ? s->text + i : unicode_skip(s->text, i);
}

uint32_t str_code_point(const struct value *v, size_t i)
{
    const char *p = at(as_str(v), i);
    return unicode_next(&p);
}

struct value *str_item(struct ctx *ctx, const struct value *v, size_t i)
{
    return str_new_code_point(ctx, str_code_point(v, i));
}

static ssize_t str_len(struct ctx *ctx, struct value *v)
{
    (void)ctx;
    return (ssize_t)as_str(v)->length;
}

static int str_hash(struct ctx *ctx, struct value *v, int64_t *out)
{
    struct str *s = as_str(v);
    (void)ctx;
    if (!s->hash)
        s->hash = hash_text(s->text, s->size);
    *out = s->hash;
    return 0;
}

/* UTF-8 sorts as its code points do, surrogates included. */
static int str_compare(struct ctx *ctx, enum compare_op op, struct value *a, struct value *b)
{
    (void)ctx;
    if (!str_check(b))
        return COMPARE_UNSUPPORTED;
    const struct str *s = as_str(a), *t = as_str(b);
    int order = memcmp(s->text, t->text, s->size < t->size ? s->size : t->size);
    if (order == 0)
        order = s->size < t->size ? -1 : s->size > t->size;
    return compare_holds(op, order);
}

static void put_escaped(struct buf *b, uint32_t c, char quote, int compat)
{
    char text[4];
    char named = c == '\t' ? 't' : c == '\n' ? 'n' : c == '\r' ? 'r' : '\0';
    if (c == (unsigned char)quote || c == '\\')
        buf_printf(b, "\\%c", (int)c);
    else if (named)
        buf_printf(b, "\\%c", named);
    else if (unicode_printable(c, compat))
        buf_put(b, text, unicode_encode(c, text));
    else
        buf_printf(b, c < 0x100 ? "\\x%02x" : c < 0x10000 ? "\\u%04x" : "\\U%08x", (unsigned)c);
}

void str_put_repr(struct buf *b, const char *text, size_t size, int compat)
{
    char quote = memchr(text, '\'', size) && !memchr(text, '"', size) ? '"' : '\'';
    buf_put_byte(b, (unsigned char)quote);
    for (const char *p = text; p < text + size && !b->failed;)
        put_escaped(b, unicode_next(&p), quote, compat);
    buf_put_byte(b, (unsigned char)quote);
}

static struct value *str_repr(struct ctx *ctx, struct value *v)
{
    struct buf b;
    buf_init(&b, PTRDIFF_MAX);
    str_put_repr(&b, as_str(v)->text, as_str(v)->size, ctx->rt->compat);
    return printing_finish(ctx, &b);
}

static struct value *str_str(struct ctx *ctx, struct value *v)
{
    (void)ctx;
    return value_ref(v);
}

static int str_contains(struct ctx *ctx, struct value *v, struct value *item)
{
    if (!str_check(item)) {
        raise_format(ctx, "TypeError", "'in <string>' requires string as left operand, not %.100s",
                     value_type_name(item));
        return -1;
    }
    return bytes_find(as_str(v)->text, as_str(v)->size, as_str(item)->text, as_str(item)->size) != NULL;
}

/* ---- parts */

static struct value *get_slice(struct ctx *ctx, const struct str *s, struct value *slice)
{
    ssize_t start, step, count = slice_resolve(ctx, slice, (ssize_t)s->length, &start, &step);
    if (count < 0)
        return NULL;
    if (count == 0)
        return &static_empty.head;
    if (step == 1) {
        const char *from = at(s, (size_t)start);
        const char *to = s->size == s->length ? from + count : unicode_skip(from, (size_t)count);
        return make_from(ctx, from, (size_t)(to - from), (size_t)count);
    }
    struct buf b;
    buf_init(&b, PTRDIFF_MAX);
    const char *p = at(s, (size_t)start);
    for (ssize_t i = 0; i < count; i++) {
        if (i > 0)
            p = step > 0 ? unicode_skip(p, (size_t)step) : unicode_back(p, (size_t)-step);
        buf_put(&b, p, (size_t)(unicode_skip(p, 1) - p));
    }
    return printing_finish(ctx, &b);
}

static struct value *str_get_item(struct ctx *ctx, struct value *v, struct value *key)
{
    ssize_t i, length = (ssize_t)as_str(v)->length;
    if (value_is(key, &slice_type))
        return get_slice(ctx, as_str(v), key);
    if (!int_check(key)) {
        if (!compat_has(ctx->rt->compat, COMPAT_STR_INDEX_WORDS))
            return raise_format(ctx, "TypeError", "string indices must be integers");
        return raise_format(ctx, "TypeError", "string indices must be integers, not '%.200s'", value_type_name(key));
    }
    if (int_as_index(ctx, key, false, &i) < 0)
        return NULL;
    if (i < 0)
        i += length;
    if (i < 0 || i >= length)
        return raise_format(ctx, "IndexError", "string index out of range");
    return str_item(ctx, v, (size_t)i);
}

static struct value *concatenate(struct ctx *ctx, struct value *a, struct value *b)
{
    const struct str *s = as_str(a), *t = as_str(b);
    char *body;
    if (!str_check(b))
        return raise_format(ctx, "TypeError", "can only concatenate str (not \"%.200s\") to str", value_type_name(b));
    if (s->size == 0 || t->size == 0)
        return value_ref(s->size ? a : b);
    struct value *v = make(ctx, s->size + t->size, s->length + t->length, &body);
    if (!v)
        return NULL;
    memcpy(body, s->text, s->size);
    memcpy(body + s->size, t->text, t->size);
    return v;
}

static struct value *repeat(struct ctx *ctx, struct value *v, struct value *times)
{
    const struct str *s = as_str(v);
    ssize_t n;
    char *body;
    if (arguments_times(ctx, times, &n) < 0)
        return NULL;
    if (n <= 0 || s->size == 0)
        return &static_empty.head;
    if (n == 1)
        return value_ref(v);
    if ((size_t)n > (size_t)PTRDIFF_MAX / s->length)
        return raise_format(ctx, "OverflowError", "repeated string is too long");
    if ((size_t)n > LIMIT_VALUE_SIZE / s->size)
        return raise_memory(ctx);
    struct value *r = make(ctx, s->size * (size_t)n, s->length * (size_t)n, &body);
    for (ssize_t i = 0; r && i < n; i++, body += s->size)
        memcpy(body, s->text, s->size);
    return r;
}

static struct value *str_binary(struct ctx *ctx, enum binary_op op, struct value *a, struct value *b)
{
    if (op == BINARY_ADD && str_check(a))
        return concatenate(ctx, a, b);
    if (op == BINARY_MUL)
        return str_check(a) ? repeat(ctx, a, b) : repeat(ctx, b, a);
    return &value_not_implemented;
}

const struct type str_type = {
    .name = "str",
    .module = "builtins",
    .size = sizeof(struct str),
    .destroy = str_destroy,
    .compare = str_compare,
    .hash = str_hash,
    .repr = str_repr,
    .str = str_str,
    .length = str_len,
    .get_item = str_get_item,
    .contains = str_contains,
    .binary = str_binary,
    .iter = iter_new,
};
