/* SPDX-License-Identifier: MIT */
/* The client half of the public header: a runtime, a process and a manager in one object, with a context for each
 * thread that uses it. Takes the runtime's lock at every entrance and pays what dropped proxies owe at every exit. */
#include <stdarg.h>
#include <string.h>

#include "ref/base/buf.h"
#include "ref/base/mem.h"
#include "ref/mpref.h"
#include "ref/proxy/proxy.h"
#include "ref/public/pack.h"

struct session { /* a thread that uses the client */
    struct session *next;
    struct ctx ctx;
    struct buf class, text; /* of the last error, each ended by a NUL; empty if there was none */
};

struct mpref_client {
    struct runtime rt;
    pthread_key_t key; /* to struct session */
    struct session *sessions;
    struct process *process;
    struct client *client; /* NULL: not connected */
};

/* Stands for the session of a thread that there was no memory for. */
static struct session no_session;

/* ---- sessions */

static struct session *session_new(struct mpref_client *c)
{
    struct session *s = mem_calloc(1, sizeof *s);

    if (!s)
        return NULL;
    ctx_init(&s->ctx, &c->rt);
    buf_init(&s->class, SIZE_MAX);
    buf_init(&s->text, SIZE_MAX);
    if (pthread_setspecific(c->key, s)) {
        mem_free(s);
        return NULL;
    }
    s->next = c->sessions;
    c->sessions = s;
    return s;
}

/* Takes the lock; this thread's session, or NULL (and no lock) if out of memory. */
static struct session *enter(struct mpref_client *c)
{
    struct session *s = pthread_getspecific(c->key);

    runtime_lock(&c->rt);
    if (!s || s == &no_session)
        s = session_new(c);
    if (!s) {
        pthread_setspecific(c->key, &no_session);
        runtime_unlock(&c->rt);
        return NULL;
    }
    buf_free(&s->class);
    buf_free(&s->text);
    return s;
}

/* The class, with its module unless that is builtins. */
static void put_class(struct buf *b, const struct value *exception)
{
    const struct value *unknown = value_is(exception, &opaque_type) ? opaque_class_peek(exception) : NULL;
    const char *module, *name;

    if (unknown) {
        module = global_module(unknown);
        name = global_qualname(unknown);
    } else {
        module = exception_class_module(exception_class_of(exception));
        name = exception_class_name(exception_class_of(exception));
    }
    if (strcmp(module, "builtins") != 0) {
        buf_put_text(b, module);
        buf_put_byte(b, '.');
    }
    buf_put_text(b, name);
}

/* Keeps what is being raised as text. */
static void keep_error(struct session *s, struct value *exception)
{
    struct value *line = exception_line(&s->ctx, exception);
    size_t size, class;

    put_class(&s->class, exception);
    class = s->class.used;
    buf_put_byte(&s->class, 0);
    if (line) {
        const char *text = str_peek(line, &size);
        if (size > class + 2) /* "KeyError: 'x'" */
            buf_put(&s->text, text + class + 2, size - class - 2);
    }
    buf_put_byte(&s->text, 0);
    value_release(line);
    value_release(raised_fetch(&s->ctx));
}

static void leave(struct mpref_client *c, struct session *s)
{
    struct value *exception = raised_fetch(&s->ctx);

    if (exception)
        keep_error(s, exception);
    value_release(exception);
    process_settle(&s->ctx, c->process);
    runtime_unlock(&c->rt);
}

const char *mpref_error_class(struct mpref_client *c)
{
    const struct session *s = pthread_getspecific(c->key);

    if (s && (s == &no_session || s->class.failed))
        return "MemoryError";
    return s && s->class.data ? (const char *)s->class.data : "";
}

const char *mpref_error_text(struct mpref_client *c)
{
    const struct session *s = pthread_getspecific(c->key);
    return s && !s->text.failed && s->text.data ? (const char *)s->text.data : "";
}

/* ---- life */

struct mpref_client *mpref_client_new(void)
{
    struct mpref_client *c = mem_calloc(1, sizeof *c);

    if (!c)
        return NULL;
    if (runtime_init(&c->rt, COMPAT_NEWEST))
        goto no_runtime;
    if (pthread_key_create(&c->key, NULL))
        goto no_key;
    c->process = process_new(&c->rt);
    if (c->process)
        return c;
    pthread_key_delete(c->key);
no_key:
    runtime_free(&c->rt);
no_runtime:
    mem_free(c);
    return NULL;
}

void mpref_client_free(struct mpref_client *c)
{
    struct ctx ctx;

    if (!c)
        return;
    ctx_init(&ctx, &c->rt);
    runtime_lock(&c->rt);
    process_settle(&ctx, c->process);
    client_release(c->client);
    process_free(&ctx, c->process);
    while (c->sessions) {
        struct session *s = c->sessions;
        c->sessions = s->next;
        ctx_free(&s->ctx);
        buf_free(&s->class);
        buf_free(&s->text);
        mem_free(s);
    }
    ctx_free(&ctx);
    runtime_unlock(&c->rt);
    runtime_free(&c->rt);
    pthread_key_delete(c->key);
    mem_free(c);
}

static int connect_to(struct ctx *ctx, struct mpref_client *c, const char *text, const void *key, size_t key_size)
{
    struct client_options options = {.key = key, .key_size = key_size};
    struct address address;
    struct failure f;
    struct client *client;

    if (address_parse(&address, text, &f)) {
        raise_format(ctx, failure_class(f.code), "%s", f.text);
        return -1;
    }
    if (process_set_key(ctx, c->process, key, key_size))
        return -1;
    client = client_connect(ctx, c->process, &address, &options);
    if (!client)
        return -1;
    client_release(c->client);
    c->client = client;
    return 0;
}

