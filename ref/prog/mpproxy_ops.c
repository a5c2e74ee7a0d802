/* SPDX-License-Identifier: MIT */
/* The operations of the adapter protocol: each decodes its operands, acts through the client library, and its result or
 * exception is described.  A malformed request is refused, never a verdict. */
#include "ref/prog/mpproxy.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "ref/value/collect.h"

/* A new result, or NULL: with the reason in a->error the request was malformed, otherwise the operation raised. */
typedef struct value *op_fn(struct adapter *a, const json_t *request);

static op_fn *find_op(const char *name);
static json_t *op_names(void);

void *adapter_refuse(struct adapter *a, const char *format, ...)
{
    va_list ap;
    if (a->error[0])
        return NULL;
    va_start(ap, format);
    vsnprintf(a->error, sizeof a->error, format, ap);
    va_end(ap);
    return NULL;
}

void *adapter_refuse_raised(struct adapter *a, const char *what)
{
    struct value *e = raised_fetch(&a->ctx), *line = e ? exception_line(&a->ctx, e) : NULL;
    adapter_refuse(a, "%s: %s", what, line ? str_peek(line, NULL) : "out of memory");
    value_release(line);
    value_release(e);
    value_release(raised_fetch(&a->ctx));
    return NULL;
}

/* ---- members of a request */

static json_t *member(struct adapter *a, const json_t *request, const char *name)
{
    json_t *found = json_object_get(request, name);
    return found ? found : adapter_refuse(a, "the request lacks '%s'", name);
}

static const char *text_member(struct adapter *a, const json_t *request, const char *name)
{
    const json_t *found = member(a, request, name);
    if (found && !json_is_string(found))
        return adapter_refuse(a, "'%s' is not a string", name);
    return found ? json_string_value(found) : NULL;
}

static struct value *operand_member(struct adapter *a, const json_t *request, const char *name)
{
    json_t *found = member(a, request, name);
    return found ? decode_operand(a, found) : NULL;
}

/* An optional array of operands as a tuple, new. */
static struct value *args_member(struct adapter *a, const json_t *request, const char *name)
{
    const json_t *found = json_object_get(request, name);
    struct value *args;
    if (found && !json_is_array(found))
        return adapter_refuse(a, "'%s' is not an array", name);
    args = tuple_new(&a->ctx, json_array_size(found));
    if (!args)
        return adapter_refuse_raised(a, name);
    for (size_t i = 0; i < json_array_size(found); i++) {
        struct value *item = decode_operand(a, json_array_get(found, i));
        if (!item) {
            value_release(args);
            return NULL;
        }
        tuple_set_take(args, i, item);
    }
    return args;
}

/* The optional array of [name, operand] as a dict, new. */
static struct value *kwds_member(struct adapter *a, const json_t *request)
{
    const json_t *found = json_object_get(request, "kwds");
    struct value *kwds = dict_new(&a->ctx);
    if (found && !json_is_array(found))
        adapter_refuse(a, "'kwds' is not an array");
    for (size_t i = 0; kwds && !a->error[0] && i < json_array_size(found); i++) {
        const json_t *pair = json_array_get(found, i), *name = json_array_get(pair, 0);
        struct value *item = NULL;
        if (json_array_size(pair) != 2 || !json_is_string(name))
            adapter_refuse(a, "'kwds' holds something else than [name, operand]");
        else
            item = decode_operand(a, json_array_get(pair, 1));
        if (item && dict_set_text_take(&a->ctx, kwds, json_string_value(name), item))
            adapter_refuse_raised(a, "kwds");
    }
    if (!kwds)
        return adapter_refuse_raised(a, "kwds");
    if (!a->error[0])
        return kwds;
    value_release(kwds);
    return NULL;
}

/* What most operations need: up to two operands, args and kwds; released together. */
struct operands {
    struct value *on, *value, *args, *kwds;
};

