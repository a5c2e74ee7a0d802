/* SPDX-License-Identifier: MIT */
/* A living proxy: made by create, by a #PROXY reply or by unpickling, each with an incref; called through its thread's
 * stream; at its end queued for a decref.  Mirrors BaseProxy and RebuildProxy in Lib/multiprocessing/managers.py. Knows
 * nothing of proxy classes. */
#include <ctype.h>
#include <stdarg.h>
#include <string.h>

#include "ref/base/mem.h"
#include "ref/proxy/internal.h"

bool proxy_check(const struct value *v)
{
    return v->type == &proxyref_type && ((const struct proxyref *)v)->surface == &proxy_surface;
}

struct proxy *proxy_of(const struct value *v)
{
    return ((const struct proxyref *)v)->owner;
}

const char *proxy_typeid(const struct value *v)
{
    const struct value *typeid = ((const struct proxyref *)v)->typeid;
    return str_check(typeid) ? str_peek(typeid, NULL) : "";
}

struct value *proxy_exposed_peek(const struct value *v)
{
    return proxy_of(v)->exposed;
}

const char *proxy_type_name(const struct value *v)
{
    return value_type_name(v);
}

/* ---- the end of a proxy */

static void proxy_free(struct proxy *p)
{
    client_release(p->manager);
    process_peer_release(p->peer);
    value_release(p->id);
    value_release(p->mark);
    value_release(p->names);
    value_release(p->exposed);
    value_release(p->attributes);
    mem_free(p->key);
    mem_free(p);
}

/* The value goes: what it owes the manager is paid later, since here nobody may wait. */
static void proxy_died(struct proxyref *ref)
{
    struct proxy *p = ref->owner;

    p->ref = NULL;
    if (!p->counted) {
        proxy_free(p);
        return;
    }
    p->next = NULL;
    *p->process->dead_end = p;
    p->process->dead_end = &p->next;
}

/* set.discard */
static void discard(struct ctx *ctx, struct value *living, struct value *mark)
{
    if (dict_get_peek(ctx, living, mark))
        dict_delete(ctx, living, mark);
}

static void forget_raised(struct ctx *ctx)
{
    value_release(raised_fetch(ctx));
}

void proxy_bury(struct ctx *ctx, struct proxy *p)
{
    discard(ctx, p->peer->living, p->mark);
    forget_raised(ctx);
    value_release(message_one_shot_take(ctx, &p->endpoint, "decref", NULL, tuple_pack_take(ctx, 1, value_ref(p->id))));
    forget_raised(ctx);
    if (!dict_length(p->peer->living))
        process_close_stream(p->process, p->peer);
    proxy_free(p);
}

/* ---- its beginning */

/* What the serial number, or the identifier, stands for in peer->living. */
static struct value *make_mark(struct ctx *ctx, struct proxy *p)
{
    return !compat_has(ctx->rt->compat, COMPAT_PROXY_SERIALS) ? value_ref(p->id) : int_new(ctx, ++p->process->serial);
}

static int incref(struct ctx *ctx, struct proxy *p)
{
    struct value *result =
        message_one_shot_take(ctx, &p->endpoint, "incref", NULL, tuple_pack_take(ctx, 1, value_ref(p->id)));

    if (!result)
        return -1;
    value_release(result);
    p->counted = true;
    return dict_set(ctx, p->peer->living, p->mark, &value_none);
}

static int set_endpoint(struct ctx *ctx, struct proxy *p, struct value *address, const struct auth_key *key,
                        const struct serializer *serializer)
{
    if (address_from_value(ctx, address, &p->endpoint.address))
        return -1;
    p->key = mem_dup(key->data, key->size);
    if (!p->key) {
        raise_memory(ctx);
        return -1;
    }
    p->endpoint.key = (struct auth_key){p->key, key->size, ctx->rt->compat};
    p->endpoint.serializer = serializer;
    p->endpoint.reader = process_reader(p->process);
    return 0;
}

/* Hangs a proxy on its value, without a reference yet. The value's end ends it from here on. NULL after raising. */
static struct proxy *attach(struct ctx *ctx, struct proxyref *ref, struct process *process)
{
    struct proxy *p = mem_calloc(1, sizeof *p);

    if (!p)
        return raise_memory(ctx);
    p->ref = ref;
    p->process = process;
    p->class = &proxy_class_base;
    p->id = value_ref(ref->id);
    ref->owner = p;
    ref->on_destroy = proxy_died;
    ref->surface = &proxy_surface;
    return p;
}

