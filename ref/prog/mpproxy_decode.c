/* SPDX-License-Identifier: MIT */
/* Typed JSON to values: the section "Typed values" of harness/ADAPTER.md.  An instance is held as its reduction;
 * nothing is imported or called.  Whatever the JSON holds, the worst that happens is a refusal. */
#include "ref/prog/mpproxy.h"

#include <stdlib.h>
#include <string.h>

#include "ref/base/mem.h"

/* An object that has a number. */
struct numbered {
    json_int_t number;
    struct value *value; /* owned; NULL while it is not made yet */
    bool open;           /* a tuple or frozenset that is still being filled */
};

struct decoder {
    struct adapter *a;
    struct ctx *ctx;
    struct numbered *objects; /* owned */
    size_t count, room;
    unsigned hashed; /* inside so many dict keys and set elements: what is there must be whole */
};

/* Makes a value of a tag's body. number is -1, or the index of the object that the value is entered as, as early as it
 * exists. */
typedef struct value *tag_fn(struct decoder *d, json_t *body, ssize_t number);

static tag_fn *find_tag(const char *name);
static struct value *decode(struct decoder *d, json_t *data, ssize_t number);

/* ---- numbered objects */

static void *refuse(struct decoder *d, const char *what)
{
    return d->ctx->raised ? adapter_refuse_raised(d->a, what) : adapter_refuse(d->a, "%s", what);
}

static ssize_t find_number(const struct decoder *d, json_int_t number)
{
    for (size_t i = 0; i < d->count; i++)
        if (d->objects[i].number == number)
            return (ssize_t)i;
    return -1;
}

static ssize_t add_number(struct decoder *d, json_int_t number)
{
    if (d->count == d->room) {
        size_t room = d->room ? 2 * d->room : 16;
        struct numbered *bigger = mem_realloc(d->objects, room * sizeof *bigger);
        if (!bigger) {
            adapter_refuse(d->a, "out of memory");
            return -1;
        }
        d->objects = bigger;
        d->room = room;
    }
    d->objects[d->count] = (struct numbered){.number = number};
    return (ssize_t)d->count++;
}

/* From now on the number leads to v. Returns v. */
static struct value *enter(struct decoder *d, ssize_t number, struct value *v)
{
    if (v && number >= 0 && !d->objects[number].value)
        d->objects[number].value = value_ref(v);
    return v;
}

static struct value *decode_shared(struct decoder *d, json_t *data)
{
    json_t *number = json_object_get(data, "$shared");
    struct value *v;
    ssize_t i;
    if (!json_is_integer(number) || find_number(d, json_integer_value(number)) >= 0)
        return refuse(d, "the number of $shared is no integer, or used twice");
    i = add_number(d, json_integer_value(number));
    if (i < 0)
        return NULL;
    v = enter(d, i, decode(d, json_object_get(data, "value"), i));
    d->objects[i].open = false;
    return v;
}

static struct value *tag_same(struct decoder *d, json_t *body, ssize_t number)
{
    ssize_t i = json_is_integer(body) ? find_number(d, json_integer_value(body)) : -1;
    if (i < 0 || !d->objects[i].value)
        return refuse(d, "$same of something that was not met before");
    if (d->objects[i].open && d->hashed)
        return refuse(d, "$same: it cannot stand inside itself here");
    return enter(d, number, value_ref(d->objects[i].value));
}

/* ---- atoms */

static const char *text_of(struct decoder *d, json_t *body)
{
    return json_is_string(body) ? json_string_value(body) : refuse(d, "a tag that wants a string has none");
}

int decode_hex(struct adapter *a, const json_t *text, struct buf *out)
{
    const char *digits = json_is_string(text) ? json_string_value(text) : "?";
    size_t size = strlen(digits);
    if (size % 2 || strspn(digits, "0123456789abcdefABCDEF") != size) {
        adapter_refuse(a, "not hexadecimal");
        return -1;
    }
    for (size_t i = 0; i < size; i += 2) {
        const char pair[] = {digits[i], digits[i + 1], 0};
        buf_put_byte(out, (unsigned char)strtoul(pair, NULL, 16));
    }
    if (out->failed)
        adapter_refuse(a, "out of memory, or too long");
    return out->failed ? -1 : 0;
}

typedef struct value *make_fn(struct ctx *ctx, const void *data, size_t size);

