/* SPDX-License-Identifier: MIT */
/* Frames and the handshake's messages: both forms of a size, every way in which bytes can come and end; known answers
 * of HMAC for both generations, and what is no answer. */
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "harness/auth.h"
#include "harness/process.h"
#include "harness/test/language.h"
#include "harness/watch.h"
#include "harness/wire.h"

static char folder[] = "/tmp/test-wire-XXXXXX";

/* A connection from *near to *far, through a listener. */
static void join(struct wire **near, struct wire **far)
{
    char *trouble = NULL, *address = text_format("unix:%s/s", folder), *path = text_format("%s/s", folder);
    int listener = wire_listen(address, &trouble);
    CU_ASSERT_FATAL(listener >= 0);
    *near = wire_connect(address, &trouble);
    CU_ASSERT_PTR_NOT_NULL_FATAL(*near);
    *far = wire_accept(listener);
    CU_ASSERT_PTR_NOT_NULL_FATAL(*far);
    close(listener);
    unlink(path);
    free(path);
    free(address);
}

static void test_headers(void)
{
    struct text out = {0};
    size_t header = 0, size = 0;
    wire_header(&out, 5, WIRE_HEADER_SHORT);
    CU_ASSERT(out.length == 4 && !memcmp(out.bytes, "\0\0\0\5", 4));
    wire_header(&out, 5, WIRE_HEADER_LONG);
    CU_ASSERT(out.length == 16 && !memcmp(out.bytes + 4, "\xff\xff\xff\xff\0\0\0\0\0\0\0\5", 12));
    text_clear(&out);
    CU_ASSERT(wire_scan("\0\0\0\2ab", 6, &header, &size) == WIRE_FRAME && header == 4 && size == 2);
    CU_ASSERT(wire_scan("\0\0\0\2a", 5, &header, &size) == WIRE_LATE);
    CU_ASSERT(wire_scan("\0\0\0", 3, &header, &size) == WIRE_LATE);
    CU_ASSERT(wire_scan("\xff\xff\xff\xff\0\0\0\0\0\0\0\1x", 13, &header, &size) == WIRE_FRAME && header == 12 &&
              size == 1);
    CU_ASSERT(wire_scan("\xff\xff\xff\xff\0\0\0\0\0\0\0", 11, &header, &size) == WIRE_LATE);
    CU_ASSERT(wire_scan("\xff\xff\xff\xfe", 4, &header, &size) == WIRE_FRAME && size == 0);
    CU_ASSERT(wire_scan("\x80\0\0\0", 4, &header, &size) == WIRE_FRAME && size == 0);
    CU_ASSERT(wire_scan("\x7f\xff\xff\xff", 4, &header, &size) == WIRE_TOO_LONG);
    CU_ASSERT(wire_scan("\xff\xff\xff\xff\xff\0\0\0\0\0\0\0", 12, &header, &size) == WIRE_TOO_LONG);
}

static enum wire_got get(struct wire *wire, const char *expected)
{
    const unsigned char *bytes = NULL;
    size_t length = 0;
    enum wire_got got = wire_receive(wire, process_now() + 20, &bytes, &length);
    if (got == WIRE_FRAME)
        CU_ASSERT(length == strlen(expected) && !memcmp(bytes, expected, length));
    return got;
}

static void test_frames(void)
{
    static const char two[] = "\0\0\0\3abc\xff\xff\xff\xff\0\0\0\0\0\0\0\2de\0\0\0\0";
    struct wire *near, *far;
    join(&near, &far);
    for (size_t i = 0; i + 1 < sizeof two; i++)
        CU_ASSERT(wire_send(near, two + i, 1, process_now() + 1000));
    CU_ASSERT(get(far, "abc") == WIRE_FRAME && get(far, "de") == WIRE_FRAME && get(far, "") == WIRE_FRAME);
    CU_ASSERT(get(far, "") == WIRE_LATE && !wire_stirs(far, process_now()));
    wire_half_close(near);
    CU_ASSERT(wire_stirs(far, process_now() + 1000) && get(far, "") == WIRE_CLOSED);
    CU_ASSERT(wire_send(far, "\0\0\0\1x", 5, process_now() + 1000) && get(near, "x") == WIRE_FRAME);
    wire_close(near);
    wire_close(far);
}

