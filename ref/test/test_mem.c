/* SPDX-License-Identifier: MIT */
/* Allocation: the count of live blocks, and the failure that tests ask for. */
#include <stdint.h>
#include <string.h>

#include "harness/test/unit.h"
#include "ref/base/mem.h"

static void test_counts_live_blocks(void)
{
    long before = mem_alive();
    void *a = mem_alloc(10), *b = mem_calloc(3, 4);
    CU_ASSERT(mem_alive() == before + 2);
    mem_free(a);
    mem_free(b);
    mem_free(NULL);
    CU_ASSERT(mem_alive() == before);
}

static void test_size_zero_is_memory(void)
{
    void *a = mem_alloc(0), *b = mem_realloc(NULL, 0);
    CU_ASSERT(a && b && a != b);
    mem_free(a);
    mem_free(b);
}

static void test_calloc_is_zero_and_checks_the_product(void)
{
    unsigned char *p = mem_calloc(16, 16);
    CU_ASSERT_FATAL(p != NULL);
    for (size_t i = 0; i < 256; i++)
        CU_ASSERT(p[i] == 0);
    mem_free(p);
    CU_ASSERT(mem_calloc(SIZE_MAX / 2, 3) == NULL);
}

static void test_nth_allocation_fails_once(void)
{
    void *p[4];
    mem_fail_at(2);
    for (size_t i = 0; i < 4; i++)
        p[i] = mem_alloc(8);
    CU_ASSERT(p[0] && !p[1] && p[2] && p[3]);
    CU_ASSERT(mem_count() == 4);
    mem_fail_at(0);
    for (size_t i = 0; i < 4; i++)
        mem_free(p[i]);
}

static void test_failed_realloc_keeps_the_block(void)
{
    long before = mem_alive();
    char *p = mem_strdup("kept");
    CU_ASSERT_FATAL(p != NULL);
    mem_fail_at(1);
    CU_ASSERT(mem_realloc(p, 100) == NULL);
    mem_fail_at(0);
    CU_ASSERT_STRING_EQUAL(p, "kept");
    char *longer = mem_realloc(p, 100);
    CU_ASSERT_FATAL(longer != NULL);
    CU_ASSERT_STRING_EQUAL(longer, "kept");
    mem_free(longer);
    CU_ASSERT(mem_alive() == before);
}

static void test_dup_copies_bytes(void)
{
    static const char data[] = {1, 0, 2};
    void *p = mem_dup(data, sizeof data);
    CU_ASSERT_FATAL(p != NULL);
    CU_ASSERT(!memcmp(p, data, sizeof data));
    mem_free(p);
    p = mem_dup(NULL, 0);
    CU_ASSERT(p != NULL);
    mem_free(p);
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"counts live blocks", test_counts_live_blocks},
        {"size zero is memory, too", test_size_zero_is_memory},
        {"calloc is zero and checks the product", test_calloc_is_zero_and_checks_the_product},
        {"the n-th allocation fails, once", test_nth_allocation_fails_once},
        {"a failed realloc keeps the block", test_failed_realloc_keeps_the_block},
        {"dup copies bytes", test_dup_copies_bytes},
        CU_TEST_INFO_NULL,
    };
    return unit_main("mem", tests);
}
