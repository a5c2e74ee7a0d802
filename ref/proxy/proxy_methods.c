/* SPDX-License-Identifier: MIT */
/* The methods of proxy classes that CPython writes in Python, each under its Python name with its own signature: what
 * they send is not always what they were given.  Mirrors the same classes in Lib/multiprocessing/managers.py. */
#include <time.h>

#include "ref/proxy/internal.h"

#define METHOD(name)                                                                                                   \
    static struct value *name(struct ctx *ctx, struct value *self, struct value *const *argv, size_t argc,             \
                              struct value *kwds)
#define UNUSED (void)argv, (void)argc, (void)kwds

/* A parameter whose default is None. New. */
static struct value *or_none(struct value *given)
{
    return value_ref(given ? given : &value_none);
}

/* An in-place operator: the result that came back is thrown away, the proxy is the result. */
static struct value *in_place_take(struct value *self, struct value *result)
{
    value_release(result);
    return result ? value_ref(self) : NULL;
}

/* time.monotonic() */
static struct value *now_new(struct ctx *ctx)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return float_new(ctx, (double)now.tv_sec + 1e-9 * (double)now.tv_nsec);
}

/* ---- BaseProxy */

METHOD(base_callmethod)
{
    (void)argc, (void)kwds;
    return proxy_callmethod(ctx, self, argv[0], argv[1], argv[2]);
}

METHOD(base_getvalue)
{
    UNUSED;
    return proxy_request_take(ctx, self, "#GETVALUE", 0);
}

METHOD(base_str)
{
    UNUSED;
    return value_str(ctx, self);
}

METHOD(base_repr)
{
    UNUSED;
    return value_repr(ctx, self);
}

/* ---- ListProxy, DictProxy, SetProxy */

METHOD(list_iadd)
{
    UNUSED;
    return in_place_take(self, proxy_request_take(ctx, self, "extend", 1, value_ref(argv[0])));
}

METHOD(list_imul)
{
    UNUSED;
    return in_place_take(self, proxy_request_take(ctx, self, "__imul__", 1, value_ref(argv[0])));
}

METHOD(any_ior)
{
    UNUSED;
    return in_place_take(self, proxy_request_take(ctx, self, "__ior__", 1, value_ref(argv[0])));
}

METHOD(set_iand)
{
    UNUSED;
    return in_place_take(self, proxy_request_take(ctx, self, "__iand__", 1, value_ref(argv[0])));
}

METHOD(set_ixor)
{
    UNUSED;
    return in_place_take(self, proxy_request_take(ctx, self, "__ixor__", 1, value_ref(argv[0])));
}

METHOD(set_isub)
{
    UNUSED;
    return in_place_take(self, proxy_request_take(ctx, self, "__isub__", 1, value_ref(argv[0])));
}

/* ---- IteratorProxy: def send(self, *args) */

static struct value *send_positional(struct ctx *ctx, struct value *self, const char *method, struct value *const *argv,
                                     size_t argc, struct value *kwds)
{
    struct value *name = NULL, *args = NULL, *none = NULL, *key, *item, *result = NULL;
    size_t position = 0;

    if (kwds && dict_next_peek(kwds, &position, &key, &item))
        return raise_format(ctx, "TypeError", "%s%s() got an unexpected keyword argument '%s'",
                            compat_has(ctx->rt->compat, COMPAT_QUALIFIED_NAMES) ? "IteratorProxy." : "", method,
                            str_check(key) ? str_peek(key, NULL) : "");
    name = str_intern(ctx, method);
    args = tuple_new(ctx, argc);
    none = dict_new(ctx);
    for (size_t i = 0; args && i < argc; i++)
        tuple_set_take(args, i, value_ref(argv[i]));
    if (name && args && none)
        result = proxy_request(ctx, self, name, args, none);
    value_release(name);
    value_release(args);
    value_release(none);
    return result;
}

METHOD(iterator_iter)
{
    (void)ctx;
    UNUSED;
    return value_ref(self);
}

METHOD(iterator_next)
{
    return send_positional(ctx, self, "__next__", argv, argc, kwds);
}

METHOD(iterator_send)
{
    return send_positional(ctx, self, "send", argv, argc, kwds);
}

METHOD(iterator_throw)
{
    return send_positional(ctx, self, "throw", argv, argc, kwds);
}

METHOD(iterator_close)
{
    return send_positional(ctx, self, "close", argv, argc, kwds);
}

/* ---- GeneratorProxy of the fixtures: it takes nothing */

