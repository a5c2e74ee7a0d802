/* SPDX-License-Identifier: MIT */
/* Python's operators on a proxy: each is the special method that type(proxy) has, and a remote call if it has it;
 * without it Python's own fallback, or its TypeError.  Special methods are looked up on the class only, as Python does.
 * Mirrors Objects/abstract.c and Objects/typeobject.c. */
#include <string.h>

#include "ref/proxy/internal.h"

/* ---- numbers and comparisons */

struct operator_names {
    const char *in_place, *forward, *reflected; /* in_place: of an in-place operator, which has only that */
};

static const struct operator_names operators[BINARY_IXOR + 1];
static const char *const comparisons[COMPARE_GE + 1];

/* a.name(b); NotImplemented if type(a) has no such method. */
static struct value *try_method(struct ctx *ctx, struct value *a, const char *name, struct value *b)
{
    if (!proxy_check(a) || !proxy_has(ctx, a, name))
        return &value_not_implemented;
    return proxy_invoke_take(ctx, a, name, 1, value_ref(b));
}

static struct value *surface_binary(struct ctx *ctx, enum binary_op op, struct value *a, struct value *b)
{
    bool alike = proxy_check(a) && proxy_check(b) && !strcmp(value_type_name(a), value_type_name(b));
    struct value *result;

    if (operators[op].in_place)
        return try_method(ctx, a, operators[op].in_place, b);
    result = try_method(ctx, a, operators[op].forward, b);
    if (result == &value_not_implemented && !alike)
        result = try_method(ctx, b, operators[op].reflected, a);
    return result;
}

static int truth_take(struct ctx *ctx, struct value *result)
{
    int truth = result ? value_truth(ctx, result) : -1;
    value_release(result);
    return truth;
}

static int surface_compare(struct ctx *ctx, enum compare_op op, struct value *a, struct value *b)
{
    struct value *result = try_method(ctx, a, comparisons[op], b);
    return result == &value_not_implemented ? COMPARE_UNSUPPORTED : truth_take(ctx, result);
}

/* ---- length and truth */

/* The result of __len__ as a length: checked as Python checks it. */
static ssize_t length_take(struct ctx *ctx, struct value *result)
{
    ssize_t n;

    if (!result)
        return -1;
    if (int_as_index(ctx, result, false, &n)) {
        n = -1;
        if (raised_is(ctx, "IndexError")) {
            value_release(raised_fetch(ctx));
            raise_format(ctx, "OverflowError", "cannot fit 'int' into an index-sized integer");
        }
    } else if (n < 0) {
        n = -1;
        raise_format(ctx, "ValueError", "__len__() should return >= 0");
    }
    value_release(result);
    return n;
}

static ssize_t surface_length(struct ctx *ctx, struct value *v)
{
    if (proxy_has(ctx, v, "__len__"))
        return length_take(ctx, proxy_invoke_take(ctx, v, "__len__", 0));
    raise_format(ctx, "TypeError", "object of type '%.200s' has no len()", value_type_name(v));
    return -1;
}

static int surface_truth(struct ctx *ctx, struct value *v)
{
    struct value *result;
    ssize_t n;

    if (proxy_has(ctx, v, "__bool__")) {
        result = proxy_invoke_take(ctx, v, "__bool__", 0);
        if (result && result->type != &bool_type)
            raise_format(ctx, "TypeError", "__bool__ should return bool, returned %s", value_type_name(result));
        return ctx->raised ? (value_release(result), -1) : truth_take(ctx, result);
    }
    if (!proxy_has(ctx, v, "__len__"))
        return 1;
    n = surface_length(ctx, v);
    return n < 0 ? -1 : n > 0;
}

/* ---- items */

static struct value *surface_get_item(struct ctx *ctx, struct value *v, struct value *key)
{
    if (proxy_has(ctx, v, "__getitem__"))
        return proxy_invoke_take(ctx, v, "__getitem__", 1, value_ref(key));
    return raise_format(ctx, "TypeError", "'%.200s' object is not subscriptable", value_type_name(v));
}

