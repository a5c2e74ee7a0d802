/* SPDX-License-Identifier: MIT */
/* Messages: tokens and requests byte for byte as CPython writes them, and what a client makes of every reply, also of
 * those that no manager sends. The expected exceptions are what CPython's own client raised for the same replies. */
#include <errno.h>
#include <sys/socket.h>

#include "ref/message/message.h"
#include "ref/test/support.h"
#include "ref/wire/frame.h"

static struct world w;
static struct ctx *const ctx = &w.ctx;

/* Two ends of a connection; the second only carries frames. */
static void channel_pair(struct channel *ch, int *peer)
{
    int fds[2];
    CU_ASSERT_FATAL(!socketpair(AF_UNIX, SOCK_STREAM, 0, fds));
    *ch = (struct channel){.fd = fds[0], .serializer = serializer_find("pickle")};
    *peer = fds[1];
}

/* ---- values */

static void test_addresses_as_values(void)
{
    static const struct {
        const char *text, *repr;
    } rows[] = {
        {"unix:/tmp/x", "'/tmp/x'"}, {"abstract:name", "b'\\x00name'"}, {"tcp:127.0.0.1:5000", "('127.0.0.1', 5000)"}};
    world_begin(&w, 313);
    for (size_t i = 0; i < 3; i++) {
        struct address a, back;
        struct failure f;
        CU_ASSERT_FATAL(!address_parse(&a, rows[i].text, &f));
        struct value *v = address_to_value(ctx, &a);
        CU_ASSERT_FATAL(v != NULL);
        CU_ASSERT(!address_from_value(ctx, v, &back) && address_equal(&a, &back));
        CU_ASSERT(shows(ctx, v, rows[i].repr));
    }
    world_end(&w);
}

static void refused(struct value *v, const char *line)
{
    struct address a;
    CU_ASSERT(address_from_value(ctx, v, &a) == -1);
    CU_ASSERT(raised(ctx, line));
    value_release(v);
}

static void test_values_that_are_no_address(void)
{
    world_begin(&w, 313);
    refused(&value_none, "ValueError: address type of None unrecognized");
    refused(make(ctx, "i", 5), "TypeError: address type of 5 unrecognized");
    refused(make(ctx, "i", 0), "ValueError: address type of 0 unrecognized");
    refused(make(ctx, "y", "/path", (size_t)5), "ValueError: address type of b'/path' unrecognized");
    refused(make(ctx, "[si]", "host", 1), "TypeError: address type of ['host', 1] unrecognized");
    refused(make(ctx, "s", "\\\\pipe"), "ValueError: Family AF_PIPE is not recognized.");
    refused(make(ctx, "(s)", "host"), "TypeError: AF_INET address must be a pair (host, port)");
    refused(make(ctx, "(si)", "host", 65536), "OverflowError: connect(): port must be 0-65535.");
    world_end(&w);
}

static size_t from_hex(const char *hex, unsigned char *out)
{
    size_t n = 0;
    for (; hex[0]; hex += 2)
        out[n++] = (unsigned char)strtoul((char[]){hex[0], hex[1], 0}, NULL, 16);
    return n;
}

/* (None, 'get_methods', (Token,), {}) as CPython 3.13 sends it. */
static const char get_methods[] =
    "8004956a00000000000000284e8c0b6765745f6d6574686f6473948c186d756c746970726f63657373696e672e6d616e6167657273948c0554"
    "6f6b65"
    "6e9493942981948c055175657565948c093132372e302e302e31944d63af86948c0c37663235613133346561353094879462"
    "85947d9474942e";