/* Everything up to the incref. 0, or -1 after raising. */
static int prepare(struct ctx *ctx, struct proxy *p, const struct auth_key *key, const struct serializer *serializer)
{
    const char *class = global_qualname(p->ref->function);
    const struct proxy_class *known = proxy_class_find(class, ctx->rt->compat);

    if (known && !strcmp(global_module(p->ref->function), proxy_class_module(known)))
        p->class = known;
    if (set_endpoint(ctx, p, p->ref->address, key, serializer))
        return -1;
    p->peer = process_peer(ctx, p->process, &p->endpoint.address);
    p->mark = p->peer ? make_mark(ctx, p) : NULL;
    return p->mark ? 0 : -1;
}

/* ---- AutoProxy's names */

static bool is_identifier(const char *s, size_t size)
{
    static const char keywords[] =
        " False None True and as assert async await break class continue def del elif else except "
        "finally for from global if import in is lambda nonlocal not or pass raise return try while "
        "with yield ";
    char padded[16];

    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)s[i];
        if (c < 128 && c != '_' && !isalpha(c) && !(i && isdigit(c)))
            return false;
    }
    if (!size || size > sizeof padded - 3)
        return size;
    padded[0] = ' ';
    memcpy(padded + 1, s, size);
    memcpy(padded + 1 + size, " ", 2);
    return !strstr(keywords, padded);
}

/* tuple(exposed), where each name can be defined as a method; NULL after raising. */
static struct value *make_names(struct ctx *ctx, struct value *exposed)
{
    struct value *names = tuple_from(ctx, exposed);

    for (size_t i = 0; names && i < tuple_length(names); i++) {
        const struct value *name = tuple_peek(names, i);
        size_t size = 0;
        const char *text = str_check(name) ? str_peek(name, &size) : "";
        if (is_identifier(text, size))
            continue;
        value_release(names);
        return raise_format(ctx, "SyntaxError", "invalid syntax");
    }
    return names;
}

/* {} or {'exposed': names} */
static struct value *make_kwds(struct ctx *ctx, struct value *names)
{
    struct value *kwds = dict_new(ctx);

    if (!kwds || !names || !dict_set_text_take(ctx, kwds, "exposed", value_ref(names)))
        return kwds;
    value_release(kwds);
    return NULL;
}

/* ---- made here */

static struct proxyref *make_ref(struct ctx *ctx, const struct proxy_plan *plan, struct value *names)
{
    const char *class_name = plan->class_name ? plan->class_name : "AutoProxy";
    const struct proxy_class *class = proxy_class_find(class_name, ctx->rt->compat);
    struct value *function = global_new(ctx, class ? proxy_class_module(class) : MANAGERS, class_name);
    struct value *serializer = function ? str_intern(ctx, plan->serializer->name) : NULL;
    struct value *kwds = serializer ? make_kwds(ctx, names) : NULL;
    struct proxyref *ref = NULL;

    if (kwds)
        ref = proxyref_new(ctx, function, plan->typeid, plan->address, plan->id, serializer, kwds);
    value_release(function);
    value_release(serializer);
    value_release(kwds);
    return ref;
}

struct value *proxy_make(struct ctx *ctx, const struct proxy_plan *plan)
{
    struct value *names = NULL;
    struct proxyref *ref;
    struct proxy *p;

    if (!plan->class_name && !(names = make_names(ctx, plan->exposed)))
        return NULL;
    ref = make_ref(ctx, plan, names);
    p = ref ? attach(ctx, ref, plan->process) : NULL;
    if (!p) {
        value_release(names);
        value_release(ref ? &ref->head : NULL);
        return NULL;
    }
    p->names = names;
    p->exposed = value_ref(plan->exposed);
    p->manager = plan->manager ? client_ref(plan->manager) : NULL;
    if (prepare(ctx, p, &plan->key, plan->serializer) || incref(ctx, p)) {
        value_release(&ref->head);
        return NULL;
    }
    return &ref->head;
}

/* ---- unpickled */

/* What an AutoProxy asks the server if its names did not travel with it; without a key of its own it makes no handshake
 * and fails, as CPython's. */
static struct value *ask_names(struct ctx *ctx, struct proxy *p, bool has_key)
{
    struct endpoint e = p->endpoint;
    struct value *token = token_new(ctx, p->ref->typeid, p->ref->address, p->ref->id);

