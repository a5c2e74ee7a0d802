/* SPDX-License-Identifier: MIT */
/* The client library against a stock Python manager, which the test starts: python3, and whatever python3.X are there
 * beside it. What each class does in every detail is judged by the cases; here is what only C can see: counts, streams,
 * threads, memory. */
#include <dirent.h>
#include <pthread.h>
#include <signal.h>

#include "ref/test/connected.h"

/* ---- a session: a process, connected */

static void begin(void)
{
    begin_connected();
    CU_ASSERT_FATAL(!client_register(ctx, manager, "Odd", NULL));
}

/* The number of objects in the manager. */
static int objects(void)
{
    int64_t n = -1;
    struct value *v = client_server(ctx, manager, "number_of_objects", tuple_empty, NULL);
    CU_ASSERT_FATAL(v && int_peek_i64(v, &n));
    value_release(v);
    return (int)n;
}

/* Frees the one object that no proxy holds: where a client cannot make a proxy, CPython's loses it, too. */
static void free_lost(void)
{
    process_settle(ctx, process);
    struct value *info = client_server(ctx, manager, "debug_info", tuple_empty, NULL);
    CU_ASSERT_FATAL(info != NULL);
    const char *text = str_peek(info, NULL) + 2;
    struct value *ids = tuple_pack_take(ctx, 1, str_new(ctx, text, strcspn(text, ":")));
    CU_ASSERT(objects() == 1);
    value_release(client_server(ctx, manager, "decref", ids, NULL));
    value_release(ids);
    value_release(info);
}

static void end(void)
{
    process_settle(ctx, process);
    CU_ASSERT(objects() == 0);
    end_connected();
}

/* ---- short forms */

static struct value *create(const char *typeid, const char *format, ...)
{
    struct pack p = {.format = format, .next = format};
    struct value *args, *kwds;
    va_start(p.args, format);
    CU_ASSERT_FATAL(!pack_arguments(ctx, &p, &args, &kwds));
    va_end(p.args);
    struct value *proxy = client_create(ctx, manager, typeid, args, kwds, false);
    value_release(args);
    value_release(kwds);
    CU_ASSERT_FATAL(proxy != NULL);
    return proxy;
}

static struct value *call(struct value *v, const char *method, const char *format, ...)
{
    struct pack p = {.format = format, .next = format};
    struct value *args, *kwds;
    va_start(p.args, format);
    CU_ASSERT_FATAL(!pack_arguments(ctx, &p, &args, &kwds));
    va_end(p.args);
    struct value *result = proxy_method(ctx, v, method, args, kwds);
    value_release(args);
    value_release(kwds);
    return result;
}

static struct value *operate(const char *name, struct value *a, struct value *b)
{
    struct value *operands[] = {a, b};
    bool known;
    struct value *result = proxy_operator(ctx, name, operands, b ? 2 : 1, &known);
    CU_ASSERT(known);
    return result;
}

static struct value *builtin(const char *name, struct value *v)
{
    bool known;
    struct value *result = proxy_builtin(ctx, process, name, &v, 1, &known);
    CU_ASSERT(known);
    return result;
}

static void drop(struct value *v)
{
    value_release(v);
    process_settle(ctx, process);
}

/* Descriptors that are open now. */
static int descriptors(void)
{
    DIR *dir = opendir("/proc/self/fd");
    int n = 0;
    CU_ASSERT_FATAL(dir != NULL);
    while (readdir(dir))
        n++;
    closedir(dir);
    return n;
}

/* ---- references */

static void test_a_dropped_proxy_gives_its_reference_back(void)
{
    begin();
    struct value *l = create("list", "[ii]", 1, 2);
    CU_ASSERT(objects() == 1);
    CU_ASSERT(shows(ctx, builtin("list", l), "[1, 2]"));
    value_release(l);          /* queued … */
    CU_ASSERT(objects() == 0); /* … and paid before the next request */
    end();
}

