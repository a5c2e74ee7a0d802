/* SPDX-License-Identifier: MIT */
/* Fixture types of SPEC.md that hold something and give it back: Constructed, Wrapper, Hidden, Parent and Child,
 * Counter, Printable, Unprintable, and the callables of Refusing and Singleton. */
#include "ref/manager/instance.h"
#include "ref/manager/python.h"
#include "ref/manager/server.h"
#include "ref/manager/types.h"

/* ---- Constructed */

METHOD(constructed_init)
{
    struct value *args = python_rest(ctx, argv, argc, 0);
    struct value *given = tuple_pack_take(ctx, 2, args, kwds ? dict_from(ctx, kwds, NULL) : dict_new(ctx));

    return given && !instance_set_take(ctx, self, "_given", given) ? &value_none : NULL;
}

METHOD(constructed_arguments)
{
    UNUSED;
    return instance_get_attr(ctx, self, "_given");
}

/* ---- Wrapper */

METHOD(wrapper_init)
{
    UNUSED;
    return instance_set_take(ctx, self, "_wrapped", value_ref(argv[0])) ? NULL : &value_none;
}

METHOD(wrapper_get)
{
    UNUSED;
    return instance_get_attr(ctx, self, "_wrapped");
}

/* ---- Hidden, Parent, Child: methods that say who they are */

METHOD(hidden_visible)
{
    UNUSED;
    return str_new_text(ctx, "seen");
}

METHOD(hidden_hidden)
{
    UNUSED;
    return str_new_text(ctx, "unseen");
}

METHOD(hidden_under)
{
    UNUSED;
    return str_new_text(ctx, "under");
}

METHOD(hidden_len)
{
    UNUSED;
    return int_new(ctx, 3);
}

METHOD(parent_word)
{
    UNUSED;
    return str_new_text(ctx, "parent");
}

METHOD(child_overridden)
{
    UNUSED;
    return str_new_text(ctx, "child");
}

METHOD(child_own)
{
    UNUSED;
    return str_new_text(ctx, "own");
}

/* ---- Counter */

METHOD(counter_init)
{
    struct value *start = argv[0] ? value_ref(argv[0]) : int_new(ctx, 0);

    UNUSED;
    return start && !instance_set_take(ctx, self, "_number", start) ? &value_none : NULL;
}

METHOD(counter_count)
{
    UNUSED;
    return instance_get_attr(ctx, self, "_number");
}

METHOD(counter_hit)
{
    struct value *number = instance_get_attr(ctx, self, "_number");
    struct value *n = argv[0] ? value_ref(argv[0]) : int_new(ctx, 1);
    struct value *sum = number && n ? value_binary(ctx, BINARY_IADD, number, n) : NULL;

    UNUSED;
    value_release(number);
    value_release(n);
    return sum && !instance_set_take(ctx, self, "_number", sum) ? instance_get_attr(ctx, self, "_number") : NULL;
}

/* ---- Printable, Unprintable */

static struct value *printable_repr(struct ctx *ctx, struct value *self)
{
    (void)self;
    return str_new_text(ctx, "<printable>");
}

static struct value *printable_str(struct ctx *ctx, struct value *self)
{
    (void)self;
    return str_new_text(ctx, "printable");
}

static struct value *unprintable_repr(struct ctx *ctx, struct value *self)
{
    (void)self;
    return raise_format(ctx, "ValueError", "no repr");
}

METHOD(touch)
{
    UNUSED;
    return &value_none;
}

/* ---- callables */

struct value *refusing_construct(struct ctx *ctx, const struct typeid *t, struct value *args, struct value *kwds)
{
    const struct exception_class *class = exception_class_find("builtins", "ValueError", ctx->rt->compat);
    struct value *all, *item, *exception;

    (void)t;
    if (python_no_keywords(ctx, "refusing", kwds))
        return NULL;
    all = tuple_new(ctx, tuple_length(args) + 1);
    if (!all)
        return NULL;
    for (size_t i = 0; i < tuple_length(args); i++)
        tuple_set_take(all, i + 1, value_ref(tuple_peek(args, i)));
    item = str_new_text(ctx, "refused");
    if (item)
        tuple_set_take(all, 0, item);
    exception = item ? exception_new(ctx, class, all) : NULL;
    value_release(all);
    return exception ? raise_take(ctx, exception) : NULL;
}

