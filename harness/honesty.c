/* SPDX-License-Identifier: MIT */
/* Honesty of proxy adapters, and what the checks of both roles have in common. */
#include "harness/honesty.h"

#include <stdlib.h>
#include <string.h>

#include "harness/canonical.h"
#include "harness/honesty_state.h"
#include "harness/implementation.h"
#include "harness/process.h"
#include "harness/setup.h"

/* A version of the adapter protocol that there is not. */
#define FUTURE 99

#define MAKE_LIST "{'op':'create','typeid':'list','args':[[1,2]],'store':'l'}"
#define LIST "[" MAKE_LIST "]"
#define LIST_AND_ONE_MORE "[" MAKE_LIST ",{'op':'server','function':'incref','args':[{'$var':'l'}]}]"
#define NAMESPACE "[{'op':'create','typeid':'Namespace','kwds':[['x',1]],'store':'n'}]"

struct probe {
    const char *operation, *part, *typeid, *before, *request, *works;
};

struct type {
    const char *typeid, *args;
    int since;
    bool fixture;
};

struct nonsense {
    const char *what, *request;
};

extern const struct probe honesty_probes[];
extern const struct type honesty_types[];
extern const struct nonsense honesty_nonsense[];

json_t *honesty_json(const char *text)
{
    char *copy = text_copy(text);
    for (char *at = copy; *at; at++)
        *at = *at == '\'' ? '"' : *at;
    json_t *value = json_loads(copy, 0, NULL);
    free(copy);
    return value;
}

/* --- telling --- */

void honesty_tell_take(const struct honesty *honesty, bool red, char *sentence, const char *mending)
{
    char *whole = text_format("%s. To mend it: %s", sentence, mending);
    honesty->listener->tell(honesty->listener->context, honesty->subject, honesty->role, red, whole);
    free(whole);
    free(sentence);
}

void honesty_add(struct findings *findings, const char *name, const char *line)
{
    text_printf(&findings->names, "%s%s", findings->names.length ? ", " : "", name);
    if (line && !findings->first)
        findings->first = text_copy(line);
}

void honesty_tell_all(const struct honesty *honesty, bool red, struct findings *findings, const char *what,
                      const char *mending)
{
    if (findings->names.length)
        honesty_tell_take(honesty, red,
                          text_format("%s: %s%s%s", what, findings->names.bytes, findings->first ? "; the first: " : "",
                                      findings->first ? findings->first : ""),
                          mending);
    text_clear(&findings->names);
    free(findings->first);
    findings->first = NULL;
}

/* --- asking --- */

void honesty_clear(struct outcome *outcome)
{
    json_decref(outcome->observed);
    free(outcome->line);
    *outcome = (struct outcome){0};
}

bool honesty_has(const struct outcome *outcome, const char *member)
{
    return outcome->observed && json_object_get(outcome->observed, member);
}

static struct outcome ask_take(struct asker *asker, json_t *request)
{
    struct outcome outcome = {.answer = ANSWER_EXITED};
    char *error = NULL;
    if (!asker->adapter) {
        json_decref(request);
        outcome.line = text_copy("no adapter is left to ask");
        return outcome;
    }
    outcome.answer =
        adapter_ask_take(asker->adapter, request, bench_deadline(asker->honesty->bench), &outcome.observed);
    if (outcome.answer == ANSWER_OBSERVED)
        outcome.line = canonical_observation(outcome.observed, NULL, &error);
    else
        outcome.line = text_copy(adapter_trouble_peek(asker->adapter));
    if (!outcome.line)
        outcome.line = text_format("something malformed: %s", error);
    free(error);
    return outcome;
}

static bool is_trusted(enum answer answer)
{
    return answer == ANSWER_OBSERVED || answer == ANSWER_UNSUPPORTED || answer == ANSWER_CONTRADICTS ||
           answer == ANSWER_ERROR;
}

static json_t *connect_request(const struct asker *asker)
{
    json_t *request =
        json_pack("{s:s, s:s, s:s, s:b}", "op", "connect", "address", manager_address_peek(asker->manager), "authkey",
                  manager_key_peek(asker->manager), "fixtures", 1);
    if (asker->serializer)
        json_object_set_new(request, "serializer", json_string(asker->serializer));
    return request;
}

