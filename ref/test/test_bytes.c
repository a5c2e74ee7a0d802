/* SPDX-License-Identifier: MIT */
/* bytes and bytearray against what each CPython answers. */
#include "ref/test/operations.h"

static void test_answers(void)
{
    operations_run("bytes", NULL);
}

int main(void)
{
    CU_TestInfo tests[] = {{"bytes and bytearray answer as in each CPython", test_answers}, CU_TEST_INFO_NULL};
    return unit_main("bytes", tests);
}
