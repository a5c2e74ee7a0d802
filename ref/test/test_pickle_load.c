/* SPDX-License-Identifier: MIT */
/* Reading pickles: what CPython refuses is refused with its exception and words, in each version; and whatever the
 * bytes are, nothing is read beyond their end, nothing leaks and nothing recurses. */
#include "ref/pickle/pickle.h"

#include <sys/mman.h>
#include <unistd.h>

#include "ref/test/single.h"
#include "ref/test/vectors.h"

static struct vector *vectors;
static size_t vector_count;

/* ---- what is refused */

static bool matches(const struct expectation *e, struct value *raised)
{
    const struct exception_class *c = exception_class_of(raised);
    struct value *args = value_get_attr(&ctx, raised, "args"), *repr = args ? value_repr(&ctx, args) : NULL;
    char class[256];
    bool same;
    size_t size = 0;
    const char *text = repr ? str_peek(repr, &size) : "";
    snprintf(class, sizeof class, "%s.%s", exception_class_module(c), exception_class_name(c));
    same = strcmp(class, e->class) == 0 && size == e->result.size && memcmp(text, e->result.data, size) == 0;
    if (!same)
        printf("#   got      %s %s\n#   expected %s %s\n", class, text, e->class, (char *)e->result.data);
    value_release(args);
    value_release(repr);
    return same;
}

static unsigned check_refusals(int compat)
{
    unsigned wrong = 0;
    begin(compat);
    for (size_t i = 0; i < vector_count; i++)
        for (size_t k = 0; k < vectors[i].count; k++) {
            const struct expectation *e = &vectors[i].expected[k];
            struct value *v, *raised;
            if (!e->raises || compat < e->since || compat > e->until)
                continue;
            v = pickle_load(&ctx, vectors[i].input.data, vectors[i].input.size, NULL);
            raised = raised_fetch(&ctx);
            if (v || !raised || !matches(e, raised)) {
                printf("# %s in %d: %s\n", vectors[i].name, compat,
                       v        ? "is read"
                       : raised ? "raises otherwise"
                                : "raises nothing");
                wrong++;
            }
            value_release(v);
            value_release(raised);
        }
    end();
    return wrong;
}

static void test_refusals(void)
{
    for (int compat = COMPAT_OLDEST; compat <= COMPAT_NEWEST; compat++)
        CU_ASSERT_EQUAL(check_refusals(compat), 0);
    CU_ASSERT_EQUAL(value_alive(), 0);
    CU_ASSERT_EQUAL(mem_alive(), 0);
}

/* ---- whatever comes */

/* Reads and forgets; what is left alive is found at the end of the test. */
static void try_load(const unsigned char *data, size_t size)
{
    struct value *v = pickle_load(&ctx, data, size, NULL);
    CU_ASSERT_EQUAL(v == NULL, ctx.raised != NULL);
    value_release(v);
    drop_raised();
}

static bool short_enough(const struct vector *v)
{
    return v->input.size < 700;
}

static void test_cut_at_every_byte(void)
{
    begin(COMPAT_NEWEST);
    for (size_t i = 0; i < vector_count; i++)
        for (size_t size = 0; short_enough(&vectors[i]) && size < vectors[i].input.size; size++)
            try_load(vectors[i].input.data, size);
    end();
    CU_ASSERT_EQUAL(value_alive(), 0);
    CU_ASSERT_EQUAL(mem_alive(), 0);
}

static void test_each_byte_changed(void)
{
    static const unsigned char changes[] = {0x01, 0x80, 0xff};
    begin(312);
    for (size_t i = 0; i < vector_count; i++)
        for (size_t at = 0; short_enough(&vectors[i]) && at < vectors[i].input.size; at++) {
            unsigned char *byte = vectors[i].input.data + at, kept = *byte;
            for (size_t k = 0; k < sizeof changes; k++) {
                *byte = (unsigned char)(kept ^ changes[k]);
                try_load(vectors[i].input.data, vectors[i].input.size);
            }
            *byte = (unsigned char)".(02R]}b"[at % 8];
            try_load(vectors[i].input.data, vectors[i].input.size);
            *byte = kept;
        }
    end();
    CU_ASSERT_EQUAL(value_alive(), 0);
    CU_ASSERT_EQUAL(mem_alive(), 0);
}

/* The pickle ends where memory ends. */
static void test_nothing_beyond_the_end_is_read(void)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE), room = 64 * page;
    unsigned char *memory = mmap(NULL, room + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CU_ASSERT_PTR_NOT_EQUAL_FATAL(memory, MAP_FAILED);
    CU_ASSERT_EQUAL_FATAL(mprotect(memory + room, page, PROT_NONE), 0);
    begin(COMPAT_OLDEST);
    for (size_t i = 0; i < vector_count; i++)
        for (size_t cut = 0; cut < 3 && cut <= vectors[i].input.size && vectors[i].input.size <= room; cut++) {
            size_t size = vectors[i].input.size - cut;
            memcpy(memory + room - size, vectors[i].input.data, size);
            try_load(memory + room - size, size);
        }
    end();
    munmap(memory, room + page);
}

