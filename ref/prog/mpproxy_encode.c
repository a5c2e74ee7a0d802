/* SPDX-License-Identifier: MIT */
/* Values to typed JSON: the section "Typed values" of harness/ADAPTER.md.  Two walks in the same order: the first finds
 * what is met more than once, the second writes and gives those numbers.  Nothing here makes a remote call. */
#include "ref/prog/mpproxy_encode.h"

#include <string.h>

#include "ref/base/limits.h"
#include "ref/base/mem.h"

/* Values visited: a tuple that is shared a few dozen times in itself would otherwise be written until memory ends. */
#define VISITS_LIMIT ((size_t)20 << 20)
/* Beyond this an integer is written as text, since a JSON reader may keep numbers as doubles. */
#define SAFE_INTEGER ((int64_t)1 << 53)

static void *fail(struct encoder *e, const char *what)
{
    return e->ctx->raised ? adapter_refuse_raised(e->a, what) : adapter_refuse(e->a, "%s", what);
}

/* ---- nodes */

static size_t *table_slot(const struct encoder *e, const struct value *v)
{
    size_t i = (size_t)((uintptr_t)v >> 4) * (size_t)0x9E3779B97F4A7C15u;
    for (i ^= i >> 29;; i++) {
        size_t *slot = &e->table[i & (e->table_size - 1)];
        if (!*slot || e->nodes[*slot - 1].value == v)
            return slot;
    }
}

static int grow(struct encoder *e)
{
    size_t size = e->table_size ? 2 * e->table_size : 64;
    size_t *table = mem_calloc(size, sizeof *table);
    struct node *nodes = mem_realloc(e->nodes, size / 2 * sizeof *nodes);
    if (nodes)
        e->nodes = nodes;
    if (!table || !nodes) {
        mem_free(table);
        fail(e, "out of memory");
        return -1;
    }
    mem_free(e->table);
    e->table = table;
    e->table_size = size;
    e->room = size / 2;
    for (size_t i = 0; i < e->count; i++)
        *table_slot(e, e->nodes[i].value) = i + 1;
    return 0;
}

/* The node of v, made if it is new; *known tells. SIZE_MAX after failure. */
static size_t node_of(struct encoder *e, struct value *v, bool *known)
{
    size_t *slot;
    if (e->count == e->room && grow(e))
        return SIZE_MAX;
    slot = table_slot(e, v);
    *known = *slot != 0;
    if (!*known) {
        e->nodes[e->count] = (struct node){.value = value_ref(v)};
        *slot = ++e->count;
    }
    return *slot - 1;
}

/* Writes a node at its place: whole, wrapped with its number, or by its number. */
static json_t *write_node(struct encoder *e, struct value *v, size_t i, write_fn *write)
{
    json_t *content;
    json_int_t number;
    if (!e->nodes[i].shared)
        return write(e, v, i);
    if (e->nodes[i].number)
        return json_pack("{s:I}", "$same", e->nodes[i].number);
    number = e->nodes[i].number = ++e->numbers;
    content = write(e, v, i);
    return content ? json_pack("{s:I, s:o}", "$shared", number, "value", content) : NULL;
}

/* An object with an identity. */
static json_t *encode_node(struct encoder *e, struct value *v, write_fn *write)
{
    bool known;
    size_t i = node_of(e, v, &known);
    if (i == SIZE_MAX)
        return NULL;
    if (!e->counting)
        return write_node(e, v, i, write);
    if (!known)
        return write(e, v, i);
    e->nodes[i].shared = true;
    return json_null();
}

/* A tuple or frozenset: an identity only if it is met again inside itself. */
static json_t *encode_closed(struct encoder *e, struct value *v, write_fn *write)
{
    bool known;
    size_t i = node_of(e, v, &known);
    json_t *content;
    if (i == SIZE_MAX)
        return NULL;
    if (!e->counting)
        return write_node(e, v, i, write);
    if (e->nodes[i].inside) {
        e->nodes[i].shared = true;
        return json_null();
    }
    e->nodes[i].inside = true;
    content = write(e, v, i);
    e->nodes[i].inside = false;
    return content;
}

/* ---- texts */

static bool is_json_text(const char *text, size_t size)
{
    if (memchr(text, 0, size))
        return false;
    for (size_t i = 0; i + 1 < size; i++)
        if ((unsigned char)text[i] == 0xed && (unsigned char)text[i + 1] >= 0xa0)
            return false;
    return true;
}

json_t *encode_text(const struct value *v)
{
    size_t size;
    const char *text = str_peek(v, &size);
    json_t *out;
    struct buf b;
    if (is_json_text(text, size))
        return json_stringn(text, size);
    buf_init(&b, LIMIT_FRAME);
    for (size_t i = 0; i < size; i++) {
        const unsigned char *c = (const unsigned char *)text + i;
        if (*c == 0) {
            buf_put_text(&b, "\\x00");
        } else if (*c == 0xed && c[1] >= 0xa0) {
            buf_printf(&b, "\\ud%x%02x", (unsigned)(c[1] >> 2 & 0xf), (unsigned)(c[1] << 6 & 0xc0) | (c[2] & 0x3fu));
            i += 2;
        } else {
            buf_put_byte(&b, *c);
        }
    }
    out = b.failed ? NULL : json_stringn((char *)b.data, b.used);
    buf_free(&b);
    return out;
}

