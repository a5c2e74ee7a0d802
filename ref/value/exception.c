/* SPDX-License-Identifier: MIT */
/* Exception objects and raising, after Objects/exceptions.c.  All built-in classes share one C type; what a class does
 * beyond BaseException is in exception_kind.c. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "ref/value/container.h"
#include "ref/value/exception.h"

static struct exception memory_error = {.head = {&exception_type, SIZE_MAX}};

struct exception *exception_peek(const struct value *v)
{
    return (struct exception *)v;
}

struct value *exception_args_peek(const struct exception *e)
{
    return e->args ? e->args : tuple_empty;
}

const struct exception_class *exception_class_of(const struct value *v)
{
    const struct exception *e = exception_peek(v);
    return e->class ? e->class : exception_class_at(EXCEPTION_MEMORY);
}

void exception_set_member(struct exception *e, unsigned i, struct value *item)
{
    struct value *old = e->members[i];
    e->members[i] = item ? value_ref(item) : NULL;
    value_release(old);
}

struct value *exception_new(struct ctx *ctx, const struct exception_class *c, struct value *args)
{
    struct exception *e = exception_peek(value_new(ctx, &exception_type));
    if (!e)
        return NULL;
    e->class = c;
    e->args = value_ref(args);
    const struct exception_kind_row *kind = exception_kind_of(e);
    if (!kind->init || kind->init(ctx, e) == 0)
        return &e->head;
    value_release(&e->head);
    return NULL;
}

/* ---- raising */

void *raise_take(struct ctx *ctx, struct value *exception)
{
    if (exception) {
        value_release(ctx->raised);
        ctx->raised = exception;
    }
    return NULL;
}

void *raise_memory(struct ctx *ctx)
{
    return raise_take(ctx, &memory_error.head);
}

/* Raises a built-in class with args, which is taken. */
static void *raise_args_take(struct ctx *ctx, const char *name, struct value *args)
{
    const struct exception_class *c = exception_class_find("builtins", name, COMPAT_NEWEST);
    if (!args)
        return NULL;
    raise_take(ctx, exception_new(ctx, c, args));
    value_release(args);
    return NULL;
}

void *raise_format(struct ctx *ctx, const char *name, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    struct value *message = str_vprintf(ctx, format, args);
    va_end(args);
    return raise_args_take(ctx, name, tuple_pack_take(ctx, 1, message));
}

void *raise_value(struct ctx *ctx, const char *name, struct value *argument)
{
    return raise_args_take(ctx, name, tuple_pack_take(ctx, 1, value_ref(argument)));
}

void *raise_bare(struct ctx *ctx, const char *name)
{
    return raise_args_take(ctx, name, tuple_empty);
}

/* Gives the AttributeError just raised its name. */
static void *with_name(struct ctx *ctx, const char *name)
{
    if (!raised_is(ctx, "AttributeError"))
        return NULL;
    struct value *s = str_intern(ctx, name);
    if (s)
        exception_set_member(exception_peek(ctx->raised), ATTRIBUTE_NAME, s);
    value_release(s);
    return NULL;
}

void *raise_attribute_named(struct ctx *ctx, const char *name, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    struct value *message = str_vprintf(ctx, format, args);
    va_end(args);
    raise_args_take(ctx, "AttributeError", tuple_pack_take(ctx, 1, message));
    return with_name(ctx, name);
}

void *raise_no_attribute(struct ctx *ctx, const struct value *v, const char *name)
{
    return raise_attribute_named(ctx, name, "'%.100s' object has no attribute '%s'", value_type_name(v), name);
}

void *raise_no_attribute_to_delete(struct ctx *ctx, const struct value *v, const char *name)
{
    if (!compat_has(ctx->rt->compat, COMPAT_DELETE_WORDS))
        return raise_format(ctx, "AttributeError", "%s", name);
    raise_format(ctx, "AttributeError", "'%.100s' object has no attribute '%s'", value_type_name(v), name);
    return compat_has(ctx->rt->compat, COMPAT_DELETE_STATE) ? with_name(ctx, name) : NULL;
}

void *raise_no_attribute_to_set(struct ctx *ctx, const struct value *v, const char *name)
{
    bool long_form = compat_has(ctx->rt->compat, COMPAT_NO_DICT_WORDS);
    raise_format(ctx, "AttributeError", "'%.100s' object has no attribute '%s'%s", value_type_name(v), name,
                 long_form ? " and no __dict__ for setting new attributes" : "");
    return long_form ? with_name(ctx, name) : NULL;
}

