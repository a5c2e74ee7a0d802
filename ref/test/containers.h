/* SPDX-License-Identifier: MIT */
/* Runs a file of ref/test/vectors that oracle/vectors_containers.py wrote: what CPython answered to methods and
 * operators, step by step.
 *
 * Lines are fields between tabs, escaped as by Python's unicode_escape:
 *   new RECEIVER              a fresh object under test; answers follow only the other lines
 *   call NAME ARGS KWDS       a method
 *   op NAME OPERAND…          an operator or built-in function; with r in front, the operand stands on the left
 *   methods                   the public methods
 *   SINCE-UNTIL = REPR        in these versions the line above returns this ("self": the object itself)
 *   SINCE-UNTIL ! NAME(ARGS)  … raises this
 *   SINCE-UNTIL ~ REPR        after it the object under test is this (if not, it is as before) */
#ifndef REF_TEST_CONTAINERS_H
#define REF_TEST_CONTAINERS_H

#include <stdio.h>

#include "ref/base/mem.h"
#include "ref/test/literal.h"
#include "ref/value/collect.h"

enum { CONTAINERS_FIELDS = 8 };

struct containers {
    struct ctx ctx;
    struct runtime rt;
    struct value *receiver, *watched, *nan;
    char *answer;   /* what C made of the last line, as the file would say it */
    char line[256]; /* that line, for messages */
    long number;    /* of the line being read */
    int failures;
    long checks, allocations; /* of the last operation */
    bool failing;             /* lets every allocation fail */
};

/* ---- text */

static void containers_decode(char *text)
{
    char *to = text, encoded[4];
    for (const char *p = text; *p;) {
        if (*p != '\\') {
            *to++ = *p++;
            continue;
        }
        p++;
        if (*p == '\\') {
            *to++ = *p++;
            continue;
        }
        uint32_t c = literal_escape(&p);
        size_t size = unicode_encode(c, encoded);
        memcpy(to, encoded, size);
        to += size;
    }
    *to = 0;
}

static struct value *containers_parse(struct containers *c, const char *text)
{
    struct literal l = {&c->ctx, text, c->receiver, c->nan};
    return literal_value(&l);
}

static char *containers_join(const char *first, const char *second)
{
    size_t size = strlen(first) + strlen(second) + 1;
    char *text = malloc(size);
    snprintf(text, size, "%s%s", first, second);
    return text;
}

/* Addresses differ: of "at 0x1234>" stays "at 0x>". */
static void containers_hide_addresses(char *text)
{
    for (char *p = text; (p = strstr(p, "at 0x"));) {
        size_t digits = strspn(p += 5, "0123456789abcdef");
        memmove(p, p + digits, strlen(p + digits) + 1);
    }
}

/* Views of a dict are listed, as they are where they are sent. */
static char *containers_repr(struct containers *c, struct value *v)
{
    bool view = !strncmp(v->type->name, "dict_", 5) && v->type->length;
    struct value *listed = view ? list_from(&c->ctx, v) : value_ref(v),
                 *r = listed ? value_repr(&c->ctx, listed) : NULL;
    char *text = containers_join(r ? str_peek(r, NULL) : "<unprintable>", "");
    value_release(listed);
    value_release(r);
    value_release(raised_fetch(&c->ctx));
    containers_hide_addresses(text);
    return text;
}

/* FUNCTION(ARGS) STATE of what __reduce__ gives. */
static char *containers_reduction(struct containers *c, struct value *it)
{
    struct value *reduction = iter_reduce(&c->ctx, it);
    char *args, *state, *text, *all;
    if (!reduction)
        return containers_join("irreducible", "");
    args = containers_repr(c, tuple_peek(reduction, 1));
    text = containers_join(global_qualname(tuple_peek(reduction, 0)), args);
    free(args);
    if (tuple_length(reduction) < 3) {
        value_release(reduction);
        return text;
    }
    state = containers_repr(c, tuple_peek(reduction, 2));
    args = containers_join(text, " ");
    all = containers_join(args, state);
    free(args);
    free(text);
    free(state);
    value_release(reduction);
    return all;
}

static char *containers_show(struct containers *c, struct value *v)
{
    char *reduction, *named, *all;
    const char *dot =
        strrchr(value_type_name(v), '.'); /* messages show array.arrayiterator, __name__ is what follows */
    if (v == c->receiver)
        return containers_join("self", "");
    if (!v->type->next)
        return containers_repr(c, v);
    reduction = containers_reduction(c, v);
    named = containers_join(dot ? dot + 1 : value_type_name(v), " ");
    all = containers_join("iterator ", named);
    free(named);
    named = containers_join(all, reduction);
    free(all);
    free(reduction);
    return named;
}

