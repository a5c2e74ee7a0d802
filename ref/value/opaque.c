/* SPDX-License-Identifier: MIT */
/* Instances of classes that C does not know (Decimal, datetime, a user's dataclass), held as their reduction: what made
 * them, and the steps that filled them.
 *
 * Two are equal if their reductions are; the hash agrees. That is right for most value classes, and the best that can
 * be known: a class may compare in its own way, or by identity. What is known of Decimal, Fraction and the classes of
 * datetime is in known.h. There is no length, no item and no attribute. */
#include <string.h>

#include "ref/base/mem.h"
#include "ref/value/container.h"
#include "ref/value/known.h"

struct step {
    enum opaque_step kind;
    struct value *first, *second; /* second: the value of a pair, else NULL */
};

struct opaque {
    struct value head;
    enum opaque_form form;
    struct value *callable, *args, *kwds; /* kwds may be NULL */
    struct step *steps;
    size_t count, capacity;
};

static struct opaque *opaque_cast(const struct value *v)
{
    return (struct opaque *)v;
}

/* ---- slots */

static void opaque_destroy(struct value *v)
{
    struct opaque *o = opaque_cast(v), old = *o;

    o->callable = o->args = o->kwds = NULL;
    o->steps = NULL;
    o->count = o->capacity = 0;
    value_release(old.callable);
    value_release(old.args);
    value_release(old.kwds);
    for (size_t i = 0; i < old.count; i++) {
        value_release(old.steps[i].first);
        value_release(old.steps[i].second);
    }
    mem_free(old.steps);
}

static int opaque_traverse(struct value *v, visit_fn *visit, void *arg)
{
    const struct opaque *o = opaque_cast(v);
    struct value *members[] = {o->callable, o->args, o->kwds};
    int result = 0;

    for (size_t i = 0; i < 3 && !result; i++)
        if (members[i])
            result = visit(members[i], arg);
    for (size_t i = 0; i < o->count && !result; i++) {
        result = visit(o->steps[i].first, arg);
        if (!result && o->steps[i].second)
            result = visit(o->steps[i].second, arg);
    }
    return result;
}

/* value_same where either may be missing. */
static int same_parts(struct ctx *ctx, struct value *a, struct value *b)
{
    return a && b ? value_same(ctx, a, b) : a == b;
}

static int same_reduction(struct ctx *ctx, const struct opaque *a, const struct opaque *b)
{
    int same = a->form == b->form && a->count == b->count;

    if (same > 0)
        same = same_parts(ctx, a->callable, b->callable);
    if (same > 0)
        same = same_parts(ctx, a->args, b->args);
    if (same > 0)
        same = same_parts(ctx, a->kwds, b->kwds);
    for (size_t i = 0; i < a->count && i < b->count && same > 0; i++) {
        same = a->steps[i].kind == b->steps[i].kind;
        if (same > 0)
            same = same_parts(ctx, a->steps[i].first, b->steps[i].first);
        if (same > 0)
            same = same_parts(ctx, a->steps[i].second, b->steps[i].second);
    }
    return same;
}

static int opaque_compare(struct ctx *ctx, enum compare_op op, struct value *a, struct value *b)
{
    int same = known_compare(ctx, op, a, b);

    if (same != KNOWN_NOT)
        return same;
    if ((op != COMPARE_EQ && op != COMPARE_NE) || !value_is(b, &opaque_type))
        return COMPARE_UNSUPPORTED;
    same = same_reduction(ctx, opaque_cast(a), opaque_cast(b));
    return same < 0 ? -1 : same == (op == COMPARE_EQ);
}

/* Of what made it, where that can be hashed, and otherwise of its class alone: the state is often a dict, and equal
 * ones must agree. */
static int opaque_hash(struct ctx *ctx, struct value *v, int64_t *out)
{
    const struct opaque *o = opaque_cast(v);
    int64_t made = 0;
    int known = known_hash(ctx, v, out);

    if (known != KNOWN_NOT)
        return known;
    if (value_hash(ctx, o->callable, out) < 0)
        return -1;
    if (value_hash(ctx, o->args, &made) < 0) {
        if (!raised_is(ctx, "TypeError"))
            return -1;
        value_release(raised_fetch(ctx));
        made = 0;
    }
    *out = (int64_t)((uint64_t)*out * 1000003U ^ (uint64_t)made);
    if (*out == -1)
        *out = -2;
    return 0;
}

