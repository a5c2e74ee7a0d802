/* SPDX-License-Identifier: MIT */
/* For the tests of values and pickles: one runtime and one context, as variables. */
#ifndef REF_TEST_SINGLE_H
#define REF_TEST_SINGLE_H

#include <string.h>

#include "harness/test/unit.h"
#include "ref/base/mem.h"
#include "ref/value/collect.h"
#include "ref/value/types.h"

static struct runtime rt;
static struct ctx ctx;
static long values, blocks; /* alive when it began */

MAYBE_UNUSED static void begin(int compat)
{
    values = value_alive();
    blocks = mem_alive();
    CU_ASSERT_EQUAL_FATAL(runtime_init(&rt, compat), 0);
    runtime_lock(&rt);
    ctx_init(&ctx, &rt);
}

/* Nothing may be left. */
MAYBE_UNUSED static void end(void)
{
    CU_ASSERT_PTR_NULL(ctx.raised);
    ctx_free(&ctx);
    collect_run(&rt);
    runtime_unlock(&rt);
    runtime_free(&rt);
    CU_ASSERT_EQUAL(value_alive(), values);
    CU_ASSERT_EQUAL(mem_alive(), blocks);
}

MAYBE_UNUSED static void drop_raised(void)
{
    value_release(raised_fetch(&ctx));
}

/* The class of the pending exception, and what str of it is. Takes it out. */
MAYBE_UNUSED static void check_raised(const char *class, const char *message)
{
    struct value *e = raised_fetch(&ctx), *text = e ? value_str(&ctx, e) : NULL;
    CU_ASSERT_STRING_EQUAL(e ? exception_class_name(exception_class_of(e)) : "", class);
    CU_ASSERT_STRING_EQUAL(text ? str_peek(text, NULL) : "", message);
    value_release(text);
    value_release(e);
}

#endif
