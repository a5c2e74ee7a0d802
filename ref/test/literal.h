/* SPDX-License-Identifier: MIT */
/* Makes values from Python-like text, for tests: literals, and calls of slice, range, set, frozenset, bytearray, array,
 * COMPLEX, ITER, REVERSED, FUNCTION(module, name) and exceptions; ints also as 2**63-1. A constructor that refuses
 * gives NULL with its exception raised. SELF is the object under test, nan always the same object. */
#ifndef REF_TEST_LITERAL_H
#define REF_TEST_LITERAL_H

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ref/base/buf.h"
#include "ref/value/types.h"
#include "ref/value/unicode.h"

struct literal {
    struct ctx *ctx;
    const char *p;
    struct value *self, *nan; /* borrowed */
};

static struct value *literal_value(struct literal *l);

static bool literal_accept(struct literal *l, const char *text)
{
    size_t size = strlen(text);
    while (*l->p == ' ')
        l->p++;
    if (strncmp(l->p, text, size) != 0)
        return false;
    l->p += size;
    return true;
}

static void literal_fail(struct literal *l, const char *expected)
{
    fprintf(stderr, "bad literal, %s expected at: %.60s\n", expected, l->p);
    abort(); /* the test itself is broken */
}

/* Values up to the closing text, as a list. */
static struct value *literal_sequence(struct literal *l, const char *close)
{
    struct value *list = list_new(l->ctx);
    while (!literal_accept(l, close)) {
        if (list_push_take(l->ctx, list, literal_value(l)) < 0 && !l->ctx->raised)
            literal_fail(l, "memory");
        if (!literal_accept(l, ",") && *l->p != *close)
            literal_fail(l, "a comma");
    }
    return list;
}

/* The rest of { }: a dict if there is a colon or nothing, else a set. */
static struct value *literal_braces(struct literal *l)
{
    struct value *set = NULL, *dict = NULL;
    while (!literal_accept(l, "}")) {
        struct value *key = literal_value(l);
        if (literal_accept(l, ":")) {
            struct value *item = literal_value(l);
            dict = dict ? dict : dict_new(l->ctx);
            if (dict_set(l->ctx, dict, key, item) < 0)
                literal_fail(l, "a hashable key");
            value_release(item);
        } else {
            set = set ? set : set_new(l->ctx);
            if (set_add(l->ctx, set, key) < 0)
                literal_fail(l, "a hashable element");
        }
        value_release(key);
        literal_accept(l, ",");
    }
    return set ? set : dict ? dict : dict_new(l->ctx);
}

static uint32_t literal_hex(const char **p, int digits)
{
    uint32_t c = 0;
    for (int i = 0; i < digits; i++, ++*p)
        c = c * 16 + (uint32_t)(isdigit((unsigned char)**p) ? **p - '0' : tolower((unsigned char)**p) - 'a' + 10);
    return c;
}

/* One character of a quoted text, *p behind the backslash: its code point. */
static uint32_t literal_escape(const char **p)
{
    static const char names[] = "nrtabfv0", codes[] = "\n\r\t\a\b\f\v";
    char c = *(*p)++;
    const char *name = strchr(names, c);
    if (c == 'x' || c == 'u' || c == 'U')
        return literal_hex(p, c == 'x' ? 2 : c == 'u' ? 4 : 8);
    return c && name ? (unsigned char)codes[name - names] : (unsigned char)c;
}

static struct value *literal_quoted(struct literal *l, char quote, bool bytes)
{
    struct buf b;
    struct value *v;
    buf_init(&b, SIZE_MAX);
    while (*l->p && *l->p != quote) {
        char encoded[4];
        if (*l->p != '\\') {
            buf_put_byte(&b, (unsigned char)*l->p++);
            continue;
        }
        l->p++;
        uint32_t c = literal_escape(&l->p);
        if (bytes)
            buf_put_byte(&b, (unsigned char)c);
        else
            buf_put(&b, encoded, unicode_encode(c, encoded));
    }
    l->p++;
    v = bytes ? bytes_new(l->ctx, b.data, b.used) : str_new(l->ctx, b.used ? (char *)b.data : "", b.used);
    buf_free(&b);
    return v;
}