static json_t *hex_of(const char *tag, const unsigned char *data, size_t size)
{
    static const char digits[] = "0123456789abcdef";
    char *hex = size < SIZE_MAX / 2 ? mem_alloc(2 * size + 1) : NULL;
    json_t *text;
    for (size_t i = 0; hex && i < size; i++) {
        hex[2 * i] = digits[data[i] >> 4];
        hex[2 * i + 1] = digits[data[i] & 15];
    }
    text = hex ? json_stringn_nocheck(hex, 2 * size) : NULL;
    mem_free(hex);
    return text ? json_pack("{s:o}", tag, text) : NULL;
}

static json_t *encode_str(struct value *v)
{
    size_t size;
    const char *text = str_peek(v, &size);
    return is_json_text(text, size) ? json_stringn(text, size) : hex_of("$str", (const unsigned char *)text, size);
}

static json_t *encode_int(struct encoder *e, struct value *v)
{
    json_t *out = NULL;
    int64_t n;
    struct buf b;
    if (int_peek_i64(v, &n) && n > -SAFE_INTEGER && n < SAFE_INTEGER)
        return json_integer(n);
    buf_init(&b, LIMIT_FRAME);
    if (int_to_decimal(e->ctx, v, &b) == 0)
        out = json_pack("{s:s#}", "$int", (char *)b.data, (int)b.used);
    buf_free(&b);
    return out;
}

static json_t *encode_double(double x)
{
    char text[32];
    float_format(x, text);
    return json_string(text);
}

static json_t *encode_complex(struct value *v)
{
    double real, imag;
    complex_peek(v, &real, &imag);
    return json_pack("{s:[o, o]}", "$complex", encode_double(real), encode_double(imag));
}

json_t *encode_name(const char *module, const char *name)
{
    return json_sprintf("%s:%s", module, name);
}

json_t *encode_other(const struct value *v)
{
    return json_pack("{s:o}", "$other",
                     encode_name(v->type->module ? v->type->module : "builtins", value_type_name(v)));
}

static json_t *encode_global(struct value *v)
{
    if (strchr(global_qualname(v), '<'))
        return json_pack("{s:s}", "$other", "builtins:function");
    return json_pack("{s:o}", "$global", encode_name(global_module(v), global_qualname(v)));
}

/* ---- containers */

int encode_append(struct encoder *e, json_t *array, struct value *v)
{
    json_t *item = array && v ? encode_any(e, v) : NULL;
    if (item && json_array_append_new(array, item) == 0)
        return 0;
    json_decref(array);
    return -1;
}

json_t *encode_tagged(const char *tag, json_t *body)
{
    return body ? json_pack("{s:o}", tag, body) : NULL;
}

json_t *encode_each(struct encoder *e, struct value *tuple)
{
    json_t *array = json_array();
    for (size_t i = 0; i < tuple_length(tuple); i++)
        if (encode_append(e, array, tuple_peek(tuple, i)))
            return NULL;
    return array;
}

static json_t *write_list(struct encoder *e, struct value *v, size_t node)
{
    json_t *array = json_array();
    (void)node;
    for (size_t i = 0; i < list_length(v); i++)
        if (encode_append(e, array, list_peek(v, i)))
            return NULL;
    return array;
}

static json_t *write_tuple(struct encoder *e, struct value *v, size_t node)
{
    (void)node;
    return encode_tagged("$tuple", encode_each(e, v));
}

static json_t *write_set(struct encoder *e, struct value *v, size_t node)
{
    json_t *array = json_array();
    size_t position = 0;
    struct value *item;
    (void)node;
    while (set_next_peek(v, &position, &item))
        if (encode_append(e, array, item))
            return NULL;
    return encode_tagged(v->type == &set_type ? "$set" : "$frozenset", array);
}

int encode_append_pair(struct encoder *e, json_t *array, struct value *key, struct value *item)
{
    json_t *pair = array ? json_array() : NULL;
    if (encode_append(e, pair, key) == 0 && encode_append(e, pair, item) == 0 &&
        json_array_append_new(array, pair) == 0)
        return 0;
    json_decref(array);
    return -1;
}

static json_t *write_dict(struct encoder *e, struct value *v, size_t node)
{
    json_t *array = json_array();
    size_t position = 0;
    struct value *key, *item;
    (void)node;
    while (dict_next_peek(v, &position, &key, &item))
        if (encode_append_pair(e, array, key, item))
            return NULL;
    return encode_tagged("$dict", array);
}

static json_t *write_bytearray(struct encoder *e, struct value *v, size_t node)
{
    size_t size;
    const unsigned char *data = bytes_peek(v, &size);
    (void)e, (void)node;
    return hex_of("$bytearray", data, size);
}