METHOD(generator_next)
{
    UNUSED;
    return proxy_request_take(ctx, self, "__next__", 0);
}

/* ---- AcquirerProxy, ConditionProxy */

METHOD(acquirer_acquire)
{
    struct value *blocking = value_ref(argv[0] ? argv[0] : &value_true);

    (void)argc, (void)kwds;
    if (!argv[1] || argv[1] == &value_none)
        return proxy_request_take(ctx, self, "acquire", 1, blocking);
    return proxy_request_take(ctx, self, "acquire", 2, blocking, value_ref(argv[1]));
}

METHOD(acquirer_release)
{
    UNUSED;
    return proxy_request_take(ctx, self, "release", 0);
}

METHOD(acquirer_enter)
{
    UNUSED;
    return proxy_request_take(ctx, self, "acquire", 0);
}

METHOD(acquirer_locked)
{
    UNUSED;
    return proxy_request_take(ctx, self, "locked", 0);
}

METHOD(any_wait)
{
    (void)argc, (void)kwds;
    return proxy_request_take(ctx, self, "wait", 1, or_none(argv[0]));
}

METHOD(condition_notify)
{
    (void)argc, (void)kwds;
    return proxy_request_take(ctx, self, "notify", 1, argv[0] ? value_ref(argv[0]) : int_new(ctx, 1));
}

METHOD(condition_notify_all)
{
    UNUSED;
    return proxy_request_take(ctx, self, "notify_all", 0);
}

/* What is left of a time that ends at end, as a float; NULL after raising. *over: nothing is. */
static struct value *time_left(struct ctx *ctx, struct value *end, bool *over)
{
    struct value *now = now_new(ctx), *zero = float_new(ctx, 0);
    struct value *left = now && zero ? value_binary(ctx, BINARY_SUB, end, now) : NULL;
    int answer = left ? value_compare(ctx, COMPARE_LE, left, zero) : -1;

    value_release(now);
    value_release(zero);
    *over = answer > 0;
    if (answer >= 0)
        return left;
    value_release(left);
    return NULL;
}

/* Condition.wait in the manager, for None or what is left until end. 1 if there was time for it, 0 if not, or -1. */
static int wait_until(struct ctx *ctx, struct value *self, struct value *end)
{
    bool over = false;
    struct value *left = end ? time_left(ctx, end, &over) : value_ref(&value_none), *result;

    if (!left || over) {
        value_release(left);
        return over ? 0 : -1;
    }
    result = proxy_request_take(ctx, self, "wait", 1, left);
    value_release(result);
    return result ? 1 : -1;
}

/* The loop of Condition.wait_for. The predicate runs in the client, so it is a function that C knows. */
METHOD(condition_wait_for)
{
    struct value *result = function_call(ctx, argv[0], tuple_empty, NULL), *now, *end = NULL;
    int truth = result ? value_truth(ctx, result) : -1, waited = 1;

    (void)argc, (void)kwds;
    if (!truth && argv[1] && argv[1] != &value_none) {
        now = now_new(ctx);
        end = now ? value_binary(ctx, BINARY_ADD, now, argv[1]) : NULL;
        value_release(now);
        waited = end ? 1 : -1;
    }
    while (!truth && waited > 0 && (waited = wait_until(ctx, self, end)) > 0) {
        value_release(result);
        result = function_call(ctx, argv[0], tuple_empty, NULL);
        truth = result ? value_truth(ctx, result) : -1;
    }
    value_release(end);
    if (truth >= 0 && waited >= 0)
        return result;
    value_release(result);
    return NULL;
}

/* ---- EventProxy, BarrierProxy */

METHOD(event_is_set)
{
    UNUSED;
    return proxy_request_take(ctx, self, "is_set", 0);
}

METHOD(event_set)
{
    UNUSED;
    return proxy_request_take(ctx, self, "set", 0);
}

METHOD(event_clear)
{
    UNUSED;
    return proxy_request_take(ctx, self, "clear", 0);
}

METHOD(barrier_abort)
{
    UNUSED;
    return proxy_request_take(ctx, self, "abort", 0);
}

METHOD(barrier_reset)
{
    UNUSED;
    return proxy_request_take(ctx, self, "reset", 0);
}

/* ---- ValueProxy, PoolProxy */

METHOD(value_get)
{
    UNUSED;
    return proxy_request_take(ctx, self, "get", 0);
}

METHOD(value_set)
{
    (void)argc, (void)kwds;
    return proxy_request_take(ctx, self, "set", 1, value_ref(argv[0]));
}