static struct value *make_of_hex(struct decoder *d, json_t *body, make_fn *make)
{
    struct value *v = NULL;
    struct buf b;
    buf_init(&b, SIZE_MAX);
    if (decode_hex(d->a, body, &b) == 0 && !(v = make(d->ctx, b.data ? b.data : (const unsigned char *)"", b.used)))
        refuse(d, "bad bytes");
    buf_free(&b);
    return v;
}

static struct value *make_str(struct ctx *ctx, const void *data, size_t size)
{
    return str_new(ctx, data, size);
}

static struct value *tag_str(struct decoder *d, json_t *body, ssize_t number)
{
    return enter(d, number, make_of_hex(d, body, make_str));
}

static struct value *tag_bytes(struct decoder *d, json_t *body, ssize_t number)
{
    return enter(d, number, make_of_hex(d, body, bytes_new));
}

static struct value *tag_bytearray(struct decoder *d, json_t *body, ssize_t number)
{
    return enter(d, number, make_of_hex(d, body, bytearray_new));
}

static struct value *tag_int(struct decoder *d, json_t *body, ssize_t number)
{
    const char *text = text_of(d, body);
    struct value *v = text ? int_new_decimal(d->ctx, text, strlen(text)) : NULL;
    return v ? enter(d, number, v) : refuse(d, "$int");
}

/* false after a refusal */
static bool double_of(struct decoder *d, json_t *body, double *out)
{
    const char *text = text_of(d, body);
    char *end = NULL;
    *out = text && *text && !strpbrk(text, "xX( \t\n") ? strtod(text, &end) : 0;
    if (end && !*end)
        return true;
    refuse(d, "a number that is none");
    return false;
}

static struct value *tag_float(struct decoder *d, json_t *body, ssize_t number)
{
    double x;
    struct value *v = double_of(d, body, &x) ? float_new(d->ctx, x) : NULL;
    return v ? enter(d, number, v) : refuse(d, "$float");
}

static struct value *tag_complex(struct decoder *d, json_t *body, ssize_t number)
{
    double real, imag;
    struct value *v = NULL;
    if (json_array_size(body) == 2 && double_of(d, json_array_get(body, 0), &real) &&
        double_of(d, json_array_get(body, 1), &imag))
        v = complex_new(d->ctx, real, imag);
    return v ? enter(d, number, v) : refuse(d, "$complex wants two numbers");
}

static struct value *tag_ellipsis(struct decoder *d, json_t *body, ssize_t number)
{
    (void)body;
    return enter(d, number, value_ref(&value_ellipsis));
}

static struct value *tag_notimplemented(struct decoder *d, json_t *body, ssize_t number)
{
    (void)body;
    return enter(d, number, value_ref(&value_not_implemented));
}

/* "module:qualified.name" */
static struct value *global_of(struct decoder *d, json_t *body)
{
    const char *text = text_of(d, body), *colon = text ? strchr(text, ':') : NULL;
    struct value *v = NULL;
    char *module;
    if (!colon || colon == text || !colon[1])
        return refuse(d, "a name is not written module:name");
    module = mem_strdup(text);
    if (module) {
        module[colon - text] = '\0';
        v = global_new(d->ctx, module, colon + 1);
        mem_free(module);
    }
    return v ? v : refuse(d, "a name");
}

static struct value *tag_global(struct decoder *d, json_t *body, ssize_t number)
{
    return enter(d, number, global_of(d, body));
}

static struct value *tag_var(struct decoder *d, json_t *body, ssize_t number)
{
    const char *name = text_of(d, body);
    struct value *v = name ? dict_get_text_peek(d->ctx, d->a->variables, name) : NULL;
    if (name && !v && !d->ctx->raised)
        adapter_refuse(d->a, "no variable %s", name);
    return v ? enter(d, number, value_ref(v)) : refuse(d, "$var");
}

/* ---- containers */

static bool array_of(struct decoder *d, json_t *body, size_t least, size_t most)
{
    if (json_is_array(body) && json_array_size(body) >= least && json_array_size(body) <= most)
        return true;
    refuse(d, "a tag that wants an array has none, or one of the wrong length");
    return false;
}

static struct value *decode_hashed(struct decoder *d, json_t *data)
{
    struct value *v;
    d->hashed++;
    v = decode(d, data, -1);
    d->hashed--;
    return v;
}