static json_t *write_array(struct encoder *e, struct value *v, size_t node)
{
    const char typecode[] = {array_typecode(v), 0};
    json_t *array = json_array();
    (void)node;
    for (size_t i = 0; i < array_length(v); i++) {
        struct value *item = array_item(e->ctx, v, i);
        int failed = encode_append(e, array, item);
        value_release(item);
        if (failed)
            return NULL;
    }
    return array ? json_pack("{s:[s, o]}", "$array", typecode, array) : NULL;
}

static json_t *encode_three(struct encoder *e, const char *tag, struct value *v,
                            struct value *(*part)(const struct value *, unsigned))
{
    json_t *array = json_array();
    for (unsigned i = 0; i < 3; i++)
        if (encode_append(e, array, part(v, i)))
            return NULL;
    return encode_tagged(tag, array);
}

/* ---- any value */

static json_t *encode_atom(struct encoder *e, struct value *v)
{
    size_t size;
    const unsigned char *data;
    if (v == &value_none)
        return json_null();
    if (v->type == &bool_type)
        return json_boolean(v == &value_true);
    if (v->type == &int_type)
        return encode_int(e, v);
    if (v->type == &str_type)
        return encode_str(v);
    if (v->type == &float_type)
        return json_pack("{s:o}", "$float", encode_double(float_peek(v)));
    if (v->type == &complex_type)
        return encode_complex(v);
    if (v->type == &global_type)
        return encode_global(v);
    if (v == &value_ellipsis || v == &value_not_implemented)
        return json_pack("{s:b}", v == &value_ellipsis ? "$ellipsis" : "$notimplemented", 1);
    if (v->type != &bytes_type)
        return NULL;
    data = bytes_peek(v, &size);
    return hex_of("$bytes", data, size);
}

static bool is_atom(const struct value *v)
{
    return v == &value_none || v == &value_ellipsis || v == &value_not_implemented || v->type == &bool_type ||
           v->type == &int_type || v->type == &str_type || v->type == &float_type || v->type == &complex_type ||
           v->type == &global_type || v->type == &bytes_type;
}

static const struct {
    const struct type *type;
    write_fn *write;
} writers[] = {
    {&list_type, write_list},           {&dict_type, write_dict},   {&set_type, write_set},
    {&bytearray_type, write_bytearray}, {&array_type, write_array}, {&opaque_type, encode_write_opaque},
};

static json_t *encode_compound(struct encoder *e, struct value *v)
{
    if (v->type == &tuple_type)
        return encode_closed(e, v, write_tuple);
    if (v->type == &frozenset_type)
        return encode_closed(e, v, write_set);
    if (v->type == &range_type)
        return encode_three(e, "$range", v, range_peek);
    if (v->type == &slice_type)
        return encode_three(e, "$slice", v, slice_peek);
    if (proxy_check(v))
        return json_pack("{s:{s:s}}", "$proxy", "typeid", proxy_typeid(v));
    for (size_t i = 0; i < sizeof writers / sizeof *writers; i++)
        if (v->type == writers[i].type)
            return encode_node(e, v, writers[i].write);
    if (value_is(v, &exception_type))
        return encode_node(e, v, encode_write_exception);
    return v->type->reduce || v->type->next ? encode_node(e, v, encode_write_reducible) : encode_other(v);
}

json_t *encode_any(struct encoder *e, struct value *v)
{
    json_t *out;
    if (is_atom(v))
        out = e->counting ? json_null() : encode_atom(e, v);
    else if (e->depth >= MPPROXY_DEPTH || ++e->visits > VISITS_LIMIT)
        return fail(e, "the value is too deep or too large to be shown");
    else {
        e->depth++;
        out = encode_compound(e, v);
        e->depth--;
    }
    return out ? out : fail(e, "out of memory");
}

/* ---- the two walks */

static void begin(struct encoder *e, struct adapter *a)
{
    memset(e, 0, sizeof *e);
    e->a = a;
    e->ctx = &a->ctx;
    e->counting = true;
}

static void end(struct encoder *e)
{
    for (size_t i = 0; i < e->count; i++) {
        value_release(e->nodes[i].parts[0]);
        value_release(e->nodes[i].parts[1]);
        value_release(e->nodes[i].value);
    }
    mem_free(e->nodes);
    mem_free(e->table);
}

json_t *encode_value(struct adapter *a, struct value *v)
{
    struct encoder e;
    json_t *out;
    begin(&e, a);
    out = encode_any(&e, v);
    if (out) {
        json_decref(out);
        e.counting = false;
        e.visits = 0;
        out = encode_any(&e, v);
    }
    end(&e);
    return out;
}

json_t *encode_exception(struct adapter *a, struct value *v)
{
    struct encoder e;
    json_t *out = NULL;
    bool known;
    size_t node;
    begin(&e, a);
    node = node_of(&e, v, &known);
    if (node != SIZE_MAX && (out = encode_exception_body(&e, v, node))) {
        json_decref(out);
        e.counting = false;
        if (e.nodes[node].shared) /* it contains itself: number 1 without being wrapped */
            e.nodes[node].number = e.numbers = 1;
        out = encode_exception_body(&e, v, node);
    }
    end(&e);
    return out ? out : fail(&e, "out of memory");
}
