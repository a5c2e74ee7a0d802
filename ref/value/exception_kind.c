/* SPDX-License-Identifier: MIT */
/* What some exception classes do beyond BaseException: the checks of their constructors, their members, str and
 * reduction, each as the function of its name in Objects/exceptions.c. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "ref/value/container.h"
#include "ref/value/exception.h"

static size_t count_args(const struct exception *e)
{
    return tuple_length(exception_args_peek(e));
}

static struct value *arg(const struct exception *e, size_t i)
{
    return tuple_peek(exception_args_peek(e), i);
}

static struct value *or_none(struct value *v)
{
    return v ? v : &value_none;
}

/* A str made of str() of some parts: format has %S for str(), %R for repr() of the next. */
static struct value *compose(struct ctx *ctx, const char *format, struct value *const *parts)
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
    size_t n = count_args(e);
    (void)ctx;
    if (n > 0)
        exception_set_member(e, EXIT_CODE, n == 1 ? arg(e, 0) : e->args);
    return 0;
}

static int stop_init(struct ctx *ctx, struct exception *e)
{
    (void)ctx;
    if (count_args(e) > 0)
        exception_set_member(e, STOP_VALUE, arg(e, 0));
    return 0;
}

static struct value *key_str(struct ctx *ctx, struct exception *e)
{
    return count_args(e) == 1 ? value_repr(ctx, arg(e, 0)) : exception_plain_str(ctx, e);
}

/* multiprocessing.managers.RemoteError.__str__ */
static struct value *remote_str(struct ctx *ctx, struct exception *e)
{
    static const char line[] = "---------------------------------------------------------------------------";
    if (count_args(e) == 0)
        return raise_format(ctx, "IndexError", "tuple index out of range");
    struct value *text = value_str(ctx, arg(e, 0));
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
    if (count_args(e) != 2) {
        raise_format(ctx, "TypeError", "%s__init__() takes 3 positional arguments but %zu were given",
                     compat_has(ctx->rt->compat, COMPAT_QUALIFIED_NAMES) ? "MaybeEncodingError." : "",
                     count_args(e) + 1);
        return -1;
    }
    for (unsigned i = 0; i < 2 && !ctx->raised; i++)
        reprs[i] = value_repr(ctx, arg(e, i));
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
        return compose(ctx, "Error sending result: '%S'. Reason: '%S'", parts);
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
        return compose(ctx, "<Fault %S: %R>", parts);
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
    if (count_args(e) == 1)
        exception_set_member(e, IMPORT_MSG, arg(e, 0));
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
    size_t n = count_args(e);
    if (n < 2 || n > 5)
        return 0;
    choose_os_class(e, arg(e, 0));
    exception_set_member(e, OS_ERRNO, arg(e, 0));
    exception_set_member(e, OS_STRERROR, arg(e, 1));
    if (n < 3 || arg(e, 2) == &value_none)
        return 0;
    if (e->class == exception_class_at(EXCEPTION_BLOCKING_IO) && is_number(arg(e, 2)))
        return set_written(ctx, e, arg(e, 2));
    exception_set_member(e, OS_FILENAME, arg(e, 2));
    if (n == 5 && arg(e, 4) != &value_none)
        exception_set_member(e, OS_FILENAME2, arg(e, 4));
    struct value *two = tuple_pack_take(ctx, 2, value_ref(arg(e, 0)), value_ref(arg(e, 1)));
    if (!two)
        return -1;
    value_release(e->args);
    e->args = two;
    return 0;
}

static struct value *os_str(struct ctx *ctx, struct exception *e)
{
    struct value *const *m = e->members;
    struct value *const parts[] = {or_none(m[OS_ERRNO]), or_none(m[OS_STRERROR]), m[OS_FILENAME], m[OS_FILENAME2]};
    if (m[OS_FILENAME])
        return compose(ctx, m[OS_FILENAME2] ? "[Errno %S] %S: %R -> %R" : "[Errno %S] %S: %R", parts);
    if (m[OS_ERRNO] && m[OS_STRERROR])
        return compose(ctx, "[Errno %S] %S", parts);
    return exception_plain_str(ctx, e);
}

