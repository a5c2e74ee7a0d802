/* SPDX-License-Identifier: MIT */
/* What some exception classes do beyond BaseException: the checks of their constructors, their members, str and
 * reduction, each as the function of its name in Objects/exceptions.c. */
#include <errno.h>
#include <string.h>

#include "ref/value/container.h"
#include "ref/value/exception.h"

size_t exception_count_args(const struct exception *e)
{
    return tuple_length(exception_args_peek(e));
}

struct value *exception_arg(const struct exception *e, size_t i)
{
    return tuple_peek(exception_args_peek(e), i);
}

struct value *exception_or_none(struct value *v)
{
    return v ? v : &value_none;
}

struct value *exception_compose(struct ctx *ctx, const char *format, struct value *const *parts)
{
    struct buf b;
    buf_init(&b, PTRDIFF_MAX);
    for (const char *p = format; *p; p++) {
        if (*p != '%') {
            buf_put_byte(&b, (unsigned char)*p);
            continue;
        }
        struct value *s = *++p == 'R' ? value_repr(ctx, *parts++) : value_str(ctx, *parts++);
        if (!s) {
            buf_free(&b);
            return NULL;
        }
        size_t size;
        const char *text = str_peek(s, &size);
        buf_put(&b, text, size);
        value_release(s);
    }
    return printing_finish(ctx, &b);
}

/* ---- SystemExit, StopIteration, KeyError */

static int exit_init(struct ctx *ctx, struct exception *e)
{
    size_t n = exception_count_args(e);
    (void)ctx;
    if (n > 0)
        exception_set_member(e, EXIT_CODE, n == 1 ? exception_arg(e, 0) : e->args);
    return 0;
}

static int stop_init(struct ctx *ctx, struct exception *e)
{
    (void)ctx;
    if (exception_count_args(e) > 0)
        exception_set_member(e, STOP_VALUE, exception_arg(e, 0));
    return 0;
}

static struct value *key_str(struct ctx *ctx, struct exception *e)
{
    return exception_count_args(e) == 1 ? value_repr(ctx, exception_arg(e, 0)) : exception_plain_str(ctx, e);
}

/* multiprocessing.managers.RemoteError.__str__ */
static struct value *remote_str(struct ctx *ctx, struct exception *e)
{
    static const char line[] = "---------------------------------------------------------------------------";
    if (exception_count_args(e) == 0)
        return raise_format(ctx, "IndexError", "tuple index out of range");
    struct value *text = value_str(ctx, exception_arg(e, 0));
    struct value *s = text ? str_printf(ctx, "\n%s\n%s%s", line, str_peek(text, NULL), line) : NULL;
    value_release(text);
    return s;
}

/* multiprocessing.pool.MaybeEncodingError.__init__(exc, value): both are kept as their repr, which a copy has once more
 * in its args. */
static int result_init(struct ctx *ctx, struct exception *e)
{
    static const char *const names[] = {"exc", "value"};
    struct value *reprs[2] = {NULL, NULL}, *args;
    if (exception_count_args(e) != 2) {
        raise_format(ctx, "TypeError", "%s__init__() takes 3 positional arguments but %zu were given",
                     compat_has(ctx->rt->compat, COMPAT_QUALIFIED_NAMES) ? "MaybeEncodingError." : "",
                     exception_count_args(e) + 1);
        return -1;
    }
    for (unsigned i = 0; i < 2 && !ctx->raised; i++)
        reprs[i] = value_repr(ctx, exception_arg(e, i));
    e->dict = ctx->raised ? NULL : dict_new(ctx);
    for (unsigned i = 0; i < 2 && e->dict && !ctx->raised; i++)
        dict_set_text_take(ctx, e->dict, names[i], value_ref(reprs[i]));
    args = tuple_pack_take(ctx, 2, reprs[0], reprs[1]);
    if (!args || ctx->raised) {
        value_release(args);
        return -1;
    }
    value_release(e->args);
    e->args = args;
    return 0;
}

