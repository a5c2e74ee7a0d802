/* SPDX-License-Identifier: MIT */
/* Descriptors that are looked after while anything waits for a child. */
#include "harness/watch.h"

struct watch {
    int fd;
    short events;
    watch_ready *ready;
    void *context;
};

static struct watch watches[WATCH_MAX];
static size_t watch_count;
static bool serving; /* one is being served: others wait */

bool watch_add(int fd, watch_ready *ready, void *context)
{
    if (watch_count == WATCH_MAX)
        return false;
    watches[watch_count++] = (struct watch){fd, POLLIN, ready, context};
    return true;
}

void watch_remove(int fd)
{
    for (size_t i = 0; i < watch_count; i++)
        if (watches[i].fd == fd) {
            watches[i] = watches[--watch_count];
            return;
        }
}

void watch_want(int fd, short events)
{
    for (size_t i = 0; i < watch_count; i++)
        if (watches[i].fd == fd)
            watches[i].events = events;
}

size_t watch_collect(struct pollfd *fds)
{
    size_t count = serving ? 0 : watch_count;
    for (size_t i = 0; i < count; i++)
        fds[i] = (struct pollfd){.fd = watches[i].events ? watches[i].fd : -1, .events = watches[i].events};
    return count;
}

/* Serves the watch of fd, if it is still there: one may have removed another. */
static void serve(int fd)
{
    for (size_t i = 0; i < watch_count; i++)
        if (watches[i].fd == fd) {
            watches[i].ready(watches[i].context);
            return;
        }
}

void watch_serve(const struct pollfd *fds, size_t count)
{
    if (serving) /* one that is being served waits for something: the mark is not its to take away */
        return;
    serving = true;
    for (size_t i = 0; i < count; i++)
        if (fds[i].revents)
            serve(fds[i].fd);
    serving = false;
}
