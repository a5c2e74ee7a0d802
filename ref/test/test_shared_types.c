/* SPDX-License-Identifier: MIT */
/* The types that only a manager has, and the way arguments reach them, against ref/test/vectors/shared_types.txt:
 * sessions and what each CPython answers. Then every session again with every allocation failing in turn. */
#include <stdio.h>

#include "ref/manager/call.h"
#include "ref/manager/python.h"
#include "ref/manager/registry.h"
#include "ref/test/literal.h"
#include "ref/test/support.h"

enum { FIELDS = 4 };

struct session {
    struct world w;
    struct registry registry;
    struct value *nan, *object; /* object NULL: there is none */
    char *fields[FIELDS];       /* the line that is being run */
};

static void session_begin(struct session *s, int compat)
{
    *s = (struct session){0};
    world_begin(&s->w, compat);
    CU_ASSERT_FATAL(!registry_init(&s->registry, compat, true));
    s->nan = float_new(&s->w.ctx, __builtin_nan(""));
}

static void session_end(struct session *s)
{
    value_release(s->nan);
    value_release(s->object);
    registry_free(&s->registry);
    world_end(&s->w);
}

/* The allocation that is to fail once arguments are there; 0: none. */
static long fail_at;

static struct value *literal(struct session *s, const char *text)
{
    struct literal l = {&s->w.ctx, text, s->object, s->nan};
    struct value *v;

    mem_fail_at(0);
    v = literal_value(&l);
    mem_fail_at(fail_at);
    return v;
}

/* ---- the lines */

static struct value *create(struct session *s)
{
    const struct typeid *t = registry_find(&s->registry, s->fields[1]);
    struct value *args = literal(s, s->fields[2]), *kwds = literal(s, s->fields[3]);

    value_release(s->object);
    s->object = t && args && kwds ? t->construct(&s->w.ctx, t, args, dict_length(kwds) ? kwds : NULL) : NULL;
    value_release(args);
    value_release(kwds);
    return s->object ? value_ref(s->object) : NULL;
}

static struct value *generate(struct session *s)
{
    const struct typeid *t = registry_find(&s->registry, "Maker");
    struct value *n = literal(s, s->fields[1]), *maker = t->construct(&s->w.ctx, t, tuple_empty, NULL);
    struct value *args = tuple_pack_take(&s->w.ctx, 1, n);

    value_release(s->object);
    s->object = maker && args ? value_call_method(&s->w.ctx, maker, "numbers", args, NULL) : NULL;
    value_release(args);
    value_release(maker);
    return s->object ? value_ref(s->object) : NULL;
}

static struct value *call(struct session *s, bool *known)
{
    struct value *args = literal(s, s->fields[2]), *kwds = literal(s, s->fields[3]), *result = NULL;
    struct callee callee;

    *known = s->object && callee_find(&callee, s->object, s->fields[1], s->w.rt.compat);
    if (*known && args && kwds)
        result = callee_call(&s->w.ctx, &callee, s->object, NULL, args, kwds);
    else if (s->object && (!strcmp(s->fields[1], "__repr__") || !strcmp(s->fields[1], "__str__"))) {
        *known = true;
        result = s->fields[1][2] == 'r' ? value_repr(&s->w.ctx, s->object) : value_str(&s->w.ctx, s->object);
    }
    value_release(args);
    value_release(kwds);
    return result;
}

/* ---- what is answered, as text */

/* Removes what differs in each run: addresses, owners. */
static void normalise(char *text)
{
    for (char *p = text; (p = strstr(p, "0x"));) {
        p += 2;
        memmove(p, p + strspn(p, "0123456789abcdef"), strlen(p + strspn(p, "0123456789abcdef")) + 1);
    }
    for (char *p = text; (p = strstr(p, "owner="));) {
        size_t digits = strspn(p + 6, "0123456789");
        p += 6;
        *p++ = 'N';
        memmove(p, p + digits - 1, strlen(p + digits - 1) + 1);
    }
}

static struct value *exception_args(struct ctx *ctx, struct value *exception, const char **class)
{
    if (exception->type == &opaque_type) {
        *class = global_qualname(opaque_class_peek(exception));
        return value_ref(opaque_args_peek(exception));
    }
    *class = exception_class_name(exception_class_of(exception));
    return value_get_attr(ctx, exception, "args");
}

/* "= repr" or "! Class(args)"; new text. Takes result and what is raised. */
static char *answer_text(struct session *s, struct value *result)
{
    struct ctx *ctx = &s->w.ctx;
    struct value *exception = result ? NULL : raised_fetch(ctx), *shown, *repr;
    const char *class = "";
    char *text;

    shown = result ? value_ref(result) : exception_args(ctx, exception, &class);
    repr = shown ? value_repr(ctx, shown) : NULL;
    text = malloc(strlen(class) + (repr ? strlen(str_peek(repr, NULL)) : 0) + 3);
    sprintf(text, "%c %s%s", result ? '=' : '!', class, repr ? str_peek(repr, NULL) : "?");
    value_release(raised_fetch(ctx));
    normalise(text);
    value_release(repr);
    value_release(shown);
    value_release(exception);
    value_release(result);
    return text;
}

