/* SPDX-License-Identifier: MIT */
/* The client half of the public header, as a program uses it: formats, results as C values, errors as text, threads,
 * memory. */
#include <pthread.h>

#include "ref/mpref.h"
#include "ref/test/support.h"

#define KEY "secret"

static struct python python;
static long blocks, values;

static struct mpref_client *begin(void)
{
    blocks = mem_alive();
    values = value_alive();
    struct mpref_client *c = mpref_client_new();
    CU_ASSERT_FATAL(c != NULL);
    CU_ASSERT_FATAL(!mpref_connect(c, python.address, KEY, strlen(KEY)));
    CU_ASSERT_STRING_EQUAL(mpref_error_class(c), "");
    return c;
}

static void end(struct mpref_client *c)
{
    mpref_client_free(c);
    CU_ASSERT(mem_alive() == blocks && value_alive() == values);
}

/* repr(v), which is dropped */
static bool looks(struct mpref_client *c, struct mpref_value *v, const char *expected)
{
    char *text = v ? mpref_to_repr(c, v) : NULL;
    bool same = text && !strcmp(text, expected);
    if (!same)
        printf("# %s instead of %s\n", text ? text : mpref_error_text(c), expected);
    mpref_free(text);
    mpref_drop(c, v);
    return same;
}

static bool failed(struct mpref_client *c, const void *result, const char *class, const char *text)
{
    bool same = !result && !strcmp(mpref_error_class(c), class) && !strcmp(mpref_error_text(c), text);
    if (!same)
        printf("# %s: %s instead of %s: %s\n", mpref_error_class(c), mpref_error_text(c), class, text);
    return same;
}

static void test_formats(void)
{
    struct mpref_client *c = begin();
    struct mpref_value *inner = mpref_build(c, "[]");
    CU_ASSERT(looks(c, mpref_build(c, "n"), "None"));
    CU_ASSERT(looks(c, mpref_build(c, "(b, b)", 0, 7), "(False, True)"));
    CU_ASSERT(looks(c, mpref_build(c, "[i I]", -1, INT64_MIN), "[-1, -9223372036854775808]"));
    CU_ASSERT(looks(c, mpref_build(c, "{s: d, y: s}", "x", 0.5, "\0z", (size_t)2, "é"), "{'x': 0.5, b'\\x00z': 'é'}"));
    CU_ASSERT(looks(c, mpref_build(c, "((()) [[O]])", inner), "(((),), [[[]]])"));
    CU_ASSERT(failed(c, mpref_build(c, "q"), "ValueError", "format 'q' not understood at 'q'"));
    CU_ASSERT(failed(c, mpref_build(c, "[i", 1), "ValueError", "format '[i' not understood at ''"));
    CU_ASSERT(failed(c, mpref_build(c, "i i", 1, 2), "ValueError", "format 'i i' not understood at 'i'"));
    CU_ASSERT(failed(c, mpref_build(c, "{i}", 1), "ValueError", "format '{i}' has a key without a value"));
    CU_ASSERT(!mpref_build(c, "{[]i}", 1) && !strcmp(mpref_error_class(c), "TypeError"));
    CU_ASSERT(failed(c, mpref_build(c, "s", (char *)NULL), "ValueError", "NULL is no text"));
    CU_ASSERT(failed(c, mpref_build(c, "O", (void *)NULL), "ValueError", "NULL is no value"));
    CU_ASSERT(failed(c, mpref_build(c, ""), "ValueError", "format '' not understood at ''"));
    mpref_drop(c, inner);
    end(c);
}

