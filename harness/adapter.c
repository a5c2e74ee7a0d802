/* SPDX-License-Identifier: MIT */
/* The harness's side of the adapter protocol.  Knows nothing of cases: it judges replies only as messages. */
#include "harness/adapter.h"

#include <stdlib.h>
#include <string.h>

#include "harness/process.h"
#include "harness/protocol.h"
#include "harness/schema.h"
#include "harness/text.h"
#include "harness/wire.h"

/* An operation that no adapter has. */
#define NONSENSE "mpconform-no-such-operation"
/* How long a child whose output ended may take to be gone, and how much of a bad line is shown. */
#define ENDING_MS 3000
#define SHOWN_BYTES 200

struct adapter {
    struct process *process;
    json_t *hello;
    json_t *request; /* the last one */
    long long id;
    bool busy, validated;
    bool unsent; /* the request is not one that the protocol has: a fault of this program */
    char *trouble;
};

static const struct {
    const char *text, *mending;
} answers[] = {
#define ANSWER(name, text, mending) {text, mending},
#include "harness/answer.def"
#undef ANSWER
};

struct adapter *adapter_start(const char *command)
{
    return adapter_of_take(process_start(command));
}

struct adapter *adapter_of_take(struct process *process)
{
    if (!process)
        return NULL;
    struct adapter *adapter = text_calloc(1, sizeof *adapter);
    adapter->process = process;
    return adapter;
}

struct adapter *adapter_attach(const char *address, char **trouble)
{
    int fd = wire_dial(address, trouble);
    struct process *process = fd < 0 ? NULL : process_attach(fd, address);
    if (!process && fd >= 0)
        *trouble = text_format("no room for one more connection to %s", address);
    return adapter_of_take(process);
}

/* Remembers the trouble (detail is taken, may be NULL) and returns answer. */
static enum answer trouble_take(struct adapter *adapter, enum answer answer, char *detail)
{
    const char *mending = answers[answer].mending;
    free(adapter->trouble);
    adapter->trouble = text_format("the adapter %s%s%s%s%s", answers[answer].text, detail ? ": " : "",
                                   detail ? detail : "", *mending ? ". To mend it: " : "", mending);
    free(detail);
    return answer;
}

/* A line as far as it can be shown: printable ASCII, cut. */
static char *shown(const char *line, size_t length)
{
    struct text text = {0};
    for (size_t i = 0; i < length && i < SHOWN_BYTES; i++)
        if (line[i] >= ' ' && line[i] <= '~')
            text_add(&text, line + i, 1);
        else
            text_printf(&text, "\\x%02x", (unsigned char)line[i]);
    if (length > SHOWN_BYTES)
        text_printf(&text, "… (%zu bytes)", length);
    return text_give(&text);
}

/* Its output ended: a crash outranks a plain exit. */
static enum answer ending(struct adapter *adapter)
{
    struct process *process = adapter->process;
    process_wait(process, process_now() + ENDING_MS);
    char *how = process_ending(process), *finding = process_finding(process);
    bool crashed = process_crashed(process) || finding;
    char *detail = finding ? text_format("it %s; %s", how, finding) : text_format("it %s", how);
    free(how);
    free(finding);
    return trouble_take(adapter, crashed ? ANSWER_CRASHED : ANSWER_EXITED, detail);
}

void adapter_validate(struct adapter *adapter)
{
    adapter->validated = true;
}

/* Holds a message (taken) against a definition of the protocol.  ANSWER_OBSERVED, or ANSWER_INVALID with the trouble.
 */
static enum answer validate_take(struct adapter *adapter, const char *definition, json_t *message)
{
    struct schema_problem problem;
    enum answer answer = ANSWER_OBSERVED;
    if (!schema_check(protocol_schema(), definition, message, &problem)) {
        char *sentence = schema_sentence(&problem), *asked = json_dumps(adapter->request, JSON_COMPACT),
             *answered = json_dumps(json_object_get(message, "reply"), JSON_COMPACT);
        answer = trouble_take(adapter, ANSWER_INVALID,
                              text_format("%s; the request was %.*s%s, the reply %.*s%s", sentence, SHOWN_BYTES,
                                          asked ? asked : "", asked && strlen(asked) > SHOWN_BYTES ? "…" : "",
                                          SHOWN_BYTES, answered ? answered : "not awaited",
                                          answered && strlen(answered) > SHOWN_BYTES ? "…" : ""));
        free(sentence);
        free(asked);
        free(answered);
    }
    schema_problem_clear(&problem);
    json_decref(message);
    return answer;
}

