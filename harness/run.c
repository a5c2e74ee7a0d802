/* SPDX-License-Identifier: MIT */
/* `mpconform run`: every selected case on every pairing, the oracle first.  `mpconform matrix` runs them so, too, on
 * other pairings. */
#include "harness/run.h"

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "harness/attach.h"
#include "harness/case.h"
#include "harness/checks.h"
#include "harness/chosen.h"
#include "harness/event.h"
#include "harness/failed_from.h"
#include "harness/implementation.h"
#include "harness/known.h"
#include "harness/options.h"
#include "harness/place.h"
#include "harness/pool.h"
#include "harness/problems.h"
#include "harness/program.h"
#include "harness/report.h"
#include "harness/results.h"
#include "harness/setup.h"
#include "harness/terminal.h"
#include "harness/text.h"
#include "harness/trace.h"
#include "harness/trial.h"

/* What all workers and the parent share. */
struct job_context {
    const struct setup *setup;
    const struct options *options;
    const struct selection *selection;
    const struct group *group; /* that runs */
    struct results results;    /* with all that came of earlier groups */
    const char *shard_from;    /* who said which shard this is, or NULL */
    struct known *known;
    struct attach_budget *budget;
    struct checks *checks;
    size_t *order;  /* of the cases: those that wait first */
    size_t waiting; /* so many */
};

struct worker_state {
    const struct job_context *context;
    struct bench *bench;
    struct trace *trace; /* of the bench, with --trace; else NULL */
    struct attach *attach;
    struct pool_line *line;
};

/* --- in the worker --- */

static void *open_worker(void *context, unsigned number)
{
    struct worker_state *state = text_calloc(1, sizeof *state);
    state->context = context;
    const struct setup *setup = state->context->setup;
    const struct group *group = state->context->group;
    state->trace = state->context->options->trace ? trace_new() : NULL;
    state->bench = setup_bench(setup, state->context->options, number, state->trace);
    state->attach = attach_new(setup, state->context->options, state->context->known, state->context->budget, number);
    checks_apply(state->context->checks, state->bench);
    for (size_t i = group->first; i < group->first + group->count; i++) {
        bench_warm(state->bench, setup->pairings[i].proxy, ROLE_PROXY);
        bench_warm(state->bench, setup->pairings[i].manager, ROLE_MANAGER);
    }
    return state;
}

static void complain(void *context, size_t implementation, enum role role, const char *sentence,
                     const char *stderr_text)
{
    const struct worker_state *state = context;
    pool_send_take(state->line, setup_complaint(state->context->setup, implementation, role, sentence, stderr_text));
}

static void close_worker(void *opaque, struct pool_line *line)
{
    struct worker_state *state = opaque;
    state->line = line;
    bench_close(state->bench, complain, state);
    attach_free(state->attach);
    trace_free(state->trace);
    free(state);
}

/* If the case is judged in another pairing than k: tells so.  False if not. */
static bool done_elsewhere(const struct worker_state *state, size_t index, size_t k, struct pool_line *line)
{
    const struct setup *setup = state->context->setup;
    const struct test_case *test = state->context->selection->cases[index];
    const struct pairing *there = &setup->pairings[setup_judging(setup, k, test->peer)];
    struct judgement judgement;
    if (there == &setup->pairings[k])
        return false;
    judge_elsewhere(&judgement, test, setup->implementations[there->proxy], setup->implementations[there->manager]);
    pool_send_take(line, event_result(setup, index, test, k, NULL, &judgement));
    judgement_clear(&judgement);
    return true;
}

/* What the oracle of this version said of the case in an earlier group, if that bars it from being judged; else NULL.
 */
static const char *barred_by(const struct worker_state *state, size_t index, int version)
{
    const struct setup *setup = state->context->setup;
    for (const struct group *group = setup->groups; group != state->context->group; group++) {
        const json_t *event = group->live ? results_event(&state->context->results, index, group->first) : NULL;
        if (group->version == version && event && verdict_kind(results_verdict(event)) == VERDICT_RED)
            return results_text(event, "reason");
    }
    return NULL;
}

static bool is_outside(const struct test_case *test, const struct judging *how, int *version)
{
    *version = interval_contains(test->versions, how->version) ? how->other : how->version;
    return *version != VERSION_NONE && !interval_contains(test->versions, *version);
}

/* The verdict of a case that is not to be run on this pairing: it is for other versions, or the oracle of one that is
 * imitated did not pass.  False if it is to be run. */
