/* SPDX-License-Identifier: MIT */
/* A misbehaving manager.  Modes with COMMAND run an honest manager as a child and differ in how they begin or end; the
 * others listen themselves and misbehave towards whoever connects. Usage: peer_manager MODE --address unix:PATH
 * --authkey-file FILE [COMMAND…], where COMMAND gets the same two options appended. */
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

struct mode {
    const char *name;
    void (*run)(const char *address, char **command);
};

extern const struct mode peer_modes[];

static volatile sig_atomic_t told_to_stop;

static void on_term(int number)
{
    (void)number;
    told_to_stop = 1;
}

static int listen_at(const char *address)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    if (strncmp(address, "unix:", 5) != 0 || strlen(address) - 5 >= sizeof name.sun_path)
        exit(125);
    memcpy(name.sun_path, address + 5, strlen(address) - 4);
    if (fd < 0 || bind(fd, (struct sockaddr *)&name, sizeof name) < 0 || listen(fd, 16) < 0)
        exit(125);
    printf("ready %s\n", address);
    fflush(stdout);
    return fd;
}

static int next_peer(int fd)
{
    int peer = accept(fd, NULL, NULL);
    if (peer < 0)
        exit(125);
    return peer;
}

/* --- modes that listen themselves --- */

static void crash(const char *address, char **command)
{
    (void)command;
    next_peer(listen_at(address));
    signal(SIGSEGV, SIG_DFL); /* a sanitizer would make an exit of it */
    raise(SIGSEGV);
}

static void mute(const char *address, char **command)
{
    (void)command;
    int fd = listen_at(address);
    for (;;)
        next_peer(fd);
}

static void hang_up(const char *address, char **command)
{
    (void)command;
    int fd = listen_at(address);
    for (;;)
        close(next_peer(fd));
}

static void babble(const char *address, char **command)
{
    (void)command;
    int fd = listen_at(address);
    for (;;) {
        int peer = next_peer(fd);
        if (write(peer, "HTTP/1.1 400 Bad Request\r\n\r\n", 28) < 0)
            exit(125);
        close(peer);
    }
}

/* --- modes that never get ready --- */

static void never_ready(const char *address, char **command)
{
    (void)address, (void)command;
    for (;;)
        pause();
}

static void exit_early(const char *address, char **command)
{
    (void)address, (void)command;
    fputs("no licence found\n", stderr);
    exit(0);
}

static void other_line(const char *address, char **command)
{
    (void)address, (void)command;
    puts("Listening.");
    fflush(stdout);
    for (;;)
        pause();
}

/* --- modes with an honest child --- */

static pid_t start_child(char **command)
{
    pid_t pid = fork();
    if (pid == 0) {
        execvp(command[0], command);
        _exit(127);
    }
    return pid;
}

/* Runs the child until told to stop; its ready line goes to our standard output directly. */
static void serve(char **command)
{
    struct sigaction action = {.sa_handler = on_term};
    sigset_t mask, old;
    sigemptyset(&mask);
    sigaddset(&mask, SIGTERM);
    sigprocmask(SIG_BLOCK, &mask, &old);
    sigaction(SIGTERM, &action, NULL);
    pid_t pid = start_child(command);
    while (!told_to_stop)
        sigsuspend(&old);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
}

static void honest(const char *address, char **command)
{
    (void)address;
    serve(command);
}

static void bad_end(const char *address, char **command)
{
    (void)address;
    serve(command);
    exit(7);
}

static void leak_at_end(const char *address, char **command)
{
    (void)address;
    serve(command);
    fputs("==1== 24 bytes in 1 blocks are definitely lost in loss record 1 of 1\n", stderr);
}

static void never_stops(const char *address, char **command)
{
    (void)address;
    serve(command);
    for (;;)
        pause();
}

/* Leaves a process behind when it stops. */
static void orphan(const char *address, char **command)
{
    (void)address;
    if (fork() == 0)
        for (;;)
            pause();
    serve(command);
}

int main(int argc, char **argv)
{
    const struct mode *mode = peer_modes;
    if (argc < 6 || strcmp(argv[2], "--address") != 0 || strcmp(argv[4], "--authkey-file") != 0)
        return 125;
    while (mode->name && strcmp(mode->name, argv[1]) != 0)
        mode++;
    if (!mode->name)
        return 125;
    char **command = calloc((size_t)argc + 1, sizeof *command);
    if (!command)
        return 125;
    int n = 0;
    for (int i = 6; i < argc; i++)
        command[n++] = argv[i];
    for (int i = 2; i < 6; i++)
        command[n++] = argv[i];
    mode->run(argv[3], command);
    free(command);
    return 0;
}

/* --- table --- */

const struct mode peer_modes[] = {
    {"honest", honest},
    {"bad-end", bad_end},
    {"leak-at-end", leak_at_end},
    {"never-stops", never_stops},
    {"orphan", orphan},
    {"crash", crash},
    {"mute", mute},
    {"hang-up", hang_up},
    {"babble", babble},
    {"never-ready", never_ready},
    {"exit-early", exit_early},
    {"other-line", other_line},
    {0},
};
