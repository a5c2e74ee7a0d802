/* SPDX-License-Identifier: MIT */
/* Life and death of values, and the operations that work on any of them: each looks at the slots of the operands' types
 * and falls back as Objects/object.c and Objects/abstract.c do, with their messages. */
#include "ref/value/value.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "ref/base/limits.h"
#include "ref/base/mem.h"
#include "ref/value/core.h"

/* Destruction nests in destruction; beyond this depth it waits in a queue, so that a long chain does not exhaust the
 * stack. */
#define NESTED_DESTROY 100

struct operator_row {
    const char *symbol;
    enum binary_op plain; /* of an in-place form; else itself */
};

static const struct operator_row operators[BINARY_IXOR + 1];
static const char *const compare_symbols[COMPARE_GE + 1];

static atomic_long alive;
static _Thread_local unsigned destroying;
static _Thread_local struct value *postponed; /* linked through the place of refs */
_Static_assert(sizeof(size_t) == sizeof(struct value *), "a link fits where the count was");

static void *raise_depth(struct ctx *ctx, const char *where)
{
    return raise_format(ctx, "RecursionError", "maximum recursion depth exceeded%s", where);
}

int value_enter(struct ctx *ctx, const char *where)
{
    if (ctx->depth >= LIMIT_DEPTH) {
        raise_depth(ctx, where);
        return -1;
    }
    if (!ctx->depth)
        ctx->steps = 0;
    if (ctx->steps++ >= ctx->rt->step_limit) {
        raise_memory(ctx);
        return -1;
    }
    ctx->depth++;
    return 0;
}

void value_leave(struct ctx *ctx)
{
    ctx->depth--;
}

struct value *value_new_sized(struct ctx *ctx, const struct type *type, size_t extra)
{
    if (extra > LIMIT_VALUE_SIZE)
        return raise_memory(ctx);
    struct value *v = type->traverse ? collect_alloc(ctx->rt, type->size + extra) : mem_calloc(1, type->size + extra);
    if (!v)
        return raise_memory(ctx);
    v->type = type;
    v->refs = 1;
    atomic_fetch_add(&alive, 1);
    return v;
}

struct value *value_new(struct ctx *ctx, const struct type *type)
{
    return value_new_sized(ctx, type, 0);
}

struct value *value_ref(struct value *v)
{
    if (v->refs == 0)
        abort(); /* it is dead already */
    if (v->refs != SIZE_MAX)
        v->refs++;
    return v;
}

static void destroy(struct value *v)
{
    const struct type *type = v->type;
    destroying++;
    if (type->destroy)
        type->destroy(v);
    destroying--;
    atomic_fetch_sub(&alive, 1);
    v->refs = 0; /* so that a use after this is noticed */
    if (type->traverse)
        collect_free(v);
    else
        mem_free(v);
}

void value_release(struct value *v)
{
    if (!v || v->refs == SIZE_MAX)
        return;
    if (v->refs == 0)
        abort();
    if (--v->refs)
        return;
    if (v->type->traverse)
        collect_untrack(v);
    if (destroying >= NESTED_DESTROY) {
        memcpy(&v->refs, &postponed, sizeof v->refs);
        postponed = v;
        return;
    }
    destroy(v);
    while (destroying == 0 && postponed) {
        struct value *next = postponed;
        memcpy(&postponed, &next->refs, sizeof next->refs);
        next->refs = 0;
        destroy(next);
    }
}

long value_alive(void)
{
    return atomic_load(&alive);
}

bool value_is(const struct value *v, const struct type *type)
{
    for (const struct type *t = v->type; t; t = t->base)
        if (t == type)
            return true;
    return false;
}

const char *value_type_name(const struct value *v)
{
    return v->type->name_of ? v->type->name_of(v) : v->type->name;
}

const char *value_class_name(const struct value *v)
{
    const char *name = value_type_name(v), *dot = strchr(name, '[') ? NULL : strrchr(name, '.'); /* AutoProxy[a.b] */

    return dot ? dot + 1 : name;
}

struct value *value_type_text(struct ctx *ctx, const struct value *v)
{
    const struct value *class = v->type == &opaque_type ? opaque_class_peek(v) : NULL;
    const struct exception_class *exception = v->type == &exception_type ? exception_class_of(v) : NULL;
    const char *module = v->type->module ? v->type->module : "builtins", *name = value_type_name(v), *dot;

    if (v->type == &proxyref_type)
        class = ((const struct proxyref *)v)->function;
    if (class && class->type == &global_type) {
        module = global_module(class);
        name = global_qualname(class);
    } else if (exception) {
        module = exception_class_module(exception);
        name = exception_class_name(exception);
    } else if ((dot = strrchr(name, '.')) && v->type->name_of == NULL)
        name = dot + 1; /* array.array shows its module in other messages, too */
    return strcmp(module, "builtins") ? str_printf(ctx, "%s.%s", module, name) : str_new_text(ctx, name);
}

