/* SPDX-License-Identifier: MIT */
/* pool.c, crew.c, task.c, feed.c, result.c, imap.c, callable.c: pools as a client's thread in the server uses them;
 * every allocation failed once; clients that close, terminate, join and drop a pool while others use it. */
#include <sched.h>

#include "ref/manager/connection.h"
#include "ref/manager/types.h"
#include "ref/test/service.h"

/* A client's thread in the server, as the connection code makes it. */
struct seat {
    struct service s;
    struct connection c;
    struct ctx *ctx;
};

static void seat_begin(struct seat *seat, int compat)
{
    service_prepare(&seat->s, compat);
    seat->c = (struct connection){.server = &seat->s.server};
    ctx_init(&seat->c.ctx, &seat->s.w.rt);
    seat->c.ctx.user = &seat->c;
    seat->ctx = &seat->c.ctx;
}

static void seat_end(struct seat *seat)
{
    CU_ASSERT(!seat->ctx->raised);
    service_end(&seat->s);
}

static struct value *function(struct ctx *ctx, const char *module, const char *name)
{
    struct value *f = global_new(ctx, module, name);
    CU_ASSERT_FATAL(f != NULL);
    return f;
}

/* Pool(*args): new, or NULL after raising. */
static struct value *pool_take(struct ctx *ctx, struct value *args)
{
    struct value *pool = pool_construct(ctx, NULL, args, NULL);
    value_release(args);
    return pool;
}

/* pool.name(*args); args is consumed, and may be NULL: an argument failed. */
static struct value *call_take(struct ctx *ctx, struct value *v, const char *name, struct value *args)
{
    struct value *result = args ? value_call_method(ctx, v, name, args, NULL) : NULL;
    value_release(args);
    return result;
}

static void do_take(struct ctx *ctx, struct value *v, const char *name, struct value *args)
{
    value_release(call_take(ctx, v, name, args));
}

/* ---- what a pool does */

static void test_methods(void)
{
    struct seat seat;
    seat_begin(&seat, 311);
    struct ctx *ctx = seat.ctx;
    struct value *abs = function(ctx, "builtins", "abs"), *divmod = function(ctx, "builtins", "divmod"), *it;
    struct value *pool = pool_take(ctx, make(ctx, "(i)", 3));
    CU_ASSERT(shows(ctx, call_take(ctx, pool, "apply", make(ctx, "(O (i))", abs, -4)), "4"));
    CU_ASSERT(shows(ctx, call_take(ctx, pool, "map", make(ctx, "(O [i i i])", abs, -1, 2, -3)), "[1, 2, 3]"));
    CU_ASSERT(shows(ctx, call_take(ctx, pool, "starmap", make(ctx, "(O [(i i)] i)", divmod, 7, 2, 5)), "[(3, 1)]"));
    it = call_take(ctx, pool, "imap", make(ctx, "(O [i i i])", abs, -1, -2, -3));
    CU_ASSERT(shows(ctx, list_from(ctx, it), "[1, 2, 3]"));
    value_release(it);
    it = call_take(ctx, pool, "imap", make(ctx, "(O [i i i] i)", abs, -1, -2, -3, 2));
    CU_ASSERT(shows(ctx, list_from(ctx, it), "[1, 2, 3]"));
    value_release(it);
    do_take(ctx, pool, "close", make(ctx, "()"));
    CU_ASSERT(shows(ctx, call_take(ctx, pool, "join", make(ctx, "()")), "None"));
    CU_ASSERT(shows(ctx, value_ref(pool), "<multiprocessing.pool.Pool state=CLOSE pool_size=3>"));
    value_release(pool);
    value_release(abs);
    value_release(divmod);
    seat_end(&seat);
}

static void test_unknown(void)
{
    struct seat seat;
    seat_begin(&seat, 313);
    struct ctx *ctx = seat.ctx;
    struct value *unknown = function(ctx, "module", "nosuch"), *pool = pool_take(ctx, make(ctx, "(i)", 1));
    CU_ASSERT(!call_take(ctx, pool, "apply", make(ctx, "(O)", unknown)));
    CU_ASSERT(raised(ctx, "TypeError: the function 'module.nosuch' cannot be called here"));
    CU_ASSERT(!call_take(ctx, pool, "map", make(ctx, "(O [i])", unknown, 1)));
    CU_ASSERT(raised(ctx, "TypeError: the function 'module.nosuch' cannot be called here"));
    CU_ASSERT(!call_take(ctx, pool, "apply", make(ctx, "(s)", "len")));
    CU_ASSERT(raised(ctx, "TypeError: 'str' object is not callable"));
    value_release(unknown);
    value_release(pool);
    seat_end(&seat);
}

