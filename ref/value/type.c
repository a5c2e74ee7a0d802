/* SPDX-License-Identifier: MIT */
/* Attributes and methods of any value: rows found by name and version, along the bases. */
#include "ref/value/type.h"

#include <stdlib.h>
#include <string.h>

#include "ref/base/mem.h"
#include "ref/value/core.h"

static bool row_exists(const struct method *m, int compat)
{
    return compat_within(compat, m->since, m->until);
}

const struct method *type_find_method(const struct type *type, const char *name, int compat)
{
    for (; type; type = type->base)
        for (const struct method *m = type->methods; m && m->name; m++)
            if (row_exists(m, compat) && strcmp(m->name, name) == 0)
                return m;
    return NULL;
}

bool value_has_method(const struct ctx *ctx, const struct value *v, const char *name)
{
    return type_find_method(v->type, name, ctx->rt->compat) != NULL;
}

struct value *value_get_attr(struct ctx *ctx, struct value *v, const char *name)
{
    return v->type->get_attr ? v->type->get_attr(ctx, v, name) : raise_no_attribute(ctx, v, name);
}

static int change_attr(struct ctx *ctx, struct value *v, const char *name, struct value *item)
{
    if (v->type->set_attr)
        return v->type->set_attr(ctx, v, name, item);
    if (value_has_method(ctx, v, name))
        raise_format(ctx, "AttributeError", "'%.100s' object attribute '%s' is read-only", value_type_name(v), name);
    else
        raise_no_attribute_to_set(ctx, v, name);
    return -1;
}

int value_set_attr(struct ctx *ctx, struct value *v, const char *name, struct value *item)
{
    return change_attr(ctx, v, name, item);
}

int value_delete_attr(struct ctx *ctx, struct value *v, const char *name)
{
    return change_attr(ctx, v, name, NULL);
}

/* The type in whose table the row stands: a Python function is qualified by the class that defines it. */
static const struct type *owner_of(const struct type *type, const struct method *row)
{
    for (const struct type *t = type; t; t = t->base)
        for (const struct method *m = t->methods; m && m->name; m++)
            if (m == row)
                return t;
    return type;
}

/* There is no such method; what there may be is an attribute, which nothing here can call. */
static void *call_attribute(struct ctx *ctx, struct value *v, const char *name)
{
    struct value *item = value_get_attr(ctx, v, name);
    if (item)
        raise_format(ctx, "TypeError", "'%.200s' object is not callable", value_type_name(item));
    value_release(item);
    return NULL;
}

struct value *value_call_method(struct ctx *ctx, struct value *v, const char *name, struct value *args,
                                struct value *kwds)
{
    const struct method *m = type_find_method(v->type, name, ctx->rt->compat);
    if (!m)
        return call_attribute(ctx, v, name);
    bool python = m->style == CALL_PYTHON;
    const char *type_name = python ? owner_of(v->type, m)->name : value_type_name(v), *dot = strrchr(type_name, '.');
    return method_call(ctx, m, dot ? dot + 1 : type_name, v, args, kwds); /* array.array: array.append() */
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The public names of the type and its bases, some perhaps twice; returns how many. */
static size_t gather(const struct type *type, int compat, const char **names)
{
    size_t n = 0;
    for (; type; type = type->base)
        for (const struct method *m = type->methods; m && m->name; m++) {
            if (m->name[0] == '_' || !row_exists(m, compat))
                continue;
            if (names)
                names[n] = m->name;
            n++;
        }
    return n;
}

struct value *value_public_methods(struct ctx *ctx, struct value *v)
{
    size_t n = gather(v->type, ctx->rt->compat, NULL);
    const char **names = mem_calloc(n + 1, sizeof *names);
    struct value *list = names ? list_new(ctx) : raise_memory(ctx);
    if (!names || !list)
        goto out;
    gather(v->type, ctx->rt->compat, names);
    qsort(names, n, sizeof *names, by_name);
    for (size_t i = 0; i < n; i++) {
        if (i > 0 && strcmp(names[i], names[i - 1]) == 0)
            continue;
        struct value *name = str_intern(ctx, names[i]);
        if (!name || list_push_take(ctx, list, name) < 0) {
            value_release(list);
            list = NULL;
            break;
        }
    }
out:
    mem_free(names);
    return list;
}
