/* SPDX-License-Identifier: MIT */
/* Writing pickles: each value that CPython can read is written with the very bytes that CPython of that version writes
 * for it, and what it cannot write is refused in its words. */
#include "ref/pickle/pickle.h"

#include "ref/base/limits.h"
#include "ref/test/single.h"
#include "ref/test/vectors.h"

static struct vector *vectors;
static size_t vector_count;

/* ---- the same bytes */

static void print_bytes(const char *label, const unsigned char *data, size_t size)
{
    printf("#   %s ", label);
    for (size_t i = 0; i < size && i < 200; i++)
        printf("%02x", data[i]);
    printf("%s\n", size > 200 ? "…" : "");
}

static bool writes_as_expected(struct value *v, const struct expectation *e)
{
    struct buf out;
    bool same;
    buf_init(&out, LIMIT_FRAME);
    same = pickle_dump(&ctx, v, e->protocol, &out) == 0 && out.used == e->result.size &&
           memcmp(out.data, e->result.data, out.used) == 0;
    if (!same && !ctx.raised) {
        print_bytes("got     ", out.data, out.used);
        print_bytes("expected", e->result.data, e->result.size);
    }
    buf_free(&out);
    return same;
}

static void tell(const char *name, int compat, int protocol)
{
    struct value *e = raised_fetch(&ctx), *line = e ? exception_line(&ctx, e) : NULL;
    printf("# %s in %d, protocol %d%s%s\n", name, compat, protocol, line ? ": " : "", line ? str_peek(line, NULL) : "");
    value_release(line);
    value_release(e);
}

static unsigned check_vector(const struct vector *vector, int compat)
{
    struct value *v = NULL;
    unsigned wrong = 0;
    for (size_t k = 0; k < vector->count; k++) {
        const struct expectation *e = &vector->expected[k];
        if (e->raises || compat < e->since || compat > e->until)
            continue;
        if (!v)
            v = pickle_load(&ctx, vector->input.data, vector->input.size, NULL);
        if (v && writes_as_expected(v, e))
            continue;
        tell(vector->name, compat, e->protocol);
        wrong++;
    }
    value_release(v);
    return wrong;
}

static void test_round_trips(void)
{
    for (int compat = COMPAT_OLDEST; compat <= COMPAT_NEWEST; compat++) {
        unsigned wrong = 0;
        begin(compat);
        for (size_t i = 0; i < vector_count; i++)
            wrong += check_vector(&vectors[i], compat);
        end();
        CU_ASSERT_EQUAL(wrong, 0);
        printf("# %d: %u wrong\n", compat, wrong);
    }
}

/* ---- what cannot be written */

/* Something that no version can pickle. */
static const struct type lock_type = {
    .name = "lock", .module = "_thread", .size = sizeof(struct value), .hash_by_identity = true};
static const struct type generator_type = {
    .name = "generator", .module = "builtins", .size = sizeof(struct value), .hash_by_identity = true};

static struct value *lock(void)
{
    return value_new(&ctx, &lock_type);
}

static struct value *number(int64_t n)
{
    return int_new(&ctx, n);
}

static struct value *text(const char *s)
{
    return str_new_text(&ctx, s);
}

static struct value *list_of(struct value *a, struct value *b)
{
    struct value *list = list_new(&ctx);
    if (a)
        list_push_take(&ctx, list, a);
    if (b)
        list_push_take(&ctx, list, b);
    return list;
}

static struct value *dict_of(struct value *key, struct value *item)
{
    struct value *dict = dict_new(&ctx);
    dict_set(&ctx, dict, key, item);
    value_release(key);
    value_release(item);
    return dict;
}

static struct value *set_of(bool frozen, struct value *item)
{
    struct value *set = frozen ? frozenset_new(&ctx) : set_new(&ctx);
    set_add(&ctx, set, item);
    value_release(item);
    return set;
}

static struct value *make_exception(struct value *args)
{
    struct value *v = exception_new(&ctx, exception_class_find("builtins", "ValueError", rt.compat), args);
    value_release(args);
    return v;
}

static struct value *make_instance(const char *module, const char *name, struct value *args)
{
    struct value *class = global_new(&ctx, module, name), *v = opaque_new(&ctx, OPAQUE_REDUCE, class, args, NULL);
    value_release(class);
    value_release(args);
    return v;
}

static struct value *record_take(struct value *v, enum opaque_step step, struct value *first, struct value *second)
{
    opaque_record(&ctx, v, step, first, second);
    value_release(first);
    value_release(second);
    return v;
}

static struct value *make_generator(void)
{
    return value_new(&ctx, &generator_type);
}

static struct value *make_list(void)
{
    return list_of(number(1), lock());
}

static struct value *make_list_one(void)
{
    return list_of(lock(), NULL);
}

