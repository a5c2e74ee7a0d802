/* SPDX-License-Identifier: MIT */
/* One case on one pairing: clients are connected at their first step, requests sent, replies collected, and everything
 * set back. */
#include "harness/session.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "harness/adapter.h"
#include "harness/bench.h"
#include "harness/canonical.h"
#include "harness/case.h"
#include "harness/implementation.h"
#include "harness/manager.h"
#include "harness/process.h"
#include "harness/text.h"

/* "Still blocked" means: no answer within this time. */
#define HOLD_MS 100
/* How long a manager whose peers lost their connections may take to be gone. */
#define ENDING_MS 3000

struct client {
    struct adapter *adapter; /* NULL before its first step */
    json_t *early;           /* an observation that came during a hold, not yet collected */
    bool as_new;             /* after the reset */
};

/* The state of one run. */
struct run {
    struct session *session;
    struct bench *bench;
    const struct pairing_roles *roles;
    const struct test_case *test;
    struct manager *manager;
    struct client *clients; /* as test->clients */
    bool lost;              /* some observation was a lost connection */
    bool worn;              /* the shared manager is not to be used again */
};

static const struct implementation *proxy_of(const struct run *run)
{
    return run->roles->implementations[run->roles->proxy];
}

static const struct implementation *manager_of(const struct run *run)
{
    return run->roles->implementations[run->roles->manager];
}

/* The first end counts, except that a crash outranks everything.  reason is taken. */
static void end_take(struct run *run, enum session_end end, bool manager_at_fault, char *reason)
{
    struct session *session = run->session;
    if (session->end != SESSION_DONE && !(end == SESSION_CRASH && session->end != SESSION_CRASH)) {
        free(reason);
        return;
    }
    free(session->reason);
    session->end = end;
    session->manager_at_fault = manager_at_fault;
    session->reason = reason;
}

/* --- answers to lines --- */

