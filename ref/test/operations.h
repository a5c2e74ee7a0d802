/* SPDX-License-Identifier: MIT */
/* Runs a file of ref/test/vectors that oracle/vectors.py wrote and described: what each CPython answers to one
 * operation on values. */
#ifndef REF_TEST_OPERATIONS_H
#define REF_TEST_OPERATIONS_H

#include <stdio.h>

#include "harness/test/unit.h"
#include "ref/base/mem.h"
#include "ref/test/literal.h"
#include "ref/value/collect.h"

enum { OPERATIONS_VERSIONS = COMPAT_NEWEST - COMPAT_OLDEST + 1, OPERATIONS_FIELDS = 6, OPERATIONS_SWEEP_EACH = 3 };

/* A world of one version. */
struct operations {
    struct runtime rt;
    struct ctx ctx;
    struct value *nan;
    const char *fields[OPERATIONS_FIELDS]; /* the case */
    size_t count;
};

/* An operation of one test's own: fills out as operations_answer does; false if it does not know the name. */
typedef bool operations_more(struct operations *o, struct buf *out);

/* The allocation that is to fail once the operands are there; 0: none. And did it? */
static long operations_fail_at;
static bool operations_failed;

static struct value *operations_operand(struct operations *o, size_t i)
{
    struct literal l = {&o->ctx, o->fields[i], NULL, o->nan};
    mem_fail_at(0);
    struct value *v = literal_value(&l);
    mem_fail_at(operations_fail_at);
    return v;
}

/* Appends text escaped as in the file. */
static void operations_put(struct buf *out, const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (text[i] == '\\' || text[i] == '\n')
            buf_put_byte(out, '\\');
        buf_put_byte(out, text[i] == '\n' ? 'n' : (unsigned char)text[i]);
    }
}

/* Appends a str, and releases it; NULL is left to what is raised. */
static void operations_put_str(struct buf *out, struct value *s)
{
    size_t size;
    if (!s)
        return;
    const char *text = str_peek(s, &size);
    operations_put(out, text, size);
    value_release(s);
}

/* Appends repr(v), and releases v. */
static void operations_put_repr(struct operations *o, struct buf *out, struct value *v)
{
    if (!v)
        return;
    operations_put_str(out, value_repr(&o->ctx, v));
    value_release(v);
}

static const char *const operations_binary[] = {"add",  "sub",  "mul",  "and",  "or",  "xor",
                                                "iadd", "isub", "imul", "iand", "ior", "ixor"};
static const char *const operations_comparisons[] = {"lt", "le", "eq", "ne", "gt", "ge"};

static struct value *operations_two(struct operations *o, const char *name, struct value *a, struct value *b)
{
    for (size_t i = 0; i < sizeof operations_binary / sizeof *operations_binary; i++)
        if (!strcmp(name, operations_binary[i]))
            return value_binary(&o->ctx, (enum binary_op)i, a, b);
    for (size_t i = 0; i < sizeof operations_comparisons / sizeof *operations_comparisons; i++)
        if (!strcmp(name, operations_comparisons[i])) {
            int result = value_compare(&o->ctx, (enum compare_op)i, a, b);
            return result < 0 ? NULL : value_bool(result);
        }
    if (!strcmp(name, "getitem"))
        return value_get_item(&o->ctx, a, b);
    if (!strcmp(name, "contains")) {
        int found = value_contains(&o->ctx, a, b);
        return found < 0 ? NULL : value_bool(found);
    }
    if (!strcmp(name, "delitem"))
        return value_delete_item(&o->ctx, a, b) < 0 ? NULL : value_ref(a);
    literal_fail(&(struct literal){.p = name}, "an operation");
    return NULL;
}

/* All six comparisons: T, F, or E where it raises TypeError. */
static void operations_compare(struct operations *o, struct buf *out, struct value *a, struct value *b)
{
    for (int i = 0; i < 6; i++) {
        int result = value_compare(&o->ctx, (enum compare_op)i, a, b);
        buf_put_byte(out, result < 0 ? 'E' : result ? 'T' : 'F');
        CU_ASSERT(result >= 0 || raised_is(&o->ctx, "TypeError"));
        value_release(raised_fetch(&o->ctx));
    }
}

static struct value *operations_to_bytes(struct operations *o, struct value *v)
{
    struct buf b;
    struct value *bytes = NULL, *back = NULL;
    buf_init(&b, SIZE_MAX);
    if (int_to_bytes(&o->ctx, v, &b) == 0)
        bytes = bytes_new(&o->ctx, b.data, b.used);
    if (bytes)
        back = int_new_bytes(&o->ctx, b.data, b.used);
    CU_ASSERT(back && value_compare(&o->ctx, COMPARE_EQ, back, v) == 1);
    value_release(back);
    buf_free(&b);
    return bytes;
}

