/* SPDX-License-Identifier: MIT */
/* Fisher's exact test against fractions that are known. */
#include "harness/options.h"
#include "harness/rate.h"
#include "harness/test/unit.h"

const struct command commands[] = {{0}};

#define CLOSE 1e-9

/* The lady who tastes tea: of eight cups four of each kind, and what she tells of them. */
static void test_tea(void)
{
    CU_ASSERT_DOUBLE_EQUAL(rate_chance_of_more((struct rate){1, 4}, (struct rate){3, 4}), 17.0 / 70, CLOSE);
    CU_ASSERT_DOUBLE_EQUAL(rate_chance_of_more((struct rate){0, 4}, (struct rate){4, 4}), 1.0 / 70, CLOSE);
    CU_ASSERT_DOUBLE_EQUAL(rate_chance_of_fewer((struct rate){3, 4}, (struct rate){1, 4}), 17.0 / 70, CLOSE);
    CU_ASSERT_DOUBLE_EQUAL(rate_chance_of_more((struct rate){2, 4}, (struct rate){2, 4}), 53.0 / 70, CLOSE);
}

/* None of them and all of them cover what one of them leaves. */
static void test_sums(void)
{
    for (long before = 0; before <= 6; before++)
        for (long now = 0; now <= 9; now++) {
            const struct rate a = {before, 6}, b = {now, 9};
            const double more = rate_chance_of_more(a, b), fewer = rate_chance_of_fewer(a, b);
            CU_ASSERT_TRUE(more > 0 && more <= 1 && fewer > 0 && fewer <= 1 && more + fewer > 1);
        }
    CU_ASSERT_DOUBLE_EQUAL(rate_chance_of_more((struct rate){3, 50}, (struct rate){0, 10}), 1, CLOSE);
    CU_ASSERT_DOUBLE_EQUAL(rate_chance_of_fewer((struct rate){3, 50}, (struct rate){10, 10}), 1, CLOSE);
}

/* 50!/47! : 500!/497! and the like: all failures among the first. */
static void test_gone(void)
{
    const double all = (50.0 * 49 * 48) / (500.0 * 499 * 498);
    CU_ASSERT_DOUBLE_EQUAL(rate_chance_of_fewer((struct rate){3, 50}, (struct rate){0, 450}), all, CLOSE);
    CU_ASSERT_TRUE(rate_is_gone((struct rate){3, 50}, (struct rate){0, 450}));
    CU_ASSERT_FALSE(rate_is_gone((struct rate){3, 50}, (struct rate){0, 100}));
    CU_ASSERT_FALSE(rate_is_gone((struct rate){3, 50}, (struct rate){1, 10000}));
    CU_ASSERT_FALSE(rate_is_gone((struct rate){3, 50}, (struct rate){0, 0}));
}

static void test_higher(void)
{
    CU_ASSERT_FALSE(rate_is_higher((struct rate){3, 50}, (struct rate){1, 1}));
    CU_ASSERT_FALSE(rate_is_higher((struct rate){3, 50}, (struct rate){6, 50}));
    CU_ASSERT_TRUE(rate_is_higher((struct rate){3, 50}, (struct rate){20, 50}));
    CU_ASSERT_TRUE(rate_is_higher((struct rate){1, 1000000}, (struct rate){10, 10}));
    CU_ASSERT_FALSE(rate_is_higher((struct rate){25, 50}, (struct rate){0, 50}));
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"chances that are known as fractions", test_tea},
        {"chances add up", test_sums},
        {"a rate that is gone", test_gone},
        {"a rate that is higher", test_higher},
        CU_TEST_INFO_NULL,
    };
    return unit_main("rate", tests);
}
