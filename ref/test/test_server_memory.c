/* SPDX-License-Identifier: MIT */
/* A server serves on when memory runs out: each server here has a process of its own, in which the n-th allocation
 * fails while a client that does not care uses it; afterwards it must serve another client, stop when it is told to,
 * and leave nothing behind. */
#include "ref/test/service.h"

enum { CHILD_FINE = 40, CHILD_DONE = 41, CHILD_LEAKS = 42, CHILD_BROKEN = 43 };

/* Serves with one failing allocation until a client shuts it down. CHILD_DONE: there were not as many allocations. */
static int serve_failing(struct service *s, long n)
{
    struct failure f;
    long blocks = s->w.blocks, values = s->w.values;
    bool failed;

    runtime_unlock(&s->w.rt);
    mem_fail_at(n);
    if (server_start(&s->server, &f))
        return CHILD_BROKEN;
    server_wait(&s->server);
    failed = mem_count() >= n;
    mem_fail_at(0);
    server_free(&s->server);
    runtime_lock(&s->w.rt);
    ctx_free(&s->w.ctx);
    runtime_unlock(&s->w.rt);
    runtime_free(&s->w.rt);
    if (mem_alive() != blocks || value_alive() != values)
        return CHILD_LEAKS;
    return failed ? CHILD_FINE : CHILD_DONE;
}

/* One request on a connection of its own, whatever comes of it; the identifier if it was a create that succeeded. */
static struct value *try_take(struct world *w, const struct address *address, struct value *request)
{
    struct auth_key k = key(w->rt.compat);
    struct channel ch;
    struct value *reply = NULL, *ident = NULL;

    if (!channel_connect(&w->ctx, &ch, address, &k, serializer_find("pickle"))) {
        if (!channel_send(&w->ctx, &ch, request))
            reply = channel_receive(&w->ctx, &ch);
        channel_close(&ch);
    }
    value_release(raised_fetch(&w->ctx));
    if (reply && str_equals(tuple_peek(reply, 0), "#RETURN") && tuple_peek(reply, 1)->type == &tuple_type)
        ident = value_ref(tuple_peek(tuple_peek(reply, 1), 0));
    value_release(reply);
    value_release(request);
    return ident;
}

/* Some of everything. */
static void careless_session(struct world *w, const struct address *address)
{
    struct ctx *ctx = &w->ctx;
    struct value *list = try_take(w, address, make(ctx, "(n s (s [i s]) {})", "create", "list", 1, "x"));
    struct auth_key k = key(w->rt.compat);
    struct channel ch;

    if (list && !channel_connect(ctx, &ch, address, &k, serializer_find("pickle"))) {
        struct value *requests[] = {make(ctx, "(n s (s) {})", "accept_connection", "me"),
                                    make(ctx, "(O s ([i d {s: y}]) {})", list, "append", 1, 0.5, "k", "b", (size_t)1),
                                    make(ctx, "(O s (i) {})", list, "__getitem__", 9),
                                    make(ctx, "(O s () {})", list, "nosuch"),
                                    make(ctx, "(O s () {})", list, "__repr__"),
                                    make(ctx, "(O s () {})", list, "#GETVALUE"),
                                    make(ctx, "(O s () {s: i})", list, "sort", "x", 1)};
        for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
            struct value *reply = !channel_send(ctx, &ch, requests[i]) ? channel_receive(ctx, &ch) : NULL;
            value_release(reply);
            value_release(raised_fetch(ctx));
            value_release(requests[i]);
        }
        channel_close(&ch);
    }
    value_release(raised_fetch(ctx));
    value_release(try_take(w, address, make(ctx, "(n s () {})", "debug_info")));
    value_release(try_take(w, address, make(ctx, "(n s (s) {})", "create", "nosuch")));
    if (list)
        value_release(try_take(w, address, make(ctx, "(n s (O) {})", "decref", list)));
    value_release(list);
}

/* After the failure, which may meet the first try, the server serves like any other. Then it is shut down. */
static bool serves_on(struct world *w, const struct address *address)
{
    bool served = false;

    for (int i = 0; i < 2 && !served; i++) {
        struct value *list = try_take(w, address, make(&w->ctx, "(n s (s) {})", "create", "list"));
        served = list != NULL;
        value_release(list);
    }
    for (int i = 0; i < 2; i++)
        value_release(try_take(w, address, make(&w->ctx, "(n s () {})", "shutdown")));
    return served;
}

static int run_child(long n, bool *served)
{
    struct service s;
    struct world w;
    int status;

    service_prepare(&s, 315); /* it listens before it is forked: the parent may connect at once */
    pid_t pid = fork();
    if (pid == 0)
        _exit(serve_failing(&s, n));
    sock_close(s.server.listener); /* only the child serves */
    s.server.listener = -1;
    runtime_unlock(&s.w.rt);
    world_begin(&w, 315);
    careless_session(&w, &s.address);
    *served = serves_on(&w, &s.address);
    world_end(&w);
    waitpid(pid, &status, 0);
    runtime_lock(&s.w.rt);
    s.server.address.kind = ADDRESS_TCP; /* the child has removed the file */
    service_stop(&s);
    rmdir(s.folder);
    world_end(&s.w);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static void test_out_of_memory(void)
{
    /* under a sanitizer or valgrind a process costs much more */
    const char *variant = getenv("VARIANT");
    long step = variant && strcmp(variant, "release") != 0 ? 7 : 1, n = 1;
    int status;
    bool served;

    while ((status = run_child(n, &served)) == CHILD_FINE && served)
        n += step;
    CU_ASSERT(status == CHILD_DONE);
    CU_ASSERT(served);
    CU_ASSERT(n > 200);
}

int main(void)
{
    CU_TestInfo tests[] = {{"every allocation fails once", test_out_of_memory}, CU_TEST_INFO_NULL};
    return unit_main("server_memory", tests);
}
