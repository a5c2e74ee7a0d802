/* SPDX-License-Identifier: MIT */
/* threading.Semaphore and BoundedSemaphore (Lib/threading.py), whose counter is any number, as there. */
#include "ref/manager/blocking.h"
#include "ref/manager/condition.h"
#include "ref/manager/python.h"
#include "ref/manager/types.h"

struct semaphore {
    struct value head;
    struct value *value, *initial; /* owned; initial is looked at by the bounded one */
    struct wait_queue waiting;
};

static struct semaphore *semaphore_cast(struct value *v)
{
    return (struct semaphore *)v;
}

static void semaphore_destroy(struct value *v)
{
    value_release(semaphore_cast(v)->value);
    value_release(semaphore_cast(v)->initial);
}

/* a OP number: 1, 0, -1 */
static int compare_number(struct ctx *ctx, enum compare_op op, struct value *a, int number)
{
    struct value *b = int_new(ctx, number);
    int result = b ? value_compare(ctx, op, a, b) : -1;

    value_release(b);
    return result;
}

/* value OP= amount; 0, or -1 after raising */
static int change(struct ctx *ctx, struct semaphore *s, enum binary_op op, struct value *amount)
{
    struct value *old = s->value, *new = value_binary(ctx, op, old, amount);

    if (!new)
        return -1;
    s->value = new;
    value_release(old);
    return 0;
}

/* ---- construction */

static struct value *construct(struct ctx *ctx, const struct type *type, struct value *given)
{
    struct value *value = given ? value_ref(given) : int_new(ctx, 1), *v = NULL;
    int negative = value ? compare_number(ctx, COMPARE_LT, value, 0) : -1;

    if (negative > 0)
        raise_format(ctx, "ValueError", "semaphore initial value must be >= 0");
    if (!negative && (v = value_new(ctx, type))) {
        semaphore_cast(v)->value = value_ref(value);
        semaphore_cast(v)->initial = value_ref(value);
    }
    value_release(value);
    return v;
}

METHOD(semaphore_init)
{
    UNUSED;
    return construct(ctx, &semaphore_type, argv[0]);
}

METHOD(bounded_init)
{
    UNUSED;
    return construct(ctx, &bounded_semaphore_type, argv[0]);
}

struct value *semaphore_construct(struct ctx *ctx, const struct typeid *t, struct value *args, struct value *kwds)
{
    static const struct method init = {"__init__", CALL_PYTHON, 0, 1, 0, 0, "value", semaphore_init},
                               bounded = {"__init__", CALL_PYTHON, 0, 1, 0, 0, "value", bounded_init};

    return method_call(ctx, t->type == &semaphore_type ? &init : &bounded, t->type->name, &value_none, args, kwds);
}

/* ---- methods */

/* Waits until the counter is not 0: 1, or 0 if it is not worth or not allowed to wait, or -1 after raising. */
static int await(struct ctx *ctx, struct semaphore *s, bool blocking, struct value *timeout)
{
    struct limit limit = {.kind = LIMIT_NEVER};
    bool first = true;
    int zero;

    while ((zero = compare_number(ctx, COMPARE_EQ, s->value, 0)) > 0 && blocking) {
        if (first && timeout != &value_none &&
            (limit_of_endtime(ctx, timeout, &limit) || limit_of_wait(ctx, timeout, &limit)))
            return -1;
        if (!first && limit_passed(&limit))
            return 0;
        first = false;
        if (wait_queue_wait(ctx, &s->waiting, &limit) < 0)
            return -1;
        if (limit.kind == LIMIT_AT_ONCE)
            blocking = false;
    }
    return zero < 0 ? -1 : !zero;
}

METHOD(semaphore_acquire)
{
    struct semaphore *s = semaphore_cast(self);
    struct value *timeout = argv[1] ? argv[1] : &value_none, *one;
    int blocking = argv[0] ? value_truth(ctx, argv[0]) : 1, ready, failed;

    UNUSED;
    if (blocking < 0)
        return NULL;
    if (!blocking && timeout != &value_none)
        return raise_format(ctx, "ValueError", "can't specify timeout for non-blocking acquire");
    ready = await(ctx, s, blocking, timeout);
    if (ready <= 0)
        return ready < 0 ? NULL : &value_false;
    one = int_new(ctx, 1);
    failed = one ? change(ctx, s, BINARY_ISUB, one) : -1;
    value_release(one);
    return failed ? NULL : &value_true;
}

