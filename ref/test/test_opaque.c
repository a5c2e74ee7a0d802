/* SPDX-License-Identifier: MIT */
/* Opaque instances: equality and hash by reduction, their class's name, what they refuse, and their part in cycles. */
#include "ref/test/single.h"

/* Of a class shop.Decimal that nobody knows. */
static struct value *decimal(const char *text)
{
    struct value *class = global_new(&ctx, "shop", "Decimal"),
                 *args = tuple_pack_take(&ctx, 1, str_new_text(&ctx, text));
    struct value *v = opaque_new(&ctx, OPAQUE_REDUCE, class, args, NULL);
    value_release(class);
    value_release(args);
    return v;
}

/* copyreg._reconstructor(CLASS, object, None), then BUILD with state (consumed). */
static struct value *instance_take(const char *qualname, struct value *state)
{
    struct value *maker = global_new(&ctx, "copyreg", "_reconstructor");
    struct value *args = tuple_pack_take(&ctx, 3, global_new(&ctx, "shop", qualname),
                                         global_new(&ctx, "builtins", "object"), &value_none);
    struct value *v = opaque_new(&ctx, OPAQUE_REDUCE, maker, args, NULL);
    CU_ASSERT_EQUAL(opaque_record(&ctx, v, OPAQUE_BUILD, state, NULL), 0);
    value_release(state);
    value_release(maker);
    value_release(args);
    return v;
}

static struct value *state_of(int64_t n)
{
    struct value *state = dict_new(&ctx);
    CU_ASSERT_EQUAL(dict_set_text_take(&ctx, state, "price", int_new(&ctx, n)), 0);
    return state;
}

static void test_equality(void)
{
    int64_t h, k;
    begin(313);
    struct value *a = decimal("1.0"), *b = decimal("1.0"), *c = decimal("2"), *one = int_new(&ctx, 1);
    CU_ASSERT_EQUAL(value_compare(&ctx, COMPARE_EQ, a, b), 1);
    CU_ASSERT_EQUAL(value_compare(&ctx, COMPARE_NE, a, b), 0);
    CU_ASSERT_EQUAL(value_compare(&ctx, COMPARE_EQ, a, c), 0);
    CU_ASSERT_EQUAL(value_compare(&ctx, COMPARE_NE, a, c), 1);
    CU_ASSERT_EQUAL(value_compare(&ctx, COMPARE_EQ, a, one), 0);
    CU_ASSERT_EQUAL(value_compare(&ctx, COMPARE_EQ, one, a), 0);
    CU_ASSERT_EQUAL(value_hash(&ctx, a, &h), 0);
    CU_ASSERT_EQUAL(value_hash(&ctx, b, &k), 0);
    CU_ASSERT_EQUAL(h, k);
    value_release(a);
    value_release(b);
    value_release(c);
    value_release(one);
    end();
}

static void test_state_counts(void)
{
    begin(313);
    struct value *a = instance_take("Item", state_of(1)), *b = instance_take("Item", state_of(1)),
                 *c = instance_take("Item", state_of(2));
    struct value *d = instance_take("Other", state_of(1)), *items = list_new(&ctx);
    int64_t h, k;
    CU_ASSERT_EQUAL(value_compare(&ctx, COMPARE_EQ, a, b), 1);
    CU_ASSERT_EQUAL(value_compare(&ctx, COMPARE_EQ, a, c), 0);
    CU_ASSERT_EQUAL(value_compare(&ctx, COMPARE_EQ, a, d), 0);
    CU_ASSERT_EQUAL(value_hash(&ctx, a, &h), 0); /* though its state cannot be hashed */
    CU_ASSERT_EQUAL(value_hash(&ctx, b, &k), 0);
    CU_ASSERT_EQUAL(h, k);
    CU_ASSERT_EQUAL(opaque_record(&ctx, b, OPAQUE_APPEND, items, NULL), 0);
    CU_ASSERT_EQUAL(value_compare(&ctx, COMPARE_EQ, a, b), 0);
    value_release(items);
    value_release(a);
    value_release(b);
    value_release(c);
    value_release(d);
    end();
}

