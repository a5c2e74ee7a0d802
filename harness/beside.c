/* SPDX-License-Identifier: MIT */
/* The wires of two sessions beside each other, at the first frame that differs. */
#include "harness/beside.h"

#include <stdlib.h>
#include <string.h>

#include "harness/case.h"
#include "harness/columns.h"
#include "harness/frame_show.h"
#include "harness/overhear.h"
#include "harness/raw.h"
#include "harness/trace.h"
#include "harness/transcript.h"
#include "harness/verdict.h"

#define NONE ((size_t)-1)
/* Bytes of a line in words. */
#define LINE_SHOWN 500

/* What is compared, in this order: the first of them that differs is shown. */
enum aspect { SAID, HANDSHAKES, WRITTEN };

static const char *const findings[] = {
    [SAID] = "the first frame that says something else",
    [HANDSHAKES] = "requests and replies say the same; the first message of a handshake that differs",
    [WRITTEN] = "every frame says the same; the first that is written in another way",
};

struct speech {
    const struct transcript_side *side;
    struct heard *heard;
    json_t *names;
};

/* A pair of frames, by their records; NONE: there is no further one. */
struct pair {
    size_t reference, judged;
};

struct comparison {
    const struct test_case *test;
    const struct judgement *judgement;
    struct speech reference, judged;
    enum aspect aspect;
};

/* ---- which frames, and what of them */

static const char *client_of(const struct trace_log *log, size_t i)
{
    const char *name = log->clients[log->records[i].connection - 1];
    return name ? name : "";
}

/* Steps that send as often as there was time for, whose answer comes in any order, or that differ in what was let pass:
 * the difference that matters comes later. */
static bool is_free(const struct comparison *comparison, size_t step)
{
    const struct test_case *test = comparison->test;
    const struct judgement *judgement = comparison->judgement;
    if (step >= test->step_count)
        return false;
    return test->steps[step].until || test->steps[step].sorted ||
           (step < judgement->first && step < judgement->count && judgement->steps[step].difference != COMPARE_SAME);
}

/* The text of a traceback is everybody's own. */
static bool is_own_words(const char *line)
{
    return !strncmp(line, "TRACEBACK ", 10) || !strncmp(line, "UNSERIALIZABLE ", 15);
}

static bool compared(const struct comparison *comparison, const struct speech *speech, size_t i, const char *client)
{
    const struct trace_log *log = speech->side->log;
    const struct trace_record *record = &log->records[i];
    bool handshake = speech->heard[i].kind == HEARD_HANDSHAKE;
    if (record->kind != TRACE_FRAME || handshake != (comparison->aspect == HANDSHAKES))
        return false;
    return !is_free(comparison, record->step) && !strcmp(client_of(log, i), client);
}

static size_t next(const struct comparison *comparison, const struct speech *speech, size_t from, const char *client)
{
    for (size_t i = from; i < speech->side->log->count; i++)
        if (compared(comparison, speech, i, client))
            return i;
    return NONE;
}

/* The content of a frame, with what is another thing in every session by its name.  New. */
static char *content(const struct speech *speech, size_t i)
{
    struct text out = {0};
    if (i != NONE)
        frame_show(&out, &speech->side->log->records[i], speech->heard[i].kind, "");
    return overhear_named_take(text_give(&out), speech->names);
}

static bool same(const struct comparison *comparison, struct pair pair)
{
    static const char free_name[] = "'accept_connection'"; /* what follows it is up to the client */
    const struct speech *a = &comparison->reference, *b = &comparison->judged;
    if (pair.reference == NONE || pair.judged == NONE)
        return pair.reference == pair.judged;
    const char *x = a->heard[pair.reference].line, *y = b->heard[pair.judged].line, *p = strstr(x, free_name),
               *q = strstr(y, free_name);
    if (a->side->log->records[pair.reference].side != b->side->log->records[pair.judged].side)
        return false;
    if (p && q && p - x == q - y && !strncmp(x, y, (size_t)(p - x)))
        return true;
    if (strcmp(x, y) != 0 || comparison->aspect != WRITTEN || is_own_words(x))
        return strcmp(x, y) == 0;
    char *left = content(a, pair.reference), *right = content(b, pair.judged);
    bool equal = !strcmp(left, right);
    free(left);
    free(right);
    return equal;
}

/* The step at which a pair stands. */
static size_t step_of(const struct comparison *comparison, struct pair pair)
{
    return pair.judged != NONE ? comparison->judged.side->log->records[pair.judged].step
                               : comparison->reference.side->log->records[pair.reference].step;
}

/* In the order of steps: before the first is before all. */
static size_t order(size_t step)
{
    return step == TRACE_BEFORE ? 0 : step == TRACE_AFTER ? (size_t)-1 : step + 1;
}

