/* SPDX-License-Identifier: MIT */
/* Exceptions and instances to typed JSON: by what their reduction says.  What a reduction makes anew is kept with the
 * object's node, so that both walks of mpproxy_encode.c meet the same objects. */
#include "ref/prog/mpproxy_encode.h"

/* ---- exceptions */

/* The state without the entry args, which is told already; NULL with nothing raised: none. */
static struct value *shown_state(struct ctx *ctx, struct value *state)
{
    struct value *shown = state && state->type == &dict_type ? dict_from(ctx, state, NULL) : NULL, *key = NULL;
    if (shown && dict_get_text_peek(ctx, shown, "args")) {
        key = str_new_text(ctx, "args");
        if (!key || dict_delete(ctx, shown, key)) {
            value_release(shown);
            shown = NULL;
        }
        value_release(key);
    }
    if (shown && dict_length(shown) == 0) {
        value_release(shown);
        shown = NULL;
    }
    return shown;
}

/* Finds the exception's args and state once for both walks. */
static int reduce_exception(struct encoder *e, struct value *v, size_t node)
{
    struct value *args, *state;
    if (e->nodes[node].parts[0])
        return 0;
    if (exception_reduce(e->ctx, v, &args, &state))
        return -1;
    e->nodes[node].parts[0] = args;
    e->nodes[node].parts[1] = shown_state(e->ctx, state);
    value_release(state);
    return e->ctx->raised ? -1 : 0;
}

static json_t *base_names(const struct exception_class *c)
{
    json_t *bases = json_array();
    while ((c = exception_class_base(c)))
        json_array_append_new(bases, json_string(exception_class_name(c)));
    return bases;
}

/* Puts a member into an object; false (and the object is gone) if there is no value for it. */
static bool put(json_t **object, const char *name, json_t *value)
{
    if (value && json_object_set_new(*object, name, value) == 0)
        return true;
    json_decref(*object);
    *object = NULL;
    return false;
}

static json_t *known_body(struct encoder *e, struct value *v, size_t node)
{
    const struct exception_class *c = exception_class_of(v);
    json_t *body = json_object();
    if (reduce_exception(e, v, node)) {
        json_decref(body);
        return NULL;
    }
    if (put(&body, "class", encode_name(exception_class_module(c), exception_class_name(c))) &&
        put(&body, "bases", base_names(c)) && put(&body, "args", encode_each(e, e->nodes[node].parts[0])) &&
        e->nodes[node].parts[1])
        put(&body, "state", encode_any(e, e->nodes[node].parts[1]));
    return body;
}

json_t *encode_write_exception(struct encoder *e, struct value *v, size_t node)
{
    return encode_tagged("$exception", known_body(e, v, node));
}

/* ---- instances */

static struct value *last_state(struct value *v)
{
    struct value *state = NULL, *first, *second;
    for (size_t i = 0; i < opaque_steps(v); i++)
        switch (opaque_step_peek(v, i, &first, &second)) {
        case OPAQUE_BUILD:
            state = first;
            break;
        case OPAQUE_SETTER:
            state = second;
            break;
        default:
            break;
        }
    return state;
}

/* The items or the pairs of an instance; NULL after failure, an empty array if there are none. */
static json_t *steps_of(struct encoder *e, struct value *v, bool pairs)
{
    json_t *array = json_array();
    struct value *first, *second;
    for (size_t i = 0; i < opaque_steps(v); i++) {
        enum opaque_step step = opaque_step_peek(v, i, &first, &second);
        if (step == OPAQUE_BUILD || step == OPAQUE_SETTER || (step == OPAQUE_SET_ITEM) != pairs)
            continue;
        if (pairs ? encode_append_pair(e, array, first, second) : encode_append(e, array, first))
            return NULL;
    }
    return array;
}

