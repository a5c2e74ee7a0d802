/* SPDX-License-Identifier: MIT */
/* Writing tuples, lists, dicts and sets: recursion through the memo and batches of 1000 elements.  Mirrors save_tuple …
 * save_frozenset of Modules/_pickle.c, also in what differs by version: 3.15 no longer writes empty or single last
 * batches. */
#include "ref/pickle/dump.h"

/* ---- tuples */

static int dump_items(struct pickler *p, struct value *v)
{
    for (size_t i = 0; i < tuple_length(v); i++)
        if (dump_value(p, tuple_peek(v, i)))
            return dump_note(p, "when serializing tuple item %zu", i);
    return 0;
}

/* The tuple holds itself: an element has written it already. What was put on the stack is thrown away. */
static int forget_and_recall(struct pickler *p, struct value *v, size_t pops)
{
    if (pops == 0)
        dump_op(p, OPCODE_POP_MARK);
    while (pops-- > 0)
        dump_op(p, OPCODE_POP);
    dump_recall(p, v, IDENTITY_VALUE);
    return 0;
}

int dump_tuple(struct pickler *p, struct value *v)
{
    static const enum opcode by_length[] = {OPCODE_EMPTY_TUPLE, OPCODE_TUPLE1, OPCODE_TUPLE2, OPCODE_TUPLE3};
    size_t n = tuple_length(v);
    if (n == 0) {
        dump_op(p, OPCODE_EMPTY_TUPLE);
        return 0;
    }
    if (n > 3)
        dump_op(p, OPCODE_MARK);
    if (dump_items(p, v))
        return -1;
    if (dump_remembers(p, v, IDENTITY_VALUE))
        return forget_and_recall(p, v, n > 3 ? 0 : n);
    dump_op(p, n > 3 ? OPCODE_TUPLE : by_length[n]);
    return dump_memoize(p, v, IDENTITY_VALUE);
}

/* ---- lists */

static int dump_list_item(struct pickler *p, struct value *v, size_t i)
{
    struct value *item = value_ref(list_peek(v, i));
    int result = dump_value(p, item);
    value_release(item);
    return result ? dump_note(p, "when serializing list item %zu", i) : 0;
}

/* Is what is left written as a single element? */
static bool alone(const struct pickler *p, size_t length, size_t done)
{
    return length == 1 || (compat_has(p->compat, COMPAT_BATCHES_EXACT) && length - done == 1);
}

static int fill_list(struct pickler *p, struct value *v)
{
    size_t i = 0;
    while (i < list_length(v)) {
        size_t end = i + PICKLE_BATCH;
        if (alone(p, list_length(v), i)) {
            if (dump_list_item(p, v, i++))
                return -1;
            dump_op(p, OPCODE_APPEND);
            continue;
        }
        dump_op(p, OPCODE_MARK);
        for (; i < end && i < list_length(v); i++)
            if (dump_list_item(p, v, i))
                return -1;
        dump_op(p, OPCODE_APPENDS);
    }
    return 0;
}

typedef int fill_fn(struct pickler *p, struct value *v);

/* What is in a list or dict counts as one more level, as in CPython. */
static int fill_nested(struct pickler *p, struct value *v, fill_fn *fill)
{
    int result;
    if (dump_enter(p))
        return -1;
    result = fill(p, v);
    dump_leave(p);
    return result;
}

int dump_list(struct pickler *p, struct value *v)
{
    dump_op(p, OPCODE_EMPTY_LIST);
    if (dump_memoize(p, v, IDENTITY_VALUE))
        return -1;
    return list_length(v) ? fill_nested(p, v, fill_list) : 0;
}

/* ---- dicts */

static int note_key(struct pickler *p, struct value *key)
{
    struct value *e, *repr;
    if (!compat_has(p->compat, COMPAT_PICKLING_NOTES))
        return -1;
    e = raised_fetch(p->ctx);
    repr = value_repr(p->ctx, key);
    if (repr)
        raise_take(p->ctx, e);
    else
        value_release(e);
    if (repr)
        dump_note(p, "when serializing dict item %s", str_peek(repr, NULL));
    value_release(repr);
    return -1;
}

