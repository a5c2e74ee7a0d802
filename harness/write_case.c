/* SPDX-License-Identifier: MIT */
/* Writes results into the text of a case. */
#include "harness/write_case.h"

#include "harness/text.h"

#include <stdlib.h>
#include <string.h>

/* What a step shows in each version that the case has results for. */
struct answers {
    const int *versions;
    const char **lines; /* NULL: nothing is shown */
    size_t count;
};

static const struct recording *find_recording(const struct recording *recordings, size_t count, int version)
{
    for (size_t i = 0; i < count; i++)
        if (recordings[i].version == version)
            return &recordings[i];
    return NULL;
}

/* Whether some step has a line for version. */
static bool has_lines(const struct test_case *test, int version)
{
    for (size_t i = 0; i < test->step_count; i++)
        if (case_line(&test->steps[i], version))
            return true;
    return false;
}

static int by_number(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

/* Every version that the suite, the case or the recording names: ascending, VERSION_NONE and repetitions among them.
 * New. */
static int *named_versions(const struct test_case *test, const struct recording *recordings, size_t count,
                           size_t *named)
{
    size_t most = version_known_count + count + 1;
    for (size_t i = 0; i < test->step_count; i++)
        most += 2 * test->steps[i].result_count;
    int *versions = text_calloc(most, sizeof *versions);
    *named = 0;
    for (size_t i = 0; i < version_known_count; i++)
        versions[(*named)++] = version_known[i];
    for (size_t i = 0; i < count; i++)
        versions[(*named)++] = recordings[i].version;
    for (size_t i = 0; i < test->step_count; i++)
        for (size_t k = 0; k < test->steps[i].result_count; k++) {
            versions[(*named)++] = test->steps[i].results[k].versions.first;
            versions[(*named)++] = test->steps[i].results[k].versions.last;
        }
    qsort(versions, *named, sizeof *versions, by_number);
    return versions;
}

/* All versions that the case has results for, after this recording: ascending, new. */
static int *all_versions(const struct test_case *test, const struct recording *recordings, size_t count, size_t *found)
{
    size_t named;
    int *versions = named_versions(test, recordings, count, &named), last = VERSION_NONE;
    *found = 0;
    for (size_t i = 0; i < named; i++) {
        int version = versions[i];
        if (version == last || !interval_contains(test->versions, version))
            continue;
        last = version;
        if (find_recording(recordings, count, version) || has_lines(test, version))
            versions[(*found)++] = version;
    }
    return versions;
}

static bool same(const char *a, const char *b)
{
    return a == b || (a && b && !strcmp(a, b));
}

/* The result lines of one step. */
static void add_results(struct text *out, const struct answers *answers)
{
    char interval[VERSION_TEXT];
    for (size_t start = 0, end; start < answers->count; start = end) {
        for (end = start + 1; end < answers->count && same(answers->lines[start], answers->lines[end]);)
            end++;
        if (!answers->lines[start])
            continue;
        if (start > 0 || end < answers->count) {
            struct interval versions = {answers->versions[start],
                                        end == answers->count ? VERSION_NONE : answers->versions[end - 1]};
            text_printf(out, "[%s] ", interval_format(versions, interval));
        }
        text_printf(out, "%s\n", answers->lines[start]);
    }
}

/* Below the prompt of step i: its lines in every version. */
static void add_step(struct text *out, const struct test_case *test, size_t i, const int *versions,
                     size_t version_count, const struct recording *recordings, size_t count)
{
    struct answers answers = {versions, text_calloc(version_count + 1, sizeof *answers.lines), version_count};
    for (size_t v = 0; v < version_count; v++) {
        const struct recording *recording = find_recording(recordings, count, versions[v]);
        answers.lines[v] = recording ? recording->lines[i] : case_line(&test->steps[i], versions[v]);
    }
    if (test->steps[i].prompt != PROMPT_START)
        add_results(out, &answers);
    free(answers.lines);
}

static bool is_result_line(const struct test_case *test, size_t number)
{
    for (size_t i = 0; i < test->step_count; i++)
        for (size_t k = 0; k < test->steps[i].result_count; k++)
            if (test->steps[i].results[k].line == number)
                return true;
    return false;
}

char *write_case(const struct test_case *test, const struct recording *recordings, size_t count)
{
    struct text out = {0};
    size_t version_count, step = 0, number = 0;
    int *versions = all_versions(test, recordings, count, &version_count);
    const char *end = test->text + test->text_length;
    for (const char *line = test->text; line < end;) {
        const char *newline = memchr(line, '\n', (size_t)(end - line)), *next = newline ? newline + 1 : end;
        number++;
        if (!is_result_line(test, number))
            text_add(&out, line, (size_t)(next - line));
        if (step < test->step_count && test->steps[step].line == number)
            add_step(&out, test, step++, versions, version_count, recordings, count);
        line = next;
    }
    free(versions);
    return text_give(&out);
}
