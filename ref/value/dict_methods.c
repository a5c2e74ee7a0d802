/* SPDX-License-Identifier: MIT */
/* The methods of dict, and merging, as Objects/dictobject.c.
 *
 * keys(), values() and items() give what was in the dict then (dict_view.c): a view lives in one process, and what
 * leaves a manager is the list that its reducer makes of the view. */
#include "ref/value/container.h"

static struct dict *dict_cast(const struct value *v)
{
    return (struct dict *)v;
}

/* ---- merging */

static int merge_dict(struct ctx *ctx, struct dict *d, const struct dict *other)
{
    if (d == other)
        return 0;
    for (size_t i = 0; i < other->used; i++) {
        struct dict_entry entry = other->entries[i];
        int result;
        if (!entry.key)
            continue;
        result = dict_set_hashed(ctx, d, value_ref(entry.key), entry.hash, value_ref(entry.item));
        value_release(entry.key);
        value_release(entry.item);
        if (result < 0)
            return -1;
    }
    return 0;
}

static int merge_mapping_take(struct ctx *ctx, struct dict *d, struct value *mapping, struct value *keys)
{
    struct value *it = value_iter(ctx, keys), *key;

    value_release(keys);
    while (it && (key = value_next(ctx, it))) {
        struct value *item = value_get_item(ctx, mapping, key);
        int result = item ? dict_set(ctx, &d->head, key, item) : -1;
        value_release(item);
        value_release(key);
        if (result < 0)
            break;
    }
    value_release(it);
    return ctx->raised ? -1 : 0;
}

/* An element of an update sequence is no sequence; since 3.14 its place is told in a note. */
static void raise_no_pair(struct ctx *ctx, size_t number)
{
    struct value *e, *note, *args, *done;

    if (!compat_has(ctx->rt->compat, COMPAT_UPDATE_NOTES)) {
        raise_format(ctx, "TypeError", "cannot convert dictionary update sequence element #%zu to a sequence", number);
        return;
    }
    raise_format(ctx, "TypeError", "object is not iterable");
    e = raised_fetch(ctx);
    note = str_printf(ctx, "Cannot convert dictionary update sequence element #%zu to a sequence", number);
    args = tuple_pack_take(ctx, 1, note);
    done = args ? value_call_method(ctx, e, "add_note", args, NULL) : NULL;
    if (done)
        raise_take(ctx, e);
    else
        value_release(e);
    value_release(args);
    value_release(done);
}

/* One element of an update sequence, which must be a pair. */
static int merge_pair(struct ctx *ctx, struct dict *d, struct value *element, size_t number)
{
    struct items pair = {0};
    int result = items_extend(ctx, &pair, element);

    if (result < 0 && raised_is(ctx, "TypeError"))
        raise_no_pair(ctx, number);
    if (result == 0 && pair.length != 2) {
        raise_format(ctx, "ValueError", "dictionary update sequence element #%zu has length %zu; 2 is required", number,
                     pair.length);
        result = -1;
    }
    if (result == 0)
        result = dict_set(ctx, &d->head, pair.at[0], pair.at[1]);
    items_clear(&pair);
    return result;
}

static int merge_pairs(struct ctx *ctx, struct dict *d, struct value *pairs)
{
    struct value *it = value_iter(ctx, pairs), *element;
    size_t number = 0;

    if (!it)
        return -1;
    while ((element = value_next(ctx, it))) {
        int result = merge_pair(ctx, d, element, number++);
        value_release(element);
        if (result < 0)
            break;
    }
    value_release(it);
    return ctx->raised ? -1 : 0;
}

/* What other.keys() gives; NULL, perhaps without having raised, if it has no such method. */
static struct value *keys_of(struct ctx *ctx, struct value *other)
{
    const struct proxyref_surface *s = value_is(other, &proxyref_type) ? ((struct proxyref *)other)->surface : NULL;

    if (s)
        return s->keys(ctx, other);
    return value_has_method(ctx, other, "keys") ? value_call_method(ctx, other, "keys", tuple_empty, NULL) : NULL;
}

int dict_update_mapping(struct ctx *ctx, struct value *dict, struct value *other)
{
    struct value *keys;

    if (value_is(other, &dict_type))
        return merge_dict(ctx, dict_cast(dict), dict_cast(other)) ? -1 : 1;
    keys = keys_of(ctx, other);
    if (keys)
        return merge_mapping_take(ctx, dict_cast(dict), other, keys) ? -1 : 1;
    return ctx->raised ? -1 : 0;
}

