/* SPDX-License-Identifier: MIT */
/* int and bool, after Objects/longobject.c: an int64 where it fits, else a libtommath integer (which reports a failed
 * allocation). As in CPython the small ones are one object each. */
#include <math.h>
#include <string.h>

#include "ref/base/limits.h"
#include "ref/base/mem.h"
#include "ref/value/big.h"
#include "ref/value/container.h"
#include "ref/value/core.h"

struct int_object {
    struct value head;
    bool is_big;
    union {
        int64_t small;
        mp_int big; /* never one that would fit small */
    } n;
};

/* The range of ints that are one object each: to 256, since 3.15 to 1024. */
enum { STATIC_FIRST = -5, STATIC_LAST_BEFORE_315 = 256, STATIC_LAST = 1024 };

static struct int_object static_ints[STATIC_LAST - STATIC_FIRST + 1];

static void static_init(void)
{
    for (int64_t i = STATIC_FIRST; i <= STATIC_LAST; i++)
        static_ints[i - STATIC_FIRST] = (struct int_object){.head = {&int_type, SIZE_MAX}, .n.small = i};
}

void int_runtime_init(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, static_init);
}

static bool is_bool(const struct value *v)
{
    return v->type == &bool_type;
}

bool int_check(const struct value *v)
{
    return v->type == &int_type || v->type == &bool_type;
}

/* The body of an int that is no bool. */
static struct int_object *as_int(const struct value *v)
{
    return (struct int_object *)v;
}

static bool get_small(const struct value *v, int64_t *out)
{
    if (is_bool(v)) {
        *out = v == &value_true;
        return true;
    }
    *out = as_int(v)->is_big ? 0 : as_int(v)->n.small;
    return !as_int(v)->is_big;
}

bool int_peek_i64(const struct value *v, int64_t *out)
{
    return int_check(v) && get_small(v, out);
}

int int_sign(const struct value *v)
{
    int64_t n;
    if (get_small(v, &n))
        return n < 0 ? -1 : n > 0;
    return as_int(v)->n.big.sign == MP_NEG ? -1 : 1;
}

/* ---- making */

struct value *int_new(struct ctx *ctx, int64_t n)
{
    if (n >= STATIC_FIRST &&
        n <= (compat_has(ctx->rt->compat, COMPAT_MORE_STATIC_INTS) ? STATIC_LAST : STATIC_LAST_BEFORE_315))
        return &static_ints[n - STATIC_FIRST].head;
    struct value *v = value_new(ctx, &int_type);
    if (v)
        as_int(v)->n.small = n;
    return v;
}

/* Of a result: takes n over, whatever happens; error is what its making gave. */
static struct value *int_new_big_take(struct ctx *ctx, mp_int *n, mp_err error)
{
    int64_t small;
    struct value *v = NULL;
    if (error != MP_OKAY)
        raise_memory(ctx);
    else if (big_fits_i64(n, &small))
        v = int_new(ctx, small);
    else
        v = value_new(ctx, &int_type);
    if (!v || v->refs == SIZE_MAX || big_fits_i64(n, &small)) {
        mp_clear(n);
        return v;
    }
    as_int(v)->is_big = true;
    as_int(v)->n.big = *n;
    return v;
}

struct value *int_new_unsigned(struct ctx *ctx, uint64_t n)
{
    mp_int big;
    if (n <= INT64_MAX)
        return int_new(ctx, (int64_t)n);
    mp_err error = mp_init_u64(&big, n);
    return error == MP_OKAY ? int_new_big_take(ctx, &big, error) : raise_memory(ctx);
}

struct value *int_new_bytes(struct ctx *ctx, const unsigned char *data, size_t size)
{
    mp_int big;
    if (size <= 8) {
        uint64_t n = size && data[size - 1] & 0x80 ? UINT64_MAX : 0;
        for (size_t i = size; i-- > 0;)
            n = n << 8 | data[i];
        return int_new(ctx, (int64_t)n);
    }
    mp_err error = big_init_bytes(&big, data, size);
    return error == MP_OKAY ? int_new_big_take(ctx, &big, error) : raise_memory(ctx);
}

