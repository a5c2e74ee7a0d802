/* SPDX-License-Identifier: MIT */
/* Judging single pairings, and blame across pairings. */
#include <stdlib.h>
#include <string.h>

#include "harness/blame.h"
#include "harness/implementation.h"
#include "harness/parse_case.h"
#include "harness/session.h"
#include "harness/test/unit.h"
#include "harness/text.h"
#include "harness/verdict.h"

#define HEADER "# A case.\n# clauses: CALL-1\n# level: documented\n"
#define STEPS                                                                                                          \
    "\n>>> l = manager.list()\n>>> l.pop()\n[3.8-3.11] raises IndexError('pop from empty list')\n[3.12] raises "       \
    "IndexError('empty')\n"
#define RECORDED "raises IndexError('pop from empty list')"
#define REWORDED "raises IndexError('nothing to pop')"

static struct implementation cpython = {.name = (char *)"cpython-3.8", .kind = (char *)"cpython", .ours = true},
                             yours = {.name = (char *)"yours", .kind = (char *)"yours"},
                             ref = {.name = (char *)"ref-3.8", .kind = (char *)"ref", .ours = true};

static struct test_case *parse(const char *text)
{
    struct problems problems = {0};
    struct test_case *test = parse_case("t/x", "t/x.case", text, strlen(text), &problems);
    CU_ASSERT_EQUAL(problems.count, 0);
    problems_print(&problems, stderr);
    problems_free(&problems);
    CU_ASSERT_PTR_NOT_NULL_FATAL(test);
    return test;
}

/* A session of two steps: the first is silent, the second shows line. */
struct two_steps {
    struct session session;
    struct step_observation steps[2];
    char line[100];
};

static struct session *session(struct two_steps *storage, const char *line)
{
    storage->steps[0] = (struct step_observation){true, NULL};
    snprintf(storage->line, sizeof storage->line, "%s", line ? line : "");
    storage->steps[1] = (struct step_observation){line != NULL, line ? storage->line : NULL};
    storage->session = (struct session){.steps = storage->steps, .count = 2};
    return &storage->session;
}

/* The verdict on proxy × manager, whose second step shows line. */
static enum verdict judged(const char *text, const struct session *observed, const struct session *oracle,
                           const struct implementation *proxy, struct judging how)
{
    struct judgement judgement;
    struct test_case *test = parse(text);
    judge_pairing(&judgement, test, oracle, observed, proxy, &cpython, &how);
    enum verdict verdict = judgement.verdict;
    CU_ASSERT_TRUE(verdict == VERDICT_PASS || judgement.reason);
    judgement_clear(&judgement);
    case_free(test);
    return verdict;
}

static enum verdict judged_line(const char *line, int version, bool strict)
{
    struct two_steps storage;
    return judged(HEADER STEPS, session(&storage, line), NULL, &yours,
                  (struct judging){version, strict, false, VERSION_NONE});
}

static void test_pass_and_fail(void)
{
    CU_ASSERT_EQUAL(judged_line(RECORDED, 308, true), VERDICT_PASS);
    CU_ASSERT_EQUAL(judged_line("raises IndexError('empty')", 312, true), VERDICT_PASS);
    CU_ASSERT_EQUAL(judged_line("raises ValueError('pop from empty list')", 308, false), VERDICT_FAIL);
    CU_ASSERT_EQUAL(judged_line("None", 308, false), VERDICT_FAIL);
}

static void test_wording(void)
{
    CU_ASSERT_EQUAL(judged_line(REWORDED, 308, false), VERDICT_WORDING);
    CU_ASSERT_EQUAL(judged_line(REWORDED, 308, true), VERDICT_FAIL);
}

static void test_unreached_is_no_pass(void)
{
    CU_ASSERT_EQUAL(judged_line(NULL, 308, false), VERDICT_FAIL);
}

static void test_unrecorded(void)
{
    struct two_steps a, b;
    const struct judging how = {313, false, false, VERSION_NONE};
    CU_ASSERT_EQUAL(judged_line(RECORDED, 313, false), VERDICT_QUARANTINED); /* no recording, no oracle */
    CU_ASSERT_EQUAL(judged(HEADER STEPS, session(&a, RECORDED), session(&b, RECORDED), &yours, how), VERDICT_PASS);
    CU_ASSERT_EQUAL(judged(HEADER STEPS, session(&a, "None"), session(&b, RECORDED), &yours, how), VERDICT_FAIL);
}

static void test_recording_outranks_oracle(void)
{
    struct two_steps a, b;
    CU_ASSERT_EQUAL(judged(HEADER STEPS, session(&a, RECORDED), session(&b, "None"), &yours,
                           (struct judging){308, false, false, VERSION_NONE}),
                    VERDICT_PASS);
}