int value_truth(struct ctx *ctx, struct value *v)
{
    if (v->type->truth)
        return v->type->truth(ctx, v);
    if (!v->type->length)
        return 1;
    ssize_t n = v->type->length(ctx, v);
    return n < 0 ? -1 : n > 0;
}

enum compare_op compare_swapped(enum compare_op op)
{
    static const enum compare_op swapped[] = {COMPARE_GT, COMPARE_GE, COMPARE_EQ, COMPARE_NE, COMPARE_LT, COMPARE_LE};
    return swapped[op];
}

bool compare_holds(enum compare_op op, int order)
{
    switch (op) {
    case COMPARE_LT:
        return order < 0;
    case COMPARE_LE:
        return order <= 0;
    case COMPARE_EQ:
        return order == 0;
    case COMPARE_NE:
        return order != 0;
    case COMPARE_GT:
        return order > 0;
    case COMPARE_GE:
        return order >= 0;
    }
    return false;
}

static int compare_either(struct ctx *ctx, enum compare_op op, struct value *a, struct value *b)
{
    int result = COMPARE_UNSUPPORTED;
    if (a->type->compare)
        result = a->type->compare(ctx, op, a, b);
    if (result == COMPARE_UNSUPPORTED && b->type->compare)
        result = b->type->compare(ctx, compare_swapped(op), b, a);
    if (result != COMPARE_UNSUPPORTED)
        return result;
    if (op == COMPARE_EQ || op == COMPARE_NE)
        return (a == b) == (op == COMPARE_EQ);
    raise_format(ctx, "TypeError", "'%s' not supported between instances of '%.100s' and '%.100s'", compare_symbols[op],
                 value_type_name(a), value_type_name(b));
    return -1;
}

int value_compare(struct ctx *ctx, enum compare_op op, struct value *a, struct value *b)
{
    if (value_enter(ctx, " in comparison") < 0)
        return -1;
    int result = compare_either(ctx, op, a, b);
    value_leave(ctx);
    return result;
}

int value_same(struct ctx *ctx, struct value *a, struct value *b)
{
    return a == b ? 1 : value_compare(ctx, COMPARE_EQ, a, b);
}

int value_unhashable(struct ctx *ctx, const struct value *v)
{
    raise_format(ctx, "TypeError", "unhashable type: '%.200s'", value_type_name(v));
    return -1;
}

int value_hash(struct ctx *ctx, struct value *v, int64_t *out)
{
    if (v->type->hash) {
        if (value_enter(ctx, "") < 0)
            return -1;
        int result = v->type->hash(ctx, v, out);
        value_leave(ctx);
        return result;
    }
    if (!v->type->hash_by_identity)
        return value_unhashable(ctx, v);
    *out = (int64_t)((uintptr_t)v >> 4);
    return 0;
}

static struct value *default_repr(struct ctx *ctx, struct value *v)
{
    const char *module = v->type->module;
    bool builtin = !module || strcmp(module, "builtins") == 0;
    return str_printf(ctx, "<%s%s%s object at 0x%012llx>", builtin ? "" : module, builtin ? "" : ".",
                      value_type_name(v), (unsigned long long)(uintptr_t)v);
}

struct value *value_repr(struct ctx *ctx, struct value *v)
{
    if (value_enter(ctx, " while getting the repr of an object") < 0)
        return NULL;
    struct value *r = v->type->repr ? v->type->repr(ctx, v) : default_repr(ctx, v);
    value_leave(ctx);
    return r;
}

struct value *value_str(struct ctx *ctx, struct value *v)
{
    if (!v->type->str)
        return value_repr(ctx, v);
    if (value_enter(ctx, " while getting the str of an object") < 0)
        return NULL;
    struct value *s = v->type->str(ctx, v);
    value_leave(ctx);
    return s;
}

ssize_t value_length(struct ctx *ctx, struct value *v)
{
    if (v->type->length)
        return v->type->length(ctx, v);
    raise_format(ctx, "TypeError", "object of type '%.200s' has no len()", value_type_name(v));
    return -1;
}

struct value *value_get_item(struct ctx *ctx, struct value *v, struct value *key)
{
    if (v->type->get_item)
        return v->type->get_item(ctx, v, key);
    return raise_format(ctx, "TypeError", "'%.200s' object is not subscriptable", value_type_name(v));
}

/* The type has no such slot. A sequence reads an index first, and has other words for deletion. */
static int refuse_item(struct ctx *ctx, struct value *v, struct value *key, const char *what)
{
    bool deletes = strcmp(what, "deletion") == 0,
         sequence = v->type->length && int_check(key); /* a set has the slots of sequences too */
    ssize_t i;
    if (sequence && int_as_index(ctx, key, false, &i) < 0)
        return -1;
    raise_format(ctx, "TypeError", "'%.200s' object %s support item %s", value_type_name(v),
                 deletes && sequence ? "doesn't" : "does not", what);
    return -1;
}

