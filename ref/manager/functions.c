/* SPDX-License-Identifier: MIT */
/* The functions that a manager itself offers, one per connection: what Server.public lists in
 * Lib/multiprocessing/managers.py.  Each is called as `func(c, *args, **kwds)`, so that the connection is its first
 * argument: None stands for it here. */
#include <string.h>

#include "ref/manager/call.h"
#include "ref/manager/connection.h"
#include "ref/manager/segments.h"

#define FUNCTION(name)                                                                                                 \
    static struct value *serve_##name(struct ctx *ctx, struct value *self, struct value *const *argv, size_t argc,     \
                                      struct value *kwds)

enum { FUNCTIONS = 9 };
static const struct method functions[FUNCTIONS];

FUNCTION(dummy)
{
    (void)ctx, (void)self, (void)argv, (void)argc, (void)kwds;
    return &value_none;
}

/* Up to 3.8 `create` looks at its arguments itself, and takes typeid also by name. */
static struct value *legacy_create(struct ctx *ctx, struct value *args, struct value *kwds)
{
    struct value *rest = NULL, *result = NULL;
    struct value *typeid = kwds ? dict_get_text_peek(ctx, kwds, "typeid") : NULL;

    if (!typeid)
        return ctx->raised ? NULL
                           : raise_format(ctx, "TypeError", "create expected at least 2 positional arguments, got 1");
    value_ref(typeid);
    rest = dict_from(ctx, kwds, NULL);
    if (rest) {
        struct value *key = str_new_text(ctx, "typeid");
        if (key && !dict_delete(ctx, rest, key))
            result = server_create(ctx, server_of(ctx), typeid, args, rest);
        value_release(key);
    }
    value_release(typeid);
    value_release(rest);
    return result;
}

FUNCTION(create)
{
    struct value *args, *result;

    (void)self;
    if (argc < 2 && !compat_has(ctx->rt->compat, COMPAT_CREATE_BY_POSITION))
        return legacy_create(ctx, tuple_empty, kwds);
    if (argc < 2)
        return raise_format(ctx, "TypeError", "%s%screate() missing 1 required positional argument: 'typeid'",
                            compat_has(ctx->rt->compat, COMPAT_QUALIFIED_NAMES) && server_of(ctx)->tracks_segments
                                ? "SharedMemory"
                                : "",
                            compat_has(ctx->rt->compat, COMPAT_QUALIFIED_NAMES) ? "Server." : "");
    args = tuple_new(ctx, argc - 2);
    if (!args)
        return NULL;
    for (size_t i = 2; i < argc; i++)
        tuple_set_take(args, i - 2, value_ref(argv[i]));
    result = server_create(ctx, server_of(ctx), argv[1], args, kwds);
    value_release(args);
    return result;
}

FUNCTION(incref)
{
    (void)self, (void)argc, (void)kwds;
    return referents_incref(ctx, &server_of(ctx)->referents, argv[1]) ? NULL : &value_none;
}

FUNCTION(decref)
{
    (void)self, (void)argc, (void)kwds;
    return referents_decref(ctx, &server_of(ctx)->referents, argv[1]) ? NULL : &value_none;
}

/* tuple(set(exposed)): each name once. */
static struct value *without_duplicates(struct ctx *ctx, struct value *names)
{
    struct value *dict = dict_new(ctx), *result = NULL;

    for (size_t i = 0; dict && !ctx->raised && i < tuple_length(names); i++)
        dict_set(ctx, dict, tuple_peek(names, i), &value_none);
    if (dict && !ctx->raised)
        result = tuple_from(ctx, dict);
    value_release(dict);
    return result;
}

FUNCTION(get_methods)
{
    struct token token;
    struct value *names, *result;

    (void)self, (void)argc, (void)kwds;
    if (!token_peek(argv[1], &token))
        return raise_format(ctx, "AttributeError", "'%s' object has no attribute 'id'", value_type_name(argv[1]));
    names = referents_exposed(ctx, &server_of(ctx)->referents, token.id);
    result = names ? without_duplicates(ctx, names) : NULL;
    value_release(names);
    return result;
}

FUNCTION(number_of_objects)
{
    (void)self, (void)argv, (void)argc, (void)kwds;
    return int_new_unsigned(ctx, referents_count(&server_of(ctx)->referents));
}

