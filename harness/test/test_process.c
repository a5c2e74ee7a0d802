/* SPDX-License-Identifier: MIT */
/* Child processes: lines, deadlines, endings, groups. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/process.h"
#include "harness/test/unit.h"
#include "harness/text.h"

#define SOON (process_now() + 20000)

/* Starts a shell script. */
static struct process *shell(const char *script)
{
    char *quoted = text_quote(script), *command = text_format("sh -c %s", quoted);
    struct process *process = process_start(command);
    free(command);
    free(quoted);
    return process;
}

static enum process_line read_line(struct process *process, char *out, size_t size)
{
    const char *line;
    size_t length;
    enum process_line got = process_read_line(process, SOON, &line, &length);
    snprintf(out, size, "%s", line);
    return got;
}

static void ends_as(struct process *process, const char *sentence)
{
    CU_ASSERT_TRUE(process_wait(process, SOON));
    char *how = process_ending(process);
    CU_ASSERT_STRING_EQUAL(how, sentence);
    free(how);
}

static void test_lines_then_end(void)
{
    char line[32];
    struct process *process = shell("printf 'one\\n\\nthree'");
    CU_ASSERT_EQUAL(read_line(process, line, sizeof line), PROCESS_LINE);
    CU_ASSERT_STRING_EQUAL(line, "one");
    CU_ASSERT_EQUAL(read_line(process, line, sizeof line), PROCESS_LINE);
    CU_ASSERT_STRING_EQUAL(line, "");
    CU_ASSERT_EQUAL(read_line(process, line, sizeof line), PROCESS_EOF); /* a line without its end is no line */
    ends_as(process, "exited with status 0");
    CU_ASSERT_FALSE(process_crashed(process));
    process_end(process);
}

static void test_line_in_pieces(void)
{
    char line[32];
    struct process *process = shell("printf 'on'; printf 'e\\ntwo\\n'; read x; echo $x");
    CU_ASSERT_EQUAL(read_line(process, line, sizeof line), PROCESS_LINE);
    CU_ASSERT_STRING_EQUAL(line, "one");
    CU_ASSERT_EQUAL(read_line(process, line, sizeof line), PROCESS_LINE);
    CU_ASSERT_STRING_EQUAL(line, "two");
    CU_ASSERT_TRUE(process_write(process, "echo\n", 5, SOON));
    CU_ASSERT_EQUAL(read_line(process, line, sizeof line), PROCESS_LINE);
    CU_ASSERT_STRING_EQUAL(line, "echo");
    process_end(process);
}

static void test_deadline(void)
{
    const char *line;
    size_t length;
    struct process *process = shell("read x; echo late");
    CU_ASSERT_EQUAL(process_read_line(process, process_now() + 20, &line, &length), PROCESS_LATE);
    CU_ASSERT_FALSE(process_wait(process, process_now() + 20));
    CU_ASSERT_FALSE(process_ended(process));
    CU_ASSERT_TRUE(process_write(process, "\n", 1, SOON));
    CU_ASSERT_EQUAL(process_read_line(process, SOON, &line, &length), PROCESS_LINE);
    CU_ASSERT_STRING_EQUAL(line, "late");
    process_end(process);
}

static void test_status(void)
{
    struct process *process = shell("exit 3");
    ends_as(process, "exited with status 3");
    CU_ASSERT_EQUAL(process_status(process), 3);
    CU_ASSERT_FALSE(process_crashed(process));
    process_end(process);
}

static void test_signal(void)
{
    struct process *process = shell("kill -SEGV $$");
    CU_ASSERT_TRUE(process_wait(process, SOON));
    CU_ASSERT_EQUAL(process_signal(process), SIGSEGV);
    CU_ASSERT_EQUAL(process_status(process), -1);
    CU_ASSERT_TRUE(process_crashed(process));
    process_end(process);
}

static void test_signal_behind_a_wrapper(void)
{
    struct process *process = shell("exit 139");
    CU_ASSERT_TRUE(process_wait(process, SOON));
    CU_ASSERT_TRUE(process_crashed(process));
    process_end(process);
}

static void test_our_signal_is_no_crash(void)
{
    struct process *process = process_start("cat");
    CU_ASSERT_TRUE(process_stop(process, SIGTERM, SOON));
    CU_ASSERT_FALSE(process_crashed(process));
    process_end(process);
}

static void test_missing_command(void)
{
    struct process *process = process_start("/nonexistent/program");
    ends_as(process, "exited with status 127 (command not found)");
    process_end(process);
}

static void test_assignment_before_command(void)
{
    char line[32];
    struct process *process = process_start("WORD=hello sh -c 'echo $WORD'");
    CU_ASSERT_EQUAL(read_line(process, line, sizeof line), PROCESS_LINE);
    CU_ASSERT_STRING_EQUAL(line, "hello");
    process_end(process);
}

