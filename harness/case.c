/* SPDX-License-Identifier: MIT */
/* What a parsed case answers about itself. */
#include "harness/case.h"

#include <stdlib.h>
#include <string.h>

static const char *const level_names[] = {
    [LEVEL_DOCUMENTED] = "documented",
    [LEVEL_DE_FACTO] = "de-facto",
    [LEVEL_ACCIDENT] = "accident",
    [LEVEL_KNOWN_DEFECT] = "known-defect",
};

const char *case_level_name(enum level level)
{
    return level_names[level];
}

bool case_level_parse(const char *name, enum level *level)
{
    for (size_t i = 0; i < sizeof level_names / sizeof *level_names; i++)
        if (!strcmp(level_names[i], name)) {
            *level = (enum level)i;
            return true;
        }
    return false;
}

const char *case_line(const struct step *step, int version)
{
    for (size_t i = 0; i < step->result_count; i++)
        if (interval_contains(step->results[i].versions, version))
            return step->results[i].text;
    return NULL;
}

bool case_recorded(const struct test_case *test, int version)
{
    bool any = false, must = false;
    if (!interval_contains(test->versions, version))
        return false;
    for (size_t i = 0; i < test->step_count; i++) {
        const struct step *step = &test->steps[i];
        bool found = case_line(step, version) != NULL, shows = step->prompt != PROMPT_START && !step->quiet;
        if (shows && !found)
            return false;
        any = any || found;
        must = must || shows;
    }
    return any || must;
}

enum expectation case_expected(const struct test_case *test, size_t step, int version, const char **line)
{
    const char *found = case_line(&test->steps[step], version);
    if (!case_recorded(test, version))
        return EXPECT_UNRECORDED;
    if (test->steps[step].prompt == PROMPT_START || !found)
        return EXPECT_SILENCE;
    *line = found;
    return EXPECT_LINE;
}

static void free_step(struct step *step)
{
    for (size_t i = 0; i < step->result_count; i++)
        free(step->results[i].text);
    free(step->results);
    free(step->client);
    free(step->statement);
    free(step->hand_name);
    free(step->hand_to);
    json_decref(step->request);
    json_decref(step->until);
    json_decref(step->raw);
}

static void free_list(char **list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(list[i]);
    free(list);
}

void case_free(struct test_case *test)
{
    if (!test)
        return;
    for (size_t i = 0; i < test->step_count; i++)
        free_step(&test->steps[i]);
    for (size_t i = 0; i < test->allowance_count; i++) {
        free(test->allowances[i].implementation);
        free(test->allowances[i].reason);
    }
    free(test->steps);
    free(test->allowances);
    free_list(test->clauses, test->clause_count);
    free_list(test->clients, test->client_count);
    free_list(test->types, test->type_count);
    free(test->id);
    free(test->path);
    free(test->text);
    free(test->title);
    free(test->tracker);
    free(test);
}
