/* SPDX-License-Identifier: MIT */
/* Every operation of the client library on every kind of proxy, with every allocation failing once, against a stock
 * Python manager: it succeeds or MemoryError is raised, nothing is left, and the next call on the same stream is
 * answered as if nothing had been. */
#include "ref/test/connected.h"

/* ---- what is done */

enum kind { METHOD, OPERATOR, BUILTIN, GET, SET, CREATE };

/* An operation, on an object of a typeid, with one operand or argument more if there is a format for it. */
struct row {
    enum kind kind;
    const char *typeid, *name, *format;
};

static const struct row rows[] = {
    {CREATE, "list", NULL, "([i s])"},
    {CREATE, "Value", NULL, "(s i)"},
    {METHOD, "list", "append", "({s: [d]})"},
    {METHOD, "list", "pop", "(i)"},
    {METHOD, "list", "nosuch", "()"},
    {METHOD, "dict", "items", "()"},
    {METHOD, "dict", "update", "({s: i})"},
    {METHOD, "Queue", "put", "(s)"},
    {METHOD, "Condition", "acquire", "(b)"},
    {METHOD, "Barrier", "reset", "()"},
    {METHOD, "Event", "wait", "(d)"},
    {OPERATOR, "list", "getitem", "i"},
    {OPERATOR, "list", "add", "[i]"},
    {OPERATOR, "list", "iadd", "[i]"},
    {OPERATOR, "list", "contains", "s"},
    {OPERATOR, "dict", "or_", "{s: i}"},
    {BUILTIN, "list", "list", NULL},
    {BUILTIN, "list", "len", NULL},
    {BUILTIN, "list", "str", NULL},
    {BUILTIN, "list", "repr", NULL},
    {BUILTIN, "list", "sorted", NULL},
    {BUILTIN, "list", "reversed", NULL},
    {BUILTIN, "dict", "iter", NULL},
    {BUILTIN, "dict", "dict", NULL},
    {BUILTIN, "list", "copy", NULL},
    {BUILTIN, "list", "deepcopy", NULL},
    {BUILTIN, "list", "repickle", NULL},
    {BUILTIN, "Event", "type", NULL},
    {GET, "Namespace", "x", NULL},
    {GET, "Namespace", "nosuch", NULL},
    {GET, "Value", "value", NULL},
    {GET, "Barrier", "n_waiting", NULL},
    {SET, "Namespace", "y", "[i]"},
    {SET, "Value", "value", "i"},
};
enum { ROWS = sizeof rows / sizeof *rows };

/* What an operand's format is filled with: as many as it takes, each fits its letter. */
static struct value *operand(const char *format)
{
    const char *letter = format + strspn(format, "([{ ");

    switch (*letter) {
    case 's':
        return strchr(format, 'i') ? make(ctx, format, "i", 1) : make(ctx, format, "x", 0.5);
    case 'd':
        return make(ctx, format, 0.0);
    case 'i':
        return make(ctx, format, 0, "x");
    default:
        return make(ctx, format, 0);
    }
}

static struct value *object(const char *typeid)
{
    static const char *const arguments[][2] = {{"list", "([i i])"}, {"dict", "({s: i})"}, {"Value", "(s i)"},
                                               {"Barrier", "(i)"},  {"Namespace", "()"},  {"Queue", "()"},
                                               {"Condition", "()"}, {"Event", "()"}};
    struct value *args = NULL, *kwds = dict_new(ctx), *v;

    for (size_t i = 0; i < sizeof arguments / sizeof *arguments; i++)
        if (!strcmp(arguments[i][0], typeid))
            args = i == 0 ? make(ctx, arguments[i][1], 2, 1) : i == 3 ? make(ctx, "(i)", 2) : operand(arguments[i][1]);
    CU_ASSERT_FATAL(args && kwds);
    if (!strcmp(typeid, "Namespace"))
        CU_ASSERT_FATAL(!dict_set_text_take(ctx, kwds, "x", make(ctx, "[i]", 1)));
    v = client_create(ctx, manager, typeid, args, kwds, false);
    value_release(args);
    value_release(kwds);
    CU_ASSERT_FATAL(v != NULL);
    return v;
}