static void release(struct operands *o)
{
    value_release(o->on);
    value_release(o->value);
    value_release(o->args);
    value_release(o->kwds);
}

static struct value *none_if(bool good)
{
    return good ? value_ref(&value_none) : NULL;
}

/* ---- connecting */

void ops_forget(struct adapter *a)
{
    struct value *empty = dict_new(&a->ctx), *old = a->variables;
    if (empty)
        a->variables = empty;
    else
        value_release(raised_fetch(&a->ctx));
    if (empty)
        value_release(old);
    client_release(a->client);
    a->client = NULL;
    collect_run(&a->rt);
    process_settle(&a->ctx, a->process);
    process_reset(&a->ctx, a->process);
}

/* The manager that a request names. */
struct named {
    struct address address;
    struct client_options options; /* its key lies in bytes */
    struct buf bytes;
};

/* Reads it from the request; false after refusing. named must be freed by buf_free(&named->bytes) in both cases. */
static bool name_manager(struct adapter *a, const json_t *request, struct named *named)
{
    const char *text = text_member(a, request, "address");
    const json_t *serializer = json_object_get(request, "serializer"), *key = member(a, request, "authkey");
    struct failure f;
    buf_init(&named->bytes, (size_t)1 << 20);
    named->options = (struct client_options){.serializer = json_string_value(serializer),
                                             .fixtures = json_is_true(json_object_get(request, "fixtures"))};
    if (!text || !key || decode_hex(a, key, &named->bytes))
        return false;
    named->options.key = named->bytes.data ? named->bytes.data : (const unsigned char *)"";
    named->options.key_size = named->bytes.used;
    if (address_parse(&named->address, text, &f)) {
        adapter_refuse(a, "address %s: %s", text, f.text);
        return false;
    }
    return true;
}

static struct value *op_connect(struct adapter *a, const json_t *request)
{
    struct named named;
    struct client *client = NULL;
    if (name_manager(a, request, &named)) {
        ops_forget(a);
        if (!process_set_key(&a->ctx, a->process, named.options.key, named.options.key_size))
            client = client_connect(&a->ctx, a->process, &named.address, &named.options);
    }
    buf_free(&named.bytes);
    if (!client)
        return NULL;
    a->client = client;
    return value_ref(&value_none);
}

static bool connected(struct adapter *a)
{
    if (!a->client)
        adapter_refuse(a, "not connected");
    return a->client;
}

static struct value *op_reset(struct adapter *a, const json_t *request)
{
    (void)request;
    ops_forget(a);
    return value_ref(&value_none);
}

/* ---- one-shot calls */

static struct value *op_create(struct adapter *a, const json_t *request)
{
    const char *typeid = connected(a) ? text_member(a, request, "typeid") : NULL;
    struct operands o = {0};
    struct value *result = NULL;
    if (typeid && (o.args = args_member(a, request, "args")) && (o.kwds = kwds_member(a, request)))
        result =
            client_create(&a->ctx, a->client, typeid, o.args, o.kwds, json_is_true(json_object_get(request, "raw")));
    release(&o);
    return result;
}

/* The one-shot function of the request, asked of a manager. */
static struct value *ask(struct adapter *a, struct client *client, const json_t *request)
{
    const char *function = text_member(a, request, "function");
    struct operands o = {0};
    struct value *result = NULL;
    if (function && (o.args = args_member(a, request, "args")))
        result = client_server(&a->ctx, client, function, o.args, NULL);
    release(&o);
    return result;
}

static struct value *op_server(struct adapter *a, const json_t *request)
{
    struct named named;
    struct client *client;
    struct value *result = NULL;
    if (!json_object_get(request, "address"))
        return connected(a) ? ask(a, a->client, request) : NULL;
    if (name_manager(a, request, &named) &&
        (client = client_new(&a->ctx, a->process, &named.address, &named.options))) {
        result = ask(a, client, request);
        client_release(client);
    }
    buf_free(&named.bytes);
    return result;
}

