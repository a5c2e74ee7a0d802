/* SPDX-License-Identifier: MIT */
/* The built-in types as pickles call them.  Only what makes a value of the arguments at hand is done here, with
 * CPython's exceptions; an encoding C does not know, a number in another base and the like stay opaque. */
#include "ref/pickle/globals.h"

#include <string.h>

#include "ref/base/limits.h"

int known_arity(struct unpickler *u, const char *name, struct value *args, size_t least, size_t most)
{
    size_t n = tuple_length(args), bound = n < least ? least : most;
    const char *how = least == most ? "" : n < least ? "at least " : "at most ";
    if (n >= least && n <= most)
        return 0;
    raise_format(u->ctx, "TypeError", "%s expected %s%zu argument%s, got %zu", name, how, bound, bound == 1 ? "" : "s",
                 n);
    return -1;
}

static struct value *first(struct value *args)
{
    return tuple_length(args) > 0 ? tuple_peek(args, 0) : NULL;
}

/* Would this iterable spell out more elements than the pickle holds? */
static bool too_many(struct unpickler *u, struct value *v)
{
    ssize_t n;
    if (v->type != &range_type)
        return false;
    n = value_length(u->ctx, v);
    if (n < 0)
        value_release(raised_fetch(u->ctx));
    return n < 0 || (size_t)n > LIMIT_UNSPELLED;
}

/* ---- containers */

struct value *call_list(struct unpickler *u, struct value *args)
{
    struct value *v = first(args);
    if (known_arity(u, "list", args, 0, 1))
        return NULL;
    if (!v)
        return list_new(u->ctx);
    return too_many(u, v) ? NULL : list_from(u->ctx, v);
}

struct value *create_list(struct unpickler *u, struct value *args)
{
    (void)args;
    return list_new(u->ctx);
}

struct value *call_tuple(struct unpickler *u, struct value *args)
{
    struct value *v = first(args);
    if (known_arity(u, "tuple", args, 0, 1))
        return NULL;
    if (!v)
        return value_ref(tuple_empty);
    return too_many(u, v) ? NULL : tuple_from(u->ctx, v);
}

struct value *call_dict(struct unpickler *u, struct value *args)
{
    return known_arity(u, "dict", args, 0, 1) ? NULL : dict_from(u->ctx, first(args), NULL);
}

struct value *create_dict(struct unpickler *u, struct value *args)
{
    (void)args;
    return dict_new(u->ctx);
}

static struct value *make_set(struct unpickler *u, struct value *args, bool frozen)
{
    struct value *v = first(args);
    if (known_arity(u, frozen ? "frozenset" : "set", args, 0, 1))
        return NULL;
    if (!v)
        return frozen ? frozenset_new(u->ctx) : set_new(u->ctx);
    return too_many(u, v) ? NULL : set_from(u->ctx, v, frozen);
}

struct value *call_set(struct unpickler *u, struct value *args)
{
    return make_set(u, args, false);
}

struct value *call_frozenset(struct unpickler *u, struct value *args)
{
    return make_set(u, args, true);
}

struct value *create_set(struct unpickler *u, struct value *args)
{
    (void)args;
    return set_new(u->ctx);
}

/* ---- numbers */

struct value *call_bool(struct unpickler *u, struct value *args)
{
    int truth = 0;
    if (known_arity(u, "bool", args, 0, 1))
        return NULL;
    if (tuple_length(args) == 1)
        truth = value_truth(u->ctx, tuple_peek(args, 0));
    return truth < 0 ? NULL : value_ref(value_bool(truth));
}

struct value *call_int(struct unpickler *u, struct value *args)
{
    struct value *v = first(args);
    size_t size;
    const char *text;
    if (!v)
        return int_new(u->ctx, 0);
    if (tuple_length(args) > 1)
        return NULL;
    if (v->type == &int_type)
        return value_ref(v);
    if (v->type == &bool_type)
        return int_new(u->ctx, v == &value_true);
    if (!str_check(v))
        return NULL;
    text = str_peek(v, &size);
    return strlen(text) == size ? load_parse_int(u, text, size, 10) : NULL;
}

/* The number as a double; false if it is none, or too large for one. */
static bool as_double(struct unpickler *u, struct value *v, double *out)
{
    int64_t n;
    (void)u;
    if (v->type == &float_type) {
        *out = float_peek(v);
        return true;
    }
    if (!int_check(v) || !int_peek_i64(v, &n) || n > (int64_t)1 << 53 || n < -((int64_t)1 << 53))
        return false;
    *out = (double)n;
    return true;
}