static struct value *result_str(struct ctx *ctx, struct exception *e)
{
    struct value *const parts[] = {e->dict ? dict_get_text_peek(ctx, e->dict, "value") : NULL,
                                   e->dict && !ctx->raised ? dict_get_text_peek(ctx, e->dict, "exc") : NULL};
    if (parts[0] && parts[1])
        return exception_compose(ctx, "Error sending result: '%S'. Reason: '%S'", parts);
    return ctx->raised ? NULL : exception_plain_str(ctx, e);
}

/* xmlrpc.client.Error.__str__ is that of object: the repr. */
static struct value *shown_str(struct ctx *ctx, struct exception *e)
{
    return value_repr(ctx, &e->head);
}

static struct value *fault_str(struct ctx *ctx, struct exception *e)
{
    struct value *const parts[] = {e->dict ? dict_get_text_peek(ctx, e->dict, "faultCode") : NULL,
                                   e->dict ? dict_get_text_peek(ctx, e->dict, "faultString") : NULL};
    if (parts[0] && parts[1])
        return exception_compose(ctx, "<Fault %S: %R>", parts);
    return ctx->raised ? NULL : shown_str(ctx, e);
}

/* ---- AttributeError, ImportError: their state */

static int put_state(struct ctx *ctx, struct value **state, const char *name, struct value *item)
{
    if (!item)
        return 0;
    if (!*state && !(*state = dict_new(ctx)))
        return -1;
    return dict_set_text_take(ctx, *state, name, value_ref(item));
}

static int attribute_add_state(struct ctx *ctx, struct exception *e, struct value **state)
{
    if (!compat_has(ctx->rt->compat, COMPAT_ATTRIBUTE_STATE))
        return 0;
    if (put_state(ctx, state, "name", e->members[ATTRIBUTE_NAME]) < 0)
        return -1;
    return put_state(ctx, state, "args", exception_args_peek(e));
}

static int import_init(struct ctx *ctx, struct exception *e)
{
    (void)ctx;
    if (exception_count_args(e) == 1)
        exception_set_member(e, IMPORT_MSG, exception_arg(e, 0));
    return 0;
}

static struct value *import_str(struct ctx *ctx, struct exception *e)
{
    struct value *msg = e->members[IMPORT_MSG];
    return msg && str_check(msg) ? value_ref(msg) : exception_plain_str(ctx, e);
}

static int import_add_state(struct ctx *ctx, struct exception *e, struct value **state)
{
    if (put_state(ctx, state, "name", e->members[IMPORT_NAME]) < 0 ||
        put_state(ctx, state, "path", e->members[IMPORT_PATH]) < 0)
        return -1;
    return compat_has(ctx->rt->compat, COMPAT_IMPORT_STATE)
               ? put_state(ctx, state, "name_from", e->members[IMPORT_NAME_FROM])
               : 0;
}

/* ---- OSError */

static const struct {
    int code;
    enum exception_id id;
} os_classes[] = {
    {EAGAIN, EXCEPTION_BLOCKING_IO},
    {EALREADY, EXCEPTION_BLOCKING_IO},
    {EINPROGRESS, EXCEPTION_BLOCKING_IO},
    {EWOULDBLOCK, EXCEPTION_BLOCKING_IO},
    {EPIPE, EXCEPTION_BROKEN_PIPE},
    {ESHUTDOWN, EXCEPTION_BROKEN_PIPE},
    {ECHILD, EXCEPTION_CHILD_PROCESS},
    {ECONNABORTED, EXCEPTION_CONNECTION_ABORTED},
    {ECONNREFUSED, EXCEPTION_CONNECTION_REFUSED},
    {ECONNRESET, EXCEPTION_CONNECTION_RESET},
    {EEXIST, EXCEPTION_FILE_EXISTS},
    {ENOENT, EXCEPTION_FILE_NOT_FOUND},
    {EISDIR, EXCEPTION_IS_A_DIRECTORY},
    {ENOTDIR, EXCEPTION_NOT_A_DIRECTORY},
    {EINTR, EXCEPTION_INTERRUPTED},
    {EACCES, EXCEPTION_PERMISSION},
    {EPERM, EXCEPTION_PERMISSION},
    {ESRCH, EXCEPTION_PROCESS_LOOKUP},
    {ETIMEDOUT, EXCEPTION_TIMED_OUT},
};

