/* SPDX-License-Identifier: MIT */
/* A class or function by name.  There is one object per name, as there is in Python, so that identity, hashing and the
 * memo of a pickle come out right.  What kind of thing a name stands for C cannot know: the built-in functions are
 * listed, and of others those whose last component begins with a capital letter, or that are built-in, count as
 * classes. */
#include <ctype.h>
#include <string.h>

#include "ref/base/mem.h"
#include "ref/value/core.h"

struct global {
    struct value head;
    const char *module, *qualname; /* behind the struct */
    struct global *next, **ref;    /* among those of one hash */
};

enum { GLOBAL_SLOTS = 128 };

struct globals {
    struct global *slots[GLOBAL_SLOTS];
};

enum global_kind { GLOBAL_CLASS, GLOBAL_BUILTIN, GLOBAL_FUNCTION };

static const char *const builtin_functions[32];
static const char *const builtin_modules[8];

static struct global *as_global(const struct value *v)
{
    return (struct global *)v;
}

int global_runtime_init(struct runtime *rt)
{
    rt->globals = mem_calloc(1, sizeof *rt->globals);
    return rt->globals ? 0 : -1;
}

void global_runtime_end(struct runtime *rt)
{
    mem_free(rt->globals);
    rt->globals = NULL;
}

static size_t slot_of(const char *module, const char *qualname)
{
    uint64_t h = 14695981039346656037u; /* FNV-1a */
    for (const char *p = module; *p; p++)
        h = (h ^ (unsigned char)*p) * 1099511628211u;
    for (const char *p = qualname; *p; p++)
        h = (h ^ (unsigned char)*p) * 1099511628211u;
    return (h ^ h >> 32) % GLOBAL_SLOTS;
}

struct value *global_new(struct ctx *ctx, const char *module, const char *qualname)
{
    struct global **slot = &ctx->rt->globals->slots[slot_of(module, qualname)];
    size_t module_size = strlen(module) + 1, size = strlen(qualname) + 1;
    for (struct global *g = *slot; g; g = g->next)
        if (global_is(&g->head, module, qualname))
            return value_ref(&g->head);
    struct global *g = (struct global *)value_new_sized(ctx, &global_type, module_size + size);
    if (!g)
        return NULL;
    char *text = (char *)(g + 1);
    g->module = memcpy(text, module, module_size);
    g->qualname = memcpy(text + module_size, qualname, size);
    g->next = *slot;
    g->ref = slot;
    if (g->next)
        g->next->ref = &g->next;
    *slot = g;
    return &g->head;
}

static void global_destroy(struct value *v)
{
    struct global *g = as_global(v);
    *g->ref = g->next;
    if (g->next)
        g->next->ref = g->ref;
}

const char *global_module(const struct value *v)
{
    return as_global(v)->module;
}

const char *global_qualname(const struct value *v)
{
    return as_global(v)->qualname;
}

bool global_is(const struct value *v, const char *module, const char *qualname)
{
    return v->type == &global_type && strcmp(as_global(v)->module, module) == 0 &&
           strcmp(as_global(v)->qualname, qualname) == 0;
}

static bool listed(const char *const *list, const char *name)
{
    for (; *list; list++)
        if (strcmp(*list, name) == 0)
            return true;
    return false;
}

static const char *last_component(const struct global *g)
{
    const char *dot = strrchr(g->qualname, '.');
    return dot ? dot + 1 : g->qualname;
}

static enum global_kind kind_of(const struct global *g)
{
    const char *name = last_component(g);
    bool builtin = strcmp(g->module, "builtins") == 0;
    if (builtin && listed(builtin_functions, name))
        return GLOBAL_BUILTIN;
    if (builtin || isupper((unsigned char)*name))
        return GLOBAL_CLASS;
    return listed(builtin_modules, g->module) ? GLOBAL_BUILTIN : GLOBAL_FUNCTION;
}

static const char *global_name_of(const struct value *v)
{
    static const char *const names[] = {"type", "builtin_function_or_method", "function"};
    return names[kind_of(as_global(v))];
}

static struct value *global_repr(struct ctx *ctx, struct value *v)
{
    struct global *g = as_global(v);
    bool builtin = strcmp(g->module, "builtins") == 0;
    switch (kind_of(g)) {
    case GLOBAL_CLASS:
        return str_printf(ctx, "<class '%s%s%s'>", builtin ? "" : g->module, builtin ? "" : ".", g->qualname);
    case GLOBAL_BUILTIN:
        return str_printf(ctx, "<built-in function %s>", last_component(g));
    case GLOBAL_FUNCTION:
        break;
    }
    return str_printf(ctx, "<function %s at 0x%012llx>", g->qualname, (unsigned long long)(uintptr_t)v);
}

static struct value *global_get_attr(struct ctx *ctx, struct value *v, const char *name)
{
    struct global *g = as_global(v);
    if (strcmp(name, "__name__") == 0)
        return str_new_text(ctx, last_component(g));
    if (strcmp(name, "__qualname__") == 0)
        return str_new_text(ctx, g->qualname);
    if (strcmp(name, "__module__") == 0)
        return str_new_text(ctx, g->module);
    if (kind_of(g) != GLOBAL_CLASS)
        return raise_no_attribute(ctx, v, name);
    return raise_attribute_named(ctx, name, "type object '%.100s' has no attribute '%s'", last_component(g), name);
}

/* Generic classes could be subscripted in Python; C has no generic aliases to give. */
static struct value *global_get_item(struct ctx *ctx, struct value *v, struct value *key)
{
    (void)key;
    if (kind_of(as_global(v)) == GLOBAL_CLASS && compat_has(ctx->rt->compat, COMPAT_TYPE_SUBSCRIPT_WORDS))
        return raise_format(ctx, "TypeError", "type '%.100s' is not subscriptable", last_component(as_global(v)));
    return raise_format(ctx, "TypeError", "'%.200s' object is not subscriptable", value_type_name(v));
}

const struct type global_type = {
    .name = "type",
    .module = "builtins",
    .size = sizeof(struct global),
    .destroy = global_destroy,
    .hash_by_identity = true,
    .repr = global_repr,
    .get_item = global_get_item,
    .get_attr = global_get_attr,
    .name_of = global_name_of,
};

static const char *const builtin_functions[32] = {
    "abs",    "all",     "any",     "ascii", "bin",   "callable", "chr",        "delattr", "dir", "divmod", "eval",
    "format", "getattr", "hasattr", "hash",  "hex",   "id",       "isinstance", "iter",    "len", "max",    "min",
    "next",   "oct",     "ord",     "pow",   "print", "repr",     "round",      "sorted",  "sum", NULL,
};
static const char *const builtin_modules[8] = {"_operator", "math",    "_functools", "time",
                                               "_thread",   "_pickle", "posix",      NULL};
