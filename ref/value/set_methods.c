/* SPDX-License-Identifier: MIT */
/* The methods and operators of set and frozenset, as Objects/setobject.c: which operand is walked and when a table is
 * rebuilt decides the order of the result, so these follow CPython's choices. */
#include "ref/value/container.h"

#define METHOD(name)                                                                                                   \
    static struct value *set_##name(struct ctx *ctx, struct value *self, struct value *const *argv, size_t argc,       \
                                    struct value *kwds)

static struct set *set_cast(const struct value *v)
{
    return (struct set *)v;
}

static struct value *value_of(struct set *s)
{
    return (struct value *)s;
}

/* Passes s through, or releases it if the work on it failed. */
static struct set *finish(struct set *s, int result)
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

static int walk_iterable(struct ctx *ctx, struct value *over, element_fn *fn, struct set *s, void *arg)
{
    struct value *it = value_iter(ctx, over), *key;
    int result = it ? 0 : -1;

    while (result >= 0 && (key = value_next(ctx, it))) {
        int64_t hash;
        result = set_hash_element(ctx, key, &hash);
        if (result >= 0)
            result = fn(ctx, s, key, hash, arg);
        value_release(key);
    }
    value_release(it);
    return ctx->raised ? -1 : 0;
}

static int walk(struct ctx *ctx, struct value *over, element_fn *fn, struct set *s, void *arg)
{
    if (set_check(over))
        return walk_set(ctx, set_cast(over), fn, s, arg);
    if (value_is(over, &dict_type))
        return walk_dict(ctx, (struct dict *)over, fn, s, arg);
    return walk_iterable(ctx, over, fn, s, arg);
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

/* Ends the walk with SET_ERROR and nothing raised when one is found (arg: 1) or missing (arg: 0). */
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
static struct set *copy_as(struct ctx *ctx, const struct type *type, struct value *iterable)
{
    struct set *s = set_make(ctx, type);

    return s ? finish(s, set_update_by(ctx, s, iterable)) : NULL;
}

static struct set *copy(struct ctx *ctx, struct set *s)
{
    return copy_as(ctx, s->head.type, &s->head);
}

static struct set *intersection(struct ctx *ctx, struct set *s, struct value *other)
{
    struct set *result;

    if (&s->head == other)
        return copy(ctx, s);
    result = set_make(ctx, s->head.type);
    if (!result)
        return NULL;
    if (!set_check(other))
        return finish(result, walk_iterable(ctx, other, keep_common, s, result));
    if (set_cast(other)->used > s->used) {
        struct value *t = other;
        other = &s->head;
        s = set_cast(t);
    }
    return finish(result, walk_set(ctx, set_cast(other), keep_common, s, result));
}

static int subtract(struct ctx *ctx, struct set *s, struct value *other)
{
    struct value *smaller;
    int result;

    if (&s->head == other) {
        set_empty(s);
        return 0;
    }
    if (!set_check(other)) {
        result = walk_iterable(ctx, other, discard_element, s, NULL);
    } else {
        bool much_larger = set_cast(other)->used >> 3 > s->used;
        smaller = much_larger ? value_of(intersection(ctx, s, other)) : value_ref(other);
        result = smaller ? walk_set(ctx, set_cast(smaller), discard_element, s, NULL) : -1;
        value_release(smaller);
    }
    return result < 0 ? -1 : set_tidy(ctx, s);
}

static struct set *difference(struct ctx *ctx, struct set *s, struct value *other)
{
    bool is_dict = value_is(other, &dict_type);
    size_t size = is_dict ? dict_length(other) : set_check(other) ? set_cast(other)->used : 0;
    struct set *result;

    if ((!is_dict && !set_check(other)) || s->used >> 2 > size) {
        result = copy(ctx, s);
        return result ? finish(result, subtract(ctx, result, other)) : NULL;
    }
    result = set_make(ctx, s->head.type);
    if (!result || !is_dict)
        return result ? finish(result, walk_set(ctx, s, keep_missing, set_cast(other), result)) : NULL;
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
            return finish(result, -1);
    }
    return result;
}

static int toggle(struct ctx *ctx, struct set *s, struct value *other)
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
        elements = value_of(copy_as(ctx, s->head.type, other)); /* an element that comes twice counts once */
    result = elements ? walk(ctx, elements, toggle_element, s, NULL) : -1;
    value_release(elements);
    return result < 0 ? -1 : 0;
}