static void choose_os_class(struct exception *e, struct value *code)
{
    int64_t n;
    if (e->class != exception_class_at(EXCEPTION_OS) || !int_peek_i64(code, &n))
        return;
    for (size_t i = 0; i < sizeof os_classes / sizeof *os_classes; i++)
        if (os_classes[i].code == n)
            e->class = exception_class_at(os_classes[i].id);
}

static bool is_number(const struct value *v)
{
    return int_check(v) || v->type == &float_type || v->type == &complex_type;
}

/* BlockingIOError's third argument may be the count of what was written. */
static int set_written(struct ctx *ctx, struct exception *e, struct value *v)
{
    int64_t n;
    if (int_peek_i64(v, &n)) {
        exception_set_member(e, OS_WRITTEN, v);
        return 0;
    }
    if (int_check(v))
        raise_format(ctx, "ValueError", "cannot fit '%.200s' into an index-sized integer", value_type_name(v));
    else
        raise_format(ctx, "TypeError", "'%.200s' object cannot be interpreted as an integer", value_type_name(v));
    return -1;
}

static int os_init(struct ctx *ctx, struct exception *e)
{
    size_t n = exception_count_args(e);
    if (n < 2 || n > 5)
        return 0;
    choose_os_class(e, exception_arg(e, 0));
    exception_set_member(e, OS_ERRNO, exception_arg(e, 0));
    exception_set_member(e, OS_STRERROR, exception_arg(e, 1));
    if (n < 3 || exception_arg(e, 2) == &value_none)
        return 0;
    if (e->class == exception_class_at(EXCEPTION_BLOCKING_IO) && is_number(exception_arg(e, 2)))
        return set_written(ctx, e, exception_arg(e, 2));
    exception_set_member(e, OS_FILENAME, exception_arg(e, 2));
    if (n == 5 && exception_arg(e, 4) != &value_none)
        exception_set_member(e, OS_FILENAME2, exception_arg(e, 4));
    struct value *two = tuple_pack_take(ctx, 2, value_ref(exception_arg(e, 0)), value_ref(exception_arg(e, 1)));
    if (!two)
        return -1;
    value_release(e->args);
    e->args = two;
    return 0;
}

static struct value *os_str(struct ctx *ctx, struct exception *e)
{
    struct value *const *m = e->members;
    struct value *const parts[] = {exception_or_none(m[OS_ERRNO]), exception_or_none(m[OS_STRERROR]), m[OS_FILENAME],
                                   m[OS_FILENAME2]};
    if (m[OS_FILENAME])
        return exception_compose(ctx, m[OS_FILENAME2] ? "[Errno %S] %S: %R -> %R" : "[Errno %S] %S: %R", parts);
    if (m[OS_ERRNO] && m[OS_STRERROR])
        return exception_compose(ctx, "[Errno %S] %S", parts);
    return exception_plain_str(ctx, e);
}

static struct value *os_reduced_args(struct ctx *ctx, struct exception *e)
{
    struct value *filename = e->members[OS_FILENAME], *filename2 = e->members[OS_FILENAME2];
    if (exception_count_args(e) != 2 || !filename)
        return value_ref(exception_args_peek(e));
    if (!filename2)
        return tuple_pack_take(ctx, 3, value_ref(exception_arg(e, 0)), value_ref(exception_arg(e, 1)),
                               value_ref(filename));
    return tuple_pack_take(ctx, 5, value_ref(exception_arg(e, 0)), value_ref(exception_arg(e, 1)), value_ref(filename),
                           &value_none, value_ref(filename2));
}

/* ---- SyntaxError */

static int check_syntax_info(struct ctx *ctx, size_t n)
{
    size_t most = compat_has(ctx->rt->compat, COMPAT_SYNTAX_METADATA) ? 7 : 6;
    if (!compat_has(ctx->rt->compat, COMPAT_SYNTAX_DETAILS_WORDS) && n != 4)
        raise_format(ctx, "IndexError", "tuple index out of range");
    else if (n < 4)
        raise_format(ctx, "TypeError", "function takes at least 4 arguments (%zu given)", n);
    else if (n > most)
        raise_format(ctx, "TypeError", "function takes at most %zu arguments (%zu given)", most, n);
    else if (n == 5)
        raise_format(ctx, "TypeError", "end_offset must be provided when end_lineno is provided");
    else
        return 0;
    return -1;
}

