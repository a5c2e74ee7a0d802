/* SPDX-License-Identifier: MIT */
/* The ends of elements, as the functions end_… of Unmarshaller in Lib/xmlrpc/client.py: each makes a value of the text
 * and of what stands on the stack. */
#include <ctype.h>
#include <string.h>

#include "ref/value/unicode.h"
#include "ref/xmlrpc/internal.h"

/* ---- scalars */

static int end_nil(struct unmarshal *u, const char *text, size_t size)
{
    (void)text, (void)size;
    return unmarshal_push_take(u, &value_none);
}

static int end_boolean(struct unmarshal *u, const char *text, size_t size)
{
    if (size == 1 && (*text == '0' || *text == '1'))
        return unmarshal_push_take(u, value_bool(*text == '1'));
    raise_format(u->ctx, "TypeError", "bad boolean value");
    return -1;
}

static int end_int(struct unmarshal *u, const char *text, size_t size)
{
    return unmarshal_push_take(u, int_new_literal(u->ctx, text, size));
}

/* float(text) */
static int end_double(struct unmarshal *u, const char *text, size_t size)
{
    struct ctx *ctx = u->ctx;
    struct value *function = global_new(ctx, "builtins", "float");
    struct value *args = function ? tuple_pack_take(ctx, 1, str_new(ctx, text, size)) : NULL;
    struct value *result = args ? function_call(ctx, function, args, NULL) : NULL;

    value_release(function);
    value_release(args);
    return unmarshal_push_take(u, result);
}

static int end_string(struct unmarshal *u, const char *text, size_t size)
{
    return unmarshal_push_take(u, str_new(u->ctx, text, size));
}

/* A value without an element inside is a string. */
static int end_value(struct unmarshal *u, const char *text, size_t size)
{
    return u->value ? end_string(u, text, size) : 0;
}

/* data.encode('ascii'), then the digits. */
static int end_base64(struct unmarshal *u, const char *text, size_t size)
{
    size_t before = 0, length = 0;
    const char *p = text, *end = text + size;

    for (; p < end && (unsigned char)*p < 0x80; p++)
        before++;
    while (p < end && (unsigned char)*p >= 0x80) {
        unicode_next(&p);
        length++;
    }
    if (!length)
        return unmarshal_push_take(u, binary_new_take(u->ctx, base64_decode(u->ctx, text, size)));
    failure_encode(u->ctx, "ascii", text, size, before, before + length, "ordinal not in range(128)");
    return -1;
}

/* str.isspace for what XML lets through. */
static bool is_space(uint32_t c)
{
    return (c >= 9 && c <= 13) || c == ' ' || c == 0x85 || c == 0xa0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200a) ||
           c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x205f || c == 0x3000;
}

/* str.strip */
static struct value *stripped(struct ctx *ctx, const char *text, size_t size)
{
    const char *end = text + size, *p;

    for (p = text; p < end && is_space(unicode_next(&p)); text = p)
        ;
    while (end > text && (p = unicode_back(end, 1), is_space(unicode_next(&p))))
        end = unicode_back(end, 1);
    return str_new(ctx, text, (size_t)(end - text));
}

static int end_date_time(struct unmarshal *u, const char *text, size_t size)
{
    return unmarshal_push_take(u, date_time_new_take(u->ctx, stripped(u->ctx, text, size)));
}

/* ---- bigdecimal, which CPython reads and never writes */

static bool skip_digits(const char **p)
{
    const char *start = *p;

    while (isdigit((unsigned char)**p))
        ++*p;
    return *p > start;
}

/* [sign] digits [. digits] [e [sign] digits]: what decimal.Decimal takes, without its words for infinity and NaN. */
static bool is_decimal(const char *p)
{
    bool digits;

    p += *p == '+' || *p == '-';
    digits = skip_digits(&p);
    if (*p == '.') {
        p++;
        digits = skip_digits(&p) || digits;
    }
    if (digits && (*p == 'e' || *p == 'E')) {
        p++;
        p += *p == '+' || *p == '-';
        digits = skip_digits(&p);
    }
    return digits && !*p;
}

