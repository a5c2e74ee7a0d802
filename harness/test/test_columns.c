/* SPDX-License-Identifier: MIT */
/* Two texts beside each other; and the reader of XML-RPC, whose words stand in them. */
#include "harness/columns.h"
#include "harness/test/language.h"
#include "harness/xmlrpc.h"

static char *beside(const char *left, const char *right)
{
    struct text out = {0};
    columns_write(&out, left, right, "");
    return text_give(&out);
}

/* A left cell, padded. */
#define CELL(text) text, COLUMNS_WIDTH - (int)(sizeof text - 1), ""

static void same_rows(const char *left, const char *right, char *expected)
{
    language_same_take(beside(left, right), expected, left);
    free(expected);
}

static void test_rows(void)
{
    same_rows("a\nb\n", "a\nb\n", text_copy("  … 2 lines are the same …\n"));
    same_rows("a\nb\n", "a\nc\n", text_format("%s%*s   a\n%s%*s | c\n", CELL("a"), CELL("b")));
    same_rows("a\nb\n", "a\n", text_format("%s%*s   a\n%s%*s <\n", CELL("a"), CELL("b")));
    same_rows("b\n", "a\nb\n", text_format("%s%*s > a\n%s%*s   b\n", CELL(""), CELL("b")));
    same_rows("", "x", text_format("%s%*s > x\n", CELL("")));
    same_rows("", "", text_copy(""));
}

static void test_offsets(void)
{
    same_rows("    0: K\n    9: t (MARK at 0)\n", "   12: K\n   99: t (MARK at 7)\n",
              text_copy("  … 2 lines are the same …\n"));
    same_rows("  (MARK\n", "  (mark\n", text_format("%s%*s |   (mark\n", CELL("  (MARK")));
}

/* What is the same is left out but for three lines around a difference. */
static void test_context(void)
{
    char *shown = beside("1\n2\n3\n4\n5\n6\nx\n7\n8\n9\n10\n11\n", "1\n2\n3\n4\n5\n6\ny\n7\n8\n9\n10\n11\n");
    CU_ASSERT(!strncmp(shown, "  … 3 lines are the same …\n4 ", strlen("  … 3 lines are the same …\n4 ")));
    CU_ASSERT(strstr(shown, "\nx ") && strstr(shown, "\n9 ") && !strstr(shown, "\n10 "));
    CU_ASSERT(strstr(shown, "  … 2 lines are the same …\n") != NULL);
    free(shown);
}

/* Long lines are cut at a whole character; very many lines are not too many. */
static void test_width(void)
{
    struct text left = {0}, many = {0};
    for (int i = 0; i < 2 * COLUMNS_WIDTH; i++)
        text_puts(&left, "é");
    char *shown = beside(text_peek(&left), "");
    size_t characters = 0;
    for (const char *p = shown; *p && *p != '<'; p++)
        characters += ((unsigned char)*p & 0xc0) != 0x80;
    CU_ASSERT(characters == COLUMNS_WIDTH + 1 && strstr(shown, "é… <") != NULL);
    free(shown);
    for (int i = 0; i < 5000; i++)
        text_printf(&many, "%d\n", i * 7919 % 5000);
    shown = beside(text_peek(&many), "x\ny\n");
    CU_ASSERT(strlen(shown) > 1000);
    free(shown);
    text_clear(&left);
    text_clear(&many);
}

/* ---- XML-RPC */

static char *read_value(const char *inner)
{
    char *error = NULL, *whole = text_format("<params>\n<param>\n<value>%s</value>\n</param>\n</params>\n", inner);
    json_t *value = xmlrpc_read(whole, strlen(whole));
    char *shown = value ? canonical_value(value, &error) : text_copy("nothing");
    json_decref(value);
    free(error);
    free(whole);
    return shown;
}

static void test_xmlrpc(void)
{
    static const char *const table[][2] = {
        {"<nil/>", "None"},
        {"<int>-7</int>", "-7"},
        {"<i8>1180591620717411303424</i8>", "1180591620717411303424"},
        {"<boolean>1</boolean>", "True"},
        {"<double>1.5</double>", "1.5"},
        {"<string></string>", "''"},
        {"<string>a &lt;&amp;&gt; b &x</string>", "'a <&> b &x'"},
        {"<base64>\nAP8=\n</base64>", "b'\\x00\\xff'"},
        {"<array><data>\n</data></array>", "[]"},
        {"<array><data>\n<value><int>1</int></value>\n<value><nil/></value>\n</data></array>", "[1, None]"},
        {"<struct>\n</struct>", "{}"},
        {"<struct>\n<member>\n<name>a</name>\n<value><int>1</int></value>\n</member>\n</struct>", "{'a': 1}"},
        {"<dateTime.iso8601>20200102T03:04:05</dateTime.iso8601>", "'20200102T03:04:05'"},
        {"<int>x</int>", "nothing"},
        {"<int>1", "nothing"},
        {"<array><data><value><int>1</int></value>", "nothing"},
        {"<struct><member><name>a</name></member></struct>", "nothing"},
        {"<other/>", "nothing"},
        {"", "nothing"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        language_same_take(read_value(table[i][0]), table[i][1], table[i][0]);
    CU_ASSERT_PTR_NULL(xmlrpc_read("", 0));
    CU_ASSERT_PTR_NULL(xmlrpc_read("<params>", 8));
}

static void test_deep_xmlrpc(void)
{
    struct text inner = {0};
    for (int i = 0; i < 100000; i++)
        text_puts(&inner, "<array><data><value>");
    language_same_take(read_value(text_peek(&inner)), "nothing", "deep");
    text_clear(&inner);
}

int main(void)
{
    CU_TestInfo tests[] = {{"rows", test_rows},
                           {"offsets are no difference", test_offsets},
                           {"what is the same is left out", test_context},
                           {"long lines and many", test_width},
                           {"XML-RPC is read", test_xmlrpc},
                           {"XML-RPC that is too deep", test_deep_xmlrpc},
                           CU_TEST_INFO_NULL};
    return unit_main("columns", tests);
}