/* The function `single` of the contract. */
static struct value *single(struct ctx *ctx, struct value *self, struct value *const *argv, size_t argc,
                            struct value *kwds)
{
    struct server *s = server_of(ctx);

    UNUSED;
    if (!s->singleton)
        s->singleton = list_new(ctx);
    return s->singleton ? value_ref(s->singleton) : NULL;
}

static const struct method single_function = {"single", CALL_PYTHON, 0, 0, 0, 0, "", single};

struct value *singleton_construct(struct ctx *ctx, const struct typeid *t, struct value *args, struct value *kwds)
{
    (void)t;
    return method_call(ctx, &single_function, NULL, NULL, args, kwds);
}

/* ---- tables */

static const struct method constructed_methods[] = {
    {"__init__", CALL_ANY, 0, -1, 0, 0, NULL, constructed_init},
    {"arguments", CALL_PYTHON, 0, 0, 0, 0, "", constructed_arguments},
    {0},
};
const struct type constructed_type = {
    .name = "Constructed", .module = "fixtures", INSTANCE_SLOTS, .methods = constructed_methods};

static const struct method wrapper_methods[] = {
    {"__init__", CALL_PYTHON, 1, 1, 0, 0, "x", wrapper_init},
    {"get", CALL_PYTHON, 0, 0, 0, 0, "", wrapper_get},
    {0},
};
const struct type wrapper_type = {.name = "Wrapper", .module = "fixtures", INSTANCE_SLOTS, .methods = wrapper_methods};

static const struct method hidden_methods[] = {
    {"visible", CALL_PYTHON, 0, 0, 0, 0, "", hidden_visible},
    {"hidden", CALL_PYTHON, 0, 0, 0, 0, "", hidden_hidden},
    {"_under", CALL_PYTHON, 0, 0, 0, 0, "", hidden_under},
    {"__len__", CALL_PYTHON, 0, 0, 0, 0, "", hidden_len},
    {0},
};
const struct type hidden_type = {.name = "Hidden", .module = "fixtures", INSTANCE_SLOTS, .methods = hidden_methods};

static const struct method parent_methods[] = {
    {"inherited", CALL_PYTHON, 0, 0, 0, 0, "", parent_word},
    {"overridden", CALL_PYTHON, 0, 0, 0, 0, "", parent_word},
    {0},
};
const struct type parent_type = {.name = "Parent", .module = "fixtures", INSTANCE_SLOTS, .methods = parent_methods};

static const struct method child_methods[] = {
    {"overridden", CALL_PYTHON, 0, 0, 0, 0, "", child_overridden},
    {"own", CALL_PYTHON, 0, 0, 0, 0, "", child_own},
    {0},
};
const struct type child_type = {
    .name = "Child", .module = "fixtures", .base = &parent_type, INSTANCE_SLOTS, .methods = child_methods};

static const struct method counter_methods[] = {
    {"__init__", CALL_PYTHON, 0, 1, 0, 0, "start", counter_init},
    {"hit", CALL_PYTHON, 0, 1, 0, 0, "n", counter_hit},
    {"count", CALL_PYTHON, 0, 0, 0, 0, "", counter_count},
    {0},
};
const struct type counter_type = {.name = "Counter", .module = "fixtures", INSTANCE_SLOTS, .methods = counter_methods};

static const struct method touch_methods[] = {
    {"touch", CALL_PYTHON, 0, 0, 0, 0, "", touch},
    {0},
};
const struct type printable_type = {.name = "Printable",
                                    .module = "fixtures",
                                    INSTANCE_SLOTS,
                                    .repr = printable_repr,
                                    .str = printable_str,
                                    .methods = touch_methods};
const struct type unprintable_type = {.name = "Unprintable",
                                      .module = "fixtures",
                                      INSTANCE_SLOTS,
                                      .repr = unprintable_repr,
                                      .str = unprintable_repr,
                                      .methods = touch_methods};
