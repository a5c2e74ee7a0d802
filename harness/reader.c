/* SPDX-License-Identifier: MIT */
/* The lines of a case file. */
#include "harness/reader.h"

#include "harness/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool reader_next(struct reader *reader)
{
    const char *end = reader->test->text + reader->test->text_length;
    if (reader->next == end) {
        reader->line = (struct span){end, 0};
        return false;
    }
    const char *newline = memchr(reader->next, '\n', (size_t)(end - reader->next));
    reader->line = (struct span){reader->next, (size_t)((newline ? newline : end) - reader->next)};
    reader->next = newline ? newline + 1 : end;
    reader->number++;
    return true;
}

void reader_error(struct reader *reader, size_t column, const char *format, ...)
{
    char message[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    problems_add(reader->problems, reader->test->path, reader->number, column, "%s", message);
    reader->failed = true;
}

/* The length of the UTF-8 character at p, 0 if there is none. */
static size_t character(const char *p, const char *end)
{
    unsigned char c = (unsigned char)*p;
    size_t length = c < 0x80                ? 1
                    : c >= 0xc2 && c < 0xe0 ? 2
                    : c >= 0xe0 && c < 0xf0 ? 3
                    : c >= 0xf0 && c < 0xf5 ? 4
                                            : 0;
    if (!length || (size_t)(end - p) < length)
        return 0;
    for (size_t i = 1; i < length; i++)
        if (((unsigned char)p[i] & 0xc0) != 0x80)
            return 0;
    unsigned char d = length > 1 ? (unsigned char)p[1] : 0;
    bool overlong = (c == 0xe0 && d < 0xa0) || (c == 0xf0 && d < 0x90), surrogate = c == 0xed && d >= 0xa0,
         large = c == 0xf4 && d >= 0x90;
    return overlong || surrogate || large ? 0 : length;
}

static void check_line(struct reader *reader)
{
    const char *end = reader->line.text + reader->line.length;
    size_t length;
    for (const char *p = reader->line.text; p < end; p += length) {
        size_t column = (size_t)(p - reader->line.text) + 1;
        unsigned char c = (unsigned char)*p;
        length = character(p, end);
        if (!length)
            reader_error(reader, column, "expected UTF-8, found the byte \\x%02x", c);
        else if (c == '\r')
            reader_error(reader, column, "expected lines that end with a newline only, found a carriage return");
        else if (c < ' ' || c == 0x7f)
            reader_error(reader, column,
                         "expected no control characters (in strings they are written as escapes), found \\x%02x", c);
        else if (length == 3 && !memcmp(p, "\xef\xbb\xbf", 3))
            reader_error(reader, column, "expected no byte order mark");
        else
            continue;
        return;
    }
    if (reader->line.length && strspn(reader->line.text, " ") >= reader->line.length)
        reader_error(reader, 1, "expected an empty line, found spaces");
}

bool reader_check(struct reader *reader)
{
    struct reader lines = *reader;
    const char *text = reader->test->text;
    size_t length = reader->test->text_length, last = 0;
    if (!length) {
        reader_error(reader, 0, "expected a case, found an empty file");
        return false;
    }
    while (reader_next(&lines)) {
        check_line(&lines);
        last = lines.line.length;
    }
    if (!lines.failed && text[length - 1] != '\n')
        reader_error(&lines, last + 1, "expected a newline at the end of the file");
    return !lines.failed;
}

struct span reader_word(struct span *rest)
{
    const char *p = rest->text, *end = p + rest->length;
    while (p < end && *p == ' ')
        p++;
    struct span word = {p, 0};
    while (p < end && *p != ' ')
        p++;
    word.length = (size_t)(p - word.text);
    while (p < end && *p == ' ')
        p++;
    *rest = (struct span){p, (size_t)(end - p)};
    return word;
}

bool reader_is(struct span span, const char *text)
{
    return span.length == strlen(text) && !memcmp(span.text, text, span.length);
}

char *reader_copy(struct span span)
{
    char *copy = text_calloc(span.length + 1, 1);
    memcpy(copy, span.text, span.length);
    return copy;
}

bool reader_is_clause(struct span id)
{
    size_t i = 0, digits;
    while (i < id.length && ((id.text[i] >= 'A' && id.text[i] <= 'Z') || (i && id.text[i] >= '0' && id.text[i] <= '9')))
        i++;
    if (!i || i >= id.length || id.text[i++] != '-')
        return false;
    for (digits = i; i < id.length && id.text[i] >= '0' && id.text[i] <= '9';)
        i++;
    return i > digits && i == id.length && id.text[digits] != '0';
}
