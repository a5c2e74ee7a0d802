/* SPDX-License-Identifier: MIT */
/* Compares two canonical lines: the same, only the wording of a message differs, or different. */
#include "harness/compare.h"

#include "harness/text.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* How a line begins that tells of an exception, or of the text of a traceback: an adapter's, a raw peer's. */
static const char *const exceptions[] = {"raises ", "ERROR ", NULL};
static const char *const tracebacks[] = {"RemoteError ", "TRACEBACK ", "UNSERIALIZABLE ", NULL};

/* An exception class whose arguments are data: only the one at message (if any) may be worded differently. */
struct data_class {
    const char *name;
    int message; /* index from 0, -1 for none */
};

static const struct data_class *find_data_class(const char *name, size_t length);

/* The length of the first of the words with which line begins, 0 if none. */
static size_t beginning(const char *line, const char *const *words)
{
    while (*words && strncmp(line, *words, strlen(*words)) != 0)
        words++;
    return *words ? strlen(*words) : 0;
}

/* Behind the literal that begins at p (a quote, its prefix is passed already). */
static const char *skip_string(const char *p)
{
    char quote = *p++;
    while (*p && *p != quote)
        p += *p == '\\' && p[1] ? 2 : 1;
    return *p ? p + 1 : p;
}

/* Behind the argument at p: at the comma or closing bracket that ends it. */
static const char *skip_argument(const char *p)
{
    int depth = 0;
    for (; *p; p++) {
        if (*p == '\'' || *p == '"') {
            p = skip_string(p) - 1;
            continue;
        }
        if (strchr("([{", *p))
            depth++;
        if (strchr(")]}", *p) && depth-- == 0)
            return p;
        if (*p == ',' && depth == 0)
            return p;
    }
    return p;
}

/* The line of an exception with each argument that is a message replaced by "…", new. */
static char *without_messages(const char *line)
{
    struct text out = {0};
    size_t name = strcspn(line, "(");
    size_t skip = beginning(line, exceptions);
    const char *class = line + skip, *p = line + name;
    const struct data_class *data = name > skip ? find_data_class(class, name - skip) : NULL;
    text_add(&out, line, name);
    if (*p)
        text_add(&out, p++, 1);
    for (int i = 0; *p && *p != ')'; i++) {
        const char *end = skip_argument(p);
        bool is_string = (*p == '\'' || *p == '"') && skip_string(p) == end, is_message = !data || data->message == i;
        if (is_string && is_message)
            text_puts(&out, "…");
        else
            text_add(&out, p, (size_t)(end - p));
        p = end;
        while (*p == ',' || *p == ' ')
            text_add(&out, p++, 1);
    }
    text_puts(&out, p);
    return text_give(&out);
}

/* The length of "RemoteError [unserializable ]NAME", behind which only the message stands; all of it if the message is
 * data. */
static size_t remote_shape(const char *line)
{
    static const char without[] = "without traceback ", unserializable[] = "unserializable ";
    const char *p = line + beginning(line, tracebacks);
    if (!strncmp(p, unserializable, strlen(unserializable)))
        p += strlen(unserializable);
    if (!strncmp(p, without, strlen(without)))
        return (size_t)(p - line) + strlen(without);
    size_t name = strcspn(p, ":");
    return find_data_class(p, name) ? strlen(line) : (size_t)(p - line) + name;
}

enum difference compare_lines(const char *expected, const char *observed)
{
    bool same = false;
    if (!expected || !observed)
        return expected == observed ? COMPARE_SAME : COMPARE_DIFFERENT;
    if (!strcmp(expected, observed))
        return COMPARE_SAME;
    if (beginning(expected, tracebacks) && beginning(observed, tracebacks)) {
        size_t shape = remote_shape(expected);
        same = shape == remote_shape(observed) && !strncmp(expected, observed, shape);
    } else if (beginning(expected, exceptions) && beginning(observed, exceptions)) {
        char *a = without_messages(expected), *b = without_messages(observed);
        same = !strcmp(a, b);
        free(a);
        free(b);
    }
    return same ? COMPARE_WORDING : COMPARE_DIFFERENT;
}

static const struct data_class *find_data_class(const char *name, size_t length)
{
    static const struct data_class table[] = {
        {"KeyError", -1},
        {"StopIteration", -1},
        {"StopAsyncIteration", -1},
        {"SystemExit", -1},
        {"OSError", 1},
        {"BlockingIOError", 1},
        {"BrokenPipeError", 1},
        {"ChildProcessError", 1},
        {"ConnectionError", 1},
        {"ConnectionAbortedError", 1},
        {"ConnectionRefusedError", 1},
        {"ConnectionResetError", 1},
        {"FileExistsError", 1},
        {"FileNotFoundError", 1},
        {"InterruptedError", 1},
        {"IsADirectoryError", 1},
        {"NotADirectoryError", 1},
        {"PermissionError", 1},
        {"ProcessLookupError", 1},
        {"UnicodeDecodeError", 4},
        {"UnicodeEncodeError", 4},
        {"UnicodeTranslateError", 3},
        {"SyntaxError", 0},
        {"ExceptionGroup", 0},
        {"BaseExceptionGroup", 0},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (strlen(table[i].name) == length && !memcmp(table[i].name, name, length))
            return &table[i];
    return NULL;
}