static struct value *tag_list(struct decoder *d, json_t *body, ssize_t number)
{
    struct value *list = enter(d, number, list_new(d->ctx));
    for (size_t i = 0; list && i < json_array_size(body); i++)
        if (list_push_take(d->ctx, list, decode(d, json_array_get(body, i), -1))) {
            value_release(list);
            return refuse(d, "a list");
        }
    return list ? list : refuse(d, "a list");
}

/* The tuple is entered before it is filled, since it may contain itself; decode_hashed keeps others from looking into
 * it meanwhile. */
static struct value *tag_tuple(struct decoder *d, json_t *body, ssize_t number)
{
    struct value *tuple = array_of(d, body, 0, SIZE_MAX) ? tuple_new(d->ctx, json_array_size(body)) : NULL;
    if (!tuple)
        return refuse(d, "$tuple");
    enter(d, number, tuple);
    if (number >= 0)
        d->objects[number].open = true;
    for (size_t i = 0; i < json_array_size(body); i++) {
        struct value *item = decode(d, json_array_get(body, i), -1);
        if (!item) { /* whoever holds the tuple by its number must find it whole */
            for (; i < json_array_size(body); i++)
                tuple_set_take(tuple, i, value_ref(&value_none));
            value_release(tuple);
            return NULL;
        }
        tuple_set_take(tuple, i, item);
    }
    return tuple;
}

static struct value *fill_set(struct decoder *d, json_t *body, struct value *set)
{
    for (size_t i = 0; set && i < json_array_size(body); i++) {
        struct value *item = decode_hashed(d, json_array_get(body, i));
        int failed = item ? set_add(d->ctx, set, item) : -1;
        value_release(item);
        if (failed) {
            value_release(set);
            return refuse(d, "a set");
        }
    }
    return set ? set : refuse(d, "a set");
}

static struct value *tag_set(struct decoder *d, json_t *body, ssize_t number)
{
    return array_of(d, body, 0, SIZE_MAX) ? fill_set(d, body, enter(d, number, set_new(d->ctx))) : NULL;
}

static struct value *tag_frozenset(struct decoder *d, json_t *body, ssize_t number)
{
    struct value *set = array_of(d, body, 0, SIZE_MAX) ? enter(d, number, frozenset_new(d->ctx)) : NULL;
    if (number >= 0)
        d->objects[number].open = true;
    return set ? fill_set(d, body, set) : refuse(d, "$frozenset");
}

/* Decodes [KEY, VALUE]: 0, or -1 after a refusal. */
static int decode_pair(struct decoder *d, json_t *pair, struct value **key, struct value **item)
{
    *key = *item = NULL;
    if (!array_of(d, pair, 2, 2) || !(*key = decode_hashed(d, json_array_get(pair, 0))))
        return -1;
    *item = decode(d, json_array_get(pair, 1), -1);
    if (*item)
        return 0;
    value_release(*key);
    return -1;
}

static struct value *tag_dict(struct decoder *d, json_t *body, ssize_t number)
{
    struct value *dict = array_of(d, body, 0, SIZE_MAX) ? enter(d, number, dict_new(d->ctx)) : NULL, *key, *item;
    for (size_t i = 0; dict && i < json_array_size(body); i++) {
        int failed = decode_pair(d, json_array_get(body, i), &key, &item);
        if (!failed) {
            failed = dict_set(d->ctx, dict, key, item);
            value_release(key);
            value_release(item);
        }
        if (failed) {
            value_release(dict);
            return refuse(d, "$dict");
        }
    }
    return dict ? dict : refuse(d, "$dict");
}

/* An array of values as a new tuple; absent: (). */
static struct value *tuple_of(struct decoder *d, json_t *body)
{
    return body ? tag_tuple(d, body, -1) : value_ref(tuple_empty);
}

static struct value *tag_array(struct decoder *d, json_t *body, ssize_t number)
{
    const char *typecode = array_of(d, body, 2, 2) ? text_of(d, json_array_get(body, 0)) : NULL;
    struct value *items = typecode && strlen(typecode) == 1 ? tuple_of(d, json_array_get(body, 1)) : NULL;
    struct value *v = items ? array_from(d->ctx, *typecode, items) : NULL;
    value_release(items);
    return v ? enter(d, number, v) : refuse(d, "$array");
}

