/* SPDX-License-Identifier: MIT */
/* Replies, and what a client makes of them: the result, or the exception that convert_to_error in
 * Lib/multiprocessing/managers.py makes. */
#include <string.h>

#include "ref/base/limits.h"
#include "ref/message/message.h"

static const char *const texts[REPLY_KINDS];

const char *reply_text(enum reply_kind kind)
{
    return texts[kind];
}

struct value *reply_new_take(struct ctx *ctx, enum reply_kind kind, struct value *result)
{
    return tuple_pack_take(ctx, 2, str_intern(ctx, texts[kind]), result);
}

static enum reply_kind kind_of(const struct value *kind)
{
    enum reply_kind k = 0;
    while (k < REPLY_KINDS && !str_equals(kind, texts[k]))
        k++;
    return k;
}

/* raise CLASS, for the class of an exception. */
static void raise_instance(struct ctx *ctx, struct value *class)
{
    const char *module = global_module(class);
    const struct exception_class *known = exception_class_find(module, global_qualname(class), ctx->rt->compat);
    struct value *exception = NULL;

    if (known)
        exception = exception_new(ctx, known, tuple_empty);
    else if (strcmp(module, "builtins") != 0)
        exception = opaque_new(ctx, OPAQUE_REDUCE, class, tuple_empty, NULL);
    else
        raise_format(ctx, "TypeError", "exceptions must derive from BaseException");
    if (exception)
        raise_take(ctx, exception);
}

/* Python's `raise result`. An instance of an unknown class counts as an exception if it is made as exceptions are, by
 * calling the class. */
static void raise_result(struct ctx *ctx, struct value *result)
{
    bool unknown = result->type == &opaque_type && opaque_form_of(result) == OPAQUE_REDUCE &&
                   opaque_class_peek(result) && opaque_may_be_raised(result);

    if (unknown || value_is(result, &exception_type))
        raise_take(ctx, value_ref(result));
    else if (value_is(result, &global_type))
        raise_instance(ctx, result);
    else
        raise_format(ctx, "TypeError", "exceptions must derive from BaseException");
}

static void raise_not_str(struct ctx *ctx, const char *kind, struct value *result)
{
    struct value *repr = value_repr(ctx, result), *type = repr ? value_type_text(ctx, result) : NULL;

    if (type)
        raise_format(ctx, "TypeError", "Result %s (kind '%s') type is <class '%s'>, not str", str_peek(repr, NULL),
                     kind, str_peek(type, NULL));
    value_release(repr);
    value_release(type);
}

/* RemoteError(before + text + after) */
static void raise_remote(struct ctx *ctx, const char *before, struct value *text, const char *after)
{
    struct buf b;
    size_t size;
    const char *data = str_peek(text, &size);
    struct value *args = NULL, *exception = NULL;

    buf_init(&b, LIMIT_FRAME);
    buf_put_text(&b, before);
    buf_put(&b, data, size);
    buf_put_text(&b, after);
    if (b.failed)
        raise_memory(ctx);
    else
        args = tuple_pack_take(ctx, 1, str_new(ctx, b.data ? (const char *)b.data : "", b.used));
    if (args)
        exception =
            exception_new(ctx, exception_class_find("multiprocessing.managers", "RemoteError", ctx->rt->compat), args);
    if (exception)
        raise_take(ctx, exception);
    value_release(args);
    buf_free(&b);
}

static void raise_unrecognized(struct ctx *ctx, struct value *kind)
{
    struct value *repr = value_repr(ctx, kind);
    if (repr)
        raise_format(ctx, "ValueError", "Unrecognized message type %s", str_peek(repr, NULL));
    value_release(repr);
}

/* raise convert_to_error(kind, result) */
static void raise_reply(struct ctx *ctx, enum reply_kind k, struct value *kind, struct value *result)
{
    bool text = k == REPLY_TRACEBACK || k == REPLY_UNSERIALIZABLE;

    if (k == REPLY_ERROR)
        raise_result(ctx, result);
    else if (!text)
        raise_unrecognized(ctx, kind);
    else if (!str_check(result))
        raise_not_str(ctx, texts[k], result);
    else if (k == REPLY_TRACEBACK)
        raise_remote(ctx, "", result, "");
    else
        raise_remote(ctx, "Unserializable message: ", result, "\n");
}

enum reply_kind reply_open(struct ctx *ctx, struct value *reply, bool proxies, struct value **result)
{
    struct value *parts[2];
    enum reply_kind kind;

    *result = NULL;
    if (message_unpack(ctx, reply, parts, 2))
        return REPLY_KINDS;
    kind = kind_of(parts[0]);
    if (kind == REPLY_RETURN || (kind == REPLY_PROXY && proxies)) {
        *result = value_ref(parts[1]);
    } else {
        raise_reply(ctx, kind, parts[0], parts[1]);
        kind = REPLY_KINDS;
    }
    value_release(parts[0]);
    value_release(parts[1]);
    return kind;
}

static const char *const texts[REPLY_KINDS] = {
#define REPLY(name, text) text,
#include "ref/message/reply.def"
};
