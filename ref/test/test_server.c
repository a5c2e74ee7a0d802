/* SPDX-License-Identifier: MIT */
/* The server's life: how it ends with clients in every state, what it does with peers that lie, stall or come too many,
 * and that it serves on when memory runs out. What it answers is compared with CPython by requests.sh. Server and
 * clients share one process and one runtime here. */
#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>

#include "ref/test/service.h"

/* ---- clients */

static struct channel join(struct service *s)
{
    struct auth_key k = key(s->w.rt.compat);
    struct channel ch;

    CU_ASSERT_FATAL(!channel_connect(&s->w.ctx, &ch, &s->address, &k, serializer_find("pickle")));
    return ch;
}

/* Sends a request; the reply, or NULL after raising. */
static struct value *ask_take(struct service *s, struct channel *ch, struct value *request)
{
    struct value *reply = request && !channel_send(&s->w.ctx, ch, request) ? channel_receive(&s->w.ctx, ch) : NULL;

    value_release(request);
    return reply;
}

/* The reply to a server function on a connection of its own. */
static struct value *one_shot_take(struct service *s, struct value *request)
{
    struct channel ch = join(s);
    struct value *reply = ask_take(s, &ch, request);

    channel_close(&ch);
    return reply;
}

static struct channel stream(struct service *s)
{
    struct channel ch = join(s);

    CU_ASSERT(shows(&s->w.ctx, ask_take(s, &ch, make(&s->w.ctx, "(n s (s) {})", "accept_connection", "me")),
                    "('#RETURN', None)"));
    return ch;
}

/* A new shared object's identifier. */
static struct value *create(struct service *s, const char *typeid)
{
    struct value *reply = one_shot_take(s, make(&s->w.ctx, "(n s (s) {})", "create", typeid));
    struct value *ident;

    CU_ASSERT_FATAL(reply != NULL && str_equals(tuple_peek(reply, 0), "#RETURN"));
    ident = value_ref(tuple_peek(tuple_peek(reply, 1), 0));
    value_release(reply);
    return ident;
}

static bool counts(struct service *s, const char *expected)
{
    return shows(&s->w.ctx, one_shot_take(s, make(&s->w.ctx, "(n s () {})", "number_of_objects")), expected);
}

/* Is the reply a traceback whose last line this is? Releases it. */
static bool fails(struct value *reply, const char *kind, const char *last)
{
    size_t size, length = strlen(last);
    const char *text = reply ? str_peek(tuple_peek(reply, 1), &size) : "";
    bool same = reply && str_equals(tuple_peek(reply, 0), kind) && size > length + 1 && text[size - 1] == '\n' &&
                text[size - length - 2] == '\n' && !strncmp(text + size - length - 1, last, length);

    if (!same)
        printf("# %s instead of %s\n", reply ? text : "nothing", last);
    value_release(reply);
    return same;
}

/* A connection without handshake. */
static int raw(struct service *s)
{
    struct failure f;
    int fd = sock_connect(&s->address, &f);

    CU_ASSERT_FATAL(fd >= 0);
    return fd;
}

/* The next frame; the lock is given up meanwhile. False at the end of the connection. */
static bool raw_frame(struct service *s, int fd, struct buf *b)
{
    struct failure f;

    runtime_unlock(&s->w.rt);
    int failed = frame_receive(fd, b, LIMIT_FRAME, &f);
    runtime_lock(&s->w.rt);
    return !failed;
}

/* Waits until a descriptor has something to read, or its end. */
static bool readable(struct service *s, int fd, int milliseconds)
{
    struct pollfd p = {fd, POLLIN, 0};

    runtime_unlock(&s->w.rt);
    int n = poll(&p, 1, milliseconds);
    runtime_lock(&s->w.rt);
    return n == 1;
}

static double cpu_seconds(void)
{
    struct rusage r;

    getrusage(RUSAGE_SELF, &r);
    return (double)(r.ru_utime.tv_sec + r.ru_stime.tv_sec) + 1e-6 * (double)(r.ru_utime.tv_usec + r.ru_stime.tv_usec);
}

/* ---- tests */

