/* SPDX-License-Identifier: MIT */
/* multiprocessing.pool.Pool as a shared object: its methods check what CPython's check, in its order, and hand a job to
 * the crew. */
#include <math.h>
#include <unistd.h>

#include "ref/base/mem.h"
#include "ref/manager/pool.h"
#include "ref/manager/python.h"
#include "ref/manager/types.h"

enum state { RUN, CLOSE, TERMINATE };
static const char *const state_names[] = {"RUN", "CLOSE", "TERMINATE"};

struct pool {
    struct value head;
    struct crew *crew; /* owned */
    enum state state;
    int64_t size;
};

static const struct type pool_type;

static struct pool *pool_cast(struct value *v)
{
    return (struct pool *)v;
}

struct crew *pool_crew_peek(struct value *pool)
{
    return pool_cast(pool)->crew;
}

static void pool_destroy(struct value *v)
{
    struct crew *c = pool_cast(v)->crew;

    if (!c)
        return;
    crew_terminate(c);
    crew_release(c);
}

struct value *pool_reduce(struct ctx *ctx, struct value *v)
{
    (void)v;
    return raise_format(ctx, "NotImplementedError", "pool objects cannot be passed between processes or pickled");
}

static struct value *pool_repr(struct ctx *ctx, struct value *v)
{
    return str_printf(ctx, "<multiprocessing.pool.Pool state=%s pool_size=%lld>", state_names[pool_cast(v)->state],
                      (long long)pool_cast(v)->size);
}

/* ---- construction */

/* v op n: 1, 0, or -1 after raising. */
static int compare_with(struct ctx *ctx, enum compare_op op, struct value *v, int64_t n)
{
    struct value *number = int_new(ctx, n);
    int answer = number ? value_compare(ctx, op, v, number) : -1;

    value_release(number);
    return answer;
}

/* How many processes: as given, or as many as there are processors. */
static int read_size(struct ctx *ctx, struct value *v, int64_t *size)
{
    int less;

    *size = sysconf(_SC_NPROCESSORS_ONLN);
    if (!v || v == &value_none)
        return 0;
    less = compare_with(ctx, COMPARE_LT, v, 1);
    if (less > 0)
        raise_format(ctx, "ValueError", "Number of processes must be at least 1");
    if (less)
        return -1;
    if (int_check(v) && int_peek_i64(v, size))
        return 0;
    if (int_check(v))
        raise_format(ctx, "OverflowError", "Python int too large to convert to C ssize_t");
    else
        raise_format(ctx, "TypeError", "'%s' object cannot be interpreted as an integer", value_type_name(v));
    return -1;
}

/* Up to 3.9 it is the workers that refuse a wrong number, one after the other. */
static int read_tasks_per_child(struct ctx *ctx, struct value *v, struct crew_options *o)
{
    int64_t n;

    if (!v || v == &value_none)
        return 0;
    if (int_check(v) && int_peek_i64(v, &n) && n > 0)
        o->tasks_per_child = (size_t)n;
    else if (!compat_has(ctx->rt->compat, COMPAT_MAXTASKS_CHECKED))
        o->stillborn = true;
    else
        return raise_format(ctx, "ValueError", "maxtasksperchild must be a positive int or None"), -1;
    return 0;
}

static int read_initializer(struct ctx *ctx, struct value *initializer, struct value *initargs, struct crew_options *o)
{
    if (!initializer || initializer == &value_none)
        return 0;
    if (!callable_check(initializer))
        return raise_format(ctx, "TypeError", "initializer must be a callable"), -1;
    if (callable_refuse(ctx, initializer))
        return -1; /* workers would die of it for ever */
    o->initializer = initializer;
    o->initargs = initargs ? initargs : tuple_empty;
    return 0;
}

