/* SPDX-License-Identifier: MIT */
/* From options to what a run needs. */
#include "harness/setup.h"
#include "harness/pool.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/implementation.h"
#include "harness/options.h"
#include "harness/place.h"
#include "harness/pool.h"
#include "harness/problems.h"
#include "harness/pythons.h"
#include "harness/text.h"

/* A case waits for its processes, and some hold still on purpose: fewer workers leave processors idle, and each costs a
 * quarter of a second to begin. */
#define WORKERS_PER_PROCESSOR 3

#define ORACLE "cpython"
#define REFERENCE "ref"
#define YOURS "yours"

static int fail(int status, const char *format, ...) __attribute__((format(printf, 2, 3)));

static int fail(int status, const char *format, ...)
{
    va_list arguments;
    fputs("mpconform: ", stderr);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    return status;
}

long setup_workers(const struct setup *setup, const struct options *options)
{
    bool listens = false; /* an adapter, at a socket: one connection after another is what a debugger wants */
    for (size_t i = 0; i < setup->count; i++) {
        if (setup->implementations[i]->address)
            return 1;
        listens = listens || setup->implementations[i]->proxy_at;
    }
    if (listens && !options->jobs)
        return 1;
    return options->jobs ? options->jobs : WORKERS_PER_PROCESSOR * pool_processors();
}

size_t setup_find(const struct setup *setup, const char *name)
{
    size_t i = 0;
    while (i < setup->count && strcmp(setup->implementations[i]->name, name) != 0)
        i++;
    return i;
}

char *setup_subject(const struct setup *setup, size_t implementation, enum role role)
{
    return text_format("the %s of %s", role == ROLE_PROXY ? "proxy" : "manager",
                       setup->implementations[implementation]->name);
}

bool setup_is_judged(const struct setup *setup, size_t implementation)
{
    size_t others = 0; /* besides the oracle and the reference */
    for (size_t i = 0; i < setup->count; i++)
        others += strcmp(setup->implementations[i]->name, ORACLE) != 0 &&
                  strcmp(setup->implementations[i]->name, REFERENCE) != 0;
    const char *name = setup->implementations[implementation]->name;
    return strcmp(name, ORACLE) != 0 && (!others || strcmp(name, REFERENCE) != 0);
}

size_t setup_judging(const struct setup *setup, size_t k, enum peer_role peer)
{
    const struct pairing *wanted = &setup->pairings[k];
    for (size_t i = 0; peer && i < k; i++) {
        const struct pairing *pairing = &setup->pairings[i];
        if (peer == PEER_CLIENT ? pairing->manager == wanted->manager : pairing->proxy == wanted->proxy)
            return i;
    }
    return k;
}

int setup_version(const struct setup *setup, size_t k, enum peer_role peer)
{
    const struct implementation *both[] = {setup->implementations[setup->pairings[k].proxy],
                                           setup->implementations[setup->pairings[k].manager]};
    for (size_t i = 0; i < 2; i++)
        if (peer != (i ? PEER_SERVER : PEER_CLIENT) && both[i]->imitates &&
            version_parse(both[i]->imitates) != VERSION_NONE)
            return version_parse(both[i]->imitates);
    return setup->version;
}

static size_t add_implementation(struct setup *setup, struct implementation *implementation)
{
    setup->implementations = text_realloc(setup->implementations, (setup->count + 1) * sizeof(struct implementation *));
    setup->implementations[setup->count] = implementation;
    return setup->count++;
}

static void add_pairing(struct setup *setup, size_t proxy, size_t manager)
{
    for (size_t i = 0; i < setup->pairing_count; i++)
        if (setup->pairings[i].proxy == proxy && setup->pairings[i].manager == manager)
            return;
    if (!implementation_drives(setup->implementations[proxy]) ||
        !implementation_serves(setup->implementations[manager]))
        return;
    setup->pairings = text_realloc(setup->pairings, (setup->pairing_count + 1) * sizeof *setup->pairings);
    setup->pairings[setup->pairing_count++] = (struct pairing){proxy, manager};
}

/* --- the oracle and the version --- */

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
    return fail(STATUS_USAGE, "--compat %s: the suite knows the versions %s to %s", options->compat,
                version_format(version_known[0], first), version_format(version_known[version_known_count - 1], last));
}

/* A wrapper may cost more than the interpreter behind it at every start: that one is used if it is the same when
 * started directly. */
static const char *without_wrapper(const struct python *python)
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
    setup->python = text_copy(without_wrapper(python));
    setup->release = text_copy(python->release);
    return set_version(setup, python->version);
}