static struct value *make_list_1500(void)
{
    struct value *list = list_new(&ctx);
    for (int i = 0; i < 1500; i++)
        list_push_take(&ctx, list, number(0));
    list_push_take(&ctx, list, lock());
    return list;
}

static struct value *make_tuple(void)
{
    return tuple_pack_take(&ctx, 2, number(1), lock());
}

static struct value *make_tuple_long(void)
{
    return tuple_pack_take(&ctx, 4, number(1), number(2), number(3), lock());
}

static struct value *make_dict(void)
{
    return dict_of(text("k"), lock());
}

static struct value *make_dict_int(void)
{
    struct value *dict = dict_of(number(1), number(1)), *key = number(2), *item = lock();
    dict_set(&ctx, dict, key, item);
    value_release(key);
    value_release(item);
    return dict;
}

static struct value *make_set(void)
{
    return set_of(false, lock());
}

static struct value *make_frozenset(void)
{
    return set_of(true, lock());
}

static struct value *make_nested(void)
{
    return list_of(list_of(number(1), tuple_pack_take(&ctx, 2, number(2), make_dict())), NULL);
}

static struct value *make_error(void)
{
    return make_exception(tuple_pack_take(&ctx, 2, text("x"), lock()));
}

static struct value *make_error_state(void)
{
    struct value *v = make_exception(tuple_pack_take(&ctx, 1, text("a"))), *item = lock();
    value_set_attr(&ctx, v, "x", item);
    value_release(item);
    return v;
}

static struct value *make_slice(void)
{
    struct value *start = lock(), *stop = number(1), *step = number(2), *v = slice_new(&ctx, start, stop, step);
    value_release(start);
    value_release(stop);
    value_release(step);
    return v;
}

static struct value *make_iterator(void)
{
    struct value *list = make_list_one(), *v = value_iter(&ctx, list);
    value_release(list);
    return v;
}

static struct value *make_ordered(void)
{
    return record_take(make_instance("collections", "OrderedDict", value_ref(tuple_empty)), OPAQUE_SET_ITEM, text("a"),
                       lock());
}

static struct value *make_deque(void)
{
    struct value *v =
        record_take(make_instance("collections", "deque", value_ref(tuple_empty)), OPAQUE_APPEND, number(1), NULL);
    return record_take(v, OPAQUE_APPEND, lock(), NULL);
}

static struct value *make_counter(void)
{
    return make_instance("collections", "Counter", tuple_pack_take(&ctx, 1, dict_of(text("a"), lock())));
}

static struct value *make_reply(void)
{
    return tuple_pack_take(&ctx, 2, text("#RETURN"), make_list());
}

static struct value *make_local(void)
{
    return global_new(&ctx, "vectors", "Outer.local.<locals>.<lambda>");
}

static struct value *make_deep(void)
{
    struct value *v = list_new(&ctx);
    for (int i = 0; i < 3000; i++)
        v = list_of(v, NULL);
    return v;
}

static const struct refused {
    const char *name;
    struct value *(*make)(void);
} refused[] = {
    {"lock", lock},
    {"generator", make_generator},
    {"list", make_list},
    {"list-one", make_list_one},
    {"list-1500", make_list_1500},
    {"tuple", make_tuple},
    {"tuple-long", make_tuple_long},
    {"dict", make_dict},
    {"dict-int", make_dict_int},
    {"set", make_set},
    {"frozenset", make_frozenset},
    {"nested", make_nested},
    {"exception", make_error},
    {"exception-state", make_error_state},
    {"slice", make_slice},
    {"iterator", make_iterator},
    {"ordered", make_ordered},
    {"deque", make_deque},
    {"counter", make_counter},
    {"reply", make_reply},
    {"local", make_local},
    {"deep", make_deep},
};

/* "MODULE.CLASS TEXT | NOTE …" of the pending exception, with addresses as 0x…. */
static void describe(char *out, size_t size)
{
    struct value *e = raised_fetch(&ctx), *str = value_str(&ctx, e), *notes = value_get_attr(&ctx, e, "__notes__");
    const struct exception_class *c = exception_class_of(e);
    char *address;
    int n = snprintf(out, size, "%s.%s %s", exception_class_module(c), exception_class_name(c), str_peek(str, NULL));
    drop_raised();
    for (size_t i = 0; notes && i < list_length(notes); i++)
        n += snprintf(out + n, size - (size_t)n, " | %s", str_peek(list_peek(notes, i), NULL));
    if ((address = strstr(out, "0x"))) {
        size_t digits = strspn(address + 2, "0123456789abcdef");
        memmove(address + 5, address + 2 + digits, strlen(address + 2 + digits) + 1);
        for (size_t i = 0; i < 3; i++)
            address[2 + i] = "…"[i];
    }
    value_release(e);
    value_release(str);
    value_release(notes);
}

