/* SPDX-License-Identifier: MIT */
/* Addresses and tokens as values: what stands for a shared object inside messages.  Mirrors class Token in
 * Lib/multiprocessing/managers.py and address_type in Lib/multiprocessing/connection.py. */
#include <string.h>

#include "ref/message/message.h"

#define MANAGERS "multiprocessing.managers"

struct value *address_to_value(struct ctx *ctx, const struct address *a)
{
    char name[ADDRESS_NAME + 1];

    switch (a->kind) {
    case ADDRESS_UNIX:
        return str_new(ctx, a->name, a->size);
    case ADDRESS_ABSTRACT:
        name[0] = '\0';
        memcpy(name + 1, a->name, a->size);
        return bytes_new(ctx, name, a->size + 1);
    case ADDRESS_TCP:
        break;
    }
    return tuple_pack_take(ctx, 2, str_new(ctx, a->name, a->size), int_new(ctx, a->port));
}

/* Fills in the address or raises. */
static int set(struct ctx *ctx, struct address *out, enum address_kind kind, const char *name, size_t size,
               uint16_t port)
{
    struct failure f;
    if (!address_set(out, kind, name, size, port, &f))
        return 0;
    message_raise(ctx, &f);
    return -1;
}

/* (host, port), as socket.connect reads it. */
static int from_pair(struct ctx *ctx, struct value *pair, struct address *out)
{
    int64_t port;
    size_t size;

    if (tuple_length(pair) != 2 || !str_check(tuple_peek(pair, 0)) || !int_peek_i64(tuple_peek(pair, 1), &port)) {
        raise_format(ctx, "TypeError", "AF_INET address must be a pair (host, port)");
        return -1;
    }
    if (port < 0 || port > UINT16_MAX) {
        raise_format(ctx, "OverflowError", "connect(): port must be 0-65535.");
        return -1;
    }
    const char *host = str_peek(tuple_peek(pair, 0), &size);
    return set(ctx, out, ADDRESS_TCP, host, size, (uint16_t)port);
}

static int from_name(struct ctx *ctx, const char *name, size_t size, struct address *out)
{
    if (size && !*name)
        return set(ctx, out, ADDRESS_ABSTRACT, name + 1, size - 1, 0);
    if (size >= 2 && name[0] == '\\' && name[1] == '\\') {
        raise_format(ctx, "ValueError", "Family AF_PIPE is not recognized.");
        return -1;
    }
    return set(ctx, out, ADDRESS_UNIX, name, size, 0);
}

/* What address_type says of a value that is no address: of what has no first character to look at a TypeError,
 * which 3.8 forgot to fill in. */
static void refuse(struct ctx *ctx, struct value *v)
{
    int truth = value_truth(ctx, v);
    bool looked = truth > 0 && v->type != &bytes_type;
    struct value *repr;

    if (truth < 0)
        return;
    if (looked && !compat_has(ctx->rt->compat, COMPAT_ADDRESS_WORDS)) {
        raise_format(ctx, "TypeError", "address type of {address!r} unrecognized");
        return;
    }
    repr = value_repr(ctx, v);
    if (repr)
        raise_format(ctx, looked ? "TypeError" : "ValueError", "address type of %s unrecognized", str_peek(repr, NULL));
    value_release(repr);
}

int address_from_value(struct ctx *ctx, struct value *v, struct address *out)
{
    const char *name;
    size_t size;

    if (v->type == &tuple_type)
        return from_pair(ctx, v, out);
    if (str_check(v)) {
        name = str_peek(v, &size);
        return from_name(ctx, name, size, out);
    }
    if (v->type == &bytes_type) {
        name = (const char *)bytes_peek(v, &size);
        if (size && !*name)
            return from_name(ctx, name, size, out);
    }
    refuse(ctx, v);
    return -1;
}

struct value *token_new(struct ctx *ctx, struct value *typeid, struct value *address, struct value *id)
{
    struct value *class = global_new(ctx, MANAGERS, "Token");
    struct value *token = class ? opaque_new(ctx, OPAQUE_NEWOBJ, class, tuple_empty, NULL) : NULL;
    struct value *state = tuple_pack_take(ctx, 3, value_ref(typeid), value_ref(address), value_ref(id));

    if (token && (!state || opaque_record(ctx, token, OPAQUE_BUILD, state, NULL))) {
        value_release(token);
        token = NULL;
    }
    value_release(state);
    value_release(class);
    return token;
}

bool token_peek(const struct value *v, struct token *out)
{
    struct value *class = v->type == &opaque_type ? opaque_class_peek(v) : NULL;
    struct value *state, *none;

    if (!class || !global_is(class, MANAGERS, "Token") || opaque_steps(v) != 1)
        return false;
    if (opaque_step_peek(v, 0, &state, &none) != OPAQUE_BUILD || state->type != &tuple_type || tuple_length(state) != 3)
        return false;
    *out = (struct token){tuple_peek(state, 0), tuple_peek(state, 1), tuple_peek(state, 2)};
    return true;
}