static int surface_set_item(struct ctx *ctx, struct value *v, struct value *key, struct value *item)
{
    struct value *result = NULL;

    if (item && proxy_has(ctx, v, "__setitem__"))
        result = proxy_invoke_take(ctx, v, "__setitem__", 2, value_ref(key), value_ref(item));
    else if (!item && proxy_has(ctx, v, "__delitem__"))
        result = proxy_invoke_take(ctx, v, "__delitem__", 1, value_ref(key));
    else if (!item && proxy_has(ctx, v, "__setitem__"))
        raise_format(ctx, "AttributeError", "__delitem__"); /* the slot is there, and fails to find its method */
    else if (item)
        raise_format(ctx, "TypeError", "'%.200s' object does not support item assignment", value_type_name(v));
    else
        raise_format(ctx, "TypeError", "'%.200s' object %s support item deletion", value_type_name(v),
                     int_check(key) ? "doesn't" : "does not");
    value_release(result);
    return result ? 0 : -1;
}

/* ---- iteration */

/* Python's own iterator over what has only __getitem__. */
struct walk {
    struct value head;
    struct value *over; /* NULL at the end */
    int64_t index;      /* of the next item */
};

static void walk_destroy(struct value *v)
{
    struct walk *it = (struct walk *)v;
    struct value *over = it->over;

    it->over = NULL;
    value_release(over);
}

static struct value *walk_iter(struct ctx *ctx, struct value *v)
{
    (void)ctx;
    return value_ref(v);
}

/* IndexError and StopIteration are the end, anything else is raised. */
static struct value *walk_next(struct ctx *ctx, struct value *v)
{
    struct walk *it = (struct walk *)v;
    struct value *key, *item;

    if (!it->over)
        return NULL;
    key = int_new(ctx, it->index);
    item = key ? value_get_item(ctx, it->over, key) : NULL;
    value_release(key);
    if (item)
        it->index++;
    if (item || !(raised_is(ctx, "IndexError") || raised_is(ctx, "StopIteration")))
        return item;
    value_release(raised_fetch(ctx));
    walk_destroy(v);
    return NULL;
}

/* What a pickle of it says: iter(over), and the index as its state. */
static struct value *walk_reduce(struct ctx *ctx, struct value *self, struct value *const *argv, size_t argc,
                                 struct value *kwds)
{
    struct walk *it = (struct walk *)self;
    struct value *args = tuple_pack_take(ctx, 1, value_ref(it->over ? it->over : tuple_empty));

    (void)argv, (void)argc, (void)kwds;
    if (!it->over)
        return tuple_pack_take(ctx, 2, global_new(ctx, "builtins", "iter"), args);
    return tuple_pack_take(ctx, 3, global_new(ctx, "builtins", "iter"), args, int_new(ctx, it->index));
}

static const struct method walk_methods[] = {
    {"__reduce__", CALL_NO_ARGS, 0, 0, 0, 0, NULL, walk_reduce},
    {NULL, CALL_ANY, 0, 0, 0, 0, NULL, NULL},
};

static const struct type walk_type = {
    .name = "iterator",
    .module = "builtins",
    .size = sizeof(struct walk),
    .destroy = walk_destroy,
    .hash_by_identity = true,
    .iter = walk_iter,
    .next = walk_next,
    .methods = walk_methods,
};

static struct value *walk_new(struct ctx *ctx, struct value *over)
{
    struct walk *it = (struct walk *)value_new(ctx, &walk_type);

    if (it)
        it->over = value_ref(over);
    return it ? &it->head : NULL;
}

static struct value *check_iterator_take(struct ctx *ctx, struct value *it)
{
    if (!it || (it->type->next && (!proxy_check(it) || proxy_has(ctx, it, "__next__"))))
        return it;
    raise_format(ctx, "TypeError", "iter() returned non-iterator of type '%.100s'", value_type_name(it));
    value_release(it);
    return NULL;
}

static struct value *surface_keys(struct ctx *ctx, struct value *v)
{
    struct found found;

    return proxy_find(ctx, v, "keys", &found) ? proxy_invoke(ctx, v, "keys", &found, tuple_empty, NULL) : NULL;
}

static struct value *surface_iter(struct ctx *ctx, struct value *v)
{
    if (proxy_has(ctx, v, "__iter__"))
        return check_iterator_take(ctx, proxy_invoke_take(ctx, v, "__iter__", 0));
    if (proxy_has(ctx, v, "__getitem__"))
        return walk_new(ctx, v);
    return raise_format(ctx, "TypeError", "'%.200s' object is not iterable", value_type_name(v));
}

static struct value *surface_next(struct ctx *ctx, struct value *it)
{
    struct value *item;

    if (!proxy_has(ctx, it, "__next__"))
        return raise_format(ctx, "TypeError", "'%.200s' object is not an iterator", value_type_name(it));
    item = proxy_invoke_take(ctx, it, "__next__", 0);
    if (!item && raised_is(ctx, "StopIteration"))
        value_release(raised_fetch(ctx));
    return item;
}

