/* SPDX-License-Identifier: MIT */
/* Containers in containers: cycles, depth without end, and what happens to a container while it is being read. */
#include "ref/test/single.h"

enum { DEEP = 1000000 };

static void check_repr(struct value *v, const char *expected)
{
    struct value *r = value_repr(&ctx, v);
    CU_ASSERT_STRING_EQUAL(r ? str_peek(r, NULL) : "", expected);
    value_release(r);
}

/* ---- wrapping a value once more, consuming it */

static struct value *in_list_take(struct value *v)
{
    struct value *list = list_new(&ctx);
    CU_ASSERT_EQUAL_FATAL(list_push_take(&ctx, list, v), 0);
    return list;
}

static struct value *in_tuple_take(struct value *v)
{
    return tuple_pack_take(&ctx, 1, v);
}

static struct value *in_dict_take(struct value *v)
{
    struct value *dict = dict_new(&ctx);
    CU_ASSERT_EQUAL_FATAL(dict_set(&ctx, dict, &value_none, v), 0);
    value_release(v);
    return dict;
}

static struct value *in_opaque_take(struct value *v)
{
    struct value *class = global_new(&ctx, "m", "C"), *args = in_tuple_take(v),
                 *o = opaque_new(&ctx, OPAQUE_REDUCE, class, args, NULL);
    value_release(class);
    value_release(args);
    return o;
}

static struct value *in_iterator_take(struct value *v)
{
    struct value *list = in_list_take(v), *it = value_iter(&ctx, list);
    value_release(list);
    return it;
}

static struct value *in_set_take(struct value *v)
{
    struct value *set = set_new(&ctx);
    CU_ASSERT_EQUAL_FATAL(set_add(&ctx, set, v), 0);
    value_release(v);
    return set;
}

typedef struct value *wrap_fn(struct value *v);
static wrap_fn *const wraps[] = {in_list_take, in_tuple_take, in_dict_take, in_opaque_take, in_iterator_take};
enum { WRAPS = sizeof wraps / sizeof *wraps };

static struct value *nested(wrap_fn *wrap, long depth)
{
    struct value *v = list_new(&ctx);
    while (depth--)
        v = wrap(v);
    return v;
}

static void test_deep_destruction(void)
{
    for (size_t i = 0; i < WRAPS; i++) {
        begin(313);
        value_release(nested(wraps[i], i ? DEEP / 10 : DEEP));
        CU_ASSERT_EQUAL(value_alive(), values);
        end();
    }
}

static void test_deep_cycle(void)
{
    begin(313);
    struct value *bottom = list_new(&ctx), *v = value_ref(bottom);
    for (long i = 0; i < DEEP / 4; i++)
        v = wraps[i % WRAPS](v);
    CU_ASSERT_EQUAL(list_push_take(&ctx, bottom, v), 0);
    value_release(bottom);
    CU_ASSERT(collect_run(&rt) > 0);
    CU_ASSERT_EQUAL(value_alive(), values);
    end();
}

static void test_deep_reading(void)
{
    int64_t hash;
    begin(313);
    struct value *a = nested(in_list_take, 5000), *b = nested(in_list_take, 5000), *t = nested(in_tuple_take, 5000);
    CU_ASSERT_PTR_NULL(value_repr(&ctx, a));
    check_raised("RecursionError", "maximum recursion depth exceeded while getting the repr of an object");
    CU_ASSERT_EQUAL(value_compare(&ctx, COMPARE_EQ, a, b), -1);
    check_raised("RecursionError", "maximum recursion depth exceeded in comparison");
    CU_ASSERT_EQUAL(value_compare(&ctx, COMPARE_LT, a, b), -1);
    check_raised("RecursionError", "maximum recursion depth exceeded in comparison");
    CU_ASSERT_EQUAL(value_hash(&ctx, t, &hash), -1);
    check_raised("RecursionError", "maximum recursion depth exceeded");
    CU_ASSERT_EQUAL(ctx.depth, 0);
    CU_ASSERT_PTR_NULL(ctx.printing);
    value_release(a);
    value_release(b);
    value_release(t);
    end();
}

