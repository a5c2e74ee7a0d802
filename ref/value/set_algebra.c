/* SPDX-License-Identifier: MIT */
/* Union, intersection, difference and symmetric difference of sets with any iterable, as Objects/setobject.c: which
 * operand is walked and when a table is rebuilt decides the order of the result, so these follow CPython's choices. */
#include "ref/value/set.h"

static struct set *set_cast(const struct value *v)
{
    return (struct set *)v;
}

static struct value *value_of(struct set *s)
{
    return (struct value *)s;
}

struct set *set_finish(struct set *s, int result)
{
    if (result >= 0)
        return s;
    value_release(value_of(s));
    return NULL;
}

/* ---- walking: fn(s, key, hash) for each element of a set, each key of a dict, or whatever an iterable yields, until
 * it is negative */

typedef int element_fn(struct ctx *ctx, struct set *s, struct value *key, int64_t hash, void *arg);

static int walk_set(struct ctx *ctx, struct set *over, element_fn *fn, struct set *s, void *arg)
{
    int result = 0;

    for (size_t i = 0; i <= over->mask && result >= 0; i++) {
        struct set_entry entry = over->table[i];
        if (!entry.key)
            continue;
        result = fn(ctx, s, value_ref(entry.key), entry.hash, arg);
        value_release(entry.key);
    }
    return result;
}

static int walk_dict(struct ctx *ctx, const struct dict *over, element_fn *fn, struct set *s, void *arg)
{
    int result = 0;

    for (size_t i = 0; i < over->used && result >= 0; i++) {
        struct dict_entry entry = over->entries[i];
        if (!entry.key)
            continue;
        result = fn(ctx, s, value_ref(entry.key), entry.hash, arg);
        value_release(entry.key);
    }
    return result;
}

typedef int hash_fn(struct ctx *ctx, struct value *key, int64_t *out);

static int walk_iterable(struct ctx *ctx, struct value *over, hash_fn *hash_key, element_fn *fn, struct set *s,
                         void *arg)
{
    struct value *it = value_iter(ctx, over), *key;
    int result = it ? 0 : -1;

    while (result >= 0 && (key = value_next(ctx, it))) {
        int64_t hash;
        result = hash_key(ctx, key, &hash);
        if (result >= 0)
            result = fn(ctx, s, key, hash, arg);
        value_release(key);
    }
    value_release(it);
    return ctx->raised ? -1 : result;
}

static int walk(struct ctx *ctx, struct value *over, element_fn *fn, struct set *s, void *arg)
{
    if (set_check(over))
        return walk_set(ctx, set_cast(over), fn, s, arg);
    if (value_is(over, &dict_type))
        return walk_dict(ctx, (struct dict *)over, fn, s, arg);
    return walk_iterable(ctx, over, set_hash_element, fn, s, arg);
}

static int add_element(struct ctx *ctx, struct set *s, struct value *key, int64_t hash, void *arg)
{
    (void)arg;
    return set_add_hashed(ctx, s, key, hash);
}

static int discard_element(struct ctx *ctx, struct set *s, struct value *key, int64_t hash, void *arg)
{
    (void)arg;
    return set_discard_hashed(ctx, s, key, hash);
}

static int toggle_element(struct ctx *ctx, struct set *s, struct value *key, int64_t hash, void *arg)
{
    int found = set_discard_hashed(ctx, s, key, hash);

    (void)arg;
    return found == SET_MISSING ? set_add_hashed(ctx, s, key, hash) : found;
}

/* Adds to the set arg what is in s too. */
static int keep_common(struct ctx *ctx, struct set *s, struct value *key, int64_t hash, void *arg)
{
    int found = set_has(ctx, s, key, hash);

    return found == SET_FOUND ? set_add_hashed(ctx, arg, key, hash) : found;
}