struct value *call_float(struct unpickler *u, struct value *args)
{
    struct value *v = first(args);
    double x = 0;
    if (known_arity(u, "float", args, 0, 1) || (v && !as_double(u, v, &x)))
        return NULL;
    return float_new(u->ctx, x);
}

struct value *call_complex(struct unpickler *u, struct value *args)
{
    double part[2] = {0, 0};
    if (tuple_length(args) > 2)
        return NULL;
    for (size_t i = 0; i < tuple_length(args); i++)
        if (!as_double(u, tuple_peek(args, i), &part[i]))
            return NULL;
    return complex_new(u->ctx, part[0], part[1]);
}

/* ---- text and bytes */

struct value *call_str(struct unpickler *u, struct value *args)
{
    struct value *v = first(args);
    if (!v)
        return str_new(u->ctx, "", 0);
    return tuple_length(args) == 1 && v->type == &str_type ? value_ref(v) : NULL;
}

/* Which of the encodings that pickles name: 1 Latin-1, 2 UTF-8, 3 ASCII, 0 another. */
static int encoding_of(const struct value *v)
{
    static const struct {
        const char *name;
        int code;
    } names[] = {{"latin1", 1}, {"latin-1", 1}, {"iso-8859-1", 1}, {"utf-8", 2}, {"utf8", 2}, {"ascii", 3}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_equals(v, names[i].name))
            return names[i].code;
    return 0;
}

/* raise UnicodeEncodeError(encoding, text, at, at + 1, reason) */
static void *encode_error(struct unpickler *u, const char *encoding, struct value *text, size_t at, size_t end,
                          const char *reason)
{
    struct ctx *ctx = u->ctx;
    struct value *args =
        tuple_pack_take(ctx, 5, str_new_text(ctx, encoding), value_ref(text), int_new(ctx, (int64_t)at),
                        int_new(ctx, (int64_t)end), str_new_text(ctx, reason));
    struct value *e =
        args ? exception_new(ctx, exception_class_find("builtins", "UnicodeEncodeError", ctx->rt->compat), args) : NULL;
    value_release(args);
    return e ? raise_take(ctx, e) : NULL;
}

/* The code point of valid UTF-8 at *at, which moves on. */
static uint32_t next_point(const unsigned char **at)
{
    const unsigned char *p = *at;
    int more = p[0] < 0x80 ? 0 : p[0] < 0xe0 ? 1 : p[0] < 0xf0 ? 2 : 3;
    uint32_t c = more == 0 ? p[0] : p[0] & (0x3fu >> more);
    for (int i = 1; i <= more; i++)
        c = c << 6 | (p[i] & 0x3f);
    *at = p + more + 1;
    return c;
}

/* text.encode(encoding), appended to b; 0, or -1 after raising. */
static int encode(struct unpickler *u, struct value *text, int encoding, struct buf *b)
{
    uint32_t bound = encoding == 1 ? 0x100 : encoding == 3 ? 0x80 : 0x110000;
    size_t size, index = 0;
    const unsigned char *at = (const unsigned char *)str_peek(text, &size), *end = at + size;
    for (; at < end; index++) {
        const unsigned char *start = at, *stop = at;
        uint32_t c = next_point(&at);
        if (c >= bound || (encoding == 2 && c >= 0xd800 && c < 0xe000)) {
            size_t last = index; /* the whole run that cannot be encoded is named */
            while (stop < end && ((c = next_point(&stop)) >= bound || (encoding == 2 && c >= 0xd800 && c < 0xe000)))
                last++;
            encode_error(u,
                         encoding == 1   ? "latin-1"
                         : encoding == 2 ? "utf-8"
                                         : "ascii",
                         text, index, last,
                         encoding == 1   ? "ordinal not in range(256)"
                         : encoding == 2 ? "surrogates not allowed"
                                         : "ordinal not in range(128)");
            return -1;
        }
        if (encoding == 1)
            buf_put_byte(b, (unsigned char)c);
        else
            buf_put(b, start, (size_t)(at - start));
    }
    if (b->failed)
        raise_memory(u->ctx);
    return b->failed ? -1 : 0;
}

typedef struct value *make_fn(struct ctx *ctx, const void *data, size_t size);

