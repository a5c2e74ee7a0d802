/* SPDX-License-Identifier: MIT */
/* `mpconform complete`: the one mind behind the completion of all shells. */
#ifndef HARNESS_COMPLETE_H
#define HARNESS_COMPLETE_H

struct options;

/* The arguments are the words of a command line, without the program, up to the one that is being typed (the last; it
 * may be empty).  Prints what that word may become, one a line, where something is known of it behind a tab; what goes
 * on ends in '/' or ':'.  The lines ":files" and ":folders" ask the shell for its own.  Always 0: a shell shows no
 * errors while somebody types. */
int complete_command(const struct options *options);

#endif