/* Adds to the set arg what is not in s. */
static int keep_missing(struct ctx *ctx, struct set *s, struct value *key, int64_t hash, void *arg)
{
    int found = set_has(ctx, s, key, hash);

    return found == SET_MISSING ? set_add_hashed(ctx, arg, key, hash) : found;
}

/* Ends the walk with -1 and nothing raised at the first for which set_has says *arg. */
static int stop_at(struct ctx *ctx, struct set *s, struct value *key, int64_t hash, void *arg)
{
    const int *wanted = arg;
    int found = set_has(ctx, s, key, hash);

    return found == *wanted ? -1 : found;
}

/* ---- the operations */

/* Makes room beforehand for so many more keys. */
static int expect(struct ctx *ctx, struct set *s, size_t more)
{
    return (s->fill + more) * 5 >= s->mask * 3 ? set_resize(ctx, s, (s->used + more) * 2) : 0;
}

/* Into an empty set of the same size a table without deleted slots goes as it is: the order stays. */
static void clone_table(struct set *s, const struct set *other)
{
    for (size_t i = 0; i <= other->mask; i++) {
        s->table[i] = other->table[i];
        if (s->table[i].key)
            value_ref(s->table[i].key);
    }
    s->fill = s->used = other->used;
}

static int merge(struct ctx *ctx, struct set *s, struct set *other)
{
    if (s == other || !other->used)
        return 0;
    if (expect(ctx, s, other->used) < 0)
        return -1;
    if (!s->fill && s->mask == other->mask && other->fill == other->used) {
        clone_table(s, other);
        return 0;
    }
    return walk_set(ctx, other, add_element, s, NULL);
}

int set_update_by(struct ctx *ctx, struct set *s, struct value *iterable)
{
    if (set_check(iterable))
        return merge(ctx, s, set_cast(iterable));
    if (value_is(iterable, &dict_type) && expect(ctx, s, dict_length(iterable)) < 0)
        return -1;
    return walk(ctx, iterable, add_element, s, NULL);
}

/* A new one of the type with the elements of s. */
struct set *set_copy_as(struct ctx *ctx, const struct type *type, struct value *iterable)
{
    struct set *s = set_make(ctx, type);

    return s ? set_finish(s, set_update_by(ctx, s, iterable)) : NULL;
}

struct set *set_copy(struct ctx *ctx, struct set *s)
{
    return set_copy_as(ctx, s->head.type, &s->head);
}

struct set *set_intersection(struct ctx *ctx, struct set *s, struct value *other)
{
    struct set *result;

    if (&s->head == other)
        return set_copy(ctx, s);
    result = set_make(ctx, s->head.type);
    if (!result)
        return NULL;
    if (!set_check(other))
        return set_finish(result, walk_iterable(ctx, other, value_hash, keep_common, s, result));
    if (set_cast(other)->used > s->used) {
        struct value *t = other;
        other = &s->head;
        s = set_cast(t);
    }
    return set_finish(result, walk_set(ctx, set_cast(other), keep_common, s, result));
}

int set_subtract(struct ctx *ctx, struct set *s, struct value *other)
{
    struct value *smaller;
    int result;

    if (&s->head == other) {
        set_empty(s);
        return 0;
    }
    if (!set_check(other)) {
        result = walk_iterable(ctx, other, set_hash_element, discard_element, s, NULL);
    } else {
        bool much_larger = set_cast(other)->used >> 3 > s->used;
        smaller = much_larger ? value_of(set_intersection(ctx, s, other)) : value_ref(other);
        result = smaller ? walk_set(ctx, set_cast(smaller), discard_element, s, NULL) : -1;
        value_release(smaller);
    }
    return result < 0 ? -1 : set_tidy(ctx, s);
}

struct set *set_difference(struct ctx *ctx, struct set *s, struct value *other)
{
    bool is_dict = value_is(other, &dict_type);
    size_t size = is_dict ? dict_length(other) : set_check(other) ? set_cast(other)->used : 0;
    struct set *result;

