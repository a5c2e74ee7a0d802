/* SPDX-License-Identifier: MIT */
/* The fixture type Echo of SPEC.md: gives back what it gets, and tells how it looks from inside. */
#include <string.h>

#include "ref/manager/instance.h"
#include "ref/manager/python.h"
#include "ref/manager/types.h"
#include "ref/proxy/proxy.h"

METHOD(echo_init)
{
    UNUSED;
    return instance_set_take(ctx, self, "_held", &value_none) ? NULL : &value_none;
}

METHOD(echo_echo)
{
    UNUSED;
    return tuple_pack_take(ctx, 2, python_rest(ctx, argv, argc, 0), kwds ? value_ref(kwds) : dict_new(ctx));
}

METHOD(echo_identity)
{
    UNUSED;
    return value_ref(argv[0]);
}

METHOD(echo_default)
{
    UNUSED;
    return tuple_pack_take(ctx, 3, value_ref(argv[0]), argv[1] ? value_ref(argv[1]) : int_new(ctx, 2),
                           argv[2] ? value_ref(argv[2]) : int_new(ctx, 3));
}

METHOD(echo_nothing)
{
    UNUSED;
    return &value_none;
}

METHOD(echo_keep)
{
    UNUSED;
    return instance_set_take(ctx, self, "_held", value_ref(argv[0])) ? NULL : &value_none;
}

METHOD(echo_kept)
{
    UNUSED;
    return instance_get_attr(ctx, self, "_held");
}

METHOD(echo_grow)
{
    struct value *held = instance_get_attr(ctx, self, "_held"), *args = tuple_pack_take(ctx, 1, value_ref(argv[0]));
    struct value *done = held && args ? proxy_method(ctx, held, "append", args, NULL) : NULL;

    UNUSED;
    value_release(held);
    value_release(args);
    value_release(done);
    return done ? &value_none : NULL;
}

METHOD(echo_typename)
{
    UNUSED;
    return str_new_text(ctx, value_class_name(argv[0]));
}

METHOD(echo_same)
{
    UNUSED;
    return value_bool(argv[0] == argv[1]);
}

METHOD(echo_equal)
{
    int equal = value_compare(ctx, COMPARE_EQ, argv[0], argv[1]);

    UNUSED;
    return equal < 0 ? NULL : value_bool(equal);
}

METHOD(echo_first)
{
    struct value *zero = int_new(ctx, 0), *item = zero ? value_get_item(ctx, argv[0], zero) : NULL;

    UNUSED;
    value_release(zero);
    return item;
}

METHOD(echo_join)
{
    UNUSED;
    return python_no_keywords(ctx, "Echo.join", kwds) ? NULL : int_new_unsigned(ctx, argc);
}

/* ---- tables */

static const struct method echo_methods[] = {
    {"__init__", CALL_PYTHON, 0, 0, 0, 0, "", echo_init},
    {"echo", CALL_ANY, 0, -1, 0, 0, NULL, echo_echo},
    {"identity", CALL_PYTHON, 1, 1, 0, 0, "x", echo_identity},
    {"default", CALL_PYTHON, 1, 2, 0, 0, "a b *c", echo_default},
    {"nothing", CALL_PYTHON, 0, 0, 0, 0, "", echo_nothing},
    {"keep", CALL_PYTHON, 1, 1, 0, 0, "x", echo_keep},
    {"kept", CALL_PYTHON, 0, 0, 0, 0, "", echo_kept},
    {"grow", CALL_PYTHON, 1, 1, 0, 0, "x", echo_grow},
    {"typename", CALL_PYTHON, 1, 1, 0, 0, "x", echo_typename},
    {"same", CALL_PYTHON, 2, 2, 0, 0, "a b", echo_same},
    {"equal", CALL_PYTHON, 2, 2, 0, 0, "a b", echo_equal},
    {"first", CALL_PYTHON, 1, 1, 0, 0, "x", echo_first},
    {"join", CALL_ANY, 0, -1, 0, 0, NULL, echo_join},
    {0},
};

const struct type echo_type = {.name = "Echo", .module = "fixtures", INSTANCE_SLOTS, .methods = echo_methods};