static void check_refused(const struct refused *r, const char *expected)
{
    struct value *v = r->make();
    struct buf out;
    char got[2048];
    buf_init(&out, LIMIT_FRAME);
    CU_ASSERT_EQUAL(pickle_dump(&ctx, v, 0, &out), -1);
    CU_ASSERT_PTR_NOT_NULL_FATAL(ctx.raised);
    describe(got, sizeof got);
    if (strcmp(got, expected) != 0)
        printf("# %s in %d\n#   got      %s\n#   expected %s\n", r->name, rt.compat, got, expected);
    CU_ASSERT_STRING_EQUAL(got, expected);
    buf_free(&out);
    value_release(v);
}

static void test_refused(void)
{
    FILE *f = fopen("ref/test/vectors/refused.txt", "r");
    char name[64], expected[2048];
    int since, until;
    size_t lines = 0;
    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    while (fscanf(f, "%63s %d-%d %2047[^\n]", name, &since, &until, expected) == 4) {
        size_t i = 0;
        while (i < sizeof refused / sizeof *refused && strcmp(refused[i].name, name) != 0)
            i++;
        CU_ASSERT_TRUE_FATAL(i < sizeof refused / sizeof *refused);
        for (int compat = since; compat <= until; compat++) {
            begin(compat);
            check_refused(&refused[i], expected);
            end();
        }
        lines++;
    }
    fclose(f);
    CU_ASSERT_TRUE(lines > 40);
}

/* ---- limits and memory */

static void test_output_limit(void)
{
    struct buf out;
    struct value *v;
    begin(COMPAT_NEWEST);
    v = make_list_1500();
    buf_init(&out, 1000);
    CU_ASSERT_EQUAL(pickle_dump(&ctx, v, 0, &out), -1);
    CU_ASSERT_PTR_NOT_NULL(ctx.raised);
    drop_raised();
    buf_free(&out);
    value_release(v);
    end();
}

/* What is written is read back, whatever the protocol. */
static void test_every_protocol_is_read_back(void)
{
    begin(COMPAT_NEWEST);
    for (size_t i = 0; i < vector_count; i++) {
        struct value *v = pickle_load(&ctx, vectors[i].input.data, vectors[i].input.size, NULL), *again;
        for (int protocol = 2; v && protocol <= 5; protocol++) {
            struct buf out;
            buf_init(&out, LIMIT_FRAME);
            if (pickle_dump(&ctx, v, protocol, &out) == 0) {
                again = pickle_load(&ctx, out.data, out.used, NULL);
                if (!again)
                    tell(vectors[i].name, rt.compat, protocol);
                CU_ASSERT_PTR_NOT_NULL(again);
                value_release(again);
            }
            drop_raised();
            buf_free(&out);
        }
        value_release(v);
        drop_raised();
    }
    end();
}

static void fail_each(struct value *v, int protocol)
{
    long alive = value_alive(), n = 1;
    for (;; n++) {
        struct buf out;
        bool failed;
        int result;
        buf_init(&out, LIMIT_FRAME);
        mem_fail_at(n);
        result = pickle_dump(&ctx, v, protocol, &out);
        failed = mem_count() >= n;
        mem_fail_at(0);
        CU_ASSERT_EQUAL(result != 0, ctx.raised != NULL);
        CU_ASSERT_EQUAL(result != 0, failed);
        if (result)
            CU_ASSERT_TRUE(raised_is(&ctx, "MemoryError"));
        drop_raised();
        buf_free(&out);
        CU_ASSERT_EQUAL(value_alive(), alive);
        if (!failed || n > 100000)
            break;
    }
    CU_ASSERT_TRUE(n > 2);
}

static void test_every_allocation_fails_once(void)
{
    static const char *const names[] = {"recursive/mixed/4",       "instances/everything/4", "instances/slots-dict/4",
                                        "exceptions/attributes/4", "containers/arrays/4",    "instances/newargs-ex/4",
                                        "instances/inner/4",       "proxies/two/4",          "atoms/types/4"};
    begin(314);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        for (size_t k = 0; k < vector_count; k++)
            if (strcmp(vectors[k].name, names[i]) == 0) {
                struct value *v = pickle_load(&ctx, vectors[k].input.data, vectors[k].input.size, NULL);
                CU_ASSERT_PTR_NOT_NULL_FATAL(v);
                fail_each(v, 2);
                fail_each(v, 5);
                value_release(v);
            }
    end();
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"what is read is written as CPython writes it, 3.8 to 3.15", test_round_trips},
        {"what cannot be written is refused in CPython's words", test_refused},
        {"a pickle larger than allowed", test_output_limit},
        {"every protocol is read back", test_every_protocol_is_read_back},
        {"every allocation fails once", test_every_allocation_fails_once},
        CU_TEST_INFO_NULL,
    };
    int status;
    vectors = vectors_read(&vector_count);
    status = unit_main("pickle_dump", tests);
    vectors_free(vectors, vector_count);
    return status;
}