/* An int may go on with **N, +N or -N. */
static struct value *literal_int(struct literal *l, size_t size)
{
    struct value *v = int_new_decimal(l->ctx, l->p, size), *other;
    l->p += size;
    if (strncmp(l->p, "**", 2) == 0) {
        struct value *factor = value_ref(v);
        bool negative = l->p[-(ptrdiff_t)size] == '-';
        unsigned long exponent = strtoul(l->p + 2, (char **)&l->p, 10);
        value_release(v);
        other = negative ? value_binary(l->ctx, BINARY_SUB, &value_false, factor) : value_ref(factor);
        value_release(factor);
        factor = other;
        for (v = int_new(l->ctx, 1); exponent; exponent >>= 1) {
            struct value *square = value_binary(l->ctx, BINARY_MUL, factor, factor), *old = v;
            if (exponent & 1) {
                v = value_binary(l->ctx, BINARY_MUL, v, factor);
                value_release(old);
            }
            value_release(factor);
            factor = square;
        }
        value_release(factor);
        if (negative) {
            other = v;
            v = value_binary(l->ctx, BINARY_SUB, &value_false, v);
            value_release(other);
        }
    }
    if ((*l->p == '+' || *l->p == '-') && isdigit((unsigned char)l->p[1])) {
        enum binary_op op = *l->p++ == '+' ? BINARY_ADD : BINARY_SUB;
        struct value *left = v;
        other = literal_int(l, strspn(l->p, "0123456789"));
        v = value_binary(l->ctx, op, left, other);
        value_release(left);
        value_release(other);
    }
    return v;
}

static struct value *literal_number(struct literal *l)
{
    if (strncmp(l->p, "-inf", 4) == 0) {
        l->p += 4;
        return float_new(l->ctx, -(double)__builtin_inf());
    }
    size_t size = strspn(l->p + (*l->p == '-'), "0123456789") + (*l->p == '-');
    char *end;
    double x;
    if (!strchr(".ej", l->p[size]) || !l->p[size])
        return literal_int(l, size);
    x = strtod(l->p, &end);
    l->p = end;
    return literal_accept(l, "j") ? complex_new(l->ctx, 0, x) : float_new(l->ctx, x);
}

static const char *literal_word(struct literal *l, char *out, size_t size)
{
    size_t n = 0;
    while (*l->p == ' ')
        l->p++;
    while ((isalnum((unsigned char)*l->p) || *l->p == '_') && n + 1 < size)
        out[n++] = *l->p++;
    out[n] = 0;
    return out;
}

static struct value *literal_function(struct literal *l)
{
    char module[64], name[64];
    literal_word(l, module, sizeof module);
    literal_accept(l, ",");
    literal_word(l, name, sizeof name);
    literal_accept(l, ")");
    return global_new(l->ctx, module, name);
}

/* NAME(args) of a built-in exception or one of these; NameError where the version has none. */
static struct value *literal_exception(struct literal *l, const char *name, struct value *list)
{
    static const struct {
        const char *name, *module, *real;
    } others[] = {
        {"Empty", "_queue", "Empty"},
        {"Full", "queue", "Full"},
        {"ShutDown", "queue", "ShutDown"},
        {"BrokenBarrierError", "threading", "BrokenBarrierError"},
        {"PicklingError", "_pickle", "PicklingError"},
        {"UnpicklingError", "_pickle", "UnpicklingError"},
        {"PickleError", "_pickle", "PickleError"},
        {"ProcessError", "multiprocessing", "ProcessError"},
        {"BufferTooShort", "multiprocessing", "BufferTooShort"},
        {"MPTimeoutError", "multiprocessing", "TimeoutError"},
        {"AuthenticationError", "multiprocessing", "AuthenticationError"},
        {"RemoteError", "multiprocessing.managers", "RemoteError"},
        {"struct_error", "struct", "error"},
        {"binascii_Error", "binascii", "Error"},
        {"binascii_Incomplete", "binascii", "Incomplete"},
    };
    const char *module = "builtins", *real = name;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (!strcmp(name, others[i].name))
            module = others[i].module, real = others[i].real;
    const struct exception_class *class = exception_class_find(module, real, l->ctx->rt->compat);
    if (!class)
        return raise_format(l->ctx, "NameError", "name '%s' is not defined", name);
    struct value *args = tuple_from(l->ctx, list), *v = args ? exception_new(l->ctx, class, args) : NULL;
    value_release(args);
    return v;
}

