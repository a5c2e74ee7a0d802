/* SPDX-License-Identifier: MIT */
/* str, and UTF-8 with its faults, against what each CPython answers. */
#include "ref/test/operations.h"

static void test_answers(void)
{
    operations_run("text", NULL);
}

int main(void)
{
    CU_TestInfo tests[] = {{"str and decoding answer as in each CPython", test_answers}, CU_TEST_INFO_NULL};
    return unit_main("text", tests);
}
