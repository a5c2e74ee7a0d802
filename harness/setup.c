/* SPDX-License-Identifier: MIT */
/* From options to what a run needs. */
#include "harness/setup.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/event.h"
#include "harness/implementation.h"
#include "harness/options.h"
#include "harness/oracle.h"
#include "harness/place.h"
#include "harness/pool.h"
#include "harness/program.h"
#include "harness/pythons.h"
#include "harness/roster.h"
#include "harness/text.h"

/* A case waits for its processes, and some hold still on purpose: fewer workers leave processors idle, and each costs a
 * quarter of a second to begin. */
#define WORKERS_PER_PROCESSOR 3

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

char *setup_subject(const struct setup *setup, size_t implementation, enum role role)
{
    return text_format("the %s of %s", role == ROLE_PROXY ? "proxy" : "manager",
                       setup->implementations[implementation]->name);
}

json_t *setup_complaint(const struct setup *setup, size_t implementation, enum role role, const char *sentence,
                        const char *stderr_text)
{
    char *subject = setup_subject(setup, implementation, role);
    json_t *event = event_failure(FAILURE_PROCESS, subject, sentence, stderr_text);
    free(subject);
    return event;
}

bool setup_is_judged(const struct setup *setup, size_t implementation)
{
    size_t others = 0; /* besides the oracle and the reference */
    for (size_t i = 0; i < setup->count; i++)
        others += strcmp(setup->implementations[i]->kind, ROSTER_ORACLE) != 0 &&
                  strcmp(setup->implementations[i]->kind, ROSTER_REFERENCE) != 0;
    const char *kind = setup->implementations[implementation]->kind;
    return strcmp(kind, ROSTER_ORACLE) != 0 && (!others || strcmp(kind, ROSTER_REFERENCE) != 0);
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

/* --- groups and pairings --- */

struct group *setup_begin_group(struct setup *setup, int version, const char *python)
{
    setup->groups = text_realloc(setup->groups, (setup->group_count + 1) * sizeof *setup->groups);
    struct group *group = &setup->groups[setup->group_count++];
    *group =
        (struct group){.version = version, .live = *python != '\0', .python = python, .first = setup->pairing_count};
    return group;
}

void setup_pair(struct setup *setup, size_t proxy, size_t manager)
{
    for (size_t i = 0; i < setup->pairing_count; i++)
        if (setup->pairings[i].proxy == proxy && setup->pairings[i].manager == manager)
            return;
    if (!implementation_drives(setup->implementations[proxy]) ||
        !implementation_serves(setup->implementations[manager]))
        return;
    setup->pairings = text_realloc(setup->pairings, (setup->pairing_count + 1) * sizeof *setup->pairings);
    setup->pairings[setup->pairing_count++] = (struct pairing){proxy, manager};
    setup->groups[setup->group_count - 1].count++;
}

const struct group *setup_group(const struct setup *setup, size_t pairing)
{
    const struct group *group = setup->groups;
    while (pairing >= group->first + group->count)
        group++;
    return group;
}

void setup_versions(const struct setup *setup, size_t k, enum peer_role peer, int versions[2])
{
    const int proxy = setup->implementations[setup->pairings[k].proxy]->version,
              manager = setup->implementations[setup->pairings[k].manager]->version;
    versions[0] = peer == PEER_CLIENT ? manager : proxy;
    versions[1] = peer || proxy == manager ? VERSION_NONE : manager;
}

const struct pythons *setup_pythons(struct setup *setup, const struct options *options)
{
    if (!setup->pythons) {
        setup->pythons = text_calloc(1, sizeof *setup->pythons);
        pythons_find(setup->pythons, options->pythons.list, options->pythons.count);
    }
    return setup->pythons;
}

/* The two names of --pairing PROXY,MANAGER: the first, new, and *manager, the end of text; NULL, and a message, if it
 * is none. */
static char *split_pairing(const char *text, const char **manager)
{
    const char *comma = strchr(text, ',');
    if (!comma || comma == text || !comma[1] || strchr(comma + 1, ',')) {
        program_fail(STATUS_USAGE, "--pairing wants PROXY,MANAGER, not '%s'", text);
        return NULL;
    }
    *manager = comma + 1;
    return text_format("%.*s", (int)(comma - text), text);
}

/* --pairing PROXY,MANAGER */
static int add_named_pairing(struct setup *setup, const struct options *options, const char *text)
{
    const char *second;
    char *first = split_pairing(text, &second);
    size_t proxy = 0, manager = 0;
    if (!first)
        return STATUS_USAGE;
    int status = roster_load(setup, options, first, &proxy);
    if (!status)
        status = roster_load(setup, options, second, &manager);
    free(first);
    if (status)
        return status;
    const struct implementation *p = setup->implementations[proxy], *m = setup->implementations[manager];
    if (!setup->live && (strcmp(p->kind, ROSTER_ORACLE) == 0 || strcmp(m->kind, ROSTER_ORACLE) == 0))
        return program_fail(STATUS_USAGE, "--pairing %s needs CPython, --oracle recorded has none", text);
    if (!implementation_drives(p))
        return program_fail(STATUS_USAGE, "--pairing %s: %s has no proxy", text, p->name);
    if (!implementation_serves(m))
        return program_fail(STATUS_USAGE, "--pairing %s: %s has no manager", text, m->name);
    setup_pair(setup, proxy, manager);
    return 0;
}

/* Judged implementations in each role against each peer. */
static int add_default_pairings(struct setup *setup, const struct options *options)
{
    size_t first = setup->live ? 1 : 0, judged = setup->count, reference;
    int status = roster_load(setup, options, ROSTER_REFERENCE, &reference);
    if (status)
        return status;
    if (judged == first) /* nothing was named: the reference is judged */
        judged = setup->count;
    for (size_t i = first; i < judged; i++) {
        if (setup->live) {
            setup_pair(setup, i, 0);
            setup_pair(setup, 0, i);
        }
        setup_pair(setup, i, reference);
        setup_pair(setup, reference, i);
    }
    return setup->pairing_count ? 0 : program_fail(STATUS_USAGE, "no pairing is left to run");
}

static int make_pairings(struct setup *setup, const struct options *options)
{
    int status = 0;
    if (setup->live)
        setup_pair(setup, 0, 0); /* the judge is judged first, always */
    for (size_t i = 0; !status && i < options->pairings.count; i++)
        status = add_named_pairing(setup, options, options->pairings.list[i]);
    if (!status && !options->pairings.count)
        status = add_default_pairings(setup, options);
    return status;
}

/* --wrap goes before everything but the oracle; if something was named, before that only. */
static void set_wrap(struct setup *setup, const struct options *options)
{
    bool named = options->implementations.count || options->manager || options->proxy || options->proxy_at;
    for (size_t i = 0; options->wrap && i < setup->count; i++) {
        struct implementation *implementation = setup->implementations[i];
        bool reference = strcmp(implementation->name, ROSTER_REFERENCE) == 0;
        if (strcmp(implementation->name, ROSTER_ORACLE) != 0 && !(named && reference))
            implementation->wrap = text_copy(options->wrap);
    }
}

static int check_transport(const struct setup *setup)
{
    const char *transport = manager_transport_name(setup->transport);
    for (size_t i = 0; i < setup->count; i++)
        if (!implementation_has_transport(setup->implementations[i], transport))
            return program_fail(STATUS_USAGE, "%s declares no transport %s: choose another one with --transport",
                                setup->implementations[i]->name, transport);
    return 0;
}

int setup_make_folder(struct setup *setup, const struct options *options)
{
    const char *parent = getenv("TMPDIR");
    if (options->transport && !manager_transport(options->transport, &setup->transport))
        return program_fail(STATUS_USAGE, "--transport is unix, abstract or tcp, not '%s'", options->transport);
    char *folder = text_format("%s/mpconform-XXXXXX", parent && *parent ? parent : "/tmp");
    if (mkdtemp(folder)) {
        setup->folder = folder;
        return check_transport(setup);
    }
    int status = program_fail(STATUS_CANNOT_RUN, "cannot make the folder %s: %s", folder, strerror(errno));
    free(folder);
    return status;
}

/* The version that all named implementations imitate which do not follow the oracle; VERSION_NONE if none of them does,
 * or they differ. */
static int common_version(const struct setup *setup)
{
    int common = VERSION_NONE;
    for (size_t i = 0; i < setup->count; i++) {
        const int version = setup->implementations[i]->version;
        if (version != VERSION_NONE && common != VERSION_NONE && version != common)
            return VERSION_NONE;
        common = version != VERSION_NONE ? version : common;
    }
    return common;
}

/* One that is named before there is an oracle, which comes anyway. */
static int load_early(struct setup *setup, const struct options *options, const char *name)
{
    size_t index;
    return strcmp(name, ROSTER_ORACLE) == 0 ? 0 : roster_load(setup, options, name, &index);
}

/* What the command line names, before there is an oracle: it may depend on them. */
static int load_named(struct setup *setup, const struct options *options)
{
    int status = roster_add_yours(setup, options);
    for (size_t i = 0; !status && i < options->implementations.count; i++)
        status = load_early(setup, options, options->implementations.list[i]);
    for (size_t i = 0; !status && i < options->pairings.count; i++) {
        const char *manager;
        char *proxy = split_pairing(options->pairings.list[i], &manager);
        status = proxy ? load_early(setup, options, proxy) : STATUS_USAGE;
        if (!status)
            status = load_early(setup, options, manager);
        free(proxy);
    }
    return status;
}

/* The oracle goes first. */
static int load_oracle(struct setup *setup, const struct options *options)
{
    size_t index;
    if (!setup->live)
        return 0;
    int status = roster_load(setup, options, ROSTER_ORACLE, &index);
    if (status)
        return status;
    struct implementation *oracle = setup->implementations[index];
    memmove(setup->implementations + 1, setup->implementations, index * sizeof(struct implementation *));
    setup->implementations[0] = oracle;
    return 0;
}

int setup_make(struct setup *setup, const struct options *options)
{
    *setup = (struct setup){0};
    int status = load_named(setup, options);
    if (!status)
        status = oracle_choose(setup, options, common_version(setup));
    if (!status)
        status = load_oracle(setup, options);
    if (!status)
        status = roster_follow(setup, options);
    if (!status) {
        setup_begin_group(setup, setup->version, setup->python);
        status = make_pairings(setup, options);
    }
    if (!status)
        status = setup_make_folder(setup, options);
    set_wrap(setup, options);
    return status;
}

int setup_make_oracle(struct setup *setup, const struct options *options, const char *python)
{
    *setup = (struct setup){0};
    int status = oracle_use(setup, python);
    if (!status)
        status = load_oracle(setup, options);
    if (!status)
        status = setup_make_folder(setup, options);
    if (!status) {
        setup_begin_group(setup, setup->version, setup->python);
        setup_pair(setup, 0, 0);
    }
    return status;
}

struct bench *setup_bench(const struct setup *setup, const struct options *options, unsigned worker,
                          struct trace *trace)
{
    char *folder = text_format("%s/%s%u", setup->folder, trace ? "t" : "", worker);
    struct bench_plan plan = {
        setup->implementations, setup->count,      folder, trace ? TRANSPORT_UNIX : setup->transport,
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
    free(setup->groups);
    json_decref(setup->absent);
    if (setup->pythons)
        pythons_free(setup->pythons);
    free(setup->pythons);
    free(setup->python);
    free(setup->release);
    if (setup->folder)
        place_remove(setup->folder);
    free(setup->folder);
    *setup = (struct setup){0};
}
