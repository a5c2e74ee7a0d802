/* SPDX-License-Identifier: MIT */
/* Argument checks of every call style, against what each CPython answers; what functions get when the checks pass. */
#include "ref/test/operations.h"

/* What the last call of `note` got. */
static size_t noted;
static struct value *noted_first;
static struct value *noted_kwds;

static struct value *note(struct ctx *ctx, struct value *self, struct value *const *argv, size_t argc,
                          struct value *kwds)
{
    (void)ctx;
    (void)self;
    noted = argc;
    noted_first = argc ? argv[0] : NULL;
    noted_kwds = kwds;
    return &value_none;
}

/* The mirror of class Styles in oracle/vectors.py. */
static const struct method styles[] = {
    {"none", CALL_PYTHON, 0, 0, 0, 0, NULL, note},
    {"one", CALL_PYTHON, 1, 1, 0, 0, "value", note},
    {"two", CALL_PYTHON, 2, 2, 0, 0, "a b", note},
    {"three", CALL_PYTHON, 3, 3, 0, 0, "a b c", note},
    {"four", CALL_PYTHON, 4, 4, 0, 0, "a b c d", note},
    {"default", CALL_PYTHON, 0, 1, 0, 0, "a", note},
    {"second", CALL_PYTHON, 1, 2, 0, 0, "a b", note},
    {"mixed", CALL_PYTHON, 1, 2, 0, 0, "a b *c", note},
    {"must", CALL_PYTHON, 0, 0, 0, 0, "*c!", note},
    {"musts", CALL_PYTHON, 1, 1, 0, 0, "a *c! d! e!", note},
    {"rest", CALL_PYTHON, 1, -1, 0, 0, "name", note},
    {"wait", CALL_PYTHON, 0, 2, 0, 0, "value timeout", note},
    {0},
};

static const struct method *find(const char *name)
{
    for (const struct method *m = styles; m->name; m++)
        if (!strcmp(m->name, name))
            return m;
    CU_FAIL_FATAL("no such style");
    return NULL;
}

static bool call_operation(struct operations *o, struct buf *out)
{
    if (strcmp(o->fields[0], "style") != 0)
        return false;
    struct value *args = operations_operand(o, 2), *kwds = operations_operand(o, 3);
    struct value *r = method_call(&o->ctx, find(o->fields[1]), "Styles", &value_none, args, kwds);
    if (r)
        buf_put_text(out, "called");
    value_release(args);
    value_release(kwds);
    return true;
}

static void test_answers(void)
{
    operations_run("call", call_operation);
}

/* ---- what passes the checks */

struct world {
    struct runtime rt;
    struct ctx ctx;
    long values, blocks;
};

static struct world world_begin(void)
{
    return (struct world){.values = value_alive(), .blocks = mem_alive()};
}

static void world_open(struct world *w, int compat)
{
    CU_ASSERT_FATAL(runtime_init(&w->rt, compat) == 0);
    runtime_lock(&w->rt);
    ctx_init(&w->ctx, &w->rt);
}

static void world_close(struct world *w)
{
    ctx_free(&w->ctx);
    runtime_unlock(&w->rt);
    runtime_free(&w->rt);
    CU_ASSERT_EQUAL(value_alive(), w->values);
    CU_ASSERT_EQUAL(mem_alive(), w->blocks);
}

static struct value *parse(struct world *w, const char *text)
{
    struct literal l = {&w->ctx, text, NULL, NULL};
    return literal_value(&l);
}

static bool call(struct world *w, const struct method *m, const char *args, const char *kwds)
{
    struct value *a = parse(w, args), *k = parse(w, kwds);
    struct value *r = method_call(&w->ctx, m, "T", &value_none, a, k);
    value_release(a);
    value_release(k);
    if (!r)
        ctx_free(&w->ctx);
    return r != NULL;
}

static bool is_int(const struct value *v, int64_t expected)
{
    int64_t n;
    return v && int_peek_i64(v, &n) && n == expected;
}