/* Would the counter exceed where it began? 1, 0, -1. */
static int exceeds(struct ctx *ctx, const struct semaphore *s, struct value *n)
{
    struct value *sum = value_binary(ctx, BINARY_ADD, s->value, n);
    int result = sum ? value_compare(ctx, COMPARE_GT, sum, s->initial) : -1;

    value_release(sum);
    return result;
}

/* How many to wake for release(n): up to 3.11 `range(n)` counts, later `while n > 0`. 0, or -1 after raising. */
static int count_of(struct ctx *ctx, struct value *n, size_t *count)
{
    int64_t number;

    *count = SIZE_MAX;
    if (value_is(n, &float_type)) {
        if (!compat_has(ctx->rt->compat, COMPAT_RELEASE_OF_FLOATS)) {
            raise_format(ctx, "TypeError", "'float' object cannot be interpreted as an integer");
            return -1;
        }
        number =
            float_peek(n) < 1e9 ? (int64_t)float_peek(n) + ((double)(int64_t)float_peek(n) < float_peek(n)) : INT64_MAX;
        *count = (size_t)number;
    } else if (int_peek_i64(n, &number))
        *count = (size_t)number;
    return 0;
}

static struct value *release_many(struct ctx *ctx, struct semaphore *s, struct value *n, bool bounded)
{
    int bad = compare_number(ctx, COMPARE_LT, n, 1);
    size_t count;

    if (bad > 0)
        raise_format(ctx, "ValueError", "n must be one or more");
    if (!bad && bounded && (bad = exceeds(ctx, s, n)) > 0)
        raise_format(ctx, "ValueError", "Semaphore released too many times");
    if (bad || change(ctx, s, BINARY_IADD, n) || count_of(ctx, n, &count))
        return NULL;
    wait_queue_wake(&s->waiting, count);
    return &value_none;
}

METHOD(semaphore_release)
{
    struct value *n = argc && argv[0] ? value_ref(argv[0]) : int_new(ctx, 1);
    struct value *done = n ? release_many(ctx, semaphore_cast(self), n, self->type == &bounded_semaphore_type) : NULL;

    UNUSED;
    value_release(n);
    return done;
}

static struct value *semaphore_repr(struct ctx *ctx, struct value *v)
{
    const struct semaphore *s = semaphore_cast(v);
    bool bounded = v->type == &bounded_semaphore_type;
    struct value *value, *initial, *repr = NULL;

    if (!compat_has(ctx->rt->compat, COMPAT_REPRS_WITH_STATE))
        return str_printf(ctx, "<threading.%s object at %p>", v->type->name, (void *)v);
    value = value_str(ctx, s->value);
    initial = value ? value_str(ctx, s->initial) : NULL;
    if (initial)
        repr = str_printf(ctx, "<threading.%s at %p: value=%s%s%s>", v->type->name, (void *)v, str_peek(value, NULL),
                          bounded ? "/" : "", bounded ? str_peek(initial, NULL) : "");
    value_release(value);
    value_release(initial);
    return repr;
}

/* ---- tables */

static const struct method semaphore_methods[] = {
    {"acquire", CALL_PYTHON, 0, 2, 0, 0, "blocking timeout", semaphore_acquire},
    {"release", CALL_PYTHON, 0, 0, 0, 308, "", semaphore_release},
    {"release", CALL_PYTHON, 0, 1, 309, 0, "n", semaphore_release},
    {0},
};
const struct type semaphore_type = {.name = "Semaphore",
                                    .module = "threading",
                                    .size = sizeof(struct semaphore),
                                    .destroy = semaphore_destroy,
                                    .hash_by_identity = true,
                                    .repr = semaphore_repr,
                                    .reduce = condition_owner_reduce,
                                    .methods = semaphore_methods};

static const struct method bounded_methods[] = {
    {"release", CALL_PYTHON, 0, 0, 0, 308, "", semaphore_release},
    {"release", CALL_PYTHON, 0, 1, 309, 0, "n", semaphore_release},
    {0},
};
const struct type bounded_semaphore_type = {.name = "BoundedSemaphore",
                                            .module = "threading",
                                            .base = &semaphore_type,
                                            .size = sizeof(struct semaphore),
                                            .destroy = semaphore_destroy,
                                            .hash_by_identity = true,
                                            .repr = semaphore_repr,
                                            .reduce = condition_owner_reduce,
                                            .methods = bounded_methods};
