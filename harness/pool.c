/* SPDX-License-Identifier: MIT */
/* Worker processes. */
#define _GNU_SOURCE /* sched_setaffinity */
#include "harness/pool.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/process.h"
#include "harness/text.h"

/* A worker's last line: it came to its end. */
#define BYE "bye"
#define TICK_MS 100
/* How long a worker may take to end its children when the run is interrupted. */
#define STOP_MS 5000

struct pool_line {
    int fd;
};

/* What is next, shared by all workers. */
struct queues {
    atomic_size_t waiting, working;
};

struct worker {
    pid_t pid;
    int fd; /* -1 once it has ended */
    struct text text;
    bool bye;
};

static volatile sig_atomic_t stop_signal;
static int stop_pipe[2] = {-1, -1};

static void on_stop(int number)
{
    int saved = errno;
    stop_signal = number;
    if (write(stop_pipe[1], "", 1) < 0) /* full: the reader is awake already */
        errno = saved;
    errno = saved;
}

static void catch_stops(bool on)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction action = {.sa_handler = on ? on_stop : SIG_DFL};
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        sigaction(signals[i], &action, NULL);
}

void pool_send_take(struct pool_line *line, json_t *event)
{
    char *dumped = json_dumps(event, JSON_COMPACT);
    struct text text = {0};
    text_printf(&text, "%s\n", dumped ? dumped : "{}");
    free(dumped);
    json_decref(event);
    for (size_t at = 0; at < text.length;) {
        ssize_t n = write(line->fd, text.bytes + at, text.length - at);
        if (n > 0) {
            at += (size_t)n;
        } else if (errno != EINTR) { /* the parent is gone */
            process_end_all();
            _exit(3);
        }
    }
    text_clear(&text);
}

long pool_processors(void)
{
    cpu_set_t set;
    return sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
}

/* Keeps this worker and its children, who mostly wait for one another, on one of the processors: waking the next one up
 * is then a third cheaper.  That it cannot be done is no trouble. */
static void stay_on_one(unsigned number)
{
    cpu_set_t set, one;
    if (sched_getaffinity(0, sizeof set, &set) < 0)
        return;
    unsigned nth = number % (unsigned)CPU_COUNT(&set);
    size_t at = 0;
    while (!CPU_ISSET(at, &set) || nth-- > 0)
        at++;
    CPU_ZERO(&one);
    CPU_SET(at, &one);
    sched_setaffinity(0, sizeof one, &one);
}

static bool take_from(atomic_size_t *next, size_t end, size_t *job)
{
    *job = atomic_fetch_add(next, 1);
    return *job < end;
}

/* The next job.  More than one worker that computes on a processor only pushes the others' data out of its caches;
 * those beyond work off what waits meanwhile, and nobody is idle before all is done. */
static bool take_job(const struct pool_work *work, struct queues *queues, bool computes, size_t *job)
{
    return (!computes && take_from(&queues->waiting, work->waiting, job)) ||
           take_from(&queues->working, work->jobs, job) ||
           (computes && take_from(&queues->waiting, work->waiting, job));
}

static _Noreturn void be_worker(const struct pool_work *work, unsigned number, int fd, struct queues *queues)
{
    struct pool_line line = {fd};
    process_forget();
    process_guard();
    bool computes = number < pool_processors(); /* asked before it stays on one */
    if (!work->spread && work->workers >= pool_processors())
        stay_on_one(number);
    void *state = work->open(work->context, number);
    for (size_t i; take_job(work, queues, computes, &i);)
        work->job(state, i, &line);
    work->close(state, &line);
    pool_send_take(&line, json_pack("{s:b}", BYE, 1));
    process_end_all();
    exit(0); /* and not _exit: a checker of leaks has its say here */
}

static bool start_worker(const struct pool_work *work, struct worker *workers, unsigned number, struct queues *queues)
{
    int fds[2];
    fflush(NULL);
    if (pipe(fds) < 0)
        return false;
    fcntl(fds[0], F_SETFD, FD_CLOEXEC);
    fcntl(fds[1], F_SETFD, FD_CLOEXEC);
    pid_t pid = fork();
    if (pid == 0) {
        for (unsigned i = 0; i < number; i++)
            close(workers[i].fd);
        free(workers); /* the child's copy: nothing was read yet */
        close(fds[0]);
        be_worker(work, number, fds[1], queues);
    }
    close(fds[1]);
    if (pid < 0) {
        close(fds[0]);
        return false;
    }
    workers[number] = (struct worker){.pid = pid, .fd = fds[0]};
    return true;
}

