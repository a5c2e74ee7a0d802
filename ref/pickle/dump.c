/* SPDX-License-Identifier: MIT */
/* The writer: which way each type is written, recursion, and where a failure happened.  Mirrors save and dump of
 * Modules/_pickle.c with the reducers that multiprocessing adds (ForkingPickler); what it writes is byte for byte what
 * the imitated CPython writes. */
#include "ref/pickle/dump.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "ref/base/limits.h"

static dump_fn *find_writer(const struct value *v);

/* ---- where a failure happened */

static void append_note(struct ctx *ctx, struct value *exception, const char *text)
{
    struct value *notes = value_get_attr(ctx, exception, "__notes__"), *note = str_new(ctx, text, strlen(text));
    if (!notes) {
        value_release(raised_fetch(ctx));
        notes = list_new(ctx);
        if (notes && value_set_attr(ctx, exception, "__notes__", notes) == 0 && note)
            list_push_take(ctx, notes, value_ref(note));
    } else if (note && notes->type == &list_type) {
        list_push_take(ctx, notes, value_ref(note));
    }
    value_release(note);
    value_release(notes);
}

int dump_note(struct pickler *p, const char *format, ...)
{
    char text[512];
    struct value *e;
    va_list ap;
    if (!compat_has(p->compat, COMPAT_PICKLING_NOTES) || !p->ctx->raised || raised_is(p->ctx, "MemoryError"))
        return -1;
    va_start(ap, format);
    vsnprintf(text, sizeof text, format, ap);
    va_end(ap);
    e = raised_fetch(p->ctx);
    append_note(p->ctx, e, text);
    raise_take(p->ctx, e);
    return -1;
}

static void join_name(char *out, size_t size, const char *module, const char *name)
{
    bool plain = strcmp(module, "builtins") == 0 || strcmp(module, "__main__") == 0;
    snprintf(out, size, "%s%s%s", plain ? "" : module, plain ? "" : ".", name);
}

const char *dump_type_name(const struct value *v, char *out)
{
    const struct value *class = v->type == &opaque_type ? opaque_class_peek(v) : NULL;
    if (class)
        join_name(out, 256, global_module(class), global_qualname(class));
    else if (value_is(v, &exception_type))
        join_name(out, 256, exception_class_module(exception_class_of(v)), exception_class_name(exception_class_of(v)));
    else
        join_name(out, 256, v->type->module ? v->type->module : "builtins", value_type_name(v));
    return out;
}

/* ---- recursion */

/* How many calls deep CPython goes before it raises, less what a request's own frames take; what is above LIMIT_DEPTH
 * values is cut there. */
static unsigned nesting_limit(int compat)
{
    return compat_has(compat, COMPAT_C_STACK_DEEPER) ? 9997 : compat_has(compat, COMPAT_C_STACK_BOUNDED) ? 1496 : 990;
}

int dump_enter(struct pickler *p)
{
    if (p->nesting < p->nesting_limit && p->ctx->depth <= LIMIT_DEPTH) {
        p->nesting++;
        return 0;
    }
    raise_format(p->ctx, "RecursionError", "maximum recursion depth exceeded while pickling an object");
    return -1;
}

void dump_leave(struct pickler *p)
{
    p->nesting--;
}

/* ---- values */

static bool is_atom(const struct value *v)
{
    return v == &value_none || v->type == &bool_type || v->type == &int_type || v->type == &float_type;
}

static int dump_nested(struct pickler *p, struct value *v, dump_fn *writer)
{
    int result = -1;
    p->ctx->depth++;
    if (dump_enter(p) == 0) {
        result = writer(p, v);
        dump_leave(p);
    }
    p->ctx->depth--;
    return result;
}

int dump_value(struct pickler *p, struct value *v)
{
    dump_fn *writer = find_writer(v);
    dump_boundary(p);
    if (is_atom(v))
        return writer(p, v);
    if (dump_recall(p, v, dump_identity(v)))
        return 0;
    if (v->type == &str_type || v->type == &bytes_type)
        return writer(p, v);
    return dump_nested(p, v, writer);
}

int dump_value_take(struct pickler *p, struct value *v)
{
    int result = v ? dump_value(p, v) : -1;
    value_release(v);
    return result;
}

int pickle_dump(struct ctx *ctx, struct value *v, int protocol, struct buf *out)
{
    struct pickler p = {.ctx = ctx, .out = out, .compat = ctx->rt->compat, .frame = NO_FRAME};
    int result;
    p.protocol = protocol ? protocol : compat_has(p.compat, COMPAT_PROTOCOL_5) ? 5 : 4;
    p.nesting_limit = nesting_limit(p.compat);
    dump_op_number(&p, OPCODE_PROTO, (uint64_t)p.protocol, 1);
    p.framing = p.protocol >= 4;
    result = dump_value(&p, v);
    dump_op(&p, OPCODE_STOP);
    dump_end_frame(&p);
    dump_memo_free(&p);
    value_release(p.latin1);
    if (result == 0 && out->failed) {
        raise_memory(ctx);
        return -1;
    }
    return result;
}

/* ---- the table */

static const struct {
    const struct type *type;
    dump_fn *writer;
} writers[] = {
    {&str_type, dump_str},         {&int_type, dump_int},
    {&tuple_type, dump_tuple},     {&bool_type, dump_bool},
    {&dict_type, dump_dict},       {&list_type, dump_list},
    {&float_type, dump_float},     {&bytes_type, dump_bytes},
    {&global_type, dump_global},   {&opaque_type, dump_opaque},
    {&proxyref_type, dump_proxy},  {&bytearray_type, dump_bytearray},
    {&set_type, dump_set},         {&frozenset_type, dump_frozenset},
    {&complex_type, dump_complex}, {&range_type, dump_range},
    {&slice_type, dump_slice},     {&array_type, dump_array},
};

static dump_fn *find_writer(const struct value *v)
{
    if (v == &value_none)
        return dump_none;
    if (v == &value_ellipsis || v == &value_not_implemented)
        return dump_named;
    for (size_t i = 0; i < sizeof writers / sizeof *writers; i++)
        if (v->type == writers[i].type)
            return writers[i].writer;
    return value_is(v, &exception_type) ? dump_exception : dump_other;
}
