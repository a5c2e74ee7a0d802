/* SPDX-License-Identifier: MIT */
/* The referent table: counts, identifiers, and objects that proxies inside the server keep.  What CPython answers to
 * the same requests is compared by ref/test/requests.sh; here is what cannot be seen from outside: lifetimes, memory,
 * many objects. */
#include "ref/manager/referents.h"
#include "ref/test/support.h"

static const struct typeid wide = {.name = "wide", .exposed = "append pop"},
                           narrow = {.name = "narrow", .exposed = "pop"};

struct table {
    struct world w;
    struct referents t;
};

static void table_begin(struct table *x, int compat)
{
    world_begin(&x->w, compat);
    referents_init(&x->t);
}

static void table_end(struct table *x)
{
    referents_free(&x->t);
    world_end(&x->w);
}

/* Creates: the identifier; NULL after raising. */
static struct value *create(struct table *x, const struct typeid *t, struct value *object)
{
    struct value *exposed = registry_exposed(&x->w.ctx, t, object), *ident = NULL;

    if (exposed && referents_create(&x->w.ctx, &x->t, t, object, exposed, &ident))
        ident = NULL;
    value_release(exposed);
    return ident;
}

static struct value *create_list(struct table *x)
{
    struct value *list = list_new(&x->w.ctx), *ident = create(x, &wide, list);

    value_release(list);
    CU_ASSERT_FATAL(ident != NULL);
    return ident;
}

static bool finds(struct table *x, struct value *ident, const char *exposed)
{
    struct found f;

    if (referents_find(&x->w.ctx, &x->t, ident, &f))
        return false;
    value_ref(f.exposed);
    bool same = shows(&x->w.ctx, f.exposed, exposed);
    found_free(&f);
    return same;
}

static void test_counts(void)
{
    struct table x;

    table_begin(&x, 315);
    struct value *a = create_list(&x);
    CU_ASSERT(referents_count(&x.t) == 1);
    CU_ASSERT(!referents_incref(&x.w.ctx, &x.t, a));
    CU_ASSERT(!referents_decref(&x.w.ctx, &x.t, a));
    CU_ASSERT(referents_count(&x.t) == 1);
    CU_ASSERT(!referents_decref(&x.w.ctx, &x.t, a));
    CU_ASSERT(referents_count(&x.t) == 0 && x.t.length == 0);
    CU_ASSERT(referents_decref(&x.w.ctx, &x.t, a) && raised_is(&x.w.ctx, "KeyError"));
    value_release(raised_fetch(&x.w.ctx));
    value_release(a);
    table_end(&x);
}

static void test_the_later_creation_counts(void)
{
    struct table x;
    struct value *list, *first, *second;

    table_begin(&x, 315);
    list = list_new(&x.w.ctx);
    first = create(&x, &wide, list);
    CU_ASSERT(finds(&x, first, "('append', 'pop')"));
    second = create(&x, &narrow, list);
    CU_ASSERT(str_equals(second, str_peek(first, NULL)));
    CU_ASSERT(finds(&x, first, "('pop',)"));
    CU_ASSERT(referents_count(&x.t) == 1);
    CU_ASSERT(!referents_decref(&x.w.ctx, &x.t, first) && referents_count(&x.t) == 1);
    CU_ASSERT(!referents_decref(&x.w.ctx, &x.t, first) && referents_count(&x.t) == 0);
    value_release(first);
    value_release(second);
    value_release(list);
    table_end(&x);
}

static void test_only_the_canonical_identifier(void)
{
    static const char *const odd[] = {"0x%s", " %s", "%s ", "+%s", "0%s", "%s0000000000000000"};
    struct table x;
    char text[80];

    table_begin(&x, 315);
    struct value *a = create_list(&x);
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        snprintf(text, sizeof text, odd[i], str_peek(a, NULL));
        struct value *ident = str_new_text(&x.w.ctx, text);
        CU_ASSERT(referents_incref(&x.w.ctx, &x.t, ident) && raised_is(&x.w.ctx, "KeyError"));
        value_release(raised_fetch(&x.w.ctx));
        value_release(ident);
    }
    value_release(a);
    table_end(&x);
}

static void test_unhashable(void)
{
    static const char *const texts[] = {"TypeError: unhashable type: 'list'",
                                        "TypeError: cannot use 'list' as a dict key (unhashable type: 'list')"};

    for (int compat = 313; compat <= 314; compat++) {
        struct table x;
        struct found f;
        table_begin(&x, compat);
        struct value *list = list_new(&x.w.ctx);
        CU_ASSERT(referents_find(&x.w.ctx, &x.t, list, &f));
        CU_ASSERT(raised(&x.w.ctx, texts[compat - 313]));
        CU_ASSERT(referents_incref(&x.w.ctx, &x.t, list));
        CU_ASSERT(raised(&x.w.ctx, texts[compat - 313]));
        value_release(list);
        table_end(&x);
    }
}

