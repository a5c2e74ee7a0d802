/* SPDX-License-Identifier: MIT */
/* One step of a session: clients are connected at their first step, requests sent, replies collected. */
#include <stdlib.h>
#include <string.h>

#include "harness/canonical.h"
#include "harness/process.h"
#include "harness/session_state.h"
#include "harness/text.h"
#include "harness/trace.h"

/* "Still blocked" means: no answer within this time. */
#define HOLD_MS 100

/* --- answers to lines --- */

/* The end that an answer which is no observation brings. */
static void end_by_answer(struct run *run, struct client *client, enum answer answer)
{
    static const enum session_end ends[] = {
        [ANSWER_UNSUPPORTED] = SESSION_NOT_APPLICABLE,
        [ANSWER_CONTRADICTS] = SESSION_BROKEN,
        [ANSWER_CRASHED] = SESSION_CRASH,
        [ANSWER_EXITED] = SESSION_CRASH,
        [ANSWER_ERROR] = SESSION_BROKEN,
        [ANSWER_GARBAGE] = SESSION_BROKEN,
        [ANSWER_WRONG_ID] = SESSION_BROKEN,
        [ANSWER_TOO_LONG] = SESSION_BROKEN,
        [ANSWER_MALFORMED] = SESSION_BROKEN,
        [ANSWER_UNASKED] = SESSION_BROKEN,
        [ANSWER_INVALID] = SESSION_BROKEN,
    };
    session_end_take(run, ends[answer], false, text_copy(adapter_trouble_peek(client->adapter)));
}

/* The line of an observation of step; NULL if a quiet step succeeded or the observation is malformed (which ends the
 * session). */
static char *line_of(struct run *run, const struct step *step, const json_t *observed)
{
    char *error = NULL;
    bool later = step->prompt == PROMPT_COLLECT || step->prompt == PROMPT_HOLD;
    const struct step *asked = later ? &run->test->steps[step->started] : step;
    if (json_object_get(observed, "lost"))
        run->lost = true;
    if (asked->quiet && canonical_is_success(observed))
        return NULL;
    char *line = canonical_observation(observed, asked, &error);
    if (!line)
        session_end_take(run, SESSION_BROKEN, false,
                         text_format("the adapter observed something malformed: %s", error));
    free(error);
    return line;
}

/* Waits for the reply in progress.  True: *observed is new.  False: *line is "hang" or the session ended. */
static bool collect(struct run *run, struct client *client, json_t **observed, char **line)
{
    enum answer answer = adapter_wait(client->adapter, bench_deadline(run->bench), observed);
    if (answer == ANSWER_OBSERVED)
        return true;
    if (answer == ANSWER_LATE) {
        run->session->hung = true;
        *line = text_copy(CANONICAL_HANG);
    } else {
        end_by_answer(run, client, answer);
    }
    return false;
}

static bool ask(struct run *run, struct client *client, json_t *request_taken, json_t **observed, char **line)
{
    adapter_send_take(client->adapter, request_taken, bench_deadline(run->bench));
    return collect(run, client, observed, line);
}

/* --- clients --- */

static struct client *client_named(struct run *run, const char *name)
{
    for (size_t i = 0; i < run->test->client_count; i++)
        if (strcmp(run->test->clients[i], name) == 0)
            return &run->clients[i];
    return NULL;
}

/* The client, connected.  False: *line is what connecting came to, or the session ended. */
static bool connected(struct run *run, const char *name, struct client **client, char **line)
{
    char *trouble = NULL;
    json_t *observed = NULL;
    *client = client_named(run, name);
    if (!*client) {
        session_end_take(run, SESSION_BROKEN, false, text_format("no client %s", name));
        return false;
    }
    if ((*client)->connected)
        return true;
    if (!(*client)->adapter)
        (*client)->adapter = bench_adapter(run->bench, run->roles->proxy, &trouble);
    if (!(*client)->adapter) {
        session_end_take(run, SESSION_BROKEN, false, trouble);
        return false;
    }
    trace_party(bench_trace_peek(run->bench), process_pid(adapter_process_peek((*client)->adapter)),
                *name ? name : "main");
    if (!ask(run, *client, session_connect_request(run), &observed, line))
        return false;
    bool good = (*client)->connected = session_is_none(observed);
    if (!good) {
        char *error = NULL;
        *line = canonical_observation(observed, NULL, &error);
        if (json_object_get(observed, "lost"))
            run->lost = true;
        if (!*line)
            session_end_take(run, SESSION_BROKEN, false, error);
    }
    json_decref(observed);
    return good;
}

/* --- variables: a step that uses one which was never bound cannot be run, since the step that should have bound it
 * failed --- */

/* Notes what a request that was observed did to the client's variables. */
static void bind(struct client *client, const json_t *request, const json_t *observed)
{
    const char *op = json_string_value(json_object_get(request, "op")),
               *store = json_string_value(json_object_get(request, "store"));
    const char *name = json_string_value(json_object_get(request, "name"));
    if (!canonical_is_success(observed))
        return;
    if (store)
        json_object_set_new(client->bound, store, json_true());
    if (op && name && strcmp(op, "drop") == 0)
        json_object_del(client->bound, name);
}

/* True if all variables that occur in value, at any depth, are bound. */
static bool all_bound(const struct client *client, json_t *value)
{
    const char *name = json_string_value(json_object_get(value, "$var"));
    if (name)
        return json_object_get(client->bound, name) != NULL;
    for (size_t i = 0; i < json_array_size(value); i++)
        if (!all_bound(client, json_array_get(value, i)))
            return false;
    for (void *at = json_object_iter(value); at; at = json_object_iter_next(value, at))
        if (!all_bound(client, json_object_iter_value(at)))
            return false;
    return true;
}