METHOD(pool_init)
{
    struct value *context = argv[4];
    struct crew_options o = {0};
    struct pool *p;
    int64_t size;

    UNUSED;
    if (context && context != &value_none)
        return raise_no_attribute(ctx, context, "SimpleQueue");
    if (read_size(ctx, argv[0], &size) || read_tasks_per_child(ctx, argv[3], &o) ||
        read_initializer(ctx, argv[1], argv[2], &o))
        return NULL;
    o.size = (size_t)size;
    p = pool_cast(value_new(ctx, &pool_type));
    if (!p)
        return NULL;
    p->size = size;
    p->crew = crew_new(ctx, &o);
    if (p->crew)
        return &p->head;
    value_release(&p->head);
    return NULL;
}

struct value *pool_construct(struct ctx *ctx, const struct typeid *t, struct value *args, struct value *kwds)
{
    static const struct method init = {
        "__init__", CALL_PYTHON, 0, 5, 0, 0, "processes initializer initargs maxtasksperchild context", pool_init};

    (void)t;
    return method_call(ctx, &init, "Pool", &value_none, args, kwds);
}

/* ---- jobs */

static int check_running(struct ctx *ctx, struct pool *p)
{
    if (p->state == RUN)
        return 0;
    raise_format(ctx, "ValueError", "Pool not running");
    return -1;
}

/* The same of a job with callbacks, which are NULL or two; one that cannot be called would end the thread that delivers
 * results. */
static int check_job(struct ctx *ctx, struct pool *p, struct value *const *callbacks)
{
    if (callbacks && (callable_refuse(ctx, callbacks[0]) || callable_refuse(ctx, callbacks[1])))
        return -1;
    return check_running(ctx, p);
}

/* callback=, error_callback=: what is false is none. */
static int keep_callbacks(struct ctx *ctx, struct result *r, struct value *const *callbacks)
{
    for (int i = 0; callbacks && i < 2; i++) {
        int wanted = callbacks[i] ? value_truth(ctx, callbacks[i]) : 0;
        if (wanted < 0)
            return -1;
        r->callbacks[i] = wanted ? value_ref(callbacks[i]) : NULL;
    }
    return 0;
}

/* Gives the crew a job for r, and returns r; both are consumed, and either may be NULL. */
static struct value *submit_take(struct pool *p, struct result *r, struct job *j)
{
    if (r && j) {
        crew_submit(p->crew, j);
        return &r->head;
    }
    if (r) {
        result_done(r);
        value_release(&r->head);
    }
    return NULL;
}

static struct value *apply_async(struct ctx *ctx, struct pool *p, struct value *const *argv,
                                 struct value *const *callbacks)
{
    struct result *r = check_job(ctx, p, callbacks) ? NULL : result_new(ctx, &apply_result_type, &p->head);
    struct value *kwds = r ? argv[2] ? value_ref(argv[2]) : dict_new(ctx) : NULL;
    struct job *j = NULL;

    if (kwds && !keep_callbacks(ctx, r, callbacks))
        j = job_new(ctx, r, MAPPER_CALL, argv[0], argv[1] ? argv[1] : tuple_empty);
    if (j)
        j->kwds = value_ref(kwds);
    value_release(kwds);
    return submit_take(p, r, j);
}

/* if not hasattr(iterable, '__len__'): iterable = list(iterable) */
static struct value *with_length(struct ctx *ctx, struct value *iterable)
{
    struct value *method;

    if (!value_is(iterable, &proxyref_type))
        return iterable->type->length ? value_ref(iterable) : list_from(ctx, iterable);
    method = proxy_get_attr(ctx, iterable, "__len__");
    if (!method && !raised_is(ctx, "AttributeError"))
        return NULL;
    value_release(method);
    value_release(raised_fetch(ctx));
    return method ? value_ref(iterable) : list_from(ctx, iterable);
}

/* How many elements make a task: as given, or so that each worker gets four tasks. */
static struct value *chunk_for(struct ctx *ctx, const struct pool *p, struct value *given, size_t length)
{
    size_t share = (size_t)p->size * 4;

    if (!length)
        return int_new(ctx, 0);
    if (given && given != &value_none)
        return value_ref(given);
    return int_new_unsigned(ctx, length / share + (length % share != 0));
}

