/* SPDX-License-Identifier: MIT */
/* Addresses as text, and sockets at them: what the kernel reports of itself, failures that say what to do. */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/test/unit.h"
#include "ref/wire/sock.h"

static struct failure f;
static char folder[] = "/tmp/mpref-test-XXXXXX";

static void check_round_trip(const char *text)
{
    struct address a;
    char out[ADDRESS_TEXT];
    CU_ASSERT_FATAL(address_parse(&a, text, &f) == 0);
    address_format(&a, out);
    CU_ASSERT_STRING_EQUAL(out, text);
}

static void test_text_forms(void)
{
    struct address a;
    check_round_trip("unix:/tmp/a b:c");
    check_round_trip("abstract:name");
    check_round_trip("tcp:localhost:0");
    check_round_trip("tcp::65535");
    CU_ASSERT(!address_parse(&a, "tcp:127.0.0.1:5000", &f));
    CU_ASSERT(a.kind == ADDRESS_TCP && a.port == 5000);
    CU_ASSERT_STRING_EQUAL(a.name, "127.0.0.1");
}

static void test_refusals_say_what_to_write(void)
{
    static const struct {
        const char *text, *says;
    } rows[] = {
        {"", "write unix:PATH, abstract:NAME or tcp:HOST:PORT"},
        {"/tmp/path", "write unix:PATH, abstract:NAME or tcp:HOST:PORT"},
        {"unix:", "write unix:PATH"},
        {"abstract:", "write abstract:NAME"},
        {"tcp:localhost", "write tcp:HOST:PORT"},
        {"tcp:localhost:", "write tcp:HOST:PORT"},
        {"tcp:localhost:http", "write tcp:HOST:PORT"},
        {"tcp:localhost:-1", "write tcp:HOST:PORT"},
        {"tcp:localhost:65536", "at most 65535"},
        {"tcp:localhost:4294967296", "write tcp:HOST:PORT"},
    };
    struct address a;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CU_ASSERT(address_parse(&a, rows[i].text, &f) == -1);
        CU_ASSERT(f.code == FAILURE_ADDRESS);
        CU_ASSERT(strstr(f.text, rows[i].says) != NULL);
    }
}

static void test_too_long_paths(void)
{
    struct address a;
    char text[600] = "unix:";
    memset(text + 5, 'x', 107);
    CU_ASSERT(address_parse(&a, text, &f) == 0);
    text[5 + 107] = 'x';
    CU_ASSERT(address_parse(&a, text, &f) == -1 && f.code == FAILURE_PATH_LENGTH);
    CU_ASSERT_STRING_EQUAL(f.text, "AF_UNIX path too long"); /* as CPython words it */
    memset(text, 'h', 500);
    memcpy(text, "tcp:", 4);
    memcpy(text + 500, ":1", 3);
    CU_ASSERT(address_parse(&a, text, &f) == -1 && f.code == FAILURE_ADDRESS);
}

static void test_equal_by_value_only(void)
{
    struct address a, b;
    CU_ASSERT(!address_parse(&a, "tcp:localhost:1", &f) && !address_parse(&b, "tcp:127.0.0.1:1", &f));
    CU_ASSERT(!address_equal(&a, &b) && address_equal(&a, &a));
    CU_ASSERT(!address_parse(&a, "unix:n", &f) && !address_parse(&b, "abstract:n", &f));
    CU_ASSERT(!address_equal(&a, &b));
}

/* Listens, connects, and passes one byte each way; returns what the listener says of itself. */
static void talk(const char *text, char *own)
{
    struct address a, peer;
    char byte = 0;
    CU_ASSERT_FATAL(!address_parse(&a, text, &f));
    int listener = sock_listen(&a, 16, &f);
    CU_ASSERT_FATAL(listener >= 0);
    address_format(&a, own);
    CU_ASSERT_FATAL(!address_parse(&peer, own, &f));
    int client = sock_connect(&peer, &f), server = sock_accept(listener, &f);
    CU_ASSERT_FATAL(client >= 0 && server >= 0);
    CU_ASSERT(!sock_write(client, "c", 1, &f) && !sock_read(server, &byte, 1, &f) && byte == 'c');
    CU_ASSERT(!sock_write(server, "s", 1, &f) && !sock_read(client, &byte, 1, &f) && byte == 's');
    sock_close(client);
    CU_ASSERT(sock_read(server, &byte, 1, &f) == -1 && f.code == FAILURE_CLOSED);
    sock_close(server);
    sock_close(listener);
}

