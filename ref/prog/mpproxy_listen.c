/* SPDX-License-Identifier: MIT */
/* Listening: fork for each connection, because a session must be as that of a program of its own, and a program that
 * misbehaves in one must not do so in another. */
#include "ref/prog/mpproxy_listen.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ref/wire/sock.h"

/* Connections at the same time; one more is closed at once. */
enum { CHILDREN = 256, BACKLOG = 64 };

static int listener = -1;
static pid_t children[CHILDREN]; /* 0 is a free place */

static void on_signal(int number)
{
    (void)number;
    sock_wake(listener); /* accept fails from now on */
}

/* Forgets those that have ended; NULL if there is no free place. */
static pid_t *free_place(void)
{
    pid_t *place = NULL;
    for (size_t i = 0; i < CHILDREN; i++) {
        if (children[i] && waitpid(children[i], NULL, WNOHANG) == children[i])
            children[i] = 0;
        if (!children[i])
            place = &children[i];
    }
    return place;
}

static void end_children(void)
{
    for (size_t i = 0; i < CHILDREN; i++)
        if (children[i])
            kill(children[i], SIGKILL);
    for (size_t i = 0; i < CHILDREN; i++)
        while (children[i] && waitpid(children[i], NULL, 0) < 0 && errno == EINTR)
            continue;
}

static void be_child(int fd, int (*converse)(int compat), int compat)
{
    signal(SIGTERM, SIG_DFL);
    signal(SIGINT, SIG_DFL);
    sock_close(listener);
    if (dup2(fd, STDIN_FILENO) < 0 || dup2(fd, STDOUT_FILENO) < 0)
        _exit(EXIT_FAILURE);
    sock_close(fd);
    exit(converse(compat));
}

/* A process for the connection; closes it here. */
static void give_away(int fd, int (*converse)(int compat), int compat)
{
    pid_t *place = free_place(), pid = place ? fork() : -1;
    if (pid == 0)
        be_child(fd, converse, compat);
    if (pid > 0)
        *place = pid;
    sock_close(fd);
}

int listen_serve(const char *text, int (*converse)(int compat), int compat, struct failure *f)
{
    const struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    struct address address;
    char own[ADDRESS_TEXT];
    int fd;
    if (address_parse(&address, text, f) || (listener = sock_listen(&address, BACKLOG, f)) < 0)
        return -1;
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    address_format(&address, own);
    printf("ready %s\n", own);
    fflush(stdout);
    while ((fd = sock_accept(listener, f)) >= 0)
        give_away(fd, converse, compat);
    end_children();
    sock_close(listener);
    if (address.kind == ADDRESS_UNIX)
        unlink(address.name);
    return 0;
}