/* The first pair of a client that differs; false if none does. */
static bool differs(const struct comparison *comparison, const char *client, struct pair *found)
{
    struct pair at = {NONE, NONE};
    do {
        at.reference = next(comparison, &comparison->reference, at.reference + 1, client);
        at.judged = next(comparison, &comparison->judged, at.judged + 1, client);
        if (!same(comparison, at)) {
            *found = at;
            return true;
        }
    } while (at.reference != NONE);
    return false;
}

/* True if some connection before this one is of the same client. */
static bool seen_before(const struct trace_log *log, size_t connection)
{
    for (size_t i = 0; i < connection; i++)
        if (log->clients[i] && !strcmp(log->clients[i], log->clients[connection]))
            return true;
    return false;
}

/* The earliest pair that differs, of all clients of both sessions. */
static bool find(const struct comparison *comparison, struct pair *first)
{
    const struct trace_log *logs[] = {comparison->reference.side->log, comparison->judged.side->log};
    bool any = false;
    for (size_t k = 0; k < 2; k++)
        for (size_t i = 0; i < logs[k]->connections; i++) {
            struct pair found;
            const char *client = logs[k]->clients[i];
            if (!client || !strcmp(client, RAW_OWN) || seen_before(logs[k], i) || !differs(comparison, client, &found))
                continue;
            if (!any || order(step_of(comparison, found)) < order(step_of(comparison, *first)))
                *first = found;
            any = true;
        }
    return any;
}

/* ---- in words */

/* What the wire of a client ended with, where a frame is missing. */
static void put_last(struct text *out, const struct speech *speech, const char *client)
{
    const struct trace_log *log = speech->side->log;
    size_t last = NONE;
    for (size_t i = 0; i < log->count; i++)
        if (!strcmp(client_of(log, i), client))
            last = i;
    if (last == NONE) {
        text_printf(out, "nothing: %s never connects", client);
        return;
    }
    text_puts(out, "nothing more; the last on its wire is: ");
    if (log->records[last].kind == TRACE_FRAME)
        text_printf(out, "%.*s", LINE_SHOWN, speech->heard[last].line);
    else
        frame_show_event(out, &log->records[last], client);
}

static void put_frame(struct text *out, const struct speech *speech, size_t i, const char *client)
{
    const struct trace_record *record = i == NONE ? NULL : &speech->side->log->records[i];
    text_printf(out, "  %s: ", speech->side->name);
    if (record) {
        const char *line = speech->heard[i].line;
        size_t length = strlen(line);
        text_puts(out, record->side == TRACE_CLIENT ? "to the manager, " : "to the client, ");
        frame_show_size(out, record);
        text_printf(out, ": %.*s%s", LINE_SHOWN, line, length > LINE_SHOWN ? "…" : "");
    } else {
        put_last(out, speech, client);
    }
    text_puts(out, "\n");
}

static void put_place(struct text *out, const struct comparison *comparison, struct pair pair)
{
    size_t step = step_of(comparison, pair);
    text_printf(out, "  %s", findings[comparison->aspect]);
    if (step == TRACE_BEFORE || step == TRACE_AFTER)
        text_printf(out, ", %s step\n", step == TRACE_BEFORE ? "before the first" : "after the last");
    else
        text_printf(out, ", at line %zu\n", comparison->test->steps[step].line);
}

static void put_pair(struct text *out, const struct comparison *comparison, struct pair pair)
{
    const char *client = pair.judged == NONE ? client_of(comparison->reference.side->log, pair.reference)
                                             : client_of(comparison->judged.side->log, pair.judged);
    put_place(out, comparison, pair);
    put_frame(out, &comparison->reference, pair.reference, client);
    put_frame(out, &comparison->judged, pair.judged, client);
    char *left = content(&comparison->reference, pair.reference), *right = content(&comparison->judged, pair.judged);
    if (pair.reference != NONE && pair.judged != NONE &&
        comparison->reference.heard[pair.reference].kind == comparison->judged.heard[pair.judged].kind)
        columns_write(out, left, right, "      ");
    free(left);
    free(right);
}

void beside_write(struct text *out, const struct test_case *test, const struct transcript_side *reference,
                  const struct transcript_side *judged, const struct judgement *judgement)
{
    struct comparison comparison = {
        .test = test, .judgement = judgement, .reference = {.side = reference}, .judged = {.side = judged}};
    struct pair first = {NONE, NONE};
    bool found = false;
    comparison.reference.heard = overhear(reference->log, &comparison.reference.names);
    comparison.judged.heard = overhear(judged->log, &comparison.judged.names);
    text_printf(out, "the wire beside that of %s\n", reference->name);
    for (int aspect = SAID; aspect <= WRITTEN && !found; aspect++) {
        comparison.aspect = (enum aspect)aspect;
        found = find(&comparison, &first);
    }
    if (found)
        put_pair(out, &comparison, first);
    else
        text_puts(out, "  every frame is the same\n");
    overhear_free(comparison.reference.heard, reference->log);
    overhear_free(comparison.judged.heard, judged->log);
    json_decref(comparison.reference.names);
    json_decref(comparison.judged.names);
}
