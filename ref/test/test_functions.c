/* SPDX-License-Identifier: MIT */
/* functions.c: every function against what each CPython answers. */
#include "harness/test/unit.h"
#include "ref/test/containers.h"

static void test_answers(void)
{
    long values = value_alive(), blocks = mem_alive();
    CU_ASSERT_EQUAL(containers_run_all("functions"), 0);
    CU_ASSERT_EQUAL(value_alive(), values);
    CU_ASSERT_EQUAL(mem_alive(), blocks);
}

static void test_memory(void)
{
    long values = value_alive(), blocks = mem_alive();
    CU_ASSERT_EQUAL(containers_run("functions", 312, true), 0);
    CU_ASSERT_EQUAL(value_alive(), values);
    CU_ASSERT_EQUAL(mem_alive(), blocks);
}

int main(void)
{
    CU_TestInfo tests[] = {{"functions answer as in each CPython", test_answers},
                           {"without memory nothing changes and nothing leaks", test_memory},
                           CU_TEST_INFO_NULL};
    return unit_main("functions", tests);
}