    if ((!is_dict && !set_check(other)) || s->used >> 2 > size) {
        result = set_copy(ctx, s);
        return result ? set_finish(result, set_subtract(ctx, result, other)) : NULL;
    }
    result = set_make(ctx, s->head.type);
    if (!result || !is_dict)
        return result ? set_finish(result, walk_set(ctx, s, keep_missing, set_cast(other), result)) : NULL;
    for (size_t i = 0; i <= s->mask; i++) {
        struct set_entry entry = s->table[i];
        size_t position;
        int found;
        if (!entry.key)
            continue;
        value_ref(entry.key);
        found = dict_find(ctx, (struct dict *)other, entry.key, entry.hash, &position);
        if (!found)
            found = set_add_hashed(ctx, result, entry.key, entry.hash);
        value_release(entry.key);
        if (found < 0)
            return set_finish(result, -1);
    }
    return result;
}

int set_toggle(struct ctx *ctx, struct set *s, struct value *other)
{
    struct value *elements;
    int result;

    if (&s->head == other) {
        set_empty(s);
        return 0;
    }
    if (set_check(other) || value_is(other, &dict_type))
        elements = value_ref(other);
    else
        elements = value_of(set_copy_as(ctx, s->head.type, other)); /* an element that comes twice counts once */
    result = elements ? walk(ctx, elements, toggle_element, s, NULL) : -1;
    value_release(elements);
    return result < 0 ? -1 : 0;
}

struct set *set_symmetric_difference(struct ctx *ctx, struct set *s, struct value *other)
{
    struct set *result = set_copy_as(ctx, s->head.type, other);

    return result ? set_finish(result, set_toggle(ctx, result, &s->head)) : NULL;
}

/* s becomes what the intersection with other is. */
static int intersect(struct ctx *ctx, struct set *s, struct value *other)
{
    struct set *result = set_intersection(ctx, s, other);

    if (!result)
        return -1;
    set_swap(s, result);
    value_release(&result->head);
    return 0;
}

static struct set *unite(struct ctx *ctx, struct set *s, struct value *other)
{
    struct set *result = set_copy(ctx, s);

    return result && &s->head != other ? set_finish(result, set_update_by(ctx, result, other)) : result;
}

int set_any(struct ctx *ctx, struct set *s, struct value *iterable, int wanted)
{
    int result = set_check(iterable) ? walk_set(ctx, set_cast(iterable), stop_at, s, &wanted)
                                     : walk_iterable(ctx, iterable, set_hash_element, stop_at, s, &wanted);

    return ctx->raised ? -1 : result < 0;
}

static int in_place(struct ctx *ctx, enum binary_op op, struct set *s, struct value *other)
{
    switch (op) {
    case BINARY_IOR:
        return set_update_by(ctx, s, other);
    case BINARY_IAND:
        return intersect(ctx, s, other);
    case BINARY_ISUB:
        return set_subtract(ctx, s, other);
    default:
        return set_toggle(ctx, s, other);
    }
}

struct value *set_binary(struct ctx *ctx, enum binary_op op, struct value *a, struct value *b)
{
    if (!set_check(a) || !set_check(b))
        return &value_not_implemented;
    switch (op) {
    case BINARY_OR:
        return value_of(unite(ctx, set_cast(a), b));
    case BINARY_AND:
        return value_of(set_intersection(ctx, set_cast(a), b));
    case BINARY_SUB:
        return value_of(set_difference(ctx, set_cast(a), b));
    case BINARY_XOR:
        return value_of(set_symmetric_difference(ctx, set_cast(a), b));
    case BINARY_IOR:
    case BINARY_IAND:
    case BINARY_ISUB:
    case BINARY_IXOR:
        if (!value_is(a, &set_type))
            return &value_not_implemented;
        return in_place(ctx, op, set_cast(a), b) < 0 ? NULL : value_ref(a);
    default:
        return &value_not_implemented;
    }
}