static void test_slots(void)
{
    struct world w = world_begin();
    static const struct method by_name = {"m", CALL_KEYWORDS, 0, 0, 0, 0, "*key reverse", note};
    world_open(&w, COMPAT_NEWEST);
    CU_ASSERT(call(&w, &by_name, "()", "{'reverse': 2}") && noted == 2 && !noted_first);
    CU_ASSERT(call(&w, &by_name, "()", "{'reverse': 2, 'key': 3}") && noted == 2 && is_int(noted_first, 3));
    CU_ASSERT(call(&w, find("mixed"), "(1,)", "{'c': 2}") && noted == 3 && is_int(noted_first, 1));
    CU_ASSERT(call(&w, find("rest"), "()", "{'name': 7}") && noted == 1 && is_int(noted_first, 7));
    CU_ASSERT(call(&w, find("rest"), "(5, 6, 7)", "{}") && noted == 3 && is_int(noted_first, 5));
    world_close(&w);
}

static void test_any(void)
{
    struct world w = world_begin();
    static const struct method any = {"m", CALL_ANY, 0, -1, 0, 0, NULL, note};
    world_open(&w, COMPAT_NEWEST);
    CU_ASSERT(call(&w, &any, "(1, 2)", "{'x': 2}") && noted == 2 && is_int(noted_first, 1) && noted_kwds);
    CU_ASSERT(call(&w, &any, "(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18)", "{}") && noted == 18);
    CU_ASSERT(!call(&w, &any, "()", "{1: 2}"));
    CU_ASSERT(!call(&w, &any, "(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18)", "{1: 2}"));
    world_close(&w);
}

static void test_many_positional(void)
{
    struct world w = world_begin();
    static const struct method many = {"m", CALL_POSITIONAL, 0, -1, 0, 0, NULL, note};
    world_open(&w, COMPAT_NEWEST);
    CU_ASSERT(call(&w, &many, "(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18)", "{}") && noted == 18);
    world_close(&w);
}

/* METH_VARARGS functions name themselves without their class; functions outside classes count no self. */
static void test_names(void)
{
    static const struct method varargs = {"union", CALL_VARARGS, 0, -1, 0, 0, NULL, note};
    static const struct method function = {"Array", CALL_PYTHON, 1, 1, 0, 0, "x", note};
    struct world w = world_begin();
    world_open(&w, 311);
    struct value *kwds = parse(&w, "{'x': 1}"), *two = parse(&w, "(1, 2)");
    CU_ASSERT(!method_call(&w.ctx, &varargs, "set", &value_none, NULL, kwds));
    struct value *line = exception_line(&w.ctx, w.ctx.raised);
    CU_ASSERT(str_equals(line, "TypeError: union() takes no keyword arguments"));
    value_release(line);
    CU_ASSERT(!method_call(&w.ctx, &function, NULL, NULL, two, NULL));
    line = exception_line(&w.ctx, w.ctx.raised);
    CU_ASSERT(str_equals(line, "TypeError: Array() takes 1 positional argument but 2 were given"));
    value_release(line);
    value_release(kwds);
    value_release(two);
    world_close(&w);
}

/* Every allocation of a call that complains at length fails once. */
static void test_memory(void)
{
    struct world w = world_begin();
    world_open(&w, COMPAT_NEWEST);
    struct value *args = parse(&w, "(1,)"), *kwds = parse(&w, "{'vaule': 1}"), *none = parse(&w, "()");
    long n = 0;
    bool failed = true;
    while (failed) {
        mem_fail_at(++n);
        CU_ASSERT(!method_call(&w.ctx, find("one"), "Styles", &value_none, none, kwds));
        failed = mem_count() >= n;
        CU_ASSERT(raised_is(&w.ctx, failed ? "MemoryError" : "TypeError"));
        ctx_free(&w.ctx);
        mem_fail_at(n);
        CU_ASSERT(!method_call(&w.ctx, find("four"), "Styles", &value_none, args, NULL));
        CU_ASSERT(raised_is(&w.ctx, mem_count() >= n ? "MemoryError" : "TypeError"));
        ctx_free(&w.ctx);
    }
    mem_fail_at(0);
    CU_ASSERT(n > 3);
    value_release(args);
    value_release(kwds);
    value_release(none);
    world_close(&w);
}

int main(void)
{
    CU_TestInfo tests[] = {{"arguments are checked as in each CPython", test_answers},
                           {"what passes is laid out by parameter", test_slots},
                           {"a function may look at everything itself", test_any},
                           {"positional arguments without bound", test_many_positional},
                           {"names in messages", test_names},
                           {"each allocation fails once", test_memory},
                           CU_TEST_INFO_NULL};
    return unit_main("call", tests);
}