static void test_a_copy_is_another_holder(void)
{
    begin();
    struct value *l = create("list", ""), *same = builtin("copy", l);
    CU_ASSERT_FATAL(same && proxy_check(same) && same != l);
    CU_ASSERT(proxy_exposed_peek(l) && !proxy_exposed_peek(same));
    drop(l);
    CU_ASSERT(objects() == 1);
    value_release(call(same, "append", "i", 5));
    CU_ASSERT(shows(ctx, builtin("deepcopy", same), "[5]"));
    drop(same);
    end();
}

static void test_a_nested_proxy_comes_back_as_a_proxy(void)
{
    begin();
    struct value *outer = create("list", ""), *inner = create("list", "[s]", "deep");
    value_release(call(outer, "append", "O", inner));
    drop(inner);
    CU_ASSERT(objects() == 1);
    inner = call(outer, "__getitem__", "i", 0);
    CU_ASSERT_FATAL(inner && proxy_check(inner));
    CU_ASSERT(objects() == 2); /* revived */
    CU_ASSERT(shows(ctx, builtin("list", inner), "['deep']"));
    drop(outer);
    drop(inner);
    end();
}

static void test_export_and_import(void)
{
    size_t size;
    begin();
    struct value *l = create("list", "[i]", 7), *pickle = process_export(ctx, process, l);
    CU_ASSERT_FATAL(pickle != NULL);
    const unsigned char *data = bytes_peek(pickle, &size);
    struct value *other = process_import(ctx, process, data, size);
    CU_ASSERT_FATAL(other && proxy_check(other));
    drop(l);
    CU_ASSERT(shows(ctx, builtin("list", other), "[7]"));
    drop(other);
    CU_ASSERT(process_import(ctx, process, data, size) == NULL); /* the object is gone */
    CU_ASSERT(raised_is(ctx, "Exception") && !ctx->lost);
    value_release(raised_fetch(ctx));
    value_release(pickle);
    end();
}

/* ---- the surface */

static void test_list_operators(void)
{
    begin();
    struct value *l = create("list", "[ii]", 1, 2), *more = make(ctx, "[i]", 3), *two = make(ctx, "i", 2);
    CU_ASSERT(shows(ctx, operate("add", l, more), "[1, 2, 3]"));
    CU_ASSERT(shows(ctx, operate("mul", two, l), "[1, 2, 1, 2]"));
    struct value *same = operate("iadd", l, more);
    CU_ASSERT(same == l);
    value_release(same);
    CU_ASSERT(shows(ctx, builtin("str", l), "'[1, 2, 3]'"));
    CU_ASSERT(shows(ctx, operate("contains", l, two), "True"));
    CU_ASSERT(shows(ctx, operate("eq", l, more), "False"));
    CU_ASSERT(shows(ctx, builtin("bool", l), "True") && shows(ctx, builtin("len", l), "3"));
    CU_ASSERT(!operate("add", more, l) &&
              raised(ctx, "TypeError: can only concatenate list (not \"ListProxy\") to list"));
    CU_ASSERT(!operate("sub", l, two) &&
              raised(ctx, "TypeError: unsupported operand type(s) for -: 'ListProxy' and 'int'"));
    CU_ASSERT(!operate("lt", l, l) &&
              raised(ctx, "TypeError: '<' not supported between instances of 'ListProxy' and 'ListProxy'"));
    CU_ASSERT(!operate("neg", l, NULL) && raised(ctx, "TypeError: bad operand type for unary -: 'ListProxy'"));
    drop(l);
    value_release(more);
    value_release(two);
    end();
}

static struct value *operator_function(const char *name, struct value *a, struct value *b)
{
    struct value *function = global_new(ctx, "_operator", name),
                 *args = tuple_pack_take(ctx, 2, value_ref(a), value_ref(b)),
                 *result = function_call(ctx, function, args, NULL);
    value_release(function);
    value_release(args);
    return result;
}

