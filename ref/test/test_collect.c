/* SPDX-License-Identifier: MIT */
/* The cycle collector: what must go goes, what must stay stays, by itself after many containers; long chains are freed
 * without recursion. */
#include "harness/test/unit.h"
#include "ref/base/mem.h"
#include "ref/value/collect.h"
#include "ref/value/types.h"

static struct runtime rt;
static struct ctx ctx;
static long values, blocks;

static void begin(void)
{
    values = value_alive();
    blocks = mem_alive();
    CU_ASSERT_FATAL(runtime_init(&rt, COMPAT_NEWEST) == 0);
    runtime_lock(&rt);
    ctx_init(&ctx, &rt);
}

static void end(void)
{
    CU_ASSERT(!ctx.raised);
    ctx_free(&ctx);
    runtime_unlock(&rt);
    runtime_free(&rt);
    CU_ASSERT_EQUAL(value_alive(), values);
    CU_ASSERT_EQUAL(mem_alive(), blocks);
}

static void push(struct value *list, struct value *item)
{
    CU_ASSERT_FATAL(list_push_take(&ctx, list, item) == 0);
}

static void test_list_in_itself(void)
{
    begin();
    struct value *l = list_new(&ctx);
    push(l, value_ref(l));
    value_release(l);
    CU_ASSERT_EQUAL(value_alive(), values + 1);
    CU_ASSERT_EQUAL(collect_run(&rt), 1);
    CU_ASSERT_EQUAL(value_alive(), values);
    end();
}

static void test_reachable_stays(void)
{
    begin();
    struct value *l = list_new(&ctx), *inner = list_new(&ctx);
    push(inner, value_ref(l));
    push(l, inner);
    push(inner, str_new_text(&ctx, "kept"));
    CU_ASSERT_EQUAL(collect_run(&rt), 0);
    CU_ASSERT_EQUAL(list_length(inner), 2);
    CU_ASSERT(str_equals(list_peek(inner, 1), "kept"));
    value_release(l);
    CU_ASSERT_EQUAL(collect_run(&rt), 2);
    end();
}

/* A cycle through one container of every sort, and things hanging on it that are no part of it. */
static void test_every_container(void)
{
    begin();
    struct value *l = list_new(&ctx), *d = dict_new(&ctx), *hanging = list_new(&ctx);
    struct value *t = tuple_pack_take(&ctx, 2, value_ref(l), hanging);
    struct value *s = slice_new(&ctx, &value_none, t, &value_none);
    struct value *args = tuple_pack_take(&ctx, 1, value_ref(s));
    struct value *e = exception_new(&ctx, exception_class_find("builtins", "ValueError", COMPAT_NEWEST), args);
    struct value *class = global_new(&ctx, "decimal", "Decimal"), *reduced = tuple_pack_take(&ctx, 1, value_ref(e));
    struct value *o = opaque_new(&ctx, OPAQUE_REDUCE, class, reduced, NULL);
    struct value *set = set_new(&ctx);
    CU_ASSERT(set_add(&ctx, set, e) == 0);
    CU_ASSERT(opaque_record(&ctx, o, OPAQUE_BUILD, set, NULL) == 0);
    CU_ASSERT(dict_set_text_take(&ctx, d, "opaque", value_ref(o)) == 0);
    CU_ASSERT(value_set_attr(&ctx, e, "attribute", d) == 0);
    push(l, value_ref(d));
    CU_ASSERT_EQUAL(collect_run(&rt), 0);
    struct value *all[] = {l, d, t, s, args, e, class, reduced, o, set};
    for (unsigned i = 0; i < sizeof all / sizeof *all; i++)
        value_release(all[i]);
    CU_ASSERT(value_alive() > values);
    CU_ASSERT(collect_run(&rt) >= 9);
    CU_ASSERT_EQUAL(value_alive(), values);
    end();
}

