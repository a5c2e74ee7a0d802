/* SPDX-License-Identifier: MIT */
/* What libtommath cannot do for want of memory is MemoryError, and nothing leaks.  The test puts itself in front of the
 * library's functions and fails each call once. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdarg.h>
#include <tommath.h>

#include "harness/test/unit.h"
#include "ref/base/mem.h"
#include "ref/test/literal.h"

static long calls, fail_at;

/* The function that this file hides, or NULL if the call is to fail. */
static void *real(const char *name)
{
    return ++calls == fail_at ? NULL : dlsym(RTLD_NEXT, name);
}

#define WRAP(name, parameters, arguments)                                                                              \
    mp_err name parameters                                                                                             \
    {                                                                                                                  \
        mp_err(*f) parameters;                                                                                         \
        void *p = real(#name);                                                                                         \
        memcpy(&f, &p, sizeof p);                                                                                      \
        return f ? f arguments : MP_MEM;                                                                               \
    }

WRAP(mp_init, (mp_int * a), (a))
WRAP(mp_init_size, (mp_int * a, int size), (a, size))
WRAP(mp_init_i64, (mp_int * a, int64_t n), (a, n))
WRAP(mp_init_u64, (mp_int * a, uint64_t n), (a, n))
WRAP(mp_add, (const mp_int *a, const mp_int *b, mp_int *c), (a, b, c))
WRAP(mp_sub, (const mp_int *a, const mp_int *b, mp_int *c), (a, b, c))
WRAP(mp_mul, (const mp_int *a, const mp_int *b, mp_int *c), (a, b, c))
WRAP(mp_and, (const mp_int *a, const mp_int *b, mp_int *c), (a, b, c))
WRAP(mp_or, (const mp_int *a, const mp_int *b, mp_int *c), (a, b, c))
WRAP(mp_xor, (const mp_int *a, const mp_int *b, mp_int *c), (a, b, c))
WRAP(mp_div, (const mp_int *a, const mp_int *b, mp_int *c, mp_int *d), (a, b, c, d))
WRAP(mp_decr, (mp_int * a), (a))
WRAP(mp_read_radix, (mp_int * a, const char *text, int radix), (a, text, radix))
WRAP(mp_to_radix, (const mp_int *a, char *text, size_t room, size_t *written, int radix),
     (a, text, room, written, radix))

static struct runtime rt;
static struct ctx ctx;

static struct value *parse(const char *text)
{
    struct literal l = {&ctx, text, NULL, NULL};
    return literal_value(&l);
}

/* The operations, each on two operands; a new value, or NULL after raising. */
typedef struct value *operation_fn(struct value *a, struct value *b);

static struct value *do_binary(struct value *a, struct value *b)
{
    struct value *r = NULL;
    for (int op = BINARY_ADD; op <= BINARY_XOR && !ctx.raised; op++) {
        value_release(r);
        r = value_binary(&ctx, (enum binary_op)op, a, b);
    }
    return r;
}

static struct value *do_repr(struct value *a, struct value *b)
{
    (void)b;
    return value_repr(&ctx, a);
}

static struct value *do_range(struct value *a, struct value *b)
{
    struct value *r = range_new(&ctx, a, &value_false, b), *i, *item, *copy;
    if (!r)
        return NULL;
    i = int_new(&ctx, -1);
    item = value_get_item(&ctx, r, i);
    copy = item && value_contains(&ctx, r, item) >= 0 ? slice_new(&ctx, i, &value_none, b) : NULL;
    value_release(item);
    item = copy ? value_get_item(&ctx, r, copy) : NULL;
    value_release(i);
    value_release(r);
    value_release(copy);
    return item;
}

static struct value *do_literal(struct value *a, struct value *b)
{
    (void)a, (void)b;
    return int_new_literal(&ctx, "-123456789012345678901234567890", 31);
}

static struct value *do_bytes(struct value *a, struct value *b)
{
    (void)a, (void)b;
    return int_new_bytes(&ctx, (const unsigned char *)"abcdefghijklmnopqrstuvwxyz", 26);
}

static struct value *do_unsigned(struct value *a, struct value *b)
{
    (void)a, (void)b;
    return int_new_unsigned(&ctx, UINT64_MAX);
}

static void sweep(operation_fn *operation, const char *first, const char *second)
{
    long values = value_alive(), blocks = mem_alive();
    CU_ASSERT_FATAL(runtime_init(&rt, COMPAT_NEWEST) == 0);
    ctx_init(&ctx, &rt);
    struct value *a = parse(first), *b = parse(second);
    long n = 0;
    bool failed = true;
    while (failed) {
        calls = 0;
        fail_at = ++n;
        struct value *r = operation(a, b);
        failed = calls >= n;
        fail_at = 0;
        CU_ASSERT(failed ? raised_is(&ctx, "MemoryError") : r != NULL);
        value_release(r);
        ctx_free(&ctx);
    }
    CU_ASSERT(n > 1);
    value_release(a);
    value_release(b);
    runtime_free(&rt);
    CU_ASSERT_EQUAL(value_alive(), values);
    CU_ASSERT_EQUAL(mem_alive(), blocks);
}

static void test_arithmetic(void)
{
    sweep(do_binary, "2**100", "-3");
    sweep(do_binary, "-7", "-2**70");
    sweep(do_binary, "2**63-1", "2**63-1");
}

static void test_text(void)
{
    sweep(do_repr, "2**100", "0");
    sweep(do_literal, "0", "0");
}

static void test_bytes(void)
{
    sweep(do_bytes, "0", "0");
    sweep(do_unsigned, "0", "0");
}

static void test_range(void)
{
    sweep(do_range, "2**100", "-2**70");
    sweep(do_range, "-2**100", "2**64");
}

int main(void)
{
    CU_TestInfo tests[] = {{"arithmetic", test_arithmetic},
                           {"text", test_text},
                           {"bytes", test_bytes},
                           {"ranges", test_range},
                           CU_TEST_INFO_NULL};
    return unit_main("int_memory", tests);
}