static void test_end_of_input(void)
{
    struct process *process = process_start("cat");
    CU_ASSERT_TRUE(process_stop(process, 0, SOON));
    ends_as(process, "exited with status 0");
    CU_ASSERT_FALSE(process_write(process, "x", 1, SOON));
    process_end(process);
}

static void test_write_to_the_dead(void)
{
    static char block[1 << 20];
    struct process *process = process_start("true");
    CU_ASSERT_TRUE(process_wait(process, SOON));
    CU_ASSERT_FALSE(process_write(process, block, sizeof block, SOON));
    process_end(process);
}

/* More than pipes hold goes in and comes out at the same time. */
static void test_much_both_ways(void)
{
    size_t size = (size_t)3 << 20, length;
    char *block = malloc(size + 1);
    const char *line;
    memset(block, 'x', size);
    block[size] = '\n';
    struct process *process = process_start("cat");
    CU_ASSERT_TRUE(process_write(process, block, size + 1, SOON));
    CU_ASSERT_EQUAL(process_read_line(process, SOON, &line, &length), PROCESS_LINE);
    CU_ASSERT_EQUAL(length, size);
    CU_ASSERT_EQUAL(memcmp(line, block, size), 0);
    process_end(process);
    free(block);
}

static void test_too_long(void)
{
    const char *line;
    size_t length;
    struct process *process = process_start("cat /dev/zero");
    CU_ASSERT_EQUAL(process_read_line(process, SOON, &line, &length), PROCESS_TOO_LONG);
    process_end(process);
}

static void test_stderr_begin_and_end(void)
{
    struct process *process = shell("echo first >&2; yes middle | head -n 100000 >&2; echo last >&2; echo done");
    char line[32];
    CU_ASSERT_EQUAL(read_line(process, line, sizeof line), PROCESS_LINE);
    CU_ASSERT_TRUE(process_wait(process, SOON));
    char *said = process_stderr(process);
    CU_ASSERT_EQUAL(strncmp(said, "first\n", 6), 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(said, "[…]"));
    CU_ASSERT_STRING_EQUAL(said + strlen(said) - 5, "last\n");
    CU_ASSERT(strlen(said) <= 2 * PROCESS_STDERR_KEPT + 16);
    CU_ASSERT_EQUAL(process_stderr_length(process), 6 + 700000 + 5);
    free(said);
    process_end(process);
}

/* One child must not block on its standard error while another one is waited for. */
static void test_stderr_of_others(void)
{
    char line[32];
    struct process *noisy = shell("yes noise | head -n 100000 >&2; echo done"), *other = shell("read x; echo $x");
    const char *text;
    size_t length;
    CU_ASSERT_EQUAL(process_read_line(other, process_now() + 300, &text, &length), PROCESS_LATE);
    CU_ASSERT_EQUAL(read_line(noisy, line, sizeof line), PROCESS_LINE);
    process_end(noisy);
    process_end(other);
}

static void test_ignored_output(void)
{
    struct process *process = shell("read x; yes noise | head -n 100000");
    process_ignore_output(process);
    process_write(process, "\n", 1, SOON);
    CU_ASSERT_TRUE(process_wait(process, SOON));
    process_end(process);
}

static void finding_is(const char *script, const char *expected)
{
    struct process *process = shell(script);
    CU_ASSERT_TRUE(process_wait(process, SOON));
    char *finding = process_finding(process);
    if (expected)
        CU_ASSERT_PTR_NOT_NULL(finding);
    CU_ASSERT_STRING_EQUAL(finding ? finding : "none", expected ? expected : "none");
    free(finding);
    process_end(process);
}

static void test_findings(void)
{
    finding_is("echo 'an error' >&2", NULL);
    finding_is("echo x >&2; echo '==7==ERROR: AddressSanitizer: SEGV' >&2", "==7==ERROR: AddressSanitizer: SEGV");
    finding_is("echo 'a.c:1:2: runtime error: shift' >&2", "a.c:1:2: runtime error: shift");
    finding_is("echo '==9== Invalid read of size 4' >&2", "==9== Invalid read of size 4");
    finding_is("echo 'WARNING: ThreadSanitizer: data race' >&2", "WARNING: ThreadSanitizer: data race");
    finding_is("echo '==9== HEAP SUMMARY:' >&2", NULL);
}