static int dump_pair(struct pickler *p, struct value *key, struct value *item, bool names)
{
    int result;
    value_ref(key);
    value_ref(item);
    result = names && str_check(key) ? dump_name(p, key) : dump_value(p, key);
    if (result == 0 && dump_value(p, item))
        result = note_key(p, key);
    value_release(key);
    value_release(item);
    return result;
}

static int fill_dict_with(struct pickler *p, struct value *v, bool names)
{
    size_t position = 0, done = 0, length = dict_length(v);
    struct value *key, *item;
    bool more = true; /* until 3.14 a full batch is followed by another, even if that is empty */
    while (compat_has(p->compat, COMPAT_BATCHES_EXACT) ? done < length : more) {
        size_t count = 0;
        bool single = alone(p, length, done);
        if (!single)
            dump_op(p, OPCODE_MARK);
        for (; count < PICKLE_BATCH && dict_next_peek(v, &position, &key, &item); count++)
            if (dump_pair(p, key, item, names))
                return -1;
        dump_op(p, single ? OPCODE_SETITEM : OPCODE_SETITEMS);
        done += count;
        more = count == PICKLE_BATCH;
    }
    return 0;
}

static int fill_dict(struct pickler *p, struct value *v)
{
    return fill_dict_with(p, v, false);
}

static int fill_attributes(struct pickler *p, struct value *v)
{
    return fill_dict_with(p, v, true);
}

static int dump_dict_with(struct pickler *p, struct value *v, fill_fn *fill)
{
    dump_op(p, OPCODE_EMPTY_DICT);
    if (dump_memoize(p, v, IDENTITY_VALUE))
        return -1;
    return dict_length(v) ? fill_nested(p, v, fill) : 0;
}

int dump_dict(struct pickler *p, struct value *v)
{
    return dump_dict_with(p, v, fill_dict);
}

int dump_attributes(struct pickler *p, struct value *v)
{
    dump_boundary(p);
    if (dump_recall(p, v, IDENTITY_VALUE))
        return 0;
    return dump_dict_with(p, v, fill_attributes);
}

/* ---- sets */

/* Protocols 2 and 3 have no sets: set([…]). */
static int dump_set_as_call(struct pickler *p, struct value *v, const char *class)
{
    struct ctx *ctx = p->ctx;
    return dump_reduce_take(p, v, global_new(ctx, "builtins", class), tuple_pack_take(ctx, 1, list_from(ctx, v)));
}

/* Up to most elements from *position: how many, or -1 after raising. */
static ssize_t dump_elements(struct pickler *p, struct value *v, size_t *position, size_t most)
{
    struct value *item;
    size_t count = 0;
    for (; count < most && set_next_peek(v, position, &item); count++) {
        int result;
        value_ref(item);
        result = dump_value(p, item);
        value_release(item);
        if (result)
            return dump_note(p, "when serializing %s element", v->type == &set_type ? "set" : "frozenset");
    }
    return (ssize_t)count;
}

int dump_set(struct pickler *p, struct value *v)
{
    size_t position = 0, done = 0, length = set_length(v);
    ssize_t count = PICKLE_BATCH;
    if (p->protocol < 4)
        return dump_set_as_call(p, v, "set");
    dump_op(p, OPCODE_EMPTY_SET);
    if (dump_memoize(p, v, IDENTITY_VALUE))
        return -1;
    while (length > 0 && (compat_has(p->compat, COMPAT_BATCHES_EXACT) ? done < length : count == PICKLE_BATCH)) {
        dump_op(p, OPCODE_MARK);
        count = dump_elements(p, v, &position, PICKLE_BATCH);
        if (count < 0)
            return -1;
        dump_op(p, OPCODE_ADDITEMS);
        done += (size_t)count;
    }
    return 0;
}

int dump_frozenset(struct pickler *p, struct value *v)
{
    enum identity identity = dump_identity(v);
    size_t position = 0;
    if (p->protocol < 4)
        return dump_set_as_call(p, v, "frozenset");
    dump_op(p, OPCODE_MARK);
    if (dump_elements(p, v, &position, SIZE_MAX) < 0)
        return -1;
    if (dump_remembers(p, v, identity))
        return forget_and_recall(p, v, 0);
    dump_op(p, OPCODE_FROZENSET);
    return dump_memoize(p, v, identity);
}