static struct value *op_shutdown(struct adapter *a, const json_t *request)
{
    (void)request;
    return connected(a) ? client_server(&a->ctx, a->client, "shutdown", tuple_empty, NULL) : NULL;
}

/* ---- proxies */

/* An operand that may be absent (then *out is NULL): false if it is malformed. */
static bool optional_operand(struct adapter *a, const json_t *request, const char *name, struct value **out)
{
    json_t *found = json_object_get(request, name);
    if (found)
        *out = decode_operand(a, found);
    return !found || *out;
}

static struct value *op_callmethod(struct adapter *a, const json_t *request)
{
    struct operands o = {.on = operand_member(a, request, "on")};
    struct value *result = NULL;
    if (o.on && optional_operand(a, request, "method", &o.value) && optional_operand(a, request, "args", &o.args) &&
        optional_operand(a, request, "kwds", &o.kwds))
        result = proxy_callmethod(&a->ctx, o.on, o.value, o.args, o.kwds);
    release(&o);
    return result;
}

static struct value *op_method(struct adapter *a, const json_t *request)
{
    const char *name = text_member(a, request, "name");
    struct operands o = {0};
    struct value *result = NULL;
    if (name && (o.on = operand_member(a, request, "on")) && (o.args = args_member(a, request, "args")) &&
        (o.kwds = kwds_member(a, request)))
        result = proxy_method(&a->ctx, o.on, name, o.args, dict_length(o.kwds) ? o.kwds : NULL);
    release(&o);
    return result;
}

static struct value *op_getattr(struct adapter *a, const json_t *request)
{
    const char *name = text_member(a, request, "name");
    struct operands o = {.on = name ? operand_member(a, request, "on") : NULL};
    struct value *result = o.on ? proxy_get_attr(&a->ctx, o.on, name) : NULL;
    release(&o);
    return result;
}

static struct value *op_setattr(struct adapter *a, const json_t *request)
{
    const char *name = text_member(a, request, "name");
    struct operands o = {.on = name ? operand_member(a, request, "on") : NULL};
    struct value *result = NULL;
    if (o.on && (o.value = operand_member(a, request, "value")))
        result = none_if(proxy_set_attr(&a->ctx, o.on, name, o.value) == 0);
    release(&o);
    return result;
}

static struct value *op_delattr(struct adapter *a, const json_t *request)
{
    const char *name = text_member(a, request, "name");
    struct operands o = {.on = name ? operand_member(a, request, "on") : NULL};
    struct value *result = o.on ? none_if(proxy_set_attr(&a->ctx, o.on, name, NULL) == 0) : NULL;
    release(&o);
    return result;
}

/* ---- operators, builtins, values */

/* The items of a tuple as an array for the client library; at most eight count. */
static size_t spread(struct value *args, struct value **out)
{
    size_t n = tuple_length(args);
    for (size_t i = 0; i < n && i < 8; i++)
        out[i] = tuple_peek(args, i);
    return n;
}

static struct value *op_operator(struct adapter *a, const json_t *request)
{
    const char *name = text_member(a, request, "name");
    struct operands o = {.args = name && member(a, request, "operands") ? args_member(a, request, "operands") : NULL};
    struct value *items[8], *result = NULL;
    bool known = true;
    if (o.args && tuple_length(o.args) <= 8) {
        size_t n = spread(o.args, items);
        result = proxy_operator(&a->ctx, name, items, n, &known);
    }
    if (!known || (o.args && tuple_length(o.args) > 8))
        adapter_refuse(a, "no operator %s of %zu operands", name, tuple_length(o.args));
    release(&o);
    return result;
}

