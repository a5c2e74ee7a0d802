/* SPDX-License-Identifier: MIT */
/* mpmanager: a manager as a program.  Serves the types of SyncManager, and with --fixtures those of SPEC.md, until it
 * is told to stop by a signal or by a client. */
#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ref/base/buf.h"
#include "ref/manager/server.h"
#include "ref/prog/common.h"

#define VERSION "0.1"
/* A key file holds two hexadecimal digits per byte, white space around them; nobody needs a longer one. */
#define KEY_FILE_SIZE 65536

enum { SHARES = 64 };

const char common_program[] = "mpmanager";

static const char help[] =
    "Usage: mpmanager --address ADDRESS --authkey-file FILE [OPTION]...\n"
    "Serves shared objects to programs that use Python's multiprocessing.managers.\n"
    "\n"
    "  --address ADDRESS     unix:PATH, abstract:NAME or tcp:HOST:PORT (port 0 picks one)\n"
    "  --authkey-file FILE   holds the key in hexadecimal\n"
    "  --compat X.Y          the CPython version to imitate, 3.8 to 3.15 (default 3.15)\n"
    "  --serializer NAME     pickle (default) or xmlrpclib\n"
    "  --fixtures            also serve the fixture types of SPEC.md\n"
    "  --shared-memory       serve as SharedMemoryManager does: no types, but segments are tracked\n"
    "  --share NAME=TYPEID   one object of this type that all clients get as NAME (repeatable)\n"
    "  --help, --version\n"
    "\n"
    "Prints `ready ADDRESS` once it serves. Stops on SIGTERM, SIGINT or a client's shutdown.\n";

struct settings {
    const char *address, *key_file;
    struct server_options options;
    int compat;
    char *shares[SHARES]; /* NAME=TYPEID */
    size_t share_count;
};

static struct server server; /* the signal handler needs it */

/* ---- the key */

static int digit(int c)
{
    return isdigit(c) ? c - '0' : isxdigit(c) ? tolower(c) - 'a' + 10 : -1;
}

/* Decodes size characters of text in place: how many bytes, or -1 after saying what is wrong. */
static long decode(const char *file, char *text, size_t size)
{
    const char *from = text;
    size_t used;

    while (size && isspace((unsigned char)from[size - 1]))
        size--;
    for (; size && isspace((unsigned char)*from); from++)
        size--;
    if (size % 2) {
        common_usage("%s holds %zu hexadecimal digits: a key has two per byte", file, size);
        return -1;
    }
    for (used = 0; used < size / 2; used++) {
        int high = digit((unsigned char)from[2 * used]), low = digit((unsigned char)from[2 * used + 1]);
        if (high < 0 || low < 0) {
            common_usage("%s holds something else than hexadecimal digits", file);
            return -1;
        }
        text[used] = (char)(high * 16 + low);
    }
    return (long)used;
}

/* Reads the key file into buffer; its size in characters, or -1 after saying what is wrong. */
static long slurp(const char *file, char *buffer)
{
    FILE *f = fopen(file, "r");
    size_t size;
    int failed;

    if (!f) {
        common_usage("cannot read the key file %s: %s", file, strerror(errno));
        return -1;
    }
    size = fread(buffer, 1, KEY_FILE_SIZE, f);
    failed = ferror(f);
    fclose(f);
    if (failed || size == KEY_FILE_SIZE) {
        common_usage(failed ? "cannot read the key file %s" : "the key file %s is too large", file);
        return -1;
    }
    return (long)size;
}

/* ---- options */

static int parse_share(char *text, struct settings *s)
{
    if (!strchr(text, '=') || *text == '=')
        return common_usage("--share %s: give a name and a typeid, as in get_queue=Queue", text);
    if (s->share_count == SHARES)
        return common_usage("--share %s: that are more than %d", text, SHARES);
    s->shares[s->share_count++] = text;
    return 0;
}