/* Python's None for what gives nothing. New, or NULL after raising. */
static struct value *act(const struct row *r, struct value *v, struct value *more)
{
    struct value *operands[] = {v, more};
    bool known;

    switch (r->kind) {
    case CREATE:
        return client_create(ctx, manager, r->typeid, more, NULL, false);
    case METHOD:
        return proxy_method(ctx, v, r->name, more, NULL);
    case OPERATOR:
        return proxy_operator(ctx, r->name, operands, 2, &known);
    case BUILTIN:
        return proxy_builtin(ctx, process, r->name, operands, 1, &known);
    case GET:
        return proxy_get_attr(ctx, v, r->name);
    case SET:
        return proxy_set_attr(ctx, v, r->name, more) ? NULL : value_ref(&value_none);
    }
    return NULL;
}

/* ---- with failing allocations */

/* What is raised when nothing fails, as text; new, "" if nothing is. */
static char *usual(const struct row *r, struct value *v, struct value *more)
{
    struct value *result = act(r, v, more), *e = result ? NULL : raised_fetch(ctx);
    struct value *line = e ? exception_line(ctx, e) : NULL;
    char *text = strdup(line ? str_peek(line, NULL) : "");

    value_release(line);
    value_release(e);
    value_release(result);
    process_settle(ctx, process);
    return text;
}

static bool answered(struct value *witness)
{
    bool known;
    struct value *n = proxy_builtin(ctx, process, "len", &witness, 1, &known);

    return shows(ctx, n, "2");
}

/* One operation with its n-th allocation failing: were there so many? */
static bool run_failing(const struct row *r, long n, struct value *witness)
{
    struct value *v = r->kind == CREATE ? NULL : object(r->typeid), *more = r->format ? operand(r->format) : NULL;
    char *expected = usual(r, v, more);
    struct value *result;
    bool failed;

    value_release(v);
    v = r->kind == CREATE ? NULL : object(r->typeid);
    mem_fail_at(n);
    result = act(r, v, more);
    failed = mem_count() >= n;
    mem_fail_at(0);
    CU_ASSERT(!result == !!ctx->raised);
    if (!result && !raised_is(ctx, "MemoryError"))
        CU_ASSERT(raised(ctx, expected));
    value_release(raised_fetch(ctx));
    value_release(result);
    value_release(more);
    value_release(v);
    free(expected);
    process_settle(ctx, process);
    if (!answered(witness)) {
        printf("# %s.%s, allocation %ld: the next call is not answered\n", r->typeid, r->name ? r->name : "", n);
        CU_FAIL_FATAL("the stream is out of step");
    }
    return failed;
}

static void sweep(const struct row *r, struct value *witness, long step)
{
    long n = 1, blocks, values;

    (void)run_failing(r, 1000000, witness); /* makes what is made once and kept */
    blocks = mem_alive();
    values = value_alive();
    while (run_failing(r, n, witness) && n < 2000)
        n += step;
    CU_ASSERT(n > 1 && n < 2000);
    if (value_alive() != values || mem_alive() > blocks + 8) /* threads and names that are known now are kept */
        printf("# %s.%s leaves %ld blocks, %ld values\n", r->typeid, r->name ? r->name : "", mem_alive() - blocks,
               value_alive() - values);
    CU_ASSERT(value_alive() == values && mem_alive() <= blocks + 8);
}

static void test_every_allocation_fails_once(void)
{
    /* under a sanitizer or valgrind it takes much longer */
    const char *variant = getenv("VARIANT");

    begin_connected();
    struct value *witness = object("list");
    for (size_t i = 0; i < ROWS; i++)
        sweep(&rows[i], witness, variant && strcmp(variant, "release") != 0 ? 5 : 1);
    value_release(witness);
    end_connected();
}

int main(void)
{
    CU_TestInfo tests[] = {{"every allocation fails once", test_every_allocation_fails_once}, CU_TEST_INFO_NULL};
    return connected_main("proxy_memory", tests);
}
