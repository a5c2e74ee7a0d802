/* SPDX-License-Identifier: MIT */
/* `mpconform explain CASE`: one case on the selected pairings with the wire traced, as text. */
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/again.h"
#include "harness/case.h"
#include "harness/corpus.h"
#include "harness/event.h"
#include "harness/implementation.h"
#include "harness/options.h"
#include "harness/pool.h"
#include "harness/problems.h"
#include "harness/program.h"
#include "harness/select.h"
#include "harness/session.h"
#include "harness/setup.h"
#include "harness/text.h"
#include "harness/trace.h"
#include "harness/traced.h"
#include "harness/transcript.h"
#include "harness/verdict.h"

/* One pairing's session. */
struct outcome {
    bool ran;
    struct session session;
    struct trace_log log;
    struct judgement judgement;
    char *name; /* "cpython × ref" */
};

struct explaining {
    const struct setup *setup;
    const struct options *options;
    const struct test_case *test;
    struct traced *traced;    /* the worker's */
    struct outcome *outcomes; /* the worker's, by pairing */
    size_t passed, failed;    /* the parent's */
    bool said;                /* the parent heard the last word */
};

/* ---- in the worker: the sessions */

static struct judging judging_of(const struct explaining *explaining, size_t k)
{
    int versions[2];
    setup_versions(explaining->setup, k, explaining->test->peer, versions);
    return (struct judging){versions[0], explaining->options->strict, explaining->options->audit, versions[1]};
}

static bool is_oracle(const struct explaining *explaining, size_t k)
{
    const struct group *group = setup_group(explaining->setup, k);
    return group->live && k == group->first;
}

/* The oracle's outcome, by which pairing k is judged; NULL if there is none. */
static const struct outcome *oracle_of(const struct explaining *explaining, size_t k)
{
    const struct group *group = setup_group(explaining->setup, k);
    const struct outcome *oracle = &explaining->outcomes[group->first];
    return group->live && k != group->first && oracle->ran && judging_of(explaining, k).version == group->version
               ? oracle
               : NULL;
}

/* CPython itself does not pass: nobody else is judged. */
static bool barred(const struct explaining *explaining, size_t k)
{
    const struct group *group = setup_group(explaining->setup, k);
    const struct outcome *oracle = &explaining->outcomes[group->first];
    return group->live && k != group->first && oracle->ran &&
           judge_bars_others(&oracle->judgement, &oracle->session, explaining->test, group->version);
}

static void run_one(struct explaining *explaining, size_t k)
{
    const struct setup *setup = explaining->setup;
    const struct test_case *test = explaining->test;
    const struct pairing *roles = &setup->pairings[k], *there = &setup->pairings[setup_judging(setup, k, test->peer)];
    const struct judging how = judging_of(explaining, k);
    struct outcome *outcome = &explaining->outcomes[k];
    const struct outcome *oracle = oracle_of(explaining, k);
    if (there != roles) {
        judge_elsewhere(&outcome->judgement, test, setup->implementations[there->proxy],
                        setup->implementations[there->manager]);
        return;
    }
    if (!interval_contains(test->versions, how.version) ||
        (how.other != VERSION_NONE && !interval_contains(test->versions, how.other))) {
        judge_outside(&outcome->judgement, test, how.version);
        return;
    }
    if (barred(explaining, k)) {
        outcome->judgement = (struct judgement){
            .verdict = VERDICT_QUARANTINED,
            .reason = text_copy(explaining->outcomes[setup_group(setup, k)->first].judgement.reason)};
        return;
    }
    traced_run(explaining->traced, k, test, &outcome->session, &outcome->log);
    outcome->ran = true;
    if (is_oracle(explaining, k))
        judge_oracle(&outcome->judgement, test, &outcome->session, &how);
    else
        judge_pairing(&outcome->judgement, test, oracle ? &oracle->session : NULL, &outcome->session,
                      setup->implementations[roles->proxy], setup->implementations[roles->manager], &how);
}

static bool is_red(const struct outcome *outcome)
{
    return verdict_kind(outcome->judgement.verdict) == VERDICT_RED;
}

/* ---- in the worker: which pairings are shown */

