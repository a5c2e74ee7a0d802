/* SPDX-License-Identifier: MIT */
/* What goes over the wire, as it goes. */
#include "harness/trace.h"

#include <stdlib.h>
#include <string.h>

#include "harness/text.h"
#include "harness/wire.h"

/* One direction of a connection. */
struct flow {
    struct trace_record frame; /* under way, if it has a header or a part of one */
    bool ended;
};

struct connection {
    struct flow flows[2]; /* by trace_side */
    bool closed;
};

struct trace {
    struct trace_log log;
    struct connection *connections; /* as log.clients */
    size_t capacity;
    unsigned before; /* handles of earlier sessions */
    size_t step;
};

struct trace *trace_new(void)
{
    struct trace *trace = text_calloc(1, sizeof *trace);
    trace->step = TRACE_BEFORE;
    return trace;
}

void trace_log_clear(struct trace_log *log)
{
    for (size_t i = 0; i < log->count; i++)
        free(log->records[i].bytes);
    for (size_t i = 0; i < log->connections; i++)
        free(log->clients[i]);
    for (size_t i = 0; i < log->party_count; i++)
        free(log->parties[i].name);
    free(log->records);
    free(log->clients);
    free(log->parties);
    free(log->address);
    free(log->key);
    free(log->note);
    free(log->missing);
    *log = (struct trace_log){0};
}

void trace_begin(struct trace *trace)
{
    if (!trace)
        return;
    for (size_t i = 0; i < trace->log.connections; i++)
        for (size_t side = 0; side < 2; side++)
            free(trace->connections[i].flows[side].frame.bytes);
    free(trace->connections);
    trace->connections = NULL;
    trace->capacity = 0;
    trace->before += (unsigned)trace->log.connections;
    trace->step = TRACE_BEFORE;
    trace_log_clear(&trace->log);
}

void trace_free(struct trace *trace)
{
    trace_begin(trace);
    free(trace);
}

void trace_step(struct trace *trace, size_t step)
{
    if (trace)
        trace->step = step;
}

void trace_party(struct trace *trace, int process, const char *name)
{
    if (!trace)
        return;
    struct trace_log *log = &trace->log;
    log->parties = text_realloc(log->parties, (log->party_count + 1) * sizeof *log->parties);
    log->parties[log->party_count++] = (struct trace_party){process, text_copy(name)};
}

void trace_manager(struct trace *trace, const char *address, const char *key)
{
    if (!trace)
        return;
    free(trace->log.address);
    free(trace->log.key);
    trace->log.address = text_copy(address);
    trace->log.key = text_copy(key);
}

void trace_missing(struct trace *trace, const char *why)
{
    if (trace && !trace->log.missing)
        trace->log.missing = text_copy(why);
}

void trace_note(struct trace *trace, const char *sentence)
{
    if (trace && !trace->log.note)
        trace->log.note = text_copy(sentence);
}

/* ---- records */

/* Appends a record; what it points to passes to the log.  False if there is no room: then it is counted. */
static bool add(struct trace *trace, const struct trace_record *record)
{
    struct trace_log *log = &trace->log;
    if (log->count == TRACE_RECORDS_MAX) {
        log->dropped++;
        log->dropped_bytes += record->came;
        return false;
    }
    if (log->count == log->capacity) {
        log->capacity = 2 * log->capacity + 32;
        log->records = text_realloc(log->records, log->capacity * sizeof *log->records);
    }
    log->records[log->count++] = *record;
    return true;
}

static void add_frame(struct trace *trace, size_t index, enum trace_side side, bool whole)
{
    struct flow *flow = &trace->connections[index].flows[side];
    flow->frame.whole = whole;
    flow->frame.step = trace->step;
    if (!add(trace, &flow->frame)) {
        trace->log.kept -= flow->frame.kept;
        free(flow->frame.bytes);
    }
    flow->frame = (struct trace_record){0};
}

/* The index of a connection that is told of; false for others. */
static bool find(const struct trace *trace, unsigned handle, size_t *index)
{
    if (!trace || handle <= trace->before || handle - trace->before > trace->log.connections)
        return false;
    *index = handle - trace->before - 1;
    return !trace->connections[*index].closed;
}

/* ---- connections */

static const char *party_name(const struct trace_log *log, int process)
{
    for (size_t i = log->party_count; i--;)
        if (log->parties[i].process == process)
            return log->parties[i].name;
    return NULL;
}

