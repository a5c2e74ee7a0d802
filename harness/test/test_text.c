/* SPDX-License-Identifier: MIT */
/* Texts: what is taken out of them, replaced in them and quoted. */
#include <stdlib.h>
#include <string.h>

#include "harness/options.h"
#include "harness/test/unit.h"
#include "harness/text.h"

const struct command commands[] = {{0}};

static void same_take(char *text, const char *wanted)
{
    CU_ASSERT_STRING_EQUAL(text, wanted);
    if (strcmp(text, wanted) != 0)
        printf("# '%s' instead of '%s'\n", text, wanted);
    free(text);
}

static void test_replace(void)
{
    static const struct {
        const char *text, *what, *name, *wanted;
    } rows[] = {
        {"/home/a/x and /home/a/y", "/home/a", "{home}", "{home}/x and {home}/y"},
        {"abab", "ab", "c", "cc"},    /* at both ends, side by side */
        {"aaa", "aa", "b", "ba"},     /* from the left, never twice the same byte */
        {"aXa", "X", "XX", "aXXa"},   /* what was put in is not looked at again */
        {"abc", "b", "", "ac"},       /* by nothing */
        {"abc", "abcd", "x", "abc"},  /* longer than the text */
        {"abc", "", "x", "abc"},      /* nothing is looked for */
        {"abc", NULL, "x", "abc"},    /* … */
        {"", "a", "x", ""},           /* in nothing */
        {"ab", "ab", "abab", "abab"}, /* all of it */
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        same_take(text_replace_take(text_copy(rows[i].text), rows[i].what, rows[i].name), rows[i].wanted);
    same_take(text_replace_take(NULL, "a", "b"), "");
}

static void test_skip(void)
{
    struct text text = {0};
    text_skip(&text, 3);
    CU_ASSERT_STRING_EQUAL(text_peek(&text), "");
    text_puts(&text, "abcdef");
    text_skip(&text, 2);
    text_puts(&text, "g");
    CU_ASSERT(text.length == 5 && !strcmp(text_peek(&text), "cdefg"));
    text_skip(&text, 100);
    CU_ASSERT(text.length == 0 && !strcmp(text_peek(&text), ""));
    same_take(text_give(&text), "");
    CU_ASSERT(text.bytes == NULL && text.length == 0);
}

static void test_quote(void)
{
    same_take(text_quote("list/pop"), "list/pop");
    same_take(text_quote(""), "''");
    same_take(text_quote("two words"), "'two words'");
    same_take(text_quote("it's"), "'it'\\''s'");
    same_take(text_quote("$HOME"), "'$HOME'");
}

static void test_bytes(void)
{
    struct text text = {0};
    text_hex(&text, "\0\x1f\xff", 3);
    same_take(text_give(&text), "001fff");
    same_take(text_sha256("abc", 3), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CU_ASSERT_PTR_NULL(text_copy(NULL));
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"a part is replaced wherever it stands", test_replace},
        {"the beginning is taken away", test_skip},
        {"words for the shell", test_quote},
        {"bytes as digits", test_bytes},
        CU_TEST_INFO_NULL,
    };
    return unit_main("text", tests);
}