static struct value *op_builtin(struct adapter *a, const json_t *request)
{
    const char *name = text_member(a, request, "name");
    struct operands o = {.args = name && member(a, request, "args") ? args_member(a, request, "args") : NULL};
    struct value *items[8], *result = NULL;
    bool known = true;
    if (o.args && tuple_length(o.args) <= 8) {
        size_t n = spread(o.args, items);
        result = proxy_builtin(&a->ctx, a->process, name, items, n, &known);
    }
    if (!known || (o.args && tuple_length(o.args) > 8))
        adapter_refuse(a, "no builtin %s of %zu arguments", name, tuple_length(o.args));
    release(&o);
    return result;
}

static struct value *op_value(struct adapter *a, const json_t *request)
{
    return operand_member(a, request, "value");
}

/* ---- between processes */

static struct value *op_export(struct adapter *a, const json_t *request)
{
    struct operands o = {.value = operand_member(a, request, "value")};
    struct value *result = o.value ? process_export(&a->ctx, a->process, o.value) : NULL;
    release(&o);
    return result;
}

static struct value *op_import(struct adapter *a, const json_t *request)
{
    const json_t *pickle = member(a, request, "pickle");
    struct value *result = NULL;
    struct buf bytes;
    buf_init(&bytes, SIZE_MAX);
    if (pickle && decode_hex(a, pickle, &bytes) == 0)
        result = process_import(&a->ctx, a->process, bytes.data ? bytes.data : (const unsigned char *)"", bytes.used);
    buf_free(&bytes);
    return result;
}

static struct value *op_drop(struct adapter *a, const json_t *request)
{
    const char *name = text_member(a, request, "name");
    struct value *key = name ? str_new_text(&a->ctx, name) : NULL;
    bool found = key && dict_get_peek(&a->ctx, a->variables, key);
    struct value *result = NULL;
    if (key && !found)
        adapter_refuse(a, "no variable %s", name);
    else if (found)
        result = none_if(dict_delete(&a->ctx, a->variables, key) == 0);
    value_release(key);
    return result;
}

/* ---- observations */

/* A tuple of names, or a list where the serializer knows no tuples. */
static json_t *exposed_names(struct value *exposed)
{
    bool list = exposed && exposed->type == &list_type, known = list || (exposed && exposed->type == &tuple_type);
    json_t *names = known ? json_array() : json_null();
    for (size_t i = 0; known && i < (list ? list_length(exposed) : tuple_length(exposed)); i++)
        json_array_append_new(names, encode_text(list ? list_peek(exposed, i) : tuple_peek(exposed, i)));
    return names;
}

static json_t *observe_result(struct adapter *a, struct value *result)
{
    if (proxy_check(result))
        return json_pack("{s:{s:s, s:o}}", "proxy", "typeid", proxy_typeid(result), "exposed",
                         exposed_names(proxy_exposed_peek(result)));
    return json_pack("{s:o}", "copy", encode_value(a, result));
}

/* The argument of a RemoteError, or NULL if it is none. */
static struct value *remote_text(struct adapter *a, struct value *e)
{
    struct value *args, *text = NULL;
    if (!value_is(e, &exception_type) || strcmp(exception_class_name(exception_class_of(e)), "RemoteError") != 0)
        return NULL;
    args = value_get_attr(&a->ctx, e, "args");
    if (args && tuple_length(args) > 0 && str_check(tuple_peek(args, 0)))
        text = value_ref(tuple_peek(args, 0));
    value_release(args);
    return text;
}

static json_t *observe_failure(struct adapter *a)
{
    struct value *e = raised_fetch(&a->ctx), *text = e ? remote_text(a, e) : NULL, *line = NULL;
    json_t *observed;
    if (!e)
        return adapter_refuse(a, "the operation failed and raised nothing");
    if (text)
        observed = json_pack("{s:o}", "remote_error", encode_text(text));
    else if (a->ctx.lost && (line = exception_line(&a->ctx, e)))
        observed = json_pack("{s:o}", "lost", encode_text(line));
    else
        observed = json_pack("{s:o}", "raises", encode_exception(a, e));
    value_release(e);
    value_release(text);
    value_release(line);
    return observed;
}