static void test_ends(void)
{
    static const struct {
        enum session_end end;
        enum verdict verdict;
    } rows[] = {{SESSION_CRASH, VERDICT_CRASH},
                {SESSION_BROKEN, VERDICT_HARNESS_ERROR},
                {SESSION_NOT_APPLICABLE, VERDICT_NOT_APPLICABLE}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct two_steps storage;
        struct session *observed = session(&storage, RECORDED); /* right answers do not help */
        observed->end = rows[i].end;
        observed->reason = (char *)"because";
        CU_ASSERT_EQUAL(judged(HEADER STEPS, observed, NULL, &yours, (struct judging){308, false, false, VERSION_NONE}),
                        rows[i].verdict);
    }
}

static void test_hang(void)
{
    struct two_steps storage;
    struct session *observed = session(&storage, "hang");
    observed->hung = true;
    CU_ASSERT_EQUAL(judged(HEADER STEPS, observed, NULL, &yours, (struct judging){308, false, false, VERSION_NONE}),
                    VERDICT_HANG);
}

static void test_allowances(void)
{
    const struct judging how = {308, true, false, VERSION_NONE};
    struct two_steps storage;
    struct session *other = session(&storage, "None");
    const char *accident = "# A case.\n# clauses: CALL-1\n# level: accident\n" STEPS;
    const char *fix = "# A case.\n# clauses: CALL-1\n# level: known-defect\n# defect: gh-99595 either\n" STEPS;
    const char *fix_by_name = "# A case.\n# clauses: CALL-1\n# level: known-defect\n# defect: either\n"
                              "# differs: ref: it is right\n" STEPS;
    const char *imitate = "# A case.\n# clauses: CALL-1\n# level: known-defect\n# defect: gh-99595 imitate\n" STEPS;
    const char *differs = HEADER "# differs: ref: it is small\n" STEPS;
    CU_ASSERT_EQUAL(judged(accident, other, NULL, &yours, how), VERDICT_ALLOWED);
    CU_ASSERT_EQUAL(judged(accident, other, NULL, &ref, how), VERDICT_FAIL);
    CU_ASSERT_EQUAL(judged(accident, other, NULL, &cpython, how), VERDICT_FAIL);
    CU_ASSERT_EQUAL(judged(fix, other, NULL, &yours, how), VERDICT_ALLOWED);
    CU_ASSERT_EQUAL(judged(fix, other, NULL, &ref, how), VERDICT_FAIL); /* what is ours differs by name only */
    CU_ASSERT_EQUAL(judged(fix_by_name, other, NULL, &ref, how), VERDICT_ALLOWED);
    CU_ASSERT_EQUAL(judged(imitate, other, NULL, &yours, how), VERDICT_FAIL);
    CU_ASSERT_EQUAL(judged(differs, other, NULL, &ref, how), VERDICT_ALLOWED);
    CU_ASSERT_EQUAL(judged(differs, other, NULL, &yours, how), VERDICT_FAIL);
}

/* The roles imitate 3.8 and another version. */
static enum verdict judged_with(const char *line, int other, bool strict)
{
    struct two_steps storage;
    return judged(HEADER STEPS, session(&storage, line), NULL, &yours, (struct judging){308, strict, false, other});
}

static void test_two_versions(void)
{
    CU_ASSERT_EQUAL(judged_with(RECORDED, 312, true), VERDICT_PASS); /* what 3.8 shows */
    CU_ASSERT_EQUAL(judged_with("raises IndexError('empty')", 312, true), VERDICT_PASS);
    CU_ASSERT_EQUAL(judged_with("raises IndexError('empty')", 309, true), VERDICT_FAIL); /* neither 3.8 nor 3.9 */
    CU_ASSERT_EQUAL(judged_with(REWORDED, 312, false), VERDICT_WORDING);
    CU_ASSERT_EQUAL(judged_with(REWORDED, 312, true), VERDICT_FAIL);
    CU_ASSERT_EQUAL(judged_with("None", 312, false), VERDICT_FAIL);
    CU_ASSERT_EQUAL(judged_with(NULL, 312, false), VERDICT_FAIL);
    CU_ASSERT_EQUAL(judged_with(RECORDED, 313, false), VERDICT_QUARANTINED); /* the other one is not recorded */
}

