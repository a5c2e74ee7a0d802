/* SPDX-License-Identifier: MIT */
/* `mpconform record`: runs cases on every CPython found, on both sides, and writes what was observed into the case
 * files.
 *
 * Each case runs twice per version, the second time in the opposite order, so with other neighbours: a line that is not
 * the same both times is not recorded and is an error.  Nothing is written for a version in which the case could not be
 * run. */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/canonical.h"
#include "harness/case.h"
#include "harness/event.h"
#include "harness/options.h"
#include "harness/place.h"
#include "harness/pool.h"
#include "harness/problems.h"
#include "harness/process.h"
#include "harness/program.h"
#include "harness/pythons.h"
#include "harness/select.h"
#include "harness/session.h"
#include "harness/setup.h"
#include "harness/text.h"
#include "harness/write_case.h"

#define RUNS 2

/* What one version showed: an event per run and case, or NULL. */
struct observed {
    int version;
    char *release;
    json_t **events; /* run * cases + case */
};

struct recorder {
    const struct options *options;
    const struct selection *selection;
    struct setup setup;        /* of the version that is running */
    struct observed *observed; /* by version, ascending */
    size_t versions;
    struct observed *current;
    size_t errors, changed, written;
};

/* --- in the worker --- */

struct record_worker {
    const struct recorder *recorder;
    struct bench *bench;
};

static void *open_worker(void *context, unsigned number)
{
    struct record_worker *worker = text_calloc(1, sizeof *worker);
    worker->recorder = context;
    worker->bench = setup_bench(&worker->recorder->setup, worker->recorder->options, number, NULL);
    bench_warm(worker->bench, 0, ROLE_PROXY);
    bench_warm(worker->bench, 0, ROLE_MANAGER);
    return worker;
}

static void ignore_complaint(void *context, size_t implementation, enum role role, const char *sentence,
                             const char *stderr_text)
{
    (void)context, (void)implementation, (void)role, (void)sentence, (void)stderr_text;
}

static void close_worker(void *opaque, struct pool_line *line)
{
    struct record_worker *worker = opaque;
    (void)line;
    bench_close(worker->bench, ignore_complaint, NULL);
    free(worker);
}

/* Why the session cannot be recorded: a sentence, new, or NULL. */
static char *obstacle(const struct session *session, const struct test_case *test)
{
    if (session->end != SESSION_DONE)
        return text_copy(session->reason);
    for (size_t i = 0; i < session->count; i++)
        if (!session->steps[i].reached)
            return text_format("line %zu was not reached: the step before it hung", test->steps[i].line);
    return NULL;
}

static void do_job(void *opaque, size_t job, struct pool_line *line)
{
    const struct record_worker *worker = opaque;
    const struct recorder *recorder = worker->recorder;
    size_t count = recorder->selection->count, run = job / count, index = run ? count - 1 - job % count : job;
    const struct test_case *test = recorder->selection->cases[index];
    struct pairing_roles roles = {(const struct implementation *const *)recorder->setup.implementations, 0, 0};
    struct session session;
    if (!interval_contains(test->versions, recorder->setup.version))
        return;
    session_run(&session, worker->bench, &roles, test);
    json_t *lines = json_array(), *event = json_pack("{s:I, s:I}", "case", (json_int_t)index, "run", (json_int_t)run);
    char *trouble = obstacle(&session, test);
    for (size_t i = 0; i < session.count; i++)
        json_array_append_new(lines, session.steps[i].line ? event_text(session.steps[i].line) : json_null());
    json_object_set_new(event, "lines", lines);
    if (trouble)
        json_object_set_new(event, "trouble", event_text(trouble));
    free(trouble);
    session_clear(&session);
    pool_send_take(line, event);
}

/* --- in the parent --- */

static void receive(void *opaque, const json_t *event)
{
    struct recorder *recorder = opaque;
    size_t index = (size_t)json_integer_value(json_object_get(event, "case")),
           run = (size_t)json_integer_value(json_object_get(event, "run"));
    recorder->current->events[run * recorder->selection->count + index] = json_deep_copy(event);
}

static void tick(void *opaque)
{
    (void)opaque;
}

