/* SPDX-License-Identifier: MIT */
/* Judging: what was observed against what was recorded, and against what the live oracle did. */
#ifndef HARNESS_VERDICT_H
#define HARNESS_VERDICT_H

#include "harness/compare.h"

#include <stdbool.h>
#include <stddef.h>

struct implementation;
struct session;
struct test_case;

enum verdict {
#define VERDICT(name, word, kind, meaning) VERDICT_##name,
#include "harness/verdict.def"
#undef VERDICT
    VERDICT_COUNT
};

enum verdict_kind { VERDICT_GREEN, VERDICT_RED, VERDICT_GRAY };

const char *verdict_word(enum verdict verdict);
const char *verdict_meaning(enum verdict verdict);
enum verdict_kind verdict_kind(enum verdict verdict);
/* The verdict with that word; VERDICT_COUNT if there is none. */
enum verdict verdict_parse(const char *word);

/* How one step was judged. */
struct step_judgement {
    bool known;           /* there is an expectation */
    const char *expected; /* a line, borrowed from the case, from the oracle's session or from both; NULL: silence */
    char *both;           /* where two versions expect different lines and neither came: both, owned; else NULL */
    enum difference difference;
};

struct judgement {
    enum verdict verdict;
    char *reason; /* new, or NULL for a plain pass */
    struct step_judgement *steps;
    size_t count;
    size_t first; /* the first step that differs (or was not reached); count if none does */
};

/* How strictly. */
struct judging {
    int version; /* whose results apply */
    bool strict, audit;
    /* If the two roles imitate different versions: that of the other one.  Who of them makes a line what it is no
     * recording tells, so at each step the results of either apply.  VERSION_NONE: there is only one. */
    int other;
};

/* Judges the oracle itself: live against recorded.  Its verdict is PASS, WORDING, NOT_APPLICABLE or QUARANTINED. */
void judge_oracle(struct judgement *judgement, const struct test_case *test, const struct session *oracle,
                  const struct judging *how);

/* Judges a pairing by the recording, or, where version is not recorded, by the oracle's session (NULL: there is no live
 * oracle of that version). */
void judge_pairing(struct judgement *judgement, const struct test_case *test, const struct session *oracle,
                   const struct session *session, const struct implementation *proxy,
                   const struct implementation *manager, const struct judging *how);

/* The case is for other versions: not applicable, nothing was run. */
void judge_outside(struct judgement *judgement, const struct test_case *test, int version);

/* The harness itself is a peer, and judges the other one in the pairing proxy × manager: not applicable here, nothing
 * was run. */
void judge_elsewhere(struct judgement *judgement, const struct test_case *test, const struct implementation *proxy,
                     const struct implementation *manager);

/* Whether the oracle's judgement, not a green one, bars all others from being judged: without it they would be billed
 * for a fault of the suite.  A recording that is merely missing does not. */
bool judge_bars_others(const struct judgement *judgement, const struct session *oracle, const struct test_case *test,
                       int version);

/* In another group of pairings the oracle of a version that takes part here did not pass: so this says nothing.  why is
 * what was said of it there. */
void judge_barred(struct judgement *judgement, const char *why);

void judgement_clear(struct judgement *judgement);

#endif