int dict_merge(struct ctx *ctx, struct dict *d, struct value *other)
{
    int known = dict_update_mapping(ctx, &d->head, other);

    return known ? known < 0 ? -1 : 0 : merge_pairs(ctx, d, other);
}

/* ---- methods */

#define METHOD(name)                                                                                                   \
    static struct value *dict_##name(struct ctx *ctx, struct value *self, struct value *const *argv, size_t argc,      \
                                     struct value *kwds)

METHOD(dunder_or)
{
    (void)argc, (void)kwds;
    return dict_type.binary(ctx, BINARY_OR, self, argv[0]);
}

METHOD(dunder_ror)
{
    (void)argc, (void)kwds;
    if (!value_is(argv[0], &dict_type))
        return &value_not_implemented;
    return dict_type.binary(ctx, BINARY_OR, argv[0], self);
}

METHOD(dunder_ior)
{
    (void)argc, (void)kwds;
    return dict_type.binary(ctx, BINARY_IOR, self, argv[0]);
}

METHOD(clear_all)
{
    (void)ctx, (void)argv, (void)argc, (void)kwds;
    dict_clear(dict_cast(self));
    return &value_none;
}

METHOD(copied)
{
    (void)argv, (void)argc, (void)kwds;
    return dict_copy(ctx, dict_cast(self));
}

METHOD(fromkeys)
{
    struct value *d = dict_new(ctx), *it, *key, *item = argc > 1 ? argv[1] : &value_none;

    (void)self, (void)kwds;
    it = d ? value_iter(ctx, argv[0]) : NULL;
    while (it && (key = value_next(ctx, it))) {
        int result = dict_set(ctx, d, key, item);
        value_release(key);
        if (result < 0)
            break;
    }
    value_release(it);
    if (!ctx->raised)
        return d;
    value_release(d);
    return NULL;
}

METHOD(get)
{
    struct value *item = dict_get_peek(ctx, self, argv[0]);

    (void)kwds;
    if (ctx->raised)
        return NULL;
    return item ? value_ref(item) : argc > 1 ? value_ref(argv[1]) : &value_none;
}

/* A list made of every entry. */
static struct value *listed(struct ctx *ctx, struct value *self,
                            struct value *(*part)(struct ctx *ctx, const struct dict_entry *entry))
{
    const struct dict *d = dict_cast(self);
    struct items out = {0};

    if (items_reserve(ctx, &out, d->count) < 0)
        return NULL;
    for (size_t i = 0; i < d->used; i++)
        if (d->entries[i].key && items_push_take(ctx, &out, part(ctx, &d->entries[i])) < 0) {
            items_clear(&out);
            return NULL;
        }
    return list_adopt(ctx, &out);
}

static struct value *entry_key(struct ctx *ctx, const struct dict_entry *entry)
{
    (void)ctx;
    return value_ref(entry->key);
}

static struct value *entry_item(struct ctx *ctx, const struct dict_entry *entry)
{
    (void)ctx;
    return value_ref(entry->item);
}

static struct value *entry_pair(struct ctx *ctx, const struct dict_entry *entry)
{
    return tuple_pack_take(ctx, 2, value_ref(entry->key), value_ref(entry->item));
}

METHOD(items)
{
    (void)argv, (void)argc, (void)kwds;
    return dict_view_take(ctx, &dict_items_type, listed(ctx, self, entry_pair));
}

METHOD(keys)
{
    (void)argv, (void)argc, (void)kwds;
    return dict_view_take(ctx, &dict_keys_type, listed(ctx, self, entry_key));
}

METHOD(values)
{
    (void)argv, (void)argc, (void)kwds;
    return dict_view_take(ctx, &dict_values_type, listed(ctx, self, entry_item));
}

METHOD(pop)
{
    struct dict *d = dict_cast(self);
    struct value *key, *item;
    size_t position;
    int64_t hash;
    int found = 0;

    (void)kwds;
    if (d->count) { /* an empty dict does not even hash the key */
        if (dict_hash(ctx, argv[0], &hash) < 0)
            return NULL;
        found = dict_find(ctx, d, argv[0], hash, &position);
    }
    if (found < 0)
        return NULL;
    if (!found)
        return argc > 1 ? value_ref(argv[1]) : raise_value(ctx, "KeyError", argv[0]);
    dict_take_out(d, position, &key, &item);
    value_release(key);
    return item;
}

