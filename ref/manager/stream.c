/* SPDX-License-Identifier: MIT */
/* The stream: one call after the other, each through the decision tree of Server.serve_client in
 * Lib/multiprocessing/managers.py. */
#include <string.h>

#include "ref/base/limits.h"
#include "ref/manager/call.h"
#include "ref/manager/connection.h"
#include "ref/pickle/pickle.h"

enum { FALLBACKS = 3 };
static const struct method fallbacks[FALLBACKS];

/* How far a request got, which decides what an exception means. */
enum outcome {
    OUTCOME_REPLY,    /* reply is made */
    OUTCOME_FALLBACK, /* AttributeError once the method's name was known */
    OUTCOME_FAILED,   /* any other exception */
    OUTCOME_END       /* the stream ends without a reply */
};

/* What an exception that is raised outside of the method itself leads to. */
static enum outcome outcome_of_raised(const struct ctx *ctx)
{
    if (connection_leaves(ctx) || raised_is(ctx, "EOFError"))
        return OUTCOME_END;
    return raised_is(ctx, "AttributeError") ? OUTCOME_FALLBACK : OUTCOME_FAILED;
}

/* ---- which method */

static bool contains_name(const struct value *exposed, const struct value *name)
{
    size_t size;
    const char *text = str_check(name) ? str_peek(name, &size) : NULL;

    for (size_t i = 0; text && i < tuple_length(exposed); i++)
        if (str_equals(tuple_peek(exposed, i), text) && str_equals(name, text))
            return true;
    return false;
}

/* raise AttributeError "method 'zz' of <class 'list'> object is not in exposed={…}". */
static void not_exposed(struct ctx *ctx, const struct found *f, struct value *name)
{
    const struct type *t = f->object->type;
    bool builtin = !strcmp(t->module, "builtins");
    struct value *set = tuple_length(f->exposed) ? set_from(ctx, f->exposed, false) : set_new(ctx);
    struct value *exposed = set ? value_repr(ctx, set) : NULL, *repr = exposed ? value_repr(ctx, name) : NULL;

    if (repr)
        raise_format(ctx, "AttributeError", "method %s of <class '%s%s%s'> object is not in exposed=%s",
                     str_peek(repr, NULL), builtin ? "" : t->module, builtin ? "" : ".", value_type_name(f->object),
                     str_peek(exposed, NULL));
    value_release(set);
    value_release(exposed);
    value_release(repr);
}

/* ---- calls */

/* method_to_typeid: the result as a shared object of its own. #PROXY, or NULL after raising. */
static struct value *share_take(struct connection *c, struct value *typeid, struct value *result)
{
    struct ctx *ctx = &c->ctx;
    struct value *args = tuple_pack_take(ctx, 1, result);
    struct value *created = args ? server_create(ctx, c->server, typeid, args, NULL) : NULL;
    struct value *token = created ? token_new(ctx, typeid, c->server->address_value, tuple_peek(created, 0)) : NULL;
    struct value *pair = token ? tuple_pack_take(ctx, 2, value_ref(tuple_peek(created, 1)), token) : NULL;

    value_release(args);
    value_release(created);
    return pair ? reply_new_take(ctx, REPLY_PROXY, pair) : NULL;
}

/* The method's result as a reply. */
static enum outcome reply_result(struct connection *c, const struct typeid *t, const char *name, struct value *result,
                                 struct value **reply)
{
    struct ctx *ctx = &c->ctx;
    struct value *typeid = t ? registry_mapped(ctx, t, name) : NULL;

    if (typeid)
        *reply = share_take(c, typeid, result);
    else
        *reply = reply_new_take(ctx, REPLY_RETURN, result);
    value_release(typeid);
    return *reply ? OUTCOME_REPLY : outcome_of_raised(ctx);
}

/* function(*args, **kwds): what it raises goes to the caller as it is. */
static enum outcome call(struct connection *c, const struct found *f, const struct request *r, struct value **reply)
{
    struct ctx *ctx = &c->ctx;
    const char *name = str_peek(r->method, NULL);
    struct callee callee;
    struct value *result;

    if (callee_find(&callee, f->object, name, ctx->rt->compat))
        result = callee_call(ctx, &callee, f->object, NULL, r->args, r->kwds);
    else if (value_has_method(ctx, f->object, name)) /* of an object that is no type of C */
        result = value_call_method(ctx, f->object, name, r->args, r->kwds);
    else {
        raise_format(ctx, "AttributeError", "'%s' object has no attribute '%s'", value_type_name(f->object), name);
        return OUTCOME_FALLBACK;
    }
    if (result)
        return reply_result(c, f->typeid, name, result, reply);
    if (connection_leaves(ctx))
        return OUTCOME_END;
    *reply = reply_new_take(ctx, REPLY_ERROR, raised_fetch(ctx));
    return *reply ? OUTCOME_REPLY : OUTCOME_FAILED;
}

/* Steps 3 to 7. found is the referent, whether or not the method is exposed. */
static enum outcome dispatch(struct connection *c, const struct request *r, struct found *found, struct value **reply)
{
    struct ctx *ctx = &c->ctx;
    int64_t hash; /* CPython looks the name up in a set */

