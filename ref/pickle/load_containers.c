/* SPDX-License-Identifier: MIT */
/* Opcodes that make and fill tuples, lists, dicts and sets, and whatever else takes elements.  Mirrors load_tuple …
 * load_additems of Modules/_pickle.c.  An opaque instance records what it is given. */
#include "ref/pickle/load.h"

/* ---- making */

int load_counted_tuple(struct unpickler *u, int argument)
{
    if (u->length < (size_t)argument)
        return load_underflow(u);
    return load_push_take(u, load_take_tuple(u, u->length - (size_t)argument));
}

int load_tuple(struct unpickler *u, int argument)
{
    ssize_t mark = load_marker(u);
    (void)argument;
    return mark < 0 ? -1 : load_push_take(u, load_take_tuple(u, (size_t)mark));
}

int load_empty_list(struct unpickler *u, int argument)
{
    (void)argument;
    return load_push_take(u, list_new(u->ctx));
}

int load_empty_dict(struct unpickler *u, int argument)
{
    (void)argument;
    return load_push_take(u, dict_new(u->ctx));
}

int load_empty_set(struct unpickler *u, int argument)
{
    (void)argument;
    return load_push_take(u, set_new(u->ctx));
}

/* Moves what stands above start to the end of the list. */
static int move_to_list(struct unpickler *u, struct value *list, size_t start)
{
    for (size_t i = start; i < u->length; i++) {
        struct value *item = u->stack[i];
        u->stack[i] = NULL;
        if (list_push_take(u->ctx, list, item))
            return -1;
    }
    u->length = start;
    return 0;
}

int load_list(struct unpickler *u, int argument)
{
    ssize_t mark = load_marker(u);
    struct value *list = mark < 0 ? NULL : list_new(u->ctx);
    (void)argument;
    if (list && move_to_list(u, list, (size_t)mark)) {
        value_release(list);
        return -1;
    }
    return load_push_take(u, list);
}

static int fill_dict(struct unpickler *u, struct value *dict, size_t start)
{
    if ((u->length - start) % 2)
        return load_error(u, "odd number of items for DICT");
    for (size_t i = start; i < u->length; i += 2)
        if (dict_set(u->ctx, dict, u->stack[i], u->stack[i + 1]))
            return -1;
    load_cut(u, start);
    return 0;
}

int load_dict(struct unpickler *u, int argument)
{
    ssize_t mark = load_marker(u);
    struct value *dict = mark < 0 ? NULL : dict_new(u->ctx);
    (void)argument;
    if (dict && fill_dict(u, dict, (size_t)mark)) {
        value_release(dict);
        return -1;
    }
    return load_push_take(u, dict);
}

static int fill_set(struct unpickler *u, struct value *set, size_t start)
{
    for (size_t i = start; i < u->length; i++)
        if (set_add(u->ctx, set, u->stack[i]))
            return -1;
    load_cut(u, start);
    return 0;
}

int load_frozenset(struct unpickler *u, int argument)
{
    ssize_t mark = load_marker(u);
    struct value *set = mark < 0 ? NULL : frozenset_new(u->ctx);
    (void)argument;
    if (set && fill_set(u, set, (size_t)mark)) {
        value_release(set);
        return -1;
    }
    return load_push_take(u, set);
}

/* ---- filling: the object stands below start */

static int missing_method(struct unpickler *u, const struct value *v, const char *name)
{
    raise_format(u->ctx, "AttributeError", "'%s' object has no attribute '%s'", value_type_name(v), name);
    return -1;
}

static int record_each(struct unpickler *u, struct value *v, enum opaque_step step, size_t start)
{
    for (size_t i = start; i < u->length; i++)
        if (opaque_record(u->ctx, v, step, u->stack[i], NULL))
            return -1;
    load_cut(u, start);
    return 0;
}

/* v.extend([…]) or v.append(…) for each, whichever there is. */
static int append_by_method(struct unpickler *u, struct value *v, size_t start)
{
    struct ctx *ctx = u->ctx;
    struct value *items, *args, *result = NULL;
    if (!value_has_method(ctx, v, "extend"))
        return missing_method(u, v, "append");
    items = list_new(ctx);
    if (items && move_to_list(u, items, start)) {
        value_release(items);
        return -1;
    }
    args = tuple_pack_take(ctx, 1, items);
    if (args)
        result = value_call_method(ctx, v, "extend", args, NULL);
    value_release(args);
    value_release(result);
    return result ? 0 : -1;
}

static int append_from(struct unpickler *u, size_t start)
{
    struct value *v;
    if (start > u->length || start <= load_fence(u))
        return load_underflow(u);
    v = u->stack[start - 1];
    if (start == u->length && (!compat_has(u->ctx->rt->compat, COMPAT_EMPTY_BATCH_CHECKED) || v->type == &list_type ||
                               v->type == &opaque_type))
        return 0;
    if (v->type == &list_type)
        return move_to_list(u, v, start);
    if (v->type == &opaque_type)
        return record_each(u, v, OPAQUE_APPEND, start);
    return append_by_method(u, v, start);
}

int load_append(struct unpickler *u, int argument)
{
    (void)argument;
    if (u->length <= load_fence(u) + 1)
        return load_underflow(u);
    return append_from(u, u->length - 1);
}

int load_appends(struct unpickler *u, int argument)
{
    ssize_t mark = load_marker(u);
    (void)argument;
    return mark < 0 ? -1 : append_from(u, (size_t)mark);
}

static int set_one(struct unpickler *u, struct value *v, struct value *key, struct value *item)
{
    if (v->type == &dict_type)
        return dict_set(u->ctx, v, key, item);
    if (v->type == &opaque_type)
        return opaque_record(u->ctx, v, OPAQUE_SET_ITEM, key, item);
    return value_set_item(u->ctx, v, key, item);
}

static int set_items_from(struct unpickler *u, size_t start)
{
    int result = 0;
    if (start > u->length || start <= load_fence(u))
        return load_underflow(u);
    if ((u->length - start) % 2)
        return load_error(u, "odd number of items for SETITEMS");
    for (size_t i = start; i < u->length && result == 0; i += 2)
        result = set_one(u, u->stack[start - 1], u->stack[i], u->stack[i + 1]);
    load_cut(u, start);
    return result;
}

int load_setitem(struct unpickler *u, int argument)
{
    (void)argument;
    return u->length < 2 ? load_underflow(u) : set_items_from(u, u->length - 2);
}

int load_setitems(struct unpickler *u, int argument)
{
    ssize_t mark = load_marker(u);
    (void)argument;
    return mark < 0 ? -1 : set_items_from(u, (size_t)mark);
}

int load_additems(struct unpickler *u, int argument)
{
    ssize_t mark = load_marker(u);
    size_t start = (size_t)mark;
    struct value *v;
    (void)argument;
    if (mark < 0)
        return -1;
    if (start > u->length || start <= load_fence(u))
        return load_underflow(u);
    v = u->stack[start - 1];
    if (v->type == &set_type)
        return fill_set(u, v, start);
    if (v->type == &opaque_type)
        return record_each(u, v, OPAQUE_ADD, start);
    return start == u->length && !compat_has(u->ctx->rt->compat, COMPAT_EMPTY_BATCH_CHECKED)
               ? 0
               : missing_method(u, v, "add");
}
