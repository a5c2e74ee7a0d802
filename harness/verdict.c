/* SPDX-License-Identifier: MIT */
/* Verdicts of single pairings. */
#include "harness/verdict.h"

#include <stdlib.h>
#include <string.h>

#include "harness/case.h"
#include "harness/implementation.h"
#include "harness/session.h"
#include "harness/text.h"

struct verdict_row {
    const char *word, *meaning;
    enum verdict_kind kind;
};

extern const struct verdict_row verdict_rows[];

const char *verdict_word(enum verdict verdict)
{
    return verdict_rows[verdict].word;
}

const char *verdict_meaning(enum verdict verdict)
{
    return verdict_rows[verdict].meaning;
}

enum verdict_kind verdict_kind(enum verdict verdict)
{
    return verdict_rows[verdict].kind;
}

enum verdict verdict_parse(const char *word)
{
    int i = 0;
    while (i < VERDICT_COUNT && strcmp(verdict_rows[i].word, word) != 0)
        i++;
    return (enum verdict)i;
}

/* --- the steps --- */

/* The expectation of one step; false if there is none. */
static bool expectation(const struct test_case *test, size_t i, const struct session *oracle, int version,
                        const char **line)
{
    *line = NULL;
    if (case_recorded(test, version))
        return case_expected(test, i, version, line) != EXPECT_UNRECORDED;
    if (!oracle || !oracle->steps[i].reached)
        return false;
    *line = oracle->steps[i].line;
    return true;
}

/* What is expected where the versions of the two roles disagree and neither was met. */
static char *either(const char *first, int version, const char *second, int other)
{
    char a[VERSION_TEXT], b[VERSION_TEXT];
    return text_format("%s [%s] or %s [%s]", first ? first : "no exception", version_format(version, a),
                       second ? second : "no exception", version_format(other, b));
}

static void compare_with_other(struct step_judgement *step, const char *second, const char *line,
                               const struct judging *how)
{
    const enum difference difference = compare_lines(second, line);
    if (difference < step->difference) {
        step->difference = difference;
        step->expected = second;
    } else if (difference == COMPARE_DIFFERENT && compare_lines(step->expected, second) != COMPARE_SAME) {
        step->both = either(step->expected, how->version, second, how->other);
        step->expected = step->both;
    }
}

static void compare_step(struct step_judgement *step, const struct test_case *test, size_t i,
                         const struct session *oracle, const struct session *session, const struct judging *how)
{
    const char *second = NULL;
    step->known = expectation(test, i, oracle, how->version, &step->expected);
    if (step->known && how->other != VERSION_NONE)
        step->known = expectation(test, i, NULL, how->other, &second);
    step->difference = COMPARE_DIFFERENT;
    if (!session->steps[i].reached || !step->known)
        return;
    step->difference = compare_lines(step->expected, session->steps[i].line);
    if (how->other != VERSION_NONE && step->difference != COMPARE_SAME)
        compare_with_other(step, second, session->steps[i].line, how);
}

/* Compares every step; returns the worst difference and sets judgement->first. */
static enum difference compare_steps(struct judgement *judgement, const struct test_case *test,
                                     const struct session *oracle, const struct session *session,
                                     const struct judging *how)
{
    enum difference worst = COMPARE_SAME;
    judgement->count = judgement->first = test->step_count;
    judgement->steps = text_calloc(test->step_count, sizeof *judgement->steps);
    for (size_t i = 0; i < test->step_count; i++) {
        struct step_judgement *step = &judgement->steps[i];
        compare_step(step, test, i, oracle, session, how);
        if (step->difference != COMPARE_SAME && judgement->first == test->step_count)
            judgement->first = i;
        if (step->difference > worst) {
            worst = step->difference;
            if (worst == COMPARE_DIFFERENT)
                judgement->first = i;
        }
    }
    return worst;
}

static void settle(struct judgement *judgement, enum verdict verdict, char *reason_taken)
{
    free(judgement->reason);
    judgement->verdict = verdict;
    judgement->reason = reason_taken;
}

/* --- leftovers --- */

/* A passing case that left other objects behind than it says: none, unless a defect leaves some, which the oracle must
 * have. */
