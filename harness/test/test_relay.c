/* SPDX-License-Identifier: MIT */
/* The relay: bytes and ends go through in both directions as they come, whoever is slow, gone or hostile; the trace
 * sees them; the names of the sockets are what they would be without it; nothing is left open. */
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/place.h"
#include "harness/process.h"
#include "harness/relay.h"
#include "harness/test/language.h"
#include "harness/trace.h"
#include "harness/watch.h"
#include "harness/wire.h"

#define SOON (process_now() + 5000)

static char folder[] = "/tmp/test-relay-XXXXXX";
static char *address, *path, *aside;

/* A manager's listening socket with a relay in its place, and one connection through it. */
struct scene {
    int listener;
    struct trace *trace;
    struct relay *relay;
    struct wire *client, *manager;
};

static int open_descriptors(void)
{
    int count = 0;
    DIR *list = opendir("/proc/self/fd");
    while (list && readdir(list))
        count++;
    if (list)
        closedir(list);
    return count;
}

static struct wire *accept_one(int listener)
{
    CU_ASSERT(process_await(listener, POLLIN, SOON));
    struct wire *wire = wire_accept(listener);
    CU_ASSERT_PTR_NOT_NULL_FATAL(wire);
    return wire;
}

static void begin(struct scene *scene, bool connect)
{
    char *trouble = NULL;
    *scene = (struct scene){.trace = trace_new()};
    unlink(path);
    scene->listener = wire_listen(address, &trouble);
    CU_ASSERT_FATAL(scene->listener >= 0);
    scene->relay = relay_new(address, aside, scene->trace, &trouble);
    CU_ASSERT_PTR_NOT_NULL_FATAL(scene->relay);
    if (!connect)
        return;
    scene->client = wire_connect(address, &trouble);
    CU_ASSERT_PTR_NOT_NULL_FATAL(scene->client);
    scene->manager = accept_one(scene->listener);
}

static void end(struct scene *scene)
{
    wire_close(scene->client);
    wire_close(scene->manager);
    relay_end(scene->relay);
    trace_free(scene->trace);
    close(scene->listener);
    CU_ASSERT(access(path, F_OK) != 0 && access(aside, F_OK) != 0);
}

static void expect_frame(struct wire *wire, const char *expected)
{
    const unsigned char *bytes = NULL;
    size_t length = 0;
    CU_ASSERT(wire_receive(wire, SOON, &bytes, &length) == WIRE_FRAME);
    CU_ASSERT(bytes && length == strlen(expected) && !memcmp(bytes, expected, length));
}

static enum wire_got next(struct wire *wire)
{
    const unsigned char *bytes;
    size_t length;
    return wire_receive(wire, SOON, &bytes, &length);
}

static void test_both_directions(void)
{
    int before = open_descriptors();
    struct scene scene;
    struct trace_log log;
    begin(&scene, true);
    CU_ASSERT(wire_send(scene.client, "\0\0\0\4ping", 8, SOON));
    expect_frame(scene.manager, "ping");
    CU_ASSERT(wire_send(scene.manager, "\xff\xff\xff\xff\0\0\0\0\0\0\0\4pong", 16, SOON));
    expect_frame(scene.client, "pong");
    trace_finish(scene.trace, &log);
    CU_ASSERT(log.count == 3 && log.records[1].side == TRACE_CLIENT && log.records[2].side == TRACE_MANAGER);
    CU_ASSERT(!memcmp(log.records[1].bytes, "ping", 4) && log.records[2].header_length == 12);
    trace_log_clear(&log);
    end(&scene);
    CU_ASSERT(open_descriptors() == before);
}

/* What one side closes the other sees closed, behind everything that was sent, and then cannot write to. */
static void test_ends(void)
{
    for (int side = 0; side < 2; side++) {
        struct scene scene;
        begin(&scene, true);
        struct wire **gone = side ? &scene.manager : &scene.client, *left = side ? scene.client : scene.manager;
        CU_ASSERT(wire_send(*gone, "\0\0\0\3bye", 7, SOON));
        wire_close(*gone);
        *gone = NULL;
        expect_frame(left, "bye");
        CU_ASSERT(next(left) == WIRE_CLOSED);
        CU_ASSERT(!wire_send(left, "\0\0\0\1x", 5, SOON));
        end(&scene);
    }
}

