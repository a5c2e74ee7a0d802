/* SPDX-License-Identifier: MIT */
/* Events as JSON. */
#include "harness/event.h"

#include <stdlib.h>
#include <string.h>

#include "harness/case.h"
#include "harness/implementation.h"
#include "harness/session.h"
#include "harness/setup.h"
#include "harness/text.h"
#include "harness/verdict.h"

/* How much of a process's standard error an event carries: its end. */
#define STDERR_SHOWN 4000

/* The length of the UTF-8 character at s (n bytes left), 0 if there is none. */
static size_t character(const unsigned char *s, size_t n)
{
    size_t length = s[0] < 0x80                   ? 1
                    : s[0] >= 0xc2 && s[0] < 0xe0 ? 2
                    : s[0] >= 0xe0 && s[0] < 0xf0 ? 3
                    : s[0] >= 0xf0 && s[0] < 0xf5 ? 4
                                                  : 0;
    if (!length || length > n)
        return 0;
    for (size_t i = 1; i < length; i++)
        if ((s[i] & 0xc0) != 0x80)
            return 0;
    if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) || (s[0] == 0xf0 && s[1] < 0x90) ||
        (s[0] == 0xf4 && s[1] > 0x8f))
        return 0;
    return length;
}

json_t *event_text(const char *text)
{
    json_t *string = json_string(text);
    struct text clean = {0};
    if (string)
        return string;
    for (size_t n = strlen(text); n;) {
        size_t length = character((const unsigned char *)text, n);
        if (length)
            text_add(&clean, text, length);
        else
            text_puts(&clean, "\xef\xbf\xbd");
        text += length ? length : 1;
        n -= length ? length : 1;
    }
    string = json_string(text_peek(&clean));
    text_clear(&clean);
    return string;
}

static json_t *text_or_null(const char *text)
{
    return text ? event_text(text) : json_null();
}

/* The end of a long text. */
static json_t *tail(const char *text)
{
    size_t length = strlen(text);
    return event_text(length > STDERR_SHOWN ? text + (length - STDERR_SHOWN) : text);
}

static json_t *event_step(const struct step *step, const struct step_observation *seen,
                          const struct step_judgement *judged)
{
    static const char *const words[] = {
        [COMPARE_SAME] = "same", [COMPARE_WORDING] = "wording", [COMPARE_DIFFERENT] = "different"};
    json_t *event = json_pack("{s:I}", "line", (json_int_t)step->line);
    if (!seen->reached)
        json_object_set_new(event, "reached", json_false());
    else
        json_object_set_new(event, "observed", text_or_null(seen->line));
    if (!judged->known)
        json_object_set_new(event, "recorded", json_false());
    if (judged->difference != COMPARE_SAME) {
        static const char *const prompts[] = {
            [PROMPT_RUN] = ">>> ", [PROMPT_START] = "&>>> ", [PROMPT_COLLECT] = "<<<", [PROMPT_HOLD] = "???"};
        char *statement = text_format("%s%s%s", step->client, prompts[step->prompt], step->statement);
        json_object_set_new(event, "statement", event_text(statement));
        json_object_set_new(event, "expected", text_or_null(judged->expected));
        json_object_set_new(event, "difference", json_string(words[judged->difference]));
        free(statement);
    }
    return event;
}

static void add_session(json_t *event, const struct test_case *test, const struct session *session,
                        const struct judgement *judgement)
{
    json_t *steps = json_array();
    for (size_t i = 0; i < test->step_count; i++)
        json_array_append_new(steps, event_step(&test->steps[i], &session->steps[i], &judgement->steps[i]));
    json_object_set_new(event, "steps", steps);
    json_object_set_new(event, "milliseconds", json_integer(session->milliseconds));
    if (session->left)
        json_object_set_new(event, "objects_left", json_integer(session->left));
    if (verdict_kind(judgement->verdict) != VERDICT_RED)
        return;
    if (session->end == SESSION_CRASH || session->end == SESSION_BROKEN)
        json_object_set_new(event, "ended_by", json_string(session->manager_at_fault ? "manager" : "proxy"));
    if (session->proxy_stderr && *session->proxy_stderr)
        json_object_set_new(event, "proxy_stderr", tail(session->proxy_stderr));
    if (session->manager_stderr && *session->manager_stderr)
        json_object_set_new(event, "manager_stderr", tail(session->manager_stderr));
}

json_t *event_result(const struct setup *setup, size_t case_index, const struct test_case *test, size_t pairing,
                     const struct session *session, const struct judgement *judgement)
{
    const struct pairing *roles = &setup->pairings[pairing];
    json_t *event = json_pack(
        "{s:s, s:I, s:I, s:o, s:s, s:s, s:s}", "type", "result", "case_index", (json_int_t)case_index, "pairing",
        (json_int_t)pairing, "case", event_text(test->id), "proxy", setup->implementations[roles->proxy]->name,
        "manager", setup->implementations[roles->manager]->name, "verdict", verdict_word(judgement->verdict));
    if (judgement->reason)
        json_object_set_new(event, "reason", event_text(judgement->reason));
    if (session)
        add_session(event, test, session, judgement);
    return event;
}

json_t *event_failure(enum failure about, const char *subject, const char *reason, const char *stderr_text)
{
    static const char *const words[] = {[FAILURE_PROCESS] = "process",
                                        [FAILURE_RUN] = "run",
                                        [FAILURE_PAIRING] = "pairing",
                                        [FAILURE_LIST] = "list",
                                        [FAILURE_CLAIM] = "claim"};
    json_t *event = json_pack("{s:s, s:s, s:o, s:o}", "type", "failure", "about", words[about], "subject",
                              event_text(subject), "reason", event_text(reason));
    if (*stderr_text)
        json_object_set_new(event, "stderr", tail(stderr_text));
    return event;
}

json_t *event_note(const char *subject, const char *text)
{
    return json_pack("{s:s, s:o, s:o}", "type", "note", "subject", event_text(subject), "text", event_text(text));
}

json_t *event_give_up(size_t implementation, int role, const char *trouble)
{
    return json_pack("{s:s, s:I, s:i, s:o}", "type", "give-up", "implementation", (json_int_t)implementation, "role",
                     role, "trouble", event_text(trouble));
}
