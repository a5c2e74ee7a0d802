/* SPDX-License-Identifier: MIT */
/* set: every method and operator against what each CPython answers. */
#include "harness/test/unit.h"
#include "ref/test/containers.h"

static void test_answers(void)
{
    long values = value_alive(), blocks = mem_alive();
    CU_ASSERT_EQUAL(containers_run_all("set"), 0);
    CU_ASSERT_EQUAL(value_alive(), values);
    CU_ASSERT_EQUAL(mem_alive(), blocks);
}

static void test_memory(void)
{
    long values = value_alive(), blocks = mem_alive();
    CU_ASSERT_EQUAL(containers_run("set", 312, true), 0);
    CU_ASSERT_EQUAL(value_alive(), values);
    CU_ASSERT_EQUAL(mem_alive(), blocks);
}

/* set[int] is what a pickle of a GenericAlias says; there is none before 3.9. */
static void test_class_getitem(void)
{
    for (int compat = COMPAT_OLDEST; compat <= COMPAT_NEWEST; compat++) {
        struct runtime rt;
        struct ctx ctx;
        long values = value_alive();
        CU_ASSERT_EQUAL_FATAL(runtime_init(&rt, compat), 0);
        runtime_lock(&rt);
        ctx_init(&ctx, &rt);
        struct value *set = set_new(&ctx), *args = tuple_pack_take(&ctx, 1, global_new(&ctx, "builtins", "int")), *made,
                     *alias;
        CU_ASSERT_EQUAL(value_has_method(&ctx, set, "__class_getitem__"), compat >= 309);
        alias = value_call_method(&ctx, set, "__class_getitem__", args, NULL);
        CU_ASSERT_EQUAL(alias != NULL, compat >= 309);
        made = alias ? opaque_args_peek(alias) : NULL;
        if (made) {
            CU_ASSERT(global_is(opaque_callable_peek(alias), "types", "GenericAlias"));
            CU_ASSERT(global_is(tuple_peek(made, 0), "builtins", "set"));
            CU_ASSERT_EQUAL(value_compare(&ctx, COMPARE_EQ, tuple_peek(made, 1), args), 1);
        }
        value_release(alias);
        value_release(args);
        value_release(set);
        ctx_free(&ctx);
        collect_run(&rt);
        runtime_unlock(&rt);
        runtime_free(&rt);
        CU_ASSERT_EQUAL(value_alive(), values);
    }
}

int main(void)
{
    CU_TestInfo tests[] = {{"set answers as each CPython does", test_answers},
                           {"set[int] is a GenericAlias", test_class_getitem},
                           {"without memory nothing changes and nothing leaks", test_memory},
                           CU_TEST_INFO_NULL};
    return unit_main("set", tests);
}
