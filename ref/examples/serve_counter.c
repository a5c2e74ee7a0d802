/* SPDX-License-Identifier: MIT */
/* Serves a C type to Python: serve_counter unix:/tmp/counter secret.  Then, in Python:
 *
 *     from multiprocessing.managers import BaseManager
 *     BaseManager.register('Counter')
 *     manager = BaseManager(address='/tmp/counter', authkey=b'secret')
 *     manager.connect()
 *     counter = manager.Counter(40)
 *     counter.hit(n=2)                 # 42 */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include <mpref.h>

struct counter {
    int64_t count;
};

/* def __init__(self, start=0), def hit(self, n=1): both add their argument, if it is an int */
static struct mpref_value *add(struct mpref_invocation *in, struct counter *c, int64_t n)
{
    if (mpref_argument(in, 0) && !mpref_int(mpref_argument(in, 0), &n))
        return mpref_raise(in, "TypeError", "an int is needed, not %s", mpref_type(mpref_argument(in, 0)));
    c->count += n;
    return mpref_return(in, "I", c->count);
}

static struct mpref_value *counter_init(struct mpref_invocation *in, void *self)
{
    return add(in, self, 0);
}

static struct mpref_value *counter_hit(struct mpref_invocation *in, void *self)
{
    return add(in, self, 1);
}

static const struct mpref_method counter_methods[] = {
    {"__init__", "start", 0, counter_init},
    {"hit", "n", 0, counter_hit},
    {0},
};
static const struct mpref_class counter = {
    .name = "Counter", .size = sizeof(struct counter), .methods = counter_methods};

static struct mpref_server *server;

static void on_signal(int number)
{
    (void)number;
    mpref_server_stop(server);
}

int main(int argc, char **argv)
{
    server = mpref_server_new();
    if (argc != 3 || !server || mpref_server_add(server, &counter) ||
        mpref_server_start(server, argv[1], argv[2], strlen(argv[2]))) {
        fprintf(stderr, "serve_counter ADDRESS KEY: %s\n",
                server && argc == 3 ? mpref_server_error(server) : "two arguments, please");
        mpref_server_free(server);
        return 1;
    }
    struct sigaction action = {.sa_handler = on_signal};
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    printf("ready %s\n", mpref_server_address(server));
    fflush(stdout);
    mpref_server_run(server);
    mpref_server_free(server);
    return 0;
}
