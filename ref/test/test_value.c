/* SPDX-License-Identifier: MIT */
/* What holds for all values: which objects there is one of, the hierarchy of exceptions, recursion limits, public
 * methods, failed allocations of constructors and of raising. */
#include "ref/test/operations.h"

/* Answers `identical` and `mro`; "unknown" are exceptions that CPython has and ref has not: none. */
static bool value_operation(struct operations *o, struct buf *out)
{
    if (!strcmp(o->fields[0], "identical")) {
        struct value *a = operations_operand(o, 1), *b = operations_operand(o, 1);
        buf_put_text(out, a == b ? "True" : "False");
        value_release(a);
        value_release(b);
        return true;
    }
    if (!strcmp(o->fields[0], "unknown"))
        return true;
    const struct exception_class *class = exception_class_find(o->fields[1], o->fields[2], o->rt.compat), *c;
    if (!class)
        buf_put_text(out, "none");
    for (unsigned i = 0; class && (c = exception_class_mro(class, i)); i++) {
        buf_printf(out, "%s%s.%s", i ? " " : "", exception_class_module(c), exception_class_name(c));
        CU_ASSERT(exception_class_is(class, c));
        CU_ASSERT(i == 0 || !exception_class_is(c, class));
    }
    return true;
}

static void test_identity(void)
{
    operations_run("identity", value_operation);
}

static void test_classes(void)
{
    operations_run("class", value_operation);
}

/* ---- one world for the rest */

static struct runtime rt;
static struct ctx ctx;
static long values, blocks;

static void begin(int compat)
{
    values = value_alive();
    blocks = mem_alive();
    CU_ASSERT_FATAL(runtime_init(&rt, compat) == 0);
    runtime_lock(&rt);
    ctx_init(&ctx, &rt);
}

static void end(void)
{
    CU_ASSERT(!ctx.raised && ctx.depth == 0);
    ctx_free(&ctx);
    runtime_unlock(&rt);
    runtime_free(&rt);
    CU_ASSERT_EQUAL(value_alive(), values);
    CU_ASSERT_EQUAL(mem_alive(), blocks);
}

static struct value *parse(const char *text)
{
    struct literal l = {&ctx, text, NULL, NULL};
    return literal_value(&l);
}

static bool raised_line(const char *line)
{
    struct value *e = raised_fetch(&ctx), *text = e ? exception_line(&ctx, e) : NULL;
    bool same = text && str_equals(text, line);
    if (!same)
        printf("# raised %s\n", text ? str_peek(text, NULL) : "nothing");
    value_release(text);
    value_release(e);
    return same;
}

static void test_interned(void)
{
    begin(COMPAT_NEWEST);
    struct value *a = str_intern(&ctx, "name"), *b = str_intern(&ctx, "name"), *c = str_new_text(&ctx, "name");
    CU_ASSERT(a == b && a != c);
    CU_ASSERT_EQUAL(a->refs, 2);
    struct value *g = global_new(&ctx, "m", "C"), *h = global_new(&ctx, "m", "C"), *k = global_new(&ctx, "m", "D");
    CU_ASSERT(g == h && g != k && global_is(g, "m", "C") && !global_is(k, "m", "C") && !global_is(a, "m", "C"));
    struct value *all[] = {a, b, c, g, h, k};
    for (unsigned i = 0; i < sizeof all / sizeof *all; i++)
        value_release(all[i]);
    CU_ASSERT_EQUAL(value_alive(), values);
    CU_ASSERT(str_intern(&ctx, "a") == str_intern(&ctx, "a"));
    end();
}

static void test_immortal(void)
{
    begin(COMPAT_NEWEST);
    struct value *all[] = {&value_none, &value_true,     &value_false, &value_ellipsis, &value_not_implemented,
                           tuple_empty, int_new(&ctx, 7)};
    for (unsigned i = 0; i < sizeof all / sizeof *all; i++) {
        value_ref(all[i]);
        value_release(all[i]);
        value_release(all[i]);
        CU_ASSERT_EQUAL(all[i]->refs, SIZE_MAX);
    }
    value_release(NULL);
    end();
}

