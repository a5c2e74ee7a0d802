/* SPDX-License-Identifier: MIT */
/* Calls a method row after checking its arguments as CPython would, in its order and with its words:
 * Objects/methodobject.c and descrobject.c for C methods, Python/getargs.c for those with names, Python/ceval.c for
 * functions written in Python. */
#include <stdio.h>
#include <string.h>

#include "ref/base/limits.h"
#include "ref/base/mem.h"
#include "ref/value/core.h"
#include "ref/value/suggest.h"

struct parameter {
    const char *name; /* not terminated */
    size_t size;
    bool keyword_only, required;
};

struct call {
    struct ctx *ctx;
    const struct method *m;
    const char *type_name; /* NULL: a function outside classes */
    struct value *self, *args, *kwds;
    size_t given, keywords; /* counts of args and kwds */
    struct parameter parameters[LIMIT_PARAMETERS];
    size_t count, positional;              /* parameters in all, and those that may be given by position */
    struct value *slots[LIMIT_PARAMETERS]; /* borrowed; what each parameter got */
};

static const char *plural(size_t n)
{
    return n == 1 ? "" : "s";
}

static void *refuse_keywords(const struct call *c, bool bare)
{
    bool with_type = c->type_name && compat_has(c->ctx->rt->compat, COMPAT_METHODS_WITH_CLASS) && !bare;
    return raise_format(c->ctx, "TypeError", "%s%s%s() takes no keyword arguments", with_type ? c->type_name : "",
                        with_type ? "." : "", c->m->name);
}

static bool has_odd_keyword(const struct call *c)
{
    struct value *key, *item;
    size_t position = 0;
    while (c->kwds && dict_next_peek(c->kwds, &position, &key, &item))
        if (!str_check(key))
            return true;
    return false;
}

static struct value *run(const struct call *c, struct value *const *argv, size_t argc, struct value *kwds)
{
    c->ctx->row = c->m;
    return c->m->call(c->ctx, c->self, argv, argc, kwds);
}

static struct value *invoke(const struct call *c)
{
    const size_t n = c->given;
    if (n <= LIMIT_PARAMETERS) {
        struct value *argv[LIMIT_PARAMETERS];
        for (size_t i = 0; i < n; i++)
            argv[i] = tuple_peek(c->args, i);
        return run(c, argv, n, NULL);
    }
    struct value **argv = mem_calloc(n, sizeof *argv);
    if (!argv)
        return raise_memory(c->ctx);
    for (size_t i = 0; i < n; i++)
        argv[i] = tuple_peek(c->args, i);
    struct value *r = run(c, argv, n, NULL);
    mem_free(argv);
    return r;
}

/* ---- C methods without names */

static struct value *call_fixed(const struct call *c)
{
    bool with_type = c->type_name && compat_has(c->ctx->rt->compat, COMPAT_METHODS_WITH_CLASS);
    bool one = c->m->style == CALL_ONE;
    if (c->keywords && with_type && has_odd_keyword(c))
        return raise_format(c->ctx, "TypeError", "keywords must be strings");
    if (c->keywords)
        return refuse_keywords(c, false);
    if (c->given == one)
        return invoke(c);
    return raise_format(c->ctx, "TypeError", "%s%s%s() takes %s (%zu given)", with_type ? c->type_name : "",
                        with_type ? "." : "", c->m->name, one ? "exactly one argument" : "no arguments", c->given);
}

/* PyArg_UnpackTuple and _PyArg_CheckPositional; with name "" it is how slot wrappers word it. */
static int check_positional(const struct call *c, const char *name, const char *separator)
{
    size_t least = (size_t)c->m->min, most = c->m->max < 0 ? SIZE_MAX : (size_t)c->m->max;
    if (c->given >= least && c->given <= most)
        return 0;
    size_t bound = c->given < least ? least : most;
    raise_format(c->ctx, "TypeError", "%s%sexpected %s%zu argument%s, got %zu", name, separator,
                 least == most      ? ""
                 : c->given < least ? "at least "
                                    : "at most ",
                 bound, plural(bound), c->given);
    return -1;
}

static struct value *call_positional(const struct call *c)
{
    bool varargs = c->m->style == CALL_VARARGS;
    if (c->keywords && !varargs && compat_has(c->ctx->rt->compat, COMPAT_KEYWORDS_WORDS) && has_odd_keyword(c))
        return raise_format(c->ctx, "TypeError", "keywords must be strings");
    if (c->keywords)
        return refuse_keywords(c, varargs);
    return check_positional(c, c->m->name, " ") < 0 ? NULL : invoke(c);
}

