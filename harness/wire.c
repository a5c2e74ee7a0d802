/* SPDX-License-Identifier: MIT */
/* Sockets and frames. */
#include "harness/wire.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "harness/process.h"

#define HEADER_SHORT 4
#define HEADER_LONG 12
#define BACKLOG 128
/* How long another machine may take to accept a connection; and a process here, to make room in its queue. */
#define CONNECT_MS 10000
#define ROOM_S 2

struct wire {
    int fd;
    bool ended, late;
    struct text in;
    size_t taken; /* of in: the frame that was handed out */
    struct trace *trace;
    unsigned handle; /* in the trace; 0 without one */
    enum trace_side side;
};

/* ---- frames */

static void big_endian(unsigned char *out, uint64_t value, size_t size)
{
    for (size_t i = size; i--; value >>= 8)
        out[i] = (unsigned char)value;
}

static uint64_t from_big_endian(const unsigned char *bytes, size_t size)
{
    uint64_t value = 0;
    for (size_t i = 0; i < size; i++)
        value = value << 8 | bytes[i];
    return value;
}

void wire_header(struct text *out, size_t size, enum wire_header form)
{
    unsigned char bytes[HEADER_LONG];
    bool wide = form == WIRE_HEADER_LONG;
    if (wide)
        big_endian(bytes, UINT32_MAX, HEADER_SHORT);
    big_endian(bytes + (wide ? HEADER_SHORT : 0), size, wide ? HEADER_LONG - HEADER_SHORT : HEADER_SHORT);
    text_add(out, bytes, wide ? HEADER_LONG : HEADER_SHORT);
}

size_t wire_read_header(const void *bytes, size_t length, uint64_t *size)
{
    if (length < HEADER_SHORT)
        return 0;
    *size = from_big_endian(bytes, HEADER_SHORT);
    if (*size != UINT32_MAX) {
        if (*size > INT32_MAX)
            *size = 0;
        return HEADER_SHORT;
    }
    if (length < HEADER_LONG)
        return 0;
    *size = from_big_endian((const unsigned char *)bytes + HEADER_SHORT, HEADER_LONG - HEADER_SHORT);
    return HEADER_LONG;
}

enum wire_got wire_scan(const void *bytes, size_t length, size_t *header, size_t *size)
{
    uint64_t announced = 0;
    *header = wire_read_header(bytes, length, &announced);
    if (!*header)
        return WIRE_LATE;
    if (announced > WIRE_FRAME_MAX)
        return WIRE_TOO_LONG;
    *size = (size_t)announced;
    return length - *header < *size ? WIRE_LATE : WIRE_FRAME;
}

/* ---- addresses */

struct address {
    union {
        struct sockaddr any;
        struct sockaddr_un un;
        struct sockaddr_in in;
    } of;
    socklen_t length;
};

static bool read_unix(struct address *out, const char *name, bool abstract)
{
    size_t length = strlen(name);
    if (length + 1 > sizeof out->of.un.sun_path)
        return false;
    out->of.un.sun_family = AF_UNIX;
    memcpy(out->of.un.sun_path + abstract, name, length);
    out->length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length + 1);
    return true;
}

/* IPv4 only, as the protocol. */
static bool read_tcp(struct address *out, const char *text)
{
    const struct addrinfo wanted = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    const char *colon = strrchr(text, ':');
    size_t digits = colon ? strspn(colon + 1, "0123456789") : 0;
    if (!digits || colon == text || colon[1 + digits])
        return false;
    char *host = text_format("%.*s", (int)(colon - text), text);
    bool good = getaddrinfo(host, colon + 1, &wanted, &found) == 0;
    free(host);
    if (!good)
        return false;
    memcpy(&out->of.in, found->ai_addr, sizeof out->of.in);
    out->length = sizeof out->of.in;
    freeaddrinfo(found);
    return true;
}

static bool read_address(struct address *out, const char *text)
{
    memset(out, 0, sizeof *out);
    if (!strncmp(text, "unix:", 5))
        return read_unix(out, text + 5, false);
    if (!strncmp(text, "abstract:", 9))
        return read_unix(out, text + 9, true);
    return !strncmp(text, "tcp:", 4) && read_tcp(out, text + 4);
}

/* A socket for the address; -1 with *trouble. */
static int open_socket(const char *text, struct address *address, char **trouble)
{
    *trouble = NULL;
    if (!read_address(address, text)) {
        *trouble = text_format("%s is no address for a socket here", text);
        return -1;
    }
    int fd = socket(address->of.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        *trouble = text_format("no socket: %s", strerror(errno));
    return fd;
}

static struct wire *adopt(int fd)
{
    int one = 1;
    struct wire *wire = text_calloc(1, sizeof *wire);
    wire->fd = fd;
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one); /* what is written apart arrives apart */
    return wire;
}

