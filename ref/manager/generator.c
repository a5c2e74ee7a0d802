/* SPDX-License-Identifier: MIT */
/* The generator protocol: next, send, throw, close. */
#include "ref/manager/generator.h"

#include "ref/manager/python.h"

static const struct type generator_type;

static struct generator *generator_cast(struct value *v)
{
    return (struct generator *)v;
}

struct value *generator_new_take(struct ctx *ctx, const char *qualname, generator_body *body, struct value *locals)
{
    struct generator *g = locals ? generator_cast(value_new(ctx, &generator_type)) : NULL;

    if (!g) {
        value_release(locals);
        return NULL;
    }
    g->qualname = qualname;
    g->body = body;
    g->locals = locals;
    return &g->head;
}

static void finish(struct generator *g)
{
    struct value *locals = g->locals;

    g->body = NULL;
    g->locals = NULL;
    value_release(locals);
}

static void generator_destroy(struct value *v)
{
    finish(generator_cast(v));
}

static int generator_traverse(struct value *v, visit_fn *visit, void *arg)
{
    struct value *locals = generator_cast(v)->locals;

    return locals ? visit(locals, arg) : 0;
}

/* A StopIteration must not leave a body: it would look like its end. */
static void forbid_stop(struct ctx *ctx)
{
    if (raised_is(ctx, "StopIteration")) {
        value_release(raised_fetch(ctx));
        raise_format(ctx, "RuntimeError", "generator raised StopIteration");
    }
}

/* A body may give up the lock; then it is still running. */
static bool refuse_running(struct ctx *ctx, const struct generator *g)
{
    if (g->running)
        raise_format(ctx, "ValueError", "generator already executing");
    return g->running;
}

/* The next item; NULL at the end with nothing raised. */
static struct value *resume(struct ctx *ctx, struct generator *g, struct value *sent)
{
    struct value *item;

    if (!g->body)
        return NULL;
    if (!g->started && sent != &value_none)
        return raise_format(ctx, "TypeError", "can't send non-None value to a just-started generator");
    if (refuse_running(ctx, g))
        return NULL;
    g->started = g->running = true;
    item = g->body(ctx, g, sent);
    g->running = false;
    if (!item) {
        finish(g);
        forbid_stop(ctx);
    }
    return item;
}

static struct value *generator_iter(struct ctx *ctx, struct value *v)
{
    (void)ctx;
    return value_ref(v);
}

static struct value *generator_next(struct ctx *ctx, struct value *v)
{
    return resume(ctx, generator_cast(v), &value_none);
}

static struct value *generator_repr(struct ctx *ctx, struct value *v)
{
    return str_printf(ctx, "<generator object %s at %p>", generator_cast(v)->qualname, (void *)v);
}

static struct value *or_stop(struct ctx *ctx, struct value *item)
{
    return item || ctx->raised ? item : raise_bare(ctx, "StopIteration");
}

METHOD(dunder_iter)
{
    UNUSED;
    return value_ref(self);
}

METHOD(dunder_next)
{
    UNUSED;
    return or_stop(ctx, generator_next(ctx, self));
}

METHOD(generator_send)
{
    UNUSED;
    return or_stop(ctx, resume(ctx, generator_cast(self), argv[0]));
}

METHOD(generator_close)
{
    UNUSED;
    if (refuse_running(ctx, generator_cast(self)))
        return NULL;
    finish(generator_cast(self));
    return &value_none;
}

/* throw(class, value): the exception that class(value) makes. New, or NULL after raising. */
static struct value *from_class(struct ctx *ctx, struct value *class, struct value *value)
{
    const struct exception_class *known =
        exception_class_find(global_module(class), global_qualname(class), ctx->rt->compat);
    struct value *args, *exception;

    if (!known)
        return raise_format(ctx, "TypeError",
                            "exceptions must be classes or instances deriving from BaseException, not type");
    if (value && value->type == &exception_type && exception_class_is(exception_class_of(value), known))
        return value_ref(value);
    if (!value || value == &value_none)
        return exception_new(ctx, known, tuple_empty);
    if (value->type == &tuple_type)
        return exception_new(ctx, known, value);
    args = tuple_pack_take(ctx, 1, value_ref(value));
    exception = args ? exception_new(ctx, known, args) : NULL;
    value_release(args);
    return exception;
}

/* The exception that throw's arguments mean. */
static struct value *thrown(struct ctx *ctx, struct value *const *argv, size_t argc)
{
    struct value *value = argc > 1 ? argv[1] : NULL;

    if (argc > 2 && argv[2] != &value_none)
        return raise_format(ctx, "TypeError", "throw() third argument must be a traceback object");
    if (argv[0]->type == &global_type)
        return from_class(ctx, argv[0], value);
    if (argv[0]->type != &exception_type && argv[0]->type != &opaque_type)
        return raise_format(ctx, "TypeError",
                            "exceptions must be classes or instances deriving from BaseException, not %s",
                            value_type_name(argv[0]));
    if (value && value != &value_none)
        return raise_format(ctx, "TypeError", "instance exception may not have a separate value");
    return value_ref(argv[0]);
}

/* No body here catches anything: the exception comes out again, and that is the end. */
METHOD(generator_throw)
{
    struct generator *g = generator_cast(self);
    struct value *exception = thrown(ctx, argv, argc);
    bool inside = g->body && (g->started || !compat_has(ctx->rt->compat, COMPAT_THROW_BEFORE_START));

    (void)kwds;
    if (!exception || refuse_running(ctx, g)) {
        value_release(exception);
        return NULL;
    }
    finish(g);
    raise_take(ctx, exception);
    if (inside)
        forbid_stop(ctx);
    return NULL;
}

/* ---- tables */

static const struct method generator_methods[] = {
    {"__iter__", CALL_SLOT, 0, 0, 0, 0, NULL, dunder_iter},
    {"__next__", CALL_SLOT, 0, 0, 0, 0, NULL, dunder_next},
    {"send", CALL_ONE, 1, 1, 0, 0, NULL, generator_send},
    {"throw", CALL_POSITIONAL, 1, 3, 0, 0, NULL, generator_throw},
    {"close", CALL_NO_ARGS, 0, 0, 0, 0, NULL, generator_close},
    {0},
};

static const struct type generator_type = {
    .name = "generator",
    .module = "builtins",
    .size = sizeof(struct generator),
    .destroy = generator_destroy,
    .traverse = generator_traverse,
    .clear = generator_destroy,
    .hash_by_identity = true,
    .repr = generator_repr,
    .iter = generator_iter,
    .next = generator_next,
    .methods = generator_methods,
};