struct value *proxy_reversed(struct ctx *ctx, struct value *v)
{
    if (!proxy_check(v))
        return iter_reversed(ctx, v);
    if (proxy_has(ctx, v, "__reversed__"))
        return proxy_invoke_take(ctx, v, "__reversed__", 0);
    if (proxy_has(ctx, v, "__getitem__"))
        return iter_reversed(ctx, v);
    return raise_format(ctx, "TypeError", "'%.200s' object is not reversible", value_type_name(v));
}

static int contains_take(struct ctx *ctx, struct value *it, struct value *item)
{
    struct value *next;
    int same = 0;

    while (it && !same && (next = value_next(ctx, it))) {
        same = value_same(ctx, next, item);
        value_release(next);
    }
    value_release(it);
    return ctx->raised ? -1 : same;
}

static int surface_contains(struct ctx *ctx, struct value *v, struct value *item)
{
    if (proxy_has(ctx, v, "__contains__"))
        return truth_take(ctx, proxy_invoke_take(ctx, v, "__contains__", 1, value_ref(item)));
    if (proxy_has(ctx, v, "__iter__") || proxy_has(ctx, v, "__getitem__"))
        return contains_take(ctx, value_iter(ctx, v), item);
    raise_format(ctx, "TypeError", "argument of type '%.200s' is not %s", value_type_name(v),
                 compat_has(ctx->rt->compat, COMPAT_CONTAINER_WORDS) ? "a container or iterable" : "iterable");
    return -1;
}

/* ---- text */

/* repr(self)[:-1] + "; '__str__()' failed>" */
static struct value *failed_text(struct ctx *ctx, struct value *v)
{
    size_t size;
    struct value *repr = value_repr(ctx, v), *text = NULL;
    const char *start = repr ? str_peek(repr, &size) : NULL;

    if (repr)
        text = str_printf(ctx, "%.*s; '__str__()' failed>", (int)size - 1, start);
    value_release(repr);
    return text;
}

static bool is_exception(const struct ctx *ctx)
{
    return !value_is(ctx->raised, &exception_type) || raised_is(ctx, "Exception");
}

static struct value *surface_str(struct ctx *ctx, struct value *v)
{
    struct found found;
    bool generated = proxy_find(ctx, v, "__str__", &found) && !found.method;
    struct value *text =
        generated ? proxy_invoke_take(ctx, v, "__str__", 0) : proxy_request_take(ctx, v, "__repr__", 0);

    if (!text && !generated && is_exception(ctx)) {
        value_release(raised_fetch(ctx));
        text = failed_text(ctx, v);
    }
    if (!text || str_check(text))
        return text;
    raise_format(ctx, "TypeError", "__str__ returned non-string (type %.200s)", value_type_name(text));
    value_release(text);
    return NULL;
}

/* ---- tables */

const struct proxyref_surface proxy_surface = {
    .truth = surface_truth,
    .compare = surface_compare,
    .str = surface_str,
    .length = surface_length,
    .get_item = surface_get_item,
    .set_item = surface_set_item,
    .contains = surface_contains,
    .binary = surface_binary,
    .iter = surface_iter,
    .next = surface_next,
    .keys = surface_keys,
    .get_attr = proxy_get_attr,
    .set_attr = proxy_set_attr,
};

static const struct operator_names operators[BINARY_IXOR + 1] = {
    [BINARY_ADD] = {NULL, "__add__", "__radd__"}, [BINARY_SUB] = {NULL, "__sub__", "__rsub__"},
    [BINARY_MUL] = {NULL, "__mul__", "__rmul__"}, [BINARY_AND] = {NULL, "__and__", "__rand__"},
    [BINARY_OR] = {NULL, "__or__", "__ror__"},    [BINARY_XOR] = {NULL, "__xor__", "__rxor__"},
    [BINARY_IADD] = {"__iadd__", NULL, NULL},     [BINARY_ISUB] = {"__isub__", NULL, NULL},
    [BINARY_IMUL] = {"__imul__", NULL, NULL},     [BINARY_IAND] = {"__iand__", NULL, NULL},
    [BINARY_IOR] = {"__ior__", NULL, NULL},       [BINARY_IXOR] = {"__ixor__", NULL, NULL},
};

static const char *const comparisons[COMPARE_GE + 1] = {"__lt__", "__le__", "__eq__", "__ne__", "__gt__", "__ge__"};