/* MapResult.__init__: with a chunk size below 1 it is done at once, and holds as many times None. */
static int prepare_map(struct ctx *ctx, struct result *r, struct value *chunk, size_t length)
{
    int none = compare_with(ctx, COMPARE_LE, chunk, 0);
    size_t tasks;
    int64_t n;

    if (none < 0)
        return -1;
    if (none) {
        r->ready = true;
        result_done(r);
    } else if (int_peek_i64(chunk, &n)) {
        r->chunk = (size_t)n;
        tasks = length / r->chunk + (length % r->chunk != 0);
        r->left = (double)tasks;
    } else if (value_is(chunk, &float_type))
        r->left = floor((double)length / float_peek(chunk)) + (fmod((double)length, float_peek(chunk)) != 0);
    else
        r->left = 1;
    r->parts = length ? mem_calloc(length, sizeof *r->parts) : NULL;
    if (length && !r->parts)
        return raise_memory(ctx), -1;
    for (; r->length < length; r->length++)
        r->parts[r->length] = &value_none;
    return 0;
}

/* A chunk size that is no number is refused when the result is among those that are not done, where it stays. */
static struct value *map_async(struct ctx *ctx, struct pool *p, enum mapper mapper, struct value *const *argv,
                               struct value *const *callbacks)
{
    struct value *iterable = check_job(ctx, p, callbacks) ? NULL : with_length(ctx, argv[1]), *chunk = NULL,
                 *made = NULL;
    ssize_t length = iterable ? value_length(ctx, iterable) : -1;
    struct result *r = NULL;

    if (length >= 0)
        chunk = chunk_for(ctx, p, argv[2], (size_t)length);
    if (chunk)
        r = result_new(ctx, &map_result_type, &p->head);
    if (r && !keep_callbacks(ctx, r, callbacks) && !prepare_map(ctx, r, chunk, (size_t)length)) {
        struct job *j = job_new(ctx, r, mapper, argv[0], iterable);
        if (j)
            j->chunk = value_ref(chunk);
        made = submit_take(p, r, j);
    } else if (r) {
        if (raised_is(ctx, "MemoryError"))
            result_done(r);
        value_release(&r->head);
    }
    value_release(iterable);
    value_release(chunk);
    return made;
}

static struct value *imap(struct ctx *ctx, struct pool *p, const struct type *type, const char *qualname,
                          struct value *const *argv)
{
    struct value *chunk = argv[2], *result = NULL;
    int single = chunk ? compare_with(ctx, COMPARE_EQ, chunk, 1) : 1;
    int less = single ? 0 : compare_with(ctx, COMPARE_LT, chunk, 1);
    struct result *r;
    struct job *j;

    if (check_running(ctx, p) || single < 0 || less < 0)
        return NULL;
    if (less) {
        struct value *text = value_str(ctx, chunk);
        if (text)
            raise_format(ctx, "ValueError", "Chunksize must be 1+, not %s", str_peek(text, NULL));
        value_release(text);
        return NULL;
    }
    r = result_new(ctx, type, &p->head);
    j = r ? job_new(ctx, r, MAPPER_MAP, argv[0], argv[1]) : NULL;
    if (j) {
        j->chunk = single ? NULL : value_ref(chunk);
        j->counts = true;
    }
    result = submit_take(p, r, j);
    if (!result || single)
        return result;
    struct value *generator = imap_chunks(ctx, r, qualname);
    value_release(result);
    return generator;
}

/* What it waits for may never come, as when the pool is terminated meanwhile. */
static struct value *get_take(struct ctx *ctx, struct value *async)
{
    struct value *value = async ? result_get(ctx, (struct result *)async, NULL) : NULL;

    value_release(async);
    return value;
}

/* ---- methods */

METHOD(pool_apply)
{
    UNUSED;
    return get_take(ctx, apply_async(ctx, pool_cast(self), argv, NULL));
}

