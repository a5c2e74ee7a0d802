/* SPDX-License-Identifier: MIT */
/* Authentication: known answers computed by CPython's hmac, both generations in every pairing, whole and byte by byte,
 * and hostile peers with the failures as CPython words them. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "harness/test/unit.h"
#include "ref/base/mem.h"
#include "ref/wire/auth.h"
#include "ref/wire/frame.h"
#include "ref/wire/sock.h"

#define KEY(compat)                                                                                                    \
    {                                                                                                                  \
        (const unsigned char *)"abracadabra", 11, compat                                                               \
    }
#define EMPTY(compat)                                                                                                  \
    {                                                                                                                  \
        NULL, 0, compat                                                                                                \
    }

static struct failure f;

static size_t from_hex(const char *hex, unsigned char *out)
{
    size_t n = 0;
    for (; hex[0]; hex += 2)
        out[n++] = (unsigned char)strtoul((char[]){hex[0], hex[1], 0}, NULL, 16);
    return n;
}

/* The bytes of a text, without its end; how many. */
static size_t put(unsigned char *out, const char *text)
{
    size_t n = 0;
    for (; text[n]; n++)
        out[n] = (unsigned char)text[n];
    return n;
}

/* 20 bytes 00 … 13, or {sha256} and 40 bytes 00 … 27 */
static size_t message_of(bool modern, unsigned char *out)
{
    size_t n = modern ? 8 : 0;
    memcpy(out, "{sha256}", n);
    for (unsigned i = 0; i < (modern ? 40U : 20U); i++)
        out[n++] = (unsigned char)i;
    return n;
}

#define MD5_20 "ff63d69f0d1055b99f32d588bd840b74"
#define MD5_48 "7690e2569f3bc902fa21a77cf545d7f6"
#define SHA256_48 "536016a8c32ca9231522a6e91ddbbd637ba292f333e6fd43599971f107db3002"
#define SHA384_48 "071ab0ca491920680a29c40b5d643ece5b936061463483bc26443605e1d1019a9c5c4b49d85d86e5d43e47a8694568e3"
#define SHA3_256_48 "f1b1f67596914c6144d91652b605ddeeaca96c485ae2cc5d931c0d71ac5b31e9"
#define SHA3_384_48 "e0b5ab9d882525b61a6fffa4b02b17abeac761fb6e39aee9d038c39508bb0967e00e00f8c128cae42a1afa425a86e580"

static void check_response(struct auth_key key, bool modern, const char *prefix, const char *hex)
{
    unsigned char message[48], expected[AUTH_RESPONSE], out[AUTH_RESPONSE];
    size_t size = message_of(modern, message), n = put(expected, prefix), out_size = 0;
    n += from_hex(hex, expected + n);
    CU_ASSERT(!auth_respond(&key, message, size, out, &out_size, &f));
    CU_ASSERT(out_size == n && !memcmp(out, expected, n));
}

static void test_known_responses(void)
{
    struct auth_key old = KEY(311), new = KEY(313), old_empty = EMPTY(311), new_empty = EMPTY(313);
    check_response(old, false, "", MD5_20);
    check_response(new, false, "", MD5_20);
    check_response(old, true, "", MD5_48);
    check_response(new, true, "{sha256}", SHA256_48);
    check_response(old_empty, false, "", "eee7e8c8fa6d98a59d76c44ce7018548");
    check_response(new_empty, true, "{sha256}", "d18b190a737f779d3125c4a2dfddcebf933e2f2713bc92fbe386ca25df9fd7af");
}

static int verify(int compat, const char *prefix, const char *hex)
{
    struct auth_key key = KEY(compat);
    unsigned char message[48], response[300];
    size_t size = message_of(true, message), n = put(response, prefix);
    n += from_hex(hex, response + n);
    return auth_verify(&key, message, size, response, n, &f);
}