/* Runs everything on one interpreter.  0, an exit status, or minus a signal. */
static int observe(struct recorder *recorder, const struct python *python)
{
    struct pool_result outcome = {0};
    struct observed *current = &recorder->observed[recorder->versions];
    int status = setup_make_oracle(&recorder->setup, recorder->options, python->path);
    if (status == 0) {
        *current = (struct observed){python->version, text_copy(python->release), NULL};
        current->events = text_calloc(RUNS * recorder->selection->count, sizeof(json_t *));
        recorder->versions++;
        recorder->current = current;
        long long began = process_now();
        const struct pool_work work = {.context = recorder,
                                       .jobs = RUNS * recorder->selection->count,
                                       .workers = setup_workers(&recorder->setup, recorder->options),
                                       .spread = recorder->options->spread,
                                       .open = open_worker,
                                       .job = do_job,
                                       .close = close_worker,
                                       .receive = receive,
                                       .tick = tick};
        pool_run(&work, &outcome);
        fprintf(stderr, "CPython %s: %.1f s\n", python->release, (double)(process_now() - began) / 1000);
        if (outcome.died)
            status = STATUS_CANNOT_RUN;
    }
    setup_free(&recorder->setup);
    return outcome.signal ? -outcome.signal : status;
}

static void complain(struct recorder *recorder, const struct test_case *test, size_t line,
                     const struct observed *observed, const char *what)
{
    recorder->errors++;
    printf("%s:%zu: CPython %s: %s\n", test->path, line, observed->release, what);
}

/* True if both runs showed the same; says so otherwise. */
static bool is_stable(struct recorder *recorder, const struct observed *observed, size_t index)
{
    const struct test_case *test = recorder->selection->cases[index];
    json_t *lines[RUNS];
    for (size_t run = 0; run < RUNS; run++) {
        json_t *event = observed->events[run * recorder->selection->count + index];
        const char *trouble = json_string_value(json_object_get(event, "trouble"));
        if (!event || trouble) {
            complain(recorder, test, 1, observed, trouble ? trouble : "no result");
            return false;
        }
        lines[run] = json_object_get(event, "lines");
    }
    for (size_t i = 0; i < test->step_count; i++) {
        if (json_equal(json_array_get(lines[0], i), json_array_get(lines[1], i)))
            continue;
        const char *first = json_string_value(json_array_get(lines[0], i)),
                   *second = json_string_value(json_array_get(lines[1], i));
        char *what = text_format("unstable, not recorded: %s and then %s", first ? first : "no exception",
                                 second ? second : "no exception");
        complain(recorder, test, test->steps[i].line, observed, what);
        free(what);
        return false;
    }
    return true;
}

/* Fills list in with the lines of the first run, borrowed. */
static void borrow_lines(const struct recorder *recorder, const struct observed *observed, size_t index,
                         const char **list)
{
    json_t *lines = json_object_get(observed->events[index], "lines");
    for (size_t i = 0; i < recorder->selection->cases[index]->step_count; i++)
        list[i] = json_string_value(json_array_get(lines, i));
}

/* For --check: every line that is not what is recorded. */
static void print_differences(const struct test_case *test, const struct recording *recording)
{
    char version[VERSION_TEXT];
    for (size_t i = 0; i < test->step_count; i++) {
        const char *expected = NULL, *seen = recording->lines[i];
        enum expectation kind = case_expected(test, i, recording->version, &expected);
        bool same = kind == EXPECT_UNRECORDED ? false
                    : expected && seen        ? strcmp(expected, seen) == 0
                                              : !expected && !seen;
        if (same)
            continue;
        printf("%s:%zu: CPython %s: recorded %s, now %s\n", test->path, test->steps[i].line,
               version_format(recording->version, version),
               kind == EXPECT_UNRECORDED ? "nothing"
               : expected                ? expected
                                         : "no exception",
               seen ? seen : "no exception");
    }
}

static void write_file(struct recorder *recorder, const struct test_case *test, const char *text)
{
    char *now = place_read(test->path);
    if (!now || strcmp(now, test->text) != 0) {
        recorder->errors++;
        printf("%s: changed while it was recorded: record it again\n", test->path);
    } else if (place_write(test->path, text, strlen(text)) != 0) {
        recorder->errors++;
        printf("%s: cannot be written: %s\n", test->path, strerror(errno));
    } else {
        recorder->written++;
    }
    free(now);
}

