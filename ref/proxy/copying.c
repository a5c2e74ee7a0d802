/* SPDX-License-Identifier: MIT */
/* Copies as Lib/copy.py makes them.  Containers are walked here, since a proxy inside a deep copy becomes a copy of its
 * referent; all else is what pickling and unpickling make of it, which for deep copies of values without identity
 * elsewhere is the same. */
#include "ref/proxy/copying.h"

#include "ref/base/limits.h"
#include "ref/proxy/internal.h"

/* ---- shallow */

static struct value *repickled(struct ctx *ctx, struct process *p, struct value *v)
{
    struct value *pickle = process_export(ctx, p, v), *copy = NULL;
    size_t size;

    if (pickle) {
        const unsigned char *data = bytes_peek(pickle, &size);
        copy = process_import(ctx, p, data, size);
    }
    value_release(pickle);
    return copy;
}

/* The same steps of making, recorded for another instance. */
static struct value *copy_opaque(struct ctx *ctx, struct value *v)
{
    struct value *copy =
        opaque_new(ctx, opaque_form_of(v), opaque_callable_peek(v), opaque_args_peek(v), opaque_kwds_peek(v));

    for (size_t i = 0; copy && i < opaque_steps(v); i++) {
        struct value *first, *second;
        enum opaque_step step = opaque_step_peek(v, i, &first, &second);
        if (!opaque_record(ctx, copy, step, first, second))
            continue;
        value_release(copy);
        copy = NULL;
    }
    return copy;
}

static struct value *copy_exception(struct ctx *ctx, struct value *v)
{
    struct value *args, *state, *copy;

    if (exception_reduce(ctx, v, &args, &state))
        return NULL;
    copy = exception_new(ctx, exception_class_of(v), args);
    if (copy && state && exception_set_state(ctx, copy, state)) {
        value_release(copy);
        copy = NULL;
    }
    value_release(args);
    value_release(state);
    return copy;
}

struct value *copying_shallow(struct ctx *ctx, struct process *p, struct value *v)
{
    const unsigned char *data;
    size_t size;

    if (proxy_check(v))
        return repickled(ctx, p, v);
    if (value_is(v, &list_type))
        return list_from(ctx, v);
    if (value_is(v, &dict_type))
        return dict_from(ctx, v, NULL);
    if (value_is(v, &set_type))
        return set_from(ctx, v, false);
    if (value_is(v, &exception_type))
        return copy_exception(ctx, v);
    if (value_is(v, &opaque_type))
        return copy_opaque(ctx, v);
    if (value_is(v, &bytearray_type)) {
        data = bytes_peek(v, &size);
        return bytearray_new(ctx, data, size);
    }
    if (value_is(v, &array_type)) {
        data = array_peek(v, &size);
        return array_new_bytes(ctx, array_typecode(v), data, size);
    }
    return value_ref(
        v); /* it cannot change, or it is an iterator, which copy.copy shares in all that can be seen here */
}

/* ---- deep */

/* What was copied already, by identity: copy's memo. */
struct memo {
    struct value *from, *to; /* borrowed, owned */
};

struct deep {
    struct ctx *ctx;
    struct process *process;
    struct buf memo; /* of struct memo */
};

static struct value *deep(struct deep *d, struct value *v);

static size_t memo_length(const struct deep *d)
{
    return d->memo.used / sizeof(struct memo);
}

static struct value *memo_find(const struct deep *d, const struct value *v)
{
    const struct memo *m = (const struct memo *)(const void *)d->memo.data;

    for (size_t i = 0; i < memo_length(d); i++)
        if (m[i].from == v)
            return value_ref(m[i].to);
    return NULL;
}

/* Remembers to as the copy of from and returns it; NULL passes through. */
static struct value *memo_keep(struct deep *d, struct value *from, struct value *to)
{
    struct memo m = {from, to};

    if (!to)
        return NULL;
    buf_put(&d->memo, &m, sizeof m);
    if (d->memo.failed) {
        value_release(to);
        return raise_memory(d->ctx);
    }
    value_ref(to);
    return to;
}

