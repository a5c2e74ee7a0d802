/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "harness/test/unit.h"
#include "ref/base/compat.h"

static void test_open_and_closed_intervals(void)
{
    CU_ASSERT(compat_within(308, 0, 0) && compat_within(315, 0, 0));
    CU_ASSERT(!compat_within(311, 312, 0) && compat_within(312, 312, 0) && compat_within(315, 312, 0));
    CU_ASSERT(compat_within(308, 0, 310) && compat_within(310, 0, 310) && !compat_within(311, 0, 310));
    CU_ASSERT(compat_within(309, 309, 309) && !compat_within(308, 309, 309) && !compat_within(310, 309, 309));
}

/* A row that is true in every version, or in none, says nothing. */
static void test_rows_tell_versions_apart(void)
{
    for (int i = 0; i < COMPAT_CHANGES; i++) {
        const struct compat_row *row = compat_row_peek((enum compat_change)i);
        int holds = 0;
        for (int compat = COMPAT_OLDEST; compat <= COMPAT_NEWEST; compat++)
            holds += compat_has(compat, (enum compat_change)i);
        CU_ASSERT(holds > 0 && holds <= COMPAT_NEWEST - COMPAT_OLDEST);
        CU_ASSERT(strlen(row->what) > 10);
        if (!holds || holds > COMPAT_NEWEST - COMPAT_OLDEST)
            printf("# %s\n", row->name);
    }
}

/* Rows stand in the order of the versions that brought them. */
static void test_rows_are_in_order(void)
{
    for (int i = 1; i < COMPAT_CHANGES; i++)
        CU_ASSERT(compat_row_peek((enum compat_change)(i - 1))->since <= compat_row_peek((enum compat_change)i)->since);
}

static void test_changes_that_everybody_knows(void)
{
    CU_ASSERT(!compat_has(313, COMPAT_PROTOCOL_5) && compat_has(314, COMPAT_PROTOCOL_5));
    CU_ASSERT(!compat_has(311, COMPAT_DIGEST_NAMES) && compat_has(312, COMPAT_DIGEST_NAMES));
    CU_ASSERT(!compat_has(308, COMPAT_DICT_UNION) && compat_has(309, COMPAT_DICT_UNION));
    CU_ASSERT_STRING_EQUAL(compat_row_peek(COMPAT_PROTOCOL_5)->name, "PROTOCOL_5");
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"intervals of versions, open and closed", test_open_and_closed_intervals},
        {"each row is true in some versions and not in others", test_rows_tell_versions_apart},
        {"rows are in the order of versions", test_rows_are_in_order},
        {"changes that everybody knows", test_changes_that_everybody_knows},
        CU_TEST_INFO_NULL,
    };
    return unit_main("compat", tests);
}
