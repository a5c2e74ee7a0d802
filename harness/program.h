/* SPDX-License-Identifier: MIT */
/* The program itself: its version, how it was called, and the commands whose code is in files of their own. */
#ifndef HARNESS_PROGRAM_H
#define HARNESS_PROGRAM_H

#define PROGRAM_VERSION "0.1"

struct options;
struct corpus;
struct problems;

/* How this program was called (argv[0]), borrowed. */
const char *program_called_peek(void);
void program_set_called(const char *called);

/* Loads the corpus of --cases, or of the project.  0, or an exit status after printing what is wrong.  Must be freed in
 * both cases. */
int program_load_corpus(struct corpus *corpus, const struct options *options);

/* Prints problems, if there are any, and frees them.  0 or STATUS_USAGE. */
int program_report_problems(struct problems *problems);

/* Prints "mpconform: …" and an end of line to standard error; returns status. */
int program_fail(int status, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The commands whose code is in files of their own: each returns an exit status. */
int command_run(const struct options *options);
int command_merge(const struct options *options);
int command_explain(const struct options *options);
int command_record(const struct options *options);
int command_doctor(const struct options *options);
int command_matrix(const struct options *options);

#endif