/* Runs the line in fields: its answer, or NULL if CPython's was not recorded either. */
static char *run(struct session *s)
{
    struct value *result;
    bool known = true;

    if (!strcmp(s->fields[0], "call"))
        result = call(s, &known);
    else {
        result = !strcmp(s->fields[0], "create") ? create(s) : generate(s);
        if (result) {
            value_release(result);
            return strdup("=");
        }
    }
    if (!known || (!result && !s->w.ctx.raised)) {
        value_release(raised_fetch(&s->w.ctx));
        return NULL;
    }
    return answer_text(s, result);
}

/* ---- the file */

static FILE *open_vectors(void)
{
    FILE *f = fopen("ref/test/vectors/shared_types.txt", "r");

    CU_ASSERT_FATAL(f != NULL);
    return f;
}

/* Reads the next line into *line: 'l' a session's line, then in s->fields; 'a' an answer; 0 the end. */
static char next_line(struct session *s, FILE *f, char **line, size_t *room)
{
    ssize_t size;

    do
        size = getline(line, room, f);
    while (size > 0 && **line == '#');
    if (size <= 0)
        return 0;
    (*line)[size - 1] = 0;
    if (isdigit((unsigned char)**line))
        return 'a';
    s->fields[0] = strtok(*line, "\t");
    for (int i = 1; i < FIELDS; i++)
        s->fields[i] = s->fields[i - 1] ? strtok(NULL, "\t") : NULL;
    return 'l';
}

struct tally {
    size_t answers, agree;
};

/* Compares an answer's line with ours, if it is for this version. */
static void compare(struct session *s, const char *line, const char *ours, const char *what, struct tally *t)
{
    int since, until, start;

    CU_ASSERT_FATAL(sscanf(line, "%d-%d%n", &since, &until, &start) == 2);
    if (s->w.rt.compat < since || s->w.rt.compat > until)
        return;
    t->answers++;
    if (ours && !strcmp(ours, line + start + 1))
        t->agree++;
    else
        printf("# %d %s: %s instead of %s\n", s->w.rt.compat, what, ours ? ours : "nothing", line + start + 1);
}

static void check_version(int compat, struct tally *t)
{
    struct session s;
    FILE *f = open_vectors();
    char *line = NULL, *ours = NULL, what[400] = "", kind;
    size_t room = 0;

    session_begin(&s, compat);
    while ((kind = next_line(&s, f, &line, &room))) {
        if (kind == 'a') {
            compare(&s, line, ours, what, t);
            continue;
        }
        free(ours);
        snprintf(what, sizeof what, "%s %s %s %s", s.fields[0], s.fields[1], s.fields[2] ? s.fields[2] : "",
                 s.fields[2] ? s.fields[3] : "");
        ours = run(&s);
    }
    free(ours);
    free(line);
    fclose(f);
    session_end(&s);
}

static void test_every_version(void)
{
    struct tally t = {0};

    for (int compat = COMPAT_OLDEST; compat <= COMPAT_NEWEST; compat++)
        check_version(compat, &t);
    CU_ASSERT(t.answers > 10000);
    CU_ASSERT(t.answers == t.agree);
}

/* ---- out of memory */

/* Runs a line with the n-th allocation failing once its arguments are there. Did it fail? */
static bool run_failing(struct session *s, long n)
{
    struct value *result;
    bool known, failed;

    fail_at = n;
    result = !strcmp(s->fields[0], "call")     ? call(s, &known)
             : !strcmp(s->fields[0], "create") ? create(s)
                                               : generate(s);
    failed = n && mem_count() >= n;
    mem_fail_at(fail_at = 0);
    value_release(result);
    value_release(raised_fetch(&s->w.ctx));
    return failed;
}

/* Methods that would wait for ever on a fresh object are left out. */
static bool may_wait(const struct session *s)
{
    static const char *const names[] = {"wait", "get", "put", "join"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!strcmp(s->fields[0], "call") && !strcmp(s->fields[1], names[i]))
            return true;
    return false;
}

/* Sweeps the line in fields; a call is made on a fresh object each time. How many allocations failed? */
static size_t sweep(struct session *s, char *const origin[FIELDS])
{
    char *line[FIELDS];
    size_t n = 0;

    do {
        memcpy(line, s->fields, sizeof line);
        memcpy(s->fields, origin, sizeof line);
        run_failing(s, 0);
        memcpy(s->fields, line, sizeof line);
    } while (run_failing(s, (long)++n) && n < 1000);
    return n - 1;
}

static void test_out_of_memory(void)
{
    struct session s;
    FILE *f = open_vectors();
    char *line = NULL, *kept = NULL, *origin[FIELDS] = {0}, kind;
    size_t room = 0, swept = 0;

    session_begin(&s, COMPAT_NEWEST);
    while ((kind = next_line(&s, f, &line, &room))) {
        if (kind == 'a')
            continue;
        if (strcmp(s.fields[0], "call") != 0) { /* the line moves: getline will use its memory again */
            free(kept);
            kept = line;
            line = NULL;
            room = 0;
            memcpy(origin, s.fields, sizeof origin);
        }
        if (!may_wait(&s))
            swept += sweep(&s, origin);
    }
    CU_ASSERT(swept > 1000);
    free(kept);
    free(line);
    fclose(f);
    session_end(&s);
}

int main(void)
{
    CU_TestInfo tests[] = {{"sessions as in every version", test_every_version},
                           {"every allocation fails once", test_out_of_memory},
                           CU_TEST_INFO_NULL};
    return unit_main("shared_types", tests);
}
