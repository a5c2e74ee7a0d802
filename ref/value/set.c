/* SPDX-License-Identifier: MIT */
/* set and frozenset: the hash table of Objects/setobject.c, slot for slot, so that a set of integers is walked, popped
 * and pickled in the order CPython has. (The order of strings depends on a random seed there, so nothing can depend on
 * it.)
 *
 * A probe looks at up to ten neighbouring slots, then jumps. Operations between sets are in set_algebra.c. */
#include <string.h>

#include "ref/base/mem.h"
#include "ref/value/set.h"

enum { LINEAR_PROBES = 9, PERTURB_SHIFT = 5, DELETED = -1 };
#define NO_SLOT SIZE_MAX

/* Where a search stands: at group (the first of the neighbours), with so many neighbours still to come after slot. */
struct probe {
    size_t group, slot, left, mask;
    uint64_t perturb;
};

static struct set *set_cast(const struct value *v)
{
    return (struct set *)v;
}

/* ---- the table */

static void probe_group(struct probe *p)
{
    p->slot = p->group;
    p->left = p->group + LINEAR_PROBES <= p->mask ? LINEAR_PROBES : 0;
}

static struct probe probe_start(int64_t hash, size_t mask)
{
    struct probe p = {.group = (size_t)hash & mask, .mask = mask, .perturb = (uint64_t)hash};

    probe_group(&p);
    return p;
}

static void probe_next(struct probe *p)
{
    if (p->left) {
        p->left--;
        p->slot++;
        return;
    }
    p->perturb >>= PERTURB_SHIFT;
    p->group = (p->group * 5 + 1 + (size_t)p->perturb) & p->mask;
    probe_group(p);
}

static bool is_unused(const struct set_entry *entry)
{
    return !entry->key && entry->hash != DELETED;
}

/* Where a search ended: at the slot with an equal key, or at the unused one behind all that might have been; on the way
 * it saw a deleted one, or NO_SLOT. */
struct place {
    size_t slot, deleted;
};

/* SET_FOUND, SET_MISSING, SET_ERROR. A comparison that changes the table starts the search anew. */
static int lookup(struct ctx *ctx, struct set *s, struct value *key, int64_t hash, struct place *place)
{
    struct probe p = probe_start(hash, s->mask);

    for (place->deleted = NO_SLOT;; probe_next(&p)) {
        struct set_entry *table = s->table, entry = table[p.slot];
        bool stable, same;
        place->slot = p.slot;
        if (is_unused(&entry))
            return SET_MISSING;
        if (entry.key == key)
            return SET_FOUND;
        if (!entry.key)
            place->deleted = p.slot;
        if (!entry.key || entry.hash != hash)
            continue;
        same = value_same(ctx, value_ref(entry.key), key) > 0;
        stable = s->table == table && s->table[p.slot].key == entry.key;
        value_release(entry.key);
        if (ctx->raised)
            return SET_ERROR;
        if (stable && same)
            return SET_FOUND;
        if (!stable)
            return lookup(ctx, s, key, hash, place);
    }
}

static void insert_clean(struct set_entry *table, size_t mask, struct set_entry entry)
{
    struct probe p = probe_start(entry.hash, mask);

    while (table[p.slot].key)
        probe_next(&p);
    table[p.slot] = entry;
}

/* The table's contents move out, leaving the set with the small table, empty. */
static struct set_entry *take_table(struct set *s, struct set_entry *small)
{
    struct set_entry *table = s->table;

    if (table == s->small) {
        memcpy(small, s->small, sizeof s->small);
        table = small;
    }
    memset(s->small, 0, sizeof s->small);
    s->table = s->small;
    s->mask = SET_MIN_SLOTS - 1;
    s->fill = s->used = 0;
    return table;
}

int set_resize(struct ctx *ctx, struct set *s, size_t minimum)
{
    struct set_entry small[SET_MIN_SLOTS], *old, *table = NULL;
    size_t slots = SET_MIN_SLOTS, old_mask = s->mask, used = s->used;

    while (slots <= minimum && slots < SIZE_MAX / 2)
        slots <<= 1;
    if (slots == SET_MIN_SLOTS && s->table == s->small && s->fill == s->used)
        return 0;
    if (slots > SET_MIN_SLOTS) {
        table = mem_calloc(slots, sizeof *table);
        if (!table)
            return raise_memory(ctx), -1;
    }
    old = take_table(s, small);
    if (table) {
        s->table = table;
        s->mask = slots - 1;
    }
    for (size_t i = 0; i <= old_mask; i++)
        if (old[i].key)
            insert_clean(s->table, s->mask, old[i]);
    s->fill = s->used = used;
    if (old != small)
        mem_free(old);
    return 0;
}

static size_t grown(const struct set *s)
{
    return s->used > 50000 ? s->used * 2 : s->used * 4;
}

int set_tidy(struct ctx *ctx, struct set *s)
{
    return s->fill - s->used <= s->mask / 4 ? 0 : set_resize(ctx, s, grown(s));
}