static void test_digest_matrix(void)
{
    static const struct {
        const char *prefix, *hex;
        bool modern_accepts, legacy_accepts;
    } rows[] = {
        {"", MD5_48, true, true},
        {"{md5}", MD5_48, true, false},
        {"{sha256}", SHA256_48, true, false},
        {"{sha384}", SHA384_48, true, false},
        {"{sha3_256}", SHA3_256_48, true, false},
        {"{sha3_384}", SHA3_384_48, true, false},
        {"{SHA256}", SHA256_48, false, false},
        {"{sha512}", SHA256_48, false, false},
        {"{sha1}", MD5_48, false, false},
        {"", SHA256_48, false, false},
        {"{sha256}", SHA384_48, false, false},
        {"{sha256}", MD5_48, false, false},
        {"{sha256", SHA256_48, false, false},
        {"{}", MD5_48, false, false},
        {"", "", false, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CU_ASSERT(verify(313, rows[i].prefix, rows[i].hex) == (rows[i].modern_accepts ? 0 : -1));
        CU_ASSERT(verify(311, rows[i].prefix, rows[i].hex) == (rows[i].legacy_accepts ? 0 : -1));
    }
}

static void test_failures_are_worded_as_cpython_does(void)
{
    CU_ASSERT(verify(313, "", "00000000000000000000000000000000") && !strcmp(f.text, "digest received was wrong"));
    CU_ASSERT(verify(313, "{sha256}", "00") && !strcmp(f.text, "expected 'sha256' of length 32 got 1"));
    /* 20 bytes count as a raw MD5, whatever they begin with */
    CU_ASSERT(verify(313, "{md5}", "000000000000000000000000000000") &&
              !strcmp(f.text, "expected 'md5' of length 16 got 20"));
    CU_ASSERT(
        verify(313, "it's", "0a5c") &&
        !strcmp(f.text,
                "unsupported message length, missing digest prefix, or unsupported digest: message=b\"it's\\n\\\\\""));
    CU_ASSERT(verify(313, "", "") &&
              !strcmp(f.text, "unsupported message length, missing digest prefix, or unsupported digest: message=b''"));
    CU_ASSERT(verify(311, "{sha256}", SHA256_48) && !strcmp(f.text, "digest received was wrong"));
}

/* A raw MD5 that begins with '{' is told from a prefix by its length. */
static void test_length_comes_before_prefix(void)
{
    struct auth_key key = KEY(313);
    unsigned char message[20] = {0}, out[AUTH_RESPONSE];
    size_t size;
    for (unsigned n = 0; n < 100000; n++) {
        memcpy(message, &n, sizeof n);
        CU_ASSERT_FATAL(!auth_respond(&key, message, 20, out, &size, &f) && size == 16);
        if (out[0] == '{')
            break;
    }
    CU_ASSERT_FATAL(out[0] == '{');
    CU_ASSERT(!auth_verify(&key, message, 20, out, 16, &f));
    put(message, "{sha256}"); /* and so is a challenge of 20 bytes */
    CU_ASSERT(!auth_respond(&key, message, 20, out, &size, &f) && size == 16);
}

/* ---- both roles over a socket */

struct role {
    int fd;
    struct auth_key key;
    int result;
    struct failure failure;
};

static void *serve(void *arg)
{
    struct role *r = arg;
    r->result = auth_serve(r->fd, &r->key, &r->failure);
    shutdown(r->fd, SHUT_RDWR);
    return NULL;
}

/* Copies one byte at a time between two sockets, until both sides have ended. */
struct relay {
    int from, to;
};

static void *relay_bytes(void *arg)
{
    struct relay *r = arg;
    struct failure ignored;
    char byte;
    while (!sock_read(r->from, &byte, 1, &ignored) && !sock_write(r->to, &byte, 1, &ignored))
        ;
    shutdown(r->to, SHUT_WR);
    return NULL;
}

static void handshake(struct auth_key server_key, struct auth_key client_key, struct role *server, struct role *client,
                      bool slowly)
{
    int a[2], b[2];
    pthread_t thread, forth = pthread_self(), back = forth;
    CU_ASSERT_FATAL(!socketpair(AF_UNIX, SOCK_STREAM, 0, a) && !socketpair(AF_UNIX, SOCK_STREAM, 0, b));
    struct relay there = {a[1], b[0]}, here = {b[0], a[1]};
    *server = (struct role){.fd = slowly ? b[1] : a[1], .key = server_key};
    *client = (struct role){.fd = a[0], .key = client_key};
    if (slowly) {
        CU_ASSERT_FATAL(!pthread_create(&forth, NULL, relay_bytes, &there) &&
                        !pthread_create(&back, NULL, relay_bytes, &here));
    }
    CU_ASSERT_FATAL(!pthread_create(&thread, NULL, serve, server));
    client->result = auth_connect(client->fd, &client->key, &client->failure);
    shutdown(client->fd, SHUT_RDWR);
    pthread_join(thread, NULL);
    if (slowly) {
        pthread_join(forth, NULL);
        pthread_join(back, NULL);
    }
    for (int i = 0; i < 2; i++) {
        close(a[i]);
        close(b[i]);
    }
}

static void test_every_pair_of_generations(void)
{
    static const int versions[] = {308, 311, 312, 313, 314, 315};
    struct role server, client;
    for (size_t i = 0; i < 6; i++)
        for (size_t k = 0; k < 6; k++)
            for (int slowly = 0; slowly < 2; slowly++) {
                handshake((struct auth_key)KEY(versions[i]), (struct auth_key)KEY(versions[k]), &server, &client,
                          slowly);
                CU_ASSERT(!server.result && !client.result);
            }
    handshake((struct auth_key)EMPTY(313), (struct auth_key)EMPTY(313), &server, &client, false);
    CU_ASSERT(!server.result && !client.result);
}

static void test_wrong_key(void)
{
    struct role server, client;
    struct auth_key other = {(const unsigned char *)"other", 5, 313};
    handshake((struct auth_key)KEY(313), other, &server, &client, false);
    CU_ASSERT(server.result == -1 && server.failure.code == FAILURE_DIGEST_WRONG);
    CU_ASSERT(client.result == -1 && client.failure.code == FAILURE_DIGEST_REJECTED);
    CU_ASSERT_STRING_EQUAL(client.failure.text, "digest sent was rejected");
}

/* ---- hostile peers: what they send is prepared, what is answered is looked at */

/* Runs a half against prepared bytes; what it sent is left in sent. */
static int against(int (*half)(int, const struct auth_key *, struct failure *), int compat, const void *bytes,
                   size_t size, unsigned char *sent, size_t *sent_size)
{
    int fds[2];
    struct auth_key key = KEY(compat);
    CU_ASSERT_FATAL(!socketpair(AF_UNIX, SOCK_STREAM, 0, fds));
    CU_ASSERT_FATAL(!size || !sock_write(fds[0], bytes, size, &f));
    shutdown(fds[0], SHUT_WR);
    int result = half(fds[1], &key, &f);
    close(fds[1]);
    ssize_t n = 0;
    *sent_size = 0;
    while ((n = read(fds[0], sent + *sent_size, 1000 - *sent_size)) > 0)
        *sent_size += (size_t)n;
    close(fds[0]);
    return result;
}

static void test_hostile_challenges(void)
{
    static const struct {
        int compat;
        const char *bytes;
        size_t size;
        const char *text;
        enum failure_code code;
    } rows[] = {
        {313, "\0\0\0\5hello", 9, "Protocol error, expected challenge: message=b'hello'", FAILURE_NO_CHALLENGE},
        {311, "\0\0\0\5hello", 9, "message = b'hello'", FAILURE_NO_CHALLENGE_LEGACY},
        {313, "\0\0\0\0", 4, "Protocol error, expected challenge: message=b''", FAILURE_NO_CHALLENGE},
        {313, "\0\0\0\14#CHALLENGE#x", 16, "challenge too short: {len(message)} bytes", FAILURE_SHORT_CHALLENGE},
        {314, "\0\0\0\14#CHALLENGE#x", 16, "challenge too short: 1 bytes", FAILURE_SHORT_CHALLENGE},
        {313, "\0\0\1\1", 4, "bad message length", FAILURE_MESSAGE_LENGTH},
        {313, "", 0, "", FAILURE_CLOSED},
        {313, "\0\0\0\5hel", 7, "got end of file during message", FAILURE_TRUNCATED},
        {313, "\0\0\0\40#CHALLENGE#123456789012345678901", 36,
         "unsupported message length, missing digest prefix, or unsupported digest: message=b'123456789012345678901'",
         FAILURE_DIGEST_FORM},
        {313, "\0\0\0\44#CHALLENGE#{sha512}12345678901234567", 40,
         "unsupported message length, missing digest prefix, or unsupported digest: "
         "message=b'{sha512}12345678901234567'",
         FAILURE_DIGEST_FORM},
    };
    unsigned char sent[1000];
    size_t size;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CU_ASSERT(against(auth_answer, rows[i].compat, rows[i].bytes, rows[i].size, sent, &size) == -1);
        CU_ASSERT(f.code == rows[i].code);
        CU_ASSERT_STRING_EQUAL(f.text, rows[i].text);
        CU_ASSERT(size == 0); /* nothing is sent to one who is no manager */
    }
}