static void test_a_request_with_a_token(void)
{
    unsigned char expected[200];
    size_t size = from_hex(get_methods, expected);
    struct token t;
    struct buf b;
    world_begin(&w, 313);
    struct value *typeid = make(ctx, "s", "Queue"), *address = make(ctx, "(si)", "127.0.0.1", 44899),
                 *id = make(ctx, "s", "7f25a134ea50");
    struct value *token = token_new(ctx, typeid, address, id);
    CU_ASSERT_FATAL(token && token_peek(token, &t));
    CU_ASSERT(t.typeid == typeid && t.address == address && t.id == id);
    CU_ASSERT(!token_peek(typeid, &t) && !token_peek(&value_none, &t));
    struct value *request = make(ctx, "(n s (O) {})", "get_methods", token);
    buf_init(&b, LIMIT_FRAME);
    CU_ASSERT(!serializer_find("pickle")->dump(ctx, request, &b));
    CU_ASSERT(b.used == size && !memcmp(b.data, expected, size));
    struct value *back = serializer_find("pickle")->load(ctx, b.data, b.used, NULL);
    struct request r;
    CU_ASSERT_FATAL(back && !request_parse(ctx, back, &r));
    CU_ASSERT(str_equals(r.method, "get_methods") && token_peek(tuple_peek(r.args, 0), &t) &&
              str_equals(t.id, "7f25a134ea50"));
    request_free(&r);
    buf_free(&b);
    value_release(typeid);
    value_release(address);
    value_release(id);
    value_release(token);
    value_release(request);
    value_release(back);
    world_end(&w);
}