static void take_lines(struct worker *worker, const struct pool_work *work)
{
    size_t from = 0;
    char *end;
    while (worker->text.length > from && (end = memchr(worker->text.bytes + from, '\n', worker->text.length - from))) {
        json_t *event = json_loadb(worker->text.bytes + from, (size_t)(end - worker->text.bytes) - from, 0, NULL);
        from = (size_t)(end - worker->text.bytes) + 1;
        if (json_object_get(event, BYE))
            worker->bye = true;
        else if (event)
            work->receive(work->context, event);
        json_decref(event);
    }
    text_skip(&worker->text, from);
}

static void read_worker(struct worker *worker, const struct pool_work *work)
{
    char buffer[65536];
    ssize_t n = read(worker->fd, buffer, sizeof buffer);
    if (n < 0 && errno == EINTR)
        return;
    if (n <= 0) {
        close(worker->fd);
        worker->fd = -1;
        return;
    }
    text_add(&worker->text, buffer, (size_t)n);
    take_lines(worker, work);
}

/* Reads until every worker closed its pipe or a signal came. */
static void listen_to(struct worker *workers, unsigned count, const struct pool_work *work)
{
    struct pollfd *fds = text_calloc(count + 1, sizeof *fds);
    unsigned open = count;
    while (open && !stop_signal) {
        open = 0;
        for (unsigned i = 0; i < count; i++) {
            fds[i] = (struct pollfd){.fd = workers[i].fd, .events = POLLIN}; /* a negative one is skipped */
            open += workers[i].fd >= 0;
        }
        fds[count] = (struct pollfd){.fd = stop_pipe[0], .events = POLLIN};
        if (open && poll(fds, count + 1, TICK_MS) > 0)
            for (unsigned i = 0; i < count; i++)
                if (fds[i].fd >= 0 && fds[i].revents)
                    read_worker(&workers[i], work);
        work->tick(work->context);
    }
    free(fds);
}

/* Waits for one worker; after the deadline it is killed.  True if it ended as it should. */
static bool reap(struct worker *worker, long long deadline)
{
    int status = 0;
    pid_t pid;
    while ((pid = waitpid(worker->pid, &status, deadline ? WNOHANG : 0)) == 0 || (pid < 0 && errno == EINTR)) {
        if (deadline && process_now() >= deadline) {
            kill(worker->pid, SIGKILL);
            deadline = 0;
        } else if (deadline) {
            poll(NULL, 0, 5);
        }
    }
    return worker->bye && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

void pool_run(const struct pool_work *work, struct pool_result *result)
{
    unsigned count = (unsigned)(work->workers < 1 ? 1 : work->workers), started = 0;
    if (work->jobs < count)
        count = (unsigned)work->jobs;
    *result = (struct pool_result){0};
    struct queues *queues = mmap(NULL, sizeof *queues, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (queues == MAP_FAILED || pipe(stop_pipe) < 0) {
        perror("mpconform");
        exit(3);
    }
    atomic_init(&queues->waiting, 0);
    atomic_init(&queues->working, work->waiting);
    for (int i = 0; i < 2; i++) {
        fcntl(stop_pipe[i], F_SETFD, FD_CLOEXEC);
        fcntl(stop_pipe[i], F_SETFL, O_NONBLOCK);
    }
    stop_signal = 0;
    process_adopt();
    catch_stops(true);
    struct worker *workers = text_calloc(count, sizeof *workers);
    while (started < count && start_worker(work, workers, started, queues))
        started++;
    result->died = count - started;
    listen_to(workers, started, work);
    for (unsigned i = 0; stop_signal && i < started; i++)
        kill(workers[i].pid, SIGTERM);
    for (unsigned i = 0; i < started; i++) {
        result->died += !reap(&workers[i], stop_signal ? process_now() + STOP_MS : 0);
        if (workers[i].fd >= 0)
            close(workers[i].fd);
        text_clear(&workers[i].text);
    }
    process_sweep();
    result->signal = stop_signal;
    catch_stops(false);
    close(stop_pipe[0]);
    close(stop_pipe[1]);
    munmap(queues, sizeof *queues);
    free(workers);
}
