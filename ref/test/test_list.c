/* SPDX-License-Identifier: MIT */
/* list and its sort: every method and operator against what each CPython answers. */
#include "harness/test/unit.h"
#include "ref/test/containers.h"

static void test_answers(void)
{
    long values = value_alive(), blocks = mem_alive();
    CU_ASSERT_EQUAL(containers_run_all("list"), 0);
    CU_ASSERT_EQUAL(value_alive(), values);
    CU_ASSERT_EQUAL(mem_alive(), blocks);
}

static void test_sorts(void)
{
    long values = value_alive(), blocks = mem_alive();
    CU_ASSERT_EQUAL(containers_run_all("sort"), 0);
    CU_ASSERT_EQUAL(value_alive(), values);
    CU_ASSERT_EQUAL(mem_alive(), blocks);
}

static void test_memory(void)
{
    long values = value_alive(), blocks = mem_alive();
    CU_ASSERT_EQUAL(containers_run("list", 312, true), 0);
    CU_ASSERT_EQUAL(value_alive(), values);
    CU_ASSERT_EQUAL(mem_alive(), blocks);
}

int main(void)
{
    CU_TestInfo tests[] = {{"list answers as each CPython does", test_answers},
                           {"a sort compares the pairs each CPython compares", test_sorts},
                           {"without memory nothing changes and nothing leaks", test_memory},
                           CU_TEST_INFO_NULL};
    return unit_main("list", tests);
}
