/* SPDX-License-Identifier: MIT */
/* Frames: byte layout and write boundaries, every cut, hostile headers.  The layouts are those that CPython sends. */
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "harness/test/unit.h"
#include "ref/base/mem.h"
#include "ref/wire/frame.h"
#include "ref/wire/sock.h"

static struct failure f;

static void pair(int *fds)
{
    CU_ASSERT_FATAL(!socketpair(AF_UNIX, SOCK_STREAM, 0, fds));
}

/* Writes raw bytes, ends the stream, and receives one frame on the other side. */
static int receive_raw(const void *raw, size_t size, struct buf *body, size_t cap)
{
    int fds[2];
    pair(fds);
    CU_ASSERT(!sock_write(fds[0], raw, size, &f));
    shutdown(fds[0], SHUT_WR);
    int result = frame_receive(fds[1], body, cap, &f);
    close(fds[0]);
    close(fds[1]);
    return result;
}

/* ---- sending: SOCK_SEQPACKET keeps the boundaries of writes */

/* Sends a frame of size bytes of 'x'; the lengths of the writes, ended by 0; the first bytes of the first one or two in
 * head. */
static void writes_of(size_t size, size_t *lengths, unsigned char *head)
{
    int fds[2], room = 1 << 21;
    unsigned char *data = malloc(size + 1), *in = malloc(size + 16);
    CU_ASSERT_FATAL(data && in && !socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds));
    setsockopt(fds[0], SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
    memset(data, 'x', size);
    CU_ASSERT(!frame_send(fds[0], data, size, &f));
    close(fds[0]);
    for (size_t n = 0, at = 0;; n++) {
        ssize_t got = recv(fds[1], in, size + 16, 0);
        lengths[n] = got > 0 ? (size_t)got : 0;
        if (got <= 0)
            break;
        if (at < 12)
            memcpy(head + at, in, (size_t)got < 12 - at ? (size_t)got : 12 - at);
        at += (size_t)got;
    }
    close(fds[1]);
    free(data);
    free(in);
}

static void test_write_boundaries(void)
{
    size_t lengths[4];
    unsigned char head[12];
    writes_of(0, lengths, head);
    CU_ASSERT(lengths[0] == 4 && !lengths[1] && !memcmp(head, "\0\0\0\0", 4));
    writes_of(1, lengths, head);
    CU_ASSERT(lengths[0] == 5 && !lengths[1] && !memcmp(head, "\0\0\0\1x", 5));
    writes_of(16384, lengths, head);
    CU_ASSERT(lengths[0] == 16388 && !lengths[1] && !memcmp(head, "\0\0\x40\0x", 5));
    writes_of(16385, lengths, head);
    CU_ASSERT(lengths[0] == 4 && lengths[1] == 16385 && !lengths[2] && !memcmp(head, "\0\0\x40\1x", 5));
}

/* The wide form without 2 GiB on the wire: the other side closes after the header, which is what is looked at. */
static void *send_huge(void *arg)
{
    struct failure failure;
    size_t size = (size_t)1 << 31;
    void *data = calloc(1, size); /* pages that are not there until they are touched */
    int result = data ? frame_send(*(int *)arg, data, size, &failure) : 0;
    free(data);
    return result && failure.code == FAILURE_LOST ? arg : NULL;
}

static void test_wide_form(void)
{
    int fds[2];
    pthread_t thread;
    unsigned char head[12];
    void *failed = NULL;
    pair(fds);
    CU_ASSERT_FATAL(!pthread_create(&thread, NULL, send_huge, &fds[0]));
    CU_ASSERT(!sock_read(fds[1], head, sizeof head, &f));
    CU_ASSERT(!memcmp(head, "\xff\xff\xff\xff\0\0\0\0\x80\0\0\0", 12));
    close(fds[1]);
    pthread_join(thread, &failed);
    CU_ASSERT(failed != NULL);
    close(fds[0]);
}

/* ---- receiving */