unsigned trace_open(struct trace *trace, int process, const char *name)
{
    if (!trace || trace->log.connections == TRACE_RECORDS_MAX)
        return 0;
    struct trace_log *log = &trace->log;
    size_t index = log->connections;
    if (index == trace->capacity) {
        trace->capacity = 2 * trace->capacity + 16;
        trace->connections = text_realloc(trace->connections, trace->capacity * sizeof *trace->connections);
        log->clients = text_realloc(log->clients, trace->capacity * sizeof *log->clients);
    }
    trace->connections[index] = (struct connection){0};
    log->clients[index] = text_copy(name ? name : party_name(log, process));
    log->connections++;
    add(trace,
        &(struct trace_record){.kind = TRACE_OPENED, .step = trace->step, .connection = (unsigned)log->connections});
    return trace->before + (unsigned)log->connections;
}

/* Keeps of the body what there is room for. */
static void keep(struct trace_log *log, struct trace_record *frame, const unsigned char *bytes, size_t length)
{
    size_t room = TRACE_FRAME_KEPT - frame->kept;
    if (room > TRACE_KEPT_MAX - log->kept)
        room = TRACE_KEPT_MAX - log->kept;
    if (frame->kept < frame->came || !room)
        return; /* only a beginning without gaps is of use */
    size_t n = length < room ? length : room;
    frame->bytes = text_realloc(frame->bytes, frame->kept + n);
    memcpy(frame->bytes + frame->kept, bytes, n);
    frame->kept += n;
    log->kept += n;
}

/* Takes what belongs to the header; how many bytes these were. */
static size_t take_header(struct trace_record *frame, const unsigned char *bytes, size_t length)
{
    size_t n = 0;
    while (n < length && !wire_read_header(frame->header, frame->header_length, &frame->size))
        frame->header[frame->header_length++] = bytes[n++];
    return n;
}

/* Takes what belongs to the frame under way; how many bytes these were. */
static size_t take(struct trace *trace, size_t index, enum trace_side side, const unsigned char *bytes, size_t length)
{
    struct trace_record *frame = &trace->connections[index].flows[side].frame;
    frame->kind = TRACE_FRAME;
    frame->connection = (unsigned)index + 1;
    frame->side = side;
    size_t header = take_header(frame, bytes, length), n = length - header;
    if (!wire_read_header(frame->header, frame->header_length, &frame->size))
        return header;
    if (n > frame->size - frame->came)
        n = (size_t)(frame->size - frame->came);
    keep(&trace->log, frame, bytes + header, n);
    frame->came += n;
    if (frame->came == frame->size)
        add_frame(trace, index, side, true);
    return header + n;
}

void trace_bytes(struct trace *trace, unsigned handle, enum trace_side from, const void *bytes, size_t length,
                 bool piece)
{
    size_t index;
    if (!find(trace, handle, &index))
        return;
    for (const unsigned char *at = bytes, *end = at + length; at < end;) {
        trace->connections[index].flows[from].frame.pieces += piece;
        at += take(trace, index, from, at, (size_t)(end - at));
    }
}

static void flush(struct trace *trace, size_t index)
{
    for (int side = 0; side < 2; side++)
        if (trace->connections[index].flows[side].frame.header_length)
            add_frame(trace, index, (enum trace_side)side, false);
}

void trace_end(struct trace *trace, unsigned handle, enum trace_side side, enum trace_kind how)
{
    size_t index;
    if (!find(trace, handle, &index) || (how == TRACE_ENDED && trace->connections[index].flows[side].ended))
        return;
    struct connection *connection = &trace->connections[index];
    if (how == TRACE_ENDED && connection->flows[side].frame.header_length)
        add_frame(trace, index, side, false);
    connection->flows[side].ended = true;
    if (how != TRACE_ENDED) {
        flush(trace, index);
        connection->closed = true;
    }
    add(trace,
        &(struct trace_record){.kind = how, .step = trace->step, .connection = (unsigned)index + 1, .side = side});
}

void trace_finish(struct trace *trace, struct trace_log *log)
{
    *log = (struct trace_log){0};
    if (!trace)
        return;
    for (size_t i = 0; i < trace->log.connections; i++)
        flush(trace, i);
    *log = trace->log;
    trace->before += (unsigned)trace->log.connections;
    trace->log = (struct trace_log){0};
    free(trace->connections);
    trace->connections = NULL;
    trace->capacity = 0;
}