/* NAME( was read: the arguments, and what it makes of them. */
static struct value *literal_call(struct literal *l, const char *name)
{
    struct value *args, *a[3], *v = NULL;
    double x = 0, y = 0;
    size_t size;
    if (!strcmp(name, "FUNCTION"))
        return literal_function(l);
    args = literal_sequence(l, ")");
    for (size_t i = 0; i < 3; i++)
        a[i] = i < list_length(args) ? list_peek(args, i) : &value_none;
    if (!strcmp(name, "slice"))
        v = slice_new(l->ctx, a[0], a[1], a[2]);
    else if (!strcmp(name, "range")) {
        struct value *one = int_new(l->ctx, 1);
        v = range_new(l->ctx, a[0], a[1], list_length(args) < 3 ? one : a[2]);
        value_release(one);
    } else if (!strcmp(name, "set") || !strcmp(name, "frozenset")) {
        bool frozen = name[0] == 'f';
        v = list_length(args) ? set_from(l->ctx, a[0], frozen) : frozen ? frozenset_new(l->ctx) : set_new(l->ctx);
    } else if (!strcmp(name, "bytearray")) {
        const unsigned char *data = list_length(args) ? bytes_peek(a[0], &size) : (size = 0, NULL);
        v = bytearray_new(l->ctx, data, size);
    } else if (!strcmp(name, "complex")) {
        v = complex_new(l->ctx, float_peek(a[0]), float_peek(a[1]));
    } else if (!strcmp(name, "array"))
        v = array_create(l->ctx, a[0], a[1]);
    else if (!strcmp(name, "ITER"))
        v = value_iter(l->ctx, a[0]);
    else if (!strcmp(name, "REVERSED"))
        v = iter_reversed(l->ctx, a[0]);
    else if (!strcmp(name, "COMPLEX")) {
        int64_t m = 0, n = 0;
        int_peek_i64(a[0], &m);
        int_peek_i64(a[1], &n);
        x = (double)m;
        y = (double)n;
        v = complex_new(l->ctx, x, y);
    } else
        v = literal_exception(l, name, args);
    value_release(args);
    return v;
}

static struct value *literal_named(struct literal *l)
{
    static const struct {
        const char *name;
        struct value *v;
    } constants[] = {{"None", &value_none},
                     {"True", &value_true},
                     {"False", &value_false},
                     {"Ellipsis", &value_ellipsis},
                     {"NotImplemented", &value_not_implemented}};
    char name[64];
    literal_word(l, name, sizeof name);
    for (size_t i = 0; i < sizeof constants / sizeof *constants; i++)
        if (!strcmp(name, constants[i].name))
            return constants[i].v;
    if (!strcmp(name, "SELF"))
        return value_ref(l->self);
    if (!strcmp(name, "nan"))
        return value_ref(l->nan);
    if (!strcmp(name, "inf"))
        return float_new(l->ctx, (double)__builtin_inf());
    if (literal_accept(l, "("))
        return literal_call(l, name);
    literal_fail(l, "a value");
    return NULL;
}

static struct value *literal_value(struct literal *l)
{
    struct value *list, *tuple;
    if (literal_accept(l, "["))
        return literal_sequence(l, "]");
    if (literal_accept(l, "(")) {
        list = literal_sequence(l, ")");
        tuple = tuple_from(l->ctx, list);
        value_release(list);
        return tuple;
    }
    if (literal_accept(l, "{"))
        return literal_braces(l);
    if (literal_accept(l, "b'") || literal_accept(l, "b\""))
        return literal_quoted(l, l->p[-1], true);
    if (*l->p == '\'' || *l->p == '"') {
        l->p++;
        return literal_quoted(l, l->p[-1], false);
    }
    if (*l->p == '-' || isdigit((unsigned char)*l->p))
        return literal_number(l);
    return literal_named(l);
}

#endif