FUNCTION(debug_info)
{
    (void)self, (void)argv, (void)argc, (void)kwds;
    return referents_debug_info(ctx, &server_of(ctx)->referents);
}

/* c.send(('#RETURN', None)) */
static int send_none(struct connection *c)
{
    struct value *reply = reply_new_take(&c->ctx, REPLY_RETURN, &value_none);
    int result = reply ? channel_send(&c->ctx, &c->channel, reply) : -1;

    value_release(reply);
    return result;
}

FUNCTION(accept_connection)
{
    struct connection *c = ctx->user;
    struct value *name = value_str(ctx, argv[1]);

    (void)self, (void)argc, (void)kwds;
    value_release(name);
    return name && !send_none(c) ? stream_serve(c) : NULL;
}

/* Answers itself, and is answered for once more by its caller, as in CPython. */
FUNCTION(shutdown)
{
    struct connection *c = ctx->user;

    (void)self, (void)argv, (void)argc, (void)kwds;
    if (segments_unlink(ctx, c->server))
        return NULL;
    if (send_none(c))
        value_release(raised_fetch(ctx));
    c->stop = true;
    return &value_none;
}

/* raise what `"%r unrecognized" % arguments` raises for a number of arguments that is not one; NULL, always. */
static void *misformatted(struct ctx *ctx, size_t given)
{
    const char *text =
        given ? "not all arguments converted during string formatting" : "not enough arguments for format string";

    if (!compat_has(ctx->rt->compat, COMPAT_FORMAT_COUNTS))
        return raise_format(ctx, "TypeError", "%s", text);
    return raise_format(ctx, "TypeError", "%s (%sgot %zu)", text, given ? "required 1, " : "", given);
}

/* raise AssertionError("%r unrecognized" % name), where a tuple is the arguments of the percent sign. */
static void *unrecognized(struct ctx *ctx, struct value *name)
{
    struct value *repr;

    if (name->type == &tuple_type && tuple_length(name) != 1)
        return misformatted(ctx, tuple_length(name));
    repr = value_repr(ctx, name->type == &tuple_type ? tuple_peek(name, 0) : name);
    if (repr)
        raise_format(ctx, "AssertionError", "%s unrecognized", str_peek(repr, NULL));
    value_release(repr);
    return NULL;
}

struct value *functions_call(struct connection *c, struct value *name, struct value *args, struct value *kwds)
{
    struct ctx *ctx = &c->ctx;
    struct callee callee = {functions, "multiprocessing.managers", "Server", NULL};
    struct value *first, *result;

    while (callee.row < functions + FUNCTIONS && !str_equals(name, callee.row->name))
        callee.row++;
    if (callee.row == functions + FUNCTIONS)
        callee = (struct callee){segments_find(server_of(ctx), name), "multiprocessing.managers", "SharedMemoryServer",
                                 NULL};
    if (!callee.row)
        return unrecognized(ctx, name);
    first = tuple_pack_take(ctx, 1, &value_none);
    result = first ? callee_call(ctx, &callee, &value_none, first, args, kwds) : NULL;
    value_release(first);
    return result;
}

/* ---- tables */

static const struct method functions[FUNCTIONS] = {
    {"shutdown", CALL_PYTHON, 1, 1, 0, 0, "c", serve_shutdown},
    {"create", CALL_ANY, 0, -1, 0, 0, NULL, serve_create},
    {"accept_connection", CALL_PYTHON, 2, 2, 0, 0, "c name", serve_accept_connection},
    {"get_methods", CALL_PYTHON, 2, 2, 0, 0, "c token", serve_get_methods},
    {"debug_info", CALL_PYTHON, 1, 1, 0, 0, "c", serve_debug_info},
    {"number_of_objects", CALL_PYTHON, 1, 1, 0, 0, "c", serve_number_of_objects},
    {"dummy", CALL_PYTHON, 1, 1, 0, 0, "c", serve_dummy},
    {"incref", CALL_PYTHON, 2, 2, 0, 0, "c ident", serve_incref},
    {"decref", CALL_PYTHON, 2, 2, 0, 0, "c ident", serve_decref},
};
