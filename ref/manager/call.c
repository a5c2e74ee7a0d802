/* SPDX-License-Identifier: MIT */
/* Arguments from anywhere, checked in the order and with the words of each version's interpreter. */
#include "ref/manager/call.h"

#include <stdio.h>
#include <string.h>

#include "ref/base/limits.h"
#include "ref/value/exception.h"

bool callee_find(struct callee *out, const struct value *object, const char *name, int compat)
{
    for (const struct type *t = object->type; t; t = t->base)
        for (const struct method *m = t->methods; m && m->name; m++)
            if (strcmp(m->name, name) == 0 && compat_within(compat, m->since, m->until)) {
                *out = (struct callee){m, t->module, t->name, NULL};
                return true;
            }
    return false;
}

/* How messages name the function: new str. */
static struct value *function_text(struct ctx *ctx, const struct callee *f)
{
    const char *name = f->row->name, *dot = f->class ? strrchr(f->class, '.') : NULL, *class = dot ? dot + 1 : f->class;
    /* attribute access is defined by class object, whatever names it in its table */
    bool of_object = f->row->style == CALL_SLOT && (strstr(name, "attr") != NULL);

    if (f->object)
        return compat_has(ctx->rt->compat, COMPAT_CALLEE_WORDS)
                   ? value_str(ctx, f->object)
                   : str_printf(ctx, "%s object", value_type_name(f->object));
    if (!compat_has(ctx->rt->compat, COMPAT_CALLEE_WORDS))
        return f->row->style == CALL_SLOT ? str_new_text(ctx, "method-wrapper object") : str_printf(ctx, "%s()", name);
    if (!class)
        return strcmp(f->module, "builtins") ? str_printf(ctx, "%s.%s()", f->module, name)
                                             : str_printf(ctx, "%s()", name);
    if (f->row->style == CALL_PYTHON || (f->row->style == CALL_ANY && strcmp(f->module, "builtins") != 0))
        return str_printf(ctx, "%s.%s.%s()", f->module, class, name);
    return str_printf(ctx, "%s.%s()", of_object ? "object" : class, name);
}

/* raise TypeError "list.append() argument after * must be an iterable, not int"; NULL, always. */
static void *wrong_argument(struct ctx *ctx, const struct callee *f, bool anonymous, const char *stars,
                            const char *what, const struct value *given)
{
    bool told = compat_has(ctx->rt->compat, COMPAT_VALUE_AFTER_STARS);
    struct value *text = anonymous || told ? NULL : function_text(ctx, f),
                 *class = told && stars[1] ? value_type_text(ctx, given) : NULL; /* a mapping is told with its module */

    if (!ctx->raised)
        raise_format(ctx, "TypeError", "%s%s after %s must be %s, not %s", text ? str_peek(text, NULL) : "Value",
                     text ? " argument" : "", stars, what, class ? str_peek(class, NULL) : value_type_name(given));
    value_release(text);
    value_release(class);
    return NULL;
}

bool call_no_iterable(struct ctx *ctx, const struct value *args)
{
    struct value *given;
    char text[LIMIT_TYPE_NAME * 8];

    if (!ctx->raised)
        return !args->type->iter;
    if (!value_is(args, &proxyref_type) || !raised_is(ctx, "TypeError"))
        return false;
    snprintf(text, sizeof text, "'%s' object is not iterable", value_type_name(args));
    given = exception_args_peek(exception_peek(ctx->raised));
    if (tuple_length(given) != 1 || !str_equals(tuple_peek(given, 0), text))
        return false;
    value_release(raised_fetch(ctx));
    return true;
}

/* A new tuple of first and args. */
static struct value *positional(struct ctx *ctx, const struct callee *f, struct value *first, struct value *args)
{
    struct value *list, *tuple = NULL;

    if (!first && args->type == &tuple_type)
        return value_ref(args);
    list = args->type->iter ? list_new(ctx) : NULL;
    if (list && !(first && list_extend_from(ctx, list, first)) && !list_extend_from(ctx, list, args))
        tuple = tuple_from(ctx, list);
    value_release(list);
    return tuple || !call_no_iterable(ctx, args)
               ? tuple
               : wrong_argument(ctx, f, first && compat_has(ctx->rt->compat, COMPAT_CALLEE_WORDS), "*", "an iterable",
                                args);
}