    e.keyless = !has_key;
    return message_one_shot_take(ctx, &e, "get_methods", NULL, tuple_pack_take(ctx, 1, token));
}

/* The names of an unpickled AutoProxy, and the kwds with which it would be pickled again. 0, or -1 after raising. */
static int take_names(struct ctx *ctx, struct proxy *p, struct value *exposed, bool has_key)
{
    struct value *kwds, *asked = NULL;

    if (p->class == &proxy_class_auto) {
        if (!exposed || exposed == &value_none)
            exposed = asked = ask_names(ctx, p, has_key);
        p->names = exposed ? make_names(ctx, exposed) : NULL;
        value_release(asked);
        if (!p->names)
            return -1;
    }
    kwds = make_kwds(ctx, p->names);
    if (!kwds)
        return -1;
    value_release(p->ref->kwds);
    p->ref->kwds = kwds;
    return 0;
}

static const struct serializer *find_serializer(struct ctx *ctx, struct value *name)
{
    const struct serializer *s = str_check(name) ? serializer_find(str_peek(name, NULL)) : NULL;
    return s ? s : raise_value(ctx, "KeyError", name);
}

/* The keywords that a proxy class takes, or TypeError. 0, or -1 after raising. */
static int check_kwds(struct ctx *ctx, const struct proxyref *ref)
{
    static const char *const known[] = {"incref", "authkey", "exposed", "manager", "manager_owned"};
    const char *callee = global_is(ref->function, MANAGERS, "AutoProxy")       ? "AutoProxy"
                         : compat_has(ctx->rt->compat, COMPAT_QUALIFIED_NAMES) ? "BaseProxy.__init__"
                                                                               : "__init__";
    struct value *key, *item;
    size_t position = 0, n = sizeof known / sizeof known[0];

    while (dict_next_peek(ref->kwds, &position, &key, &item)) {
        size_t i = 0;
        while (i < n && !str_equals(key, known[i]))
            i++;
        if (i < n)
            continue;
        raise_format(ctx, "TypeError", "%s() got an unexpected keyword argument '%s'", callee,
                     str_check(key) ? str_peek(key, NULL) : "");
        return -1;
    }
    return 0;
}

int proxy_rebuild(struct ctx *ctx, struct proxyref *ref, void *process)
{
    struct process *owner = process;
    struct value *given = dict_get_text_peek(ctx, ref->kwds, "authkey");
    struct value *wanted = dict_get_text_peek(ctx, ref->kwds, "incref");
    struct value *exposed = dict_get_text_peek(ctx, ref->kwds, "exposed");
    const struct serializer *serializer = find_serializer(ctx, ref->serializer);
    struct auth_key key = {owner->key, owner->key_size, ctx->rt->compat};
    int counts = wanted ? value_truth(ctx, wanted) : 1;
    struct proxy *p;

    if (!serializer || counts < 0 || check_kwds(ctx, ref))
        return -1;
    if (given && value_is(given, &bytes_type))
        key.data = bytes_peek(given, &key.size);
    exposed = exposed ? value_ref(exposed) : NULL;
    p = attach(ctx, ref, owner);
    int result = !p || prepare(ctx, p, &key, serializer) || take_names(ctx, p, exposed, given) ? -1 : 0;
    value_release(exposed);
    return result || !counts ? result : incref(ctx, p);
}

/* ---- calls */

/* CPython's `proxytype = self._manager._registry[token.typeid][-1]`; false after raising. */
static bool find_class(struct ctx *ctx, const struct proxy *p, const struct token *token, const char **class_name)
{
    if (str_check(token->typeid) && client_registry(p->manager, str_peek(token->typeid, NULL), class_name))
        return true;
    raise_value(ctx, "KeyError", token->typeid);
    return false;
}

/* One reference less than the proxy has now: the one that create or the method's reply left. 0, or -1 after raising. */
static int give_back(struct ctx *ctx, const struct endpoint *e, struct value *id)
{
    struct value *result = message_one_shot_take(ctx, e, "decref", NULL, tuple_pack_take(ctx, 1, value_ref(id)));

    value_release(result);
    return result ? 0 : -1;
}

/* The proxy that a #PROXY reply announces: its token counts, but for the address, which is ours. */
static struct value *announced(struct ctx *ctx, const struct proxy *p, struct value *exposed, const struct token *token)
{
    struct proxy_plan plan = {.process = p->process,
                              .manager = p->manager,
                              .typeid = token->typeid,
                              .address = p->ref->address,
                              .id = token->id,
                              .exposed = exposed,
                              .key = p->endpoint.key,
                              .serializer = p->endpoint.serializer};
    struct value *made;

