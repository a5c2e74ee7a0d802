/* SPDX-License-Identifier: MIT */
/* Nurseries: programs that start others in less time than a shell does, by forking what is ready already
 * (implementations/README.md).  What a nursery starts is a child of this program, as if this had started it. */
#ifndef HARNESS_NURSERY_H
#define HARNESS_NURSERY_H

struct nursery;
struct process;

/* Starts the nursery and returns at once.  To be ended with nursery_end. */
struct nursery *nursery_open(const char *command);

/* Starts `sh -c "exec COMMAND"`, or by the nursery what comes to the same; without one (NULL), or if it refuses this
 * command, as process_start does.  The first call waits until the nursery serves.  NULL with *trouble (new) if there is
 * no process, also because the nursery itself failed. */
struct process *nursery_start(struct nursery *nursery, const char *command, char **trouble);

/* Why the last command was not for it and was started in the usual way, borrowed; NULL if it started that. */
const char *nursery_refusal_peek(const struct nursery *nursery);

/* Ends it in the orderly way; what it started lives on.  NULL if that went well, else a sentence, new. */
char *nursery_finish(struct nursery *nursery, long long deadline);

/* Its process, borrowed. */
const struct process *nursery_process_peek(const struct nursery *nursery);

/* Kills what is left of it; frees.  NULL does nothing. */
void nursery_end(struct nursery *nursery);

#endif
