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

#include <mpref.h>

static struct mpref_value *area(struct mpref_invocation *in)
{
    int64_t width, height = 1;

    if (!mpref_int(mpref_argument(in, 0), &width) ||
        (mpref_argument(in, 1) && !mpref_int(mpref_argument(in, 1), &height)))
        return mpref_raise(in, "TypeError", "width and height are ints");
    if (width < 0 || height < 0)
        return mpref_raise(in, "ValueError", "%lld by %lld is no area", (long long)width, (long long)height);
    return mpref_return(in, "I", width * height);
}

static const struct mpref_function functions[] = {{"measures", "area", "width height", 1, area}};

static struct mpref_server *server;

static void on_signal(int number)
{
    (void)number;
    mpref_server_stop(server);
}

int main(int argc, char **argv)
{
    server = mpref_server_new();
    if (argc != 3 || !server || mpref_server_add_function(server, &functions[0]) ||
        mpref_server_start(server, argv[1], argv[2], strlen(argv[2]))) {
        fprintf(stderr, "serve_functions ADDRESS KEY: %s\n",
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
