/* SPDX-License-Identifier: MIT */
/* Writing classes and functions by name: STACK_GLOBAL, GLOBAL, or getattr for nested names in old protocols, and what
 * has no name to be found by.  Mirrors save_global and save_type of Modules/_pickle.c, without its look at the module:
 * ref holds names only. */
#include "ref/pickle/dump.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "ref/pickle/load.h"

int dump_error(struct pickler *p, const char *format, ...)
{
    struct ctx *ctx = p->ctx;
    char text[1024];
    struct value *args, *e;
    va_list ap;
    va_start(ap, format);
    vsnprintf(text, sizeof text, format, ap);
    va_end(ap);
    args = tuple_pack_take(ctx, 1, str_new_text(ctx, text));
    e = args ? exception_new(ctx, exception_class_find("_pickle", "PicklingError", ctx->rt->compat), args) : NULL;
    value_release(args);
    if (e)
        raise_take(ctx, e);
    return -1;
}

/* A function that no name leads to. */
static int refuse_local(struct pickler *p, struct value *v, const char *name)
{
    if (compat_has(p->compat, COMPAT_LOCAL_WORDS))
        return dump_error(p, "Can't pickle local object <function %s at %p>", name, (void *)v);
    raise_format(p->ctx, "AttributeError",
                 compat_has(p->compat, COMPAT_LOCAL_LOOKUP_WORDS) ? "Can't get local object '%s'"
                                                                  : "Can't pickle local object '%s'",
                 name);
    return -1;
}

static int refuse_lambda(struct pickler *p, struct value *v, const char *name)
{
    if (compat_has(p->compat, COMPAT_LOCAL_WORDS))
        return dump_error(p, "Can't pickle <function %s at %p>: it's not found as %s.%s", name, (void *)v,
                          global_module(v), name);
    return dump_error(p, "Can't pickle <function %s at %p>: attribute lookup %s on %s failed", name, (void *)v, name,
                      global_module(v));
}

static bool is_ascii(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text >= 0x80)
            return false;
    return true;
}

/* Protocols 2 and 3: two lines; 2 with the names of Python 2. */
static int global_lines(struct pickler *p, const char *module, const char *name)
{
    if (p->protocol < 3)
        fix_imports(p->compat, true, &module, &name);
    if (p->protocol < 3 && !is_ascii(module))
        return dump_error(p, "can't pickle module identifier '%s' using pickle protocol %d", module, p->protocol);
    if (p->protocol < 3 && !is_ascii(name))
        return dump_error(p, "can't pickle global identifier '%s' using pickle protocol %d", name, p->protocol);
    dump_op(p, OPCODE_GLOBAL);
    dump_put(p, module, strlen(module));
    dump_put(p, "\n", 1);
    dump_put(p, name, strlen(name));
    dump_put(p, "\n", 1);
    return 0;
}

/* Module strings are interned, but the functions of builtins share one of their own, and one class there has its own.
 */
static enum identity module_identity(const char *module, const char *name, bool function)
{
    if (strcmp(module, "builtins") != 0)
        return IDENTITY_NAME;
    if (function)
        return IDENTITY_FUNCTION_MODULE;
    return strcmp(name, "ExceptionGroup") == 0 ? IDENTITY_VALUE : IDENTITY_NAME;
}

static int global_strings(struct pickler *p, const char *module, const char *name, bool function)
{
    enum identity identity = module_identity(module, name, function);
    struct value *module_str = str_new_text(p->ctx, module), *name_str = str_new_text(p->ctx, name);
    int result = module_str && name_str ? dump_str_as(p, module_str, identity) : -1;
    if (result == 0)
        result = dump_value(p, name_str);
    value_release(module_str);
    value_release(name_str);
    dump_op(p, OPCODE_STACK_GLOBAL);
    return result;
}

/* Below protocol 4 a nested name is getattr(outer, 'inner'); until 3.12 the outer object is written as any other. */
static int global_by_getattr(struct pickler *p, const char *module, const char *name, const char *dot)
{
    struct ctx *ctx = p->ctx;
    char outer[1024];
    if ((size_t)(dot - name) >= sizeof outer)
        return dump_error(p, "Can't pickle %s.%s: its name is too long", module, name);
    snprintf(outer, sizeof outer, "%.*s", (int)(dot - name), name);
    return dump_reduce_take(p, NULL, global_new(ctx, "builtins", "getattr"),
                            tuple_pack_take(ctx, 2, global_new(ctx, module, outer), str_new_text(ctx, dot + 1)));
}

/* Since 3.13: getattr for each dot, the outermost object without a number, then one name and one call after the other.
 */
static int global_by_getattrs(struct pickler *p, const char *module, const char *name)
{
    char outer[1024];
    const char *dot = strchr(name, '.');
    for (const char *d = dot; d; d = strchr(d + 1, '.'))
        if (dump_value_take(p, global_new(p->ctx, "builtins", "getattr")))
            return -1;
    if ((size_t)(dot - name) >= sizeof outer)
        return dump_error(p, "Can't pickle %s.%s: its name is too long", module, name);
    snprintf(outer, sizeof outer, "%.*s", (int)(dot - name), name);
    if (global_lines(p, module, outer))
        return -1;
    while (dot) {
        const char *start = dot + 1, *end = strchr(start, '.');
        if (dump_value_take(p, str_new(p->ctx, start, end ? (size_t)(end - start) : strlen(start))))
            return -1;
        dump_op(p, OPCODE_TUPLE2);
        dump_op(p, OPCODE_REDUCE);
        dot = end;
    }
    return 0;
}

static int dump_global_named(struct pickler *p, struct value *v, enum identity identity, const char *module,
                             const char *name, bool function)
{
    const char *dot = strrchr(name, '.');
    int result;
    if (p->protocol >= 4)
        result = global_strings(p, module, name, function);
    else if (dot)
        result = compat_has(p->compat, COMPAT_GLOBAL_BY_GETATTRS) ? global_by_getattrs(p, module, name)
                                                                  : global_by_getattr(p, module, name, dot);
    else
        result = global_lines(p, module, name);
    return result ? -1 : dump_memoize(p, v, identity);
}

/* Types that are found through their one value. */
static struct value *singleton_of(const struct value *v)
{
    if (global_is(v, "builtins", "NoneType") || global_is(v, "types", "NoneType"))
        return &value_none;
    if (global_is(v, "builtins", "ellipsis"))
        return &value_ellipsis;
    return global_is(v, "builtins", "NotImplementedType") ? &value_not_implemented : NULL;
}

int dump_global(struct pickler *p, struct value *v)
{
    const char *name = global_qualname(v);
    struct value *singleton = singleton_of(v);
    if (singleton)
        return dump_reduce_take(p, v, global_new(p->ctx, "builtins", "type"),
                                tuple_pack_take(p->ctx, 1, value_ref(singleton)));
    if (strstr(name, "<locals>"))
        return refuse_local(p, v, name);
    if (strchr(name, '<'))
        return refuse_lambda(p, v, name);
    return dump_global_named(p, v, IDENTITY_GLOBAL, global_module(v), name, globals_is_function(v));
}

/* Ellipsis and NotImplemented, by name. */
int dump_named(struct pickler *p, struct value *v)
{
    return dump_global_named(p, v, IDENTITY_VALUE, "builtins", v == &value_ellipsis ? "Ellipsis" : "NotImplemented",
                             false);
}
