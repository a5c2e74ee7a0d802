/* SPDX-License-Identifier: MIT */
/* Writing what is made by a call: numbers and ranges that have no opcode, arrays, exceptions, iterators, proxies.
 * Mirrors save_reduce of Modules/_pickle.c, the __reduce__ of each type and the reducers that multiprocessing
 * registers. */
#include "ref/pickle/dump.h"

/* ---- REDUCE */

int dump_remember(struct pickler *p, struct value *v)
{
    enum identity identity = dump_identity(v);
    if (!dump_remembers(p, v, identity))
        return dump_memoize(p, v, identity);
    dump_op(p, OPCODE_POP);
    dump_recall(p, v, identity);
    return 0;
}

int dump_note_part(struct pickler *p, const struct value *v, const char *part)
{
    char name[256];
    return v ? dump_note(p, "when serializing %s %s", dump_type_name(v, name), part) : -1;
}

static int reduce(struct pickler *p, struct value *v, struct value *callable, struct value *args)
{
    if (dump_value(p, callable))
        return dump_note_part(p, v, "reconstructor");
    if (dump_value(p, args))
        return dump_note_part(p, v, "reconstructor arguments");
    dump_op(p, OPCODE_REDUCE);
    return v ? dump_remember(p, v) : 0;
}

int dump_reduce_take(struct pickler *p, struct value *v, struct value *callable, struct value *args)
{
    int result = callable && args ? reduce(p, v, callable, args) : -1;
    value_release(callable);
    value_release(args);
    return result;
}

int dump_reduce_object_take(struct pickler *p, struct value *v, struct value *callable, struct value *args)
{
    return dump_reduce_take(p, v, callable, args) ? dump_note_part(p, v, "object") : 0;
}

/* ---- values of built-in types */

int dump_complex(struct pickler *p, struct value *v)
{
    struct ctx *ctx = p->ctx;
    double real, imag;
    complex_peek(v, &real, &imag);
    return dump_reduce_object_take(p, v, global_new(ctx, "builtins", "complex"),
                                   tuple_pack_take(ctx, 2, float_new(ctx, real), float_new(ctx, imag)));
}

int dump_range(struct pickler *p, struct value *v)
{
    return dump_reduce_object_take(p, v, global_new(p->ctx, "builtins", "range"),
                                   tuple_pack_take(p->ctx, 3, value_ref(range_peek(v, 0)), value_ref(range_peek(v, 1)),
                                                   value_ref(range_peek(v, 2))));
}

int dump_slice(struct pickler *p, struct value *v)
{
    return dump_reduce_object_take(p, v, global_new(p->ctx, "builtins", "slice"),
                                   tuple_pack_take(p->ctx, 3, value_ref(slice_peek(v, 0)), value_ref(slice_peek(v, 1)),
                                                   value_ref(slice_peek(v, 2))));
}

/* array(typecode, bytes): the reducer that managers.py registers. */
int dump_array(struct pickler *p, struct value *v)
{
    const unsigned char typecode = (unsigned char)array_typecode(v);
    size_t size;
    const unsigned char *data = array_peek(v, &size);
    return dump_reduce_object_take(
        p, v, global_new(p->ctx, "array", "array"),
        tuple_pack_take(p->ctx, 2, str_new_latin1(p->ctx, &typecode, 1), bytes_new(p->ctx, data, size)));
}

/* ---- exceptions */

/* Writes one part of a state: attributes if it is a dict. */
static int dump_state_part(struct pickler *p, struct value *part)
{
    return part->type == &dict_type ? dump_attributes(p, part) : dump_value(p, part);
}