static void test_half_closed(void)
{
    struct scene scene;
    struct trace_log log;
    begin(&scene, true);
    CU_ASSERT(wire_send(scene.client, "\0\0\0\5ab", 6, SOON));
    wire_half_close(scene.client);
    CU_ASSERT(next(scene.manager) == WIRE_CUT);
    CU_ASSERT(wire_send(scene.manager, "\0\0\0\5still", 9, SOON));
    expect_frame(scene.client, "still");
    wire_half_close(scene.manager);
    CU_ASSERT(next(scene.client) == WIRE_CLOSED);
    trace_finish(scene.trace, &log);
    CU_ASSERT(log.count >= 4 && log.records[1].kind == TRACE_FRAME && !log.records[1].whole &&
              log.records[2].kind == TRACE_ENDED && log.records[2].side == TRACE_CLIENT);
    trace_log_clear(&log);
    end(&scene);
}

/* Much more than is held at once, to a reader that begins late; and one that never reads, and then is gone. */
static void test_much(void)
{
    static const size_t much = (size_t)8 << 20;
    struct scene scene;
    struct text frame = {0};
    char *bytes = text_calloc(1, much);
    for (size_t i = 0; i < much; i++)
        bytes[i] = (char)(i * 7 >> 3);
    wire_header(&frame, much, WIRE_HEADER_SHORT);
    text_add(&frame, bytes, much);
    begin(&scene, true);
    const unsigned char *got = NULL;
    size_t length = 0, sent = 0;
    while (sent < frame.length) {
        size_t n = frame.length - sent < 100000 ? frame.length - sent : 100000;
        if (wire_send(scene.client, frame.bytes + sent, n, process_now())) {
            sent += n;
            continue;
        }
        break; /* both sides' buffers are full: nothing was lost, and as much as fits is held */
    }
    CU_ASSERT(sent < frame.length);
    wire_close(scene.client);
    scene.client = NULL;
    CU_ASSERT(wire_receive(scene.manager, SOON, &got, &length) == WIRE_CUT);
    end(&scene);
    begin(&scene, true);
    fcntl(wire_descriptor(scene.client), F_SETFL, fcntl(wire_descriptor(scene.client), F_GETFL) | O_NONBLOCK);
    for (size_t at = 0; at < frame.length;) {
        ssize_t n = send(wire_descriptor(scene.client), frame.bytes + at, frame.length - at, MSG_NOSIGNAL);
        at += n > 0 ? (size_t)n : 0;
        if (at < frame.length) /* the reader reads meanwhile, and the relay is served */
            CU_ASSERT_FATAL(wire_receive(scene.manager, process_now() + 1, &got, &length) == WIRE_LATE);
    }
    CU_ASSERT(wire_receive(scene.manager, SOON, &got, &length) == WIRE_FRAME);
    CU_ASSERT(length == much && !memcmp(got, bytes, much));
    end(&scene);
    text_clear(&frame);
    free(bytes);
}

/* Whatever the bytes are: they are passed on, and the trace has its limits. */
static void test_hostile(void)
{
    static const char garbage[] = "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff garbage";
    struct scene scene;
    char got[sizeof garbage];
    size_t length = 0;
    begin(&scene, true);
    CU_ASSERT(wire_send(scene.manager, garbage, sizeof garbage, SOON));
    while (length < sizeof garbage && process_await(wire_descriptor(scene.client), POLLIN, SOON)) {
        ssize_t n = recv(wire_descriptor(scene.client), got + length, sizeof got - length, 0);
        length += n > 0 ? (size_t)n : 0;
    }
    CU_ASSERT(length == sizeof garbage && !memcmp(got, garbage, length));
    end(&scene);
}

/* A manager whose listening socket is closed refuses; one that removes its name is not found. */
static void test_gone(void)
{
    char *trouble = NULL;
    struct scene scene;
    struct wire *client;
    begin(&scene, false);
    close(scene.listener);
    scene.listener = -1;
    client = wire_connect(address, &trouble); /* the relay learns it from the first that comes */
    CU_ASSERT_PTR_NOT_NULL_FATAL(client);
    CU_ASSERT(next(client) == WIRE_CLOSED);
    wire_close(client);
    CU_ASSERT_PTR_NULL(wire_connect(address, &trouble));
    CU_ASSERT(trouble && strstr(trouble, "refused"));
    free(trouble);
    unlink(path); /* what a manager does that ends well */
    CU_ASSERT_PTR_NULL(wire_connect(address, &trouble));
    CU_ASSERT(trouble && strstr(trouble, "No such file"));
    free(trouble);
    end(&scene);
}

