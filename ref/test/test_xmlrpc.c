/* SPDX-License-Identifier: MIT */
/* The serializer xmlrpclib: documents and values against each CPython, documents cut at each byte, hostile ones,
 * objects that only the reference can hold, and every allocation failing once. */
#include "ref/base/limits.h"
#include "ref/message/message.h"
#include "ref/test/operations.h"
#include "ref/test/support.h"
#include "ref/xmlrpc/xmlrpc.h"

static struct value *load(struct ctx *ctx, const void *data, size_t size)
{
    return serializer_find("xmlrpclib")->load(ctx, data, size, NULL);
}

/* ---- against CPython */

/* As the vectors show what arrives: wrappers, and Decimals, by their content. */
static void put_loaded(struct operations *o, struct buf *out, struct value *v)
{
    bool wrapped = v->type == &binary_type || v->type == &date_time_type, opaque = v->type == &opaque_type;
    struct value *content = wrapped ? wrapper_peek(v) : opaque ? tuple_peek(opaque_args_peek(v), 0) : v;
    if (wrapped || opaque)
        buf_printf(out, "%s(", value_class_name(v));
    operations_put_str(out, value_repr(&o->ctx, content));
    if (wrapped || opaque)
        buf_put_byte(out, ')');
}

static void put_dumped(struct operations *o, struct buf *out, struct value *v)
{
    struct buf document;
    buf_init(&document, SIZE_MAX);
    if (!serializer_find("xmlrpclib")->dump(&o->ctx, v, &document))
        operations_put(out, (const char *)document.data, document.used);
    buf_free(&document);
}

static bool codec(struct operations *o, struct buf *out)
{
    bool loads = !strcmp(o->fields[0], "loads");
    struct value *given = operations_operand(o, 1), *v;
    size_t size;
    if (loads && given) {
        const unsigned char *data = bytes_peek(given, &size);
        v = load(&o->ctx, data, size);
        if (v)
            put_loaded(o, out, v);
        value_release(v);
    } else if (given)
        put_dumped(o, out, given);
    value_release(given);
    return true;
}

static void test_answers(void)
{
    operations_run("xmlrpc", codec);
}

/* ---- documents that are cut, and hostile ones */

/* A document with one of everything, without what could be left away at its end. */
static struct buf whole_document(struct ctx *ctx)
{
    struct buf b;
    struct value *v = make(ctx, "[n,I,d,s,y,{s:[s]}]", (int64_t)-7, 1.5, "a<\xc3\xa9", "bytes", (size_t)5, "key", "x");
    buf_init(&b, SIZE_MAX);
    CU_ASSERT_FATAL(!xmlrpc_dump(ctx, v, &b));
    value_release(v);
    b.used--; /* the line feed behind it */
    return b;
}

static void test_cut(void)
{
    struct world w;
    world_begin(&w, 313);
    struct buf b = whole_document(&w.ctx);
    struct value *v = load(&w.ctx, b.data, b.used);
    CU_ASSERT_FATAL(v && v->type == &list_type && list_length(v) == 6);
    value_release(v);
    for (size_t size = 0; size < b.used; size++) {
        void *copy = mem_dup(b.data, size ? size : 1); /* so that a read behind the end is seen */
        CU_ASSERT(!load(&w.ctx, copy, size));
        CU_ASSERT(raised_is(&w.ctx, "ValueError") || w.ctx.raised->type == &exception_type);
        struct value *e = raised_fetch(&w.ctx), *line = exception_line(&w.ctx, e);
        CU_ASSERT(!strncmp(str_peek(line, NULL), "xml.parsers.expat.ExpatError: ", 30) ||
                  !strncmp(str_peek(line, NULL), "UnicodeDecodeError: ", 20));
        value_release(line);
        value_release(e);
        mem_free(copy);
    }
    buf_free(&b);
    world_end(&w);
}

static void refuses(struct ctx *ctx, const char *document, const char *line)
{
    CU_ASSERT(!load(ctx, document, strlen(document)));
    CU_ASSERT(raised(ctx, line));
}

static void test_document_types(void)
{
    static const char refused[] =
        "xmlrpc.client.ResponseError: ResponseError('document type declarations are refused')";
    struct world w;
    struct buf b;
    world_begin(&w, 315);
    refuses(&w.ctx, "<!DOCTYPE params><params><param><value>x</value></param></params>", refused);
    refuses(&w.ctx, "<!DOCTYPE p SYSTEM 'http://127.0.0.1/p.dtd'><params/>", refused);
    refuses(&w.ctx,
            "<!DOCTYPE p [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><params><param><value>&e;</value></param></params>",
            refused);
    buf_init(&b, SIZE_MAX); /* a billion laughs */
    buf_put_text(&b, "<!DOCTYPE p [<!ENTITY a0 'ha'>");
    for (int i = 1; i < 10; i++)
        buf_printf(&b, "<!ENTITY a%d '&a%d;&a%d;&a%d;&a%d;&a%d;&a%d;&a%d;&a%d;&a%d;&a%d;'>", i, i - 1, i - 1, i - 1,
                   i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1);
    buf_put_text(&b, "]><params><param><value>&a9;</value></param></params>");
    buf_put_byte(&b, 0);
    refuses(&w.ctx, (const char *)b.data, refused);
    buf_free(&b);
    world_end(&w);
}

