/* SPDX-License-Identifier: MIT */
/* Pickles as the harness writes and reads them: every value in every protocol comes back as it was; every opcode;
 * sharing; whatever is damaged, cut at any byte, or random is refused or read, and never a crash. */
#include "harness/opcode.h"
#include "harness/pickle.h"
#include "harness/test/language.h"
#include "harness/unpickle.h"

/* The canonical text of a pickle, or "error: …".  New. */
static char *shown(const void *bytes, size_t length)
{
    char *error = NULL;
    json_t *value = unpickle(bytes, length, &error);
    char *text = value ? canonical_value(value, &error) : NULL;
    if (!text)
        text = text_format("error: %s", error);
    json_decref(value);
    free(error);
    return text;
}

#define SAME(literal, expected) language_same_take(shown(literal, sizeof literal - 1), expected, #literal)

static json_t *parsed(const char *source)
{
    struct problems problems = {0};
    const struct names none = {0};
    struct parser parser = {
        .line_text = source, .path = "t", .line = 1, .problems = &problems, .bound = &none, .known = &none};
    lex_begin(&parser.lexer, source, strlen(source));
    json_t *value = parse_value(&parser);
    problems_free(&problems);
    return value;
}

static const char *const values[] = {"None",
                                     "[True, False]",
                                     "[0, 255, 256, -1, 2147483647, -2147483648, 2147483648]",
                                     "[1180591620717411303424, -1180591620717411303425]",
                                     "[1.5, -0.0, 1e+300, inf]",
                                     "(1+2j)",
                                     "['', 'abc', '\\xe9\\u20ac\\U0001f600\\n\\\\ \\x00', '\\udc80']",
                                     "[b'', b'\\x00\\xff']",
                                     "bytearray(b'ab')",
                                     "((), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4))",
                                     "{'a': [1], 2: {}}",
                                     "[{1, 2}, set(), frozenset({3})]",
                                     "[range(1, 9, 2), slice(None, 2, None)]",
                                     "[Ellipsis, NotImplemented]",
                                     "[int, operator.add, str.upper]",
                                     "KeyError('x', 3)",
                                     "ValueError('x', state={'code': 7})",
                                     "decimal.Decimal('1.5')",
                                     "instance(fixtures.Plain, state={'a': 1}, items=[1, 2], pairs=[(3, 4)])"};

static void test_round_trips(void)
{
    for (int protocol = 0; protocol <= PICKLE_PROTOCOL_MAX; protocol++)
        for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
            struct text out = {0};
            char *error = NULL, *before;
            const char *source = strstr(values[i], "inf") ? "[1.5, -0.0, 1e300, float('inf')]" : values[i];
            source = strstr(source, "2j)") && source[0] == '(' && source[1] == '1' ? "complex(1, 2)" : source;
            source = strstr(source, "set()") ? "[{1, 2}, set(), frozenset([3])]" : source;
            json_t *value = parsed(source);
            CU_ASSERT_PTR_NOT_NULL_FATAL(value);
            before = canonical_value(value, &error);
            CU_ASSERT(pickle_write(&out, value, protocol));
            language_same_take(shown(out.bytes, out.length), before, source);
            CU_ASSERT(unpickle_protocol(out.bytes, out.length) == (protocol >= 2 ? protocol : 0));
            json_decref(value);
            text_clear(&out);
            free(before);
        }
}

static void test_not_written(void)
{
    struct text out = {0};
    json_t *variable = json_pack("{s:s}", "$var", "x"), *shared = json_pack("{s:i, s:[]}", "$shared", 1, "value");
    CU_ASSERT(!pickle_write(&out, variable, 4) && !out.length);
    CU_ASSERT(!pickle_write(&out, shared, 4) && !out.length);
    json_decref(variable);
    json_decref(shared);
}

static void test_opcodes(void)
{
    SAME("(I5\nI01\nI00\nL7L\nL-8L\nL9\nt.", "(5, True, False, 7, -8, 9)");
    SAME("\x80\x02(K\xffM\x01\x02J\xff\xff\xff\xff\x8a\x00\x8a\x02\x00\x80\x8b\x02\x00\x00\x00\xff\x00t.",
         "(255, 513, -1, 0, -32768, 255)");
    SAME("(F1.5\nG\x3f\xf8\x00\x00\x00\x00\x00\x00t.", "(1.5, 1.5)");
    SAME("(Va\\u20ac\nX\x01\x00\x00\x00"
         "b\x8c\x01"
         "c\x8d\x01\x00\x00\x00\x00\x00\x00\x00"
         "dt.",
         "('a\\u20ac', 'b', 'c', 'd')");
    SAME("(B\x01\x00\x00\x00zC\x01y\x8e\x01\x00\x00\x00\x00\x00\x00\x00xt.", "(b'z', b'y', b'x')");
    SAME("((K\x01l]K\x02"
         "a](K\x03"
         "e(K\x04K\x05"
         "d}K\x06K\x07s}(K\x08K\x09ut.",
         "([1], [2], [3], {4: 5}, {6: 7}, {8: 9})");
    SAME("()K\x01\x85K\x01K\x02\x86K\x01K\x02K\x03\x87t.", "((), (1,), (1, 2), (1, 2, 3))");
    SAME("(\x8f(K\x01\x90(K\x02\x91t.", "({1}, frozenset({2}))");
    SAME("(K\x01K\x02"
         "0(K\x05"
         "1K\x03"
         "2t.",
         "(1, 3, 3)");
    SAME("(cbuiltins\nlen\nVbuiltins\nVint\n\x93t.", "(len, int)");
    SAME("(ibuiltins\nKeyError\n.", "KeyError()");
    SAME("((cbuiltins\nKeyError\nK\x01ot.", "(KeyError(1),)");
    SAME("\x80\x05\x95\x00\x00\x00\x00\x00\x00\x00\x00\x96\x01\x00\x00\x00\x00\x00\x00\x00q.", "bytearray(b'q')");
    SAME("K\x01.garbage", "1");
}

