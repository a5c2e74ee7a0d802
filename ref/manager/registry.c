/* SPDX-License-Identifier: MIT */
/* The registry's tables and how a row is read. */
#include "ref/manager/registry.h"

#include <string.h>

#include "ref/base/mem.h"
#include "ref/manager/types.h"

#define TYPEID(...) +1
enum {
    SYNC_MANAGER_ROWS = 1
#include "ref/manager/typeids.def"
    ,
    FIXTURE_ROWS = 1
#include "ref/manager/fixtures.def"
};
#undef TYPEID

static const struct typeid sync_manager[SYNC_MANAGER_ROWS];
static const struct typeid fixtures[FIXTURE_ROWS];

static int add_table(struct registry *r, const struct typeid *t)
{
    for (; t->name; t++)
        if (registry_add(r, t))
            return -1;
    return 0;
}

int registry_init(struct registry *r, int compat, bool with_fixtures)
{
    registry_init_empty(r, compat);
    if (!add_table(r, sync_manager) && (!with_fixtures || !add_table(r, fixtures)))
        return 0;
    registry_free(r);
    return -1;
}

void registry_init_empty(struct registry *r, int compat)
{
    *r = (struct registry){.compat = compat};
}

int registry_add(struct registry *r, const struct typeid *t)
{
    if (r->length == r->capacity) {
        size_t capacity = r->capacity ? 2 * r->capacity : 64;
        const struct typeid **rows = mem_realloc(r->rows, capacity * sizeof *rows);
        if (!rows)
            return -1;
        r->rows = rows;
        r->capacity = capacity;
    }
    r->rows[r->length++] = t;
    return 0;
}

void registry_free(struct registry *r)
{
    mem_free(r->rows);
    registry_init_empty(r, r->compat);
}

const struct typeid *registry_find(const struct registry *r, const char *name)
{
    for (size_t i = r->length; i-- > 0;) {
        const struct typeid *t = r->rows[i];
        if (compat_within(r->compat, t->since, t->until) && !strcmp(t->name, name))
            return t;
    }
    return NULL;
}

/* Appends the words of text to list, each cut at an equals sign. */
static int push_words(struct ctx *ctx, struct value *list, const char *text)
{
    while (*text) {
        char word[64];
        size_t size = strcspn(text, " "), length = strcspn(text, "= ");

        if (length >= sizeof word) {
            raise_format(ctx, "ValueError", "a method name is too long");
            return -1;
        }
        memcpy(word, text, length);
        word[length] = '\0';
        if (list_push_take(ctx, list, str_intern(ctx, word)))
            return -1;
        text += size;
        text += *text == ' ';
    }
    return 0;
}

struct value *registry_exposed(struct ctx *ctx, const struct typeid *t, struct value *object)
{
    struct value *names = t->exposed ? list_new(ctx) : value_public_methods(ctx, object);
    struct value *exposed = NULL;

    if (names && (!t->exposed || !push_words(ctx, names, t->exposed)) &&
        (!t->mapped || !push_words(ctx, names, t->mapped)))
        exposed = tuple_from(ctx, names);
    value_release(names);
    return exposed;
}

struct value *registry_mapped(struct ctx *ctx, const struct typeid *t, const char *method)
{
    size_t length = strlen(method);

    for (const char *p = t->mapped; p && *p; p += *p == ' ') {
        size_t size = strcspn(p, " ");
        if (!strncmp(p, method, length) && p[length] == '=')
            return str_new(ctx, p + length + 1, size - length - 1);
        p += size;
    }
    return NULL;
}

/* ---- tables */

#define LIST_EXPOSED_313                                                                                               \
    "__add__ __contains__ __delitem__ __getitem__ __len__ __mul__ __reversed__ __rmul__ __setitem__ append count "     \
    "extend index insert pop remove reverse sort __imul__"
#define LIST_EXPOSED_314                                                                                               \
    "__add__ __contains__ __delitem__ __getitem__ __imul__ __len__ __mul__ __reversed__ __rmul__ __setitem__ append "  \
    "clear copy count extend index insert pop remove reverse sort"
#define TYPEID(...) {__VA_ARGS__},

static const struct typeid sync_manager[SYNC_MANAGER_ROWS] = {
#include "ref/manager/typeids.def"
    {0}};

static const struct typeid fixtures[FIXTURE_ROWS] = {
#include "ref/manager/fixtures.def"
    {0}};
