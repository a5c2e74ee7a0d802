/* SPDX-License-Identifier: MIT */
/* The text of a RemoteError → its shape.  The text is a traceback as Python's traceback module formats it, with file
 * names and lines of the server; what it says of the call is only the line that names the exception, behind the frames
 * of the last "Traceback (most recent call last):". */
#include "harness/canonical_write.h"
#include "harness/lex.h"

#include <string.h>

#define HEADER "Traceback (most recent call last):"
#define GROUP "  + Exception Group Traceback (most recent call last):"
#define UNSERIALIZABLE "Unserializable message: "

static size_t line_length(const char *line)
{
    return strcspn(line, "\n");
}

static const char *next_line(const char *line)
{
    line += line_length(line);
    return *line ? line + 1 : line;
}

/* The line behind the last header, or NULL.  *indent: what stands before each line of the traceback. */
static const char *frames(const char *text, const char **indent)
{
    const char *found = NULL;
    *indent = "";
    for (const char *line = text; *line; line = next_line(line)) {
        size_t length = line_length(line);
        bool plain = length == strlen(HEADER) && !memcmp(line, HEADER, length);
        if (length == strlen(GROUP) && !memcmp(line, GROUP, length)) {
            *indent = "  | "; /* the lines of its members are indented more and do not count */
            return next_line(line);
        }
        if (plain)
            found = next_line(line);
    }
    return found;
}

/* Whether length bytes are the line of an exception: NAME(.NAME)* and perhaps ": text". */
static bool names_exception(const char *line, size_t length)
{
    static const char *const characters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.<>";
    size_t name = strspn(line, characters);
    return name && name <= length && !strchr("0123456789.", line[0]) && line[name - 1] != '.' &&
           (name == length || line[name] == ':');
}

void write_remote_error(struct text *out, const char *text)
{
    const char *indent, *body = text, *line;
    text_puts(out, "RemoteError ");
    if (!strncmp(body, UNSERIALIZABLE, strlen(UNSERIALIZABLE))) {
        text_puts(out, "unserializable ");
        body += strlen(UNSERIALIZABLE);
    }
    for (line = frames(body, &indent); line && *line; line = next_line(line)) {
        size_t length = line_length(line), skip = strlen(indent);
        if (strncmp(line, indent, skip) != 0)
            break;
        if (length == skip || line[skip] == ' ')
            continue; /* a frame and what belongs to it */
        if (!names_exception(line + skip, length - skip))
            break;
        write_plain(out, line + skip, length - skip);
        return;
    }
    text_puts(out, "without traceback ");
    write_str(out, body, strlen(body));
}