METHOD(pool_apply_async)
{
    UNUSED;
    return apply_async(ctx, pool_cast(self), argv, argv + 3);
}

METHOD(pool_map)
{
    UNUSED;
    return get_take(ctx, map_async(ctx, pool_cast(self), MAPPER_MAP, argv, NULL));
}

METHOD(pool_map_async)
{
    UNUSED;
    return map_async(ctx, pool_cast(self), MAPPER_MAP, argv, argv + 3);
}

METHOD(pool_starmap)
{
    UNUSED;
    return get_take(ctx, map_async(ctx, pool_cast(self), MAPPER_STARMAP, argv, NULL));
}

METHOD(pool_starmap_async)
{
    UNUSED;
    return map_async(ctx, pool_cast(self), MAPPER_STARMAP, argv, argv + 3);
}

METHOD(pool_imap)
{
    UNUSED;
    return imap(ctx, pool_cast(self), &imap_type, "Pool.imap.<locals>.<genexpr>", argv);
}

METHOD(pool_imap_unordered)
{
    UNUSED;
    return imap(ctx, pool_cast(self), &imap_unordered_type, "Pool.imap_unordered.<locals>.<genexpr>", argv);
}

METHOD(pool_close)
{
    struct pool *p = pool_cast(self);

    UNUSED;
    if (p->state == RUN) {
        p->state = CLOSE;
        crew_close(p->crew);
    }
    return &value_none;
}

/* Only the first one does anything; it fails if results that are awaited can no longer arrive. */
METHOD(pool_terminate)
{
    struct pool *p = pool_cast(self);
    bool first = !p->crew->terminated, cut_off = p->crew->deaf && p->crew->undone;

    UNUSED;
    p->state = TERMINATE;
    crew_terminate(p->crew);
    if (first && cut_off)
        return raise_format(ctx, "AssertionError", "Cannot have cache with result_han%ser not alive",
                            compat_has(ctx->rt->compat, COMPAT_HANDLER_WORDS) ? "dl" : "d");
    return first && crew_join(ctx, p->crew) ? NULL : &value_none;
}

METHOD(pool_join)
{
    struct pool *p = pool_cast(self);

    UNUSED;
    if (p->state == RUN)
        return raise_format(ctx, "ValueError", "Pool is still running");
    return crew_join(ctx, p->crew) ? NULL : &value_none;
}

/* ---- tables */

static const struct method pool_methods[] = {
    {"apply", CALL_PYTHON, 1, 3, 0, 0, "func args kwds", pool_apply},
    {"map", CALL_PYTHON, 2, 3, 0, 0, "func iterable chunksize", pool_map},
    {"starmap", CALL_PYTHON, 2, 3, 0, 0, "func iterable chunksize", pool_starmap},
    {"starmap_async", CALL_PYTHON, 2, 5, 0, 0, "func iterable chunksize callback error_callback", pool_starmap_async},
    {"imap", CALL_PYTHON, 2, 3, 0, 0, "func iterable chunksize", pool_imap},
    {"imap_unordered", CALL_PYTHON, 2, 3, 0, 0, "func iterable chunksize", pool_imap_unordered},
    {"apply_async", CALL_PYTHON, 1, 5, 0, 0, "func args kwds callback error_callback", pool_apply_async},
    {"map_async", CALL_PYTHON, 2, 5, 0, 0, "func iterable chunksize callback error_callback", pool_map_async},
    {"close", CALL_PYTHON, 0, 0, 0, 0, "", pool_close},
    {"terminate", CALL_PYTHON, 0, 0, 0, 0, "", pool_terminate},
    {"join", CALL_PYTHON, 0, 0, 0, 0, "", pool_join},
    {0},
};

static const struct type pool_type = {.name = "Pool",
                                      .module = "multiprocessing.pool",
                                      .size = sizeof(struct pool),
                                      .destroy = pool_destroy,
                                      .hash_by_identity = true,
                                      .repr = pool_repr,
                                      .reduce = pool_reduce,
                                      .methods = pool_methods};