static void int_destroy(struct value *v)
{
    if (as_int(v)->is_big)
        mp_clear(&as_int(v)->n.big);
}

/* ---- text */

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Copies sign and digits of text as int() reads it to out, which has room for size + 1; the number of digits, or 0. */
static size_t read_digits(const char *text, size_t size, char *out)
{
    const char *p = text, *end = text + size;
    size_t digits = 0;
    while (p < end && is_space(*p))
        p++;
    while (end > p && is_space(end[-1]))
        end--;
    if (p < end && (*p == '-' || *p == '+')) {
        if (*p == '-')
            *out++ = '-';
        p++;
    }
    for (; p < end; p++) {
        if (*p == '_' && digits && p[-1] != '_' && p + 1 < end)
            continue;
        if (*p < '0' || *p > '9')
            return 0;
        *out++ = *p;
        digits++;
    }
    *out = '\0';
    return digits;
}

static void *raise_literal(struct ctx *ctx, const char *text, size_t size)
{
    struct value *s = str_new(ctx, text, size), *r = s ? value_repr(ctx, s) : NULL;
    if (r)
        raise_format(ctx, "ValueError", "invalid literal for int() with base 10: %.200s", str_peek(r, NULL));
    value_release(s);
    value_release(r);
    return NULL;
}

/* What CPython says of the digits limit; since 3.11 with its unit. */
static const char *limit_unit(const struct ctx *ctx)
{
    return compat_has(ctx->rt->compat, COMPAT_DIGITS_WORDS) ? " digits" : "";
}

static struct value *from_text(struct ctx *ctx, const char *text, size_t size, size_t limit)
{
    mp_int big;
    char *clean = size < SIZE_MAX ? mem_alloc(size + 1) : NULL;
    if (!clean)
        return raise_memory(ctx);
    size_t digits = read_digits(text, size, clean);
    struct value *v = NULL;
    if (!digits) {
        raise_literal(ctx, text, size);
    } else if (digits > limit) {
        raise_format(ctx, "ValueError",
                     "Exceeds the limit (%d%s) for integer string conversion: value has %zu digits; use "
                     "sys.set_int_max_str_digits() to increase the limit",
                     LIMIT_INT_DIGITS, limit_unit(ctx), digits);
    } else {
        mp_err error = big_init_decimal(&big, clean);
        v = error == MP_OKAY ? int_new_big_take(ctx, &big, error) : raise_memory(ctx);
    }
    mem_free(clean);
    return v;
}

struct value *int_new_decimal(struct ctx *ctx, const char *text, size_t size)
{
    return from_text(ctx, text, size, SIZE_MAX);
}

struct value *int_new_literal(struct ctx *ctx, const char *text, size_t size)
{
    return from_text(ctx, text, size, LIMIT_INT_DIGITS);
}

int int_to_decimal(struct ctx *ctx, const struct value *v, struct buf *b)
{
    int64_t n;
    mp_err error = MP_OKAY;
    if (get_small(v, &n))
        buf_printf(b, "%lld", (long long)n);
    else
        error = big_put_decimal(b, &as_int(v)->n.big);
    if (error == MP_OKAY && !b->failed)
        return 0;
    raise_memory(ctx);
    return -1;
}

int int_to_bytes(struct ctx *ctx, const struct value *v, struct buf *b)
{
    int64_t n;
    if (!get_small(v, &n)) {
        big_put_bytes(b, &as_int(v)->n.big);
    } else if (n != 0) {
        unsigned size = 1;
        while (size < 8 && n >> (8 * size - 1) != 0 && n >> (8 * size - 1) != -1)
            size++;
        for (unsigned i = 0; i < size; i++)
            buf_put_byte(b, (unsigned char)((uint64_t)n >> 8 * i));
    }
    if (!b->failed)
        return 0;
    raise_memory(ctx);
    return -1;
}