typedef struct value *three_fn(struct ctx *ctx, struct value *a, struct value *b, struct value *c);

static struct value *make_of_three(struct decoder *d, json_t *body, ssize_t number, three_fn *make)
{
    struct value *parts = array_of(d, body, 3, 3) ? tuple_of(d, body) : NULL;
    struct value *v = parts ? make(d->ctx, tuple_peek(parts, 0), tuple_peek(parts, 1), tuple_peek(parts, 2)) : NULL;
    value_release(parts);
    return v ? enter(d, number, v) : refuse(d, "a range or slice");
}

static struct value *tag_range(struct decoder *d, json_t *body, ssize_t number)
{
    return make_of_three(d, body, number, range_new);
}

static struct value *tag_slice(struct decoder *d, json_t *body, ssize_t number)
{
    return make_of_three(d, body, number, slice_new);
}

/* ---- instances */

/* One recorded step; 0, or -1 after a refusal. first may be NULL: it was refused already. */
static int record_take(struct decoder *d, struct value *v, enum opaque_step step, struct value *first,
                       struct value *second)
{
    int failed = first ? opaque_record(d->ctx, v, step, first, second) : -1;
    value_release(first);
    value_release(second);
    if (failed)
        refuse(d, "an instance");
    return failed;
}

/* What an instance was given, decoded in the order of the members and recorded in the order of a pickle: items, pairs,
 * state. */
static int give(struct decoder *d, json_t *body, struct value *v)
{
    json_t *state = json_object_get(body, "state"), *items = json_object_get(body, "items"),
           *pairs = json_object_get(body, "pairs");
    struct value *kept = state && !json_is_null(state) ? decode(d, state, -1) : NULL, *key, *item;
    int failed = state && !json_is_null(state) && !kept ? -1 : 0;
    for (size_t i = 0; !failed && i < json_array_size(items); i++)
        failed = record_take(d, v, OPAQUE_APPEND, decode(d, json_array_get(items, i), -1), NULL);
    for (size_t i = 0; !failed && i < json_array_size(pairs); i++) {
        failed = decode_pair(d, json_array_get(pairs, i), &key, &item);
        if (!failed)
            failed = record_take(d, v, OPAQUE_SET_ITEM, key, item);
    }
    if (!failed && kept)
        failed = record_take(d, v, OPAQUE_BUILD, value_ref(kept), NULL);
    value_release(kept);
    return failed;
}

/* args without its first count, new. */
static struct value *rest_of(struct decoder *d, struct value *args, size_t count)
{
    struct value *rest = tuple_new(d->ctx, tuple_length(args) - count);
    for (size_t i = count; rest && i < tuple_length(args); i++)
        tuple_set_take(rest, i - count, value_ref(tuple_peek(args, i)));
    return rest;
}

/* func(*args) as a pickle would make it: copyreg's functions stand for the opcodes NEWOBJ and NEWOBJ_EX. */
static struct value *make_instance(struct decoder *d, struct value *function, struct value *args)
{
    struct value *rest, *v;
    if (global_is(function, "copyreg", "__newobj__") && tuple_length(args) > 0) {
        rest = rest_of(d, args, 1);
        v = rest ? opaque_new(d->ctx, OPAQUE_NEWOBJ, tuple_peek(args, 0), rest, NULL) : NULL;
        value_release(rest);
        return v;
    }
    if (global_is(function, "copyreg", "__newobj_ex__") && tuple_length(args) == 3 &&
        tuple_peek(args, 1)->type == &tuple_type && tuple_peek(args, 2)->type == &dict_type)
        return opaque_new(d->ctx, OPAQUE_NEWOBJ_EX, tuple_peek(args, 0), tuple_peek(args, 1), tuple_peek(args, 2));
    return opaque_new(d->ctx, OPAQUE_REDUCE, function, args, NULL);
}

static struct value *tag_reduce(struct decoder *d, json_t *body, ssize_t number)
{
    struct value *function = global_of(d, json_object_get(body, "func")),
                 *args = function ? tuple_of(d, json_object_get(body, "args")) : NULL;
    struct value *v = args ? enter(d, number, make_instance(d, function, args)) : NULL;
    value_release(function);
    value_release(args);
    if (v && give(d, body, v)) {
        value_release(v);
        v = NULL;
    }
    return v ? v : refuse(d, "$reduce");
}