static void test_found_in_containers(void)
{
    begin(313);
    struct value *a = decimal("1.5"), *same = decimal("1.5"), *other = decimal("7"), *list = list_new(&ctx),
                 *dict = dict_new(&ctx);
    struct value *set = set_new(&ctx);
    CU_ASSERT_EQUAL(list_push_take(&ctx, list, value_ref(a)), 0);
    CU_ASSERT_EQUAL(dict_set(&ctx, dict, a, &value_true), 0);
    CU_ASSERT_EQUAL(set_add(&ctx, set, a), 0);
    CU_ASSERT_EQUAL(set_add(&ctx, set, same), 0);
    CU_ASSERT_EQUAL(set_length(set), 1);
    CU_ASSERT_EQUAL(value_contains(&ctx, list, same), 1);
    CU_ASSERT_EQUAL(value_contains(&ctx, dict, same), 1);
    CU_ASSERT_EQUAL(value_contains(&ctx, list, other), 0);
    CU_ASSERT_EQUAL(value_contains(&ctx, dict, other), 0);
    value_release(a);
    value_release(same);
    value_release(other);
    value_release(list);
    value_release(dict);
    value_release(set);
    end();
}

static void test_refuses(void)
{
    begin(313);
    struct value *a = instance_take("Shop.Item", state_of(1)), *b = decimal("1"), *repr = value_repr(&ctx, a),
                 *one = int_new(&ctx, 1);
    CU_ASSERT_STRING_EQUAL(value_type_name(a), "Item");
    CU_ASSERT_EQUAL(strncmp(str_peek(repr, NULL), "<shop.Shop.Item object at 0x", 28), 0);
    CU_ASSERT_EQUAL(value_compare(&ctx, COMPARE_LT, a, b), -1);
    check_raised("TypeError", "'<' not supported between instances of 'Item' and 'Decimal'");
    CU_ASSERT_EQUAL(value_compare(&ctx, COMPARE_GE, one, b), -1);
    check_raised("TypeError", "'>=' not supported between instances of 'int' and 'Decimal'");
    CU_ASSERT_PTR_NULL(value_iter(&ctx, b));
    check_raised("TypeError", "'Decimal' object is not iterable");
    CU_ASSERT_EQUAL(value_length(&ctx, b), -1);
    check_raised("TypeError", "object of type 'Decimal' has no len()");
    CU_ASSERT_PTR_NULL(value_binary(&ctx, BINARY_ADD, b, one));
    check_raised("TypeError", "unsupported operand type(s) for +: 'Decimal' and 'int'");
    CU_ASSERT_EQUAL(value_truth(&ctx, b), 1);
    value_release(repr);
    value_release(one);
    value_release(a);
    value_release(b);
    end();
}

static void test_class(void)
{
    begin(313);
    struct value *a = instance_take("Item", state_of(1)), *b = decimal("1"),
                 *function = global_new(&ctx, "copyreg", "__newobj__");
    struct value *args = tuple_pack_take(&ctx, 1, global_new(&ctx, "m", "C")),
                 *c = opaque_new(&ctx, OPAQUE_REDUCE, function, args, NULL);
    struct value *d = opaque_new(&ctx, OPAQUE_NEWOBJ, tuple_peek(args, 0), tuple_empty, NULL);
    struct value *e = opaque_new(&ctx, OPAQUE_REDUCE, args, tuple_empty, NULL); /* a callable that is no global */
    CU_ASSERT(global_is(opaque_class_peek(a), "shop", "Item"));
    CU_ASSERT(global_is(opaque_class_peek(b), "shop", "Decimal"));
    CU_ASSERT(global_is(opaque_class_peek(c), "m", "C"));
    CU_ASSERT(global_is(opaque_class_peek(d), "m", "C"));
    CU_ASSERT_PTR_NULL(opaque_class_peek(e));
    CU_ASSERT_STRING_EQUAL(value_type_name(e), "object");
    value_release(a);
    value_release(b);
    value_release(c);
    value_release(d);
    value_release(e);
    value_release(args);
    value_release(function);
    end();
}