static struct value *operations_hash(struct operations *o, struct value *v, bool show)
{
    int64_t n;
    if (value_hash(&o->ctx, v, &n) < 0)
        return NULL;
    return show ? int_new(&o->ctx, n) : &value_true;
}

static struct value *operations_one(struct operations *o, const char *name, struct value *a)
{
    struct ctx *ctx = &o->ctx;
    size_t size;
    if (!strcmp(name, "bool")) {
        int truth = value_truth(ctx, a);
        return truth < 0 ? NULL : value_bool(truth);
    }
    if (!strcmp(name, "len")) {
        ssize_t n = value_length(ctx, a);
        return n < 0 ? NULL : int_new(ctx, n);
    }
    if (!strcmp(name, "hash") || !strcmp(name, "hashable"))
        return operations_hash(o, a, !name[4]);
    if (!strcmp(name, "list"))
        return list_from(ctx, a);
    if (!strcmp(name, "next"))
        return value_next(ctx, a);
    if (!strcmp(name, "iter")) {
        struct value *it = value_iter(ctx, a);
        value_release(it);
        return it ? &value_none : NULL;
    }
    if (!strcmp(name, "bytes"))
        return operations_to_bytes(o, a);
    if (!strcmp(name, "int"))
        return int_new_literal(ctx, str_peek(a, NULL), (str_peek(a, &size), size));
    if (!strcmp(name, "decode"))
        return str_new(ctx, (const char *)bytes_peek(a, NULL), (bytes_peek(a, &size), size));
    literal_fail(&(struct literal){.p = name}, "an operation");
    return NULL;
}

/* What becomes of an attribute; fields: name receiver attribute [value]. */
static void operations_attribute(struct operations *o, struct buf *out, struct value *receiver)
{
    const char *name = o->fields[2];
    if (o->fields[0][0] == 'g') {
        operations_put_repr(o, out, value_get_attr(&o->ctx, receiver, name));
        return;
    }
    struct value *item = o->count > 3 ? operations_operand(o, 3) : NULL;
    int result = item ? value_set_attr(&o->ctx, receiver, name, item) : value_delete_attr(&o->ctx, receiver, name);
    if (result == 0)
        buf_put_text(out, "None");
    value_release(item);
}

static void operations_call(struct operations *o, struct buf *out, struct value *receiver)
{
    struct value *args = operations_operand(o, 3), *kwds = operations_operand(o, 4);
    struct value *r = value_call_method(&o->ctx, receiver, o->fields[2], args, kwds);
    if (r) {
        operations_put_repr(o, out, r);
        buf_put_byte(out, ' ');
        operations_put_repr(o, out, value_ref(receiver));
    }
    value_release(args);
    value_release(kwds);
}

static void operations_do(struct operations *o, struct buf *out, struct value *a)
{
    const char *name = o->fields[0];
    struct value *b, *c;
    if (!strcmp(name, "repr")) {
        operations_put_str(out, value_repr(&o->ctx, a));
    } else if (!strcmp(name, "str")) {
        operations_put_str(out, value_str(&o->ctx, a));
    } else if (!strcmp(name, "typename")) {
        buf_put_text(out, value_type_name(a));
    } else if (strstr(name, "attr")) {
        operations_attribute(o, out, a);
    } else if (!strcmp(name, "call")) {
        operations_call(o, out, a);
    } else if (o->count == 2) {
        operations_put_repr(o, out, operations_one(o, name, a));
    } else if ((b = operations_operand(o, 2))) {
        if (!strcmp(name, "compare")) {
            operations_compare(o, out, a, b);
        } else if (!strcmp(name, "setitem")) {
            c = operations_operand(o, 3);
            operations_put_repr(o, out, value_set_item(&o->ctx, a, b, c) < 0 ? NULL : value_ref(a));
            value_release(c);
        } else {
            operations_put_repr(o, out, operations_two(o, name, a, b));
        }
        value_release(b);
    }
}

/* The answer of one version's world to the case, as the file would have it. */
static char *operations_answer(struct operations *o, operations_more *more)
{
    struct buf out;
    buf_init(&out, SIZE_MAX);
    buf_grow(&out, 100000); /* so that the answer itself takes no allocation that a sweep would fail */
    out.used = 0;
    mem_fail_at(operations_fail_at);
    if (!more || !more(o, &out)) {
        struct value *a = operations_operand(o, 1);
        if (a)
            operations_do(o, &out, a);
        value_release(a);
    }
    operations_failed = operations_fail_at && mem_count() >= operations_fail_at;
    mem_fail_at(0);
    if (o->ctx.raised) {
        struct value *e = raised_fetch(&o->ctx);
        out.used = 0;
        buf_put_text(&out, "! ");
        operations_put_str(&out, exception_line(&o->ctx, e));
        value_release(e);
    }
    CU_ASSERT(o->ctx.depth == 0 && !o->ctx.raised);
    char *text = strndup(out.data ? (char *)out.data : "", out.used);
    buf_free(&out);
    return text;
}