static void judge_leftovers(struct judgement *judgement, const struct test_case *test, const struct session *session,
                            const struct judging *how, bool oracle)
{
    bool good = session->left == test->leaves || (!session->left && !oracle);
    if (!how->audit || good || verdict_kind(judgement->verdict) != VERDICT_GREEN)
        return;
    const enum verdict verdict = oracle ? VERDICT_QUARANTINED : VERDICT_FAIL;
    char *said = test->leaves ? text_format(", where the case says %ld", test->leaves) : text_copy("");
    settle(judgement, verdict,
           text_format("%ld objects more in the manager after the case than before%s", session->left, said));
    free(said);
}

/* --- the oracle --- */

void judge_outside(struct judgement *judgement, const struct test_case *test, int version)
{
    char a[VERSION_TEXT], b[VERSION_TEXT];
    *judgement = (struct judgement){0};
    settle(
        judgement, VERDICT_NOT_APPLICABLE,
        text_format("the case is for %s, not for %s", interval_format(test->versions, a), version_format(version, b)));
}

void judge_elsewhere(struct judgement *judgement, const struct test_case *test, const struct implementation *proxy,
                     const struct implementation *manager)
{
    bool client = test->peer == PEER_CLIENT;
    *judgement = (struct judgement){0};
    settle(judgement, VERDICT_NOT_APPLICABLE,
           text_format("the harness is the %s itself: the %s %s is judged once, in %s × %s",
                       client ? "client" : "server", client ? "manager" : "proxy", client ? manager->name : proxy->name,
                       proxy->name, manager->name));
}

void judge_barred(struct judgement *judgement, const char *why)
{
    *judgement = (struct judgement){0};
    settle(judgement, VERDICT_QUARANTINED, text_copy(why));
}

bool judge_bars_others(const struct judgement *judgement, const struct session *oracle, const struct test_case *test,
                       int version)
{
    return verdict_kind(judgement->verdict) != VERDICT_GREEN &&
           (oracle->end != SESSION_DONE || oracle->hung || case_recorded(test, version));
}

static void quarantine(struct judgement *judgement, const struct test_case *test, int version, const char *why)
{
    char text[VERSION_TEXT];
    settle(judgement, VERDICT_QUARANTINED,
           text_format("CPython %s %s: `mpconform record --check %s` tells more, `mpconform record %s` records anew",
                       version_format(version, text), why, test->id, test->id));
}

void judge_oracle(struct judgement *judgement, const struct test_case *test, const struct session *oracle,
                  const struct judging *how)
{
    *judgement = (struct judgement){0};
    enum difference worst = compare_steps(judgement, test, NULL, oracle, how);
    bool recorded = case_recorded(test, how->version);
    if (oracle->end == SESSION_NOT_APPLICABLE)
        settle(judgement, VERDICT_NOT_APPLICABLE, text_copy(oracle->reason));
    else if (oracle->end != SESSION_DONE)
        settle(judgement, VERDICT_QUARANTINED,
               text_format("the oracle itself could not run the case: %s", oracle->reason));
    else if (!recorded && oracle->hung)
        quarantine(judgement, test, how->version, "hangs in this case, which is not recorded");
    else if (!recorded && how->strict)
        quarantine(judgement, test, how->version, "was not recorded for this case");
    else if (!recorded)
        settle(judgement, VERDICT_PASS, text_copy("not recorded for this version: the live oracle is the expectation"));
    else if (worst == COMPARE_DIFFERENT)
        quarantine(judgement, test, how->version, "does not do what is recorded");
    else if (worst == COMPARE_WORDING && how->strict)
        quarantine(judgement, test, how->version, "words a message differently than recorded");
    else if (worst == COMPARE_WORDING)
        settle(judgement, VERDICT_WORDING, text_copy("the oracle words a message differently than recorded"));
    else
        settle(judgement, VERDICT_PASS, NULL);
    judge_leftovers(judgement, test, oracle, how, true);
}

/* --- everybody else --- */

/* What an end that is not DONE means; VERDICT_PASS for DONE. */
static enum verdict verdict_of_end(const struct session *session)
{
    static const enum verdict verdicts[] = {[SESSION_DONE] = VERDICT_PASS,
                                            [SESSION_NOT_APPLICABLE] = VERDICT_NOT_APPLICABLE,
                                            [SESSION_CRASH] = VERDICT_CRASH,
                                            [SESSION_BROKEN] = VERDICT_HARNESS_ERROR};
    return verdicts[session->end];
}

