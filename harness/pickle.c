/* SPDX-License-Identifier: MIT */
/* Typed values → a pickle. */
#include "harness/pickle.h"

#include "harness/number.h"
#include "harness/opcode.h"
#include "harness/typed.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct pickler {
    struct text out;
    int protocol;
    bool failed;
};

static void save(struct pickler *pickler, const json_t *value);
static void (*tag_of(const json_t *value))(struct pickler *, const json_t *);

static void put(struct pickler *pickler, enum opcode opcode)
{
    text_add(&pickler->out, &(unsigned char){(unsigned char)opcode}, 1);
}

static void put_number(struct pickler *pickler, uint64_t number, size_t size)
{
    for (size_t i = 0; i < size; i++, number >>= 8)
        text_add(&pickler->out, &(unsigned char){(unsigned char)number}, 1);
}

static void put_sized(struct pickler *pickler, enum opcode opcode, const struct text *bytes, size_t size)
{
    put(pickler, opcode);
    put_number(pickler, bytes->length, size);
    text_add(&pickler->out, text_peek(bytes), bytes->length);
}

/* ---- scalars */

static struct text from_hex(const json_t *hex)
{
    struct text out = {0};
    const char *text = json_string_value(hex);
    for (; text && text[0] && text[1]; text += 2) {
        char pair[3] = {text[0], text[1], 0};
        text_add(&out, &(unsigned char){(unsigned char)strtoul(pair, NULL, 16)}, 1);
    }
    return out;
}

/* Protocol 0: raw-unicode-escape, in which a newline, a backslash and what ends a file elsewhere are escaped. */
static void save_unicode_line(struct pickler *pickler, const struct text *utf8)
{
    const unsigned char *at = (const unsigned char *)text_peek(utf8), *end = at + utf8->length;
    put(pickler, OPCODE_UNICODE);
    while (at < end) {
        size_t length = *at < 0x80 ? 1 : *at < 0xe0 ? 2 : *at < 0xf0 ? 3 : 4;
        uint32_t c = length == 1 ? *at : *at & (0x7fu >> length);
        for (size_t i = 1; i < length && at + i < end; i++)
            c = c << 6 | (at[i] & 0x3fu);
        at += length;
        if (c > 0xffff)
            text_printf(&pickler->out, "\\U%08x", c);
        else if (c > 0xff || !c || strchr("\\\n\r\x1a", (int)c))
            text_printf(&pickler->out, "\\u%04x", c);
        else
            text_add(&pickler->out, &(unsigned char){(unsigned char)c}, 1);
    }
    text_puts(&pickler->out, "\n");
}

static void save_utf8(struct pickler *pickler, const struct text *utf8)
{
    if (!pickler->protocol)
        save_unicode_line(pickler, utf8);
    else if (pickler->protocol >= 4 && utf8->length < 256)
        put_sized(pickler, OPCODE_SHORT_BINUNICODE, utf8, 1);
    else
        put_sized(pickler, OPCODE_BINUNICODE, utf8, 4);
}

static void save_name(struct pickler *pickler, const char *name, size_t length)
{
    struct text text = {0};
    text_add(&text, name, length);
    save_utf8(pickler, &text);
    text_clear(&text);
}

static void tag_str(struct pickler *pickler, const json_t *body)
{
    struct text utf8 = from_hex(body);
    save_utf8(pickler, &utf8);
    text_clear(&utf8);
}

static void save_integer(struct pickler *pickler, const json_t *value)
{
    json_int_t n = json_integer_value(value);
    if (pickler->protocol && n >= 0 && n < 256) {
        put(pickler, OPCODE_BININT1);
        put_number(pickler, (uint64_t)n, 1);
    } else if (pickler->protocol && n >= INT32_MIN && n <= INT32_MAX) {
        put(pickler, OPCODE_BININT);
        put_number(pickler, (uint64_t)n, 4);
    } else {
        put(pickler, OPCODE_LONG);
        text_printf(&pickler->out, "%lldL\n", (long long)n);
    }
}

static void tag_int(struct pickler *pickler, const json_t *body)
{
    put(pickler, OPCODE_LONG);
    text_printf(&pickler->out, "%sL\n", json_string_value(body));
}

static void tag_float(struct pickler *pickler, const json_t *body)
{
    double x = 0;
    uint64_t bits;
    if (!number_read(json_string_value(body), json_string_length(body), &x))
        pickler->failed = true;
    if (!pickler->protocol) {
        put(pickler, OPCODE_FLOAT);
        text_printf(&pickler->out, "%s\n", json_string_value(body));
        return;
    }
    memcpy(&bits, &x, sizeof bits);
    put(pickler, OPCODE_BINFLOAT);
    for (int shift = 56; shift >= 0; shift -= 8)
        put_number(pickler, bits >> shift, 1);
}