static void test_two_versions_are_shown(void)
{
    struct two_steps storage;
    struct judgement judgement;
    struct test_case *test = parse(HEADER STEPS);
    judge_pairing(&judgement, test, NULL, session(&storage, "None"), &yours, &cpython,
                  &(struct judging){308, false, false, 312});
    CU_ASSERT_STRING_EQUAL(judgement.steps[1].expected, RECORDED " [3.8] or raises IndexError('empty') [3.12]");
    judgement_clear(&judgement);
    judge_pairing(&judgement, test, NULL, session(&storage, "None"), &yours, &cpython,
                  &(struct judging){308, false, false, 309});
    CU_ASSERT_STRING_EQUAL(judgement.steps[1].expected, RECORDED);
    judgement_clear(&judgement);
    judge_barred(&judgement, "because");
    CU_ASSERT_EQUAL(judgement.verdict, VERDICT_QUARANTINED);
    CU_ASSERT_STRING_EQUAL(judgement.reason, "because");
    judgement_clear(&judgement);
    case_free(test);
}

static void test_leftovers(void)
{
    struct two_steps storage;
    struct session *observed = session(&storage, RECORDED);
    observed->left = 1;
    CU_ASSERT_EQUAL(judged(HEADER STEPS, observed, NULL, &yours, (struct judging){308, true, false, VERSION_NONE}),
                    VERDICT_PASS);
    CU_ASSERT_EQUAL(judged(HEADER STEPS, observed, NULL, &yours, (struct judging){308, true, true, VERSION_NONE}),
                    VERDICT_FAIL);
}

/* What a defect leaves is no failure, nor that nothing is left; any other number is. */
static void test_declared_leftovers(void)
{
    static const char text[] = "# A case.\n# clauses: CALL-1\n# level: known-defect\n# defect: gh-1 either\n"
                               "# leaves: 2 lists\n" STEPS;
    static const struct {
        long left;
        enum verdict own, oracle;
    } rows[] = {{0, VERDICT_PASS, VERDICT_QUARANTINED},
                {1, VERDICT_FAIL, VERDICT_QUARANTINED},
                {2, VERDICT_PASS, VERDICT_PASS},
                {3, VERDICT_FAIL, VERDICT_QUARANTINED}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct two_steps storage;
        struct judgement judgement;
        struct session *observed = session(&storage, RECORDED);
        struct test_case *test = parse(text);
        const struct judging how = {308, true, true, VERSION_NONE};
        observed->left = rows[i].left;
        CU_ASSERT_EQUAL(judged(text, observed, NULL, &yours, how), rows[i].own);
        judge_oracle(&judgement, test, observed, &how);
        CU_ASSERT_EQUAL(judgement.verdict, rows[i].oracle);
        judgement_clear(&judgement);
        case_free(test);
    }
}

static enum verdict judged_oracle(const char *line, int version, bool strict, enum session_end end, bool *bars)
{
    struct two_steps storage;
    struct judgement judgement;
    struct test_case *test = parse(HEADER STEPS);
    struct session *oracle = session(&storage, line);
    oracle->end = end;
    oracle->reason = (char *)"because";
    judge_oracle(&judgement, test, oracle, &(struct judging){version, strict, false, VERSION_NONE});
    enum verdict verdict = judgement.verdict;
    *bars = judge_bars_others(&judgement, oracle, test, version);
    judgement_clear(&judgement);
    case_free(test);
    return verdict;
}

static void test_oracle(void)
{
    bool bars;
    CU_ASSERT_EQUAL(judged_oracle(RECORDED, 308, true, SESSION_DONE, &bars), VERDICT_PASS);
    CU_ASSERT_FALSE(bars);
    CU_ASSERT_EQUAL(judged_oracle("None", 308, false, SESSION_DONE, &bars), VERDICT_QUARANTINED);
    CU_ASSERT_TRUE(bars);
    CU_ASSERT_EQUAL(judged_oracle(REWORDED, 308, false, SESSION_DONE, &bars), VERDICT_WORDING);
    CU_ASSERT_FALSE(bars);
    CU_ASSERT_EQUAL(judged_oracle(REWORDED, 308, true, SESSION_DONE, &bars), VERDICT_QUARANTINED);
    CU_ASSERT_TRUE(bars);
    CU_ASSERT_EQUAL(judged_oracle(RECORDED, 308, false, SESSION_CRASH, &bars), VERDICT_QUARANTINED);
    CU_ASSERT_TRUE(bars);
    CU_ASSERT_EQUAL(judged_oracle(RECORDED, 313, false, SESSION_DONE, &bars), VERDICT_PASS); /* not recorded */
    CU_ASSERT_FALSE(bars);
    CU_ASSERT_EQUAL(judged_oracle(RECORDED, 313, true, SESSION_DONE, &bars), VERDICT_QUARANTINED);
    CU_ASSERT_FALSE(bars); /* the live oracle serves as the expectation of the others */
}