static struct value *nested(int depth)
{
    struct value *v = list_new(&ctx);
    while (depth--) {
        struct value *outer = list_new(&ctx);
        CU_ASSERT_FATAL(list_push_take(&ctx, outer, v) == 0);
        v = outer;
    }
    return v;
}

static void test_recursion(void)
{
    int64_t hash;
    begin(COMPAT_NEWEST);
    struct value *a = nested(3000), *b = nested(3000), *t = tuple_empty;
    for (int i = 0; i < 3000; i++)
        t = tuple_pack_take(&ctx, 1, t);
    CU_ASSERT(!value_repr(&ctx, a));
    CU_ASSERT(raised_line("RecursionError: maximum recursion depth exceeded while getting the repr of an object"));
    CU_ASSERT(value_compare(&ctx, COMPARE_EQ, a, b) == -1);
    CU_ASSERT(raised_line("RecursionError: maximum recursion depth exceeded in comparison"));
    CU_ASSERT(value_hash(&ctx, t, &hash) == -1);
    CU_ASSERT(raised_line("RecursionError: maximum recursion depth exceeded"));
    value_release(a);
    value_release(b);
    value_release(t);
    end();
}

static void test_public_methods(void)
{
    begin(310);
    struct value *e = parse("ValueError()"), *names = value_public_methods(&ctx, e), *text = value_repr(&ctx, names);
    CU_ASSERT(str_equals(text, "['with_traceback']"));
    value_release(names);
    value_release(text);
    rt.compat = 311;
    names = value_public_methods(&ctx, e);
    text = value_repr(&ctx, names);
    CU_ASSERT(str_equals(text, "['add_note', 'with_traceback']"));
    CU_ASSERT(value_has_method(&ctx, e, "add_note") && value_has_method(&ctx, e, "__setstate__") &&
              !value_has_method(&ctx, e, "args"));
    value_release(names);
    value_release(text);
    value_release(e);
    end();
}

/* A function written in Python is named after the class that defines it, one of C after that of the object; methods are
 * inherited. */
static void test_inherited(void)
{
    static const struct method of_parent[] = {
        {"old", CALL_PYTHON, 0, 0, 0, 0, "", NULL}, {"native", CALL_NO_ARGS, 0, 0, 0, 0, NULL, NULL}, {0}};
    static const struct method of_child[] = {{"new", CALL_PYTHON, 0, 0, 0, 0, "", NULL}, {0}};
    static const struct type parent = {
        .name = "Parent", .module = "m", .size = sizeof(struct value), .methods = of_parent};
    static const struct type child = {
        .name = "Child", .module = "m", .base = &parent, .size = sizeof(struct value), .methods = of_child};
    begin(COMPAT_NEWEST);
    struct value *v = value_new(&ctx, &child), *args = parse("(1,)"), *names = value_public_methods(&ctx, v), *text;
    CU_ASSERT(value_is(v, &parent) && value_is(v, &child) && !value_is(v, &int_type) &&
              value_is(&value_true, &int_type));
    CU_ASSERT(!value_call_method(&ctx, v, "old", args, NULL));
    CU_ASSERT(raised_line("TypeError: Parent.old() takes 1 positional argument but 2 were given"));
    CU_ASSERT(!value_call_method(&ctx, v, "new", args, NULL));
    CU_ASSERT(raised_line("TypeError: Child.new() takes 1 positional argument but 2 were given"));
    CU_ASSERT(!value_call_method(&ctx, v, "native", args, NULL));
    CU_ASSERT(raised_line("TypeError: Child.native() takes no arguments (1 given)"));
    CU_ASSERT(!value_call_method(&ctx, v, "absent", args, NULL));
    CU_ASSERT(raised_line("AttributeError: 'Child' object has no attribute 'absent'"));
    text = value_repr(&ctx, names);
    CU_ASSERT(str_equals(text, "['native', 'new', 'old']"));
    value_release(text);
    text = value_repr(&ctx, v);
    CU_ASSERT(strncmp(str_peek(text, NULL), "<m.Child object at 0x", 21) == 0);
    struct value *all[] = {v, args, names, text};
    for (unsigned i = 0; i < sizeof all / sizeof *all; i++)
        value_release(all[i]);
    end();
}