/* Subclasses of dict that Python's library has, by their names. */
static bool is_dict_class(const struct value *class)
{
    return class && (global_is(class, "collections", "OrderedDict") || global_is(class, "collections", "defaultdict") ||
                     global_is(class, "collections", "Counter"));
}

/* Of an instance of a dict subclass all that is known is how it was filled: its entries go into dict. 1 if it is one, 0
 * if not, -1 after raising. */
static int entries_of_instance(struct ctx *ctx, struct value *v, struct value *dict)
{
    size_t n = v->type == &opaque_type ? opaque_steps(v) : 0, entries = 0;
    struct value *key, *item;

    for (size_t i = 0; i < n; i++)
        if (opaque_step_peek(v, i, &key, &item) == OPAQUE_SET_ITEM) {
            if (dict_set(ctx, dict, key, item))
                return -1;
            entries++;
        }
    return entries > 0 || (v->type == &opaque_type && is_dict_class(opaque_class_peek(v)));
}

/* kwds as a dict of its own. */
static struct value *named(struct ctx *ctx, const struct callee *f, struct value *kwds)
{
    struct value *dict;
    int known;

    if (kwds->type == &dict_type)
        return value_ref(kwds);
    if (!(dict = dict_new(ctx)))
        return NULL;
    known = entries_of_instance(ctx, kwds, dict);
    if (!known)
        known = dict_update_mapping(ctx, dict, kwds);
    if (!known)
        wrong_argument(ctx, f, false, "**", "a mapping", kwds);
    if (known > 0)
        return dict;
    value_release(dict);
    return NULL;
}

/* Only the names of keyword arguments are looked at; slots refuse them all, and say so themselves. */
static bool names_are_text(struct ctx *ctx, const struct callee *f, struct value *kwds)
{
    size_t position = 0;
    struct value *key, *item;

    while (f->row->style != CALL_SLOT && dict_next_peek(kwds, &position, &key, &item)) {
        if (str_check(key))
            continue;
        if (compat_has(ctx->rt->compat, COMPAT_KEYWORDS_WORDS))
            raise_format(ctx, "TypeError", "keywords must be strings");
        else if (f->row->style == CALL_KEYWORDS)
            raise_format(ctx, "TypeError", "keywords must be strings");
        else if (f->row->style == CALL_PYTHON || f->row->style == CALL_ANY)
            raise_format(ctx, "TypeError", "%s() keywords must be strings", f->row->name);
        else
            raise_format(ctx, "TypeError", "%s() takes no keyword arguments", f->row->name);
        return false;
    }
    return true;
}

int call_arguments(struct ctx *ctx, struct value *func, bool is_function, struct value *args, struct value *kwds,
                   struct value **tuple, struct value **dict)
{
    bool plain = func->type == &global_type;
    struct method row = {.name = plain ? global_qualname(func) : "method",
                         .style = plain ? CALL_POSITIONAL : CALL_PYTHON};
    struct callee callee = {&row, plain ? function_module(ctx, func) : "builtins", NULL, is_function ? NULL : func};

    *tuple = NULL;
    *dict = kwds ? named(ctx, &callee, kwds) : dict_new(ctx);
    if (*dict)
        *tuple = positional(ctx, &callee, NULL, args);
    if (*tuple && (callee.object || names_are_text(ctx, &callee, *dict))) /* what is no function looks at no names */
        return 0;
    value_release(*tuple);
    value_release(*dict);
    return -1;
}

struct value *callee_call(struct ctx *ctx, const struct callee *f, struct value *self, struct value *first,
                          struct value *args, struct value *kwds)
{
    struct value *tuple = NULL, *dict = NULL, *result = NULL;

    if (first) /* with something before the star, the star is looked at first */
        tuple = positional(ctx, f, first, args);
    if (!ctx->raised)
        dict = named(ctx, f, kwds);
    if (!first && dict)
        tuple = positional(ctx, f, NULL, args);
    if (tuple && dict && names_are_text(ctx, f, dict))
        result = method_call(ctx, f->row, f->class, self, tuple, dict_length(dict) ? dict : NULL);
    value_release(tuple);
    value_release(dict);
    return result;
}
