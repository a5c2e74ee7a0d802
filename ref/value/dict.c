/* SPDX-License-Identifier: MIT */
/* dict: the compact table of Objects/dictobject.c (3.8 … 3.15): entries in insertion order and an open-addressed index
 * into them.
 *
 * The sizes follow CPython's (2/3 full, growth to three times the used entries), so that a table is rebuilt, and an
 * iterator over it sees its entries move, at the same operations. Methods are in dict_methods.c. */
#include <string.h>

#include "ref/base/mem.h"
#include "ref/value/container.h"

enum { DICT_FREE = -1, DICT_DUMMY = -2, DICT_MIN_SLOTS = 8, PERTURB_SHIFT = 5 };

static struct dict *dict_cast(const struct value *v)
{
    return (struct dict *)v;
}

static size_t room_of(size_t slots)
{
    return (slots << 1) / 3;
}

/* ---- the table */

/* Walks the slots where a key of this hash may be: slot and perturb are the walker's state. */
static void probe_next(size_t *slot, uint64_t *perturb, size_t slots)
{
    *perturb >>= PERTURB_SHIFT;
    *slot = (*slot * 5 + (size_t)*perturb + 1) & (slots - 1);
}

static size_t free_slot(const int32_t *index, size_t slots, int64_t hash)
{
    size_t slot = (size_t)hash & (slots - 1);
    uint64_t perturb = (uint64_t)hash;

    while (index[slot] >= 0)
        probe_next(&slot, &perturb, slots);
    return slot;
}

/* Rebuilds the table with at least the given number of slots; deleted entries disappear. */
static int resize(struct ctx *ctx, struct dict *d, size_t wanted)
{
    size_t slots = DICT_MIN_SLOTS, used = 0;
    struct dict_entry *entries;
    int32_t *index;

    while (slots < wanted)
        slots <<= 1;
    if (slots > (size_t)1 << 31)
        return raise_memory(ctx), -1;
    entries = mem_calloc(room_of(slots), sizeof *entries);
    index = mem_alloc(slots * sizeof *index);
    if (!entries || !index) {
        mem_free(entries);
        mem_free(index);
        return raise_memory(ctx), -1;
    }
    memset(index, 0xff, slots * sizeof *index); /* DICT_FREE everywhere */
    for (size_t i = 0; i < d->used; i++) {
        if (!d->entries[i].key)
            continue;
        index[free_slot(index, slots, d->entries[i].hash)] = (int32_t)used;
        entries[used++] = d->entries[i];
    }
    mem_free(d->entries);
    mem_free(d->index);
    d->entries = entries;
    d->index = index;
    d->slots = slots;
    d->used = used;
    d->room = room_of(slots) - used;
    return 0;
}

/* Is the entry's key the one that is sought? Holds it while comparing. */
static int entry_matches(struct ctx *ctx, const struct dict_entry *entry, struct value *key, int64_t hash)
{
    struct value *mine = entry->key;
    int same;

    if (mine == key)
        return 1;
    if (entry->hash != hash)
        return 0;
    value_ref(mine);
    same = value_same(ctx, mine, key);
    value_release(mine);
    return same;
}

int dict_find(struct ctx *ctx, struct dict *d, struct value *key, int64_t hash, size_t *position)
{
    size_t slot = (size_t)hash & (d->slots - 1);
    uint64_t perturb = (uint64_t)hash;

    if (!d->slots)
        return 0;
    for (; d->index[slot] != DICT_FREE; probe_next(&slot, &perturb, d->slots)) {
        struct dict_entry *entries = d->entries, entry;
        int same;
        if (d->index[slot] == DICT_DUMMY)
            continue;
        *position = (size_t)d->index[slot];
        entry = entries[*position];
        same = entry_matches(ctx, &entry, key, hash);
        if (same < 0)
            return -1;
        if (d->entries != entries || *position >= d->used || entries[*position].key != entry.key)
            return dict_find(ctx, d, key, hash, position); /* the comparison changed the table: anew */
        if (same)
            return 1;
    }
    return 0;
}

/* The slot that refers to an entry that exists. */
static size_t slot_of(const struct dict *d, size_t position)
{
    size_t slot = (size_t)d->entries[position].hash & (d->slots - 1);
    uint64_t perturb = (uint64_t)d->entries[position].hash;

    while (d->index[slot] != (int32_t)position)
        probe_next(&slot, &perturb, d->slots);
    return slot;
}

void dict_take_out(struct dict *d, size_t position, struct value **key, struct value **item)
{
    struct dict_entry *entry = &d->entries[position];

    d->index[slot_of(d, position)] = DICT_DUMMY;
    *key = entry->key;
    *item = entry->item;
    *entry = (struct dict_entry){0};
    d->count--;
}

