/* SPDX-License-Identifier: MIT */
/* What client.py measures, from C: client ADDRESS KEY SECONDS.  Prints a name and how often a second, one measure a
 * line. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <mpref.h>

enum { INTS = 10000, BYTES = 1 << 20 };

struct bench {
    struct mpref_client *client;
    struct mpref_value *small, *ints, *bytes; /* shared lists: of one int, of a list of many, of one large bytes */
};

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void create(struct bench *b)
{
    mpref_drop(b->client, mpref_create(b->client, "list", "()"));
}

static void call(struct bench *b)
{
    mpref_do(b->client, b->small, "__len__", "");
}

static void ints(struct bench *b)
{
    mpref_drop(b->client, mpref_call(b->client, b->ints, "__getitem__", "i", 0));
}

static void bytes(struct bench *b)
{
    mpref_drop(b->client, mpref_call(b->client, b->bytes, "__getitem__", "i", 0));
}

/* 0, or -1: the client tells why. */
static int prepare(struct bench *b, const char *address, const char *key)
{
    void *block = calloc(1, BYTES);
    struct mpref_value *many = NULL;
    if (block && !mpref_connect(b->client, address, key, strlen(key)) &&
        (b->small = mpref_create(b->client, "list", "[i]", 7)) &&
        (many = mpref_call(b->client, b->small, "__mul__", "i", (int)INTS)) &&
        (b->ints = mpref_create(b->client, "list", "[O]", many)))
        b->bytes = mpref_create(b->client, "list", "[y]", block, (size_t)BYTES);
    mpref_drop(b->client, many);
    free(block);
    return b->bytes ? 0 : -1;
}

static const struct measure {
    const char *name;
    void (*once)(struct bench *b);
} measures[] = {{"create", create}, {"call", call}, {"ints", ints}, {"bytes", bytes}};

int main(int argc, char **argv)
{
    struct bench b = {.client = mpref_client_new()};
    int status = 1;
    double seconds = argc == 4 ? strtod(argv[3], NULL) : 0;
    if (!(seconds > 0) || !b.client) {
        fputs("client ADDRESS KEY SECONDS\n", stderr);
    } else if (prepare(&b, argv[1], argv[2])) {
        fprintf(stderr, "client: %s\n", mpref_error_text(b.client));
    } else {
        for (size_t i = 0; i < sizeof measures / sizeof *measures; i++) {
            double start = now(), passed;
            long times = 0;
            do {
                measures[i].once(&b);
                times++;
            } while ((passed = now() - start) < seconds);
            printf("%s %.3f\n", measures[i].name, (double)times / passed);
        }
        status = 0;
    }
    mpref_drop(b.client, b.small);
    mpref_drop(b.client, b.ints);
    mpref_drop(b.client, b.bytes);
    mpref_client_free(b.client);
    return status;
}
