/* SPDX-License-Identifier: MIT */
/* Serves C functions to the pools of Python programs: serve_functions unix:/tmp/functions secret.  Python has a module
 * that only names them, say measures.py:
 *
 *     def area(width, height=1): ...
 *
 *     import measures
 *     from multiprocessing.managers import SyncManager
 *     manager = SyncManager(address='/tmp/functions', authkey=b'secret')
 *     manager.connect()
 *     manager.Pool(2).starmap(measures.area, [(2, 3), (4, 5)])       # [6, 20] */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "ref/mpref.h"

static struct mp_value *area(struct mp_invocation *in)
{
    int64_t width, height = 1;

    if (!mp_int(mp_argument(in, 0), &width) || (mp_argument(in, 1) && !mp_int(mp_argument(in, 1), &height)))
        return mp_raise(in, "TypeError", "width and height are ints");
    if (width < 0 || height < 0)
        return mp_raise(in, "ValueError", "%lld by %lld is no area", (long long)width, (long long)height);
    return mp_return(in, "I", width * height);
}

static const struct mp_function functions[] = {{"measures", "area", "width height", 1, area}};

static struct mp_server *server;

static void on_signal(int number)
{
    (void)number;
    mp_server_stop(server);
}

int main(int argc, char **argv)
{
    server = mp_server_new();
    if (argc != 3 || !server || mp_server_add_function(server, &functions[0]) ||
        mp_server_start(server, argv[1], argv[2], strlen(argv[2]))) {
        fprintf(stderr, "serve_functions ADDRESS KEY: %s\n",
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