static int insert_new(struct ctx *ctx, struct dict *d, struct value *key, int64_t hash, struct value *item)
{
    if (!d->room && resize(ctx, d, d->count * 3) < 0)
        return -1;
    d->index[free_slot(d->index, d->slots, hash)] = (int32_t)d->used;
    d->entries[d->used++] = (struct dict_entry){value_ref(key), value_ref(item), hash};
    d->room--;
    d->count++;
    return 0;
}

int dict_set_hashed(struct ctx *ctx, struct dict *d, struct value *key, int64_t hash, struct value *item)
{
    size_t position;
    int found = dict_find(ctx, d, key, hash, &position);
    struct value *old;

    if (found < 0)
        return -1;
    if (!found)
        return insert_new(ctx, d, key, hash, item);
    old = d->entries[position].item;
    d->entries[position].item = value_ref(item);
    value_release(old);
    return 0;
}

void dict_clear(struct dict *d)
{
    struct dict old = *d;

    d->entries = NULL;
    d->index = NULL;
    d->slots = d->used = d->room = d->count = 0;
    for (size_t i = 0; i < old.used; i++) {
        value_release(old.entries[i].key);
        value_release(old.entries[i].item);
    }
    mem_free(old.entries);
    mem_free(old.index);
}

int dict_hash(struct ctx *ctx, struct value *key, int64_t *out)
{
    struct value *cause, *text, *type;

    if (value_hash(ctx, key, out) == 0)
        return 0;
    if (!compat_has(ctx->rt->compat, COMPAT_UNHASHABLE_WORDS) || !raised_is(ctx, "TypeError"))
        return -1;
    cause = raised_fetch(ctx);
    text = value_str(ctx, cause);
    type = text ? value_type_text(ctx, key) : NULL;
    if (type)
        raise_format(ctx, "TypeError", "cannot use '%s' as a dict key (%s)", str_peek(type, NULL),
                     str_peek(text, NULL));
    value_release(type);
    value_release(text);
    value_release(cause);
    return -1;
}

/* ---- slots */

static void dict_destroy(struct value *v)
{
    dict_clear(dict_cast(v));
}

static int dict_traverse(struct value *v, visit_fn *visit, void *arg)
{
    const struct dict *d = dict_cast(v);
    int result = 0;

    for (size_t i = 0; i < d->used && !result; i++) {
        if (!d->entries[i].key)
            continue;
        result = visit(d->entries[i].key, arg);
        if (!result)
            result = visit(d->entries[i].item, arg);
    }
    return result;
}

static int dict_truth(struct ctx *ctx, struct value *v)
{
    (void)ctx;
    return dict_cast(v)->count > 0;
}

/* Does b hold this entry of a, with an equal item? */
static int entry_equal(struct ctx *ctx, const struct dict_entry *entry, struct dict *b)
{
    struct value *key = value_ref(entry->key), *mine = value_ref(entry->item), *other = NULL;
    size_t position;
    int same = dict_find(ctx, b, key, entry->hash, &position);

    if (same > 0) {
        other = value_ref(b->entries[position].item);
        same = value_same(ctx, mine, other);
    }
    value_release(other);
    value_release(mine);
    value_release(key);
    return same;
}

static int dict_compare(struct ctx *ctx, enum compare_op op, struct value *a, struct value *b)
{
    struct dict *x = dict_cast(a), *y = dict_cast(b);
    int same;

    if ((op != COMPARE_EQ && op != COMPARE_NE) || !value_is(b, &dict_type))
        return COMPARE_UNSUPPORTED;
    same = x->count == y->count;
    for (size_t i = 0; i < x->used && same > 0; i++)
        if (x->entries[i].key)
            same = entry_equal(ctx, &x->entries[i], y);
    return same < 0 ? -1 : same == (op == COMPARE_EQ);
}

static int put_entry(struct ctx *ctx, struct buf *b, struct dict_entry entry)
{
    int result;

    value_ref(entry.item); /* printing the key may give up the lock */
    result = printing_put(ctx, b, entry.key);
    buf_put_text(b, ": ");
    if (result == 0)
        result = printing_put(ctx, b, entry.item);
    value_release(entry.item);
    return result;
}

static void put_entries(struct ctx *ctx, struct buf *b, const struct dict *d)
{
    const char *separator = "";

    for (size_t i = 0; i < d->used && !ctx->raised; i++) {
        if (!d->entries[i].key)
            continue;
        buf_put_text(b, separator);
        separator = ", ";
        put_entry(ctx, b, d->entries[i]);
    }
}

static struct value *dict_repr(struct ctx *ctx, struct value *v)
{
    struct printing p;
    struct buf b;

    if (!dict_cast(v)->count)
        return str_new_text(ctx, "{}");
    if (printing_enter(ctx, &p, v))
        return str_new_text(ctx, "{...}");
    buf_init(&b, ctx->rt->repr_limit);
    buf_put_text(&b, "{");
    put_entries(ctx, &b, dict_cast(v));
    buf_put_text(&b, "}");
    printing_leave(ctx, &p);
    if (!ctx->raised)
        return printing_finish(ctx, &b);
    buf_free(&b);
    return NULL;
}