static bool not_to_run(const struct worker_state *state, size_t index, const struct judging *how,
                       struct judgement *judgement)
{
    const struct test_case *test = state->context->selection->cases[index];
    int outside;
    const char *why = barred_by(state, index, how->version);
    why = why ? why : barred_by(state, index, how->other);
    if (is_outside(test, how, &outside))
        judge_outside(judgement, test, outside);
    else if (why)
        judge_barred(judgement, why);
    else
        return false;
    return true;
}

/* Judges pairing k after running it; the oracle's trial is NULL without a live one. */
static void do_pairing(const struct worker_state *state, size_t index, size_t k, const struct trial *oracle,
                       struct pool_line *line)
{
    const struct setup *setup = state->context->setup;
    const struct test_case *test = state->context->selection->cases[index];
    int versions[2];
    struct judgement judgement;
    setup_versions(setup, k, test->peer, versions);
    const struct judging how = {versions[0], state->context->options->strict, state->context->options->audit,
                                versions[1]};
    if (not_to_run(state, index, &how, &judgement)) {
        pool_send_take(line, event_result(setup, index, test, k, NULL, &judgement));
        judgement_clear(&judgement);
        return;
    }
    const struct trials trials = {setup,
                                  state->bench,
                                  test,
                                  index,
                                  k,
                                  how.version == state->context->group->version ? oracle : NULL,
                                  how,
                                  state->context->options->repeat,
                                  state->attach};
    struct trial trial;
    trial_run(&trials, &trial, line);
    trial_clear(&trial);
}

/* The same verdict for all pairings of the group but the oracle's, without running them. */
static void settle_others(const struct worker_state *state, size_t index, const struct judgement *oracle,
                          struct pool_line *line)
{
    const struct setup *setup = state->context->setup;
    const struct group *group = state->context->group;
    for (size_t k = group->first + 1; k < group->first + group->count; k++)
        if (!done_elsewhere(state, index, k, line))
            pool_send_take(line, event_result(setup, index, state->context->selection->cases[index], k, NULL, oracle));
}

static void do_case(void *opaque, size_t job, struct pool_line *line)
{
    const struct worker_state *state = opaque;
    const struct setup *setup = state->context->setup;
    const struct group *group = state->context->group;
    const size_t index = state->context->order[job];
    const struct test_case *test = state->context->selection->cases[index];
    const struct judging how = {group->version, state->context->options->strict, state->context->options->audit,
                                VERSION_NONE};
    const struct trials trials = {
        setup, state->bench, test, index, group->first, NULL, how, state->context->options->repeat, state->attach};
    struct trial trial = {0};
    bool usable = true, ran = group->live && interval_contains(test->versions, how.version);
    if (ran) {
        trial_run(&trials, &trial, line);
        usable = !judge_bars_others(&trial.judgement, &trial.session, test, how.version);
    } else if (group->live) {
        judge_outside(&trial.judgement, test, how.version);
        pool_send_take(line, event_result(setup, index, test, group->first, NULL, &trial.judgement));
    }
    for (size_t k = group->first + group->live; usable && k < group->first + group->count; k++)
        if (!done_elsewhere(state, index, k, line))
            do_pairing(state, index, k, ran ? &trial : NULL, line);
    if (!usable)
        settle_others(state, index, &trial.judgement, line);
    if (ran)
        trial_clear(&trial);
    else
        judgement_clear(&trial.judgement);
}

/* --- in the parent --- */

/* What waits for time to pass, or for processes to start: meanwhile the processors have room for others. */
static bool waits(const struct test_case *test)
{
    for (size_t i = 0; i < test->step_count; i++)
        if (test->steps[i].prompt == PROMPT_HOLD)
            return true;
    return test->fresh || test->client_count > 1;
}

/* Those that wait come first. */
static size_t *make_order(const struct selection *selection, size_t *waiting)
{
    size_t *order = text_calloc(selection->count + 1, sizeof *order), placed = 0;
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < selection->count; i++)
            if (waits(selection->cases[i]) == (round == 0))
                order[placed++] = i;
        *waiting = round == 0 ? placed : *waiting;
    }
    return order;
}

static void receive(void *opaque, const json_t *event)
{
    struct job_context *context = opaque;
    results_receive(&context->results, event);
}

static void tick(void *opaque)
{
    struct job_context *context = opaque;
    terminal_progress(&context->results);
}