static void test_a_session(void)
{
    for (int compat = COMPAT_OLDEST; compat <= COMPAT_NEWEST; compat++) {
        struct service s;
        service_begin(&s, compat);
        struct value *list = create(&s, "list");
        struct channel ch = stream(&s);
        CU_ASSERT(
            shows(&s.w.ctx, ask_take(&s, &ch, make(&s.w.ctx, "(O s (i) {})", list, "append", 5)), "('#RETURN', None)"));
        CU_ASSERT(shows(&s.w.ctx, ask_take(&s, &ch, make(&s.w.ctx, "(O s (i) {})", list, "__getitem__", 0)),
                        "('#RETURN', 5)"));
        CU_ASSERT(shows(&s.w.ctx, ask_take(&s, &ch, make(&s.w.ctx, "(O s (i) {})", list, "__getitem__", 1)),
                        "('#ERROR', IndexError('list index out of range'))"));
        CU_ASSERT(fails(ask_take(&s, &ch, make(&s.w.ctx, "(O s () {})", list, "nosuch")), "#TRACEBACK",
                        "KeyError: 'nosuch'"));
        CU_ASSERT(counts(&s, "('#RETURN', 1)"));
        channel_close(&ch);
        value_release(list);
        service_end(&s);
    }
}

/* Clients in every state: connected only, in the handshake, between requests, in a call. */
static void test_stopping_ends_everybody(void)
{
    static const char *const waiting[][2] = {
        {"Event", "wait"}, {"Queue", "get"}, {"Semaphore", "acquire"}, {"Lock", "acquire"}, {"RLock", "acquire"}};
    enum { WAITING = sizeof waiting / sizeof *waiting };
    struct channel holder, blocked[WAITING], idle;
    struct service s;
    struct buf b;

    service_begin(&s, 313);
    int silent = raw(&s), half = raw(&s);
    buf_init(&b, LIMIT_FRAME);
    CU_ASSERT(raw_frame(&s, half, &b) && b.used == 59);
    idle = stream(&s);
    holder = stream(&s);
    for (size_t i = 0; i < WAITING; i++) {
        struct value *ident = create(&s, waiting[i][0]);
        blocked[i] = stream(&s);
        if (i > 1)
            value_release(ask_take(&s, &holder, make(&s.w.ctx, "(O s () {})", ident, waiting[i][1])));
        struct value *request = make(&s.w.ctx, "(O s () {})", ident, waiting[i][1]);
        CU_ASSERT(!channel_send(&s.w.ctx, &blocked[i], request));
        value_release(request);
        value_release(ident);
    }
    CU_ASSERT(!readable(&s, blocked[0].fd, 20)); /* a short hold: they wait */
    service_stop(&s);
    for (size_t i = 0; i < WAITING; i++) {
        CU_ASSERT(!raw_frame(&s, blocked[i].fd, &b));
        channel_close(&blocked[i]);
    }
    CU_ASSERT(!raw_frame(&s, idle.fd, &b));
    CU_ASSERT(raw_frame(&s, silent, &b)); /* its challenge was sent already, */
    raw_frame(&s, silent, &b);            /* and perhaps a word on how it failed */
    buf_free(&b);
    channel_close(&holder);
    channel_close(&idle);
    sock_close(silent);
    sock_close(half);
    rmdir(s.folder);
    world_end(&s.w);
}

static void test_shutdown_by_a_client(void)
{
    struct service s;

    service_begin(&s, 315);
    struct channel ch = join(&s), other = stream(&s);
    CU_ASSERT(shows(&s.w.ctx, ask_take(&s, &ch, make(&s.w.ctx, "(n s () {})", "shutdown")), "('#RETURN', None)"));
    CU_ASSERT(shows(&s.w.ctx, channel_receive(&s.w.ctx, &ch), "('#RETURN', None)"));
    CU_ASSERT(!channel_receive(&s.w.ctx, &ch) && s.w.ctx.lost);
    value_release(raised_fetch(&s.w.ctx));
    runtime_unlock(&s.w.rt);
    server_wait(&s.server);
    runtime_lock(&s.w.rt);
    channel_close(&ch);
    channel_close(&other);
    service_end(&s);
}

static void test_a_wrong_key(void)
{
    struct service s;
    struct failure f;
    struct buf b;

    service_begin(&s, 315);
    int fd = raw(&s);
    buf_init(&b, LIMIT_FRAME);
    CU_ASSERT(raw_frame(&s, fd, &b) && !memcmp(b.data, "#CHALLENGE#{sha256}", 19));
    CU_ASSERT(!frame_send(fd, "0123456789abcdef", 16, &f));
    CU_ASSERT(raw_frame(&s, fd, &b) && b.used == 9 && !memcmp(b.data, "#FAILURE#", 9));
    CU_ASSERT(raw_frame(&s, fd, &b));
    CU_ASSERT(fails(pickle_load(&s.w.ctx, b.data, b.used, NULL), "#TRACEBACK",
                    "multiprocessing.context.AuthenticationError: digest received was wrong"));
    CU_ASSERT(!raw_frame(&s, fd, &b));
    buf_free(&b);
    sock_close(fd);
    CU_ASSERT(counts(&s, "('#RETURN', 0)"));
    service_end(&s);
}

