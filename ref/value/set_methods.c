/* SPDX-License-Identifier: MIT */
/* The methods of set and frozenset, as Objects/setobject.c; what they compute is in set_algebra.c. */
#include "ref/value/set.h"

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
    return value_is(self, &frozenset_type) ? value_ref(self) : value_of(set_copy(ctx, set_cast(self)));
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
        return value_of(set_copy(ctx, set_cast(self)));
    result = set_difference(ctx, set_cast(self), argv[0]);
    for (size_t i = 1; result && i < argc; i++)
        result = set_finish(result, set_subtract(ctx, result, argv[i]));
    return value_of(result);
}

static struct set *intersection_of(struct ctx *ctx, struct set *s, struct value *const *argv, size_t argc)
{
    struct set *result = argc ? (struct set *)value_ref(&s->head) : set_copy(ctx, s);

    for (size_t i = 0; result && i < argc; i++) {
        struct set *next = set_intersection(ctx, result, argv[i]);
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
    struct set *result = set_copy(ctx, set_cast(self));

    (void)kwds;
    for (size_t i = 0; result && i < argc; i++)
        if (argv[i] != self)
            result = set_finish(result, set_update_by(ctx, result, argv[i]));
    return value_of(result);
}

METHOD(symmetric_difference_of)
{
    (void)argc, (void)kwds;
    return value_of(set_symmetric_difference(ctx, set_cast(self), argv[0]));
}

METHOD(difference_update)
{
    (void)kwds;
    for (size_t i = 0; i < argc; i++)
        if (set_subtract(ctx, set_cast(self), argv[i]) < 0)
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
    return set_toggle(ctx, set_cast(self), argv[0]) < 0 ? NULL : &value_none;
}

METHOD(update)
{
    (void)kwds;
    for (size_t i = 0; i < argc; i++)
        if (set_update_by(ctx, set_cast(self), argv[i]) < 0)
            return NULL;
    return &value_none;
}

METHOD(isdisjoint)
{
    struct set *s = set_cast(self), *other = set_cast(argv[0]);
    struct value *walked = argv[0];
    int shared;

    (void)argc, (void)kwds;
    if (set_check(argv[0]) && other->used > s->used) { /* the smaller one is walked */
        s = other;
        walked = self;
    }
    shared = set_any(ctx, s, walked, SET_FOUND);
    return shared < 0 ? NULL : value_bool(!shared);
}

METHOD(issubset)
{
    struct set *common;
    int result;

    (void)argc, (void)kwds;
    if (set_check(argv[0])) {
        result = set_is_subset(ctx, set_cast(self), set_cast(argv[0]));
        return result < 0 ? NULL : value_bool(result);
    }
    common = set_intersection(ctx, set_cast(self), argv[0]);
    if (!common)
        return NULL;
    result = common->used == set_cast(self)->used;
    value_release(&common->head);
    return value_bool(result);
}

METHOD(issuperset)
{
    struct set *other;
    int result;

    (void)argc, (void)kwds;
    if (!set_check(argv[0]) &&
        compat_has(ctx->rt->compat, COMPAT_SUPERSET_STOPS)) { /* stops at the first that is missing */
        result = set_any(ctx, set_cast(self), argv[0], SET_MISSING);
        return result < 0 ? NULL : value_bool(!result);
    }
    other = set_check(argv[0]) ? (struct set *)value_ref(argv[0]) : set_copy_as(ctx, &set_type, argv[0]);
    if (!other)
        return NULL;
    result = set_is_subset(ctx, other, set_cast(self));
    value_release(&other->head);
    return result < 0 ? NULL : value_bool(result);
}

/* ---- tables: those that take any number of iterables came to Argument Clinic with 3.13, which names the class */

const struct method set_methods[] = {
    /* name, style, min, max, since, until, parameters, function */
    {"__and__", CALL_SLOT, 1, 1, 0, 0, NULL, set_dunder_and},
    {"__class_getitem__", CALL_ONE, 1, 1, 309, 0, NULL, dunder_class_getitem},
    {"__contains__", CALL_ONE, 1, 1, 0, 0, NULL, dunder_contains},
    {"__eq__", CALL_SLOT, 1, 1, 0, 0, NULL, dunder_eq},
    {"__ge__", CALL_SLOT, 1, 1, 0, 0, NULL, dunder_ge},
    {"__gt__", CALL_SLOT, 1, 1, 0, 0, NULL, dunder_gt},
    {"__iand__", CALL_SLOT, 1, 1, 0, 0, NULL, set_dunder_iand},
    {"__ior__", CALL_SLOT, 1, 1, 0, 0, NULL, set_dunder_ior},
    {"__isub__", CALL_SLOT, 1, 1, 0, 0, NULL, set_dunder_isub},
    {"__iter__", CALL_SLOT, 0, 0, 0, 0, NULL, dunder_iter},
    {"__ixor__", CALL_SLOT, 1, 1, 0, 0, NULL, set_dunder_ixor},
    {"__le__", CALL_SLOT, 1, 1, 0, 0, NULL, dunder_le},
    {"__len__", CALL_SLOT, 0, 0, 0, 0, NULL, dunder_len},
    {"__lt__", CALL_SLOT, 1, 1, 0, 0, NULL, dunder_lt},
    {"__ne__", CALL_SLOT, 1, 1, 0, 0, NULL, dunder_ne},
    {"__or__", CALL_SLOT, 1, 1, 0, 0, NULL, set_dunder_or},
    {"__rand__", CALL_SLOT, 1, 1, 0, 0, NULL, set_dunder_rand},
    {"__ror__", CALL_SLOT, 1, 1, 0, 0, NULL, set_dunder_ror},
    {"__rsub__", CALL_SLOT, 1, 1, 0, 0, NULL, set_dunder_rsub},
    {"__rxor__", CALL_SLOT, 1, 1, 0, 0, NULL, set_dunder_rxor},
    {"__sub__", CALL_SLOT, 1, 1, 0, 0, NULL, set_dunder_sub},
    {"__xor__", CALL_SLOT, 1, 1, 0, 0, NULL, set_dunder_xor},
    {"add", CALL_ONE, 1, 1, 0, 0, NULL, set_add_one},
    {"clear", CALL_NO_ARGS, 0, 0, 0, 0, NULL, set_clear},
    {"copy", CALL_NO_ARGS, 0, 0, 0, 0, NULL, set_copied},
    {"difference", CALL_VARARGS, 0, -1, 0, 312, NULL, set_difference_of},
    {"difference", CALL_POSITIONAL, 0, -1, 313, 0, NULL, set_difference_of},
    {"difference_update", CALL_VARARGS, 0, -1, 0, 312, NULL, set_difference_update},
    {"difference_update", CALL_POSITIONAL, 0, -1, 313, 0, NULL, set_difference_update},
    {"discard", CALL_ONE, 1, 1, 0, 0, NULL, set_discard},
    {"intersection", CALL_VARARGS, 0, -1, 0, 312, NULL, set_intersection_of},
    {"intersection", CALL_POSITIONAL, 0, -1, 313, 0, NULL, set_intersection_of},
    {"intersection_update", CALL_VARARGS, 0, -1, 0, 312, NULL, set_intersection_update},
    {"intersection_update", CALL_POSITIONAL, 0, -1, 313, 0, NULL, set_intersection_update},
    {"isdisjoint", CALL_ONE, 1, 1, 0, 0, NULL, set_isdisjoint},
    {"issubset", CALL_ONE, 1, 1, 0, 0, NULL, set_issubset},
    {"issuperset", CALL_ONE, 1, 1, 0, 0, NULL, set_issuperset},
    {"pop", CALL_NO_ARGS, 0, 0, 0, 0, NULL, set_pop},
    {"remove", CALL_ONE, 1, 1, 0, 0, NULL, set_remove},
    {"symmetric_difference", CALL_ONE, 1, 1, 0, 0, NULL, set_symmetric_difference_of},
    {"symmetric_difference_update", CALL_ONE, 1, 1, 0, 0, NULL, set_symmetric_difference_update},
    {"union", CALL_VARARGS, 0, -1, 0, 312, NULL, set_union_of},
    {"union", CALL_POSITIONAL, 0, -1, 313, 0, NULL, set_union_of},
    {"update", CALL_VARARGS, 0, -1, 0, 312, NULL, set_update},
    {"update", CALL_POSITIONAL, 0, -1, 313, 0, NULL, set_update},
    {0},
};

const struct method frozenset_methods[] = {
    {"__and__", CALL_SLOT, 1, 1, 0, 0, NULL, set_dunder_and},
    {"__class_getitem__", CALL_ONE, 1, 1, 309, 0, NULL, dunder_class_getitem},
    {"__contains__", CALL_ONE, 1, 1, 0, 0, NULL, dunder_contains},
    {"__eq__", CALL_SLOT, 1, 1, 0, 0, NULL, dunder_eq},
    {"__ge__", CALL_SLOT, 1, 1, 0, 0, NULL, dunder_ge},
    {"__gt__", CALL_SLOT, 1, 1, 0, 0, NULL, dunder_gt},
    {"__iter__", CALL_SLOT, 0, 0, 0, 0, NULL, dunder_iter},
    {"__le__", CALL_SLOT, 1, 1, 0, 0, NULL, dunder_le},
    {"__len__", CALL_SLOT, 0, 0, 0, 0, NULL, dunder_len},
    {"__lt__", CALL_SLOT, 1, 1, 0, 0, NULL, dunder_lt},
    {"__ne__", CALL_SLOT, 1, 1, 0, 0, NULL, dunder_ne},
    {"__or__", CALL_SLOT, 1, 1, 0, 0, NULL, set_dunder_or},
    {"__rand__", CALL_SLOT, 1, 1, 0, 0, NULL, set_dunder_rand},
    {"__ror__", CALL_SLOT, 1, 1, 0, 0, NULL, set_dunder_ror},
    {"__rsub__", CALL_SLOT, 1, 1, 0, 0, NULL, set_dunder_rsub},
    {"__rxor__", CALL_SLOT, 1, 1, 0, 0, NULL, set_dunder_rxor},
    {"__sub__", CALL_SLOT, 1, 1, 0, 0, NULL, set_dunder_sub},
    {"__xor__", CALL_SLOT, 1, 1, 0, 0, NULL, set_dunder_xor},
    {"copy", CALL_NO_ARGS, 0, 0, 0, 0, NULL, set_copied},
    {"difference", CALL_VARARGS, 0, -1, 0, 312, NULL, set_difference_of},
    {"difference", CALL_POSITIONAL, 0, -1, 313, 0, NULL, set_difference_of},
    {"intersection", CALL_VARARGS, 0, -1, 0, 312, NULL, set_intersection_of},
    {"intersection", CALL_POSITIONAL, 0, -1, 313, 0, NULL, set_intersection_of},
    {"isdisjoint", CALL_ONE, 1, 1, 0, 0, NULL, set_isdisjoint},
    {"issubset", CALL_ONE, 1, 1, 0, 0, NULL, set_issubset},
    {"issuperset", CALL_ONE, 1, 1, 0, 0, NULL, set_issuperset},
    {"symmetric_difference", CALL_ONE, 1, 1, 0, 0, NULL, set_symmetric_difference_of},
    {"union", CALL_VARARGS, 0, -1, 0, 312, NULL, set_union_of},
    {"union", CALL_POSITIONAL, 0, -1, 313, 0, NULL, set_union_of},
    {0},
};