bool honesty_ask_begin(struct asker *asker, struct outcome *outcome)
{
    struct outcome own;
    char *trouble = NULL;
    asker->adapter = bench_adapter(asker->honesty->bench, asker->implementation, &trouble);
    own = ask_take(asker, connect_request(asker));
    if (!asker->adapter) {
        free(own.line);
        own.line = trouble;
    }
    bool good = honesty_has(&own, "copy");
    if (outcome)
        *outcome = own;
    else
        honesty_clear(&own);
    return good;
}

void honesty_ask_end(struct asker *asker)
{
    if (!asker->adapter)
        return;
    struct outcome outcome = ask_take(asker, json_pack("{s:s}", "op", "reset"));
    bench_return(asker->honesty->bench, asker->implementation, asker->adapter, honesty_has(&outcome, "copy"));
    asker->adapter = NULL;
    honesty_clear(&outcome);
}

struct outcome honesty_ask_take(struct asker *asker, json_t *request)
{
    struct outcome outcome = ask_take(asker, request);
    if (asker->adapter && !is_trusted(outcome.answer)) {
        bench_return(asker->honesty->bench, asker->implementation, asker->adapter, false);
        honesty_ask_begin(asker, NULL);
    }
    return outcome;
}

/* --- types --- */

void honesty_try_types(struct asker *asker, bool fixtures, bool (*declared)(const void *context, const char *typeid),
                       const void *context, struct findings *failing, struct findings *working)
{
    for (const struct type *type = honesty_types; type->typeid; type++) {
        if (type->fixture != fixtures || type->since > asker->honesty->setup->version)
            continue;
        json_t *request =
            json_pack("{s:s, s:s, s:o}", "op", "create", "typeid", type->typeid, "args", honesty_json(type->args));
        struct outcome outcome = honesty_ask_take(asker, request);
        bool is = declared(context, type->typeid), works = honesty_has(&outcome, "proxy");
        if (is && !works)
            honesty_add(failing, type->typeid, outcome.line);
        if (!is && works)
            honesty_add(working, type->typeid, NULL);
        honesty_clear(&outcome);
    }
}

/* --- a proxy adapter --- */

struct operations {
    struct findings failing, working, unrefused;
};

/* True if all requests that come before the probe succeeded. */
static bool prepare(struct asker *asker, const char *before)
{
    size_t i;
    json_t *request, *requests = honesty_json(before);
    bool good = true;
    json_array_foreach(requests, i, request)
    {
        struct outcome outcome = honesty_ask_take(asker, json_deep_copy(request));
        good = good && (honesty_has(&outcome, "copy") || honesty_has(&outcome, "proxy"));
        honesty_clear(&outcome);
    }
    json_decref(requests);
    return good;
}

static void try_operation(struct asker *asker, const struct probe *probe, struct operations *found)
{
    if (!asker->adapter || (probe->typeid && !adapter_has_type(asker->adapter, probe->typeid)) ||
        !prepare(asker, probe->before))
        return; /* it cannot be tried: what stands in the way has a probe of its own */
    json_t *request = honesty_json(probe->request);
    char *name = probe->part ? text_format("%s:%s", probe->operation, probe->part) : text_copy(probe->operation);
    json_object_set_new(request, "op", json_string(probe->operation));
    if (probe->part)
        json_object_set_new(request, strcmp(probe->operation, "server") == 0 ? "function" : "name",
                            json_string(probe->part));
    bool declared = adapter_has_operation(asker->adapter, probe->operation, probe->part);
    struct outcome outcome = honesty_ask_take(asker, request);
    bool works = honesty_has(&outcome, probe->works);
    if (declared && !works)
        honesty_add(&found->failing, name, outcome.line);
    if (!declared && works)
        honesty_add(&found->working, name, NULL);
    if (!declared && !works && outcome.answer != ANSWER_UNSUPPORTED)
        honesty_add(&found->unrefused, name, outcome.line);
    honesty_clear(&outcome);
    free(name);
}

