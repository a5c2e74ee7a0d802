/* SPDX-License-Identifier: MIT */
/* Child processes: groups, pipes, deadlines, endings. */
#include "harness/process_state.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include "harness/text.h"
#include "harness/watch.h"

/* The most children that can live at once; one more is refused. */
#define CHILDREN_MAX 256
/* How much is kept of the output that is dropped. */
#define IGNORED_KEPT ((size_t)200)

static struct process *children;
/* The groups that the signal handler kills; 0 is a free place. */
static volatile sig_atomic_t groups[CHILDREN_MAX];

long long process_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void die_with_parent(int signal)
{
#ifdef __linux__
    prctl(PR_SET_PDEATHSIG, signal);
#else
    (void)signal;
#endif
}

static void close_quietly(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

/* --- starting --- */

/* True if the command begins with an assignment, as in `DEBUG=1 program`: the shell's exec takes none. */
static bool begins_with_assignment(const char *command)
{
    size_t name = strspn(command, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789");
    return name && command[name] == '=';
}

static void run_child(const char *command, const int fds[3])
{
    sigset_t none;
    static const int defaults[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGCHLD};
    char *line = text_format("exec %s%s", begins_with_assignment(command) ? "env " : "", command);
    setpgid(0, 0);
    for (size_t i = 0; i < sizeof defaults / sizeof *defaults; i++)
        signal(defaults[i], SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    die_with_parent(SIGKILL);
    for (int i = 0; i < 3; i++)
        if (dup2(fds[i], i) < 0)
            _exit(126);
    execl("/bin/sh", "sh", "-c", line, (char *)NULL);
    _exit(127);
}

/* One more child, or peer at a socket, would be too many: they are polled together. */
static bool is_full(void)
{
    size_t count = 0;
    for (const struct process *p = children; p; p = p->next)
        count++;
    return count >= CHILDREN_MAX;
}

static int free_place(void)
{
    for (int i = 0; i < CHILDREN_MAX; i++)
        if (!groups[i])
            return i;
    return -1;
}

static void forget_group(pid_t pid)
{
    for (int i = 0; i < CHILDREN_MAX; i++)
        if (groups[i] == pid)
            groups[i] = 0;
}

/* Opens the pipes: pairs[i][0] is read from. All close on exec and avoid the numbers 0 to 2. */
static bool open_pipes(int pairs[3][2])
{
    for (int i = 0; i < 3; i++) {
        if (pipe(pairs[i]) < 0)
            return false;
        for (int j = 0; j < 2; j++) {
            int fd = fcntl(pairs[i][j], F_DUPFD_CLOEXEC, 3);
            close(pairs[i][j]);
            pairs[i][j] = fd;
            if (fd < 0)
                return false;
        }
    }
    return true;
}

static int fork_child(void *context, const char *command, const int fds[3])
{
    (void)context;
    pid_t pid = fork();
    if (pid == 0)
        run_child(command, fds);
    return (int)pid;
}

/* Spawns a child and enters its group; -1 if it cannot. */
static pid_t bear(process_spawn *spawn, void *context, const char *command, int pairs[3][2])
{
    sigset_t all, old;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, &old); /* no signal may come between the birth and the entry in groups */
    int place = is_full() ? -1 : free_place();
    const int fds[3] = {pairs[0][0], pairs[1][1], pairs[2][1]};
    pid_t pid = place < 0 ? -1 : spawn(context, command, fds);
    if (pid == 0)
        pid = fork_child(NULL, command, fds);
    if (pid > 0) {
        setpgid(pid, pid); /* the child does so too: whoever is first */
        groups[place] = pid;
    }
    sigprocmask(SIG_SETMASK, &old, NULL);
    return pid;
}

/* The streams as we use them: its input, its output, its standard error. */
static struct process *enlist(const char *command, pid_t pid, const int fds[3])
{
    struct process *process = text_calloc(1, sizeof *process);
    process->command = text_copy(command);
    process->pid = pid;
    process->in = fds[0];
    process->out = fds[1];
    process->err = fds[2];
    for (size_t i = 0; i < 3; i++)
        if (fds[i] >= 0)
            fcntl(fds[i], F_SETFL, O_NONBLOCK);
    process->next = children;
    children = process;
    return process;
}

struct process *process_start_by(process_spawn *spawn, void *context, const char *command)
{
    int pairs[3][2] = {{-1, -1}, {-1, -1}, {-1, -1}};
    pid_t pid = -1;
    signal(SIGPIPE, SIG_IGN); /* a child that closed its standard input is told by write's result */
    if (open_pipes(pairs))
        pid = bear(spawn, context, command, pairs);
    close_quietly(&pairs[0][0]);
    close_quietly(&pairs[1][1]);
    close_quietly(&pairs[2][1]);
    if (pid < 0) {
        if (spawn == fork_child)
            fprintf(stderr, "mpconform: cannot start a process: %s\n", strerror(errno));
        close_quietly(&pairs[0][1]);
        close_quietly(&pairs[1][0]);
        close_quietly(&pairs[2][0]);
        return NULL;
    }
    return enlist(command, pid, (const int[]){pairs[0][1], pairs[1][0], pairs[2][0]});
}

struct process *process_start(const char *command)
{
    return process_start_by(fork_child, NULL, command);
}

struct process *process_attach(int fd, const char *address)
{
    int out = is_full() ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, 3);
    signal(SIGPIPE, SIG_IGN);
    if (out >= 0)
        return enlist(address, 0, (const int[]){fd, out, -1});
    close(fd);
    return NULL;
}

/* --- streams --- */

/* Keeps the beginning and the end of standard error. */
static void keep_stderr(struct process *process, const char *bytes, size_t length)
{
    size_t room = PROCESS_STDERR_KEPT - process->stderr_begin.length;
    size_t first = length < room ? length : room;
    process->stderr_length += length;
    text_add(&process->stderr_begin, bytes, first);
    text_add(&process->stderr_end, bytes + first, length - first);
    if (process->stderr_end.length > 2 * PROCESS_STDERR_KEPT)
        text_skip(&process->stderr_end, process->stderr_end.length - PROCESS_STDERR_KEPT);
}

static void keep_ignored(struct process *process, const char *bytes, size_t length)
{
    size_t room = IGNORED_KEPT - process->ignored.length;
    text_add(&process->ignored, bytes, length < room ? length : room);
}

/* Reads once; false at the end of the stream, which is then closed. */
static bool read_some(int *fd, struct process *process, bool is_stderr)
{
    char buffer[65536];
    ssize_t n = read(*fd, buffer, sizeof buffer);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return true;
    if (n <= 0) {
        close_quietly(fd);
        return false;
    }
    if (is_stderr)
        keep_stderr(process, buffer, (size_t)n);
    else if (!process->ignore_output)
        text_add(&process->output, buffer, (size_t)n);
    else
        keep_ignored(process, buffer, (size_t)n);
    return true;
}

/* What pump waits for besides keeping every child's standard error empty. */
struct wish {
    struct process *process;
    bool output, input;
    int fd;       /* one that is not a child's, */
    short events; /* … for these events; 0 for none */
};

static size_t add_fd(struct pollfd *fds, size_t n, int fd, short events)
{
    if (fd >= 0)
        fds[n++] = (struct pollfd){.fd = fd, .events = events};
    return n;
}

static void read_ready(const struct pollfd *fds, size_t n, struct process *process)
{
    for (size_t i = 0; i < n; i++) {
        if (!(fds[i].revents & (POLLIN | POLLHUP | POLLERR)))
            continue;
        if (fds[i].fd == process->err)
            read_some(&process->err, process, true);
        else if (fds[i].fd == process->out && !read_some(&process->out, process, false))
            process->saw_eof = true;
    }
}

/* Waits until something happened, or the deadline.  True if the wish's input pipe, or its descriptor, is ready. */
static bool pump(const struct wish *wish, long long deadline)
{
    struct pollfd fds[3 * CHILDREN_MAX + WATCH_MAX + 1];
    size_t n = 0;
    for (struct process *p = children; p; p = p->next) {
        n = add_fd(fds, n, p->err, POLLIN);
        if (p->ignore_output || (wish->output && p == wish->process))
            n = add_fd(fds, n, p->out, POLLIN);
    }
    size_t readers = n;
    n += watch_collect(fds + n);
    size_t watched = n;
    if (wish->input)
        n = add_fd(fds, n, wish->process->in, POLLOUT);
    if (wish->events)
        n = add_fd(fds, n, wish->fd, wish->events);
    long long left = deadline - process_now();
    int timeout = left < 0 ? 0 : left > 1000000 ? 1000000 : (int)left;
    if (poll(fds, (nfds_t)n, timeout) <= 0)
        return false;
    for (struct process *p = children; p; p = p->next)
        read_ready(fds, readers, p);
    watch_serve(fds + readers, watched - readers);
    return n > watched && fds[watched].revents;
}

bool process_await(int fd, short events, long long deadline)
{
    const struct wish wish = {.fd = fd, .events = events};
    bool ready = pump(&wish, deadline);
    while (!ready && process_now() < deadline)
        ready = pump(&wish, deadline);
    return ready;
}

bool process_write(struct process *process, const void *bytes, size_t length, long long deadline)
{
    const char *at = bytes;
    while (length) {
        ssize_t n = process->in < 0 ? -1 : write(process->in, at, length);
        if (n < 0 && (process->in < 0 || (errno != EAGAIN && errno != EINTR))) {
            close_quietly(&process->in);
            return false;
        }
        if (n > 0) {
            at += n;
            length -= (size_t)n;
        } else {
            if (process_now() >= deadline)
                return false;
            /* The output is read meanwhile: the child may be unable to read before it got rid of it. */
            pump(&(struct wish){.process = process, .output = process->output.length < PROCESS_LINE_MAX, .input = true},
                 deadline);
        }
    }
    return true;
}

static bool take_line(struct process *process, const char **line, size_t *length)
{
    struct text *output = &process->output;
    if (process->taken) {
        text_skip(output, process->taken);
        process->taken = process->scanned = 0;
    }
    const char *from = text_peek(output) + process->scanned;
    const char *end = memchr(from, '\n', output->length - process->scanned);
    process->scanned = output->length;
    if (!end)
        return false;
    *line = output->bytes;
    *length = (size_t)(end - output->bytes);
    process->taken = *length + 1;
    process->scanned = 0;
    output->bytes[*length] = '\0';
    return true;
}

enum process_line process_read_line(struct process *process, long long deadline, const char **line, size_t *length)
{
    *line = "";
    *length = 0;
    for (;;) {
        if (take_line(process, line, length))
            return *length > PROCESS_LINE_MAX ? PROCESS_TOO_LONG : PROCESS_LINE;
        if (process->output.length > PROCESS_LINE_MAX)
            return PROCESS_TOO_LONG;
        if (process->saw_eof || process->out < 0)
            return PROCESS_EOF;
        if (process_now() >= deadline)
            return PROCESS_LATE;
        pump(&(struct wish){.process = process, .output = true, .input = false}, deadline);
    }
}

bool process_has_output(struct process *process)
{
    pump(&(struct wish){.process = process, .output = true, .input = false}, 0);
    return process->output.length > process->taken;
}

void process_ignore_output(struct process *process)
{
    process->ignore_output = true;
    keep_ignored(process, text_peek(&process->output) + process->taken, process->output.length - process->taken);
    text_clear(&process->output);
    process->taken = process->scanned = 0;
}

/* --- endings --- */

bool process_ended(struct process *process)
{
    siginfo_t info = {0};
    if (!process->pid)
        return process->ended = process->saw_eof;
    /* The child stays a zombie until process_end, so that its number, which is its group's, cannot pass to somebody
     * else. */
    if (!process->ended && waitid(P_PID, (id_t)process->pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
        info.si_pid == process->pid) {
        process->ended = true;
        process->signal = info.si_code == CLD_EXITED ? 0 : info.si_status;
        process->status = info.si_code == CLD_EXITED ? info.si_status : -1;
    }
    return process->ended;
}

/* The child ended: what it wrote to standard error is in the pipe already, whoever else still holds its other end. */
static void drain(struct process *process)
{
    struct pollfd ready = {.fd = process->err, .events = POLLIN};
    while (process->err >= 0 && poll(&ready, 1, 0) > 0 && read_some(&process->err, process, true))
        continue;
}

bool process_wait(struct process *process, long long deadline)
{
    long long pause = 1;
    while (!process_ended(process)) {
        long long now = process_now();
        if (now >= deadline)
            return false;
        /* There is no portable descriptor that tells of an ending: ask in growing pauses, awake at once when a stream
         * ends. */
        long long until = now + pause < deadline ? now + pause : deadline;
        pump(&(struct wish){.process = process, .output = process->output.length < PROCESS_LINE_MAX, .input = false},
             until);
        pause = pause < 20 ? pause + 1 : 20;
    }
    drain(process);
    return true;
}

bool process_stop(struct process *process, int signal, long long deadline)
{
    if (!process->pid && process->in >= 0)
        shutdown(process->in, SHUT_WR); /* our own copy of the descriptor would keep it open */
    close_quietly(&process->in);
    if (process->pid && signal && !process_ended(process)) {
        process->killed_by_us = true;
        kill(process->pid, signal);
    }
    return process_wait(process, deadline);
}

static void unlink_child(struct process *process)
{
    struct process **at = &children;
    while (*at && *at != process)
        at = &(*at)->next;
    if (*at)
        *at = process->next;
}

static void release(struct process *process)
{
    unlink_child(process);
    close_quietly(&process->in);
    close_quietly(&process->out);
    close_quietly(&process->err);
    text_clear(&process->output);
    text_clear(&process->ignored);
    text_clear(&process->stderr_begin);
    text_clear(&process->stderr_end);
    free(process->command);
    free(process);
}

void process_end(struct process *process)
{
    if (!process)
        return;
    if (process->pid) {
        kill(-process->pid, SIGKILL); /* also when the leader ended: others of its group may live on */
        while (waitpid(process->pid, NULL, 0) < 0 && errno == EINTR)
            continue;
        forget_group(process->pid);
    }
    release(process);
}

void process_end_all(void)
{
    while (children)
        process_end(children);
}

void process_forget(void)
{
    for (int i = 0; i < CHILDREN_MAX; i++)
        groups[i] = 0;
    while (children)
        release(children);
}

static void stop_everything(int number)
{
    for (int i = 0; i < CHILDREN_MAX; i++)
        if (groups[i])
            kill(-(pid_t)groups[i], SIGKILL);
    for (int i = 0; i < CHILDREN_MAX; i++)
        if (groups[i])
            waitpid((pid_t)groups[i], NULL, 0);
    signal(number, SIG_DFL);
    raise(number);
}

void process_guard(void)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction action = {.sa_handler = stop_everything};
    sigfillset(&action.sa_mask);
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        sigaction(signals[i], &action, NULL);
    signal(SIGPIPE, SIG_IGN);
    die_with_parent(SIGTERM);
}

void process_adopt(void)
{
#ifdef PR_SET_CHILD_SUBREAPER
    prctl(PR_SET_CHILD_SUBREAPER, 1);
#endif
}

/* Kills the children that the system lists; false if it lists none. */
static bool kill_listed(void)
{
    char *path = text_format("/proc/self/task/%ld/children", (long)getpid());
    FILE *file = fopen(path, "r");
    long pid;
    bool any = false;
    while (file && fscanf(file, "%ld", &pid) == 1) {
        kill((pid_t)pid, SIGKILL);
        any = true;
    }
    if (file)
        fclose(file);
    free(path);
    return any;
}

void process_sweep(void)
{
    /* The children of those that are killed come to us in turn: until there are none. */
    while (kill_listed() || waitpid(-1, NULL, WNOHANG) > 0)
        waitpid(-1, NULL, 0);
}