/* What no peer should send, each on a stream of its own; the server serves on. */
static void test_noise(void)
{
    static const struct {
        const char *bytes;
        size_t size;
    } noise[] = {{"\0\0\0", 3},
                 {"\0\0\0\0", 4},
                 {"\0\0\0\5abc", 7},
                 {"\377\377\377\377\0\0\0", 7},
                 {"\377\377\377\377\0\0\1\0\0\0\0\0abc", 15},
                 {"\377\377\377\377\377\377\377\377\377\377\377\377", 12},
                 {"\200\0\0\0", 4},
                 {"\177\377\377\377abc", 7},
                 {"\0\0\0\1.", 5},
                 {"\0\0\0\4\200\4\225\0", 8}};
    struct service s;

    service_begin(&s, 315);
    for (size_t i = 0; i < sizeof noise / sizeof *noise; i++) {
        struct channel ch = stream(&s);
        struct failure f;
        struct buf b;
        CU_ASSERT(!sock_write(ch.fd, noise[i].bytes, noise[i].size, &f));
        shutdown(ch.fd, SHUT_WR);
        buf_init(&b, LIMIT_FRAME);
        while (raw_frame(&s, ch.fd, &b)) /* a traceback, or nothing, and then the end */
            ;
        buf_free(&b);
        channel_close(&ch);
        ch = join(&s); /* and the same instead of the first request */
        CU_ASSERT(!sock_write(ch.fd, noise[i].bytes, noise[i].size, &f));
        channel_close(&ch);
    }
    CU_ASSERT(counts(&s, "('#RETURN', 0)"));
    service_end(&s);
}

/* A client's references are its own affair: they stay when its connection goes. */
static void test_a_client_that_dies(void)
{
    struct service s;

    service_begin(&s, 315);
    struct value *lock = create(&s, "Lock");
    struct channel a = stream(&s), b = stream(&s);
    CU_ASSERT(shows(&s.w.ctx, ask_take(&s, &a, make(&s.w.ctx, "(O s () {})", lock, "acquire")), "('#RETURN', True)"));
    struct value *request = make(&s.w.ctx, "(O s () {})", lock, "acquire");
    CU_ASSERT(!channel_send(&s.w.ctx, &b, request));
    CU_ASSERT(!readable(&s, b.fd, 20));
    channel_close(&a); /* held for ever, but anybody may release it */
    CU_ASSERT(!readable(&s, b.fd, 20));
    a = stream(&s);
    CU_ASSERT(shows(&s.w.ctx, ask_take(&s, &a, make(&s.w.ctx, "(O s () {})", lock, "release")), "('#RETURN', None)"));
    CU_ASSERT(shows(&s.w.ctx, channel_receive(&s.w.ctx, &b), "('#RETURN', True)"));
    CU_ASSERT(counts(&s, "('#RETURN', 1)"));
    channel_close(&a);
    channel_close(&b);
    value_release(request);
    value_release(lock);
    service_end(&s);
}

/* The holder of an RLock is a stream, and none that comes later is taken for it, as happens in CPython, which knows
 * threads by numbers that come again. */
static void test_no_later_stream_holds_what_a_dead_one_held(void)
{
    struct service s;

    service_begin(&s, 313);
    struct value *lock = create(&s, "RLock");
    struct channel ch = stream(&s);
    CU_ASSERT(shows(&s.w.ctx, ask_take(&s, &ch, make(&s.w.ctx, "(O s () {})", lock, "acquire")), "('#RETURN', True)"));
    channel_close(&ch);
    for (int i = 0; i < 20; i++) {
        ch = stream(&s);
        CU_ASSERT(shows(&s.w.ctx, ask_take(&s, &ch, make(&s.w.ctx, "(O s (b) {})", lock, "acquire", false)),
                        "('#RETURN', False)"));
        CU_ASSERT(shows(&s.w.ctx, ask_take(&s, &ch, make(&s.w.ctx, "(O s () {})", lock, "release")),
                        "('#ERROR', RuntimeError('cannot release un-acquired lock'))"));
        channel_close(&ch);
    }
    value_release(lock);
    service_end(&s);
}