    if (referents_find(ctx, &c->server->referents, r->id, found) || set_hash_element(ctx, r->method, &hash))
        return OUTCOME_FAILED;
    if (contains_name(found->exposed, r->method))
        return call(c, found, r, reply);
    not_exposed(ctx, found, r->method);
    /* CPython takes a name that is None for a request that it could not read: no fallback */
    return r->method == &value_none ? OUTCOME_FAILED : outcome_of_raised(ctx);
}

/* ---- fallbacks */

static struct value *fallback_getvalue(struct ctx *ctx, struct value *self, struct value *const *argv, size_t argc,
                                       struct value *kwds)
{
    (void)ctx, (void)self, (void)argc, (void)kwds;
    return value_ref(argv[2]);
}

static struct value *fallback_str(struct ctx *ctx, struct value *self, struct value *const *argv, size_t argc,
                                  struct value *kwds)
{
    (void)self, (void)argc, (void)kwds;
    return value_str(ctx, argv[2]);
}

static struct value *fallback_repr(struct ctx *ctx, struct value *self, struct value *const *argv, size_t argc,
                                   struct value *kwds)
{
    (void)self, (void)argc, (void)kwds;
    return value_repr(ctx, argv[2]);
}

/* The entry of the fallback table under a method's name, or NULL. */
static const struct method *fallback_find(const struct value *name)
{
    static const char *const names[FALLBACKS] = {"__str__", "__repr__", "#GETVALUE"};

    for (size_t i = 0; i < FALLBACKS; i++)
        if (str_equals(name, names[i]))
            return &fallbacks[i];
    return NULL;
}

/* Step 8: what works on every object. context is the AttributeError that led here. */
static struct value *fall_back(struct connection *c, const struct request *r, const struct found *f,
                               struct value *context)
{
    struct ctx *ctx = &c->ctx;
    struct callee callee = {fallback_find(r->method), "multiprocessing.managers", "Server", NULL};
    struct value *first, *result = NULL;

    if (callee.row) {
        first = tuple_pack_take(ctx, 3, &value_none, value_ref(r->id), value_ref(f->object));
        result = first ? callee_call(ctx, &callee, &value_none, first, r->args, r->kwds) : NULL;
        value_release(first);
    } else
        raise_value(ctx, "KeyError", r->method);
    if (result)
        return reply_new_take(ctx, REPLY_RETURN, result);
    return connection_leaves(ctx) ? NULL : connection_traceback(ctx, PLACE("serve_client"), context);
}

/* ---- one request */

/* The reply to a request; NULL with nothing raised: the stream ends. */
static struct value *answer(struct connection *c, struct value *message)
{
    struct ctx *ctx = &c->ctx;
    struct request r;
    struct found found = {0};
    struct value *reply = NULL, *context = NULL;
    enum outcome outcome;

    if (request_parse(ctx, message, &r))
        return connection_leaves(ctx) || raised_is(ctx, "EOFError")
                   ? NULL
                   : connection_traceback(ctx, PLACE("serve_client"), NULL);
    outcome = dispatch(c, &r, &found, &reply);
    if (outcome == OUTCOME_FALLBACK) {
        context = raised_fetch(ctx);
        reply = fall_back(c, &r, &found, context);
    } else if (outcome == OUTCOME_FAILED) {
        /* an unknown identifier was looked up twice */
        context = found.object || !raised_is(ctx, "KeyError") ? NULL : value_ref(ctx->raised);
        reply = connection_traceback(ctx, PLACE("serve_client"), context);
    }
    value_release(context);
    found_free(&found);
    request_free(&r);
    return reply;
}

/* The next request, or NULL after raising; *arrived tells a frame that is no value from one that did not arrive. */
static struct value *receive(struct connection *c, bool *arrived)
{
    struct value *message = NULL;
    struct buf body;

    buf_init(&body, LIMIT_FRAME);
    *arrived = !channel_read(&c->ctx, &c->channel, &body);
    if (*arrived)
        message = channel_decode(&c->ctx, &c->channel, &body);
    buf_free(&body);
    return message;
}

/* One turn. False: the stream ends. */
static bool serve_one(struct connection *c)
{
    struct ctx *ctx = &c->ctx;
    bool arrived;
    struct value *message = receive(c, &arrived), *reply = NULL;

    value_release(c->held);
    c->held = NULL;
    if (message)
        reply = answer(c, message);
    else if (!raised_is(ctx, "EOFError"))
        reply = connection_traceback(ctx, PLACE("serve_client"), NULL);
    value_release(message);
    process_settle(ctx, c->server->process);
    if (!reply && (!ctx->raised || raised_is(ctx, "EOFError") || connection_leaves(ctx)))
        return false;
    return !connection_reply_take(c, REPLY_UNSERIALIZABLE, reply) && arrived;
}

struct value *stream_serve(struct connection *c)
{
    while (!c->server->stopping)
        if (!serve_one(c)) {
            value_release(raised_fetch(&c->ctx));
            return raise_bare(&c->ctx, "SystemExit");
        }
    return &value_none;
}

/* ---- tables */

static const struct method fallbacks[FALLBACKS] = {
    {"fallback_str", CALL_PYTHON, 3, 3, 0, 0, "conn ident obj", fallback_str},
    {"fallback_repr", CALL_PYTHON, 3, 3, 0, 0, "conn ident obj", fallback_repr},
    {"fallback_getvalue", CALL_PYTHON, 3, 3, 0, 0, "conn ident obj", fallback_getvalue},
};
