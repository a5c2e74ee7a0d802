/* SPDX-License-Identifier: MIT */
/* Short ways into the case language for its tests. */
#ifndef HARNESS_TEST_LANGUAGE_H
#define HARNESS_TEST_LANGUAGE_H

#include "harness/canonical.h"
#include "harness/parse_case.h"
#include "harness/statement.h"
#include "harness/test/unit.h"
#include "harness/text.h"

#include <stdlib.h>
#include <string.h>

/* A statement of a client that has bound l, x and y, and of a case in which gone was a variable once. */
static inline bool language_statement(const char *source, struct statement *out, struct problems *problems)
{
    static char *bound_names[] = {"l", "x", "y"}, *known_names[] = {"l", "x", "y", "gone"};
    const struct names bound = {bound_names, 3}, known = {known_names, 4};
    struct parser parser = {
        .line_text = source, .path = "t.case", .line = 1, .problems = problems, .bound = &bound, .known = &known};
    lex_begin(&parser.lexer, source, strlen(source));
    return statement_parse(&parser, out);
}

/* "until VALUE: REQUEST", both in compact JSON.  New. */
static inline char *language_until(const struct statement *statement)
{
    char *value = json_dumps(statement->until, JSON_COMPACT | JSON_ENCODE_ANY),
         *request = json_dumps(statement->request, JSON_COMPACT);
    char *shown = text_format("until %s: %s", value, request);
    free(value);
    free(request);
    return shown;
}

/* The request of a statement as compact JSON, or its first problem.  New. */
static inline char *language_request(const char *source)
{
    struct problems problems = {0};
    struct statement statement;
    char *shown;
    if (!language_statement(source, &statement, &problems))
        shown = text_copy(problems.count == 1 ? problems.lines[0] : "not exactly one problem");
    else if (statement.until)
        shown = language_until(&statement);
    else if (statement.hand_name)
        shown = text_format("hand %s to %s", statement.hand_name, *statement.hand_to ? statement.hand_to : "the first");
    else
        shown = json_dumps(statement.request, JSON_COMPACT);
    statement_free(&statement);
    problems_free(&problems);
    return shown;
}

/* The canonical text of a value given as source, or its first problem.  New. */
static inline char *language_value(const char *source)
{
    struct problems problems = {0};
    const struct names none = {0};
    struct parser parser = {
        .line_text = source, .path = "t.case", .line = 1, .problems = &problems, .bound = &none, .known = &none};
    char *error = NULL, *shown = NULL;
    lex_begin(&parser.lexer, source, strlen(source));
    json_t *value = parse_value(&parser);
    if (value && parse_token(&parser)->kind != TOKEN_END)
        parse_expected(&parser, "the end");
    if (value && !parser.failed)
        shown = canonical_value(value, &error);
    if (!shown)
        shown = error ? error : text_copy(problems.count == 1 ? problems.lines[0] : "not exactly one problem");
    json_decref(value);
    problems_free(&problems);
    return shown;
}

/* The problems of a case file, each with a newline; "" if there is none.  New. */
static inline char *language_problems(const char *text, size_t length)
{
    struct problems problems = {0};
    struct text out = {0};
    struct test_case *test = parse_case("t", "t.case", text, length, &problems);
    if (!test != (problems.count > 0))
        text_puts(&out, "a case with problems, or none without\n");
    for (size_t i = 0; i < problems.count; i++)
        text_printf(&out, "%s\n", problems.lines[i]);
    case_free(test);
    problems_free(&problems);
    return text_give(&out);
}

/* Fails the test, showing both, unless they are the same; frees got. */
static inline void language_same_take(char *got, const char *wanted, const char *about)
{
    if (strcmp(got, wanted) != 0) {
        printf("# %s\n#   wanted: %s\n#   got:    %s\n", about, wanted, got);
        CU_FAIL("texts differ");
    }
    free(got);
}

#endif