/* ---- classes, functions, calls */

static void save_global(struct pickler *pickler, const char *name)
{
    const char *colon = name ? strchr(name, ':') : NULL;
    if (!colon) {
        pickler->failed = true;
    } else if (pickler->protocol >= 4) {
        save_name(pickler, name, (size_t)(colon - name));
        save_name(pickler, colon + 1, strlen(colon + 1));
        put(pickler, OPCODE_STACK_GLOBAL);
    } else {
        put(pickler, OPCODE_GLOBAL);
        text_printf(&pickler->out, "%.*s\n%s\n", (int)(colon - name), name, colon + 1);
    }
}

static void save_tuple(struct pickler *pickler, const json_t *items, size_t first)
{
    size_t count = json_array_size(items) - first;
    bool marked = pickler->protocol < 2 || count > 3;
    if (!count && pickler->protocol) {
        put(pickler, OPCODE_EMPTY_TUPLE);
        return;
    }
    if (marked)
        put(pickler, OPCODE_MARK);
    for (size_t i = 0; i < count; i++)
        save(pickler, json_array_get(items, first + i));
    put(pickler, marked ? OPCODE_TUPLE : (enum opcode)(OPCODE_TUPLE1 + count - 1));
}

static void tag_tuple(struct pickler *pickler, const json_t *body)
{
    save_tuple(pickler, body, 0);
}

/* Elements for what is at the top of the stack. */
static void save_items(struct pickler *pickler, const json_t *items)
{
    json_t *item;
    size_t i;
    json_array_foreach((json_t *)items, i, item)
    {
        save(pickler, item);
        put(pickler, OPCODE_APPEND);
    }
}

static void save_pairs(struct pickler *pickler, const json_t *pairs)
{
    json_t *pair;
    size_t i;
    json_array_foreach((json_t *)pairs, i, pair)
    {
        save(pickler, json_array_get(pair, 0));
        save(pickler, json_array_get(pair, 1));
        put(pickler, OPCODE_SETITEM);
    }
}

static void save_empty(struct pickler *pickler, enum opcode binary, enum opcode text)
{
    if (pickler->protocol) {
        put(pickler, binary);
    } else {
        put(pickler, OPCODE_MARK);
        put(pickler, text);
    }
}

static void save_list(struct pickler *pickler, const json_t *items)
{
    save_empty(pickler, OPCODE_EMPTY_LIST, OPCODE_LIST);
    save_items(pickler, items);
}

static void tag_dict(struct pickler *pickler, const json_t *body)
{
    save_empty(pickler, OPCODE_EMPTY_DICT, OPCODE_DICT);
    save_pairs(pickler, body);
}

/* name(*args): what the values have that lack an opcode of their own. */
static void save_call(struct pickler *pickler, const char *name, const json_t *args)
{
    save_global(pickler, name);
    save_tuple(pickler, args, 0);
    put(pickler, OPCODE_REDUCE);
}

static void save_call_of_one(struct pickler *pickler, const char *name, json_t *argument_taken)
{
    json_t *args = typed_array();
    typed_append_take(args, argument_taken);
    save_call(pickler, name, args);
    json_decref(args);
}

static void tag_bytes(struct pickler *pickler, const json_t *body)
{
    struct text bytes = from_hex(body), utf8 = {0};
    if (pickler->protocol >= 3) {
        put_sized(pickler, bytes.length < 256 ? OPCODE_SHORT_BINBYTES : OPCODE_BINBYTES, &bytes,
                  bytes.length < 256 ? 1 : 4);
    } else { /* as Python does it: the bytes as Latin-1 */
        for (size_t i = 0; i < bytes.length; i++) {
            unsigned char c = (unsigned char)bytes.bytes[i];
            unsigned char two[] = {(unsigned char)(0xc0 | c >> 6), (unsigned char)(0x80 | (c & 0x3f))};
            text_add(&utf8, c < 0x80 ? &c : two, c < 0x80 ? 1 : 2);
        }
        json_t *args = typed_array();
        typed_append_take(args, typed_str(text_peek(&utf8), utf8.length));
        typed_append_take(args, json_string("latin1"));
        save_call(pickler, "_codecs:encode", args);
        json_decref(args);
    }
    text_clear(&utf8);
    text_clear(&bytes);
}

