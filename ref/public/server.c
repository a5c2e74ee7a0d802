/* SPDX-License-Identifier: MIT */
/* The server half of the public header: classes of C programs as types of the object model, a server with its runtime
 * as one object. */
#include <stdalign.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "ref/base/mem.h"
#include "ref/manager/server.h"
#include "ref/mpref.h"
#include "ref/public/pack.h"

struct mpref_invocation {
    struct ctx *ctx;
    struct value *const *argv;
    size_t argc;
};

/* A class as the layers below see it. */
struct served {
    struct type type; /* first: from an object's type to its class */
    struct typeid typeid;
    const struct mpref_class *class;
    struct method *rows; /* owned, as many as the class has methods */
    struct served *next;
};

/* A function as the layers below see it: one row of a library of its own. */
struct added {
    struct library library;
    struct method rows[2];
    const struct mpref_function *function;
    struct added *next;
};

struct object {
    struct value head;
    alignas(max_align_t) unsigned char memory[];
};

/* An object that has a name. */
struct share {
    const char *name, *typeid;
    struct share *next;
};

struct mpref_server {
    struct runtime rt;
    struct server server;
    struct served *classes;
    struct added *functions;
    struct share *shares;
    bool started;
    char address[ADDRESS_TEXT];
    struct failure failure;
};

/* ---- values across the border */

static struct mpref_value *outer(struct value *v)
{
    return (struct mpref_value *)v;
}

struct mpref_value *mpref_argument(struct mpref_invocation *in, size_t i)
{
    return i < in->argc ? outer(in->argv[i]) : NULL;
}

struct mpref_value *mpref_return(struct mpref_invocation *in, const char *format, ...)
{
    struct pack p = {.format = format, .next = format};
    struct value *v;

    va_start(p.args, format);
    v = pack_value(in->ctx, &p);
    va_end(p.args);
    return outer(v);
}

struct mpref_value *mpref_raise(struct mpref_invocation *in, const char *class, const char *text, ...)
{
    bool known = exception_class_find("builtins", class, in->ctx->rt->compat);
    char message[512];
    va_list args;

    va_start(args, text);
    vsnprintf(message, sizeof message, text, args);
    va_end(args);
    return raise_format(in->ctx, known ? class : "RuntimeError", "%s", message);
}

void mpref_wait_begin(struct mpref_invocation *in)
{
    runtime_unlock(in->ctx->rt);
}

void mpref_wait_end(struct mpref_invocation *in)
{
    runtime_lock(in->ctx->rt);
}

/* ---- objects */

static const struct served *class_of(const struct value *v)
{
    return (const struct served *)v->type;
}

static void object_destroy(struct value *v)
{
    const struct mpref_class *class = class_of(v)->class;

    if (class->destroy)
        class->destroy(((struct object *)v)->memory);
}

/* Every method of every class: which one is called the row tells. */
static struct value *object_method(struct ctx *ctx, struct value *self, struct value *const *argv, size_t argc,
                                   struct value *kwds)
{
    const struct served *served = class_of(self);
    const struct mpref_method *method = &served->class->methods[ctx->row - served->rows];
    struct mpref_invocation in = {ctx, argv, argc};
    struct value *result = (struct value *)method->call(&in, ((struct object *)self)->memory);

    (void)kwds;
    if (!result && !ctx->raised)
        return raise_format(ctx, "SystemError", "%s returned NULL without an exception", method->name);
    return result;
}

/* A method without arguments that must return a str. */
static struct value *text_method(struct ctx *ctx, struct value *self, const char *name)
{
    const struct method *row = type_find_method(self->type, name, ctx->rt->compat);
    struct value *text = method_call(ctx, row, self->type->name, self, tuple_empty, NULL);

    if (text && !str_check(text)) {
        raise_format(ctx, "TypeError", "%s returned non-string (type %s)", name, value_type_name(text));
        value_release(text);
        return NULL;
    }
    return text;
}

static struct value *object_repr(struct ctx *ctx, struct value *v)
{
    return text_method(ctx, v, "__repr__");
}

static struct value *object_str(struct ctx *ctx, struct value *v)
{
    return text_method(ctx, v, "__str__");
}

static struct value *object_construct(struct ctx *ctx, const struct typeid *t, struct value *args, struct value *kwds)
{
    const struct method *init = type_find_method(t->type, "__init__", ctx->rt->compat);
    struct value *v, *done;

    if (!init && (tuple_length(args) || (kwds && dict_length(kwds))))
        return raise_format(ctx, "TypeError", "%s() takes no arguments", t->name);
    v = value_new(ctx, t->type);
    if (!v || !init)
        return v;
    done = method_call(ctx, init, t->name, v, args, kwds);
    value_release(done);
    if (done)
        return v;
    value_release(v);
    return NULL;
}

/* ---- classes */

static short count_words(const char *text)
{
    short n = 0;

    for (const char *p = text; *p; p++)
        n = (short)(n + (*p != ' ' && (p == text || p[-1] == ' ')));
    return n;
}

static bool has_method(const struct mpref_class *class, const char *name)
{
    for (const struct mpref_method *m = class->methods; m->name; m++)
        if (!strcmp(m->name, name))
            return true;
    return false;
}

static void fill_rows(struct method *rows, const struct mpref_method *methods)
{
    for (size_t i = 0; methods[i].name; i++)
        rows[i] = (struct method){.name = methods[i].name,
                                  .style = CALL_PYTHON,
                                  .min = (short)methods[i].required,
                                  .max = count_words(methods[i].parameters),
                                  .parameters = methods[i].parameters,
                                  .call = object_method};
}

