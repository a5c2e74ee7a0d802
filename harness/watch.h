/* SPDX-License-Identifier: MIT */
/* Descriptors that are looked after while anything waits for a child (process.h): what a peer played by the harness
 * owes an adapter that is being waited for. */
#ifndef HARNESS_WATCH_H
#define HARNESS_WATCH_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>

#define WATCH_MAX 512

/* Called when its descriptor can be read or has ended (or what else watch_want asked for).  It may add and remove
 * watches; what it waits for itself serves no other one. */
typedef void watch_ready(void *context);

/* False if there are too many already. */
bool watch_add(int fd, watch_ready *ready, void *context);
void watch_remove(int fd);
/* Wait for these events of poll(2) from now on; 0: it is not looked at until something else is wanted. */
void watch_want(int fd, short events);

/* For process.c: the descriptors to poll, at most WATCH_MAX, and then what to do about them. */
size_t watch_collect(struct pollfd *fds);
void watch_serve(const struct pollfd *fds, size_t count);

#endif