static void test_any_verdict_but_welcome_is_a_rejection(void)
{
    static const char *const verdicts[] = {"\0\0\0\11#FAILURE#", "\0\0\0\12#WELCOME# ", "\0\0\0\11#welcome#",
                                           "\0\0\0\11#WELCOME#"};
    static const size_t sizes[] = {13, 14, 13, 13};
    unsigned char bytes[100] = "\0\0\0\37#CHALLENGE#", sent[1000];
    size_t size;
    for (size_t i = 0; i < 4; i++) {
        memcpy(bytes + 35, verdicts[i], sizes[i]);
        int result = against(auth_answer, 313, bytes, 35 + sizes[i], sent, &size);
        CU_ASSERT(result == (i == 3 ? 0 : -1));
        CU_ASSERT(!result || f.code == FAILURE_DIGEST_REJECTED);
        CU_ASSERT(size == 20 && !memcmp(sent, "\0\0\0\20", 4));
    }
}

/* The peer's part of a handshake, cut after every byte: only the whole one succeeds, and each cut is told from a
 * refusal. */
static void test_every_cut(void)
{
    static const char bytes[] = "\0\0\0\37#CHALLENGE#00000000000000000000\0\0\0\11#WELCOME#";
    unsigned char sent[1000];
    size_t size;
    for (size_t n = 0; n < sizeof bytes - 1; n++) {
        bool between =
            n == 0 || n == 4 || n == 35 || n == 39; /* where nothing of a frame, or nothing of its body, has come */
        CU_ASSERT(against(auth_answer, 313, bytes, n, sent, &size) == -1);
        CU_ASSERT(f.code == (between ? FAILURE_CLOSED : FAILURE_TRUNCATED));
        CU_ASSERT(size == (n < 35 ? 0 : 20U));
    }
    CU_ASSERT(!against(auth_answer, 313, bytes, sizeof bytes - 1, sent, &size));
}