/* Whether the command line names pairing k, or a raw case on a pairing whose judge is k. */
static bool is_named(const struct explaining *explaining, size_t k)
{
    const struct setup *setup = explaining->setup;
    for (size_t i = 0; i < setup->pairing_count; i++) {
        char *name = text_format("%s,%s", setup->implementations[setup->pairings[i].proxy]->name,
                                 setup->implementations[setup->pairings[i].manager]->name);
        bool named = false;
        for (size_t j = 0; j < explaining->options->pairings.count; j++)
            named = named || strcmp(explaining->options->pairings.list[j], name) == 0;
        free(name);
        if (named && setup_judging(setup, i, explaining->test->peer) == k)
            return true;
    }
    return false;
}

static bool any_red(const struct explaining *explaining)
{
    for (size_t k = 0; k < explaining->setup->pairing_count; k++)
        if (is_red(&explaining->outcomes[k]))
            return true;
    return false;
}

/* What is named; without names what failed, or else the first. */
static bool is_shown(const struct explaining *explaining, size_t k)
{
    if (explaining->options->pairings.count)
        return is_named(explaining, k);
    return any_red(explaining) ? is_red(&explaining->outcomes[k]) : k == 0;
}

/* ---- in the worker: the text */

static void put_verdict(struct text *out, const struct outcome *outcome)
{
    const struct judgement *judgement = &outcome->judgement;
    text_printf(out, "%s%s%s\n", verdict_word(judgement->verdict), judgement->reason ? ": " : "",
                judgement->reason ? judgement->reason : "");
}

static void put_head(struct text *out, const struct explaining *explaining)
{
    const struct setup *setup = explaining->setup;
    const struct test_case *test = explaining->test;
    text_printf(out, "%s: %s\n", test->id, test->title);
    text_printf(out, "  file      %s\n", test->path);
    if (setup->live)
        text_printf(out, "  oracle    CPython %s (%s)\n", setup->release, setup->python);
    else
        text_printf(out, "  oracle    the recordings of CPython %s\n", setup->compat);
    for (size_t k = 0; k < setup->pairing_count; k++) {
        text_printf(out, "  %s %s: ", k ? "         " : "verdicts ", explaining->outcomes[k].name);
        put_verdict(out, &explaining->outcomes[k]);
    }
}

static void put_stderr(struct text *out, const char *whose, const char *said)
{
    if (!said || !*said)
        return;
    text_printf(out, "standard error of the %s\n", whose);
    while (*said) {
        size_t length = strcspn(said, "\n");
        text_printf(out, "  | %.*s\n", (int)length, said);
        said += length + (said[length] == '\n');
    }
}

static void put_one(struct text *out, const struct explaining *explaining, size_t k)
{
    struct outcome *outcome = &explaining->outcomes[k];
    const struct outcome *oracle = oracle_of(explaining, k);
    char *again = again_command("run", explaining->setup, explaining->options, explaining->test->id, k);
    text_printf(out, "\n=== %s: ", outcome->name);
    put_verdict(out, outcome);
    if (outcome->ran)
        transcript_write(out,
                         &(struct transcript){.test = explaining->test,
                                              .judged = {outcome->name, &outcome->session, &outcome->log},
                                              .oracle = {oracle ? oracle->name : NULL, oracle ? &oracle->session : NULL,
                                                         oracle ? &oracle->log : NULL},
                                              .judgement = &outcome->judgement,
                                              .version = judging_of(explaining, k).version});
    put_stderr(out, "proxy", outcome->session.proxy_stderr);
    put_stderr(out, "manager", outcome->session.manager_stderr);
    text_printf(out, "again     %s\n", again);
    free(again);
}

/* One event for the parent: all of the text, and the counts. */
static void send_all(const struct explaining *explaining, struct pool_line *line)
{
    struct text out = {0};
    size_t passed = 0, failed = 0;
    put_head(&out, explaining);
    for (size_t k = 0; k < explaining->setup->pairing_count; k++) {
        passed += verdict_kind(explaining->outcomes[k].judgement.verdict) == VERDICT_GREEN;
        failed += is_red(&explaining->outcomes[k]);
        if (is_shown(explaining, k))
            put_one(&out, explaining, k);
    }
    pool_send_take(line, json_pack("{s:o, s:I, s:I}", "text", event_text(text_peek(&out)), "passed", (json_int_t)passed,
                                   "failed", (json_int_t)failed));
    text_clear(&out);
}

