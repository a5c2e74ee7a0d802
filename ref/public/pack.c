/* SPDX-License-Identifier: MIT */
/* Reads formats such as "i, [s s], timeout=d".  The first failure ends it: what is behind stays unread. */
#include "ref/public/pack.h"

#include <ctype.h>
#include <string.h>

#include "ref/value/types.h"

static struct value *item(struct ctx *ctx, struct pack *p);

static void skip_blanks(struct pack *p)
{
    p->next += strspn(p->next, " ,:");
}

static void *refuse(struct ctx *ctx, const struct pack *p)
{
    return raise_format(ctx, "ValueError", "format '%.200s' not understood at '%.20s'", p->format, p->next);
}

/* Items up to the closing character, appended to a new list, which is what all containers are made of here. */
static struct value *items_until(struct ctx *ctx, struct pack *p, char end)
{
    struct value *list = list_new(ctx);

    for (skip_blanks(p); list && *p->next != end; skip_blanks(p)) {
        if (!list_push_take(ctx, list, item(ctx, p)))
            continue;
        value_release(list);
        return NULL;
    }
    if (list)
        p->next++;
    return list;
}

static struct value *tuple_until(struct ctx *ctx, struct pack *p)
{
    struct value *list = items_until(ctx, p, ')'), *tuple = list ? tuple_from(ctx, list) : NULL;

    value_release(list);
    return tuple;
}

static struct value *dict_until(struct ctx *ctx, struct pack *p)
{
    struct value *list = items_until(ctx, p, '}'), *dict = list ? dict_new(ctx) : NULL;
    size_t n = list ? list_length(list) : 0;

    if (dict && n % 2) {
        value_release(dict);
        dict = raise_format(ctx, "ValueError", "format '%.200s' has a key without a value", p->format);
    }
    for (size_t i = 0; dict && i < n; i += 2) {
        if (!dict_set(ctx, dict, list_peek(list, i), list_peek(list, i + 1)))
            continue;
        value_release(dict);
        dict = NULL;
    }
    value_release(list);
    return dict;
}

static struct value *text_item(struct ctx *ctx, const char *text)
{
    return text ? str_new_text(ctx, text) : raise_format(ctx, "ValueError", "NULL is no text");
}

static struct value *bytes_item(struct ctx *ctx, const void *data, size_t size)
{
    return data || !size ? bytes_new(ctx, data, size) : raise_format(ctx, "ValueError", "NULL is no data");
}

/* The module ends before the last dot. */
static struct value *function_item(struct ctx *ctx, const char *name)
{
    const char *dot = name ? strrchr(name, '.') : NULL;
    struct value *module = dot && dot > name && dot[1] ? str_new(ctx, name, (size_t)(dot - name)) : NULL,
                 *function = module ? global_new(ctx, str_peek(module, NULL), dot + 1) : NULL;

    value_release(module);
    if (function || ctx->raised)
        return function;
    return raise_format(ctx, "ValueError", "a function is named with its module, as \"math.sqrt\"");
}

static struct value *object_item(struct ctx *ctx, struct value *v)
{
    return v ? value_ref(v) : raise_format(ctx, "ValueError", "NULL is no value");
}

static struct value *item(struct ctx *ctx, struct pack *p)
{
    const void *data;

    skip_blanks(p);
    switch (*p->next++) {
    case 'n':
        return &value_none;
    case 'b':
        return value_bool(va_arg(p->args, int));
    case 'i':
        return int_new(ctx, va_arg(p->args, int));
    case 'I':
        return int_new(ctx, va_arg(p->args, int64_t));
    case 'd':
        return float_new(ctx, va_arg(p->args, double));
    case 's':
        return text_item(ctx, va_arg(p->args, const char *));
    case 'y':
        data = va_arg(p->args, const void *);
        return bytes_item(ctx, data, va_arg(p->args, size_t));
    case 'f':
        return function_item(ctx, va_arg(p->args, const char *));
    case 'O':
        return object_item(ctx, va_arg(p->args, struct value *));
    case '(':
        return tuple_until(ctx, p);
    case '[':
        return items_until(ctx, p, ']');
    case '{':
        return dict_until(ctx, p);
    default:
        p->next--;
        return refuse(ctx, p);
    }
}

struct value *pack_value(struct ctx *ctx, struct pack *p)
{
    struct value *v = item(ctx, p);

    skip_blanks(p);
    if (!v || !*p->next)
        return v;
    value_release(v);
    return refuse(ctx, p);
}

/* The length of NAME in front of NAME=, or 0. */
static size_t name_length(const struct pack *p)
{
    size_t n = 0;

    while (isalnum((unsigned char)p->next[n]) || p->next[n] == '_')
        n++;
    return p->next[n] == '=' ? n : 0;
}

static int named_item(struct ctx *ctx, struct pack *p, size_t size, struct value **kwds)
{
    struct value *name = str_new(ctx, p->next, size), *v = NULL;
    int result = -1;

    p->next += size + 1;
    if (!*kwds)
        *kwds = dict_new(ctx);
    if (name && *kwds)
        v = item(ctx, p);
    if (v)
        result = dict_set(ctx, *kwds, name, v);
    value_release(name);
    value_release(v);
    return result;
}

int pack_arguments(struct ctx *ctx, struct pack *p, struct value **args, struct value **kwds)
{
    struct value *list = list_new(ctx);
    int result = list ? 0 : -1;

    *args = *kwds = NULL;
    for (skip_blanks(p); !result && *p->next; skip_blanks(p)) {
        size_t size = name_length(p);
        result = size ? named_item(ctx, p, size, kwds) : list_push_take(ctx, list, item(ctx, p));
    }
    *args = result ? NULL : tuple_from(ctx, list);
    value_release(list);
    if (*args)
        return 0;
    value_release(*kwds);
    *kwds = NULL;
    return -1;
}
