/* SPDX-License-Identifier: MIT */
/* The running managers and adapters of one worker. */
#include "harness/bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "harness/adapter.h"
#include "harness/implementation.h"
#include "harness/nursery.h"
#include "harness/place.h"
#include "harness/problems.h"
#include "harness/process.h"
#include "harness/text.h"

/* Starting a process may take this long at least, however short the deadline of a step is: interpreters on loaded
 * machines. */
#define PATIENCE_MS 30000
/* After so many starts in a row that failed nothing more is started: the run would only take longer to fail. */
#define FAILURES_MAX 3

struct shared_manager {
    struct manager *manager;
    long baseline;
};

struct adapters {
    struct adapter **list;
    size_t count;
};

/* What is kept for one implementation. */
struct place {
    struct nursery *nursery;           /* or NULL */
    bool nursery_asked;                /* it was opened, or there is none */
    struct shared_manager managers[2]; /* by serializer: pickle, xmlrpclib */
    struct manager *warm_manager;      /* pickle; started, not waited for */
    struct adapters spare, warm;       /* greeted; started only */
    unsigned failures[2];              /* by role, in a row */
    char *trouble[2];                  /* … and what the last one said */
};

struct bench {
    struct bench_plan plan; /* but for folder */
    char *folder;
    struct place *places;
};

/* The nursery of an implementation, started; NULL if it has none.  What is wrapped is started one by one. */
static struct nursery *open_nursery(const struct bench *bench, size_t index)
{
    const struct implementation *implementation = bench->plan.implementations[index];
    char *address = text_format("unix:%s/nursery%zu", bench->folder, index);
    const struct filling filling = {.address = address};
    struct problems problems = {0};
    char *command = implementation->nursery && !implementation->wrap
                        ? implementation_command(implementation, implementation->nursery, &filling, &problems)
                        : NULL;
    struct nursery *nursery = command ? nursery_open(command) : NULL;
    problems_print(&problems, stderr);
    problems_free(&problems);
    free(command);
    free(address);
    return nursery;
}

/* The same, opened when it is first asked for: a bench has places for more implementations than it serves. */
static struct nursery *nursery_of(struct bench *bench, size_t index)
{
    struct place *place = &bench->places[index];
    if (!place->nursery_asked)
        place->nursery = open_nursery(bench, index);
    place->nursery_asked = true;
    return place->nursery;
}

struct bench *bench_new(const struct bench_plan *plan)
{
    struct bench *bench = text_calloc(1, sizeof *bench);
    bench->plan = *plan;
    bench->folder = text_copy(plan->folder);
    mkdir(bench->folder, 0700);
    bench->places = text_calloc(plan->count, sizeof *bench->places);
    return bench;
}

long long bench_deadline(const struct bench *bench)
{
    return process_now() + bench->plan.deadline;
}

long long bench_patience(const struct bench *bench)
{
    return process_now() + (bench->plan.deadline > PATIENCE_MS ? bench->plan.deadline : PATIENCE_MS);
}

const char *bench_folder_peek(const struct bench *bench)
{
    return bench->folder;
}

struct trace *bench_trace_peek(const struct bench *bench)
{
    return bench->plan.trace;
}

static void push(struct adapters *adapters, struct adapter *adapter)
{
    adapters->list = text_realloc(adapters->list, (adapters->count + 1) * sizeof(struct adapter *));
    adapters->list[adapters->count++] = adapter;
}

static struct adapter *pop(struct adapters *adapters)
{
    return adapters->count ? adapters->list[--adapters->count] : NULL;
}

/* --- adapters --- */

/* The process of its command; *trouble if there is none. */
static struct adapter *start_command(struct bench *bench, size_t index, char **trouble)
{
    const struct implementation *implementation = bench->plan.implementations[index];
    const struct filling filling = {0};
    struct problems problems = {0};
    struct adapter *adapter = NULL;
    char *why = NULL, *command = implementation->proxy ? implementation_command(implementation, implementation->proxy,
                                                                                &filling, &problems)
                                                       : NULL;
    if (command)
        adapter = adapter_of_take(nursery_start(nursery_of(bench, index), command, &why));
    if (!adapter)
        *trouble = text_format("the adapter could not be started: %s", why              ? why
                                                                       : problems.count ? problems.lines[0]
                                                                                        : "it has no command");
    problems_free(&problems);
    free(command);
    free(why);
    return adapter;
}