static void finish_case(struct recorder *recorder, size_t index)
{
    const struct test_case *test = recorder->selection->cases[index];
    struct recording *recordings = text_calloc(recorder->versions, sizeof *recordings);
    const char **lines = text_calloc(recorder->versions * test->step_count, sizeof(char *)), **free_lines = lines;
    size_t count = 0;
    for (size_t v = 0; v < recorder->versions; v++) {
        const struct observed *observed = &recorder->observed[v];
        if (!interval_contains(test->versions, observed->version) || !is_stable(recorder, observed, index))
            continue;
        borrow_lines(recorder, observed, index, free_lines);
        recordings[count++] = (struct recording){observed->version, free_lines};
        free_lines += test->step_count;
    }
    char *text = count ? write_case(test, recordings, count) : text_copy(test->text);
    if (strcmp(text, test->text) != 0) {
        recorder->changed++;
        for (size_t i = 0; recorder->options->check && i < count; i++)
            print_differences(test, &recordings[i]);
        if (!recorder->options->check)
            write_file(recorder, test, text);
    }
    free(text);
    free(lines);
    free(recordings);
}

static int finish(struct recorder *recorder)
{
    for (size_t i = 0; i < recorder->selection->count; i++)
        finish_case(recorder, i);
    printf("%zu cases, %zu versions of CPython: %zu %s, %zu errors\n", recorder->selection->count, recorder->versions,
           recorder->options->check ? recorder->changed : recorder->written,
           recorder->options->check ? "not as recorded" : "written", recorder->errors);
    bool good = recorder->errors == 0 && (!recorder->options->check || recorder->changed == 0);
    return good ? STATUS_CONFORMING : STATUS_NOT_CONFORMING;
}

/* One interpreter per version, oldest first. */
static size_t choose(const struct pythons *pythons, const struct python **chosen)
{
    size_t count = 0;
    for (size_t i = 0; i < version_known_count; i++) {
        const struct python *python = pythons_pick(pythons, version_known[i]);
        if (python)
            chosen[count++] = python;
    }
    return count;
}

static int record_all(struct recorder *recorder)
{
    struct pythons pythons;
    pythons_find(&pythons, recorder->options->pythons.list, recorder->options->pythons.count);
    const struct python **chosen = text_calloc(version_known_count, sizeof(struct python *));
    size_t count = choose(&pythons, chosen);
    int status = 0;
    if (!count) {
        fprintf(stderr, "mpconform: no CPython found: `mpconform doctor` lists what there is\n");
        status = STATUS_CANNOT_RUN;
    }
    recorder->observed = text_calloc(count + 1, sizeof *recorder->observed);
    for (size_t i = 0; status == 0 && i < count; i++)
        status = observe(recorder, chosen[i]);
    free(chosen);
    pythons_free(&pythons);
    return status;
}

static void free_observed(struct recorder *recorder)
{
    for (size_t v = 0; v < recorder->versions; v++) {
        for (size_t i = 0; i < RUNS * recorder->selection->count; i++)
            json_decref(recorder->observed[v].events[i]);
        free(recorder->observed[v].events);
        free(recorder->observed[v].release);
    }
    free(recorder->observed);
}

int command_record(const struct options *options)
{
    struct corpus corpus;
    struct selection selection = {0};
    struct problems problems = {0};
    int status = program_load_corpus(&corpus, options);
    if (status == 0 &&
        !select_cases(&selection, &corpus, options->selectors.list, options->selectors.count, &problems)) {
        problems_print(&problems, stderr);
        status = STATUS_USAGE;
    }
    struct recorder recorder = {.options = options, .selection = &selection};
    if (status == 0)
        status = record_all(&recorder);
    if (status == 0)
        status = finish(&recorder);
    free_observed(&recorder);
    select_free(&selection);
    corpus_free(&corpus);
    problems_free(&problems);
    if (status < 0)
        raise(-status); /* nothing was written: end as the signal demands */
    return status < 0 ? STATUS_CANNOT_RUN : status;
}
