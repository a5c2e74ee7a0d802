/* SPDX-License-Identifier: MIT */
/* Exceptions: constructors, str, repr, reductions, state, attributes, against what each CPython answers. */
#include "ref/test/operations.h"

static void put_part(struct operations *o, struct buf *out, struct value *v)
{
    buf_put_text(out, " | ");
    operations_put_repr(o, out, v);
}

/* "class | args | str | repr | reduced args | reduced state | traceback line", after the state was set. */
static void describe(struct operations *o, struct buf *out, struct value *e)
{
    const struct exception_class *class = exception_class_of(e);
    struct value *args, *state;
    buf_printf(out, "%s.%s", exception_class_module(class), exception_class_name(class));
    put_part(o, out, value_get_attr(&o->ctx, e, "args"));
    buf_put_text(out, " | ");
    operations_put_str(out, value_str(&o->ctx, e));
    put_part(o, out, value_ref(e));
    if (exception_reduce(&o->ctx, e, &args, &state) < 0)
        return;
    put_part(o, out, args);
    put_part(o, out, state ? state : &value_none);
    buf_put_text(out, " | ");
    operations_put_str(out, exception_line(&o->ctx, e));
}

static bool exception_operation(struct operations *o, struct buf *out)
{
    if (strcmp(o->fields[0], "exception") != 0)
        return false;
    struct value *e = operations_operand(o, 1), *state = e ? operations_operand(o, 2) : NULL;
    if (state && exception_set_state(&o->ctx, e, state) == 0)
        describe(o, out, e);
    value_release(e);
    value_release(state);
    return true;
}

static void test_answers(void)
{
    operations_run("exception", exception_operation);
}

int main(void)
{
    CU_TestInfo tests[] = {{"exceptions answer as in each CPython", test_answers}, CU_TEST_INFO_NULL};
    return unit_main("exception", tests);
}
