/* SPDX-License-Identifier: MIT */
/* What is known of a child, in numbers and words: how it ended, what it wrote to standard error. */
#include "harness/process_state.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

int process_status(const struct process *process)
{
    return process->ended ? process->status : -1;
}

int process_signal(const struct process *process)
{
    return process->ended ? process->signal : 0;
}

/* A shell or another wrapper reports a signal as 128 and its number. */
static bool status_of_a_fault(int status)
{
    static const int faults[] = {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL};
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
        if (status == 128 + faults[i])
            return true;
    return false;
}

bool process_crashed(const struct process *process)
{
    return !process->killed_by_us && (process->signal || status_of_a_fault(process_status(process)));
}

char *process_ending(const struct process *process)
{
    int status = process_status(process);
    if (!process->ended)
        return text_copy("is still running");
    if (!process->pid)
        return text_copy("closed the connection");
    if (process->signal)
        return text_format("was killed by signal %d (%s)", process->signal, strsignal(process->signal));
    if (status == 127)
        return text_copy("exited with status 127 (command not found)");
    if (status_of_a_fault(status))
        return text_format("exited with status %d (signal %d, %s)", status, status - 128, strsignal(status - 128));
    return text_format("exited with status %d", status);
}

/* --- standard error --- */

char *process_stderr(const struct process *process)
{
    struct text all = {0};
    text_add(&all, text_peek(&process->stderr_begin), process->stderr_begin.length);
    size_t length = process->stderr_end.length;
    size_t skipped = length > PROCESS_STDERR_KEPT ? length - PROCESS_STDERR_KEPT : 0;
    if (all.length + length - skipped < process->stderr_length)
        text_puts(&all, "\n[…]\n");
    text_add(&all, text_peek(&process->stderr_end) + skipped, length - skipped);
    for (size_t i = 0; i < all.length; i++)
        if (!all.bytes[i])
            all.bytes[i] = '?';
    return text_give(&all);
}

const char *process_ignored_peek(const struct process *process)
{
    return text_peek(&process->ignored);
}

size_t process_stderr_length(const struct process *process)
{
    return process->stderr_length;
}

static bool reports_finding(const char *line)
{
    static const char *const marks[] = {
        "ERROR: AddressSanitizer",
        "ERROR: LeakSanitizer",
        "WARNING: ThreadSanitizer",
        "WARNING: MemorySanitizer",
        "runtime error: ",
        "== Invalid ",
        "== Use of uninit",
        "== Conditional jump",
        "== Syscall param",
        "== Mismatched ",
        " are definitely lost",
        " are still reachable",
        " are possibly lost",
        " are indirectly lost",
        "== Process terminating",
        " lost in loss record ",
        " reachable in loss record ",
        "== Possible data race",
        "== Thread #",
    };
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (strstr(line, marks[i]))
            return true;
    return false;
}

char *process_finding(const struct process *process)
{
    char *all = process_stderr(process), *found = NULL, *rest = NULL;
    for (char *line = strtok_r(all, "\n", &rest); line && !found; line = strtok_r(NULL, "\n", &rest))
        if (reports_finding(line))
            found = text_copy(line);
    free(all);
    return found;
}

const char *process_command(const struct process *process)
{
    return process->command;
}

int process_pid(const struct process *process)
{
    return (int)process->pid;
}
