/* SPDX-License-Identifier: MIT */
/* Tasks, and what a worker does with one: the loop body of worker() in Lib/multiprocessing/pool.py.  Pickled both ways,
 * as between processes. */
#include "ref/base/limits.h"
#include "ref/base/mem.h"
#include "ref/manager/pool.h"
#include "ref/pickle/pickle.h"

/* ---- pickled */

static struct value *pack(struct ctx *ctx, struct value *v)
{
    struct value *packed = NULL;
    struct buf b;

    buf_init(&b, LIMIT_FRAME);
    if (!pickle_dump(ctx, v, 0, &b))
        packed = b.failed ? raise_memory(ctx) : bytes_new(ctx, b.data, b.used);
    buf_free(&b);
    return packed;
}

static struct value *unpack(struct ctx *ctx, const struct value *packed)
{
    struct pickle_reader reader = {nested_proxy, server_of(ctx)};
    size_t size;
    const unsigned char *data;

    if (!packed)
        return raise_memory(ctx);
    data = bytes_peek(packed, &size);
    return pickle_load(ctx, data, size, &reader);
}

struct task *task_new(struct result *job, size_t index, enum mapper mapper)
{
    struct task *t = mem_calloc(1, sizeof *t);

    if (!t)
        return NULL;
    value_ref(&job->head);
    t->job = job;
    t->index = index;
    t->mapper = mapper;
    return t;
}

int task_pack(struct ctx *ctx, struct task *t, struct value *what)
{
    t->packed = pack(ctx, what);
    return t->packed ? 0 : -1;
}

void task_free(struct task *t)
{
    if (!t)
        return;
    value_release(t->packed);
    if (t->job)
        value_release(&t->job->head);
    mem_free(t);
}

/* ---- lists */

void task_put(struct task_list *list, struct task *t)
{
    t->next = NULL;
    if (list->last)
        list->last->next = t;
    else
        list->first = t;
    list->last = t;
    list->length++;
}

struct task *task_take(struct task_list *list)
{
    struct task *t = list->first;

    if (!t)
        return NULL;
    list->first = t->next;
    if (!list->first)
        list->last = NULL;
    list->length--;
    t->next = NULL;
    return t;
}

void task_drop_all(struct task_list *list)
{
    struct task_list dropped = *list;

    *list = (struct task_list){0};
    while (dropped.first)
        task_free(task_take(&dropped));
}

/* ---- running */

/* func(x), or func(*x), where x is made a tuple first. */
static struct value *call_one(struct ctx *ctx, enum mapper mapper, struct value *func, struct value *x)
{
    struct value *args = mapper == MAPPER_STARMAP ? tuple_from(ctx, x) : tuple_pack_take(ctx, 1, value_ref(x));
    struct value *result = args ? callable_call(ctx, func, args, NULL) : NULL;

    value_release(args);
    return result;
}

/* list(map(func, batch)): a StopIteration of func ends the list. */
static struct value *map_batch(struct ctx *ctx, enum mapper mapper, struct value *func, struct value *batch)
{
    struct value *list = list_new(ctx);

    for (size_t i = 0; list && !ctx->raised && i < tuple_length(batch); i++)
        list_push_take(ctx, list, call_one(ctx, mapper, func, tuple_peek(batch, i)));
    if (!ctx->raised)
        return list;
    if (list && raised_is(ctx, "StopIteration")) {
        value_release(raised_fetch(ctx));
        return list;
    }
    value_release(list);
    return NULL;
}

static struct value *perform(struct ctx *ctx, enum mapper mapper, struct value *what)
{
    if (mapper == MAPPER_RAISE)
        return raise_take(ctx, value_ref(what));
    if (mapper == MAPPER_CALL)
        return callable_call(ctx, tuple_peek(what, 0), tuple_peek(what, 1), tuple_peek(what, 2));
    return map_batch(ctx, mapper, tuple_peek(what, 0), tuple_peek(what, 1));
}

/* MaybeEncodingError(why, result); an exception is not seen itself, but the object that carries it with its traceback.
 */
static struct value *encoding_error(struct ctx *ctx, struct value *why, struct value *result, bool success)
{
    const struct exception_class *class =
        exception_class_find("multiprocessing.pool", "MaybeEncodingError", ctx->rt->compat);
    struct value *carrier = success ? NULL : global_new(ctx, "multiprocessing.pool", "ExceptionWithTraceback");
    struct value *shown = success   ? value_ref(result)
                          : carrier ? opaque_new(ctx, OPAQUE_REDUCE, carrier, tuple_empty, NULL)
                                    : NULL;
    struct value *args = shown ? tuple_pack_take(ctx, 2, value_ref(why), shown) : NULL;
    struct value *error = args ? exception_new(ctx, class, args) : NULL;

    value_release(carrier);
    value_release(args);
    return error;
}

/* put((job, i, result)): what cannot be pickled is told by an exception instead. */
static void answer(struct ctx *ctx, struct task *t, struct value *result)
{
    struct value *why, *error;

    t->packed = result ? pack(ctx, result) : NULL;
    if (t->packed || !result)
        return;
    why = raised_fetch(ctx);
    error = encoding_error(ctx, why, result, t->success);
    t->success = false;
    t->packed = error ? pack(ctx, error) : NULL;
    value_release(why);
    value_release(error);
}

bool task_run(struct ctx *ctx, struct task *t)
{
    struct value *packed = t->packed, *what = unpack(ctx, packed), *result;
    bool alive = true;

    t->packed = NULL;
    value_release(packed);
    result = what ? perform(ctx, t->mapper, what) : NULL;
    t->success = result;
    if (!result) {
        alive = !connection_leaves(ctx);
        result = raised_fetch(ctx);
    }
    if (alive)
        answer(ctx, t, result);
    value_release(what);
    value_release(result);
    value_release(raised_fetch(ctx));
    return alive;
}

struct value *task_open(struct ctx *ctx, struct task *t)
{
    struct value *v = unpack(ctx, t->packed);

    if (v || t->packed)
        return v;
    t->success = false; /* there was no memory to say more */
    return raised_fetch(ctx);
}