/* A million lists, each in the other: no recursion in the reader, nor when they go. */
static void test_depth_costs_no_stack(void)
{
    size_t depth = 1000000;
    unsigned char *data = malloc(2 * depth + 1);
    struct value *v;
    memset(data, ']', depth);
    memset(data + depth, 'a', depth - 1);
    data[2 * depth - 1] = '.';
    begin(COMPAT_NEWEST);
    v = pickle_load(&ctx, data, 2 * depth, NULL);
    CU_ASSERT_PTR_NOT_NULL(v);
    value_release(v);
    memset(data, ')', 1);
    memset(data + 1, 0x85, depth);
    data[depth + 1] = '.';
    v = pickle_load(&ctx, data, depth + 2, NULL);
    CU_ASSERT_PTR_NOT_NULL(v);
    value_release(v);
    end();
    free(data);
    CU_ASSERT_EQUAL(value_alive(), 0);
}

/* ---- proxies */

static const unsigned char proxy_pickle[] =
    "cmultiprocessing.managers\nRebuildProxy\n(cmultiprocessing.managers\nListProxy\n"
    "cmultiprocessing.managers\nToken\n)\x81U\x04listU\x05/pathU\x02id\x87"
    "bU\x06pickle}tR.";

static int see_proxy(struct ctx *c, struct proxyref *p, void *arg)
{
    CU_ASSERT_TRUE(str_equals(p->typeid, "list"));
    CU_ASSERT_TRUE(str_equals(p->address, "/path"));
    CU_ASSERT_TRUE(str_equals(p->id, "id"));
    CU_ASSERT_TRUE(str_equals(p->serializer, "pickle"));
    CU_ASSERT_TRUE(global_is(p->function, "multiprocessing.managers", "ListProxy"));
    if (*(bool *)arg)
        return 0;
    raise_format(c, "KeyError", "refused");
    return -1;
}

static void test_proxies_are_shown_to_the_reader(void)
{
    bool welcome = true;
    struct pickle_reader reader = {see_proxy, &welcome};
    struct value *v;
    begin(COMPAT_NEWEST);
    v = pickle_load(&ctx, proxy_pickle, sizeof proxy_pickle - 1, &reader);
    CU_ASSERT_TRUE(v && v->type == &proxyref_type);
    value_release(v);
    welcome = false;
    CU_ASSERT_PTR_NULL(pickle_load(&ctx, proxy_pickle, sizeof proxy_pickle - 1, &reader));
    CU_ASSERT_TRUE(raised_is(&ctx, "KeyError"));
    drop_raised();
    end();
    CU_ASSERT_EQUAL(value_alive(), 0);
}

/* ---- memory */

static const struct vector *find(const char *name)
{
    for (size_t i = 0; i < vector_count; i++)
        if (strcmp(vectors[i].name, name) == 0)
            return &vectors[i];
    printf("# no vector %s\n", name);
    return NULL;
}

static void fail_each(const char *name, int compat)
{
    const struct vector *v = find(name);
    long n = 1, alive, before;
    CU_ASSERT_PTR_NOT_NULL(v);
    if (!v)
        return;
    begin(compat);
    alive = value_alive();
    before = mem_alive();
    for (;; n++) {
        struct value *value;
        bool failed;
        mem_fail_at(n);
        value = pickle_load(&ctx, v->input.data, v->input.size, NULL);
        failed = mem_count() >= n;
        mem_fail_at(0);
        CU_ASSERT_EQUAL(value == NULL, ctx.raised != NULL);
        if (!value)
            CU_ASSERT_TRUE(raised_is(&ctx, "MemoryError"));
        value_release(value);
        drop_raised();
        collect_run(&rt);
        CU_ASSERT_EQUAL(value_alive(), alive);
        if (!failed || n > 100000)
            break;
    }
    CU_ASSERT_TRUE(n > 3);
    CU_ASSERT_TRUE(mem_alive() - before < 64); /* caches may have grown */
    end();
    CU_ASSERT_EQUAL(value_alive(), 0);
    CU_ASSERT_EQUAL(mem_alive(), 0);
}

static void test_every_allocation_fails_once(void)
{
    static const char *const names[] = {"recursive/mixed/4",      "instances/everything/4",  "instances/slots-dict/2",
                                        "containers/dict-keys/4", "exceptions/attributes/4", "containers/arrays/2",
                                        "atoms/int-bits-2326/0",  "instances/iterators/4",   "proxies/two/4",
                                        "containers/deep/4",      "instances/datetime/2"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        fail_each(names[i], 313);
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"what CPython refuses is refused in its words, 3.8 to 3.15", test_refusals},
        {"a pickle cut at any byte", test_cut_at_every_byte},
        {"a pickle with any byte changed", test_each_byte_changed},
        {"a pickle at the end of memory", test_nothing_beyond_the_end_is_read},
        {"a million levels", test_depth_costs_no_stack},
        {"proxies are shown to the reader, who may refuse", test_proxies_are_shown_to_the_reader},
        {"every allocation fails once", test_every_allocation_fails_once},
        CU_TEST_INFO_NULL,
    };
    int status;
    vectors = vectors_read(&vector_count);
    status = unit_main("pickle_load", tests);
    vectors_free(vectors, vector_count);
    return status;
}