int value_set_item(struct ctx *ctx, struct value *v, struct value *key, struct value *item)
{
    if (v->type->set_item)
        return v->type->set_item(ctx, v, key, item);
    return refuse_item(ctx, v, key, "assignment");
}

int value_delete_item(struct ctx *ctx, struct value *v, struct value *key)
{
    if (v->type->set_item)
        return v->type->set_item(ctx, v, key, NULL);
    return refuse_item(ctx, v, key, "deletion");
}

static int contains_by_walk(struct ctx *ctx, struct value *it, struct value *item)
{
    struct value *next;
    int same = 0;
    while (same == 0 && (next = value_next(ctx, it))) {
        same = value_same(ctx, next, item);
        value_release(next);
    }
    return ctx->raised ? -1 : same;
}

int value_contains(struct ctx *ctx, struct value *v, struct value *item)
{
    if (v->type->contains)
        return v->type->contains(ctx, v, item);
    if (!v->type->iter) {
        raise_format(ctx, "TypeError", "argument of type '%.200s' is not %s", value_type_name(v),
                     compat_has(ctx->rt->compat, COMPAT_CONTAINER_WORDS) ? "a container or iterable" : "iterable");
        return -1;
    }
    struct value *it = value_iter(ctx, v);
    if (!it)
        return -1;
    int result = contains_by_walk(ctx, it, item);
    value_release(it);
    return result;
}

static struct value *try_binary(struct ctx *ctx, enum binary_op op, struct value *asked, struct value *a,
                                struct value *b)
{
    return asked->type->binary ? asked->type->binary(ctx, op, a, b) : &value_not_implemented;
}

/* A proxy's class is written in Python, where + and * are numbers' slots; those of a built-in sequence are its own,
 * which come last. The in-place operators of set and dict are numbers' slots, too. */
static bool right_goes_first(enum binary_op op, const struct value *a, const struct value *b)
{
    bool table = value_is(a, &dict_type) || value_is(a, &set_type);
    bool own = table && operators[op].plain != op && op != BINARY_IADD && op != BINARY_IMUL;
    return b->type == &proxyref_type && a->type != b->type && !own;
}

struct value *value_binary(struct ctx *ctx, enum binary_op op, struct value *a, struct value *b)
{
    enum binary_op plain = operators[op].plain;
    struct value *r = &value_not_implemented;
    if (right_goes_first(op, a, b))
        r = try_binary(ctx, plain, b, a, b);
    if (r == &value_not_implemented && plain != op)
        r = try_binary(ctx, op, a, a, b);
    if (r == &value_not_implemented)
        r = try_binary(ctx, plain, a, a, b);
    /* a container on the left of *= keeps a sequence on the right from being asked */
    bool reflected = a->type != b->type && !(op == BINARY_IMUL && a->type->contains);
    if (r == &value_not_implemented && reflected)
        r = try_binary(ctx, plain, b, a, b);
    if (r != &value_not_implemented)
        return r;
    return raise_format(ctx, "TypeError", "unsupported operand type(s) for %s: '%.100s' and '%.100s'",
                        operators[op].symbol, value_type_name(a), value_type_name(b));
}

struct value *value_iter(struct ctx *ctx, struct value *v)
{
    if (v->type->iter)
        return v->type->iter(ctx, v);
    return raise_format(ctx, "TypeError", "'%.200s' object is not iterable", value_type_name(v));
}

struct value *value_next(struct ctx *ctx, struct value *it)
{
    if (it->type->next)
        return it->type->next(ctx, it);
    return raise_format(ctx, "TypeError", "'%.200s' object is not an iterator", value_type_name(it));
}

static const char *const compare_symbols[] = {"<", "<=", "==", "!=", ">", ">="};

static const struct operator_row operators[] = {
    [BINARY_ADD] = {"+", BINARY_ADD},   [BINARY_SUB] = {"-", BINARY_SUB},   [BINARY_MUL] = {"*", BINARY_MUL},
    [BINARY_AND] = {"&", BINARY_AND},   [BINARY_OR] = {"|", BINARY_OR},     [BINARY_XOR] = {"^", BINARY_XOR},
    [BINARY_IADD] = {"+=", BINARY_ADD}, [BINARY_ISUB] = {"-=", BINARY_SUB}, [BINARY_IMUL] = {"*=", BINARY_MUL},
    [BINARY_IAND] = {"&=", BINARY_AND}, [BINARY_IOR] = {"|=", BINARY_OR},   [BINARY_IXOR] = {"^=", BINARY_XOR},
};