int mpref_connect(struct mpref_client *c, const char *address, const void *key, size_t key_size)
{
    struct session *s = enter(c);
    int result = s ? connect_to(&s->ctx, c, address, key, key_size) : -1;

    if (s)
        leave(c, s);
    return result;
}

static struct client *connected(struct ctx *ctx, struct mpref_client *c)
{
    return c->client ? c->client : raise_format(ctx, "RuntimeError", "not connected: call mpref_connect first");
}

int mpref_register(struct mpref_client *c, const char *typeid)
{
    struct session *s = enter(c);
    struct client *client = s ? connected(&s->ctx, c) : NULL;
    int result = client ? client_register(&s->ctx, client, typeid, NULL) : -1;

    if (s)
        leave(c, s);
    return result;
}

/* ---- calls */

/* What to do with the arguments that were packed: target is a value, or NULL for create. */
static struct value *act(struct ctx *ctx, struct mpref_client *c, struct mpref_value *target, const char *name,
                         struct pack *p)
{
    struct value *args, *kwds, *result = NULL;
    struct client *client = connected(ctx, c);

    if (!client || pack_arguments(ctx, p, &args, &kwds))
        return NULL;
    if (target)
        result = proxy_method(ctx, (struct value *)target, name, args, kwds);
    else
        result = client_create(ctx, client, name, args, kwds, false);
    value_release(args);
    value_release(kwds);
    return result;
}

static struct value *enter_and_act(struct mpref_client *c, struct mpref_value *target, const char *name, struct pack *p)
{
    struct session *s = enter(c);
    struct value *result = s ? act(&s->ctx, c, target, name, p) : NULL;

    if (s)
        leave(c, s);
    return result;
}

struct mpref_value *mpref_create(struct mpref_client *c, const char *typeid, const char *format, ...)
{
    struct pack p = {.format = format, .next = format};

    va_start(p.args, format);
    struct value *proxy = enter_and_act(c, NULL, typeid, &p);
    va_end(p.args);
    return (struct mpref_value *)proxy;
}

struct mpref_value *mpref_call(struct mpref_client *c, struct mpref_value *target, const char *method,
                               const char *format, ...)
{
    struct pack p = {.format = format, .next = format};

    va_start(p.args, format);
    struct value *result = enter_and_act(c, target, method, &p);
    va_end(p.args);
    return (struct mpref_value *)result;
}

int mpref_do(struct mpref_client *c, struct mpref_value *target, const char *method, const char *format, ...)
{
    struct pack p = {.format = format, .next = format};
    struct session *s = enter(c);

    if (!s)
        return -1;
    va_start(p.args, format);
    struct value *result = act(&s->ctx, c, target, method, &p);
    va_end(p.args);
    value_release(result);
    leave(c, s);
    return result ? 0 : -1;
}

struct mpref_value *mpref_get(struct mpref_client *c, struct mpref_value *target, const char *name)
{
    struct session *s = enter(c);
    struct value *result = s ? proxy_get_attr(&s->ctx, (struct value *)target, name) : NULL;

    if (s)
        leave(c, s);
    return (struct mpref_value *)result;
}

int mpref_set(struct mpref_client *c, struct mpref_value *target, const char *name, const char *format, ...)
{
    struct pack p = {.format = format, .next = format};
    struct session *s = enter(c);
    int result = -1;

    if (!s)
        return -1;
    va_start(p.args, format);
    struct value *item = pack_value(&s->ctx, &p);
    va_end(p.args);
    if (item)
        result = proxy_set_attr(&s->ctx, (struct value *)target, name, item);
    value_release(item);
    leave(c, s);
    return result;
}

struct mpref_value *mpref_build(struct mpref_client *c, const char *format, ...)
{
    struct pack p = {.format = format, .next = format};
    struct session *s = enter(c);

    if (!s)
        return NULL;
    va_start(p.args, format);
    struct value *v = pack_value(&s->ctx, &p);
    va_end(p.args);
    leave(c, s);
    return (struct mpref_value *)v;
}

/* ---- text */

static char *to_text(struct mpref_client *c, struct mpref_value *v,
                     struct value *(*convert)(struct ctx *, struct value *))
{
    struct session *s = enter(c);
    struct value *text = s ? convert(&s->ctx, (struct value *)v) : NULL;
    char *copy = text ? mem_strdup(str_peek(text, NULL)) : NULL;

    if (!s)
        return NULL;
    if (text && !copy)
        raise_memory(&s->ctx);
    value_release(text);
    leave(c, s);
    return copy;
}

char *mpref_to_text(struct mpref_client *c, struct mpref_value *v)
{
    return to_text(c, v, value_str);
}

char *mpref_to_repr(struct mpref_client *c, struct mpref_value *v)
{
    return to_text(c, v, value_repr);
}

void mpref_free(void *text)
{
    mem_free(text);
}

void mpref_drop(struct mpref_client *c, struct mpref_value *v)
{
    struct ctx ctx;

    runtime_lock(&c->rt);
    ctx_init(&ctx, &c->rt);
    value_release((struct value *)v);
    process_settle(&ctx, c->process);
    ctx_free(&ctx);
    runtime_unlock(&c->rt);
}
