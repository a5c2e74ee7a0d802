/* SPDX-License-Identifier: MIT */
/* Instances of Python classes: object.__getattribute__ and its kin over a dict of attributes (Objects/object.c,
 * PyObject_GenericGetAttr), construction through `__init__`, and the reduction that pickle writes. */
#include "ref/manager/instance.h"

#include <stdio.h>
#include <string.h>

#include "ref/base/limits.h"
#include "ref/manager/types.h"

static struct instance *instance_cast(struct value *v)
{
    return (struct instance *)v;
}

void instance_destroy(struct value *v)
{
    value_release(instance_cast(v)->attributes);
}

int instance_traverse(struct value *v, visit_fn *visit, void *arg)
{
    struct value *attributes = instance_cast(v)->attributes;

    return attributes ? visit(attributes, arg) : 0;
}

void instance_clear(struct value *v)
{
    struct value *attributes = instance_cast(v)->attributes;

    instance_cast(v)->attributes = NULL;
    value_release(attributes);
}

struct value *instance_new(struct ctx *ctx, const struct type *type)
{
    struct value *v = value_new(ctx, type);

    if (v && !(instance_cast(v)->attributes = dict_new(ctx))) {
        value_release(v);
        return NULL;
    }
    return v;
}

struct value *instance_peek(struct ctx *ctx, struct value *v, const char *name)
{
    return dict_get_text_peek(ctx, instance_cast(v)->attributes, name);
}

int instance_set_take(struct ctx *ctx, struct value *v, const char *name, struct value *item)
{
    return dict_set_text_take(ctx, instance_cast(v)->attributes, name, item);
}

struct value *instance_construct(struct ctx *ctx, const struct typeid *t, struct value *args, struct value *kwds)
{
    const struct method *init = type_find_method(t->type, "__init__", ctx->rt->compat);
    struct value *v;

    if (!init && (tuple_length(args) || (kwds && dict_length(kwds))))
        return raise_format(ctx, "TypeError", "%s() takes no arguments", t->type->name);
    v = instance_new(ctx, t->type);
    if (v && init) {
        struct value *done = method_call(ctx, init, t->type->name, v, args, kwds);
        value_release(done);
        if (!done) {
            value_release(v);
            return NULL;
        }
    }
    return v;
}

/* ---- attributes */

/* raise AttributeError(message), with its name as CPython 3.12 and later pickle it. */
static void *raise_attribute(struct ctx *ctx, struct value *name, struct value *message)
{
    const struct exception_class *class = exception_class_find("builtins", "AttributeError", ctx->rt->compat);
    struct value *args = tuple_pack_take(ctx, 1, message);
    struct value *exception = args ? exception_new(ctx, class, args) : NULL;

    value_release(args);
    if (exception && compat_has(ctx->rt->compat, COMPAT_ATTRIBUTE_STATE)) {
        struct value *state = dict_new(ctx);
        int failed = !state || dict_set_text_take(ctx, state, "name", value_ref(name)) ||
                     exception_set_state(ctx, exception, state);
        value_release(state);
        if (failed) {
            value_release(exception);
            return NULL;
        }
    }
    return exception ? raise_take(ctx, exception) : NULL;
}

/* "'Namespace' object has no attribute 'x'": new. */
static struct value *no_attribute(struct ctx *ctx, const struct value *v, const struct value *name)
{
    char before[LIMIT_TYPE_NAME + sizeof "'' object has no attribute '"];

    snprintf(before, sizeof before, "'%s' object has no attribute '", v->type->name);
    return str_between(ctx, before, name, "'");
}

void *instance_missing(struct ctx *ctx, struct value *v, struct value *name)
{
    return raise_attribute(ctx, name, no_attribute(ctx, v, name));
}

static struct value *class_of(struct ctx *ctx, const struct value *v)
{
    return global_new(ctx, v->type->module, v->type->name);
}

/* Python's getattr(v, name), which is also what pickle writes for a bound method. */
static struct value *bound_method(struct ctx *ctx, struct value *v, struct value *name)
{
    struct value *getattr = global_new(ctx, "builtins", "getattr");
    struct value *args = getattr ? tuple_pack_take(ctx, 2, value_ref(v), value_ref(name)) : NULL;
    struct value *bound = args ? opaque_new(ctx, OPAQUE_REDUCE, getattr, args, NULL) : NULL;

    value_release(getattr);
    value_release(args);
    return bound;
}

/* What every object has without having set it. NULL, perhaps with an exception, if there is no such thing. */
static struct value *special(struct ctx *ctx, struct value *v, struct value *name)
{
    if (str_equals(name, "__class__"))
        return class_of(ctx, v);
    if (str_equals(name, "__dict__"))
        return value_ref(instance_cast(v)->attributes);
    if (str_equals(name, "__module__"))
        return str_new_text(ctx, v->type->module);
    if (str_equals(name, "__doc__") || str_equals(name, "__weakref__"))
        return &value_none;
    return NULL;
}

/* Methods of class object, found on every instance. */
static bool object_has(struct value *name, int compat)
{
    static const char *const names[] = {"__delattr__",      "__dir__",    "__eq__",     "__format__",    "__ge__",
                                        "__getattribute__", "__gt__",     "__hash__",   "__init__",      "__le__",
                                        "__lt__",           "__ne__",     "__reduce__", "__reduce_ex__", "__repr__",
                                        "__setattr__",      "__sizeof__", "__str__"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_equals(name, names[i]))
            return true;
    return compat_has(compat, COMPAT_OBJECT_GETSTATE) && str_equals(name, "__getstate__");
}

