/* SPDX-License-Identifier: MIT */
/* One case on one pairing: what the roles declare, the steps, the settling. */
#include "harness/session.h"

#include <stdlib.h>
#include <string.h>

#include "harness/process.h"
#include "harness/session_state.h"
#include "harness/text.h"
#include "harness/trace.h"

static const struct implementation *proxy_of(const struct run *run)
{
    return run->roles->implementations[run->roles->proxy];
}

static const struct implementation *manager_of(const struct run *run)
{
    return run->roles->implementations[run->roles->manager];
}

void session_end_take(struct run *run, enum session_end end, bool manager_at_fault, char *reason)
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

void session_name_manager(const struct run *run, json_t *request)
{
    bool raw = run->test->peer == PEER_SERVER;
    json_object_set_new(request, "address",
                        json_string(raw ? raw_address_peek(run->raw) : manager_address_peek(run->manager)));
    json_object_set_new(request, "authkey", json_string(raw ? raw_key_peek(run->raw) : manager_key_peek(run->manager)));
    if (run->test->xmlrpclib)
        json_object_set_new(request, "serializer", json_string("xmlrpclib"));
}

json_t *session_connect_request(const struct run *run)
{
    json_t *request = json_pack("{s:s}", "op", "connect");
    session_name_manager(run, request);
    if (manager_of(run)->fixtures || run->test->peer == PEER_SERVER)
        json_object_set_new(request, "fixtures", json_true());
    return request;
}

bool session_is_none(const json_t *observed)
{
    return json_is_null(json_object_get(observed, "copy"));
}

/* --- what is declared --- */

static const char *const request_ops[] = {"export", "import"};

/* What the adapter of the first client lacks for this case: a sentence, new, or NULL. */
static char *lacking(const struct run *run, const struct adapter *adapter)
{
    for (size_t i = 0; i < run->test->step_count; i++) {
        const struct step *step = &run->test->steps[i];
        char *name;
        if (!adapter_has_request(adapter, step->request, &name)) {
            char *sentence = text_format("the proxy declares no operation %s", name);
            free(name);
            return sentence;
        }
        for (size_t k = 0; step->hand_name && k < sizeof request_ops / sizeof *request_ops; k++)
            if (!adapter_has_operation(adapter, request_ops[k], NULL))
                return text_format("the proxy declares no operation %s", request_ops[k]);
    }
    for (size_t i = 0; i < run->test->type_count; i++)
        if (!adapter_has_type(adapter, run->test->types[i]))
            return text_format("the proxy declares no type %s", run->test->types[i]);
    if (run->test->xmlrpclib && !adapter_has_serializer(adapter, "xmlrpclib", proxy_of(run)->xmlrpclib))
        return text_copy("the proxy declares no serializer xmlrpclib");
    return NULL;
}

/* The same by what the files of the implementations say. */
static char *undeclared(const struct run *run)
{
    const struct implementation *manager = manager_of(run);
    if (run->test->peer == PEER_SERVER)
        return NULL; /* no manager takes part */
    if (run->test->fixtures && !manager->fixtures)
        return text_format("the manager %s declares no fixture types", manager->name);
    if (run->test->xmlrpclib && !manager->xmlrpclib)
        return text_format("the manager %s declares no serializer xmlrpclib", manager->name);
    for (size_t i = 0; i < run->test->type_count; i++)
        if (!implementation_has_type(manager, run->test->types[i]))
            return text_format("the manager %s declares no type %s", manager->name, run->test->types[i]);
    if (run->test->fresh && manager->address)
        return text_copy("the case needs a manager of its own, and this one was only attached to");
    return NULL;
}

static bool applicable(struct run *run)
{
    char *trouble = NULL, *lacks = undeclared(run);
    if (!lacks && run->test->peer != PEER_CLIENT) { /* then no proxy takes part */
        struct adapter *adapter = bench_adapter(run->bench, run->roles->proxy, &trouble);
        if (!adapter) {
            session_end_take(run, SESSION_BROKEN, false, trouble);
            return false;
        }
        lacks = lacking(run, adapter);
        bench_return(run->bench, run->roles->proxy, adapter, true);
    }
    if (lacks)
        session_end_take(run, SESSION_NOT_APPLICABLE, false, lacks);
    return !lacks;
}