/* Hundreds of calls that wait: no processor time, every one wakes. */
static void test_many_waiters(void)
{
    enum { MANY = 300 };
    struct rlimit limit;
    static struct channel waiters[MANY];
    struct service s;

    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    service_begin(&s, 315);
    struct value *event = create(&s, "Event"), *request = make(&s.w.ctx, "(O s () {})", event, "wait");
    for (int i = 0; i < MANY; i++) {
        waiters[i] = stream(&s);
        CU_ASSERT(!channel_send(&s.w.ctx, &waiters[i], request));
    }
    CU_ASSERT(!readable(&s, waiters[0].fd, 50));
    double before = cpu_seconds();
    CU_ASSERT(!readable(&s, waiters[MANY - 1].fd, 200));
    CU_ASSERT(cpu_seconds() - before < 0.1);
    struct channel ch = stream(&s);
    CU_ASSERT(shows(&s.w.ctx, ask_take(&s, &ch, make(&s.w.ctx, "(O s () {})", event, "set")), "('#RETURN', None)"));
    for (int i = 0; i < MANY; i++) {
        CU_ASSERT(shows(&s.w.ctx, channel_receive(&s.w.ctx, &waiters[i]), "('#RETURN', True)"));
        channel_close(&waiters[i]);
    }
    channel_close(&ch);
    value_release(request);
    value_release(event);
    service_end(&s);
}

/* Peers beyond the limit wait until there is room, and get it. */
static void test_too_many_connections(void)
{
    struct service s;

    service_prepare(&s, 315);
    s.server.connection_limit = 3;
    service_start(&s);
    struct channel a = stream(&s), b = stream(&s);
    int third = raw(&s), fourth = raw(&s);
    CU_ASSERT(readable(&s, third, -1)); /* its challenge */
    CU_ASSERT(!readable(&s, fourth, 100));
    double before = cpu_seconds();
    CU_ASSERT(!readable(&s, fourth, 200));
    CU_ASSERT(cpu_seconds() - before < 0.1);
    channel_close(&a);
    CU_ASSERT(readable(&s, fourth, 10000));
    channel_close(&b);
    sock_close(third);
    sock_close(fourth);
    service_end(&s);
}

/* Without a free descriptor the server waits, and does not spin. */
static void test_no_descriptor(void)
{
    struct rlimit limit, none;
    struct service s;

    service_begin(&s, 315);
    int fd = raw(&s), late = raw(&s);
    CU_ASSERT(readable(&s, fd, -1) && readable(&s, late, -1));
    int waiting = socket(AF_UNIX, SOCK_STREAM, 0);
    struct sockaddr_storage where;
    socklen_t size;
    struct failure f;
    CU_ASSERT_FATAL(!address_resolve(&s.address, &where, &size, &f));
    getrlimit(RLIMIT_NOFILE, &limit);
    none = limit;
    none.rlim_cur = (rlim_t)waiting; /* whatever comes next would be above it */
    int fill[64], filled = 0;
    while (filled < 64 && (fill[filled] = dup(0)) >= 0 && fill[filled] < waiting)
        filled++;
    if (filled < 64 && fill[filled] >= 0)
        close(fill[filled]);
    CU_ASSERT_FATAL(!setrlimit(RLIMIT_NOFILE, &none));
    CU_ASSERT(!connect(waiting, (struct sockaddr *)&where, size));
    double before = cpu_seconds();
    CU_ASSERT(!readable(&s, waiting, 300));
    CU_ASSERT(cpu_seconds() - before < 0.1);
    setrlimit(RLIMIT_NOFILE, &limit);
    CU_ASSERT(readable(&s, waiting, 10000));
    while (filled--)
        close(fill[filled]);
    sock_close(waiting);
    sock_close(fd);
    sock_close(late);
    service_end(&s);
}

static void test_a_peer_that_says_nothing(void)
{
    struct service s;
    struct buf b;

    service_prepare(&s, 315);
    s.server.handshake_seconds = 1;
    service_start(&s);
    struct channel known = stream(&s);
    int fd = raw(&s);
    buf_init(&b, LIMIT_FRAME);
    CU_ASSERT(raw_frame(&s, fd, &b) && b.used == 59);
    while (raw_frame(&s, fd, &b)) /* it is dropped, perhaps with a word */
        ;
    buf_free(&b);
    sock_close(fd);
    struct value *list = create(&s, "list"); /* who has authenticated may be silent as long as it likes */
    CU_ASSERT(shows(&s.w.ctx, ask_take(&s, &known, make(&s.w.ctx, "(O s () {})", list, "__len__")), "('#RETURN', 0)"));
    value_release(list);
    channel_close(&known);
    service_end(&s);
}