/* Writes the lists of known failures anew, if that is asked for and all results are there. */
static bool mend(const struct job_context *context, const struct pool_result *outcome)
{
    if (!context->options->mend_known || outcome->signal || outcome->died)
        return true;
    json_t *events = json_array();
    for (size_t i = 0; i < context->results.tally.planned; i++)
        json_array_append(events, context->results.events[i]);
    int files = known_mend(context->known, events);
    json_decref(events);
    if (files >= 0)
        fprintf(stderr, "%d file%s of known failures written anew\n", files, files == 1 ? "" : "s");
    return files >= 0;
}

/* Runs all groups, one after the other, until one is interrupted or loses a worker. */
static void run_groups(struct job_context *context, struct pool_result *outcome)
{
    const struct setup *setup = context->setup;
    const struct pool_work work = {.context = context,
                                   .jobs = context->selection->count,
                                   .waiting = context->waiting,
                                   .workers = setup_workers(context->setup, context->options),
                                   .spread = context->options->spread,
                                   .open = open_worker,
                                   .job = do_case,
                                   .close = close_worker,
                                   .receive = receive,
                                   .tick = tick};
    *outcome = (struct pool_result){0};
    for (size_t i = 0; i < setup->group_count && !outcome->signal && !outcome->died; i++) {
        context->group = &setup->groups[i];
        pool_run(&work, outcome);
    }
}

static int run_all(struct job_context *context, const struct run_plan *plan, const char *folder)
{
    struct results *results = &context->results;
    struct pool_result outcome;
    int status =
        results_open(results, context->setup, context->options, context->selection, context->known, NULL, folder);
    if (status == 0) {
        terminal_begin(results, context->shard_from);
        if (checks_run(context->checks, results, &outcome))
            run_groups(context, &outcome);
        if (outcome.died)
            results_worker_died(results, outcome.died);
        results_close(results, outcome.signal);
        bool written = report_write_all(results, folder);
        terminal_end(results, folder);
        status = written && mend(context, &outcome) ? results_status(results) : STATUS_CANNOT_RUN;
        if (outcome.signal)
            status = -outcome.signal;
        else if (plan->finish)
            status = plan->finish(results, folder, status);
    }
    results_free(results);
    return status;
}

/* The lists that the command line names, and those that the implementations bring. */
static int load_known(struct known *known, const struct corpus *corpus, const struct options *options,
                      const struct setup *setup)
{
    struct problems problems = {0};
    if (options->mend_known && !options->known.count)
        problems_add(&problems, NULL, 0, 0, "--mend-known needs --known FILE");
    for (size_t i = 0; i < options->known.count; i++)
        known_load(known, options->known.list[i], corpus, &problems);
    for (size_t i = 0; i < setup->count; i++)
        if (setup->implementations[i]->known)
            known_load(known, setup->implementations[i]->known, corpus, &problems);
    return program_report_problems(&problems);
}

int run_cases(const struct options *options, const struct run_plan *plan)
{
    struct corpus corpus;
    struct chosen chosen = {0};
    struct setup setup = {0};
    struct known known = {0};
    const char *folder = options->report ? options->report : place_reports_peek();
    if (!options->failed_from)
        report_remove(folder); /* whatever happens now, no older report may be taken for this run's */
    int status = program_load_corpus(&corpus, options);
    if (status == 0)
        status = chosen_make(&chosen, &corpus, options);
    if (status == 0)
        status = plan->make(&setup, options);
    if (status == 0)
        status = load_known(&known, &corpus, options, &setup);
    if (status == 0 && options->failed_from && !failed_from_covers(&chosen.report, &chosen.selection, &setup))
        status = STATUS_USAGE;
    if (status == 0) {
        struct job_context context = {.setup = &setup,
                                      .options = &chosen.options,
                                      .selection = &chosen.selection,
                                      .shard_from = chosen.shard.from,
                                      .known = &known,
                                      .budget = attach_budget_new(),
                                      .checks = checks_new(&setup, &chosen.options)};
        context.order = make_order(&chosen.selection, &context.waiting);
        report_remove(folder); /* the one that was read, too */
        known_expect(&known, &chosen.selection, &setup, &chosen.options);
        status = run_all(&context, plan, folder);
        free(context.order);
        attach_budget_free(context.budget);
        checks_free(context.checks);
    }
    setup_free(&setup);
    known_free(&known);
    chosen_free(&chosen);
    corpus_free(&corpus);
    if (status < 0)
        raise(-status); /* all is tidy: end as the signal demands */
    return status < 0 ? STATUS_CANNOT_RUN : status;
}

int command_run(const struct options *options)
{
    static const struct run_plan plan = {setup_make, NULL};
    return run_cases(options, &plan);
}