static void *open_worker(void *context, unsigned number)
{
    struct explaining *explaining = context;
    explaining->traced = traced_new(explaining->setup, explaining->options, number);
    return explaining;
}

static void do_all(void *opaque, size_t job, struct pool_line *line)
{
    struct explaining *explaining = opaque;
    const struct setup *setup = explaining->setup;
    (void)job;
    explaining->outcomes = text_calloc(setup->pairing_count, sizeof *explaining->outcomes);
    for (size_t k = 0; k < setup->pairing_count; k++) {
        explaining->outcomes[k].name = text_format("%s × %s", setup->implementations[setup->pairings[k].proxy]->name,
                                                   setup->implementations[setup->pairings[k].manager]->name);
        run_one(explaining, k);
    }
    send_all(explaining, line);
    for (size_t k = 0; k < setup->pairing_count; k++) {
        struct outcome *outcome = &explaining->outcomes[k];
        judgement_clear(&outcome->judgement);
        session_clear(&outcome->session);
        trace_log_clear(&outcome->log);
        free(outcome->name);
    }
    free(explaining->outcomes);
}

static void close_worker(void *opaque, struct pool_line *line)
{
    struct explaining *explaining = opaque;
    (void)line;
    traced_free(explaining->traced);
}

/* ---- in the parent */

static void receive(void *opaque, const json_t *event)
{
    struct explaining *explaining = opaque;
    explaining->said = true;
    explaining->passed = (size_t)json_integer_value(json_object_get(event, "passed"));
    explaining->failed = (size_t)json_integer_value(json_object_get(event, "failed"));
    fputs(json_string_value(json_object_get(event, "text")), stdout);
}

static void tick(void *opaque)
{
    (void)opaque;
}

static int explain(const struct setup *setup, const struct options *options, const struct test_case *test)
{
    struct explaining explaining = {.setup = setup, .options = options, .test = test};
    const struct pool_work work = {.context = &explaining,
                                   .jobs = 1,
                                   .workers = 1,
                                   .spread = options->spread,
                                   .open = open_worker,
                                   .job = do_all,
                                   .close = close_worker,
                                   .receive = receive,
                                   .tick = tick};
    struct pool_result result;
    pool_run(&work, &result);
    if (result.signal)
        return -result.signal;
    if (!explaining.said || result.died) {
        fprintf(stderr, "mpconform: a worker of mpconform itself died\n");
        return STATUS_CANNOT_RUN;
    }
    return explaining.failed || !explaining.passed ? STATUS_NOT_CONFORMING : STATUS_CONFORMING;
}

/* Exactly one case. */
static int choose(struct selection *selection, struct corpus *corpus, const struct options *options)
{
    struct problems problems = {0};
    int status = 0;
    if (!options->selectors.count) {
        fprintf(stderr, "mpconform: explain wants a case: `mpconform list` lists them\n");
        return STATUS_USAGE;
    }
    if (!select_cases(selection, corpus, options->selectors.list, options->selectors.count, &problems)) {
        problems_print(&problems, stderr);
        status = STATUS_USAGE;
    } else if (selection->count != 1) {
        fprintf(stderr, "mpconform: explain wants one case, and %zu are selected: `mpconform list` lists them\n",
                selection->count);
        status = STATUS_USAGE;
    }
    problems_free(&problems);
    return status;
}

int command_explain(const struct options *options)
{
    struct corpus corpus;
    struct selection selection = {0};
    struct setup setup = {0};
    int status = program_load_corpus(&corpus, options);
    if (status == 0)
        status = choose(&selection, &corpus, options);
    if (status == 0)
        status = setup_make(&setup, options);
    if (status == 0)
        status = explain(&setup, options, selection.cases[0]);
    setup_free(&setup);
    select_free(&selection);
    corpus_free(&corpus);
    if (status < 0)
        raise(-status); /* all is tidy: end as the signal demands */
    return status < 0 ? STATUS_CANNOT_RUN : status;
}
