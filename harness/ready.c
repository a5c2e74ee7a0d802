/* SPDX-License-Identifier: MIT */
/* Programs that say where they serve. */
#include "harness/ready.h"

#include <stdlib.h>
#include <string.h>

#include "harness/process.h"
#include "harness/text.h"

#define READY "ready "
/* How long a child whose output ended may take to be gone. */
#define ENDING_MS 3000

char *ready_address(struct process *process, const char *who, long long deadline, char **trouble)
{
    const char *line;
    size_t length;
    *trouble = NULL;
    enum process_line got = process_read_line(process, deadline, &line, &length);
    if (got == PROCESS_LINE && strncmp(line, READY, strlen(READY)) == 0 && strlen(line) == length) {
        char *address = text_copy(line + strlen(READY));
        process_ignore_output(process);
        return address;
    }
    if (got == PROCESS_EOF)
        process_wait(process, process_now() + ENDING_MS);
    char *how = process_ending(process);
    if (got == PROCESS_LINE)
        *trouble = text_format("the %s said '%.200s' instead of 'ready ADDRESS'", who, line);
    else if (got == PROCESS_LATE)
        *trouble = text_format("the %s was not ready before the deadline", who);
    else
        *trouble = text_format("the %s %s before it was ready", who, how);
    free(how);
    return NULL;
}