static int parse_option(int option, struct settings *s)
{
    switch (option) {
    case 'a':
        s->address = optarg;
        return 0;
    case 'k':
        s->key_file = optarg;
        return 0;
    case 'c':
        return common_compat(optarg, &s->compat);
    case 's':
        s->options.serializer = serializer_find(optarg);
        return s->options.serializer ? 0 : common_usage("--serializer %s: give pickle or xmlrpclib", optarg);
    case 'f':
        s->options.fixtures = true;
        return 0;
    case 'm':
        s->options.shared_memory = true;
        return 0;
    case 'n':
        return parse_share(optarg, s);
    default:
        return common_usage("the option was not understood");
    }
}

/* 0, EXIT_USAGE, or -1: nothing is left to do. */
static int parse(int argc, char **argv, struct settings *s)
{
    static const struct option options[] = {
        {"address", required_argument, NULL, 'a'}, {"authkey-file", required_argument, NULL, 'k'},
        {"compat", required_argument, NULL, 'c'},  {"serializer", required_argument, NULL, 's'},
        {"fixtures", no_argument, NULL, 'f'},      {"share", required_argument, NULL, 'n'},
        {"shared-memory", no_argument, NULL, 'm'}, {"help", no_argument, NULL, 'h'},
        {"version", no_argument, NULL, 'v'},       {0}};
    struct failure f;
    int option, failed;

    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (option == 'h' || option == 'v') {
            fputs(option == 'h' ? help : "mpmanager " VERSION "\n", stdout);
            return -1;
        }
        if ((failed = parse_option(option, s)))
            return failed;
    }
    if (optind < argc)
        return common_usage("`%s` is no option", argv[optind]);
    if (!s->address || !s->key_file)
        return common_usage("%s is missing", s->address ? "--authkey-file" : "--address");
    return address_parse(&s->options.address, s->address, &f) ? common_usage("%s", f.text) : 0;
}

/* ---- serving */

static void on_signal(int number)
{
    (void)number;
    server_request_stop(&server);
}

/* EXIT_USAGE, with what may help. */
static int cannot_serve(const struct settings *s, const struct failure *f)
{
    bool left_behind = f->error == EADDRINUSE && s->options.address.kind == ADDRESS_UNIX;

    return common_usage("cannot serve at %s: %s%s", s->address, f->text,
                        left_behind ? " (if no manager runs there any more, remove the file)" : "");
}

/* Registers what --share asks for: 0, or EXIT_USAGE. */
static int share(const struct settings *s)
{
    struct failure f;

    for (size_t i = 0; i < s->share_count; i++) {
        char *equals = strchr(s->shares[i], '=');
        *equals = '\0';
        if (server_add_shared(&server, s->shares[i], equals + 1, &f))
            return common_usage("--share %s: %s", s->shares[i], f.text);
    }
    return 0;
}

static int serve(struct runtime *rt, const struct settings *s)
{
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    char address[ADDRESS_TEXT];
    struct failure f;

    if (server_init(&server, rt, &s->options, &f))
        return cannot_serve(s, &f);
    if (share(s)) {
        server_free(&server);
        return EXIT_USAGE;
    }
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    signal(SIGPIPE, SIG_IGN); /* whoever read `ready` need not read what a fixture prints */
    if (server_start(&server, &f)) {
        server_free(&server);
        return cannot_serve(s, &f);
    }
    address_format(&server.address, address);
    printf("ready %s\n", address);
    fflush(stdout);
    server_wait(&server);
    action.sa_handler = SIG_DFL; /* it stops already: whoever is impatient may say so again */
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    server_free(&server);
    return 0;
}

int main(int argc, char **argv)
{
    static char key[KEY_FILE_SIZE];
    struct settings s = {.compat = COMPAT_NEWEST};
    struct runtime rt;
    int status = parse(argc, argv, &s);
    long size;

    if (status)
        return status < 0 ? 0 : status;
    size = slurp(s.key_file, key);
    size = size < 0 ? -1 : decode(s.key_file, key, (size_t)size);
    if (size < 0)
        return EXIT_USAGE;
    s.options.key = key;
    s.options.key_size = (size_t)size;
    if (runtime_init(&rt, s.compat))
        return common_usage("out of memory");
    status = serve(&rt, &s);
    runtime_free(&rt);
    return status;
}