static struct value *deep_list(struct deep *d, struct value *v)
{
    struct value *copy = memo_keep(d, v, list_new(d->ctx));

    for (size_t i = 0; copy && i < list_length(v); i++) {
        if (!list_push_take(d->ctx, copy, deep(d, list_peek(v, i))))
            continue;
        value_release(copy);
        copy = NULL;
    }
    return copy;
}

static struct value *deep_dict(struct deep *d, struct value *v)
{
    struct value *copy = memo_keep(d, v, dict_new(d->ctx)), *key, *item;
    size_t position = 0;

    while (copy && dict_next_peek(v, &position, &key, &item)) {
        struct value *new_key = deep(d, key), *new_item = new_key ? deep(d, item) : NULL;
        int result = new_item ? dict_set(d->ctx, copy, new_key, new_item) : -1;
        value_release(new_key);
        value_release(new_item);
        if (!result)
            continue;
        value_release(copy);
        copy = NULL;
    }
    return copy;
}

static struct value *deep_set(struct deep *d, struct value *v)
{
    struct value *copy = memo_keep(d, v, value_is(v, &set_type) ? set_new(d->ctx) : frozenset_new(d->ctx)), *item;
    size_t position = 0;

    while (copy && set_next_peek(v, &position, &item)) {
        struct value *new_item = deep(d, item);
        int result = new_item ? set_add(d->ctx, copy, new_item) : -1;
        value_release(new_item);
        if (!result)
            continue;
        value_release(copy);
        copy = NULL;
    }
    return copy;
}

/* A tuple that holds nothing to copy is its own copy; one that is reached from within itself was made on the way. */
static struct value *deep_tuple(struct deep *d, struct value *v)
{
    size_t n = tuple_length(v);
    struct value *copy = tuple_new(d->ctx, n), *made;
    bool same = true;

    for (size_t i = 0; copy && i < n; i++) {
        struct value *item = deep(d, tuple_peek(v, i));
        if (item) {
            same = same && item == tuple_peek(v, i);
            tuple_set_take(copy, i, item);
            continue;
        }
        value_release(copy);
        copy = NULL;
    }
    made = copy ? memo_find(d, v) : NULL;
    if (!copy || !(made || same))
        return memo_keep(d, v, copy);
    value_release(copy);
    return made ? made : value_ref(v);
}

static struct value *deep_any(struct deep *d, struct value *v)
{
    struct value *made = memo_find(d, v);

    if (made)
        return made;
    if (proxy_check(v))
        return memo_keep(d, v, proxy_request_take(d->ctx, v, "#GETVALUE", 0));
    if (value_is(v, &list_type))
        return deep_list(d, v);
    if (value_is(v, &dict_type))
        return deep_dict(d, v);
    if (value_is(v, &tuple_type))
        return deep_tuple(d, v);
    if (value_is(v, &set_type) || value_is(v, &frozenset_type))
        return deep_set(d, v);
    if (value_is(v, &exception_type) || value_is(v, &opaque_type) || value_is(v, &bytearray_type) ||
        value_is(v, &array_type))
        return memo_keep(d, v, repickled(d->ctx, d->process, v));
    return value_ref(v);
}

static struct value *deep(struct deep *d, struct value *v)
{
    struct value *copy;

    if (d->ctx->depth >= LIMIT_DEPTH)
        return raise_format(d->ctx, "RecursionError", "maximum recursion depth exceeded");
    d->ctx->depth++;
    copy = deep_any(d, v);
    d->ctx->depth--;
    return copy;
}

struct value *copying_deep(struct ctx *ctx, struct process *p, struct value *v)
{
    struct deep d = {.ctx = ctx, .process = p};
    struct value *copy;

    buf_init(&d.memo, LIMIT_FRAME);
    copy = deep(&d, v);
    for (size_t i = 0; i < memo_length(&d); i++)
        value_release(((struct memo *)(void *)d.memo.data)[i].to);
    buf_free(&d.memo);
    return copy;
}