static void test_results_as_c_values(void)
{
    struct mpref_client *c = begin();
    struct mpref_value *v =
        mpref_build(c, "[I d b s y n {s: i, s: i}]", INT64_MAX, 0.25, 1, "text", "\1\2", (size_t)2, "a", 1, "b", 2);
    int64_t n;
    double x;
    bool b;
    size_t size;
    CU_ASSERT(mpref_length(v) == 7 && !strcmp(mpref_type(v), "list"));
    CU_ASSERT(mpref_int(mpref_item(v, 0), &n) && n == INT64_MAX);
    CU_ASSERT(mpref_float(mpref_item(v, 1), &x) && x == 0.25 && !mpref_int(mpref_item(v, 1), &n));
    CU_ASSERT(mpref_bool(mpref_item(v, 2), &b) && b && mpref_int(mpref_item(v, 2), &n) && n == 1);
    CU_ASSERT(!strcmp(mpref_str(mpref_item(v, 3), &size), "text") && size == 4 && !mpref_str(v, NULL));
    CU_ASSERT(!memcmp(mpref_bytes(mpref_item(v, 4), &size), "\1\2", 2) && size == 2 && !mpref_bytes(v, &size));
    CU_ASSERT(mpref_is_none(mpref_item(v, 5)) && !mpref_is_none(v) && !mpref_is_proxy(v));
    const struct mpref_value *d = mpref_item(v, 6);
    CU_ASSERT(mpref_length(d) == 2 && !strcmp(mpref_str(mpref_item(d, 1), NULL), "b"));
    CU_ASSERT(mpref_int(mpref_item_value(d, 1), &n) && n == 2 && mpref_int(mpref_lookup(d, "a"), &n) && n == 1);
    CU_ASSERT(!mpref_item(v, 7) && !mpref_item(d, 2) && !mpref_item_value(d, 2) && !mpref_lookup(d, "c") &&
              !mpref_lookup(v, "c"));
    CU_ASSERT(mpref_float(mpref_lookup(d, "a"), &x) && x == 1.0 && !mpref_bool(mpref_lookup(d, "a"), &b));
    mpref_drop(c, v);
    end(c);
}

static void test_objects_of_a_manager(void)
{
    struct mpref_client *c = begin();
    struct mpref_value *l = mpref_create(c, "list", "[i i]", 3, 1), *d = mpref_create(c, "dict", "n=i", 1),
                       *s = mpref_create(c, "Namespace", "x=i", 5);
    CU_ASSERT_FATAL(l && d && s && mpref_is_proxy(l));
    CU_ASSERT(!mpref_do(c, l, "append", "O", d) && mpref_do(c, l, "sort", "key=n, reverse=b", 0) == -1);
    CU_ASSERT_STRING_EQUAL(mpref_error_class(c), "TypeError"); /* a number and a proxy have no order */
    struct mpref_value *popped = mpref_call(c, l, "pop", "");
    CU_ASSERT_FATAL(popped && mpref_is_proxy(popped) && !strcmp(mpref_type(popped), "DictProxy"));
    mpref_drop(c, popped);
    char *text = mpref_to_text(c, l);
    CU_ASSERT_STRING_EQUAL(text, "[3, 1]");
    mpref_free(text);
    CU_ASSERT(!mpref_set(c, s, "y", "[i]", 2) && looks(c, mpref_get(c, s, "y"), "[2]") &&
              looks(c, mpref_get(c, s, "x"), "5"));
    CU_ASSERT(failed(c, mpref_get(c, s, "z"), "AttributeError", "'Namespace' object has no attribute 'z'"));
    CU_ASSERT(failed(c, mpref_call(c, l, "index", "i", 9), "ValueError", "9 is not in list"));
    CU_ASSERT(
        failed(c, mpref_call(c, l, "nosuch", ""), "AttributeError", "'ListProxy' object has no attribute 'nosuch'"));
    CU_ASSERT(
        failed(c, mpref_create(c, "nosuch", ""), "AttributeError", "'SyncManager' object has no attribute 'nosuch'"));
    CU_ASSERT(!mpref_do(c, l, "append", "i", 4) && failed(c, NULL, "", "")); /* success clears what was */
    mpref_drop(c, l);
    mpref_drop(c, d);
    mpref_drop(c, s);
    end(c);
}

