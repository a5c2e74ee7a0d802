/* SPDX-License-Identifier: MIT */
/* What process.c and process_tell.c share: the state of a child. */
#ifndef HARNESS_PROCESS_STATE_H
#define HARNESS_PROCESS_STATE_H

#include "harness/process.h"

#include <sys/types.h>

#include "harness/text.h"

struct process {
    struct process *next;
    char *command;
    pid_t pid; /* 0: a peer that was only connected to; command is then its address */
    int in, out, err;
    bool ended, ignore_output, saw_eof, killed_by_us;
    int signal, status; /* once ended: the signal or 0, the exit status or -1 */
    struct text output;
    size_t taken, scanned; /* of output: handed out already; known to hold no end of line */
    struct text ignored;   /* the beginning of what was dropped of it */
    struct text stderr_begin, stderr_end;
    size_t stderr_length;
};

#endif