/* Puts a key into an unused slot; the table grows if it is then too full. */
static int fill_slot(struct ctx *ctx, struct set *s, struct value *key, int64_t hash, size_t slot)
{
    s->table[slot] = (struct set_entry){value_ref(key), hash};
    s->fill++;
    s->used++;
    if (s->fill * 5 < s->mask * 3 || set_resize(ctx, s, grown(s)) == 0)
        return 0;
    s->table[slot] = (struct set_entry){0};
    s->fill--;
    s->used--;
    value_release(key);
    return -1;
}

int set_add_hashed(struct ctx *ctx, struct set *s, struct value *key, int64_t hash)
{
    struct place place;
    int found = lookup(ctx, s, key, hash, &place);

    if (found)
        return found == SET_ERROR ? -1 : 0;
    if (place.deleted == NO_SLOT ||
        compat_has(ctx->rt->compat, COMPAT_SET_FRESH_SLOTS)) /* 3.9 alone does not use deleted slots again */
        return fill_slot(ctx, s, key, hash, place.slot);
    s->table[place.deleted] = (struct set_entry){value_ref(key), hash};
    s->used++;
    return 0;
}

int set_discard_hashed(struct ctx *ctx, struct set *s, struct value *key, int64_t hash)
{
    struct place place;
    int found = lookup(ctx, s, key, hash, &place);
    struct value *old;

    if (found != SET_FOUND)
        return found;
    old = s->table[place.slot].key;
    s->table[place.slot] = (struct set_entry){NULL, DELETED};
    s->used--;
    value_release(old);
    return SET_FOUND;
}

int set_has(struct ctx *ctx, struct set *s, struct value *key, int64_t hash)
{
    struct place place;

    return lookup(ctx, s, key, hash, &place);
}

void set_empty(struct set *s)
{
    struct set_entry small[SET_MIN_SLOTS], *old;
    size_t mask = s->mask;

    old = take_table(s, small);
    for (size_t i = 0; i <= mask; i++)
        value_release(old[i].key);
    if (old != small)
        mem_free(old);
}

void set_swap(struct set *a, struct set *b)
{
    struct set t = *a;

    memcpy(&a->table, &b->table, sizeof *a - offsetof(struct set, table));
    memcpy(&b->table, &t.table, sizeof *b - offsetof(struct set, table));
    if (a->table == b->small)
        a->table = a->small;
    if (b->table == a->small)
        b->table = b->small;
}

/* ---- hashing */

static uint64_t shuffle(uint64_t h)
{
    return ((h ^ 89869747U) ^ (h << 16)) * 3644798167U;
}

/* Independent of the order of the elements; the numbers are frozenset's own. */
static int64_t hash_elements(const struct set *s)
{
    uint64_t h = 0;

    for (size_t i = 0; i <= s->mask; i++)
        if (s->table[i].key)
            h ^= shuffle((uint64_t)s->table[i].hash);
    h ^= ((uint64_t)s->used + 1) * 1927868237U;
    h ^= (h >> 11) ^ (h >> 25);
    h = h * 69069U + 907133923U;
    return h == UINT64_MAX ? 590923713 : (int64_t)h;
}

static int frozenset_hash(struct ctx *ctx, struct value *v, int64_t *out)
{
    (void)ctx;
    *out = hash_elements(set_cast(v));
    return 0;
}

int set_hash_element(struct ctx *ctx, struct value *key, int64_t *out)
{
    struct value *cause, *text;

    if (value_hash(ctx, key, out) == 0)
        return 0;
    if (!compat_has(ctx->rt->compat, COMPAT_UNHASHABLE_WORDS) || !raised_is(ctx, "TypeError"))
        return -1;
    cause = raised_fetch(ctx);
    text = value_str(ctx, cause);
    if (text)
        raise_format(ctx, "TypeError", "cannot use '%s' as a set element (%s)", value_type_name(key),
                     str_peek(text, NULL));
    value_release(text);
    value_release(cause);
    return -1;
}

int set_hash_sought(struct ctx *ctx, struct value *key, int64_t *out)
{
    if (!value_is(key, &set_type))
        return set_hash_element(ctx, key, out);
    *out = hash_elements(set_cast(key));
    return 0;
}

/* ---- slots */

static void set_destroy(struct value *v)
{
    if (set_cast(v)->table)
        set_empty(set_cast(v));
}

static int set_traverse(struct value *v, visit_fn *visit, void *arg)
{
    const struct set *s = set_cast(v);
    int result = 0;

    for (size_t i = 0; s->table && i <= s->mask && !result; i++)
        if (s->table[i].key)
            result = visit(s->table[i].key, arg);
    return result;
}

static int set_truth(struct ctx *ctx, struct value *v)
{
    (void)ctx;
    return set_cast(v)->used > 0;
}

int set_is_subset(struct ctx *ctx, struct set *a, struct set *b)
{
    int found = a->used <= b->used;

    for (size_t i = 0; i <= a->mask && found > 0; i++) {
        struct set_entry entry = a->table[i];
        if (!entry.key)
            continue;
        found = set_has(ctx, b, value_ref(entry.key), entry.hash);
        value_release(entry.key);
    }
    return found;
}