/* Calls a method of an object, which is dropped. */
static bool answers(struct mpref_client *c, struct mpref_value *object, const char *method, const char *expected)
{
    bool same = object && looks(c, mpref_call(c, object, method, ""), expected);
    if (!object)
        printf("# %s\n", mpref_error_text(c));
    mpref_drop(c, object);
    return same;
}

static void test_every_type_of_a_manager(void)
{
    static const struct {
        const char *typeid, *method, *answer;
    } plain[] = {
        {"dict", "items", "[]"},
        {"Lock", "acquire", "True"},
        {"RLock", "acquire", "True"},
        {"Semaphore", "acquire", "True"},
        {"BoundedSemaphore", "acquire", "True"},
        {"Condition", "acquire", "True"},
        {"Event", "is_set", "False"},
        {"Queue", "qsize", "0"},
        {"JoinableQueue", "empty", "True"},
    };
    struct mpref_client *c = begin();
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        CU_ASSERT(answers(c, mpref_create(c, plain[i].typeid, ""), plain[i].method, plain[i].answer));
    CU_ASSERT(answers(c, mpref_create(c, "Barrier", "i", 1), "wait", "0"));
    CU_ASSERT(answers(c, mpref_create(c, "Value", "s i", "i", 7), "get", "7"));
    CU_ASSERT(answers(c, mpref_create(c, "Array", "s [i i]", "i", 7, 8), "__len__", "2"));
    end(c);
}

static void test_waiting_and_iterating(void)
{
    struct mpref_client *c = begin();
    struct mpref_value *condition = mpref_create(c, "Condition", ""), *d = mpref_create(c, "dict", "n=i", 1);
    CU_ASSERT_FATAL(condition && d);
    CU_ASSERT(!mpref_do(c, condition, "acquire", ""));
    CU_ASSERT(looks(c, mpref_call(c, condition, "wait", "d", 0.01), "False"));
    CU_ASSERT(looks(c, mpref_call(c, condition, "wait_for", "f, d", "builtins.bool", 0.01), "False"));
    CU_ASSERT(!mpref_do(c, condition, "release", ""));
    CU_ASSERT(failed(c, mpref_call(c, condition, "notify", ""), "RuntimeError", "cannot notify on un-acquired lock"));
    struct mpref_value *iterator = mpref_call(c, d, "__iter__", "");
    CU_ASSERT_FATAL(mpref_is_proxy(iterator) && !strcmp(mpref_type(iterator), "IteratorProxy"));
    CU_ASSERT(looks(c, mpref_call(c, iterator, "__next__", ""), "'n'"));
    CU_ASSERT(failed(c, mpref_call(c, iterator, "__next__", ""), "StopIteration", ""));
    mpref_drop(c, iterator);
    mpref_drop(c, condition);
    mpref_drop(c, d);
    end(c);
}

static void test_a_type_of_ones_own(void)
{
    struct mpref_client *c = begin();
    CU_ASSERT(failed(c, mpref_create(c, "Odd", ""), "AttributeError", "'SyncManager' object has no attribute 'Odd'"));
    CU_ASSERT(!mpref_register(c, "Odd"));
    struct mpref_value *o = mpref_create(c, "Odd", "");
    CU_ASSERT(looks(c, mpref_call(c, o, "keyword", "i a=s", 1, "x"), "((1,), {'a': 'x'})"));
    CU_ASSERT(!mpref_call(c, o, "lock", "") && !strcmp(mpref_error_class(c), "multiprocessing.managers.RemoteError"));
    CU_ASSERT(strstr(mpref_error_text(c), "TypeError: cannot pickle '_thread.lock' object") != NULL);
    mpref_drop(c, o);
    end(c);
}

