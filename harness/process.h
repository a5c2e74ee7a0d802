/* SPDX-License-Identifier: MIT */
/* Child processes: a shell command in a process group of its own with pipes for its three standard streams.
 *
 * Standard output is read line by line with deadlines.  Standard error is kept, its beginning and its end, for the
 * report.  The standard error of every live child is drained while any of them is waited for, so that none blocks on a
 * full pipe.  Ending a child always means: the group is killed and the child is reaped.  process_guard makes that so
 * even when this program is told to stop. One thread only; a program that forks calls process_forget in the new
 * process. */
#ifndef HARNESS_PROCESS_H
#define HARNESS_PROCESS_H

#include <stdbool.h>
#include <stddef.h>

struct process;

/* What a wait for a line came to. */
enum process_line {
    PROCESS_LINE,     /* a line is there */
    PROCESS_EOF,      /* the child closed its standard output */
    PROCESS_LATE,     /* the deadline passed */
    PROCESS_TOO_LONG, /* more than PROCESS_LINE_MAX bytes without an end of line */
};

/* The longest line: the limit of the adapter protocol. */
#define PROCESS_LINE_MAX ((size_t)64 << 20)
/* How much of a child's standard error is kept: that many bytes of its beginning, and of its end. */
#define PROCESS_STDERR_KEPT ((size_t)32 << 10)

/* Milliseconds of the monotonic clock; a deadline is such a time. */
long long process_now(void);

/* Starts `sh -c "exec COMMAND"`; COMMAND may begin with assignments.  The new process is ended with process_end.  NULL,
 * with the reason on standard error, only if the system refuses to fork; a command that does not exist is seen as a
 * child that exits with status 127. */
struct process *process_start(const char *command);

/* The same, with another way to start it: spawn makes a process in a group of its own, whose standard streams are fds
 * and whose parent is this program, and returns its number; 0 if it shall be started as above; -1 if it cannot, and
 * then nothing is said. */
typedef int process_spawn(void *context, const char *command, const int fds[3]);
struct process *process_start_by(process_spawn *spawn, void *context, const char *command);

/* A peer at a connected stream socket (taken), in the place of a child: its input and output are the connection, and it
 * has ended when it closed that.  It is no child: it has no standard error, and ending it means closing.  NULL if there
 * are too many. */
struct process *process_attach(int fd, const char *address);

/* Writes all of bytes to the child's standard input.  False if the child closed it or the deadline passed. */
bool process_write(struct process *process, const void *bytes, size_t length, long long deadline);

/* Waits for one line of standard output.  *line (borrowed, until the next call) has no end of line; it may hold NUL
 * bytes: *length counts. */
enum process_line process_read_line(struct process *process, long long deadline, const char **line, size_t *length);

/* Waits until poll(2) tells one of events, an end or an error of a descriptor that is not a child's.  False if the
 * deadline passed. */
bool process_await(int fd, short events, long long deadline);

/* True if standard output holds something that was not read yet, without waiting. */
bool process_has_output(struct process *process);

/* From now on standard output is drained like standard error and dropped. */
void process_ignore_output(struct process *process);

/* The beginning of what was dropped, borrowed; "" if it was nothing. */
const char *process_ignored_peek(const struct process *process);

/* Waits until the child ended by itself or the deadline passed; true if it ended.  Drains its standard error to the
 * end. */
bool process_wait(struct process *process, long long deadline);

/* True if the child is known to have ended by itself, without waiting. */
bool process_ended(struct process *process);

/* True if the child ended by a signal that the harness did not send. */
bool process_crashed(const struct process *process);

/* How the child ended: "exited with status 3", "was killed by signal 11 (Segmentation fault)", "is still running". New.
 */
char *process_ending(const struct process *process);

/* The exit status of a child that ended by itself; -1 if it is running or was killed by a signal. */
int process_status(const struct process *process);

/* The signal that ended the child; 0 if none did. */
int process_signal(const struct process *process);

/* What the child wrote to standard error so far, at most about twice PROCESS_STDERR_KEPT.  New. */
char *process_stderr(const struct process *process);

/* How much the child wrote to standard error so far, whatever of it is kept. */
size_t process_stderr_length(const struct process *process);

/* The first line of standard error that reports a finding of a sanitizer or of valgrind.  New, or NULL. */
char *process_finding(const struct process *process);

/* The command it was started with, borrowed, and its process id; for a peer at a socket its address, and 0. */
const char *process_command(const struct process *process);
int process_pid(const struct process *process);

/* Asks the child to stop: its standard input is closed and, if signal is not 0, the signal is sent to it; then as
 * process_wait. */
bool process_stop(struct process *process, int signal, long long deadline);

/* Kills the group if anything of it is left, reaps the child, frees process.  NULL does nothing. */
void process_end(struct process *process);

/* process_end for every live child: before a program exits. */
void process_end_all(void);

/* From now on SIGINT, SIGTERM and SIGHUP kill every child's group and end this program by that signal; and a lost
 * parent does so too where the system can tell (Linux).  For programs whose only duty at the end is their children. */
void process_guard(void);

/* From now on this program becomes the parent of descendants whose own parent ended (Linux; elsewhere nothing happens).
 */
void process_adopt(void);

/* Kills and reaps every child that is left, adopted ones among them.  For the end of a program that adopts and has no
 * other children. */
void process_sweep(void);

/* In a forked program: the parent's children are not ours; closes and frees, kills nothing. */
void process_forget(void);

#endif
