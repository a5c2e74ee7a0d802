/* SPDX-License-Identifier: MIT */
/* The checks before the cases. */
#include "harness/checks.h"

#include <stdlib.h>

#include "harness/event.h"
#include "harness/honesty.h"
#include "harness/options.h"
#include "harness/pool.h"
#include "harness/results.h"
#include "harness/setup.h"
#include "harness/terminal.h"
#include "harness/text.h"

struct checks {
    const struct setup *setup;
    const struct options *options;
    struct results *results;
    char *(*unusable)[2]; /* by implementation and role: why it is not to be started, or NULL */
};

/* In the worker. */
struct checker {
    const struct checks *checks;
    struct bench *bench;
    struct pool_line *line;
};

struct checks *checks_new(const struct setup *setup, const struct options *options)
{
    struct checks *checks = text_calloc(1, sizeof *checks);
    checks->setup = setup;
    checks->options = options;
    checks->unusable = text_calloc(setup->count, sizeof *checks->unusable);
    return checks;
}

/* --- in the worker --- */

static void *open_checker(void *context, unsigned number)
{
    struct checker *checker = text_calloc(1, sizeof *checker);
    checker->checks = context;
    /* A folder that no worker of the run will have. */
    const unsigned place = (unsigned)setup_workers(checker->checks->setup, checker->checks->options) + number;
    checker->bench = setup_bench(checker->checks->setup, checker->checks->options, place, NULL);
    return checker;
}

static void tell(void *context, size_t implementation, enum role role, bool red, const char *sentence)
{
    const struct checker *checker = context;
    char *subject = setup_subject(checker->checks->setup, implementation, role);
    pool_send_take(checker->line,
                   red ? event_failure(FAILURE_CLAIM, subject, sentence, "") : event_note(subject, sentence));
    free(subject);
}

static void give_up(void *context, size_t implementation, enum role role, const char *trouble)
{
    const struct checker *checker = context;
    pool_send_take(checker->line, event_give_up(implementation, role, trouble));
}

static void check(void *opaque, size_t job, struct pool_line *line)
{
    struct checker *checker = opaque;
    const struct honesty_listener listener = {checker, tell, give_up};
    (void)job;
    checker->line = line;
    honesty_check(checker->checks->setup, checker->bench, &listener);
}

static void complain(void *context, size_t implementation, enum role role, const char *sentence,
                     const char *stderr_text)
{
    const struct checker *checker = context;
    pool_send_take(checker->line, setup_complaint(checker->checks->setup, implementation, role, sentence, stderr_text));
}

static void close_checker(void *opaque, struct pool_line *line)
{
    struct checker *checker = opaque;
    checker->line = line;
    bench_close(checker->bench, complain, checker);
    free(checker);
}

/* --- in the parent --- */

static void receive(void *opaque, const json_t *event)
{
    struct checks *checks = opaque;
    const size_t implementation = (size_t)json_integer_value(json_object_get(event, "implementation"));
    const char *trouble = json_string_value(json_object_get(event, "trouble"));
    if (!trouble) {
        results_receive(checks->results, event);
    } else if (implementation < checks->setup->count) {
        char **place = &checks->unusable[implementation][json_integer_value(json_object_get(event, "role"))];
        free(*place);
        *place = text_copy(trouble);
    }
}

static void tick(void *opaque)
{
    const struct checks *checks = opaque;
    terminal_progress(checks->results);
}

bool checks_run(struct checks *checks, struct results *results, struct pool_result *outcome)
{
    const struct pool_work work = {.context = checks,
                                   .jobs = 1,
                                   .workers = 1,
                                   .spread = checks->options->spread,
                                   .open = open_checker,
                                   .job = check,
                                   .close = close_checker,
                                   .receive = receive,
                                   .tick = tick};
    *outcome = (struct pool_result){0};
    checks->results = results;
    if (checks->options->validate)
        pool_run(&work, outcome);
    return !outcome->signal && !outcome->died;
}

void checks_apply(const struct checks *checks, struct bench *bench)
{
    for (size_t i = 0; i < checks->setup->count; i++)
        for (int role = ROLE_PROXY; role <= ROLE_MANAGER; role++)
            if (checks->unusable[i][role])
                bench_give_up(bench, i, (enum role)role, checks->unusable[i][role]);
}

void checks_free(struct checks *checks)
{
    for (size_t i = 0; i < checks->setup->count; i++) {
        free(checks->unusable[i][ROLE_PROXY]);
        free(checks->unusable[i][ROLE_MANAGER]);
    }
    free(checks->unusable);
    free(checks);
}