    if (!find_class(ctx, p, token, &plan.class_name))
        return NULL;
    made = proxy_make(ctx, &plan);
    if (made && give_back(ctx, &p->endpoint, token->id)) {
        value_release(made);
        made = NULL;
    }
    return made;
}

static struct value *open_announcement(struct ctx *ctx, const struct proxy *p, struct value *result)
{
    struct value *parts[2], *made = NULL;
    struct token token;

    if (message_unpack(ctx, result, parts, 2))
        return NULL;
    if (!p->manager)
        raise_no_attribute(ctx, &value_none, "_registry");
    else if (!token_peek(parts[1], &token))
        raise_no_attribute(ctx, parts[1], "typeid");
    else
        made = announced(ctx, p, parts[0], &token);
    value_release(parts[0]);
    value_release(parts[1]);
    return made;
}

/* An exception of the fixture module whose constructor takes more than its args hold cannot be rebuilt where that
 * module is at hand. False after raising what Python raises while it unpickles the reply. */
static bool can_rebuild(struct ctx *ctx, const struct proxy *p, const struct value *reply)
{
    const struct value *error = p->process->fixtures && value_is(reply, &tuple_type) ? tuple_peek(reply, 1) : NULL;
    const struct value *class = error && value_is(error, &opaque_type) ? opaque_class_peek(error) : NULL;

    if (!class || !global_is(class, "fixtures", "Picky") || tuple_length(opaque_args_peek(error)) != 1)
        return true;
    raise_format(ctx, "TypeError", "%s__init__() missing 1 required positional argument: 'second'",
                 compat_has(ctx->rt->compat, COMPAT_QUALIFIED_NAMES) ? "Picky." : "");
    return false;
}

/* Sends the request on this thread's stream; the reply, or NULL after raising. */
static struct value *exchange(struct ctx *ctx, const struct proxy *p, struct value *method, struct value *args,
                              struct value *kwds)
{
    struct stream *s = process_stream(ctx, p->process, p);
    struct value *request = s ? request_new(ctx, p->id, method, args, kwds) : NULL;
    struct value *reply =
        request && !channel_send(ctx, &s->channel, request) ? channel_receive(ctx, &s->channel) : NULL;

    value_release(request);
    if (!reply || can_rebuild(ctx, p, reply))
        return reply;
    value_release(reply);
    return NULL;
}

struct value *proxy_request(struct ctx *ctx, struct value *v, struct value *method, struct value *args,
                            struct value *kwds)
{
    const struct proxy *p = proxy_of(v);
    struct value *reply, *result = NULL;

    ctx->lost = false;
    process_settle(ctx, p->process);
    value_ref(v); /* others may let go of it while we wait */
    reply = exchange(ctx, p, method, args, kwds);
    if (reply && reply_open(ctx, reply, true, &result) == REPLY_PROXY) {
        struct value *made = open_announcement(ctx, p, result);
        value_release(result);
        result = made;
    }
    value_release(reply);
    value_release(v);
    return result;
}

struct value *proxy_request_take(struct ctx *ctx, struct value *v, const char *method, size_t n, ...)
{
    va_list items;
    struct value *name = str_intern(ctx, method), *args, *kwds = dict_new(ctx), *result = NULL;

    va_start(items, n);
    args = tuple_pack_list_take(ctx, n, items);
    va_end(items);
    if (name && args && kwds)
        result = proxy_request(ctx, v, name, args, kwds);
    value_release(name);
    value_release(args);
    value_release(kwds);
    return result;
}

struct value *proxy_callmethod(struct ctx *ctx, struct value *v, struct value *method, struct value *args,
                               struct value *kwds)
{
    struct value *named, *result;

    ctx->lost = false;
    if (!proxy_check(v))
        return raise_no_attribute(ctx, v, "_callmethod");
    if (!method)
        return raise_format(ctx, "TypeError", "%s_callmethod() missing 1 required positional argument: 'methodname'",
                            compat_has(ctx->rt->compat, COMPAT_QUALIFIED_NAMES) ? "BaseProxy." : "");
    named = kwds ? value_ref(kwds) : dict_new(ctx);
    result = named ? proxy_request(ctx, v, method, args ? args : tuple_empty, named) : NULL;
    value_release(named);
    return result;
}
