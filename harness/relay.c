/* SPDX-License-Identifier: MIT */
/* A relay in the place of a manager's socket.  One callback serves everything of a connection: it reads what there is
 * room for, writes what the other side takes, passes ends on, and says what to wait for next. */
#define _GNU_SOURCE /* struct ucred */
#include "harness/relay.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "harness/text.h"
#include "harness/trace.h"
#include "harness/watch.h"
#include "harness/wire.h"

/* How much of one direction is held. */
#define HELD ((size_t)64 << 10)

/* What one side sends. */
struct flow {
    unsigned char *bytes; /* HELD of them */
    size_t begin, end;    /* what is held */
    bool ended, passed;   /* end of file came; … was passed on */
};

struct link {
    struct link *next;
    struct relay *relay;
    unsigned handle;      /* in the trace */
    int fds[2];           /* by trace_side: the connections to the client and to the manager */
    struct flow flows[2]; /* by the side that sends */
};

struct relay {
    char *address, *path, *aside; /* aside is an address, too */
    int listener;
    struct trace *trace;
    struct link *links;
};

static enum trace_side other(enum trace_side side)
{
    return side == TRACE_CLIENT ? TRACE_MANAGER : TRACE_CLIENT;
}

/* ---- bytes */

static bool transient(void)
{
    return errno == EAGAIN || errno == EINTR;
}

/* Reads what there is room for.  True if anything came. */
static bool pull(struct link *link, enum trace_side side)
{
    struct flow *flow = &link->flows[side];
    if (flow->begin == flow->end)
        flow->begin = flow->end = 0;
    if (flow->ended || flow->end == HELD)
        return false;
    ssize_t n = recv(link->fds[side], flow->bytes + flow->end, HELD - flow->end, 0);
    if (n > 0) {
        trace_bytes(link->relay->trace, link->handle, side, flow->bytes + flow->end, (size_t)n, false);
        flow->end += (size_t)n;
        return true;
    }
    if (n == 0 || !transient())
        flow->ended = true;
    return flow->ended;
}

/* Writes what is held.  True if anything went. */
static bool push(struct link *link, enum trace_side side)
{
    struct flow *flow = &link->flows[side];
    if (flow->begin == flow->end)
        return false;
    ssize_t n = send(link->fds[other(side)], flow->bytes + flow->begin, flow->end - flow->begin, MSG_NOSIGNAL);
    if (n > 0)
        flow->begin += (size_t)n;
    else if (n < 0 && !transient())
        flow->begin = flow->end; /* nobody reads it any more */
    return n > 0;
}

/* True if the side closed its socket, and did not only send its end of file. */
static bool hung_up(int fd)
{
    struct pollfd poller = {.fd = fd};
    return poll(&poller, 1, 0) > 0 && poller.revents & (POLLHUP | POLLERR);
}

/* ---- connections */

static void release(struct link *link)
{
    for (int side = 0; side < 2; side++) {
        watch_remove(link->fds[side]);
        close(link->fds[side]);
        free(link->flows[side].bytes);
    }
    free(link);
}

static void link_end(struct link *link)
{
    struct link **at = &link->relay->links;
    while (*at != link)
        at = &(*at)->next;
    *at = link->next;
    release(link);
}

/* Passes the end of what the side sent on, if all of it was written.  True if that ended the whole connection. */
static bool pass_end(struct link *link, enum trace_side side)
{
    struct flow *flow = &link->flows[side];
    if (!flow->ended || flow->begin != flow->end)
        return false;
    bool closed = hung_up(link->fds[side]);
    if (!closed && flow->passed)
        return false;
    flow->passed = true;
    trace_end(link->relay->trace, link->handle, side, closed ? TRACE_CLOSED : TRACE_ENDED);
    if (closed || link->flows[other(side)].passed) {
        link_end(link);
        return true;
    }
    shutdown(link->fds[other(side)], SHUT_WR);
    return false;
}

/* A side that ended is looked at no more, but for whether it hangs up: its poll would tell of the end for ever. */
static void want(struct link *link)
{
    for (int side = 0; side < 2; side++) {
        struct flow *in = &link->flows[side], *out = &link->flows[other((enum trace_side)side)];
        bool room = in->end < HELD || in->begin == in->end;
        watch_want(link->fds[side], (short)((!in->ended && room ? POLLIN : 0) | (out->begin < out->end ? POLLOUT : 0)));
    }
}

