/* SPDX-License-Identifier: MIT */
/* Fixture types of SPEC.md that Python's documentation of managers shows: Maths, Foo1 and Foo2, baz, operator. */
#include <stdio.h>

#include "ref/manager/generator.h"
#include "ref/manager/instance.h"
#include "ref/manager/python.h"
#include "ref/manager/types.h"

/* ---- Maths */

METHOD(maths_add)
{
    UNUSED;
    return value_binary(ctx, BINARY_ADD, argv[0], argv[1]);
}

METHOD(maths_mul)
{
    UNUSED;
    return value_binary(ctx, BINARY_MUL, argv[0], argv[1]);
}

/* ---- Foo: its methods print; if nobody reads it holds up this caller only */

static struct value *say(struct ctx *ctx, const char *name)
{
    runtime_unlock(ctx->rt);
    printf("you called Foo.%s()\n", name);
    fflush(stdout);
    runtime_lock(ctx->rt);
    return &value_none;
}

METHOD(foo_f)
{
    UNUSED;
    return say(ctx, "f");
}

METHOD(foo_g)
{
    UNUSED;
    return say(ctx, "g");
}

METHOD(foo_h)
{
    UNUSED;
    return say(ctx, "_h");
}

/* ---- baz: the squares of the numbers below ten */

enum { SQUARES = 10 };

/* locals is the iterator of the range. */
static struct value *squares_body(struct ctx *ctx, struct generator *g, struct value *sent)
{
    struct value *i = value_next(ctx, g->locals), *square = i ? value_binary(ctx, BINARY_MUL, i, i) : NULL;

    (void)sent;
    value_release(i);
    return square;
}

METHOD(baz)
{
    struct value *first = int_new(ctx, 0), *end = int_new(ctx, SQUARES), *step = int_new(ctx, 1);
    struct value *range = first && end && step ? range_new(ctx, first, end, step) : NULL;
    struct value *it = range ? value_iter(ctx, range) : NULL;

    UNUSED;
    value_release(first);
    value_release(end);
    value_release(step);
    value_release(range);
    return it ? generator_new_take(ctx, "baz", squares_body, it) : NULL;
}

static const struct method baz_function = {"baz", CALL_PYTHON, 0, 0, 0, 0, "", baz};

struct value *baz_construct(struct ctx *ctx, const struct typeid *t, struct value *args, struct value *kwds)
{
    (void)t;
    return method_call(ctx, &baz_function, NULL, NULL, args, kwds);
}

/* ---- operator: the same module each time */

METHOD(get_operator_module)
{
    UNUSED;
    return &value_operator_module;
}

static const struct method operator_function = {"get_operator_module", CALL_PYTHON, 0, 0, 0, 0, "",
                                                get_operator_module};

struct value *operator_construct(struct ctx *ctx, const struct typeid *t, struct value *args, struct value *kwds)
{
    (void)t;
    return method_call(ctx, &operator_function, NULL, NULL, args, kwds);
}

/* ---- tables */

static const struct method maths_methods[] = {
    {"add", CALL_PYTHON, 2, 2, 0, 0, "x y", maths_add},
    {"mul", CALL_PYTHON, 2, 2, 0, 0, "x y", maths_mul},
    {0},
};
const struct type maths_type = {.name = "MathsClass", .module = "fixtures", INSTANCE_SLOTS, .methods = maths_methods};

static const struct method foo_methods[] = {
    {"f", CALL_PYTHON, 0, 0, 0, 0, "", foo_f},
    {"g", CALL_PYTHON, 0, 0, 0, 0, "", foo_g},
    {"_h", CALL_PYTHON, 0, 0, 0, 0, "", foo_h},
    {0},
};
const struct type foo_type = {.name = "Foo", .module = "fixtures", INSTANCE_SLOTS, .methods = foo_methods};
