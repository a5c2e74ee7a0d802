/* SPDX-License-Identifier: MIT */
/* After the steps of a session: everything is set back for the next case, and what cannot be set back is ended. */
#include <stdlib.h>
#include <string.h>

#include "harness/process.h"
#include "harness/session_state.h"
#include "harness/text.h"

/* How long a manager whose peers lost their connections may take to be gone. */
#define ENDING_MS 3000

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
        session_end_take(run, SESSION_CRASH, is_manager,
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
        client->as_new = answer == ANSWER_OBSERVED && session_is_none(observed);
        if (!client->as_new)
            session_end_take(run, answer == ANSWER_CRASHED || answer == ANSWER_EXITED ? SESSION_CRASH : SESSION_BROKEN,
                             false,
                             text_format("the adapter could not be reset: %s", adapter_trouble_peek(client->adapter)));
        json_decref(observed);
    }
}

long session_count_objects(const struct run *run, struct adapter *adapter, bool *as_new)
{
    json_t *observed = NULL;
    long count = -1;
    if (!adapter_has_operation(adapter, "server", "number_of_objects"))
        return -1;
    json_t *request = json_pack("{s:s, s:s, s:[]}", "op", "server", "function", "number_of_objects", "args");
    session_name_manager(run, request);
    enum answer answer = adapter_ask_take(adapter, request, bench_deadline(run->bench), &observed);
    if (answer == ANSWER_OBSERVED) {
        json_t *copy = json_object_get(observed, "copy");
        count = json_is_integer(copy) ? (long)json_integer_value(copy) : -1;
    }
    json_decref(observed);
    *as_new = answer == ANSWER_OBSERVED;
    return count;
}

/* The number of objects as a client that was just reset sees it; -1 if it cannot be told. */
static long objects(struct run *run)
{
    for (size_t i = 0; i < run->test->client_count; i++)
        if (run->clients[i].adapter && run->clients[i].as_new)
            return session_count_objects(run, run->clients[i].adapter, &run->clients[i].as_new);
    return -1;
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
    session_end_take(run, SESSION_CRASH, true, text_format("the manager %s in the middle of the case", how));
    free(how);
}

/* Whether a step told the manager to stop, and was answered. */
static bool told_to_stop(const struct run *run)
{
    for (size_t i = 0; i < run->test->step_count; i++) {
        const char *op = json_string_value(json_object_get(run->test->steps[i].request, "op"));
        if (op && strcmp(op, "shutdown") == 0 && run->session->steps[i].reached)
            return true;
    }
    return false;
}

static void settle_fresh(struct run *run)
{
    struct process *process = manager_process_peek(run->manager);
    if (run->session->end == SESSION_DONE && !run->session->hung && told_to_stop(run) &&
        !process_wait(process, bench_deadline(run->bench)))
        session_end_take(run, SESSION_CRASH, true, text_copy("the manager serves on though it was told to stop"));
    look_for_death(run, false);
    if (!process_ended(process) && run->session->end != SESSION_CRASH) {
        char *sentence = manager_finish(run->manager, bench_patience(run->bench));
        if (sentence)
            session_end_take(run, SESSION_CRASH, true, sentence);
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

static void settle_shared(struct run *run, long seen)
{
    bool cut = client_was_cut(run);
    long *baseline = bench_baseline(run->bench, run->roles->manager, run->test->xmlrpclib),
         count = run->raw ? seen : objects(run);
    look_for_death(run, count < 0 && run->lost);
    look_for_findings(run, manager_process_peek(run->manager), true);
    if (count >= 0 && count != *baseline && !cut)
        run->session->left = count - *baseline;
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

void session_settle(struct run *run)
{
    long seen = run->raw ? session_raw_settle(run) : -1;
    reset_clients(run);
    if (run->manager && run->test->fresh)
        settle_fresh(run);
    else if (run->manager)
        settle_shared(run, seen);
    keep_stderr(run);
    give_back(run);
}