/* A proxy of another manager inside an object here: this server holds a reference there, as long as the object holds
 * the proxy. */
static void test_a_proxy_of_another_manager(void)
{
    struct service home, away;

    service_begin(&home, 315);
    runtime_unlock(&home.w.rt);
    service_begin(&away, 315);
    struct value *inner = create(&away, "list"), *outer, *proxy, *none;
    runtime_unlock(&away.w.rt);
    runtime_lock(&home.w.rt);
    struct ctx *ctx = &home.w.ctx;
    outer = create(&home, "list");
    struct value *class = global_new(ctx, "multiprocessing.managers", "ListProxy"), *typeid = str_new_text(ctx, "list"),
                 *address = address_to_value(ctx, &away.address), *id = str_new_text(ctx, str_peek(inner, NULL)),
                 *serializer = str_new_text(ctx, "pickle"), *kwds = dict_new(ctx);
    proxy = &proxyref_new(ctx, class, typeid, address, id, serializer, kwds)->head;
    struct channel ch = stream(&home);
    CU_ASSERT(shows(ctx, ask_take(&home, &ch, make(ctx, "(O s (O) {})", outer, "append", proxy)), "('#RETURN', None)"));
    CU_ASSERT(shows(ctx, ask_take(&home, &ch, make(ctx, "(O s () {})", outer, "__len__")), "('#RETURN', 1)"));
    runtime_unlock(&home.w.rt);
    runtime_lock(&away.w.rt);
    CU_ASSERT(!value_compare(&away.w.ctx, COMPARE_EQ, inner, &value_none));
    none = one_shot_take(&away, make(&away.w.ctx, "(n s (O) {})", "decref", inner)); /* ours: the server's is left */
    CU_ASSERT(shows(&away.w.ctx, none, "('#RETURN', None)"));
    CU_ASSERT(counts(&away, "('#RETURN', 1)"));
    runtime_unlock(&away.w.rt);
    runtime_lock(&home.w.rt);
    CU_ASSERT(
        shows(ctx, ask_take(&home, &ch, make(ctx, "(O s (i) {})", outer, "__delitem__", 0)), "('#RETURN', None)"));
    channel_close(&ch);
    value_release(proxy);
    value_release(class), value_release(typeid), value_release(address), value_release(id), value_release(serializer),
        value_release(kwds);
    value_release(outer);
    runtime_unlock(&home.w.rt);
    runtime_lock(&away.w.rt);
    CU_ASSERT(counts(&away, "('#RETURN', 0)"));
    value_release(inner);
    service_stop(&away);
    rmdir(away.folder);
    runtime_unlock(&away.w.rt);
    runtime_free(&away.w.rt);
    runtime_lock(&home.w.rt);
    service_end(&home);
}

static void test_addresses_that_cannot_be_had(void)
{
    struct service s;
    struct server second;
    struct server_options o = {.key = KEY, .key_size = strlen(KEY)};
    struct failure f;

    service_begin(&s, 315);
    o.address = s.address;
    runtime_unlock(&s.w.rt);
    CU_ASSERT(server_init(&second, &s.w.rt, &o, &f) == -1);
    CU_ASSERT_STRING_EQUAL(f.text, "Address already in use");
    CU_ASSERT(!address_set(&o.address, ADDRESS_UNIX, "/nonexistent/folder/socket", 26, 0, &f));
    CU_ASSERT(server_init(&second, &s.w.rt, &o, &f) == -1);
    CU_ASSERT_STRING_EQUAL(f.text, "No such file or directory");
    runtime_lock(&s.w.rt);
    CU_ASSERT(counts(&s, "('#RETURN', 0)")); /* the first one still has its socket */
    service_end(&s);
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"a session in every version", test_a_session},
        {"stopping ends everybody", test_stopping_ends_everybody},
        {"shutdown by a client", test_shutdown_by_a_client},
        {"a wrong key", test_a_wrong_key},
        {"noise", test_noise},
        {"a client that dies", test_a_client_that_dies},
        {"no later stream holds what a dead one held", test_no_later_stream_holds_what_a_dead_one_held},
        {"many waiters", test_many_waiters},
        {"too many connections", test_too_many_connections},
        {"no descriptor", test_no_descriptor},
        {"a peer that says nothing", test_a_peer_that_says_nothing},
        {"a proxy of another manager", test_a_proxy_of_another_manager},
        {"addresses that cannot be had", test_addresses_that_cannot_be_had},
        CU_TEST_INFO_NULL};
    return unit_main("server", tests);
}
