/* SPDX-License-Identifier: MIT */
/* The server half of mpref.h with the client half at its other end, in one process: what a class and a function are
 * given and give; and every allocation failing once, on whichever side it falls. What Python sees of such a server is
 * tested by examples.sh. */
#include <stdio.h>

#include "ref/mpref.h"
#include "ref/test/support.h"

/* ---- a class and a function */

struct box {
    int64_t count;
    bool begun; /* destroy also meets memory that __init__ has not seen */
};

static int boxes; /* alive */

static struct mpref_value *box_init(struct mpref_invocation *in, void *self)
{
    struct box *b = self;

    boxes++;
    b->begun = true;
    if (mpref_argument(in, 0) && !mpref_int(mpref_argument(in, 0), &b->count))
        return mpref_raise(in, "TypeError", "an int is needed, not %s", mpref_type(mpref_argument(in, 0)));
    return mpref_return(in, "n");
}

static struct mpref_value *box_add(struct mpref_invocation *in, void *self)
{
    struct box *b = self;
    int64_t n = 1;

    mpref_wait_begin(in); /* others may run here */
    mpref_wait_end(in);
    if (mpref_argument(in, 0) && !mpref_int(mpref_argument(in, 0), &n))
        return mpref_raise(in, "NoSuchClass", "%s", "not an int");
    b->count += n;
    return mpref_return(in, "[I {s: d}]", b->count, "half", (double)b->count / 2);
}

static struct mpref_value *box_text(struct mpref_invocation *in, void *self)
{
    char text[40];

    snprintf(text, sizeof text, "<box of %lld>", (long long)((struct box *)self)->count);
    return mpref_return(in, "s", text);
}

static struct mpref_value *box_nothing(struct mpref_invocation *in, void *self)
{
    (void)in, (void)self;
    return NULL;
}

static void box_destroy(void *self)
{
    boxes -= ((struct box *)self)->begun;
}

static const struct mpref_method box_methods[] = {{"__init__", "count", 0, box_init}, {"add", "n", 0, box_add},
                                                  {"items", "", 0, box_add},          {"nothing", "", 0, box_nothing},
                                                  {"__repr__", "", 0, box_text},      {0}};
static const struct mpref_class box = {
    .name = "Box", .size = sizeof(struct box), .methods = box_methods, .destroy = box_destroy, .mapped = "items=list"};

static struct mpref_value *negated(struct mpref_invocation *in)
{
    int64_t n = 0;

    if (!mpref_int(mpref_argument(in, 0), &n))
        return mpref_raise(in, "TypeError", "not an int");
    return mpref_return(in, "I", -n);
}

static const struct mpref_function negate = {"mathematics", "negate", "n", 1, negated};

/* ---- both ends */

static char folder[40], address[64];

/* A server that serves, or NULL with nothing left. */
static struct mpref_server *serve(void)
{
    struct mpref_server *s = mpref_server_new();

    if (s && !mpref_server_add(s, &box) && !mpref_server_add_function(s, &negate) &&
        !mpref_server_share(s, "the_list", "list") && !mpref_server_start(s, address, "key", 3))
        return s;
    mpref_server_free(s);
    return NULL;
}

static void prepare(void)
{
    strcpy(folder, "/tmp/mpref-test-XXXXXX");
    CU_ASSERT_FATAL(mkdtemp(folder) != NULL);
    snprintf(address, sizeof address, "unix:%s/socket", folder);
}

static bool text_is(struct mpref_client *c, struct mpref_value *v, const char *expected)
{
    char *text = v ? mpref_to_repr(c, v) : NULL;
    bool same = text && !strcmp(text, expected);

    if (!same)
        printf("# %s: %s\n", text ? text : mpref_error_class(c), text ? "" : mpref_error_text(c));
    mpref_free(text);
    mpref_drop(c, v);
    return same;
}

static bool fails(struct mpref_client *c, struct mpref_value *v, const char *class, const char *text)
{
    bool same = !v && !strcmp(mpref_error_class(c), class) && !strcmp(mpref_error_text(c), text);

    if (!same)
        printf("# %s: %s\n", mpref_error_class(c), mpref_error_text(c));
    mpref_drop(c, v);
    return same;
}

