/* SPDX-License-Identifier: MIT */
/* The words of a statement: what the lexer finds, and what it refuses and where. */
#include "harness/lex.h"
#include "harness/test/unit.h"
#include "harness/text.h"

#include <stdlib.h>
#include <string.h>

/* The tokens of text as "kind:text kind:text". */
static char *tokens(const char *text)
{
    static const char kinds[] = {[TOKEN_END] = '$',    [TOKEN_NAME] = 'n',     [TOKEN_NUMBER] = '0',
                                 [TOKEN_STRING] = 's', [TOKEN_OPERATOR] = 'o', [TOKEN_BAD] = '!'};
    struct text out = {0};
    struct lexer lexer;
    for (lex_begin(&lexer, text, strlen(text));; lex_next(&lexer)) {
        const struct token *token = &lexer.token;
        if (token->kind == TOKEN_END)
            return text_give(&out);
        text_printf(&out, "%s%c", out.length ? "|" : "", kinds[token->kind]);
        if (token->kind == TOKEN_BAD) {
            text_printf(&out, "%td %s", token->start - text, token->reason);
            return text_give(&out);
        }
        text_printf(&out, "%.*s", (int)token->length, token->start);
    }
}

static void check(const char *const (*list)[2], size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char *got = tokens(list[i][0]);
        if (strcmp(got, list[i][1]) != 0) {
            printf("# %s\n#   wanted: %s\n#   got:    %s\n", list[i][0], list[i][1], got);
            CU_FAIL("tokens differ");
        }
        free(got);
    }
}

static void test_words(void)
{
    static const char *const list[][2] = {
        {"", ""},
        {"   ", ""},
        {"l.append(1)", "nl|o.|nappend|o(|01|o)"},
        {"_a9 = b", "n_a9|o=|nb"},
        {"x**2", "nx|o**|02"},
        {"x//=y", "nx|o//=|ny"},
        {"a[1:2]", "na|o[|01|o:|02|o]"},
        {"l[...]", "nl|o[|o...|o]"},
        {"1..real", "01.|o.|nreal"},
        {"b'x' bx'", "sb'x'|!5 a string without prefix, or with r, b, u or rb"},
        {"rb'\\''", "srb'\\''"},
        {"'''a'b'''", "s'''a'b'''"},
        {"''''''", "s''''''"},
        {"'a''b'", "s'a'|s'b'"},
        {"a<=b<c", "na|o<=|nb|o<|nc"},
        {"x:=1;y", "nx|o:=|01|o;|ny"},
    };
    check(list, sizeof list / sizeof *list);
}

static void test_numbers(void)
{
    static const char *const list[][2] = {
        {"0 00 0_0 1_000 0x_ff 0o17 0b1", "00|000|00_0|01_000|00x_ff|00o17|00b1"},
        {".5 5. 1e5 1E-5 1_0.0_1e+1_0 1j 1.e2J", "0.5|05.|01e5|01E-5|01_0.0_1e+1_0|01j|01.e2J"},
        {"1__0", "!0 a number"},
        {"1_", "!0 a number"},
        {"0x", "!0 a number"},
        {"0b2", "!0 a number"},
        {"1e", "!0 a number"},
        {"1e+", "!0 a number"},
        {"1._5", "!0 a number"},
        {"1a", "!0 a number"},
        {"x 012", "nx|!2 a decimal number without a leading zero (octal is written 0o17)"},
        {"012.5 012e1 012j", "0012.5|0012e1|0012j"},
    };
    check(list, sizeof list / sizeof *list);
}

static void test_what_is_no_word(void)
{
    static const char *const list[][2] = {
        {"a # b", "na|!2 a name, a value or an operator"},
        {"a?", "na|!1 a name, a value or an operator"},
        {"$", "!0 a name, a value or an operator"},
        {"!", "!0 a name, a value or an operator"},
        {"\xc3\xa4", "!0 a name, a value or an operator"},
        {"'a", "!2 a closing '"},
        {"\"a'", "!3 a closing \""},
        {"'''a'", "!5 a closing '"},
        {"'a\\", "!3 a closing '"},
        {"f'a'", "!0 a string without prefix, or with r, b, u or rb"},
        {"bu'a'", "!0 a string without prefix, or with r, b, u or rb"},
    };
    check(list, sizeof list / sizeof *list);
}

static void test_nothing_behind_the_end_is_read(void)
{
    struct lexer lexer;
    lex_begin(&lexer, "ab'c", 2);
    CU_ASSERT_EQUAL(lexer.token.length, 2);
    lex_next(&lexer);
    CU_ASSERT_EQUAL(lexer.token.kind, TOKEN_END);
    lex_next(&lexer);
    CU_ASSERT_EQUAL(lexer.token.kind, TOKEN_END);
    lex_begin(&lexer, "'ab'", 3);
    CU_ASSERT_EQUAL(lexer.token.kind, TOKEN_BAD);
    lex_next(&lexer);
    CU_ASSERT_EQUAL(lexer.token.kind, TOKEN_BAD);
    lex_begin(&lexer, "1e55", 2);
    CU_ASSERT_EQUAL(lexer.token.kind, TOKEN_BAD);
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"words, strings and operators", test_words},
        {"numbers", test_numbers},
        {"what is no word is told with its place", test_what_is_no_word},
        {"nothing behind the end is read", test_nothing_behind_the_end_is_read},
        CU_TEST_INFO_NULL,
    };
    return unit_main("lex", tests);
}