/* Fails each allocation of the operation once: every time MemoryError comes out, and nothing stays behind. */
static void operations_sweep(struct operations *o, operations_more *more)
{
    bool failed = true;
    for (long n = 1; failed; n++) {
        long values = value_alive(), blocks = mem_alive();
        operations_fail_at = n;
        char *answer = operations_answer(o, more);
        failed = operations_failed;
        operations_fail_at = 0;
        bool good = !failed || !strcmp(answer, "! MemoryError");
        if (!good || value_alive() != values || mem_alive() != blocks)
            printf("# with allocation %ld failing: %s %s %s: %.200s\n", n, o->fields[0], o->fields[1],
                   o->count > 2 ? o->fields[2] : "", answer);
        CU_ASSERT(good);
        CU_ASSERT_EQUAL(value_alive(), values);
        CU_ASSERT_EQUAL(mem_alive(), blocks);
        free(answer);
    }
}

/* Splits a line at its tabs into fields of every world. */
static void operations_case(struct operations *worlds, char *line)
{
    size_t n = 0;
    for (char *p = line; p && n < OPERATIONS_FIELDS; n++) {
        char *tab = strchr(p, '\t');
        for (int i = 0; i < OPERATIONS_VERSIONS; i++)
            worlds[i].fields[n] = p;
        if (tab)
            *tab++ = '\0';
        p = tab;
    }
    for (int i = 0; i < OPERATIONS_VERSIONS; i++)
        worlds[i].count = n;
}

/* Checks one line of answers; returns how many versions answer something else. */
static int operations_check(struct operations *worlds, char *line, operations_more *more)
{
    char *p;
    long since = strtol(line, &p, 10), until = strtol(p + 1, &p, 10);
    int failures = 0;
    for (long v = since; v <= until; v++) {
        struct operations *o = &worlds[v - COMPAT_OLDEST];
        char *answer = operations_answer(o, more);
        if (strcmp(answer, p + 1) != 0) {
            failures++;
            printf("# %ld %s %s %s %s: %.300s\n#     expected %.300s\n", v, o->fields[0], o->fields[1],
                   o->count > 2 ? o->fields[2] : "", o->count > 3 ? o->fields[3] : "", answer, p + 1);
        }
        free(answer);
    }
    return failures;
}

static int operations_lines(struct operations *worlds, FILE *f, operations_more *more)
{
    char *line = NULL, *given = NULL;
    size_t room = 0;
    int failures = 0;
    unsigned cases = 0;
    while (getline(&line, &room, f) > 0) {
        line[strcspn(line, "\n")] = '\0';
        if (*line == '#')
            continue;
        if (strspn(line, "0123456789-") > 3) {
            failures += operations_check(worlds, line, more);
            continue;
        }
        free(given);
        given = strdup(line);
        operations_case(worlds, given);
        if (++cases % OPERATIONS_SWEEP_EACH == 0 && strcmp(worlds->fields[0], "compare") != 0)
            operations_sweep(&worlds[cases / OPERATIONS_SWEEP_EACH % OPERATIONS_VERSIONS], more);
    }
    free(line);
    free(given);
    return failures;
}

/* Runs a file against every version; fails the test for each difference, and if anything stays alive. */
static void operations_run(const char *name, operations_more *more)
{
    struct operations worlds[OPERATIONS_VERSIONS] = {0};
    long values = value_alive(), blocks = mem_alive();
    char path[100];
    snprintf(path, sizeof path, "ref/test/vectors/%s.txt", name);
    FILE *f = fopen(path, "r");
    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    for (int i = 0; i < OPERATIONS_VERSIONS; i++) {
        CU_ASSERT_FATAL(runtime_init(&worlds[i].rt, COMPAT_OLDEST + i) == 0);
        runtime_lock(&worlds[i].rt);
        ctx_init(&worlds[i].ctx, &worlds[i].rt);
        worlds[i].nan = float_new(&worlds[i].ctx, (double)__builtin_nanf(""));
    }
    CU_ASSERT_EQUAL(operations_lines(worlds, f, more), 0);
    for (int i = 0; i < OPERATIONS_VERSIONS; i++) {
        value_release(worlds[i].nan);
        ctx_free(&worlds[i].ctx);
        runtime_unlock(&worlds[i].rt);
    }
    for (int i = 0; i < OPERATIONS_VERSIONS; i++) /* each alone, so that no order of locks arises */
        runtime_free(&worlds[i].rt);
    fclose(f);
    CU_ASSERT_EQUAL(value_alive(), values);
    CU_ASSERT_EQUAL(mem_alive(), blocks);
}

#endif