static void test_steps_in_order(void)
{
    struct value *first, *second;
    begin(313);
    struct value *v = decimal("0"), *one = int_new(&ctx, 1000), *two = int_new(&ctx, 2000);
    CU_ASSERT_EQUAL(opaque_record(&ctx, v, OPAQUE_APPEND, one, NULL), 0);
    CU_ASSERT_EQUAL(opaque_record(&ctx, v, OPAQUE_SET_ITEM, one, two), 0);
    CU_ASSERT_EQUAL(opaque_record(&ctx, v, OPAQUE_ADD, two, NULL), 0);
    CU_ASSERT_EQUAL(opaque_record(&ctx, v, OPAQUE_BUILD, &value_none, NULL), 0);
    CU_ASSERT_EQUAL_FATAL(opaque_steps(v), 4);
    CU_ASSERT_EQUAL(opaque_step_peek(v, 0, &first, &second), OPAQUE_APPEND);
    CU_ASSERT(first == one && !second);
    CU_ASSERT_EQUAL(opaque_step_peek(v, 1, &first, &second), OPAQUE_SET_ITEM);
    CU_ASSERT(first == one && second == two);
    CU_ASSERT_EQUAL(opaque_step_peek(v, 2, &first, &second), OPAQUE_ADD);
    CU_ASSERT(first == two && !second);
    CU_ASSERT_EQUAL(opaque_step_peek(v, 3, &first, &second), OPAQUE_BUILD);
    CU_ASSERT_PTR_EQUAL(first, &value_none);
    value_release(v);
    value_release(one);
    value_release(two);
    end();
}

/* An instance whose state leads back to it, and a tuple in between. */
static void test_cycle_is_collected(void)
{
    begin(313);
    struct value *state = dict_new(&ctx), *v = instance_take("Node", value_ref(state));
    struct value *pair = tuple_pack_take(&ctx, 2, value_ref(v), value_ref(v));
    CU_ASSERT_EQUAL(dict_set_text_take(&ctx, state, "parents", pair), 0);
    value_release(state);
    value_release(v);
    CU_ASSERT(value_alive() > values);
    CU_ASSERT(collect_run(&rt) > 0);
    CU_ASSERT_EQUAL(value_alive(), values);
    end();
}

static void test_equal_cycles_end(void)
{
    begin(313);
    struct value *state[2], *v[2];
    for (int i = 0; i < 2; i++) {
        state[i] = dict_new(&ctx);
        v[i] = instance_take("Node", value_ref(state[i]));
        CU_ASSERT_EQUAL(dict_set_text_take(&ctx, state[i], "self", value_ref(v[i])), 0);
    }
    CU_ASSERT_EQUAL(value_compare(&ctx, COMPARE_EQ, v[0], v[1]), -1);
    check_raised("RecursionError", "maximum recursion depth exceeded in comparison");
    for (int i = 0; i < 2; i++) {
        value_release(state[i]);
        value_release(v[i]);
    }
    end();
}

/* Recording fails without memory: then nothing was recorded. */
static void test_memory(void)
{
    begin(313);
    struct value *v = decimal("0");
    size_t steps = 0;
    for (int i = 0; i < 9; i++) {
        mem_fail_at(1);
        if (opaque_record(&ctx, v, OPAQUE_APPEND, &value_true, NULL) < 0) {
            mem_fail_at(0);
            check_raised("MemoryError", "");
            CU_ASSERT_EQUAL(opaque_steps(v), steps);
            CU_ASSERT_EQUAL(opaque_record(&ctx, v, OPAQUE_APPEND, &value_true, NULL), 0);
        }
        mem_fail_at(0);
        CU_ASSERT_EQUAL(opaque_steps(v), ++steps);
    }
    value_release(v);
    end();
}

/* ---- classes that are known */

static struct value *made_take(const char *module, const char *name, struct value *args)
{
    struct value *class = global_new(&ctx, module, name), *v = opaque_new(&ctx, OPAQUE_REDUCE, class, args, NULL);
    value_release(class);
    value_release(args);
    return v;
}

static struct value *known_decimal(const char *text)
{
    return made_take("decimal", "Decimal", tuple_pack_take(&ctx, 1, str_new_text(&ctx, text)));
}

/* Order, hash and repr of two instances, with the n-th allocation failing: were there so many? */
static bool look_failing(struct value *a, struct value *b, long n)
{
    int64_t hash;
    mem_fail_at(n);
    int order = value_compare(&ctx, COMPARE_LT, a, b), hashed = order < 0 ? -1 : value_hash(&ctx, a, &hash);
    struct value *repr = hashed < 0 ? NULL : value_repr(&ctx, a);
    bool failed = mem_count() >= n;
    mem_fail_at(0);
    CU_ASSERT_EQUAL(!repr, failed);
    if (!repr)
        check_raised("MemoryError", "");
    value_release(repr);
    return failed;
}

