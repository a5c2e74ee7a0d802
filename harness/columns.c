/* SPDX-License-Identifier: MIT */
/* Two texts beside each other: a longest common subsequence, as rows. */
#include "harness/columns.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Of each text so many lines are compared. */
#define LINES_MAX 400
/* Lines that are the same are shown so near to one that is not. */
#define CONTEXT 3

struct line {
    const char *text, *key; /* key: behind the offset */
    size_t length;          /* of text */
};

struct lines {
    struct line list[LINES_MAX];
    size_t count;
};

/* An index of each side; NONE: it has no line here. */
#define NONE ((size_t)-1)
struct row {
    size_t left, right;
    bool same;
};

static const char *behind_offset(const char *text, size_t length)
{
    size_t blanks = strspn(text, " "), digits = strspn(text + blanks, "0123456789"), at = blanks + digits;
    return digits && at < length && text[at] == ':' ? text + at + 1 : text;
}

/* The length of a line without an offset at its end: "(MARK at 26)". */
static size_t without_mark(const char *text, size_t length)
{
    static const char mark[] = "(MARK at ";
    size_t at = length;
    while (at && text[at - 1] != '(')
        at--;
    return at && length - at + 1 > sizeof mark - 1 && !strncmp(text + at - 1, mark, sizeof mark - 1) ? at - 1 : length;
}

static void split(struct lines *lines, const char *text)
{
    lines->count = 0;
    while (*text && lines->count < LINES_MAX) {
        size_t length = strcspn(text, "\n");
        lines->list[lines->count++] = (struct line){text, behind_offset(text, length), length};
        text += length + (text[length] == '\n');
    }
}

static bool equal(const struct line *a, const struct line *b)
{
    size_t n = without_mark(a->text, a->length) - (size_t)(a->key - a->text),
           m = without_mark(b->text, b->length) - (size_t)(b->key - b->text);
    return n == m && !memcmp(a->key, b->key, n);
}

/* The rows, at most as many as both have lines; their number. */
static size_t align(const struct lines *left, const struct lines *right, struct row *rows)
{
    size_t width = right->count + 1, count = 0;
    unsigned short *common = text_calloc((left->count + 1) * width, sizeof *common);
    for (size_t i = left->count; i--;)
        for (size_t j = right->count; j--;) {
            unsigned short down = common[(i + 1) * width + j], across = common[i * width + j + 1];
            common[i * width + j] = equal(&left->list[i], &right->list[j])
                                        ? (unsigned short)(common[(i + 1) * width + j + 1] + 1)
                                    : down > across ? down
                                                    : across;
        }
    for (size_t i = 0, j = 0; i < left->count || j < right->count;) {
        if (i < left->count && j < right->count && equal(&left->list[i], &right->list[j]))
            rows[count++] = (struct row){i++, j++, true};
        else if (j == right->count || (i < left->count && common[(i + 1) * width + j] >= common[i * width + j + 1]))
            rows[count++] = (struct row){i++, NONE, false};
        else
            rows[count++] = (struct row){NONE, j++, false};
    }
    free(common);
    return count;
}

/* A line of the left only and one of the right only that follow each other become one row. */
static size_t pair_up(struct row *rows, size_t count)
{
    size_t made = 0;
    for (size_t i = 0; i < count;) {
        size_t lefts = 0, rights = 0;
        while (i + lefts < count && !rows[i + lefts].same && rows[i + lefts].right == NONE)
            lefts++;
        while (i + lefts + rights < count && !rows[i + lefts + rights].same && rows[i + lefts + rights].left == NONE)
            rights++;
        if (!lefts && !rights) {
            rows[made++] = rows[i++];
            continue;
        }
        size_t both = lefts > rights ? lefts : rights, first = lefts ? rows[i].left : NONE,
               second = rights ? rows[i + lefts].right : NONE;
        for (size_t k = 0; k < both; k++)
            rows[made + k] = (struct row){k < lefts ? first + k : NONE, k < rights ? second + k : NONE, false};
        made += both;
        i += lefts + rights;
    }
    return made;
}

/* A line in its column. */
static void put_cell(struct text *out, const struct line *line, bool pad)
{
    size_t characters = 0, at = 0, length = line ? line->length : 0;
    bool cut = false;
    for (; at < length && !cut; at++) {
        bool begins = ((unsigned char)line->text[at] & 0xc0) != 0x80;
        cut = begins && characters == COLUMNS_WIDTH - 1 && length - at > 1;
        characters += begins && !cut;
    }
    at -= cut;
    text_add(out, line ? line->text : "", at);
    text_puts(out, cut ? "…" : "");
    characters += cut;
    if (pad && characters < COLUMNS_WIDTH)
        text_printf(out, "%*s", (int)(COLUMNS_WIDTH - characters), "");
}

static bool near_difference(const struct row *rows, size_t count, size_t i)
{
    for (size_t k = i < CONTEXT ? 0 : i - CONTEXT; k < count && k <= i + CONTEXT; k++)
        if (!rows[k].same)
            return true;
    return false;
}

static void put_row(struct text *out, const struct lines *left, const struct lines *right, const struct row *row,
                    const char *indent)
{
    const char *sign = row->same ? " " : row->left == NONE ? ">" : row->right == NONE ? "<" : "|";
    text_puts(out, indent);
    put_cell(out, row->left == NONE ? NULL : &left->list[row->left], true);
    text_printf(out, " %s ", sign);
    put_cell(out, row->right == NONE ? NULL : &right->list[row->right], false);
    while (out->length && out->bytes[out->length - 1] == ' ')
        out->bytes[--out->length] = '\0';
    text_puts(out, "\n");
}

void columns_write(struct text *out, const char *left_text, const char *right_text, const char *indent)
{
    struct lines *left = text_calloc(1, sizeof *left), *right = text_calloc(1, sizeof *right);
    struct row *rows = text_calloc((size_t)2 * LINES_MAX, sizeof *rows);
    size_t skipped = 0;
    split(left, left_text);
    split(right, right_text);
    size_t count = pair_up(rows, align(left, right, rows));
    for (size_t i = 0; i <= count; i++) {
        bool shown = i == count || near_difference(rows, count, i);
        skipped += !shown;
        if (shown && skipped) {
            text_printf(out, "%s  … %zu line%s the same …\n", indent, skipped, skipped == 1 ? " is" : "s are");
            skipped = 0;
        }
        if (shown && i < count)
            put_row(out, left, right, &rows[i], indent);
    }
    free(rows);
    free(left);
    free(right);
}
