/* SPDX-License-Identifier: MIT */
/* A list of messages, one line each, in the form that compilers use. */
#include "harness/problems.h"

#include "harness/text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* Adds text with everything unprintable as \xNN; UTF-8 beyond ASCII passes. */
static void add_printable(struct text *out, const char *text)
{
    for (const char *p = text; *p; p++) {
        unsigned char c = (unsigned char)*p;
        if (c < ' ' || c == 0x7f)
            text_printf(out, "\\x%02x", c);
        else
            text_add(out, p, 1);
    }
}

void problems_add(struct problems *problems, const char *file, size_t line, size_t column, const char *format, ...)
{
    struct text out = {0};
    char raw[2048]; /* longer messages are cut: they quote what was found */
    va_list arguments;
    if (file)
        add_printable(&out, file);
    if (file && line)
        text_printf(&out, ":%zu", line);
    if (file && line && column)
        text_printf(&out, ":%zu", column);
    text_puts(&out, file ? ": error: " : "error: ");
    va_start(arguments, format);
    vsnprintf(raw, sizeof raw, format, arguments);
    va_end(arguments);
    add_printable(&out, raw);
    problems->lines = text_realloc(problems->lines, (problems->count + 1) * sizeof *problems->lines);
    problems->lines[problems->count++] = text_give(&out);
}

bool problems_read_lines(struct problems *problems, const char *path, void (*take)(void *context, char *line),
                         void *context)
{
    char *line = NULL;
    size_t size = 0;
    ssize_t length;
    FILE *file = fopen(path, "r");
    if (!file) {
        problems_add(problems, path, 0, 0, "cannot be read: %s", strerror(errno));
        return false;
    }
    while ((length = getline(&line, &size, file)) >= 0) {
        if (length && line[length - 1] == '\n')
            line[length - 1] = '\0';
        take(context, line);
    }
    bool good = !ferror(file);
    if (!good)
        problems_add(problems, path, 0, 0, "cannot be read to its end");
    free(line);
    fclose(file);
    return good;
}

void problems_print(const struct problems *problems, FILE *out)
{
    for (size_t i = 0; i < problems->count; i++)
        fprintf(out, "%s\n", problems->lines[i]);
}

void problems_free(struct problems *problems)
{
    for (size_t i = 0; i < problems->count; i++)
        free(problems->lines[i]);
    free(problems->lines);
    *problems = (struct problems){0};
}