/* What nobody waits for is refused when it is given: a worker that dies of its initializer, or a callback that raises,
 * would leave the caller waiting for ever. */
static void test_unknown_and_unheard(void)
{
    struct seat seat;
    seat_begin(&seat, 313);
    struct ctx *ctx = seat.ctx;
    struct value *unknown = function(ctx, "module", "nosuch"), *getattr = function(ctx, "builtins", "getattr");
    struct value *pool = pool_take(ctx, make(ctx, "(i)", 1)), *abs = function(ctx, "builtins", "abs");
    struct value *args = make(ctx, "(i)", 1), *object = opaque_new(ctx, OPAQUE_REDUCE, unknown, args, NULL);
    struct value *get = make(ctx, "(O s)", object, "append"),
                 *bound = opaque_new(ctx, OPAQUE_REDUCE, getattr, get, NULL);
    struct value *find = make(ctx, "(O s)", unknown, "make"),
                 *of_class = opaque_new(ctx, OPAQUE_REDUCE, getattr, find, NULL);
    const struct {
        struct value *callback;
        const char *says;
    } rows[] = {{unknown, "TypeError: the function 'module.nosuch' cannot be called here"},
                {object, "TypeError: objects of the class 'nosuch' cannot be called here"},
                {bound, "TypeError: methods of the class 'nosuch' cannot be called here"},
                {of_class, "TypeError: methods of the class 'nosuch' cannot be called here"}};

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct value *callback = rows[i].callback;
        CU_ASSERT(!pool_take(ctx, make(ctx, "(i O)", 1, callback)) && raised(ctx, rows[i].says));
        CU_ASSERT(!call_take(ctx, pool, "apply_async", make(ctx, "(O (i) {} O)", abs, 1, callback)));
        CU_ASSERT(raised(ctx, rows[i].says));
        CU_ASSERT(!call_take(ctx, pool, "map_async", make(ctx, "(O [i] i O O)", abs, 1, 1, abs, callback)));
        CU_ASSERT(raised(ctx, rows[i].says));
    }
    do_take(ctx, pool, "close", make(ctx, "()"));
    CU_ASSERT(shows(ctx, call_take(ctx, pool, "join", make(ctx, "()")), "None")); /* nothing was begun */
    value_release(of_class);
    value_release(find);
    value_release(bound);
    value_release(get);
    value_release(object);
    value_release(args);
    value_release(abs);
    value_release(pool);
    value_release(getattr);
    value_release(unknown);
    seat_end(&seat);
}

/* A pool that is dropped while it works, and a server that ends with pools in it. */
static void test_dropped(void)
{
    struct seat seat;
    seat_begin(&seat, 312);
    struct ctx *ctx = seat.ctx;
    struct value *f = function(ctx, "math", "factorial"), *results[20];
    struct value *pool = pool_take(ctx, make(ctx, "(i)", 2)), *other = pool_take(ctx, make(ctx, "(i n () i)", 2, 1));
    for (int i = 0; i < 20; i++)
        results[i] = call_take(ctx, i % 2 ? pool : other, "map_async", make(ctx, "(O [i i i i])", f, 100, 90, 80, i));
    value_release(other);
    for (int i = 0; i < 20; i++)
        CU_ASSERT(results[i] != NULL);
    CU_ASSERT(shows(ctx, call_take(ctx, results[18], "wait", make(ctx, "()")), "None"));
    CU_ASSERT(shows(ctx, call_take(ctx, results[18], "successful", make(ctx, "()")), "True"));
    do_take(ctx, pool, "terminate", make(ctx, "()"));
    CU_ASSERT(!ctx->raised);
    for (int i = 0; i < 20; i++)
        value_release(results[i]);
    value_release(pool);
    value_release(f);
    seat_end(&seat);
}

/* ---- without memory */

/* As make, where it may fail: then with what is raised. */
static struct value *try_make(struct ctx *ctx, const char *format, ...)
{
    struct pack p = {.format = format, .next = format};
    va_start(p.args, format);
    struct value *v = pack_value(ctx, &p);
    va_end(p.args);
    return v;
}