/* Appends the notes of e, if it has any. */
static void containers_put_notes(struct containers *c, struct value *e, char **text)
{
    struct value *notes = e ? value_get_attr(&c->ctx, e, "__notes__") : NULL;
    char *repr, *longer;
    value_release(raised_fetch(&c->ctx));
    if (!notes)
        return;
    repr = containers_repr(c, notes);
    longer = containers_join(*text, " notes ");
    free(*text);
    *text = containers_join(longer, repr);
    free(longer);
    free(repr);
    value_release(notes);
}

/* "! NAME(ARGS)" of what is raised, which is taken away. */
static char *containers_raised(struct containers *c)
{
    struct value *e = raised_fetch(&c->ctx), *args = e ? value_get_attr(&c->ctx, e, "args") : NULL;
    char *repr = containers_repr(c, args ? args : &value_none), *named, *all;
    named = containers_join("! ", e ? exception_class_name(exception_class_of(e)) : "NOTHING");
    all = containers_join(named, repr);
    free(named);
    free(repr);
    value_release(args);
    containers_put_notes(c, e, &all);
    value_release(e);
    return all;
}

/* ---- doing what a line says */

static const char *const containers_binary[] = {"add",  "sub",  "mul",  "and",  "or",  "xor",
                                                "iadd", "isub", "imul", "iand", "ior", "ixor"};
static const char *const containers_compare[] = {"lt", "le", "eq", "ne", "gt", "ge"};

/* a NAME b, or NULL with nothing raised if there is no such operator. */
static struct value *containers_operator(struct containers *c, const char *name, struct value *a, struct value *b)
{
    for (size_t i = 0; i < sizeof containers_binary / sizeof *containers_binary; i++)
        if (!strcmp(name, containers_binary[i]))
            return value_binary(&c->ctx, (enum binary_op)i, a, b);
    for (size_t i = 0; i < sizeof containers_compare / sizeof *containers_compare; i++)
        if (!strcmp(name, containers_compare[i])) {
            int result = value_compare(&c->ctx, (enum compare_op)i, a, b);
            return result < 0 ? NULL : value_bool(result);
        }
    return NULL;
}

static struct value *containers_int(struct containers *c, int64_t n)
{
    return c->ctx.raised ? NULL : int_new(&c->ctx, n);
}

static struct value *containers_reduce_text(struct containers *c)
{
    char *text = containers_reduction(c, c->receiver);
    struct value *v = str_new_text(&c->ctx, text);
    free(text);
    return v;
}

static struct value *containers_step(struct containers *c)
{
    struct value *item = value_next(&c->ctx, c->watched);
    return item || c->ctx.raised ? item : raise_bare(&c->ctx, "StopIteration");
}

static struct value *containers_unary(struct containers *c, const char *name)
{
    struct value *x = c->receiver;
    int64_t n = 0;
    int truth;
    if (!strcmp(name, "len"))
        return containers_int(c, value_length(&c->ctx, x));
    if (!strcmp(name, "hash"))
        return value_hash(&c->ctx, x, &n) < 0 ? NULL : containers_int(c, n);
    if (!strcmp(name, "bool"))
        return (truth = value_truth(&c->ctx, x)) < 0 ? NULL : value_bool(truth);
    if (!strcmp(name, "repr"))
        return value_repr(&c->ctx, x);
    if (!strcmp(name, "iter"))
        return value_iter(&c->ctx, x);
    if (!strcmp(name, "reversed"))
        return iter_reversed(&c->ctx, x);
    if (!strcmp(name, "list"))
        return list_from(&c->ctx, x);
    if (!strcmp(name, "reduce"))
        return containers_reduce_text(c);
    if (!strcmp(name, "next")) {
        struct value *item = value_next(&c->ctx, x);
        return item || c->ctx.raised ? item : raise_bare(&c->ctx, "StopIteration");
    }
    if (!strcmp(name, "watch") || !strcmp(name, "rwatch")) {
        c->watched = *name == 'r' ? iter_reversed(&c->ctx, x) : value_iter(&c->ctx, x);
        return c->watched ? value_ref(c->watched) : NULL;
    }
    if (!strcmp(name, "step"))
        return containers_step(c);
    if (!strcmp(name, "steps"))
        return list_from(&c->ctx, c->watched);
    return NULL;
}