bool raised_is(const struct ctx *ctx, const char *name)
{
    if (!ctx->raised)
        return false;
    const struct exception_class *c = exception_class_at(EXCEPTION_EXCEPTION);
    if (ctx->raised->type == &exception_type)
        c = exception_class_of(ctx->raised);
    return exception_class_is(c, exception_class_find("builtins", name, COMPAT_NEWEST));
}

struct value *raised_fetch(struct ctx *ctx)
{
    struct value *e = ctx->raised;
    ctx->raised = NULL;
    return e;
}

/* ---- text */

struct value *exception_plain_str(struct ctx *ctx, struct exception *e)
{
    struct value *args = exception_args_peek(e);
    if (tuple_length(args) == 0)
        return str_new(ctx, "", 0);
    return value_str(ctx, tuple_length(args) == 1 ? tuple_peek(args, 0) : args);
}

static struct value *exception_str(struct ctx *ctx, struct value *v)
{
    struct exception *e = exception_peek(v);
    const struct exception_kind_row *kind = exception_kind_of(e);
    return kind->str ? kind->str(ctx, e) : exception_plain_str(ctx, e);
}

/* Since 3.15 an ImportError shows name and path, if it has them. */
static int put_import_members(struct ctx *ctx, struct buf *b, struct exception *e)
{
    static const struct {
        const char *text;
        unsigned member;
    } shown[] = {{"name=", IMPORT_NAME}, {"path=", IMPORT_PATH}};
    bool first = tuple_length(exception_args_peek(e)) == 0;
    for (unsigned i = 0; i < 2; i++) {
        struct value *item = e->members[shown[i].member];
        if (!item)
            continue;
        buf_put_text(b, first ? "" : ", ");
        buf_put_text(b, shown[i].text);
        if (printing_put(ctx, b, item) < 0)
            return -1;
        first = false;
    }
    return 0;
}

static int put_repr(struct ctx *ctx, struct buf *b, struct exception *e)
{
    struct value *args = exception_args_peek(e);
    const struct exception_class *c = exception_class_of(&e->head);
    buf_put_text(b, c->name);
    buf_put_byte(b, '(');
    for (size_t i = 0; i < tuple_length(args); i++) {
        buf_put_text(b, i ? ", " : "");
        if (printing_put(ctx, b, tuple_peek(args, i)) < 0)
            return -1;
    }
    if (c->kind == KIND_IMPORT && compat_has(ctx->rt->compat, COMPAT_IMPORT_REPR) && put_import_members(ctx, b, e) < 0)
        return -1;
    buf_put_byte(b, ')');
    return 0;
}

static struct value *exception_repr(struct ctx *ctx, struct value *v)
{
    struct buf b;
    buf_init(&b, PTRDIFF_MAX);
    if (put_repr(ctx, &b, exception_peek(v)) == 0)
        return printing_finish(ctx, &b);
    buf_free(&b);
    return NULL;
}

static const char *exception_name_of(const struct value *v)
{
    return exception_class_of(v)->name;
}

/* What a traceback shows behind the colon. */
static struct value *line_text(struct ctx *ctx, struct value *v)
{
    if (v->type == &exception_type && exception_class_of(v)->kind == KIND_SYNTAX)
        return exception_syntax_line(ctx, exception_peek(v));
    if (v->type == &opaque_type) { /* of a class unknown here: most have BaseException's str */
        struct value *args = opaque_args_peek(v);
        size_t n = tuple_length(args);
        return n == 0 ? str_new(ctx, "", 0) : value_str(ctx, n == 1 ? tuple_peek(args, 0) : args);
    }
    return value_str(ctx, v);
}

/* str() itself failed with an Exception: the words for that. */
static struct value *unprintable(struct ctx *ctx, const char *name)
{
    if (!raised_is(ctx, "Exception") || raised_is(ctx, "MemoryError"))
        return NULL;
    value_release(raised_fetch(ctx));
    if (!compat_has(ctx->rt->compat, COMPAT_UNPRINTABLE_WORDS))
        return str_printf(ctx, "<unprintable %s object>", name);
    return str_new_text(ctx, "<exception str() failed>");
}