static struct value *os_reduced_args(struct ctx *ctx, struct exception *e)
{
    struct value *filename = e->members[OS_FILENAME], *filename2 = e->members[OS_FILENAME2];
    if (count_args(e) != 2 || !filename)
        return value_ref(exception_args_peek(e));
    if (!filename2)
        return tuple_pack_take(ctx, 3, value_ref(arg(e, 0)), value_ref(arg(e, 1)), value_ref(filename));
    return tuple_pack_take(ctx, 5, value_ref(arg(e, 0)), value_ref(arg(e, 1)), value_ref(filename), &value_none,
                           value_ref(filename2));
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
    if (count_args(e) >= 1)
        exception_set_member(e, SYNTAX_MSG, arg(e, 0));
    if (count_args(e) != 2)
        return 0;
    struct value *info = tuple_from(ctx, arg(e, 1));
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
    struct value *msg = value_str(ctx, or_none(e->members[SYNTAX_MSG])), *s = NULL;
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
    return compose(ctx, suffix ? "%S (%S)" : "%S", parts);
}

/* ---- UnicodeDecodeError and its kin */

static int check_count(struct ctx *ctx, struct exception *e, size_t n)
{
    if (count_args(e) == n)
        return 0;
    raise_format(ctx, "TypeError", "function takes exactly %zu arguments (%zu given)", n, count_args(e));
    return -1;
}

static int check_str(struct ctx *ctx, struct exception *e, size_t i)
{
    if (str_check(arg(e, i)))
        return 0;
    raise_format(ctx, "TypeError", "argument %zu must be str, not %.50s", i + 1,
                 arg(e, i) == &value_none ? "None" : value_type_name(arg(e, i)));
    return -1;
}

/* Two positions and a reason, from argument i on. */
static int check_positions(struct ctx *ctx, struct exception *e, size_t i)
{
    ssize_t n;
    if (arguments_ssize(ctx, arg(e, i), &n) < 0 || arguments_ssize(ctx, arg(e, i + 1), &n) < 0)
        return -1;
    return check_str(ctx, e, i + 2);
}

static void set_unicode_members(struct exception *e)
{
    size_t first = 5 - count_args(e); /* UnicodeTranslateError has no encoding */
    for (size_t i = 0; i < count_args(e); i++)
        exception_set_member(e, (unsigned)(first + i), arg(e, i));
}

static int decode_init(struct ctx *ctx, struct exception *e)
{
    size_t size;
    if (check_count(ctx, e, 5) < 0 || check_str(ctx, e, 0) < 0 || check_positions(ctx, e, 2) < 0)
        return -1;
    set_unicode_members(e);
    struct value *object = arg(e, 1);
    if (object->type == &bytes_type)
        return 0;
    if (object->type != &bytearray_type && object->type != &array_type) {
        raise_format(ctx, "TypeError", "a bytes-like object is required, not '%.100s'", value_type_name(object));
        return -1;
    }
    const unsigned char *data = object->type == &array_type ? array_peek(object, &size) : bytes_peek(object, &size);
    struct value *bytes = bytes_new(ctx, data, size);
    if (!bytes)
        return -1;
    exception_set_member(e, UNICODE_OBJECT, bytes);
    value_release(bytes);
    return 0;
}

static int encode_init(struct ctx *ctx, struct exception *e)
{
    if (check_count(ctx, e, 5) < 0 || check_str(ctx, e, 0) < 0 || check_str(ctx, e, 1) < 0 ||
        check_positions(ctx, e, 2) < 0)
        return -1;
    set_unicode_members(e);
    return 0;
}

static int translate_init(struct ctx *ctx, struct exception *e)
{
    if (check_count(ctx, e, 4) < 0 || check_str(ctx, e, 0) < 0 || check_positions(ctx, e, 1) < 0)
        return -1;
    set_unicode_members(e);
    return 0;
}

/* The only item that is at fault: its index, or -1 if they are several or none. */
static ssize_t only_fault(struct exception *e, size_t length, int64_t *start, int64_t *end)
{
    *start = *end = 0;
    if (e->members[UNICODE_START])
        int_peek_i64(e->members[UNICODE_START], start);
    if (e->members[UNICODE_END])
        int_peek_i64(e->members[UNICODE_END], end);
    return *start >= 0 && *start < (int64_t)length && *end == *start + 1 ? (ssize_t)*start : -1;
}