static void try_operations(struct asker *asker)
{
    const struct honesty *honesty = asker->honesty;
    struct operations found = {0};
    for (const struct probe *probe = honesty_probes; probe->operation; probe++) {
        bool last = strcmp(probe->operation, "shutdown") == 0, again = strcmp(probe->operation, "reset") == 0;
        if (last && !manager_process_peek(asker->manager))
            continue; /* somebody else's manager */
        try_operation(asker, probe, &found);
        if (again) {
            honesty_ask_end(asker);
            honesty_ask_begin(asker, NULL);
        }
    }
    honesty_tell_all(honesty, true, &found.failing, "hello declares operations that do not work",
                     "make them work, or take them out of operations in hello");
    honesty_tell_all(honesty, false, &found.working, "operations work that hello does not declare",
                     "declare them, so that the cases that need them count");
    honesty_tell_all(honesty, false, &found.unrefused, "operations that hello does not declare are not refused",
                     "answer {\"id\": N, \"unsupported\": TEXT}");
}

/* Of an adapter that may be replaced meanwhile, or be gone for good. */
static bool adapter_declares(const void *place, const char *typeid)
{
    const struct adapter *adapter = *(struct adapter *const *)place;
    return adapter && adapter_has_type(adapter, typeid);
}

static void try_types(struct asker *asker, const struct implementation *manager)
{
    const struct honesty *honesty = asker->honesty;
    struct findings failing = {0}, working = {0};
    if (!asker->adapter || !adapter_has_operation(asker->adapter, "create", NULL) || manager->types)
        return;
    honesty_try_types(asker, false, adapter_declares, &asker->adapter, &failing, &working);
    if (manager->fixtures && asker->adapter)
        honesty_try_types(asker, true, adapter_declares, &asker->adapter, &failing, &working);
    honesty_tell_all(honesty, true, &failing, "hello declares types that cannot be created",
                     "make them work, or name in types of hello those that do, instead of \"*\"");
    honesty_tell_all(honesty, false, &working, "types can be created that hello does not declare",
                     "declare them, so that the cases that need them count");
}

static void try_nonsense(struct asker *asker)
{
    struct findings accepted = {0};
    for (const struct nonsense *row = honesty_nonsense; row->what; row++) {
        struct outcome outcome = honesty_ask_take(asker, honesty_json(row->request));
        if (honesty_has(&outcome, "copy") || honesty_has(&outcome, "proxy"))
            honesty_add(&accepted, row->what, outcome.line);
        honesty_clear(&outcome);
    }
    honesty_tell_all(asker->honesty, true, &accepted, "it claims to have done what nobody can",
                     "answer error, unsupported, or the exception that the library raises; never success");
}

/* A version that there is not, offered to an adapter that was not greeted: it may refuse, or answer with its own. */
static void try_future(const struct honesty *honesty)
{
    char *trouble = NULL;
    json_t *observed = NULL;
    struct adapter *adapter = bench_new_adapter(honesty->bench, honesty->subject, &trouble);
    if (adapter) {
        json_t *hello = json_pack("{s:s, s:i}", "op", "hello", "protocol", FUTURE);
        enum answer answer = adapter_ask_take(adapter, hello, bench_patience(honesty->bench), &observed);
        if (answer != ANSWER_OBSERVED && !is_trusted(answer))
            honesty_tell_take(
                honesty, true,
                text_format("offered version %d of the protocol, %s", FUTURE, adapter_trouble_peek(adapter)),
                "answer error, or hello with the version that the adapter speaks");
    }
    json_decref(observed);
    adapter_end(adapter);
    free(trouble);
}

/* Another serializer, of a manager that has it. */
static void try_serializer(struct asker *asker, size_t manager)
{
    struct honesty *honesty = asker->honesty;
    const struct implementation *who = honesty->setup->implementations[honesty->subject];
    char *trouble = NULL;
    if (!asker->adapter || !honesty->setup->implementations[manager]->xmlrpclib)
        return;
    bool declared = adapter_has_serializer(asker->adapter, "xmlrpclib", who->xmlrpclib);
    struct asker other = {honesty, honesty->subject, bench_fresh_manager(honesty->bench, manager, true, &trouble), NULL,
                          "xmlrpclib"};
    struct outcome outcome = {0};
    if (other.manager) {
        bool works = honesty_ask_begin(&other, &outcome);
        if (works && adapter_has_type(other.adapter, "list") && adapter_has_operation(other.adapter, "create", NULL)) {
            honesty_clear(&outcome);
            outcome = honesty_ask_take(&other, json_pack("{s:s, s:s}", "op", "create", "typeid", "list"));
            works = honesty_has(&outcome, "proxy");
        }
        if (declared && !works)
            honesty_tell_take(honesty, true,
                              text_format("the serializer xmlrpclib is declared, but does not work: %s", outcome.line),
                              "make it work, or take it out of serializers in hello");
        if (!declared && works)
            honesty_tell_take(honesty, false, text_copy("the serializer xmlrpclib works, but is not declared"),
                              "name it in serializers in hello, so that the cases that need it count");
    }
    honesty_ask_end(&other);
    honesty_clear(&outcome);
    manager_end(other.manager);
    free(trouble);
}