struct value *exception_line(struct ctx *ctx, struct value *exception)
{
    const char *module = "builtins", *name = value_type_name(exception);
    struct buf b;
    size_t size;
    if (exception->type == &exception_type) {
        module = exception_class_of(exception)->module;
    } else if (exception->type == &opaque_type && opaque_class_peek(exception)) {
        module = global_module(opaque_class_peek(exception));
        name = global_qualname(opaque_class_peek(exception));
    }
    struct value *text = line_text(ctx, exception);
    if (!text)
        text = unprintable(ctx, name);
    if (!text)
        return NULL;
    buf_init(&b, PTRDIFF_MAX);
    if (strcmp(module, "builtins") != 0)
        buf_printf(&b, "%s.", module);
    buf_put_text(&b, name);
    const char *shown = str_peek(text, &size);
    buf_put_text(&b, size ? ": " : "");
    buf_put(&b, shown, size);
    value_release(text);
    return printing_finish(ctx, &b);
}

/* ---- attributes */

static int member_index(const struct ctx *ctx, const struct exception *e, const char *name)
{
    const struct exception_member *members = exception_kind_of(e)->members;
    for (int i = 0; members[i].name; i++)
        if (strcmp(members[i].name, name) == 0)
            return compat_within(ctx->rt->compat, members[i].since, 0) ? i : -1;
    return -1;
}

/* Attributes that a pickle never carries: they may be set, and are forgotten. */
static bool is_local(const char *name)
{
    return strcmp(name, "__cause__") == 0 || strcmp(name, "__context__") == 0 || strcmp(name, "__traceback__") == 0;
}

static struct value *exception_get_attr(struct ctx *ctx, struct value *v, const char *name)
{
    struct exception *e = exception_peek(v);
    int i = member_index(ctx, e, name);
    if (i == OS_WRITTEN && !e->members[i] && strcmp(name, "characters_written") == 0)
        return raise_format(ctx, "AttributeError", "characters_written");
    if (i >= 0)
        return value_ref(e->members[i] ? e->members[i] : &value_none);
    if (strcmp(name, "args") == 0)
        return value_ref(exception_args_peek(e));
    struct value *item = e->dict ? dict_get_text_peek(ctx, e->dict, name) : NULL;
    if (item)
        return value_ref(item);
    if (ctx->raised)
        return NULL;
    if (is_local(name))
        return &value_none;
    return raise_no_attribute(ctx, v, name);
}

static int set_args(struct ctx *ctx, struct exception *e, struct value *item)
{
    if (!item) {
        raise_format(ctx, "TypeError", "args may not be deleted");
        return -1;
    }
    struct value *args = tuple_from(ctx, item), *old = e->args;
    if (!args)
        return -1;
    e->args = args;
    value_release(old);
    return 0;
}

static int set_in_dict(struct ctx *ctx, struct exception *e, const char *name, struct value *item)
{
    if (!item) {
        struct value *key = str_intern(ctx, name);
        int found = !key ? -1 : e->dict ? value_contains(ctx, e->dict, key) : 0;
        int result = found > 0 ? dict_delete(ctx, e->dict, key) : -1;
        if (found == 0)
            raise_no_attribute_to_delete(ctx, &e->head, name);
        value_release(key);
        return result;
    }
    if (!e->dict)
        e->dict = dict_new(ctx);
    return e->dict ? dict_set_text_take(ctx, e->dict, name, value_ref(item)) : -1;
}

static int exception_set_attr(struct ctx *ctx, struct value *v, const char *name, struct value *item)
{
    struct exception *e = exception_peek(v);
    if (e == &memory_error) {
        raise_memory(ctx);
        return -1;
    }
    int i = member_index(ctx, e, name);
    if (i >= 0) {
        exception_set_member(e, (unsigned)i, item);
        return 0;
    }
    if (strcmp(name, "args") == 0)
        return set_args(ctx, e, item);
    return is_local(name) ? 0 : set_in_dict(ctx, e, name, item);
}

/* ---- pickling */

static struct value *copy_dict(struct ctx *ctx, struct value *dict)
{
    return dict_from(ctx, dict, NULL);
}

struct value *exception_attributes_peek(const struct value *v)
{
    return exception_peek(v)->dict;
}

int exception_reduce(struct ctx *ctx, struct value *v, struct value **args, struct value **state)
{
    struct exception *e = exception_peek(v);
    const struct exception_kind_row *kind = exception_kind_of(e);
    *state = NULL;
    *args = kind->reduced_args ? kind->reduced_args(ctx, e) : value_ref(exception_args_peek(e));
    if (!*args)
        return -1;
    if (e->dict && !(*state = copy_dict(ctx, e->dict)))
        goto failed;
    if (kind->add_state && kind->add_state(ctx, e, state) < 0)
        goto failed;
    return 0;
failed:
    value_release(*args);
    value_release(*state);
    *args = *state = NULL;
    return -1;
}

