/* SPDX-License-Identifier: MIT */
/* Reads a report back: a stream of events (events.ndjson), a results.json, or a folder that has one of them. */
#ifndef HARNESS_STREAM_H
#define HARNESS_STREAM_H

#include <jansson.h>
#include <stdbool.h>

struct problems;

struct stream {
    char *path;       /* of the file that was read */
    json_t *header;   /* NULL only if reading failed */
    json_t *footer;   /* NULL: the report was cut short */
    json_t *results;  /* an array of result events */
    json_t *failures; /* an array of failure events */
    json_t *notes;    /* an array of note events */
};

/* Reads.  What is no report of this format is a problem; a last line that was cut is not, nor is a missing footer.
 * *stream must be freed in any case. */
bool stream_read(struct stream *stream, const char *path, struct problems *problems);

/* True if the run came to its end, as far as the report itself tells. */
bool stream_complete(const struct stream *stream);

void stream_free(struct stream *stream);

#endif