static void test_memory_error(void)
{
    begin(COMPAT_NEWEST);
    mem_fail_at(1);
    CU_ASSERT(!raise_memory(&ctx));
    CU_ASSERT_EQUAL(mem_count(), 0);
    mem_fail_at(0);
    CU_ASSERT(raised_is(&ctx, "MemoryError") && raised_is(&ctx, "Exception") && !raised_is(&ctx, "ValueError"));
    struct value *e = raised_fetch(&ctx), *args, *state;
    CU_ASSERT_EQUAL(value_set_attr(&ctx, e, "x", e), -1);
    CU_ASSERT(raised_line("MemoryError"));
    CU_ASSERT(exception_reduce(&ctx, e, &args, &state) == 0 && args == tuple_empty && !state);
    end();
}

/* Raising replaces what was raised before. */
static void test_raise(void)
{
    begin(COMPAT_NEWEST);
    raise_format(&ctx, "ValueError", "%d and %s", 1, "two");
    raise_bare(&ctx, "EOFError");
    CU_ASSERT(raised_line("EOFError"));
    raise_value(&ctx, "KeyError", tuple_empty);
    CU_ASSERT(raised_line("KeyError: ()"));
    CU_ASSERT(!raise_take(&ctx, NULL) && !ctx.raised);
    raise_format(&ctx, "ValueError", "%.4s", "abc\xc3\xa9");
    CU_ASSERT(raised_line("ValueError: abc\xEF\xBF\xBD"));
    struct value *class = global_new(&ctx, "fixtures", "Custom"), *args = parse("('x', 1)");
    raise_take(&ctx, opaque_new(&ctx, OPAQUE_REDUCE, class, args, NULL));
    CU_ASSERT(raised_is(&ctx, "Exception") && raised_is(&ctx, "BaseException") && !raised_is(&ctx, "ValueError"));
    CU_ASSERT(raised_line("fixtures.Custom: ('x', 1)"));
    value_release(class);
    value_release(args);
    end();
}

/* Constructors of exceptions, every allocation failed once. */
static void test_construction_memory(void)
{
    static const struct {
        const char *name, *args;
    } cases[] = {{"OSError", "(2, 'm', 'f')"},
                 {"OSError", "(2, 'm', 'f', None, 'g')"},
                 {"SyntaxError", "('m', ['f', 1, 2, 't'])"},
                 {"SyntaxError", "('m', ('f', 1))"},
                 {"UnicodeDecodeError", "('u', bytearray(b'abc'), 1, 2, 'r')"},
                 {"UnicodeDecodeError", "('u', 'abc', 1, 2, 'r')"},
                 {"ExceptionGroup", "('m', [ValueError(1), KeyError()])"},
                 {"ExceptionGroup", "('m', [])"},
                 {"ValueError", "('m',)"}};
    begin(COMPAT_NEWEST);
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct exception_class *class = exception_class_find("builtins", cases[i].name, COMPAT_NEWEST);
        struct value *args = parse(cases[i].args);
        bool failed = true;
        for (long n = 1; failed; n++) {
            mem_fail_at(n);
            struct value *e = exception_new(&ctx, class, args);
            failed = mem_count() >= n;
            mem_fail_at(0);
            CU_ASSERT(!failed || (!e && raised_is(&ctx, "MemoryError")));
            value_release(e);
            ctx_free(&ctx);
        }
        value_release(args);
    }
    end();
}

int main(void)
{
    CU_TestInfo tests[] = {{"objects there is one of", test_identity},
                           {"the hierarchy of exceptions", test_classes},
                           {"interned names and globals", test_interned},
                           {"immortal objects", test_immortal},
                           {"recursion has an end", test_recursion},
                           {"public methods by version", test_public_methods},
                           {"inherited methods and their names", test_inherited},
                           {"MemoryError without memory", test_memory_error},
                           {"raising", test_raise},
                           {"exceptions, each allocation failed once", test_construction_memory},
                           CU_TEST_INFO_NULL};
    return unit_main("value", tests);
}