/* Keeps the result under the name that the request gives. */
static void store(struct adapter *a, const json_t *request, struct value *result)
{
    const json_t *name = json_object_get(request, "store");
    if (json_is_null(name) || !name)
        return;
    if (!json_is_string(name))
        adapter_refuse(a, "'store' is not a string");
    else if (dict_set_text_take(&a->ctx, a->variables, json_string_value(name), value_ref(result)))
        adapter_refuse_raised(a, "store");
}

static json_t *perform(struct adapter *a, op_fn *op, const json_t *request)
{
    struct value *result;
    json_t *observed = NULL;
    a->ctx.lost = false;
    result = op(a, request);
    if (result)
        store(a, request, result);
    if (result && !a->error[0])
        observed = observe_result(a, result);
    else if (!result && !a->error[0])
        observed = observe_failure(a);
    value_release(result);
    value_release(raised_fetch(&a->ctx));
    return observed;
}

/* ---- the way of a request */

static json_t *hello(const struct adapter *a)
{
    char version[16];
    snprintf(version, sizeof version, "%d.%d", a->rt.compat / 100, a->rt.compat % 100);
    return json_pack("{s:i, s:s, s:s, s:s, s:o, s:[s], s:[s, s]}", "protocol", 1, "name", "ref", "version",
                     MPPROXY_VERSION, "imitates", version, "operations", op_names(), "types", "*", "serializers",
                     "pickle", "xmlrpclib");
}

static void answer_request(struct adapter *a, const json_t *request, json_t *reply)
{
    const char *name = json_string_value(json_object_get(request, "op"));
    op_fn *op = name ? find_op(name) : NULL;
    json_t *unsupported;
    if (!json_is_object(request) || !name) {
        adapter_refuse(a, "a request is an object with id and op");
    } else if (strcmp(name, "hello") == 0) {
        json_object_set_new(reply, "hello", hello(a));
    } else if (op) {
        json_object_set_new(reply, "observed", perform(a, op, request));
    } else {
        unsupported = json_sprintf("no operation %s", name);
        json_object_set_new(reply, "unsupported", unsupported);
    }
}

json_t *ops_answer(struct adapter *a, const char *line, size_t size)
{
    json_error_t error;
    json_t *request = json_loadb(line, size, 0, &error), *reply = json_object(), *id = json_object_get(request, "id");
    a->error[0] = '\0';
    json_object_set_new(reply, "id", id ? json_incref(id) : json_null());
    if (request)
        answer_request(a, request, reply);
    else
        adapter_refuse(a, "not JSON: %s", error.text);
    json_decref(request);
    collect_run(&a->rt);
    process_settle(&a->ctx, a->process);
    if (a->error[0]) {
        json_object_del(reply, "observed");
        json_object_set_new(reply, "error", json_string(a->error));
    } else if (json_object_size(reply) < 2) {
        json_object_set_new(reply, "error", json_string("out of memory"));
    }
    return reply;
}

/* ---- the table */

static const struct {
    const char *name;
    op_fn *op;
} ops[] = {
    {"connect", op_connect}, {"create", op_create},   {"callmethod", op_callmethod}, {"method", op_method},
    {"getattr", op_getattr}, {"setattr", op_setattr}, {"delattr", op_delattr},       {"operator", op_operator},
    {"builtin", op_builtin}, {"value", op_value},     {"server", op_server},         {"export", op_export},
    {"import", op_import},   {"drop", op_drop},       {"reset", op_reset},           {"shutdown", op_shutdown},
};

static op_fn *find_op(const char *name)
{
    for (size_t i = 0; i < sizeof ops / sizeof *ops; i++)
        if (strcmp(ops[i].name, name) == 0)
            return ops[i].op;
    return NULL;
}

static json_t *op_names(void)
{
    json_t *names = json_pack("[s]", "hello");
    for (size_t i = 0; i < sizeof ops / sizeof *ops; i++)
        json_array_append_new(names, json_string(ops[i].name));
    return names;
}