/* ---- exceptions */

static struct value *make_exception(struct decoder *d, struct value *class, struct value *args)
{
    const struct exception_class *c =
        exception_class_find(global_module(class), global_qualname(class), d->a->rt.compat);
    return c ? exception_new(d->ctx, c, args) : opaque_new(d->ctx, OPAQUE_REDUCE, class, args, NULL);
}

static int set_state(struct decoder *d, struct value *v, struct value *state)
{
    if (v->type == &opaque_type)
        return opaque_record(d->ctx, v, OPAQUE_BUILD, state, NULL);
    if (state->type == &dict_type)
        return exception_set_state(d->ctx, v, state);
    refuse(d, "the state of an exception is no dict");
    return -1;
}

static struct value *tag_exception(struct decoder *d, json_t *body, ssize_t number)
{
    json_t *given = json_object_get(body, "state");
    struct value *class = global_of(d, json_object_get(body, "class")),
                 *args = class ? tuple_of(d, json_object_get(body, "args")) : NULL;
    struct value *v = args ? enter(d, number, make_exception(d, class, args)) : NULL, *state = NULL;
    int failed = 0;
    value_release(class);
    value_release(args);
    if (v && given && !json_is_null(given)) {
        state = decode(d, given, -1);
        failed = state ? set_state(d, v, state) : -1;
    }
    value_release(state);
    if (failed) {
        value_release(v);
        v = NULL;
    }
    return v ? v : refuse(d, "$exception");
}

/* ---- any value */

static struct value *decode_tagged(struct decoder *d, json_t *data, ssize_t number)
{
    void *member = json_object_iter(data);
    tag_fn *tag = json_object_size(data) == 1 ? find_tag(json_object_iter_key(member)) : NULL;
    if (tag)
        return tag(d, json_object_iter_value(member), number);
    if (json_object_size(data) == 2 && json_object_get(data, "$shared") && json_object_get(data, "value"))
        return decode_shared(d, data);
    return refuse(d, "an object that is no typed value");
}

static struct value *decode(struct decoder *d, json_t *data, ssize_t number)
{
    struct value *v = NULL;
    switch (data ? json_typeof(data) : JSON_REAL) {
    case JSON_NULL:
        return enter(d, number, value_ref(&value_none));
    case JSON_TRUE:
    case JSON_FALSE:
        return enter(d, number, value_ref(value_bool(json_is_true(data))));
    case JSON_INTEGER:
        v = int_new(d->ctx, json_integer_value(data));
        break;
    case JSON_STRING:
        v = str_new(d->ctx, json_string_value(data), json_string_length(data));
        break;
    case JSON_ARRAY:
        return tag_list(d, data, number);
    case JSON_OBJECT:
        return decode_tagged(d, data, number);
    default:
        return refuse(d, "a number with a fraction is no typed value, nor is nothing");
    }
    return v ? enter(d, number, v) : refuse(d, "a value");
}

struct value *decode_operand(struct adapter *a, json_t *data)
{
    struct decoder d = {.a = a, .ctx = &a->ctx};
    struct value *v = decode(&d, data, -1);
    for (size_t i = 0; i < d.count; i++)
        value_release(d.objects[i].value);
    mem_free(d.objects);
    return v;
}

/* ---- the table */

static const struct {
    const char *name;
    tag_fn *make;
} tags[] = {
    {"$tuple", tag_tuple},       {"$dict", tag_dict},
    {"$var", tag_var},           {"$float", tag_float},
    {"$int", tag_int},           {"$str", tag_str},
    {"$bytes", tag_bytes},       {"$bytearray", tag_bytearray},
    {"$set", tag_set},           {"$frozenset", tag_frozenset},
    {"$slice", tag_slice},       {"$range", tag_range},
    {"$complex", tag_complex},   {"$global", tag_global},
    {"$array", tag_array},       {"$exception", tag_exception},
    {"$reduce", tag_reduce},     {"$same", tag_same},
    {"$ellipsis", tag_ellipsis}, {"$notimplemented", tag_notimplemented},
};

static tag_fn *find_tag(const char *name)
{
    for (size_t i = 0; i < sizeof tags / sizeof *tags; i++)
        if (strcmp(tags[i].name, name) == 0)
            return tags[i].make;
    return NULL;
}