static int end_bigdecimal(struct unmarshal *u, const char *text, size_t size)
{
    struct ctx *ctx = u->ctx;
    struct value *number = stripped(ctx, text, size), *args = NULL, *class = NULL, *result = NULL;

    if (number && is_decimal(str_peek(number, NULL))) {
        class = global_new(ctx, "decimal", "Decimal");
        args = class ? tuple_pack_take(ctx, 1, value_ref(number)) : NULL;
        result = args ? opaque_new(ctx, OPAQUE_REDUCE, class, args, NULL) : NULL;
    } else if (number) {
        class = global_new(ctx, "decimal", "InvalidOperation");
        args = class ? tuple_pack_take(ctx, 1, list_new(ctx)) : NULL;
        result = args ? global_new(ctx, "decimal", "ConversionSyntax") : NULL;
        if (result && !list_push_take(ctx, tuple_peek(args, 0), result)) {
            result = opaque_new(ctx, OPAQUE_REDUCE, class, args, NULL);
            result = result ? raise_take(ctx, result) : NULL;
        }
    }
    value_release(number);
    value_release(class);
    value_release(args);
    return unmarshal_push_take(u, result);
}

/* ---- containers: what stands above the last mark */

static int end_array(struct unmarshal *u, const char *text, size_t size)
{
    size_t mark = u->marks[--u->open], n = u->count - mark;
    struct value *list = list_new(u->ctx);
    bool whole = list;

    (void)text, (void)size;
    for (size_t i = 0; i < n && whole; i++)
        whole = !list_push_take(u->ctx, list, value_ref(u->stack[mark + i]));
    while (u->count > mark)
        value_release(u->stack[--u->count]);
    if (whole)
        return unmarshal_push_take(u, list);
    value_release(list);
    return -1;
}

/* Names and values in turn; CPython asks for the value of a last name that has none. */
static int fill(struct unmarshal *u, struct value *dict, size_t mark)
{
    for (size_t i = mark; i < u->count; i += 2) {
        if (i + 1 == u->count) {
            raise_format(u->ctx, "IndexError", "list index out of range");
            return -1;
        }
        if (dict_set(u->ctx, dict, u->stack[i], u->stack[i + 1]))
            return -1;
    }
    return 0;
}

static int end_struct(struct unmarshal *u, const char *text, size_t size)
{
    size_t mark = u->marks[--u->open];
    struct value *dict = dict_new(u->ctx);
    int result = dict ? fill(u, dict, mark) : -1;

    (void)text, (void)size;
    while (u->count > mark)
        value_release(u->stack[--u->count]);
    if (!result)
        return unmarshal_push_take(u, dict);
    value_release(dict);
    return -1;
}

/* ---- what kind of document it is */

static int end_params(struct unmarshal *u, const char *text, size_t size)
{
    (void)text, (void)size;
    u->ending = "params";
    return 0;
}

static int end_fault(struct unmarshal *u, const char *text, size_t size)
{
    (void)text, (void)size;
    u->ending = "fault";
    return 0;
}

static int end_method_name(struct unmarshal *u, const char *text, size_t size)
{
    (void)text, (void)size;
    u->ending = "methodName";
    return 0;
}

/* ---- the table */

static const struct {
    const char *name;
    element_fn *end;
} elements[] = {
    {"value", end_value},
    {"string", end_string},
    {"int", end_int},
    {"array", end_array},
    {"name", end_string},
    {"struct", end_struct},
    {"nil", end_nil},
    {"boolean", end_boolean},
    {"double", end_double},
    {"base64", end_base64},
    {"dateTime.iso8601", end_date_time},
    {"params", end_params},
    {"i1", end_int},
    {"i2", end_int},
    {"i4", end_int},
    {"i8", end_int},
    {"biginteger", end_int},
    {"float", end_double},
    {"bigdecimal", end_bigdecimal},
    {"fault", end_fault},
    {"methodName", end_method_name},
};

element_fn *element_find(const char *name)
{
    for (size_t i = 0; i < sizeof elements / sizeof *elements; i++)
        if (!strcmp(elements[i].name, name))
            return elements[i].end;
    return NULL;
}