/* Wrappers of these slots unpack a tuple under the name "", which leaves a blank; 3.14 gave that up. */
static const char *const unpacking_slots[] = {"__setitem__", "__setattr__", "__mul__", "__rmul__",
                                              "__imul__",    "__pow__",     NULL};

static bool unpacks(const char *name)
{
    for (const char *const *p = unpacking_slots; *p; p++)
        if (strcmp(*p, name) == 0)
            return true;
    return false;
}

static struct value *call_slot(const struct call *c)
{
    bool old = !compat_has(c->ctx->rt->compat, COMPAT_SLOT_ARGUMENTS_WORDS), unpack = unpacks(c->m->name);
    bool named = unpack && !old && c->m->max > 1;
    if (c->keywords)
        return raise_format(c->ctx, "TypeError", "wrapper %s() takes no keyword arguments", c->m->name);
    return check_positional(c, named ? c->m->name : "", unpack && (old || named) ? " " : "") < 0 ? NULL : invoke(c);
}

/* ---- those with names */

static void read_parameters(struct call *c)
{
    bool keyword_only = false;
    for (const char *p = c->m->parameters ? c->m->parameters : ""; *p && c->count < LIMIT_PARAMETERS;) {
        keyword_only |= *p == '*';
        p += *p == '*';
        size_t size = strcspn(p, " ");
        bool marked = size && p[size - 1] == '!';
        struct parameter *q = &c->parameters[c->count++];
        *q = (struct parameter){p, size - marked, keyword_only,
                                marked || (!keyword_only && c->count <= (size_t)c->m->min)};
        c->positional += !keyword_only;
        p += size;
        p += strspn(p, " ");
    }
}

static bool is_named(const struct parameter *p, const struct value *key)
{
    size_t size;
    const char *text = str_peek(key, &size);
    return size == p->size && memcmp(text, p->name, size) == 0;
}

/* The parameter of that name, or count. */
static size_t find_parameter(const struct call *c, const struct value *key)
{
    size_t i = 0;
    while (i < c->count && !is_named(&c->parameters[i], key))
        i++;
    return i;
}

static void fill_positional(struct call *c)
{
    for (size_t i = 0; i < c->given && i < c->positional; i++)
        c->slots[i] = tuple_peek(c->args, i);
}

/* " Did you mean 'value'?", or nothing. Up to 3.12 there is no such thing. */
static struct value *raise_unexpected(const struct call *c, const char *format, const char *name,
                                      const struct value *key)
{
    size_t size;
    struct suggestion s;
    const char *text = str_peek(key, &size);
    suggest_init(&s, text, size);
    if (compat_has(c->ctx->rt->compat, COMPAT_UNEXPECTED_KEYWORD_WORDS)) {
        if (c->m->style == CALL_PYTHON && c->type_name)
            suggest_consider(&s, "self", 4);
        for (size_t i = 0; i < c->count; i++)
            suggest_consider(&s, c->parameters[i].name, c->parameters[i].size);
    }
    struct value *head = str_printf(c->ctx, format, name, text);
    if (head)
        raise_format(c->ctx, "TypeError", "%s%s%.*s%s", str_peek(head, NULL), s.best ? ". Did you mean '" : "",
                     (int)(s.best ? s.best_size : 0), s.best ? s.best : "", s.best ? "'?" : "");
    value_release(head);
    return NULL;
}

static struct value *call_with_slots(struct call *c)
{
    return run(c, c->slots, c->count, NULL);
}

/* ---- Argument Clinic with names: _PyArg_UnpackKeywords */

static void *raise_clinic(const struct call *c, const char *how, size_t n, const char *kind, size_t given)
{
    return raise_format(c->ctx, "TypeError", "%s() takes %s %zu %sargument%s (%zu given)", c->m->name, how, n, kind,
                        plural(n), given);
}

static int check_clinic_counts(const struct call *c)
{
    if (c->given + c->keywords > c->count) {
        raise_clinic(c, "at most", c->count, c->given ? "" : "keyword ", c->given + c->keywords);
        return -1;
    }
    if (c->given <= c->positional)
        return 0;
    if (c->positional == 0)
        raise_format(c->ctx, "TypeError", "%s() takes no positional arguments", c->m->name);
    else
        raise_clinic(c, (size_t)c->m->min < c->positional ? "at most" : "exactly", c->positional, "positional ",
                     c->given);
    return -1;
}

