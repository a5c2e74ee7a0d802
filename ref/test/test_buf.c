/* SPDX-License-Identifier: MIT */
/* The growing buffer: contents, limit, and the sticky error. */
#include <string.h>

#include "harness/test/unit.h"
#include "ref/base/buf.h"
#include "ref/base/mem.h"

static void test_appends_in_order(void)
{
    static const unsigned char expected[] = {'a', 'b', 'c', 0x34, 0x12, 4, 3, 2, 1, 8, 7, 6, 5, 4,   3,  2,
                                             1,   1,   2,   3,    4,    1, 2, 3, 4, 5, 6, 7, 8, '-', '7'};
    struct buf b;
    buf_init(&b, 1000);
    buf_put(&b, "a", 1);
    buf_put_byte(&b, 'b');
    buf_put_text(&b, "c");
    buf_put_u16le(&b, 0x1234);
    buf_put_u32le(&b, 0x01020304);
    buf_put_u64le(&b, 0x0102030405060708);
    buf_put_u32be(&b, 0x01020304);
    buf_put_u64be(&b, 0x0102030405060708);
    buf_printf(&b, "%d", -7);
    CU_ASSERT(!b.failed);
    CU_ASSERT(b.used == sizeof expected);
    CU_ASSERT(!memcmp(b.data, expected, sizeof expected));
    buf_free(&b);
}

static void test_grows_and_keeps(void)
{
    struct buf b;
    buf_init(&b, 100000);
    for (unsigned i = 0; i < 50000; i++)
        buf_put_byte(&b, (unsigned char)i);
    CU_ASSERT(b.used == 50000);
    for (unsigned i = 0; i < 50000; i++)
        if (b.data[i] != (unsigned char)i)
            CU_FAIL_FATAL("a byte changed");
    buf_free(&b);
    CU_ASSERT(b.used == 0 && b.data == NULL && b.limit == 100000);
}

static void test_limit_is_exact_and_sticky(void)
{
    struct buf b;
    buf_init(&b, 10);
    buf_put(&b, "0123456789", 10);
    CU_ASSERT(!b.failed);
    buf_put_byte(&b, 'x');
    CU_ASSERT(b.failed && b.used == 10);
    CU_ASSERT(buf_grow(&b, 1) == NULL);
    buf_free(&b);
    CU_ASSERT(!b.failed);
    buf_put(&b, "0123456789x", 11);
    CU_ASSERT(b.failed && b.used == 0);
    buf_free(&b);
}

static void test_failed_allocation_is_sticky(void)
{
    long before = mem_alive();
    struct buf b;
    buf_init(&b, 1000);
    mem_fail_at(1);
    buf_put_text(&b, "lost");
    mem_fail_at(0);
    buf_put_text(&b, "lost, too");
    CU_ASSERT(b.failed && b.used == 0);
    buf_free(&b);
    CU_ASSERT(mem_alive() == before);
}

static void test_printf_of_any_length(void)
{
    struct buf b;
    buf_init(&b, 5000);
    for (int n = 250; n < 262; n++) { /* around the size of its own small buffer */
        buf_free(&b);
        buf_printf(&b, "%*d", n, 1);
        CU_ASSERT(!b.failed && b.used == (size_t)n && b.data[n - 1] == '1');
    }
    buf_free(&b);
}

static void test_grow_gives_room_to_fill(void)
{
    struct buf b;
    buf_init(&b, 100);
    unsigned char *p = buf_grow(&b, 4);
    CU_ASSERT_FATAL(p != NULL);
    for (size_t i = 0; i < 4; i++)
        p[i] = (unsigned char)"room"[i];
    CU_ASSERT(b.used == 4 && !memcmp(b.data, "room", 4));
    buf_free(&b);
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"appends in order, in both byte orders", test_appends_in_order},
        {"grows and keeps what it holds", test_grows_and_keeps},
        {"the limit is exact, the error sticky", test_limit_is_exact_and_sticky},
        {"a failed allocation is sticky", test_failed_allocation_is_sticky},
        {"printf of any length", test_printf_of_any_length},
        {"grow gives room to fill", test_grow_gives_room_to_fill},
        CU_TEST_INFO_NULL,
    };
    return unit_main("buf", tests);
}