static struct value *get(struct ctx *ctx, struct value *v, struct value *name)
{
    struct value *found = NULL;
    size_t size;
    const char *text = str_peek(name, &size);

    /* data descriptors come before the object's own attributes, everything else after */
    if (str_equals(name, "__class__") || str_equals(name, "__dict__") || str_equals(name, "__weakref__"))
        return special(ctx, v, name);
    found = dict_get_peek(ctx, instance_cast(v)->attributes, name);
    if (found || ctx->raised)
        return found ? value_ref(found) : NULL;
    found = special(ctx, v, name);
    if (found || ctx->raised)
        return found;
    if (strlen(text) == size && (object_has(name, ctx->rt->compat) || value_has_method(ctx, v, text)))
        return bound_method(ctx, v, name);
    return instance_missing(ctx, v, name);
}

/* Assigning to what is no ordinary attribute: 1 if done, 0 if it is one, -1 after raising. */
static int set_special(struct ctx *ctx, struct value *v, struct value *name, struct value *item)
{
    if (str_equals(name, "__class__")) {
        if (!item)
            raise_format(ctx, "TypeError", "can't delete __class__ attribute");
        else if (item->type != &global_type)
            raise_format(ctx, "TypeError", "__class__ must be set to a class, not '%s' object", value_type_name(item));
        else
            raise_format(ctx, "TypeError", "__class__ assignment only supported for %s",
                         compat_has(ctx->rt->compat, COMPAT_CLASS_ASSIGNMENT_WORDS)
                             ? "mutable types or ModuleType subclasses"
                             : "heap types or ModuleType subclasses");
        return -1;
    }
    if (str_equals(name, "__weakref__")) {
        raise_format(ctx, "AttributeError", "attribute '__weakref__' of '%s' objects is not writable",
                     compat_has(ctx->rt->compat, COMPAT_WEAKREF_WORDS) ? "object" : v->type->name);
        return -1;
    }
    if (!str_equals(name, "__dict__"))
        return 0;
    if (item && !value_is(item, &dict_type)) {
        raise_format(ctx, "TypeError", "__dict__ must be set to a dictionary, not a '%s'", value_type_name(item));
        return -1;
    }
    struct value *old = instance_cast(v)->attributes, *new = item ? value_ref(item) : dict_new(ctx);
    if (!new)
        return -1;
    instance_cast(v)->attributes = new;
    value_release(old);
    return 1;
}

/* As raise_no_attribute_to_delete, of any name. */
static void missing_to_delete(struct ctx *ctx, struct value *v, struct value *name)
{
    int compat = ctx->rt->compat;

    if (!compat_has(compat, COMPAT_DELETE_WORDS))
        raise_value(ctx, "AttributeError", name);
    else if (compat_has(compat, COMPAT_DELETE_STATE))
        instance_missing(ctx, v, name);
    else {
        struct value *message = no_attribute(ctx, v, name);
        if (message)
            raise_value(ctx, "AttributeError", message);
        value_release(message);
    }
}

static int set(struct ctx *ctx, struct value *v, struct value *name, struct value *item)
{
    int done = set_special(ctx, v, name, item);
    struct value *attributes = instance_cast(v)->attributes;

    if (done)
        return done < 0 ? -1 : 0;
    if (item)
        return dict_set(ctx, attributes, name, item);
    if (dict_get_peek(ctx, attributes, name))
        return dict_delete(ctx, attributes, name);
    if (ctx->raised)
        return -1;
    missing_to_delete(ctx, v, name);
    return -1;
}

struct value *instance_get_attr(struct ctx *ctx, struct value *v, const char *name)
{
    struct value *key = str_intern(ctx, name), *result = key ? get(ctx, v, key) : NULL;

    value_release(key);
    return result;
}

int instance_set_attr(struct ctx *ctx, struct value *v, const char *name, struct value *item)
{
    struct value *key = str_intern(ctx, name);
    int result = key ? set(ctx, v, key, item) : -1;

    value_release(key);
    return result;
}

/* ---- as method bodies */

static bool name_check(struct ctx *ctx, struct value *name)
{
    if (str_check(name))
        return true;
    raise_format(ctx, "TypeError", "attribute name must be string, not '%s'", value_type_name(name));
    return false;
}

struct value *instance_dunder_getattribute(struct ctx *ctx, struct value *self, struct value *const *argv, size_t argc,
                                           struct value *kwds)
{
    (void)argc, (void)kwds;
    return name_check(ctx, argv[0]) ? get(ctx, self, argv[0]) : NULL;
}

struct value *instance_dunder_setattr(struct ctx *ctx, struct value *self, struct value *const *argv, size_t argc,
                                      struct value *kwds)
{
    (void)argc, (void)kwds;
    return name_check(ctx, argv[0]) && !set(ctx, self, argv[0], argv[1]) ? &value_none : NULL;
}

struct value *instance_dunder_delattr(struct ctx *ctx, struct value *self, struct value *const *argv, size_t argc,
                                      struct value *kwds)
{
    (void)argc, (void)kwds;
    return name_check(ctx, argv[0]) && !set(ctx, self, argv[0], NULL) ? &value_none : NULL;
}

/* ---- pickle */

struct value *instance_reduce(struct ctx *ctx, struct value *v)
{
    struct value *attributes = instance_cast(v)->attributes;
    struct value *class = class_of(ctx, v);
    struct value *reduced = class ? opaque_new(ctx, OPAQUE_NEWOBJ, class, tuple_empty, NULL) : NULL;

    value_release(class);
    if (reduced && dict_length(attributes) && opaque_record(ctx, reduced, OPAQUE_BUILD, attributes, NULL)) {
        value_release(reduced);
        return NULL;
    }
    return reduced;
}