static void test_listen_and_connect(void)
{
    char text[ADDRESS_TEXT], own[ADDRESS_TEXT];
    snprintf(text, sizeof text, "unix:%s/socket", folder);
    talk(text, own);
    CU_ASSERT_STRING_EQUAL(own, text);
    unlink(text + 5);
    snprintf(text, sizeof text, "abstract:mpref-test-%ld", (long)getpid());
    talk(text, own);
    CU_ASSERT_STRING_EQUAL(own, text);
    talk("tcp:localhost:0", own);
    CU_ASSERT(!strncmp(own, "tcp:127.0.0.1:", 14) && strcmp(own, "tcp:127.0.0.1:0") != 0);
    struct address a; /* every interface, as CPython's ('', 0) */
    CU_ASSERT_FATAL(!address_parse(&a, "tcp::0", &f));
    int fd = sock_listen(&a, 1, &f);
    CU_ASSERT(fd >= 0);
    CU_ASSERT_STRING_EQUAL(a.name, "0.0.0.0");
    sock_close(fd);
}

static void test_failures_of_the_system(void)
{
    struct address a;
    char text[ADDRESS_TEXT];
    snprintf(text, sizeof text, "unix:%s/none", folder);
    CU_ASSERT_FATAL(!address_parse(&a, text, &f));
    CU_ASSERT(sock_connect(&a, &f) == -1 && f.code == FAILURE_SYSTEM && f.error == ENOENT);
    CU_ASSERT_STRING_EQUAL(f.text, "No such file or directory");
    int fd = sock_listen(&a, 1, &f);
    CU_ASSERT_FATAL(fd >= 0);
    struct address again = a;
    CU_ASSERT(sock_listen(&again, 1, &f) == -1 && f.error == EADDRINUSE); /* a socket file is never replaced */
    sock_close(fd);
    CU_ASSERT(sock_connect(&a, &f) == -1 && f.error == ECONNREFUSED);
    unlink(a.name);
    CU_ASSERT_FATAL(!address_parse(&a, "tcp:no-such-host.invalid:1", &f));
    CU_ASSERT(sock_connect(&a, &f) == -1 && f.code == FAILURE_HOST && f.error != 0 && *f.text);
}

static void test_writing_to_nobody_is_a_failure_and_no_signal(void)
{
    struct address a;
    CU_ASSERT_FATAL(!address_parse(&a, "tcp:localhost:0", &f));
    int listener = sock_listen(&a, 1, &f), client = sock_connect(&a, &f), server = sock_accept(listener, &f);
    CU_ASSERT_FATAL(client >= 0 && server >= 0);
    sock_close(server);
    while (!sock_write(client, "x", 1, &f)) /* the reset arrives some time after the first */
        ;
    CU_ASSERT(f.code == FAILURE_LOST && (f.error == EPIPE || f.error == ECONNRESET));
    sock_close(client);
    sock_close(listener);
}

static void *accept_one(void *arg)
{
    struct failure *failure = arg;
    int fd = sock_accept(failure->error, failure);
    sock_close(fd);
    return fd < 0 ? NULL : arg;
}

static void wake_listener(const char *text)
{
    struct address a;
    struct failure failure;
    pthread_t thread;
    void *result = &a;
    CU_ASSERT_FATAL(!address_parse(&a, text, &f));
    int listener = sock_listen(&a, 1, &f);
    CU_ASSERT_FATAL(listener >= 0);
    failure.error = listener;
    CU_ASSERT_FATAL(!pthread_create(&thread, NULL, accept_one, &failure));
    sock_wake(listener); /* before or after it began to wait: the same */
    pthread_join(thread, &result);
    CU_ASSERT(result == NULL);
    sock_close(listener);
}

static void test_wake_ends_accept(void)
{
    char text[ADDRESS_TEXT];
    snprintf(text, sizeof text, "abstract:mpref-wake-%ld", (long)getpid());
    wake_listener(text);
    wake_listener("tcp:localhost:0");
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"text forms read back", test_text_forms},
        {"refusals say what to write", test_refusals_say_what_to_write},
        {"too long paths and hosts", test_too_long_paths},
        {"equal by value only", test_equal_by_value_only},
        {"listen, connect, own address", test_listen_and_connect},
        {"failures of the system", test_failures_of_the_system},
        {"writing to nobody is a failure and no signal", test_writing_to_nobody_is_a_failure_and_no_signal},
        {"wake ends accept", test_wake_ends_accept},
        CU_TEST_INFO_NULL,
    };
    if (!mkdtemp(folder))
        return 3;
    int result = unit_main("address", tests);
    rmdir(folder);
    return result;
}