static void test_words(void)
{
    for (int i = 0; i < VERDICT_COUNT; i++)
        CU_ASSERT_EQUAL(verdict_parse(verdict_word((enum verdict)i)), (enum verdict)i);
    CU_ASSERT_EQUAL(verdict_parse("green"), VERDICT_COUNT);
    CU_ASSERT_EQUAL(verdict_kind(VERDICT_NOT_APPLICABLE), VERDICT_GRAY);
    CU_ASSERT_EQUAL(verdict_kind(VERDICT_UNEXPECTED_PASS), VERDICT_RED);
}

/* --- blame: four pairings of cpython (c) and yours (y), 'P' passes, 'F' fails, 'Q' quarantined, '-' not applicable ---
 */

static void blames(const char *cc_yc_cy_yy, size_t index, const char *part)
{
    struct blame_party parties[4] = {
        {"cpython", "cpython", 0}, {"yours", "cpython", 0}, {"cpython", "yours", 0}, {"yours", "yours", 0}};
    for (size_t i = 0; i < 4; i++) {
        char c = cc_yc_cy_yy[i];
        parties[i].verdict = c == 'P'   ? VERDICT_PASS
                             : c == 'F' ? VERDICT_FAIL
                             : c == 'Q' ? VERDICT_QUARANTINED
                                        : VERDICT_NOT_APPLICABLE;
    }
    char *sentence = blame_sentence(parties, 4, index);
    CU_ASSERT_PTR_NOT_NULL(strstr(sentence, part));
    if (!strstr(sentence, part))
        printf("# %s: '%s' lacks '%s'\n", cc_yc_cy_yy, sentence, part);
    free(sentence);
}

/* A matrix of results: one line for each proxy, one letter for each manager, "PPF PPF FFF"; the implementations are a,
 * b, c and so on, each in both roles.  Letters as above; K: a known failure, U: an unexpected pass, ~: flaky. */
static void matrix_blames(const char *matrix, size_t proxy, size_t manager, const char *part)
{
    static const char *const names[] = {"a", "b", "c", "d", "e"};
    static const char letters[] = "PFQ-KU~";
    static const enum verdict verdicts[] = {VERDICT_PASS,           VERDICT_FAIL,          VERDICT_QUARANTINED,
                                            VERDICT_NOT_APPLICABLE, VERDICT_KNOWN_FAILURE, VERDICT_UNEXPECTED_PASS,
                                            VERDICT_FLAKY};
    struct blame_party parties[25];
    size_t count = 0, row = 0, column = 0, index = 0;
    for (const char *at = matrix; *at; at++) {
        if (*at == ' ') {
            row++;
            column = 0;
            continue;
        }
        if (row == proxy && column == manager)
            index = count;
        parties[count++] = (struct blame_party){names[row], names[column++], verdicts[strchr(letters, *at) - letters]};
    }
    char *sentence = blame_sentence(parties, count, index);
    CU_ASSERT_PTR_NOT_NULL(strstr(sentence, part));
    if (!strstr(sentence, part))
        fprintf(stderr, "%s, %zu × %zu: %s\n", matrix, proxy, manager, sentence);
    free(sentence);
}

static void test_blame(void)
{
    blames("PPFF", 2, "manager yours at fault: fails with two proxies, both of which pass elsewhere");
    blames("PPFF", 3, "manager yours at fault");
    blames("PFPF", 1, "proxy yours at fault: fails with two managers, both of which pass elsewhere");
    blames("PF-F", 3,
           "proxy yours at fault: fails with 2 managers, one of which passes elsewhere"); /* manager yours: no other
                                                                                             result */
    blames("PP-F", 3, "undecided: manager yours was tried with no other proxy, and proxy yours passes with another");
    blames("P-F-", 2, "manager yours at fault: fails with the only proxy tried"); /* cpython passes with itself */
    matrix_blames("P-P -P- --F", 2, 2, "undecided: proxy c was tried with no other manager");
    blames("PPPF", 3, "only together");
    blames("PFFF", 1, "proxy yours suspected: manager cpython passes");
    blames("PFFF", 2, "manager yours suspected: proxy cpython passes");
    blames("PFFF", 3, "undecided");
    blames("QQQQ", 1, "the suite at fault");
    blames("FFFF", 3, "undecided");
}