/* Garbage that refers to what is alive leaves it alone. */
static void test_garbage_lets_go(void)
{
    begin();
    struct value *kept = list_new(&ctx), *l = list_new(&ctx);
    push(l, value_ref(l));
    push(l, value_ref(kept));
    value_release(l);
    CU_ASSERT_EQUAL(kept->refs, 2);
    CU_ASSERT_EQUAL(collect_run(&rt), 1);
    CU_ASSERT_EQUAL(kept->refs, 1);
    value_release(kept);
    end();
}

static void test_by_itself(void)
{
    begin();
    long most = 0;
    for (int i = 0; i < 100000; i++) {
        struct value *l = list_new(&ctx);
        push(l, value_ref(l));
        value_release(l);
        if (value_alive() - values > most)
            most = value_alive() - values;
    }
    CU_ASSERT(most < 50000);
    end();
}

/* Two worlds share nothing but the immortals: the collector of one does not look at the other. */
static void test_two_worlds(void)
{
    begin();
    struct runtime other;
    struct ctx theirs;
    CU_ASSERT_FATAL(runtime_init(&other, COMPAT_OLDEST) == 0);
    ctx_init(&theirs, &other);
    struct value *mine = list_new(&ctx), *its = list_new(&theirs);
    push(mine, value_ref(mine));
    push(mine, value_ref(&value_none));
    CU_ASSERT(list_push_take(&theirs, its, value_ref(its)) == 0);
    value_release(mine);
    value_release(its);
    CU_ASSERT_EQUAL(collect_run(&rt), 1);
    CU_ASSERT_EQUAL(value_alive(), values + 1);
    runtime_free(&other);
    end();
}

/* [[[…]]] a million deep would exhaust the stack if each release called the next. */
static void test_long_chain(void)
{
    begin();
    struct value *l = list_new(&ctx);
    for (int i = 0; i < 1000000; i++) {
        struct value *outer = list_new(&ctx);
        push(outer, l);
        l = outer;
    }
    CU_ASSERT_EQUAL(collect_run(&rt), 0);
    value_release(l);
    end();
}

/* The same in a ring, which only the collector can free. */
static void test_long_ring(void)
{
    begin();
    struct value *first = list_new(&ctx), *l = value_ref(first);
    for (int i = 0; i < 200000; i++) {
        struct value *outer = list_new(&ctx);
        push(outer, l);
        l = outer;
    }
    push(first, value_ref(l));
    value_release(l);
    value_release(first);
    CU_ASSERT_EQUAL(collect_run(&rt), 200001);
    end();
}

static void test_runtime_end_collects(void)
{
    begin();
    struct value *l = list_new(&ctx);
    push(l, value_ref(l));
    value_release(l);
    end();
}

static void test_runtime_memory(void)
{
    long n = 0;
    bool failed = true;
    blocks = mem_alive();
    while (failed) {
        mem_fail_at(++n);
        failed = runtime_init(&rt, COMPAT_NEWEST) < 0;
        CU_ASSERT_EQUAL(failed, mem_count() >= n);
    }
    mem_fail_at(0);
    runtime_free(&rt);
    CU_ASSERT(n > 2);
    CU_ASSERT_EQUAL(mem_alive(), blocks);
}

int main(void)
{
    CU_TestInfo tests[] = {{"a list in itself", test_list_in_itself},
                           {"what is reachable stays", test_reachable_stays},
                           {"a cycle through every container", test_every_container},
                           {"garbage lets go of what is alive", test_garbage_lets_go},
                           {"runs by itself", test_by_itself},
                           {"two worlds", test_two_worlds},
                           {"a long chain", test_long_chain},
                           {"a long ring", test_long_ring},
                           {"the end of a runtime collects", test_runtime_end_collects},
                           {"each allocation of a runtime fails once", test_runtime_memory},
                           CU_TEST_INFO_NULL};
    return unit_main("collect", tests);
}
