/* SPDX-License-Identifier: MIT */
/* The dispatch of operations over all types: what each CPython says that a type has not. */
#include "ref/test/operations.h"

static void test_answers(void)
{
    operations_run("dispatch", NULL);
}

int main(void)
{
    CU_TestInfo tests[] = {{"what a type has not is said as in each CPython", test_answers}, CU_TEST_INFO_NULL};
    return unit_main("dispatch", tests);
}
