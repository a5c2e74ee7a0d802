/* SPDX-License-Identifier: MIT */
/* The content of one frame, line by line. */
#include "harness/frame_show.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/disassemble.h"

/* Of one frame so much is shown: opcodes or elements, bytes of an argument or of an element's text, bytes. */
#define LINES 250
#define ARGUMENT 200
#define DUMPED 512
#define DUMP_WIDTH 16

/* The number in a short header. */
static long long announced(const struct trace_record *record)
{
    long long number = 0;
    for (size_t i = 0; i < 4; i++)
        number = number << 8 | record->header[i];
    return number > INT32_MAX ? number - ((long long)1 << 32) : number;
}

void frame_show_size(struct text *out, const struct trace_record *record)
{
    if (record->header_length < 4)
        text_printf(out, "%zu bytes", record->header_length);
    else
        text_printf(out, "%zu+%llu bytes", record->header_length, (unsigned long long)record->size);
    if (record->header_length == 4 && announced(record) < 0)
        text_printf(out, " (the header says %lld)", announced(record));
    if (record->pieces > 1)
        text_printf(out, " in %zu pieces", record->pieces);
}

void frame_show_event(struct text *out, const struct trace_record *record, const char *client)
{
    static const char *const words[] = {
        [TRACE_OPENED] = "connects to manager",     [TRACE_FRAME] = "sends a frame",
        [TRACE_ENDED] = "sends its end of file",    [TRACE_CLOSED] = "closes the connection",
        [TRACE_REFUSED] = "cannot be connected to",
    };
    text_printf(out, "%s %s", record->side == TRACE_CLIENT ? client : "manager", words[record->kind]);
}

/* ---- bytes */

static void dump_line(struct text *out, const unsigned char *bytes, size_t length)
{
    for (size_t i = 0; i < DUMP_WIDTH; i++)
        if (i < length)
            text_printf(out, "%02x ", bytes[i]);
        else
            text_puts(out, "   ");
    for (size_t i = 0; i < length; i++)
        text_printf(out, "%c", bytes[i] >= ' ' && bytes[i] < 0x7f ? bytes[i] : '.');
}

static void dump(struct text *out, const struct trace_record *record, const char *indent)
{
    size_t shown = record->kept < DUMPED ? record->kept : DUMPED;
    for (size_t at = 0; at < shown; at += DUMP_WIDTH) {
        text_printf(out, "%s%5zu: ", indent, at);
        dump_line(out, record->bytes + at, shown - at < DUMP_WIDTH ? shown - at : DUMP_WIDTH);
        text_puts(out, "\n");
    }
    if (shown < record->came)
        text_printf(out, "%s       … and %llu more bytes\n", indent, (unsigned long long)record->came - shown);
}

/* ---- XML-RPC: one element or text a line, further to the right inside others */

/* The length of what comes next: a tag, or text up to one. */
static size_t xml_token(const char *at, size_t left)
{
    const char *end;
    if (*at != '<') {
        end = memchr(at, '<', left);
        return end ? (size_t)(end - at) : left;
    }
    end = memchr(at, '>', left);
    return end ? (size_t)(end - at) + 1 : left;
}

static bool blank(const char *text, size_t length)
{
    return strspn(text, " \t\r\n") >= length;
}

static void xml_line(struct text *out, const char *indent, size_t depth, const char *text, size_t length)
{
    size_t shown = length < ARGUMENT ? length : ARGUMENT;
    text_printf(out, "%s%*s", indent, (int)(2 * (depth < 20 ? depth : 20)), "");
    for (size_t at = 0, n; at < shown; at += n) {
        n = xml_token(text + at, shown - at);
        for (size_t i = at; i < at + n && !blank(text + at, n); i++)
            text_printf(out, (unsigned char)text[i] < ' ' ? "\\x%02x" : "%c", (unsigned char)text[i]);
    }
    if (shown < length)
        text_printf(out, "… (%zu bytes)", length);
    text_puts(out, "\n");
}

static bool opens(const char *at, size_t length)
{
    return at[0] == '<' && at[1] != '/' && at[1] != '?' && length > 2 && at[length - 2] != '/';
}

/* The length of an element in which there is no more than one text, one empty element, or one such element: it stands
 * on one line.  0 if it is none. */
static size_t xml_leaf(const char *at, size_t left, unsigned depth)
{
    size_t length = xml_token(at, left), inner = 0;
    if (!opens(at, length) || length == left || depth > 3)
        return 0;
    const char *next = at + length;
    left -= length;
    if (next[0] != '<' || !opens(next, xml_token(next, left)))
        inner = next[0] == '<' && next[1] == '/' ? 0 : xml_token(next, left);
    else if (!(inner = xml_leaf(next, left, depth + 1)))
        return 0;
    if (inner >= left || next[inner] != '<' || next[inner + 1] != '/')
        return 0;
    return length + inner + xml_token(next + inner, left - inner);
}

static void show_xml(struct text *out, const struct trace_record *record, const char *indent)
{
    struct text whole = {0}; /* NUL-terminated */
    text_add(&whole, record->bytes, record->kept);
    const char *at = text_peek(&whole), *end = at + whole.length;
    size_t depth = 0, lines = 0;
    while (at < end) {
        size_t leaf = xml_leaf(at, (size_t)(end - at), 0), length = leaf ? leaf : xml_token(at, (size_t)(end - at));
        depth -= at[0] == '<' && at[1] == '/' && depth;
        if (!blank(at, length) && lines++ < LINES)
            xml_line(out, indent, depth, at, length);
        depth += !leaf && opens(at, length);
        at += length;
    }
    if (lines > LINES)
        text_printf(out, "%s… and %zu more lines\n", indent, lines - LINES);
    text_clear(&whole);
}

/* ---- pickles */

static void show_pickle(struct text *out, const struct trace_record *record, const char *indent)
{
    struct disassembly_limits limits = {LINES, ARGUMENT};
    disassemble(out, record->bytes, record->kept, indent, limits);
}

void frame_show(struct text *out, const struct trace_record *record, enum heard_kind kind, const char *indent)
{
    static void (*const shows[])(struct text *, const struct trace_record *, const char *) = {
        [HEARD_NOTHING] = NULL,  [HEARD_HANDSHAKE] = dump, [HEARD_PICKLE] = show_pickle,
        [HEARD_TEXT] = show_xml, [HEARD_BYTES] = dump,
    };
    if (shows[kind])
        shows[kind](out, record, indent);
}