static void test_unpacking_is_worded_by_version(void)
{
    static const struct {
        int compat;
        const char *format, *line;
    } rows[] = {
        {313, "(iii)", "ValueError: not enough values to unpack (expected 4, got 3)"},
        {313, "(iiiii)", "ValueError: too many values to unpack (expected 4)"},
        {314, "(iiiii)", "ValueError: too many values to unpack (expected 4, got 5)"},
        {314, "[iiiii]", "ValueError: too many values to unpack (expected 4, got 5)"},
        {313, "i", "TypeError: cannot unpack non-iterable int object"},
        {308, "n", "TypeError: cannot unpack non-iterable NoneType object"},
        {308, "()", "ValueError: not enough values to unpack (expected 4, got 0)"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct request r;
        world_begin(&w, rows[i].compat);
        struct value *v = make(ctx, rows[i].format, 1, 2, 3, 4, 5);
        CU_ASSERT(request_parse(ctx, v, &r) == -1);
        CU_ASSERT(raised(ctx, rows[i].line));
        value_release(v);
        world_end(&w);
    }
}

static void test_any_iterable_of_four_is_a_request(void)
{
    struct request r;
    world_begin(&w, 313);
    struct value *list = make(ctx, "[s s () {}]", "id", "m"), *text = make(ctx, "s", "abcd");
    CU_ASSERT_FATAL(!request_parse(ctx, list, &r));
    CU_ASSERT(str_equals(r.id, "id") && r.args == tuple_empty);
    request_free(&r);
    CU_ASSERT_FATAL(!request_parse(ctx, text, &r));
    CU_ASSERT(str_equals(r.kwds, "d"));
    request_free(&r);
    value_release(list);
    value_release(text);
    world_end(&w);
}

/* ---- replies */

static void check_reply(int compat, struct value *(*reply)(void), bool proxies, enum reply_kind kind, const char *shown)
{
    struct value *result;
    world_begin(&w, compat);
    struct value *v = reply();
    CU_ASSERT(reply_open(ctx, v, proxies, &result) == kind);
    bool right = kind == REPLY_KINDS ? !result && raised(ctx, shown) : shows(ctx, result, shown);
    CU_ASSERT(right);
    value_release(v);
    world_end(&w);
}

#define REPLY(name, ...)                                                                                               \
    static struct value *name(void)                                                                                    \
    {                                                                                                                  \
        return make(ctx, __VA_ARGS__);                                                                                 \
    }

REPLY(returns, "(s [i])", "#RETURN", 1)
REPLY(returns_list, "[s n]", "#RETURN")
REPLY(one, "(s)", "#RETURN")
REPLY(three, "(s i i)", "#RETURN", 1, 2)
REPLY(number, "i", 7)
REPLY(text, "s", "ab")
REPLY(bytes_kind, "(y n)", "#RETURN", (size_t)7)
REPLY(unknown, "(s i)", "#FOO", 1)
REPLY(proxy, "(s n)", "#PROXY")
REPLY(traceback, "(s s)", "#TRACEBACK", "Traceback …\nKeyError: 'x'\n")
REPLY(traceback_bytes, "(s y)", "#TRACEBACK", "tb", (size_t)2)
REPLY(traceback_none, "(s n)", "#UNSERIALIZABLE")
REPLY(unserializable, "(s s)", "#UNSERIALIZABLE", "TypeError: no")
REPLY(error_number, "(s i)", "#ERROR", 3)
REPLY(error_none, "(s n)", "#ERROR")

static void test_replies_of_values(void)
{
    static const char dashes[] = "---------------------------------------------------------------------------";
    char line[400];
    check_reply(313, returns, true, REPLY_RETURN, "[1]");
    check_reply(313, returns_list, false, REPLY_RETURN, "None");
    check_reply(313, proxy, true, REPLY_PROXY, "None");
    check_reply(313, proxy, false, REPLY_KINDS, "ValueError: Unrecognized message type '#PROXY'");
    check_reply(313, one, true, REPLY_KINDS, "ValueError: not enough values to unpack (expected 2, got 1)");
    check_reply(313, three, true, REPLY_KINDS, "ValueError: too many values to unpack (expected 2)");
    check_reply(314, three, true, REPLY_KINDS, "ValueError: too many values to unpack (expected 2, got 3)");
    check_reply(313, number, true, REPLY_KINDS, "TypeError: cannot unpack non-iterable int object");
    check_reply(313, text, true, REPLY_KINDS, "ValueError: Unrecognized message type 'a'");
    check_reply(313, bytes_kind, true, REPLY_KINDS, "ValueError: Unrecognized message type b'#RETURN'");
    check_reply(313, unknown, true, REPLY_KINDS, "ValueError: Unrecognized message type '#FOO'");
    check_reply(313, error_number, true, REPLY_KINDS, "TypeError: exceptions must derive from BaseException");
    check_reply(313, error_none, true, REPLY_KINDS, "TypeError: exceptions must derive from BaseException");
    check_reply(313, traceback_bytes, true, REPLY_KINDS,
                "TypeError: Result b'tb' (kind '#TRACEBACK') type is <class 'bytes'>, not str");
    check_reply(313, traceback_none, true, REPLY_KINDS,
                "TypeError: Result None (kind '#UNSERIALIZABLE') type is <class 'NoneType'>, not str");
    snprintf(line, sizeof line, "multiprocessing.managers.RemoteError: \n%s\nTraceback …\nKeyError: 'x'\n%s", dashes,
             dashes);
    check_reply(313, traceback, true, REPLY_KINDS, line);
    snprintf(line, sizeof line, "multiprocessing.managers.RemoteError: \n%s\nUnserializable message: TypeError: no\n%s",
             dashes, dashes);
    check_reply(313, unserializable, true, REPLY_KINDS, line);
}

static struct value *error_of(struct value *what)
{
    struct value *reply = make(ctx, "(s O)", "#ERROR", what);
    value_release(what);
    return reply;
}

static struct value *error_key(void)
{
    struct value *args = make(ctx, "(s)", "k");
    struct value *e = exception_new(ctx, exception_class_find("builtins", "KeyError", 313), args);
    value_release(args);
    return error_of(e);
}

static struct value *error_class(void)
{
    return error_of(global_new(ctx, "builtins", "LookupError"));
}

static struct value *error_wrong_class(void)
{
    return error_of(global_new(ctx, "builtins", "int"));
}

static struct value *error_unknown(void)
{
    struct value *class = global_new(ctx, "mine", "Trouble"), *args = make(ctx, "(si)", "deep", 3);
    struct value *e = opaque_new(ctx, OPAQUE_REDUCE, class, args, NULL);
    value_release(class);
    value_release(args);
    return error_of(e);
}

static struct value *error_exit(void)
{
    return error_of(exception_new(ctx, exception_class_find("builtins", "SystemExit", 313), tuple_empty));
}

static void test_replies_that_raise(void)
{
    check_reply(313, error_key, true, REPLY_KINDS, "KeyError: 'k'");
    check_reply(313, error_class, true, REPLY_KINDS, "LookupError");
    check_reply(313, error_wrong_class, true, REPLY_KINDS, "TypeError: exceptions must derive from BaseException");
    check_reply(313, error_unknown, true, REPLY_KINDS, "mine.Trouble: ('deep', 3)");
    check_reply(313, error_exit, true, REPLY_KINDS, "SystemExit");
}

/* ---- channels */

static void test_a_value_crosses(void)
{
    struct channel a, b = {.serializer = serializer_find("pickle")};
    world_begin(&w, 313);
    channel_pair(&a, &b.fd);
    struct value *v = make(ctx, "{s: [i d n]}", "k", 1, 0.5);
    CU_ASSERT(!channel_send(ctx, &a, v));
    CU_ASSERT(shows(ctx, channel_receive(ctx, &b), "{'k': [1, 0.5, None]}"));
    value_release(v);
    channel_close(&a);
    channel_close(&b);
    world_end(&w);
}

/* The client's view of an exchange whose answer is prepared. */
static struct value *exchange(struct channel *ch)
{
    return message_dispatch(ctx, ch, NULL, "dummy", tuple_empty, NULL);
}

static void test_garbage_leaves_the_stream_in_step(void)
{
    static const char good[] = "\x80\x04\x8c\x07#RETURN\x94K\x07\x86.";
    struct channel ch;
    struct failure f;
    int peer;
    world_begin(&w, 313);
    channel_pair(&ch, &peer);
    CU_ASSERT(!frame_send(peer, "garbage", 7, &f) && !frame_send(peer, "", 0, &f) &&
              !frame_send(peer, good, sizeof good - 1, &f));
    CU_ASSERT(exchange(&ch) == NULL && !ctx->lost && raised(ctx, "_pickle.UnpicklingError: pickle data was truncated"));
    CU_ASSERT(exchange(&ch) == NULL && !ctx->lost && raised(ctx, "EOFError: Ran out of input"));
    CU_ASSERT(shows(ctx, exchange(&ch), "7"));
    close(peer);
    channel_close(&ch);
    world_end(&w);
}

static void test_a_lost_connection_is_told(void)
{
    struct channel ch;
    struct failure f;
    int peer;
    world_begin(&w, 313);
    channel_pair(&ch, &peer);
    CU_ASSERT(!frame_send(peer, "\x80\x04N.", 4, &f)); /* no reply, but a whole message */
    CU_ASSERT(exchange(&ch) == NULL && !ctx->lost &&
              raised(ctx, "TypeError: cannot unpack non-iterable NoneType object"));
    shutdown(peer, SHUT_WR);
    CU_ASSERT(exchange(&ch) == NULL && ctx->lost && raised(ctx, "EOFError"));
    close(peer);
    CU_ASSERT(exchange(&ch) == NULL && ctx->lost && raised(ctx, "BrokenPipeError: [Errno 32] Broken pipe"));
    channel_close(&ch);
    channel_pair(&ch, &peer);
    CU_ASSERT(write(peer, "\0\0\0\5ab", 6) == 6);
    shutdown(peer, SHUT_WR);
    CU_ASSERT(exchange(&ch) == NULL && ctx->lost && raised(ctx, "OSError: got end of file during message"));
    close(peer);
    channel_close(&ch);
    world_end(&w);
}

static void test_what_cannot_be_pickled_is_not_sent(void)
{
    struct channel ch;
    char byte;
    int peer;
    world_begin(&w, 313);
    channel_pair(&ch, &peer);
    struct value *v = make(ctx, "[]"), *inner = v;
    for (int i = 0; i < 3000; i++) {
        struct value *outer = make(ctx, "[O]", inner);
        value_release(inner);
        inner = outer;
    }
    CU_ASSERT(channel_send(ctx, &ch, inner) == -1 && raised_is(ctx, "RecursionError"));
    value_release(raised_fetch(ctx));
    CU_ASSERT(recv(peer, &byte, 1, MSG_DONTWAIT) == -1 && errno == EAGAIN);
    value_release(inner);
    close(peer);
    channel_close(&ch);
    world_end(&w);
}

static void test_failures_become_exceptions(void)
{
    static const struct {
        enum failure_code code;
        const char *line;
        bool lost;
    } rows[] = {
        {FAILURE_CLOSED, "EOFError", true},
        {FAILURE_TRUNCATED, "OSError: got end of file during message", true},
        {FAILURE_MESSAGE_LENGTH, "OSError: bad message length", false},
        {FAILURE_PATH_LENGTH, "OSError: AF_UNIX path too long", false},
        {FAILURE_DIGEST_REJECTED, "multiprocessing.context.AuthenticationError: digest sent was rejected", false},
        {FAILURE_MEMORY, "MemoryError", false},
    };
    struct failure f;
    world_begin(&w, 313);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        failure_set(&f, rows[i].code);
        CU_ASSERT(message_raise(ctx, &f) == NULL && ctx->lost == rows[i].lost && raised(ctx, rows[i].line));
    }
    errno = ENOENT;
    failure_system(&f);
    message_raise(ctx, &f);
    CU_ASSERT(!ctx->lost && raised(ctx, "FileNotFoundError: [Errno 2] No such file or directory"));
    errno = ECONNRESET;
    failure_system(&f);
    message_raise(ctx, &f);
    CU_ASSERT(ctx->lost && raised(ctx, "ConnectionResetError: [Errno 104] Connection reset by peer"));
    world_end(&w);
}

