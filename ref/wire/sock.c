/* SPDX-License-Identifier: MIT */
/* Stream sockets, with what every caller would have to repeat: EINTR, partial transfers, SIGPIPE, close-on-exec. */
#include "ref/wire/sock.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <unistd.h>

/* A new socket for the address, and the address as the kernel wants it; the descriptor, or -1. */
static int open_for(const struct address *a, struct sockaddr_storage *where, socklen_t *size, struct failure *f)
{
    if (address_resolve(a, where, size, f))
        return -1;
    int fd = socket(where->ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return fd < 0 ? failure_system(f) : fd;
}

/* Small packets go out at once, not when the last one was acknowledged: a frame's header and body, a verdict and the
 * request behind it. No peer can tell. Fails on sockets that are not TCP, as it may. */
static int without_delay(int fd)
{
    int one = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return fd;
}

/* Closes fd without disturbing errno, which already stands in a failure. */
static int give_up(int fd)
{
    sock_close(fd);
    return -1;
}

int sock_listen(struct address *a, int backlog, struct failure *f)
{
    struct sockaddr_storage where;
    socklen_t size;
    int one = 1, fd = open_for(a, &where, &size, f);

    if (fd < 0)
        return -1;
    if (a->kind == ADDRESS_TCP && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one)) {
        failure_system(f);
        return give_up(fd);
    }
    if (bind(fd, (struct sockaddr *)&where, size)) {
        failure_system(f);
        return give_up(fd);
    }
    if (listen(fd, backlog) || address_of_socket(a, fd, f)) {
        failure_system(f);
        if (a->kind == ADDRESS_UNIX)
            unlink(a->name); /* bind made it */
        return give_up(fd);
    }
    return fd;
}

int sock_accept(int fd, struct failure *f)
{
    int peer;
    do
        peer = accept(fd, NULL, NULL);
    while (peer < 0 && (errno == EINTR || errno == ECONNABORTED));
    if (peer < 0)
        return failure_system(f);
    /* not one step with accept, as accept4 would be: that is no POSIX yet */
    if (fcntl(peer, F_SETFD, FD_CLOEXEC) < 0) {
        failure_system(f);
        return give_up(peer);
    }
    return without_delay(peer);
}

int sock_connect(const struct address *a, struct failure *f)
{
    struct sockaddr_storage where;
    socklen_t size;
    int fd = open_for(a, &where, &size, f);

    if (fd < 0)
        return -1;
    /* an interrupted connect goes on by itself and must not be called again: none of our signal handlers interrupt it,
     * SA_RESTART being what they are installed with, so that EINTR is a failure like any other */
    if (connect(fd, (struct sockaddr *)&where, size)) {
        failure_system(f);
        return give_up(fd);
    }
    return without_delay(fd);
}

int sock_read(int fd, void *data, size_t size, struct failure *f)
{
    size_t done = 0;
    while (done < size) {
        ssize_t n = recv(fd, (char *)data + done, size - done, 0);
        if (n > 0)
            done += (size_t)n;
        else if (n == 0)
            return failure_set(f, done ? FAILURE_TRUNCATED : FAILURE_CLOSED);
        else if (errno != EINTR)
            return failure_system(f);
    }
    return 0;
}

int sock_write(int fd, const void *data, size_t size, struct failure *f)
{
    size_t done = 0;
    while (done < size) {
        ssize_t n = send(fd, (const char *)data + done, size - done, MSG_NOSIGNAL);
        if (n >= 0)
            done += (size_t)n;
        else if (errno != EINTR)
            return failure_system(f);
    }
    return 0;
}

void sock_acknowledge(int fd)
{
    int one = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &one, sizeof one); /* fails on other sockets, as it may */
}

void sock_wake(int fd)
{
    shutdown(fd, SHUT_RDWR);
}

void sock_close(int fd)
{
    if (fd >= 0)
        close(fd); /* after EINTR, too, Linux has closed it */
}