/* A session in which every step may fail, and none may hang: whatever is waited for has an end. */
static void careless(struct ctx *ctx, struct value *abs)
{
    struct value *pool = pool_construct(ctx, NULL, tuple_empty, NULL), *r, *it;
    value_release(raised_fetch(ctx));
    if (!pool)
        return;
    do_take(ctx, pool, "apply", try_make(ctx, "(O (i))", abs, -4));
    value_release(raised_fetch(ctx));
    r = call_take(ctx, pool, "map_async", try_make(ctx, "(O [i i i s] i)", abs, -1, -2, -3, "x", 1));
    value_release(raised_fetch(ctx));
    do_take(ctx, pool, "map", try_make(ctx, "(O [i i i])", abs, -1, -2, -3));
    value_release(raised_fetch(ctx));
    it = call_take(ctx, pool, "imap", try_make(ctx, "(O [i i i])", abs, -1, -2, -3));
    value_release(raised_fetch(ctx));
    value_release(it ? list_from(ctx, it) : NULL);
    value_release(raised_fetch(ctx));
    value_release(it);
    it = call_take(ctx, pool, "imap_unordered", try_make(ctx, "(O [i i i] i)", abs, -1, -2, -3, 2));
    value_release(raised_fetch(ctx));
    value_release(it ? list_from(ctx, it) : NULL);
    value_release(raised_fetch(ctx));
    value_release(it);
    if (r)
        do_take(ctx, r, "get", try_make(ctx, "()"));
    value_release(raised_fetch(ctx));
    value_release(r);
    do_take(ctx, pool, "close", tuple_empty);
    do_take(ctx, pool, "join", tuple_empty);
    value_release(raised_fetch(ctx));
    value_release(pool);
}

static void test_memory(void)
{
    long n = 0, made;
    do {
        struct seat seat;
        seat_begin(&seat, 314);
        struct value *abs = function(seat.ctx, "builtins", "abs");
        mem_fail_at(++n);
        careless(seat.ctx, abs);
        made = mem_count();
        mem_fail_at(0);
        value_release(abs);
        seat_end(&seat);
    } while (n <= made);
    CU_ASSERT(n > 100);
}

/* ---- races */

enum { CLIENTS = 6, TURNS = 60 };

struct client {
    struct connection c;
    pthread_t thread;
    struct value *pool, *abs;
    unsigned number;
};

/* Submits, looks, and sometimes closes, terminates or joins. */
static void *use(void *arg)
{
    struct client *client = arg;
    struct ctx *ctx = &client->c.ctx;
    runtime_lock(ctx->rt);
    for (unsigned i = 0; i < TURNS; i++) {
        struct value *r = call_take(ctx, client->pool, "map_async",
                                    make(ctx, "(O [i i i i] i)", client->abs, -1, 2, -3, 4, 1 + i % 3));
        value_release(raised_fetch(ctx));
        if (r && i % 2)
            do_take(ctx, r, "wait", make(ctx, "(d)", 0.001));
        if (client->number == 1 && i == TURNS / 2)
            do_take(ctx, client->pool, "close", tuple_empty);
        if (client->number < 3 && i == TURNS - 10)
            do_take(ctx, client->pool, "terminate", tuple_empty);
        if (client->number == 3 && i == TURNS - 5)
            do_take(ctx, client->pool, "join", tuple_empty);
        value_release(r);
        value_release(raised_fetch(ctx));
        runtime_unlock(ctx->rt);
        sched_yield();
        runtime_lock(ctx->rt);
    }
    value_release(client->pool);
    ctx_free(ctx);
    runtime_unlock(ctx->rt);
    return NULL;
}

static void race(struct seat *seat, struct value *abs)
{
    struct client clients[CLIENTS];
    struct value *pool = pool_take(seat->ctx, make(seat->ctx, "(i)", 3));
    for (unsigned i = 0; i < CLIENTS; i++) {
        clients[i] = (struct client){.c.server = &seat->s.server, .pool = value_ref(pool), .abs = abs, .number = i};
        ctx_init(&clients[i].c.ctx, &seat->s.w.rt);
        clients[i].c.ctx.user = &clients[i].c;
        CU_ASSERT_FATAL(!pthread_create(&clients[i].thread, NULL, use, &clients[i]));
    }
    value_release(pool);
    runtime_unlock(&seat->s.w.rt);
    for (unsigned i = 0; i < CLIENTS; i++)
        pthread_join(clients[i].thread, NULL);
    runtime_lock(&seat->s.w.rt);
}

static void test_races(void)
{
    for (int round = 0; round < 5; round++) {
        struct seat seat;
        seat_begin(&seat, 315);
        struct value *abs = function(seat.ctx, "builtins", "abs");
        race(&seat, abs);
        value_release(abs);
        seat_end(&seat);
    }
}

int main(void)
{
    CU_TestInfo tests[] = {{"a pool works, closes and is joined", test_methods},
                           {"an unknown function is a clear error in the caller", test_unknown},
                           {"so is one that nobody waits for", test_unknown_and_unheard},
                           {"a pool that is dropped finishes, one that is terminated does not", test_dropped},
                           {"without memory nothing hangs and nothing leaks", test_memory},
                           {"clients close, terminate, join and drop a pool that others use", test_races},
                           CU_TEST_INFO_NULL};
    return unit_main("pool", tests);
}