/* Every allocation of an exchange fails once: MemoryError, nothing leaks, and the next exchange works. */
static void test_failed_allocations(void)
{
    static const char reply[] = "\x80\x04\x8c\x07#RETURN\x94]\x94(K\x07\x8c\x04text\x94"
                                "e\x86.";
    struct channel ch;
    struct failure f;
    int peer;
    long n = 1;
    bool reached = true;
    world_begin(&w, 313);
    value_release(make(ctx, "s", "warm")); /* what a runtime makes once is made */
    for (; reached && n < 500; n++) {
        channel_pair(&ch, &peer);
        CU_ASSERT(!frame_send(peer, reply, sizeof reply - 1, &f));
        long blocks = mem_alive();
        mem_fail_at(n);
        struct value *v = exchange(&ch);
        reached = mem_count() >= n;
        mem_fail_at(0);
        CU_ASSERT(reached ? v == NULL && raised(ctx, "MemoryError") : v && !ctx->raised);
        value_release(v);
        CU_ASSERT(n < 30 || mem_alive() == blocks); /* early on, interned names may stay */
        close(peer);
        channel_close(&ch);
    }
    CU_ASSERT(!reached && n > 10);
    world_end(&w);
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"addresses as values", test_addresses_as_values},
        {"values that are no address", test_values_that_are_no_address},
        {"a request with a token, byte for byte", test_a_request_with_a_token},
        {"unpacking is worded by version", test_unpacking_is_worded_by_version},
        {"any iterable of four is a request", test_any_iterable_of_four_is_a_request},
        {"replies of values", test_replies_of_values},
        {"replies that raise", test_replies_that_raise},
        {"a value crosses", test_a_value_crosses},
        {"garbage leaves the stream in step", test_garbage_leaves_the_stream_in_step},
        {"a lost connection is told", test_a_lost_connection_is_told},
        {"what cannot be pickled is not sent", test_what_cannot_be_pickled_is_not_sent},
        {"failures become exceptions", test_failures_become_exceptions},
        {"failed allocations", test_failed_allocations},
        CU_TEST_INFO_NULL,
    };
    return unit_main("message", tests);
}
