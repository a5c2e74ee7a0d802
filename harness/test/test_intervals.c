/* SPDX-License-Identifier: MIT */
/* Versions and intervals. */
#include "harness/test/unit.h"
#include "harness/version.h"

#include <string.h>

static void test_versions(void)
{
    char text[VERSION_TEXT];
    CU_ASSERT_EQUAL(version_parse("3.8"), 308);
    CU_ASSERT_EQUAL(version_parse("3.15"), 315);
    CU_ASSERT_EQUAL(version_parse("3.13.0rc1"), 313);
    CU_ASSERT_EQUAL(version_parse("3.8.18"), 308);
    CU_ASSERT_EQUAL(version_parse("4.0"), 400);
    static const char *const wrong[] = {"", "3", "3.", ".8", "x", "3.x", "0.1", "333.1", "3.100", " 3.8"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        CU_ASSERT_EQUAL(version_parse(wrong[i]), VERSION_NONE);
    CU_ASSERT_STRING_EQUAL(version_format(308, text), "3.8");
    CU_ASSERT_STRING_EQUAL(version_format(315, text), "3.15");
    for (size_t i = 1; i < version_known_count; i++)
        CU_ASSERT(version_known[i - 1] < version_known[i]);
}

static void test_each_form_is_written_as_it_was_read(void)
{
    static const char *const forms[] = {"3.8", "3.9-3.11", "-3.11", "3.12-"};
    char text[VERSION_TEXT];
    struct interval interval;
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        CU_ASSERT(interval_parse(forms[i], strlen(forms[i]), &interval));
        CU_ASSERT_STRING_EQUAL(interval_format(interval, text), forms[i]);
    }
    CU_ASSERT_STRING_EQUAL(interval_format(INTERVAL_ALL, text), "all");
}

static void test_what_is_no_interval(void)
{
    static const char *const wrong[] = {"",         "-",        "3",       "3.8-3.8",  "3.9-3.8", "3.8 -3.9",
                                        "3.8--3.9", "3.8-3.9-", "3.8,3.9", "3.8-3.9 ", " 3.8",    "all",
                                        "3.8.1",    "x",        "-3",      "3.8-x"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct interval interval = {1, 2};
        CU_ASSERT_FALSE(interval_parse(wrong[i], strlen(wrong[i]), &interval));
        CU_ASSERT(interval.first == 1 && interval.last == 2);
    }
    struct interval interval;
    CU_ASSERT(interval_parse("3.8-3.9", 3, &interval)); /* the length counts, not what follows */
    CU_ASSERT(interval.first == 308 && interval.last == 308);
    CU_ASSERT(interval_parse("3.81", 3, &interval));
    CU_ASSERT_EQUAL(interval.first, 308);
}

static void test_contains_and_overlaps(void)
{
    const struct interval middle = {309, 311}, up = {312, VERSION_NONE}, down = {VERSION_NONE, 308}, one = {310, 310};
    CU_ASSERT(!interval_contains(middle, 308) && interval_contains(middle, 309) && interval_contains(middle, 311) &&
              !interval_contains(middle, 312));
    CU_ASSERT(interval_contains(up, 399) && !interval_contains(up, 311));
    CU_ASSERT(interval_contains(down, 300) && !interval_contains(down, 309));
    CU_ASSERT(interval_contains(INTERVAL_ALL, 1));
    CU_ASSERT(interval_overlaps(middle, one) && interval_overlaps(one, middle));
    CU_ASSERT(!interval_overlaps(middle, up) && !interval_overlaps(up, middle));
    CU_ASSERT(!interval_overlaps(middle, down) && !interval_overlaps(down, up));
    CU_ASSERT(interval_overlaps(INTERVAL_ALL, down) && interval_overlaps(up, INTERVAL_ALL));
    CU_ASSERT(interval_overlaps(up, (struct interval){300, 312}));
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"versions are read and written", test_versions},
        {"each form is written as it was read", test_each_form_is_written_as_it_was_read},
        {"what is no interval", test_what_is_no_interval},
        {"contains and overlaps", test_contains_and_overlaps},
        CU_TEST_INFO_NULL,
    };
    return unit_main("intervals", tests);
}