static ssize_t dict_len(struct ctx *ctx, struct value *v)
{
    (void)ctx;
    return (ssize_t)dict_cast(v)->count;
}

static struct value *dict_get_item(struct ctx *ctx, struct value *v, struct value *key)
{
    struct value *item = dict_get_peek(ctx, v, key);

    if (item)
        return value_ref(item);
    return ctx->raised ? NULL : raise_value(ctx, "KeyError", key);
}

static int dict_set_item(struct ctx *ctx, struct value *v, struct value *key, struct value *item)
{
    return item ? dict_set(ctx, v, key, item) : dict_delete(ctx, v, key);
}

static int dict_contains(struct ctx *ctx, struct value *v, struct value *key)
{
    size_t position;
    int64_t hash;

    return dict_hash(ctx, key, &hash) < 0 ? -1 : dict_find(ctx, dict_cast(v), key, hash, &position);
}

static struct value *dict_binary(struct ctx *ctx, enum binary_op op, struct value *a, struct value *b)
{
    struct value *d;

    if (!compat_has(ctx->rt->compat, COMPAT_DICT_UNION) || !value_is(a, &dict_type))
        return &value_not_implemented;
    if (op == BINARY_IOR)
        return dict_merge(ctx, dict_cast(a), b) < 0 ? NULL : value_ref(a);
    if (op != BINARY_OR || !value_is(b, &dict_type))
        return &value_not_implemented;
    d = dict_copy(ctx, dict_cast(a));
    if (d && dict_merge(ctx, dict_cast(d), b) < 0) {
        value_release(d);
        return NULL;
    }
    return d;
}

/* ---- for types.h */

struct value *dict_new(struct ctx *ctx)
{
    return value_new(ctx, &dict_type);
}

size_t dict_length(const struct value *dict)
{
    return dict_cast(dict)->count;
}

struct value *dict_get_peek(struct ctx *ctx, struct value *dict, struct value *key)
{
    size_t position;
    int64_t hash;

    if (dict_hash(ctx, key, &hash) < 0 || dict_find(ctx, dict_cast(dict), key, hash, &position) <= 0)
        return NULL;
    return dict_cast(dict)->entries[position].item;
}

struct value *dict_get_text_peek(struct ctx *ctx, struct value *dict, const char *key)
{
    struct value *name = str_new_text(ctx, key), *item;

    if (!name)
        return NULL;
    item = dict_get_peek(ctx, dict, name);
    value_release(name);
    return item;
}

int dict_set(struct ctx *ctx, struct value *dict, struct value *key, struct value *item)
{
    int64_t hash;

    return dict_hash(ctx, key, &hash) < 0 ? -1 : dict_set_hashed(ctx, dict_cast(dict), key, hash, item);
}

int dict_set_text_take(struct ctx *ctx, struct value *dict, const char *key, struct value *item)
{
    struct value *name = item ? str_intern(ctx, key) : NULL;
    int result = name ? dict_set(ctx, dict, name, item) : -1;

    value_release(name);
    value_release(item);
    return result;
}

int dict_delete(struct ctx *ctx, struct value *dict, struct value *key)
{
    struct value *old_key, *old_item;
    size_t position;
    int64_t hash;
    int found;

    if (dict_hash(ctx, key, &hash) < 0)
        return -1;
    found = dict_find(ctx, dict_cast(dict), key, hash, &position);
    if (found <= 0) {
        if (!found)
            raise_value(ctx, "KeyError", key);
        return -1;
    }
    dict_take_out(dict_cast(dict), position, &old_key, &old_item);
    value_release(old_key);
    value_release(old_item);
    return 0;
}

bool dict_next_peek(const struct value *dict, size_t *position, struct value **key, struct value **item)
{
    const struct dict *d = dict_cast(dict);

    while (*position < d->used && !d->entries[*position].key)
        ++*position;
    if (*position >= d->used)
        return false;
    *key = d->entries[*position].key;
    if (item)
        *item = d->entries[*position].item;
    ++*position;
    return true;
}

/* A copy with fresh, gapless entries. */
struct value *dict_copy(struct ctx *ctx, struct dict *d)
{
    struct value *v = dict_new(ctx);

    if (v && dict_merge(ctx, dict_cast(v), &d->head) < 0) {
        value_release(v);
        return NULL;
    }
    return v;
}

/* ---- tables */

const struct type dict_type = {
    .name = "dict",
    .module = "builtins",
    .size = sizeof(struct dict),
    .destroy = dict_destroy,
    .traverse = dict_traverse,
    .clear = dict_destroy,
    .truth = dict_truth,
    .compare = dict_compare,
    .repr = dict_repr,
    .length = dict_len,
    .get_item = dict_get_item,
    .set_item = dict_set_item,
    .contains = dict_contains,
    .binary = dict_binary,
    .iter = iter_new,
    .methods = dict_methods,
};