static void test_ends(void)
{
    for (size_t cut = 1; cut < 7; cut++) {
        struct wire *near, *far;
        join(&near, &far);
        CU_ASSERT(wire_send(near, "\0\0\0\3abc", cut, process_now() + 1000));
        wire_close(near);
        CU_ASSERT(get(far, "") == WIRE_CUT);
        wire_close(far);
    }
    struct wire *near, *far;
    join(&near, &far);
    wire_send(far, "unread", 6, process_now() + 1000);
    wire_close(near); /* with bytes unread: a reset on some systems */
    CU_ASSERT(get(far, "") == WIRE_CLOSED);
    CU_ASSERT(!wire_send(far, "x", 1, process_now() + 1000) && !wire_late(far));
    wire_close(far);
}

/* A peer that never reads ends at the deadline, and nowhere else. */
static void test_full(void)
{
    struct wire *near, *far;
    size_t size = (size_t)1 << 24;
    char *bytes = calloc(1, size);
    CU_ASSERT_PTR_NOT_NULL_FATAL(bytes);
    join(&near, &far);
    CU_ASSERT(!wire_send(near, bytes, size, process_now() + 20) && wire_late(near));
    wire_close(near);
    wire_close(far);
    free(bytes);
}

static void test_no_address(void)
{
    char *trouble = NULL;
    CU_ASSERT_PTR_NULL(wire_connect("nowhere", &trouble));
    CU_ASSERT_STRING_EQUAL(trouble, "nowhere is no address for a socket here");
    free(trouble);
    CU_ASSERT_PTR_NULL(wire_connect("unix:/nowhere/at/all", &trouble));
    CU_ASSERT(!strncmp(trouble, "cannot connect to unix:/nowhere/at/all: ", 39));
    free(trouble);
}

/* ---- watches */

static void count_and_read(void *context)
{
    int *pair = context;
    char byte;
    pair[2] += (int)read(pair[0], &byte, 1);
}

static void test_watches(void)
{
    int pipes[3] = {0}, other[2];
    CU_ASSERT_FATAL(pipe(pipes) == 0 && pipe(other) == 0);
    CU_ASSERT(watch_add(pipes[0], count_and_read, pipes));
    CU_ASSERT(write(pipes[1], "abc", 3) == 3);
    CU_ASSERT(!process_await(other[0], POLLIN, process_now() + 50));
    CU_ASSERT(pipes[2] == 3);
    watch_remove(pipes[0]);
    CU_ASSERT(write(pipes[1], "d", 1) == 1 && write(other[1], "x", 1) == 1);
    CU_ASSERT(process_await(other[0], POLLIN, process_now() + 1000) && pipes[2] == 3);
    close(pipes[0]), close(pipes[1]), close(other[0]), close(other[1]);
}

/* ---- the handshake */

#define BYTES(literal) ((struct auth_bytes){literal, sizeof literal - 1})
static const struct auth_bytes key = {"abracadabra", 11};

static char *hex(const struct text *text)
{
    struct text out = {0};
    for (size_t i = 0; i < text->length; i++)
        text_printf(&out, "%02x", (unsigned char)text->bytes[i]);
    return text_give(&out);
}

static void mac_is(const char *digest, struct auth_bytes with, struct auth_bytes message, const char *expected)
{
    struct text out = {0};
    CU_ASSERT(auth_mac(&out, digest, with, message));
    language_same_take(hex(&out), expected, digest);
    text_clear(&out);
}

/* Waits twice for what is there, as sending two replies within one turn does. */
static void wait_within(void *context)
{
    int *pair = context;
    pair[3]++;
    CU_ASSERT_EQUAL(pair[3], 1); /* not within itself */
    for (int i = 0; i < 2 && pair[3] == 1; i++)
        CU_ASSERT(process_await(pair[1], POLLOUT, process_now()));
    count_and_read(context);
    pair[3]--;
}

