/* SPDX-License-Identifier: MIT */
/* A fuzz target for case files: whatever a file holds, it is parsed, or refused with at least one problem; what was
 * parsed is written as text that is parsed again. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/parse_case.h"
#include "harness/test/fuzz.h"
#include "harness/write_case.h"

const char fuzz_name[] = "case";

static void seed_file(const char *path)
{
    static char text[1 << 16];
    FILE *f = fopen(path, "r");

    if (!f)
        exit(3);
    fuzz_seed(text, fread(text, 1, sizeof text, f));
    fclose(f);
}

void fuzz_seeds(void)
{
    static const char *const folders[] = {"cases/auth",  "cases/call",  "cases/condition",
                                          "cases/frame", "cases/value", "cases/reply"};
    char path[512];

    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        DIR *folder = opendir(folders[i]);
        struct dirent *entry;
        if (!folder)
            exit(3);
        while ((entry = readdir(folder)))
            if (strstr(entry->d_name, ".case")) {
                snprintf(path, sizeof path, "%s/%s", folders[i], entry->d_name);
                seed_file(path);
            }
        closedir(folder);
    }
}

/* Text that is made anew must be read again, and come out the same. */
static void write_again(const struct test_case *test)
{
    struct problems problems = {0};
    char *text = write_case(test, NULL, 0);
    struct test_case *again =
        text ? parse_case("fuzz/case", "cases/fuzz/case.case", text, strlen(text), &problems) : NULL;

    if (!again)
        abort();
    if (again->step_count != test->step_count)
        abort();
    case_free(again);
    problems_free(&problems);
    free(text);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    struct problems problems = {0};
    char *text = malloc(size + 1);
    struct test_case *test;

    if (!text)
        return 0;
    memcpy(text, data, size);
    text[size] = '\0';
    test = parse_case("fuzz/case", "cases/fuzz/case.case", text, size, &problems);
    if (!test != !!problems.count)
        abort();
    if (test)
        write_again(test);
    case_free(test);
    problems_free(&problems);
    free(text);
    return 0;
}
