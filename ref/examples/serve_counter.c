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

#include "ref/mpref.h"

struct counter {
    int64_t count;
};

/* def __init__(self, start=0), def hit(self, n=1): both add their argument, if it is an int */
static struct mp_value *add(struct mp_invocation *in, struct counter *c, int64_t n)
{
    if (mp_argument(in, 0) && !mp_int(mp_argument(in, 0), &n))
        return mp_raise(in, "TypeError", "an int is needed, not %s", mp_type(mp_argument(in, 0)));
    c->count += n;
    return mp_return(in, "I", c->count);
}

static struct mp_value *counter_init(struct mp_invocation *in, void *self)
{
    return add(in, self, 0);
}

static struct mp_value *counter_hit(struct mp_invocation *in, void *self)
{
    return add(in, self, 1);
}

static const struct mp_method counter_methods[] = {
    {"__init__", "start", 0, counter_init},
    {"hit", "n", 0, counter_hit},
    {0},
};
static const struct mp_class counter = {.name = "Counter", .size = sizeof(struct counter), .methods = counter_methods};

static struct mp_server *server;

static void on_signal(int number)
{
    (void)number;
    mp_server_stop(server);
}

int main(int argc, char **argv)
{
    server = mp_server_new();
    if (argc != 3 || !server || mp_server_add(server, &counter) ||
        mp_server_start(server, argv[1], argv[2], strlen(argv[2]))) {
        fprintf(stderr, "serve_counter ADDRESS KEY: %s\n",
                server && argc == 3 ? mp_server_error(server) : "two arguments, please");
        mp_server_free(server);
        return 1;
    }
    struct sigaction action = {.sa_handler = on_signal};
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    printf("ready %s\n", mp_server_address(server));
    fflush(stdout);
    mp_server_run(server);
    mp_server_free(server);
    return 0;
}
