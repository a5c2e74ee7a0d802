/* SPDX-License-Identifier: MIT */
/* multiprocessing.pool.IMapIterator and IMapUnorderedIterator, and the generator that imap makes of one for chunks.
 * What arrives are the tasks themselves, so that nothing can fail for want of memory on the way. */
#include "ref/manager/generator.h"
#include "ref/manager/pool.h"
#include "ref/manager/python.h"
#include "ref/manager/types.h"

static struct result *imap_cast(struct value *v)
{
    return (struct result *)v;
}

/* ---- arriving */

/* Puts a task that came too early among its like, by index. */
static void put_later(struct task_list *list, struct task *t)
{
    struct task **link = &list->first;

    while (*link && (*link)->index < t->index)
        link = &(*link)->next;
    t->next = *link;
    *link = t;
    if (!t->next)
        list->last = t;
    list->length++;
}

static void check_end(struct result *r)
{
    if (r->index == r->total)
        result_done(r);
}

void imap_set_take(struct result *r, struct task *t, struct value *value)
{
    struct value *packed = t->packed;
    bool ordered = r->head.type == &imap_type;

    t->packed = value;
    value_release(packed);
    if (!r->link) { /* KeyError: nobody waits for it any more */
        task_free(t);
        return;
    }
    t->job = NULL; /* an iterator does not keep itself alive; the reference is ours until the end */
    if (ordered && t->index != r->index)
        put_later(&r->later, t);
    else {
        task_put(&r->items, t);
        r->index++;
        while (r->later.first && r->later.first->index == r->index) {
            task_put(&r->items, task_take(&r->later));
            r->index++;
        }
        wait_queue_wake(&r->waiting, 1);
    }
    check_end(r);
    value_release(&r->head);
}

void imap_set_length(struct result *r, size_t length)
{
    r->total = length;
    if (r->index != r->total)
        return;
    wait_queue_wake(&r->waiting, 1);
    check_end(r);
}

/* ---- taking */

/* The next one's value or exception: 1 if there was one, 0 if not. */
static int take_item(struct ctx *ctx, struct result *r, struct value **out)
{
    struct task *t = task_take(&r->items);

    if (!t)
        return 0;
    *out = value_ref(t->packed);
    if (!t->success) {
        raise_take(ctx, *out);
        *out = NULL;
    }
    task_free(t);
    return 1;
}

/* self._cond.wait(timeout): any wake-up is as good as another, and what it was for may be gone by then. */
static int wait(struct ctx *ctx, struct result *r, struct value *timeout)
{
    struct limit limit;

    if (limit_of_wait(ctx, timeout ? timeout : &value_none, &limit))
        return -1;
    return wait_queue_wait(ctx, &r->waiting, &limit) < 0 ? -1 : 0;
}

static struct value *next_item(struct ctx *ctx, struct result *r, struct value *timeout)
{
    struct value *item = NULL;

    if (take_item(ctx, r, &item))
        return item;
    if (r->index != r->total) {
        if (wait(ctx, r, timeout))
            return NULL;
        if (take_item(ctx, r, &item))
            return item;
    }
    if (r->index != r->total)
        return python_raise_class(ctx, "multiprocessing.context", "TimeoutError");
    if (!r->value)
        return raise_bare(ctx, "StopIteration");
    raise_take(ctx, r->value); /* memory ran out before the end */
    r->value = NULL;
    return NULL;
}

METHOD(imap_next)
{
    struct value *item;

    UNUSED;
    value_ref(self);
    item = next_item(ctx, imap_cast(self), argv[0]);
    value_release(self);
    return item;
}

/* __next__ is the same function: messages call it next. */
METHOD(imap_dunder_next)
{
    static const struct method next = {"next", CALL_PYTHON, 0, 1, 0, 0, "timeout", imap_next};
    struct value *args = python_rest(ctx, argv, argc, 0);
    struct value *item = args ? method_call(ctx, &next, "IMapIterator", self, args, kwds) : NULL;

    value_release(args);
    return item;
}

METHOD(imap_dunder_iter)
{
    UNUSED;
    return value_ref(self);
}

static struct value *imap_iter(struct ctx *ctx, struct value *v)
{
    (void)ctx;
    return value_ref(v);
}

static struct value *imap_type_next(struct ctx *ctx, struct value *v)
{
    struct value *item = next_item(ctx, imap_cast(v), NULL);

    if (!item && raised_is(ctx, "StopIteration"))
        value_release(raised_fetch(ctx));
    return item;
}

/* ---- in chunks: (item for chunk in result for item in chunk) */

/* The locals are [result, the iterator over the chunk at hand or None]. */
static struct value *chunks_body(struct ctx *ctx, struct generator *g, struct value *sent)
{
    struct value *locals = g->locals, *one = int_new(ctx, 1), *chunk, *it, *item = NULL;
    int failed;

    (void)sent;
    while (one) {
        it = list_peek(locals, 1);
        item = it != &value_none ? value_next(ctx, it) : NULL;
        if (item || ctx->raised)
            break;
        chunk = imap_type_next(ctx, list_peek(locals, 0));
        it = chunk ? value_iter(ctx, chunk) : NULL;
        failed = !it || value_set_item(ctx, locals, one, it);
        value_release(chunk);
        value_release(it);
        item = NULL;
        if (failed)
            break;
    }
    value_release(one);
    return item;
}

struct value *imap_chunks(struct ctx *ctx, struct result *r, const char *qualname)
{
    struct value *locals = list_new(ctx);

    if (!locals || list_push_take(ctx, locals, value_ref(&r->head)) || list_push_take(ctx, locals, &value_none)) {
        value_release(locals);
        return NULL;
    }
    return generator_new_take(ctx, qualname, chunks_body, locals);
}

/* ---- tables */

static const struct method imap_methods[] = {
    {"__iter__", CALL_PYTHON, 0, 0, 0, 0, "", imap_dunder_iter},
    {"next", CALL_PYTHON, 0, 1, 0, 0, "timeout", imap_next},
    {"__next__", CALL_ANY, 0, -1, 0, 0, NULL, imap_dunder_next},
    {0},
};

#define IMAP_SLOTS                                                                                                     \
    .module = "multiprocessing.pool", .size = sizeof(struct result), .destroy = result_destroy,                        \
    .hash_by_identity = true, .iter = imap_iter, .next = imap_type_next, .reduce = result_reduce

const struct type imap_type = {.name = "IMapIterator", .methods = imap_methods, IMAP_SLOTS};
const struct type imap_unordered_type = {.name = "IMapUnorderedIterator", .base = &imap_type, IMAP_SLOTS};
