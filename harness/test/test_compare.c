/* SPDX-License-Identifier: MIT */
/* The same, different wording, different. */
#include "harness/compare.h"
#include "harness/test/unit.h"

static void check(const char *a, const char *b, enum difference wanted)
{
    enum difference there = compare_lines(a, b), back = compare_lines(b, a);
    if (there != wanted || back != wanted) {
        printf("# %s against %s: wanted %d, got %d and %d\n", a ? a : "nothing", b ? b : "nothing", (int)wanted,
               (int)there, (int)back);
        CU_FAIL("compared wrongly");
    }
}

static void test_same(void)
{
    check(NULL, NULL, COMPARE_SAME);
    check("[1, 2]", "[1, 2]", COMPARE_SAME);
    check("raises ValueError('a')", "raises ValueError('a')", COMPARE_SAME);
    check("blocked", "blocked", COMPARE_SAME);
}

static void test_different(void)
{
    check(NULL, "None", COMPARE_DIFFERENT);
    check("'a'", "'b'", COMPARE_DIFFERENT);
    check("['a']", "['b']", COMPARE_DIFFERENT);
    check("ValueError('a')", "ValueError('b')", COMPARE_DIFFERENT); /* a value, not a raise */
    check("1", "1.0", COMPARE_DIFFERENT);
    check("raises ValueError('a')", "ValueError('a')", COMPARE_DIFFERENT);
    check("raises ValueError('a')", "raises TypeError('a')", COMPARE_DIFFERENT);
    check("raises ValueError('a')", "raises ValueError()", COMPARE_DIFFERENT);
    check("raises ValueError('a')", "raises ValueError('a', 'b')", COMPARE_DIFFERENT);
    check("raises ValueError('a', 1)", "raises ValueError('b', 2)", COMPARE_DIFFERENT);
    check("raises ValueError('a', 'b')", "raises ValueError('a, b')", COMPARE_DIFFERENT);
    check("raises ValueError(b'a')", "raises ValueError(b'b')", COMPARE_DIFFERENT);
    check("raises ValueError(['a'])", "raises ValueError(['b'])", COMPARE_DIFFERENT);
    check("raises ValueError('a')", "raises ValueError(1)", COMPARE_DIFFERENT);
    check("raises ValueError('a') with {'x': 1}", "raises ValueError('b') with {'x': 2}", COMPARE_DIFFERENT);
    check("raises ValueError('a') with {'x': 1}", "raises ValueError('b')", COMPARE_DIFFERENT);
    check("raises _queue.Empty('a')", "raises queue.Empty('a')", COMPARE_DIFFERENT);
    check("hang", "blocked", COMPARE_DIFFERENT);
    check("connection lost", "hang", COMPARE_DIFFERENT);
}

static void test_wording(void)
{
    check("raises ValueError('a')", "raises ValueError('b')", COMPARE_WORDING);
    check("raises ValueError('a', 1, 'c')", "raises ValueError('b', 1, \"d)\")", COMPARE_WORDING);
    check("raises ValueError('it\\'s (\"here\", \\'there\\')')", "raises ValueError('b')", COMPARE_WORDING);
    check("raises m.Own('a') with {'x': 'y'}", "raises m.Own('b') with {'x': 'y'}", COMPARE_WORDING);
    check("raises ValueError([1, ')'], 'a')", "raises ValueError([1, ')'], 'b')", COMPARE_WORDING);
}

/* Their arguments are data: a wrong key is no wording. */
static void test_data(void)
{
    check("raises KeyError('a')", "raises KeyError('b')", COMPARE_DIFFERENT);
    check("raises StopIteration('a')", "raises StopIteration('b')", COMPARE_DIFFERENT);
    check("raises FileNotFoundError(2, 'no', 'f')", "raises FileNotFoundError(2, 'none', 'f')", COMPARE_WORDING);
    check("raises FileNotFoundError(2, 'no', 'f')", "raises FileNotFoundError(2, 'no', 'g')", COMPARE_DIFFERENT);
    check("raises UnicodeDecodeError('utf-8', b'a', 0, 1, 'x')", "raises UnicodeDecodeError('utf-8', b'a', 0, 1, 'y')",
          COMPARE_WORDING);
    check("raises UnicodeDecodeError('utf-8', b'a', 0, 1, 'x')", "raises UnicodeDecodeError('ascii', b'a', 0, 1, 'x')",
          COMPARE_DIFFERENT);
}

static void test_remote_errors(void)
{
    check("RemoteError TypeError: a", "RemoteError TypeError: b", COMPARE_WORDING);
    check("RemoteError TypeError", "RemoteError TypeError: b", COMPARE_WORDING);
    check("RemoteError unserializable TypeError: a", "RemoteError unserializable TypeError: b", COMPARE_WORDING);
    check("RemoteError without traceback 'a'", "RemoteError without traceback 'b'", COMPARE_WORDING);
    check("RemoteError TypeError: a", "RemoteError ValueError: a", COMPARE_DIFFERENT);
    check("RemoteError TypeError: a", "RemoteError TypeErrors: a", COMPARE_DIFFERENT);
    check("RemoteError TypeError: a", "RemoteError unserializable TypeError: a", COMPARE_DIFFERENT);
    check("RemoteError TypeError: a", "RemoteError without traceback 'TypeError: a'", COMPARE_DIFFERENT);
    check("RemoteError without traceback 'a'", "RemoteError unserializable without traceback 'a'", COMPARE_DIFFERENT);
    check("RemoteError KeyError: 'a'", "RemoteError KeyError: 'b'", COMPARE_DIFFERENT);
    check("RemoteError KeyError: 'a'", "raises KeyError('a')", COMPARE_DIFFERENT);
}

/* Lines of files may be anything. */
static void test_lines_cut_anywhere(void)
{
    static const char whole[] = "raises ValueError('it\\'s', [1, {'a': (2,)}], \"x\") with {'x': 'y'}";
    for (size_t length = 0; length < sizeof whole; length++) {
        char cut[sizeof whole] = "";
        for (size_t i = 0; i < length; i++)
            cut[i] = whole[i];
        (void)compare_lines(whole, cut);
        CU_ASSERT_EQUAL(compare_lines(cut, cut), COMPARE_SAME);
    }
    check("raises ", "raises (", COMPARE_DIFFERENT);
    check("RemoteError ", "RemoteError :", COMPARE_WORDING);
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"equal lines are the same", test_same},
        {"lines that differ in more than a message are different", test_different},
        {"messages of exceptions are wording", test_wording},
        {"arguments that are data are not wording", test_data},
        {"messages of RemoteErrors are wording", test_remote_errors},
        {"lines cut anywhere", test_lines_cut_anywhere},
        CU_TEST_INFO_NULL,
    };
    return unit_main("compare", tests);
}
