/* SPDX-License-Identifier: MIT */
/* Transcripts for the results of a run. */
#include "harness/attach.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "harness/again.h"
#include "harness/case.h"
#include "harness/event.h"
#include "harness/implementation.h"
#include "harness/known.h"
#include "harness/options.h"
#include "harness/results.h"
#include "harness/session.h"
#include "harness/setup.h"
#include "harness/text.h"
#include "harness/traced.h"
#include "harness/transcript.h"

struct attach_budget {
    atomic_uint traced, hung;
};

struct attach {
    const struct setup *setup;
    const struct options *options;
    struct known *known;
    struct attach_budget *budget;
    unsigned worker;
    struct traced *traced; /* NULL before the first */
    /* The oracle's traced session of the last case, for all pairings that fail. */
    const struct test_case *test;
    size_t pairing; /* the oracle's own */
    struct session oracle;
    struct trace_log oracle_log;
};

/* ---- budget */

struct attach_budget *attach_budget_new(void)
{
    struct attach_budget *budget =
        mmap(NULL, sizeof *budget, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (budget == MAP_FAILED) {
        perror("mpconform");
        exit(STATUS_CANNOT_RUN);
    }
    atomic_init(&budget->traced, 0);
    atomic_init(&budget->hung, 0);
    return budget;
}

void attach_budget_free(struct attach_budget *budget)
{
    munmap(budget, sizeof *budget);
}

/* Takes one from what is left of a number. */
static bool take(atomic_uint *used, unsigned most)
{
    return atomic_fetch_add(used, 1) < most;
}

/* ---- life */

struct attach *attach_new(const struct setup *setup, const struct options *options, struct known *known,
                          struct attach_budget *budget, unsigned worker)
{
    struct attach *attach = text_calloc(1, sizeof *attach);
    *attach = (struct attach){.setup = setup, .options = options, .known = known, .budget = budget, .worker = worker};
    return attach;
}

static void forget_oracle(struct attach *attach)
{
    if (!attach->test)
        return;
    session_clear(&attach->oracle);
    trace_log_clear(&attach->oracle_log);
    attach->test = NULL;
}

void attach_free(struct attach *attach)
{
    forget_oracle(attach);
    traced_free(attach->traced);
    free(attach);
}

/* ---- the second run */

static char *pairing_name(const struct setup *setup, size_t k)
{
    return text_format("%s × %s", setup->implementations[setup->pairings[k].proxy]->name,
                       setup->implementations[setup->pairings[k].manager]->name);
}

/* The oracle's session, traced; run once for all that fails of a case. */
static void trace_oracle(struct attach *attach, const struct test_case *test, size_t pairing)
{
    if (attach->test == test && attach->pairing == pairing)
        return;
    forget_oracle(attach);
    attach->test = test;
    attach->pairing = pairing;
    traced_run(attach->traced, pairing, test, &attach->oracle, &attach->oracle_log);
}

/* Whether two events show the same failure. */
static bool same_failure(const json_t *a, const json_t *b)
{
    char *x = known_fingerprint(a), *y = known_fingerprint(b);
    bool same = !strcmp(results_text(a, "verdict"), results_text(b, "verdict")) && !strcmp(x, y);
    free(x);
    free(y);
    return same;
}

static void write_comparison(struct text *out, const json_t *first, const json_t *second)
{
    const char *reason = results_text(second, "reason");
    text_puts(out, "Run once more, with the wire traced; the verdict is that of the first run.  ");
    if (same_failure(first, second))
        text_puts(out, "The second run showed the same.\n");
    else
        text_printf(out, "The second run showed something else: %s%s%s\n", results_text(second, "verdict"),
                    *reason ? ": " : "", reason);
}

static void run_again(struct attach *attach, const json_t *event, const struct attach_result *result, struct text *out)
{
    const struct setup *setup = attach->setup;
    struct session session;
    struct trace_log log;
    struct judgement judgement;
    const size_t first = setup_group(setup, result->pairing)->first;
    bool compare = result->oracle && !result->is_oracle;
    if (!attach->traced)
        attach->traced = traced_new(setup, attach->options, attach->worker);
    if (compare)
        trace_oracle(attach, result->test, first);
    traced_run(attach->traced, result->pairing, result->test, &session, &log);
    if (result->is_oracle)
        judge_oracle(&judgement, result->test, &session, &result->how);
    else
        judge_pairing(&judgement, result->test, result->oracle, &session,
                      setup->implementations[setup->pairings[result->pairing].proxy],
                      setup->implementations[setup->pairings[result->pairing].manager], &result->how);
    if (session.hung && !result->session->hung)
        take(&attach->budget->hung, ATTACH_HUNG_MAX);
    json_t *second = event_result(setup, result->case_index, result->test, result->pairing, &session, &judgement);
    char *name = pairing_name(setup, result->pairing), *oracle = pairing_name(setup, first);
    write_comparison(out, event, second);
    transcript_write(out, &(struct transcript){
                              .test = result->test,
                              .judged = {name, &session, &log},
                              .oracle = {oracle, compare ? &attach->oracle : NULL, &attach->oracle_log},
                              .judgement = &judgement,
                              .version = result->how.version,
                          });
    free(name);
    free(oracle);
    json_decref(second);
    judgement_clear(&judgement);
    session_clear(&session);
    trace_log_clear(&log);
}

/* ---- which results */

/* The verdict as it will be when the lists of known failures have had their say. */
static bool is_red(struct attach *attach, const json_t *event)
{
    json_t *copy = json_deep_copy(event);
    char *fingerprint = known_fingerprint(event);
    json_object_set_new(copy, "fingerprint", json_string(fingerprint));
    free(fingerprint);
    known_apply(attach->known, copy);
    bool red = verdict_kind(results_verdict(copy)) == VERDICT_RED;
    json_decref(copy);
    return red;
}

static void write_first(struct attach *attach, const struct attach_result *result, struct text *out)
{
    char *name = pairing_name(attach->setup, result->pairing),
         *oracle = pairing_name(attach->setup, setup_group(attach->setup, result->pairing)->first);
    transcript_write(out, &(struct transcript){
                              .test = result->test,
                              .judged = {name, result->session, result->log},
                              .oracle = {oracle, result->is_oracle ? NULL : result->oracle, result->oracle_log},
                              .judgement = result->judgement,
                              .version = result->how.version,
                          });
    free(name);
    free(oracle);
}

static void write_why_not(struct text *out, unsigned most, const char *what)
{
    text_printf(out,
                "Not run once more: the %u %s of this run that came first were.  `mpconform explain` shows this "
                "one.\n",
                most, what);
}

static void set_take(json_t *event, struct text *out)
{
    if (out->length > ATTACH_LENGTH) {
        size_t left = out->length - ATTACH_LENGTH, at = ATTACH_LENGTH;
        while (at && out->bytes[at - 1] != '\n')
            at--;
        out->bytes[out->length = at] = '\0';
        text_printf(out, "… cut off here, %zu bytes before its end: `mpconform explain` shows all of it\n", left);
    }
    json_object_set_new(event, "transcript", event_text(text_peek(out)));
    text_clear(out);
}

void attach_transcript(struct attach *attach, json_t *event, const struct attach_result *result)
{
    struct text out = {0};
    if (result->log)
        write_first(attach, result, &out);
    else if (!is_red(attach, event))
        return;
    else if (result->session->hung && !take(&attach->budget->hung, ATTACH_HUNG_MAX))
        write_why_not(&out, ATTACH_HUNG_MAX, "hangs");
    else if (!take(&attach->budget->traced, ATTACH_MAX))
        write_why_not(&out, ATTACH_MAX, "failures");
    else
        run_again(attach, event, result, &out);
    set_take(event, &out);
}