int dump_state(struct pickler *p, const struct value *owner, struct value *state)
{
    bool slots = state->type == &tuple_type && tuple_length(state) == 2 && tuple_peek(state, 1)->type == &dict_type;
    int result;
    if (!slots || dump_remembers(p, state, IDENTITY_VALUE)) {
        result = dump_state_part(p, state);
    } else {
        dump_boundary(p);
        result = dump_state_part(p, tuple_peek(state, 0)) || dump_state_part(p, tuple_peek(state, 1)) ? -1 : 0;
        dump_op(p, OPCODE_TUPLE2);
        if (result == 0)
            result = dump_memoize(p, state, IDENTITY_VALUE);
    }
    dump_op(p, OPCODE_BUILD);
    return result ? dump_note_part(p, owner, "state") : 0;
}

int dump_exception(struct pickler *p, struct value *v)
{
    const struct exception_class *c = exception_class_of(v);
    struct value *args = NULL, *state = NULL;
    int result = exception_reduce(p->ctx, v, &args, &state);
    if (result == 0)
        result = dump_reduce_take(p, v, global_new(p->ctx, exception_class_module(c), exception_class_name(c)),
                                  value_ref(args));
    if (result == 0 && state)
        result = dump_state(p, v, state);
    value_release(args);
    value_release(state);
    return result ? dump_note_part(p, v, "object") : 0;
}

/* ---- proxies */

/* Token(typeid, address, id) as an instance with its state. */
static struct value *token_of(struct ctx *ctx, const struct proxyref *r)
{
    struct value *class = global_new(ctx, "multiprocessing.managers", "Token");
    struct value *token = class ? opaque_new(ctx, OPAQUE_NEWOBJ, class, tuple_empty, NULL) : NULL;
    struct value *state = tuple_pack_take(ctx, 3, value_ref(r->typeid), value_ref(r->address), value_ref(r->id));
    if (token && (!state || opaque_record(ctx, token, OPAQUE_BUILD, state, NULL))) {
        value_release(token);
        token = NULL;
    }
    value_release(class);
    value_release(state);
    return token;
}

/* BaseProxy.__reduce__: a new dict, whose key is a constant of managers.py. */
static struct value *keywords_of(struct ctx *ctx, const struct proxyref *r)
{
    struct value *exposed = dict_get_text_peek(ctx, r->kwds, "exposed"), *kwds, *key;
    if (!exposed)
        return ctx->raised ? NULL : value_ref(r->kwds);
    kwds = dict_new(ctx);
    key = str_intern(ctx, "exposed");
    if (!kwds || !key || dict_set(ctx, kwds, key, exposed)) {
        value_release(kwds);
        kwds = NULL;
    }
    value_release(key);
    return kwds;
}

int dump_proxy(struct pickler *p, struct value *v)
{
    const struct proxyref *r = (const struct proxyref *)v;
    struct ctx *ctx = p->ctx;
    return dump_reduce_object_take(p, v, global_new(ctx, "multiprocessing.managers", "RebuildProxy"),
                                   tuple_pack_take(ctx, 4, value_ref(r->function), token_of(ctx, r),
                                                   value_ref(r->serializer), keywords_of(ctx, r)));
}

/* ---- iterators, and what cannot be written */

static int refuse(struct pickler *p, const struct value *v)
{
    char name[256];
    raise_format(p->ctx, "TypeError", "cannot pickle '%.200s' object", dump_type_name(v, name));
    return -1;
}

static int dump_iterator(struct pickler *p, struct value *v)
{
    struct value *reduced = iter_reduce(p->ctx, v);
    int result;
    if (!reduced) {
        value_release(raised_fetch(p->ctx));
        return refuse(p, v);
    }
    result = dump_reduce_take(p, v, value_ref(tuple_peek(reduced, 0)), value_ref(tuple_peek(reduced, 1)));
    if (result == 0 && tuple_length(reduced) > 2 && tuple_peek(reduced, 2) != &value_none)
        result = dump_state(p, v, tuple_peek(reduced, 2));
    value_release(reduced);
    return result ? dump_note_part(p, v, "object") : 0;
}

int dump_other(struct pickler *p, struct value *v)
{
    if (v->type->reduce)
        return dump_reduced(p, v);
    return v->type->next ? dump_iterator(p, v) : refuse(p, v);
}