/* The manager that an adapter is tried with: the oracle's, or that of its first pairing. */
static size_t manager_for(const struct setup *setup, size_t proxy)
{
    for (size_t k = 0; !setup->live && k < setup->pairing_count; k++)
        if (setup->pairings[k].proxy == proxy)
            return setup->pairings[k].manager;
    return 0;
}

static void check_proxy(struct honesty *honesty)
{
    const size_t partner = manager_for(honesty->setup, honesty->subject);
    const struct implementation *manager = honesty->setup->implementations[partner];
    char *trouble = NULL;
    struct adapter *adapter = bench_adapter(honesty->bench, honesty->subject, &trouble);
    if (!adapter) {
        honesty->listener->give_up(honesty->listener->context, honesty->subject, ROLE_PROXY, trouble);
        free(trouble);
        return;
    }
    bench_return(honesty->bench, honesty->subject, adapter, true);
    try_future(honesty);
    struct asker asker = {honesty, honesty->subject, NULL, NULL, NULL};
    struct outcome outcome = {0};
    asker.manager = manager->address ? bench_manager(honesty->bench, partner, false, &trouble)
                                     : bench_fresh_manager(honesty->bench, partner, false, &trouble);
    if (asker.manager && honesty_ask_begin(&asker, &outcome)) {
        try_nonsense(&asker);
        try_types(&asker, manager);
        try_serializer(&asker, partner);
        try_operations(&asker); /* the last of them ends the manager */
    } else if (asker.manager) {
        honesty_tell_take(honesty, true, text_format("it does not connect to a manager: %s", outcome.line),
                          "connect with the address and the key that the request has");
    }
    honesty_ask_end(&asker);
    honesty_clear(&outcome);
    if (!manager->address)
        manager_end(asker.manager);
    free(trouble);
}

/* --- everybody --- */

static bool has_role(const struct setup *setup, size_t implementation, enum role role)
{
    for (size_t k = 0; k < setup->pairing_count; k++)
        if (implementation == (role == ROLE_PROXY ? setup->pairings[k].proxy : setup->pairings[k].manager))
            return true;
    return false;
}

void honesty_check(const struct setup *setup, struct bench *bench, const struct honesty_listener *listener)
{
    struct honesty honesty = {.setup = setup, .bench = bench, .listener = listener};
    for (size_t i = 0; i < setup->count; i++) {
        honesty.subject = i;
        if (!setup_is_judged(setup, i))
            continue;
        honesty.role = ROLE_PROXY;
        if (has_role(setup, i, ROLE_PROXY))
            check_proxy(&honesty);
        honesty.role = ROLE_MANAGER;
        if (has_role(setup, i, ROLE_MANAGER))
            honesty_check_manager(&honesty);
    }
}

/* --- tables --- */

#define PROBE(operation, part, typeid, before, request, works) {operation, part, typeid, before, request, works},
#define TYPE(typeid, args, since, fixture)
#define NONSENSE(what, request)
const struct probe honesty_probes[] = {
#include "harness/honesty.def"
    {0},
};
#undef PROBE
#undef TYPE
#undef NONSENSE

#define PROBE(operation, part, typeid, before, request, works)
#define TYPE(typeid, args, since, fixture) {typeid, args, since, fixture},
#define NONSENSE(what, request)
const struct type honesty_types[] = {
#include "harness/honesty.def"
    {0},
};
#undef PROBE
#undef TYPE
#undef NONSENSE

#define PROBE(operation, part, typeid, before, request, works)
#define TYPE(typeid, args, since, fixture)
#define NONSENSE(what, request) {what, request},
const struct nonsense honesty_nonsense[] = {
#include "harness/honesty.def"
    {0},
};