static int syntax_init(struct ctx *ctx, struct exception *e)
{
    if (exception_count_args(e) >= 1)
        exception_set_member(e, SYNTAX_MSG, exception_arg(e, 0));
    if (exception_count_args(e) != 2)
        return 0;
    struct value *info = tuple_from(ctx, exception_arg(e, 1));
    if (!info)
        return -1;
    size_t n = tuple_length(info);
    int result = check_syntax_info(ctx, n);
    for (size_t i = 0; result == 0 && i < n; i++)
        exception_set_member(e, SYNTAX_FILENAME + (unsigned)i, tuple_peek(info, i));
    value_release(info);
    return result;
}

static struct value *syntax_str(struct ctx *ctx, struct exception *e)
{
    struct value *filename = e->members[SYNTAX_FILENAME], *lineno = e->members[SYNTAX_LINENO];
    struct value *msg = value_str(ctx, exception_or_none(e->members[SYNTAX_MSG])), *s = NULL;
    int64_t line = -1;
    if (!msg)
        return NULL;
    bool have_file = filename && str_check(filename), have_line = lineno && lineno->type == &int_type;
    const char *m = str_peek(msg, NULL), *file = have_file ? str_peek(filename, NULL) : "";
    if (strrchr(file, '/'))
        file = strrchr(file, '/') + 1;
    if (have_line && !int_peek_i64(lineno, &line))
        line = -1;
    if (have_file && have_line)
        s = str_printf(ctx, "%s (%s, line %lld)", m, file, (long long)line);
    else if (have_file)
        s = str_printf(ctx, "%s (%s)", m, file);
    else if (have_line)
        s = str_printf(ctx, "%s (line %lld)", m, (long long)line);
    else
        s = value_ref(msg);
    value_release(msg);
    return s;
}

struct value *exception_syntax_line(struct ctx *ctx, struct exception *e)
{
    struct value *msg = e->members[SYNTAX_MSG], *file = e->members[SYNTAX_FILENAME], *line = e->members[SYNTAX_LINENO];
    int truth = msg ? value_truth(ctx, msg) : 0;
    if (truth < 0)
        return NULL;
    if (!truth)
        return str_new_text(ctx, "<no detail available>");
    struct value *const parts[] = {msg, file};
    bool suffix = file && file != &value_none && (!line || line == &value_none);
    return exception_compose(ctx, suffix ? "%S (%S)" : "%S", parts);
}

/* ---- exception groups */

static bool is_sequence(const struct value *v)
{
    const struct type *t = v->type;
    return t == &list_type || t == &tuple_type || t == &str_type || t == &bytes_type || t == &bytearray_type ||
           t == &range_type || t == &array_type;
}

/* An opaque instance may well be an exception of a class that C does not know: it passes, as an Exception. */
static int check_group_items(struct ctx *ctx, struct exception *e, struct value *items)
{
    bool nests_base = false;
    for (size_t i = 0; i < tuple_length(items); i++) {
        struct value *item = tuple_peek(items, i);
        if (item->type == &opaque_type)
            continue;
        if (item->type != &exception_type) {
            raise_format(ctx, "ValueError", "Item %zu of second argument (exceptions) is not an exception", i);
            return -1;
        }
        nests_base |= !exception_class_is(exception_class_of(item), exception_class_at(EXCEPTION_EXCEPTION));
    }
    if (e->class == exception_class_at(EXCEPTION_EXCEPTION_GROUP) && nests_base) {
        raise_format(ctx, "TypeError", "Cannot nest BaseExceptions in an ExceptionGroup");
        return -1;
    }
    if (!nests_base)
        e->class = exception_class_at(EXCEPTION_EXCEPTION_GROUP);
    return 0;
}

