/* SPDX-License-Identifier: MIT */
/* A manager object that is connected: what SyncManager.connect() leaves behind.  Creates shared objects and asks the
 * server. Mirrors BaseManager.connect, _create, register and _registry in Lib/multiprocessing/managers.py. */
#include <string.h>

#include "ref/base/mem.h"
#include "ref/proxy/internal.h"

struct registration { /* what client_register added */
    struct registration *next;
    char *typeid, *class_name; /* owned; class_name NULL: AutoProxy */
};

struct registry_row {
    const char *typeid, *class_name; /* class_name NULL: AutoProxy */
    int since;                       /* 0: always there */
    bool no_method, fixture;
};

static const struct registry_row registry[40];

/* ---- the registry */

static const struct registry_row *find_row(const struct client *c, const char *typeid)
{
    for (const struct registry_row *r = registry; r->typeid; r++)
        if (!strcmp(r->typeid, typeid) && compat_within(c->process->rt->compat, r->since, 0) &&
            (c->fixtures || !r->fixture))
            return r;
    return NULL;
}

static const struct registration *find_registration(const struct client *c, const char *typeid)
{
    const struct registration *r = c->registered;

    while (r && strcmp(r->typeid, typeid) != 0)
        r = r->next;
    return r;
}

bool client_registry(const struct client *c, const char *typeid, const char **class_name)
{
    const struct registration *added = find_registration(c, typeid);
    const struct registry_row *row = added ? NULL : find_row(c, typeid);

    *class_name = added ? added->class_name : row ? row->class_name : NULL;
    return added || row;
}

bool client_has_type(const struct client *c, const char *typeid)
{
    const struct registry_row *row = find_row(c, typeid);
    return find_registration(c, typeid) || (row && !row->no_method);
}

static void registration_free(struct registration *r)
{
    mem_free(r->typeid);
    mem_free(r->class_name);
    mem_free(r);
}

int client_register(struct ctx *ctx, struct client *c, const char *typeid, const char *class_name)
{
    struct registration *r = mem_calloc(1, sizeof *r);

    if (!r) {
        raise_memory(ctx);
        return -1;
    }
    r->typeid = mem_strdup(typeid);
    r->class_name = class_name ? mem_strdup(class_name) : NULL;
    if (!r->typeid || (class_name && !r->class_name)) {
        registration_free(r);
        raise_memory(ctx);
        return -1;
    }
    r->next = c->registered;
    c->registered = r;
    return 0;
}

/* ---- life */

static void client_free(struct client *c)
{
    while (c->registered) {
        struct registration *r = c->registered;
        c->registered = r->next;
        registration_free(r);
    }
    value_release(c->address);
    mem_free(c->key);
    mem_free(c);
}

struct client *client_ref(struct client *c)
{
    c->refs++;
    return c;
}

void client_release(struct client *c)
{
    if (c && !--c->refs)
        client_free(c);
}

/* Fills in whom to talk to. 0, or -1 after raising. */
static int set_endpoint(struct ctx *ctx, struct client *c, const struct address *address,
                        const struct client_options *o)
{
    const char *name = o->serializer ? o->serializer : "pickle";
    const struct serializer *serializer = serializer_find(name);

    if (!serializer) {
        struct value *key = str_new_text(ctx, name);
        if (key)
            raise_value(ctx, "KeyError", key);
        value_release(key);
        return -1;
    }
    c->address = address_to_value(ctx, address);
    c->key = mem_dup(o->key, o->key_size);
    if (c->address && !c->key)
        raise_memory(ctx);
    c->endpoint = (struct endpoint){.address = *address,
                                    .key = {c->key, o->key_size, ctx->rt->compat},
                                    .serializer = serializer,
                                    .reader = process_reader(c->process)};
    return c->address && c->key ? 0 : -1;
}

struct client *client_new(struct ctx *ctx, struct process *p, const struct address *address,
                          const struct client_options *options)
{
    struct client *c = mem_calloc(1, sizeof *c);

    if (!c)
        return raise_memory(ctx);
    c->refs = 1;
    c->process = p;
    c->fixtures = options->fixtures;
    if (!set_endpoint(ctx, c, address, options))
        return c;
    client_free(c);
    return NULL;
}

struct client *client_connect(struct ctx *ctx, struct process *p, const struct address *address,
                              const struct client_options *options)
{
    struct client *c = client_new(ctx, p, address, options);
    struct value *done;

    ctx->lost = false;
    p->fixtures = options->fixtures;
    if (!c)
        return NULL;
    done = message_one_shot_take(ctx, &c->endpoint, "dummy", NULL, value_ref(tuple_empty));
    if (!done) {
        client_free(c);
        return NULL;
    }
    value_release(done);
    return c;
}

/* ---- create */

/* (typeid,) + args */
static struct value *create_args(struct ctx *ctx, struct value *typeid, struct value *args)
{
    size_t n = tuple_length(args);
    struct value *all = tuple_new(ctx, n + 1);

    if (!all)
        return NULL;
    tuple_set_take(all, 0, value_ref(typeid));
    for (size_t i = 0; i < n; i++)
        tuple_set_take(all, i + 1, value_ref(tuple_peek(args, i)));
    return all;
}