static void test_what_does_not_connect(void)
{
    struct mpref_client *c = begin();
    CU_ASSERT(mpref_connect(c, "nowhere", KEY, 6) == -1);
    CU_ASSERT(failed(c, NULL, "ValueError",
                     "address 'nowhere' not understood: write unix:PATH, abstract:NAME or tcp:HOST:PORT"));
    CU_ASSERT(mpref_connect(c, "unix:/nonexistent/socket", KEY, 6) == -1);
    CU_ASSERT(failed(c, NULL, "FileNotFoundError", "[Errno 2] No such file or directory"));
    CU_ASSERT(mpref_connect(c, python.address, "wrong", 5) == -1);
    CU_ASSERT(failed(c, NULL, "multiprocessing.context.AuthenticationError", "digest sent was rejected"));
    struct mpref_value *l = mpref_create(c, "list", "[i]", 1); /* the first connection still stands */
    CU_ASSERT(looks(c, mpref_call(c, l, "pop", ""), "1"));
    mpref_drop(c, l);
    struct mpref_client *fresh = mpref_client_new();
    CU_ASSERT_FATAL(fresh != NULL);
    CU_ASSERT(
        failed(fresh, mpref_create(fresh, "list", ""), "RuntimeError", "not connected: call mpref_connect first"));
    mpref_client_free(fresh);
    end(c);
}

struct worker {
    struct mpref_client *c;
    struct mpref_value *list;
    bool right;
};

static void *work(void *arg)
{
    struct worker *mine = arg;
    mine->right = true;
    for (int i = 0; i < 25; i++)
        mine->right = mine->right && !mpref_do(mine->c, mine->list, "append", "i", i);
    mine->right = mine->right && mpref_do(mine->c, mine->list, "index", "s", "none") == -1;
    mine->right = mine->right && !strcmp(mpref_error_class(mine->c), "ValueError");
    return NULL;
}

static void test_threads(void)
{
    struct mpref_client *c = begin();
    struct mpref_value *list = mpref_create(c, "list", "");
    struct worker workers[4];
    pthread_t threads[4];
    int64_t n = 0;
    for (int i = 0; i < 4; i++) {
        workers[i] = (struct worker){c, list, false};
        CU_ASSERT_FATAL(!pthread_create(&threads[i], NULL, work, &workers[i]));
    }
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
        CU_ASSERT(workers[i].right);
    }
    CU_ASSERT_STRING_EQUAL(mpref_error_class(c), ""); /* each thread has its own */
    struct mpref_value *length = mpref_call(c, list, "__len__", "");
    CU_ASSERT(length && mpref_int(length, &n) && n == 100);
    mpref_drop(c, length);
    mpref_drop(c, list);
    end(c);
}

static void test_failed_allocations(void)
{
    bool reached = true;
    blocks = mem_alive();
    values = value_alive();
    for (long n = 1; reached && n < 3000; n++) {
        mem_fail_at(n);
        struct mpref_client *c = mpref_client_new();
        bool whole = c && !mpref_connect(c, python.address, KEY, 6);
        struct mpref_value *l = whole ? mpref_create(c, "list", "[s d]", "x", 1.0) : NULL;
        whole = l && !mpref_do(c, l, "append", "{s: i}", "k", 1);
        reached = mem_count() >= n;
        mem_fail_at(0);
        CU_ASSERT(whole || !c || !strcmp(mpref_error_class(c), "MemoryError"));
        if (c)
            mpref_drop(c, l);
        mpref_client_free(c);
        CU_ASSERT(mem_alive() == blocks && value_alive() == values);
    }
    CU_ASSERT(!reached);
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"every type of a manager", test_every_type_of_a_manager},
        {"waiting and iterating", test_waiting_and_iterating},
        {"formats", test_formats},
        {"results as C values", test_results_as_c_values},
        {"objects of a manager", test_objects_of_a_manager},
        {"a type of one's own", test_a_type_of_ones_own},
        {"what does not connect", test_what_does_not_connect},
        {"threads", test_threads},
        {"failed allocations", test_failed_allocations},
        CU_TEST_INFO_NULL,
    };
    if (!python_start(&python, "python3", KEY)) {
        printf("Bail out! there is no python3 that runs ref/test/manager.py (start the test where ref/ is)\n");
        return 3;
    }
    int result = unit_main("public client", tests);
    python_stop(&python);
    return result;
}
