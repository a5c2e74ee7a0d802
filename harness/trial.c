/* SPDX-License-Identifier: MIT */
/* Trials: a case is run, judged and counted, once or repeatedly. */
#include "harness/trial.h"

#include <stdbool.h>
#include <stdlib.h>

#include "harness/attach.h"
#include "harness/bench.h"
#include "harness/event.h"
#include "harness/implementation.h"
#include "harness/known.h"
#include "harness/pool.h"
#include "harness/setup.h"
#include "harness/text.h"

static bool is_oracle(const struct trials *trials)
{
    const struct group *group = setup_group(trials->setup, trials->pairing);
    return group->live && trials->pairing == group->first;
}

static void try_once(const struct trials *trials, struct trial *trial)
{
    const struct setup *setup = trials->setup;
    const struct pairing *roles = &setup->pairings[trials->pairing];
    struct pairing_roles both = {(const struct implementation *const *)setup->implementations, roles->proxy,
                                 roles->manager};
    trace_begin(bench_trace_peek(trials->bench));
    session_run(&trial->session, trials->bench, &both, trials->test);
    trace_finish(bench_trace_peek(trials->bench), &trial->log);
    if (is_oracle(trials))
        judge_oracle(&trial->judgement, trials->test, &trial->session, &trials->how);
    else
        judge_pairing(&trial->judgement, trials->test, trials->oracle ? &trials->oracle->session : NULL,
                      &trial->session, setup->implementations[roles->proxy], setup->implementations[roles->manager],
                      &trials->how);
}

void trial_clear(struct trial *trial)
{
    judgement_clear(&trial->judgement);
    session_clear(&trial->session);
    trace_log_clear(&trial->log);
}

static json_t *trial_event(const struct trials *trials, const struct trial *trial)
{
    return event_result(trials->setup, trials->index, trials->test, trials->pairing, &trial->session,
                        &trial->judgement);
}

static bool is_red(const struct trial *trial)
{
    return verdict_kind(trial->judgement.verdict) == VERDICT_RED;
}

/* Counts a failure by what it showed. */
static void count_failure(json_t *prints, const struct trials *trials, const struct trial *trial)
{
    json_t *event = trial_event(trials, trial);
    char *print = known_fingerprint(event);
    json_object_set_new(prints, print, json_integer(1 + json_integer_value(json_object_get(prints, print))));
    free(print);
    json_decref(event);
}

/* Tries so many times more.  The trial that stays is the first red one: whatever the others were, it is not taken back.
 * What was measured, new. */
static json_t *try_again(const struct trials *trials, struct trial *trial, long more)
{
    json_t *prints = json_object();
    long failures = is_red(trial);
    if (failures)
        count_failure(prints, trials, trial);
    for (long i = 0; i < more; i++) {
        struct trial next;
        try_once(trials, &next);
        if (is_red(&next)) {
            count_failure(prints, trials, &next);
            if (failures++ == 0) {
                const struct trial passed = *trial;
                *trial = next;
                next = passed;
            }
        }
        trial_clear(&next);
    }
    return json_pack("{s:I, s:I, s:o}", "runs", (json_int_t)more + 1, "failures", (json_int_t)failures, "fingerprints",
                     prints);
}

/* A transcript, if the result is to have one. */
static void attach(const struct trials *trials, const struct trial *trial, json_t *event)
{
    const struct trial *oracle = trials->oracle;
    const bool traced = bench_trace_peek(trials->bench) != NULL;
    attach_transcript(trials->attach, event,
                      &(const struct attach_result){.test = trials->test,
                                                    .case_index = trials->index,
                                                    .pairing = trials->pairing,
                                                    .session = &trial->session,
                                                    .log = traced ? &trial->log : NULL,
                                                    .judgement = &trial->judgement,
                                                    .how = trials->how,
                                                    .is_oracle = is_oracle(trials),
                                                    .oracle = oracle ? &oracle->session : NULL,
                                                    .oracle_log = oracle ? &oracle->log : NULL});
}

void trial_run(const struct trials *trials, struct trial *trial, struct pool_line *line)
{
    const long repeat = trials->repeat;
    try_once(trials, trial);
    json_t *measured = repeat ? try_again(trials, trial, repeat - 1) : NULL;
    json_t *event = trial_event(trials, trial);
    if (measured && is_red(trial)) {
        char *reason = text_format("%lld of %ld runs failed; the first: %s",
                                   (long long)json_integer_value(json_object_get(measured, "failures")), repeat,
                                   trial->judgement.reason ? trial->judgement.reason : "");
        json_object_set_new(event, "reason", event_text(reason));
        free(reason);
    }
    if (measured)
        json_object_set_new(event, "measured", measured);
    attach(trials, trial, event);
    pool_send_take(line, event);
}