static int check_python(const struct python *python, int wanted)
{
    char text[VERSION_TEXT];
    if (python->trouble)
        return fail(STATUS_CANNOT_RUN,
                    "the oracle %s %s; `mpconform doctor` lists what there is, --oracle recorded needs no Python",
                    python->path, python->trouble);
    if (!python_is_oracle(python))
        return fail(STATUS_CANNOT_RUN,
                    "%s is %s %s: the oracle must be a CPython that the suite knows (`mpconform doctor`)", python->path,
                    python->implementation, python->release);
    if (wanted != VERSION_NONE && wanted != python->version)
        return fail(STATUS_USAGE, "--compat %s, but the oracle %s is %s: leave --oracle out, or say --oracle recorded",
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

static int choose_found(struct setup *setup, int wanted)
{
    struct pythons pythons;
    char text[VERSION_TEXT];
    pythons_find(&pythons, NULL, 0);
    const struct python *python = pythons_pick(&pythons, wanted);
    int status = python
                     ? use_python(setup, python)
                     : fail(STATUS_CANNOT_RUN,
                            "no CPython %s found: `mpconform doctor` lists what there is, --oracle recorded needs none",
                            version_format(wanted, text));
    pythons_free(&pythons);
    return status;
}

static int choose_oracle(struct setup *setup, const struct options *options)
{
    int wanted, status = wanted_version(options, &wanted);
    if (status)
        return status;
    if (options->oracle && strcmp(options->oracle, "recorded") == 0) {
        setup->python = text_copy("");
        setup->release = text_copy("");
        return set_version(setup, wanted != VERSION_NONE ? wanted : version_known[version_known_count - 1]);
    }
    if (wanted != VERSION_NONE && !options->oracle)
        return choose_found(setup, wanted);
    return choose_named(setup, options->oracle ? options->oracle : "python3", wanted);
}

/* --- who is judged --- */

/* The implementation that the command line describes: --manager or --manager-at, --proxy or --proxy-at. */
static int make_yours(struct setup *setup, const struct options *options)
{
    struct problems problems = {0};
    if (options->manager && options->manager_at)
        return fail(STATUS_USAGE, "--manager and --manager-at: one manager is judged at a time");
    if (options->proxy && options->proxy_at)
        return fail(STATUS_USAGE, "--proxy and --proxy-at: one proxy is judged at a time");
    if (!options->manager_at != !options->authkey_file)
        return fail(STATUS_USAGE, "--manager-at and --authkey-file need each other");
    if (!options->manager && !options->proxy && !options->manager_at && !options->proxy_at)
        return 0;
    struct implementation *yours = implementation_make(YOURS, options->manager, options->proxy);
    add_implementation(setup, yours);
    if (options->manager_at)
        implementation_attach_manager(yours, options->manager_at, options->authkey_file, &problems);
    if (options->proxy_at)
        implementation_attach_proxy(yours, options->proxy_at, &problems);
    int status = problems.count ? STATUS_USAGE : 0;
    problems_print(&problems, stderr);
    problems_free(&problems);
    return status;
}

static int load(struct setup *setup, const char *name, size_t *index)
{
    struct problems problems = {0};
    size_t found = setup_find(setup, name);
    if (found < setup->count) {
        *index = found;
        return 0;
    }
    struct implementation *implementation = implementation_load(name, &problems);
    if (!implementation) {
        problems_print(&problems, stderr);
        problems_free(&problems);
        return STATUS_USAGE;
    }
    found = setup_find(setup, implementation->name);
    if (found < setup->count)
        implementation_free(implementation);
    else
        add_implementation(setup, implementation);
    *index = found;
    return 0;
}

static int load_all(struct setup *setup, const struct options *options)
{
    size_t index;
    int status = 0;
    if (setup->live)
        status = load(setup, ORACLE, &index);
    if (!status)
        status = make_yours(setup, options);
    for (size_t i = 0; !status && i < options->implementations.count; i++)
        status = load(setup, options->implementations.list[i], &index);
    return status;
}

/* --pairing PROXY,MANAGER */
static int add_named_pairing(struct setup *setup, const char *text)
{
    const char *comma = strchr(text, ',');
    if (!comma || comma == text || !comma[1] || strchr(comma + 1, ','))
        return fail(STATUS_USAGE, "--pairing wants PROXY,MANAGER, not '%s'", text);
    char *first = text_format("%.*s", (int)(comma - text), text);
    size_t proxy = 0, manager = 0;
    int status = load(setup, first, &proxy);
    if (!status)
        status = load(setup, comma + 1, &manager);
    free(first);
    if (status)
        return status;
    const struct implementation *p = setup->implementations[proxy], *m = setup->implementations[manager];
    if (!setup->live && (strcmp(p->name, ORACLE) == 0 || strcmp(m->name, ORACLE) == 0))
        return fail(STATUS_USAGE, "--pairing %s needs CPython, --oracle recorded has none", text);
    if (!implementation_drives(p))
        return fail(STATUS_USAGE, "--pairing %s: %s has no proxy", text, p->name);
    if (!implementation_serves(m))
        return fail(STATUS_USAGE, "--pairing %s: %s has no manager", text, m->name);
    add_pairing(setup, proxy, manager);
    return 0;
}

/* Judged implementations in each role against each peer. */
static int add_default_pairings(struct setup *setup)
{
    size_t first = setup->live ? 1 : 0, judged = setup->count, reference;
    int status = load(setup, REFERENCE, &reference);
    if (status)
        return status;
    if (judged == first) /* nothing was named: the reference is judged */
        judged = setup->count;
    for (size_t i = first; i < judged; i++) {
        if (setup->live) {
            add_pairing(setup, i, 0);
            add_pairing(setup, 0, i);
        }
        add_pairing(setup, i, reference);
        add_pairing(setup, reference, i);
    }
    return setup->pairing_count ? 0 : fail(STATUS_USAGE, "no pairing is left to run");
}

static int make_pairings(struct setup *setup, const struct options *options)
{
    int status = 0;
    if (setup->live)
        add_pairing(setup, 0, 0); /* the judge is judged first, always */
    for (size_t i = 0; !status && i < options->pairings.count; i++)
        status = add_named_pairing(setup, options->pairings.list[i]);
    if (!status && !options->pairings.count)
        status = add_default_pairings(setup);
    return status;
}

/* --wrap goes before everything but the oracle; if something was named, before that only. */
static void set_wrap(struct setup *setup, const struct options *options)
{
    bool named = options->implementations.count || options->manager || options->proxy || options->proxy_at;
    for (size_t i = 0; options->wrap && i < setup->count; i++) {
        struct implementation *implementation = setup->implementations[i];
        bool reference = strcmp(implementation->name, REFERENCE) == 0;
        if (strcmp(implementation->name, ORACLE) != 0 && !(named && reference))
            implementation->wrap = text_copy(options->wrap);
    }
}

static int make_folder(struct setup *setup, const struct options *options)
{
    const char *parent = getenv("TMPDIR");
    if (options->transport && !manager_transport(options->transport, &setup->transport))
        return fail(STATUS_USAGE, "--transport is unix, abstract or tcp, not '%s'", options->transport);
    char *folder = text_format("%s/mpconform-XXXXXX", parent && *parent ? parent : "/tmp");
    if (mkdtemp(folder)) {
        setup->folder = folder;
        return 0;
    }
    int status = fail(STATUS_CANNOT_RUN, "cannot make the folder %s: %s", folder, strerror(errno));
    free(folder);
    return status;
}

int setup_make(struct setup *setup, const struct options *options)
{
    *setup = (struct setup){0};
    int status = choose_oracle(setup, options);
    if (!status)
        status = load_all(setup, options);
    if (!status)
        status = make_pairings(setup, options);
    if (!status)
        status = make_folder(setup, options);
    set_wrap(setup, options);
    return status;
}

int setup_make_oracle(struct setup *setup, const struct options *options, const char *python)
{
    size_t index;
    *setup = (struct setup){0};
    int status = choose_named(setup, python, VERSION_NONE);
    if (!status)
        status = load(setup, ORACLE, &index);
    if (!status)
        status = make_folder(setup, options);
    if (!status)
        add_pairing(setup, 0, 0);
    return status;
}

struct bench *setup_bench(const struct setup *setup, const struct options *options, unsigned worker,
                          struct trace *trace)
{
    char *folder = text_format("%s/%s%u", setup->folder, trace ? "t" : "", worker);
    struct bench_plan plan = {setup->implementations, setup->count,      folder,
                              setup->compat,          setup->python,     trace ? TRANSPORT_UNIX : setup->transport,
                              options->deadline,      options->validate, trace};
    struct bench *bench = bench_new(&plan);
    free(folder);
    return bench;
}

void setup_free(struct setup *setup)
{
    for (size_t i = 0; i < setup->count; i++)
        implementation_free(setup->implementations[i]);
    free(setup->implementations);
    free(setup->pairings);
    free(setup->python);
    free(setup->release);
    if (setup->folder)
        place_remove(setup->folder);
    free(setup->folder);
    *setup = (struct setup){0};
}
