/* SPDX-License-Identifier: MIT */
/* Exceptions with other arguments than one message, and those of Lib/xmlrpc/client.py. */
#include <string.h>

#include "ref/xmlrpc/internal.h"

void *failure_raise_take(struct ctx *ctx, const char *module, const char *name, struct value *args, struct value *state)
{
    const struct exception_class *class = exception_class_find(module, name, ctx->rt->compat);
    struct value *exception = args ? exception_new(ctx, class, args) : NULL;

    if (exception && state && exception_set_state(ctx, exception, state)) {
        value_release(exception);
        exception = NULL;
    }
    value_release(args);
    value_release(state);
    return exception ? raise_take(ctx, exception) : NULL;
}

/* The five arguments of either; object is consumed. */
static struct value *unicode_args(struct ctx *ctx, const char *encoding, struct value *object, size_t start, size_t end,
                                  const char *reason)
{
    return tuple_pack_take(ctx, 5, str_new_text(ctx, encoding), object, int_new(ctx, (int64_t)start),
                           int_new(ctx, (int64_t)end), str_new_text(ctx, reason));
}

void *failure_encode(struct ctx *ctx, const char *encoding, const char *text, size_t size, size_t start, size_t end,
                     const char *reason)
{
    return failure_raise_take(ctx, "builtins", "UnicodeEncodeError",
                              unicode_args(ctx, encoding, str_new(ctx, text, size), start, end, reason), NULL);
}

void *failure_decode(struct ctx *ctx, const void *data, size_t size, size_t start, size_t end, const char *reason)
{
    return failure_raise_take(ctx, "builtins", "UnicodeDecodeError",
                              unicode_args(ctx, "utf-8", bytes_new(ctx, data, size), start, end, reason), NULL);
}

void *failure_response(struct ctx *ctx, const char *text)
{
    return failure_raise_take(ctx, "xmlrpc.client", "ResponseError",
                              text ? tuple_pack_take(ctx, 1, str_new_text(ctx, text)) : tuple_empty, NULL);
}

void failure_unknown_tag(struct ctx *ctx, const char *tag)
{
    struct value *name = str_new_text(ctx, tag), *repr = name ? value_repr(ctx, name) : NULL;

    if (repr)
        failure_raise_take(ctx, "xmlrpc.client", "ResponseError",
                           tuple_pack_take(ctx, 1, str_printf(ctx, "unknown tag %s", str_peek(repr, NULL))), NULL);
    value_release(name);
    value_release(repr);
}

/* ---- Fault */

static void *no_mapping(struct ctx *ctx, const struct value *members)
{
    struct value *type = value_type_text(ctx, members);

    if (type && compat_has(ctx->rt->compat, COMPAT_VALUE_AFTER_STARS))
        raise_format(ctx, "TypeError", "Value after ** must be a mapping, not %s", str_peek(type, NULL));
    else if (type)
        raise_format(ctx, "TypeError", "%s argument after ** must be a mapping, not %s",
                     compat_has(ctx->rt->compat, COMPAT_CALLEE_WORDS) ? "xmlrpc.client.Fault()" : "type object",
                     value_type_name(members));
    value_release(type);
    return NULL;
}

/* Are all keys names, and none of them self? */
static bool check_names(struct ctx *ctx, struct value *members)
{
    struct value *key, *item;
    size_t position = 0;

    while (dict_next_peek(members, &position, &key, &item)) {
        if (!str_check(key))
            return raise_format(ctx, "TypeError", "%skeywords must be strings",
                                compat_has(ctx->rt->compat, COMPAT_KEYWORDS_WORDS) ? "" : "__init__() ");
        if (str_equals(key, "self"))
            return raise_format(ctx, "TypeError", "%s__init__() got multiple values for argument 'self'",
                                compat_has(ctx->rt->compat, COMPAT_QUALIFIED_NAMES) ? "Fault." : "");
    }
    return true;
}

/* Its two parameters in a new dict; other names are swallowed by **extra. */
static struct value *fault_parameters(struct ctx *ctx, struct value *members)
{
    static const char *const names[] = {"faultCode", "faultString"};
    struct value *given = dict_new(ctx);

    for (size_t i = 0; given && i < 2; i++) {
        struct value *item = dict_get_text_peek(ctx, members, names[i]);
        if (!ctx->raised && (!item || !dict_set_text_take(ctx, given, names[i], value_ref(item))))
            continue;
        value_release(given);
        given = NULL;
    }
    return given;
}

static struct value *fault_init(struct ctx *ctx, struct value *self, struct value *const *argv, size_t argc,
                                struct value *kwds)
{
    struct value *state = dict_new(ctx);

    (void)self, (void)argc, (void)kwds;
    if (state && (dict_set_text_take(ctx, state, "faultCode", value_ref(argv[0])) ||
                  dict_set_text_take(ctx, state, "faultString", value_ref(argv[1])))) {
        value_release(state);
        state = NULL;
    }
    return failure_raise_take(ctx, "xmlrpc.client", "Fault", state ? tuple_empty : NULL, state);
}

void *failure_fault(struct ctx *ctx, struct value *members)
{
    static const struct method init = {"__init__", CALL_PYTHON, 2, 2, 0, 0, "faultCode faultString", fault_init};
    struct value *given;

    if (!members)
        return raise_format(ctx, "IndexError", "list index out of range");
    if (members->type != &dict_type)
        return no_mapping(ctx, members);
    given = check_names(ctx, members) ? fault_parameters(ctx, members) : NULL;
    if (given)
        method_call(ctx, &init, "Fault", &value_none, tuple_empty, given);
    value_release(given);
    return NULL;
}