static struct value *containers_op(struct containers *c, const char *name, struct value *a, struct value *b)
{
    struct value *x = c->receiver, *result;
    int found;
    if (!strcmp(name, "getitem"))
        return value_get_item(&c->ctx, x, a);
    if (!strcmp(name, "setitem"))
        return value_set_item(&c->ctx, x, a, b) < 0 ? NULL : &value_none;
    if (!strcmp(name, "delitem"))
        return value_delete_item(&c->ctx, x, a) < 0 ? NULL : &value_none;
    if (!strcmp(name, "contains"))
        return (found = value_contains(&c->ctx, x, a)) < 0 ? NULL : value_bool(found);
    if (!strcmp(name, "array"))
        return array_create(&c->ctx, tuple_peek(a, 0), tuple_length(a) > 1 ? tuple_peek(a, 1) : tuple_empty);
    if (!strcmp(name, "apply"))
        return function_call(&c->ctx, a, b, NULL);
    result = containers_operator(c, name, x, a);
    return result || c->ctx.raised || *name != 'r' ? result : containers_operator(c, name + 1, a, x);
}

/* Does what the fields say; what comes of it is in c->answer. The n-th allocation from where arguments are ready fails,
 * 0 for none. */
static void containers_do(struct containers *c, char *const *fields, size_t count, long n)
{
    struct value *result = NULL, *a = NULL, *b = NULL;
    bool call = !strcmp(fields[0], "call");
    char *shown;
    if (count > 2) {
        a = containers_parse(c, fields[2]);
        b = count > 3 ? containers_parse(c, fields[3]) : NULL;
    }
    mem_fail_at(n);
    if (call)
        result = value_call_method(&c->ctx, c->receiver, fields[1], a, dict_length(b) ? b : NULL);
    else if (!strcmp(fields[0], "methods"))
        result = value_public_methods(&c->ctx, c->receiver);
    else if (count == 2)
        result = containers_unary(c, fields[1]);
    else
        result = containers_op(c, fields[1], a, b);
    c->allocations = mem_count();
    mem_fail_at(0);
    free(c->answer);
    if (!result)
        c->answer = containers_raised(c);
    else {
        if (c->ctx.raised)
            printf("# a result and an exception at once\n"), c->failures++;
        shown = containers_show(c, result);
        c->answer = containers_join("= ", shown);
        free(shown);
    }
    value_release(a);
    value_release(b);
    value_release(result);
}

/* Operations that take one element after the other leave a part done when they fail, in CPython too, and a failed sort
 * leaves some order. */
static bool containers_partial(const char *name)
{
    static const char *const names[] = {"update",
                                        "extend",
                                        "difference_update",
                                        "symmetric_difference_update",
                                        "iadd",
                                        "ior",
                                        "isub",
                                        "ixor",
                                        "__iadd__",
                                        "__ior__",
                                        "__isub__",
                                        "__ixor__",
                                        "sort",
                                        "fromunicode",
                                        "intersection_update"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!strcmp(name, names[i]))
            return true;
    return false;
}

/* Operations of this file, or that use an iterator up on the way: they are only done. */
static bool containers_once(const struct containers *c, const char *name)
{
    return !strcmp(name, "reduce") || !strcmp(name, "steps") || (!strcmp(name, "list") && c->receiver->type->next);
}

/* The same again, to be spoilt; only lists, dicts, sets and arrays can be. */
static struct value *containers_clone(struct containers *c, struct value *v)
{
    const unsigned char *data;
    size_t size;
    if (value_is(v, &list_type))
        return list_from(&c->ctx, v);
    if (value_is(v, &dict_type))
        return dict_from(&c->ctx, v, NULL);
    if (value_is(v, &set_type))
        return set_from(&c->ctx, v, false);
    if (!value_is(v, &array_type))
        return value_ref(v);
    data = array_peek(v, &size);
    return array_new_bytes(&c->ctx, array_typecode(v), data, size);
}

/* One attempt at an operation, in which the n-th allocation fails if there are so many; false if there are not. */
static bool containers_attempt(struct containers *c, char *const *fields, size_t count, long n, bool spoilt)
{
    char *before = containers_repr(c, c->receiver), *after;
    containers_do(c, fields, count, n);
    after = containers_repr(c, c->receiver);
    if (c->allocations >= n && strcmp(c->answer, "! MemoryError()") != 0 && c->failures++ < 15)
        printf("# line %ld: allocation %ld failed, and %s gave %.200s\n", c->number, n, c->line, c->answer);
    if (c->allocations >= n && !spoilt && strcmp(before, after) != 0 && c->failures++ < 15)
        printf("# line %ld: allocation %ld failed in %s, which left %.200s\n", c->number, n, c->line, after);
    free(before);
    free(after);
    return c->allocations >= n;
}