struct adapter *bench_new_adapter(struct bench *bench, size_t index, char **trouble)
{
    const struct implementation *implementation = bench->plan.implementations[index];
    *trouble = NULL;
    struct adapter *adapter = implementation->proxy_at ? adapter_attach(implementation->proxy_at, trouble)
                                                       : start_command(bench, index, trouble);
    if (adapter && bench->plan.validate)
        adapter_validate(adapter);
    return adapter;
}

char *bench_birth(const struct bench *bench, size_t index)
{
    const struct nursery *nursery = bench->places[index].nursery;
    const char *refusal = nursery ? nursery_refusal_peek(nursery) : "there is none";
    return refusal ? text_format("started anew each time, which makes runs longer: the nursery: %s", refusal)
                   : text_copy("forked by a nursery that has loaded everything");
}

/* True if the role failed to start too often; *trouble says so. */
static bool given_up(struct bench *bench, size_t index, enum role role, char **trouble)
{
    if (bench->places[index].failures[role] < FAILURES_MAX)
        return false;
    *trouble = text_format("not started any more, since it failed to start: %s", bench->places[index].trouble[role]);
    return true;
}

/* Notes whether a start succeeded. */
static void note_start(struct place *place, enum role role, const char *trouble)
{
    free(place->trouble[role]);
    place->trouble[role] = text_copy(trouble);
    place->failures[role] = trouble ? place->failures[role] + 1 : 0;
}

void bench_give_up(struct bench *bench, size_t index, enum role role, const char *trouble)
{
    note_start(&bench->places[index], role, trouble);
    bench->places[index].failures[role] = FAILURES_MAX;
}

static char *with_stderr(char *sentence, const struct process *process)
{
    char *said = process ? process_stderr(process) : NULL;
    if (said && *said) {
        char *longer = text_format("%s\n%s", sentence, said);
        free(sentence);
        sentence = longer;
    }
    free(said);
    return sentence;
}

struct adapter *bench_adapter(struct bench *bench, size_t index, char **trouble)
{
    struct place *place = &bench->places[index];
    struct adapter *adapter = pop(&place->spare);
    *trouble = NULL;
    if (adapter || given_up(bench, index, ROLE_PROXY, trouble))
        return adapter;
    adapter = pop(&place->warm);
    if (!adapter)
        adapter = bench_new_adapter(bench, index, trouble);
    if (adapter && adapter_greet(adapter, bench_patience(bench)) != ANSWER_OBSERVED) {
        *trouble = with_stderr(text_copy(adapter_trouble_peek(adapter)), adapter_process_peek(adapter));
        adapter_end(adapter);
        adapter = NULL;
    }
    note_start(place, ROLE_PROXY, adapter ? NULL : *trouble);
    return adapter;
}

void bench_return(struct bench *bench, size_t index, struct adapter *adapter, bool as_new)
{
    if (as_new)
        push(&bench->places[index].spare, adapter);
    else
        adapter_end(adapter);
}

/* --- managers --- */

static struct manager *start_manager(struct bench *bench, size_t index, bool xmlrpclib, char **trouble)
{
    struct manager_plan plan = {bench->plan.implementations[index],
                                bench->folder,
                                bench->plan.transport,
                                xmlrpclib,
                                bench->plan.trace,
                                nursery_of(bench, index)};
    return manager_start(&plan, trouble);
}

struct manager *bench_fresh_manager(struct bench *bench, size_t index, bool xmlrpclib, char **trouble)
{
    struct place *place = &bench->places[index];
    struct manager *manager = NULL;
    *trouble = NULL;
    if (given_up(bench, index, ROLE_MANAGER, trouble))
        return NULL;
    if (!xmlrpclib) {
        manager = place->warm_manager;
        place->warm_manager = NULL;
    }
    if (!manager)
        manager = start_manager(bench, index, xmlrpclib, trouble);
    if (manager && !manager_ready(manager, bench_patience(bench), trouble)) {
        *trouble = with_stderr(*trouble, manager_process_peek(manager));
        manager_end(manager);
        manager = NULL;
    }
    note_start(place, ROLE_MANAGER, manager ? NULL : *trouble);
    return manager;
}