static struct value *int_repr(struct ctx *ctx, struct value *v)
{
    struct buf b;
    int64_t n;
    bool small = get_small(v, &n), beyond;
    buf_init(&b, PTRDIFF_MAX);
    /* so many bits are too many digits for certain, and converting them would take long */
    beyond = !small && mp_count_bits(&as_int(v)->n.big) / 3.33 > LIMIT_INT_DIGITS + 10;
    if (!beyond && int_to_decimal(ctx, v, &b) < 0) {
        buf_free(&b);
        return NULL;
    }
    if (!beyond && b.used - (b.data[0] == '-') <= LIMIT_INT_DIGITS)
        return printing_finish(ctx, &b);
    buf_free(&b);
    return raise_format(ctx, "ValueError",
                        "Exceeds the limit (%d%s) for integer string conversion; use sys.set_int_max_str_digits() to "
                        "increase the limit",
                        LIMIT_INT_DIGITS, limit_unit(ctx));
}

static struct value *bool_repr(struct ctx *ctx, struct value *v)
{
    return str_intern(ctx, v == &value_true ? "True" : "False");
}

/* ---- as other things */

int int_as_index(struct ctx *ctx, struct value *v, bool clip, ssize_t *out)
{
    int64_t n;
    if (int_peek_i64(v, &n)) {
        *out = (ssize_t)n;
        return 0;
    }
    if (int_check(v) && clip) {
        *out = int_sign(v) < 0 ? -SSIZE_MAX - 1 : SSIZE_MAX;
        return 0;
    }
    if (int_check(v))
        raise_format(ctx, "IndexError", "cannot fit '%.200s' into an index-sized integer", value_type_name(v));
    else
        raise_format(ctx, "TypeError", "'%.200s' object cannot be interpreted as an integer", value_type_name(v));
    return -1;
}

double int_to_double(const struct value *v)
{
    int64_t n;
    return get_small(v, &n) ? (double)n : big_to_double(&as_int(v)->n.big);
}

static int compare_small_double(int64_t n, double x)
{
    if (x >= 9223372036854775808.0)
        return -1;
    if (x < -9223372036854775808.0)
        return 1;
    int64_t whole = (int64_t)x;
    if (n != whole)
        return n < whole ? -1 : 1;
    double part = x - (double)whole; /* exact: beyond 2**53 there is none */
    return part > 0 ? -1 : part < 0;
}

int int_compare_double(const struct value *v, double x)
{
    int64_t n;
    return get_small(v, &n) ? compare_small_double(n, x) : big_compare_double(&as_int(v)->n.big, x);
}

static int int_truth(struct ctx *ctx, struct value *v)
{
    (void)ctx;
    return int_sign(v) != 0;
}

static int int_hash(struct ctx *ctx, struct value *v, int64_t *out)
{
    const int64_t modulus = ((int64_t)1 << 61) - 1;
    int64_t n, h;
    (void)ctx;
    h = get_small(v, &n) ? n % modulus : big_hash(&as_int(v)->n.big);
    *out = h == -1 ? -2 : h;
    return 0;
}

static int order_of(const struct value *a, const struct value *b)
{
    int64_t m, n;
    bool small = get_small(a, &m), other_small = get_small(b, &n);
    if (small && other_small)
        return m < n ? -1 : m > n;
    if (small)
        return -int_sign(b);
    if (other_small)
        return int_sign(a);
    return mp_cmp(&as_int(a)->n.big, &as_int(b)->n.big);
}

static int int_compare(struct ctx *ctx, enum compare_op op, struct value *a, struct value *b)
{
    (void)ctx;
    return int_check(b) ? compare_holds(op, order_of(a, b)) : COMPARE_UNSUPPORTED;
}

/* ---- arithmetic */

typedef mp_err big_fn(const mp_int *a, const mp_int *b, mp_int *out);