static void test_kept_objects(void)
{
    struct table x;
    struct referent *kept, *again;

    table_begin(&x, 315);
    struct value *a = create_list(&x);
    CU_ASSERT(!referents_keep(&x.w.ctx, &x.t, a, &kept));
    CU_ASSERT(!referents_keep(&x.w.ctx, &x.t, a, &again) && kept == again);
    CU_ASSERT(!referents_decref(&x.w.ctx, &x.t, a));
    CU_ASSERT(referents_count(&x.t) == 0);
    CU_ASSERT(finds(&x, a, "('append', 'pop')"));     /* calls reach it, */
    CU_ASSERT(!referents_decref(&x.w.ctx, &x.t, a));  /* a decref is ignored, */
    CU_ASSERT(!referents_exposed(&x.w.ctx, &x.t, a)); /* get_methods does not look there, */
    CU_ASSERT(raised_is(&x.w.ctx, "KeyError"));
    value_release(raised_fetch(&x.w.ctx));
    CU_ASSERT(!referents_incref(&x.w.ctx, &x.t, a)); /* an incref revives it */
    CU_ASSERT(referents_count(&x.t) == 1);
    CU_ASSERT(!referents_decref(&x.w.ctx, &x.t, a));
    referents_drop(&x.t, kept);
    CU_ASSERT(finds(&x, a, "('append', 'pop')"));
    referents_drop(&x.t, again);
    CU_ASSERT(!finds(&x, a, ""));
    CU_ASSERT(raised_is(&x.w.ctx, "KeyError"));
    value_release(raised_fetch(&x.w.ctx));
    CU_ASSERT(x.t.length == 0);
    value_release(a);
    table_end(&x);
}

static void test_the_table_goes_before_what_it_keeps(void)
{
    struct table x;
    struct referent *kept;

    table_begin(&x, 315);
    struct value *a = create_list(&x);
    CU_ASSERT(!referents_keep(&x.w.ctx, &x.t, a, &kept));
    referents_free(&x.t);
    referents_drop(&x.t, kept);
    value_release(a);
    table_end(&x);
}

static void test_reserved_identifier(void)
{
    struct table x;
    struct referent *kept;
    struct found f;

    table_begin(&x, 315);
    struct value *zero = str_new_text(&x.w.ctx, "0");
    CU_ASSERT(referents_find(&x.w.ctx, &x.t, zero, &f));
    CU_ASSERT(raised(&x.w.ctx, "ValueError: not enough values to unpack (expected 3, got 2)"));
    CU_ASSERT(shows(&x.w.ctx, referents_exposed(&x.w.ctx, &x.t, zero), "()"));
    CU_ASSERT(!referents_keep(&x.w.ctx, &x.t, zero, &kept) && !kept);
    referents_drop(&x.t, kept);
    value_release(zero);
    table_end(&x);
}

static void test_many(void)
{
    enum { MANY = 5000 };
    struct value **idents = calloc(MANY, sizeof *idents);
    struct table x;

    table_begin(&x, 315);
    for (int i = 0; i < MANY; i++)
        idents[i] = create_list(&x);
    CU_ASSERT(referents_count(&x.t) == MANY);
    for (int i = 0; i < MANY; i += 2)
        CU_ASSERT(!referents_decref(&x.w.ctx, &x.t, idents[i]));
    CU_ASSERT(referents_count(&x.t) == MANY / 2);
    for (int i = 0; i < MANY; i++) {
        CU_ASSERT(finds(&x, idents[i], "('append', 'pop')") == (i % 2 == 1));
        value_release(raised_fetch(&x.w.ctx));
        value_release(idents[i]);
    }
    free(idents);
    table_end(&x);
}

static void test_debug_info_cuts_at_characters(void)
{
    struct table x;
    char text[400] = "", expected[500];

    table_begin(&x, 315);
    for (size_t i = 0; i < 200; i++)
        text[i] = i % 2 ? '\xa9' : '\xc3'; /* é */
    struct value *object = str_new_text(&x.w.ctx, text), *ident = create(&x, &narrow, object);
    text[150] = 0; /* 75 characters of two bytes */
    snprintf(expected, sizeof expected, "  %s:       refcount=1\n    %s", str_peek(ident, NULL), text);
    struct value *info = referents_debug_info(&x.w.ctx, &x.t);
    CU_ASSERT(info && str_equals(info, expected));
    value_release(info);
    value_release(ident);
    value_release(object);
    table_end(&x);
}

static void test_out_of_memory(void)
{
    struct table x;

    table_begin(&x, 315);
    for (long n = 1; n < 40; n++) {
        struct value *list = list_new(&x.w.ctx);
        mem_fail_at(n);
        struct value *ident = create(&x, &wide, list), *info = ident ? referents_debug_info(&x.w.ctx, &x.t) : NULL;
        mem_fail_at(0);
        CU_ASSERT(referents_count(&x.t) == (ident != NULL));
        CU_ASSERT((info != NULL) == !x.w.ctx.raised);
        value_release(raised_fetch(&x.w.ctx));
        if (ident)
            CU_ASSERT(!referents_decref(&x.w.ctx, &x.t, ident));
        value_release(info);
        value_release(ident);
        value_release(list);
    }
    table_end(&x);
}

int main(void)
{
    CU_TestInfo tests[] = {{"counts", test_counts},
                           {"the later creation counts", test_the_later_creation_counts},
                           {"only the canonical identifier", test_only_the_canonical_identifier},
                           {"unhashable identifiers", test_unhashable},
                           {"objects that proxies keep", test_kept_objects},
                           {"the table goes before what it keeps", test_the_table_goes_before_what_it_keeps},
                           {"the reserved identifier", test_reserved_identifier},
                           {"many objects", test_many},
                           {"debug_info cuts at characters", test_debug_info_cuts_at_characters},
                           {"out of memory", test_out_of_memory},
                           CU_TEST_INFO_NULL};
    return unit_main("referents", tests);
}