/* The proxy for what create answered: (id, exposed). */
static struct value *created(struct ctx *ctx, struct client *c, struct value *typeid, struct value *id,
                             struct value *exposed)
{
    struct proxy_plan plan = {.process = c->process,
                              .manager = c,
                              .typeid = typeid,
                              .address = c->address,
                              .id = id,
                              .exposed = exposed,
                              .key = c->endpoint.key,
                              .serializer = c->endpoint.serializer};
    struct value *proxy, *done;

    client_registry(c, str_peek(typeid, NULL), &plan.class_name);
    proxy = proxy_make(ctx, &plan);
    if (!proxy)
        return NULL;
    done = message_one_shot_take(ctx, &c->endpoint, "decref", NULL, tuple_pack_take(ctx, 1, value_ref(id)));
    value_release(done);
    if (done)
        return proxy;
    value_release(proxy);
    return NULL;
}

static struct value *create(struct ctx *ctx, struct client *c, struct value *typeid, struct value *args,
                            struct value *kwds)
{
    struct value *reply = message_one_shot_take(ctx, &c->endpoint, "create", kwds, create_args(ctx, typeid, args));
    struct value *parts[2], *proxy = NULL;

    if (reply && !message_unpack(ctx, reply, parts, 2)) {
        proxy = created(ctx, c, typeid, parts[0], parts[1]);
        value_release(parts[0]);
        value_release(parts[1]);
    }
    value_release(reply);
    return proxy;
}

struct value *client_create(struct ctx *ctx, struct client *c, const char *typeid, struct value *args,
                            struct value *kwds, bool raw)
{
    struct value *name, *proxy;

    ctx->lost = false;
    process_settle(ctx, c->process);
    if (!raw && !client_has_type(c, typeid))
        return proxy_raise_attribute(ctx, "SyncManager", typeid);
    name = str_new_text(ctx, typeid);
    proxy = name ? create(ctx, c, name, args, kwds) : NULL;
    value_release(name);
    return proxy;
}

/* ---- one-shots */

/* What stands for a proxy in the arguments of a server function. New. */
static struct value *stand_in(struct ctx *ctx, const char *function, struct value *v)
{
    const struct proxyref *ref = (const struct proxyref *)v;

    if (!value_is(v, &proxyref_type))
        return value_ref(v);
    if (!strcmp(function, "get_methods"))
        return token_new(ctx, ref->typeid, ref->address, ref->id);
    return value_ref(!strcmp(function, "incref") || !strcmp(function, "decref") ? ref->id : v);
}

struct value *client_server(struct ctx *ctx, struct client *c, const char *function, struct value *args,
                            struct value *kwds)
{
    size_t n = tuple_length(args);
    struct value *sent = tuple_new(ctx, n);

    ctx->lost = false;
    process_settle(ctx, c->process);
    for (size_t i = 0; sent && i < n; i++) {
        struct value *item = stand_in(ctx, function, tuple_peek(args, i));
        if (item) {
            tuple_set_take(sent, i, item);
            continue;
        }
        value_release(sent);
        sent = NULL;
    }
    return message_one_shot_take(ctx, &c->endpoint, function, kwds, sent);
}

/* ---- tables */

static const struct registry_row registry[40] = {
    {"Queue", NULL, 0, false, false},
    {"JoinableQueue", NULL, 0, false, false},
    {"Event", "EventProxy", 0, false, false},
    {"Lock", "AcquirerProxy", 0, false, false},
    {"RLock", "AcquirerProxy", 0, false, false},
    {"Semaphore", "AcquirerProxy", 0, false, false},
    {"BoundedSemaphore", "AcquirerProxy", 0, false, false},
    {"Condition", "ConditionProxy", 0, false, false},
    {"Barrier", "BarrierProxy", 0, false, false},
    {"Pool", "PoolProxy", 0, false, false},
    {"list", "ListProxy", 0, false, false},
    {"dict", "DictProxy", 0, false, false},
    {"set", "SetProxy", 314, false, false},
    {"Value", "ValueProxy", 0, false, false},
    {"Array", "ArrayProxy", 0, false, false},
    {"Namespace", "NamespaceProxy", 0, false, false},
    {"Iterator", "IteratorProxy", 0, true, false},
    {"AsyncResult", NULL, 0, true, false},
    /* the fixture types of SPEC.md */
    {"Echo", NULL, 0, false, true},
    {"Constructed", NULL, 0, false, true},
    {"Refusing", NULL, 0, false, true},
    {"Raiser", NULL, 0, false, true},
    {"Unpicklable", NULL, 0, false, true},
    {"Maker", NULL, 0, false, true},
    {"Echo2", NULL, 0, true, true},
    {"Shared", "ListProxy", 0, true, true},
    {"Wrapper", NULL, 0, false, true},
    {"Hidden", NULL, 0, false, true},
    {"Child", NULL, 0, false, true},
    {"Counter", NULL, 0, false, true},
    {"Printable", NULL, 0, false, true},
    {"Unprintable", NULL, 0, false, true},
    {"Singleton", "ListProxy", 0, false, true},
    {"Narrow", NULL, 0, false, true},
    {"Maths", NULL, 0, false, true},
    {"Foo1", NULL, 0, false, true},
    {"Foo2", NULL, 0, false, true},
    {"baz", "GeneratorProxy", 0, false, true},
    {"operator", NULL, 0, false, true},
    {NULL, NULL, 0, false, false},
};