static void tag_bytearray(struct pickler *pickler, const json_t *body)
{
    save_call_of_one(pickler, "builtins:bytearray", typed_take("$bytes", json_incref((json_t *)body)));
}

static void tag_set(struct pickler *pickler, const json_t *body)
{
    save_call_of_one(pickler, "builtins:set", json_incref((json_t *)body));
}

static void tag_frozenset(struct pickler *pickler, const json_t *body)
{
    save_call_of_one(pickler, "builtins:frozenset", json_incref((json_t *)body));
}

static void tag_range(struct pickler *pickler, const json_t *body)
{
    save_call(pickler, "builtins:range", body);
}

static void tag_slice(struct pickler *pickler, const json_t *body)
{
    save_call(pickler, "builtins:slice", body);
}

static void tag_complex(struct pickler *pickler, const json_t *body)
{
    json_t *args = typed_array();
    for (size_t i = 0; i < 2; i++)
        typed_append_take(args, typed_take("$float", json_incref(json_array_get(body, i))));
    save_call(pickler, "builtins:complex", args);
    json_decref(args);
}

static void tag_ellipsis(struct pickler *pickler, const json_t *body)
{
    (void)body;
    save_global(pickler, "builtins:Ellipsis");
}

static void tag_notimplemented(struct pickler *pickler, const json_t *body)
{
    (void)body;
    save_global(pickler, "builtins:NotImplemented");
}

static void tag_global(struct pickler *pickler, const json_t *body)
{
    save_global(pickler, json_string_value(body));
}

static void save_state(struct pickler *pickler, const json_t *state)
{
    if (!state || json_is_null(state))
        return;
    save(pickler, state);
    put(pickler, OPCODE_BUILD);
}

static void tag_exception(struct pickler *pickler, const json_t *body)
{
    save_call(pickler, json_string_value(json_object_get(body, "class")), json_object_get(body, "args"));
    save_state(pickler, json_object_get(body, "state"));
}

static void tag_reduce(struct pickler *pickler, const json_t *body)
{
    const char *func = json_string_value(json_object_get(body, "func"));
    const json_t *args = json_object_get(body, "args");
    if (func && !strcmp(func, "copyreg:__newobj__") && pickler->protocol >= 2 && json_array_size(args)) {
        save(pickler, json_array_get(args, 0));
        save_tuple(pickler, args, 1);
        put(pickler, OPCODE_NEWOBJ);
    } else {
        save_call(pickler, func, args);
    }
    save_items(pickler, json_object_get(body, "items"));
    save_pairs(pickler, json_object_get(body, "pairs"));
    save_state(pickler, json_object_get(body, "state"));
}

/* ---- the whole */

static void save_bool(struct pickler *pickler, const json_t *value)
{
    if (pickler->protocol >= 2)
        put(pickler, json_is_true(value) ? OPCODE_NEWTRUE : OPCODE_NEWFALSE);
    else
        text_puts(&pickler->out, json_is_true(value) ? "I01\n" : "I00\n");
}

static void save(struct pickler *pickler, const json_t *value)
{
    void (*tag)(struct pickler *, const json_t *) = tag_of(value);
    if (json_is_null(value))
        put(pickler, OPCODE_NONE);
    else if (json_is_boolean(value))
        save_bool(pickler, value);
    else if (json_is_integer(value))
        save_integer(pickler, value);
    else if (json_is_string(value))
        save_name(pickler, json_string_value(value), json_string_length(value));
    else if (json_is_array(value))
        save_list(pickler, value);
    else if (tag)
        tag(pickler, json_object_iter_value(json_object_iter((json_t *)value)));
    else
        pickler->failed = true;
}

bool pickle_write(struct text *out, const json_t *value, int protocol)
{
    struct pickler pickler = {.protocol = protocol};
    if (protocol >= 2) {
        put(&pickler, OPCODE_PROTO);
        put_number(&pickler, (uint64_t)protocol, 1);
    }
    save(&pickler, value);
    put(&pickler, OPCODE_STOP);
    if (!pickler.failed)
        text_add(out, text_peek(&pickler.out), pickler.out.length);
    text_clear(&pickler.out);
    return !pickler.failed;
}

static void (*tag_of(const json_t *value))(struct pickler *, const json_t *)
{
    static const struct {
        const char *tag;
        void (*save)(struct pickler *, const json_t *);
    } table[] = {
#define TAG(name) {"$" #name, tag_##name},
#include "harness/tag.def"
#undef TAG
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (json_object_size(value) == 1 && typed_peek(value, table[i].tag))
            return table[i].save;
    return NULL;
}