static void test_receives_what_was_sent(void)
{
    static const size_t sizes[] = {0, 1, 255, 256, 16384, 16385, 65536, 65537};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        int fds[2];
        struct buf body;
        unsigned char *data = malloc(sizes[i] + 1);
        CU_ASSERT_FATAL(data != NULL);
        for (size_t k = 0; k < sizes[i]; k++)
            data[k] = (unsigned char)(k * 7);
        pair(fds);
        int room = 1 << 20; /* so that nobody need read meanwhile */
        setsockopt(fds[0], SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
        buf_init(&body, LIMIT_FRAME);
        CU_ASSERT(!frame_send(fds[0], data, sizes[i], &f));
        CU_ASSERT(!frame_receive(fds[1], &body, LIMIT_FRAME, &f));
        CU_ASSERT(body.used == sizes[i] && (!sizes[i] || !memcmp(body.data, data, sizes[i])));
        buf_free(&body);
        free(data);
        close(fds[0]);
        close(fds[1]);
    }
}

static void test_odd_headers(void)
{
    static const struct {
        const char *raw;
        size_t size, body;
    } rows[] = {
        {"\0\0\0\0", 4, 0},
        {"\xff\xff\xff\xff\0\0\0\0\0\0\0\3abc", 15, 3}, /* the wide form, also for small ones */
        {"\xff\xff\xff\xff\0\0\0\0\0\0\0\0", 12, 0},
        {"\xff\xff\xff\xfe", 4, 0}, /* other negative lengths are empty messages */
        {"\x80\0\0\0", 4, 0},
    };
    struct buf body;
    buf_init(&body, LIMIT_FRAME);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CU_ASSERT(!receive_raw(rows[i].raw, rows[i].size, &body, LIMIT_FRAME));
        CU_ASSERT(body.used == rows[i].body);
    }
    buf_free(&body);
}

/* Where CPython raises EOFError and where OSError "got end of file during message". */
static void test_every_cut(void)
{
    static const char narrow[] = "\0\0\0\5hello", wide[] = "\xff\xff\xff\xff\0\0\0\0\0\0\0\5hello";
    struct buf body;
    buf_init(&body, LIMIT_FRAME);
    for (size_t n = 0; n < 9; n++) {
        CU_ASSERT(receive_raw(narrow, n, &body, LIMIT_FRAME) == -1);
        CU_ASSERT(f.code == (n == 0 || n == 4 ? FAILURE_CLOSED : FAILURE_TRUNCATED));
    }
    for (size_t n = 0; n < 17; n++) {
        CU_ASSERT(receive_raw(wide, n, &body, LIMIT_FRAME) == -1);
        CU_ASSERT(f.code == (n == 0 || n == 4 || n == 12 ? FAILURE_CLOSED : FAILURE_TRUNCATED));
    }
    CU_ASSERT(!receive_raw(narrow, 9, &body, LIMIT_FRAME) && body.used == 5);
    buf_free(&body);
}

static void test_cut_between_chunks_is_inside_the_message(void)
{
    size_t size = LIMIT_READ_CHUNK + 4;
    unsigned char *raw = calloc(1, size);
    struct buf body;
    CU_ASSERT_FATAL(raw != NULL);
    raw[1] = 2; /* 128 KiB are announced, 64 KiB come */
    buf_init(&body, LIMIT_FRAME);
    CU_ASSERT(receive_raw(raw, size, &body, LIMIT_FRAME) == -1 && f.code == FAILURE_TRUNCATED);
    buf_free(&body);
    free(raw);
}

static void *dribble(void *arg)
{
    static const char raw[] = "\xff\xff\xff\xff\0\0\0\0\0\0\0\5hello";
    struct failure ignored;
    for (size_t i = 0; i < 17; i++)
        if (sock_write(*(int *)arg, raw + i, 1, &ignored))
            break;
    return NULL;
}

static void test_one_byte_per_write(void)
{
    int fds[2];
    pthread_t thread;
    struct buf body;
    pair(fds);
    buf_init(&body, LIMIT_FRAME);
    CU_ASSERT_FATAL(!pthread_create(&thread, NULL, dribble, &fds[0]));
    CU_ASSERT(!frame_receive(fds[1], &body, LIMIT_FRAME, &f));
    CU_ASSERT(body.used == 5 && !memcmp(body.data, "hello", 5));
    pthread_join(thread, NULL);
    buf_free(&body);
    close(fds[0]);
    close(fds[1]);
}

