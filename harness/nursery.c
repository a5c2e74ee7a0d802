/* SPDX-License-Identifier: MIT */
/* Programs that start others. */
#include "harness/nursery.h"

#include <errno.h>
#include <jansson.h>
#include <limits.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/process.h"
#include "harness/ready.h"
#include "harness/text.h"
#include "harness/wire.h"

/* How long it may take until it serves, and until it has started something: interpreters on loaded machines. */
#define PATIENCE_MS 30000

struct nursery {
    struct process *process;
    int fd;        /* the connection; -1 before the first use */
    char *trouble; /* it failed: a sentence */
    char *refusal; /* why it refused the last command; NULL if it did not */
};

struct nursery *nursery_open(const char *command)
{
    struct nursery *nursery = text_calloc(1, sizeof *nursery);
    process_adopt(); /* what it starts it leaves to us */
    nursery->process = process_start(command);
    nursery->fd = -1;
    return nursery;
}

static int fail_take(struct nursery *nursery, char *trouble)
{
    free(nursery->trouble);
    nursery->trouble = trouble;
    return -1;
}

static bool connected(struct nursery *nursery)
{
    char *trouble = NULL;
    if (nursery->fd >= 0 || nursery->trouble)
        return nursery->fd >= 0;
    char *address =
        nursery->process ? ready_address(nursery->process, "nursery", process_now() + PATIENCE_MS, &trouble) : NULL;
    if (address)
        nursery->fd = wire_dial(address, &trouble);
    if (nursery->fd < 0)
        fail_take(nursery, trouble ? trouble : text_copy("the nursery could not be started"));
    free(address);
    return nursery->fd >= 0;
}

/* --- one request --- */

/* The line, with the three descriptors beside its first byte. */
static bool send_request(int fd, char *line, const int fds[3])
{
    union {
        struct cmsghdr align;
        char room[CMSG_SPACE(3 * sizeof(int))];
    } beside = {0};
    struct iovec bytes = {line, strlen(line)};
    struct msghdr message = {
        .msg_iov = &bytes, .msg_iovlen = 1, .msg_control = &beside, .msg_controllen = sizeof beside.room};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(3 * sizeof(int));
    memcpy(CMSG_DATA(header), fds, 3 * sizeof(int));
    return sendmsg(fd, &message, MSG_NOSIGNAL) == (ssize_t)strlen(line); /* it is short: whole or not at all */
}

/* One line of JSON, new, or NULL. */
static json_t *receive_reply(int fd)
{
    struct text line = {0};
    long long deadline = process_now() + PATIENCE_MS;
    struct pollfd ready = {.fd = fd, .events = POLLIN};
    char bytes[512];
    while (!line.length || line.bytes[line.length - 1] != '\n') {
        long long left = deadline - process_now();
        ssize_t n = left > 0 && poll(&ready, 1, (int)left) > 0 ? recv(fd, bytes, sizeof bytes, 0) : 0;
        if (n <= 0 && !(n < 0 && (errno == EINTR || errno == EAGAIN)))
            break;
        if (n > 0)
            text_add(&line, bytes, (size_t)n);
    }
    json_t *reply = json_loadb(text_peek(&line), line.length, 0, NULL);
    text_clear(&line);
    return reply;
}

/* Whether that is a child of ours: whatever a nursery says, no other process may ever be waited for, let alone killed.
 */
static bool is_child(json_int_t pid)
{
    siginfo_t info;
    return pid > 1 && pid <= INT_MAX && waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
}

/* A process_spawn. */
static int spawn(void *context, const char *command, const int fds[3])
{
    struct nursery *nursery = context;
    json_t *request = json_pack("{s:s}", "command", command);
    char *dumped = json_dumps(request, JSON_COMPACT), *line = text_format("%s\n", dumped ? dumped : "{}");
    json_t *reply = send_request(nursery->fd, line, fds) ? receive_reply(nursery->fd) : NULL;
    json_int_t pid = json_integer_value(json_object_get(reply, "pid"));
    const json_t *refused = json_object_get(reply, "refused");
    free(nursery->refusal);
    nursery->refusal = !refused                  ? NULL
                       : json_is_string(refused) ? text_copy(json_string_value(refused))
                                                 : text_copy("without a reason");
    json_decref(reply);
    json_decref(request);
    free(dumped);
    free(line);
    if (nursery->refusal)
        return 0;
    return is_child(pid) ? (int)pid
                         : fail_take(nursery, text_copy("the nursery did not start what it was asked to start"));
}

struct process *nursery_start(struct nursery *nursery, const char *command, char **trouble)
{
    *trouble = NULL;
    struct process *process = !nursery             ? process_start(command)
                              : connected(nursery) ? process_start_by(spawn, nursery, command)
                                                   : NULL;
    if (!process)
        *trouble = text_copy(nursery && nursery->trouble ? nursery->trouble : strerror(errno));
    return process;
}

const char *nursery_refusal_peek(const struct nursery *nursery)
{
    return nursery->refusal;
}

/* --- the end --- */

char *nursery_finish(struct nursery *nursery, long long deadline)
{
    if (nursery->fd < 0)
        return NULL; /* never used: nothing to learn from it */
    close(nursery->fd);
    nursery->fd = -1;
    bool good = process_stop(nursery->process, 0, deadline) && process_status(nursery->process) == 0;
    char *how = process_ending(nursery->process);
    char *sentence = good ? NULL : text_format("the nursery %s when it was no longer needed", how);
    free(how);
    return sentence;
}

const struct process *nursery_process_peek(const struct nursery *nursery)
{
    return nursery->process;
}

void nursery_end(struct nursery *nursery)
{
    if (!nursery)
        return;
    if (nursery->fd >= 0)
        close(nursery->fd);
    process_end(nursery->process);
    free(nursery->trouble);
    free(nursery->refusal);
    free(nursery);
}
