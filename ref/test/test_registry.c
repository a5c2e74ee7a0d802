/* SPDX-License-Identifier: MIT */
/* The registry against ref/test/vectors/registry.txt: the names that each CPython's server sends for each typeid. */
#include "ref/base/buf.h"
#include "ref/manager/registry.h"
#include "ref/test/support.h"

/* The words of names, duplicates and all, joined by blanks. */
static struct value *joined(struct ctx *ctx, struct value *names)
{
    struct value *text;
    struct buf b;

    buf_init(&b, SIZE_MAX);
    for (size_t i = 0; i < tuple_length(names); i++) {
        buf_put_text(&b, i ? " " : "");
        buf_put_text(&b, str_peek(tuple_peek(names, i), NULL));
    }
    text = str_new(ctx, b.used ? (char *)b.data : "", b.used);
    buf_free(&b);
    return text;
}

/* An object of the typeid's kind; where there is no callable, any list. */
static struct value *any_object(struct ctx *ctx, const struct typeid *t)
{
    struct value *args = NULL, *object;

    if (!t->construct || !strcmp(t->name, "Singleton") || !strcmp(t->name, "Narrow")) /* those need a server */
        return list_new(ctx);
    if (!strcmp(t->name, "Value") || !strcmp(t->name, "Array"))
        args = make(ctx, "(s [i])", "i", 1);
    else if (!strcmp(t->name, "Barrier") || !strcmp(t->name, "Wrapper"))
        args = make(ctx, "(i)", 2);
    else
        args = make(ctx, "()");
    object = t->construct(ctx, t, args, NULL);
    value_release(args);
    return object;
}

static bool row_agrees(struct ctx *ctx, const struct registry *r, const char *name, const char *names,
                       const char *mapped)
{
    const struct typeid *t = registry_find(r, name);
    struct value *object = t ? any_object(ctx, t) : NULL, *exposed = object ? registry_exposed(ctx, t, object) : NULL;
    struct value *text = exposed ? joined(ctx, exposed) : NULL;
    bool same = text && str_equals(text, names) && !strcmp(t->mapped ? t->mapped : "", mapped);

    if (!same)
        printf("# %d %s: %s / %s instead of %s / %s\n", r->compat, name, text ? str_peek(text, NULL) : "nothing",
               t && t->mapped ? t->mapped : "", names, mapped);
    value_release(text);
    value_release(exposed);
    value_release(object);
    return same;
}

/* Splits a line at tabs; the last field may be empty. */
static void split(char *line, char *fields[4])
{
    for (int i = 0; i < 4; i++) {
        fields[i] = line;
        line += strcspn(line, "\t");
        if (*line)
            *line++ = 0;
    }
}

/* Counts the vectors of one version, and those that the registry agrees with. */
static void check_version(int compat, size_t *vectors, size_t *agree)
{
    FILE *f = fopen("ref/test/vectors/registry.txt", "r");
    struct registry r;
    struct world w;
    char *line = NULL, *fields[4];
    size_t room = 0;

    CU_ASSERT_FATAL(f != NULL);
    world_begin(&w, compat);
    CU_ASSERT_FATAL(!registry_init(&r, compat, true));
    while (getline(&line, &room, f) > 0) {
        int since, until;
        line[strcspn(line, "\n")] = 0;
        if (*line == '#')
            continue;
        split(line, fields);
        CU_ASSERT_FATAL(sscanf(fields[1], "%d-%d", &since, &until) == 2);
        if (compat < since || compat > until)
            continue;
        ++*vectors;
        *agree += row_agrees(&w.ctx, &r, fields[0], fields[2], fields[3]);
    }
    free(line);
    fclose(f);
    registry_free(&r);
    world_end(&w);
}

static void test_names_of_every_version(void)
{
    size_t vectors = 0, agree = 0;

    for (int compat = COMPAT_OLDEST; compat <= COMPAT_NEWEST; compat++)
        check_version(compat, &vectors, &agree);
    CU_ASSERT(vectors > 240);
    CU_ASSERT(vectors == agree);
}

static void test_versions_without_a_typeid(void)
{
    struct registry r;

    CU_ASSERT_FATAL(!registry_init(&r, 313, false));
    CU_ASSERT(!registry_find(&r, "set"));
    CU_ASSERT(!registry_find(&r, "Echo"));
    CU_ASSERT(!registry_find(&r, "nosuch"));
    CU_ASSERT(registry_find(&r, "list") != NULL);
    registry_free(&r);
    CU_ASSERT_FATAL(!registry_init(&r, 314, true));
    CU_ASSERT(registry_find(&r, "set") != NULL);
    CU_ASSERT(registry_find(&r, "Echo") != NULL);
    registry_free(&r);
}

static void test_mapped_methods(void)
{
    static const struct typeid t = {.name = "T", .mapped = "a=list long_name=Iterator b=B"};
    struct world w;

    world_begin(&w, 315);
    CU_ASSERT(shows(&w.ctx, registry_mapped(&w.ctx, &t, "a"), "'list'"));
    CU_ASSERT(shows(&w.ctx, registry_mapped(&w.ctx, &t, "long_name"), "'Iterator'"));
    CU_ASSERT(shows(&w.ctx, registry_mapped(&w.ctx, &t, "b"), "'B'"));
    CU_ASSERT(!registry_mapped(&w.ctx, &t, "lon"));
    CU_ASSERT(!registry_mapped(&w.ctx, &t, "list"));
    CU_ASSERT(!registry_mapped(&w.ctx, &t, ""));
    world_end(&w);
}

static void test_own_rows(void)
{
    static const struct typeid mine = {.name = "list", .exposed = "x"}, late = {.name = "late", .since = 314};
    struct registry r;

    CU_ASSERT_FATAL(!registry_init(&r, 313, false));
    CU_ASSERT(!registry_add(&r, &mine) && !registry_add(&r, &late));
    CU_ASSERT(registry_find(&r, "list") == &mine);
    CU_ASSERT(!registry_find(&r, "late"));
    for (int i = 0; i < 200; i++)
        CU_ASSERT(!registry_add(&r, &late));
    registry_free(&r);
}

static void test_out_of_memory(void)
{
    long blocks = mem_alive();
    int failures = 0;

    for (long n = 1; n < 100; n++) {
        struct registry r;
        mem_fail_at(n);
        int failed = registry_init(&r, 315, true);
        mem_fail_at(0);
        if (!failed)
            registry_free(&r);
        failures += failed != 0;
        CU_ASSERT(mem_alive() == blocks);
    }
    CU_ASSERT(failures > 0);
}

int main(void)
{
    CU_TestInfo tests[] = {{"the names that each version sends", test_names_of_every_version},
                           {"typeids that a version lacks", test_versions_without_a_typeid},
                           {"methods mapped to typeids", test_mapped_methods},
                           {"rows of a program", test_own_rows},
                           {"out of memory", test_out_of_memory},
                           CU_TEST_INFO_NULL};
    return unit_main("registry", tests);
}
