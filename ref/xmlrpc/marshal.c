/* SPDX-License-Identifier: MIT */
/* The writer: Marshaller of Lib/xmlrpc/client.py with allow_none, and the encoding that multiprocessing does after it.
 * What is written is byte for byte what CPython writes. */
#include <string.h>

#include "ref/base/limits.h"
#include "ref/value/unicode.h"
#include "ref/xmlrpc/internal.h"

static marshal_fn *find_writer(const struct value *v);

/* ---- scalars */

static int put(struct marshal *m, const char *text)
{
    buf_put_text(m->out, text);
    return 0;
}

static int marshal_none(struct marshal *m, struct value *v)
{
    (void)v;
    return put(m, "<value><nil/></value>"); /* the only one without a line feed */
}

static int marshal_bool(struct marshal *m, struct value *v)
{
    buf_printf(m->out, "<value><boolean>%d</boolean></value>\n", v == &value_true);
    return 0;
}

static int marshal_int(struct marshal *m, struct value *v)
{
    int64_t n;

    if (!int_peek_i64(v, &n) || n > INT32_MAX || n < INT32_MIN) {
        raise_format(m->ctx, "OverflowError", "int exceeds XML-RPC limits");
        return -1;
    }
    buf_printf(m->out, "<value><int>%d</int></value>\n", (int)n);
    return 0;
}

static int marshal_float(struct marshal *m, struct value *v)
{
    char text[32];

    float_format(float_peek(v), text);
    buf_printf(m->out, "<value><double>%s</double></value>\n", text);
    return 0;
}

static void put_escaped(struct buf *out, const struct value *s)
{
    size_t size;
    const char *text = str_peek(s, &size);

    for (size_t i = 0; i < size; i++)
        switch (text[i]) {
        case '&':
            buf_put_text(out, "&amp;");
            break;
        case '<':
            buf_put_text(out, "&lt;");
            break;
        case '>':
            buf_put_text(out, "&gt;");
            break;
        default:
            buf_put_byte(out, (unsigned char)text[i]);
        }
}

static int marshal_str(struct marshal *m, struct value *v)
{
    put(m, "<value><string>");
    put_escaped(m->out, v);
    return put(m, "</string></value>\n");
}

int marshal_binary(struct marshal *m, struct value *content)
{
    size_t size;
    const unsigned char *data = bytes_peek(content, &size);

    put(m, "<value><base64>\n");
    base64_encode(m->out, data, size);
    return put(m, "</base64></value>\n");
}

int marshal_date_time(struct marshal *m, struct value *text)
{
    size_t size;
    const char *data = str_peek(text, &size);

    put(m, "<value><dateTime.iso8601>");
    buf_put(m->out, data, size);
    return put(m, "</dateTime.iso8601></value>\n");
}

static int marshal_wrapped_bytes(struct marshal *m, struct value *v)
{
    return marshal_binary(m, wrapper_peek(v));
}

static int marshal_wrapped_date(struct marshal *m, struct value *v)
{
    return marshal_date_time(m, wrapper_peek(v));
}

/* ---- containers */

/* A container is entered unless it is being written already: raises "cannot marshal recursive WHAT". */
static int enter(struct marshal *m, struct marshal_path *here, const struct value *v, const char *what)
{
    for (const struct marshal_path *p = m->path; p; p = p->outer)
        if (p->v == v) {
            raise_format(m->ctx, "TypeError", "cannot marshal recursive %s", what);
            return -1;
        }
    if (m->depth >= LIMIT_MARSHAL_DEPTH) {
        raise_format(m->ctx, "RecursionError", "maximum recursion depth exceeded");
        return -1;
    }
    *here = (struct marshal_path){v, m->path};
    m->path = here;
    m->depth++;
    return 0;
}

static void leave(struct marshal *m, const struct marshal_path *here)
{
    m->path = here->outer;
    m->depth--;
}