/* func and args: NEWOBJ is copyreg.__newobj__(cls, *args), NEWOBJ_EX copyreg.__newobj_ex__(cls, args, kwds). */
static bool put_call(struct encoder *e, json_t **body, struct value *v)
{
    struct value *callable = opaque_callable_peek(v), *args = opaque_args_peek(v);
    enum opaque_form form = opaque_form_of(v);
    json_t *list;
    if (form == OPAQUE_REDUCE)
        return put(body, "func", encode_name(global_module(callable), global_qualname(callable))) &&
               put(body, "args", encode_each(e, args));
    list = json_array();
    if (encode_append(e, list, callable))
        list = NULL;
    if (list && form == OPAQUE_NEWOBJ) {
        json_t *others = encode_each(e, args);
        json_array_extend(list, others);
        json_decref(others);
        if (!others) {
            json_decref(list);
            list = NULL;
        }
    } else if (list && (encode_append(e, list, args) || encode_append(e, list, opaque_kwds_peek(v)))) {
        list = NULL;
    }
    return put(body, "func", json_string(form == OPAQUE_NEWOBJ ? "copyreg:__newobj__" : "copyreg:__newobj_ex__")) &&
           put(body, "args", list);
}

/* A member that is left out if it is an empty array. */
static bool put_unless_empty(json_t **body, const char *name, json_t *array)
{
    if (!array || json_array_size(array) > 0)
        return put(body, name, array);
    json_decref(array);
    return true;
}

static json_t *encode_reduction(struct encoder *e, struct value *v)
{
    struct value *state = last_state(v);
    json_t *body;
    if (opaque_form_of(v) == OPAQUE_REDUCE && opaque_callable_peek(v)->type != &global_type)
        return encode_other(v);
    body = json_object();
    if (put_call(e, &body, v) && (!state || state == &value_none || put(&body, "state", encode_any(e, state))) &&
        put_unless_empty(&body, "items", steps_of(e, v, false)))
        put_unless_empty(&body, "pairs", steps_of(e, v, true));
    return encode_tagged("$reduce", body);
}

json_t *encode_write_opaque(struct encoder *e, struct value *v, size_t node)
{
    (void)node;
    return encode_reduction(e, v);
}

/* What iter_reduce told, (function, args[, state]), as an instance. */
static struct value *as_instance(struct ctx *ctx, struct value *reduced)
{
    struct value *v = opaque_new(ctx, OPAQUE_REDUCE, tuple_peek(reduced, 0), tuple_peek(reduced, 1), NULL);
    if (v && tuple_length(reduced) > 2 && tuple_peek(reduced, 2) != &value_none &&
        opaque_record(ctx, v, OPAQUE_BUILD, tuple_peek(reduced, 2), NULL)) {
        value_release(v);
        v = NULL;
    }
    return v;
}

/* Objects that know their reduction, kept for both walks; a failure to tell it makes them unshowable. */
json_t *encode_write_reducible(struct encoder *e, struct value *v, size_t node)
{
    if (!e->nodes[node].parts[0] && v->type->reduce) {
        e->nodes[node].parts[0] = v->type->reduce(e->ctx, v);
    } else if (!e->nodes[node].parts[0]) {
        struct value *reduced = iter_reduce(e->ctx, v);
        e->nodes[node].parts[0] = reduced ? as_instance(e->ctx, reduced) : NULL;
        value_release(reduced);
    }
    if (e->nodes[node].parts[0])
        return encode_reduction(e, e->nodes[node].parts[0]);
    if (raised_is(e->ctx, "MemoryError"))
        return NULL;
    value_release(raised_fetch(e->ctx));
    return encode_other(v);
}

/* An exception of a class that C does not know, from its reduction. */
static json_t *opaque_exception_body(struct encoder *e, struct value *v)
{
    struct value *class = opaque_class_peek(v), *state = last_state(v);
    json_t *body = json_object();
    if (!class) {
        json_decref(body);
        return json_pack("{s:s, s:[]}", "class", "builtins:Exception", "args");
    }
    if (put(&body, "class", encode_name(global_module(class), global_qualname(class))) &&
        put(&body, "args", encode_each(e, opaque_args_peek(v))) && state && state != &value_none)
        put(&body, "state", encode_any(e, state));
    return body;
}

json_t *encode_exception_body(struct encoder *e, struct value *v, size_t node)
{
    return v->type == &opaque_type ? opaque_exception_body(e, v) : known_body(e, v, node);
}