bool adapter_send_take(struct adapter *adapter, json_t *request, long long deadline)
{
    json_object_set_new(request, "id", json_integer(++adapter->id));
    json_decref(adapter->request);
    adapter->request = request;
    adapter->unsent = adapter->validated && validate_take(adapter, "request", json_incref(request)) != ANSWER_OBSERVED;
    if (adapter->unsent)
        return false;
    char *line = json_dumps(request, JSON_COMPACT);
    struct text text = {0};
    text_printf(&text, "%s\n", line ? line : "{}");
    free(line);
    adapter->busy = true;
    bool sent = process_write(adapter->process, text.bytes, text.length, deadline);
    text_clear(&text);
    return sent;
}

/* --- sorting a reply --- */

struct reply_kind {
    const char *member;
    enum answer (*sort)(struct adapter *, json_t *member, json_t **observed);
};

static enum answer sort_observed(struct adapter *adapter, json_t *member, json_t **observed)
{
    static const char *const kinds[] = {"copy", "proxy", "raises", "remote_error", "lost"};
    size_t known = 0;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        known += json_object_get(member, kinds[i]) != NULL;
    if (!json_is_object(member) || known != 1 || json_object_size(member) != 1) {
        char *text = json_dumps(member, JSON_COMPACT | JSON_ENCODE_ANY);
        char *detail = text_format(
            "an observation has exactly one of copy, proxy, raises, remote_error, lost, not %.*s", SHOWN_BYTES, text);
        free(text);
        return trouble_take(adapter, ANSWER_MALFORMED, detail);
    }
    *observed = json_incref(member);
    return ANSWER_OBSERVED;
}

static enum answer sort_hello(struct adapter *adapter, json_t *member, json_t **observed)
{
    json_t *protocol = json_object_get(member, "protocol");
    (void)observed;
    if (adapter->hello)
        return trouble_take(adapter, ANSWER_MALFORMED, text_copy("it said hello twice"));
    if (!json_is_integer(protocol) || json_integer_value(protocol) != ADAPTER_PROTOCOL)
        return trouble_take(adapter, ANSWER_MALFORMED,
                            text_format("hello names protocol version %lld, this harness speaks %d",
                                        (long long)json_integer_value(protocol), ADAPTER_PROTOCOL));
    if (!json_is_array(json_object_get(member, "operations")) || !json_is_array(json_object_get(member, "types")))
        return trouble_take(adapter, ANSWER_MALFORMED, text_copy("hello lacks the array operations or types"));
    adapter->hello = json_incref(member);
    return ANSWER_OBSERVED;
}

static enum answer sort_text(struct adapter *adapter, enum answer answer, json_t *member)
{
    const char *text = json_string_value(member);
    if (!text)
        return trouble_take(adapter, ANSWER_MALFORMED, text_copy("its reason is not a string"));
    return trouble_take(adapter, answer, text_copy(text));
}

/* What hello does not declare is never asked in a case: an adapter that declares an operation and then says that it has
 * no such thing is not believed, or it could make any failure not applicable. */
static enum answer sort_unsupported(struct adapter *adapter, json_t *member, json_t **observed)
{
    char *name;
    (void)observed;
    if (!json_is_string(member) || !adapter->hello || !adapter_has_request(adapter, adapter->request, &name)) {
        if (json_is_string(member) && adapter->hello)
            free(name);
        return sort_text(adapter, ANSWER_UNSUPPORTED, member);
    }
    return trouble_take(
        adapter, ANSWER_CONTRADICTS,
        text_format("%s: %s", json_string_value(json_object_get(adapter->request, "op")), json_string_value(member)));
}

static enum answer sort_error(struct adapter *adapter, json_t *member, json_t **observed)
{
    (void)observed;
    return sort_text(adapter, ANSWER_ERROR, member);
}

static const struct reply_kind reply_kinds[] = {
    {"observed", sort_observed},
    {"hello", sort_hello},
    {"unsupported", sort_unsupported},
    {"error", sort_error},
};

