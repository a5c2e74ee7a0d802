/* SPDX-License-Identifier: MIT */
/* Programs that say where they serve. */
#include "harness/ready.h"

#include <stdlib.h>
#include <string.h>

#include "harness/process.h"
#include "harness/protocol.h"
#include "harness/schema.h"
#include "harness/text.h"

#define READY "ready "
/* How long a child whose output ended may take to be gone. */
#define ENDING_MS 3000

/* What is wrong with the first line, new; NULL if nothing is. */
static char *refuse_line(const char *who, const char *line, size_t length)
{
    struct schema_problem problem;
    json_t *text = json_stringn_nocheck(line, strlen(line));
    bool good = schema_check(protocol_schema(), "ready", text, &problem) && strlen(line) == length;
    schema_problem_clear(&problem);
    json_decref(text);
    return good ? NULL
                : text_format("the %s said '%.200s' instead of 'ready ADDRESS'. To mend it: print that line, and flush "
                              "it, as soon as clients can connect, and nothing before it; ADDRESS is unix:PATH, "
                              "abstract:NAME or tcp:HOST:PORT",
                              who, line);
}

/* Why no line came, new. */
static char *no_line(const char *who, struct process *process, enum process_line got)
{
    if (got == PROCESS_LATE)
        return text_format(
            "the %s was not ready before the deadline. To mend it: print 'ready ADDRESS' with a newline, "
            "and flush standard output",
            who);
    process_wait(process, process_now() + ENDING_MS);
    char *how = process_ending(process), *sentence = text_format("the %s %s before it was ready", who, how);
    free(how);
    return sentence;
}

char *ready_address(struct process *process, const char *who, long long deadline, char **trouble)
{
    const char *line;
    size_t length;
    enum process_line got = process_read_line(process, deadline, &line, &length);
    *trouble = got == PROCESS_LINE ? refuse_line(who, line, length) : no_line(who, process, got);
    if (*trouble)
        return NULL;
    char *address = text_copy(line + strlen(READY));
    process_ignore_output(process);
    return address;
}