/* "'utf-8' codec can't decode byte 0xff in position 0: reason", with the middle part given. */
static struct value *unicode_text(struct ctx *ctx, struct exception *e, const char *action, struct value *what)
{
    bool codec = e->members[UNICODE_ENCODING] != NULL;
    struct value *does = what ? str_new_text(ctx, action) : NULL;
    struct value *const parts[] = {or_none(e->members[UNICODE_ENCODING]), does, what,
                                   or_none(e->members[UNICODE_REASON])};
    struct value *s =
        does ? compose(ctx, codec ? "'%S' codec %S %S: %S" : "%S %S: %S", codec ? parts : parts + 1) : NULL;
    value_release(does);
    value_release(what);
    return s;
}

static struct value *decode_str(struct ctx *ctx, struct exception *e)
{
    size_t size;
    int64_t start, end;
    struct value *object = e->members[UNICODE_OBJECT];
    if (!object || object->type != &bytes_type)
        return str_new(ctx, "", 0);
    const unsigned char *data = bytes_peek(object, &size);
    ssize_t only = only_fault(e, size, &start, &end);
    return unicode_text(ctx, e, "can't decode",
                        only >= 0
                            ? str_printf(ctx, "byte 0x%02x in position %zd", data[only], only)
                            : str_printf(ctx, "bytes in position %lld-%lld", (long long)start, (long long)end - 1));
}

static struct value *encode_str(struct ctx *ctx, struct exception *e)
{
    int64_t start, end;
    struct value *object = e->members[UNICODE_OBJECT];
    const char *action = e->members[UNICODE_ENCODING] ? "can't encode" : "can't translate";
    if (!object || !str_check(object))
        return str_new(ctx, "", 0);
    ssize_t only = only_fault(e, str_length(object), &start, &end);
    if (only < 0)
        return unicode_text(ctx, e, action,
                            str_printf(ctx, "characters in position %lld-%lld", (long long)start, (long long)end - 1));
    uint32_t c = str_code_point(object, (size_t)only);
    const char *format = c < 0x100     ? "character '\\x%02x' in position %zd"
                         : c < 0x10000 ? "character '\\u%04x' in position %zd"
                                       : "character '\\U%08x' in position %zd";
    char what[64];
    snprintf(what, sizeof what, format, (unsigned)c, only);
    return unicode_text(ctx, e, action, str_new_text(ctx, what));
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
    if (count_args(e) != 2)
        return raise_format(ctx, "TypeError", "%s takes exactly 2 arguments (%zu given)", where, count_args(e)), -1;
    if (!str_check(arg(e, 0)))
        return raise_format(ctx, "TypeError", "%s argument 1 must be str, not %.50s", where,
                            arg(e, 0) == &value_none ? "None" : value_type_name(arg(e, 0))),
               -1;
    if (!is_sequence(arg(e, 1)))
        return raise_format(ctx, "TypeError", "second argument (exceptions) must be a sequence"), -1;
    struct value *items = tuple_from(ctx, arg(e, 1));
    if (!items)
        return -1;
    exception_set_member(e, GROUP_MESSAGE, arg(e, 0));
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
    struct value *s = count ? compose(ctx, "%S (%S)", parts) : NULL;
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
                     .init = decode_init,
                     .str = decode_str},
    [KIND_ENCODE] = {.members = {{"encoding", 0}, {"object", 0}, {"start", 0}, {"end", 0}, {"reason", 0}},
                     .init = encode_init,
                     .str = encode_str},
    [KIND_TRANSLATE] = {.members = {{"encoding", 0}, {"object", 0}, {"start", 0}, {"end", 0}, {"reason", 0}},
                        .init = translate_init,
                        .str = encode_str},
    [KIND_REMOTE] = {.str = remote_str},
    [KIND_RESULT] = {.init = result_init, .str = result_str},
    [KIND_SHOWN] = {.str = shown_str},
    [KIND_FAULT] = {.str = fault_str},
};

const struct exception_kind_row *exception_kind_of(const struct exception *e)
{
    return &kinds[exception_class_of(&e->head)->kind];
}