static mp_err floor_div(const mp_int *a, const mp_int *b, mp_int *out)
{
    mp_int rest;
    mp_err error = mp_init(&rest);
    if (error != MP_OKAY)
        return error;
    error = mp_div(a, b, out, &rest);
    if (error == MP_OKAY && rest.used && rest.sign != b->sign)
        error = mp_decr(out);
    mp_clear(&rest);
    return error;
}

static big_fn *const big_operations[] = {
    [BINARY_ADD] = mp_add, [BINARY_SUB] = mp_sub, [BINARY_MUL] = mp_mul,
    [BINARY_AND] = mp_and, [BINARY_OR] = mp_or,   [BINARY_XOR] = mp_xor,
};

/* The libtommath integer of v: its own, or tmp made from a small one. */
static mp_err get_big(struct value *v, mp_int *tmp, const mp_int **out)
{
    int64_t n;
    *out = tmp;
    if (get_small(v, &n)) {
        mp_err error = mp_init_i64(tmp, n);
        return error;
    }
    *tmp = (mp_int){0}; /* mp_clear of it does nothing */
    *out = &as_int(v)->n.big;
    return MP_OKAY;
}

static struct value *operate_big(struct ctx *ctx, big_fn *operation, struct value *a, struct value *b)
{
    mp_int x, y, out;
    const mp_int *p, *q;
    mp_err error = get_big(a, &x, &p);
    if (error != MP_OKAY)
        return raise_memory(ctx);
    error = get_big(b, &y, &q);
    if (error != MP_OKAY)
        goto out_x;
    error = mp_init(&out);
    if (error != MP_OKAY)
        goto out_y;
    error = operation(p, q, &out);
    struct value *v = int_new_big_take(ctx, &out, error);
    mp_clear(&y);
    mp_clear(&x);
    return v;
out_y:
    mp_clear(&y);
out_x:
    mp_clear(&x);
    return raise_memory(ctx);
}

/* Without libtommath, where the operands are small and so is the result. */
static bool operate_small(enum binary_op op, int64_t m, int64_t n, int64_t *out)
{
    switch (op) {
    case BINARY_ADD:
        return !ADD_OVERFLOWS(m, n, out);
    case BINARY_SUB:
        return !SUB_OVERFLOWS(m, n, out);
    case BINARY_MUL:
        return !MUL_OVERFLOWS(m, n, out);
    case BINARY_AND:
        *out = m & n;
        return true;
    case BINARY_OR:
        *out = m | n;
        return true;
    case BINARY_XOR:
        *out = m ^ n;
        return true;
    default:
        return false;
    }
}

static struct value *int_binary(struct ctx *ctx, enum binary_op op, struct value *a, struct value *b)
{
    int64_t m, n, small;
    if (!int_check(a) || !int_check(b) || op > BINARY_XOR)
        return &value_not_implemented;
    if (get_small(a, &m) && get_small(b, &n) && operate_small(op, m, n, &small))
        return is_bool(a) && is_bool(b) && op >= BINARY_AND ? value_bool(small) : int_new(ctx, small);
    return operate_big(ctx, big_operations[op], a, b);
}

struct value *int_floor_div(struct ctx *ctx, struct value *a, struct value *b)
{
    int64_t m, n;
    if (get_small(a, &m) && get_small(b, &n) && !(m == INT64_MIN && n == -1))
        return int_new(ctx, m / n - (m % n != 0 && (m % n < 0) != (n < 0)));
    return operate_big(ctx, floor_div, a, b);
}

struct value *value_bool(bool b)
{
    return b ? &value_true : &value_false;
}

#define INT_SLOTS                                                                                                      \
    .module = "builtins", .size = sizeof(struct int_object), .truth = int_truth, .compare = int_compare,               \
    .hash = int_hash, .binary = int_binary

const struct type int_type = {.name = "int", INT_SLOTS, .destroy = int_destroy, .repr = int_repr};
const struct type bool_type = {.name = "bool", .base = &int_type, INT_SLOTS, .repr = bool_repr};

struct value value_true = {&bool_type, SIZE_MAX};
struct value value_false = {&bool_type, SIZE_MAX};
