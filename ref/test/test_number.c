/* SPDX-License-Identifier: MIT */
/* int, bool, float and complex against what each CPython answers. */
#include "ref/test/operations.h"

static void test_answers(void)
{
    operations_run("number", NULL);
}

int main(void)
{
    CU_TestInfo tests[] = {{"numbers answer as in each CPython", test_answers}, CU_TEST_INFO_NULL};
    return unit_main("number", tests);
}