static void test_memo_and_sharing(void)
{
    SAME("(K\x07p5\ng5\nK\x08q\x06h\x06K\x09r\x07\x00\x00\x00j\x07\x00\x00\x00t.", "(7, 7, 8, 8, 9, 9)");
    SAME("(]\x94h\x00t.", "(<1>[], <1>)");
    SAME("]\x94h\x00"
         "a.",
         "<1>[<1>]");
    SAME("((K\x01t\x94h\x00t.", "((1,), (1,))");
    SAME("]\x94(h\x00t\x94"
         "a.",
         "<1>[(<1>,)]");
}

static void test_refused(void)
{
    SAME("", "error: ends early");
    SAME("K", "error: ends early");
    SAME("N", "error: ends early");
    SAME("hello", "error: a memo entry that was never written");
    SAME("\xff", "error: unknown opcode");
    SAME(".", "error: a stack underflow");
    SAME("t.", "error: no mark on the stack");
    SAME("h\x05.", "error: a memo entry that was never written");
    SAME("K\x01K\x02"
         "a.",
         "error: elements for something that takes none");
    SAME("(K\x01"
         "d.",
         "error: a key without a value");
    SAME("K\x01)R.", "error: a call of something that is no class or function, or without a tuple");
    SAME("NQ.", "error: an opcode that is not for values");
    SAME("\x80\x06N.", "error: an unknown protocol");
    SAME("Ix\n.", "error: an integer that cannot be read");
    SAME("K\x01p99999999\n.", "error: a memo entry that is too far away");
}

/* Nested tuples that are met again and again: a few bytes that stand for 2**60 values. */
static void test_bomb(void)
{
    struct text out = {0};
    text_puts(&out, "N\x94");
    for (unsigned char i = 0; i < 60; i++) {
        unsigned char bytes[] = {OPCODE_DUP, OPCODE_TUPLE2};
        text_add(&out, bytes, 2);
    }
    text_puts(&out, ".");
    language_same_take(shown(out.bytes, out.length), "error: too deep or too large", "bomb");
    text_clear(&out);
}

static void test_cut_and_changed(void)
{
    for (int protocol = 0; protocol <= PICKLE_PROTOCOL_MAX; protocol++) {
        struct text out = {0};
        json_t *value = parsed("[1, 'abc', {'k': (1.5, b'x', None)}, KeyError('x'), 1180591620717411303424]");
        CU_ASSERT_FATAL(pickle_write(&out, value, protocol) && out.bytes && out.length);
        for (size_t cut = 0; cut < out.length; cut++) {
            char *exact = text_calloc(cut + !cut, 1), *text; /* nothing behind its end may be read */
            memcpy(exact, out.bytes, cut);
            text = shown(exact, cut);
            CU_ASSERT(!strncmp(text, "error: ", 7));
            free(text);
            free(exact);
        }
        unsigned seed = 1;
        for (int round = 0; round < 3000; round++) {
            seed = seed * 1103515245u + 12345u;
            char *copy = text_calloc(out.length, 1);
            memcpy(copy, out.bytes, out.length);
            copy[(seed >> 8) % out.length] = (char)(seed >> 20);
            free(shown(copy, out.length));
            free(copy);
        }
        json_decref(value);
        text_clear(&out);
    }
}

static void test_instructions(void)
{
    static const char bytes[] = "\x80\x04\x8c\x02"
                                "abM\x01\x02J\xfe\xff\xff\xffG\x3f\xf8\x00\x00\x00\x00\x00\x00"
                                "cm\nn\n.";
    struct opcodes walk = {(const unsigned char *)bytes, sizeof bytes - 1, 0, NULL};
    struct instruction in;
    CU_ASSERT(opcodes_next(&walk, &in) && !strcmp(in.name, "PROTO") && in.number == 4 && in.offset == 0 &&
              in.size == 2);
    CU_ASSERT(opcodes_next(&walk, &in) && in.opcode == OPCODE_SHORT_BINUNICODE && in.length == 2 && in.offset == 2 &&
              in.size == 4 && !memcmp(in.bytes, "ab", 2));
    CU_ASSERT(opcodes_next(&walk, &in) && in.opcode == OPCODE_BININT2 && in.number == 513);
    CU_ASSERT(opcodes_next(&walk, &in) && in.opcode == OPCODE_BININT && in.number == -2);
    CU_ASSERT(opcodes_next(&walk, &in) && in.opcode == OPCODE_BINFLOAT && in.real > 1.49 && in.real < 1.51);
    CU_ASSERT(opcodes_next(&walk, &in) && in.opcode == OPCODE_GLOBAL && in.length == 3 && !memcmp(in.bytes, "m\nn", 3));
    CU_ASSERT(opcodes_next(&walk, &in) && in.opcode == OPCODE_STOP);
    CU_ASSERT(!opcodes_next(&walk, &in) && !walk.error);
}

int main(void)
{
    CU_TestInfo tests[] = {{"every value in every protocol", test_round_trips},
                           {"what has no form in a pickle", test_not_written},
                           {"every opcode", test_opcodes},
                           {"memo, shared and recursive structure", test_memo_and_sharing},
                           {"what is refused, and why", test_refused},
                           {"a pickle that stands for too much", test_bomb},
                           {"cut at every byte, and changed", test_cut_and_changed},
                           {"instructions with their arguments", test_instructions},
                           CU_TEST_INFO_NULL};
    return unit_main("pickle", tests);
}