static void serve(void *context)
{
    struct link *link = context;
    bool moved = true;
    for (int round = 0; moved && round < 16; round++) { /* others want to be served, too */
        moved = false;
        for (int side = 0; side < 2; side++) {
            moved = pull(link, (enum trace_side)side) || moved;
            moved = push(link, (enum trace_side)side) || moved;
        }
    }
    if (!pass_end(link, TRACE_CLIENT) && !pass_end(link, TRACE_MANAGER))
        want(link);
}

/* A connection to the manager; -1 if it cannot be had. */
static int reach(const struct relay *relay)
{
    char *trouble = NULL;
    int fd = wire_dial(relay->aside, &trouble), error = errno;
    free(trouble);
    errno = error;
    return fd;
}

/* Who connects: the leader of the process's group, which is the process that the harness started. */
static int process_at(int fd)
{
#ifdef SO_PEERCRED
    struct ucred peer;
    socklen_t length = sizeof peer;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0)
        return (int)(getpgid(peer.pid) > 0 ? getpgid(peer.pid) : peer.pid);
#else
    (void)fd;
#endif
    return 0;
}

static void stop_listening(struct relay *relay)
{
    if (relay->listener < 0)
        return;
    watch_remove(relay->listener);
    close(relay->listener);
    relay->listener = -1;
}

/* The manager cannot be reached for a client: it is refused as far as that can still be done. */
static void refuse(struct relay *relay, int client, unsigned handle)
{
    bool gone = errno == ECONNREFUSED || errno == ENOENT;
    trace_end(relay->trace, handle, TRACE_MANAGER, TRACE_REFUSED);
    close(client);
    if (gone)
        stop_listening(relay); /* later clients are refused as the manager's own socket would have refused them */
}

static void welcome(struct relay *relay, int client)
{
    int process = process_at(client);
    unsigned handle = trace_open(relay->trace, process, NULL);
    int manager = reach(relay);
    if (manager < 0) {
        refuse(relay, client, handle);
        return;
    }
    struct link *link = text_calloc(1, sizeof *link);
    *link = (struct link){relay->links, relay, handle, {client, manager}, {{0}}};
    relay->links = link;
    for (int side = 0; side < 2; side++) {
        fcntl(link->fds[side], F_SETFL, fcntl(link->fds[side], F_GETFL) | O_NONBLOCK);
        fcntl(link->fds[side], F_SETFD, FD_CLOEXEC);
        link->flows[side].bytes = text_calloc(HELD, 1);
    }
    if (!watch_add(client, serve, link) || !watch_add(manager, serve, link)) {
        trace_missing(relay->trace, "there were more connections at once than can be passed on: some were closed");
        trace_end(relay->trace, handle, TRACE_MANAGER, TRACE_REFUSED);
        link_end(link);
    }
}

static void serve_listener(void *context)
{
    struct relay *relay = context;
    int client;
    while (relay->listener >= 0 && (client = accept(relay->listener, NULL, NULL)) >= 0)
        welcome(relay, client);
}

/* ---- the whole */

static struct relay *make(const char *address, const char *aside, struct trace *trace)
{
    struct relay *relay = text_calloc(1, sizeof *relay);
    relay->address = text_copy(address);
    relay->path = text_copy(address + strlen("unix:"));
    relay->aside = text_format("unix:%s", aside);
    relay->listener = -1;
    relay->trace = trace;
    return relay;
}

struct relay *relay_new(const char *address, const char *aside, struct trace *trace, char **trouble)
{
    *trouble = NULL;
    if (strncmp(address, "unix:", strlen("unix:")) != 0) {
        *trouble =
            text_format("the manager serves at %s, and only the socket of a Unix address can be put aside", address);
        return NULL;
    }
    struct relay *relay = make(address, aside, trace);
    if (rename(relay->path, aside) != 0) {
        *trouble = text_format("the manager's socket %s cannot be put aside: %s", relay->path, strerror(errno));
    } else if ((relay->listener = wire_listen(address, trouble)) < 0) {
        rename(aside, relay->path);
    } else if (!watch_add(relay->listener, serve_listener, relay)) {
        *trouble = text_copy("too many descriptors are watched");
        close(relay->listener);
        relay->listener = -1;
        rename(aside, relay->path);
    }
    if (!*trouble)
        return relay;
    free(relay->address);
    free(relay->path);
    free(relay->aside);
    free(relay);
    return NULL;
}

const char *relay_aside_peek(const struct relay *relay)
{
    return relay->aside;
}

void relay_end(struct relay *relay)
{
    if (!relay)
        return;
    for (struct link *link = relay->links, *next; link; link = next) {
        next = link->next;
        release(link);
    }
    stop_listening(relay);
    unlink(relay->path);
    unlink(relay->aside + strlen("unix:"));
    free(relay->address);
    free(relay->path);
    free(relay->aside);
    free(relay);
}