METHOD(popitem)
{
    struct dict *d = dict_cast(self);
    struct value *pair, *key, *item;

    (void)argv, (void)argc, (void)kwds;
    if (!d->count)
        return raise_format(ctx, "KeyError", "popitem(): dictionary is empty");
    pair = tuple_new(ctx, 2);
    if (!pair)
        return NULL;
    while (!d->entries[d->used - 1].key)
        d->used--;
    dict_take_out(d, d->used - 1, &key, &item);
    d->used--; /* not given back to d->room: the index keeps a dummy */
    tuple_set_take(pair, 0, key);
    tuple_set_take(pair, 1, item);
    return pair;
}

METHOD(setdefault)
{
    struct dict *d = dict_cast(self);
    struct value *item = argc > 1 ? argv[1] : &value_none;
    size_t position;
    int64_t hash;
    int found;

    (void)kwds;
    if (dict_hash(ctx, argv[0], &hash) < 0)
        return NULL;
    found = dict_find(ctx, d, argv[0], hash, &position);
    if (found)
        return found < 0 ? NULL : value_ref(d->entries[position].item);
    return dict_set_hashed(ctx, d, argv[0], hash, item) < 0 ? NULL : value_ref(item);
}

METHOD(update)
{
    if (argc > 1)
        return raise_format(ctx, "TypeError", "update expected at most 1 argument, got %zu", argc);
    if (argc && dict_merge(ctx, dict_cast(self), argv[0]) < 0)
        return NULL;
    if (kwds && dict_merge(ctx, dict_cast(self), kwds) < 0)
        return NULL;
    return &value_none;
}

/* ---- for types.h */

int dict_update_from(struct ctx *ctx, struct value *dict, struct value *mapping_or_pairs)
{
    return dict_merge(ctx, dict_cast(dict), mapping_or_pairs);
}

struct value *dict_from(struct ctx *ctx, struct value *mapping_or_pairs, struct value *kwds)
{
    struct value *d = dict_new(ctx);

    if (!d)
        return NULL;
    if ((!mapping_or_pairs || dict_merge(ctx, dict_cast(d), mapping_or_pairs) == 0) &&
        (!kwds || dict_merge(ctx, dict_cast(d), kwds) == 0))
        return d;
    value_release(d);
    return NULL;
}

/* ---- tables */

const struct method dict_methods[] = {
    /* name, style, min, max, since, until, parameters, function */
    {"__contains__", CALL_ONE, 1, 1, 0, 0, NULL, dunder_contains},
    {"__delitem__", CALL_SLOT, 1, 1, 0, 0, NULL, dunder_delitem},
    {"__eq__", CALL_SLOT, 1, 1, 0, 0, NULL, dunder_eq},
    {"__getitem__", CALL_ONE, 1, 1, 0, 0, NULL, dunder_getitem},
    {"__ior__", CALL_SLOT, 1, 1, 309, 0, NULL, dict_dunder_ior},
    {"__iter__", CALL_SLOT, 0, 0, 0, 0, NULL, dunder_iter},
    {"__len__", CALL_SLOT, 0, 0, 0, 0, NULL, dunder_len},
    {"__ne__", CALL_SLOT, 1, 1, 0, 0, NULL, dunder_ne},
    {"__or__", CALL_SLOT, 1, 1, 309, 0, NULL, dict_dunder_or},
    {"__reversed__", CALL_NO_ARGS, 0, 0, 0, 0, NULL, iter_dunder_reversed},
    {"__ror__", CALL_SLOT, 1, 1, 309, 0, NULL, dict_dunder_ror},
    {"__setitem__", CALL_SLOT, 2, 2, 0, 0, NULL, dunder_setitem},
    {"clear", CALL_NO_ARGS, 0, 0, 0, 0, NULL, dict_clear_all},
    {"copy", CALL_NO_ARGS, 0, 0, 0, 0, NULL, dict_copied},
    {"fromkeys", CALL_POSITIONAL, 1, 2, 0, 0, NULL, dict_fromkeys},
    {"get", CALL_POSITIONAL, 1, 2, 0, 0, NULL, dict_get},
    {"items", CALL_NO_ARGS, 0, 0, 0, 0, NULL, dict_items},
    {"keys", CALL_NO_ARGS, 0, 0, 0, 0, NULL, dict_keys},
    {"pop", CALL_POSITIONAL, 1, 2, 0, 0, NULL, dict_pop},
    {"popitem", CALL_NO_ARGS, 0, 0, 0, 0, NULL, dict_popitem},
    {"setdefault", CALL_POSITIONAL, 1, 2, 0, 0, NULL, dict_setdefault},
    {"update", CALL_ANY, 0, 1, 0, 0, NULL, dict_update},
    {"values", CALL_NO_ARGS, 0, 0, 0, 0, NULL, dict_values},
    {0},
};