METHOD(pool_enter)
{
    (void)ctx;
    UNUSED;
    return value_ref(self);
}

METHOD(pool_exit)
{
    struct value *result = proxy_request_take(ctx, self, "terminate", 0);

    UNUSED;
    value_release(result);
    return result ? &value_none : NULL;
}

/* ---- tables */

#define PYTHON(name, min, max, parameters, function)                                                                   \
    {                                                                                                                  \
        name, CALL_PYTHON, min, max, 0, 0, parameters, function                                                        \
    }
#define SINCE(since, name, min, max, parameters, function)                                                             \
    {                                                                                                                  \
        name, CALL_PYTHON, min, max, since, 0, parameters, function                                                    \
    }
#define ANY(name, function)                                                                                            \
    {                                                                                                                  \
        name, CALL_ANY, 0, -1, 0, 0, NULL, function                                                                    \
    }
#define END                                                                                                            \
    {                                                                                                                  \
        NULL, CALL_ANY, 0, 0, 0, 0, NULL, NULL                                                                         \
    }

const struct method proxy_base_methods[] = {
    PYTHON("_callmethod", 1, 3, "methodname args kwds", base_callmethod),
    PYTHON("_getvalue", 0, 0, "", base_getvalue),
    PYTHON("__deepcopy__", 1, 1, "memo", base_getvalue),
    PYTHON("__repr__", 0, 0, "", base_repr),
    PYTHON("__str__", 0, 0, "", base_str),
    END,
};
const struct method proxy_list_methods[] = {
    PYTHON("__iadd__", 1, 1, "value", list_iadd),
    PYTHON("__imul__", 1, 1, "value", list_imul),
    END,
};
const struct method proxy_dict_methods[] = {
    SINCE(314, "__ior__", 1, 1, "value", any_ior),
    END,
};
const struct method proxy_set_methods[] = {
    PYTHON("__ior__", 1, 1, "value", any_ior),
    PYTHON("__iand__", 1, 1, "value", set_iand),
    PYTHON("__ixor__", 1, 1, "value", set_ixor),
    PYTHON("__isub__", 1, 1, "value", set_isub),
    END,
};
const struct method proxy_iterator_methods[] = {
    PYTHON("__iter__", 0, 0, "", iterator_iter),
    ANY("__next__", iterator_next),
    ANY("send", iterator_send),
    ANY("throw", iterator_throw),
    ANY("close", iterator_close),
    END,
};
const struct method proxy_generator_methods[] = {
    PYTHON("__iter__", 0, 0, "", iterator_iter),
    PYTHON("__next__", 0, 0, "", generator_next),
    END,
};
const struct method proxy_acquirer_methods[] = {
    PYTHON("acquire", 0, 2, "blocking timeout", acquirer_acquire),
    PYTHON("release", 0, 0, "", acquirer_release),
    SINCE(314, "locked", 0, 0, "", acquirer_locked),
    PYTHON("__enter__", 0, 0, "", acquirer_enter),
    PYTHON("__exit__", 3, 3, "exc_type exc_val exc_tb", acquirer_release),
    END,
};
const struct method proxy_condition_methods[] = {
    PYTHON("wait", 0, 1, "timeout", any_wait),
    PYTHON("notify", 0, 1, "n", condition_notify),
    PYTHON("notify_all", 0, 0, "", condition_notify_all),
    PYTHON("wait_for", 1, 2, "predicate timeout", condition_wait_for),
    END,
};
const struct method proxy_event_methods[] = {
    PYTHON("is_set", 0, 0, "", event_is_set),
    PYTHON("set", 0, 0, "", event_set),
    PYTHON("clear", 0, 0, "", event_clear),
    PYTHON("wait", 0, 1, "timeout", any_wait),
    END,
};
const struct method proxy_barrier_methods[] = {
    PYTHON("wait", 0, 1, "timeout", any_wait),
    PYTHON("abort", 0, 0, "", barrier_abort),
    PYTHON("reset", 0, 0, "", barrier_reset),
    END,
};
const struct method proxy_value_methods[] = {
    PYTHON("get", 0, 0, "", value_get),
    PYTHON("set", 1, 1, "value", value_set),
    END,
};
const struct method proxy_pool_methods[] = {
    PYTHON("__enter__", 0, 0, "", pool_enter),
    PYTHON("__exit__", 3, 3, "exc_type exc_val exc_tb", pool_exit),
    END,
};