static struct set *symmetric_difference(struct ctx *ctx, struct set *s, struct value *other)
{
    struct set *result = copy_as(ctx, s->head.type, other);

    return result ? finish(result, toggle(ctx, result, &s->head)) : NULL;
}

/* s becomes what the intersection with other is. */
static int intersect(struct ctx *ctx, struct set *s, struct value *other)
{
    struct set *result = intersection(ctx, s, other);

    if (!result)
        return -1;
    set_swap(s, result);
    value_release(&result->head);
    return 0;
}

static struct set *unite(struct ctx *ctx, struct set *s, struct value *other)
{
    struct set *result = copy(ctx, s);

    return result && &s->head != other ? finish(result, set_update_by(ctx, result, other)) : result;
}

static int in_place(struct ctx *ctx, enum binary_op op, struct set *s, struct value *other)
{
    switch (op) {
    case BINARY_IOR:
        return set_update_by(ctx, s, other);
    case BINARY_IAND:
        return intersect(ctx, s, other);
    case BINARY_ISUB:
        return subtract(ctx, s, other);
    default:
        return toggle(ctx, s, other);
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
        return value_of(intersection(ctx, set_cast(a), b));
    case BINARY_SUB:
        return value_of(difference(ctx, set_cast(a), b));
    case BINARY_XOR:
        return value_of(symmetric_difference(ctx, set_cast(a), b));
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

/* ---- methods */

#define OPERATOR(name, op, left, right)                                                                                \
    METHOD(dunder_##name)                                                                                              \
    {                                                                                                                  \
        (void)argc, (void)kwds;                                                                                        \
        return set_binary(ctx, op, left, right);                                                                       \
    }

OPERATOR(and, BINARY_AND, self, argv[0])
OPERATOR(rand, BINARY_AND, argv[0], self)
OPERATOR(iand, BINARY_IAND, self, argv[0])
OPERATOR(or, BINARY_OR, self, argv[0])
OPERATOR(ror, BINARY_OR, argv[0], self)
OPERATOR(ior, BINARY_IOR, self, argv[0])
OPERATOR(sub, BINARY_SUB, self, argv[0])
OPERATOR(rsub, BINARY_SUB, argv[0], self)
OPERATOR(isub, BINARY_ISUB, self, argv[0])
OPERATOR(xor, BINARY_XOR, self, argv[0])
OPERATOR(rxor, BINARY_XOR, argv[0], self)
OPERATOR(ixor, BINARY_IXOR, self, argv[0])

METHOD(add_one)
{
    (void)argc, (void)kwds;
    return set_add(ctx, self, argv[0]) < 0 ? NULL : &value_none;
}

METHOD(clear)
{
    (void)ctx, (void)argv, (void)argc, (void)kwds;
    set_empty(set_cast(self));
    return &value_none;
}

METHOD(copied)
{
    (void)argv, (void)argc, (void)kwds;
    return value_is(self, &frozenset_type) ? value_ref(self) : value_of(copy(ctx, set_cast(self)));
}

METHOD(discard)
{
    int64_t hash;

    (void)argc, (void)kwds;
    if (set_hash_sought(ctx, argv[0], &hash) < 0 || set_discard_hashed(ctx, set_cast(self), argv[0], hash) < 0)
        return NULL;
    return &value_none;
}

METHOD(remove)
{
    int64_t hash;
    int found;

    (void)argc, (void)kwds;
    if (set_hash_sought(ctx, argv[0], &hash) < 0)
        return NULL;
    found = set_discard_hashed(ctx, set_cast(self), argv[0], hash);
    if (found == SET_MISSING)
        raise_value(ctx, "KeyError", argv[0]);
    return found == SET_FOUND ? &value_none : NULL;
}

METHOD(pop)
{
    struct set *s = set_cast(self);
    size_t i = s->finger & s->mask;
    struct value *key;

    (void)argv, (void)argc, (void)kwds;
    if (!s->used)
        return raise_format(ctx, "KeyError", "pop from an empty set");
    while (!s->table[i].key)
        i = i == s->mask ? 0 : i + 1;
    key = s->table[i].key;
    s->table[i] = (struct set_entry){NULL, -1};
    s->used--;
    s->finger = i + 1;
    return key;
}

/* operation(… operation(copy, argv[0]) …, argv[n]) for the methods that take any number of iterables. */
METHOD(difference_of)
{
    struct set *result;

    (void)kwds;
    if (!argc)
        return value_of(copy(ctx, set_cast(self)));
    result = difference(ctx, set_cast(self), argv[0]);
    for (size_t i = 1; result && i < argc; i++)
        result = finish(result, subtract(ctx, result, argv[i]));
    return value_of(result);
}

static struct set *intersection_of(struct ctx *ctx, struct set *s, struct value *const *argv, size_t argc)
{
    struct set *result = argc ? (struct set *)value_ref(&s->head) : copy(ctx, s);

    for (size_t i = 0; result && i < argc; i++) {
        struct set *next = intersection(ctx, result, argv[i]);
        value_release(&result->head);
        result = next;
    }
    return result;
}

METHOD(intersection_of)
{
    (void)kwds;
    return value_of(intersection_of(ctx, set_cast(self), argv, argc));
}

METHOD(union_of)
{
    struct set *result = copy(ctx, set_cast(self));

    (void)kwds;
    for (size_t i = 0; result && i < argc; i++)
        if (argv[i] != self)
            result = finish(result, set_update_by(ctx, result, argv[i]));
    return value_of(result);
}

METHOD(symmetric_difference_of)
{
    (void)argc, (void)kwds;
    return value_of(symmetric_difference(ctx, set_cast(self), argv[0]));
}

METHOD(difference_update)
{
    (void)kwds;
    for (size_t i = 0; i < argc; i++)
        if (subtract(ctx, set_cast(self), argv[i]) < 0)
            return NULL;
    return &value_none;
}

METHOD(intersection_update)
{
    struct set *result = intersection_of(ctx, set_cast(self), argv, argc);

    (void)kwds;
    if (!result)
        return NULL;
    set_swap(set_cast(self), result);
    value_release(&result->head);
    return &value_none;
}

METHOD(symmetric_difference_update)
{
    (void)argc, (void)kwds;
    return toggle(ctx, set_cast(self), argv[0]) < 0 ? NULL : &value_none;
}

METHOD(update)
{
    (void)kwds;
    for (size_t i = 0; i < argc; i++)
        if (set_update_by(ctx, set_cast(self), argv[i]) < 0)
            return NULL;
    return &value_none;
}

/* True if the walk went to its end, False if stop_at ended it. */
static struct value *ended(struct ctx *ctx, int result)
{
    return ctx->raised ? NULL : value_bool(result >= 0);
}

METHOD(isdisjoint)
{
    struct set *s = set_cast(self), *other = set_cast(argv[0]);
    int found = SET_FOUND;

    (void)argc, (void)kwds;
    if (self == argv[0])
        return value_bool(!s->used);
    if (!set_check(argv[0]))
        return ended(ctx, walk_iterable(ctx, argv[0], stop_at, s, &found));
    if (other->used > s->used) {
        other = s;
        s = set_cast(argv[0]);
    }
    return ended(ctx, walk_set(ctx, other, stop_at, s, &found));
}

METHOD(issubset)
{
    struct set *other;
    int result;

    (void)argc, (void)kwds;
    if (set_check(argv[0])) {
        result = set_is_subset(ctx, set_cast(self), set_cast(argv[0]));
        return result < 0 ? NULL : value_bool(result);
    }
    other = copy_as(ctx, &set_type, argv[0]);
    if (!other)
        return NULL;
    result = set_is_subset(ctx, set_cast(self), other);
    value_release(&other->head);
    return result < 0 ? NULL : value_bool(result);
}

METHOD(issuperset)
{
    struct set *other;
    int result;
    int missing = SET_MISSING;

    (void)argc, (void)kwds;
    if (!set_check(argv[0]) && ctx->rt->compat >= 311)
        return ended(ctx, walk_iterable(ctx, argv[0], stop_at, set_cast(self), &missing));
    other = set_check(argv[0]) ? (struct set *)value_ref(argv[0]) : copy_as(ctx, &set_type, argv[0]);
    if (!other)
        return NULL;
    result = set_is_subset(ctx, other, set_cast(self));
    value_release(&other->head);
    return result < 0 ? NULL : value_bool(result);
}

/* ---- tables: name, style, min, max, since, until, parameters, function */

#define BOTH_OPERATORS                                                                                                 \
    {"__and__", CALL_SLOT, 1, 1, 0, 0, NULL, set_dunder_and}, {"__eq__", CALL_SLOT, 1, 1, 0, 0, NULL, dunder_eq},      \
        {"__ge__", CALL_SLOT, 1, 1, 0, 0, NULL, dunder_ge}, {"__gt__", CALL_SLOT, 1, 1, 0, 0, NULL, dunder_gt},        \
        {"__le__", CALL_SLOT, 1, 1, 0, 0, NULL, dunder_le}, {"__lt__", CALL_SLOT, 1, 1, 0, 0, NULL, dunder_lt},        \
        {"__ne__", CALL_SLOT, 1, 1, 0, 0, NULL, dunder_ne}, {"__or__", CALL_SLOT, 1, 1, 0, 0, NULL, set_dunder_or},    \
        {"__rand__", CALL_SLOT, 1, 1, 0, 0, NULL, set_dunder_rand},                                                    \
        {"__ror__", CALL_SLOT, 1, 1, 0, 0, NULL, set_dunder_ror},                                                      \
        {"__rsub__", CALL_SLOT, 1, 1, 0, 0, NULL, set_dunder_rsub},                                                    \
        {"__rxor__", CALL_SLOT, 1, 1, 0, 0, NULL, set_dunder_rxor},                                                    \
        {"__sub__", CALL_SLOT, 1, 1, 0, 0, NULL, set_dunder_sub},                                                      \
    {                                                                                                                  \
        "__xor__", CALL_SLOT, 1, 1, 0, 0, NULL, set_dunder_xor                                                         \
    }
#define BOTH_METHODS                                                                                                   \
    {"__class_getitem__", CALL_ONE, 1, 1, 309, 0, NULL, dunder_class_getitem},                                         \
        {"__contains__", CALL_ONE, 1, 1, 0, 0, NULL, dunder_contains},                                                 \
        {"__iter__", CALL_SLOT, 0, 0, 0, 0, NULL, dunder_iter}, {"__len__", CALL_SLOT, 0, 0, 0, 0, NULL, dunder_len},  \
        {"copy", CALL_NO_ARGS, 0, 0, 0, 0, NULL, set_copied},                                                          \
        {"difference", CALL_POSITIONAL, 0, -1, 0, 0, NULL, set_difference_of},                                         \
        {"intersection", CALL_POSITIONAL, 0, -1, 0, 0, NULL, set_intersection_of},                                     \
        {"isdisjoint", CALL_ONE, 1, 1, 0, 0, NULL, set_isdisjoint},                                                    \
        {"issubset", CALL_ONE, 1, 1, 0, 0, NULL, set_issubset},                                                        \
        {"issuperset", CALL_ONE, 1, 1, 0, 0, NULL, set_issuperset},                                                    \
        {"symmetric_difference", CALL_ONE, 1, 1, 0, 0, NULL, set_symmetric_difference_of},                             \
    {                                                                                                                  \
        "union", CALL_POSITIONAL, 0, -1, 0, 0, NULL, set_union_of                                                      \
    }

const struct method set_methods[] = {
    BOTH_OPERATORS,
    BOTH_METHODS,
    {"__iand__", CALL_SLOT, 1, 1, 0, 0, NULL, set_dunder_iand},
    {"__ior__", CALL_SLOT, 1, 1, 0, 0, NULL, set_dunder_ior},
    {"__isub__", CALL_SLOT, 1, 1, 0, 0, NULL, set_dunder_isub},
    {"__ixor__", CALL_SLOT, 1, 1, 0, 0, NULL, set_dunder_ixor},
    {"add", CALL_ONE, 1, 1, 0, 0, NULL, set_add_one},
    {"clear", CALL_NO_ARGS, 0, 0, 0, 0, NULL, set_clear},
    {"difference_update", CALL_POSITIONAL, 0, -1, 0, 0, NULL, set_difference_update},
    {"discard", CALL_ONE, 1, 1, 0, 0, NULL, set_discard},
    {"intersection_update", CALL_POSITIONAL, 0, -1, 0, 0, NULL, set_intersection_update},
    {"pop", CALL_NO_ARGS, 0, 0, 0, 0, NULL, set_pop},
    {"remove", CALL_ONE, 1, 1, 0, 0, NULL, set_remove},
    {"symmetric_difference_update", CALL_ONE, 1, 1, 0, 0, NULL, set_symmetric_difference_update},
    {"update", CALL_POSITIONAL, 0, -1, 0, 0, NULL, set_update},
    {0},
};

const struct method frozenset_methods[] = {BOTH_OPERATORS, BOTH_METHODS, {0}};
