/* SPDX-License-Identifier: MIT */
/* mpproxy: ref's client library as a proxy adapter (harness/ADAPTER.md): reads one JSON object per line, answers one
 * per line, until the end of its input. */
#include "ref/prog/mpproxy.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ref/prog/common.h"
#include "ref/prog/mpproxy_listen.h"
#include "ref/value/collect.h"

enum { EXIT_BROKEN = 3 };

/* The longest line of the adapter protocol. */
#define LINE_LIMIT ((size_t)64 << 20)

const char common_program[] = "mpproxy";

static const char help[] =
    "Usage: mpproxy [OPTION]...\n"
    "Uses a manager's shared objects on behalf of a test harness, which writes requests as lines of JSON to its\n"
    "standard input and reads the replies from its standard output.\n"
    "\n"
    "  --compat X.Y       the CPython version to imitate, 3.8 to 3.15 (default 3.15)\n"
    "  --listen ADDRESS   converse with whoever connects at unix:PATH, abstract:NAME or tcp:HOST:PORT (port 0 picks "
    "one)\n"
    "                     instead; prints `ready ADDRESS`, and stops on SIGTERM\n"
    "  --help, --version\n";

/* ---- the adapter's life */

static int begin(struct adapter *a, int compat)
{
    memset(a, 0, sizeof *a);
    if (runtime_init(&a->rt, compat))
        return -1;
    runtime_lock(&a->rt);
    ctx_init(&a->ctx, &a->rt);
    a->process = process_new(&a->rt);
    a->variables = dict_new(&a->ctx);
    return a->process && a->variables ? 0 : -1;
}

static void end(struct adapter *a)
{
    if (a->variables && a->process)
        ops_forget(a);
    value_release(a->variables);
    if (a->process)
        process_free(&a->ctx, a->process);
    ctx_free(&a->ctx);
    collect_run(&a->rt);
    runtime_unlock(&a->rt);
    runtime_free(&a->rt);
}

/* ---- lines */

static int send_reply(json_t *reply)
{
    int result = reply ? json_dumpf(reply, stdout, JSON_COMPACT) : -1;
    json_decref(reply);
    if (result == 0)
        result = putchar('\n') == EOF || fflush(stdout) == EOF ? -1 : 0;
    return result;
}

static int serve(struct adapter *a)
{
    char *line = NULL;
    size_t room = 0;
    ssize_t size;
    int result = 0;
    while (result == 0 && (size = getline(&line, &room, stdin)) >= 0) {
        if ((size_t)size > LINE_LIMIT) {
            result = -1;
            break;
        }
        result = send_reply(ops_answer(a, line, (size_t)size));
    }
    free(line);
    return result;
}

static int run(int compat)
{
    static struct adapter a;
    int result;
    if (begin(&a, compat)) {
        fputs("mpproxy: out of memory\n", stderr);
        return EXIT_BROKEN;
    }
    result = serve(&a);
    end(&a);
    if (result)
        fprintf(stderr, "mpproxy: cannot answer: %s\n", errno ? strerror(errno) : "a line is too long");
    return result ? EXIT_BROKEN : 0;
}

static int listen_at(const char *address, int compat)
{
    struct failure f;
    return listen_serve(address, run, compat, &f) ? common_usage("cannot listen at %s: %s", address, f.text) : 0;
}

int main(int argc, char **argv)
{
    static const struct option options[] = {{"compat", required_argument, NULL, 'c'},
                                            {"listen", required_argument, NULL, 'l'},
                                            {"help", no_argument, NULL, 'h'},
                                            {"version", no_argument, NULL, 'v'},
                                            {NULL, 0, NULL, 0}};
    const char *address = NULL;
    int compat = COMPAT_NEWEST, option;
    opterr = 0;
    while ((option = getopt_long(argc, argv, ":", options, NULL)) != -1) {
        switch (option) {
        case 'c':
            if (common_compat(optarg, &compat))
                return EXIT_USAGE;
            break;
        case 'l':
            address = optarg;
            break;
        case 'h':
            fputs(help, stdout);
            return 0;
        case 'v':
            puts("mpproxy " MPPROXY_VERSION);
            return 0;
        case ':':
            return common_usage("%s needs a value", argv[optind - 1]);
        default:
            return common_usage("there is no option %s", argv[optind - 1]);
        }
    }
    if (optind < argc)
        return common_usage("%s: there are no arguments, only options", argv[optind]);
    signal(SIGPIPE, SIG_IGN);
    return address ? listen_at(address, compat) : run(compat);
}
