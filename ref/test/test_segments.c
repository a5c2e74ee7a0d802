/* SPDX-License-Identifier: MIT */
/* segments.c: the functions of SharedMemoryManager's server, with every allocation failing once. What they answer is
 * compared with CPython by shared_memory.sh. */
#include <fcntl.h>
#include <sys/mman.h>

#include "ref/manager/connection.h"
#include "ref/manager/segments.h"
#include "ref/test/service.h"

/* A segment of the system, one byte large; named by this process. */
static void segment_make(char *name, size_t room, unsigned number)
{
    int fd;

    snprintf(name, room, "mpref-test-%ld-%u", (long)getpid(), number);
    fd = shm_open(name, O_RDWR | O_CREAT, 0600);
    CU_ASSERT_FATAL(fd >= 0 && !ftruncate(fd, 1));
    close(fd);
}

static bool segment_is_there(const char *name)
{
    int fd = shm_open(name, O_RDONLY, 0);

    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

/* function(name), or function() if name is NULL. New, or NULL after raising. */
static struct value *ask(struct connection *c, const char *function, const char *name)
{
    struct ctx *ctx = &c->ctx;
    struct value *f = str_new_text(ctx, function), *text = name ? str_new_text(ctx, name) : NULL;
    struct value *args = name ? text ? tuple_pack_take(ctx, 1, text) : NULL : value_ref(tuple_empty);
    struct value *kwds = dict_new(ctx), *result = f && args && kwds ? functions_call(c, f, args, kwds) : NULL;

    value_release(f);
    value_release(args);
    value_release(kwds);
    return result;
}

static bool answers(struct connection *c, const char *function, const char *name, const char *repr)
{
    return shows(&c->ctx, ask(c, function, name), repr);
}

static void seat_begin(struct service *s, struct connection *c)
{
    service_prepare(s, 314);
    s->server.tracks_segments = true;
    *c = (struct connection){.server = &s->server};
    ctx_init(&c->ctx, &s->w.rt);
    c->ctx.user = c;
}

static void test_functions(void)
{
    struct service s;
    struct connection c;
    char name[64], other[64], line[200];

    seat_begin(&s, &c);
    segment_make(name, sizeof name, 1);
    segment_make(other, sizeof other, 2);
    CU_ASSERT(answers(&c, "list_segments", NULL, "[]"));
    CU_ASSERT(answers(&c, "track_segment", name, "None") && answers(&c, "track_segment", other, "None"));
    snprintf(line, sizeof line, "['%s', '%s']", name, other);
    CU_ASSERT(answers(&c, "list_segments", NULL, line));
    CU_ASSERT(answers(&c, "release_segment", name, "None") && !segment_is_there(name) && segment_is_there(other));
    CU_ASSERT(!ask(&c, "release_segment", name) && raised(&c.ctx, "ValueError: list.remove(x): x not in list"));
    service_end(&s); /* unlinks what is still tracked */
    CU_ASSERT(!segment_is_there(other));
}

/* Some of everything; true if nothing failed. */
static bool careless(struct connection *c, const char *name)
{
    static const char *const functions[] = {"track_segment", "list_segments", "release_segment"};
    bool whole = true;

    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
        struct value *result = ask(c, functions[i], i == 1 ? NULL : name);
        if (!result != !!c->ctx.raised)
            CU_FAIL("a result and an exception, or neither");
        whole = whole && result;
        value_release(result);
        value_release(raised_fetch(&c->ctx));
    }
    value_release(ask(c, "track_segment", "mpref-no-such-segment"));
    value_release(raised_fetch(&c->ctx));
    return whole;
}

static void test_every_allocation_fails_once(void)
{
    bool failed;
    long n = 0;

    do {
        struct service s;
        struct connection c;
        char name[64];
        seat_begin(&s, &c);
        segment_make(name, sizeof name, 3);
        mem_fail_at(++n);
        bool whole = careless(&c, name);
        failed = mem_count() >= n;
        mem_fail_at(0);
        CU_ASSERT(failed || whole);
        service_end(&s);
        CU_ASSERT(!whole || !segment_is_there(name));
        shm_unlink(name);
    } while (failed && n < 1000);
    CU_ASSERT(n > 10 && n < 1000);
}

int main(void)
{
    CU_TestInfo tests[] = {{"segments are tracked, released, and unlinked at the end", test_functions},
                           {"every allocation fails once", test_every_allocation_fails_once},
                           CU_TEST_INFO_NULL};
    return unit_main("segments", tests);
}
