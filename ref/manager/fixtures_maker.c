/* SPDX-License-Identifier: MIT */
/* The fixture types Maker and Unpicklable of SPEC.md: results that become shared objects, and results that cannot leave
 * the server. */
#include "ref/manager/generator.h"
#include "ref/manager/instance.h"
#include "ref/manager/lock.h"
#include "ref/manager/python.h"
#include "ref/manager/types.h"

/* ---- Unpicklable */

METHOD(unpicklable_lock)
{
    UNUSED;
    return lock_new(ctx);
}

static struct value *empty_body(struct ctx *ctx, struct generator *g, struct value *sent)
{
    (void)ctx, (void)g, (void)sent;
    return NULL;
}

METHOD(unpicklable_generator)
{
    UNUSED;
    return generator_new_take(ctx, "Unpicklable.generator.<locals>.<genexpr>", empty_body, &value_none);
}

METHOD(unpicklable_function)
{
    UNUSED;
    return global_new(ctx, "fixtures", "Unpicklable.function.<locals>.<lambda>");
}

METHOD(unpicklable_nested)
{
    struct value *list = list_new(ctx);

    UNUSED;
    if (list && !list_push_take(ctx, list, int_new(ctx, 1)) && !list_push_take(ctx, list, lock_new(ctx)))
        return list;
    value_release(list);
    return NULL;
}

METHOD(unpicklable_fine)
{
    UNUSED;
    return int_new(ctx, 1);
}

/* ---- Maker */

METHOD(maker_init)
{
    struct value *items = list_new(ctx);

    UNUSED;
    return items && !instance_set_take(ctx, self, "items", items) ? &value_none : NULL;
}

METHOD(maker_make_list)
{
    struct value *items, *list;

    UNUSED;
    if (python_no_keywords(ctx, "Maker.make_list", kwds))
        return NULL;
    items = python_rest(ctx, argv, argc, 0);
    list = items ? list_from(ctx, items) : NULL;
    value_release(items);
    return list;
}

METHOD(maker_make_dict)
{
    const char *class = compat_has(ctx->rt->compat, COMPAT_QUALIFIED_NAMES) ? "Maker." : "";

    UNUSED;
    if (argc)
        return raise_format(ctx, "TypeError", "%smake_dict() takes 1 positional argument but %zu were given", class,
                            argc + 1);
    if (kwds && dict_get_text_peek(ctx, kwds, "self"))
        return raise_format(ctx, "TypeError", "%smake_dict() got multiple values for argument 'self'", class);
    return kwds ? dict_from(ctx, kwds, NULL) : dict_new(ctx);
}

METHOD(maker_make_echo)
{
    const struct typeid row = {.name = "Echo", .type = &echo_type};

    UNUSED;
    return instance_construct(ctx, &row, tuple_empty, NULL);
}

METHOD(maker_items)
{
    UNUSED;
    return instance_get_attr(ctx, self, "items");
}

METHOD(maker_wrap)
{
    UNUSED;
    return value_ref(argv[0]);
}

/* locals is a list: n, then once it runs the iterator of range(n). */
static struct value *begin(struct ctx *ctx, struct value *n)
{
    struct value *zero = int_new(ctx, 0), *one = int_new(ctx, 1), *range = NULL, *it = NULL;

    if (!int_check(n))
        raise_format(ctx, "TypeError", "'%s' object cannot be interpreted as an integer", value_type_name(n));
    else if (zero && one && (range = range_new(ctx, zero, n, one)))
        it = value_iter(ctx, range);
    value_release(zero);
    value_release(one);
    value_release(range);
    return it;
}

static struct value *numbers_body(struct ctx *ctx, struct generator *g, struct value *sent)
{
    if (sent != &value_none)
        return value_ref(sent);
    if (list_length(g->locals) == 1 && list_push_take(ctx, g->locals, begin(ctx, list_peek(g->locals, 0))))
        return NULL;
    return value_next(ctx, list_peek(g->locals, 1));
}

METHOD(maker_numbers)
{
    struct value *locals = list_new(ctx);

    UNUSED;
    if (locals && list_push_take(ctx, locals, value_ref(argv[0]))) {
        value_release(locals);
        return NULL;
    }
    return generator_new_take(ctx, "Maker.numbers", numbers_body, locals);
}

METHOD(maker_one)
{
    UNUSED;
    return int_new(ctx, 1);
}

METHOD(maker_fails)
{
    struct value *key = str_new_text(ctx, "fails");

    UNUSED;
    if (key)
        raise_value(ctx, "KeyError", key);
    value_release(key);
    return NULL;
}

/* ---- tables */

static const struct method unpicklable_methods[] = {
    {"lock", CALL_PYTHON, 0, 0, 0, 0, "", unpicklable_lock},
    {"generator", CALL_PYTHON, 0, 0, 0, 0, "", unpicklable_generator},
    {"function", CALL_PYTHON, 0, 0, 0, 0, "", unpicklable_function},
    {"nested", CALL_PYTHON, 0, 0, 0, 0, "", unpicklable_nested},
    {"fine", CALL_PYTHON, 0, 0, 0, 0, "", unpicklable_fine},
    {0},
};
const struct type unpicklable_type = {
    .name = "Unpicklable", .module = "fixtures", INSTANCE_SLOTS, .methods = unpicklable_methods};

static const struct method maker_methods[] = {
    {"__init__", CALL_PYTHON, 0, 0, 0, 0, "", maker_init},
    {"make_list", CALL_ANY, 0, -1, 0, 0, NULL, maker_make_list},
    {"make_dict", CALL_ANY, 0, -1, 0, 0, NULL, maker_make_dict},
    {"make_echo", CALL_PYTHON, 0, 0, 0, 0, "", maker_make_echo},
    {"share", CALL_PYTHON, 0, 0, 0, 0, "", maker_items},
    {"items_copy", CALL_PYTHON, 0, 0, 0, 0, "", maker_items},
    {"wrap", CALL_PYTHON, 1, 1, 0, 0, "x", maker_wrap},
    {"numbers", CALL_PYTHON, 1, 1, 0, 0, "n", maker_numbers},
    {"unregistered", CALL_PYTHON, 0, 0, 0, 0, "", maker_one},
    {"refused", CALL_PYTHON, 0, 0, 0, 0, "", maker_one},
    {"fails", CALL_PYTHON, 0, 0, 0, 0, "", maker_fails},
    {0},
};
const struct type maker_type = {.name = "Maker", .module = "fixtures", INSTANCE_SLOTS, .methods = maker_methods};