static enum answer sort_reply(struct adapter *adapter, json_t *reply, json_t **observed)
{
    json_t *id = json_object_get(reply, "id");
    const struct reply_kind *kind = NULL;
    size_t known = 0;
    if (!json_is_integer(id) || json_integer_value(id) != adapter->id) {
        char *text = id ? json_dumps(id, JSON_COMPACT | JSON_ENCODE_ANY) : text_copy("without id");
        char *detail = text_format("asked %lld, answered %.*s", adapter->id, SHOWN_BYTES, text ? text : "");
        free(text);
        return trouble_take(adapter, ANSWER_WRONG_ID, detail);
    }
    if (adapter->validated) {
        json_t *exchange = json_pack("{s:O, s:O}", "request", adapter->request, "reply", reply);
        enum answer answer = validate_take(adapter, "exchange", exchange);
        if (answer != ANSWER_OBSERVED)
            return answer;
    }
    for (size_t i = 0; i < sizeof reply_kinds / sizeof *reply_kinds; i++)
        if (json_object_get(reply, reply_kinds[i].member)) {
            kind = &reply_kinds[i];
            known++;
        }
    if (known != 1 || json_object_size(reply) != 2)
        return trouble_take(adapter, ANSWER_MALFORMED,
                            text_copy("a reply has id and exactly one of observed, hello, unsupported, error"));
    return kind->sort(adapter, json_object_get(reply, kind->member), observed);
}

static enum answer sort_line(struct adapter *adapter, const char *line, size_t length, json_t **observed)
{
    json_error_t error;
    json_t *reply = json_loadb(line, length, JSON_REJECT_DUPLICATES, &error);
    if (!json_is_object(reply)) {
        char *part = shown(line, length), *detail = reply ? text_copy(part) : text_format("%s (%s)", part, error.text);
        free(part);
        json_decref(reply);
        return trouble_take(adapter, ANSWER_GARBAGE, detail);
    }
    enum answer answer = sort_reply(adapter, reply, observed);
    json_decref(reply);
    return answer;
}

enum answer adapter_wait(struct adapter *adapter, long long deadline, json_t **observed)
{
    const char *line;
    size_t length;
    *observed = NULL;
    if (adapter->unsent)
        return ANSWER_INVALID;
    switch (process_read_line(adapter->process, deadline, &line, &length)) {
    case PROCESS_LATE:
        return trouble_take(adapter, ANSWER_LATE, NULL);
    case PROCESS_EOF:
        adapter->busy = false;
        return ending(adapter);
    case PROCESS_TOO_LONG:
        adapter->busy = false;
        return trouble_take(adapter, ANSWER_TOO_LONG, NULL);
    case PROCESS_LINE:
        break;
    }
    adapter->busy = false;
    enum answer answer = sort_line(adapter, line, length, observed);
    if (answer == ANSWER_OBSERVED && process_has_output(adapter->process)) {
        json_decref(*observed);
        *observed = NULL;
        answer = trouble_take(adapter, ANSWER_UNASKED, NULL);
    }
    return answer;
}

enum answer adapter_ask_take(struct adapter *adapter, json_t *request, long long deadline, json_t **observed)
{
    adapter_send_take(adapter, request, deadline);
    return adapter_wait(adapter, deadline, observed);
}

/* Whether an adapter that did not answer does so when its input ends: then it only never flushed. */
static bool holds_answers_back(struct adapter *adapter)
{
    const char *line;
    size_t length;
    long long deadline = process_now() + ENDING_MS;
    process_stop(adapter->process, 0, deadline);
    return process_read_line(adapter->process, deadline, &line, &length) == PROCESS_LINE;
}

enum answer adapter_greet(struct adapter *adapter, long long deadline)
{
    json_t *observed;
    json_t *hello = json_pack("{s:s, s:i}", "op", "hello", "protocol", ADAPTER_PROTOCOL);
    enum answer answer = adapter_ask_take(adapter, hello, deadline, &observed);
    if (answer == ANSWER_OBSERVED && !adapter->hello) {
        json_decref(observed);
        return trouble_take(adapter, ANSWER_MALFORMED, text_copy("hello was answered with an observation"));
    }
    if (answer == ANSWER_LATE && holds_answers_back(adapter))
        return trouble_take(adapter, ANSWER_LATE,
                            text_copy("it wrote its answer, but kept it in a buffer until its input ended"));
    if (answer != ANSWER_OBSERVED)
        return answer;
    answer = adapter_ask_take(adapter, json_pack("{s:s}", "op", NONSENSE), deadline, &observed);
    json_decref(observed);
    if (answer == ANSWER_OBSERVED)
        return trouble_take(adapter, ANSWER_MALFORMED,
                            text_copy("it claims to have done \"" NONSENSE "\", which no adapter can"));
    return answer == ANSWER_UNSUPPORTED || answer == ANSWER_ERROR ? ANSWER_OBSERVED : answer;
}