static void test_functions_of_operator(void)
{
    begin();
    struct value *l = create("list", "[i]", 1), *d = create("dict", ""), *event = create("Event", "");
    struct value *more = make(ctx, "[i]", 2), *two = make(ctx, "i", 2), *same = operator_function("iconcat", l, more);
    CU_ASSERT(same == l && shows(ctx, operator_function("concat", l, more), "[1, 2, 2]"));
    CU_ASSERT(!operator_function("concat", l, two) &&
              raised(ctx, "TypeError: 'ListProxy' object can't be concatenated"));
    CU_ASSERT(!operator_function("concat", l, event) &&
              raised(ctx, "TypeError: 'ListProxy' object can't be concatenated"));
    CU_ASSERT(!operator_function("concat", d, more) &&
              raised(ctx, "TypeError: 'DictProxy' object can't be concatenated"));
    CU_ASSERT(shows(ctx, operator_function("length_hint", l, two), "2"));
    CU_ASSERT(shows(ctx, operator_function("length_hint", d, two), "0"));
    CU_ASSERT(shows(ctx, operator_function("length_hint", event, two), "2")); /* it has no length */
    value_release(same);
    value_release(more);
    value_release(two);
    value_release(d);
    value_release(event);
    drop(l);
    end();
}

static void test_dict_iterates_in_the_manager(void)
{
    begin();
    struct value *d = create("dict", "a=i, b=i", 1, 2), *it = builtin("iter", d), *end_of_it;
    CU_ASSERT_FATAL(it && proxy_check(it));
    CU_ASSERT_STRING_EQUAL(proxy_type_name(it), "IteratorProxy");
    CU_ASSERT(objects() == 2);
    CU_ASSERT(shows(ctx, builtin("next", it), "'a'") && shows(ctx, builtin("next", it), "'b'"));
    end_of_it = builtin("next", it);
    CU_ASSERT(!end_of_it && raised(ctx, "StopIteration"));
    CU_ASSERT(shows(ctx, builtin("dict", d), "{'a': 1, 'b': 2}") && shows(ctx, builtin("sorted", d), "['a', 'b']"));
    drop(it);
    drop(d);
    end();
}

static void test_an_unpickled_proxy_has_no_manager(void)
{
    begin();
    struct value *d = create("dict", ""), *same = builtin("repickle", d);
    CU_ASSERT_FATAL(same != NULL);
    CU_ASSERT(!builtin("iter", same) && raised(ctx, "AttributeError: 'NoneType' object has no attribute '_registry'"));
    CU_ASSERT(shows(ctx, call(same, "keys", ""), "[]"));
    drop(same);
    drop(d);
    free_lost();
    end();
}

static void test_attributes(void)
{
    begin();
    struct value *n = create("Namespace", "x=i", 10), *v = create("Value", "si", "i", 5), *three = make(ctx, "i", 3);
    CU_ASSERT(shows(ctx, proxy_get_attr(ctx, n, "x"), "10"));
    CU_ASSERT(!proxy_set_attr(ctx, n, "y", three) && shows(ctx, proxy_get_attr(ctx, n, "y"), "3"));
    CU_ASSERT(!proxy_set_attr(ctx, n, "x", NULL) && !proxy_get_attr(ctx, n, "x"));
    CU_ASSERT(raised(ctx, "AttributeError: 'Namespace' object has no attribute 'x'"));
    CU_ASSERT(!proxy_get_attr(ctx, n, "_x") &&
              raised(ctx, "AttributeError: 'NamespaceProxy' object has no attribute '_x'"));
    CU_ASSERT(!proxy_set_attr(ctx, n, "_x", three) && shows(ctx, proxy_get_attr(ctx, n, "_x"), "3"));
    CU_ASSERT(shows(ctx, builtin("str", n), "'Namespace(y=3)'"));
    CU_ASSERT(!proxy_set_attr(ctx, v, "value", three) && shows(ctx, proxy_get_attr(ctx, v, "value"), "3"));
    CU_ASSERT(proxy_set_attr(ctx, v, "value", NULL) == -1 && raised_is(ctx, "AttributeError"));
    value_release(raised_fetch(ctx));
    value_release(three);
    drop(n);
    drop(v);
    end();
}