struct manager *bench_manager(struct bench *bench, size_t index, bool xmlrpclib, char **trouble)
{
    struct shared_manager *shared = &bench->places[index].managers[xmlrpclib];
    *trouble = NULL;
    if (!shared->manager)
        shared->manager = bench_fresh_manager(bench, index, xmlrpclib, trouble);
    return shared->manager;
}

void bench_drop_manager(struct bench *bench, size_t index, bool xmlrpclib)
{
    struct shared_manager *shared = &bench->places[index].managers[xmlrpclib];
    manager_end(shared->manager);
    *shared = (struct shared_manager){0};
}

long *bench_baseline(struct bench *bench, size_t index, bool xmlrpclib)
{
    return &bench->places[index].managers[xmlrpclib].baseline;
}

void bench_warm(struct bench *bench, size_t index, enum role role)
{
    struct place *place = &bench->places[index];
    char *trouble = NULL;
    if (role == ROLE_PROXY && !place->warm.count && !place->failures[ROLE_PROXY]) {
        struct adapter *adapter = bench_new_adapter(bench, index, &trouble);
        if (adapter)
            push(&place->warm, adapter);
    } else if (role == ROLE_MANAGER && !place->warm_manager && !place->failures[ROLE_MANAGER]) {
        place->warm_manager = start_manager(bench, index, false, &trouble);
    }
    free(trouble); /* it will come again when the process is really needed */
}

/* --- the end --- */

struct complaints {
    bench_complaint *complain;
    void *context;
};

/* Passes a sentence (taken; NULL is none) on. */
static void complain_take(const struct complaints *to, size_t index, enum role role, char *sentence,
                          const struct process *process)
{
    if (!sentence)
        return;
    char *said = process_stderr(process);
    to->complain(to->context, index, role, sentence, said);
    free(said);
    free(sentence);
}

static void close_adapters(struct bench *bench, size_t index, struct adapters *adapters, const struct complaints *to)
{
    struct adapter *adapter;
    while ((adapter = pop(adapters))) {
        char *sentence = adapter_finish(adapter, bench_patience(bench));
        complain_take(to, index, ROLE_PROXY, sentence, adapter_process_peek(adapter));
        adapter_end(adapter);
    }
    free(adapters->list);
}

static void close_nursery(struct bench *bench, size_t index, const struct complaints *to)
{
    struct nursery *nursery = bench->places[index].nursery;
    if (nursery)
        complain_take(to, index, ROLE_MANAGER, nursery_finish(nursery, bench_patience(bench)),
                      nursery_process_peek(nursery));
    nursery_end(nursery);
}

static void close_manager(struct bench *bench, size_t index, struct manager *manager, const struct complaints *to)
{
    char *trouble = NULL;
    if (manager && manager_ready(manager, bench_patience(bench), &trouble))
        complain_take(to, index, ROLE_MANAGER, manager_finish(manager, bench_patience(bench)),
                      manager_process_peek(manager));
    free(trouble);
    manager_end(manager);
}

void bench_close(struct bench *bench, bench_complaint *complain, void *context)
{
    const struct complaints to = {complain, context};
    for (size_t i = 0; i < bench->plan.count; i++) {
        struct place *place = &bench->places[i];
        close_adapters(bench, i, &place->spare, &to);
        while (place->warm.count)
            adapter_end(pop(&place->warm)); /* never used: nothing to learn from it */
        free(place->warm.list);
        manager_end(place->warm_manager);
        close_manager(bench, i, place->managers[0].manager, &to);
        close_manager(bench, i, place->managers[1].manager, &to);
        close_nursery(bench, i, &to);
        free(place->trouble[ROLE_PROXY]);
        free(place->trouble[ROLE_MANAGER]);
    }
    place_remove(bench->folder); /* the next one of that name begins without its sockets */
    free(bench->folder);
    free(bench->places);
    free(bench);
}