static struct value *make_encoded(struct unpickler *u, struct value *text, struct value *encoding, make_fn *make)
{
    struct value *v = NULL;
    struct buf b;
    size_t size;
    str_peek(text, &size);
    buf_init(&b, size + 1);
    if (encode(u, text, encoding_of(encoding), &b) == 0)
        v = make(u->ctx, b.data ? b.data : (const unsigned char *)"", b.used);
    buf_free(&b);
    return v;
}

/* bytes([1, 2, 3]) */
static struct value *make_of_list(struct unpickler *u, struct value *list, make_fn *make)
{
    struct value *v = NULL;
    bool good = true;
    struct buf b;
    buf_init(&b, list_length(list) + 1);
    for (size_t i = 0; good && i < list_length(list); i++) {
        int64_t n;
        good = int_check(list_peek(list, i)) && int_peek_i64(list_peek(list, i), &n) && n >= 0 && n < 256;
        if (good)
            buf_put_byte(&b, (unsigned char)n);
    }
    if (good && b.failed)
        raise_memory(u->ctx);
    else if (good)
        v = make(u->ctx, b.data ? b.data : (const unsigned char *)"", b.used);
    buf_free(&b);
    return v;
}

/* bytes and bytearray take the same arguments. */
static struct value *make_bytes(struct unpickler *u, struct value *args, make_fn *make)
{
    struct value *v = first(args);
    size_t size;
    if (!v)
        return make(u->ctx, "", 0);
    if (tuple_length(args) == 2 && v->type == &str_type && encoding_of(tuple_peek(args, 1)))
        return make_encoded(u, v, tuple_peek(args, 1), make);
    if (tuple_length(args) != 1)
        return NULL;
    if (v->type == &bytes_type || v->type == &bytearray_type) {
        const unsigned char *data = bytes_peek(v, &size);
        return make == bytes_new && v->type == &bytes_type ? value_ref(v) : make(u->ctx, data, size);
    }
    return v->type == &list_type ? make_of_list(u, v, make) : NULL;
}

struct value *call_bytes(struct unpickler *u, struct value *args)
{
    return make_bytes(u, args, bytes_new);
}

struct value *call_bytearray(struct unpickler *u, struct value *args)
{
    return make_bytes(u, args, bytearray_new);
}

struct value *create_bytearray(struct unpickler *u, struct value *args)
{
    (void)args;
    return bytearray_new(u->ctx, "", 0);
}

/* _codecs.encode(text, 'latin1'): how protocols 0 to 2 write bytes. */
struct value *call_encode(struct unpickler *u, struct value *args)
{
    if (tuple_length(args) != 2 || first(args)->type != &str_type || !encoding_of(tuple_peek(args, 1)))
        return NULL;
    return make_encoded(u, first(args), tuple_peek(args, 1), bytes_new);
}

/* ---- range, slice, iterators */

struct value *call_range(struct unpickler *u, struct value *args)
{
    struct value *zero, *one, *v;
    size_t n = tuple_length(args);
    if (known_arity(u, "range", args, 1, n == 0 && !compat_has(u->ctx->rt->compat, COMPAT_RANGE_WORDS) ? 1 : 3))
        return NULL;
    zero = int_new(u->ctx, 0);
    one = int_new(u->ctx, 1);
    v = zero && one ? range_new(u->ctx, n > 1 ? tuple_peek(args, 0) : zero, tuple_peek(args, n > 1),
                                n > 2 ? tuple_peek(args, 2) : one)
                    : NULL;
    value_release(zero);
    value_release(one);
    return v;
}

struct value *call_slice(struct unpickler *u, struct value *args)
{
    size_t n = tuple_length(args);
    if (known_arity(u, "slice", args, 1, 3))
        return NULL;
    return slice_new(u->ctx, n > 1 ? tuple_peek(args, 0) : &value_none, tuple_peek(args, n > 1),
                     n > 2 ? tuple_peek(args, 2) : &value_none);
}

struct value *call_iter(struct unpickler *u, struct value *args)
{
    struct value *v = first(args);
    if (tuple_length(args) != 1 || v->type == &opaque_type || v->type == &proxyref_type)
        return NULL;
    return value_iter(u->ctx, v);
}

struct value *call_reversed(struct unpickler *u, struct value *args)
{
    if (tuple_length(args) != 1 || first(args)->type != &list_type)
        return NULL;
    return iter_reversed(u->ctx, first(args));
}
