/* SPDX-License-Identifier: MIT */
/* A session as text. */
#include "harness/transcript.h"

#include <stdlib.h>
#include <string.h>

#include "harness/beside.h"
#include "harness/case.h"
#include "harness/frame_show.h"
#include "harness/overhear.h"
#include "harness/session.h"
#include "harness/trace.h"

/* Of one step so many records are shown: its first and its last. */
#define RECORDS_FIRST 60
#define RECORDS_LAST 20
/* Bytes of a line in words. */
#define LINE_SHOWN 2000

struct writing {
    struct text *out;
    const struct transcript *transcript;
    const struct trace_log *log;
    struct heard *heard;
    json_t *names;
};

/* ---- words */

/* A line that may be long: its beginning. */
static void put_cut(struct text *out, const char *line)
{
    size_t length = strlen(line), shown = length < LINE_SHOWN ? length : LINE_SHOWN;
    while (shown < length && shown && ((unsigned char)line[shown] & 0xc0) == 0x80)
        shown--;
    text_add(out, line, shown);
    if (shown < length)
        text_printf(out, "… (%zu more characters)", length - shown);
}

static void put_line(struct text *out, const char *label, const char *line, const char *mark)
{
    text_printf(out, "  %-9s ", label);
    put_cut(out, line);
    text_printf(out, "%s\n", mark);
}

static const char *client_name(const struct trace_log *log, unsigned connection)
{
    const char *name = log->clients[connection - 1];
    return name ? name : "another client";
}

/* ---- the wire */

/* Whether the content of a frame was shown already: the same bytes, or a message of a handshake that says the same in
 * words and differs in its random bytes only. */
static bool shown_before(const struct writing *writing, size_t i)
{
    const struct trace_record *record = &writing->log->records[i], *other;
    const struct heard *heard = &writing->heard[i];
    for (size_t k = 0; k < i; k++) {
        other = &writing->log->records[k];
        if (other->kind != TRACE_FRAME || other->side != record->side || writing->heard[k].kind != heard->kind)
            continue;
        if (heard->kind == HEARD_HANDSHAKE && !strcmp(writing->heard[k].line, heard->line))
            return true;
        if (other->whole == record->whole && other->size == record->size && other->kept == record->kept &&
            !memcmp(record->kept ? record->bytes : (const void *)"", record->kept ? other->bytes : (const void *)"",
                    record->kept))
            return true;
    }
    return false;
}

static void put_frame(const struct writing *writing, size_t i)
{
    const struct trace_record *record = &writing->log->records[i];
    const struct heard *heard = &writing->heard[i];
    const char *client = client_name(writing->log, record->connection);
    bool up = record->side == TRACE_CLIENT;
    struct text *out = writing->out;
    text_printf(out, "  %u %s → %s, ", record->connection, up ? client : "manager", up ? "manager" : client);
    frame_show_size(out, record);
    text_puts(out, ": ");
    put_cut(out, heard->line);
    text_puts(out, "\n");
    if (shown_before(writing, i))
        return;
    if (heard->remark)
        text_printf(out, "      %s\n", heard->remark);
    frame_show(out, record, heard->kind, "      ");
}

static void put_event(const struct writing *writing, size_t i)
{
    const struct trace_record *record = &writing->log->records[i];
    text_printf(writing->out, "  %u ", record->connection);
    frame_show_event(writing->out, record, client_name(writing->log, record->connection));
    text_puts(writing->out, "\n");
}

static void put_records(const struct writing *writing, size_t step)
{
    size_t count = 0, at = 0, left = 0;
    for (size_t i = 0; i < writing->log->count; i++)
        count += writing->log->records[i].step == step;
    for (size_t i = 0; i < writing->log->count; i++) {
        if (writing->log->records[i].step != step)
            continue;
        bool shown = at < RECORDS_FIRST || at + RECORDS_LAST >= count;
        at++;
        left += !shown;
        if (shown && left) {
            text_printf(writing->out, "  … and %zu more of the kind …\n", left);
            left = 0;
        }
        if (shown)
            (writing->log->records[i].kind == TRACE_FRAME ? put_frame : put_event)(writing, i);
    }
}