static struct served *served_new(const struct mpref_class *class)
{
    struct served *s = mem_calloc(1, sizeof *s);
    size_t count = 0;

    while (class->methods[count].name)
        count++;
    if (!s || !(s->rows = mem_calloc(count + 1, sizeof *s->rows))) {
        mem_free(s);
        return NULL;
    }
    fill_rows(s->rows, class->methods);
    s->class = class;
    s->type = (struct type){.name = class->name,
                            .module = "mpref",
                            .size = sizeof(struct object) + class->size,
                            .destroy = object_destroy,
                            .hash_by_identity = true,
                            .repr = has_method(class, "__repr__") ? object_repr : NULL,
                            .str = has_method(class, "__str__") ? object_str : NULL,
                            .methods = s->rows};
    s->typeid = (struct typeid){.name = class->name,
                                .construct = object_construct,
                                .type = &s->type,
                                .exposed = class->exposed,
                                .mapped = class->mapped};
    return s;
}

/* ---- functions */

/* Every function: which one is called the row tells. */
static struct value *added_call(struct ctx *ctx, struct value *self, struct value *const *argv, size_t argc,
                                struct value *kwds)
{
    const struct added *a = (const struct added *)((const char *)ctx->row - offsetof(struct added, rows));
    struct mpref_invocation in = {ctx, argv, argc};
    struct value *result = (struct value *)a->function->call(&in);

    (void)self, (void)kwds;
    if (!result && !ctx->raised)
        return raise_format(ctx, "SystemError", "%s returned NULL without an exception", a->function->name);
    return result;
}

int mpref_server_add_function(struct mpref_server *s, const struct mpref_function *function)
{
    struct added *a = s->started ? NULL : mem_calloc(1, sizeof *a);

    if (s->started)
        return failure_format(&s->failure, FAILURE_SYSTEM, "the server has started: add functions before");
    if (!a)
        return failure_set(&s->failure, FAILURE_MEMORY);
    a->function = function;
    a->rows[0] = (struct method){.name = function->name,
                                 .style = CALL_PYTHON,
                                 .min = (short)function->required,
                                 .max = count_words(function->parameters),
                                 .parameters = function->parameters,
                                 .call = added_call};
    a->library = (struct library){NULL, function->module, a->rows};
    a->next = s->functions;
    s->functions = a;
    function_register(&s->rt, &a->library);
    return 0;
}

/* ---- the server */

struct mpref_server *mpref_server_new(void)
{
    struct mpref_server *s = mem_calloc(1, sizeof *s);

    if (s && runtime_init(&s->rt, COMPAT_NEWEST)) {
        mem_free(s);
        s = NULL;
    }
    return s;
}

int mpref_server_add(struct mpref_server *s, const struct mpref_class *class)
{
    struct served *served = s->started ? NULL : served_new(class);

    if (s->started)
        return failure_format(&s->failure, FAILURE_SYSTEM, "the server has started: add classes before");
    if (!served)
        return failure_set(&s->failure, FAILURE_MEMORY);
    served->next = s->classes;
    s->classes = served;
    return 0;
}

int mpref_server_share(struct mpref_server *s, const char *name, const char *typeid)
{
    struct share *share = s->started ? NULL : mem_calloc(1, sizeof *share);

    if (s->started)
        return failure_format(&s->failure, FAILURE_SYSTEM, "the server has started: share objects before");
    if (!share)
        return failure_set(&s->failure, FAILURE_MEMORY);
    *share = (struct share){name, typeid, s->shares};
    s->shares = share;
    return 0;
}

static int start(struct mpref_server *s, const char *address, const void *key, size_t key_size)
{
    struct server_options options = {.key = key, .key_size = key_size};

    if (address_parse(&options.address, address, &s->failure) || server_init(&s->server, &s->rt, &options, &s->failure))
        return -1;
    s->started = true;
    for (struct served *served = s->classes; served; served = served->next)
        if (registry_add(&s->server.registry, &served->typeid))
            return failure_set(&s->failure, FAILURE_MEMORY);
    for (struct share *share = s->shares; share; share = share->next)
        if (server_add_shared(&s->server, share->name, share->typeid, &s->failure))
            return -1;
    address_format(&s->server.address, s->address);
    return server_start(&s->server, &s->failure);
}

int mpref_server_start(struct mpref_server *s, const char *address, const void *key, size_t key_size)
{
    if (s->started)
        return failure_format(&s->failure, FAILURE_SYSTEM, "the server has started already");
    if (!start(s, address, key, key_size))
        return 0;
    if (s->started)
        server_free(&s->server);
    s->started = false;
    return -1;
}

const char *mpref_server_address(const struct mpref_server *s)
{
    return s->address;
}

void mpref_server_run(struct mpref_server *s)
{
    if (s->started)
        server_wait(&s->server);
}

void mpref_server_stop(struct mpref_server *s)
{
    if (s->started)
        server_request_stop(&s->server);
}

const char *mpref_server_error(const struct mpref_server *s)
{
    return s->failure.text;
}

void mpref_server_free(struct mpref_server *s)
{
    if (!s)
        return;
    if (s->started)
        server_free(&s->server);
    runtime_free(&s->rt);
    while (s->functions) {
        struct added *a = s->functions;
        s->functions = a->next;
        mem_free(a);
    }
    while (s->classes) {
        struct served *served = s->classes;
        s->classes = served->next;
        mem_free(served->rows);
        mem_free(served);
    }
    while (s->shares) {
        struct share *share = s->shares;
        s->shares = share->next;
        mem_free(share);
    }
    mem_free(s);
}