/* A peer at a socket takes the place of a child. */
static void test_attached(void)
{
    int pair[2];
    char line[32];
    CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    struct process *process = process_attach(pair[0], "unix:/x");
    CU_ASSERT_PTR_NOT_NULL_FATAL(process);
    CU_ASSERT_EQUAL(process_pid(process), 0);
    CU_ASSERT_EQUAL(write(pair[1], "one\ntw", 6), 6);
    CU_ASSERT_EQUAL(read_line(process, line, sizeof line), PROCESS_LINE);
    CU_ASSERT_STRING_EQUAL(line, "one");
    CU_ASSERT_FALSE(process_ended(process));
    CU_ASSERT_TRUE(process_write(process, "ask", 3, SOON));
    CU_ASSERT_EQUAL(read(pair[1], line, sizeof line), 3);
    CU_ASSERT_FALSE(process_stop(process, 0, process_now() + 20));
    CU_ASSERT_EQUAL(read(pair[1], line, sizeof line), 0); /* the end of our input has reached it */
    close(pair[1]);
    CU_ASSERT_EQUAL(read_line(process, line, sizeof line), PROCESS_EOF);
    CU_ASSERT_TRUE(process_wait(process, SOON));
    CU_ASSERT_FALSE(process_crashed(process));
    char *how = process_ending(process);
    CU_ASSERT_STRING_EQUAL(how, "closed the connection");
    free(how);
    process_end(process);
}

/* The whole group goes, also what the leader left behind. */
static void test_group_is_killed(void)
{
    char line[32];
    struct process *process = shell("sleep 1000 & echo $!");
    CU_ASSERT_EQUAL(read_line(process, line, sizeof line), PROCESS_LINE);
    pid_t orphan = (pid_t)atoi(line);
    CU_ASSERT_TRUE(process_wait(process, SOON));
    CU_ASSERT_EQUAL(kill(orphan, 0), 0);
    process_end(process);
    long long deadline = SOON;
    while (kill(orphan, 0) == 0 && process_now() < deadline)
        waitpid(orphan, NULL, WNOHANG); /* it may be ours by now, or init's */
    CU_ASSERT_NOT_EQUAL(kill(orphan, 0), 0);
}

static void test_no_zombies(void)
{
    struct process *process = process_start("true");
    pid_t pid = (pid_t)process_pid(process);
    CU_ASSERT_TRUE(process_wait(process, SOON));
    process_end(process);
    CU_ASSERT_EQUAL(waitpid(pid, NULL, WNOHANG), -1);
    CU_ASSERT_EQUAL(errno, ECHILD);
}

/* A guarded program that is told to stop takes its children with it. */
static void test_guard(void)
{
    int fds[2];
    pid_t grandchild = 0;
    CU_ASSERT_EQUAL_FATAL(pipe(fds), 0);
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        process_guard();
        struct process *process = process_start("cat");
        pid_t started = (pid_t)process_pid(process);
        if (write(fds[1], &started, sizeof started) < 0)
            _exit(1);
        for (;;)
            pause();
    }
    CU_ASSERT_EQUAL(read(fds[0], &grandchild, sizeof grandchild), (ssize_t)sizeof grandchild);
    int status = 0;
    kill(pid, SIGTERM);
    CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
    CU_ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
    CU_ASSERT_NOT_EQUAL(kill(grandchild, 0), 0);
    close(fds[0]);
    close(fds[1]);
}

static void quoted_is(const char *word, const char *expected)
{
    char *quoted = text_quote(word);
    CU_ASSERT_STRING_EQUAL(quoted, expected);
    free(quoted);
}

static void test_quote(void)
{
    quoted_is("plain/path-1.2", "plain/path-1.2");
    quoted_is("", "''");
    quoted_is("a b", "'a b'");
    quoted_is("it's $HOME", "'it'\\''s $HOME'");
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"lines, then the end", test_lines_then_end},
        {"a line that comes in pieces", test_line_in_pieces},
        {"a deadline passes and the child goes on", test_deadline},
        {"an exit status", test_status},
        {"a signal", test_signal},
        {"a signal behind a wrapper", test_signal_behind_a_wrapper},
        {"a signal of ours is no crash", test_our_signal_is_no_crash},
        {"a command that does not exist", test_missing_command},
        {"an assignment before the command", test_assignment_before_command},
        {"the end of input", test_end_of_input},
        {"writing to a child that is gone", test_write_to_the_dead},
        {"more than pipes hold, both ways", test_much_both_ways},
        {"a line that is too long", test_too_long},
        {"standard error: its beginning and its end", test_stderr_begin_and_end},
        {"standard error of a child that nobody waits for", test_stderr_of_others},
        {"output that is ignored", test_ignored_output},
        {"findings of sanitizers and valgrind", test_findings},
        {"a peer at a socket", test_attached},
        {"the group is killed with its leader", test_group_is_killed},
        {"no zombies", test_no_zombies},
        {"a guarded program takes its children with it", test_guard},
        {"quoting for the shell", test_quote},
        CU_TEST_INFO_NULL,
    };
    return unit_main("process", tests);
}
