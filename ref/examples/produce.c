/* SPDX-License-Identifier: MIT */
/* A producer in C with any number of Python consumers: produce unix:/tmp/produce secret 1000 2.  It serves a queue,
 * puts as many things into it as it is told and a None for each of the consumers, says `done` when they have reported
 * every one as done, and serves on until it is told to stop.  In Python:
 *
 *     class Manager(BaseManager): pass
 *     Manager.register('get_queue')
 *     manager = Manager(address='/tmp/produce', authkey=b'secret')
 *     manager.connect()
 *     queue = manager.get_queue()
 *     while (thing := queue.get()) is not None:          # (number, its square)
 *         ...
 *         queue.task_done()
 *     queue.task_done() */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <mpref.h>

static struct mpref_server *server;

static void on_signal(int number)
{
    (void)number;
    mpref_server_stop(server);
}

static int produce(struct mpref_client *c, struct mpref_value *queue, long count, long consumers)
{
    for (int64_t i = 0; i < count; i++)
        if (mpref_do(c, queue, "put", "(I I)", i, i * i))
            return -1;
    for (long i = 0; i < consumers; i++)
        if (mpref_do(c, queue, "put", "n"))
            return -1;
    return mpref_do(c, queue, "join", "");
}

/* Serves, and is its own first client. */
static int run(struct mpref_client *c, char **argv)
{
    struct sigaction action = {.sa_handler = on_signal};
    struct mpref_value *queue;
    int failed;

    if (mpref_server_share(server, "get_queue", "JoinableQueue") ||
        mpref_server_start(server, argv[1], argv[2], strlen(argv[2]))) {
        fprintf(stderr, "produce: %s\n", mpref_server_error(server));
        return 1;
    }
    printf("ready %s\n", mpref_server_address(server));
    fflush(stdout);
    if (mpref_connect(c, mpref_server_address(server), argv[2], strlen(argv[2])) || mpref_register(c, "get_queue") ||
        !(queue = mpref_create(c, "get_queue", ""))) {
        fprintf(stderr, "produce: %s\n", mpref_error_text(c));
        return 1;
    }
    failed = produce(c, queue, strtol(argv[3], NULL, 10), strtol(argv[4], NULL, 10));
    if (failed)
        fprintf(stderr, "produce: %s: %s\n", mpref_error_class(c), mpref_error_text(c));
    mpref_drop(c, queue);
    if (!failed) {
        sigaction(SIGTERM, &action, NULL); /* before, a signal just ends the program */
        sigaction(SIGINT, &action, NULL);
        puts("done");
        fflush(stdout);
        mpref_server_run(server);
    }
    return failed ? 1 : 0;
}

int main(int argc, char **argv)
{
    struct mpref_client *client = mpref_client_new();
    int status = 1;

    server = mpref_server_new();

    if (argc != 5 || !server || !client)
        fprintf(stderr, "produce ADDRESS KEY COUNT CONSUMERS\n");
    else
        status = run(client, argv);
    mpref_client_free(client);
    mpref_server_free(server);
    return status;
}
