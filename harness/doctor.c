/* SPDX-License-Identifier: MIT */
/* `mpconform doctor`: what is here, what is missing, and how to get it. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/bench.h"
#include "harness/implementation.h"
#include "harness/installed.h"
#include "harness/options.h"
#include "harness/place.h"
#include "harness/problems.h"
#include "harness/program.h"
#include "harness/pythons.h"
#include "harness/setup.h"
#include "harness/text.h"
#include "harness/version.h"

/* Something that runs need: a file below a folder. */
struct need {
    const char *what, *file, *remedy;
    bool built; /* below the folder of the programs, not of the project */
};

extern const struct need doctor_needs[];

static bool check_needs(void)
{
    bool good = true;
    for (const struct need *need = doctor_needs; need->what; need++) {
        char *path = need->built ? text_format("%s/%s", place_build_peek(), need->file) : place_path(need->file);
        bool there = access(path, R_OK) == 0;
        printf("  %-8s %-26s %s\n", there ? "ok" : "missing", need->what, there ? path : need->remedy);
        good = good && there;
        free(path);
    }
    return good;
}

static const char *describe(const struct python *python, const struct pythons *pythons)
{
    if (python->trouble || !python->implementation)
        return python->trouble ? python->trouble : "does not run";
    if (!python_is_oracle(python))
        return strcmp(python->implementation, "cpython") == 0 ? "the suite does not know this version"
                                                              : "no CPython: not an oracle";
    return pythons_pick(pythons, python->version) == python ? "oracle"
                                                            : "one more of this version: not used for recording";
}

static void list_missing(const struct pythons *pythons)
{
    struct text missing = {0};
    for (size_t i = 0; i < version_known_count; i++) {
        char text[VERSION_TEXT];
        if (!pythons_pick(pythons, version_known[i]))
            text_printf(&missing, " %s", version_format(version_known[i], text));
    }
    if (missing.length)
        printf("  not found:%s (pyenv install X.Y gets one; MPCONFORM_PYTHONS=path:path names those in other places)\n",
               missing.bytes);
    text_clear(&missing);
}

/* Whether an implementation can run here, and if not how to get it.  oracle: for those that follow it; NULL: none. */
static void list_implementation(struct implementation *it, const struct python *oracle)
{
    char imitates[VERSION_TEXT] = "any";
    char *trouble = NULL;
    it->python = text_copy(oracle ? oracle->path : "");
    if (strcmp(it->kind, "cpython") == 0)
        trouble = oracle ? NULL : text_copy("no CPython that the suite knows");
    else
        trouble = installed_find(it);
    if (it->version != VERSION_NONE)
        version_format(it->version, imitates);
    if (!trouble)
        printf("  %-8s %-13s imitates %-5s %s\n", "ok", it->name, imitates, it->release ? it->release : "");
    else
        printf("  %-8s %-13s %s%s%s\n", "missing", it->name, trouble, it->get ? "; to get it: " : "",
               it->get ? it->get : "");
    free(trouble);
}

/* True if all files are well formed. */
static bool list_implementations(const struct pythons *pythons)
{
    struct problems problems = {0};
    char **names = installed_names();
    for (char **name = names; *name; name++) {
        struct implementation *it = implementation_load(*name, &problems);
        if (it)
            list_implementation(it, pythons_pick(pythons, VERSION_NONE));
        implementation_free(it);
    }
    const bool good = !problems.count;
    installed_free_names(names);
    problems_print(&problems, stdout);
    problems_free(&problems);
    return good;
}

static void complain(void *context, size_t implementation, enum role role, const char *sentence,
                     const char *stderr_text)
{
    bool *good = context;
    (void)implementation, (void)role;
    printf("  %-8s %s\n%s", "missing", sentence, stderr_text);
    *good = false;
}

/* How a run would start the oracle's processes: one is started. */
static bool check_birth(const struct options *options, const struct python *oracle)
{
    struct setup setup;
    bool good = setup_make_oracle(&setup, options, oracle->path) == 0;
    if (good) {
        struct bench *bench = setup_bench(&setup, options, 0, NULL);
        char *trouble = NULL;
        struct adapter *adapter = bench_adapter(bench, 0, &trouble);
        char *how = adapter ? bench_birth(bench, 0) : text_copy(trouble);
        printf("  %-8s %s\n", adapter ? "ok" : "missing", how);
        if (adapter)
            bench_return(bench, 0, adapter, true);
        good = adapter != NULL;
        bench_close(bench, complain, &good);
        free(how);
        free(trouble);
    }
    setup_free(&setup);
    return good;
}

int command_doctor(const struct options *options)
{
    struct pythons pythons;
    if (options->selectors.count) {
        fprintf(stderr, "mpconform: doctor takes no arguments\n");
        return STATUS_USAGE;
    }
    puts("programs and files");
    bool good = check_needs();
    puts("interpreters");
    pythons_find(&pythons, options->pythons.list, options->pythons.count);
    for (size_t i = 0; i < pythons.count; i++) {
        const struct python *python = &pythons.list[i];
        printf("  %-8s %-9s %-44s %s\n", python->release ? python->release : "?",
               python->implementation ? python->implementation : "?", python->path, describe(python, &pythons));
    }
    list_missing(&pythons);
    puts("implementations (`mpconform matrix` runs them all; `mpconform run --impl NAME` one of them)");
    good = list_implementations(&pythons) && good;
    const struct python *found = pythons_pick(&pythons, VERSION_NONE);
    const bool oracle = found != NULL;
    if (found) {
        puts("processes of the oracle");
        good = check_birth(options, found) && good;
    }
    pythons_free(&pythons);
    if (!oracle)
        puts("no oracle: install python3, or run with --oracle recorded");
    puts(good && oracle ? "everything that a run needs is here" : "something is missing");
    return good && oracle ? STATUS_CONFORMING : STATUS_CANNOT_RUN;
}

/* --- what is needed --- */

const struct need doctor_needs[] = {
    {"cases", "cases/README.md", "set MPCONFORM_HOME to the folder of the project", false},
    {"implementations", "harness/implementations/cpython.json", "set MPCONFORM_HOME to the folder of the project",
     false},
    {"oracle", "oracle/serve.py", "set MPCONFORM_HOME to the folder of the project", false},
    {"reference manager", "mpmanager", "make", true},
    {"reference proxy", "mpproxy", "make", true},
    {0},
};