/* connect, but a machine that does not answer is given up.  0, or -1 with errno. */
static int connect_soon(int fd, const struct address *address)
{
    const struct timeval room = {.tv_sec = ROOM_S};
    int error = 0;
    socklen_t length = sizeof error;
    if (address->of.any.sa_family != AF_INET) { /* there is nothing to wait for but room in the queue */
        setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &room, sizeof room);
        return connect(fd, &address->of.any, address->length);
    }
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
    if (connect(fd, &address->of.any, address->length) == 0)
        return 0;
    if (errno != EINPROGRESS)
        return -1;
    if (!process_await(fd, POLLOUT, process_now() + CONNECT_MS))
        error = ETIMEDOUT;
    else
        getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length);
    errno = error;
    return error ? -1 : 0;
}

int wire_dial(const char *text, char **trouble)
{
    int one = 1;
    struct address address;
    int fd = open_socket(text, &address, trouble);
    if (fd >= 0 && connect_soon(fd, &address) < 0) {
        int error = errno;
        *trouble = text_format("cannot connect to %s: %s", text, strerror(error));
        close(fd);
        errno = error;
        return -1;
    }
    if (fd >= 0)
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one); /* what is written apart arrives apart */
    return fd;
}

struct wire *wire_connect(const char *text, char **trouble)
{
    int fd = wire_dial(text, trouble);
    return fd < 0 ? NULL : adopt(fd);
}

int wire_listen(const char *text, char **trouble)
{
    struct address address;
    int fd = open_socket(text, &address, trouble);
    if (fd < 0)
        return -1;
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
    if (bind(fd, &address.of.any, address.length) == 0 && listen(fd, BACKLOG) == 0)
        return fd;
    *trouble = text_format("cannot listen at %s: %s", text, strerror(errno));
    close(fd);
    return -1;
}

struct wire *wire_accept(int listener)
{
    int fd = accept(listener, NULL, NULL);
    return fd < 0 ? NULL : adopt(fd);
}

/* ---- bytes */

void wire_trace(struct wire *wire, struct trace *trace, unsigned handle, enum trace_side side)
{
    wire->trace = trace;
    wire->handle = handle;
    wire->side = side;
}

static enum trace_side other_side(const struct wire *wire)
{
    return wire->side == TRACE_CLIENT ? TRACE_MANAGER : TRACE_CLIENT;
}

bool wire_send(struct wire *wire, const void *bytes, size_t length, long long deadline)
{
    const char *at = bytes;
    while (length) {
        ssize_t n = send(wire->fd, at, length, MSG_NOSIGNAL);
        if (n > 0) {
            trace_bytes(wire->trace, wire->handle, wire->side, at, (size_t)n, true);
            at += n;
            length -= (size_t)n;
        } else if (n < 0 && errno != EAGAIN && errno != EINTR) {
            return false;
        } else if (!process_await(wire->fd, POLLOUT, deadline)) {
            wire->late = true;
            return false;
        }
    }
    return true;
}

bool wire_late(const struct wire *wire)
{
    return wire->late;
}

/* Reads what is there.  False if nothing was. */
static bool read_some(struct wire *wire)
{
    char bytes[1 << 16];
    ssize_t n = wire->ended ? 0 : recv(wire->fd, bytes, sizeof bytes, 0);
    if (n > 0) {
        trace_bytes(wire->trace, wire->handle, other_side(wire), bytes, (size_t)n, false);
        text_add(&wire->in, bytes, (size_t)n);
        return true;
    }
    if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
        wire->ended = true;
        trace_end(wire->trace, wire->handle, other_side(wire), TRACE_ENDED);
    }
    return false;
}

enum wire_got wire_receive(struct wire *wire, long long deadline, const unsigned char **bytes, size_t *length)
{
    size_t header = 0;
    text_skip(&wire->in, wire->taken);
    wire->taken = 0;
    for (;;) {
        enum wire_got got = wire_scan(text_peek(&wire->in), wire->in.length, &header, length);
        if (got == WIRE_FRAME) {
            *bytes = (const unsigned char *)wire->in.bytes + header;
            wire->taken = header + *length;
        }
        if (got != WIRE_LATE)
            return got;
        if (read_some(wire))
            continue;
        if (wire->ended)
            return wire->in.length ? WIRE_CUT : WIRE_CLOSED;
        if (!process_await(wire->fd, POLLIN, deadline))
            return WIRE_LATE;
    }
}

bool wire_stirs(struct wire *wire, long long deadline)
{
    return wire->in.length > wire->taken || wire->ended || process_await(wire->fd, POLLIN, deadline);
}

void wire_half_close(struct wire *wire)
{
    trace_end(wire->trace, wire->handle, wire->side, TRACE_ENDED);
    shutdown(wire->fd, SHUT_WR);
}

int wire_descriptor(const struct wire *wire)
{
    return wire->fd;
}

void wire_close(struct wire *wire)
{
    if (!wire)
        return;
    trace_end(wire->trace, wire->handle, wire->side, TRACE_CLOSED);
    close(wire->fd);
    text_clear(&wire->in);
    free(wire);
}