static void test_recursive_repr(void)
{
    begin(313);
    struct value *list = list_new(&ctx), *dict = dict_new(&ctx),
                 *pair = tuple_pack_take(&ctx, 2, value_ref(list), value_ref(dict));
    CU_ASSERT_EQUAL(list_push_take(&ctx, list, value_ref(list)), 0);
    CU_ASSERT_EQUAL(list_push_take(&ctx, list, value_ref(dict)), 0);
    CU_ASSERT_EQUAL(dict_set_text_take(&ctx, dict, "d", value_ref(dict)), 0);
    CU_ASSERT_EQUAL(dict_set_text_take(&ctx, dict, "t", value_ref(pair)), 0);
    check_repr(list, "[[...], {'d': {...}, 't': ([...], {...})}]");
    check_repr(dict, "{'d': {...}, 't': ([[...], {...}], {...})}");
    check_repr(pair, "([[...], {'d': {...}, 't': (...)}], {'d': {...}, 't': (...)})");
    value_release(list);
    value_release(dict);
    value_release(pair);
    CU_ASSERT(collect_run(&rt) > 0);
    end();
}

/* What a pickle of a few bytes describes: a pair whose halves are one pair whose halves are … */
static struct value *doubled(struct value *(*pair_take)(struct value *v), unsigned times)
{
    struct value *v = tuple_empty;
    for (unsigned i = 0; i < times; i++)
        v = pair_take(v);
    return v;
}

static struct value *pair_take(struct value *v)
{
    return tuple_pack_take(&ctx, 2, v, value_ref(v));
}

static struct value *list_of_two_take(struct value *v)
{
    struct value *list = in_list_take(value_ref(v));
    CU_ASSERT_EQUAL_FATAL(list_push_take(&ctx, list, v), 0);
    return list;
}

static void test_shared_without_end(void)
{
    int64_t hash;
    begin(313);
    rt.step_limit = 100000;
    struct value *pairs = doubled(pair_take, 60), *lists = doubled(list_of_two_take, 60),
                 *others = doubled(list_of_two_take, 60), *few = doubled(pair_take, 10);
    CU_ASSERT_PTR_NULL(value_repr(&ctx, pairs));
    check_raised("MemoryError", "");
    CU_ASSERT_PTR_NULL(value_repr(&ctx, lists));
    check_raised("MemoryError", "");
    CU_ASSERT_EQUAL(value_hash(&ctx, pairs, &hash), -1);
    check_raised("MemoryError", "");
    CU_ASSERT_EQUAL(value_compare(&ctx, COMPARE_EQ, lists, others), -1);
    check_raised("MemoryError", "");
    CU_ASSERT_EQUAL(value_compare(&ctx, COMPARE_EQ, lists, lists), 1); /* each element is the same object */
    for (int i = 0; i < 200; i++)
        CU_ASSERT_EQUAL(value_hash(&ctx, few, &hash), 0); /* each has all the steps */
    value_release(pairs);
    value_release(lists);
    value_release(others);
    value_release(few);
    end();
}

static void test_text_without_end(void)
{
    begin(313);
    rt.repr_limit = 1000;
    struct value *list = list_new(&ctx), *str = str_new_text(&ctx, "twenty characters...");
    for (size_t i = 0; i < 41; i++)
        CU_ASSERT_EQUAL_FATAL(list_push_take(&ctx, list, value_ref(str)), 0);
    struct value *repr = value_repr(&ctx, list);
    CU_ASSERT(repr && strlen(str_peek(repr, NULL)) == 2 + 41 * 22 + 40 * 2);
    value_release(repr);
    CU_ASSERT_EQUAL_FATAL(list_push_take(&ctx, list, value_ref(str)), 0);
    CU_ASSERT_PTR_NULL(value_repr(&ctx, list));
    check_raised("MemoryError", "");
    struct value *pair = in_tuple_take(list), *dict = in_dict_take(value_ref(pair));
    CU_ASSERT_PTR_NULL(value_repr(&ctx, pair));
    check_raised("MemoryError", "");
    CU_ASSERT_PTR_NULL(value_repr(&ctx, dict));
    check_raised("MemoryError", "");
    value_release(dict);
    value_release(pair);
    value_release(str);
    end();
}