bool adapter_busy(const struct adapter *adapter)
{
    return adapter->busy;
}

const char *adapter_trouble_peek(const struct adapter *adapter)
{
    return adapter->trouble ? adapter->trouble : "";
}

/* --- hello --- */

static const char *hello_text(const struct adapter *adapter, const char *member)
{
    const char *text = json_string_value(json_object_get(adapter->hello, member));
    return text ? text : "";
}

const char *adapter_imitates_peek(const struct adapter *adapter)
{
    return hello_text(adapter, "imitates");
}

const char *adapter_name_peek(const struct adapter *adapter)
{
    return hello_text(adapter, "name");
}

const char *adapter_version_peek(const struct adapter *adapter)
{
    return hello_text(adapter, "version");
}

static bool listed(const struct adapter *adapter, const char *member, const char *name)
{
    size_t i;
    json_t *item;
    json_array_foreach(json_object_get(adapter->hello, member), i, item)
    {
        const char *text = json_string_value(item);
        if (text && (strcmp(text, name) == 0 || strcmp(text, "*") == 0))
            return true;
    }
    return false;
}

bool adapter_has_operation(const struct adapter *adapter, const char *operation, const char *part)
{
    char *full = part ? text_format("%s:%s", operation, part) : NULL;
    bool has = listed(adapter, "operations", operation) || (full && listed(adapter, "operations", full));
    free(full);
    return has;
}

bool adapter_has_serializer(const struct adapter *adapter, const char *serializer, bool by_file)
{
    if (json_object_get(adapter->hello, "serializers"))
        return listed(adapter, "serializers", serializer);
    return by_file || strcmp(serializer, "pickle") == 0;
}

/* The member that names the part of an operation which may be declared by itself. */
static const char *part_of(const json_t *request)
{
    static const struct {
        const char *op, *member;
    } parts[] = {{"operator", "name"}, {"builtin", "name"}, {"server", "function"}};
    const char *op = json_string_value(json_object_get(request, "op"));
    for (size_t i = 0; op && i < sizeof parts / sizeof *parts; i++)
        if (strcmp(op, parts[i].op) == 0)
            return json_string_value(json_object_get(request, parts[i].member));
    return NULL;
}

bool adapter_has_request(const struct adapter *adapter, const json_t *request, char **name)
{
    const char *op = json_string_value(json_object_get(request, "op")), *part = part_of(request);
    *name = NULL;
    if (!op || adapter_has_operation(adapter, op, part))
        return true;
    *name = part ? text_format("%s:%s", op, part) : text_copy(op);
    return false;
}

bool adapter_has_type(const struct adapter *adapter, const char *typeid)
{
    return listed(adapter, "types", typeid);
}

/* --- the end --- */

struct process *adapter_process_peek(const struct adapter *adapter)
{
    return adapter->process;
}

char *adapter_finish(struct adapter *adapter, long long deadline)
{
    struct process *process = adapter->process;
    bool gone = process_stop(process, 0, deadline);
    char *finding = process_finding(process), *how = process_ending(process), *sentence = NULL;
    if (!gone)
        sentence = text_format("the adapter did not %s after the end of its input",
                               process_pid(process) ? "exit" : "close the connection");
    else if (process_status(process) != 0 || finding)
        sentence = text_format("the adapter %s after the end of its input%s%s", how, finding ? ": " : "",
                               finding ? finding : "");
    free(finding);
    free(how);
    return sentence;
}

void adapter_end(struct adapter *adapter)
{
    if (!adapter)
        return;
    process_end(adapter->process);
    json_decref(adapter->hello);
    json_decref(adapter->request);
    free(adapter->trouble);
    free(adapter);
}