static void test_legacy_answers_a_challenge_of_any_length(void)
{
    unsigned char bytes[] = "\0\0\0\13#CHALLENGE#\0\0\0\11#WELCOME#", sent[1000];
    size_t size;
    CU_ASSERT(!against(auth_answer, 311, bytes, sizeof bytes - 1, sent, &size) && size == 20);
}

static void test_hostile_responses(void)
{
    static const struct {
        const char *bytes;
        size_t size;
        enum failure_code code;
        bool told;
    } rows[] = {
        {"\0\0\0\20................", 20, FAILURE_DIGEST_WRONG, true},
        {"\0\0\0\0", 4, FAILURE_DIGEST_FORM, true},
        {"\0\0\0\3abc", 7, FAILURE_DIGEST_FORM, true},
        {"\0\0\1\1", 4, FAILURE_MESSAGE_LENGTH, false},
        {"", 0, FAILURE_CLOSED, false},
        {"\0\0\0\20...", 7, FAILURE_TRUNCATED, false},
        {"\x7f\xff\xff\xff", 4, FAILURE_MESSAGE_LENGTH, false},
        {"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 12, FAILURE_MESSAGE_LENGTH, false},
    };
    unsigned char sent[1000];
    size_t size;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CU_ASSERT(against(auth_deliver, 313, rows[i].bytes, rows[i].size, sent, &size) == -1);
        CU_ASSERT(f.code == rows[i].code);
        CU_ASSERT(size == 63 + (rows[i].told ? 13U : 0) && !memcmp(sent, "\0\0\0\73#CHALLENGE#{sha256}", 23));
        CU_ASSERT(!rows[i].told || !memcmp(sent + 63, "\0\0\0\11#FAILURE#", 13));
    }
    CU_ASSERT(against(auth_deliver, 311, "", 0, sent, &size) == -1 && size == 35 &&
              !memcmp(sent, "\0\0\0\37#CHALLENGE#", 15));
}

static void test_challenges_differ(void)
{
    unsigned char a[1000], b[1000];
    size_t size;
    against(auth_deliver, 313, "", 0, a, &size);
    against(auth_deliver, 313, "", 0, b, &size);
    CU_ASSERT(size == 63 && memcmp(a + 23, b + 23, 40) != 0);
}

/* Every allocation of a client's handshake fails once. */
static void test_failed_allocations(void)
{
    static const char bytes[] = "\0\0\0\37#CHALLENGE#00000000000000000000\0\0\0\11#WELCOME#";
    long before = mem_alive();
    unsigned char sent[1000];
    size_t size;
    for (long n = 1; n < 20; n++) {
        mem_fail_at(n);
        int result = against(auth_answer, 313, bytes, sizeof bytes - 1, sent, &size);
        bool reached = mem_count() >= n;
        mem_fail_at(0);
        CU_ASSERT(result == (reached ? -1 : 0) && (!reached || f.code == FAILURE_MEMORY));
        CU_ASSERT(mem_alive() == before);
        if (!reached)
            return;
    }
    CU_FAIL("it never ran without a failure");
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"known responses", test_known_responses},
        {"the matrix of digests", test_digest_matrix},
        {"failures are worded as CPython does", test_failures_are_worded_as_cpython_does},
        {"length comes before prefix", test_length_comes_before_prefix},
        {"every pair of generations, whole and byte by byte", test_every_pair_of_generations},
        {"a wrong key", test_wrong_key},
        {"hostile challenges", test_hostile_challenges},
        {"any verdict but welcome is a rejection", test_any_verdict_but_welcome_is_a_rejection},
        {"legacy answers a challenge of any length", test_legacy_answers_a_challenge_of_any_length},
        {"every cut of the peer's part", test_every_cut},
        {"hostile responses", test_hostile_responses},
        {"challenges differ", test_challenges_differ},
        {"failed allocations", test_failed_allocations},
        CU_TEST_INFO_NULL,
    };
    return unit_main("auth", tests);
}