/* --- before and after --- */

/* Tells the trace, if there is one, whose wire it sees, or why it sees none. */
static void tell_whose(const struct run *run)
{
    struct trace *trace = bench_trace_peek(run->bench);
    const char *why = manager_untraced_peek(run->manager);
    trace_manager(trace, manager_address_peek(run->manager), manager_key_peek(run->manager));
    if (why && !run->test->peer)
        trace_missing(trace, why);
}

static bool take_manager(struct run *run)
{
    char *trouble = NULL;
    if (run->test->peer == PEER_SERVER)
        return session_raw_begin(run);
    run->manager = run->test->fresh
                       ? bench_fresh_manager(run->bench, run->roles->manager, run->test->xmlrpclib, &trouble)
                       : bench_manager(run->bench, run->roles->manager, run->test->xmlrpclib, &trouble);
    if (!run->manager)
        session_end_take(run, SESSION_BROKEN, true, trouble);
    if (!run->manager)
        return false;
    tell_whose(run);
    return session_raw_begin(run);
}

/* True if some step asks for the number of all objects, or lists them. */
static bool counts_objects(const struct test_case *test)
{
    for (size_t i = 0; i < test->step_count; i++) {
        const char *function = json_string_value(json_object_get(test->steps[i].request, "function"));
        if (function && (strcmp(function, "number_of_objects") == 0 || strcmp(function, "debug_info") == 0))
            return true;
    }
    return false;
}

/* The number of objects before the case, as somebody sees it who is then gone; -1 if it cannot be told or, with an end
 * of the session, asked for. */
static long count_before(struct run *run)
{
    char *trouble = NULL;
    bool as_new = false;
    if (run->test->peer) {
        long count = session_raw_count(run, &trouble);
        free(trouble);
        return count;
    }
    struct adapter *adapter = bench_adapter(run->bench, run->roles->proxy, &trouble);
    if (!adapter) {
        session_end_take(run, SESSION_BROKEN, false, trouble);
        return -1;
    }
    long count = session_count_objects(run, adapter, &as_new);
    bench_return(run->bench, run->roles->proxy, adapter, as_new);
    return count;
}

/* A manager that was only attached to may hold objects of others: counted before each case.  False if the case cannot
 * be judged there. */
static bool attached_will_do(struct run *run)
{
    if (run->test->peer == PEER_SERVER || !manager_of(run)->address)
        return true;
    long count = count_before(run);
    if (run->session->end != SESSION_DONE)
        return false;
    *bench_baseline(run->bench, run->roles->manager, run->test->xmlrpclib) = count < 0 ? 0 : count;
    if (count <= 0 || !counts_objects(run->test))
        return true;
    session_end_take(
        run, SESSION_NOT_APPLICABLE, false,
        text_format("the case counts objects, and the manager that was attached to holds %ld of others", count));
    return false;
}

void session_run(struct session *session, struct bench *bench, const struct pairing_roles *roles,
                 const struct test_case *test)
{
    long long began = process_now();
    *session = (struct session){.count = test->step_count};
    session->steps = text_calloc(test->step_count, sizeof *session->steps);
    struct run run = {.session = session, .bench = bench, .roles = roles, .test = test};
    run.clients = text_calloc(test->client_count, sizeof *run.clients);
    for (size_t i = 0; i < test->client_count; i++)
        run.clients[i].bound = json_object();
    if (applicable(&run) && take_manager(&run) && attached_will_do(&run)) {
        for (size_t i = 0; i < test->step_count && session->end == SESSION_DONE && !session->hung && !run.stopped;
             i++) {
            trace_step(bench_trace_peek(bench), i);
            session->steps[i].line = session_step(&run, &test->steps[i]);
            session->steps[i].reached = session->end == SESSION_DONE && !run.stopped;
        }
        trace_step(bench_trace_peek(bench), TRACE_AFTER);
        session_settle(&run);
    }
    for (size_t i = 0; i < test->client_count; i++)
        json_decref(run.clients[i].bound);
    free(run.clients);
    raw_end(run.raw);
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
