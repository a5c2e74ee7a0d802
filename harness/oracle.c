/* SPDX-License-Identifier: MIT */
/* The choice of the oracle. */
#include "harness/oracle.h"

#include <stdlib.h>
#include <string.h>

#include "harness/options.h"
#include "harness/program.h"
#include "harness/pythons.h"
#include "harness/setup.h"
#include "harness/text.h"

static int set_version(struct setup *setup, int version)
{
    setup->version = version;
    version_format(version, setup->compat);
    return 0;
}

static int wanted_version(const struct options *options, int *version)
{
    *version = options->compat ? version_parse(options->compat) : VERSION_NONE;
    for (size_t i = 0; options->compat && i < version_known_count; i++)
        if (version_known[i] == *version)
            return 0;
    if (!options->compat)
        return 0;
    char first[VERSION_TEXT], last[VERSION_TEXT];
    return program_fail(STATUS_USAGE, "--compat %s: the suite knows the versions %s to %s", options->compat,
                        version_format(version_known[0], first),
                        version_format(version_known[version_known_count - 1], last));
}

const char *oracle_interpreter_peek(const struct python *python)
{
    struct pythons direct;
    const char *path = python->executable;
    pythons_ask(&direct, &path, 1);
    bool same = !direct.list[0].trouble && strcmp(direct.list[0].release, python->release) == 0 &&
                strcmp(direct.list[0].implementation, python->implementation) == 0;
    pythons_free(&direct);
    return same ? path : python->path;
}

static int use_python(struct setup *setup, const struct python *python)
{
    setup->live = true;
    setup->python = text_copy(oracle_interpreter_peek(python));
    setup->release = text_copy(python->release);
    return set_version(setup, python->version);
}

static int check_python(const struct python *python, int wanted)
{
    char text[VERSION_TEXT];
    if (python->trouble)
        return program_fail(
            STATUS_CANNOT_RUN,
            "the oracle %s %s; `mpconform doctor` lists what there is, --oracle recorded needs no Python", python->path,
            python->trouble);
    if (!python_is_oracle(python))
        return program_fail(STATUS_CANNOT_RUN,
                            "%s is %s %s: the oracle must be a CPython that the suite knows (`mpconform doctor`)",
                            python->path, python->implementation, python->release);
    if (wanted != VERSION_NONE && wanted != python->version)
        return program_fail(STATUS_USAGE,
                            "--compat %s, but the oracle %s is %s: leave --oracle out, or say --oracle recorded",
                            version_format(wanted, text), python->path, python->release);
    return 0;
}

static int choose_named(struct setup *setup, const char *path, int wanted)
{
    struct pythons pythons;
    pythons_ask(&pythons, &path, 1);
    int status = check_python(&pythons.list[0], wanted);
    if (status == 0)
        status = use_python(setup, &pythons.list[0]);
    pythons_free(&pythons);
    return status;
}

static int choose_found(struct setup *setup, const struct options *options, int wanted)
{
    char text[VERSION_TEXT];
    const struct python *python = pythons_pick(setup_pythons(setup, options), wanted);
    return python ? use_python(setup, python)
                  : program_fail(STATUS_CANNOT_RUN,
                                 "no CPython %s found: `mpconform doctor` lists what there is, --oracle recorded needs "
                                 "none",
                                 version_format(wanted, text));
}

/* What is judged imitates one version, and no oracle was asked for: the one of that version, if there is one. */
static int choose_like(struct setup *setup, const struct options *options, int version)
{
    char text[VERSION_TEXT];
    const struct python *python = pythons_pick(setup_pythons(setup, options), version);
    if (python)
        return use_python(setup, python);
    fprintf(stderr, "mpconform: no CPython %s found, which is imitated: another version is the oracle\n",
            version_format(version, text));
    return choose_named(setup, "python3", VERSION_NONE);
}

int oracle_choose(struct setup *setup, const struct options *options, int like)
{
    int wanted, status = wanted_version(options, &wanted);
    if (status)
        return status;
    if (options->oracle && strcmp(options->oracle, "recorded") == 0) {
        const int newest = version_known[version_known_count - 1];
        setup->python = text_copy("");
        setup->release = text_copy("");
        return set_version(setup, wanted != VERSION_NONE ? wanted : like != VERSION_NONE ? like : newest);
    }
    if (options->oracle)
        return choose_named(setup, options->oracle, wanted);
    if (wanted != VERSION_NONE)
        return choose_found(setup, options, wanted);
    return like != VERSION_NONE ? choose_like(setup, options, like) : choose_named(setup, "python3", VERSION_NONE);
}

int oracle_use(struct setup *setup, const char *path)
{
    return choose_named(setup, path, VERSION_NONE);
}
