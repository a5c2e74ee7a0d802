/* SPDX-License-Identifier: MIT */
/* Runs one CUnit suite and prints its results as TAP, which harness/test/all counts.  For the tests of ref and of the
 * harness. */
#ifndef HARNESS_TEST_UNIT_H
#define HARNESS_TEST_UNIT_H

#include <CUnit/CUnit.h>
#include <CUnit/TestRun.h>
#include <stdio.h>
#include <stdlib.h>

#ifdef __clang_analyzer__ /* which does not know that a fatal assertion ends the test */
#undef CU_ASSERT_FATAL
#define CU_ASSERT_FATAL(value) ((value) ? (void)0 : abort())
#endif

static unsigned unit_number;

static void unit_test_done(CU_pTest test, CU_pSuite suite, CU_pFailureRecord failure)
{
    (void)suite;
    printf("%s %u - %s\n", failure ? "not ok" : "ok", ++unit_number, test->pName);
    for (CU_pFailureRecord f = failure; f; f = f->pNext)
        printf("# %s:%u: %s\n", f->strFileName, f->uiLineNumber, f->strCondition);
    fflush(stdout);
}

/* Runs the tests (ended by CU_TEST_INFO_NULL); the value for main to return: 0 if all passed. */
static int unit_main(const char *name, CU_TestInfo *tests)
{
    unsigned count = 0, failed;
    while (tests[count].pName)
        count++;
    CU_SuiteInfo suites[] = {{name, NULL, NULL, NULL, NULL, tests}, CU_SUITE_INFO_NULL};
    printf("1..%u\n", count);
    if (CU_initialize_registry() != CUE_SUCCESS || CU_register_suites(suites) != CUE_SUCCESS)
        return 3;
    CU_set_test_complete_handler(unit_test_done);
    CU_run_all_tests();
    failed = CU_get_number_of_tests_failed();
    CU_cleanup_registry();
    return failed ? 1 : 0;
}

#endif