/* A frozenset in an opaque instance that is an element of a set, in whose state the set is. */
static void test_cycle_through_sets(void)
{
    begin(313);
    struct value *o = nested(in_opaque_take, 1), *set = in_set_take(value_ref(o)), *frozen = set_from(&ctx, set, true);
    CU_ASSERT_EQUAL(opaque_record(&ctx, o, OPAQUE_BUILD, set, NULL), 0);
    CU_ASSERT_EQUAL(opaque_record(&ctx, o, OPAQUE_BUILD, frozen, NULL), 0);
    value_release(frozen);
    value_release(set);
    value_release(o);
    CU_ASSERT(value_alive() > values);
    CU_ASSERT(collect_run(&rt) > 0);
    CU_ASSERT_EQUAL(value_alive(), values);
    end();
}

/* What can be reached from outside stays, whole. */
static void test_collector_spares(void)
{
    begin(313);
    struct value *kept = list_new(&ctx), *inner = in_dict_take(value_ref(kept)), *lost = list_new(&ctx);
    CU_ASSERT_EQUAL(list_push_take(&ctx, kept, inner), 0);
    CU_ASSERT_EQUAL(list_push_take(&ctx, lost, value_ref(lost)), 0);
    CU_ASSERT_EQUAL(list_push_take(&ctx, lost, value_ref(kept)), 0);
    value_release(lost);
    CU_ASSERT_EQUAL(collect_run(&rt), 1);
    check_repr(kept, "[{None: [...]}]");
    value_release(kept);
    CU_ASSERT_EQUAL(collect_run(&rt), 2);
    end();
}

/* Large ones: growth, deletion of most, growth again, compared with what must be there. */
static void test_large_tables(void)
{
    enum { MANY = 200000 };
    begin(313);
    struct value *dict = dict_new(&ctx), *set = set_new(&ctx), *key, *item;
    size_t position = 0, seen = 0;
    for (int64_t i = 0; i < MANY; i++) {
        key = int_new(&ctx, i * 7919);
        CU_ASSERT_EQUAL(dict_set(&ctx, dict, key, key), 0);
        CU_ASSERT_EQUAL(set_add(&ctx, set, key), 0);
        value_release(key);
    }
    for (int64_t i = 0; i < MANY; i++) {
        key = int_new(&ctx, i * 7919);
        if (i % 10)
            CU_ASSERT_EQUAL(dict_delete(&ctx, dict, key), 0);
        CU_ASSERT_EQUAL(value_contains(&ctx, dict, key), i % 10 == 0);
        CU_ASSERT_EQUAL(value_contains(&ctx, set, key), 1);
        value_release(key);
    }
    CU_ASSERT_EQUAL(dict_length(dict), MANY / 10);
    CU_ASSERT_EQUAL(set_length(set), MANY);
    while (dict_next_peek(dict, &position, &key, &item)) {
        int64_t n;
        CU_ASSERT(int_peek_i64(key, &n) && n == (int64_t)seen * 79190 && item == key);
        seen++;
    }
    CU_ASSERT_EQUAL(seen, MANY / 10);
    value_release(dict);
    value_release(set);
    end();
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"a million levels are destroyed without a million calls", test_deep_destruction},
        {"a cycle of many levels is collected", test_deep_cycle},
        {"deep ones are not read to the end of the stack", test_deep_reading},
        {"recursive ones print as in Python", test_recursive_repr},
        {"what is shared without end is given up", test_shared_without_end},
        {"a text without end is given up", test_text_without_end},
        {"a cycle through sets is collected", test_cycle_through_sets},
        {"the collector spares what is reachable", test_collector_spares},
        {"large tables keep what they were given, in order", test_large_tables},
        CU_TEST_INFO_NULL,
    };
    return unit_main("nesting", tests);
}