/* Repeats an opening text, then a closing one, around nothing. */
static struct buf nested(size_t depth, const char *open, const char *close)
{
    struct buf b;
    buf_init(&b, SIZE_MAX);
    buf_put_text(&b, "<params><param>");
    for (size_t i = 0; i < depth; i++)
        buf_put_text(&b, open);
    for (size_t i = 0; i < depth; i++)
        buf_put_text(&b, close);
    buf_put_text(&b, "</param></params>");
    buf_put_byte(&b, 0);
    CU_ASSERT_FATAL(!b.failed);
    return b;
}

static void test_nesting(void)
{
    static const char deep[] = "RecursionError: maximum recursion depth exceeded";
    struct world w;
    world_begin(&w, 308);
    struct buf b = nested(LIMIT_DEPTH, "<value><array><data>", "</data></array></value>");
    value_release(load(&w.ctx, b.data, b.used - 1));
    CU_ASSERT(w.ctx.raised == NULL);
    buf_free(&b);
    b = nested(LIMIT_DEPTH + 1, "<value><array><data>", "</data></array></value>");
    refuses(&w.ctx, (const char *)b.data, deep);
    buf_free(&b);
    b = nested(1000000, "<a>", "</a>");
    refuses(&w.ctx, (const char *)b.data, deep);
    buf_free(&b);
    world_end(&w);
}

static void test_huge_numbers(void)
{
    struct world w;
    struct buf b;
    world_begin(&w, 313);
    buf_init(&b, SIZE_MAX);
    buf_put_text(&b, "<params><param><value><int>");
    for (int i = 0; i < 5000; i++)
        buf_put_byte(&b, '9');
    buf_put_text(&b, "</int></value></param></params>");
    buf_put_byte(&b, 0);
    CU_ASSERT(!load(&w.ctx, b.data, b.used - 1) && raised_is(&w.ctx, "ValueError"));
    value_release(raised_fetch(&w.ctx));
    buf_free(&b);
    world_end(&w);
}

/* ---- what is written of objects */

static bool writes(struct ctx *ctx, struct value *v, const char *inside)
{
    struct buf b;
    buf_init(&b, SIZE_MAX);
    int failed = xmlrpc_dump(ctx, v, &b);
    buf_put_byte(&b, 0);
    bool same = !failed && strstr((const char *)b.data, inside);
    if (!same)
        printf("# %s without %s\n", b.data ? (const char *)b.data : "", inside);
    buf_free(&b);
    return same;
}

static struct value *instance(struct ctx *ctx, enum opaque_form form, const char *module, const char *name,
                              struct value *args, struct value *state)
{
    struct value *class = global_new(ctx, module, name), *v = opaque_new(ctx, form, class, args, NULL);
    CU_ASSERT_FATAL(!state || !opaque_record(ctx, v, OPAQUE_BUILD, state, NULL));
    value_release(class);
    value_release(args == tuple_empty ? NULL : args);
    value_release(state);
    return v;
}

static void refuses_object(struct ctx *ctx, struct value *v, const char *line)
{
    struct buf b;
    buf_init(&b, SIZE_MAX);
    CU_ASSERT(xmlrpc_dump(ctx, v, &b));
    CU_ASSERT(raised(ctx, line));
    buf_free(&b);
    value_release(v);
}

static void test_objects(void)
{
    struct world w;
    struct ctx *ctx = &w.ctx;
    world_begin(&w, 313);
    struct value *v = instance(ctx, OPAQUE_NEWOBJ, "m", "Point", tuple_empty, make(ctx, "{s:I}", "x", (int64_t)3));
    CU_ASSERT(writes(ctx, v, "<name>x</name>\n<value><int>3</int>"));
    value_release(v);
    v = instance(ctx, OPAQUE_REDUCE, "datetime", "datetime",
                 tuple_pack_take(ctx, 1, bytes_new(ctx, "\x07\xe4\x81\x02\x03\x04\x05\x00\x00\x06", 10)), NULL);
    CU_ASSERT(writes(ctx, v, "<dateTime.iso8601>20200102T03:04:05</dateTime.iso8601>"));
    value_release(v);
    v = instance(ctx, OPAQUE_NEWOBJ, "xmlrpc.client", "Binary", tuple_empty,
                 make(ctx, "{s:y}", "data", "abc", (size_t)3));
    CU_ASSERT(writes(ctx, v, "<base64>\nYWJj\n</base64>"));
    value_release(v);
    refuses_object(ctx, instance(ctx, OPAQUE_REDUCE, "decimal", "Decimal", make(ctx, "(s)", "1"), NULL),
                   "TypeError: cannot marshal <class 'decimal.Decimal'> objects");
    refuses_object(ctx,
                   instance(ctx, OPAQUE_NEWOBJ, "m", "Slots", tuple_empty, make(ctx, "(n,{s:I})", "a", (int64_t)1)),
                   "TypeError: cannot marshal <class 'm.Slots'> objects");
    refuses_object(ctx, instance(ctx, OPAQUE_NEWOBJ, "m", "Text", make(ctx, "(s)", "x"), make(ctx, "{}")),
                   "TypeError: cannot marshal <class 'm.Text'> objects");
    world_end(&w);
}