static int marshal_sequence(struct marshal *m, struct value *v)
{
    bool list = v->type == &list_type;
    struct marshal_path here;
    int result = 0;

    if (enter(m, &here, v, "sequences"))
        return -1;
    put(m, "<value><array><data>\n");
    for (size_t i = 0; !result && i < (list ? list_length(v) : tuple_length(v)); i++)
        result = marshal_value(m, list ? list_peek(v, i) : tuple_peek(v, i));
    put(m, "</data></array></value>\n");
    leave(m, &here);
    return result;
}

static int marshal_member(struct marshal *m, struct value *key, struct value *item)
{
    put(m, "<member>\n");
    if (!str_check(key)) {
        raise_format(m->ctx, "TypeError", "dictionary key must be string");
        return -1;
    }
    put(m, "<name>");
    put_escaped(m->out, key);
    put(m, "</name>\n");
    if (marshal_value(m, item))
        return -1;
    return put(m, "</member>\n");
}

int marshal_struct(struct marshal *m, const struct value *owner, struct value *dict)
{
    struct value *key, *item;
    struct marshal_path here;
    size_t position = 0;
    int result = 0;

    if (enter(m, &here, owner, "dictionaries"))
        return -1;
    put(m, "<value><struct>\n");
    while (dict && !result && dict_next_peek(dict, &position, &key, &item))
        result = marshal_member(m, key, item);
    put(m, "</struct></value>\n");
    leave(m, &here);
    return result;
}

static int marshal_dict(struct marshal *m, struct value *v)
{
    return marshal_struct(m, v, v);
}

int marshal_refuse(struct marshal *m, const char *what)
{
    raise_format(m->ctx, "TypeError", "cannot marshal <class '%s'> objects", what);
    return -1;
}

int marshal_value(struct marshal *m, struct value *v)
{
    return find_writer(v)(m, v);
}

/* ---- the document */

static bool surrogate_at(const unsigned char *p)
{
    return p[0] == 0xed && p[1] >= 0xa0;
}

/* What UTF-8 cannot hold: raises for the first run of surrogates in the whole document. */
static int check_surrogates(struct ctx *ctx, const struct buf *out, size_t from)
{
    const unsigned char *text = out->data + from, *end = out->data + out->used, *p = text;
    size_t start = 0, length;

    for (; p < end && !surrogate_at(p); p++)
        start += (*p & 0xc0) != 0x80;
    if (p == end)
        return 0;
    for (length = 0; p + 3 * length < end && surrogate_at(p + 3 * length); length++)
        ;
    failure_encode(ctx, "utf-8", (const char *)text, (size_t)(end - text), start, start + length,
                   "surrogates not allowed");
    return -1;
}

int xmlrpc_dump(struct ctx *ctx, struct value *v, struct buf *out)
{
    struct marshal m = {.ctx = ctx, .out = out};
    size_t from = out->used;

    buf_put_text(out, "<params>\n<param>\n");
    int result = marshal_value(&m, v);
    buf_put_text(out, "</param>\n</params>\n");
    if (!out->failed)
        return result ? result : check_surrogates(ctx, out, from);
    raise_memory(ctx); /* whatever went wrong after it */
    return -1;
}

/* ---- the table */

static const struct {
    const struct type *type;
    marshal_fn *writer;
} writers[] = {
    {&str_type, marshal_str},
    {&int_type, marshal_int},
    {&bool_type, marshal_bool},
    {&float_type, marshal_float},
    {&list_type, marshal_sequence},
    {&tuple_type, marshal_sequence},
    {&dict_type, marshal_dict},
    {&bytes_type, marshal_binary},
    {&bytearray_type, marshal_binary},
    {&binary_type, marshal_wrapped_bytes},
    {&date_time_type, marshal_wrapped_date},
    {&opaque_type, marshal_opaque},
    {&global_type, marshal_global},
};

static marshal_fn *find_writer(const struct value *v)
{
    if (v == &value_none)
        return marshal_none;
    for (size_t i = 0; i < sizeof writers / sizeof *writers; i++)
        if (v->type == writers[i].type)
            return writers[i].writer;
    return value_is(v, &exception_type) ? marshal_exception : marshal_other;
}