static void test_blame_of_one_among_many(void)
{
    for (size_t i = 0; i < 3; i++) {
        matrix_blames("PPF PPF PPF", i, 2, "manager c at fault: fails with 3 proxies, 3 of which pass elsewhere");
        matrix_blames("PPP PPP FFF", 2, i, "proxy c at fault: fails with 3 managers, 3 of which pass elsewhere");
    }
    matrix_blames("PPPPF PPPPF PPPPF PPPPF PPPPF", 4, 4, "manager e at fault: fails with 5 proxies, 5 of which");
    matrix_blames("PPF -PF P-F", 1, 2, "manager c at fault: fails with 3 proxies, 3 of which");
    matrix_blames("PPF PPF --F", 2, 2, "manager c at fault: fails with 3 proxies, 2 of which"); /* proxy c: untried */
    matrix_blames("PFF PFF PFF", 0, 1, "manager b at fault: fails with 3 proxies, 3 of which");
    matrix_blames("PFF PFF PFF", 0, 2, "manager c at fault: fails with 3 proxies, 3 of which");
}

/* As matrix_blames takes them. */
struct blame_expected {
    const char *matrix;
    size_t proxy, manager;
    const char *part;
};

static void all_blame(const struct blame_expected *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        matrix_blames(rows[i].matrix, rows[i].proxy, rows[i].manager, rows[i].part);
}

static void test_blame_of_both(void)
{
    static const struct blame_expected rows[] = {
        {"PPF PPF FFF", 0, 2, "manager c at fault: fails with 3 proxies, 2 of which pass elsewhere"},
        {"PPF PPF FFF", 2, 1, "proxy c at fault: fails with 3 managers, 2 of which pass elsewhere"},
        {"PPF PPF FFF", 2, 2, "both at fault: proxy c at fault: "},
        {"PPF PPF FFF", 2, 2, "; manager c at fault: "},
        {"PFP FFF PFP", 0, 1, "manager b at fault"}, /* proxy b and manager b */
        {"PFP FFF PFP", 1, 0, "proxy b at fault"},
        {"PPF FFF PPF", 0, 2, "manager c at fault"}, /* proxy b and manager c */
        {"PPF FFF PPF", 1, 2, "both at fault"},
    };
    all_blame(rows, sizeof rows / sizeof *rows);
}

static void test_blame_of_either(void)
{
    static const struct blame_expected rows[] = {
        {"PPP PPP PPF", 2, 2, "only together: proxy c and manager c each pass with another partner"},
        {"PFP PPP PPP", 0, 1, "only together: proxy a and manager b"},
        {"PFF FFF FFF", 0, 1, "manager b suspected: proxy a passes with another manager"},
        {"PFF FFF FFF", 1, 0, "proxy b suspected: manager a passes with another proxy"},
        {"PFF FFF FFF", 1, 2, "undecided: neither party passes anywhere"},
        {"FFF FFF FFF", 0, 0, "undecided"},
        {"PFP PPF PPP", 0, 1, "only together"},
    };
    all_blame(rows, sizeof rows / sizeof *rows);
}

static void test_what_counts_for_blame(void)
{
    matrix_blames("PPF PPK PPF", 0, 2, "fails with 3 proxies, 3 of which"); /* a known failure is one */
    matrix_blames("PPF PPU PPF", 0, 2, "only together");                    /* and an unexpected pass a pass */
    matrix_blames("PPF PP~ PP~", 0, 2, "manager c at fault: fails with the only proxy tried");
    matrix_blames("QQQ QQQ QQF", 2, 2, "undecided");
    matrix_blames("PPQ PPF PPF", 0, 2, "the suite at fault");
    matrix_blames("PPQ PPF PPF", 1, 2, "manager c at fault: fails with two proxies, both of which");
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"pass and fail by the version's line", test_pass_and_fail},
        {"wording", test_wording},
        {"a step that was not reached is no pass", test_unreached_is_no_pass},
        {"without a recording the oracle is the expectation", test_unrecorded},
        {"the recording outranks the oracle", test_recording_outranks_oracle},
        {"how a session ended outranks what it showed", test_ends},
        {"a hang", test_hang},
        {"what a case allows", test_allowances},
        {"where the roles imitate two versions, either's line will do", test_two_versions},
        {"both lines are shown where neither came", test_two_versions_are_shown},
        {"objects left behind", test_leftovers},
        {"objects that a defect leaves behind", test_declared_leftovers},
        {"the oracle is judged by the recording", test_oracle},
        {"words of verdicts", test_words},
        {"blame", test_blame},
        {"blame of one among many", test_blame_of_one_among_many},
        {"blame of both", test_blame_of_both},
        {"blame of either", test_blame_of_either},
        {"what counts for blame", test_what_counts_for_blame},
        CU_TEST_INFO_NULL,
    };
    return unit_main("verdict", tests);
}