int exception_set_state(struct ctx *ctx, struct value *v, struct value *state)
{
    struct value *key, *item;
    size_t position = 0;
    if (state == &value_none)
        return 0;
    if (!value_is(state, &dict_type)) {
        raise_format(ctx, "TypeError", "state is not a dictionary");
        return -1;
    }
    while (dict_next_peek(state, &position, &key, &item)) {
        if (!str_check(key)) {
            raise_format(ctx, "TypeError", "attribute name must be string, not '%.200s'", value_type_name(key));
            return -1;
        }
        if (exception_set_attr(ctx, v, str_peek(key, NULL), item) < 0)
            return -1;
    }
    return 0;
}

/* ---- methods */

static struct value *exception_add_note(struct ctx *ctx, struct value *self, struct value *const *argv, size_t argc,
                                        struct value *kwds)
{
    struct exception *e = exception_peek(self);
    struct value *notes = e->dict ? dict_get_text_peek(ctx, e->dict, "__notes__") : NULL;
    (void)argc;
    (void)kwds;
    if (ctx->raised)
        return NULL;
    if (!str_check(argv[0]))
        return raise_format(ctx, "TypeError",
                            compat_has(ctx->rt->compat, COMPAT_NOTE_WORDS) ? "add_note() argument must be str, not %s"
                                                                           : "note must be a str, not '%s'",
                            value_type_name(argv[0]));
    if (!notes) {
        struct value *list = list_new(ctx);
        int result = list ? exception_set_attr(ctx, self, "__notes__", list) : -1;
        value_release(list);
        if (result < 0)
            return NULL;
        notes = list;
    }
    if (!value_is(notes, &list_type))
        return raise_format(ctx, "TypeError", "Cannot add note: __notes__ is not a list");
    return list_push_take(ctx, notes, value_ref(argv[0])) < 0 ? NULL : &value_none;
}

static struct value *exception_with_traceback(struct ctx *ctx, struct value *self, struct value *const *argv,
                                              size_t argc, struct value *kwds)
{
    (void)argc;
    (void)kwds;
    if (argv[0] != &value_none)
        return raise_format(ctx, "TypeError", "__traceback__ must be a traceback or None");
    return value_ref(self);
}

static struct value *exception_setstate(struct ctx *ctx, struct value *self, struct value *const *argv, size_t argc,
                                        struct value *kwds)
{
    (void)argc;
    (void)kwds;
    return exception_set_state(ctx, self, argv[0]) < 0 ? NULL : &value_none;
}

/* ---- memory */

static int exception_traverse(struct value *v, visit_fn *visit, void *arg)
{
    struct exception *e = exception_peek(v);
    int result = e->args ? visit(e->args, arg) : 0;
    if (!result && e->dict)
        result = visit(e->dict, arg);
    for (unsigned i = 0; i < EXCEPTION_MEMBERS && !result; i++)
        if (e->members[i])
            result = visit(e->members[i], arg);
    return result;
}

static void exception_clear(struct value *v)
{
    struct exception *e = exception_peek(v);
    struct value *args = e->args, *dict = e->dict;
    e->args = e->dict = NULL;
    value_release(args);
    value_release(dict);
    for (unsigned i = 0; i < EXCEPTION_MEMBERS; i++)
        exception_set_member(e, i, NULL);
}

static const struct method exception_methods[] = {
    {"__setstate__", CALL_ONE, 1, 1, 0, 0, NULL, exception_setstate},
    {"add_note", CALL_ONE, 1, 1, 311, 0, NULL, exception_add_note},
    {"with_traceback", CALL_ONE, 1, 1, 0, 0, NULL, exception_with_traceback},
    {0},
};

const struct type exception_type = {
    .name = "BaseException",
    .module = "builtins",
    .size = sizeof(struct exception),
    .destroy = exception_clear,
    .traverse = exception_traverse,
    .clear = exception_clear,
    .hash_by_identity = true,
    .repr = exception_repr,
    .str = exception_str,
    .get_attr = exception_get_attr,
    .set_attr = exception_set_attr,
    .methods = exception_methods,
    .name_of = exception_name_of,
};
