/* SPDX-License-Identifier: MIT */
/* The functions and classes that C can call by name: what people use as sort keys, in pools, and with shared objects
 * generally.  A manager of CPython can call any function that it can import; which ones are here is in the tables of
 * the modules, and what a program adds for its runtime. */
#include "ref/value/functions.h"

#include <string.h>

/* A module by the name that pickles use for it, and the name that messages put before the function's; NULL: none. */
struct module {
    const char *name, *shown;
    const struct method *rows;
};

enum { MODULES = 6 };
static const struct module modules[MODULES];

/* The function's row, and its module as messages show it; NULL if it is not known here. */
static const struct method *find(const struct ctx *ctx, const struct value *function, const char **shown)
{
    const char *module = global_module(function), *name = global_qualname(function);
    const struct library *l = ctx->rt->libraries;
    int compat = ctx->rt->compat;

    for (const struct module *m = modules; m->name; m++)
        for (const struct method *row = m->rows; !strcmp(m->name, module) && row->name; row++)
            if (!strcmp(row->name, name) && compat_within(compat, row->since, row->until)) {
                *shown = m->shown;
                return row;
            }
    *shown = NULL;
    for (; l; l = l->next)
        for (const struct method *row = l->rows; !strcmp(l->module, module) && row->name; row++)
            if (!strcmp(row->name, name))
                return row;
    return NULL;
}

void function_register(struct runtime *rt, struct library *l)
{
    l->next = rt->libraries;
    rt->libraries = l;
}

void function_unregister(struct runtime *rt, struct library *l)
{
    struct library **link = &rt->libraries;

    while (*link && *link != l)
        link = &(*link)->next;
    if (*link)
        *link = l->next;
}

const char *function_module(const struct ctx *ctx, const struct value *function)
{
    const char *shown;

    return find(ctx, function, &shown) && shown ? shown : global_module(function);
}

bool function_known(const struct ctx *ctx, const struct value *function)
{
    const char *shown;

    return value_is(function, &global_type) && find(ctx, function, &shown);
}

/* A class of exceptions makes one. */
static struct value *call_class(struct ctx *ctx, const struct exception_class *class, struct value *args,
                                struct value *kwds)
{
    if (kwds && dict_length(kwds))
        return raise_format(ctx, "TypeError", "%s() takes no keyword arguments", exception_class_name(class));
    return exception_new(ctx, class, args);
}

static int refuse(struct ctx *ctx, const struct value *function)
{
    raise_format(ctx, "TypeError", "the function '%s.%s' cannot be called here", global_module(function),
                 global_qualname(function));
    return -1;
}

int function_check(struct ctx *ctx, const struct value *function)
{
    const char *module = global_module(function), *name = global_qualname(function);

    return function_known(ctx, function) || exception_class_find(module, name, ctx->rt->compat) ? 0
                                                                                                : refuse(ctx, function);
}

struct value *function_call(struct ctx *ctx, struct value *function, struct value *args, struct value *kwds)
{
    const struct exception_class *class;
    const struct method *row;
    const char *shown;

    if (value_is(function, &opaque_type)) /* perhaps it can, by whoever knows its class */
        return raise_format(ctx, "TypeError", "objects of the class '%s' cannot be called here",
                            value_type_name(function));
    if (!value_is(function, &global_type))
        return raise_format(ctx, "TypeError", "'%s' object is not callable", value_type_name(function));
    row = find(ctx, function, &shown);
    if (row)
        return method_call(ctx, row, shown, &value_none, args, kwds);
    class = exception_class_find(global_module(function), global_qualname(function), ctx->rt->compat);
    if (class)
        return call_class(ctx, class, args, kwds);
    refuse(ctx, function);
    return NULL;
}

/* ---- tables: operator's functions are pickled as those of _operator, those of math partly under another name since
 * 3.15 */

static const struct module modules[MODULES] = {
    {"builtins", NULL, functions_builtins},        {"_operator", "_operator", functions_operator},
    {"operator", "_operator", functions_operator}, {"math", "math", functions_math},
    {"math.integer", "math", functions_math},      {NULL, NULL, NULL},
};
