/* SPDX-License-Identifier: MIT */
/* The pairings of the matrix.
 *
 * Version by version: CPython with itself, which is the oracle of its group; CPython of another version with the one of
 * the first group, in both roles; and whatever imitates this version with itself, with CPython, and, unless it is the
 * reference, with the reference, so that a failure has one side at fault. */
#include "harness/matrix_plan.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "harness/implementation.h"
#include "harness/installed.h"
#include "harness/options.h"
#include "harness/oracle.h"
#include "harness/problems.h"
#include "harness/program.h"
#include "harness/pythons.h"
#include "harness/roster.h"
#include "harness/setup.h"
#include "harness/text.h"

/* Names that are to be in the matrix. */
struct plan {
    struct setup *setup;
    const struct options *options;
    bool cpython;     /* CPython is judged, too, and not only a partner */
    char **names;     /* all there are, or those of --impl */
    char **followers; /* those that come once per version; borrowed from names */
    size_t follower_count;
    size_t fixed; /* so many of setup->implementations, the first, imitate one version */
};

/* --- what there is --- */

/* Whether it can imitate any version that it is asked to. */
static bool comes_in_versions(const struct implementation *implementation)
{
    const char *const roles[] = {implementation->manager, implementation->proxy};
    bool asks = false;
    for (size_t i = 0; i < 2; i++)
        asks = asks || (roles[i] && (strstr(roles[i], "{compat}") || strstr(roles[i], "{python}")));
    return asks && implementation_follows(implementation);
}

static int add_absent(struct plan *plan, const struct implementation *implementation, const char *trouble)
{
    const bool named = plan->options->implementations.count != 0;
    char *get =
        text_format("%s%s", implementation->get ? "; to get it: " : "", implementation->get ? implementation->get : "");
    int status = 0;
    if (named)
        status = program_fail(STATUS_CANNOT_RUN, "%s is not installed here: %s%s", implementation->name, trouble, get);
    else
        json_array_append_new(plan->setup->absent, json_pack("{s:s, s:o}", "name", implementation->name, "why",
                                                             json_sprintf("not installed here: %s%s", trouble, get)));
    free(get);
    return status;
}

/* One that imitates a single version, or that of the oracle because it cannot be asked for another. */
static int add_fixed_take(struct plan *plan, struct implementation *implementation)
{
    char *trouble = installed_find(implementation);
    int status = 0;
    if (trouble) {
        status = add_absent(plan, implementation, trouble);
        implementation_free(implementation);
    } else {
        roster_add_take(plan->setup, implementation);
        plan->fixed++;
    }
    free(trouble);
    return status;
}

static int sort_name(struct plan *plan, char *name)
{
    struct problems problems = {0};
    struct implementation *implementation = implementation_load(name, &problems);
    int status = implementation ? 0 : STATUS_USAGE;
    problems_print(&problems, stderr);
    problems_free(&problems);
    if (!implementation)
        return status;
    if (strcmp(implementation->kind, ROSTER_ORACLE) == 0)
        plan->cpython = true;
    else if (comes_in_versions(implementation))
        plan->followers[plan->follower_count++] = name;
    else
        return add_fixed_take(plan, implementation);
    implementation_free(implementation);
    return 0;
}

static int sort_names(struct plan *plan)
{
    const struct words *named = &plan->options->implementations;
    int status = 0;
    size_t count = 0;
    if (named->count) {
        plan->names = text_calloc(named->count + 1, sizeof *plan->names);
        for (size_t i = 0; i < named->count; i++)
            plan->names[i] = text_copy(named->list[i]);
    } else {
        plan->names = installed_names();
    }
    while (plan->names[count])
        count++;
    plan->followers = text_calloc(count + 1, sizeof *plan->followers);
    for (size_t i = 0; !status && i < count; i++)
        status = sort_name(plan, plan->names[i]);
    return status;
}

/* --- the pairings of one version --- */

static int load_version(struct plan *plan, const char *kind, int version, size_t *index)
{
    char text[VERSION_TEXT];
    char *name = text_format("%s-%s", kind, version_format(version, text));
    int status = roster_load(plan->setup, plan->options, name, index);
    free(name);
    return status;
}

/* With itself and, in both roles, with the two that everybody is paired with; none: SIZE_MAX. */
static void pair_with(struct setup *setup, size_t it, const size_t partners[2])
{
    setup_pair(setup, it, it);
    for (size_t i = 0; i < 2; i++) {
        if (partners[i] == SIZE_MAX || partners[i] == it)
            continue;
        setup_pair(setup, it, partners[i]);
        setup_pair(setup, partners[i], it);
    }
}