/* The end that an answer which is no observation brings. */
static void end_by_answer(struct run *run, struct client *client, enum answer answer)
{
    static const enum session_end ends[] = {
        [ANSWER_UNSUPPORTED] = SESSION_NOT_APPLICABLE,
        [ANSWER_CRASHED] = SESSION_CRASH,
        [ANSWER_EXITED] = SESSION_CRASH,
        [ANSWER_ERROR] = SESSION_BROKEN,
        [ANSWER_GARBAGE] = SESSION_BROKEN,
        [ANSWER_WRONG_ID] = SESSION_BROKEN,
        [ANSWER_TOO_LONG] = SESSION_BROKEN,
        [ANSWER_MALFORMED] = SESSION_BROKEN,
        [ANSWER_UNASKED] = SESSION_BROKEN,
    };
    end_take(run, ends[answer], false, text_copy(adapter_trouble_peek(client->adapter)));
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
        end_take(run, SESSION_BROKEN, false, text_format("the adapter observed something malformed: %s", error));
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

static json_t *connect_request(const struct run *run)
{
    json_t *request = json_pack("{s:s, s:s, s:s}", "op", "connect", "address", manager_address_peek(run->manager),
                                "authkey", manager_key_peek(run->manager));
    if (run->test->xmlrpclib)
        json_object_set_new(request, "serializer", json_string("xmlrpclib"));
    if (manager_of(run)->fixtures)
        json_object_set_new(request, "fixtures", json_true());
    return request;
}

/* True if observed is what a request without result observes. */
static bool is_none(const json_t *observed)
{
    return json_is_null(json_object_get(observed, "copy"));
}

/* The client, connected.  False: *line is what connecting came to, or the session ended. */
static bool connected(struct run *run, const char *name, struct client **client, char **line)
{
    char *trouble = NULL;
    json_t *observed = NULL;
    *client = client_named(run, name);
    if (!*client) {
        end_take(run, SESSION_BROKEN, false, text_format("no client %s", name));
        return false;
    }
    if ((*client)->adapter)
        return true;
    (*client)->adapter = bench_adapter(run->bench, run->roles->proxy, &trouble);
    if (!(*client)->adapter) {
        end_take(run, SESSION_BROKEN, false, trouble);
        return false;
    }
    if (!ask(run, *client, connect_request(run), &observed, line))
        return false;
    bool good = is_none(observed);
    if (!good) {
        char *error = NULL;
        *line = canonical_observation(observed, NULL, &error);
        if (json_object_get(observed, "lost"))
            run->lost = true;
        if (!*line)
            end_take(run, SESSION_BROKEN, false, error);
    }
    json_decref(observed);
    return good;
}

/* --- steps, one function per prompt --- */

static char *step_run(struct run *run, const struct step *step)
{
    struct client *client;
    json_t *observed = NULL;
    char *line = NULL;
    if (connected(run, step->client, &client, &line) &&
        ask(run, client, json_deep_copy(step->request), &observed, &line)) {
        line = line_of(run, step, observed);
        json_decref(observed);
    }
    return line;
}

static char *step_start(struct run *run, const struct step *step)
{
    struct client *client;
    char *line = NULL;
    if (connected(run, step->client, &client, &line))
        adapter_send_take(client->adapter, json_deep_copy(step->request), bench_deadline(run->bench));
    return line;
}

static char *step_collect(struct run *run, const struct step *step)
{
    struct client *client = client_named(run, step->client);
    json_t *observed = client ? client->early : NULL;
    char *line = NULL;
    if (!client || !client->adapter)
        return NULL; /* its first step failed, and that is what is judged */
    client->early = NULL;
    if (observed || collect(run, client, &observed, &line)) {
        line = line_of(run, step, observed);
        json_decref(observed);
    }
    return line;
}

static char *step_hold(struct run *run, const struct step *step)
{
    struct client *client = client_named(run, step->client);
    if (!client || !client->adapter)
        return NULL;
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
    json_t *export = json_pack("{s:s, s:{s:s}}", "op", "export", "value", "$var", step->hand_name);
    if (!ask(run, from, export, &observed, &line))
        return line;
    if (!exported(observed)) {
        line = line_of(run, step, observed);
        if (!line)
            end_take(run, SESSION_BROKEN, false, text_copy("the adapter exported something else than bytes"));
    } else if (ask(run, to,
                   json_pack("{s:s, s:s, s:s}", "op", "import", "pickle", exported(observed), "store", step->hand_name),
                   &arrived, &line)) {
        line = line_of(run, step, arrived);
        json_decref(arrived);
    }
    json_decref(observed);
    return line;
}

static char *run_step(struct run *run, const struct step *step)
{
    static char *(*const actions[])(struct run *, const struct step *) = {[PROMPT_RUN] = step_run,
                                                                          [PROMPT_START] = step_start,
                                                                          [PROMPT_COLLECT] = step_collect,
                                                                          [PROMPT_HOLD] = step_hold};
    return step->hand_name ? step_hand(run, step) : actions[step->prompt](run, step);
}

/* --- what is declared --- */

static const char *const request_ops[] = {"export", "import"};

/* What the adapter of the first client lacks for this case: a sentence, new, or NULL. */
static char *lacking(const struct run *run, const struct adapter *adapter)
{
    for (size_t i = 0; i < run->test->step_count; i++) {
        const struct step *step = &run->test->steps[i];
        const char *op = json_string_value(json_object_get(step->request, "op"));
        if (op && !adapter_has_operation(adapter, op))
            return text_format("the proxy declares no operation %s", op);
        for (size_t k = 0; step->hand_name && k < sizeof request_ops / sizeof *request_ops; k++)
            if (!adapter_has_operation(adapter, request_ops[k]))
                return text_format("the proxy declares no operation %s", request_ops[k]);
    }
    for (size_t i = 0; i < run->test->type_count; i++)
        if (!adapter_has_type(adapter, run->test->types[i]))
            return text_format("the proxy declares no type %s", run->test->types[i]);
    return NULL;
}

/* The same by what the files of the implementations say. */
static char *undeclared(const struct run *run)
{
    const struct implementation *proxy = proxy_of(run), *manager = manager_of(run);
    if (run->test->fixtures && !manager->fixtures)
        return text_format("the manager %s declares no fixture types", manager->name);
    if (run->test->xmlrpclib && !(manager->xmlrpclib && proxy->xmlrpclib))
        return text_format("%s declares no serializer xmlrpclib", manager->xmlrpclib ? proxy->name : manager->name);
    if (run->test->fresh && manager->address)
        return text_copy("the case needs a manager of its own, and this one was only attached to");
    return NULL;
}

static bool applicable(struct run *run)
{
    char *trouble = NULL, *lacks = undeclared(run);
    if (!lacks) {
        struct adapter *adapter = bench_adapter(run->bench, run->roles->proxy, &trouble);
        if (!adapter) {
            end_take(run, SESSION_BROKEN, false, trouble);
            return false;
        }
        lacks = lacking(run, adapter);
        bench_return(run->bench, run->roles->proxy, adapter, true);
    }
    if (lacks)
        end_take(run, SESSION_NOT_APPLICABLE, false, lacks);
    return !lacks;
}

/* --- before and after --- */

static bool take_manager(struct run *run)
{
    char *trouble = NULL;
    run->manager = run->test->fresh
                       ? bench_fresh_manager(run->bench, run->roles->manager, run->test->xmlrpclib, &trouble)
                       : bench_manager(run->bench, run->roles->manager, run->test->xmlrpclib, &trouble);
    if (!run->manager)
        end_take(run, SESSION_BROKEN, true, trouble);
    return run->manager != NULL;
}

/* What the processes said so far, if that may explain something. */
static void keep_stderr(struct run *run)
{
    struct session *session = run->session;
    struct text said = {0};
    if (session->end == SESSION_DONE && !run->lost && !session->hung)
        return;
    for (size_t i = 0; i < run->test->client_count; i++) {
        struct adapter *adapter = run->clients[i].adapter;
        char *part = adapter ? process_stderr(adapter_process_peek(adapter)) : text_copy("");
        text_puts(&said, part);
        free(part);
    }
    session->proxy_stderr = text_give(&said);
    struct process *process = run->manager ? manager_process_peek(run->manager) : NULL;
    session->manager_stderr = process ? process_stderr(process) : text_copy("");
}

/* Whether a finding came since the case began can only be told by finding any: a process with one is never reused. */
static void look_for_findings(struct run *run, struct process *process, bool is_manager)
{
    char *finding = process && process_stderr_length(process) ? process_finding(process) : NULL;
    if (finding)
        end_take(run, SESSION_CRASH, is_manager,
                 text_format("the %s reported: %s", is_manager ? "manager" : "proxy", finding));
    free(finding);
}

static void reset_clients(struct run *run)
{
    for (size_t i = 0; i < run->test->client_count; i++) {
        struct client *client = &run->clients[i];
        json_t *observed = NULL;
        json_decref(client->early);
        client->early = NULL;
        if (!client->adapter)
            continue;
        look_for_findings(run, adapter_process_peek(client->adapter), false);
        if (adapter_busy(client->adapter) || run->session->end == SESSION_CRASH || run->session->end == SESSION_BROKEN)
            continue;
        enum answer answer =
            adapter_ask_take(client->adapter, json_pack("{s:s}", "op", "reset"), bench_deadline(run->bench), &observed);
        client->as_new = answer == ANSWER_OBSERVED && is_none(observed);
        if (!client->as_new)
            end_take(run, answer == ANSWER_CRASHED || answer == ANSWER_EXITED ? SESSION_CRASH : SESSION_BROKEN, false,
                     text_format("the adapter could not be reset: %s", adapter_trouble_peek(client->adapter)));
        json_decref(observed);
    }
}

/* The number of objects in the manager as an adapter that was just reset sees it; -1 if it cannot be told. */
static long objects(struct run *run)
{
    struct client *client = NULL;
    json_t *observed = NULL;
    long count = -1;
    for (size_t i = 0; i < run->test->client_count; i++)
        if (run->clients[i].adapter && run->clients[i].as_new)
            client = &run->clients[i];
    if (!client || !adapter_has_operation(client->adapter, "server"))
        return -1;
    enum answer answer = adapter_ask_take(client->adapter, connect_request(run), bench_deadline(run->bench), &observed);
    bool good = answer == ANSWER_OBSERVED && is_none(observed);
    json_decref(observed);
    observed = NULL;
    if (good) {
        json_t *request = json_pack("{s:s, s:s, s:[]}", "op", "server", "function", "number_of_objects", "args");
        if (adapter_ask_take(client->adapter, request, bench_deadline(run->bench), &observed) == ANSWER_OBSERVED) {
            json_t *copy = json_object_get(observed, "copy");
            count = json_is_integer(copy) ? (long)json_integer_value(copy) : -1;
        }
        json_decref(observed);
        client->as_new = adapter_ask_take(client->adapter, json_pack("{s:s}", "op", "reset"),
                                          bench_deadline(run->bench), &observed) == ANSWER_OBSERVED;
        json_decref(observed);
    } else {
        client->as_new = answer == ANSWER_OBSERVED;
    }
    return count;
}

/* Ended though nobody told it to. */
static void look_for_death(struct run *run, bool patient)
{
    struct process *process = manager_process_peek(run->manager);
    if (!process || !(patient ? process_wait(process, process_now() + ENDING_MS) : process_ended(process)))
        return;
    if (run->test->fresh && process_status(process) == 0)
        return; /* the case stopped it */
    char *how = process_ending(process);
    end_take(run, SESSION_CRASH, true, text_format("the manager %s in the middle of the case", how));
    free(how);
}

static void settle_fresh(struct run *run)
{
    struct process *process = manager_process_peek(run->manager);
    look_for_death(run, false);
    if (!process_ended(process) && run->session->end != SESSION_CRASH) {
        char *sentence = manager_finish(run->manager, bench_patience(run->bench));
        if (sentence)
            end_take(run, SESSION_CRASH, true, sentence);
    }
    look_for_findings(run, process, true);
}

/* Whether a client was ended while it may have held objects: what is left is then nobody's fault. */
static bool client_was_cut(const struct run *run)
{
    for (size_t i = 0; i < run->test->client_count; i++)
        if (run->clients[i].adapter && !run->clients[i].as_new)
            return true;
    return false;
}

static void settle_shared(struct run *run)
{
    bool cut = client_was_cut(run);
    long *baseline = bench_baseline(run->bench, run->roles->manager, run->test->xmlrpclib), count = objects(run);
    look_for_death(run, count < 0 && run->lost);
    look_for_findings(run, manager_process_peek(run->manager), true);
    if (count >= 0 && count != *baseline && !cut)
        run->session->left = count - *baseline;
    if (count >= 0 && manager_of(run)->address)
        *baseline = count;
    run->worn = run->session->end == SESSION_CRASH || run->session->hung || cut || count < 0 || count != *baseline;
}

static void give_back(struct run *run)
{
    for (size_t i = 0; i < run->test->client_count; i++)
        if (run->clients[i].adapter)
            bench_return(run->bench, run->roles->proxy, run->clients[i].adapter, run->clients[i].as_new);
    if (run->test->fresh)
        manager_end(run->manager);
    else if (run->worn)
        bench_drop_manager(run->bench, run->roles->manager, run->test->xmlrpclib);
}

void session_run(struct session *session, struct bench *bench, const struct pairing_roles *roles,
                 const struct test_case *test)
{
    long long began = process_now();
    *session = (struct session){.count = test->step_count};
    session->steps = text_calloc(test->step_count, sizeof *session->steps);
    struct run run = {.session = session, .bench = bench, .roles = roles, .test = test};
    run.clients = text_calloc(test->client_count, sizeof *run.clients);
    if (applicable(&run) && take_manager(&run)) {
        for (size_t i = 0; i < test->step_count && session->end == SESSION_DONE && !session->hung; i++) {
            session->steps[i].line = run_step(&run, &test->steps[i]);
            session->steps[i].reached = session->end == SESSION_DONE;
        }
        reset_clients(&run);
        if (test->fresh)
            settle_fresh(&run);
        else
            settle_shared(&run);
        keep_stderr(&run);
        give_back(&run);
    }
    free(run.clients);
    session->milliseconds = process_now() - began;
}

void session_clear(struct session *session)
{
    for (size_t i = 0; i < session->count; i++)
        free(session->steps[i].line);
    free(session->steps);
    free(session->reason);
    free(session->proxy_stderr);
    free(session->manager_stderr);
    *session = (struct session){0};
}
