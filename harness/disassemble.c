/* SPDX-License-Identifier: MIT */
/* A pickle in words: the lines of pickletools.dis, from our own opcodes.  Knows of the stack only how high it is and
 * where marks stand, which is what the lines show. */
#include "harness/disassemble.h"

#include "harness/canonical_write.h"
#include "harness/number.h"
#include "harness/opcode.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Columns for each mark, as pickletools has it, and how many marks are shown so. */
#define MARK_COLUMNS 4
#define MARKS_SHOWN 16
/* Bytes that are no opcode: so many are shown. */
#define REST_SHOWN 32

struct mark {
    size_t offset, height;
};

struct listing {
    struct text *out;
    const char *indent;
    struct disassembly_limits limits;
    struct disassembly seen;
    struct mark *marks; /* that stand on the stack */
    size_t mark_count, mark_capacity;
    size_t height, memo; /* of the stack; entries of the memo */
};

/* ---- arguments */

static void show_cut(struct text *out, size_t shown, size_t length)
{
    if (shown < length)
        text_printf(out, "… (%zu bytes)", length);
}

/* Text as a str; what is none as bytes. */
static void show_str(struct text *out, const void *bytes, size_t length, size_t most)
{
    size_t shown = most && length > most ? most : length;
    struct text literal = {0};
    const unsigned char *text = bytes;
    while (shown < length && shown && (text[shown] & 0xc0) == 0x80)
        shown--; /* whole characters */
    if (!write_str(&literal, bytes, shown)) {
        text_clear(&literal);
        write_bytes(&literal, bytes, shown);
    }
    text_add(out, text_peek(&literal), literal.length);
    show_cut(out, shown, length);
    text_clear(&literal);
}

static void show_latin(struct text *out, const struct instruction *in, size_t most)
{
    size_t shown = most && in->length > most ? most : in->length;
    struct text utf8 = {0};
    for (size_t i = 0; i < shown; i++) {
        unsigned char c = in->bytes[i], two[2] = {(unsigned char)(0xc0 | c >> 6), (unsigned char)(0x80 | (c & 0x3f))};
        text_add(&utf8, c < 0x80 ? &c : two, c < 0x80 ? 1 : 2);
    }
    show_str(out, text_peek(&utf8), utf8.length, 0);
    show_cut(out, shown, in->length);
    text_clear(&utf8);
}

/* The line of a STRING without its quotes; escapes in it, which only Python 2 writes, stay as they are. */
static void show_quoted(struct text *out, const struct instruction *in, size_t most)
{
    struct instruction inner = *in;
    if (in->length >= 2 && in->bytes[0] == in->bytes[in->length - 1] && strchr("'\"", in->bytes[0])) {
        inner.bytes++;
        inner.length -= 2;
    }
    show_latin(out, &inner, most);
}

static void show_bytes(struct text *out, const struct instruction *in, size_t most)
{
    size_t shown = most && in->length > most ? most : in->length;
    bool array = in->opcode == OPCODE_BYTEARRAY8;
    text_puts(out, array ? "bytearray(" : "");
    write_bytes(out, in->bytes, shown);
    text_puts(out, array ? ")" : "");
    show_cut(out, shown, in->length);
}

static void show_long(struct text *out, const struct instruction *in, size_t most)
{
    char *decimal = most && in->length > most ? NULL : opcode_decimal(in);
    if (decimal)
        text_puts(out, decimal);
    else
        text_printf(out, "an integer of %zu bytes", in->length);
    free(decimal);
}

static void show_unescaped(struct text *out, const struct instruction *in, size_t most)
{
    struct text text = {0};
    opcode_unescape(&text, in);
    show_str(out, text_peek(&text), text.length, most);
    text_clear(&text);
}

/* Both lines in one str, as pickletools has it. */
static void show_global(struct text *out, const struct instruction *in, size_t most)
{
    struct text both = {0};
    text_add(&both, in->bytes, in->length);
    char *newline = memchr(text_peek(&both), '\n', both.length);
    if (newline)
        *newline = ' ';
    show_str(out, text_peek(&both), both.length, most);
    text_clear(&both);
}

/* The digits of a number, a truth value, a float. */
static void show_line(struct text *out, const struct instruction *in, size_t most)
{
    char number[NUMBER_TEXT];
    const char *line = (const char *)in->bytes;
    size_t length = in->length;
    double x;
    if (in->opcode == OPCODE_INT && length == 2 && line[0] == '0' && (line[1] == '0' || line[1] == '1'))
        text_puts(out, line[1] == '1' ? "True" : "False");
    else if (in->opcode == OPCODE_FLOAT && number_read(line, length, &x))
        text_puts(out, number_float(x, number));
    else if (strspn(line, "-0123456789") >= length - (length && line[length - 1] == 'L') && (!most || length < most))
        text_add(out, line, length - (length && line[length - 1] == 'L'));
    else
        show_str(out, line, length, most);
}