static int group_init(struct ctx *ctx, struct exception *e)
{
    const char *const where = "BaseExceptionGroup.__new__()";
    if (exception_count_args(e) != 2)
        return raise_format(ctx, "TypeError", "%s takes exactly 2 arguments (%zu given)", where,
                            exception_count_args(e)),
               -1;
    if (!str_check(exception_arg(e, 0)))
        return raise_format(ctx, "TypeError", "%s argument 1 must be str, not %.50s", where,
                            exception_arg(e, 0) == &value_none ? "None" : value_type_name(exception_arg(e, 0))),
               -1;
    if (!is_sequence(exception_arg(e, 1)))
        return raise_format(ctx, "TypeError", "second argument (exceptions) must be a sequence"), -1;
    struct value *items = tuple_from(ctx, exception_arg(e, 1));
    if (!items)
        return -1;
    exception_set_member(e, GROUP_MESSAGE, exception_arg(e, 0));
    exception_set_member(e, GROUP_EXCEPTIONS, items);
    value_release(items);
    if (tuple_length(items) == 0)
        return raise_format(ctx, "ValueError", "second argument (exceptions) must be a non-empty sequence"), -1;
    return check_group_items(ctx, e, items);
}

static struct value *group_str(struct ctx *ctx, struct exception *e)
{
    struct value *message = e->members[GROUP_MESSAGE], *items = e->members[GROUP_EXCEPTIONS];
    if (!message || !items || !value_is(items, &tuple_type))
        return exception_plain_str(ctx, e);
    size_t n = tuple_length(items);
    struct value *count = str_printf(ctx, "%zu sub-exception%s", n, n == 1 ? "" : "s");
    struct value *const parts[] = {message, count};
    struct value *s = count ? exception_compose(ctx, "%S (%S)", parts) : NULL;
    value_release(count);
    return s;
}

static const struct exception_kind_row kinds[] = {
    [KIND_PLAIN] = {.init = NULL},
    [KIND_GROUP] = {.members = {{"message", 0}, {"exceptions", 0}}, .init = group_init, .str = group_str},
    [KIND_EXIT] = {.members = {{"code", 0}}, .init = exit_init},
    [KIND_STOP] = {.members = {{"value", 0}}, .init = stop_init},
    [KIND_ATTRIBUTE] = {.members = {{"name", 310}, {"obj", 310}}, .add_state = attribute_add_state},
    [KIND_NAME] = {.members = {{"name", 310}}},
    [KIND_IMPORT] = {.members = {{"msg", 0}, {"name", 0}, {"path", 0}, {"name_from", 312}},
                     .init = import_init,
                     .str = import_str,
                     .add_state = import_add_state},
    [KIND_KEY] = {.str = key_str},
    [KIND_OS] =
        {.members = {{"errno", 0}, {"strerror", 0}, {"filename", 0}, {"filename2", 0}, {"characters_written", 0}},
         .init = os_init,
         .str = os_str,
         .reduced_args = os_reduced_args},
    [KIND_SYNTAX] = {.members = {{"msg", 0},
                                 {"filename", 0},
                                 {"lineno", 0},
                                 {"offset", 0},
                                 {"text", 0},
                                 {"end_lineno", 310},
                                 {"end_offset", 310},
                                 {"_metadata", 314},
                                 {"print_file_and_line", 0}},
                     .init = syntax_init,
                     .str = syntax_str},
    [KIND_DECODE] = {.members = {{"encoding", 0}, {"object", 0}, {"start", 0}, {"end", 0}, {"reason", 0}},
                     .init = exception_decode_init,
                     .str = exception_decode_str},
    [KIND_ENCODE] = {.members = {{"encoding", 0}, {"object", 0}, {"start", 0}, {"end", 0}, {"reason", 0}},
                     .init = exception_encode_init,
                     .str = exception_encode_str},
    [KIND_TRANSLATE] = {.members = {{"encoding", 0}, {"object", 0}, {"start", 0}, {"end", 0}, {"reason", 0}},
                        .init = exception_translate_init,
                        .str = exception_encode_str},
    [KIND_REMOTE] = {.str = remote_str},
    [KIND_RESULT] = {.init = result_init, .str = result_str},
    [KIND_SHOWN] = {.str = shown_str},
    [KIND_FAULT] = {.str = fault_str},
};

const struct exception_kind_row *exception_kind_of(const struct exception *e)
{
    return &kinds[exception_class_of(&e->head)->kind];
}