static void test_methods_by_version(void)
{
    begin();
    struct value *l = create("list", "[i]", 1), *q = create("Queue", "");
    struct value *cleared = call(l, "clear", "");
    CU_ASSERT(cleared ? python.version >= 314
                      : raised(ctx, "AttributeError: 'ListProxy' object has no attribute 'clear'"));
    value_release(cleared);
    CU_ASSERT_STRING_EQUAL(proxy_type_name(q), "AutoProxy[Queue]");
    CU_ASSERT(shows(ctx, call(q, "put", "s, timeout=d", "job", 0.5), "None") &&
              shows(ctx, call(q, "get", ""), "'job'"));
    CU_ASSERT(!call(q, "get_nowait", "") && raised(ctx, "_queue.Empty"));
    CU_ASSERT(!call(q, "maxsize", "") &&
              raised(ctx, "AttributeError: 'AutoProxy[Queue]' object has no attribute 'maxsize'"));
    CU_ASSERT(!builtin("len", q) && raised(ctx, "TypeError: object of type 'AutoProxy[Queue]' has no len()"));
    drop(l);
    drop(q);
    end();
}

static void test_arguments_go_as_given(void)
{
    begin();
    struct value *o = create("Odd", ""), *method = make(ctx, "s", "keyword"), *args = make(ctx, "[i]", 1);
    CU_ASSERT(shows(ctx, call(o, "keyword", "i, self=i, args=s", 1, 2, "x"), "((1,), {'self': 2, 'args': 'x'})"));
    CU_ASSERT(shows(ctx, proxy_callmethod(ctx, o, method, args, NULL), "((1,), {})"));
    CU_ASSERT(!proxy_callmethod(ctx, o, NULL, NULL, NULL) && raised_is(ctx, "TypeError"));
    value_release(raised_fetch(ctx));
    CU_ASSERT(!proxy_callmethod(ctx, args, method, NULL, NULL));
    CU_ASSERT(raised(ctx, "AttributeError: 'list' object has no attribute '_callmethod'"));
    value_release(method);
    value_release(args);
    drop(o);
    end();
}

static void test_unregistered_results(void)
{
    begin();
    struct value *o = create("Odd", ""), *it = call(o, "numbers", "i", 2);
    CU_ASSERT(shows(ctx, builtin("list", it), "[0, 1]"));
    CU_ASSERT(!call(o, "inner", "") &&
              raised(ctx, "KeyError: 'Unknown'")); /* here; the object there is lost, as with CPython */
    CU_ASSERT(!client_create(ctx, manager, "Nobody", tuple_empty, NULL, false));
    CU_ASSERT(raised(ctx, "AttributeError: 'SyncManager' object has no attribute 'Nobody'"));
    drop(it);
    CU_ASSERT(!client_register(ctx, manager, "Unknown", NULL));
    struct value *known = call(o, "inner", "");
    CU_ASSERT(known && proxy_check(known));
    drop(known);
    drop(o);
    CU_ASSERT(objects() == 1);
    free_lost();
    end();
}

/* ---- streams and threads */

static void test_the_last_proxy_closes_the_stream(void)
{
    begin();
    int before = descriptors();
    struct value *a = create("list", ""), *b = create("list", "");
    CU_ASSERT(descriptors() == before);
    value_release(builtin("len", a));
    value_release(builtin("len", b));
    CU_ASSERT(descriptors() == before + 1);
    drop(a);
    CU_ASSERT(descriptors() == before + 1);
    drop(b);
    CU_ASSERT(descriptors() == before);
    end();
}

/* Up to 3.13.0 two proxies for one object were one entry, and the end of either closed the stream (gh-71936). */
static void test_two_proxies_for_one_object(void)
{
    begin();
    int before = descriptors();
    struct value *a = create("list", ""), *b = builtin("copy", a);
    value_release(builtin("len", a));
    CU_ASSERT(descriptors() == before + 1);
    drop(b);
    CU_ASSERT(descriptors() == before + (python.version >= 314));
    CU_ASSERT(shows(ctx, builtin("len", a), "0"));
    drop(a);
    CU_ASSERT(descriptors() == before);
    end();
}

static void test_a_lost_stream_is_not_replaced(void)
{
    begin();
    struct value *o = create("Odd", ""), *l = create("list", "");
    if (python.version >= 310) { /* before, the manager keeps the dead connection open until the next one comes */
        CU_ASSERT(!call(o, "leave", "") && ctx->lost && raised(ctx, "EOFError"));
        CU_ASSERT(!call(l, "append", "i", 1) && ctx->lost && raised(ctx, "BrokenPipeError: [Errno 32] Broken pipe"));
    }
    drop(o);
    drop(l); /* with the last proxy the stream is forgotten */
    l = create("list", "[i]", 3);
    CU_ASSERT(shows(ctx, builtin("list", l), "[3]"));
    drop(l);
    end();
}