static void test_many(void)
{
    enum { MANY = 100 };
    char *trouble = NULL;
    int before = open_descriptors();
    struct scene scene;
    struct wire *clients[MANY], *managers[MANY];
    begin(&scene, false);
    for (int i = 0; i < MANY; i++) {
        clients[i] = wire_connect(address, &trouble);
        CU_ASSERT_PTR_NOT_NULL_FATAL(clients[i]);
        managers[i] = accept_one(scene.listener);
        CU_ASSERT(wire_send(clients[i], "\0\0\0\1", 4, SOON));
    }
    for (int i = MANY; i-- > 0;) {
        CU_ASSERT(wire_send(clients[i], i % 2 ? "1" : "0", 1, SOON));
        expect_frame(managers[i], i % 2 ? "1" : "0");
    }
    for (int i = 0; i < MANY; i++) {
        wire_close(clients[i]);
        CU_ASSERT(next(managers[i]) == WIRE_CLOSED);
        wire_close(managers[i]);
    }
    end(&scene);
    CU_ASSERT(open_descriptors() == before);
}

/* More connections than can be looked after: the first are served, the others closed, and the trace says so. */
static void test_too_many(void)
{
    enum { ROOM = 4 };
    char *trouble = NULL;
    int pipes[2];
    struct scene scene;
    struct trace_log log;
    struct wire *clients[ROOM], *managers[2 * ROOM];
    CU_ASSERT_FATAL(pipe(pipes) == 0);
    begin(&scene, false);
    for (int i = 0; i < WATCH_MAX - 1 - ROOM; i++) /* any descriptor will do: it is never ready */
        CU_ASSERT_FATAL(watch_add(pipes[0], NULL, NULL));
    for (int i = 0; i < ROOM; i++) {
        clients[i] = wire_connect(address, &trouble);
        CU_ASSERT_PTR_NOT_NULL_FATAL(clients[i]);
        managers[i] = accept_one(scene.listener);
    }
    CU_ASSERT(wire_send(clients[0], "\0\0\0\1x", 5, SOON));
    expect_frame(managers[0], "x");
    CU_ASSERT(next(clients[ROOM - 1]) == WIRE_CLOSED);
    trace_finish(scene.trace, &log);
    CU_ASSERT(log.missing && strstr(log.missing, "more connections"));
    trace_log_clear(&log);
    for (int i = 0; i < ROOM; i++) {
        wire_close(clients[i]);
        wire_close(managers[i]);
    }
    for (int i = 0; i < WATCH_MAX - 1 - ROOM; i++)
        watch_remove(pipes[0]);
    end(&scene);
    close(pipes[0]);
    close(pipes[1]);
}

static void test_where_it_cannot_be(void)
{
    char *trouble = NULL, *nowhere = text_format("unix:%s/nothing", folder);
    struct stat info;
    CU_ASSERT_PTR_NULL(relay_new("tcp:127.0.0.1:1", aside, NULL, &trouble));
    CU_ASSERT(trouble && strstr(trouble, "only the socket of a Unix address"));
    free(trouble);
    CU_ASSERT_PTR_NULL(relay_new(nowhere, aside, NULL, &trouble));
    CU_ASSERT(trouble && strstr(trouble, "cannot be put aside"));
    free(trouble);
    int listener = wire_listen(address, &trouble);
    CU_ASSERT_FATAL(listener >= 0);
    CU_ASSERT_PTR_NULL(relay_new(address, "/nowhere/at/all", NULL, &trouble));
    CU_ASSERT(stat(path, &info) == 0 && S_ISSOCK(info.st_mode)); /* everything is as it was */
    free(trouble);
    close(listener);
    unlink(path);
    free(nowhere);
}

int main(void)
{
    CU_TestInfo tests[] = {{"bytes in both directions", test_both_directions},
                           {"what closes is closed for the other, too", test_ends},
                           {"half a connection can end", test_half_closed},
                           {"much, and readers that are slow or gone", test_much},
                           {"garbage is passed on", test_hostile},
                           {"a manager that is gone", test_gone},
                           {"many connections", test_many},
                           {"too many connections", test_too_many},
                           {"where no relay can be", test_where_it_cannot_be},
                           CU_TEST_INFO_NULL};
    if (!mkdtemp(folder))
        return 3;
    path = text_format("%s/s", folder);
    address = text_format("unix:%s", path);
    aside = text_format("%s/aside", folder);
    int status = unit_main("relay", tests);
    place_remove(folder);
    free(path);
    free(address);
    free(aside);
    return status;
}