/* The keywords that no slot took: given twice, or unknown. */
static int check_clinic_rest(const struct call *c)
{
    struct value *key, *item;
    size_t position = 0;
    while (c->kwds && dict_next_peek(c->kwds, &position, &key, &item)) {
        size_t i = find_parameter(c, key);
        if (i < c->given) {
            raise_format(c->ctx, "TypeError", "argument for %s() given by name ('%.*s') and position (%zu)", c->m->name,
                         (int)c->parameters[i].size, c->parameters[i].name, i + 1);
            return -1;
        }
    }
    for (position = 0; c->kwds && dict_next_peek(c->kwds, &position, &key, &item);) {
        if (find_parameter(c, key) < c->count)
            continue;
        if (compat_has(c->ctx->rt->compat, COMPAT_UNEXPECTED_KEYWORD_WORDS))
            raise_unexpected(c, "%s() got an unexpected keyword argument '%s'", c->m->name, key);
        else
            raise_format(c->ctx, "TypeError", "'%s' is an invalid keyword argument for %s()", str_peek(key, NULL),
                         c->m->name);
        return -1;
    }
    return 0;
}

static struct value *call_keywords(struct call *c)
{
    struct value *key, *item;
    size_t position = 0;
    if (has_odd_keyword(c))
        return raise_format(c->ctx, "TypeError", "keywords must be strings");
    if (check_clinic_counts(c) < 0)
        return NULL;
    fill_positional(c);
    while (c->kwds && dict_next_peek(c->kwds, &position, &key, &item)) {
        size_t i = find_parameter(c, key);
        if (i < c->count && !c->slots[i])
            c->slots[i] = item;
    }
    for (size_t i = 0; i < c->count; i++)
        if (!c->slots[i] && c->parameters[i].required)
            return raise_format(c->ctx, "TypeError", "%s() missing required argument '%.*s' (pos %zu)", c->m->name,
                                (int)c->parameters[i].size, c->parameters[i].name, i + 1);
    return check_clinic_rest(c) < 0 ? NULL : call_with_slots(c);
}

/* ---- functions written in Python: initialize_locals */

/* The name in messages: qualified since 3.10. */
static struct value *python_name(const struct call *c)
{
    if (!c->type_name || !compat_has(c->ctx->rt->compat, COMPAT_QUALIFIED_NAMES))
        return str_new_text(c->ctx, c->m->name);
    return str_printf(c->ctx, "%s.%s", c->type_name, c->m->name);
}

static int fill_python_keywords(struct call *c, const char *name)
{
    struct value *key, *item;
    size_t position = 0;
    while (c->kwds && dict_next_peek(c->kwds, &position, &key, &item)) {
        size_t i = find_parameter(c, key);
        bool self = c->type_name && str_equals(key, "self");
        if (i == c->count && !self) {
            raise_unexpected(c, "%s() got an unexpected keyword argument '%s'", name, key);
            return -1;
        }
        if (self || c->slots[i]) {
            raise_format(c->ctx, "TypeError", "%s() got multiple values for argument '%s'", name, str_peek(key, NULL));
            return -1;
        }
        c->slots[i] = item;
    }
    return 0;
}

static void *raise_too_many(const struct call *c, const char *name)
{
    size_t self = c->type_name != NULL, given = c->given + self, most = c->positional + self, by_keyword = 0;
    bool range = (size_t)c->m->min < c->positional;
    char takes[64], also[96] = "";
    for (size_t i = c->positional; i < c->count; i++)
        by_keyword += c->slots[i] != NULL;
    if (range)
        snprintf(takes, sizeof takes, "from %zu to %zu", (size_t)c->m->min + self, most);
    else
        snprintf(takes, sizeof takes, "%zu", most);
    if (by_keyword)
        snprintf(also, sizeof also, " positional argument%s (and %zu keyword-only argument%s)", plural(given),
                 by_keyword, plural(by_keyword));
    return raise_format(c->ctx, "TypeError", "%s() takes %s positional argument%s but %zu%s %s given", name, takes,
                        range || most != 1 ? "s" : "", given, also, given == 1 && !by_keyword ? "was" : "were");
}

/* The separator behind name i of n in "'a', 'b', and 'c'". */
static const char *separator(size_t i, size_t n)
{
    if (i + 1 >= n)
        return "";
    if (i + 2 < n)
        return ", ";
    return n == 2 ? " and " : ", and ";
}