static void test_a_manager_that_is_gone(void)
{
    struct python other = {0};
    begin();
    CU_ASSERT_FATAL(python_start(&other, "python3", KEY));
    struct python mine = python;
    python = other;
    struct client *there = connect_with(KEY), *here = manager;
    python = mine;
    manager = there;
    struct value *l = create("list", "");
    value_release(builtin("len", l));
    python_stop(&other);
    CU_ASSERT(!builtin("len", l) && ctx->lost);
    value_release(raised_fetch(ctx));
    struct value *text = builtin("str", l);
    CU_ASSERT(text && strstr(str_peek(text, NULL), "; '__str__()' failed>"));
    value_release(text);
    drop(l); /* quietly */
    CU_ASSERT(!ctx->raised);
    manager = here;
    client_release(there);
    end();
}

static void test_a_wrong_key(void)
{
    begin();
    CU_ASSERT(!connect_with("wrong") &&
              raised(ctx, "multiprocessing.context.AuthenticationError: digest sent was rejected"));
    struct value *l = create("list", "");
    CU_ASSERT_FATAL(!process_set_key(ctx, process, "wrong", 5)); /* unpickled proxies use the process's key */
    CU_ASSERT(!builtin("copy", l) &&
              raised(ctx, "multiprocessing.context.AuthenticationError: digest sent was rejected"));
    CU_ASSERT(shows(ctx, builtin("len", l), "0"));
    drop(l);
    end();
}

struct helper {
    struct value *lock, *odd;
    const char *name;
    char seen[60];
    bool acquired;
};

/* Another thread: says its name to the manager, and waits for the lock that the first one holds. */
static void *help(void *arg)
{
    struct helper *h = arg;
    struct ctx mine;
    runtime_lock(&w.rt);
    ctx_init(&mine, &w.rt);
    if (h->name)
        process_name_thread(&mine, process, h->name);
    struct value *name = proxy_method(&mine, h->odd, "thread_name", tuple_empty, NULL);
    if (name)
        snprintf(h->seen, sizeof h->seen, "%s", str_peek(name, NULL));
    struct value *got = proxy_method(&mine, h->lock, "acquire", tuple_empty, NULL);
    h->acquired = got == &value_true;
    value_release(proxy_method(&mine, h->lock, "release", tuple_empty, NULL));
    value_release(name);
    value_release(got);
    ctx_free(&mine);
    runtime_unlock(&w.rt);
    return NULL;
}

static void test_threads_have_streams_of_their_own(void)
{
    pthread_t threads[2];
    begin();
    struct value *lock = create("RLock", ""), *odd = create("Odd", "");
    struct helper helpers[2] = {{lock, odd, "T-x", "", false}, {lock, odd, NULL, "", false}};
    CU_ASSERT(shows(ctx, call(odd, "thread_name", ""), "'MainProcess'"));
    CU_ASSERT(shows(ctx, call(lock, "acquire", ""), "True"));
    int before = descriptors();
    for (int i = 0; i < 2; i++)
        CU_ASSERT_FATAL(!pthread_create(&threads[i], NULL, help, &helpers[i]));
    while (!*helpers[0].seen || !*helpers[1].seen) /* each call gives up the runtime's lock */
        value_release(call(odd, "thread_name", ""));
    CU_ASSERT(!helpers[0].acquired && !helpers[1].acquired);
    CU_ASSERT(shows(ctx, call(lock, "release", ""), "None"));
    runtime_unlock(&w.rt);
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    runtime_lock(&w.rt);
    CU_ASSERT(helpers[0].acquired && helpers[1].acquired);
    CU_ASSERT_STRING_EQUAL(helpers[0].seen, "MainProcess|T-x");
    CU_ASSERT_STRING_EQUAL(helpers[1].seen, "MainProcess|Thread-1");
    CU_ASSERT(descriptors() == before); /* threads that end close their streams */
    drop(lock);
    drop(odd);
    end();
}