static bool is_imitated(const struct plan *plan, int version)
{
    for (size_t i = 0; i < plan->fixed; i++)
        if (plan->setup->implementations[i]->version == version)
            return true;
    return false;
}

/* partners: CPython of this version, if there is one, and the reference. */
static int plan_judged(struct plan *plan, int version, size_t partners[2])
{
    int status = 0;
    if (is_imitated(plan, version))
        status = load_version(plan, ROSTER_REFERENCE, version, &partners[1]);
    for (size_t i = 0; !status && i < plan->follower_count; i++) {
        size_t it;
        status = load_version(plan, plan->followers[i], version, &it);
        if (!status)
            pair_with(plan->setup, it, partners);
    }
    for (size_t i = 0; !status && i < plan->fixed; i++)
        if (plan->setup->implementations[i]->version == version)
            pair_with(plan->setup, i, partners);
    return status;
}

static int plan_version(struct plan *plan, int version, size_t first_oracle, size_t *oracle)
{
    struct setup *setup = plan->setup;
    const struct python *python = pythons_pick(setup_pythons(setup, plan->options), version);
    size_t partners[2] = {SIZE_MAX, SIZE_MAX};
    const bool live = python || version == setup->version; /* the oracle's own may have been named */
    const bool judges = plan->cpython || plan->follower_count || version == setup->version;
    int status = 0;
    *oracle = SIZE_MAX;
    if (!is_imitated(plan, version) && (!live || !judges))
        return 0;
    if (live)
        status = load_version(plan, ROSTER_ORACLE, version, &partners[0]);
    if (status)
        return status;
    *oracle = partners[0];
    setup_begin_group(setup, version, live ? setup->implementations[partners[0]]->python : "");
    if (live)
        setup_pair(setup, partners[0], partners[0]);
    if (live && plan->cpython && first_oracle != SIZE_MAX) {
        setup_pair(setup, partners[0], first_oracle);
        setup_pair(setup, first_oracle, partners[0]);
    }
    return plan_judged(plan, version, partners);
}

static int plan_versions(struct plan *plan)
{
    size_t first, other;
    int status = plan_version(plan, plan->setup->version, SIZE_MAX, &first);
    for (size_t i = 0; !status && i < version_known_count; i++)
        if (version_known[i] != plan->setup->version)
            status = plan_version(plan, version_known[i], first, &other);
    return status;
}

/* --- the whole --- */

/* If all that is judged imitates one version, the oracle is of that version. */
static int only_version(const struct plan *plan)
{
    int only =
        plan->cpython || plan->follower_count || !plan->fixed ? VERSION_NONE : plan->setup->implementations[0]->version;
    for (size_t i = 0; i < plan->fixed; i++)
        if (plan->setup->implementations[i]->version != only)
            only = VERSION_NONE;
    return only;
}

static int choose_oracle(struct plan *plan)
{
    const struct options *options = plan->options;
    struct setup *setup = plan->setup;
    const int like = only_version(plan);
    const struct python *python = NULL;
    if (!options->oracle && options->pythons.count)
        python = pythons_pick(setup_pythons(setup, options), like);
    int status = python ? oracle_use(setup, python->path) : oracle_choose(setup, options, like);
    for (size_t i = 0; !status && i < plan->fixed; i++)
        if (setup->implementations[i]->version == VERSION_NONE)
            implementation_imitate(setup->implementations[i], setup->version);
    return status;
}

static bool is_run(const struct setup *setup, size_t implementation)
{
    for (size_t k = 0; k < setup->pairing_count; k++)
        if (setup->pairings[k].proxy == implementation || setup->pairings[k].manager == implementation)
            return true;
    return false;
}

int matrix_plan(struct setup *setup, const struct options *options)
{
    struct plan plan = {.setup = setup, .options = options};
    *setup = (struct setup){.absent = json_array(), .many = true};
    int status = 0;
    if (options->oracle && strcmp(options->oracle, "recorded") == 0)
        status = program_fail(STATUS_USAGE, "matrix wants live oracles: --oracle recorded is for `mpconform run`");
    if (!status)
        status = sort_names(&plan);
    if (!status)
        status = choose_oracle(&plan);
    if (!status)
        status = plan_versions(&plan);
    for (size_t i = 0; !status && i < setup->count; i++)
        if (!is_run(setup, i))
            status = program_fail(STATUS_CANNOT_RUN, "nothing to run %s with", setup->implementations[i]->name);
    if (!status && !setup->pairing_count)
        status = program_fail(STATUS_CANNOT_RUN, "nothing is here to be run: `mpconform doctor` tells what is missing");
    if (!status)
        status = setup_make_folder(setup, options);
    installed_free_names(plan.names);
    free(plan.followers);
    return status;
}