static int set_compare(struct ctx *ctx, enum compare_op op, struct value *a, struct value *b)
{
    struct set *x = set_cast(a), *y = set_cast(b);
    int same;

    if (!set_check(b))
        return COMPARE_UNSUPPORTED;
    switch (op) {
    case COMPARE_LT:
        return x->used < y->used ? set_is_subset(ctx, x, y) : 0;
    case COMPARE_LE:
        return set_is_subset(ctx, x, y);
    case COMPARE_GT:
        return x->used > y->used ? set_is_subset(ctx, y, x) : 0;
    case COMPARE_GE:
        return set_is_subset(ctx, y, x);
    default:
        same = x->used == y->used ? set_is_subset(ctx, x, y) : 0;
        return same < 0 ? -1 : same == (op == COMPARE_EQ);
    }
}

static struct value *set_repr(struct ctx *ctx, struct value *v)
{
    const struct set *s = set_cast(v);
    bool frozen = value_is(v, &frozenset_type);
    const char *separator = "";
    struct printing p;
    struct buf b;

    if (!s->used)
        return str_printf(ctx, "%s()", v->type->name);
    if (printing_enter(ctx, &p, v))
        return str_printf(ctx, "%s(...)", v->type->name);
    buf_init(&b, ctx->rt->repr_limit);
    buf_put_text(&b, frozen ? "frozenset({" : "{");
    for (size_t i = 0; i <= s->mask && !ctx->raised; i++) {
        if (!s->table[i].key)
            continue;
        buf_put_text(&b, separator);
        separator = ", ";
        printing_put(ctx, &b, s->table[i].key);
    }
    buf_put_text(&b, frozen ? "})" : "}");
    printing_leave(ctx, &p);
    if (!ctx->raised)
        return printing_finish(ctx, &b);
    buf_free(&b);
    return NULL;
}

static ssize_t set_len(struct ctx *ctx, struct value *v)
{
    (void)ctx;
    return (ssize_t)set_cast(v)->used;
}

static int set_contains(struct ctx *ctx, struct value *v, struct value *key)
{
    int64_t hash;

    return set_hash_sought(ctx, key, &hash) < 0 ? -1 : set_has(ctx, set_cast(v), key, hash);
}

/* ---- for types.h and the methods */

bool set_check(const struct value *v)
{
    return value_is(v, &set_type) || value_is(v, &frozenset_type);
}

struct set *set_make(struct ctx *ctx, const struct type *type)
{
    struct set *s = set_cast(value_new(ctx, type));

    if (s) {
        s->table = s->small;
        s->mask = SET_MIN_SLOTS - 1;
    }
    return s;
}

struct value *set_new(struct ctx *ctx)
{
    return (struct value *)set_make(ctx, &set_type);
}

struct value *frozenset_new(struct ctx *ctx)
{
    return (struct value *)set_make(ctx, &frozenset_type);
}

int set_add(struct ctx *ctx, struct value *set, struct value *item)
{
    int64_t hash;

    return set_hash_element(ctx, item, &hash) < 0 ? -1 : set_add_hashed(ctx, set_cast(set), item, hash);
}

size_t set_length(const struct value *set)
{
    return set_cast(set)->used;
}

bool set_next_peek(const struct value *set, size_t *position, struct value **item)
{
    const struct set *s = set_cast(set);

    while (*position <= s->mask && !s->table[*position].key)
        ++*position;
    if (*position > s->mask)
        return false;
    *item = s->table[(*position)++].key;
    return true;
}

struct value *set_from(struct ctx *ctx, struct value *iterable, bool frozen)
{
    struct set *s;

    if (frozen && iterable->type == &frozenset_type)
        return value_ref(iterable);
    s = set_make(ctx, frozen ? &frozenset_type : &set_type);
    if (s && set_update_by(ctx, s, iterable) < 0) {
        value_release(&s->head);
        return NULL;
    }
    return (struct value *)s;
}

/* ---- tables */

const struct type set_type = {
    .name = "set",
    .module = "builtins",
    .size = sizeof(struct set),
    .destroy = set_destroy,
    .traverse = set_traverse,
    .clear = set_destroy,
    .truth = set_truth,
    .compare = set_compare,
    .repr = set_repr,
    .length = set_len,
    .contains = set_contains,
    .binary = set_binary,
    .iter = iter_new,
    .methods = set_methods,
};

const struct type frozenset_type = {
    .name = "frozenset",
    .module = "builtins",
    .size = sizeof(struct set),
    .destroy = set_destroy,
    .traverse = set_traverse,
    .truth = set_truth,
    .compare = set_compare,
    .hash = frozenset_hash,
    .repr = set_repr,
    .length = set_len,
    .contains = set_contains,
    .binary = set_binary,
    .iter = iter_new,
    .methods = frozenset_methods,
};