static void test_known_without_memory(void)
{
    begin(313);
    struct value *third =
        made_take("fractions", "Fraction", tuple_pack_take(&ctx, 2, int_new(&ctx, 1), int_new(&ctx, 3)));
    struct value *zone = made_take(
        "datetime", "timezone",
        tuple_pack_take(&ctx, 1,
                        made_take("datetime", "timedelta",
                                  tuple_pack_take(&ctx, 3, int_new(&ctx, 0), int_new(&ctx, 60), int_new(&ctx, 0)))));
    struct value *noon = made_take("datetime", "datetime",
                                   tuple_pack_take(&ctx, 2, bytes_new(&ctx, "\x07\xe4\1\2\14\0\0\0\0\0", 10), zone));
    struct value *pairs[][2] = {
        {known_decimal("1.25"), float_new(&ctx, 1.5)}, {third, float_new(&ctx, 0.5)}, {value_ref(noon), noon}};
    for (size_t i = 0; i < 3; i++) {
        long n = 1;
        while (look_failing(pairs[i][0], pairs[i][1], n) && n < 500)
            n++;
        CU_ASSERT(n > 1 && n < 500);
        value_release(pairs[i][0]);
        value_release(pairs[i][1]);
    }
    end();
}

/* What looks like a known class but holds something else counts as its reduction, and nothing more. */
static void test_known_with_odd_arguments(void)
{
    static const char *const texts[] = {
        "", "-", "E", "1E", "1.2.3", "1E+999999999", "one", "1/2", "1E99999999999999999999", "1E-99999999999999999999"};
    begin(313);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct value *d = known_decimal(texts[i]), *same = known_decimal(texts[i]), *one = int_new(&ctx, 1);
        struct value *repr = value_repr(&ctx, d);
        int64_t h, k;
        CU_ASSERT_EQUAL(value_compare(&ctx, COMPARE_EQ, d, same), 1);
        CU_ASSERT_EQUAL(value_compare(&ctx, COMPARE_EQ, d, one), 0);
        CU_ASSERT(value_hash(&ctx, d, &h) == 0 && value_hash(&ctx, same, &k) == 0 && h == k);
        CU_ASSERT(repr != NULL);
        value_release(repr);
        value_release(d);
        value_release(same);
        value_release(one);
    }
    static const char *const names[][2] = {
        {"decimal", "Decimal"}, {"fractions", "Fraction"}, {"datetime", "date"},    {"datetime", "datetime"},
        {"datetime", "time"},   {"datetime", "timedelta"}, {"datetime", "timezone"}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        for (size_t n = 0; n < 4; n++) {
            struct value *args = n == 0   ? value_ref(tuple_empty)
                                 : n == 1 ? tuple_pack_take(&ctx, 1, bytes_new(&ctx, "abc", 3))
                                 : n == 2 ? tuple_pack_take(&ctx, 2, &value_none, float_new(&ctx, 0.5))
                                          : tuple_pack_take(&ctx, 3, int_new(&ctx, 1), &value_none, &value_none);
            struct value *v = made_take(names[i][0], names[i][1], args), *repr = value_repr(&ctx, v);
            int64_t hash;
            CU_ASSERT(repr != NULL && value_hash(&ctx, v, &hash) == 0);
            CU_ASSERT_EQUAL(value_compare(&ctx, COMPARE_EQ, v, v), 1);
            value_release(repr);
            value_release(v);
        }
    end();
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"equal reductions are equal and hash alike", test_equality},
        {"state and steps count, an unhashable state does not hinder", test_state_counts},
        {"containers find an equal one", test_found_in_containers},
        {"what C does not know is refused with the class's name", test_refuses},
        {"the class is found behind copyreg", test_class},
        {"steps are kept in their order", test_steps_in_order},
        {"a cycle through the state is collected", test_cycle_is_collected},
        {"comparing endless ones ends", test_equal_cycles_end},
        {"without memory nothing is recorded", test_memory},
        {"known classes without memory", test_known_without_memory},
        {"known classes with odd arguments", test_known_with_odd_arguments},
        CU_TEST_INFO_NULL,
    };
    return unit_main("opaque", tests);
}