/* Every allocation of the operation fails once: that must be MemoryError, and change nothing. The last attempt, in
 * which none fails, counts. */
static void containers_do_failing(struct containers *c, char *const *fields, size_t count)
{
    struct value *receiver = c->receiver;
    bool partial = containers_partial(fields[1]), failed = true;
    for (long n = 1; failed; n++) {
        if (partial)
            c->receiver = containers_clone(c, receiver);
        failed = containers_attempt(c, fields, count, n, partial);
        if (partial)
            value_release(c->receiver);
        c->receiver = receiver;
    }
    if (partial)
        containers_do(c, fields, count, 0);
}

/* ---- the file */

static void containers_forget(struct containers *c)
{
    value_release(c->watched);
    value_release(c->receiver);
    c->watched = c->receiver = NULL;
    free(c->answer);
    c->answer = NULL;
}

/* "~ REPR" of the object under test. */
static char *containers_state(struct containers *c)
{
    char *shown = containers_repr(c, c->receiver), *state = containers_join("~ ", shown);
    free(shown);
    return state;
}

static void containers_expect(struct containers *c, const char *text)
{
    char *got = *text == '~' ? containers_state(c) : containers_join(c->answer ? c->answer : "", "");
    c->checks++;
    if (strcmp(text, got) != 0 && c->failures++ < 15)
        printf("# %d, line %ld: %s\n#   got      %.300s\n#   expected %.300s\n", c->rt.compat, c->number, c->line, got,
               text);
    free(got);
}

static void containers_line(struct containers *c, char *line)
{
    char none[] = "", *fields[CONTAINERS_FIELDS] = {none, none, none, none, none, none, none, none}, *p = line;
    size_t count = 0;
    int since, until;
    if (sscanf(line, "%d-%d", &since, &until) == 2 && (p = strchr(line, '\t'))) {
        containers_decode(++p);
        if (c->rt.compat >= since && c->rt.compat <= until)
            containers_expect(c, p);
        return;
    }
    snprintf(c->line, sizeof c->line, "%.250s", line);
    for (char *field = strtok_r(line, "\t", &p); field && count < CONTAINERS_FIELDS; field = strtok_r(NULL, "\t", &p)) {
        containers_decode(field);
        fields[count++] = field;
    }
    if (count < 1 || (count < 2 && strcmp(fields[0], "methods") != 0))
        abort(); /* the file is broken */
    if (!strcmp(fields[0], "new")) {
        containers_forget(c);
        c->receiver = containers_parse(c, fields[1]);
        if (!c->receiver)
            abort();
        return;
    }
    if (c->failing && !containers_once(c, fields[1]))
        containers_do_failing(c, fields, count);
    else
        containers_do(c, fields, count, 0);
}

/* Runs the file as the given version; returns how many answers were wrong (1 if there was nothing to check). If
 * failing, every operation is also tried with each of its allocations failing. */
static int containers_run(const char *name, int compat, bool failing)
{
    static char line[1 << 16];
    struct containers c = {.failing = failing};
    char path[128];
    FILE *file;
    snprintf(path, sizeof path, "ref/test/vectors/%s.txt", name);
    file = fopen(path, "r");
    if (!file || runtime_init(&c.rt, compat) < 0)
        return 1;
    runtime_lock(&c.rt);
    ctx_init(&c.ctx, &c.rt);
    c.nan = float_new(&c.ctx, (double)__builtin_nan(""));
    while (fgets(line, sizeof line, file)) {
        line[strcspn(line, "\n")] = 0;
        c.number++;
        if (*line != '#')
            containers_line(&c, line);
    }
    fclose(file);
    containers_forget(&c);
    value_release(c.nan);
    ctx_free(&c.ctx);
    collect_run(&c.rt);
    runtime_unlock(&c.rt);
    runtime_free(&c.rt);
    return c.checks ? c.failures : 1;
}

/* The same in every version; the sum. */
static int containers_run_all(const char *name)
{
    int failures = 0;
    for (int compat = COMPAT_OLDEST; compat <= COMPAT_NEWEST; compat++)
        failures += containers_run(name, compat, false);
    return failures;
}

#endif
