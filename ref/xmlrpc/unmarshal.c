/* SPDX-License-Identifier: MIT */
/* The reader: Unmarshaller of Lib/xmlrpc/client.py on top of expat, which is CPython's parser, too, so that what is not
 * well-formed is refused at the same place in the same words.  It is as tolerant as CPython's of what is no XML-RPC.
 * Unlike CPython it refuses every document type declaration (there would be entities to expand in it), and nesting
 * beyond a limit. */
#include <expat.h>
#include <string.h>

#include "ref/base/limits.h"
#include "ref/base/mem.h"
#include "ref/value/unicode.h"
#include "ref/xmlrpc/internal.h"

/* ---- the stack of values and the marks on it */

/* Room for one more in an array of elements of a size; NULL after MemoryError (nothing changed). */
static void *grow(struct ctx *ctx, void *array, size_t *room, size_t size)
{
    size_t wanted = *room ? 2 * *room : 16;
    void *bigger = wanted > PTRDIFF_MAX / size ? NULL : mem_realloc(array, wanted * size);

    if (!bigger)
        return raise_memory(ctx);
    *room = wanted;
    return bigger;
}

int unmarshal_push_take(struct unmarshal *u, struct value *v)
{
    if (v && u->count == u->room) {
        struct value **stack = grow(u->ctx, u->stack, &u->room, sizeof(void *));
        if (!stack) {
            value_release(v);
            return -1;
        }
        u->stack = stack;
    }
    if (!v)
        return -1;
    u->stack[u->count++] = v;
    return 0;
}

static int push_mark(struct unmarshal *u)
{
    if (u->open >= LIMIT_DEPTH) {
        raise_format(u->ctx, "RecursionError", "maximum recursion depth exceeded");
        return -1;
    }
    if (u->open == u->open_room) {
        size_t *marks = grow(u->ctx, u->marks, &u->open_room, sizeof *marks);
        if (!marks)
            return -1;
        u->marks = marks;
    }
    u->marks[u->open++] = u->count;
    return 0;
}

/* ---- what expat tells; after an exception nothing more is listened to */

/* The name without its prefixes. */
static const char *local_name(const char *name)
{
    const char *colon = strrchr(name, ':');

    return colon ? colon + 1 : name;
}

static int start(struct unmarshal *u, const char *tag)
{
    if (++u->depth > LIMIT_XML_DEPTH) {
        raise_format(u->ctx, "RecursionError", "maximum recursion depth exceeded");
        return -1;
    }
    if ((!strcmp(tag, "array") || !strcmp(tag, "struct")) && push_mark(u))
        return -1;
    u->text.used = 0;
    if (u->value && !element_find(tag)) {
        failure_unknown_tag(u->ctx, tag);
        return -1;
    }
    u->value = !strcmp(tag, "value");
    return 0;
}

static int end(struct unmarshal *u, const char *tag)
{
    element_fn *element = element_find(tag);
    int result;

    u->depth--;
    if (!element)
        element = element_find(local_name(tag));
    result = element ? element(u, u->text.used ? (const char *)u->text.data : "", u->text.used) : 0;
    u->value = false;
    return result;
}

static void stop(struct unmarshal *u)
{
    XML_StopParser(u->parser, XML_FALSE);
}

static void on_start(void *user, const char *name, const char **attributes)
{
    struct unmarshal *u = user;

    (void)attributes;
    if (!u->ctx->raised && start(u, local_name(name)))
        stop(u);
}

static void on_end(void *user, const char *name)
{
    struct unmarshal *u = user;

    if (!u->ctx->raised && end(u, name))
        stop(u);
}

static void on_text(void *user, const char *text, int size)
{
    struct unmarshal *u = user;

    if (u->ctx->raised)
        return;
    buf_put(&u->text, text, (size_t)size);
    if (!u->text.failed)
        return;
    raise_memory(u->ctx);
    stop(u);
}

static void on_doctype(void *user, const char *name, const char *system_id, const char *public_id, int internal)
{
    struct unmarshal *u = user;

    (void)name, (void)system_id, (void)public_id, (void)internal;
    if (u->ctx->raised)
        return;
    failure_response(u->ctx, "document type declarations are refused");
    stop(u);
}

/* ---- the parser */

