/* SPDX-License-Identifier: MIT */
/* Pickles in words: the same words as pickletools has for some hundred pickles of a live CPython; limits that say what
 * they leave out; and whatever is cut or no pickle is shown to its last byte. */
#include <jansson.h>

#include "harness/disassemble.h"
#include "harness/test/language.h"

static const struct disassembly_limits everything = {0, 0};

/* The bytes of hexadecimal digits. */
static void add_hex(struct text *out, const char *hex)
{
    for (; hex[0] && hex[1]; hex += 2) {
        char pair[3] = {hex[0], hex[1], 0};
        text_add(out, &(unsigned char){(unsigned char)strtoul(pair, NULL, 16)}, 1);
    }
}

static void compare_one(json_t *vector)
{
    struct text bytes = {0}, out = {0};
    const char *listing = json_string_value(json_object_get(vector, "listing"));
    add_hex(&bytes, json_string_value(json_object_get(vector, "pickle")));
    struct disassembly seen = disassemble(&out, text_peek(&bytes), bytes.length, "", everything);
    CU_ASSERT(seen.protocol == json_integer_value(json_object_get(vector, "protocol")));
    language_same_take(text_give(&out), listing, json_string_value(json_object_get(vector, "pickle")));
    text_clear(&bytes);
}

static void test_as_pickletools(void)
{
    FILE *pipe = popen("python3 -B -S harness/test/pickles.py", "r");
    size_t count = 0;
    CU_ASSERT_PTR_NOT_NULL_FATAL(pipe);
    json_t *vector;
    while ((vector = json_loadf(pipe, JSON_DISABLE_EOF_CHECK, NULL))) {
        compare_one(vector);
        json_decref(vector);
        count++;
    }
    CU_ASSERT(pclose(pipe) == 0);
    CU_ASSERT(count > 400);
}

static char *shown(const void *bytes, size_t length, struct disassembly_limits limits)
{
    struct text out = {0};
    disassemble(&out, bytes, length, "  ", limits);
    return text_give(&out);
}

#define SHOWS(literal, limits, expected)                                                                               \
    language_same_take(shown(literal, sizeof literal - 1, limits), expected, #literal)

static void test_limits(void)
{
    SHOWS("(K\x01K\x02K\x03t.", ((struct disassembly_limits){2, 0}),
          "      0: (    MARK\n      1: K        BININT1    1\n         … and 4 more opcodes\n");
    SHOWS("\x8c\x08"
          "abcdefgh.",
          ((struct disassembly_limits){0, 3}),
          "      0: \\x8c SHORT_BINUNICODE 'abc'… (8 bytes)\n     10: .    STOP\n");
    SHOWS("\x8c\x04"
          "\xc3\xa9\xc3\xa9.",
          ((struct disassembly_limits){0, 3}),
          "      0: \\x8c SHORT_BINUNICODE '\\xe9'… (4 bytes)\n      6: .    STOP\n");
    SHOWS("C\x05\xff\x00zzz.", ((struct disassembly_limits){0, 2}),
          "      0: C    SHORT_BINBYTES b'\\xff\\x00'… (5 bytes)\n      7: .    STOP\n");
}

static void test_what_is_no_pickle(void)
{
    SHOWS("", everything, "      0: ends without STOP\n");
    SHOWS("K", everything, "      0: ends early: b'K'\n");
    SHOWS("K\x01", everything, "      0: K    BININT1    1\n      2: ends without STOP\n");
    SHOWS("N.xy", everything, "      0: N    NONE\n      1: .    STOP\n      2: 2 bytes behind STOP: b'xy'\n");
    SHOWS("N\xff\xfe", everything, "      0: N    NONE\n      1: unknown opcode: b'\\xff\\xfe'\n");
    SHOWS("\x8c\x02\xff\xff.", everything, "      0: \\x8c SHORT_BINUNICODE b'\\xff\\xff'\n      4: .    STOP\n");
    SHOWS("te0.", everything, "      0: t    TUPLE\n      1: e    APPENDS\n      2: 0    POP\n      3: .    STOP\n");
}

/* Every beginning of a pickle, and every single byte changed: something is shown, and nothing crashes. */
static void test_damaged(void)
{
    static const char good[] = "\x80\x04\x95\x10\x00\x00\x00\x00\x00\x00\x00(\x8c\x02"
                               "ab\x94Va\\u20ac\nL12L\nF1.5\n\x8a\x02\x00\x80"
                               "cx\ny\nt\x94.";
    struct text bytes = {0};
    for (size_t length = 0; length < sizeof good - 1; length++)
        free(shown(good, length, everything));
    for (size_t i = 0; i < sizeof good - 1; i++)
        for (unsigned c = 0; c < 256; c++) {
            text_clear(&bytes);
            text_add(&bytes, good, sizeof good - 1);
            bytes.bytes[i] = (char)c;
            char *text = shown(bytes.bytes, bytes.length, (struct disassembly_limits){100, 50});
            CU_ASSERT(strlen(text) > 20);
            free(text);
        }
    text_clear(&bytes);
}

int main(void)
{
    CU_TestInfo tests[] = {{"the words are those of pickletools", test_as_pickletools},
                           {"limits say what they leave out", test_limits},
                           {"what is no pickle is shown to its end", test_what_is_no_pickle},
                           {"nothing that is damaged is too much", test_damaged},
                           CU_TEST_INFO_NULL};
    return unit_main("disassemble", tests);
}
