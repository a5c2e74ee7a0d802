/* SPDX-License-Identifier: MIT */
/* Reports read back. */
#include "harness/stream.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "harness/event.h"
#include "harness/place.h"
#include "harness/problems.h"
#include "harness/results.h"
#include "harness/text.h"

/* What results.json tells of a result beyond its event. */
static const char *const told[] = {"title", "file", "level", "clauses", "blame", "again"};

static bool wrong(const struct stream *stream, struct problems *problems, size_t line, const char *what)
{
    problems_add(problems, stream->path, line, 0, "%s: give the folder, events.ndjson or results.json of a run", what);
    return false;
}

static bool is_file(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISREG(info.st_mode);
}

/* The file to read: new. */
static char *find_file(const char *path)
{
    static const char *const names[] = {"events.ndjson", "results.json"};
    struct stat info;
    if (stat(path, &info) != 0 || !S_ISDIR(info.st_mode))
        return text_copy(path);
    for (size_t i = 0; i < 2; i++) {
        char *file = text_format("%s/%s", path, names[i]);
        if (is_file(file))
            return file;
        free(file);
    }
    return text_format("%s/%s", path, names[0]);
}

/* --- a stream --- */

static bool take_event(struct stream *stream, json_t *event)
{
    const char *type = results_text(event, "type");
    if (strcmp(type, "header") == 0 && !stream->header)
        stream->header = json_incref(event);
    else if (!stream->header || stream->footer)
        return false; /* nothing comes before the header or behind the footer */
    else if (strcmp(type, "result") == 0)
        json_array_append(stream->results, event);
    else if (strcmp(type, "failure") == 0)
        json_array_append(stream->failures, event);
    else if (strcmp(type, "note") == 0)
        json_array_append(stream->notes, event);
    else if (strcmp(type, "footer") == 0)
        stream->footer = json_incref(event);
    else
        return strcmp(type, "blame") == 0;
    return true;
}

static bool read_lines(struct stream *stream, const char *text, struct problems *problems)
{
    size_t number = 0;
    for (const char *end; (end = strchr(text, '\n'));
         text = end + 1) { /* a line without an end was cut: it is not there */
        json_t *event = json_loadb(text, (size_t)(end - text), JSON_REJECT_DUPLICATES, NULL);
        const bool good = event && take_event(stream, event);
        json_decref(event);
        number++;
        if (!good)
            return wrong(stream, problems, number, "this line is no event that can stand here");
    }
    return true;
}

/* --- results.json --- */

static bool take_report(struct stream *stream, const json_t *report)
{
    size_t i, k;
    json_t *result;
    stream->header = json_incref(json_object_get(report, "header"));
    stream->footer = json_incref(json_object_get(report, "footer"));
    json_array_extend(stream->failures, json_object_get(report, "failures"));
    json_array_extend(stream->notes, json_object_get(report, "notes"));
    json_array_foreach(json_object_get(report, "results"), i, result)
    {
        json_t *event = json_copy(result);
        for (k = 0; k < sizeof told / sizeof *told; k++)
            json_object_del(event, told[k]);
        json_array_append_new(stream->results, event);
    }
    return json_is_object(stream->header);
}

bool stream_complete(const struct stream *stream)
{
    return json_is_true(json_object_get(stream->footer, "complete"));
}

bool stream_read(struct stream *stream, const char *path, struct problems *problems)
{
    *stream = (struct stream){
        .path = find_file(path), .results = json_array(), .failures = json_array(), .notes = json_array()};
    char *text = place_read(stream->path);
    if (!text) {
        problems_add(problems, stream->path, 0, 0, "cannot be read: %s", strerror(errno));
        return false;
    }
    json_t *report = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    const bool whole = json_is_array(json_object_get(report, "results"));
    bool good = whole ? take_report(stream, report) : read_lines(stream, text, problems);
    json_decref(report);
    free(text);
    if (!good)
        return whole ? wrong(stream, problems, 0, "it has no header") : false;
    if (!stream->header || strcmp(results_text(stream->header, "program"), "mpconform") != 0)
        return wrong(stream, problems, 0, "this is no report of mpconform");
    if (json_integer_value(json_object_get(stream->header, "format")) == EVENT_FORMAT)
        return true;
    problems_add(problems, stream->path, 0, 0, "its format is %lld, this program reads format %d: run it again",
                 (long long)json_integer_value(json_object_get(stream->header, "format")), EVENT_FORMAT);
    return false;
}

void stream_free(struct stream *stream)
{
    free(stream->path);
    json_decref(stream->header);
    json_decref(stream->footer);
    json_decref(stream->results);
    json_decref(stream->failures);
    json_decref(stream->notes);
    *stream = (struct stream){0};
}