/* True if the step can be run; else the session stops here. */
static bool can_run(struct run *run, const struct client *client, json_t *request)
{
    const char *op = json_string_value(json_object_get(request, "op")),
               *name = json_string_value(json_object_get(request, "name"));
    bool can =
        all_bound(client, request) && !(op && name && strcmp(op, "drop") == 0 && !json_object_get(client->bound, name));
    if (!can)
        run->stopped = true;
    return can;
}

/* --- steps, one function per prompt --- */

static char *step_run(struct run *run, const struct step *step)
{
    struct client *client;
    json_t *observed = NULL;
    char *line = NULL;
    if (connected(run, step->client, &client, &line) && can_run(run, client, step->request) &&
        ask(run, client, json_deep_copy(step->request), &observed, &line)) {
        bind(client, step->request, observed);
        line = line_of(run, step, observed);
        json_decref(observed);
    }
    return line;
}

/* "until VALUE: action": asks again and again, since what is awaited is another client's step on its way. */
static char *step_until(struct run *run, const struct step *step)
{
    long long deadline = bench_deadline(run->bench);
    struct client *client;
    json_t *observed = NULL;
    char *line = NULL, *error = NULL, *wanted = canonical_value(step->until, &error);
    bool again = connected(run, step->client, &client, &line) && can_run(run, client, step->request);
    while (again && ask(run, client, json_deep_copy(step->request), &observed, &line)) {
        free(line);
        line = line_of(run, &(const struct step){.prompt = PROMPT_RUN}, observed);
        json_decref(observed);
        bool reached = line && wanted && strcmp(line, wanted) == 0;
        again = line && !reached && process_now() < deadline;
        if (line && !again) {
            free(line);
            line = reached ? NULL : text_copy(CANONICAL_HANG);
            run->session->hung = !reached;
        }
    }
    if (!wanted)
        session_end_take(run, SESSION_BROKEN, false, text_format("what is awaited is malformed: %s", error));
    free(wanted);
    free(error);
    return line;
}

static char *step_start(struct run *run, const struct step *step)
{
    struct client *client;
    char *line = NULL;
    if (connected(run, step->client, &client, &line) && can_run(run, client, step->request))
        adapter_send_take(client->adapter, json_deep_copy(step->request), bench_deadline(run->bench));
    return line;
}

static char *step_collect(struct run *run, const struct step *step)
{
    struct client *client = client_named(run, step->client);
    json_t *observed = client ? client->early : NULL;
    char *line = NULL;
    if (!client || !client->connected) {
        run->stopped = true; /* the step that should have been started could not be */
        return NULL;
    }
    client->early = NULL;
    if (observed || collect(run, client, &observed, &line)) {
        bind(client, run->test->steps[step->started].request, observed);
        line = line_of(run, step, observed);
        json_decref(observed);
    }
    return line;
}

static char *step_hold(struct run *run, const struct step *step)
{
    struct client *client = client_named(run, step->client);
    if (!client || !client->connected) {
        run->stopped = true;
        return NULL;
    }
    if (!client->early) {
        enum answer answer = adapter_wait(client->adapter, process_now() + HOLD_MS, &client->early);
        if (answer == ANSWER_LATE)
            return text_copy(CANONICAL_BLOCKED);
        if (answer != ANSWER_OBSERVED) {
            end_by_answer(run, client, answer);
            return NULL;
        }
    }
    return line_of(run, step, client->early);
}

/* The pickle in hexadecimal, or NULL if the export did not succeed. */
static const char *exported(const json_t *observed)
{
    return json_string_value(json_object_get(json_object_get(observed, "copy"), "$bytes"));
}

static char *step_hand(struct run *run, const struct step *step)
{
    struct client *from, *to;
    json_t *observed = NULL, *arrived = NULL;
    char *line = NULL;
    if (!connected(run, step->client, &from, &line) || !connected(run, step->hand_to, &to, &line))
        return line;
    if (!json_object_get(from->bound, step->hand_name)) {
        run->stopped = true;
        return NULL;
    }
    json_t *export = json_pack("{s:s, s:{s:s}}", "op", "export", "value", "$var", step->hand_name);
    if (!ask(run, from, export, &observed, &line))
        return line;
    if (!exported(observed)) {
        line = line_of(run, step, observed);
        if (!line)
            session_end_take(run, SESSION_BROKEN, false, text_copy("the adapter exported something else than bytes"));
    } else if (ask(run, to,
                   json_pack("{s:s, s:s, s:s}", "op", "import", "pickle", exported(observed), "store", step->hand_name),
                   &arrived, &line)) {
        if (canonical_is_success(arrived))
            json_object_set_new(to->bound, step->hand_name, json_true());
        line = line_of(run, step, arrived);
        json_decref(arrived);
    }
    json_decref(observed);
    return line;
}

char *session_step(struct run *run, const struct step *step)
{
    static char *(*const actions[])(struct run *, const struct step *) = {[PROMPT_RUN] = step_run,
                                                                          [PROMPT_START] = step_start,
                                                                          [PROMPT_COLLECT] = step_collect,
                                                                          [PROMPT_HOLD] = step_hold};
    if (step->raw)
        return session_raw_step(run, step);
    if (step->until)
        return step_until(run, step);
    return step->hand_name ? step_hand(run, step) : actions[step->prompt](run, step);
}