static void test_watches_do_not_nest(void)
{
    int pair[4] = {0};
    CU_ASSERT_FATAL(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
    CU_ASSERT_FATAL(watch_add(pair[0], wait_within, pair));
    CU_ASSERT_FATAL(write(pair[1], "ab", 2) == 2);
    for (int i = 0; i < 2; i++)
        process_await(pair[1], POLLIN, process_now());
    CU_ASSERT_EQUAL(pair[2], 2);
    watch_remove(pair[0]);
    close(pair[0]);
    close(pair[1]);
}

/* Computed with CPython's hmac. */
static void test_known_answers(void)
{
    unsigned char legacy[20];
    struct text modern = {0}, out = {0};
    for (unsigned char i = 0; i < 20; i++)
        legacy[i] = i;
    auth_message(&modern);
    const struct auth_bytes message = {modern.bytes, modern.length}, old = {legacy, 20}, none = {"", 0};
    CU_ASSERT(modern.length == 48);
    mac_is("md5", key, old, "ff63d69f0d1055b99f32d588bd840b74");
    mac_is("md5", none, old, "eee7e8c8fa6d98a59d76c44ce7018548");
    mac_is("sha256", key, message, "536016a8c32ca9231522a6e91ddbbd637ba292f333e6fd43599971f107db3002");
    mac_is("sha3_256", key, message, "f1b1f67596914c6144d91652b605ddeeaca96c485ae2cc5d931c0d71ac5b31e9");
    CU_ASSERT(!auth_mac(&out, "nosuch", key, message) && !out.length);
    CU_ASSERT(auth_answer(&out, key, message) && out.length == 40 && !strncmp(out.bytes, "{sha256}", 8));
    CU_ASSERT_STRING_EQUAL(auth_check(key, message, (struct auth_bytes){out.bytes, out.length}), "{sha256}");
    CU_ASSERT_PTR_NULL(auth_check(key, message, (struct auth_bytes){out.bytes, out.length - 1}));
    CU_ASSERT_PTR_NULL(auth_check(none, message, (struct auth_bytes){out.bytes, out.length}));
    text_clear(&out);
    CU_ASSERT(auth_answer(&out, key, old) && out.length == 16);
    CU_ASSERT_STRING_EQUAL(auth_check(key, old, (struct auth_bytes){out.bytes, out.length}), "md5");
    out.bytes[3] ^= 1;
    CU_ASSERT_PTR_NULL(auth_check(key, old, (struct auth_bytes){out.bytes, out.length}));
    text_clear(&out);
    CU_ASSERT(!auth_answer(&out, key, BYTES("{sha512}0123456789012345678901234567890123456789")) && !out.length);
    CU_ASSERT_PTR_NULL(auth_check(key, old, none));
    text_clear(&modern);
}

static void test_words(void)
{
    struct auth_bytes message;
    CU_ASSERT(auth_is_challenge(BYTES("#CHALLENGE#abc"), &message) && message.length == 3);
    CU_ASSERT(auth_is_challenge(BYTES("#CHALLENGE#"), &message) && message.length == 0);
    CU_ASSERT(!auth_is_challenge(BYTES("#CHALLENGE"), &message));
    language_same_take(auth_describe(BYTES("{sha256}0123456789")), "{sha256} and 10 bytes", "sha256");
    language_same_take(auth_describe(BYTES("{sha256}012345678901")), "20 bytes", "twenty");
    language_same_take(auth_describe(BYTES("{sha512}0123456789")), "18 bytes", "sha512");
}

int main(void)
{
    CU_TestInfo tests[] = {{"both forms of a size", test_headers},
                           {"frames byte for byte, together, and none", test_frames},
                           {"every place where a peer can end", test_ends},
                           {"a peer that never reads", test_full},
                           {"no such address", test_no_address},
                           {"watches are served while others are waited for", test_watches},
                           {"none is served within another, or within itself", test_watches_do_not_nest},
                           {"known answers of both generations", test_known_answers},
                           {"challenges in words", test_words},
                           CU_TEST_INFO_NULL};
    if (!mkdtemp(folder))
        return 3;
    int status = unit_main("wire", tests);
    rmdir(folder);
    return status;
}