static void test_class_and_function(void)
{
    long blocks = mem_alive(), values = value_alive();
    prepare();
    struct mpref_server *s = serve();
    struct mpref_client *c = mpref_client_new();
    CU_ASSERT_FATAL(s && c && !mpref_connect(c, address, "key", 3));
    CU_ASSERT(!mpref_register(c, "Box") && !mpref_register(c, "the_list"));
    struct mpref_value *b = mpref_create(c, "Box", "count=i", 40), *shared = mpref_create(c, "the_list", "");
    CU_ASSERT_FATAL(b && shared);
    CU_ASSERT(text_is(c, mpref_call(c, b, "add", "i", 2), "[42, {'half': 21.0}]"));
    CU_ASSERT(fails(c, mpref_call(c, b, "add", "s", "x"), "RuntimeError", "not an int"));
    CU_ASSERT(fails(c, mpref_call(c, b, "nothing", ""), "SystemError", "nothing returned NULL without an exception"));
    CU_ASSERT(!mpref_create(c, "Box", "s", "x"));
    CU_ASSERT_STRING_EQUAL(mpref_error_class(c), "multiprocessing.managers.RemoteError");
    CU_ASSERT(strstr(mpref_error_text(c), "TypeError: an int is needed, not str") != NULL);
    struct mpref_value *list = mpref_call(c, b, "items", "");
    CU_ASSERT(list && mpref_is_proxy(list) && text_is(c, mpref_call(c, list, "__len__", ""), "2"));
    mpref_drop(c, list);
    char *text = mpref_to_text(c, b);
    CU_ASSERT(text && !strcmp(text, "<box of 43>"));
    mpref_free(text);
    CU_ASSERT(!mpref_do(c, shared, "extend", "[i i i]", 1, -3, 2) &&
              !mpref_do(c, shared, "sort", "key=f", "mathematics.negate"));
    CU_ASSERT(text_is(c, mpref_call(c, shared, "copy", ""), "[2, 1, -3]"));
    mpref_drop(c, b);
    mpref_drop(c, shared);
    mpref_client_free(c);
    mpref_server_free(s);
    CU_ASSERT(boxes == 0 && mem_alive() == blocks && value_alive() == values && !rmdir(folder));
}

/* ---- out of memory */

/* Uses a server as far as it goes. */
static void careless(struct mpref_client *c)
{
    struct mpref_value *b, *list;

    if (mpref_connect(c, address, "key", 3) || mpref_register(c, "Box") || mpref_register(c, "the_list"))
        return;
    b = mpref_create(c, "Box", "i", 1);
    list = mpref_create(c, "the_list", "");
    if (b) {
        mpref_drop(c, mpref_call(c, b, "add", "n=i", 2));
        mpref_drop(c, mpref_call(c, b, "add", "s", "x"));
        mpref_drop(c, mpref_call(c, b, "items", ""));
        mpref_free(mpref_to_text(c, b));
    }
    if (list && !mpref_do(c, list, "extend", "[i i]", 1, 2))
        (void)mpref_do(c, list, "sort", "key=f", "mathematics.negate");
    mpref_drop(c, b);
    mpref_drop(c, list);
}

/* True if there were as many allocations. */
static bool run_failing(long n)
{
    struct mpref_server *s;
    struct mpref_client *c = NULL;
    bool failed;

    mem_fail_at(n);
    s = serve();
    if (s)
        c = mpref_client_new();
    if (c)
        careless(c);
    failed = mem_count() >= n;
    mem_fail_at(0);
    mpref_client_free(c);
    mpref_server_free(s);
    return failed;
}

static void test_every_allocation_fails_once(void)
{
    /* under a sanitizer or valgrind it takes much longer */
    const char *variant = getenv("VARIANT");
    long step = variant && strcmp(variant, "release") != 0 ? 7 : 1, n = 1;
    long blocks = mem_alive(), values = value_alive();

    prepare();
    while (run_failing(n) && n < 10000) {
        if (boxes || mem_alive() != blocks || value_alive() != values) {
            printf("# allocation %ld: %d boxes, %ld blocks, %ld values left\n", n, boxes, mem_alive() - blocks,
                   value_alive() - values);
            CU_FAIL_FATAL("something is left");
        }
        n += step;
    }
    CU_ASSERT(n > 300 && n < 10000 && !rmdir(folder));
}

int main(void)
{
    CU_TestInfo tests[] = {{"a class and a function of a C program", test_class_and_function},
                           {"every allocation fails once", test_every_allocation_fails_once},
                           CU_TEST_INFO_NULL};
    return unit_main("public server", tests);
}
