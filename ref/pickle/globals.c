/* SPDX-License-Identifier: MIT */
/* What a called global becomes.  Nothing is ever called: a few globals make native values, exception classes make
 * exceptions, RebuildProxy makes a proxy reference, and everything else is held as an opaque instance. */
#include "ref/pickle/globals.h"

enum kind { TYPE, FUNCTION };

struct known {
    const char *module, *name;
    enum kind kind;
    known_fn *call, *create;
};

/* The row of a global, or NULL. */
static const struct known *find(const struct value *v);

bool globals_is_function(const struct value *v)
{
    const struct known *k = find(v);
    return k && k->kind == FUNCTION;
}

static const struct exception_class *exception_class(struct unpickler *u, const struct value *v)
{
    return exception_class_find(global_module(v), global_qualname(v), u->ctx->rt->compat);
}

struct value *globals_call(struct unpickler *u, struct value *callable, struct value *args)
{
    const struct exception_class *c;
    const struct known *k;
    struct value *v;
    if (callable->type == &opaque_type)
        return opaque_new(u->ctx, OPAQUE_REDUCE, callable, args, NULL);
    if (callable->type != &global_type)
        return raise_format(u->ctx, "TypeError", "'%s' object is not callable", value_type_name(callable));
    k = find(callable);
    if (k && k->call) {
        v = k->call(u, args);
        if (v || u->ctx->raised)
            return v;
    }
    c = k ? NULL : exception_class(u, callable);
    return c ? exception_new(u->ctx, c, args) : opaque_new(u->ctx, OPAQUE_REDUCE, callable, args, NULL);
}

struct value *globals_create(struct unpickler *u, struct value *cls, struct value *args, struct value *kwds)
{
    bool plain = !kwds || dict_length(kwds) == 0;
    const struct known *k = cls->type == &global_type ? find(cls) : NULL;
    const struct exception_class *c = cls->type == &global_type && !k ? exception_class(u, cls) : NULL;
    struct value *v;
    if (k && k->create && plain) {
        v = k->create(u, args);
        if (v || u->ctx->raised)
            return v;
    }
    if (c && plain)
        return exception_new(u->ctx, c, args);
    return opaque_new(u->ctx, kwds ? OPAQUE_NEWOBJ_EX : OPAQUE_NEWOBJ, cls, args, kwds);
}

/* ---- what copyreg calls: other spellings of NEWOBJ */

static struct value *rest(struct ctx *ctx, struct value *args, size_t from)
{
    struct value *tuple = tuple_new(ctx, tuple_length(args) - from);
    for (size_t i = from; tuple && i < tuple_length(args); i++)
        tuple_set_take(tuple, i - from, value_ref(tuple_peek(args, i)));
    return tuple;
}

static bool is_class(const struct value *v)
{
    return v->type == &global_type && !globals_is_function(v);
}

static struct value *call_newobj(struct unpickler *u, struct value *args)
{
    struct value *left, *v;
    if (tuple_length(args) < 1 || !is_class(tuple_peek(args, 0)))
        return NULL;
    left = rest(u->ctx, args, 1);
    v = left ? globals_create(u, tuple_peek(args, 0), left, NULL) : NULL;
    value_release(left);
    return v;
}

static struct value *call_newobj_ex(struct unpickler *u, struct value *args)
{
    if (tuple_length(args) != 3 || !is_class(tuple_peek(args, 0)) || tuple_peek(args, 1)->type != &tuple_type ||
        tuple_peek(args, 2)->type != &dict_type)
        return NULL;
    return globals_create(u, tuple_peek(args, 0), tuple_peek(args, 1), tuple_peek(args, 2));
}

/* _reconstructor(cls, object, None) is how protocols 0 and 1 say object.__new__(cls). */
static struct value *call_reconstructor(struct unpickler *u, struct value *args)
{
    if (tuple_length(args) != 3 || !is_class(tuple_peek(args, 0)) ||
        !global_is(tuple_peek(args, 1), "builtins", "object") || tuple_peek(args, 2) != &value_none)
        return NULL;
    return globals_create(u, tuple_peek(args, 0), tuple_empty, NULL);
}