static void test_recursion(void)
{
    struct world w;
    struct ctx *ctx = &w.ctx;
    world_begin(&w, 313);
    struct value *list = list_new(ctx), *dict = make(ctx, "{}"), *deep = list_new(ctx), *outer;
    CU_ASSERT(!list_push_take(ctx, list, value_ref(list)));
    refuses_object(ctx, value_ref(list), "TypeError: cannot marshal recursive sequences");
    CU_ASSERT(!dict_set_text_take(ctx, dict, "d", value_ref(dict)));
    refuses_object(ctx, value_ref(dict), "TypeError: cannot marshal recursive dictionaries");
    for (int i = 1; i < LIMIT_MARSHAL_DEPTH; i++, deep = outer)
        CU_ASSERT_FATAL((outer = list_new(ctx)) && !list_push_take(ctx, outer, deep));
    CU_ASSERT(writes(ctx, deep, "<array>"));
    CU_ASSERT_FATAL((outer = list_new(ctx)) && !list_push_take(ctx, outer, deep));
    refuses_object(ctx, outer, "RecursionError: maximum recursion depth exceeded");
    value_release(list);
    value_release(dict);
    collect_run(&w.rt);
    world_end(&w);
}

static void test_wrappers(void)
{
    struct world w;
    struct ctx *ctx = &w.ctx;
    int64_t hash;
    world_begin(&w, 313);
    struct value *a = binary_new_take(ctx, bytes_new(ctx, "\xe9", 1)), *b = bytes_new(ctx, "\xe9", 1),
                 *d = date_time_new_take(ctx, str_new_text(ctx, "2020"));
    CU_ASSERT(value_compare(ctx, COMPARE_EQ, a, b) == 1 && value_compare(ctx, COMPARE_NE, b, a) == 0);
    CU_ASSERT(shows(ctx, value_str(ctx, a), "'\xc3\xa9'"));
    CU_ASSERT(shows(ctx, value_get_attr(ctx, a, "data"), "b'\\xe9'"));
    CU_ASSERT(shows(ctx, value_str(ctx, d), "'2020'"));
    CU_ASSERT(value_hash(ctx, a, &hash) && raised(ctx, "TypeError: unhashable type: 'Binary'"));
    CU_ASSERT(value_compare(ctx, COMPARE_EQ, d, &value_none) == 0);
    ctx->rt->compat = 308;
    CU_ASSERT(value_compare(ctx, COMPARE_EQ, d, &value_none) < 0);
    CU_ASSERT(raised(ctx, "TypeError: Can't compare DateTime and NoneType"));
    value_release(a);
    value_release(b);
    value_release(d);
    world_end(&w);
}

/* ---- memory */

/* A message there and back. */
static struct value *round_trip(struct ctx *ctx, struct value *v)
{
    struct buf b;
    struct value *back = NULL;
    buf_init(&b, SIZE_MAX);
    if (!xmlrpc_dump(ctx, v, &b))
        back = load(ctx, b.data, b.used);
    buf_free(&b);
    return back;
}

static void test_memory(void)
{
    struct world w;
    world_begin(&w, 312);
    struct value *v = make(&w.ctx, "[n,I,d,s,y,{s:[s],s:{}}]", (int64_t)-7, 1.5, "a<\xc3\xa9", "bytes", (size_t)5,
                           "key", "x", "other"),
                 *back = NULL;
    long values = value_alive(), blocks = mem_alive(), n;
    for (n = 1; !back; n++) {
        mem_fail_at(n);
        back = round_trip(&w.ctx, v);
        mem_fail_at(0);
        if (back)
            break;
        CU_ASSERT(raised(&w.ctx, "MemoryError"));
        CU_ASSERT(value_alive() == values && mem_alive() == blocks);
    }
    CU_ASSERT(n > 20); /* it took memory, the parser's too */
    value_release(back);
    value_release(v);
    world_end(&w);
}

int main(void)
{
    CU_TestInfo tests[] = {{"documents and values are those of each CPython", test_answers},
                           {"a document that is cut anywhere is refused", test_cut},
                           {"document types are refused, and nothing is expanded or fetched", test_document_types},
                           {"nesting has a limit", test_nesting},
                           {"numbers have a limit", test_huge_numbers},
                           {"objects are written as their attributes, or refused", test_objects},
                           {"recursion is refused", test_recursion},
                           {"Binary and DateTime", test_wrappers},
                           {"without memory it is MemoryError, and nothing leaks", test_memory},
                           CU_TEST_INFO_NULL};
    return unit_main("xmlrpc", tests);
}
