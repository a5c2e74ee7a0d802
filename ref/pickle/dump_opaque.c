/* SPDX-License-Identifier: MIT */
/* Writing an opaque instance: the way it was made, then what it was given, as it came.  Mirrors save_reduce of
 * Modules/_pickle.c with its batches. */
#include "ref/pickle/dump.h"

#include "ref/base/limits.h"

/* ---- how it was made; self is the object that has the number, v the instance itself or what stands for self */

static int dump_call(struct pickler *p, struct value *v, struct value *self)
{
    return dump_reduce_take(p, self, value_ref(opaque_callable_peek(v)), value_ref(opaque_args_peek(v)));
}

static int dump_newobj(struct pickler *p, struct value *v, struct value *self)
{
    struct value *kwds = opaque_kwds_peek(v);
    if (dump_value(p, opaque_callable_peek(v)))
        return dump_note_part(p, v, "class");
    if (dump_value(p, opaque_args_peek(v)) || (kwds && dump_value(p, kwds)))
        return dump_note_part(p, v, "__new__ arguments");
    dump_op(p, kwds ? OPCODE_NEWOBJ_EX : OPCODE_NEWOBJ);
    return dump_remember(p, self);
}

/* cls.__new__: such a class has its own */
static struct value *new_method(struct ctx *ctx, struct value *cls)
{
    struct value *v;
    struct buf b;
    if (cls->type != &global_type)
        return value_get_attr(ctx, cls, "__new__");
    buf_init(&b, LIMIT_FRAME);
    buf_printf(&b, "%s.__new__", global_qualname(cls));
    buf_put_byte(&b, 0);
    v = b.failed ? raise_memory(ctx) : global_new(ctx, global_module(cls), (char *)b.data);
    buf_free(&b);
    return v;
}

/* functools.partial(cls.__new__, cls, *args, **kwds), as multiprocessing's reducer writes it */
static struct value *partial_of(struct ctx *ctx, struct value *v)
{
    struct value *cls = opaque_callable_peek(v), *args = opaque_args_peek(v),
                 *all = tuple_new(ctx, tuple_length(args) + 1), *partial, *rebuild;
    if (all)
        tuple_set_take(all, 0, value_ref(cls));
    for (size_t i = 0; all && i < tuple_length(args); i++)
        tuple_set_take(all, i + 1, value_ref(tuple_peek(args, i)));
    rebuild = global_new(ctx, "multiprocessing.reduction", "_rebuild_partial");
    args = tuple_pack_take(ctx, 3, new_method(ctx, cls), all, value_ref(opaque_kwds_peek(v)));
    partial = rebuild && args ? opaque_new(ctx, OPAQUE_REDUCE, rebuild, args, NULL) : NULL;
    value_release(rebuild);
    value_release(args);
    return partial;
}

static int dump_creation(struct pickler *p, struct value *v, struct value *self)
{
    switch (opaque_form_of(v)) {
    case OPAQUE_REDUCE:
        return dump_call(p, v, self);
    case OPAQUE_NEWOBJ_EX:
        if (p->protocol < 4)
            return dump_reduce_take(p, self, partial_of(p->ctx, v), value_ref(tuple_empty));
        return dump_newobj(p, v, self);
    default:
        return dump_newobj(p, v, self);
    }
}

/* ---- what it was given */

static int note_item(struct pickler *p, struct value *v, enum opaque_step step, struct value *key, size_t number)
{
    char name[256];
    struct value *e, *repr;
    if (step == OPAQUE_ADD)
        return dump_note(p, "when serializing %s element", dump_type_name(v, name));
    if (step == OPAQUE_APPEND)
        return dump_note(p, "when serializing %s item %zu", dump_type_name(v, name), number);
    e = raised_fetch(p->ctx);
    repr = value_repr(p->ctx, key);
    if (!repr)
        value_release(raised_fetch(p->ctx));
    raise_take(p->ctx, e);
    if (repr)
        dump_note(p, "when serializing %s item %s", dump_type_name(v, name), str_peek(repr, NULL));
    value_release(repr);
    return -1;
}

static int dump_element(struct pickler *p, struct value *v, size_t i, size_t number)
{
    struct value *first, *second;
    enum opaque_step step = opaque_step_peek(v, i, &first, &second);
    if (step == OPAQUE_SET_ITEM) {
        if (dump_value(p, first))
            return -1;
        return dump_value(p, second) ? note_item(p, v, step, first, number) : 0;
    }
    return dump_value(p, first) ? note_item(p, v, step, first, number) : 0;
}

static enum opcode closing(enum opaque_step step, bool single)
{
    if (step == OPAQUE_APPEND)
        return single ? OPCODE_APPEND : OPCODE_APPENDS;
    if (step == OPAQUE_SET_ITEM)
        return single ? OPCODE_SETITEM : OPCODE_SETITEMS;
    return OPCODE_ADDITEMS;
}

/* A run of steps of one kind, from the i-th to before end, in batches. */
static int dump_run(struct pickler *p, struct value *v, enum opaque_step step, size_t i, size_t end)
{
    size_t start = i;
    while (i < end) {
        size_t stop = end - i < PICKLE_BATCH ? end : i + PICKLE_BATCH;
        bool single = stop - i == 1 && step != OPAQUE_ADD;
        if (!single)
            dump_op(p, OPCODE_MARK);
        for (; i < stop; i++)
            if (dump_element(p, v, i, i - start))
                return -1;
        dump_op(p, closing(step, single));
    }
    return 0;
}

/* setter(self, state), whose result is dropped. */
static int dump_setter(struct pickler *p, struct value *self, struct value *setter, struct value *state)
{
    if (dump_value(p, setter) || dump_value(p, self))
        return dump_note_part(p, self, "state setter");
    if (dump_value(p, state))
        return dump_note_part(p, self, "state");
    dump_op(p, OPCODE_TUPLE2);
    dump_op(p, OPCODE_REDUCE);
    dump_op(p, OPCODE_POP);
    return 0;
}

static int dump_steps(struct pickler *p, struct value *v, struct value *self)
{
    struct value *first, *second;
    for (size_t i = 0, end; i < opaque_steps(v); i = end) {
        enum opaque_step step = opaque_step_peek(v, i, &first, &second);
        int result;
        end = i + 1;
        if (step == OPAQUE_BUILD) {
            result = dump_state(p, v, first);
        } else if (step == OPAQUE_SETTER) {
            result = dump_setter(p, self, first, second);
        } else {
            while (end < opaque_steps(v) && opaque_step_peek(v, end, &first, &second) == step)
                end++;
            result = dump_run(p, v, step, i, end);
        }
        if (result)
            return -1;
    }
    return 0;
}

int dump_opaque(struct pickler *p, struct value *v)
{
    return dump_creation(p, v, v) || dump_steps(p, v, v) ? dump_note_part(p, v, "object") : 0;
}

int dump_reduced(struct pickler *p, struct value *v)
{
    struct value *reduced = v->type->reduce(p->ctx, v);
    int result = reduced && dump_creation(p, reduced, v) == 0 && dump_steps(p, reduced, v) == 0 ? 0 : -1;
    value_release(reduced);
    return result ? dump_note_part(p, v, "object") : 0;
}