/* raise ExpatError("not well-formed (invalid token): line 3, column 15") with the attributes that it has. */
static void raise_expat(struct unmarshal *u)
{
    enum XML_Error code = XML_GetErrorCode(u->parser);
    unsigned long line = XML_GetCurrentLineNumber(u->parser), column = XML_GetCurrentColumnNumber(u->parser);
    struct ctx *ctx = u->ctx;
    bool line_first = compat_has(ctx->rt->compat, COMPAT_XML_LINE_FIRST);

    if (code == XML_ERROR_NO_MEMORY) {
        raise_memory(ctx);
        return;
    }
    struct value *state = dict_new(ctx);
    if (state && (dict_set_text_take(ctx, state, "code", int_new(ctx, code)) ||
                  dict_set_text_take(ctx, state, line_first ? "lineno" : "offset",
                                     int_new_unsigned(ctx, line_first ? line : column)) ||
                  dict_set_text_take(ctx, state, line_first ? "offset" : "lineno",
                                     int_new_unsigned(ctx, line_first ? column : line)))) {
        value_release(state);
        state = NULL;
    }
    failure_raise_take(
        ctx, "xml.parsers.expat", "ExpatError",
        state
            ? tuple_pack_take(ctx, 1, str_printf(ctx, "%s: line %lu, column %lu", XML_ErrorString(code), line, column))
            : NULL,
        state);
}

/* 0, or -1 after raising. */
static int parse(struct unmarshal *u, const char *data, size_t size)
{
    size_t done = 0;

    do {
        size_t piece = size - done < LIMIT_READ_CHUNK ? size - done : LIMIT_READ_CHUNK;
        bool last = done + piece == size;
        enum XML_Status status = XML_Parse(u->parser, data + done, (int)piece, last);
        if (!u->ctx->raised && status != XML_STATUS_OK)
            raise_expat(u);
        if (u->ctx->raised)
            return -1;
        done += piece;
    } while (done < size);
    return 0;
}

static XML_Parser make_parser(struct unmarshal *u)
{
    static const XML_Memory_Handling_Suite memory = {mem_alloc, mem_realloc, mem_free};
    XML_Parser parser = XML_ParserCreate_MM("utf-8", &memory, NULL);

    if (!parser)
        return raise_memory(u->ctx);
    XML_SetUserData(parser, u);
    XML_SetElementHandler(parser, on_start, on_end);
    XML_SetCharacterDataHandler(parser, on_text);
    XML_SetStartDoctypeDeclHandler(parser, on_doctype);
    return parser;
}

/* ---- the document */

/* bytes.decode('utf-8'), which knows no surrogates. */
static int check_utf8(struct ctx *ctx, const char *data, size_t size)
{
    struct unicode_fault fault = {size, size, NULL};
    size_t length, at = 0;

    if (unicode_check(data, size, &length, &fault))
        fault.start = size;
    while (at + 1 < fault.start && !((unsigned char)data[at] == 0xed && (unsigned char)data[at + 1] >= 0xa0))
        at++;
    if (at + 1 < fault.start)
        fault = (struct unicode_fault){at, at + 1, "invalid continuation byte"};
    else if (!fault.reason)
        return 0;
    failure_decode(ctx, data, size, fault.start, fault.end, fault.reason);
    return -1;
}

/* What Unmarshaller.close returns. */
static struct value *finish(struct unmarshal *u)
{
    struct value *all;

    if (!u->ending)
        return failure_response(u->ctx, NULL);
    if (!strcmp(u->ending, "fault"))
        return failure_fault(u->ctx, u->count ? u->stack[0] : NULL);
    all = tuple_new(u->ctx, u->count);
    for (size_t i = 0; all && i < u->count; i++)
        tuple_set_take(all, i, value_ref(u->stack[i]));
    return all;
}

struct value *xmlrpc_load(struct ctx *ctx, const void *data, size_t size)
{
    struct unmarshal u = {.ctx = ctx};
    struct value *result = NULL;

    buf_init(&u.text, LIMIT_FRAME);
    if (!check_utf8(ctx, data, size) && (u.parser = make_parser(&u))) {
        if (!parse(&u, data, size))
            result = finish(&u);
        XML_ParserFree(u.parser);
    }
    while (u.count)
        value_release(u.stack[--u.count]);
    mem_free(u.stack);
    mem_free(u.marks);
    buf_free(&u.text);
    return result;
}
