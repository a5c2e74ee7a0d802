/* SPDX-License-Identifier: MIT */
/* The first line of a program that serves: `ready ADDRESS`, in the form that `ready` of adapter.schema.json has. */
#ifndef HARNESS_READY_H
#define HARNESS_READY_H

struct process;

/* Waits for that line; what the program writes to standard output from then on is dropped.  The address, new; NULL with
 * *trouble (new), a sentence about who, if anything else comes or nothing before the deadline. */
char *ready_address(struct process *process, const char *who, long long deadline, char **trouble);

#endif