static void show_number(struct text *out, const struct instruction *in, size_t most)
{
    (void)most;
    text_printf(out, "%lld", (long long)in->number);
}

static void show_real(struct text *out, const struct instruction *in, size_t most)
{
    char number[NUMBER_TEXT];
    (void)most;
    text_puts(out, number_float(in->real, number));
}

static void show_text(struct text *out, const struct instruction *in, size_t most)
{
    show_str(out, in->bytes, in->length, most);
}

typedef void show(struct text *out, const struct instruction *in, size_t most);

/* By opcode where the kind of argument does not tell. */
static show *special_show(enum opcode opcode)
{
    static const struct {
        enum opcode opcode;
        show *show;
    } table[] = {{OPCODE_BINUNICODE, show_text}, {OPCODE_SHORT_BINUNICODE, show_text}, {OPCODE_BINUNICODE8, show_text},
                 {OPCODE_BINSTRING, show_latin}, {OPCODE_SHORT_BINSTRING, show_latin}, {OPCODE_LONG1, show_long},
                 {OPCODE_LONG4, show_long},      {OPCODE_UNICODE, show_unescaped},     {OPCODE_STRING, show_quoted},
                 {OPCODE_PERSID, show_text}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (table[i].opcode == opcode)
            return table[i].show;
    return NULL;
}

static show *show_of(const struct instruction *in)
{
    static show *const by_argument[] = {
        [OPCODE_ARGUMENT_NONE] = NULL,
        [OPCODE_ARGUMENT_UNSIGNED1] = show_number,
        [OPCODE_ARGUMENT_UNSIGNED2] = show_number,
        [OPCODE_ARGUMENT_UNSIGNED4] = show_number,
        [OPCODE_ARGUMENT_UNSIGNED8] = show_number,
        [OPCODE_ARGUMENT_SIGNED4] = show_number,
        [OPCODE_ARGUMENT_FLOAT8] = show_real,
        [OPCODE_ARGUMENT_BYTES1] = show_bytes,
        [OPCODE_ARGUMENT_BYTES4] = show_bytes,
        [OPCODE_ARGUMENT_BYTES8] = show_bytes,
        [OPCODE_ARGUMENT_LINE] = show_line,
        [OPCODE_ARGUMENT_LINES2] = show_global,
    };
    show *special = special_show(in->opcode);
    return special ? special : by_argument[in->argument];
}

/* ---- what an opcode does to the height of the stack */

/* Takes everything above the mark, and it; else takes so many; then puts so many. */
struct effect {
    bool mark;
    unsigned takes, puts;
};

static struct effect effect_of(enum opcode opcode)
{
    static const struct {
        enum opcode opcode;
        struct effect effect;
    } table[] = {
        {OPCODE_MARK, {0}},
        {OPCODE_STOP, {.takes = 1}},
        {OPCODE_POP, {.takes = 1}},
        {OPCODE_POP_MARK, {.mark = true}},
        {OPCODE_DUP, {.puts = 1}},
        {OPCODE_BINPERSID, {.takes = 1, .puts = 1}},
        {OPCODE_REDUCE, {.takes = 2, .puts = 1}},
        {OPCODE_APPEND, {.takes = 1}},
        {OPCODE_BUILD, {.takes = 1}},
        {OPCODE_DICT, {.mark = true, .puts = 1}},
        {OPCODE_APPENDS, {.mark = true}},
        {OPCODE_INST, {.mark = true, .puts = 1}},
        {OPCODE_LIST, {.mark = true, .puts = 1}},
        {OPCODE_OBJ, {.mark = true, .puts = 1}},
        {OPCODE_PUT, {0}},
        {OPCODE_BINPUT, {0}},
        {OPCODE_LONG_BINPUT, {0}},
        {OPCODE_MEMOIZE, {0}},
        {OPCODE_SETITEM, {.takes = 2}},
        {OPCODE_TUPLE, {.mark = true, .puts = 1}},
        {OPCODE_SETITEMS, {.mark = true}},
        {OPCODE_PROTO, {0}},
        {OPCODE_FRAME, {0}},
        {OPCODE_NEWOBJ, {.takes = 2, .puts = 1}},
        {OPCODE_NEWOBJ_EX, {.takes = 3, .puts = 1}},
        {OPCODE_TUPLE1, {.takes = 1, .puts = 1}},
        {OPCODE_TUPLE2, {.takes = 2, .puts = 1}},
        {OPCODE_TUPLE3, {.takes = 3, .puts = 1}},
        {OPCODE_ADDITEMS, {.mark = true}},
        {OPCODE_FROZENSET, {.mark = true, .puts = 1}},
        {OPCODE_STACK_GLOBAL, {.takes = 2, .puts = 1}},
        {OPCODE_READONLY_BUFFER, {0}},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (table[i].opcode == opcode)
            return table[i].effect;
    return (struct effect){.puts = 1}; /* a value */
}

static void push_mark(struct listing *listing, size_t offset)
{
    if (listing->mark_count == listing->mark_capacity) {
        listing->mark_capacity = 2 * listing->mark_capacity + 16;
        listing->marks = text_realloc(listing->marks, listing->mark_capacity * sizeof *listing->marks);
    }
    listing->marks[listing->mark_count++] = (struct mark){offset, listing->height};
}

/* Does to the stack what the instruction does.  The mark that is taken, or NULL. */
static const struct mark *apply(struct listing *listing, const struct instruction *in)
{
    struct effect effect = effect_of(in->opcode);
    const struct mark *mark = listing->mark_count ? &listing->marks[listing->mark_count - 1] : NULL;
    if (in->opcode == OPCODE_POP && mark && listing->height == mark->height)
        effect = (struct effect){.mark = true};
    if (effect.mark && mark) {
        listing->height = mark->height;
        listing->mark_count--;
    } else {
        mark = NULL;
    }
    listing->height -= effect.takes < listing->height ? effect.takes : listing->height;
    listing->height += effect.puts;
    if (in->opcode == OPCODE_MARK)
        push_mark(listing, in->offset);
    return mark;
}

/* ---- lines */

static void show_code(struct text *out, unsigned char code)
{
    char text[8];
    snprintf(text, sizeof text, code < 0x7f ? "%c" : "\\x%02x", code);
    text_printf(out, "%-4s ", text);
}

static void show_opcode(struct listing *listing, const struct instruction *in)
{
    struct text *out = listing->out;
    size_t depth = listing->mark_count < MARKS_SHOWN ? listing->mark_count : MARKS_SHOWN;
    show *argument = show_of(in);
    const struct mark *mark = apply(listing, in);
    bool memoize = in->opcode == OPCODE_MEMOIZE, more = argument || mark || memoize;
    text_printf(out, "%s%5zu: ", listing->indent, in->offset);
    show_code(out, (unsigned char)in->opcode);
    text_printf(out, "%*s%-*s", (int)(MARK_COLUMNS * depth), "", more ? 10 : 0, in->name);
    if (argument) {
        text_puts(out, " ");
        argument(out, in, listing->limits.argument);
    }
    if (mark)
        text_printf(out, " (MARK at %zu)", mark->offset);
    if (memoize)
        text_printf(out, " (as %zu)", listing->memo);
    text_puts(out, "\n");
}

static void take(struct listing *listing, const struct instruction *in)
{
    struct disassembly *seen = &listing->seen;
    if (!listing->limits.lines || seen->opcodes < listing->limits.lines)
        show_opcode(listing, in);
    listing->memo += in->opcode == OPCODE_MEMOIZE || in->opcode == OPCODE_BINPUT || in->opcode == OPCODE_LONG_BINPUT ||
                     in->opcode == OPCODE_PUT;
    seen->opcodes++;
    if (in->protocol > seen->protocol)
        seen->protocol = in->protocol;
}

/* What is not read as opcodes: behind the end, or from where it cannot be read. */
static void show_rest(struct listing *listing, const struct opcodes *walk, size_t from, bool stopped)
{
    size_t left = walk->length - from, shown = left < REST_SHOWN ? left : REST_SHOWN;
    if (walk->error)
        text_printf(listing->out, "%s%5zu: %s", listing->indent, from, walk->error);
    else if (!stopped)
        text_printf(listing->out, "%s%5zu: ends without STOP\n", listing->indent, from);
    else if (left)
        text_printf(listing->out, "%s%5zu: %zu bytes behind STOP", listing->indent, from, left);
    if (!left)
        return;
    text_puts(listing->out, ": ");
    write_bytes(listing->out, walk->bytes + from, shown);
    text_printf(listing->out, "%s\n", shown < left ? "…" : "");
}

struct disassembly disassemble(struct text *out, const void *bytes, size_t length, const char *indent,
                               struct disassembly_limits limits)
{
    struct listing listing = {.out = out, .indent = indent, .limits = limits, .seen = {.protocol = -1}};
    struct opcodes walk = {bytes, length, 0, NULL};
    struct instruction in;
    bool stopped = false;
    size_t from = 0;
    while (!stopped && opcodes_next(&walk, &in)) {
        take(&listing, &in);
        stopped = in.opcode == OPCODE_STOP;
        from = walk.at;
    }
    if (limits.lines && listing.seen.opcodes > limits.lines)
        text_printf(out, "%s       … and %zu more opcodes\n", indent, listing.seen.opcodes - limits.lines);
    show_rest(&listing, &walk, from, stopped);
    free(listing.marks);
    return listing.seen;
}
