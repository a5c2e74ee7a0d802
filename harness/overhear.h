/* SPDX-License-Identifier: MIT */
/* What a client and a manager said to each other, in words: the frames of a trace as raw steps show them
 * (cases/README.md, Raw peers). */
#ifndef HARNESS_OVERHEAR_H
#define HARNESS_OVERHEAR_H

#include <jansson.h>

struct trace_log;

enum heard_kind {
    HEARD_NOTHING,   /* the record is no frame */
    HEARD_HANDSHAKE, /* a challenge, an answer, a verdict */
    HEARD_PICKLE,    /* a request, a reply or another value */
    HEARD_TEXT,      /* XML-RPC */
    HEARD_BYTES      /* nothing that is known, or not a whole frame */
};

struct heard {
    enum heard_kind kind;
    char *line;   /* "challenge {sha256} and 40 bytes", "request (…)", "RETURN 5"; NULL for what is no frame */
    char *remark; /* what that means in the handshake, or NULL */
};

/* What was said, one for each record of the log; new.  *names (new): what stands in the lines for something that is
 * another thing in every session, as the text that it stands for: {"address": "/tmp/…", "id1": "7f…"}. */
struct heard *overhear(const struct trace_log *log, json_t **names);
void overhear_free(struct heard *heard, const struct trace_log *log);

/* The text with what *names says put by its name.  Takes text. */
char *overhear_named_take(char *text, const json_t *names);

#endif