static const char *shown(const char *line)
{
    return line ? line : "no exception";
}

static char *difference_reason(const struct judgement *judgement, const struct test_case *test,
                               const struct session *session)
{
    size_t i = judgement->first;
    const struct step_judgement *step = &judgement->steps[i];
    if (!session->steps[i].reached)
        return text_format("line %zu was not reached", test->steps[i].line);
    if (!step->known)
        return text_format("line %zu: nothing is recorded to judge it by", test->steps[i].line);
    return text_format("line %zu: expected %s, observed %s", test->steps[i].line, shown(step->expected),
                       shown(session->steps[i].line));
}

/* Why the case allows party to differ: a sentence, new, or NULL. */
static char *allowance(const struct test_case *test, const struct implementation *party)
{
    for (size_t i = 0; i < test->allowance_count; i++)
        if (strcmp(test->allowances[i].implementation, party->kind) == 0)
            return text_format("%s may differ: %s", party->name, test->allowances[i].reason);
    if (party->ours)
        return NULL; /* it is meant to be as CPython: only by name may it differ */
    if (test->defect == DEFECT_FIX || test->defect == DEFECT_EITHER)
        return text_format("a defect of CPython (%s), which %s need not have",
                           test->tracker ? test->tracker : "untracked", party->name);
    if (test->level == LEVEL_ACCIDENT)
        return text_copy("an accident of one implementation: it gates nobody else");
    return NULL;
}

static char *allowed(const struct test_case *test, const struct implementation *proxy,
                     const struct implementation *manager)
{
    char *why = strcmp(proxy->kind, "cpython") != 0 ? allowance(test, proxy) : NULL;
    if (!why && strcmp(manager->kind, "cpython") != 0)
        why = allowance(test, manager);
    return why;
}

static void judge_difference(struct judgement *judgement, const struct test_case *test, const struct session *session,
                             const struct implementation *proxy, const struct implementation *manager)
{
    char *what = difference_reason(judgement, test, session), *why = allowed(test, proxy, manager);
    if (session->hung)
        settle(judgement, VERDICT_HANG, text_copy(what));
    else if (why)
        settle(judgement, VERDICT_ALLOWED, text_format("%s (%s)", what, why));
    else
        settle(judgement, VERDICT_FAIL, text_copy(what));
    free(what);
    free(why);
}

void judge_pairing(struct judgement *judgement, const struct test_case *test, const struct session *oracle,
                   const struct session *session, const struct implementation *proxy,
                   const struct implementation *manager, const struct judging *how)
{
    *judgement = (struct judgement){0};
    enum difference worst = compare_steps(judgement, test, oracle, session, how);
    if (session->end != SESSION_DONE)
        settle(judgement, verdict_of_end(session), text_copy(session->reason));
    else if ((!case_recorded(test, how->version) && !oracle) ||
             (how->other != VERSION_NONE && !case_recorded(test, how->other)))
        settle(judgement, VERDICT_QUARANTINED,
               text_copy("nothing is recorded for a version that is imitated, and there is no live oracle of it"));
    else if (worst == COMPARE_DIFFERENT)
        judge_difference(judgement, test, session, proxy, manager);
    else if (worst == COMPARE_WORDING && how->strict)
        judge_difference(judgement, test, session, proxy, manager);
    else if (worst == COMPARE_WORDING)
        settle(judgement, VERDICT_WORDING, difference_reason(judgement, test, session));
    else
        settle(judgement, VERDICT_PASS, NULL);
    judge_leftovers(judgement, test, session, how, false);
}

void judgement_clear(struct judgement *judgement)
{
    for (size_t i = 0; i < judgement->count; i++)
        free(judgement->steps[i].both);
    free(judgement->reason);
    free(judgement->steps);
    *judgement = (struct judgement){0};
}

/* --- table --- */

#define GREEN VERDICT_GREEN
#define RED VERDICT_RED
#define GRAY VERDICT_GRAY
const struct verdict_row verdict_rows[] = {
#define VERDICT(name, word, kind, meaning) {word, meaning, kind},
#include "harness/verdict.def"
#undef VERDICT
};