static struct value *call_object(struct unpickler *u, struct value *args)
{
    struct value *object, *v;
    if (tuple_length(args) > 0)
        return raise_format(u->ctx, "TypeError", "object() takes no arguments");
    object = global_new(u->ctx, "builtins", "object");
    v = object ? opaque_new(u->ctx, OPAQUE_NEWOBJ, object, args, NULL) : NULL;
    value_release(object);
    return v;
}

/* ---- proxies */

/* Data that cannot lead back to the proxy that holds it: an atom, or a tuple of atoms. */
static bool is_plain(struct value *v)
{
    for (size_t i = 0; v->type == &tuple_type && i < tuple_length(v); i++)
        if (tuple_peek(v, i)->type == &tuple_type || !is_plain(tuple_peek(v, i)))
            return false;
    return v->type == &tuple_type || v->type == &str_type || v->type == &bytes_type || v->type == &int_type ||
           v->type == &bool_type || v == &value_none;
}

/* The keywords as a dict of our own, which no later opcode of the pickle can reach. NULL after raising. */
static struct value *own_keywords(struct unpickler *u, struct value *kwds)
{
    size_t position = 0;
    struct value *key, *item;
    while (dict_next_peek(kwds, &position, &key, &item))
        if (!is_plain(key) || !is_plain(item))
            return raise_format(u->ctx, "TypeError", "a proxy's keyword must be plain data, not '%s'",
                                value_type_name(item));
    return dict_from(u->ctx, kwds, NULL);
}

/* The state of a Token: (typeid, address, id). NULL after raising. */
static struct value *token_state_peek(struct unpickler *u, struct value *token)
{
    struct value *state = NULL;
    if (token->type == &opaque_type && global_is(opaque_callable_peek(token), "multiprocessing.managers", "Token"))
        for (size_t i = 0; i < opaque_steps(token); i++) {
            struct value *first, *second;
            if (opaque_step_peek(token, i, &first, &second) == OPAQUE_BUILD)
                state = first;
        }
    if (!state)
        return raise_format(u->ctx, "AttributeError", "'%s' object has no attribute 'address'", value_type_name(token));
    if (state->type != &tuple_type || tuple_length(state) != 3 || !is_plain(tuple_peek(state, 0)) ||
        !is_plain(tuple_peek(state, 1)) || !str_check(tuple_peek(state, 2)))
        return raise_format(u->ctx, "TypeError", "a Token's state must be (typeid, address, id)");
    return state;
}

static struct value *call_rebuild_proxy(struct unpickler *u, struct value *args)
{
    struct value *state, *kwds;
    struct proxyref *p;
    if (tuple_length(args) != 4)
        return raise_format(u->ctx, "TypeError", "RebuildProxy() takes 4 positional arguments but %zu %s given",
                            tuple_length(args), tuple_length(args) == 1 ? "was" : "were");
    if (tuple_peek(args, 0)->type != &global_type)
        return raise_format(u->ctx, "TypeError", "'%s' object is not callable", value_type_name(tuple_peek(args, 0)));
    if (tuple_peek(args, 3)->type != &dict_type)
        return raise_format(u->ctx, "AttributeError", "'%s' object has no attribute 'pop'",
                            value_type_name(tuple_peek(args, 3)));
    if (!is_plain(tuple_peek(args, 2)))
        return raise_format(u->ctx, "KeyError", "a proxy's serializer must be a name");
    state = token_state_peek(u, tuple_peek(args, 1));
    kwds = state ? own_keywords(u, tuple_peek(args, 3)) : NULL;
    if (!kwds)
        return NULL;
    p = proxyref_new(u->ctx, tuple_peek(args, 0), tuple_peek(state, 0), tuple_peek(state, 1), tuple_peek(state, 2),
                     tuple_peek(args, 2), kwds);
    value_release(kwds);
    if (p && u->reader && u->reader->on_proxy && u->reader->on_proxy(u->ctx, p, u->reader->arg)) {
        value_release(&p->head);
        return NULL;
    }
    return p ? &p->head : NULL;
}

/* ---- the table */

static const struct known knowns[] = {
#define KNOWN(module, name, kind, call, create) {module, name, kind, call, create},
#include "ref/pickle/globals.def"
#undef KNOWN
};

static const struct known *find(const struct value *v)
{
    for (size_t i = 0; i < sizeof knowns / sizeof *knowns; i++)
        if (global_is(v, knowns[i].module, knowns[i].name))
            return &knowns[i];
    return NULL;
}