static void test_reset_forgets_everything(void)
{
    begin();
    int before = descriptors();
    struct value *l = create("list", "[i]", 1);
    value_release(builtin("len", l));
    process_reset(ctx, process);
    CU_ASSERT(descriptors() == before);
    CU_ASSERT(shows(ctx, builtin("list", l), "[1]")); /* a new stream */
    drop(l);
    end();
}

/* ---- memory */

/* Creates, uses, copies and drops; false if an exception stands in ctx. */
static bool exercise(void)
{
    struct value *args = tuple_pack_take(ctx, 1, tuple_pack_take(ctx, 1, int_new(ctx, 3)));
    struct value *l = args ? client_create(ctx, manager, "list", args, NULL, false) : NULL;
    struct value *all = l ? builtin("list", l) : NULL, *same = all ? builtin("copy", l) : NULL;
    struct value *text = same ? value_str(ctx, same) : NULL;
    bool whole = text != NULL;
    value_release(args);
    value_release(all);
    value_release(text);
    value_release(l);
    value_release(same);
    process_settle(ctx, process);
    return whole;
}

static void test_failed_allocations(void)
{
    bool reached = true;
    long n;
    begin();
    CU_ASSERT(exercise());
    for (n = 1; reached && n < 2000; n++) {
        long blocks = mem_alive();
        mem_fail_at(n);
        bool whole = exercise();
        reached = mem_count() >= n;
        mem_fail_at(0);
        CU_ASSERT(whole || raised(ctx, "MemoryError"));
        process_reset(ctx, process);
        CU_ASSERT(mem_alive() <= blocks);
        CU_ASSERT(n % 16 != 0 || exercise());
    }
    CU_ASSERT(!reached && n > 100);
    /* where the memory failed between create and the proxy, or at a decref, the manager keeps an object, as CPython's
     * would */
    end_connected();
}

/* The same library against every other CPython on the path, each imitated in its own version. */
static void test_other_interpreters(void)
{
    struct python first = python;
    for (int minor = 8; minor < 16; minor++) {
        char name[24];
        snprintf(name, sizeof name, "python3.%d", minor);
        if (300 + minor == first.version || !python_start(&python, name, KEY)) {
            if (300 + minor != first.version)
                python_stop(&python);
            continue;
        }
        printf("# with %s\n", name);
        test_a_nested_proxy_comes_back_as_a_proxy();
        test_list_operators();
        test_dict_iterates_in_the_manager();
        test_attributes();
        test_methods_by_version();
        test_two_proxies_for_one_object();
        python_stop(&python);
    }
    python = first;
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"a dropped proxy gives its reference back", test_a_dropped_proxy_gives_its_reference_back},
        {"a copy is another holder", test_a_copy_is_another_holder},
        {"a nested proxy comes back as a proxy", test_a_nested_proxy_comes_back_as_a_proxy},
        {"export and import", test_export_and_import},
        {"operators of a list", test_list_operators},
        {"functions of operator", test_functions_of_operator},
        {"a dict iterates in the manager", test_dict_iterates_in_the_manager},
        {"an unpickled proxy has no manager", test_an_unpickled_proxy_has_no_manager},
        {"attributes", test_attributes},
        {"methods by version", test_methods_by_version},
        {"arguments go as given", test_arguments_go_as_given},
        {"unregistered results", test_unregistered_results},
        {"the last proxy closes the stream", test_the_last_proxy_closes_the_stream},
        {"two proxies for one object", test_two_proxies_for_one_object},
        {"a lost stream is not replaced", test_a_lost_stream_is_not_replaced},
        {"a manager that is gone", test_a_manager_that_is_gone},
        {"a wrong key", test_a_wrong_key},
        {"threads have streams of their own", test_threads_have_streams_of_their_own},
        {"reset forgets everything", test_reset_forgets_everything},
        {"failed allocations", test_failed_allocations},
        {"other interpreters", test_other_interpreters},
        CU_TEST_INFO_NULL,
    };
    return connected_main("proxy", tests);
}