/* ---- for types.h */

struct value *opaque_new(struct ctx *ctx, enum opaque_form form, struct value *callable, struct value *args,
                         struct value *kwds)
{
    struct opaque *o = opaque_cast(value_new(ctx, &opaque_type));

    if (!o)
        return NULL;
    o->form = form;
    o->callable = value_ref(callable);
    o->args = value_ref(args);
    o->kwds = kwds ? value_ref(kwds) : NULL;
    return &o->head;
}

int opaque_record(struct ctx *ctx, struct value *v, enum opaque_step step, struct value *first, struct value *second)
{
    struct opaque *o = opaque_cast(v);

    if (o->count == o->capacity) {
        size_t capacity = o->capacity ? o->capacity * 2 : 1;
        struct step *steps =
            capacity > PTRDIFF_MAX / sizeof *steps ? NULL : mem_realloc(o->steps, capacity * sizeof *steps);
        if (!steps)
            return raise_memory(ctx), -1;
        o->steps = steps;
        o->capacity = capacity;
    }
    o->steps[o->count++] = (struct step){step, value_ref(first), second ? value_ref(second) : NULL};
    return 0;
}

enum opaque_form opaque_form_of(const struct value *v)
{
    return opaque_cast(v)->form;
}

struct value *opaque_callable_peek(const struct value *v)
{
    return opaque_cast(v)->callable;
}

struct value *opaque_args_peek(const struct value *v)
{
    return opaque_cast(v)->args;
}

struct value *opaque_kwds_peek(const struct value *v)
{
    return opaque_cast(v)->kwds;
}

size_t opaque_steps(const struct value *v)
{
    return opaque_cast(v)->count;
}

enum opaque_step opaque_step_peek(const struct value *v, size_t i, struct value **first, struct value **second)
{
    const struct step *step = &opaque_cast(v)->steps[i];

    *first = step->first;
    *second = step->second;
    return step->kind;
}

struct value *opaque_class_peek(const struct value *v)
{
    const struct opaque *o = opaque_cast(v);
    struct value *first;

    if (!o->callable || !value_is(o->callable, &global_type))
        return NULL;
    if (!global_is(o->callable, "copyreg", "_reconstructor") && !global_is(o->callable, "copyreg", "__newobj__") &&
        !global_is(o->callable, "copyreg", "__newobj_ex__"))
        return o->callable;
    first = value_is(o->args, &tuple_type) ? tuple_peek(o->args, 0) : NULL;
    return first && value_is(first, &global_type) ? first : NULL;
}

bool opaque_may_be_raised(const struct value *v)
{
    const struct value *class = opaque_class_peek(v);

    return !class || !known_type_name(class);
}

static struct value *opaque_repr(struct ctx *ctx, struct value *v)
{
    const struct value *class = opaque_class_peek(v);
    struct value *known = known_repr(ctx, v);
    const char *module = class ? global_module(class) : "builtins";
    bool builtin = !strcmp(module, "builtins");

    if (known || ctx->raised)
        return known;
    return str_printf(ctx, "<%s%s%s object at 0x%012llx>", builtin ? "" : module, builtin ? "" : ".",
                      class ? global_qualname(class) : "object", (unsigned long long)(uintptr_t)v);
}

static const char *opaque_name(const struct value *v)
{
    const struct value *class = opaque_class_peek(v);
    const char *known = class ? known_type_name(class) : NULL, *name = class ? global_qualname(class) : "object",
               *dot = strrchr(name, '.');

    return known ? known : dot ? dot + 1 : name;
}

/* ---- tables */

const struct type opaque_type = {
    .name = "object",
    .module = "builtins",
    .size = sizeof(struct opaque),
    .destroy = opaque_destroy,
    .traverse = opaque_traverse,
    .clear = opaque_destroy,
    .compare = opaque_compare,
    .hash = opaque_hash,
    .repr = opaque_repr,
    .name_of = opaque_name,
};
