/* SPDX-License-Identifier: MIT */
/* Addresses: text form, equality by value, and the form that the kernel wants. */
#include "ref/wire/address.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

/* A path needs its NUL; an abstract name has one in front. */
#define UNIX_ROOM (sizeof((struct sockaddr_un *)0)->sun_path - 1)

int address_set(struct address *a, enum address_kind kind, const char *name, size_t size, uint16_t port,
                struct failure *f)
{
    if (kind != ADDRESS_TCP && size > UNIX_ROOM)
        return failure_set(f, FAILURE_PATH_LENGTH);
    if (size >= ADDRESS_NAME)
        return failure_format(f, FAILURE_ADDRESS, "host name of %zu bytes: at most %d are possible", size,
                              ADDRESS_NAME - 1);
    *a = (struct address){.kind = kind, .size = size, .port = port};
    memcpy(a->name, name, size);
    return 0;
}

/* HOST:PORT behind "tcp:". */
static int parse_tcp(struct address *a, const char *rest, const char *text, struct failure *f)
{
    const char *colon = strrchr(rest, ':');
    size_t digits = colon ? strspn(colon + 1, "0123456789") : 0;
    if (!digits || digits > 5 || colon[1 + digits])
        return failure_format(f, FAILURE_ADDRESS,
                              "'%.200s' has no port: write tcp:HOST:PORT, with port 0 for any free one", text);
    long port = strtol(colon + 1, NULL, 10);
    if (port > UINT16_MAX)
        return failure_format(f, FAILURE_ADDRESS, "port %ld in '%.200s' is too large: at most 65535", port, text);
    return address_set(a, ADDRESS_TCP, rest, (size_t)(colon - rest), (uint16_t)port, f);
}

int address_parse(struct address *a, const char *text, struct failure *f)
{
    static const struct {
        const char *prefix;
        enum address_kind kind;
    } forms[] = {{"unix:", ADDRESS_UNIX}, {"abstract:", ADDRESS_ABSTRACT}, {"tcp:", ADDRESS_TCP}};

    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        size_t skip = strlen(forms[i].prefix);
        if (strncmp(text, forms[i].prefix, skip) != 0)
            continue;
        const char *rest = text + skip;
        if (forms[i].kind == ADDRESS_TCP)
            return parse_tcp(a, rest, text, f);
        if (!*rest)
            return failure_format(f, FAILURE_ADDRESS, "'%s' names nothing: write %s", text,
                                  forms[i].kind == ADDRESS_UNIX ? "unix:PATH" : "abstract:NAME");
        return address_set(a, forms[i].kind, rest, strlen(rest), 0, f);
    }
    return failure_format(f, FAILURE_ADDRESS,
                          "address '%.200s' not understood: write unix:PATH, abstract:NAME or tcp:HOST:PORT", text);
}

void address_format(const struct address *a, char *out)
{
    switch (a->kind) {
    case ADDRESS_UNIX:
        snprintf(out, ADDRESS_TEXT, "unix:%s", a->name);
        break;
    case ADDRESS_ABSTRACT:
        snprintf(out, ADDRESS_TEXT, "abstract:%s", a->name);
        break;
    case ADDRESS_TCP:
        snprintf(out, ADDRESS_TEXT, "tcp:%s:%u", a->name, a->port);
    }
}

bool address_equal(const struct address *a, const struct address *b)
{
    return a->kind == b->kind && a->port == b->port && a->size == b->size && !memcmp(a->name, b->name, a->size);
}

static int resolve_host(const struct address *a, struct sockaddr_storage *out, socklen_t *size, struct failure *f)
{
    struct sockaddr_in *in = (struct sockaddr_in *)out;
    struct addrinfo hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM}, *found = NULL;

    *size = sizeof *in;
    *in = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(a->port)};
    if (!a->size || inet_pton(AF_INET, a->name, &in->sin_addr) == 1)
        return 0; /* the empty host is every interface, as in Python */
    int code = getaddrinfo(a->name, NULL, &hints, &found);
    if (code) {
        failure_format(f, FAILURE_HOST, "%s", gai_strerror(code));
        f->error = code;
        return -1;
    }
    in->sin_addr = ((struct sockaddr_in *)found->ai_addr)->sin_addr;
    freeaddrinfo(found);
    return 0;
}

int address_resolve(const struct address *a, struct sockaddr_storage *out, socklen_t *size, struct failure *f)
{
    memset(out, 0, sizeof *out);
    if (a->kind == ADDRESS_TCP)
        return resolve_host(a, out, size, f);
    struct sockaddr_un *un = (struct sockaddr_un *)out;
    size_t skip = a->kind == ADDRESS_ABSTRACT; /* its leading NUL */
    un->sun_family = AF_UNIX;
    memcpy(un->sun_path + skip, a->name, a->size);
    *size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + a->size + 1);
    return 0;
}

static int unix_of_socket(struct address *a, const struct sockaddr_un *un, socklen_t size, struct failure *f)
{
    size_t used = size - offsetof(struct sockaddr_un, sun_path);
    if (used && !un->sun_path[0])
        return address_set(a, ADDRESS_ABSTRACT, un->sun_path + 1, used - 1, 0, f);
    return address_set(a, ADDRESS_UNIX, un->sun_path, strnlen(un->sun_path, used), 0, f);
}

int address_of_socket(struct address *a, int fd, struct failure *f)
{
    struct sockaddr_storage storage;
    socklen_t size = sizeof storage;
    char host[INET_ADDRSTRLEN];

    if (getsockname(fd, (struct sockaddr *)&storage, &size))
        return failure_system(f);
    if (storage.ss_family == AF_UNIX)
        return unix_of_socket(a, (struct sockaddr_un *)&storage, size, f);
    struct sockaddr_in *in = (struct sockaddr_in *)&storage;
    inet_ntop(AF_INET, &in->sin_addr, host, sizeof host);
    return address_set(a, ADDRESS_TCP, host, strlen(host), ntohs(in->sin_port), f);
}
