/* SPDX-License-Identifier: MIT */
/* Loading implementations by name, and settling who they are here. */
#include "harness/roster.h"

#include <stdlib.h>
#include <string.h>

#include "harness/implementation.h"
#include "harness/installed.h"
#include "harness/options.h"
#include "harness/oracle.h"
#include "harness/problems.h"
#include "harness/program.h"
#include "harness/pythons.h"
#include "harness/setup.h"
#include "harness/text.h"

#define YOURS "yours"

size_t roster_find(const struct setup *setup, const char *name)
{
    size_t i = 0;
    while (i < setup->count && strcmp(setup->implementations[i]->name, name) != 0)
        i++;
    return i;
}

size_t roster_add_take(struct setup *setup, struct implementation *implementation)
{
    setup->implementations = text_realloc(setup->implementations, (setup->count + 1) * sizeof(struct implementation *));
    setup->implementations[setup->count] = implementation;
    return setup->count++;
}

int roster_add_yours(struct setup *setup, const struct options *options)
{
    struct problems problems = {0};
    if (options->manager && options->manager_at)
        return program_fail(STATUS_USAGE, "--manager and --manager-at: one manager is judged at a time");
    if (options->proxy && options->proxy_at)
        return program_fail(STATUS_USAGE, "--proxy and --proxy-at: one proxy is judged at a time");
    if (!options->manager_at != !options->authkey_file)
        return program_fail(STATUS_USAGE, "--manager-at and --authkey-file need each other");
    if (!options->manager && !options->proxy && !options->manager_at && !options->proxy_at)
        return 0;
    struct implementation *yours = implementation_make(YOURS, options->manager, options->proxy);
    roster_add_take(setup, yours);
    if (options->manager_at)
        implementation_attach_manager(yours, options->manager_at, options->authkey_file, &problems);
    if (options->proxy_at)
        implementation_attach_proxy(yours, options->proxy_at, &problems);
    int status = problems.count ? STATUS_USAGE : 0;
    problems_print(&problems, stderr);
    problems_free(&problems);
    return status;
}

/* --- who it is on this machine --- */

/* Of the oracle's kind: the interpreter is the oracle's, or the one of that version. */
static int give_python(struct setup *setup, const struct options *options, struct implementation *implementation,
                       int version)
{
    if (version == setup->version && setup->live) {
        implementation->python = text_copy(setup->python);
        implementation->release = text_copy(setup->release);
        return 0;
    }
    const struct python *python = pythons_pick(setup_pythons(setup, options), version);
    if (!python)
        return program_fail(STATUS_CANNOT_RUN, "%s is not here: no CPython of its version (`mpconform doctor`)",
                            implementation->name);
    implementation->python = text_copy(oracle_interpreter_peek(python));
    implementation->release = text_copy(python->release);
    return 0;
}

/* One that follows the oracle, or imitates the version that its name asks for. */
static int settle_follower(struct setup *setup, const struct options *options, struct implementation *implementation,
                           int version)
{
    char *trouble = NULL;
    int status = 0;
    implementation_imitate(implementation, version);
    if (strcmp(implementation->kind, ROSTER_ORACLE) == 0) {
        status = give_python(setup, options, implementation, version);
    } else {
        implementation->python = text_copy(setup->python ? setup->python : "");
        trouble = installed_find(implementation);
    }
    if (trouble)
        status =
            program_fail(STATUS_CANNOT_RUN, "%s cannot run here: %s%s%s", implementation->name, trouble,
                         implementation->get ? "; to get it: " : "", implementation->get ? implementation->get : "");
    free(trouble);
    return status;
}

static int settle_fixed(struct implementation *implementation, int wanted)
{
    char *trouble = installed_find(implementation);
    int status = 0;
    if (trouble)
        status =
            program_fail(STATUS_CANNOT_RUN, "%s is not installed here: %s%s%s", implementation->name, trouble,
                         implementation->get ? "; to get it: " : "", implementation->get ? implementation->get : "");
    else if (wanted != VERSION_NONE && wanted != implementation->version)
        status = program_fail(STATUS_USAGE, "%s imitates CPython %s and no other version", implementation->kind,
                              implementation->compat);
    free(trouble);
    return status;
}

int roster_follow(struct setup *setup, const struct options *options)
{
    int status = 0;
    for (size_t i = 0; !status && i < setup->count; i++)
        if (setup->implementations[i]->version == VERSION_NONE)
            status = settle_follower(setup, options, setup->implementations[i], setup->version);
    return status;
}

/* --- by name --- */

/* NAME-X.Y, where X.Y is a version of the suite: that version, and the length of NAME.  VERSION_NONE otherwise. */
static int version_in(const char *name, size_t *length)
{
    char text[VERSION_TEXT];
    const char *dash = strrchr(name, '-');
    if (!dash || dash == name)
        return VERSION_NONE;
    *length = (size_t)(dash - name);
    for (size_t i = 0; i < version_known_count; i++)
        if (strcmp(version_format(version_known[i], text), dash + 1) == 0)
            return version_known[i];
    return VERSION_NONE;
}

/* The file of an implementation, or of the kind that NAME-X.Y names. */
static struct implementation *read_file(const char *name, int *version)
{
    struct problems problems = {0};
    size_t length = 0;
    struct implementation *implementation = NULL;
    *version = version_in(name, &length);
    if (*version != VERSION_NONE) {
        char *kind = text_format("%.*s", (int)length, name);
        implementation = implementation_load(kind, &problems);
        free(kind);
        if (implementation) {
            free(implementation->name);
            implementation->name = text_format("%s%s", implementation->kind, name + length);
        }
    } else {
        implementation = implementation_load(name, &problems);
    }
    problems_print(&problems, stderr);
    problems_free(&problems);
    return implementation;
}

/* One that was loaded, by its name, or by its kind and the version that it imitates; setup->count if there is none. */
static size_t find_loaded(const struct setup *setup, const char *name)
{
    size_t length = 0, found = roster_find(setup, name);
    const int version = version_in(name, &length);
    for (size_t i = 0; version != VERSION_NONE && found == setup->count && i < setup->count; i++) {
        const struct implementation *it = setup->implementations[i];
        if (it->version == version && strlen(it->kind) == length && strncmp(it->kind, name, length) == 0)
            found = i;
    }
    return found;
}

int roster_load(struct setup *setup, const struct options *options, const char *name, size_t *index)
{
    int version, status = 0;
    *index = find_loaded(setup, name);
    if (*index < setup->count)
        return 0;
    struct implementation *implementation = read_file(name, &version);
    if (!implementation)
        return STATUS_USAGE;
    *index = find_loaded(setup, implementation->name);
    if (*index < setup->count) {
        implementation_free(implementation);
        return 0;
    }
    *index = roster_add_take(setup, implementation);
    if (!implementation_follows(implementation))
        status = settle_fixed(implementation, version);
    else if (version != VERSION_NONE || setup->version != VERSION_NONE)
        status = settle_follower(setup, options, implementation, version != VERSION_NONE ? version : setup->version);
    return status;
}