static bool has_records(const struct trace_log *log, size_t step)
{
    for (size_t i = 0; i < log->count; i++)
        if (log->records[i].step == step)
            return true;
    return false;
}

/* ---- the steps */

static const char *or_silence(const char *line)
{
    return line ? line : "(no exception)";
}

static void put_recorded(const struct writing *writing, size_t i)
{
    const struct transcript *transcript = writing->transcript;
    char version[VERSION_TEXT];
    const char *line = NULL;
    enum expectation expectation = case_expected(transcript->test, i, transcript->version, &line);
    char *nothing = text_format("(nothing is recorded for %s)", version_format(transcript->version, version));
    put_line(writing->out, "expected", expectation == EXPECT_UNRECORDED ? nothing : or_silence(line), "");
    free(nothing);
}

static void put_observed(struct text *out, const char *label, const struct session *session, size_t i, const char *mark)
{
    const struct step_observation *seen = &session->steps[i];
    put_line(out, label, seen->reached ? or_silence(seen->line) : "(not reached)", mark);
}

static void put_step(const struct writing *writing, size_t i)
{
    static const char *const prompts[] = {
        [PROMPT_RUN] = ">>> ", [PROMPT_START] = "&>>> ", [PROMPT_COLLECT] = "<<<", [PROMPT_HOLD] = "???"};
    static const char *const marks[] = {
        [COMPARE_SAME] = "", [COMPARE_WORDING] = "   ← other words", [COMPARE_DIFFERENT] = "   ← differs"};
    const struct transcript *transcript = writing->transcript;
    const struct step *step = &transcript->test->steps[i];
    bool judged = i < transcript->judgement->count && transcript->judged.session->steps[i].reached;
    text_printf(writing->out, "line %zu: %s%s%s\n", step->line, step->client, prompts[step->prompt], step->statement);
    put_recorded(writing, i);
    if (transcript->oracle.session)
        put_observed(writing->out, "oracle", transcript->oracle.session, i, "");
    put_observed(writing->out, "observed", transcript->judged.session, i,
                 judged ? marks[transcript->judgement->steps[i].difference] : "");
    put_records(writing, i);
}

static void put_outside(const struct writing *writing, size_t step, const char *title)
{
    if (!has_records(writing->log, step))
        return;
    text_printf(writing->out, "%s\n", title);
    put_records(writing, step);
}

/* ---- the head */

static void put_names(const struct writing *writing)
{
    const char *name;
    json_t *text;
    json_object_foreach(writing->names, name, text)
    {
        text_printf(writing->out, "  %s is %s\n", name, json_string_value(text));
    }
}

static void put_wire(const struct writing *writing)
{
    const struct trace_log *log = writing->log;
    text_puts(writing->out, "the wire\n");
    if (log->missing)
        text_printf(writing->out, "  not all of it was seen: %s\n", log->missing);
    if (log->note)
        text_printf(writing->out, "  %s\n", log->note);
    if (!log->count)
        text_puts(writing->out, "  nothing went over it\n");
    else
        text_puts(writing->out,
                  "  connections are numbered as they were opened; 4+45 bytes are a header of 4 bytes and "
                  "45 behind it;\n"
                  "  the content of a frame is shown where it comes for the first time\n");
    if (log->dropped)
        text_printf(writing->out, "  %zu more frames and ends with %llu bytes came when the trace was full\n",
                    log->dropped, (unsigned long long)log->dropped_bytes);
    put_names(writing);
}

void transcript_write(struct text *out, const struct transcript *transcript)
{
    struct writing writing = {.out = out, .transcript = transcript, .log = transcript->judged.log};
    writing.heard = overhear(writing.log, &writing.names);
    put_wire(&writing);
    if (transcript->oracle.session && writing.log->count && !writing.log->missing)
        beside_write(out, transcript->test, &transcript->oracle, &transcript->judged, transcript->judgement);
    put_outside(&writing, TRACE_BEFORE, "before the first step");
    for (size_t i = 0; i < transcript->test->step_count; i++)
        put_step(&writing, i);
    put_outside(&writing, TRACE_AFTER, "after the last step: clients are set back, what is left is counted");
    overhear_free(writing.heard, writing.log);
    json_decref(writing.names);
}
