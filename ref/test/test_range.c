/* SPDX-License-Identifier: MIT */
/* range and slice against what each CPython answers. */
#include "ref/test/operations.h"

static void test_answers(void)
{
    operations_run("range", NULL);
}

int main(void)
{
    CU_TestInfo tests[] = {{"range and slice answer as in each CPython", test_answers}, CU_TEST_INFO_NULL};
    return unit_main("range", tests);
}