static void test_handshake_cap(void)
{
    unsigned char raw[4 + 257] = {0, 0, 1, 0};
    struct buf body;
    buf_init(&body, LIMIT_HANDSHAKE);
    CU_ASSERT(!receive_raw(raw, 4 + 256, &body, LIMIT_HANDSHAKE) && body.used == 256);
    raw[3] = 1;
    CU_ASSERT(receive_raw(raw, 4 + 257, &body, LIMIT_HANDSHAKE) == -1 && f.code == FAILURE_MESSAGE_LENGTH);
    CU_ASSERT_STRING_EQUAL(f.text, "bad message length");
    buf_free(&body);
}

static void test_a_lying_header_costs_nothing(void)
{
    static const char terabyte[] = "\xff\xff\xff\xff\0\0\1\0\0\0\0\0",
                      everything[] = "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
                      gigabytes[] = "\xff\xff\xff\xff\0\0\0\0\xff\0\0\0abc";
    struct buf body;
    buf_init(&body, LIMIT_FRAME);
    mem_fail_at(0);
    CU_ASSERT(receive_raw(terabyte, 12, &body, LIMIT_FRAME) == -1 && f.code == FAILURE_FRAME_LIMIT);
    CU_ASSERT(receive_raw(everything, 12, &body, LIMIT_FRAME) == -1 && f.code == FAILURE_FRAME_LIMIT);
    CU_ASSERT(mem_count() == 0);
    CU_ASSERT(receive_raw(gigabytes, 15, &body, LIMIT_FRAME) == -1 && f.code == FAILURE_TRUNCATED);
    CU_ASSERT(body.capacity <= LIMIT_READ_CHUNK);
    buf_free(&body);
}

static void test_failed_allocation(void)
{
    long before = mem_alive();
    struct buf body;
    buf_init(&body, LIMIT_FRAME);
    mem_fail_at(1);
    CU_ASSERT(receive_raw("\0\0\0\1x", 5, &body, LIMIT_FRAME) == -1 && f.code == FAILURE_MEMORY);
    mem_fail_at(0);
    buf_free(&body);
    CU_ASSERT(mem_alive() == before);
}

/* A body without memory is passed over, however long it is: the next frame is found. */
static void test_the_frame_after_a_failed_allocation(void)
{
    static unsigned char large[100000];
    int fds[2];
    struct buf body;
    pair(fds);
    buf_init(&body, LIMIT_FRAME);
    for (long n = 1; n < 3; n++) { /* the first chunk, or one that follows */
        CU_ASSERT(!frame_send(fds[0], large, sizeof large, &f) && !frame_send(fds[0], "next", 4, &f));
        mem_fail_at(n);
        CU_ASSERT(frame_receive(fds[1], &body, LIMIT_FRAME, &f) == -1 && f.code == FAILURE_MEMORY);
        mem_fail_at(0);
        CU_ASSERT(!frame_receive(fds[1], &body, LIMIT_FRAME, &f) && body.used == 4 && !memcmp(body.data, "next", 4));
    }
    buf_free(&body);
    close(fds[0]);
    close(fds[1]);
}

static void test_pipelined_frames(void)
{
    int fds[2];
    struct buf body;
    pair(fds);
    buf_init(&body, LIMIT_FRAME);
    for (unsigned char i = 0; i < 100; i++)
        CU_ASSERT(!frame_send(fds[0], &i, 1, &f));
    for (unsigned char i = 0; i < 100; i++)
        CU_ASSERT(!frame_receive(fds[1], &body, LIMIT_FRAME, &f) && body.used == 1 && body.data[0] == i);
    buf_free(&body);
    close(fds[0]);
    close(fds[1]);
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"write boundaries", test_write_boundaries},
        {"the wide form from 2 GiB", test_wide_form},
        {"receives what was sent", test_receives_what_was_sent},
        {"odd headers", test_odd_headers},
        {"every cut", test_every_cut},
        {"a cut between chunks is inside the message", test_cut_between_chunks_is_inside_the_message},
        {"one byte per write", test_one_byte_per_write},
        {"the cap of the handshake", test_handshake_cap},
        {"a lying header costs nothing", test_a_lying_header_costs_nothing},
        {"a failed allocation", test_failed_allocation},
        {"the frame after a failed allocation", test_the_frame_after_a_failed_allocation},
        {"pipelined frames", test_pipelined_frames},
        CU_TEST_INFO_NULL,
    };
    return unit_main("frame", tests);
}