/* Raises if one of the parameters from first to last is required and has nothing. */
static int check_missing(const struct call *c, const char *name, size_t first, size_t last, const char *kind)
{
    struct buf b;
    size_t missing = 0, shown = 0;
    for (size_t i = first; i < last; i++)
        missing += c->parameters[i].required && !c->slots[i];
    if (!missing)
        return 0;
    buf_init(&b, PTRDIFF_MAX);
    for (size_t i = first; i < last; i++)
        if (c->parameters[i].required && !c->slots[i]) {
            buf_printf(&b, "'%.*s'%s", (int)c->parameters[i].size, c->parameters[i].name, separator(shown, missing));
            shown++;
        }
    buf_put_byte(&b, '\0');
    if (b.failed)
        raise_memory(c->ctx);
    else
        raise_format(c->ctx, "TypeError", "%s() missing %zu required %s argument%s: %s", name, missing, kind,
                     plural(missing), (char *)b.data);
    buf_free(&b);
    return -1;
}

static int check_python(struct call *c, const char *name)
{
    if (has_odd_keyword(c)) {
        bool old = !compat_has(c->ctx->rt->compat, COMPAT_KEYWORDS_WORDS);
        raise_format(c->ctx, "TypeError", "%s%skeywords must be strings", old ? name : "", old ? "() " : "");
        return -1;
    }
    fill_positional(c);
    if (fill_python_keywords(c, name) < 0)
        return -1;
    if (c->given > c->positional && c->m->max >= 0) {
        raise_too_many(c, name);
        return -1;
    }
    if (check_missing(c, name, 0, c->positional, "positional") < 0)
        return -1;
    return check_missing(c, name, c->positional, c->count, "keyword-only");
}

/* The named ones, then whatever more was given: for *args. */
static struct value *call_with_rest(struct call *c)
{
    size_t rest = c->given > c->positional ? c->given - c->positional : 0;
    struct value **argv = mem_calloc(c->count + rest, sizeof *argv);
    if (!argv)
        return raise_memory(c->ctx);
    memcpy(argv, c->slots, c->count * sizeof *argv);
    for (size_t i = 0; i < rest; i++)
        argv[c->count + i] = tuple_peek(c->args, c->positional + i);
    struct value *r = run(c, argv, c->count + rest, NULL);
    mem_free(argv);
    return r;
}

static struct value *call_python(struct call *c)
{
    struct value *name = python_name(c);
    int checked = name ? check_python(c, str_peek(name, NULL)) : -1;
    value_release(name);
    if (checked < 0)
        return NULL;
    return c->m->max < 0 ? call_with_rest(c) : call_with_slots(c);
}

/* The function sees args as they are and the dict of keywords. */
static struct value *call_any(const struct call *c)
{
    struct value *small[LIMIT_PARAMETERS], **argv = small;
    if (c->given > LIMIT_PARAMETERS && !(argv = mem_calloc(c->given, sizeof *argv)))
        return raise_memory(c->ctx);
    if (has_odd_keyword(c)) {
        raise_format(c->ctx, "TypeError", "keywords must be strings");
        return argv == small ? NULL : (mem_free(argv), NULL);
    }
    for (size_t i = 0; i < c->given; i++)
        argv[i] = tuple_peek(c->args, i);
    struct value *r = run(c, argv, c->given, c->kwds);
    if (argv != small)
        mem_free(argv);
    return r;
}

struct value *method_call(struct ctx *ctx, const struct method *m, const char *type_name, struct value *self,
                          struct value *args, struct value *kwds)
{
    struct call c = {.ctx = ctx, .m = m, .type_name = type_name, .self = self, .args = args, .kwds = kwds};
    c.given = args ? tuple_length(args) : 0;
    c.keywords = kwds ? dict_length(kwds) : 0;
    switch (m->style) {
    case CALL_NO_ARGS:
    case CALL_ONE:
        return call_fixed(&c);
    case CALL_POSITIONAL:
    case CALL_VARARGS:
        return call_positional(&c);
    case CALL_SLOT:
        return call_slot(&c);
    case CALL_KEYWORDS:
        read_parameters(&c);
        return call_keywords(&c);
    case CALL_PYTHON:
        read_parameters(&c);
        return call_python(&c);
    case CALL_ANY:
        return call_any(&c);
    }
    return NULL;
}
